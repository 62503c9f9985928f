"""The study's figures as page and paper show them: frozen, without names, hidden where they are small (rule 88)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.ateco import section, section_words
from companies.hosts.enums import SizeClass
from impresasolidale.core import charts
from impresasolidale.core.small_numbers import Shown, hide_parts, hide_table, is_small
from placements.agreements.change_enums import EndCause
from placements.beneficiaries.enums import TargetArea
from placements.monitoring.evaluation_enums import Area, Voice

from . import queries
from .queries import DONE, EARLY, RUNNING, Fault, Presence, Reach, Spells, Totals, Weekday
from .statistics import FEW_ENDED, Change, Curve, Share, kaplan_meier, paired, wilson

UNKNOWN = gettext_lazy("non indicato")


def hidden_words(least: int) -> str:
    """What stands for a count that is not told."""
    return _("meno di %(least)d, o nascosto") % {"least": least}


def area_of(code: str) -> str:
    """The area as the study tells it: the judicial one, which few may know of, counts among the social difficulties (GDPR art. 10)."""
    return str(TargetArea.DISADVANTAGE) if code == TargetArea.JUDICIAL else code


def area_words(code: str) -> str:
    return str(TargetArea(code).label) if code else str(UNKNOWN)


# --- Completion and duration


@dataclass(frozen=True)
class Group:
    """Placements alike in one thing. Counts are None where hidden; no `curve` while the ended ones are `few`."""

    label: str
    started: Shown
    done: Shown
    early: Shown
    running: Shown
    completed: Share | None
    median: Decimal | None
    chart: charts.Chart | None
    is_few: bool

    @property
    def is_hidden(self) -> bool:
        return self.started is None


@dataclass(frozen=True)
class Dimension:
    """One way to tell placements apart."""

    title: str
    groups: tuple[Group, ...]


DURATION, KEPT = "durata", "tenuta"
MEASURES = (
    (DURATION, gettext_lazy("quanto durano: ogni fine conta")),
    (KEPT, gettext_lazy("quanti non si interrompono: conta solo la fine anticipata")),
)


def _curve(rows: Sequence[Spells], measure: str, least: int) -> Curve | None:
    """Placements that run are censored on the cut-off day; of KEPT also those that came to their day, on it."""
    ends = (DONE, EARLY) if measure == DURATION else (EARLY,)
    return kaplan_meier(((row.days, row.outcome in ends, row.count) for row in rows), stop_below=least)


def _tally(rows: Sequence[Spells]) -> list[int]:
    return [sum(row.count for row in rows if row.outcome == outcome) for outcome in (DONE, EARLY, RUNNING)]


def _chart(title: str, curve: Curve, everybody: Curve | None, *, hides: bool) -> charts.Chart:
    """Who is still observed is told at home alone: from one month to the next the difference is often a small count (rule 88)."""
    points = [charts.Point(s.month, s.share, s.low, s.high, s.at_risk) for s in curve.steps]
    beside = (_("tutti"), [s.share for s in everybody.steps]) if everybody else None
    names = {"name": _("questi"), "band": _("intervallo al 95%"), "axis": _("Mese"), "counted": "" if hides else _("ancora osservati")}
    return charts.steps(title, points, beside=beside, **names)


def _groups(
    rows: Sequence[Spells],
    key: Callable[[Spells], str],
    label: Callable[[str], str],
    *,
    measure: str,
    least: int,
    hides: bool,
    everybody: Curve | None,
    of: str = "",
) -> tuple[Group, ...]:
    found: dict[str, list[Spells]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    order = sorted(found, key=lambda code: (code == "", -sum(row.count for row in found[code]), code))
    table = [_tally(found[code]) for code in order]
    started: Sequence[Shown] = [sum(cells) for cells in table]
    cells: Sequence[Sequence[Shown]] = table
    if hides:
        started, cells = hide_parts([sum(row) for row in table], least), hide_table(table, least)
    groups = []
    for code, whole, shown, true in zip(order, started, cells, table, strict=True):
        done, early, running = shown if whole is not None else (None, None, None)
        is_few = true[0] + true[1] < FEW_ENDED
        told = done is not None and early is not None
        # Of so many who began, the share that is left counts the ends: where they are hidden it is too.
        curve = None if is_few or not told else _curve(found[code], measure, least)
        groups.append(
            Group(
                label(code),
                whole,
                done,
                early,
                running,
                wilson(true[0], true[0] + true[1]) if told else None,
                curve.median if curve else None,
                _chart(f"{of}: {label(code)}" if of else label(code), curve, everybody, hides=hides) if curve else None,
                is_few,
            )
        )
    return tuple(groups)


@dataclass(frozen=True)
class Durations:
    """Everybody first, then each way to tell them apart."""

    whole: Group
    dimensions: tuple[Dimension, ...]
    measure: str


def durations(rows: Sequence[Spells], *, measure: str, least: int, hides: bool) -> Durations:
    common = {"measure": measure, "least": least, "hides": hides}
    everybody = None if sum(_tally(rows)[:2]) < FEW_ENDED else _curve(rows, measure, least)
    whole = _groups(rows, lambda row: "all", lambda code: _("Tutti i tirocini"), everybody=None, **common)  # type: ignore[arg-type]
    everybody = everybody if whole and whole[0].chart else None
    sizes = dict(SizeClass.choices)
    ways = (
        (_("Area"), lambda row: area_of(row.area), area_words),
        (_("Dimensione dell’impresa"), lambda row: row.size, lambda code: str(sizes.get(code, UNKNOWN))),
        (_("Settore dell’impresa"), lambda row: section(row.division), lambda code: section_words(code) or str(UNKNOWN)),
        (
            _("Tutor all’inizio"),
            lambda row: "trained" if row.is_trained else "untrained",
            lambda code: _("formato") if code == "trained" else _("non formato"),
        ),
    )
    made = [Dimension(title, _groups(rows, key, label, everybody=everybody, of=str(title), **common)) for title, key, label in ways]  # type: ignore[arg-type]
    empty = Group(_("Tutti i tirocini"), 0, 0, 0, 0, None, None, None, True)
    return Durations(whole[0] if whole else empty, tuple(made), measure)


# --- Why they end early


@dataclass(frozen=True)
class Cause:
    """A coded cause (rule 51): how many early ends, None where hidden, and their share of all early ends."""

    label: str
    count: Shown
    share: Share | None


def causes(rows: Sequence[Spells], *, least: int, hides: bool) -> tuple[Cause, ...]:
    """Ranked: the most frequent first; causes that nobody had are left out."""
    words = dict(EndCause.choices)
    found: dict[str, int] = {}
    for row in rows:
        if row.outcome == EARLY:
            found[row.cause] = found.get(row.cause, 0) + row.count
    order = sorted(found, key=lambda cause: (-found[cause], cause))
    counts = [found[cause] for cause in order]
    shown: Sequence[Shown] = hide_parts(counts, least) if hides else counts
    if hides and is_small(sum(counts), least):
        shown = [None] * len(counts)
    whole = sum(counts)
    return tuple(
        Cause(str(words.get(cause, UNKNOWN)), count, None if count is None else wilson(count, whole))
        for cause, count in zip(order, shown, strict=True)
    )


# --- Reach


@dataclass(frozen=True)
class Reached:
    """Who was reached and which hosts come back; None where hidden."""

    placements: Shown
    people: Shown
    hosts: Shown
    minutes: int | None
    suspended: Shown
    suspended_days: int | None
    returning: Share | None


def reached(found: Totals, *, least: int, hides: bool) -> Reached:
    def shown(count: int) -> Shown:
        return None if hides and is_small(count, least) else count

    is_told = shown(found.people) is not None
    suspended = shown(found.suspended)
    rest = found.could_return - found.returning
    may_return = not hides or not (is_small(found.returning, least) or is_small(rest, least))
    return Reached(
        shown(found.placements),
        shown(found.people),
        shown(found.hosts),
        int(found.minutes) if is_told else None,
        suspended if is_told else None,
        int(found.suspended_days) if is_told and suspended is not None else None,
        wilson(found.returning, found.could_return) if may_return else None,
    )


# --- Attendance


@dataclass(frozen=True)
class Attended:
    """A group's attendance: percent of plan, half up; None where few people stand behind it."""

    label: str
    percent: int | None
    people: Shown


@dataclass(frozen=True)
class Attendance:
    overall: Attended | None
    months: charts.Chart | None
    weekdays: charts.Chart | None
    areas: tuple[Attended, ...]


WEEKDAYS = (
    gettext_lazy("lunedì"),
    gettext_lazy("martedì"),
    gettext_lazy("mercoledì"),
    gettext_lazy("giovedì"),
    gettext_lazy("venerdì"),
    gettext_lazy("sabato"),
    gettext_lazy("domenica"),
)


def percent_of(done: int, planned: int) -> int | None:
    """100·done/planned half up, on integers."""
    return (200 * int(done) + int(planned)) // (2 * int(planned)) if planned else None


def attendance(rows: Sequence[Presence], days: Sequence[Weekday], *, least: int, hides: bool) -> Attendance:
    """By month since the start, until few people are left; by weekday; by area. A percent of few people is never drawn, also at home."""
    overall = next((row for row in rows if row.month is None and row.area is None), None)
    months = [row for row in rows if row.month is not None]
    while months and months[-1].people < least:
        months.pop()
    months = months if all(row.people >= least for row in months) else []
    by_area: dict[str, list[int]] = {}
    for row in rows:
        if row.month is None and row.area is not None:
            sums = by_area.setdefault(area_of(row.area), [0, 0, 0])
            for n, value in enumerate((row.planned, row.done, row.people)):
                sums[n] += int(value)
    order = sorted(by_area)
    people: Sequence[Shown] = [by_area[code][2] for code in order]
    if hides:
        people = hide_parts([by_area[code][2] for code in order], least)
    seen = [day for day in days if day.people >= least]
    told = None if overall is None or (hides and overall.people < least) else overall.people
    return Attendance(
        None if overall is None else Attended(_("Tutti"), percent_of(overall.done, overall.planned) if told else None, told),
        charts.lines(
            _("Presenza per mese dall’inizio"),
            [str((row.month or 0) + 1) for row in months],
            [(_("presenza"), [percent_of(row.done, row.planned) or 0 for row in months])],
            unit="%",
        )
        if months
        else None,
        charts.bars(
            _("Presenza per giorno della settimana"),
            [str(WEEKDAYS[day.day - 1])[:3] for day in seen],
            [(_("presenza"), [percent_of(day.done, day.planned) or 0 for day in seen])],
            unit="%",
        )
        if seen
        else None,
        tuple(
            Attended(area_words(code), percent_of(by_area[code][1], by_area[code][0]) if shown is not None else None, shown)
            for code, shown in zip(order, people, strict=True)
        ),
    )


# --- Change


@dataclass(frozen=True)
class Changed:
    """One voice on one subject, first and last value of the same people."""

    voice: str
    subject: str
    change: Change


def changes(found: Sequence[queries.PairedValues], *, least: int) -> tuple[Changed, ...]:
    """By subject, then voice; under `least` pairs only that they are too few."""
    areas, voices = dict(Area.choices), dict(Voice.choices)
    subjects = {**areas, queries.GOALS: _("obiettivi del progetto")}
    return tuple(Changed(str(voices[row.voice]), str(subjects[row.subject]), paired(row.pairs, least=least)) for row in found)


# --- Critical points

POINTS = {
    "early": (
        gettext_lazy("Tirocini chiusi in anticipo"),
        gettext_lazy("Fra quelli finiti, senza contare le assunzioni e i passaggi a un percorso più adatto."),
    ),
    "untrained": (
        gettext_lazy("Inizi senza un tutor formato"),
        gettext_lazy("Il primo giorno il tutor aziendale non aveva ancora l’attestato."),
    ),
    "late_months": (
        gettext_lazy("Mesi chiusi tardi"),
        gettext_lazy("Il tutor ha chiuso il foglio dopo il giorno previsto dal regolamento, o non l’ha ancora chiuso."),
    ),
    "low_presence": (
        gettext_lazy("Mesi con poca presenza"),
        gettext_lazy("Le ore fatte restano sotto la soglia del regolamento."),
    ),
    "late_visits": (
        gettext_lazy("Visite in ritardo"),
        gettext_lazy("Fatte dopo il loro giorno, o ancora da fare. Le visite rimandate contano dal giorno nuovo."),
    ),
    "missing_evaluations": (
        gettext_lazy("Valutazioni che mancano"),
        gettext_lazy("Chieste e mai arrivate, anche se il loro giorno è passato. Una valutazione data in ritardo c’è."),
    ),
    "uncovered": (gettext_lazy("Comuni senza tirocini"), gettext_lazy("Nessuna sede del Comune ha accolto qualcuno nell’anno.")),
}
PUBLIC_POINTS = ("uncovered",)  # about places, not people


@dataclass(frozen=True)
class Point:
    """A critical point: how often in the last year, of how many times it could; the trend against the year before; None where hidden."""

    kind: str
    label: str
    why: str
    share: Share | None
    before: Share | None
    url: str = ""

    @property
    def trend(self) -> str:
        """ "better", "worse" or "same": the two intervals do not touch, or they do. Empty where either is not known."""
        if not self.share or not self.before or self.share.low is None or self.before.low is None:
            return ""
        assert self.share.high is not None and self.before.high is not None
        if self.share.low > self.before.high:
            return "worse"
        return "better" if self.share.high < self.before.low else "same"


def critical(found: Sequence[Fault], *, least: int, hides: bool) -> tuple[Point, ...]:
    """Ranked by the lower end of the interval: first what is surely frequent. Of places nothing is hidden; of people what is small."""

    def told(kind: str, count: int, whole: int) -> Share | None:
        small = is_small(count, least) or is_small(whole - count, least)
        return None if hides and small and kind not in PUBLIC_POINTS else wilson(count, whole)

    points = [
        Point(
            f.kind,
            str(POINTS[f.kind][0]),
            str(POINTS[f.kind][1]),
            told(f.kind, f.count, f.whole),
            told(f.kind, f.count_before, f.whole_before),
        )
        for f in found
    ]
    return tuple(sorted(points, key=lambda p: -(p.share.low or 0) if p.share else 1))


# --- The whole


@dataclass(frozen=True)
class Basis:
    """What everything was read from, said at the head of page and paper."""

    ambiti: tuple[str, ...]
    is_wide: bool
    hides: bool
    least: int


def basis(frame: Reach, *, least: int, hides: bool) -> Basis:
    return Basis(tuple(str(ambito) for ambito in frame.ambiti), frame.is_wide, hides, least)


def rate(part: int, whole: int) -> Decimal | None:
    """Per 1,000 inhabitants, two decimals half-up; None without inhabitants."""
    return (Decimal(part) * 1000 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None
