"""Two people who asked to talk: one, urgently, this morning; one some weeks ago, who was answered."""

from datetime import timedelta

from django.urls import reverse

from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.core.models import Todo
from placements.agreements.enums import PlacementState
from placements.monitoring.models import Talk
from placements.monitoring.services.talk import ASKED
from placements.monitoring.talk_enums import TalkReason, TalkSource, TalkState, TalkStep, TalkWay, TalkWhen

from .placements import Placed
from .world import World


def create_talks(world: World, placed: list[Placed]) -> None:
    home = world.districts[0].ambito
    running = [one for one in placed if one.row.state == PlacementState.ACTIVE and one.row.ambito == home]
    long = [one for one in running if (world.today - one.row.starts_on).days > 50]
    _answered(world, long[-1])
    _urgent(world, next(one for one in running if one is not long[-1]))


def _urgent(world: World, one: Placed) -> None:
    day = world.today
    talk = world.new(
        Talk,
        ambito=one.row.ambito,
        placement=one.row,
        asked_at=world.at(day, 7, 50),
        came_by=TalkSource.PAPER,
        reason=TalkReason.BADLY,
        words="Un collega mi prende in giro davanti a tutti. Non voglio che lo sappiano.",
        reach_when=TalkWhen.AFTERNOON,
        way=TalkWay.PHONE,
        is_urgent=True,
        due_on=day,
    )
    world.fact("monitoring.talk.asked", talk, on=day)
    world.new(
        Todo,
        kind=ASKED,
        subject_type=talk._meta.label_lower,
        subject_id=talk.pk,
        title="Urgente: una persona chiede di parlare, oggi",
        url=reverse("monitoring:talk", args=[talk.public_id]),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.REFERENT,
        is_mandatory=True,
        due_on=day,
        ambito_id=one.row.ambito_id,
    )


def _answered(world: World, one: Placed) -> None:
    day, by = world.ago(20), one.person.referent
    talk = world.new(
        Talk,
        ambito=one.row.ambito,
        placement=one.row,
        state=TalkState.ANSWERED,
        asked_at=world.at(day, 18, 5),
        came_by=TalkSource.PHONE,
        reason=TalkReason.MONEY,
        words="Non capisce perché questo mese ha ricevuto di meno.",
        reach_when=TalkWhen.MORNING,
        way=TalkWay.MEET,
        due_on=day + timedelta(days=2),
        taken_by=by,
        answered_by=by,
        answered_on=day + timedelta(days=1),
        agreed="Abbiamo guardato insieme il foglio del mese: due giorni di malattia. Adesso è chiaro. Ha la copia in parole semplici.",
        next_step=TalkStep.CALL,
        next_on=day + timedelta(days=15),
        next_done_on=day + timedelta(days=14),
        created_by=by,
    )
    world.fact("monitoring.talk.asked", talk, on=day, by=by)
    world.fact("monitoring.talk.taken", talk, on=day, by=by, before="asked", after="taken")
    world.fact("monitoring.talk.answered", talk, on=day + timedelta(days=1), by=by, before="taken", after="answered")
