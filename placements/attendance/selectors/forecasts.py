"""What placements will cost: foreseen, committed and spent, by the year in which each sum falls due (domain.md §12.1).

A confirmed month counts with its own allowance. A month still to come is estimated from the project in force in it: the whole
amount, or in proportion to the days of the period (suspensions left out) of a month begun or ended midway; so many hours a week at an
hourly amount; the band of those hours. It is a forecast of ours: no rule of payment reads it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import NoRuleBook, rules_for
from impresasolidale.treasury.models import Commitment, Pot
from impresasolidale.treasury.selectors import CommitmentFigures, commitment_figures
from placements.agreements.enums import LIVE, OVER, PlacementState, ProjectKind, ProjectState
from placements.agreements.models import Placement
from placements.beneficiaries.selectors import ReasonNeeded

from ..models import PlacementCommitment
from . import reachable
from .sight import money_opens

ZERO = Decimal("0.00")
COUNTED = [str(state) for state in (PlacementState.TO_SIGN, PlacementState.SIGNED, *LIVE, *OVER)]  # of the others nobody knows yet
HELD = [str(ProjectState.EFFECTIVE), str(ProjectState.SUPERSEDED)]
BEFORE = [str(ProjectState.DRAFTED), str(ProjectState.TO_SIGN)]

# One row a placement, month and source of money: `amount` in euro, `spent` when the month is frozen in a liquidation.
_SUMS = """
WITH bands AS (
  SELECT v.id AS rulebook_id, (b.value ->> 0)::int AS over_hours, (b.value ->> 1)::numeric AS euro
  FROM territory_rulebookversion v, jsonb_array_elements(v.values -> 'allowance_bands') b
  WHERE v.network_id = %(network)s AND jsonb_typeof(v.values -> 'allowance_bands') = 'array'
),
spans AS (
  SELECT p.id AS placement_id, p.rulebook_id, g.month::date AS month,
         (g.month + interval '1 month - 1 day')::date AS month_end,
         greatest(g.month::date, coalesce(p.entered_on, p.starts_on)) AS first_day,
         least((g.month + interval '1 month - 1 day')::date, coalesce(p.ended_on, p.ends_on)) AS last_day,
         extract(year FROM g.month + make_interval(months => %(shift)s))::int AS due_year
  FROM agreements_placement p
  CROSS JOIN LATERAL generate_series(
    date_trunc('month', coalesce(p.entered_on, p.starts_on)::timestamp), coalesce(p.ended_on, p.ends_on)::timestamp, '1 month') g(month)
  WHERE p.ambito_id = %(ambito)s AND p.state = ANY (%(states)s) AND (%(ids)s::bigint[] IS NULL OR p.id = ANY (%(ids)s))
),
months AS (
  SELECT s.placement_id, s.month, s.due_year, a.id AS allowance_id, j.id AS project_id,
         coalesce(a.payer_id, j.payer_id) AS payer_id, t.state = 'frozen' AND a.id IS NOT NULL AS is_spent, a.id IS NOT NULL AS is_known,
         coalesce(a.amount, round(CASE j.allowance_model
           WHEN 'monthly' THEN j.allowance_amount * f.share
           WHEN 'monthly_threshold' THEN j.allowance_amount * f.share
           WHEN 'hourly' THEN least(j.allowance_amount * f.hours, coalesce(j.allowance_cap, j.allowance_amount * f.hours))
           WHEN 'bands' THEN coalesce((SELECT b.euro FROM bands b WHERE b.rulebook_id = s.rulebook_id AND b.over_hours < f.hours
                                       ORDER BY b.over_hours DESC LIMIT 1), 0)
           ELSE 0 END, 2)) AS amount
  FROM spans s
  LEFT JOIN attendance_timesheet t ON t.placement_id = s.placement_id AND t.month = s.month
  LEFT JOIN attendance_monthallowance a ON a.timesheet_id = t.id
  JOIN LATERAL (
    SELECT v.id, v.payer_id, v.allowance_model, v.allowance_amount, v.allowance_cap, v.weekly_minutes FROM agreements_personalproject v
    WHERE v.placement_id = s.placement_id AND (v.state = ANY (%(held)s) OR (v.kind = %(initial)s AND v.state = ANY (%(before)s)))
    ORDER BY v.effective_from <= s.last_day DESC,
             CASE WHEN v.effective_from <= s.last_day THEN -v.version ELSE v.version END
    LIMIT 1) j ON true
  CROSS JOIN LATERAL (
    SELECT greatest(0, s.last_day - s.first_day + 1 - coalesce(sum(
      least(s.last_day, coalesce(z.ends_on, s.last_day)) - greatest(s.first_day, z.starts_on) + 1), 0)) AS days
    FROM agreements_suspension z
    WHERE z.placement_id = s.placement_id AND z.starts_on <= s.last_day AND coalesce(z.ends_on, s.last_day) >= s.first_day) d
  CROSS JOIN LATERAL (
    SELECT d.days::numeric / (s.month_end - s.month + 1) AS share, d.days::numeric / 7 * j.weekly_minutes / 60 AS hours) f
  WHERE %(year)s::int IS NULL OR s.due_year = %(year)s
),
sources AS (
  SELECT m.placement_id, m.month, m.due_year, m.payer_id, m.is_spent, m.is_known, h.pot_id, h.amount
  FROM months m JOIN attendance_allowanceshare h ON h.allowance_id = m.allowance_id
  UNION ALL
  SELECT m.placement_id, m.month, m.due_year, m.payer_id, m.is_spent, m.is_known, h.pot_id,
         round(m.amount * h.upto / h.whole, 2) - round(m.amount * (h.upto - h.weight) / h.whole, 2)
  FROM months m JOIN (
    SELECT q.project_id, q.pot_id, q.weight, sum(q.weight) OVER (PARTITION BY q.project_id ORDER BY q.position) AS upto,
           sum(q.weight) OVER (PARTITION BY q.project_id) AS whole
    FROM agreements_fundingshare q WHERE q.ambito_id = %(ambito)s) h ON h.project_id = m.project_id
  WHERE m.allowance_id IS NULL
  UNION ALL  -- nobody said yet which pot pays
  SELECT m.placement_id, m.month, m.due_year, m.payer_id, m.is_spent, m.is_known, NULL, m.amount
  FROM months m
  WHERE m.amount > 0 AND CASE WHEN m.allowance_id IS NULL
    THEN NOT EXISTS (SELECT 1 FROM agreements_fundingshare q WHERE q.project_id = m.project_id)
    ELSE NOT EXISTS (SELECT 1 FROM attendance_allowanceshare q WHERE q.allowance_id = m.allowance_id) END
)
"""


def _sums(tail: str) -> str:
    """The statement that asks `tail` of the months and their sources."""
    return "\n".join((_SUMS, tail))


_BY_SOURCE = _sums("""
SELECT s.due_year, b.name, coalesce(p.name, ''), s.pot_id, sum(s.amount), coalesce(sum(s.amount) FILTER (WHERE s.is_spent), 0)
FROM sources s JOIN territory_body b ON b.id = s.payer_id LEFT JOIN treasury_pot p ON p.id = s.pot_id
GROUP BY s.due_year, b.name, p.name, s.pot_id HAVING sum(s.amount) > 0 ORDER BY s.due_year, b.name, p.name NULLS LAST
""")
_BY_PLACEMENT = _sums("""
SELECT s.placement_id, s.due_year, sum(s.amount), coalesce(sum(s.amount) FILTER (WHERE s.is_spent), 0)
FROM sources s GROUP BY s.placement_id, s.due_year HAVING sum(s.amount) > 0 ORDER BY s.placement_id, s.due_year
""")
# What the commitments of the year do not cover: of an ended one only what is spent counts, so it covers nothing more.
_SHORT = _sums("""
SELECT n.placement_id, n.due_year, n.needed - coalesce(c.covered, 0) FROM (
  SELECT placement_id, due_year, sum(amount) AS needed FROM sources WHERE NOT is_spent GROUP BY placement_id, due_year) n
LEFT JOIN (
  SELECT r.placement_id, k.year, sum(r.amount) AS parts FROM attendance_placementcommitment r JOIN treasury_commitment k
    ON k.id = r.commitment_id WHERE k.ambito_id = %(ambito)s AND k.state = 'open' GROUP BY r.placement_id, k.year) x
  ON x.placement_id = n.placement_id AND x.year = n.due_year
LEFT JOIN (
  SELECT placement_id, due_year, sum(amount) AS spent FROM sources WHERE is_spent GROUP BY placement_id, due_year) y
  ON y.placement_id = n.placement_id AND y.due_year = n.due_year
CROSS JOIN LATERAL (SELECT greatest(coalesce(x.parts, 0) - coalesce(y.spent, 0), 0) AS covered) c
WHERE n.needed > coalesce(c.covered, 0)
""")
_MONTHS = _sums("SELECT due_year, month, amount, is_known, is_spent FROM months ORDER BY month")


def months_shift(access: Access, *, today: date) -> int:
    """By how many months a month's sum falls due later: the setting of the active Ambito's rule book."""
    try:
        rules = rules_for(access.ambito or Ambito.objects.get(pk=access.ambito_id), today)[1]
    except NoRuleBook:
        return 1
    return 0 if rules.month_falls_due == "same_month" else 1


def _ask(statement: str, access: Access, *, today: date, year: int | None = None, ids: Collection[int] | None = None) -> list[Any]:
    values = {
        "network": access.network_id, "ambito": access.ambito_id, "states": COUNTED, "held": HELD, "before": BEFORE,
        "initial": str(ProjectKind.INITIAL), "year": year, "ids": None if ids is None else list(ids),
        "shift": months_shift(access, today=today),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@dataclass(frozen=True)
class SourceForecast:
    """Euro foreseen and spent of one body, year and pot; without a pot while no project names it."""

    year: int
    body: str
    pot: str
    pot_id: int | None
    foreseen: Decimal
    spent: Decimal
    committed: Decimal = ZERO
    public_id: UUID | None = None  # of its budget's line, when it has one

    @property
    def missing(self) -> Decimal:
        """What is foreseen over what is committed."""
        return max(self.foreseen - self.committed, ZERO)


def forecast_by_source(access: Access, *, year: int, today: date) -> list[SourceForecast]:
    """The active Ambito's sums that fall due in `year`, by body and pot. Four queries, whatever the number of placements."""
    found = _ask(_BY_SOURCE, access, today=today, year=year)
    committed: dict[int, Decimal] = {}
    mine = list(Commitment.objects.filter(ambito_id=access.ambito_id, year=year).select_related("body", "pot").order_by("pot__name", "id"))
    figures = commitment_figures(row.pk for row in mine)
    known = {row[3] for row in found}
    for row in mine:
        money = figures[row.pk]
        committed[row.pot_id] = committed.get(row.pot_id, ZERO) + money.amount - money.released
        if row.pot_id not in known:  # committed, and no placement counts on it
            known.add(row.pot_id)
            found.append((year, row.body.name, row.pot.name, row.pot_id, ZERO, ZERO))
    lines = dict(Pot.objects.filter(pk__in=[row[3] for row in found if row[3]]).values_list("pk", "budget__public_id"))
    return [
        SourceForecast(due, body, pot, pot_id, foreseen, spent, committed.get(pot_id, ZERO), lines.get(pot_id))
        for due, body, pot, pot_id, foreseen, spent in found
    ]


@dataclass(frozen=True)
class YearForecast:
    """Euro of one placement that fall due in one year."""

    year: int
    foreseen: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    open_parts: Decimal = ZERO  # of `committed`: an ended commitment covers what is spent, and nothing more

    @property
    def missing(self) -> Decimal:
        return max(self.foreseen - max(self.open_parts, self.spent), ZERO)


@dataclass(frozen=True)
class PlacementForecast:
    """A placement's years, oldest first."""

    placement: Placement
    years: Sequence[YearForecast] = ()

    @property
    def missing(self) -> Decimal:
        return sum((year.missing for year in self.years), ZERO)


def forecasts_of(access: Access, placements: Sequence[Placement], *, today: date) -> list[PlacementForecast]:
    """The forecasts of placements already reached, in their order. Three queries."""
    ids = [row.pk for row in placements]
    needed = {(row[0], row[1]): (row[2], row[3]) for row in _ask(_BY_PLACEMENT, access, today=today, ids=ids)}
    rows = (
        PlacementCommitment.objects.filter(placement_id__in=ids)
        .values_list("placement_id", "commitment__year")
        .annotate(total=Sum("amount"), usable=Sum("amount", filter=Q(commitment__state=Commitment.State.OPEN), default=ZERO))
        .order_by()
    )
    parts = {(placement_id, year): (total, usable) for placement_id, year, total, usable in rows}
    found = []
    for placement in placements:
        years = sorted({year for pk, year in needed.keys() | parts.keys() if pk == placement.pk})
        values = []
        for year in years:
            foreseen, spent = needed.get((placement.pk, year), (ZERO, ZERO))
            total, usable = parts.get((placement.pk, year), (ZERO, ZERO))
            values.append(YearForecast(year, foreseen, total, spent, usable))
        found.append(PlacementForecast(placement, values))
    return found


@dataclass(frozen=True)
class Shortfall:
    """How many placements of the Ambito have sums of a year that no open commitment covers, and how much, in euro."""

    placements: frozenset[int] = frozenset()
    amount: Decimal = ZERO


def shortfall(access: Access, *, year: int, today: date) -> Shortfall:
    """One statement over the whole Ambito (and one for its rule book)."""
    found = _ask(_SHORT, access, today=today, year=year)
    return Shortfall(frozenset(row[0] for row in found), sum((row[2] for row in found), ZERO))


def forecast_page(access: Access, query: QueryDict, *, only: Collection[int] | None, today: date) -> tuple[Slice, list[PlacementForecast]]:
    """The page of placements that `query` asks for, by person's name, with their forecasts; `only`: these alone. The look is logged."""
    rows: QuerySet[Placement] = Placement.objects.filter(ambito_id=access.ambito_id, state__in=COUNTED)
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence_id__in=access.comuni)
    if only is not None:
        rows = rows.filter(pk__in=only)
    page = page_of(
        rows,
        query,
        order=("person_key", "id"),
        shown=lambda found: found.select_related("beneficiary", "company").defer("beneficiary__codice_fiscale"),
    )
    audit.look(Look.Kind.LIST, page.rows, by=access, place="forecasts:list", subject_type="agreements.placement")
    return page, forecasts_of(access, page.rows, today=today)


@dataclass(frozen=True)
class ForecastMonth:
    """One month of a placement: estimated, known once confirmed, spent once frozen."""

    year: int
    month: date
    amount: Decimal
    is_known: bool
    is_spent: bool


@dataclass(frozen=True)
class Part:
    """The part of a commitment that stands for a placement, and what the commitment comes to."""

    row: Any  # PlacementCommitment
    figures: CommitmentFigures


@dataclass(frozen=True)
class PlacementMoney:
    """Everything a placement's page of money shows."""

    forecast: PlacementForecast
    months: Sequence[ForecastMonth] = ()
    parts: Sequence[Part] = field(default_factory=tuple)


def money_of(access: Access, placement: Placement, *, today: date) -> PlacementMoney:
    """A reachable placement's months, years and parts of commitments; the look is logged. Seven queries."""
    parts = list(
        PlacementCommitment.objects.filter(placement=placement).select_related("commitment__body").order_by("commitment__year", "id")
    )
    figures = commitment_figures(part.commitment_id for part in parts)
    months = [ForecastMonth(*row) for row in _ask(_MONTHS, access, today=today, ids=[placement.pk])]
    audit.look(Look.Kind.DETAIL, placement, by=access, place="forecasts:placement")
    return PlacementMoney(
        forecast=forecasts_of(access, [placement], today=today)[0],
        months=months,
        parts=[Part(part, figures[part.commitment_id]) for part in parts],
    )


def placement_for(access: Access, public_id: object, *, today: date) -> Placement:
    """A placement whose money is looked at. Raises Http404, and ReasonNeeded as `sight.ask_about_money`; while no commitment covers what
    is foreseen, it is the task of who keeps the budgets."""
    row: Placement = get_object_or_404(reachable(access).select_related("beneficiary", "company"), public_id=public_id)
    if not money_opens(access, row):
        is_short = access.may(Permission.EDIT_BUDGETS) and forecasts_of(access, [row], today=today)[0].missing
        if not is_short:
            raise ReasonNeeded(row.beneficiary.public_id)
    return row


def part_for(access: Access, public_id: object) -> PlacementCommitment:
    """A part of the active Ambito, or 404."""
    rows = PlacementCommitment.objects.filter(placement__in=reachable(access)).select_related("placement", "commitment")
    row: Any = get_object_or_404(rows, public_id=public_id)
    return row


def assigned(commitment: Commitment) -> Decimal:
    """Euro of a commitment that stand for placements already."""
    return PlacementCommitment.objects.filter(commitment=commitment).aggregate(total=Sum("amount", default=ZERO))["total"]


def parts_page(access: Access, commitment: Commitment, query: QueryDict) -> Slice:
    """The placements of a commitment, by person's name. The look is logged."""
    rows = PlacementCommitment.objects.filter(ambito_id=access.ambito_id, commitment=commitment).select_related(
        "placement__beneficiary", "placement__company"
    )
    if access.comuni is not None:
        rows = rows.filter(placement__beneficiary__residence_id__in=access.comuni)
    page = page_of(rows.defer("placement__beneficiary__codice_fiscale"), query, order=("placement__person_key", "id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="forecasts:commitment", subject_type="attendance.placementcommitment")
    return page
