"""Forms of the pages of data protection."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, VersionedForm
from impresasolidale.core.models import Look

from .enums import Asker, Channel, Delivery, Names, RequestKind, RequestState


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
    reason = forms.CharField(label=_("Motivo"), required=False, max_length=1000, widget=forms.Textarea({"rows": "3"}))


class NamesForm(ReasonForm):
    names = forms.ChoiceField(label=_("La copia dice chi ha guardato"), choices=Names.choices, widget=Radios)
    field_order = ("names", "reason")


class AnswerForm(VersionedForm):
    outcome = forms.CharField(label=_("Che cosa si è fatto"), max_length=2000, required=False, widget=forms.Textarea({"rows": "3"}))
    delivery = forms.ChoiceField(label=_("Come l'ha avuta"), choices=Delivery.choices, widget=Radios)
