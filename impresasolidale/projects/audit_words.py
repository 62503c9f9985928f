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
