"""Reads of what months give: one month, a placement's months, what may be paid, the insurer's table, yearly sums. Never for a company."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.formats import number_format

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Look
from impresasolidale.treasury.models import LiquidationItem
from placements.agreements.enums import CoverKind, Insurer, PlacementState, TaxTreatment
from placements.agreements.models import Cover, Placement
from placements.beneficiaries.models import Beneficiary

from ..enums import MonthState, Outcome
from ..models import Adjustment, AllowanceShare, MonthAllowance, Timesheet
from ..rules import PRESENT, next_month
from . import days_between, reachable
from . import sheet_for as reached_sheet
from .sight import ask_about_money

SLIP, STATEMENT = "attendance.slip", "attendance.statement"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of what a month gives, as screen and slip show it."""

    words: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal

    @property
    def times(self) -> str:
        """How many units, with four decimals at most, to follow the amount; the exact fraction stands in the words."""
        return number_format(Decimal(f"{self.quantity:.4f}").normalize() if self.quantity % 1 else int(self.quantity))


@dataclass(frozen=True, slots=True)
class Given:
    """What a month gives, with its lines and who pays them."""

    row: MonthAllowance
    lines: Sequence[Line]
    shares: Sequence[AllowanceShare]

    @property
    def is_taxed(self) -> bool:
        return self.row.tax_treatment == TaxTreatment.TAXED


def _office(access: Access) -> QuerySet[MonthAllowance]:
    """Nothing for a company: its tutor sees the hours, never the sum."""
    if access.placements is not None:
        return MonthAllowance.objects.none()
    return MonthAllowance.objects.filter(placement__in=reachable(access))


def lines_of(row: MonthAllowance) -> list[Line]:
    return [Line(r["words"], Decimal(r["quantity"]), r["unit"], Decimal(r["rate"]), Decimal(r["amount"])) for r in row.rows]


def allowance_of(access: Access, sheet: Timesheet) -> Given | None:
    """What a month that this access reaches gives; None while it is not confirmed. Two queries; the month's page logs the look."""
    row = (
        _office(access)
        .filter(timesheet=sheet)
        .select_related("payer", "carried_in")
        .prefetch_related(Prefetch("shares", queryset=AllowanceShare.objects.select_related("pot").order_by("position")))
        .first()
    )
    return Given(row, lines_of(row), list(row.shares.all())) if row else None


def _opened(access: Access, **wanted: Any) -> MonthAllowance:
    """One month's allowance. Raises Http404, and ReasonNeeded as `sight.ask_about_money`."""
    rows = _office(access).select_related("placement__beneficiary", "placement__company", "timesheet", "payer")
    row = get_object_or_404(rows, **wanted)
    ask_about_money(access, row.placement, row.timesheet)
    return row


def allowance_for(access: Access, public_id: UUID) -> MonthAllowance:
    """One month's allowance. Raises as `_opened`; the look is logged."""
    row = _opened(access, public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="attendance:given_month")
    return row


def allowance_paid_by(access: Access, item: LiquidationItem) -> MonthAllowance:
    """The month that a row of a liquidation pays. Raises as `_opened`."""
    return _opened(access, pk=item.source_id)


def sheet_for(access: Access, public_id: UUID) -> Timesheet:
    """The month whose sum is to be put right. Raises as `_opened`."""
    sheet = reached_sheet(access, public_id)
    ask_about_money(access, sheet.placement, sheet)
    return sheet


def placement_for(access: Access, public_id: UUID) -> Placement:
    """A placement whose months give something, with person and company. Raises as `_opened`."""
    placement = get_object_or_404(reachable(access).select_related("beneficiary", "company"), public_id=public_id)
    ask_about_money(access, placement)
    return placement


def last_placement_of(access: Access, **person: Any) -> Placement:
    """The latest reachable placement of a person, with her name; nothing for a company. Raises as `_opened`."""
    rows = reachable(access) if access.placements is None else Placement.objects.none()
    placement = rows.filter(**person).select_related("beneficiary__ambito").order_by("-starts_on", "-id").first()
    if placement is None:
        raise Http404
    ask_about_money(access, placement)
    return placement


def months_given(access: Access, placement: Placement) -> tuple[list[MonthAllowance], list[Adjustment]]:
    """A placement's months, the last first, and what still waits to be counted. The look is logged. Two queries."""
    rows = list(_office(access).filter(placement=placement).select_related("timesheet").order_by("-month"))
    waiting = list(Adjustment.objects.filter(placement=placement, taken_in=None).order_by("about_month", "id"))
    audit.look(Look.Kind.DETAIL, placement, by=access, place="attendance:given")
    return rows, waiting


def paper_for(access: Access, public_id: UUID) -> Document:
    """A slip or a yearly statement: it opens as the month, or the person's sums, it is about. Raises as `_opened`."""
    document = get_object_or_404(Document.objects.filter(ambito_id=access.ambito_id, kind__in=(SLIP, STATEMENT)), public_id=public_id)
    if document.kind == SLIP:
        _opened(access, pk=document.subject_id)
    else:
        last_placement_of(access, beneficiary=document.subject_id)
    return document


def about_paper(document: Document) -> tuple[str, UUID]:
    """The page a paper belongs to: its address's name, and what stands in it."""
    if document.kind == SLIP:
        return "given_month", MonthAllowance.objects.only("public_id").get(pk=document.subject_id).public_id
    return "statement", Beneficiary.objects.only("public_id").get(pk=document.subject_id).public_id


def statements_of(person: Beneficiary) -> list[Document]:
    """The yearly statements of a person, the last ones first."""
    rows = Document.objects.filter(kind=STATEMENT, subject_type=Beneficiary._meta.label_lower, subject_id=person.pk)
    return list(rows.order_by("-id")[:10])


def slips_of(row: MonthAllowance) -> list[Document]:
    """The slips of a month, the last one first."""
    rows = Document.objects.filter(kind=SLIP, subject_type=MonthAllowance._meta.label_lower, subject_id=row.pk)
    return list(rows.order_by("-id"))


# --- The insurer (rules 45 and 46)

# What rule books and tariffs say is read once, and each placement's days by their own index.
_INAIL = """
WITH b AS MATERIALIZED (
  SELECT id, values ->> 'inail_insurer' AS insurer, values ->> 'inail_item' AS item,
         greatest(1, (values ->> 'inail_day_minutes')::int) AS least
  FROM territory_rulebookversion),
t AS MATERIALIZED (
  SELECT value AS base, valid_from, lead(valid_from) OVER (ORDER BY valid_from) AS until
  FROM territory_tariff WHERE kind = 'inail_daily_base'),
p AS MATERIALIZED (
  SELECT p.id, x.who, CASE WHEN x.who = 'host' THEN p.company_id END AS company, b.item, b.least
  FROM agreements_placement p JOIN b ON b.id = p.rulebook_id
  CROSS JOIN LATERAL (SELECT coalesce(nullif(p.inail_by, ''), b.insurer) AS who) x
  WHERE p.ambito_id = %(ambito)s AND p.starts_on <= %(last)s)
SELECT p.who, p.company, p.item, e.month, e.base, sum(e.days)::int, count(*)
FROM p CROSS JOIN LATERAL (
  SELECT date_trunc('month', d.day)::date AS month, t.base, count(*) AS days
  FROM (
    SELECT DISTINCT ON (v.day) v.day, v.outcome, v.minutes
    FROM (
      SELECT day, outcome, minutes, id, 0 AS later FROM attendance_attendanceevent
      WHERE placement_id = p.id AND day BETWEEN %(first)s AND %(last)s
      UNION ALL
      SELECT (f ->> 'day')::date, f ->> 'outcome', (f ->> 'minutes')::int, a.id, 1
      FROM attendance_adjustment a CROSS JOIN LATERAL jsonb_array_elements(a.facts) f
      WHERE a.placement_id = p.id AND (f ->> 'day')::date BETWEEN %(first)s AND %(last)s
    ) v ORDER BY v.day, v.later DESC, v.id DESC
  ) d
  LEFT JOIN t ON d.day >= t.valid_from AND (t.until IS NULL OR d.day < t.until)
  WHERE d.outcome = ANY (%(present)s) AND d.minutes >= p.least
  GROUP BY 1, 2
) e
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 DESC, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class InsuredDays:
    """Days of presence of a month under one position, at one daily base."""

    position: str  # its number; empty when none is on record for those days
    insurer: str  # who insures, in words
    item: str  # tariff item (voce)
    month: date
    people: int
    days: int
    base: Decimal | None

    @property
    def total(self) -> Decimal | None:
        """The conventional sum that is declared: days × base."""
        return None if self.base is None else (self.days * self.base).quantize(Decimal("0.01"))


def insured_days(access: Access, year: int) -> list[InsuredDays]:
    """The insurer's table of a year: days that count, by position, tariff item, month and daily base of the day. The look is logged.
    Days that turned out after a month was frozen count as they turned out. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute(_INAIL, {"ambito": access.ambito_id, "first": date(year, 1, 1), "last": date(year, 12, 31), "present": PRESENT})
        rows = cursor.fetchall()
    covers: defaultdict[int | None, list[Cover]] = defaultdict(list)
    for cover in Cover.objects.filter(ambito_id=access.ambito_id, kind=CoverKind.INAIL, withdrawn_at=None).select_related("company"):
        covers[cover.company_id].append(cover)
    found = []
    for who, company, item, month, base, days, people in rows:
        last = month.replace(day=28)
        held = next((c for c in covers[company] if c.valid_from <= last and c.valid_to >= month), None)
        insurer = (
            (held.company.name if held and held.company else str(Insurer(who).label)) if who == Insurer.HOST else str(Insurer(who).label)
        )
        found.append(InsuredDays(held.number if held else "", insurer, item, month, people, days, base))
    audit.look(Look.Kind.EXPORT, [], by=access, place="attendance:inail", subject_type="attendance.attendanceevent")
    return found


def starts_to_notify(access: Access, today: date) -> list[tuple[Placement, date]]:
    """Placements about to start whose rule book wants the insurer told so many days before, and by when; none for a TRR as it ships."""
    rows = Placement.objects.filter(
        ambito_id=access.ambito_id, state__in=(PlacementState.SIGNED, PlacementState.VALIDATED), starts_on__gt=today
    ).select_related("beneficiary", "rulebook")
    due = ((row, row.rulebook.rules.inail_notice_days) for row in rows.order_by("starts_on", "id"))
    return [(row, date.fromordinal(row.starts_on.toordinal() - days)) for row, days in due if days]


# --- A year


@dataclass(frozen=True, slots=True)
class YearSum:
    """What a person was given in a year, by payer: gross, and net where a payroll office told it."""

    person: Beneficiary
    placement: Placement  # whose months to open: the first with a net that is missing, else the last
    payer: str
    months: int
    gross: Decimal
    net: Decimal | None  # None while a month's net is missing


def taxed_year(access: Access, year: int) -> list[YearSum]:
    """People with taxed sums of the year whose months are final, for the Certificazione Unica. One row a person: the look is logged."""
    rows = (
        _office(access)
        .filter(month__year=year, tax_treatment=TaxTreatment.TAXED, amount__gt=0, timesheet__state=MonthState.FROZEN)
        .select_related("placement__beneficiary", "payer")
        .order_by("placement__person_key", "placement__beneficiary", "payer", "month")
    )
    groups: dict[tuple[int, int], list[MonthAllowance]] = {}
    for row in rows:
        groups.setdefault((row.placement.beneficiary_id, row.payer_id), []).append(row)
    found = []
    for months in groups.values():
        first, gross = months[0], sum((m.amount for m in months), Decimal(0))
        missing = next((m for m in months if m.net_amount is None), None)
        net = None if missing else sum((m.net_amount for m in months if m.net_amount is not None), Decimal(0))
        found.append(YearSum(first.placement.beneficiary, (missing or months[-1]).placement, first.payer.name, len(months), gross, net))
    audit.look(
        Look.Kind.EXPORT, [s.person for s in found], by=access, place="attendance:taxed_year", subject_type="beneficiaries.beneficiary"
    )
    return found


def received(access: Access, person: Beneficiary, year: int) -> list[MonthAllowance]:
    """A person's final months of a year, in order."""
    rows = _office(access).filter(placement__beneficiary=person, month__year=year, timesheet__state=MonthState.FROZEN)
    return list(rows.select_related("payer", "placement__company").order_by("month", "id"))


def month_pictures(row: MonthAllowance) -> list[dict[str, Any]]:
    """The month as a calendar: weeks of seven days, each with what it was: there, away, expected, or nothing."""
    last = date.fromordinal(next_month(row.month).toordinal() - 1)
    known = {d.day: d for d in days_between([row.placement_id], row.month, last).get(row.placement_id, [])}
    cells: list[dict[str, Any]] = [{"day": 0, "what": ""}] * row.month.weekday()
    for n in range(1, last.day + 1):
        one = known.get(row.month.replace(day=n))
        what = ""
        if one and one.is_said and one.outcome != Outcome.CLOSED:
            what = "there" if one.is_present else "away"
        cells.append({"day": n, "what": what})
    cells += [{"day": 0, "what": ""}] * (-len(cells) % 7)
    return [{"days": cells[i : i + 7]} for i in range(0, len(cells), 7)]
