"""Forms of the pages of data protection."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, VersionedForm
from impresasolidale.core.models import Look

from .enums import Asker, Channel, Decision, Delivery, Names, NoticeKind, PactKind, RequestKind, RequestState, Told


class LookFilter(Form):
    persona = forms.CharField(required=False, widget=forms.HiddenInput)
    chi = forms.ChoiceField(label=_("Chi ha guardato"), required=False)
    tipo = forms.ChoiceField(label=_("Che cosa"), required=False, choices=[("", _("Tutto")), *Look.Kind.choices])
    dal = forms.DateField(label=_("Dal"), required=False)
    al = forms.DateField(label=_("Al"), required=False)
    solo = forms.ChoiceField(
        label=_("Solo"),
        required=False,
        choices=[("", _("Tutti gli accessi")), ("motivo", _("Con un motivo scritto")), ("orario", _("Fuori orario"))],
    )

    def __init__(self, *args: Any, readers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chi"].choices = [("", _("Tutti")), *((str(u.public_id), str(u)) for u in readers)]  # type: ignore[attr-defined]


class FindPersonForm(Form):
    """By the codice fiscale alone, and by POST: no list of people to look through, no code in an address."""

    codice_fiscale = forms.CharField(label=_("Codice fiscale"), max_length=16, widget=forms.TextInput({"autocomplete": "off"}))


# --- Requests


class RequestFilter(Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutte")), *RequestState.choices])
    tipo = forms.ChoiceField(label=_("Che cosa chiede"), required=False, choices=[("", _("Tutto")), *RequestKind.choices])


class RequestForm(Form):
    kind = forms.ChoiceField(label=_("Che cosa chiede"), choices=RequestKind.choices, widget=Radios)
    asker = forms.ChoiceField(label=_("Chi la fa"), choices=Asker.choices, widget=Radios)
    representative = forms.ChoiceField(label=_("Chi la rappresenta"), required=False)
    received_on = forms.DateField(label=_("Arrivata il"), help_text=_("Da questo giorno parte il mese per rispondere."))
    channel = forms.ChoiceField(label=_("Com'è arrivata"), choices=Channel.choices)
    identity_check = forms.CharField(
        label=_("Come sapete che è proprio lei"),
        max_length=200,
        help_text=_("Per esempio «carta d'identità vista allo sportello». Senza il numero del documento."),
    )
    words = forms.CharField(label=_("Che cosa dice"), max_length=2000, required=False, widget=forms.Textarea({"rows": "3"}))

    def __init__(self, *args: Any, representatives: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["representative"].choices = [("", _("Nessuno")), *representatives]  # type: ignore[attr-defined]
        if not representatives:
            del self.fields["representative"]
            self.fields["asker"].choices = [(Asker.PERSON.value, Asker.PERSON.label)]  # type: ignore[attr-defined]


class ReasonForm(Form):
    reason = forms.CharField(label=_("Motivo"), max_length=1000, widget=forms.Textarea({"rows": "3"}))


class NamesForm(ReasonForm):
    names = forms.ChoiceField(label=_("La copia dice chi ha guardato"), choices=Names.choices, widget=Radios)
    field_order = ("names", "reason")


class AnswerForm(VersionedForm):
    outcome = forms.CharField(label=_("Che cosa si è fatto"), max_length=2000, widget=forms.Textarea({"rows": "3"}))
    delivery = forms.ChoiceField(label=_("Come l'ha avuta"), choices=Delivery.choices, widget=Radios)


# --- Registers


def _area(label: Any, length: int, *, required: bool = True, rows: int = 3, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": str(rows)})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, help_text=help_text)


class BreachForm(VersionedForm):
    title = forms.CharField(label=_("In breve"), max_length=120, help_text=_("Senza nomi: per esempio «mail al destinatario sbagliato»."))
    detected_at = forms.DateTimeField(label=_("Ce ne siamo accorti il"), help_text=_("Da qui partono le 72 ore, notti e feste comprese."))
    what = _area(_("Che cosa è successo"), 3000, help_text=_("Quando, dove, come. Senza i nomi delle persone."))
    categories = _area(_("Quali dati"), 1000, rows=2)
    people = forms.IntegerField(label=_("Quante persone, circa"), min_value=0, max_value=1_000_000, required=False)
    consequences = _area(_("Che cosa può succedere alle persone"), 2000)
    measures = _area(_("Che cosa si è fatto"), 3000, required=False, help_text=_("Si completa anche dopo."))
    fieldsets: Any = (
        (_("Che cosa è successo"), ("title", "detected_at", "what")),
        (_("A chi, e che cosa si fa"), ("categories", "people", "consequences", "measures")),
    )


class DecideBreachForm(ReasonForm):
    decision = forms.ChoiceField(label=_("La decisione"), choices=Decision.choices, widget=Radios)
    field_order = ("decision", "reason")


class NotifiedForm(Form):
    at = forms.DateTimeField(label=_("Notificata il"))
    number = forms.CharField(label=_("Ricevuta o protocollo"), max_length=60, required=False)
    late_reason = _area(_("Perché dopo le 72 ore"), 1000, required=False, rows=2, help_text=_("Solo se sono passate."))


class ToldForm(Form):
    told = forms.ChoiceField(label=_("Dirlo alle persone"), choices=Told.choices, widget=Radios)
    on = forms.DateField(label=_("Quando"), required=False)
    reason = _area(_("Come lo si è detto, o perché non serve"), 2000)


class PactForm(VersionedForm):
    kind = forms.ChoiceField(label=_("Che accordo è"), choices=PactKind.choices)
    party = forms.CharField(label=_("Con chi"), max_length=160)
    subject = forms.CharField(label=_("Per che cosa"), max_length=300)
    contact = forms.CharField(label=_("Chi sentire"), max_length=160, required=False)
    act = forms.CharField(label=_("Atto"), max_length=120, required=False)
    signed_on = forms.DateField(label=_("Firmato il"))
    expires_on = forms.DateField(label=_("Scade il"), required=False, help_text=_("Due mesi prima lo trovi fra le cose da fare."))


class NoteForm(Form):
    text = _area(_("Nota"), 3000, required=False, rows=6)


class NoticeForm(Form):
    kind = forms.ChoiceField(label=_("Che testo è"), choices=NoticeKind.choices)
    title = forms.CharField(label=_("Titolo"), max_length=120)
    text = _area(_("Testo"), 20_000, rows=14, help_text=_("Una riga vuota divide i paragrafi."))
    in_force_from = forms.DateField(label=_("Vale dal"))


class AcceptForm(Form):
    yes = forms.BooleanField(label=_("Ho letto le istruzioni e le seguo"), error_messages={"required": _("Per entrare serve il tuo sì.")})
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


# --- Retention


class TermForm(Form):
    is_forever = forms.BooleanField(label=_("Si conserva per sempre"), required=False)
    years = forms.IntegerField(
        label=_("Anni"), min_value=1, max_value=100, required=False, help_text=_("Quelli scritti nel piano di conservazione dell'ente.")
    )
    act = forms.CharField(label=_("Atto"), max_length=160, help_text=_("Il piano di conservazione, con numero e data."))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "years" in data and bool(data.get("is_forever")) == (data["years"] is not None):
            self.add_error("years", _("Scrivi gli anni, oppure scegli «per sempre»."))
        return data


class HoldForm(Form):
    reason = forms.CharField(
        label=_("Motivo"),
        max_length=500,
        widget=forms.Textarea({"rows": "2"}),
        help_text=_("Un ricorso, un'indagine, un controllo in corso."),
    )
    until = forms.DateField(label=_("Fino al"), required=False, help_text=_("Vuoto: finché non lo togli."))


class LiftForm(Form):
    reason = forms.CharField(label=_("Perché si toglie"), max_length=500, widget=forms.Textarea({"rows": "2"}))


class ApproveDiscardForm(VersionedForm):
    number = forms.CharField(label=_("Numero dell'autorizzazione"), max_length=80, help_text=_("Quello della Soprintendenza archivistica."))
    on = forms.DateField(label=_("Data dell'autorizzazione"))


class StartDiscardForm(VersionedForm):
    sure = forms.BooleanField(label=_("Ho visto la lista e l'autorizzazione: si può scartare"))
