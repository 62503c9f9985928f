"""Writes of what a month gives: read for many sheets at once, worked out by allowance_rules, written in few statements.

The number of statements is the same for one sheet and for five thousand. The engine exists once; nothing here adds up money.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.lookups import any_of
from impresasolidale.territory.calendar import patrons_of, working_days_with
from impresasolidale.territory.models import RuleBookVersion
from impresasolidale.territory.rules import Rules
from impresasolidale.treasury.models import Budget
from placements.agreements.change_rules import Slot
from placements.agreements.enums import TaxTreatment
from placements.agreements.models import Placement, Suspension
from placements.agreements.schedule import HELD, agreed, slots

from ..allowance_rules import LATER, Extra, Month, Part, Result, Terms, Version, as_json, compute, month_name, parts_of
from ..enums import MonthState, Outcome
from ..models import Adjustment, MonthAllowance, Timesheet
from ..rules import CREDITED, OUTCOMES, PRESENT, day_minutes, due_year, next_month

ONE_DAY = timedelta(days=1)
Days = Mapping[date, tuple[str, int]]  # what turned out: outcome and minutes of a day


@dataclass(slots=True)
class Loaded:
    """One sheet with all that the engine asks about it, and what its row is written with."""

    sheet_id: int
    ambito_id: int
    placement_id: int
    month: date
    rulebook_id: int
    book: Rules
    project_id: int
    payer_id: int
    tax_treatment: str
    values: Month


# What a version `v` says about money, in the order of `_terms`, and where that stands.
_TERMS = """v.payer_id, v.allowance_model, v.allowance_amount, v.allowance_cap, v.meals_provided, v.transport_provided,
       greatest(coalesce(w.longest, 0), coalesce(i.longest, 0)), f.pots, f.weights"""
_OF_VERSION = """
LEFT JOIN LATERAL (SELECT max(minutes) AS longest{week} FROM agreements_weekday WHERE project_id = v.id) w ON true
LEFT JOIN LATERAL (SELECT max(minutes) AS longest{dates} FROM agreements_irregularday WHERE project_id = v.id) i ON true
LEFT JOIN LATERAL (SELECT array_agg(pot_id ORDER BY position) AS pots, array_agg(weight ORDER BY position) AS weights
                   FROM agreements_fundingshare WHERE project_id = v.id) f ON true"""
_LISTED = (
    ", array_agg({day} ORDER BY {day}) AS days, array_agg(starts_at ORDER BY {day}) AS starts, array_agg(minutes ORDER BY {day}) AS minutes"
)
_LOAD = f"""
SELECT t.id, t.ambito_id, t.placement_id, t.month, t.planned_minutes, t.credited_minutes, p.rulebook_id, v.id, v.tax_treatment,
       t.planned_minutes > 0
         AND (v.effective_from <= t.month OR v.version = 1) AND coalesce(p.entered_on, p.starts_on) <= t.month
         AND coalesce(p.ended_on, p.ends_on) >= (t.month + interval '1 month - 1 day')::date
         AND NOT EXISTS (SELECT 1 FROM agreements_suspension s WHERE s.placement_id = p.id
                         AND s.starts_on < t.month + interval '1 month' AND coalesce(s.ends_on, 'infinity') >= t.month),
       {_TERMS}
FROM attendance_timesheet t
JOIN agreements_placement p ON p.id = t.placement_id
CROSS JOIN LATERAL (
  SELECT * FROM agreements_personalproject x WHERE x.placement_id = p.id
  ORDER BY (x.state = ANY (%(held)s)) DESC, (x.effective_from < t.month + interval '1 month') DESC,
           CASE WHEN x.effective_from < t.month + interval '1 month' THEN -x.version ELSE x.version END LIMIT 1) v
{_OF_VERSION.format(week="", dates="")}
WHERE t.id = ANY (%(sheets)s)
ORDER BY t.month, t.placement_id
"""  # noqa: S608 constants of this module
TERMS = 10  # where they begin in a row of _LOAD


def load(sheets: Collection[int], *, turned_out: Mapping[int, Days] | None = None) -> list[Loaded]:
    """These sheets as the engine takes them, oldest month first. Months that their placement fills whole, under one version, come from
    one statement; the others are worked out day by day, a constant number of queries for all of them. `turned_out` lays days over what
    was said, by sheet."""
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, {"sheets": list(sheets), "held": [str(state) for state in HELD]})
        rows = cursor.fetchall()
    turned_out = turned_out or {}
    books = _books({row[6] for row in rows})
    lasts = {month: next_month(month) - ONE_DAY for month in {row[3] for row in rows}}
    slow = {row[0]: row[2] for row in rows if not row[9] or row[0] in turned_out}  # sheet → placement
    kept = _kept(slow.values()) if slow else {}
    sources = _Sources([*(row[TERMS:] for row in rows), *(version.said for one in kept.values() for version in one.versions)])
    found = []
    for row in rows:
        sheet, ambito, placement, month, planned, credited, rulebook, project, tax, _is_whole = row[:TERMS]
        book = books[rulebook]
        part = Part(_terms(row[TERMS:], sources, month, book), month, lasts[month], planned, credited)
        values = Month(month, planned, credited, planned, (part,))
        found.append(Loaded(sheet, ambito, placement, month, rulebook, book, project, row[TERMS], tax, values))
    if slow:
        _by_day([one for one in found if one.sheet_id in slow], kept, sources, turned_out)
    return found


def _terms(said: Sequence[Any], sources: "_Sources", month: date, book: Rules) -> Terms:
    """From the columns of `_TERMS`."""
    payer, model, amount, cap, meals, transport, longest_day, pots, weights = said[:9]
    shares = tuple(zip(pots, weights, strict=True)) if pots else ()
    return Terms(model, amount, cap, meals, transport, longest_day, sources.of(shares, payer, due_year(month, book)))


class _Sources:
    """Which pots pay, in the year a month falls due: those the project names, or the payer's only budget line.

    A budget line lasts a year: a project that names one means the same chapter and CUP of each year, as far as it is there.
    """

    def __init__(self, said: Collection[Sequence[Any]]) -> None:
        """`said`: the columns of `_TERMS`, of every version that is asked about."""
        self.lines: dict[tuple[int, int], int] = {}  # (pot, year) → the pot of the same line in that year
        self.only: defaultdict[tuple[int, int], list[int]] = defaultdict(list)  # (payer, year) → its lines
        bodies = {payer for payer, *_rest in said}
        named = {pot for row in said if row[7] for pot in row[7]}
        found = list(
            Budget.objects.filter(Q(body__in=bodies) | Q(body__in=Budget.objects.filter(pot__in=named).values("body"))).values_list(
                "pot", "body", "chapter", "cup", "year"
            )
        )
        by_line: defaultdict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
        for pot, body, chapter, cup, year in found:
            by_line[body, chapter, cup].append((year, pot))
            self.only[body, year].append(pot)
        for same in by_line.values():
            self.lines |= {(pot, year): other for _year, pot in same for year, other in same}

    def of(self, shares: tuple[tuple[int, int], ...], payer: int, year: int) -> tuple[tuple[int, int], ...]:
        """(pot, weight) in order; none when nobody said and the payer has no line or several."""
        if shares:
            return tuple((self.lines.get((pot, year), pot), weight) for pot, weight in shares)
        lines = self.only.get((payer, year), [])
        return ((lines[0], 1),) if len(lines) == 1 else ()


_DONE = """
SELECT placement_id, day, outcome, minutes FROM (
  SELECT DISTINCT ON (e.placement_id, e.day) e.placement_id, e.day, e.outcome, e.minutes
  FROM attendance_attendanceevent e
  JOIN attendance_timesheet t ON t.placement_id = e.placement_id AND e.day >= t.month
   AND e.day < (t.month + interval '1 month')::date
  WHERE t.id = ANY (%s) ORDER BY e.placement_id, e.day, e.id DESC) AS last
"""


# Every version of these placements, the first one first, with its timetable.
_VERSIONS = f"""
SELECT p.id, c.comune_id, coalesce(p.entered_on, p.starts_on), coalesce(p.ended_on, p.ends_on),
       v.state, v.version, v.effective_from, w.days, w.starts, w.minutes, i.days, i.starts, i.minutes, {_TERMS}
FROM agreements_placement p
JOIN hosts_site c ON c.id = p.site_id
JOIN agreements_personalproject v ON v.placement_id = p.id
{_OF_VERSION.format(week=_LISTED.format(day="weekday"), dates=_LISTED.format(day="day"))}
WHERE p.id = ANY (%s)
ORDER BY p.id, v.version
"""  # noqa: S608 constants of this module


@dataclass(slots=True)
class _Agreed:
    """A version as the database keeps it: its timetable as `schedule.slots` takes it, and the columns of `_TERMS`."""

    state: str
    version: int
    effective_from: date
    week: dict[int, tuple[time, int]]
    dates: list[Slot]
    said: Sequence[Any]


@dataclass(slots=True)
class _Kept:
    """A placement: where it is, its days that are kept here, its versions and its pauses."""

    comune_id: int
    first: date
    last: date
    versions: list[_Agreed] = field(default_factory=list)
    pauses: list[tuple[date, date | None]] = field(default_factory=list)


def _kept(placements: Collection[int]) -> dict[int, _Kept]:
    """Two queries."""
    found: dict[int, _Kept] = {}
    ids = list(set(placements))
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [ids])
        for pk, comune, first, last, state, version, effective_from, days, starts, minutes, *more in cursor.fetchall():
            one = found.setdefault(pk, _Kept(comune, first, last))
            week = {day: (at, n) for day, at, n in zip(days or (), starts or (), minutes or (), strict=True)}
            dates = [Slot(*slot) for slot in zip(*(column or () for column in more[:3]), strict=True)]
            one.versions.append(_Agreed(state, version, effective_from, week, dates, more[3:]))
    for pk, start, end in Suspension.objects.filter(any_of("placement", ids)).values_list("placement", "starts_on", "ends_on"):
        found[pk].pauses.append((start, end))
    return found


def _by_day(slow: list[Loaded], kept: Mapping[int, _Kept], sources: _Sources, turned_out: Mapping[int, Days]) -> None:
    """Give these months their parts, from timetables, pauses and days. Two queries."""
    patrons = patrons_of({one.comune_id for one in kept.values()})
    working = cache(lambda month, comune: working_days_with(month, next_month(month) - ONE_DAY, patrons.get(comune)))
    said: defaultdict[tuple[int, date], dict[date, tuple[str, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [[one.sheet_id for one in slow]])
        for placement, day, outcome, minutes in cursor.fetchall():
            said[placement, day.replace(day=1)][day] = (outcome, minutes)
    for one in slow:
        row, month = kept[one.placement_id], one.month
        days = working(month, row.comune_id)
        before = said[one.placement_id, month]
        after = before | dict(turned_out.get(one.sheet_id, {}))
        planned, credited = one.values.planned, one.values.credited
        if one.sheet_id in turned_out:
            beside = credited - min(planned, sum(_credits(before).values()))  # what was credited that no day's minutes tell
            credited = min(planned, sum(_credits(after).values()) + beside)
        whole, parts = parts_of(
            month,
            [
                Version(
                    v.version,
                    v.effective_from,
                    _terms(v.said, sources, month, one.book),
                    {slot.day: slot.minutes for slot in slots(days, week=v.week, dates=v.dates)},
                )
                for v in agreed(row.versions)
            ],
            first=row.first,
            last=row.last,
            pauses=row.pauses,
            done=_credits(after),
            credited=credited,
            book=one.book,
        )
        one.values = Month(month, planned, credited, whole, parts)


def _credits(days: Days) -> dict[date, int]:
    return {day: minutes for day, (outcome, minutes) in days.items() if outcome in CREDITED}


def _books(ids: Collection[int]) -> dict[int, Rules]:
    return {version.pk: version.rules for version in RuleBookVersion.objects.filter(pk__in=ids)}


# --- Writing

_WRITE = """
INSERT INTO attendance_monthallowance AS a (public_id, created_at, created_by_id, ambito_id, timesheet_id, placement_id, month, project_id,
  rulebook_id, payer_id, tax_treatment, rows, amount, carried, computed_at)
SELECT gen_random_uuid(), %(now)s, %(by)s, x.ambito, x.sheet, x.placement, x.month, x.project, x.rulebook, x.payer, x.tax, x.rows,
       x.amount, x.carried, %(now)s
FROM json_to_recordset(%(given)s) AS x(ambito bigint, sheet bigint, placement bigint, month date, project bigint, rulebook bigint,
     payer bigint, tax text, rows jsonb, amount numeric, carried numeric)
ON CONFLICT (timesheet_id) DO UPDATE SET project_id = excluded.project_id, rulebook_id = excluded.rulebook_id,
  payer_id = excluded.payer_id, tax_treatment = excluded.tax_treatment, rows = excluded.rows, amount = excluded.amount,
  carried = excluded.carried, computed_at = excluded.computed_at, net_amount = NULL, net_on = NULL
RETURNING a.timesheet_id, a.id
"""
_SHARES = """
INSERT INTO attendance_allowanceshare (ambito_id, allowance_id, position, pot_id, amount)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::numeric[])
"""
_TAKE = "UPDATE {} SET {} = x.target FROM unnest(%s::bigint[], %s::bigint[]) AS x(row, target) WHERE id = x.row"


@transaction.atomic
def compute_month(*, sheets: Collection[int], by: Access, now: datetime) -> int:
    """Write what each of these confirmed sheets gives; a month that is frozen, or not confirmed yet, is left as it is. Returns how many.

    The caller has locked the placements. Adjustments that wait, and what earlier months could not take off, are taken in, each once.
    Safe to repeat: a month's rows are replaced. Raises Conflict when a later month has already taken off what one of these carried on.
    """
    confirmed = list(Timesheet.objects.filter(any_of("pk", sheets), state=MonthState.CONFIRMED).values_list("pk", flat=True))
    if not confirmed:
        return 0
    loaded = load(confirmed)
    _let_go(confirmed)
    waiting, owing = _waiting(loaded), _owing(loaded)
    results: list[Result] = []
    taken: dict[int, int] = {}  # adjustment → sheet
    cleared: dict[int, int] = {}  # allowance that carried on → sheet
    passed: dict[int, int] = {}  # sheet of this call that carried on → sheet
    last: dict[int, tuple[int, Decimal]] = {}  # placement → the sheet of this call whose rest is still to take off
    for one in loaded:
        values = one.values
        extras = [a for a in waiting.get(one.placement_id, ()) if a.about_month < one.month and a.pk not in taken]
        owed = [row for row in owing.get(one.placement_id, ()) if row[1] < one.month and row[0] not in cleared]
        rest = last.pop(one.placement_id, None)
        if extras or owed or rest:
            values = Month(
                values.month,
                values.planned,
                values.credited,
                values.whole,
                values.parts,
                tuple(Extra(a.words, a.amount) for a in extras),
                sum((row[2] for row in owed), rest[1] if rest else Decimal(0)),
            )
            taken |= {a.pk: one.sheet_id for a in extras}
            cleared |= {row[0]: one.sheet_id for row in owed}
            if rest:
                passed[rest[0]] = one.sheet_id
        result = compute(values, one.book)
        results.append(result)
        if result.carried:
            last[one.placement_id] = (one.sheet_id, result.carried)
    ids = _write(loaded, results, by=by, now=now)
    _take("attendance_adjustment", "taken_in_id", {row: ids[sheet] for row, sheet in taken.items()})
    links = {row: ids[sheet] for row, sheet in cleared.items()} | {ids[row]: ids[sheet] for row, sheet in passed.items()}
    _take("attendance_monthallowance", "carried_in_id", links)
    return len(loaded)


def _write(loaded: list[Loaded], results: list[Result], *, by: Access, now: datetime) -> dict[int, int]:
    """The rows of these sheets and their shares; sheet → allowance. Three statements."""
    given = [
        {
            "ambito": one.ambito_id,
            "sheet": one.sheet_id,
            "placement": one.placement_id,
            "month": one.month.isoformat(),
            "project": one.project_id,
            "rulebook": one.rulebook_id,
            "payer": one.payer_id,
            "tax": one.tax_treatment,
            "rows": as_json(result.rows),
            "amount": str(result.amount),
            "carried": str(result.carried),
        }
        for one, result in zip(loaded, results, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"given": json.dumps(given, ensure_ascii=False), "now": now, "by": by.actor_id})
        ids: dict[int, int] = dict(cursor.fetchall())
        cursor.execute("DELETE FROM attendance_allowanceshare WHERE allowance_id = ANY (%s)", [list(ids.values())])
        shares = [
            (one.ambito_id, ids[one.sheet_id], n, pot, amount)
            for one, result in zip(loaded, results, strict=True)
            for n, (pot, amount) in enumerate(result.shares, 1)
        ]
        if shares:
            cursor.execute(_SHARES, [list(column) for column in zip(*shares, strict=True)])
    return ids


def _take(table: str, column: str, links: Mapping[int, int]) -> None:
    if links:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE.format(table, column), [list(links), list(links.values())])


def _let_go(sheets: Collection[int]) -> None:
    """What these months had taken in waits again. Refuses when a month outside them has taken off what one of these carried on."""
    rows = MonthAllowance.objects.filter(any_of("timesheet", sheets))
    later = rows.filter(carried_in__isnull=False).exclude(any_of("carried_in__timesheet", sheets))
    if first := later.order_by("carried_in__month").values_list("carried_in__month", flat=True).first():
        words = _("Quello che restava da togliere è già contato in %(month)s: prima riapri quel mese.")
        raise Conflict(words % {"month": month_name(first)})
    MonthAllowance.objects.filter(carried_in__in=rows).update(carried_in=None)
    Adjustment.objects.filter(taken_in__in=rows).update(taken_in=None)


def _waiting(loaded: Iterable[Loaded]) -> dict[int, list[Adjustment]]:
    found: defaultdict[int, list[Adjustment]] = defaultdict(list)
    for row in Adjustment.objects.filter(any_of("placement", {one.placement_id for one in loaded}), taken_in=None).order_by(
        "about_month", "id"
    ):
        found[row.placement_id].append(row)
    return found


def _owing(loaded: list[Loaded]) -> dict[int, list[tuple[int, date, Decimal]]]:
    found: defaultdict[int, list[tuple[int, date, Decimal]]] = defaultdict(list)
    rows = MonthAllowance.objects.filter(any_of("placement", {one.placement_id for one in loaded}), carried__gt=0, carried_in=None)
    rows = rows.exclude(any_of("timesheet", [one.sheet_id for one in loaded]))
    for pk, placement, month, carried in rows.order_by("month").values_list("pk", "placement", "month", "carried"):
        found[placement].append((pk, month, carried))
    return found


@transaction.atomic
def forget_month(*, sheet: Timesheet) -> None:
    """A month that is given back gives nothing until it is confirmed again; what it had taken in waits for the next one."""
    _let_go([sheet.pk])
    MonthAllowance.objects.filter(timesheet=sheet).delete()


# --- What turns out later


@dataclass(frozen=True, kw_only=True)
class TurnedOut:
    """A day of a frozen month as it really was."""

    day: date
    outcome: str
    minutes: int | None = None


def difference(*, sheet: Timesheet, days: Collection[TurnedOut]) -> tuple[Decimal, list[dict[str, Any]]]:
    """(sum, facts): what these days change in a frozen month, under its own rules, after all that turned out before. DomainError on
    `day`, `outcome` or `minutes`."""
    if not days:
        raise DomainError(_("Scrivi almeno un giorno."), field="day")
    placement = sheet.placement
    earlier: dict[date, tuple[str, int]] = {}
    counted = Decimal(0)
    for row in Adjustment.objects.filter(placement=placement, about_month=sheet.month).order_by("id"):
        if row.facts:
            counted += row.amount
            earlier |= {date.fromisoformat(fact["day"]): (fact["outcome"], fact["minutes"]) for fact in row.facts}
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [[sheet.pk]])
        said = {row[1]: (row[2], row[3]) for row in cursor.fetchall()} | earlier
    planned = dict(placement.planned.filter(day__in=[d.day for d in days]).values_list("day", "minutes"))
    facts, now = [], dict(earlier)
    for one in days:
        if one.day.replace(day=1) != sheet.month or not placement.kept_from <= one.day <= placement.last_day:
            raise DomainError(
                _("Questo giorno non è di %(month)s, o è fuori dal periodo.") % {"month": month_name(sheet.month)}, field="day"
            )
        if any(pause.holds(one.day) for pause in placement.suspensions.all()):
            raise DomainError(_("Quel giorno il tirocinio era sospeso."), field="day")
        minutes = day_minutes(one.outcome, one.minutes, planned.get(one.day))
        was_outcome, was_minutes = said.get(one.day, ("", 0))
        if (one.outcome, minutes) == (was_outcome, was_minutes):
            raise DomainError(_("È già scritto così: non cambia niente."), field="outcome")
        now[one.day] = (one.outcome, minutes)
        facts.append(
            {
                "day": one.day.isoformat(),
                "outcome": str(one.outcome),
                "minutes": minutes,
                "was_outcome": str(was_outcome),
                "was_minutes": was_minutes,
            }
        )
    (loaded,) = load([sheet.pk], turned_out={sheet.pk: now})
    again = compute(loaded.values, loaded.book).amount
    frozen = MonthAllowance.objects.get(timesheet=sheet)
    own = sum((Decimal(row["amount"]) for row in frozen.rows if row["code"] not in LATER), Decimal(0))
    return again - own - counted, facts


@transaction.atomic
def record_adjustment(
    *, sheet: Timesheet, reason: str, by: Access, days: Collection[TurnedOut] = (), amount: Decimal | None = None
) -> Adjustment:
    """What turned out after a month was frozen: days, whose sum the engine works out, or a sum that the office writes. It is counted in
    the next month that is confirmed, never in a frozen one. DomainError on `amount`, `day`, `outcome` or `minutes`."""
    by.require(Permission.ADJUST_ALLOWANCES)
    Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=sheet.placement_id)
    row = Timesheet.objects.select_related("placement__rulebook").get(pk=sheet.pk)
    if not reason.strip():
        raise ReasonRequired
    if row.state != MonthState.FROZEN:
        raise DomainError(_("Questo mese non è ancora definitivo: riaprilo e correggi le giornate."))
    if not MonthAllowance.objects.filter(timesheet=row).exists():
        raise DomainError(_("Per questo mese non c'è un contributo calcolato qui: non si può fare il conguaglio."))
    facts: list[dict[str, Any]] = []
    if amount is None:
        amount, facts = difference(sheet=row, days=days)
    elif not amount:
        raise DomainError(_("Scrivi una somma diversa da zero."), field="amount")
    made = Adjustment.objects.create(
        ambito_id=row.ambito_id,
        placement=row.placement,
        about_month=row.month,
        amount=amount,
        words=_words(row.month, facts),
        reason=reason.strip(),
        facts=facts,
        created_by_id=by.actor_id,
    )
    record_fact("attendance.adjustment.recorded", made, by=by, month=row.month.isoformat())
    return made


def _words(month: date, facts: Collection[Mapping[str, Any]]) -> str:
    """How the next month names it: «Conguaglio di agosto 2026: il 12 presente, 4 ore»."""
    said = []
    for fact in facts:
        outcome = Outcome(fact["outcome"])
        hours = f" per {fact['minutes'] // 60}:{fact['minutes'] % 60:02d} ore" if outcome in PRESENT else ""
        what = "presente" if OUTCOMES[outcome].counts_as_present else "assente"
        said.append(f"il {date.fromisoformat(fact['day']).day} {what}{hours}")
    text = f"Conguaglio di {month_name(month)}" + (f": {', '.join(said)}" if said else "")
    return text if len(text) <= 200 else f"{text[:199]}…"


@transaction.atomic
def record_net(*, allowance: MonthAllowance, net: Decimal, on: date, by: Access, today: date) -> MonthAllowance:
    """What the payroll office paid in the end of a taxed sum (rules 41 and 42). We compute no tax: the figure is theirs."""
    by.require(Permission.RECORD_PAYMENTS)
    row = MonthAllowance.objects.select_for_update(of=("self",), no_key=True).get(pk=allowance.pk)
    if row.tax_treatment != TaxTreatment.TAXED:
        raise DomainError(_("Questo contributo è esente: il netto è uguale al lordo."), field="net_amount")
    if not 0 <= net <= row.amount:
        raise DomainError(_("Il netto va da zero al lordo, che è %(gross)s euro.") % {"gross": row.amount}, field="net_amount")
    if on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="net_on")
    row.net_amount, row.net_on = net, on
    row.save(update_fields=["net_amount", "net_on"])
    record_fact("attendance.allowance.net_recorded", row, by=by, on=on.isoformat())
    return row
