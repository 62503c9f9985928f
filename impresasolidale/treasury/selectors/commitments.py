"""Reads of commitments: what was committed, paid and is left of each, from the movements that name it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of

from ..models import Commitment, Entry
from .ledger import ZERO, entries_of


@dataclass(frozen=True)
class CommitmentFigures:
    """Euro of one commitment: amount = paid + left + released at its end."""

    amount: Decimal = ZERO
    paid: Decimal = ZERO
    released: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.amount - self.paid - self.released


# The committed account of its pot, in the entries that name it: with the bank it was paid, else committed or released.
_FIGURES = """
SELECT c.id,
       coalesce(-sum(l.amount) FILTER (WHERE NOT b.at_bank AND right(e.key, 4) <> ':end'), 0),
       coalesce(sum(l.amount) FILTER (WHERE b.at_bank), 0),
       coalesce(sum(l.amount) FILTER (WHERE NOT b.at_bank AND right(e.key, 4) = ':end'), 0)
FROM treasury_commitment c
JOIN treasury_account a ON a.pot_id = c.pot_id AND a.kind = 'committed'
JOIN treasury_entry e ON e.source_type = 'treasury.commitment' AND e.source_id = c.id
JOIN treasury_leg l ON l.entry_id = e.id AND l.account_id = a.id
CROSS JOIN LATERAL (SELECT EXISTS (
  SELECT 1 FROM treasury_leg o JOIN treasury_account k ON k.id = o.account_id WHERE o.entry_id = e.id AND k.kind = 'bank') AS at_bank) b
WHERE c.id = ANY (%s)
GROUP BY c.id
"""


def commitment_figures(ids: Iterable[int]) -> dict[int, CommitmentFigures]:
    """The figures of these commitments, by id; one query."""
    wanted = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [wanted])
        found = {row[0]: CommitmentFigures(*row[1:]) for row in cursor.fetchall()}
    return {pk: found.get(pk, CommitmentFigures()) for pk in wanted}


def _rows(access: Access) -> QuerySet[Commitment]:
    return Commitment.objects.filter(ambito_id=access.ambito_id).select_related("body", "pot__budget")


def commitment_for(access: Access, public_id: object) -> Commitment:
    row: Any = get_object_or_404(_rows(access), public_id=public_id)
    return row


def commitments(access: Access, *, year: int | None = None, state: str = "", pot_id: int | None = None) -> QuerySet[Commitment]:
    """The active Ambito's commitments, newest year first."""
    wanted = {"year": year, "state": state, "pot_id": pot_id}
    return _rows(access).filter(**{name: value for name, value in wanted.items() if value})


def commitments_page(rows: QuerySet[Commitment], query: QueryDict) -> tuple[Slice, dict[int, CommitmentFigures]]:
    """The page that `query` asks for, newest first, with the figures of its rows. Three queries at most."""
    page = page_of(rows, query, order=("-year", "-id"))
    return page, commitment_figures(row.pk for row in page.rows)


def commitment_choices(access: Access) -> list[tuple[Commitment, CommitmentFigures]]:
    """The open commitments with their figures, newest year first."""
    rows = list(commitments(access, state=Commitment.State.OPEN).order_by("-year", "number", "id"))
    figures = commitment_figures(row.pk for row in rows)
    return [(row, figures[row.pk]) for row in rows]


def commitment_entries(access: Access, commitment: Commitment) -> QuerySet[Entry]:
    return entries_of(access, "treasury.commitment", commitment.pk)


def commitments_by_number(access: Access, *, body_id: int, years: Collection[int]) -> list[tuple[Commitment, CommitmentFigures]]:
    """A body's commitments of these years, in order, with their figures: what is compared with the accounting office's file."""
    rows = list(_rows(access).filter(body_id=body_id, year__in=years).order_by("year", "number", "id"))
    figures = commitment_figures(row.pk for row in rows)
    return [(row, figures[row.pk]) for row in rows]
