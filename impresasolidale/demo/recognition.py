"""Recognitions of hosts: the scheme that comes with the program, certificates granted, proposed and revoked on facts of the demo."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from certification import documents
from certification.enums import ApplicationState, CertificateState, Level, Origin, ReasonClass
from certification.measures import measures
from certification.models import Answer, Application, Certificate, HistoricalAward
from certification.rules import Facts, last_valid_day, window_start, year_starts
from certification.scheme import computed_points
from certification.selectors.facts import band_of
from certification.shipped import shipped_scheme
from certification.transitions import APPLICATION, CERTIFICATE
from impresasolidale.accounts.models import User
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import HOSTED
from placements.attendance.rules import next_month

from .attendance import Sheet
from .hosts import Hosts, Place
from .papers import Paper, Press
from .placements import Placed
from .schemes import create_schemes
from .users import People
from .world import World

GRANTED, PROPOSED = 14, 2
PAST, HOSTS_THEN = 2015, {"Sondrio": 58, "Tirano": 31, "Morbegno": 39}  # 128 in all: how many is what is left of that year
NAMED = 4  # of them that are known by name: today's hosts that were there then
REASON_REVOKED = "L'impresa ha chiesto di uscire dal registro: cambia sede e attività."


@dataclass
class Recognition:
    row: Application
    place: Place
    ends_as: str
    on: date
    worker: User
    decider: User
    certificate: Certificate | None = None

    @property
    def asked(self) -> date:
        return self.on - timedelta(days=1)


def create_certificates(world: World, people: People, hosts: Hosts, placed: list[Placed], sheets: list[Sheet]) -> list[Recognition]:
    """All start as applications ready for the decision; `decide` goes on when the papers can be issued."""
    scheme = create_schemes(world, people)
    found: list[Recognition] = []
    wanted = [CertificateState.REVOKED] + [CertificateState.GRANTED] * GRANTED * world.scale + [""] * PROPOSED
    candidates = _candidates(hosts, placed)
    for state, (place, ambito, since) in zip(wanted, candidates, strict=False):
        office = people.offices[ambito]
        on = max(since + timedelta(days=45), world.ago(240 - 12 * len(found))) if state else world.ago(3)
        on = min(on, world.ago(2))
        facts, band = _facts(place, hosts, placed, sheets, on), band_of(place.company)
        row = world.new(
            Application,
            company=place.company,
            scheme=scheme,
            origin=Origin.OFFICE,
            level=Level.ADERENTE,
            state=ApplicationState.READY,
            band=band,
            facts=facts.to_json(),
            submitted_on=on - timedelta(days=1),
            checked_by=office.workers[0],
            created_by=office.workers[0],
        )
        for code, points in computed_points(shipped_scheme(), band, measures(facts)).items():
            world.new(Answer, application=row, criterion=code, points=points)
        found.append(Recognition(row, place, state, on, office.workers[0], office.coordinator))
    last: Counter[int] = Counter()
    for r in sorted(found, key=lambda r: (r.asked, r.row.pk)):
        last[r.asked.year] += 1
        r.row.number = f"{r.asked.year}/{last[r.asked.year]:06d}"
        for name in ("submitted", "checked"):
            _step(world, r, name, r.asked, r.worker)
    return found


def create_past(world: World, people: People, found: list[Recognition]) -> None:
    """The attestati of 2015 (rule 86): by area, and by name for the hosts that still are."""
    boss = next(iter(people.offices.values())).coordinator
    for area, companies in HOSTS_THEN.items():
        world.new(HistoricalAward, year=PAST, area=area, companies=companies, created_by=boss)
    for r in found[1 : NAMED + 1]:
        row = world.new(Certificate, company=r.place.company, level=Level.ATTESTATO_2015, valid_from=date(PAST, 12, 31), created_by=boss)
        world.fact("certification.certificate.imported", row, on=world.ago(300), by=boss, data={"year": PAST})


def _candidates(hosts: Hosts, placed: list[Placed]) -> list[tuple[Place, int, date]]:
    """(host, its Ambito, first day of its first placement): who began first comes first."""
    first: dict[int, date] = {}
    for one in placed:
        if one.row.state in HOSTED:
            first[one.row.company_id] = min(one.row.starts_on, first.get(one.row.company_id, date.max))
    everywhere = [(place, ambito) for ambito, group in hosts.places.items() for place in group]
    return sorted(((p, a, first[p.company.pk]) for p, a in everywhere if p.company.pk in first), key=lambda c: (c[2], c[0].company.pk))


def _facts(place: Place, hosts: Hosts, placed: list[Placed], sheets: list[Sheet], on: date) -> Facts:
    """What the data said of the host on that day."""
    hosted = [one.row for one in placed if one.place is place and one.row.state in HOSTED and one.row.starts_on <= on]
    months = [s.row for s in sheets if s.one.place is place and s.row.days_present and next_month(s.row.month) <= on]
    counted = [row for row in hosted if row.ended_on is None or row.ended_on >= window_start(on)]
    recent = [sheet for sheet in months if sheet.month >= window_start(on)]
    return Facts(
        counted=len(hosted),
        recent=len(counted),
        recent_months=len(recent),
        recent_minutes=sum(sheet.done_minutes for sheet in recent),
        years=len({sum(sheet.month >= first for first in year_starts(on)) for sheet in recent}),
        completed=sum(row.ended_on is not None and row.ended_on <= on for row in counted),
        hosted=len(hosted),
        running=sum(row.ended_on is None or row.ended_on > on for row in hosted),
        people=len({row.beneficiary_id for row in hosted}),
        months=len(months),
        minutes=sum(sheet.done_minutes for sheet in months),
        tutors_trained=sum(t.pk in hosts.trained and hosts.trained[t.pk] <= on for t in place.tutors),
        since=min((row.starts_on for row in hosted), default=None),
    )


def decide(world: World, press: Press, found: Iterable[Recognition]) -> None:
    """Grant with a paper; one is revoked later."""
    rules = common_rules(world.network.pk, world.today)
    for r in found:
        press.series[f"network:{world.network.pk}", APPLICATION.code, r.asked.year] += 1
    decided = [r for r in found if r.ends_as]
    for r in decided:
        r.row.decided_by, r.row.decided_at, r.row.state = r.decider, world.at(r.on, 12), ApplicationState.GRANTED
        _step(world, r, "granted", r.on, r.decider)
        r.certificate = world.new(
            Certificate,
            company=r.place.company,
            application=r.row,
            scheme=r.row.scheme,
            level=r.row.level,
            facts=r.row.facts,
            decided_by=r.decider,
            decided_at=r.row.decided_at,
            valid_from=r.on,
            valid_to=last_valid_day(r.on, r.row.scheme.validity_months),
            created_by=r.decider,
        )
        world.fact("certification.certificate.awarded", r.certificate, on=r.on, by=r.decider, data={"level": r.row.level})
    papers = [
        Paper(
            r.row,
            documents.KIND,
            "Attestato di riconoscimento",
            documents.TEMPLATE,
            lambda r=r: documents.certificate_context(r.certificate, threshold=rules.small_number_threshold),  # type: ignore[misc]
            r.on,
            r.decider,
        )
        for r in decided
    ]
    for r, document in zip(decided, press.issue(papers), strict=True):
        assert r.certificate
        r.certificate.document = document
    Application.objects.bulk_update([r.row for r in decided], ["state", "decided_by", "decided_at"])
    for r in decided:
        if r.ends_as == CertificateState.REVOKED:
            assert r.certificate
            r.certificate.state, r.certificate.reason_class = CertificateState.REVOKED, ReasonClass.ON_REQUEST
            step = CERTIFICATE["revoked"]
            code = f"{CERTIFICATE.code}.{step.name}"
            world.fact(
                code, r.certificate, on=world.ago(20), by=r.decider, before=step.sources[0], after=step.target, reason=REASON_REVOKED
            )


def _step(world: World, r: Recognition, name: str, on: date, by: User) -> None:
    step = APPLICATION[name]
    world.fact(f"{APPLICATION.code}.{name}", r.row, on=on, by=by, before=step.sources[0], after=step.target)
