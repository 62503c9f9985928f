"""Writes about training: plan an edition, enrol a tutor, record who came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import documents
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version

from .documents import CERTIFICATE, CERTIFICATE_LABEL, CERTIFICATE_TEMPLATE, certificate_context
from .models import Course, Edition, Enrolment, Session
from .transitions import ENROLMENT


@dataclass(frozen=True)
class Meeting:
    """One meeting to plan; `minutes` is its length."""

    on: date
    starts_at: time
    minutes: int


def _words(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


@transaction.atomic
def add_course(*, title: str, minutes: int, by: Access, topics: str = "", is_basic: bool = True) -> Course:
    """A course to teach, `minutes` long."""
    by.require(Permission.EDIT_TRAINING)
    course = Course.objects.create(
        network_id=by.network_id, title=title, topics=topics, minutes=minutes, is_basic=is_basic, created_by_id=by.actor_id
    )
    record_fact("training.course.added", course, by=by)
    return course


@transaction.atomic
def plan_edition(*, course: Course, place: str, seats: int, meetings: Sequence[Meeting], by: Access, trainer: str = "") -> Edition:
    """One run of a course. Its meetings last as long as the course, so that whoever comes to all of them has done all of it."""
    by.require(Permission.EDIT_TRAINING)
    if not meetings:
        raise DomainError(_("Serve almeno un incontro."))
    if len({(m.on, m.starts_at) for m in meetings}) < len(meetings):
        raise DomainError(_("Due incontri cominciano insieme: controlla giorni e ore."))
    if late := next((m for m in meetings if m.starts_at.hour * 60 + m.starts_at.minute + m.minutes > 24 * 60), None):
        words = _("L'incontro del %(day)s finirebbe dopo mezzanotte: controlla ora e durata.")
        raise DomainError(words % {"day": f"{late.on:%d/%m/%Y}"})
    if (total := sum(m.minutes for m in meetings)) != course.minutes:
        raise DomainError(
            _("Gli incontri durano in tutto %(total)s ore, il corso ne dura %(course)s: sistema le durate.")
            % {"total": _words(total), "course": _words(course.minutes)}
        )
    edition = Edition.objects.create(
        network_id=by.network_id, course=course, place=place, seats=seats, trainer=trainer, created_by_id=by.actor_id
    )
    Session.objects.bulk_create(
        Session(network_id=by.network_id, edition=edition, on=m.on, starts_at=m.starts_at, minutes=m.minutes) for m in meetings
    )
    record_fact("training.edition.planned", edition, by=by)
    return edition


@transaction.atomic
def enrol_tutor(*, edition: Edition, tutor: CompanyTutor, by: Access) -> Enrolment:
    """Give a tutor a seat. Refuses a second seat and a full edition."""
    by.require(Permission.EDIT_TRAINING)
    row = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    held = Enrolment.objects.filter(edition=row)
    if held.filter(tutor=tutor).exists():
        raise DomainError(_("%(tutor)s è già nell'elenco di questa edizione.") % {"tutor": tutor}, field="tutor")
    if held.count() >= row.seats:
        raise DomainError(_("I posti sono finiti: in questa edizione sono %(seats)d.") % {"seats": row.seats}, field="tutor")
    enrolment = Enrolment.objects.create(network_id=row.network_id, edition=row, tutor=tutor, created_by_id=by.actor_id)
    record_fact("training.enrolment.added", enrolment, by=by, edition=row.pk)
    return enrolment


@transaction.atomic
def record_attendance(*, edition: Edition, row_version: int, minutes: Mapping[int, int], by: Access, today: date) -> list[Enrolment]:
    """Record, once, for how many minutes each tutor came: enrolment id → minutes, 0 for who did not come.

    Possible from the day of the last meeting. Who came gets a certificate of attendance. Raises Conflict when it is recorded already.
    """
    by.require(Permission.EDIT_TRAINING)
    row = Edition.objects.select_for_update(of=("self",)).select_related("course").get(pk=edition.pk)
    waiting = {e.pk: e for e in Enrolment.objects.filter(edition=row, state=Enrolment.State.ENROLLED)}
    if not waiting or not set(minutes) <= set(waiting):
        raise Conflict(_("Le presenze di questa edizione sono già registrate."))
    check_version(row, row_version)
    sessions = list(Session.objects.filter(edition=row).order_by("on", "starts_at"))
    last = sessions[-1].on
    if today < last:
        raise DomainError(_("L'ultimo incontro è il %(day)s: le presenze si registrano da quel giorno.") % {"day": f"{last:%d/%m/%Y}"})
    if too_long := [pk for pk, value in minutes.items() if value > row.course.minutes]:
        raise DomainError(
            _("Il corso dura %(hours)s ore: non si può averne seguite di più.") % {"hours": _words(row.course.minutes)},
            field=f"minutes_{too_long[0]}",
        )
    done = [
        perform(ENROLMENT, "attended", waiting[pk], by=by, minutes=value, completed_on=last)
        if value
        else perform(ENROLMENT, "missed", waiting[pk], by=by)
        for pk, value in minutes.items()
    ]
    row.row_version += 1
    row.save(update_fields=["row_version"])
    for enrolment in done:
        if enrolment.state == Enrolment.State.ATTENDED:
            _certify(enrolment, sessions, by=by, today=today)
    # Every Ambito's start lights ask whether the tutor is trained.
    enqueue("agreements.refresh_all", by=Access.system(network_id=by.network_id, ambito_id=None, reason="training recorded"))
    return done


def _certify(enrolment: Enrolment, sessions: Sequence[Session], *, by: Access, today: date) -> None:
    with override("it"):
        label = str(CERTIFICATE_LABEL)
    documents.issue(
        kind=CERTIFICATE,
        kind_label=label,
        template=CERTIFICATE_TEMPLATE,
        subject=enrolment,
        context=certificate_context(enrolment, sessions),
        network_id=enrolment.network_id,
        today=today,
        by=by,
    )
