"""Who is missing: several planned days in a row, or much less than the person's own rhythm (ideas B13)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import RuleBookVersion
from impresasolidale.territory.rules import Rules
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement

from ..enums import Outcome
from ..models import Call
from ..rules import ABSENT, PRESENT

FRESH = timedelta(days=14)  # a series that ended longer ago is no longer a sign
LEAST_RECENT, LEAST_USUAL = 3, 8  # days with a word, below which a share says nothing


@dataclass(frozen=True, slots=True)
class CallFor:
    """A person to call, and why, in figures: absences in a row, and shares of planned days with a presence, in whole percent."""

    placement_id: int
    beneficiary_id: int
    absences: int
    recent: int | None = None
    usual: int | None = None

    @property
    def words(self) -> str:
        """What stands in a to-do: no reason of any absence."""
        if self.recent is None:
            return ngettext("%(n)d assenza", "%(n)d assenze di fila", self.absences) % {"n": self.absences}
        return _("viene molto meno del solito")


# Planned days with a word, newest first; `closed` and days taken back say nothing of the person. What was before the last call is known.
_SIGNS = """
WITH days AS (
  SELECT p.id, p.beneficiary_id, s.day, e.outcome, c.called_on, row_number() OVER (PARTITION BY p.id ORDER BY s.day DESC) AS nth
  FROM agreements_placement p
  JOIN attendance_plannedsession s ON s.placement_id = p.id AND s.day < %(today)s AND s.day >= %(since)s
  CROSS JOIN LATERAL (SELECT outcome FROM attendance_attendanceevent
                      WHERE placement_id = p.id AND day = s.day ORDER BY id DESC LIMIT 1) e
  LEFT JOIN LATERAL (SELECT max(called_on) AS called_on FROM attendance_call WHERE placement_id = p.id) c ON true
  WHERE p.ambito_id = %(ambito)s AND p.rulebook_id = %(rulebook)s AND p.state = 'active' AND (%(one)s::bigint IS NULL OR p.id = %(one)s)
    AND e.outcome <> ALL (%(silent)s)
), sums AS (
  SELECT id, beneficiary_id, max(called_on) AS called_on,
         coalesce(min(nth) FILTER (WHERE outcome <> ALL (%(absent)s) OR day <= called_on) - 1, count(*)) AS missed,
         max(day) AS last_day,
         count(*) FILTER (WHERE day >= %(recent)s) AS recent_all,
         count(*) FILTER (WHERE day >= %(recent)s AND outcome = ANY (%(present)s)) AS recent_here,
         count(*) FILTER (WHERE day < %(recent)s) AS usual_all,
         count(*) FILTER (WHERE day < %(recent)s AND outcome = ANY (%(present)s)) AS usual_here
  FROM days GROUP BY id, beneficiary_id
)
SELECT id, beneficiary_id, missed, recent_all, recent_here, usual_all, usual_here, missed >= %(row)s AND last_day >= %(fresh)s AS in_a_row
FROM sums
WHERE missed >= %(row)s AND last_day >= %(fresh)s
   OR (called_on IS NULL OR called_on < %(recent)s) AND recent_all >= %(least_recent)s AND usual_all >= %(least_usual)s
      AND recent_here * usual_all * 100 < %(fall)s * usual_here * recent_all
ORDER BY id
"""


def calls_for(access: Access, today: date, *, placement: Placement | None = None) -> list[CallFor]:
    """Who is to be called in the active Ambito (or whether this one is), by the rule book of each placement. One query for each rule book
    in force, and one for them."""
    running = Placement.objects.filter(ambito_id=access.ambito_id, state=PlacementState.ACTIVE)
    if placement is not None:
        running = running.filter(pk=placement.pk)
    books: Any = RuleBookVersion.objects.filter(pk__in=running.values("rulebook"))
    return [sign for book in books.order_by("pk") for sign in _signs(access, book.pk, book.rules, today, placement)]


def _signs(access: Access, rulebook: int, rules: Rules, today: date, placement: Placement | None) -> list[CallFor]:
    recent = today - timedelta(weeks=rules.call_recent_weeks)
    values = {
        "today": today,
        "recent": recent,
        "since": recent - timedelta(weeks=rules.call_usual_weeks),
        "fresh": today - FRESH,
        "row": rules.call_absences,
        "fall": rules.call_fall_percent,
        "least_recent": LEAST_RECENT,
        "least_usual": LEAST_USUAL,
        "ambito": access.ambito_id,
        "rulebook": rulebook,
        "one": placement.pk if placement else None,
        "absent": ABSENT,
        "present": PRESENT,
        "silent": [str(Outcome.CLOSED), str(Outcome.WITHDRAWN)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIGNS, values)
        rows = cursor.fetchall()
    return [
        CallFor(pk, person, missed)
        if in_a_row
        else CallFor(pk, person, missed, recent_here * 100 // recent_all, usual_here * 100 // usual_all)
        for pk, person, missed, recent_all, recent_here, usual_all, usual_here, in_a_row in rows
    ]


def calls_of(access: Access, placement: Placement) -> QuerySet[Call]:
    """The calls noted of a reachable placement, newest first."""
    return Call.objects.filter(ambito_id=access.ambito_id, placement=placement).select_related("created_by").order_by("-called_on", "-id")
