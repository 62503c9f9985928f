"""The frozen facts of a drawn expense, in words. Codes, kinds, days and sums alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .enums import DocumentKind, ExpenseState, PayeeKind, ProofKind


@dataclass(frozen=True)
class FactsShown:
    """What page and file say of a drawn expense."""

    number: str
    item: str
    partner: str
    document: str
    document_on: date
    payee: str
    payee_kind: str
    amount: Decimal
    charged: Decimal
    shares: tuple[tuple[str, Decimal], ...]
    paid_on: date | None
    proof: str
    state: str
    state_code: str
    admitted: Decimal | None


@dataclass(frozen=True)
class PaidShown:
    """What is said of a drawn row of a liquidation. `amount` is what the grant paid of `total`, in euro."""

    person: str
    ambito: str
    month: date
    run: str
    order: str
    order_on: date
    total: Decimal
    amount: Decimal


def paid_in_words(kept: Mapping[str, Any]) -> PaidShown:
    return PaidShown(
        person=kept["person"],
        ambito=kept["ambito"],
        month=date.fromisoformat(kept["month"]),
        run=kept["run"],
        order=kept["order"],
        order_on=date.fromisoformat(kept["order_on"]),
        total=Decimal(kept["total"]),
        amount=Decimal(kept["amount"]),
    )


def facts_in_words(kept: Mapping[str, Any]) -> FactsShown:
    return FactsShown(
        number=kept["number"],
        item=kept["item"],
        partner=kept["partner"],
        document=str(DocumentKind(kept["document_kind"]).label),
        document_on=date.fromisoformat(kept["document_on"]),
        payee=kept["payee"],
        payee_kind=str(PayeeKind(kept["payee_kind"]).label),
        amount=Decimal(kept["amount"]),
        charged=Decimal(kept["charged"]),
        shares=tuple((name, Decimal(amount)) for name, amount in kept["shares"]),
        paid_on=date.fromisoformat(kept["paid_on"]) if kept["paid_on"] else None,
        proof=str(ProofKind(kept["proof_kind"]).label) if kept["proof_kind"] else "",
        state=str(ExpenseState(kept["state"]).label),
        state_code=kept["state"],
        admitted=Decimal(kept["admitted"]) if kept["admitted"] else None,
    )
