"""What is added to the person, one short form each."""

from django.utils.translation import gettext_lazy

from .. import services
from ..forms.records import AssessmentForm, ChargeForm, RepresentativeForm
from ._base import AddToPerson


class AddRepresentative(AddToPerson):
    form_class = RepresentativeForm
    title = gettext_lazy("Chi la rappresenta")
    done = gettext_lazy("Rappresentante aggiunto.")
    service = staticmethod(services.add_representative)
    today_in = "valid_from"


class TakeInCharge(AddToPerson):
    form_class = ChargeForm
    wants = ("access",)
    title = gettext_lazy("Presa in carico")
    lead = gettext_lazy("Deve coprire tutto il periodo del tirocinio.")
    done = gettext_lazy("Presa in carico registrata.")
    service = staticmethod(services.take_in_charge)
    today_in = "valid_from"


class RecordAssessment(AddToPerson):
    form_class = AssessmentForm
    title = gettext_lazy("Valutazione del servizio sociale")
    lead = gettext_lazy("Il progetto personalizzato parte da qui.")
    done = gettext_lazy("Valutazione registrata.")
    service = staticmethod(services.record_assessment)
