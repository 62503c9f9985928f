"""The tutor's telephone: personal links, and the taps that were kept while there was no network."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import mutes, todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body, rules_for
from placements.agreements.models import Placement

from ..enums import Channel, Outcome, Word, WordSource
from ..models import AttendanceEvent, PlannedSession, PortalLink
from ..rules import monday_of
from ..selectors import portal as selectors
from ..selectors import reachable, week_of
from . import checkins
from ._common import channel_of, month_url
from .record import record_attendance, record_week

LINK = "attendance.portal_link"  # kind of the message that carries a link
CONFLICT_TODO = "attendance.conflict"
SUBJECT_LINE = gettext_lazy("Le presenze di chi segui")
TAPS = 100  # a request carries no more
BY_OFFICE = (Channel.OFFICE, Channel.PAPER, Channel.IMPORT)


# --- Personal links


@transaction.atomic
def send_link(
    *, tutor: CompanyTutor, channel: Message.Channel, by: Access, now: datetime, today: date, is_weekly: bool = False
) -> PortalLink:
    """Send the tutor a way into the portal without a password; the link before it stops working.

    It opens the people this Ambito entrusted to the tutor, and ends by itself (rule book: `portal_link_days`). Refuses where the office
    has no such links (`portal_links`), a tutor who follows nobody here, one without that address, a second message within the cooldown.
    """
    by.require(Permission.INVITE_TUTORS)
    ambito = Ambito.objects.get(pk=by.ambito_id)
    rules = rules_for(ambito, today)[1]
    if not rules.portal_links:
        raise DomainError(_("L'ufficio ha spento i collegamenti personali: il tutor entra con la sua password."))
    row = CompanyTutor.objects.select_for_update(of=("self",), no_key=True).get(pk=tutor.pk)
    if not selectors.entrusted_here(by, row, today):
        raise DomainError(_("%(tutor)s oggi non segue nessuno del tuo Ambito: il collegamento non aprirebbe niente.") % {"tutor": row})
    where = row.phone if channel == Message.Channel.SMS else row.email
    if not where:
        raise DomainError(_("Manca il recapito: scrivilo prima nei dati del tutor."), field="channel")
    token = secrets.token_urlsafe(24)
    expires_at = timezone.make_aware(
        datetime.combine(timezone.localtime(now).date() + timedelta(days=rules.portal_link_days + 1), time.min)
    )
    before = PortalLink.objects.filter(ambito_id=by.ambito_id, tutor=row, ended_at=None)
    before.update(ended_at=now, ended_by_id=by.actor_id, is_replaced=True)
    link = PortalLink.objects.create(
        ambito_id=by.ambito_id,
        tutor=row,
        token_hash=hash_token(token),
        channel=channel,
        address=where,
        is_weekly=is_weekly,
        sent_at=now,
        expires_at=expires_at,
        created_by_id=by.actor_id,
    )
    body = lead_body(ambito)
    is_sms = channel == Message.Channel.SMS
    send(
        kind=LINK,
        address=where,
        language="it",
        subject=SUBJECT_LINE,
        template="attendance/email/link_sms.txt" if is_sms else "attendance/email/link.txt",
        context={
            "name": row.first_name,
            "body_name": body.name if body else ambito.name,
            "url": settings.BASE_URL + reverse("portal:door", args=[token]),
            "expires_at": link.last_day,
            "is_weekly": is_weekly,
        },
        by=by,
        about=row,
        is_personal=True,
        channel=channel,
    )
    record_fact("attendance.portal_link.sent", link, by=by, channel=channel, tutor=row.pk, weekly=is_weekly)
    return link


@transaction.atomic
def end_link(*, link: PortalLink, by: Access, now: datetime) -> PortalLink:
    """The link opens nothing from now on; who has it open is out at the next touch. Ending it again changes nothing."""
    by.require(Permission.INVITE_TUTORS)
    row = PortalLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
    if row.ended_at is None:
        row.ended_at, row.ended_by_id = now, by.actor_id
        row.save(update_fields=["ended_at", "ended_by"])
        record_fact("attendance.portal_link.ended", row, by=by)
    return row


def note_opening(*, link_id: int, by: Access, now: datetime) -> None:
    """The first time somebody opens a link: the office sees that it arrived."""
    system = Access.system(network_id=by.network_id, ambito_id=min(by.ambiti), reason="personal link of the portal")
    with scope(system.scope):
        PortalLink.objects.filter(pk=link_id, opened_at=None).update(opened_at=now)


def send_weekly_links(*, by: Access, now: datetime, today: date) -> int:
    """On Fridays, if the office switched it on: a fresh link to each tutor who follows somebody this week. Returns how many left.

    Nobody is written to whose people here are all muted; who has no address, or was just written to, is left out.
    """
    rules = rules_for(Ambito.objects.get(pk=by.ambito_id), today)[1]
    if not (rules.portal_links and rules.portal_link_weekly):
        return 0
    sent = 0
    for tutor in _with_a_week(by.ambito_id, today):
        with suppress(TooSoon, DomainError), transaction.atomic():
            send_link(tutor=tutor, channel=Message.Channel.EMAIL, by=by, now=now, today=today, is_weekly=True)
            sent += 1
    return sent


def _with_a_week(ambito_id: int, today: date) -> list[CompanyTutor]:
    """Tutors with somebody planned in this week whose reminders are not kept quiet."""
    monday = monday_of(today)
    planned = PlannedSession.objects.filter(day__range=(monday, monday + timedelta(days=6)))
    rows = Placement.objects.filter(ambito_id=ambito_id, state="active", pk__in=planned.values("placement"))
    quiet = set(mutes.in_force(ambiti=[ambito_id], today=today).values_list("subject_type", "subject_id"))
    loud = {
        tutor
        for pk, person, tutor in rows.values_list("pk", "beneficiary_id", "company_tutor_id")
        if ("agreements.placement", pk) not in quiet and ("beneficiaries.beneficiary", person) not in quiet
    }
    return list(CompanyTutor.objects.filter(pk__in=loud - {None}).exclude(email="").order_by("pk"))


# --- Taps kept without a network


@dataclass(frozen=True, slots=True)
class Tap:
    """One thing said on the telephone while nobody could hear it. `basis` is the server's own time of what the telephone showed then."""

    submission: UUID
    kind: str  # "day", "week", "word", "ask"
    basis: datetime | None
    placement: UUID | None = None
    day: date | None = None
    outcome: str = ""
    minutes: int | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a tap: "done", or "refused" with words and a page to settle it."""

    submission: UUID
    state: str
    words: str = ""
    url: str = ""
    can_ask: bool = False  # the office may be asked to settle it


def replay(*, taps: Sequence[Tap], by: Access, today: date, now: datetime) -> list[Answer]:
    """Say again, in their order, what was said without a network. Each tap counts once, however often it comes; one that cannot be
    is answered with words and does not stop the next."""
    by.require(Permission.USE_TUTOR_PORTAL)
    by.require(Permission.RECORD_ATTENDANCE)
    return [_replay(tap, by=by, today=today, now=now) for tap in taps[:TAPS]]


def _replay(tap: Tap, *, by: Access, today: date, now: datetime) -> Answer:
    url, can_ask = "", False
    try:
        with transaction.atomic():
            if tap.kind == "week" and tap.day:
                _week(tap, by=by, today=today)
            elif tap.placement is None:
                raise DomainError(_("Questo tocco non si è salvato bene: scrivilo di nuovo."))
            elif tap.kind == "word" and tap.word:
                checkins.say(
                    public_id=tap.placement, word=Word(tap.word), source=WordSource.PHONE, submission=tap.submission, by=by, now=now
                )
            elif tap.day and tap.kind == "day":
                url = f"{reverse('attendance:record', args=[tap.placement])}?day={tap.day.isoformat()}&back=week"
                _check_basis(tap, by=by)
                record_attendance(
                    public_id=tap.placement,
                    day=tap.day,
                    outcome=tap.outcome,
                    minutes=tap.minutes,
                    submission=tap.submission,
                    channel=channel_of(by),
                    by=by,
                    today=today,
                )
            elif tap.day and tap.kind == "ask":
                _ask_office(tap, by=by)
            else:
                raise DomainError(_("Questo tocco non si è salvato bene: scrivilo di nuovo."))
    except Placement.DoesNotExist:
        return Answer(tap.submission, "refused", _("Questa persona non è più affidata a te: non serve fare niente."))
    except DomainError as error:
        can_ask = tap.kind == "day" and tap.outcome != Outcome.WITHDRAWN
        return Answer(tap.submission, "refused", str(error.words), url, can_ask)
    return Answer(tap.submission, "done")


def _week(tap: Tap, *, by: Access, today: date) -> None:
    """The week as it was on the day of the tap (`day`): what came after it was not meant."""
    assert tap.day
    monday = monday_of(tap.day)
    mine = [week.placement for week in week_of(by, monday)]
    record_week(placements=mine, monday=monday, channel=channel_of(by), by=by, today=min(today, tap.day))


def _check_basis(tap: Tap, *, by: Access) -> None:
    """The office wrote of this day after what the telephone showed: two people know different things, and one must look."""
    last = (
        AttendanceEvent.objects.filter(placement__in=reachable(by), placement__public_id=tap.placement, day=tap.day)
        .order_by("-id")
        .values_list("channel", "recorded_at", "outcome", "minutes", "submission")
        .first()
    )
    if last is None or tap.basis is None or last[4] == tap.submission:
        return
    channel, recorded_at, outcome, minutes, _submission = last
    if channel not in BY_OFFICE or recorded_at <= tap.basis:
        return
    if outcome == tap.outcome and tap.minutes in (None, minutes):
        return
    raise DomainError(
        _("Nel frattempo l’ufficio ha scritto «%(outcome)s». Guarda quale delle due è giusta.") % {"outcome": Outcome(outcome).label},
        field="day",
    )


def _ask_office(tap: Tap, *, by: Access) -> None:
    """What the tutor says of a day that can no longer be written here: the office reads it and settles it (adr/0015)."""
    assert tap.day and tap.placement
    placement = reachable(by).select_related("beneficiary").get(public_id=tap.placement)
    if tap.outcome not in Outcome.values:
        raise DomainError(_("Questo tocco non si è salvato bene: scrivilo di nuovo."))
    with translation.override("it"):
        title = _("%(person)s, %(day)s: il tutor dice «%(outcome)s». Da sistemare.") % {
            "person": placement.beneficiary,
            "day": f"{tap.day:%d/%m/%Y}",
            "outcome": Outcome(tap.outcome).label,
        }
    todos.ask(
        kind=CONFLICT_TODO,
        subject=placement,
        title=title,
        url=month_url(placement, tap.day),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.REFERENT,
        by=by,
        due_on=tap.day,
    )
    record_fact("attendance.conflict.told", placement, by=by, day=tap.day.isoformat(), outcome=tap.outcome)
