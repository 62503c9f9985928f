"""Two accident files: one that was closed, and one whose notices are still going out."""

from datetime import timedelta

from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Todo
from placements.agreements.enums import PlacementState
from placements.monitoring.enums import AccidentState, Harm, NoticeTo
from placements.monitoring.models import Accident, AccidentNotice
from placements.monitoring.services.accidents import TELL

from .placements import Placed
from .world import World


def create_accidents(world: World, placed: list[Placed]) -> None:
    home = world.districts[0].ambito
    running = [one for one in placed if one.row.state == PlacementState.ACTIVE and one.row.ambito == home]
    long_ago = next(one for one in running if (world.today - one.row.starts_on).days > 80)
    lately = next(one for one in running if one is not long_ago and (world.today - one.row.starts_on).days > 10)
    _closed(world, long_ago)
    _open(world, lately)


def _closed(world: World, one: Placed) -> None:
    day = world.ago(60)
    accident = world.new(
        Accident,
        ambito=one.row.ambito,
        placement=one.row,
        state=AccidentState.CLOSED,
        happened_at=world.at(day, 10, 40),
        place=str(one.row.site),
        dynamics="Nel sollevare una cassetta si è fatta male a un polso. Si è fermata subito.",
        harm=Harm.EMERGENCY,
        witnesses="Il tutor aziendale e una collega.",
        first_aid="Ghiaccio, poi accompagnata al pronto soccorso.",
        certificate_on=day,
        prognosis_days=6,
        outcome="È rientrata dopo una settimana. L'impresa ora usa casse più piccole.",
        created_by=one.person.referent,
    )
    for to, protocol in ((NoticeTo.PROMOTER, ""), (NoticeTo.FAMILY, ""), (NoticeTo.INAIL, "INAIL 884120"), (NoticeTo.INSURER, "PEC 2231")):
        sent_on = day if to in (NoticeTo.PROMOTER, NoticeTo.FAMILY) else day + timedelta(days=2)
        values = {"accident": accident, "placement": one.row, "ambito": one.row.ambito, "created_by": one.person.referent}
        world.new(AccidentNotice, to=to, due_on=sent_on, sent_on=sent_on, protocol=protocol, **values)
    by = one.person.referent
    world.fact("monitoring.accident.reported", accident, on=day, by=by)
    world.fact("monitoring.accident.notified", accident, on=day + timedelta(days=2), before="open", after="notified")
    world.fact("monitoring.accident.closed", accident, on=day + timedelta(days=12), by=by, before="notified", after="closed")


def _open(world: World, one: Placed) -> None:
    day = world.ago(1)
    accident = world.new(
        Accident,
        ambito=one.row.ambito,
        placement=one.row,
        happened_at=world.at(day, 11, 15),
        place=str(one.row.site),
        dynamics="È scivolata sul pavimento bagnato, vicino al magazzino.",
        harm=Harm.EMERGENCY,
        witnesses="Il tutor aziendale.",
        created_by=one.tutor.user or one.person.referent,
    )
    world.fact("monitoring.accident.reported", accident, on=day, by=one.tutor.user or one.person.referent)
    for to, due_on in (
        (NoticeTo.PROMOTER, day),
        (NoticeTo.FAMILY, day),
        (NoticeTo.INAIL, None),
        (NoticeTo.INSURER, world.today + timedelta(days=2)),
    ):
        told = to in (NoticeTo.PROMOTER, NoticeTo.FAMILY)
        notice = world.new(
            AccidentNotice,
            ambito=one.row.ambito,
            accident=accident,
            placement=one.row,
            to=to,
            due_on=due_on,
            sent_on=day if told else None,
            created_by=one.person.referent,
        )
        if due_on and not told:
            world.new(
                Todo,
                kind=TELL,
                subject_type=notice._meta.label_lower,
                subject_id=notice.pk,
                title=f"Avviso di un incidente da fare: {to.label}",
                url=reverse("monitoring:detail", args=[accident.public_id]),
                role=Role.CLERK,
                due_on=due_on,
                ambito_id=one.row.ambito_id,
            )
