"""What is certified of the people, what their decrees allow, their consents, and who still waits for a placement.

Its chances are its own: the rest of the demo stays as it is whatever is added here.
"""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from placements.beneficiaries.enums import (
    ActKind,
    ConsentKind,
    ExpectedGoal,
    LeavingReason,
    Level,
    Power,
    Priority,
    ReferralOutcome,
    ReferralReason,
    RepresentativeKind,
    StatusCategory,
    TargetArea,
    WaitingState,
)
from placements.beneficiaries.models import AREAS, Assessment, Consent, StatusEvidence, WaitingEntry
from placements.beneficiaries.rules import is_minor

from .people import Person
from .world import World


class Act(NamedTuple):
    """A certificate that is common in an area; `percents` empty where the category has none."""

    category: StatusCategory
    kind: ActKind
    issued_by: str
    percents: tuple[int, ...] = ()


BOARD = "Commissione medica INPS di Sondrio"
ACTS = {
    TargetArea.DISABILITY: (
        Act(StatusCategory.L68_CIVIL, ActKind.TARGETED_PLACEMENT, "Collocamento mirato, Provincia di Sondrio", (46, 55, 67, 75, 80)),
        Act(StatusCategory.CIVIL_ALLOWANCE, ActKind.INVALIDITY_BOARD, BOARD, (75, 80, 85)),
        Act(StatusCategory.L104_C1, ActKind.INVALIDITY_BOARD, BOARD),
        Act(StatusCategory.CIVIL_PENSION, ActKind.INVALIDITY_BOARD, BOARD, (100,)),
    ),
    TargetArea.MENTAL_HEALTH: (
        Act(StatusCategory.L68_CIVIL, ActKind.TARGETED_PLACEMENT, "Collocamento mirato, Provincia di Sondrio", (50, 60, 70)),
        Act(StatusCategory.L381_PSYCHIC, ActKind.INVALIDITY_BOARD, BOARD),
    ),
    TargetArea.ADDICTION: (Act(StatusCategory.L381_DRUGS, ActKind.HEALTH_SERVICE, "ASST Valtellina e Alto Lario, SerD"),),
    TargetArea.DISADVANTAGE: (
        Act(StatusCategory.TIS_ISEE, ActKind.ISEE, "INPS"),
        Act(StatusCategory.TIS_ADI, ActKind.OTHER, "INPS"),
        Act(StatusCategory.EU_UNEMPLOYED_12, ActKind.JOB_CENTRE, "Centro per l’impiego di Sondrio"),
        Act(StatusCategory.LOCAL_NEET, ActKind.SOCIAL_SERVICE, "Servizio sociale di base"),
    ),
    TargetArea.JUDICIAL: (Act(StatusCategory.L381_CONVICTED, ActKind.COURT, "Tribunale di sorveglianza"),),
}
POWERS = {
    RepresentativeKind.GUARDIAN: [Power.FULL],
    RepresentativeKind.SUPPORT_ADMINISTRATOR: [Power.MONEY, Power.SIGN],
}
LEVELS = (Level.MINIMAL, Level.MEDIUM, Level.HIGH)


def create_evidence(world: World, persons: dict[int, list[Person]]) -> None:
    rng = Random(f"{world.number}/evidence")
    for people in persons.values():
        for n, person in enumerate(people):
            _referral(rng, person)
            _areas(world, rng, person, n)
            if n % 3 != 2:
                _evidence(world, rng, person, n)
            if person.representative and person.representative.kind in POWERS:
                _decree(world, person, n)
            if n % 4 == 1 and not is_minor(person.row.birth_date, world.today):
                _consent(world, person, n)


def create_waits(world: World, persons: dict[int, list[Person]]) -> None:
    """Whoever has no placement yet waits; a few of them left the list."""
    rng = Random(f"{world.number}/waits")
    for people in persons.values():
        for n, person in enumerate(one for one in people if not one.busy):
            since = world.ago(rng.randint(12, 240))
            reasons = sorted(rng.sample(list(Priority), rng.choice((0, 1, 1, 2))))
            left = n % 9 == 8
            world.new(
                WaitingEntry,
                beneficiary=person.row,
                ambito=person.row.ambito,
                state=WaitingState.REMOVED if left else WaitingState.PROPOSED if n % 6 == 4 else WaitingState.WAITING,
                since=since,
                priorities=reasons,
                priorities_by=person.referent if reasons else None,
                priorities_on=since + timedelta(days=3) if reasons else None,
                left_on=world.ago(5) if left else None,
                left_why=LeavingReason.OTHER_PATH if left else "",
                created_by=person.referent,
            )


def _referral(rng: Random, person: Person) -> None:
    row = person.referral
    row.reason = rng.choice(list(ReferralReason))
    row.goals = sorted(rng.sample(list(ExpectedGoal), 2))
    row.outcome, row.outcome_on = ReferralOutcome.ACCEPTED, row.received_on + timedelta(days=14)


def _areas(world: World, rng: Random, person: Person, n: int) -> None:
    """The levels of the assessment; one person in four was assessed half a year before too, a little lower."""
    if person.assessment is None:
        return
    steps = {area: rng.randint(0, 2) for area in AREAS}
    for area, step in steps.items():
        setattr(person.assessment, area, LEVELS[step])
    if n % 4 == 0:
        world.new(
            Assessment,
            beneficiary=person.row,
            ambito=person.row.ambito,
            made_on=person.assessment.made_on - timedelta(days=180),
            author=person.referent.get_full_name(),
            **{area: LEVELS[max(step - rng.randint(0, 1), 0)] for area, step in steps.items()},
        )


def _evidence(world: World, rng: Random, person: Person, n: int) -> None:
    act = rng.choice(ACTS[TargetArea(person.row.target_area)])
    issued = person.referral.received_on - timedelta(days=rng.randint(20, 200))
    person.status = world.new(
        StatusEvidence,
        beneficiary=person.row,
        ambito=person.row.ambito,
        category=act.category,
        percent=rng.choice(act.percents) if act.percents else None,
        act_kind=act.kind,
        act_number=f"{rng.randint(100, 9900)}/{issued.year}",
        act_on=issued,
        issued_by=act.issued_by,
        valid_from=issued,
        valid_to=_end(world, n),
        created_by=person.referent,
    )


def _decree(world: World, person: Person, n: int) -> None:
    row = person.representative
    assert row
    row.powers = POWERS[RepresentativeKind(row.kind)]
    if not row.signs_alone:  # a guardian's is open-ended
        row.valid_to = _end(world, n)
        row.powers_note = "Spese fino a 300 euro al mese." if n % 2 else ""


def _end(world: World, n: int) -> date | None:
    """Some never end, some soon, a few ended."""
    return {0: world.today + timedelta(days=40 + n % 15), 1: world.today + timedelta(days=400 + n), 2: world.ago(12)}.get(n % 8)


def _consent(world: World, person: Person, n: int) -> None:
    given_on = world.ago(60 + n)
    world.new(
        Consent,
        beneficiary=person.row,
        ambito=person.row.ambito,
        kind=ConsentKind.TESTIMONY if n % 8 == 5 else ConsentKind.IMAGES,
        given_on=given_on,
        revoked_on=given_on + timedelta(days=30) if n % 20 == 13 else None,
        created_by=person.referent,
    )
