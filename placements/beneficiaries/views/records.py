"""What is added to the person, one short form each."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, serve_upload

from .. import selectors, services
from ..forms.evidence import ConsentForm, EvidenceForm, RevokeConsentForm, WithdrawEvidenceForm
from ..forms.records import (
    AssessmentForm,
    ChargeForm,
    EditRepresentativeForm,
    EndChargeForm,
    ReferralForm,
    ReferralOutcomeForm,
    RepresentativeForm,
)
from ._base import AboutRow, AddToPerson, OfPerson


class AddRepresentative(AddToPerson):
    form_class = RepresentativeForm
    title = gettext_lazy("Chi la rappresenta")
    done = gettext_lazy("Rappresentante aggiunto.")
    service = staticmethod(services.add_representative)
    today_in = "valid_from"


class EditRepresentative(AboutRow):
    form_class = EditRepresentativeForm
    title = gettext_lazy("Chi la rappresenta")
    lead = gettext_lazy("Se il decreto è stato prorogato, scrivi la nuova scadenza.")
    done = gettext_lazy("Modifiche salvate.")
    service = staticmethod(services.update_representative)
    row_name = "representative"

    def rows(self) -> Any:
        return selectors.representatives_of(self.beneficiary)


class RecordReferral(AddToPerson):
    form_class = ReferralForm
    wants = ("access",)
    title = gettext_lazy("Segnalazione")
    lead = gettext_lazy("Solo il riferimento e due scelte: la storia resta nel servizio che segnala.")
    done = gettext_lazy("Segnalazione registrata.")
    service = staticmethod(services.record_referral)
    today_in = "received_on"


class AnswerReferral(AboutRow):
    form_class = ReferralOutcomeForm
    title = gettext_lazy("Esito della segnalazione")
    done = gettext_lazy("Esito registrato.")
    service = staticmethod(services.answer_referral)
    row_name = "referral"
    today_in = "outcome_on"

    def rows(self) -> Any:
        return selectors.referrals_of(self.access, self.beneficiary)


class TakeInCharge(AddToPerson):
    form_class = ChargeForm
    wants = ("access",)
    title = gettext_lazy("Presa in carico")
    lead = gettext_lazy("Deve coprire tutto il periodo del tirocinio.")
    done = gettext_lazy("Presa in carico registrata.")
    service = staticmethod(services.take_in_charge)
    today_in = "valid_from"


class EndCharge(AboutRow):
    form_class = EndChargeForm
    title = gettext_lazy("Chiudi la presa in carico")
    lead = gettext_lazy("Se c’è un tirocinio che dura di più, il suo semaforo lo segnala.")
    done = gettext_lazy("Presa in carico chiusa.")
    service = staticmethod(services.end_charge)
    row_name = "charge"
    today_in = "valid_to"

    def rows(self) -> Any:
        return selectors.charges_of(self.access, self.beneficiary)


class RecordAssessment(AddToPerson):
    form_class = AssessmentForm
    title = gettext_lazy("Valutazione del servizio sociale")
    lead = gettext_lazy("Il progetto personalizzato parte da qui.")
    done = gettext_lazy("Valutazione registrata.")
    service = staticmethod(services.record_assessment)


class RecordEvidence(AddToPerson):
    form_class = EvidenceForm
    wants = ("access",)
    title = gettext_lazy("Condizione certificata")
    lead = gettext_lazy("La categoria e l’atto pubblico che la prova. L’impresa non la vede.")
    done = gettext_lazy("Condizione registrata.")
    service = staticmethod(services.record_evidence)


class WithdrawEvidence(AboutRow):
    form_class = WithdrawEvidenceForm
    title = gettext_lazy("Togli la condizione certificata")
    lead = gettext_lazy("Non conta più e non si vede più. Resta scritto chi l’ha tolta e perché.")
    done = gettext_lazy("Condizione tolta.")
    service = staticmethod(services.withdraw_evidence)
    row_name = "evidence"

    def rows(self) -> Any:
        return selectors.evidence_of(self.access, self.beneficiary)


class GiveConsent(AddToPerson):
    form_class = ConsentForm
    title = gettext_lazy("Consenso per immagini o testimonianze")
    lead = gettext_lazy("È a parte dall’informativa. Si può dire di no, e si può cambiare idea: il tirocinio non cambia.")
    done = gettext_lazy("Consenso registrato.")
    service = staticmethod(services.give_consent)
    today_in = "given_on"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "representatives": selectors.representatives_of(self.beneficiary)}


class RevokeConsent(AboutRow):
    form_class = RevokeConsentForm
    title = gettext_lazy("Revoca del consenso")
    lead = gettext_lazy("Non serve un motivo. Da quel giorno non si usa più nulla di nuovo; togli quello che è già pubblicato.")
    done = gettext_lazy("Consenso revocato.")
    service = staticmethod(services.revoke_consent)
    row_name = "consent"
    today_in = "revoked_on"

    def rows(self) -> Any:
        return selectors.consents_of(self.access, self.beneficiary)


class PaperFile(OfPerson, Guarded):
    """The paper kept with one record of the person: for who works on the record, as it may say more than our codes do."""

    permission = Permission.EDIT_PEOPLE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        upload = selectors.paper_of(self.access, self.beneficiary, self.kwargs["kind"], self.kwargs["row_id"])
        return serve_upload(upload, by=self.access)
