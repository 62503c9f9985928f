"""Seats: the office enrols and invites, the tutor enrols alone, who comes late waits in line and moves up when somebody withdraws.

Everything about seats is decided under the edition's lock, in the network's scope: a tutor's own scope does not hold the others.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.transitions import perform
from impresasolidale.territory.selectors import common_rules

from ..enums import CourseKind, EnrolmentState
from ..models import Edition, Enrolment
from ..rules import Meeting, clash, last_day_to_withdraw, written
from ..selectors.editions import GONE, SEATED, meetings_of
from ..selectors.people import is_trained, planned_minutes
from ..selectors.portal import me, network_scope, places_in_line
from ..transitions import ENROLMENT
from ._common import at, day, locked, meetings

SEAT = gettext_lazy("Hai un posto al corso per tutor")
INVITATION = gettext_lazy("Un invito a un corso per tutor")
S = EnrolmentState


# --- The office


@transaction.atomic
def enrol_tutor(*, edition: Edition, tutor: CompanyTutor, by: Access, now: datetime | None = None) -> Enrolment:
    """Give a tutor a seat, or the next place in the waiting list where there is none.

    Possible to the last meeting. Raises DomainError on `tutor`: already in, an initial course again, too many hours in the year, another
    course at the same time.
    """
    by.require(Permission.EDIT_TRAINING)
    return _enrol(edition, tutor, by=by, now=now or timezone.now(), to_last_meeting=True)


@transaction.atomic
def invite_tutor(*, edition: Edition, tutor: CompanyTutor, by: Access, now: datetime) -> Enrolment:
    """Tell a tutor of an edition, with the address to enrol at. Invited again, the mail leaves again, after its pause.

    Raises DomainError on `tutor` for who is in already, TooSoon.
    """
    by.require(Permission.EDIT_TRAINING)
    row = locked(edition)
    planned = meetings(row)
    _refuse_late(row, planned, now, to_last_meeting=False)
    held = Enrolment.objects.filter(edition=row, tutor=tutor).first()
    if held and held.state not in (S.INVITED, S.WITHDRAWN):
        raise DomainError(_("%(tutor)s è già nell'elenco di questa edizione.") % {"tutor": tutor}, field="tutor")
    if held is None:
        held = Enrolment.objects.create(network_id=row.network_id, edition=row, tutor=tutor, state=S.INVITED, created_by_id=by.actor_id)
        record_fact("training.enrolment.invited", held, by=by, edition=row.pk)
    elif held.state == S.WITHDRAWN:
        held = perform(ENROLMENT, "invited", held, by=by)
    _tell(held, kind="training.invitation", subject=INVITATION, template="training/email/invitation.txt", planned=planned, by=by)
    return held


@transaction.atomic
def withdraw(*, enrolment: Enrolment, by: Access, now: datetime) -> Enrolment:
    """The office takes a tutor out of an edition whose attendance is not closed; who waits moves up."""
    by.require(Permission.EDIT_TRAINING)
    return _withdraw(enrolment, by=by, now=now)


# --- The tutor


def _own(by: Access) -> CompanyTutor:
    by.require(Permission.USE_TUTOR_PORTAL)
    tutor = me(by)
    if tutor is None:
        raise PermissionDenied
    return tutor


@transaction.atomic
def enrol_myself(*, edition: Edition, by: Access, now: datetime) -> Enrolment:
    """The tutor takes a seat, or the next place in the waiting list. Possible until the first meeting begins; who was not invited, where
    the network lets tutors enrol by themselves (rule 91)."""
    tutor = _own(by)
    if not common_rules(by.network_id, timezone.localdate(now)).course_self_enrolment:
        if not Enrolment.objects.filter(edition=edition, tutor=tutor, state=S.INVITED).exists():
            raise DomainError(_("A questo corso iscrive l'ufficio: chiedi a loro."))
    return _enrol(edition, tutor, by=by, now=now, to_last_meeting=False)


@transaction.atomic
def withdraw_myself(*, enrolment: Enrolment, by: Access, now: datetime) -> Enrolment:
    """The tutor gives the place back, to the last day that the rule book allows; an invitation or a place in line at any time.

    Raises DomainError after it, in words that say whom to ask.
    """
    if enrolment.tutor_id != _own(by).pk:
        raise PermissionDenied
    today = timezone.localdate(now)
    planned = meetings(enrolment.edition)
    until = last_day_to_withdraw(planned[0].on, common_rules(by.network_id, today).training_withdrawal_days)
    if enrolment.state == S.ENROLLED and today > until:
        raise DomainError(
            _("Da solo potevi ritirarti fino al %(day)s. Se non puoi venire, avvisa l'ufficio: il tuo posto può servire a un altro.")
            % {"day": day(until)}
        )
    return _withdraw(enrolment, by=by, now=now)


# --- Both


def _enrol(edition: Edition, tutor: CompanyTutor, *, by: Access, now: datetime, to_last_meeting: bool) -> Enrolment:
    with network_scope(by):
        row = locked(edition)
        planned = meetings(row)
        CompanyTutor.objects.select_for_update(of=("self",), no_key=True).get(pk=tutor.pk)  # two editions at once wait for each other here
        held = Enrolment.objects.filter(edition=row, tutor=tutor).first()
        if held and held.state not in (S.INVITED, S.WITHDRAWN):
            raise DomainError(_("%(tutor)s è già nell'elenco di questa edizione.") % {"tutor": tutor}, field="tutor")
        _refuse_late(row, planned, now, to_last_meeting=to_last_meeting)
        _refuse_unfit(row, tutor, planned, by=by, today=timezone.localdate(now))
        seated = Enrolment.objects.filter(edition=row, state__in=SEATED).count()
        is_free = seated < row.seats and not Enrolment.objects.filter(edition=row, state=S.WAITING).exists()
        return _put(row, tutor, held, S.ENROLLED if is_free else S.WAITING, by=by, now=now)


def _put(row: Edition, tutor: CompanyTutor, held: Enrolment | None, state: S, *, by: Access, now: datetime) -> Enrolment:
    queued_at = now if state == S.WAITING else None
    if held:
        step = "seated" if state == S.ENROLLED else "queued"
        found: Enrolment = perform(ENROLMENT, step, held, by=by, as_system=True, queued_at=queued_at)
    else:
        found = Enrolment.objects.create(
            network_id=row.network_id, edition=row, tutor=tutor, state=state, queued_at=queued_at, created_by_id=by.actor_id
        )
        record_fact("training.enrolment.added", found, by=by, edition=row.pk, state=str(state), link=by.link_id)
    found.place = places_in_line(by, [row.pk]).get(found.pk, 0)  # type: ignore[attr-defined]
    return found


def _refuse_late(row: Edition, planned: list[Meeting], now: datetime, *, to_last_meeting: bool) -> None:
    if Enrolment.objects.filter(edition=row, state__in=GONE).exists():
        raise DomainError(_("Questa edizione è conclusa: le presenze sono chiuse."), field="tutor")
    local = timezone.localtime(now).replace(tzinfo=None)
    if local.date() > planned[-1].on if to_last_meeting else local >= planned[0].starts:
        raise DomainError(_("Questa edizione è già cominciata il %(day)s.") % {"day": day(planned[0].on)}, field="tutor")


def _refuse_unfit(row: Edition, tutor: CompanyTutor, planned: list[Meeting], *, by: Access, today: date) -> None:
    """An initial course once; hours in a calendar year within the rule book's; no two meetings at the same time."""
    kind = row.course.kind
    if kind == CourseKind.INITIAL and is_trained(by, tutor.pk, today):
        words = _("%(tutor)s ha già fatto il corso iniziale: si fa una volta sola, poi ci sono gli aggiornamenti.")
        raise DomainError(words % {"tutor": tutor}, field="tutor")
    if kind != CourseKind.SAFETY:
        rules, year = common_rules(by.network_id, planned[0].on), planned[0].on.year
        most = 60 * (rules.training_initial_hours_year if kind == CourseKind.INITIAL else rules.training_refresher_hours_year)
        before = planned_minutes(tutor, kind, year, beside=row)
        if before + row.course.minutes > most:
            words = _("Nel %(year)s %(tutor)s ha già %(before)s ore di questo tipo: con queste supera il massimo di %(most)s.")
            said = {"year": year, "tutor": tutor, "before": written(before), "most": written(most)}
            raise DomainError(words % said, field="tutor")
    if found := _clash(row, tutor, planned):
        (mine, _other), title = found
        words = _("%(when)s %(tutor)s è già al corso «%(title)s»: i due incontri si sovrappongono.")
        raise DomainError(words % {"when": at(mine.on, mine.starts_at), "tutor": tutor, "title": title}, field="tutor")


def _clash(row: Edition, tutor: CompanyTutor, planned: list[Meeting]) -> tuple[Any, str] | None:
    others = Enrolment.objects.filter(tutor=tutor, state=S.ENROLLED).exclude(edition=row).select_related("edition__course")
    titles = {e.edition_id: e.edition.course.title for e in others}
    for edition_id, theirs in meetings_of(titles).items():
        if both := clash(planned, theirs):
            return both, titles[edition_id]
    return None


def _withdraw(enrolment: Enrolment, *, by: Access, now: datetime) -> Enrolment:
    with network_scope(by):
        row = locked(enrolment.edition)
        if Enrolment.objects.filter(edition=row, state__in=GONE).exists():
            raise Conflict(_("Le presenze di questa edizione sono già chiuse."))
        found: Enrolment = perform(ENROLMENT, "withdrawn", enrolment, by=by, as_system=True, queued_at=None)
        promote(edition=row, by=by, now=now)
        return found


def promote(*, edition: Edition, by: Access, now: datetime | None = None) -> list[Enrolment]:
    """Give the seats that are free to who waits, first come first served, and tell them. The edition is locked by the caller.

    Who meanwhile has another course at the same time keeps the place in line. Nobody moves up once the first meeting has begun.
    """
    planned = meetings(edition)
    if not planned or timezone.localtime(now).replace(tzinfo=None) >= planned[0].starts:
        return []
    free = edition.seats - Enrolment.objects.filter(edition=edition, state__in=SEATED).count()
    moved: list[Enrolment] = []
    if free > 0:
        for row in Enrolment.objects.filter(edition=edition, state=S.WAITING).select_related("tutor").order_by("queued_at", "pk"):
            if len(moved) == free:
                break
            if _clash(edition, row.tutor, planned) is None:
                seated = perform(ENROLMENT, "seated", row, by=by, as_system=True, queued_at=None)
                _tell(seated, kind="training.seat", subject=SEAT, template="training/email/seat.txt", planned=planned, by=by)
                moved.append(seated)
    return moved


def edition_url(edition: Edition) -> str:
    """The edition on the tutor's telephone."""
    return settings.BASE_URL + reverse("courses:edition", args=[edition.public_id])


def _tell(enrolment: Enrolment, *, kind: str, subject: Promise, template: str, planned: list[Meeting], by: Access) -> None:
    edition, tutor = enrolment.edition, enrolment.tutor
    context = {
        "name": tutor.first_name,
        "course": edition.course.title,
        "place": edition.place,
        "meetings": planned,
        "url": edition_url(edition),
    }
    wanted: Any = {
        "kind": kind,
        "address": tutor.email,
        "language": "it",
        "subject": subject,
        "template": template,
        "context": context,
        "by": by,
        "about": enrolment,
    }
    if kind == "training.invitation":
        send(**wanted, cooldown=timedelta(hours=12))
    else:
        with suppress(TooSoon):  # out and in again within minutes: the first mail says the same
            send(**wanted)
