"""How a paper is signed, judged: levels, who signs once for several roles, distinct addresses, what an edit asks again.

Pure functions over values: no ORM, no clock. Levels: domain.md §12.3 (CAD art. 20 c. 1-bis; R.D. 2440/1923).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.territory.rules import SIGNATURE_LEVELS, Rules

from .enums import ChangeClass, SignatureMethod, SignerRole

M, R = SignatureMethod, SignerRole
LEVEL_OF: Mapping[str, str] = {M.LINK: "simple", M.TABLET: "drawn", M.PAPER: "handwritten", M.DIGITAL: "qualified"}
OWN_NAME = frozenset({R.PERSON, R.REPRESENTATIVE})  # who signs for themselves: nobody else's power counts
CODE_LENGTH = 6


# --- Levels


def rank(level: str) -> int:
    """How much a level is worth, from 0."""
    return SIGNATURE_LEVELS.index(level)


def least_level(paper: str, book: Rules) -> str:
    """The least level the rule book asks of a paper; a paper it does not name may be signed in any way."""
    return dict(book.paper_levels).get(paper, SIGNATURE_LEVELS[0])


def is_enough(method: str, level: str) -> bool:
    """Whether a way of signing reaches the level asked for. Levels of different parties may differ on one paper."""
    return rank(LEVEL_OF[method]) >= rank(level)


def level_words(method: str, *, drawn_process: str = "") -> str:
    """What a signature is, in plain words and no more than it is (domain.md §12.3).

    A drawn one is a simple electronic signature, unless the office has published the process it follows (`drawn_process`: the act).
    """
    if method == M.TABLET:
        if drawn_process:
            return _("firma elettronica avanzata, disegnata su tablet secondo il procedimento pubblicato (%(act)s)") % {
                "act": drawn_process
            }
        return _("firma elettronica semplice, disegnata su tablet davanti a un operatore")
    return {
        M.LINK: _("firma elettronica semplice, con collegamento personale e codice usa e getta"),
        M.PAPER: _("firma a mano su carta, conservata in scansione"),
        M.DIGITAL: _("firma digitale, controllata alla consegna del file"),
    }[SignatureMethod(method)]


# --- Who signs


def merged(signers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Signers of a paper with one entry a body: who holds several roles signs once, and the paper says in which (domain.md §12.3).

    Entries with the same non-empty `party` are one; the first role is the entry's code, `roles` are all of them.
    """
    found: list[dict[str, Any]] = []
    for signer in signers:
        same = next((f for f in found if f["party"] and f["party"] == signer["party"]), None)
        if same is None:
            found.append({**signer, "roles": [signer["code"]]})
        else:
            same["roles"].append(signer["code"])
            same["role"] = _("%(one)s e %(other)s") % {"one": same["role"], "other": signer["role"].lower()}
    return [{key: value for key, value in f.items() if key != "party"} for f in found]


# --- Addresses


def clash(role: str, address: str, others: Mapping[str, Iterable[str]]) -> str:
    """Whose address it already is, in words; empty when nobody's: a link must not be answered by another party (invariant 6)."""
    wanted = plain_address(address)
    return next((who for who, theirs in others.items() if wanted and wanted in {plain_address(a) for a in theirs if a}), "")


def plain_address(address: str) -> str:
    """A mail address in small letters, a number without its spaces and prefix: two ways of writing one box are one."""
    text = address.strip().lower()
    return text if "@" in text else re.sub(r"^(\+39|0039)|\D", "", text)


def masked(address: str) -> str:
    """Enough of an address for its owner to know it: `m•••@example.org`, `•••123`."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}" if at else f"•••{re.sub(r'[^0-9]', '', address)[-3:]}"


def same_person(one: str, other: str) -> bool:
    """Whether two ways of writing a name may be one person's: the shorter's words all stand in the longer, two at least."""
    a, b = _words(one), _words(other)
    return min(len(a), len(b)) >= 2 and (a <= b or b <= a)


def _words(name: str) -> set[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return set("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())


# --- What an edit asks again

ALL = (R.PROMOTER, R.HOST, R.PERSON, R.REPRESENTATIVE, R.SERVICE)
PROMOTER_SIDE = (R.PROMOTER, R.SERVICE)
PERSON_SIDE = (R.PERSON, R.REPRESENTATIVE)

# Parts of a paper's frozen context: label in words, whose part it is. Tasks, period, week, goals and clauses are everybody's promise
# (DGR X/5451, content of the project); the money is between payer and person (domain.md §1.7, §2.2); each party's own data are its own
# and the promoter's, which answers for the whole (7/CSR 2015).
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "person": ("i dati della persona", (*PROMOTER_SIDE, *PERSON_SIDE)),
    "person_name": ("il nome della persona", ALL),
    "host": ("i dati dell'impresa", (R.PROMOTER, R.HOST)),
    "promoter": ("i dati dell'ente promotore", (R.PROMOTER, R.HOST)),
    "money": ("il contributo motivazionale", (*PROMOTER_SIDE, *PERSON_SIDE)),
    "safeguards": ("le assicurazioni e la sicurezza", (R.PROMOTER, R.HOST, *PERSON_SIDE)),
    "goals": ("gli obiettivi", ALL),
    "tasks": ("le attività", ALL),
    "adaptations": ("gli adattamenti", ALL),
    "outside_activities": ("le attività fuori sede", ALL),
    "not_to_do": ("le attività da evitare", ALL),
    "practical": ("viaggio e agevolazioni", ALL),
    "period": ("il periodo", ALL),
    "week": ("la settimana", ALL),
    "clauses": ("quello che si concorda", ALL),
    "signers": ("chi firma", ALL),
}
# Rows that only say how to reach somebody, or who follows the case on a day: they change without asking anybody again
# (features.md §2.1, IF 5166; IF edits tutors after validation).
CONTACTS = frozenset(
    {"Chi avvisare se serve", "PEC o posta", "PEC", "Sede", "Tutor aziendale", "Tutor dell'ente promotore", "Operatore di riferimento"}
)
# What repeats another part in other words, or belongs to the version and not to what is agreed.
ECHOES = frozenset({"body_name", "version", "starts_on", "ends_on", "weekly_minutes", "week_title", "week_head", "week_numeric"})
ECHOES |= {"person_last_name", "premise", "valid_from", "valid_to"}


@dataclass(frozen=True)
class Change:
    """What an edit does to the signatures: its class, who signs again, and why, one line a field."""

    kind: str
    again: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def asks_again(self) -> bool:
        return self.kind == ChangeClass.SUBSTANTIAL


def classify_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """Compare what a paper says with what it would say: cosmetic, contact or substantial (features.md idea B10).

    Cosmetic: the same words but for spaces, capitals, accents and punctuation. Contact: only rows of CONTACTS. Anything else is
    substantial, and asks again those whose part changed; the signatures of the others stay with the new version.
    """
    wanted = [signer["code"] for signer in after.get("signers", ())]
    kinds, again, reasons = {ChangeClass.COSMETIC}, set(), []
    for name in sorted({*before, *after} - ECHOES, key=_place):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        words, whose = PARTS.get(name, (name, ALL))
        for label, one, other in _differences(old, new):
            if _flat(one) == _flat(other):
                reasons.append(_("%(what)s: cambia solo come è scritto.") % {"what": label or words})
            elif label in CONTACTS:
                kinds.add(ChangeClass.CONTACT)
                reasons.append(_("%(what)s: è un recapito o un nome di riferimento.") % {"what": label})
            else:
                kinds.add(ChangeClass.SUBSTANTIAL)
                again |= set(whose)
                reasons.append(_("Cambia: %(what)s.") % {"what": f"{words} ({label})" if label else words})
    kind = next(k for k in (ChangeClass.SUBSTANTIAL, ChangeClass.CONTACT, ChangeClass.COSMETIC) if k in kinds)
    return Change(kind.value, tuple(role for role in wanted if role in again), tuple(dict.fromkeys(reasons)))


def _place(name: str) -> tuple[int, str]:
    return (list(PARTS).index(name) if name in PARTS else len(PARTS), name)


def _differences(old: Any, new: Any) -> Iterable[tuple[str, Any, Any]]:
    """(label, before, after): row by row for lists of (label, value), else once for the whole part."""
    if _is_rows(old) and _is_rows(new):
        one, other = dict(old), dict(new)
        return [(label, one.get(label), other.get(label)) for label in {**one, **other} if one.get(label) != other.get(label)]
    return [("", old, new)]


def _is_rows(value: Any) -> bool:
    pair = lambda row: isinstance(row, list) and len(row) == 2 and all(isinstance(cell, str) for cell in row)  # noqa: E731
    return isinstance(value, list) and all(map(pair, value))


def _flat(value: Any) -> Any:
    """Text without what the eye does not read as a change; other values as they are."""
    if isinstance(value, str):
        return " ".join(
            re.findall(r"\w+", "".join(c for c in unicodedata.normalize("NFKD", value.casefold()) if not unicodedata.combining(c)))
        )
    if isinstance(value, list):
        return [_flat(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _flat(item) for key, item in value.items()}
    return value
