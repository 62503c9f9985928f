"""What was paid, what is proved of it, what came back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Upload

from ..enums import ProofState
from ..models import BenefitPayee, BenefitRequest, MoneyBack, SpendingProof, Voucher
from ..rules import left_to_prove
from .requests import request_for

PROOF = "solidarity_fund.proof"
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ProofFigures:
    """Euro of one paid request: `proved` by accepted proofs and used vouchers, `waiting` to be looked at, `back` in the pot."""

    paid: Decimal
    proved: Decimal
    waiting: Decimal
    back: Decimal

    @property
    def left(self) -> Decimal:
        return left_to_prove(paid=self.paid, proved=self.proved, back=self.back)

    @property
    def left_to_hand_in(self) -> Decimal:
        return self.left - self.waiting


def figures_of(request: BenefitRequest) -> ProofFigures:
    """Three statements."""
    sums = {
        row["state"]: row["total"]
        for row in SpendingProof.objects.filter(request=request).values("state").annotate(total=Sum("amount")).order_by("state")
    }
    used = Voucher.objects.filter(request=request, used_on__isnull=False).aggregate(total=Sum("amount", default=ZERO))["total"]
    back = MoneyBack.objects.filter(request=request).aggregate(total=Sum("amount", default=ZERO))["total"]
    return ProofFigures(request.amount, sums.get(ProofState.ACCEPTED, ZERO) + used, sums.get(ProofState.RECEIVED, ZERO), back)


def paid_on(request: BenefitRequest) -> date | None:
    return BenefitPayee.objects.filter(request=request).values_list("paid_on", flat=True).first()


def sent_by(request: BenefitRequest) -> int | None:
    """Who wrote where the money went."""
    return BenefitPayee.objects.filter(request=request).values_list("set_by_id", flat=True).first()


def proofs_of(request: BenefitRequest) -> list[SpendingProof]:
    return list(SpendingProof.objects.filter(request=request).select_related("file", "created_by", "checked_by").order_by("id"))


def backs_of(request: BenefitRequest) -> list[MoneyBack]:
    return list(MoneyBack.objects.filter(request=request).order_by("received_on", "id"))


def vouchers_of(request: BenefitRequest) -> list[Voucher]:
    return list(Voucher.objects.filter(request=request).order_by("id"))


def proof_for(access: Access, public_id: object, proof_id: UUID) -> SpendingProof:
    """A proof of a request that this access reaches. Raises Http404."""
    request = request_for(access, public_id)
    rows = SpendingProof.objects.filter(request=request).select_related("file", "request", "created_by")
    row: SpendingProof = get_object_or_404(rows, public_id=proof_id)
    return row


def file_for(access: Access, public_id: object, proof_id: UUID) -> Upload:
    proof = proof_for(access, public_id, proof_id)
    return get_object_or_404(Upload, pk=proof.file_id)


def url_of(request: BenefitRequest) -> str:
    return reverse("solidarity_fund:request", args=[request.public_id])


def absolute_url_of(request: BenefitRequest) -> str:
    return settings.BASE_URL + url_of(request)
