"""The minutes of every commission, as a frozen context. What a case is each room says."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.words import written


def minutes_of(sitting: Any, seats: Sequence[Any], cases: Sequence[dict[str, Any]], *, body_name: str) -> dict[str, Any]:
    """Who sat and where, and the cases in order; asked within the language of the paper."""
    return {
        "body_name": body_name,
        "facts": [
            [_("Seduta"), f"n. {sitting.number}"],
            [_("Giorno"), written(sitting.held_on, "j F Y") + (f", ore {sitting.starts_at:%H:%M}" if sitting.starts_at else "")],
            [_("Dove"), sitting.place],
            [_("Presiede"), str(sitting.president)],
            [_("Verbale scritto da"), str(sitting.closed_by)],
            [_("Verbale approvato da"), str(sitting.approved_by)],
        ],
        "members_head": [_("Componente"), _("Presenza")],
        "members": [[str(seat.member), _("presente") if seat.is_present else _("assente")] for seat in seats],
        "cases": cases,
        "number": sitting.number,
    }


def case_of(
    view: Any, seats: Sequence[Any], *, title: str, outcome: str, before: Iterable[Any], after: Iterable[Any] = ()
) -> dict[str, Any]:
    """One case: what it is (`before`), who stood aside, what else was said (`after`), how it was voted."""
    item, names = view.item, {seat.member_id: str(seat.member) for seat in seats}
    aside = "; ".join(f"{names[pk]} ({why})" for pk, why in sorted(view.aside.items()))
    facts = [*before, [_("Chi si astiene, e non conta per il numero legale"), aside], *after]
    if item.votes_for is not None:
        votes = _("%(for)s a favore, %(against)s contro; ne servivano %(quorum)s")
        facts.append([_("Voti"), votes % {"for": item.votes_for, "against": item.votes_against, "quorum": item.quorum}])
    return {
        "title": f"{item.position}. {title}",
        "facts": [row for row in facts if row[1]],
        "outcome": outcome[:1].upper() + outcome[1:],
        "reason": item.reason,
    }
