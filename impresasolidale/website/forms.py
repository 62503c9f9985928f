"""Forms of the public site."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.hosts.enums import HostingAnswer, HostingReason
from impresasolidale.core.forms import Form, Radios
from impresasolidale.core.validators import partita_iva
from impresasolidale.territory.forms import ComuneField
from impresasolidale.territory.models import Ambito

from .rules import code_in


class Code(Form):
    codice = forms.CharField(
        label=_("Codice del documento"),
        max_length=200,
        help_text=_("Sono 26 lettere e numeri, vicino al codice QR. Va bene anche tutto l'indirizzo."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_codice(self) -> str:
        code = code_in(self.cleaned_data["codice"])
        if not code:
            raise ValidationError(_("Questo codice non è completo: sono 26 lettere e numeri da 2 a 7. Controlla e riprova."))
        return code


class Surname(Form):
    surname = forms.CharField(label=_("Cognome"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class Paper(Form):
    file = forms.FileField(label=_("Il file PDF che hai ricevuto"), widget=forms.FileInput(attrs={"accept": "application/pdf"}))

    def clean_file(self) -> Any:
        file, limit = self.cleaned_data["file"], settings.UPLOAD_LIMIT
        if file.size > limit:
            raise ValidationError(_("Il file è troppo grande: al massimo %(limit)s MB."), params={"limit": limit // (1024 * 1024)})
        return file


QUICKEST = timedelta(seconds=3)  # nobody reads and writes this page in less


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="website.join")


def stamp() -> str:
    """What says when a page was opened, signed."""
    return _signer().sign("join")


class Join(Form):
    """A company comes forward. `trap` is a field that nobody sees: what fills it in is a machine."""

    company_name = forms.CharField(label=_("Nome dell'impresa, dell'ente o dell'associazione"), max_length=160)
    partita_iva = forms.CharField(
        label=_("Partita IVA"), required=False, max_length=20, help_text=_("Se l'avete sottomano: sono 11 cifre.")
    )
    comune = ComuneField(
        label=_("Comune"), help_text=_("Dove la persona lavorerebbe con voi."), widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    ambito = forms.ChoiceField(
        label=_("Ufficio più vicino"),
        required=False,
        help_text=_("Solo se il vostro Comune è fuori dalle nostre valli: chi volete che vi chiami."),
    )
    person = forms.CharField(
        label=_("Con chi parliamo"), max_length=120, help_text=_("Nome e cognome."), widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Telefono"), required=False, max_length=30, widget=forms.TextInput({"type": "tel", "autocomplete": "tel"})
    )
    email = forms.EmailField(label=_("Posta elettronica"), required=False, help_text=_("Basta uno dei due, telefono o posta."))
    words = forms.CharField(
        label=_("Che cosa immaginate"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": "4"}),
        help_text=_("Due righe: che cosa si fa da voi, che cosa potrebbe fare una persona, che cosa vi frena."),
    )
    agreed = forms.BooleanField(
        label=_("Siamo d'accordo a essere chiamati, e abbiamo letto qui sotto che cosa fate dei nostri recapiti."),
        error_messages={"required": _("Senza il vostro sì non possiamo chiamarvi.")},
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    fieldsets: Any = (
        (_("L'impresa"), ("company_name", "partita_iva", "comune", "ambito")),
        (_("Chi chiamiamo"), ("person", "phone", "email")),
        (_("Che cosa immaginate"), ("words", "agreed")),
    )
    columns: ClassVar = ("company_name", "partita_iva", "comune", "person", "phone", "email", "words")

    def __init__(self, *args: Any, ambiti: list[Ambito], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ambiti = {ambito.code: ambito for ambito in ambiti}
        self.fields["ambito"].choices = [("", _("Quello del nostro Comune")), *((a.code, a.name) for a in ambiti)]  # type: ignore[attr-defined]

    @property
    def is_trapped(self) -> bool:
        """Something filled in the field that nobody sees."""
        return bool(self.data.get("sito"))

    def clean_partita_iva(self) -> str:
        value = self.cleaned_data["partita_iva"]
        return partita_iva(value) if value else ""

    def clean_phone(self) -> str:
        value: str = self.cleaned_data["phone"].strip()
        if value and sum(c.isdigit() for c in value) < 6:
            raise ValidationError(_("Questo numero è troppo corto: controllate le cifre."))
        return value

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not (values.get("phone") or values.get("email")) and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Serve un modo per sentirvi: la posta elettronica o il telefono."))
        comune = values.get("comune")
        if comune and not comune.ambito_id and not values.get("ambito") and "ambito" not in self.errors:
            self.add_error("ambito", _("%(comune)s è fuori dalle nostre valli: scegliete l'ufficio più vicino a voi.") % {"comune": comune})
        if not self.is_trapped and self._is_hasty():
            self.add_error(None, _("La pagina è stata mandata troppo in fretta. Rileggete un momento e premete di nuovo."))
        return values

    def _is_hasty(self) -> bool:
        """Sent at once after it was opened, or by who never opened it."""
        try:
            _signer().unsign(self.data.get("stamp", ""), max_age=QUICKEST)
        except signing.SignatureExpired:
            return False
        except signing.BadSignature:
            return True
        return True

    @property
    def office(self) -> Ambito:
        """Whose office calls: that of the comune, else the one that was chosen."""
        comune = self.cleaned_data["comune"]
        by_id = {ambito.pk: ambito for ambito in self.ambiti.values()}
        return by_id.get(comune.ambito_id) or self.ambiti[self.cleaned_data["ambito"]]

    @property
    def lead(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.columns}


class ValidatorAnswer(Form):
    """Valid or not, why, and that there is no tie; the service says what is missing."""

    is_favourable = forms.TypedChoiceField(
        label=_("Secondo voi, merita questo livello?"),
        choices=[("1", _("Sì, per me è valida")), ("0", _("No, per me non è valida"))],
        coerce=lambda value: value == "1",
        widget=Radios,
        error_messages={"required": _("Scegliete una delle due risposte.")},
    )
    words = forms.CharField(
        label=_("Perché, in due parole"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": "4"}),
        help_text=_("Non scrivete notizie sulle persone accolte."),
    )
    no_ties = forms.BooleanField(
        label=_("Dichiaro di non avere legami con l'impresa, il suo gruppo o chi la dirige, né con la commissione che decide"),
        required=False,
    )


class ReadyAnswer(Form):
    """Three answers; the service says what is missing of each."""

    answer = forms.ChoiceField(
        label=_("La vostra risposta"),
        choices=[
            (HostingAnswer.YES, _("Sì, volentieri")),
            (HostingAnswer.LATER, _("Non adesso, risentiamoci")),
            (HostingAnswer.NO, _("No, grazie")),
        ],
        widget=Radios,
        error_messages={"required": _("Scegliete una delle tre risposte.")},
    )
    reason = forms.ChoiceField(
        label=_("Perché"),
        choices=[("", "—"), *HostingReason.choices],
        required=False,
        help_text=_("Se avete risposto «non adesso» o «no»: ci aiuta a capire che cosa possiamo cambiare noi."),
    )
    call_on = forms.DateField(label=_("Risentiamoci il"), required=False, help_text=_("Se avete risposto «non adesso»."))
    words = forms.CharField(
        label=_("Volete aggiungere qualcosa?"),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": "3"}),
        help_text=_("Non scrivete notizie sulle persone."),
    )
