"""What a company has to show when an inspector comes: the signed papers, the covers, the receipts and the safety courses of who is there.

Read through one function of the database with its owner's rights, which the scope narrows (0020_inspection, docs/adr/0020).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from impresasolidale.core.words import day

from .enums import CommunicationKind, CoverKind, EvidenceKind, Insurer, Sender
from .models import Placement

PAPERS = ("agreement", "project")


class Row(NamedTuple):
    """One line of the function `agreements_inspection`."""

    placement_id: int
    what: str
    words: str
    number: str
    since: date | None
    until: date | None
    holder: str
    document_id: int | None
    document: UUID | None
    kind: str
    file_name: str
    code: str


@dataclass(frozen=True)
class Proof:
    """One thing to show: what it is, what it says, and the paper that opens (`document`) or is checked on the public page (`code`)."""

    title: str
    words: str
    document: UUID | None = None
    code: str = ""


@dataclass(frozen=True)
class Proofs:
    """What there is to show of one placement; `missing` names what this installation does not know of: the office is asked."""

    papers: list[Proof]
    covers: list[Proof]
    communications: list[Proof]
    safety: list[Proof]

    @property
    def missing(self) -> list[str]:
        wanted = (
            (self.papers, _("convenzione e progetto firmati")),
            (self.covers, _("coperture assicurative")),
            (self.communications, _("ricevuta della comunicazione obbligatoria")),
            (self.safety, _("formazione sulla sicurezza")),
        )
        return [words for found, words in wanted if not found]


def rows_on(on: date) -> list[Row]:
    """Everything the scope in force may show on a day. One query; nothing for an office user, who has the record itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agreements_inspection(%s)", [on])
        return [Row(*row) for row in cursor.fetchall()]


def proofs_of(placements: Iterable[Placement], on: date) -> dict[int, Proofs]:
    """Placement → what there is to show of it. Each with its rule book read along (who insures stands there). One query."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows_on(on):
        found[row.placement_id].append(row)
    return {placement.pk: _proofs(placement, found[placement.pk]) for placement in placements}


def _proofs(placement: Placement, rows: list[Row]) -> Proofs:
    book = placement.rulebook.rules
    by = {CoverKind.INAIL: placement.inail_by or book.inail_insurer, CoverKind.LIABILITY: placement.liability_by or book.liability_insurer}
    return Proofs(
        papers=[*(_paper(row) for row in rows if row.what in PAPERS), *(_inherited(row) for row in rows if row.what == "inherited")],
        covers=[_cover(row) for row in rows if row.what in by and row.holder == by[CoverKind(row.what)]],
        communications=[_communication(row) for row in rows if row.what == "communication"],
        safety=[_safety(row) for row in rows if row.what == "safety"],
    )


def _span(row: Row) -> str:
    if row.until:
        return _("dal %(first)s al %(last)s") % {"first": day(row.since), "last": day(row.until)}
    return _("dal %(first)s") % {"first": day(row.since)}


def _paper(row: Row) -> Proof:
    words = _("n. %(number)s, vale %(span)s") % {"number": row.number, "span": _span(row)}
    return Proof(gettext(row.words), words, row.document if row.file_name else None, row.code)


def _inherited(row: Row) -> Proof:
    words = _("firmate il %(day)s, protocollo %(number)s: le ha l'ufficio, e una copia l'impresa")
    return Proof(_("Carte firmate prima di questo programma"), words % {"day": day(row.since), "number": row.number})


def _cover(row: Row) -> Proof:
    words = _("%(insurer)s, n. %(number)s, %(span)s (la tiene %(holder)s)")
    holder = Insurer(row.holder).label
    known = {"insurer": row.words, "number": row.number, "span": _span(row), "holder": holder}
    return Proof(str(CoverKind(row.what).label).capitalize().replace("inail", "INAIL"), words % known)


def _communication(row: Row) -> Proof:
    title = _("Comunicazione obbligatoria: %(kind)s") % {"kind": CommunicationKind(row.words).label}
    if row.holder == Sender.EXEMPT:
        return Proof(title, str(Sender.EXEMPT.label))
    return Proof(title, _("ricevuta %(number)s, inviata il %(day)s") % {"number": row.number, "day": day(row.since)})


def _safety(row: Row) -> Proof:
    words = _("%(hours)s ore, fatta il %(day)s") % {"hours": row.number, "day": day(row.since)}
    if row.until:
        words = _("%(words)s, vale fino al %(last)s") % {"words": words, "last": day(row.until)}
    return Proof(str(EvidenceKind(row.words).label).capitalize(), words)
