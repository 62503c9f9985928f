"""What happened to placements after the first signature: pauses, early ends, requests, a change in preparation, a new tutor."""

from datetime import date, timedelta

from impresasolidale.territory.rules import add_months
from placements.agreements.change_enums import Asker, EndCause, ExtensionState, NextStep, SuspensionCause, TutorKind
from placements.agreements.enums import AllowanceModel, PlacementState, ProjectKind, ProjectState
from placements.agreements.models import DETAILS, EarlyEnd, ExtensionRequest, Goal, PersonalProject, Suspension, TutorChange, WeekDay

from . import texts
from .placements import Placed
from .world import World

S = PlacementState
MODELS = (Suspension, ExtensionRequest, EarlyEnd, TutorChange)
ENDS = (
    (EndCause.MOVED, NextStep.SERVICES),
    (EndCause.HIRED, NextStep.JOB),
    (EndCause.OTHER_PATH, NextStep.SERVICES),
    (EndCause.HEALTH, NextStep.NEW_PLACEMENT),
)  # beside texts.REASONS_EARLY


def create_changes(world: World, placed: list[Placed]) -> None:
    by_state: dict[str, list[Placed]] = {}
    for one in placed:
        by_state.setdefault(one.row.state, []).append(one)
    for one in by_state.get(S.SUSPENDED, []):
        assert one.suspended_on
        _suspension(world, one, one.suspended_on, None, SuspensionCause.PERSON, "Pausa concordata")
    for n, one in enumerate(by_state.get(S.ENDED_EARLY, [])):
        _early_end(world, one, n)
    running = _running(world, placed)
    for one in running[3:6]:
        start = world.today + timedelta(days=30)
        _suspension(world, one, start, start + timedelta(days=9), SuspensionCause.CLOSURE, "Chiusura stagionale del laboratorio")
    for n, one in enumerate(running[6:9]):
        _request(world, one, ExtensionState.DENIED if n == 2 else ExtensionState.ASKED)
    for one in running[11:13]:
        _new_educator(world, one)
    _renewals(placed)


def create_amendments(world: World, placed: list[Placed]) -> None:
    """Once the first versions are signed."""
    for one in _running(world, placed)[9:11]:
        _amendment(world, one)


def _running(world: World, placed: list[Placed]) -> list[Placed]:
    return [one for one in placed if one.row.state == S.ACTIVE and one.row.ends_on > world.today + timedelta(days=60)]


def _suspension(world: World, one: Placed, first: date, last: date | None, cause: str, note: str) -> None:
    pause = world.new(
        Suspension,
        ambito=one.row.ambito,
        placement=one.row,
        starts_on=first,
        ends_on=last,
        cause=cause,
        note=note,
        moves_end=True,
        decided_by=one.person.referent,
        created_by=one.person.referent,
    )
    one.pauses.append(pause)


def _early_end(world: World, one: Placed, n: int) -> None:
    cause, after = ENDS[n % len(ENDS)]
    world.new(
        EarlyEnd,
        ambito=one.row.ambito,
        placement=one.row,
        last_day=one.row.ended_on,
        cause=cause,
        asked_by=Asker.PERSON,
        next_step=after,
        note=texts.REASONS_EARLY[n % len(texts.REASONS_EARLY)],
        done_on=one.row.ended_on,
        created_by=one.person.referent,
    )


def _request(world: World, one: Placed, state: str) -> None:
    denied = state == ExtensionState.DENIED
    world.new(
        ExtensionRequest,
        ambito=one.row.ambito,
        placement=one.row,
        state=state,
        asked_by=Asker.HOST,
        asked_on=world.ago(12),
        until=add_months(one.row.ends_on, 3),
        motive="Sta imparando bene: serve ancora un po' di tempo.",
        decided_by=one.office.coordinator if denied else None,
        decided_on=world.ago(5) if denied else None,
        answer="Gli obiettivi del progetto sono già raggiunti." if denied else "",
        alternative="Un colloquio con il centro per l'impiego, insieme all'educatore." if denied else "",
        created_by=one.person.referent,
    )


def _amendment(world: World, one: Placed) -> None:
    """A shorter week in preparation: the first of its days goes."""
    first, week = one.project, dict(sorted(one.week.items())[1:]) or one.week
    owner = {"ambito": one.row.ambito}
    version = world.new(
        PersonalProject,
        **owner,
        placement=one.row,
        version=2,
        kind=ProjectKind.AMENDMENT,
        state=ProjectState.DRAFTED,
        effective_from=world.today + timedelta(days=20),
        ends_on=one.row.ends_on,
        reason="Il pullman del mattino non passa più.",
        tasks=first.tasks,
        adaptations=first.adaptations,
        outside_activities=first.outside_activities,
        **{name: getattr(first, name) for name in DETAILS},
        weekly_minutes=sum(minutes for _at, minutes in week.values()),
        allowance_model=first.allowance_model or AllowanceModel.NONE,
        allowance_amount=first.allowance_amount,
        payer=first.payer,
        tax_treatment=first.tax_treatment,
        tax_motive=first.tax_motive,
        created_by=one.person.referent,
    )
    for goal in Goal.objects.filter(project=first).order_by("position"):
        world.new(Goal, **owner, project=version, position=goal.position, text=goal.text)
    for day, (starts_at, minutes) in week.items():
        world.new(WeekDay, **owner, project=version, weekday=day, starts_at=starts_at, minutes=minutes)


def _new_educator(world: World, one: Placed) -> None:
    """From a day ahead the social worker takes over from the educator."""
    if one.row.promoter_tutor_id == one.person.referent.pk:
        return
    world.new(
        TutorChange,
        ambito=one.row.ambito,
        placement=one.row,
        kind=TutorKind.PROMOTER,
        from_user=one.person.educator,
        to_user=one.person.referent,
        on=world.today + timedelta(days=15),
        reason="L'educatrice passa a un'altra zona.",
        created_by=one.person.referent,
    )


def _renewals(placed: list[Placed]) -> None:
    """Who comes back to the same company goes on from the earlier placement."""
    earlier: dict[tuple[int, int], Placed] = {}
    for one in sorted(placed, key=lambda p: (p.row.starts_on, p.row.pk)):
        key = (one.person.row.pk, one.row.company_id)
        before = earlier.get(key)
        if before and before.row.ended_on and before.row.ended_on < one.row.starts_on and one.row.pk > before.row.pk:
            one.row.parent, one.row.renewal_reason = before.row, "Il percorso va bene e serve ancora tempo."
            one.row.opinion, one.row.opinion_by = "Favorevole: gli obiettivi sono nuovi.", str(one.person.referent)
        earlier[key] = one
