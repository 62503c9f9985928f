"""Forms of the sign-in pages."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form

from .models import User


class SignIn(Form):
    email = forms.EmailField(label=_("Posta elettronica"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        self.request = request
        self.user: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("email") and data.get("password"):
            self.user = authenticate(self.request, username=data["email"].lower(), password=data["password"])
            if self.user is None:
                raise ValidationError(_("Indirizzo o password non corrispondono. Controlla e riprova."))
        return data


class ChoosePassword(Form):
    password = forms.CharField(
        label=_("Scegli una password"),
        strip=False,
        help_text=_("Almeno 15 caratteri: una frase che ricordi va benissimo."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(label=_("Scrivila di nuovo"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") != data.get("again"):
            self.add_error("again", _("Le due password non sono uguali."))
        return data


class ForgotPassword(Form):
    email = forms.EmailField(label=_("Posta elettronica"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
