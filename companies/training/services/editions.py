"""Courses and their editions."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.views import check_version

from ..enums import CourseKind
from ..models import Course, Edition, Enrolment, Session
from ..rules import Meeting, first_overlap, written
from ..selectors.editions import GONE, SEATED
from ._common import at, day, locked
from .enrolments import promote


@transaction.atomic
def add_course(*, title: str, minutes: int, by: Access, topics: str = "", kind: str = CourseKind.INITIAL, module: str = "") -> Course:
    """A course to teach, `minutes` long. Raises DomainError on `module` when kind and safety module do not go together."""
    by.require(Permission.EDIT_TRAINING)
    if (kind == CourseKind.SAFETY) != bool(module):
        words = _("Scegli quale modulo di sicurezza è.") if kind == CourseKind.SAFETY else _("Il modulo si sceglie solo per la sicurezza.")
        raise DomainError(words, field="module")
    course = Course.objects.create(
        network_id=by.network_id, title=title, topics=topics, minutes=minutes, kind=kind, module=module, created_by_id=by.actor_id
    )
    record_fact("training.course.added", course, by=by)
    return course


@transaction.atomic
def plan_edition(*, course: Course, place: str, seats: int, meetings: Sequence[Meeting], by: Access, trainer: str = "") -> Edition:
    """One run of a course. Its meetings last as long as the course, so that whoever comes to all of them has done all of it.

    Raises DomainError for none, for two that overlap, past midnight, or not as long as the course.
    """
    by.require(Permission.EDIT_TRAINING)
    if not meetings:
        raise DomainError(_("Serve almeno un incontro."))
    if late := next((m for m in meetings if m.starts_at.hour * 60 + m.starts_at.minute + m.minutes > 24 * 60), None):
        words = _("L'incontro del %(day)s finirebbe dopo mezzanotte: controlla ora e durata.")
        raise DomainError(words % {"day": day(late.on)})
    if both := first_overlap(meetings):
        words = _("Due incontri si sovrappongono: quello del %(first)s finisce alle %(end)s, l'altro comincia alle %(begin)s.")
        first, second = both
        said = {"first": at(first.on, first.starts_at), "end": f"{first.ends:%H:%M}", "begin": f"{second.starts_at:%H:%M}"}
        raise DomainError(words % said)
    if (total := sum(m.minutes for m in meetings)) != course.minutes:
        raise DomainError(
            _("Gli incontri durano in tutto %(total)s ore, il corso ne dura %(course)s: sistema le durate.")
            % {"total": written(total), "course": written(course.minutes)}
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
def change_seats(*, edition: Edition, row_version: int, seats: int, place: str, trainer: str, by: Access) -> Edition:
    """Change what an edition offers. More seats are given at once to who waits.

    Raises Conflict, and DomainError on `seats` under those already taken or once the attendance is closed.
    """
    by.require(Permission.EDIT_TRAINING)
    row = locked(edition)
    check_version(row, row_version)
    held = Enrolment.objects.filter(edition=row)
    if held.filter(state__in=GONE).exists():
        raise DomainError(_("Le presenze di questa edizione sono chiuse: non si cambia più."), field="seats")
    taken = held.filter(state__in=SEATED).count()
    if seats < taken:
        raise DomainError(_("I tutor con un posto sono già %(n)d: i posti non possono essere di meno.") % {"n": taken}, field="seats")
    row.seats, row.place, row.trainer, row.row_version = seats, place, trainer, row.row_version + 1
    row.save(update_fields=["seats", "place", "trainer", "row_version"])
    record_fact("training.edition.changed", row, by=by, seats=seats)
    promote(edition=row, by=by)
    return row
