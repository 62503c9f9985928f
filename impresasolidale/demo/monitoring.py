"""Visits with their minutes, one late and one put off; what happened beside accidents; placements that are over, with their papers,
their outcome and a call of this week. At the door of the services, on the days the demo tells."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.models import Deadline, Job
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.monitoring.models import FollowUp, Visit
from placements.monitoring.services import closing, events, outcomes, visits
from placements.monitoring.visit_enums import (
    AttestationKind,
    DecisionFor,
    EventKind,
    GoalWord,
    OutcomeKind,
    Present,
    Severity,
    Told,
    Topic,
    VisitKind,
)

from .papers import LATER, RENDER
from .placements import Placed
from .world import World, acting_for

S = PlacementState
MANY = 60  # placements with visits: a larger demo has no need of more
NOTES = (
    "Arriva puntuale e saluta tutti. Il tutor dice che ormai comincia da sola le prime cose della mattina.",
    "Ha mostrato con orgoglio lo scaffale che tiene in ordine. Chiede se può provare anche alla cassa.",
    "Settimana un po’ faticosa, ma si è fermata e ha chiesto aiuto: è quello che ci eravamo detti.",
    "Il gruppo la cerca per la pausa. Il tutor propone di allungare di mezz’ora il venerdì.",
)
HARD = ("", "La corriera delle sette arriva in ritardo, e lei si agita.", "", "Quando ci sono tante consegne insieme si confonde.")
DECISIONS = (
    ("Chiedere all’azienda dei trasporti l’orario nuovo della corriera", DecisionFor.REFERENT),
    ("Provare un’ora alla cassa, con il tutor accanto", DecisionFor.PROMOTER_TUTOR),
)
HELPED = "Un compito chiaro alla volta, scritto su un foglio con le figure. Il tutor sempre lo stesso."
DIFFICULT = "I giorni con poco lavoro: senza un compito preciso si perde d’animo."
PROPOSED = "Restare in contatto con l’impresa, e provare un corso breve vicino a casa."
HOST_WORDS = (
    "Ci mancherà. È diventata una di noi, e i clienti chiedono di lei.",
    "Ha imparato più di quanto pensassimo, con i suoi tempi.",
)
PERSON_WORDS = ("Mi è piaciuto stare con loro. Adesso so fare una cosa che prima non sapevo.", "Ero agitata all’inizio, poi no.")
ACTIVITIES = "Ha preparato gli ordini e sistemato gli scaffali.\nHa tenuto pulito il banco e accolto chi entrava."
SHOWN = "Ha collaborato con tutto il gruppo e ha saputo chiedere aiuto.\nÈ stata un riferimento per chi arrivava dopo di lei."
SKILLS = "Prepara un ordine da sola seguendo una lista.\nUsa con cura gli attrezzi del reparto."
AFTER = (OutcomeKind.NEW_HOST, OutcomeKind.SERVICE, OutcomeKind.TRAINING, OutcomeKind.HERE, OutcomeKind.HIRED, OutcomeKind.STOP)
HAPPENED = (
    (EventKind.HOME, Severity.LIGHT, "In casa hanno traslocato: per due settimane arriva stanca.", "Per ora si accorcia il venerdì."),
    (EventKind.CONFLICT, Severity.SERIOUS, "Un collega ha alzato la voce davanti a tutti; lei è andata via piangendo.", ""),
    (EventKind.DAMAGE, Severity.LIGHT, "Ha rotto un vaso nello spostare il carrello. Nessuno si è fatto male.", "Il carrello piccolo."),
)


def create_monitoring(world: World, placed: Sequence[Placed]) -> None:
    running = [one for one in placed if one.row.state in (S.ACTIVE, S.SUSPENDED)][:MANY]
    for n, one in enumerate(running):
        _visit(world, one, n)
    with world.acting("visits of the night", on=world.today, hour=1):
        for district in world.districts:
            night = Access.system(network_id=world.network.pk, ambito_id=district.ambito.pk, reason="visits of the rule book")
            with scope(night.scope):
                visits.plan_visits(by=night, today=world.today)
    home = [one for one in running if one.row.ambito == world.districts[0].ambito and one.row.state == S.ACTIVE]
    _put_off(world, home)
    for district in world.districts:
        here = [one for one in running if one.row.ambito == district.ambito and (world.today - one.row.starts_on).days > 20]
        for one, told in zip(here, HAPPENED if district is world.districts[0] else HAPPENED[:1], strict=False):
            _event(world, one, *told)
    over = [one for one in placed if one.row.state == S.CLOSED]
    for n, one in enumerate(over):
        _finish(world, one, n)
    _due_this_week(world, next(one for one in over if one.row.ambito == world.districts[0].ambito))
    old = timezone.now() - timedelta(days=1)
    Job.objects.filter(name=RENDER, run_after__lt=old).update(run_after=timezone.now() + LATER)


def _visit(world: World, one: Placed, n: int) -> None:
    """A visit in the last two months, with its minutes; every ninth a little longer ago, so that the next is late."""
    days = (world.today - one.row.kept_from).days
    if days < 25:
        return
    on = world.ago(min(days - 10, 66 if n % 9 == 4 else 4 + 11 * n % 56))
    while on.weekday() > 4 or any(pause.holds(on) for pause in one.pauses):
        on -= timedelta(days=1)
    if on < one.row.kept_from:
        return
    by = acting_for(one.person.educator, one.district)
    with world.acting("minutes", one.row.pk, on=on, hour=11), scope(by.scope):
        visit = visits.plan_visit(placement=one.row, by=by, today=on)
        if visit is None or n % 6 == 5:
            visit = visits.open_visit(placement=one.row, kind=VisitKind.URGENT, by=by, today=on)
        text, role = DECISIONS[n % 2]
        decided = [visits.Decided(text, role, world.today + timedelta(days=3 + n % 9))] if n % 3 == 0 else []
        visits.close_minutes(
            visit=visit,
            row_version=visit.row_version,
            decisions=decided,
            held_on=on,
            place=str(one.row.site),
            present=[Present.PERSON, Present.COMPANY_TUTOR, Present.PROMOTER_TUTOR],
            others="",
            topics=[Topic.TASKS, Topic.RELATIONS, (Topic.GOALS, Topic.TRAVEL, Topic.WELLBEING)[n % 3]],
            notes=NOTES[n % len(NOTES)],
            difficulties=HARD[n % len(HARD)],
            next_on=None,
            by=by,
            today=on,
        )
        if n % 10 == 0:
            visits.add_note(visit=visit, text="C’era anche la sorella, arrivata verso la fine.", by=by)


def _put_off(world: World, among: Sequence[Placed]) -> None:
    """The next one that can wait."""
    visits_of = {one.row.pk: one for one in among}
    due = Visit.objects.filter(
        placement__in=list(visits_of), state="planned", due_on__range=(world.today, world.today + timedelta(days=60))
    )
    can_wait = (v for v in due.select_related("placement").order_by("due_on", "pk") if v.due_on + timedelta(days=7) <= v.placement.last_day)
    if (visit := next(can_wait, None)) is None:
        return
    one, to = visits_of[visit.placement_id], visit.due_on + timedelta(days=7)
    by = acting_for(one.person.educator, one.district)
    with world.acting("put off", one.row.pk, on=world.today, hour=8), scope(by.scope):
        visits.put_off(visit=visit, to=to, reason="L’impresa fa l’inventario: ci aspetta la settimana dopo.", by=by, today=world.today)


def _event(world: World, one: Placed, kind: EventKind, severity: Severity, text: str, decided: str) -> None:
    on, by = world.ago(6), acting_for(one.person.referent, one.district)
    with world.acting("event", one.row.pk, on=on, hour=12), scope(by.scope):
        event = events.report_event(
            placement=one.row,
            kind=kind,
            severity=severity,
            happened_on=on,
            text=text,
            informed=[Told.FAMILY] if kind == EventKind.HOME else [Told.HOST, Told.COORDINATOR],
            decided=decided,
            follow_up_on=None if decided else world.today + timedelta(days=4),
            by=by,
            today=on,
        )
    if kind == EventKind.DAMAGE:
        with world.acting("settled", one.row.pk, on=world.ago(3), hour=12), scope(by.scope):
            events.settle_event(event=event, outcome="L’impresa non chiede niente. Ora usa il carrello piccolo.", by=by, today=world.ago(3))


def _finish(world: World, one: Placed, n: int) -> None:
    """What was done before it was filed: outcome, final report, attestation."""
    worker: User = one.person.referent
    by, row = acting_for(worker, one.district), Placement.objects.get(pk=one.row.pk)
    on = row.last_day + timedelta(days=4)
    with world.acting("end", row.pk, on=on, hour=15), scope(by.scope):
        outcomes.record_outcome(placement=row, kind=AFTER[n % len(AFTER)], note="Ne abbiamo parlato insieme.", by=by, today=on)
        goals = {
            goal.pk: (GoalWord.REACHED, GoalWord.PARTLY)[(n + at) % 2] for at, goal in enumerate(one.project.goals.order_by("position"))
        }
        words = {"host_words": HOST_WORDS[n % 2], "person_words": PERSON_WORDS[n % 2], "helped": HELPED}
        more = {"hard": DIFFICULT, "proposals": PROPOSED}
        closing.write_final_report(placement=row, row_version=0, goals=goals, by=by, **words, **more)
        closing.issue_final_report(placement=row, by=by, today=on)
        kind, skills = (AttestationKind.SKILLS, SKILLS) if n % 2 == 0 else (AttestationKind.RELATIONAL, "")
        closing.issue_attestation(placement=row, kind=kind, activities=ACTIVITIES, shown=SHOWN, skills=skills, by=by, today=on)


def _due_this_week(world: World, one: Placed) -> None:
    """One of the calls falls in these days."""
    follow_up = FollowUp.objects.get(placement=one.row, months=6)
    follow_up.due_on = world.today + timedelta(days=2)
    follow_up.save(update_fields=["due_on"])
    Deadline.objects.filter(kind=outcomes.TO_DO, subject_id=follow_up.pk, closed_at=None).update(due_on=follow_up.due_on)
