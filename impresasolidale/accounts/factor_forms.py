"""Forms of the second factor, of one's own access, and of a technician's visit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form

from .forms import ChoosePassword

CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none", "spellcheck": "false"}


class SecondFactor(Form):
    """A code of the app or of the sheet; or, by the script, a passkey's answer."""

    code = forms.CharField(
        label=_("Codice"),
        max_length=20,
        error_messages={"required": _("Scrivi il codice.")},
        help_text=_("Le sei cifre che mostra l’app, oppure un codice di riserva."),
        widget=forms.TextInput(attrs={**CODE, "autofocus": True}),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)
    trust = forms.BooleanField(label=_("Non chiedermelo più su questo dispositivo, che uso solo io"), required=False)

    def __init__(self, *args: Any, days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("credential")
        if days:
            self.fields["trust"].help_text = _("Per %(days)s giorni. Mai su un computer di tutti.") % {"days": days}
        else:
            del self.fields["trust"]


class ItIsMe(Form):
    """The password of who has no second factor; else a code, or a passkey's answer."""

    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )
    code = forms.CharField(
        label=_("Codice"),
        max_length=20,
        error_messages={"required": _("Scrivi il codice.")},
        help_text=_("Le sei cifre che mostra l’app, oppure un codice di riserva."),
        widget=forms.TextInput(attrs={**CODE, "autofocus": True}),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("credential")
        for name in ("password",) if has_factor else ("code", "credential"):
            del self.fields[name]


class NewApp(Form):
    code = forms.CharField(
        label=_("Il codice che mostra adesso"),
        max_length=12,
        help_text=_("Sei cifre: cambiano ogni mezzo minuto."),
        widget=forms.TextInput(attrs={**CODE, "inputmode": "numeric"}),
    )
    name = forms.CharField(label=_("Come la chiami"), max_length=60, required=False, help_text=_("Per esempio: il mio telefono."))


class NewPasskey(Form):
    name = forms.CharField(label=_("Come la chiami"), max_length=60, required=False, help_text=_("Per esempio: il portatile dell’ufficio."))
    credential = forms.CharField(required=False, widget=forms.HiddenInput)


class NewPassword(ChoosePassword):
    current = forms.CharField(
        label=_("La password di adesso"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ["current", "password", "again"]


class Reset(Form):
    reason = forms.CharField(
        label=_("Motivo"),
        max_length=500,
        widget=forms.Textarea,
        help_text=_("Per esempio: ha perso il telefono, l’ho riconosciuta di persona. Resta nella storia."),
    )


class Visit(Form):
    ambito = forms.ChoiceField(label=_("Ambito"))
    reason = forms.CharField(
        label=_("Perché"),
        max_length=500,
        widget=forms.Textarea,
        help_text=_("Lo legge il coordinatore di quell’Ambito."),
    )
    minutes = forms.ChoiceField(label=_("Per quanto"), choices=[("15", _("un quarto d’ora")), ("30", _("mezz’ora")), ("60", _("un’ora"))])

    def __init__(self, *args: Any, ambiti: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].choices = [("", _("Scegli…")), *((a.code, a.name) for a in ambiti)]  # type: ignore[attr-defined]
        self.by_code = {a.code: a for a in ambiti}
