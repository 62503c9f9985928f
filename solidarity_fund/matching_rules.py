"""What a line of a bank statement probably is: suggestions over plain values, best first, each with its reasons in words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

LEAST = 25  # points under which nothing is said: one weak sign alone is a guess
REFERENCE, POT_REFERENCE, IBAN, NAME, AMOUNT, NEAR, RECORDED = 100, 60, 40, 25, 20, 10, 15
NEAR_DAYS, DUE_DAYS = 5, 31
LONG = 10  # letters and digits of a reference that stands in no other text by chance
EMPTY_WORDS = frozenset(
    (
        "srl snc sas spa societa cooperativa sociale onlus ente impresa ditta signor signora sig dott per con dal del della delle degli dei"
    ).split()
)


@dataclass(frozen=True)
class Line:
    """One line of the bank: euro, over zero what came in. `iban_hash` empty when the bank does not say."""

    amount: Decimal
    booked_on: date
    name: str
    words: str
    reference: str
    iban_hash: str = ""


@dataclass(frozen=True)
class Recorded:
    """A movement of the ledger that no line was matched with yet."""

    key: Any
    amount: Decimal
    posted_on: date
    words: str
    donor_name: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Expected:
    """A part of a promise that has not come yet: `amount` is what is left of it."""

    key: Any
    amount: Decimal
    due_on: date
    donor: int
    references: Sequence[str]  # RF, IUV, notice number


@dataclass(frozen=True)
class KnownDonor:
    key: int
    name: str
    iban_hashes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PotReference:
    key: Any
    reference: str


@dataclass(frozen=True)
class Suggestion:
    """`kind`: "recorded", "expected", "donor" or "pot"; `key` as it was given; `why` in the reader's language."""

    kind: str
    key: Any
    points: int
    why: tuple[str, ...]


def compact(text: str) -> str:
    """Letters and digits alone, in capitals: a reference is found however it was spaced."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def is_said(reference: str, text: str) -> bool:
    """Whether `reference` stands in `text`, however it was spaced; a short one, as the number of an order is, only as a whole."""
    wanted = compact(reference)
    if len(wanted) >= LONG:
        return wanted in compact(text)
    parts = re.findall(r"[A-Z0-9]+", reference.upper())
    return bool(parts) and bool(re.search(rf"(?<![A-Z0-9]){'[^A-Z0-9]*'.join(parts)}(?![A-Z0-9])", text.upper()))


def words_of(name: str) -> frozenset[str]:
    """The words of a name that tell somebody: three letters or more, without accents, without legal forms."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return frozenset(word for word in re.findall(r"[a-z0-9]{3,}", plain) if word not in EMPTY_WORDS)


def same_name(one: str, other: str) -> bool:
    """Whether every word of the shorter name is in the longer, two at least; a name of one word must be the whole of it."""
    first, second = sorted((words_of(one), words_of(other)), key=len)
    return bool(first) and first <= second and (len(first) > 1 or len(second) <= 2)


def suggest(
    line: Line,
    *,
    recorded: Iterable[Recorded] = (),
    expected: Iterable[Expected] = (),
    donors: Iterable[KnownDonor] = (),
    pots: Iterable[PotReference] = (),
    most: int = 5,
) -> list[Suggestion]:
    """The likeliest first; a line that goes out is only ever a movement that is already in the ledger."""
    found = [_of_recorded(line, row) for row in recorded if row.amount == line.amount]
    if line.amount > 0:
        text = compact(f"{line.reference} {line.words}")
        known = {donor.key: (donor, _of_donor(line, donor)) for donor in donors}
        found += [_of_expected(line, text, row, known) for row in expected]
        found += [Suggestion("donor", donor.key, sum(p for p, _w in signs), tuple(w for _p, w in signs)) for donor, signs in known.values()]
        found += [
            Suggestion("pot", pot.key, POT_REFERENCE, (_("nella causale c'è il riferimento di questo salvadanaio"),))
            for pot in pots
            if pot.reference in text
        ]
    return sorted((one for one in found if one.points >= LEAST), key=lambda one: (-one.points, one.kind, str(one.key)))[:most]


def _of_recorded(line: Line, row: Recorded) -> Suggestion:
    days = abs((row.posted_on - line.booked_on).days)
    signs = [(AMOUNT, _("stesso importo")), (RECORDED, _("è già nel registro"))]
    if days <= NEAR_DAYS:
        signs.append((NEAR, _("stesso giorno") if not days else _("pochi giorni di differenza")))
    if row.donor_name and same_name(row.donor_name, line.name):
        signs.append((NAME, _("stesso nome")))
    if is_said(row.reference, f"{line.reference} {line.words}"):
        signs.append((REFERENCE, _("stesso riferimento")))
    return Suggestion("recorded", row.key, sum(p for p, _w in signs), tuple(w for _p, w in signs))


def _of_expected(line: Line, text: str, row: Expected, known: dict[int, tuple[KnownDonor, list[tuple[int, str]]]]) -> Suggestion:
    signs = list(known[row.donor][1]) if row.donor in known else []
    if any(reference and reference in text for reference in row.references):
        signs.insert(0, (REFERENCE, _("c'è il riferimento della promessa")))
    if not signs:  # an amount and a day alone may be anybody's
        return Suggestion("expected", row.key, 0, ())
    if row.amount == line.amount:
        signs.append((AMOUNT, _("l'importo che si aspettava")))
    if abs((row.due_on - line.booked_on).days) <= DUE_DAYS:
        signs.append((NEAR, _("nel periodo promesso")))
    return Suggestion("expected", row.key, sum(p for p, _w in signs), tuple(w for _p, w in signs))


def _of_donor(line: Line, donor: KnownDonor) -> list[tuple[int, str]]:
    signs = []
    if line.iban_hash and line.iban_hash in donor.iban_hashes:
        signs.append((IBAN, _("ha già donato da questo conto")))
    if same_name(donor.name, line.name):
        signs.append((NAME, _("stesso nome")))
    return signs
