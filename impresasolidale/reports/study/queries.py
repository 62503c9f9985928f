"""What the study reads: one statement a block, aggregates only, over the placements that began in the period (docs/algorithms/study.md).

Every function runs inside `reach`, which opens the active Ambito or the whole network. No row of a person leaves this file.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import add_months
from placements.agreements.change_enums import EndCause
from placements.agreements.enums import HOSTED, LIVE, PlacementState
from placements.monitoring.evaluation_enums import MEASURED
from placements.monitoring.evaluation_questions import BASE
from placements.monitoring.visit_enums import COUNTED

DONE, EARLY, RUNNING = "done", "early", "running"
GOOD_CAUSES = (EndCause.HIRED, EndCause.OTHER_PATH)  # an end before its day that is no failure


@dataclass(frozen=True)
class Reach:
    """Whose placements are read, and until which day: `ambiti` by name; `is_wide` when it is the network seen from one of its offices."""

    network_id: int
    ambiti: tuple[Ambito, ...]
    first: date
    last: date
    is_wide: bool

    @property
    def values(self) -> dict[str, Any]:
        return {
            "network": self.network_id,
            "ambiti": [ambito.pk for ambito in self.ambiti],
            "first": self.first,
            "last": self.last,
            "hosted": [str(state) for state in HOSTED],
            "live": [str(state) for state in LIVE],
            "early": str(PlacementState.ENDED_EARLY),
            "good": [str(cause) for cause in GOOD_CAUSES],
        }


@contextmanager
def reach(access: Access, *, first: date, last: date, wide: bool) -> Iterator[Reach]:
    """The active Ambito, or all of the network for who asks so and for who has none. What is read inside may only be counted."""
    wide = wide or not access.ambito_id
    if not wide:
        ambito = access.ambito or Ambito.objects.get(pk=access.ambito_id)
        yield Reach(access.network_id or 0, (ambito,), first, last, False)
        return
    ambiti = tuple(Ambito.objects.filter(network_id=access.network_id).order_by("name"))
    with scope(access.over_network().scope):
        yield Reach(access.network_id or 0, ambiti, first, last, True)


def only(frame: Reach, ambito: Ambito) -> Reach:
    """The same, of one Ambito in reach."""
    return replace(frame, ambiti=tuple(row for row in frame.ambiti if row.pk == ambito.pk))


def _ask(statement: str, frame: Reach, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**frame.values, **more})
        return cursor.fetchall()


# Placements that began in the period; `early`: ended before their day; `tutor_id`: who followed on the first day; ends after the cut-off
# day are not known yet.
_COHORT = """
WITH cohort AS (
  SELECT p.id, p.ambito_id, p.company_id, p.site_id, p.beneficiary_id, p.starts_on, p.ends_on,
    CASE WHEN p.ended_on <= %(last)s THEN p.ended_on END AS ended_on,
    (e.id IS NOT NULL OR p.state = %(early)s) AS is_early, coalesce(e.cause, '') AS cause,
    coalesce((SELECT t.from_tutor_id FROM agreements_tutorchange t WHERE t.placement_id = p.id AND t.kind = 'company'
      AND t.done_on IS NOT NULL ORDER BY t.on, t.id LIMIT 1), p.company_tutor_id) AS tutor_id
  FROM agreements_placement p
  LEFT JOIN agreements_earlyend e ON e.placement_id = p.id AND e.done_on IS NOT NULL
  WHERE p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(hosted)s) AND p.starts_on BETWEEN %(first)s AND %(last)s
)"""
_TRAINED = """(
    EXISTS (SELECT 1 FROM training_enrolment n JOIN training_edition d ON d.id = n.edition_id JOIN training_course k ON k.id = d.course_id
      WHERE n.tutor_id = c.tutor_id AND n.state = 'attended' AND n.certified_on IS NOT NULL AND n.completed_on <= c.starts_on
        AND k.kind = 'initial')
    OR EXISTS (SELECT 1 FROM training_recognition r WHERE r.tutor_id = c.tutor_id AND r.kind = 'initial' AND r.withdrawn_at IS NULL
      AND r.completed_on <= c.starts_on))"""


def _told(statement: str) -> str:
    """The statement with <trained> said: whether `c.tutor_id` was trained by `c.starts_on` (rule 91)."""
    return statement.replace("<trained>", _TRAINED)


def _over(tail: str) -> str:
    """The statement that asks `tail` of the cohort."""
    return _told("".join((_COHORT, tail)))


@dataclass(frozen=True)
class Spells:
    """Placements alike in everything the study tells apart: `days` from the first to the last day, both included, or to the cut-off day."""

    area: str
    size: str
    division: str
    is_trained: bool
    days: int
    outcome: str
    cause: str
    count: int


_SPELLS = _over("""
SELECT b.target_area, h.size_class, left(h.ateco, 2), <trained>, coalesce(c.ended_on, %(last)s) - c.starts_on + 1,
  CASE WHEN c.ended_on IS NULL THEN 'running' WHEN c.is_early THEN 'early' ELSE 'done' END AS outcome,
  CASE WHEN c.ended_on IS NOT NULL AND c.is_early THEN c.cause ELSE '' END, count(*)
FROM cohort c JOIN beneficiaries_beneficiary b ON b.id = c.beneficiary_id JOIN hosts_company h ON h.id = c.company_id
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
""")


def spells(frame: Reach) -> list[Spells]:
    """One statement for completion, duration and causes, whatever they are told apart by."""
    return [Spells(*row) for row in _ask(_SPELLS, frame)]


@dataclass(frozen=True)
class Totals:
    """Who was reached. `minutes` done in the months of these placements; suspensions and their days until the cut-off day."""

    placements: int
    people: int
    hosts: int
    minutes: int
    suspended: int
    suspended_days: int
    returning: int
    could_return: int


_TOTALS = _over(""", firsts AS (
  SELECT DISTINCT ON (company_id) company_id, id, starts_on, ended_on FROM cohort ORDER BY company_id, starts_on, id
)
SELECT count(*), count(DISTINCT beneficiary_id), count(DISTINCT company_id),
  coalesce((SELECT sum(t.done_minutes) FROM attendance_timesheet t JOIN cohort c ON c.id = t.placement_id WHERE t.month <= %(last)s), 0),
  (SELECT count(DISTINCT s.placement_id) FROM agreements_suspension s JOIN cohort c ON c.id = s.placement_id WHERE s.starts_on <= %(last)s),
  coalesce((SELECT sum(least(coalesce(s.ends_on, %(last)s), %(last)s) - s.starts_on + 1) FROM agreements_suspension s
    JOIN cohort c ON c.id = s.placement_id WHERE s.starts_on <= %(last)s), 0),
  (SELECT count(*) FROM firsts f WHERE f.ended_on <= %(year_before)s AND EXISTS (
    SELECT 1 FROM agreements_placement n WHERE n.company_id = f.company_id AND n.id <> f.id AND n.state = ANY (%(hosted)s)
      AND n.starts_on > f.starts_on AND n.starts_on <= f.ended_on + interval '12 months')),
  (SELECT count(*) FROM firsts f WHERE f.ended_on <= %(year_before)s)
FROM cohort
""")


def totals(frame: Reach) -> Totals:
    """Reach, suspensions, and hosts that come back: of those whose first placement ended a year ago or more, which had another within a
    year.
    """
    return Totals(*_ask(_TOTALS, frame, year_before=add_months(frame.last, -12))[0])


@dataclass(frozen=True)
class Presence:
    """Minutes planned and done of a group; `people` behind them. `month` counts from 0, that of the start; None where it is by area."""

    month: int | None
    area: str | None
    planned: int
    done: int
    people: int


LONGEST = 24  # months since the start that are told apart; the later ones are left out of the line

_PRESENCE = _over(""", months AS (
  SELECT c.beneficiary_id, b.target_area AS area, t.planned_minutes, t.done_minutes,
    ((extract(year FROM t.month) - extract(year FROM c.starts_on)) * 12
      + extract(month FROM t.month) - extract(month FROM c.starts_on))::int AS n
  FROM cohort c JOIN beneficiaries_beneficiary b ON b.id = c.beneficiary_id
  JOIN attendance_timesheet t ON t.placement_id = c.id AND t.month <= %(last)s AND t.state <> 'open' AND t.planned_minutes > 0
)
SELECT CASE WHEN grouping(n) = 0 THEN n END, CASE WHEN grouping(area) = 0 THEN area END, sum(planned_minutes), sum(done_minutes),
  count(DISTINCT beneficiary_id)
FROM months WHERE n BETWEEN 0 AND %(longest)s GROUP BY GROUPING SETS ((n), (area), ()) ORDER BY 1 NULLS LAST, 2 NULLS LAST
""")


def presence(frame: Reach) -> list[Presence]:
    """Closed months alone: an open one is not all told yet. By month since the start, by area, and altogether (both None)."""
    return [Presence(*row) for row in _ask(_PRESENCE, frame, longest=LONGEST) if row[2]]


@dataclass(frozen=True)
class Weekday:
    """ISO day of the week, 1 for Monday: minutes planned and done on days of which something was said."""

    day: int
    planned: int
    done: int
    people: int


_WEEKDAYS = _over("""
SELECT extract(isodow FROM s.day)::int, sum(s.minutes), sum(e.minutes), count(DISTINCT c.beneficiary_id)
FROM cohort c JOIN attendance_plannedsession s ON s.placement_id = c.id AND s.day BETWEEN %(since)s AND %(last)s
CROSS JOIN LATERAL (
  SELECT v.minutes FROM attendance_attendanceevent v WHERE v.placement_id = s.placement_id AND v.day = s.day ORDER BY v.id DESC LIMIT 1) e
GROUP BY 1 ORDER BY 1
""")


def weekdays(frame: Reach) -> list[Weekday]:
    """The last twelve months before the cut-off day: of each planned day the last word that was said."""
    return [Weekday(*row) for row in _ask(_WEEKDAYS, frame, since=add_months(frame.last, -12))]


@dataclass(frozen=True)
class Place:
    """A comune of the Ambiti in reach, with the placements at sites there; without a code: everywhere else."""

    istat: str
    name: str
    ambito_id: int | None
    population: int
    placements: int
    hosts: int


_PLACES = _over(""", sited AS (
  SELECT s.comune_id, count(*) AS n, count(DISTINCT c.company_id) AS hosts
  FROM cohort c JOIN hosts_site s ON s.id = c.site_id GROUP BY s.comune_id
)
SELECT m.istat_code, m.name, m.ambito_id, coalesce(m.population_2011, 0), coalesce(d.n, 0), coalesce(d.hosts, 0)
FROM territory_comune m LEFT JOIN sited d ON d.comune_id = m.id
WHERE m.ambito_id = ANY (%(ambiti)s) AND m.abolished_on IS NULL
UNION ALL
SELECT '', '', NULL, 0, coalesce(sum(d.n), 0)::bigint, coalesce(sum(d.hosts), 0)::bigint
FROM sited d JOIN territory_comune m ON m.id = d.comune_id
WHERE m.ambito_id IS NULL OR NOT m.ambito_id = ANY (%(ambiti)s) OR m.abolished_on IS NOT NULL
ORDER BY 3 NULLS LAST, 2
""")


def places(frame: Reach) -> list[Place]:
    """Where the placements are: the comune of the site, not of the person."""
    return [Place(row[0] or "", *row[1:]) for row in _ask(_PLACES, frame)]


@dataclass(frozen=True)
class District:
    """What an Ambito's placements reached: an Ambito's hosts are those where its own people went."""

    name: str
    population: int
    placements: int
    people: int
    hosts: int
    minutes: int


_DISTRICTS = _over("""
SELECT a.name, coalesce((SELECT sum(m.population_2011) FROM territory_comune m WHERE m.ambito_id = a.id), 0), count(c.id),
  count(DISTINCT c.beneficiary_id), count(DISTINCT c.company_id), coalesce(sum(t.minutes), 0)
FROM territory_ambito a LEFT JOIN cohort c ON c.ambito_id = a.id
LEFT JOIN (SELECT s.placement_id, sum(s.done_minutes) AS minutes FROM attendance_timesheet s WHERE s.month <= %(last)s
  AND s.ambito_id = ANY (%(ambiti)s) GROUP BY s.placement_id) t ON t.placement_id = c.id
WHERE a.id = ANY (%(ambiti)s) GROUP BY a.id, a.name ORDER BY a.name
""")


def districts(frame: Reach) -> list[District]:
    rows = _ask(_DISTRICTS, frame)
    return [
        District(name, int(around), placements, people, hosts, int(minutes)) for name, around, placements, people, hosts, minutes in rows
    ]


IF_DUE = ("late_visits", "missing_evaluations")  # an office that plans neither is not told that none was late


@dataclass(frozen=True)
class Fault:
    """How often something critical happened of how often it could, in the last twelve months and in the twelve before."""

    kind: str
    count: int
    whole: int
    count_before: int
    whole_before: int


_FAULTS = _told("""
WITH windows AS (
  SELECT 'now' AS w, (%(last)s::date - interval '12 months')::date + 1 AS since, %(last)s::date AS until
  UNION ALL SELECT 'before', (%(last)s::date - interval '24 months')::date + 1, (%(last)s::date - interval '12 months')::date
), lives AS (
  SELECT p.id, p.company_id, p.company_tutor_id AS tutor_id, p.starts_on, p.ended_on, p.site_id, p.ends_on,
    (e.id IS NOT NULL OR p.state = %(early)s) AS is_early, coalesce(e.cause, '') AS cause
  FROM agreements_placement p LEFT JOIN agreements_earlyend e ON e.placement_id = p.id AND e.done_on IS NOT NULL
  WHERE p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(hosted)s)
    AND coalesce(p.ended_on, p.ends_on) > (%(last)s::date - interval '24 months')::date AND p.starts_on <= %(last)s
), sheets AS (
  SELECT t.planned_minutes, t.done_minutes, t.state, (t.month + interval '1 month')::date + %(close_day)s - 1 AS due_on,
    (t.closed_at AT TIME ZONE 'Europe/Rome')::date AS closed_on
  FROM attendance_timesheet t WHERE t.ambito_id = ANY (%(ambiti)s) AND t.month > (%(last)s::date - interval '26 months')::date
), visits AS (
  SELECT v.due_on, v.held_on <= v.due_on AS is_in_time FROM monitoring_visit v
  WHERE v.ambito_id = ANY (%(ambiti)s) AND v.kind = ANY (%(counted)s) AND v.state <> 'called_off'
    AND v.due_on > (%(last)s::date - interval '24 months')::date AND v.due_on < %(last)s
), evaluations AS (
  SELECT v.due_on, v.given_on <= %(last)s AS is_given FROM monitoring_evaluation v
  WHERE v.ambito_id = ANY (%(ambiti)s) AND v.state IN ('asked', 'given')
    AND v.due_on > (%(last)s::date - interval '24 months')::date AND v.due_on < %(last)s
)
SELECT 'early', w.w, count(*) FILTER (WHERE c.is_early AND NOT c.cause = ANY (%(good)s)), count(c.id)
FROM windows w LEFT JOIN lives c ON c.ended_on BETWEEN w.since AND w.until GROUP BY w.w
UNION ALL
SELECT 'untrained', w.w, count(*) FILTER (WHERE c.id IS NOT NULL AND NOT <trained>), count(c.id)
FROM windows w LEFT JOIN lives c ON c.starts_on BETWEEN w.since AND w.until GROUP BY w.w
UNION ALL
SELECT 'late_months', w.w, count(*) FILTER (WHERE coalesce(s.closed_on, %(last)s) > s.due_on), count(s.due_on)
FROM windows w LEFT JOIN sheets s ON s.due_on BETWEEN w.since AND w.until AND s.due_on < %(last)s GROUP BY w.w
UNION ALL
SELECT 'low_presence', w.w, count(*) FILTER (WHERE s.done_minutes::bigint * 100 < s.planned_minutes::bigint * %(percent)s), count(s.due_on)
FROM windows w LEFT JOIN sheets s ON s.due_on BETWEEN w.since AND w.until AND s.planned_minutes > 0 AND s.state <> 'open' GROUP BY w.w
UNION ALL
SELECT 'late_visits', w.w, count(v.due_on) FILTER (WHERE v.is_in_time IS NOT TRUE), count(v.due_on)
FROM windows w LEFT JOIN visits v ON v.due_on BETWEEN w.since AND w.until GROUP BY w.w
UNION ALL
SELECT 'missing_evaluations', w.w, count(v.due_on) FILTER (WHERE v.is_given IS NOT TRUE), count(v.due_on)
FROM windows w LEFT JOIN evaluations v ON v.due_on BETWEEN w.since AND w.until GROUP BY w.w
UNION ALL
SELECT 'uncovered', w.w, count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM lives c JOIN hosts_site s ON s.id = c.site_id
  WHERE s.comune_id = m.id AND c.starts_on <= w.until AND coalesce(c.ended_on, c.ends_on) >= w.since)), count(*)
FROM windows w CROSS JOIN territory_comune m WHERE m.ambito_id = ANY (%(ambiti)s) AND m.abolished_on IS NULL GROUP BY w.w
""")


def faults(frame: Reach, *, close_day: int, percent: int) -> list[Fault]:
    """Counts of each critical point in two windows of a year; of visits and evaluations where any was due. One statement. `close_day`: of
    the next month (rule 31); `percent`: rule 36.
    """
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, window, count, whole in _ask(_FAULTS, frame, close_day=close_day, percent=percent, counted=[str(k) for k in COUNTED]):
        found.setdefault(kind, {})[window] = (count, whole)
    made = [Fault(kind, *both["now"], *both["before"]) for kind, both in found.items()]
    return [fault for fault in made if fault.kind not in IF_DUE or fault.whole or fault.whole_before]


@dataclass(frozen=True)
class Alternatives:
    """Placements of which the service said that the alternative was a place at a day service (domain.md §8.3), and their months to the
    cut-off day.
    """

    count: int
    days: int


_ALTERNATIVES = """
SELECT count(*), coalesce(sum(least(coalesce(p.ended_on, p.ends_on), %(last)s) - greatest(p.starts_on, %(first)s) + 1), 0)
FROM agreements_placement p
WHERE p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(hosted)s) AND p.day_centre_alternative AND p.day_centre_by_id IS NOT NULL
  AND p.starts_on <= %(last)s AND coalesce(p.ended_on, p.ends_on) >= %(first)s
"""


def alternatives(frame: Reach) -> Alternatives:
    count, days = _ask(_ALTERNATIVES, frame)[0]
    return Alternatives(count, int(days))


# --- The simulator's means


@dataclass(frozen=True)
class Room:
    """Places and people who could be followed, on a day, at the sites of an Ambito's comuni and by its own promoter's tutors."""

    places: int
    tutors: int
    trained: int
    promoter: int


_ROOM = _told("""
WITH ours AS (
  SELECT DISTINCT s.company_id FROM hosts_site s JOIN territory_comune m ON m.id = s.comune_id
  WHERE m.ambito_id = ANY (%(ambiti)s) AND (s.closed_on IS NULL OR s.closed_on >= %(last)s)
), openings AS (
  SELECT greatest(o.places - (SELECT count(DISTINCT t.beneficiary_id) FROM places_taken t
    WHERE t.site_id = o.site_id AND t.starts_on <= %(last)s AND t.ends_on >= %(last)s), 0) AS free
  FROM hosts_opening o JOIN hosts_site s ON s.id = o.site_id JOIN territory_comune m ON m.id = s.comune_id
  WHERE o.network_id = %(network)s AND m.ambito_id = ANY (%(ambiti)s) AND o.starts_on <= %(last)s
    AND (o.ends_on IS NULL OR o.ends_on >= %(last)s) AND (s.closed_on IS NULL OR s.closed_on >= %(last)s)
), tutors AS (
  SELECT c.tutor_id, greatest(%(per_tutor)s - (SELECT count(DISTINCT t.beneficiary_id) FROM places_taken t
    WHERE t.company_tutor_id = c.tutor_id AND t.starts_on <= %(last)s AND t.ends_on >= %(last)s), 0) AS free, <trained> AS is_trained
  FROM (SELECT DISTINCT g.tutor_id, %(last)s::date AS starts_on FROM hosts_engagement g JOIN ours USING (company_id)
    WHERE g.valid_from <= %(last)s AND (g.valid_to IS NULL OR g.valid_to >= %(last)s)) c
), promoters AS (
  SELECT greatest(%(per_promoter)s - (SELECT count(*) FROM agreements_placement p WHERE p.promoter_tutor_id = m.user_id
    AND p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(live)s)), 0) AS free
  FROM (SELECT DISTINCT user_id FROM accounts_membership WHERE role = 'promoter_tutor' AND ambito_id = ANY (%(ambiti)s)
    AND valid_from <= %(last)s AND (valid_to IS NULL OR valid_to >= %(last)s)) m
)
SELECT (SELECT coalesce(sum(free), 0) FROM openings), (SELECT coalesce(sum(free), 0) FROM tutors),
  (SELECT coalesce(sum(free) FILTER (WHERE is_trained), 0) FROM tutors), (SELECT coalesce(sum(free), 0) FROM promoters)
""")


def room(frame: Reach, *, per_tutor: int, per_promoter: int) -> Room:
    """One statement (rules 16, 17, 91, 92)."""
    return Room(*(int(n) for n in _ask(_ROOM, frame, per_tutor=per_tutor, per_promoter=per_promoter)[0]))


# --- Change


@dataclass(frozen=True)
class PairedValues:
    """First and last value of the same placements for one voice and one subject (an area of the questions, or "goals")."""

    voice: str
    subject: str
    pairs: Sequence[tuple[float, float]]


# The same of placements that ended in the period, whenever they began.
_ENDED = """
WITH cohort AS (
  SELECT p.id FROM agreements_placement p
  WHERE p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(hosted)s) AND p.ended_on BETWEEN %(first)s AND %(last)s
    AND (%(source)s = '' OR p.funding_source = %(source)s)
)"""
_PAIRS = """, given AS (
  SELECT v.id, v.placement_id, v.voice, array_position(%(moments)s::text[], v.moment::text) AS place
  FROM monitoring_evaluation v JOIN cohort c ON c.id = v.placement_id
  WHERE v.state = 'given' AND v.questions = %(questions)s AND v.moment = ANY (%(moments)s) AND v.given_on <= %(until)s
), said AS (
  SELECT g.placement_id, g.voice, k.area AS subject, a.item AS what, a.value, g.place
  FROM given g JOIN monitoring_evaluationanswer a ON a.evaluation_id = g.id
  JOIN unnest(%(items)s::text[], %(areas)s::text[]) AS k(item, area) ON k.item = a.item
  WHERE a.value IS NOT NULL
  UNION ALL
  SELECT g.placement_id, g.voice, %(goals)s, r.text, r.value, g.place
  FROM given g JOIN monitoring_goalrating r ON r.evaluation_id = g.id WHERE r.value IS NOT NULL
), ends AS (
  SELECT placement_id, voice, subject, (array_agg(value ORDER BY place))[1] AS before, (array_agg(value ORDER BY place DESC))[1] AS after
  FROM said GROUP BY placement_id, voice, subject, what HAVING count(DISTINCT place) > 1
), each AS (
  SELECT voice, subject, round(avg(before), 4) AS before, round(avg(after), 4) AS after FROM ends GROUP BY placement_id, voice, subject
)
SELECT subject, voice, before, after, count(*) FROM each GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
GOALS = "goals"


def paired_values(frame: Reach) -> list[PairedValues]:
    """First and last value of the same question or goal, averaged over those of an area that were answered both times. One statement."""
    return _paired(_COHORT, frame, until=frame.last)


def paired_at_end(frame: Reach, *, today: date, source: str = "") -> list[PairedValues]:
    """The same of the placements that ended in the period, with what was given until `today`: the last word often comes after the end.
    `source`: only those that a funder pays."""
    return _paired(_ENDED, frame, until=today, source=source)


def _paired(cohort: str, frame: Reach, **more: Any) -> list[PairedValues]:
    values = {
        "moments": [str(moment) for moment in MEASURED],
        "questions": BASE.code,
        "items": [item.code for item in BASE.items],
        "areas": [str(item.area) for item in BASE.items],
        "goals": GOALS,
    }
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for subject, voice, before, after, count in _ask(cohort + _PAIRS, frame, **values, **more):
        found.setdefault((subject, voice), []).extend([(float(before), float(after))] * count)
    return [PairedValues(voice, subject, pairs) for (subject, voice), pairs in found.items()]
