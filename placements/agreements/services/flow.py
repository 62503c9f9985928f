"""The life of a placement: one service per step of the state table, and the change of day."""

from datetime import date, timedelta
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hosts.services import refuse_blocked, refuse_closed
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core.audit import type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError, FourEyesRequired, NotReady
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Fact
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.territory.rules import Severity
from placements.beneficiaries.services import note_start

from .. import documents, readiness
from ..change_enums import ExtensionState
from ..change_rules import over_parallel
from ..enums import IN_WORK, LIVE, CommunicationKind, PlacementState, ProjectState
from ..models import DETAILS, EarlyEnd, FundingShare, Goal, IrregularDay, PersonalProject, Placement, WeekDay
from ..schedule import parallel_minutes
from ..transitions import EXTENSION, PLACEMENT, PROJECT
from .agreements import agreement_for
from .compliance import communication_due, drop_communications, strike_open_communications
from .requests import cancel_requests

S = PlacementState
CONTENT = (  # of a version, beside its goals and week
    *("effective_from", "ends_on", "tasks", "adaptations", "outside_activities", *DETAILS, "weekly_minutes"),
    *("allowance_model", "allowance_amount", "allowance_cap", "meals_provided", "transport_provided"),
    *("payer", "tax_treatment", "tax_motive"),
)
PREPARING = [f"{PLACEMENT.code}.{what}" for what in ("created", "edited", "proposed", "issued")]  # each is one of the first pair of eyes
OPEN_TODOS = tuple(
    f"agreements.{what}"
    for what in (
        *("to_sign", "to_validate", "change_to_sign", "extension_asked", "extension_granted", "slid_end", "expiring"),
        *("start_near", "ends_30", "ends_60", "bare", "bare_case"),
    )
)
RED_START = {"agreements.red_start": Role.COORDINATOR, "agreements.red_start_case": Role.SOCIAL_WORKER}


@transaction.atomic
def propose_placement(*, placement: Placement, by: Access, today: date) -> Placement:
    """The draft is complete enough to be looked at: both tutors, three to five goals."""
    row = _perform("proposed", placement, by=by, guard=_refuse_incomplete)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


@transaction.atomic
def return_to_draft(*, placement: Placement, reason: str, by: Access, today: date) -> Placement:
    """Back to the desk. A paper that was issued stays as it is: the next one is a new version that supersedes it."""
    row = _perform("returned", placement, by=by, reason=reason)
    project = row.projects.order_by("-version")[0]
    if project.state == ProjectState.TO_SIGN:
        _drop(project, by=by)
        new_version(project, by=by)
    strike_open_communications(row, _("Il tirocinio è tornato in bozza."), by=by)
    done(kind="agreements.to_sign", subject=row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


@transaction.atomic
def issue_papers(*, placement: Placement, by: Access, today: date) -> Placement:
    """Number and freeze the personal project under the rules of its start; it waits for every signature."""
    row = _perform("issued", placement, by=by, guard=_link_agreement)
    project = row.projects.select_related("payer").order_by("-version")[0]
    earlier = (
        row.projects.filter(version__lt=project.version, document__isnull=False).select_related("document").order_by("-version").first()
    )
    document = issue(
        kind=documents.PERSONAL_PROJECT,
        kind_label="Progetto personalizzato",
        template="agreements/pdf/personal_project_v1.html",
        subject=row,
        context=documents.personal_project(row, project),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=earlier.document if earlier else None,
        funding_source=row.funding_source,
    )
    perform(PROJECT, "issued", project, by=by, document=document)
    communication_due(placement=row, kind=CommunicationKind.START, on=row.starts_on, by=by)
    _ask("agreements.to_sign", row, _("Raccogli le firme: %(person)s"), Role.SOCIAL_WORKER, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


def note_all_signed(placement: Placement, *, by: Access, today: date) -> Placement:
    """The last signature is in: the system's own step, and the coordinator's turn."""
    row = _perform("signed", placement, by=by, as_system=True)
    perform(PROJECT, "effective", row.projects.get(state=ProjectState.TO_SIGN), by=by, as_system=True)
    done(kind="agreements.to_sign", subject=row, by=by)
    _ask("agreements.to_validate", row, _("Convalida il tirocinio: %(person)s"), Role.COORDINATOR, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


@transaction.atomic
def validate_placement(
    *, placement: Placement, by: Access, today: date, act: OutsideAct | None = None, act_file: UploadedFile | None = None
) -> Placement:
    """The coordinator's yes: never by anybody who prepared it, unless a recorded outside act is the second key.

    On or after the start date the start is tried at once. A red light does not stop the yes, it stops the start: the placement
    waits, and a to-do says so.
    """
    rules = placement.rulebook.rules
    exclusive = rules.severity(12) == Severity.BLOCK

    def guard(row: Placement) -> None:
        require_second_key(first_id=row.prepared_by_id, by=by, act=act)
        if not act and Fact.objects.filter(subject_type=type_of(row), subject_id=row.pk, actor_id=by.actor_id, code__in=PREPARING).exists():
            raise FourEyesRequired
        if row.ends_on < today:
            raise DomainError(_("Il periodo è già finito: riporta il tirocinio all'ufficio per nuove date."))
        refuse_blocked(company=row.company, starts_on=row.starts_on, by=by)
        refuse_closed(row.site, until=row.ends_on)
        if exclusive and overlapping(row).filter(exclusive=True).exists():
            raise DomainError(_("Questa persona ha già un tirocinio nello stesso periodo."))
        minutes = row.projects.get(state=ProjectState.EFFECTIVE).weekly_minutes
        if words := over_parallel(minutes, parallel_minutes(row, row.starts_on, row.ends_on), rules):
            raise DomainError(words)

    row = _perform(
        "validated",
        placement,
        by=by,
        guard=guard,
        validated_by_id=by.actor_id,
        validated_at=timezone.now(),
        exclusive=exclusive,
        validation_act=act.number.strip() if act else "",
        validation_act_on=act.on if act else None,
        validation_act_file=store_upload(file=act_file, kind="agreements.validation_act", subject=placement, by=by) if act_file else None,
    )
    done(kind="agreements.to_validate", subject=row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    enqueue(  # the loads of host and tutors, and the person's months, changed for other placements too
        "agreements.refresh_all",
        by=by,
        beneficiary=row.beneficiary_id,
        company=row.company_id,
        company_tutor__in=[row.company_tutor_id],
        promoter_tutor__in=[row.promoter_tutor_id],
    )
    _resync(row, by=by)
    return start_or_ask(row, by=by, today=today) if row.starts_on <= today else row


def overlapping(placement: Placement) -> Any:
    """The person's other live placements in the same days (rule 12)."""
    return Placement.objects.filter(
        beneficiary_id=placement.beneficiary_id,
        state__in=LIVE,
        starts_on__lte=placement.ends_on,
        ends_on__gte=placement.starts_on,
    ).exclude(pk=placement.pk)


@transaction.atomic
def activate_placement(*, placement: Placement, by: Access, today: date) -> Placement:
    """The start, by the system: on the start date or later, never before, never while an item of the light is red (NotReady)."""

    def guard(row: Placement) -> None:
        if row.starts_on > today:
            raise DomainError(
                _("Il tirocinio comincia il %(day)s: prima di quel giorno non può partire.") % {"day": f"{row.starts_on:%d/%m/%Y}"}
            )
        if row.ends_on < today:
            raise DomainError(_("Il periodo è già finito: servono nuove date."))
        refuse_red(row, by=by, today=today)

    row = _perform("activated", placement, by=by, guard=guard, as_system=True)
    for kind in RED_START:
        done(kind=kind, subject=row, by=by)
    note_start(beneficiary=row.beneficiary, by=by, today=today)
    plan_visit(row, by=by)
    return row


def start_or_ask(placement: Placement, *, by: Access, today: date) -> Placement:
    """Start what is not red; else ask coordinator and social worker to put it right."""
    try:
        return activate_placement(placement=placement, by=system_of(placement, by), today=today)
    except DomainError:
        for kind, role in RED_START.items():
            _ask(kind, placement, _("Non può partire, guarda il semaforo: %(person)s"), role, by=by)
        return placement


@transaction.atomic
def end_placement(*, placement: Placement, by: Access, today: date) -> Placement:
    """The agreed end has passed: the system's own step."""

    def guard(row: Placement) -> None:
        if row.ends_on >= today:
            raise DomainError(_("Il tirocinio non è ancora arrivato alla fine."))

    row = settle(_perform("ended", placement, by=by, guard=guard, as_system=True, ended_on=placement.ends_on), by=by)
    plan_visit(row, by=by)
    return row


@transaction.atomic
def reject_placement(*, placement: Placement, reason: str, by: Access) -> Placement:
    """The coordinator's no, with the reason."""
    return _call_off(_perform("rejected", placement, by=by, reason=reason), by=by)


@transaction.atomic
def expire_placement(*, placement: Placement, by: Access, reason: str) -> Placement:
    """The system gives up what nobody signed or touched in time; `reason` says which term passed."""
    return _call_off(_perform("expired", placement, by=by, reason=reason, as_system=True), by=by)


@transaction.atomic
def withdraw_placement(*, placement: Placement, reason: str, by: Access) -> Placement:
    """Give up before validation, with the reason."""
    return _call_off(_perform("withdrawn", placement, by=by, reason=reason), by=by)


@transaction.atomic
def cancel_placement(*, placement: Placement, reason: str, by: Access) -> Placement:
    """Take back a validated placement that has not begun, with the reason."""
    row = _call_off(_perform("cancelled", placement, by=by, reason=reason), by=by)
    _resync(row, by=by)
    return row


def _perform(name: str, placement: Placement, *, by: Access, **more: Any) -> Placement:
    return cast("Placement", perform(PLACEMENT, name, placement, by=by, **more))


def _refuse_incomplete(row: Placement) -> None:
    missing = [
        *([] if row.company_tutor_id else [_("il tutor aziendale")]),
        *([] if row.promoter_tutor_id else [_("il tutor dell'ente promotore")]),
    ]
    if missing:
        raise DomainError(_("Prima indica %(who)s.") % {"who": _(" e ").join(missing)})


def _link_agreement(row: Placement) -> None:
    _refuse_incomplete(row)
    row.agreement = row.agreement or agreement_for(row)
    if row.agreement is None:
        raise DomainError(
            _("Con %(company)s non c'è una convenzione valida il giorno di inizio: preparala prima.") % {"company": row.company}
        )
    row.save(update_fields=["agreement"])


def refuse_red(row: Placement, *, by: Access, today: date) -> None:
    """The same light that the database looks at when the transaction commits."""
    if red := readiness.open_blocks(readiness.refresh_readiness(placement=row, by=by, today=today)):
        raise NotReady(red)


def new_version(project: PersonalProject, *, by: Access, **changes: Any) -> PersonalProject:
    """A further version of a project in preparation, with what the given one says and `changes` to it."""
    content = {name: getattr(project, name) for name in CONTENT}
    row = PersonalProject.objects.create(
        ambito_id=project.ambito_id,
        placement_id=project.placement_id,
        created_by_id=by.actor_id,
        **{**content, "version": project.version + 1, "kind": project.kind, "reason": project.reason, **changes},
    )
    owner = {"ambito_id": row.ambito_id, "project": row}
    Goal.objects.bulk_create(Goal(position=g.position, text=g.text, **owner) for g in project.goals.order_by("position"))
    WeekDay.objects.bulk_create(
        WeekDay(weekday=d.weekday, starts_at=d.starts_at, minutes=d.minutes, **owner) for d in project.week.order_by("weekday")
    )
    IrregularDay.objects.bulk_create(
        IrregularDay(day=d.day, starts_at=d.starts_at, minutes=d.minutes, **owner) for d in project.dates.order_by("day")
    )
    FundingShare.objects.bulk_create(
        FundingShare(position=s.position, pot_id=s.pot_id, weight=s.weight, **owner) for s in project.shares.order_by("position")
    )
    return row


def _drop(project: PersonalProject, *, by: Access) -> None:
    cancel_requests(project.document, by=by)
    perform(PROJECT, "dropped", project, by=by, as_system=True)


def settle(row: Placement, *, by: Access) -> Placement:
    """Nothing of it is still ahead: what was in preparation, asked or planned falls with it."""
    for project in row.projects.filter(state__in=IN_WORK):
        _drop(project, by=by)
    for request in row.extension_requests.filter(state=ExtensionState.ASKED):
        perform(EXTENSION, "lapsed", request, by=by, as_system=True)
    row.suspensions.filter(starts_on__gt=row.last_day).delete()
    row.suspensions.filter(Q(ends_on=None) | Q(ends_on__gt=row.last_day)).update(ends_on=row.last_day)
    row.tutor_changes.filter(done_on=None).delete()
    EarlyEnd.objects.filter(placement=row, done_on=None).delete()
    done(kind=(*OPEN_TODOS, *RED_START), subject=row, by=by)
    return row


def _call_off(row: Placement, *, by: Access) -> Placement:
    """It never begins: whoever was told of the start is told that too."""
    drop_communications(row, by=by)
    return settle(row, by=by)


def _ask(kind: str, row: Placement, title: str, role: str, *, by: Access) -> None:
    ask(
        kind=kind,
        subject=row,
        title=title % {"person": row.beneficiary},
        url=reverse("agreements:detail", args=[row.public_id]),
        role=role,
        by=by,
        due_on=row.starts_on - timedelta(days=1),
    )


def _resync(row: Placement, *, by: Access) -> None:
    """Attendance lays out the days again (a room above: asked by name)."""
    enqueue("attendance.resync", by=by, placement_id=row.pk)


def plan_visit(row: Placement, *, by: Access) -> None:
    """Monitoring looks at the next visit again (a room above: asked by name)."""
    enqueue("monitoring.plan_visit", by=by, placement_id=row.pk)


def system_of(placement: Placement, by: Access) -> Access:
    assert by.network_id
    return Access.system(network_id=by.network_id, ambito_id=placement.ambito_id, reason="start of a placement")
