"""Placements in every state: who, where, when, with projects, covers and framework agreements still to be issued."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from companies.hosts.enums import RiskClass
from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.territory.rules import Severity, add_months
from placements.agreements import enums
from placements.agreements.compliance_rules import communication_due_on, years_later
from placements.agreements.enums import (
    AgreementState,
    AllowanceModel,
    CommunicationKind,
    CoverKind,
    EvidenceKind,
    OutsideKind,
    PlacementState,
    ProjectState,
    TaxTreatment,
)
from placements.agreements.models import (
    Communication,
    Cover,
    FrameworkAgreement,
    Goal,
    OutsidePlace,
    PersonalProject,
    Placement,
    SafetyEvidence,
    Suspension,
    WeekDay,
)
from placements.agreements.transitions import PLACEMENT

from . import texts
from .hosts import Hosts, Place
from .people import Person
from .users import Office, People
from .world import District, World

S = PlacementState
COUNTS = {  # ninety in all; people of the past come first, so that some of them can come back
    S.CLOSED: 7,
    S.EVALUATED: 2,
    S.ENDED: 7,
    S.ENDED_EARLY: 4,
    S.ACTIVE: 45,
    S.SUSPENDED: 3,
    S.VALIDATED: 4,
    S.SIGNED: 3,
    S.TO_SIGN: 4,
    S.PROPOSED: 4,
    S.DRAFT: 3,
    S.WITHDRAWN: 1,
    S.REJECTED: 1,
    S.EXPIRED: 1,
    S.CANCELLED: 1,
}
PATHS = {  # the transitions behind a state
    S.DRAFT: (),
    S.PROPOSED: ("proposed",),
    S.TO_SIGN: ("proposed", "issued"),
    S.SIGNED: ("proposed", "issued", "signed"),
    S.VALIDATED: ("proposed", "issued", "signed", "validated"),
    S.ACTIVE: ("proposed", "issued", "signed", "validated", "activated"),
    S.SUSPENDED: ("proposed", "issued", "signed", "validated", "activated", "suspended"),
    S.ENDED: ("proposed", "issued", "signed", "validated", "activated", "ended"),
    S.ENDED_EARLY: ("proposed", "issued", "signed", "validated", "activated", "ended_early"),
    S.CLOSED: ("proposed", "issued", "signed", "validated", "activated", "ended", "evaluated", "closed"),
    S.EVALUATED: ("proposed", "issued", "signed", "validated", "activated", "ended", "evaluated"),
    S.REJECTED: ("proposed", "rejected"),
    S.WITHDRAWN: ("proposed", "withdrawn"),
    S.EXPIRED: ("proposed", "expired"),
    S.CANCELLED: ("proposed", "issued", "signed", "validated", "cancelled"),
}
BEFORE_START = ("proposed", "issued", "signed", "validated")
GIVEN_UP = {S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.CANCELLED}
OVER = {*enums.OVER, *GIVEN_UP}
AT_BAKERY = 3  # of those in progress; the ones before it are at the host everybody looks at first
TO_CONTACT = (S.TO_SIGN, 0)  # its paper waits for the signature of that host
RED, AMBER = 0, 1  # of the validated ones, in the order they are made
LATE = 4  # of those in progress: its communication left after the start
WITH_FITNESS = {"officina", "segheria", "cantiere", "magazzino"}


@dataclass
class AgreementPlan:
    """A framework agreement and what will become of it once its paper is there."""

    row: FrameworkAgreement
    state: AgreementState
    issued_on: date
    signed_on: date


@dataclass
class Placed:
    """A placement with all that hangs on it."""

    row: Placement
    person: Person
    place: Place
    tutor: CompanyTutor
    office: Office
    district: District
    steps: dict[str, date]  # transition → day
    project: PersonalProject = field(init=False)
    week: dict[int, tuple[time, int]] = field(default_factory=dict)
    agreement: AgreementPlan | None = None
    pauses: list[Suspension] = field(default_factory=list)
    is_falling: bool = False  # whose presence falls lately
    start: Communication | None = None
    places: list[OutsidePlace] = field(default_factory=list)

    @property
    def has_papers(self) -> bool:
        return "issued" in self.steps

    @property
    def is_signed(self) -> bool:
        return "signed" in self.steps

    @property
    def suspended_on(self) -> date | None:
        return self.steps.get("suspended")


def create_placements(world: World, people: People, hosts: Hosts, persons: dict[int, list[Person]]) -> list[Placed]:
    free = {ambito: list(group) for ambito, group in persons.items()}
    came_before: dict[int, list[Person]] = {ambito: [] for ambito in free}
    loads: dict[int, int] = {}
    placed: list[Placed] = []
    deal = (0, 1, 2, 0, 1, 2, 0)  # Sondrio takes three in seven
    for state, count in COUNTS.items():
        for n in range(count * world.scale):
            # Where newcomers look first.
            in_sondrio = (state == S.ACTIVE and n <= AT_BAKERY) or (state == S.VALIDATED and n in (RED, AMBER)) or (state, n) == TO_CONTACT
            district = world.districts[0] if in_sondrio else world.districts[deal[len(placed) % len(deal)]]
            ambito = district.ambito.pk
            starts_on, ends_on, ended_on = _period(world, state, n)
            person = _pick_person(world, free[ambito], came_before[ambito], state, starts_on)
            if ended_on:
                came_before[ambito].append(person)
            place, tutor = _pick_place(world, hosts, ambito, loads, state, n)
            one = _placement(world, people.offices[ambito], district, person, place, tutor, state, starts_on, ends_on, ended_on)
            _facts_of_life(world, one, n)
            _project(world, one)
            one.is_falling = state == S.ACTIVE and n == 0
            placed.append(one)
    for district in world.districts:
        _covers(world, district, people.offices[district.ambito.pk])
    _agreements(world, people, hosts, placed)
    return placed


def _period(world: World, state: PlacementState, n: int) -> tuple[date, date, date | None]:
    """(first day, last day in the project, last day in fact)."""
    rng, today = world.rng, world.today
    if state in {S.EVALUATED, S.CLOSED}:
        ends_on = world.ago(rng.randint(65, 150))
        return _monday(add_months(ends_on, -rng.choice((4, 5, 6)))), ends_on, ends_on
    if state == S.ENDED:
        ends_on = world.ago(rng.randint(3, 55))
        return _monday(add_months(ends_on, -rng.choice((6, 7, 8)))), ends_on, ends_on
    if state == S.ENDED_EARLY:
        ended_on = world.ago(rng.randint(10, 80))
        starts_on = _monday(ended_on - timedelta(days=rng.randint(70, 200)))
        return starts_on, _last(starts_on, 12), ended_on
    if state in {S.ACTIVE, S.SUSPENDED}:
        starts_on = _monday(world.ago(rng.randint(8, 335) if state == S.ACTIVE else rng.randint(70, 200)))
        if state == S.ACTIVE and n == 0:
            starts_on = _monday(world.ago(210))  # whose presence falls lately: there must be a before
        long_enough = [m for m in (6, 8, 9, 12) if _last(starts_on, m) > today + timedelta(days=7)]
        return starts_on, _last(starts_on, rng.choice(long_enough)), None
    ahead = {
        S.VALIDATED: 2 + 2 * (n % 4),
        S.SIGNED: rng.randint(12, 20),
        S.TO_SIGN: rng.randint(20, 32),
        S.PROPOSED: rng.randint(30, 45),
        S.DRAFT: rng.randint(35, 60),
        S.REJECTED: rng.randint(10, 20),
        S.WITHDRAWN: rng.randint(10, 20),
        S.EXPIRED: -rng.randint(35, 40),
        S.CANCELLED: -rng.randint(12, 18),
    }[state]
    starts_on = today + timedelta(days=ahead)
    if starts_on.weekday() > 4:  # not on a Saturday or Sunday
        starts_on += timedelta(days=7 - starts_on.weekday())
    return starts_on, _last(starts_on, rng.choice((6, 9, 12))), None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last(starts_on: date, months: int) -> date:
    return add_months(starts_on, months) - timedelta(days=1)


def _pick_person(world: World, free: list[Person], came_before: list[Person], state: PlacementState, starts_on: date) -> Person:
    """Somebody without a placement yet; now and then somebody who comes back after the first one."""
    if state in {S.ACTIVE, S.VALIDATED, S.PROPOSED} and world.rng.random() < 0.2:
        for person in came_before:
            if all(end + timedelta(days=15) < starts_on for _, end in person.busy):
                came_before.remove(person)
                return person
    return free.pop(world.rng.randrange(len(free)))


def _pick_place(
    world: World, hosts: Hosts, ambito: int, loads: dict[int, int], state: PlacementState, n: int
) -> tuple[Place, CompanyTutor]:
    """A host with room and the tutor with fewest people; the first three in progress go to tutor@example.org, the fourth to the bakery."""
    if (state == S.ACTIVE and n < AT_BAKERY) or (state, n) == TO_CONTACT:
        place = hosts.known
    elif state == S.ACTIVE and n == AT_BAKERY:
        place = hosts.bakery
    else:
        with_tutor = [p for p in hosts.places[ambito] if p.tutors and p is not hosts.known and p is not hosts.bakery]
        least = min(p.placed - p.room for p in with_tutor)
        place = world.rng.choice([p for p in with_tutor if p.placed - p.room <= least + 1])
    tutor = place.tutors[0] if place is hosts.known else min(place.tutors, key=lambda t: loads.get(t.pk, 0))
    if state not in OVER:
        place.placed += 1
        loads[tutor.pk] = loads.get(tutor.pk, 0) + 1
    return place, tutor


def _placement(
    world: World,
    office: Office,
    district: District,
    person: Person,
    place: Place,
    tutor: CompanyTutor,
    state: PlacementState,
    starts_on: date,
    ends_on: date,
    ended_on: date | None,
) -> Placed:
    rng = world.rng
    day_centre = rng.random() < 0.3
    row = world.new(
        Placement,
        ambito=district.ambito,
        beneficiary=person.row,
        company=place.company,
        site=place.site,
        company_tutor=tutor,
        promoter_tutor=person.educator,
        rulebook=district.rulebook,
        state=state,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_on=ended_on,
        is_additional=rng.random() < 0.35,
        day_centre_alternative=day_centre,
        day_centre_by=person.referent if day_centre else None,
        prepared_by=person.referent,
        created_by=person.referent,
    )
    person.busy.append((starts_on, ended_on or ends_on))
    one = Placed(row, person, place, tutor, office, district, _steps(world, state, starts_on, ended_on))
    if "validated" in one.steps:
        row.validated_by, row.validated_at = office.coordinator, world.at(one.steps["validated"], 15)
        row.exclusive = district.rules.severity(12) == Severity.BLOCK
    return one


def _steps(world: World, state: PlacementState, starts_on: date, ended_on: date | None) -> dict[str, date]:
    """A day for each transition, in order and not after today."""
    rng, path = world.rng, PATHS[state]
    steps: dict[str, date] = {}
    day = min(starts_on - timedelta(days=rng.randint(3, 8)), world.ago(rng.randint(1, 3)))
    for name in reversed([step for step in path if step in BEFORE_START]):
        steps[name] = day
        day -= timedelta(days=rng.randint(4, 9))
    after = {
        "activated": starts_on,
        "suspended": world.ago(rng.randint(9, 25)),
        "ended": ended_on,
        "ended_early": ended_on,
        "evaluated": ended_on + timedelta(days=rng.randint(5, 15)) if ended_on else None,
        "closed": ended_on + timedelta(days=rng.randint(20, 45)) if ended_on else None,
        "rejected": world.ago(1),
        "withdrawn": world.ago(1),
        "expired": starts_on + timedelta(days=31),
        "cancelled": starts_on - timedelta(days=2),
    }
    return {name: steps.get(name) or after[name] or world.today for name in path}


def _facts_of_life(world: World, one: Placed, n: int) -> None:
    """Communication, safety training and fitness, as far as the placement has come; the red and the amber one; the audited steps."""
    rng, row = world.rng, one.row
    if "validated" in one.steps:
        sent = min(row.starts_on - timedelta(days=rng.randint(1, 4)), world.today)
        code = f"{rng.randint(10**12, 10**13 - 1)}"
        if not (row.state == S.VALIDATED and n == AMBER):  # there it has still to go
            if row.state == S.ACTIVE and n == LATE:
                sent = row.starts_on + timedelta(days=3)
            one.start = _communication(world, one, CommunicationKind.START, row.starts_on, sent, code)
        if row.state == S.VALIDATED and n == RED:
            one.person.charge.valid_to = row.starts_on + timedelta(days=40)  # before the end: rule 4 blocks
        if rng.random() < 0.9:
            _training(world, one, one.steps["validated"])
    if one.place.trade.sector in {texts.TRADES[t].sector for t in WITH_FITNESS}:
        row.needs_fitness = True
        if found := one.steps.get("validated"):
            to = years_later(found, 1)
            _evidence(world, one, EvidenceKind.FITNESS, done_on=found, valid_to=to, provider="Medico competente")
    if "issued" in one.steps and one.start is None and row.state in (S.TO_SIGN, S.SIGNED, S.VALIDATED):
        one.start = _communication(world, one, CommunicationKind.START, row.starts_on)
    if row.state == S.ENDED_EARLY and row.ended_on:
        sent_on = min(row.ended_on + timedelta(days=2), world.today)
        _communication(world, one, CommunicationKind.EARLY_END, row.ended_on, sent_on, f"{rng.randint(10**12, 10**13 - 1)}")
    reasons = {
        "withdrawn": texts.REASONS_WITHDRAWN[n % len(texts.REASONS_WITHDRAWN)],
        "ended_early": texts.REASONS_EARLY[n % len(texts.REASONS_EARLY)],
        "suspended": texts.REASON_SUSPENDED,
        "evaluated": texts.NOTE_EVALUATED,
        "rejected": texts.REASON_REJECTED,
        "expired": texts.REASON_EXPIRED,
        "cancelled": texts.REASON_CANCELLED,
    }
    before = str(S.DRAFT)
    for hour, (name, day) in enumerate(one.steps.items(), start=9):
        step = PLACEMENT[name]
        people: dict[str | None, User | None] = {None: None, P.VALIDATE_PLACEMENTS: one.office.coordinator}
        by = people.get(step.permission, one.person.referent)
        world.fact(
            f"agreements.placement.{name}", row, on=day, by=by, before=before, after=step.target, reason=reasons.get(name, ""), hour=hour
        )
        before = step.target


def _project(world: World, one: Placed) -> None:
    rng, row = world.rng, one.row
    weekdays, hour, minute, minutes = rng.choice(texts.WEEKS)
    one.week = {day: (time(hour, minute), minutes) for day in weekdays}
    model, amount = rng.choice(
        (
            (AllowanceModel.MONTHLY, Decimal(rng.choice((300, 320, 350)))),
            (AllowanceModel.MONTHLY_THRESHOLD, Decimal(rng.choice((300, 350, 380, 400)))),
            (AllowanceModel.MONTHLY_THRESHOLD, Decimal(rng.choice((320, 350, 400)))),
            (AllowanceModel.HOURLY, Decimal(rng.choice(("4.50", "5.00", "5.50")))),
        )
        if rng.random() < 0.93
        else ((AllowanceModel.NONE, Decimal(0)),)
    )
    is_taxed = (model, amount) == (AllowanceModel.HOURLY, Decimal("5.50"))
    one.project = world.new(
        PersonalProject,
        ambito=row.ambito,
        placement=row,
        effective_from=row.starts_on,
        ends_on=row.ends_on,
        state=ProjectState.WITHDRAWN if row.state in GIVEN_UP and not one.has_papers else ProjectState.DRAFTED,
        tasks="\n".join(rng.sample(one.place.trade.tasks, 3)),
        adaptations=rng.choice(texts.ADAPTATIONS),
        outside_activities=rng.choice(texts.OUTSIDE),
        **texts.DETAILS[sum(map(ord, one.place.trade.tasks[0])) % len(texts.DETAILS)],
        weekly_minutes=minutes * len(weekdays),
        allowance_model=model,
        allowance_amount=amount,
        payer=one.district.body,
        tax_treatment=TaxTreatment.TAXED if is_taxed else TaxTreatment.EXEMPT,
        tax_motive="" if model == AllowanceModel.NONE else texts.TAXED if is_taxed else texts.EXEMPT,
        created_by=one.person.referent,
    )
    if one.project.outside_activities:
        kind, address = texts.OUTSIDE_PLACES[one.project.outside_activities]
        told_on = one.steps.get("issued")
        one.places = [world.new(OutsidePlace, ambito=row.ambito, placement=row, kind=OutsideKind(kind), address=address, told_on=told_on)]
    for position, text in enumerate(rng.sample(texts.GOALS, rng.choice((3, 3, 4))), start=1):
        world.new(Goal, ambito=row.ambito, project=one.project, position=position, text=text)
    for day, (starts_at, minutes) in one.week.items():
        world.new(WeekDay, ambito=row.ambito, project=one.project, weekday=day, starts_at=starts_at, minutes=minutes)


def _communication(
    world: World, one: Placed, kind: CommunicationKind, about_on: date, sent_on: date | None = None, code: str = ""
) -> Communication:
    rules, clerk = one.district.rules, one.office.by_role[Role.CLERK]
    return world.new(
        Communication,
        ambito=one.row.ambito,
        placement=one.row,
        kind=kind,
        about_on=about_on,
        due_on=communication_due_on(kind, about_on, rules),
        sender=rules.communication_sender,
        sent_on=sent_on,
        code=code if sent_on else "",
        recorded_by=clerk if sent_on else None,
        created_by=one.person.referent,
    )


def _training(world: World, one: Placed, done_on: date) -> None:
    """The general part once in a life, the specific one for the company's class of risk; a few stop at a lower class."""
    company, rng = one.row.company, world.rng
    risk = RiskClass(company.risk_class or RiskClass.MEDIUM) if rng.random() < 0.9 else RiskClass.LOW
    hours = {RiskClass.LOW: 4, RiskClass.MEDIUM: 8, RiskClass.HIGH: 12}[risk]
    known = one.person.evidence
    if not any(e.kind == EvidenceKind.GENERAL for e in known):
        _evidence(world, one, EvidenceKind.GENERAL, done_on=done_on, hours=4, provider="Ente bilaterale, corso in aula")
    more = {"valid_to": years_later(done_on, one.district.rules.safety_specific_years), "provider": str(company)}
    _evidence(world, one, EvidenceKind.SPECIFIC, done_on=done_on, hours=hours, risk_class=risk, **more)


def _evidence(world: World, one: Placed, kind: EvidenceKind, **values: Any) -> SafetyEvidence:
    row = world.new(SafetyEvidence, ambito=one.row.ambito, beneficiary=one.person.row, kind=kind, created_by=one.person.referent, **values)
    one.person.evidence.append(row)
    return row


def cover_days(today: date) -> tuple[date, date]:
    """First and last day of the policies: whole years, before the first placement and after the last one."""
    return date(today.year - 2, 1, 1), date(today.year + 2, 12, 31)


def _covers(world: World, district: District, office: Office) -> None:
    first, last = cover_days(world.today)
    clerk, number = office.by_role[Role.CLERK], district.ambito.pk
    for kind, reference, insurer in (
        (CoverKind.INAIL, f"PAT {world.rng.randint(10_000_000, 99_999_999)}/{number:02d}", "INAIL, sede di Sondrio"),
        (CoverKind.LIABILITY, f"RC {world.rng.randint(100_000, 999_999)}", "Mutua assicurazioni Tetto Sicuro"),
    ):
        world.new(
            Cover, ambito=district.ambito, kind=kind, number=reference, insurer=insurer, valid_from=first, valid_to=last, created_by=clerk
        )


def _agreements(world: World, people: People, hosts: Hosts, placed: list[Placed]) -> None:
    """One with each host of an Ambito, as far along as its placements need; and one that was given up."""
    by_host: dict[tuple[int, int], list[Placed]] = {}
    for one in placed:
        by_host.setdefault((one.row.ambito_id, one.row.company_id), []).append(one)
    for n, group in enumerate(by_host.values()):
        if any(one.is_signed for one in group):
            state = AgreementState.SIGNED
        elif any(one.has_papers for one in group):
            state = (AgreementState.ISSUED, AgreementState.SIGNED)[n % 2]
        elif n % 2:
            state = AgreementState.DRAFT
        else:
            continue
        first = min([one.row.starts_on - timedelta(days=40) for one in group] + [world.ago(12)])
        plan = _agreement(world, group[0], first, state)
        if n == 3 and state == AgreementState.SIGNED:  # one that is about to end
            plan.row.valid_to = world.today + timedelta(days=40)
        for one in group:
            one.row.agreement, one.agreement = plan.row, plan
    given_up = next(p for p in hosts.places[world.districts[0].ambito.pk] if not p.tutors)
    worker = people.offices[world.districts[0].ambito.pk].workers[0]
    row = world.new(
        FrameworkAgreement,
        ambito=world.districts[0].ambito,
        company=given_up.company,
        state=AgreementState.WITHDRAWN,
        valid_from=world.ago(100),
        valid_to=_last(world.ago(100), 36),
        created_by=worker,
    )
    world.fact(
        "agreements.framework_agreement.withdrawn",
        row,
        on=world.ago(80),
        by=worker,
        before=AgreementState.DRAFT,
        after=AgreementState.WITHDRAWN,
        reason="L'impresa preferisce aspettare l'anno prossimo.",
    )


def _agreement(world: World, one: Placed, first: date, state: AgreementState) -> AgreementPlan:
    row = world.new(
        FrameworkAgreement,
        ambito=one.row.ambito,
        company=one.row.company,
        valid_from=first,
        valid_to=_last(first, 36),
        created_by=one.person.referent,
    )
    return AgreementPlan(row, state, issued_on=first - timedelta(days=9), signed_on=first - timedelta(days=2))
