"""Forms of the sign-in pages and of the users page."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form
from impresasolidale.territory.forms import ComuneField

from .models import User
from .permissions import Role
from .selectors import OFFICE_ROLES


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


class NewAccess(Form):
    """Who is to sign in for somebody the office knows already."""

    email = forms.EmailField(label=_("Posta elettronica"), help_text=_("Chi ha già un accesso aggiunge questo a quello che ha."))
    first_name = forms.CharField(label=_("Nome"), max_length=80)
    last_name = forms.CharField(label=_("Cognome"), max_length=80)


class NewColleague(Form):
    email = forms.EmailField(label=_("Posta elettronica"), help_text=_("Chi ha già un accesso aggiunge il ruolo a quello che ha."))
    first_name = forms.CharField(label=_("Nome"), max_length=80)
    last_name = forms.CharField(label=_("Cognome"), max_length=80)
    role = forms.ChoiceField(label=_("Ruolo"), choices=[("", _("Scegli…")), *((r.value, r.label) for r in OFFICE_ROLES)])
    comune = ComuneField(label=_("Solo i residenti di un Comune"), required=False, help_text=_("Per il referente di un Comune."))
    deputy_of = forms.ChoiceField(label=_("Sostituisce"), required=False, help_text=_("Se fa le veci di qualcuno, per esempio in agosto."))
    valid_from = forms.DateField(label=_("Dal"))
    valid_to = forms.DateField(label=_("Al"), required=False)

    def __init__(self, *args: Any, colleagues: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy_of"].choices = [("", _("nessuno")), *((str(u.public_id), str(u)) for u in colleagues)]  # type: ignore[attr-defined]
        self.by_id = {str(u.public_id): u for u in colleagues}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == Role.COMUNE_OFFICER and not data.get("comune") and "comune" not in self.errors:
            self.add_error("comune", _("Di quale Comune?"))
        return data


class NewTokenForm(Form):
    name = forms.CharField(
        label=_("Per quale programma"), max_length=80, help_text=_("Per ritrovarla: per esempio «contabilità del Comune».")
    )
    scopes = forms.MultipleChoiceField(label=_("Che cosa può fare"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label=_("Scade il"), help_text=_("Al massimo fra un anno."))

    def __init__(self, *args: Any, offered: list[tuple[str, object]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = offered  # type: ignore[attr-defined]
