"""The page of the proofs of one request, for a phone too; what came back; vouchers."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.views import Action, Guarded, say_done, serve_upload

from ..forms import proofs as forms
from ..selectors import proofs as selectors
from ..services import proofs as services
from .common import OfRequest


def follows_the_money(access: Any) -> None:
    if not any(access.may(code) for code in (Permission.ASK_BENEFITS, Permission.PAY_BENEFITS)):
        access.require(Permission.KEEP_SITTINGS)


class Proofs(OfRequest):
    """What was paid, what is proved; the form of a new proof for who may bring one."""

    template_name = "solidarity_fund/proofs.html"
    form_class = forms.ProofForm
    permission = Permission.SEE_FUND
    states = ("paid",)
    title = gettext_lazy("Prove della spesa")
    button = gettext_lazy("Carica la prova")

    def get_initial(self) -> dict[str, Any]:
        return {"spent_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        follows_the_money(self.access)
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        row = self.row
        return {
            **context,
            "figures": selectors.figures_of(row),
            "proofs": selectors.proofs_of(row),
            "backs": selectors.backs_of(row),
            "vouchers": selectors.vouchers_of(row),
            "may_bring": self.access.may(Permission.ASK_BENEFITS) and not row.closed_on,
            "may_check": self.access.may(Permission.PAY_BENEFITS) and not row.closed_on,
            "may_close": self.access.may(Permission.KEEP_SITTINGS) and not row.closed_on,
            "today": timezone.localdate(),
        }

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.add_proof(
            request=self.row,
            amount=data["amount"],
            spent_on=data["spent_on"],
            file=data["file"],
            by=self.access,
            today=timezone.localdate(),
        )
        say_done(self.request, _("Prova caricata: adesso la controlla la ragioneria."))
        return reverse("solidarity_fund:proofs", args=[self.row.public_id])


class OfProofs(OfRequest):
    def back(self) -> str:
        return reverse("solidarity_fund:proofs", args=[self.row.public_id])


class ProofFile(Guarded):
    permission = Permission.SEE_FUND

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        follows_the_money(self.access)
        return serve_upload(selectors.file_for(self.access, kwargs["public_id"], kwargs["proof_id"]), by=self.access)


class AcceptProof(Action):
    permission = Permission.PAY_BENEFITS

    def act(self) -> str:
        proof = selectors.proof_for(self.access, self.kwargs["public_id"], self.kwargs["proof_id"])
        services.accept_proof(proof=proof, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Prova accettata."))
        return self.back()

    def back(self) -> str:
        return reverse("solidarity_fund:proofs", args=[self.kwargs["public_id"]])


class RejectProof(OfProofs):
    form_class = ReasonForm
    permission = Permission.PAY_BENEFITS
    title = gettext_lazy("La prova non va bene")
    lead = gettext_lazy("Chi l'ha portata legge il motivo, e ne porta un'altra.")
    button = gettext_lazy("Rimanda indietro")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        self.proof = selectors.proof_for(self.access, self.kwargs["public_id"], self.kwargs["proof_id"])
        return kwargs

    def act(self, form: Any) -> str:
        services.reject_proof(proof=self.proof, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Fatto: chi segue la persona lo trova fra le cose da fare."))
        return self.back()


class MoneyIsBack(OfProofs):
    form_class = forms.BackForm
    permission = Permission.PAY_BENEFITS
    states = ("paid",)
    title = gettext_lazy("Soldi tornati al fondo")
    lead = gettext_lazy("Tornano liberi nel salvadanaio da cui erano usciti.")
    button = gettext_lazy("Registra")

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.record_back(request=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Registrato: i soldi sono di nuovo liberi."))
        return self.back()


class UseVoucher(OfProofs):
    form_class = forms.VoucherForm
    permission = Permission.PAY_BENEFITS
    states = ("paid",)
    title = gettext_lazy("Un buono è stato usato")
    lead = gettext_lazy("Ogni codice vale una volta sola.")
    button = gettext_lazy("Segna come usato")

    def get_initial(self) -> dict[str, Any]:
        return {"used_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.use_voucher(request=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Buono segnato."))
        return self.back()


class CloseWithoutProof(OfProofs):
    form_class = ReasonForm
    permission = Permission.KEEP_SITTINGS
    states = ("paid",)
    title = gettext_lazy("Chiudi senza prova")
    lead = gettext_lazy("La prova non arriverà: scrivi perché. Resta scritto chi l'ha chiusa.")
    button = gettext_lazy("Chiudi senza prova")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.close_without_proof(request=self.row, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Richiesta chiusa."))
        return self.back()
