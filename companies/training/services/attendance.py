"""Who was at a meeting, from the list or with the code on the screen; the end of an edition, and the certificates."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core import signing
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import documents
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from impresasolidale.territory.selectors import common_rules

from ..documents import CERTIFICATE, CERTIFICATE_LABEL, CERTIFICATE_TEMPLATE, certificate_context
from ..enums import EnrolmentState, PresenceSource
from ..models import Edition, Enrolment, Presence, Session
from ..rules import has_hours, needed_minutes, qr_is_open, written
from ..selectors.portal import network_scope
from ..transitions import ENROLMENT
from ._common import at, day, judge_again, locked
from .enrolments import _own

CODE_SECONDS = 15 * 60  # how long an address on the screen is good for; the page shows a new one sooner
_SALT = "training.session"
S = EnrolmentState


@transaction.atomic
def record_session(*, session: Session, minutes: Mapping[int, int], by: Access, now: datetime) -> int:
    """Write how long each tutor was at a meeting: enrolment id → minutes, 0 for who did not come. Returns how many were there.

    From the day of the meeting until the edition is closed; written again, the last word counts. Raises Conflict once closed or for who
    has no seat any more, DomainError on `minutes_<id>` for more than the meeting lasted.
    """
    by.require(Permission.EDIT_TRAINING)
    row = locked(session.edition)
    if timezone.localdate(now) < session.on:
        raise DomainError(_("L'incontro è il %(day)s: le presenze si segnano da quel giorno.") % {"day": day(session.on)})
    seated = set(Enrolment.objects.filter(edition=row, state=S.ENROLLED).values_list("pk", flat=True))
    if not set(minutes) <= seated:
        raise Conflict(_("L'elenco di questa edizione è cambiato, o le presenze sono già chiuse. Ricarica la pagina."))
    if long := next((pk for pk, value in minutes.items() if value > session.minutes), None):
        words = _("L'incontro è durato %(hours)s ore: nessuno può averne seguite di più.")
        raise DomainError(words % {"hours": written(session.minutes)}, field=f"minutes_{long}")
    before = {p.enrolment_id: p for p in Presence.objects.filter(session=session)}
    changed = [pk for pk, value in minutes.items() if pk not in before or before[pk].minutes != value]  # a code read stays as it was
    _write(session, {pk: minutes[pk] for pk in changed}, PresenceSource.LIST, by=by, now=now)
    record_fact("training.session.recorded", row, by=by, on=session.on.isoformat(), present=sum(v > 0 for v in minutes.values()))
    return sum(value > 0 for value in minutes.values())


def _write(session: Session, minutes: Mapping[int, int], source: PresenceSource, *, by: Access, now: datetime) -> None:
    Presence.objects.bulk_create(
        [
            Presence(
                network_id=session.network_id,
                session=session,
                enrolment_id=pk,
                minutes=value,
                source=source,
                recorded_at=now,
                recorded_by_id=by.actor_id,
            )
            for pk, value in minutes.items()
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "session"],
        update_fields=["minutes", "source", "recorded_at", "recorded_by"],
    )


# --- The code on the screen


def session_code(session: Session) -> str:
    """What the code of a meeting carries now: signed, and good for a quarter of an hour."""
    return signing.dumps(session.pk, salt=_SALT)


def read_code(code: str, *, by: Access) -> Session:
    """The meeting of a code that is not too old. Raises DomainError in words otherwise."""
    try:
        pk = signing.loads(code, salt=_SALT, max_age=CODE_SECONDS)
    except signing.SignatureExpired:
        raise DomainError(_("Questo codice è scaduto: inquadra quello che è sullo schermo adesso.")) from None
    except signing.BadSignature:
        raise DomainError(_("Questo indirizzo non è quello di un incontro: inquadra il codice sullo schermo.")) from None
    found = Session.objects.filter(pk=pk, network_id=by.network_id).select_related("edition__course").first()
    if found is None:
        raise DomainError(_("Questo indirizzo non è quello di un incontro: inquadra il codice sullo schermo."))
    return found


@transaction.atomic
def record_by_code(*, code: str, by: Access, now: datetime) -> Presence:
    """The tutor who reads the code on the screen is present for the whole meeting; read again, it is the same presence.

    Raises DomainError for an old code, outside the meeting's hours, for who has no seat; what the list already says stands.
    """
    tutor = _own(by)
    session = read_code(code, by=by)
    if not qr_is_open(session.meeting, timezone.localtime(now).replace(tzinfo=None)):
        words = _("Il codice vale da mezz'ora prima a quando finisce l'incontro, %(when)s.")
        raise DomainError(words % {"when": at(session.on, session.starts_at)})
    with network_scope(by):
        row = locked(session.edition)
        mine = Enrolment.objects.filter(edition=row, tutor=tutor).first()
        if mine is None or mine.state != S.ENROLLED:
            raise DomainError(_("Non risulti iscritto a questa edizione: dillo a chi tiene il corso."))
        before = Presence.objects.filter(enrolment=mine, session=session).first()
        if before is None:
            _write(session, {mine.pk: session.minutes}, PresenceSource.QR, by=by, now=now)
            record_fact("training.session.code_read", mine, by=by, on=session.on.isoformat())
            before = Presence.objects.get(enrolment=mine, session=session)
        return before


# --- The end


@transaction.atomic
def close_edition(*, edition: Edition, row_version: int, by: Access, today: date) -> list[Enrolment]:
    """Close the attendance for good: everybody's minutes are the sum of the meetings, and who has the hours is certified.

    Possible from the day of the last meeting, once each meeting is recorded. Who waited or was invited is out. Raises Conflict when it is
    closed already.
    """
    by.require(Permission.EDIT_TRAINING)
    row = locked(edition)
    seated = list(Enrolment.objects.filter(edition=row, state=S.ENROLLED).select_related("tutor").order_by("pk"))
    if not seated:
        raise Conflict(_("Le presenze di questa edizione sono già chiuse, oppure non c'è nessun iscritto."))
    check_version(row, row_version)
    sessions = list(Session.objects.filter(edition=row).order_by("on", "starts_at"))
    last = sessions[-1].on
    if today < last:
        raise DomainError(_("L'ultimo incontro è il %(day)s: le presenze si chiudono da quel giorno.") % {"day": day(last)})
    recorded = set(Presence.objects.filter(session__in=sessions).values_list("session", flat=True))
    if missing := next((s for s in sessions if s.pk not in recorded), None):
        raise DomainError(_("Mancano ancora le presenze dell'incontro del %(day)s.") % {"day": day(missing.on)})
    totals = Presence.objects.filter(enrolment__in=seated).values_list("enrolment").annotate(n=Sum("minutes"))
    followed = dict(totals)
    percent = common_rules(by.network_id, last).training_minimum_percent
    done = []
    for enrolment in seated:
        minutes = followed.get(enrolment.pk, 0)
        if minutes:
            certified = last if has_hours(minutes, row.course.minutes, percent) else None
            done.append(perform(ENROLMENT, "attended", enrolment, by=by, minutes=minutes, completed_on=last, certified_on=certified))
        else:
            done.append(perform(ENROLMENT, "missed", enrolment, by=by))
    for rest in Enrolment.objects.filter(edition=row, state__in=[S.WAITING, S.INVITED]):
        perform(ENROLMENT, "withdrawn", rest, by=by, as_system=True, queued_at=None)
    row.row_version += 1
    row.save(update_fields=["row_version"])
    for enrolment in done:
        if enrolment.certified_on:
            _certify(enrolment, sessions, by=by, today=today)
    judge_again((enrolment.tutor_id for enrolment in done), by=by)
    return done


@transaction.atomic
def issue_certificate(*, enrolment: Enrolment, by: Access, today: date) -> Enrolment:
    """The certificate of who has the hours that today's rule book asks for and none yet: the rule book asked for more when it was closed.

    Raises DomainError in words: attendance not closed, hours missing, one is there already.
    """
    by.require(Permission.EDIT_TRAINING)
    row = locked(enrolment.edition)
    mine = Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("tutor").get(pk=enrolment.pk)
    if mine.certified_on:
        raise Conflict(_("%(tutor)s ha già il suo attestato.") % {"tutor": mine.tutor})
    if mine.state != S.ATTENDED:
        raise DomainError(_("L'attestato si dà quando le presenze sono chiuse, a chi c'era."))
    percent = common_rules(by.network_id, today).training_minimum_percent
    if not has_hours(mine.minutes, row.course.minutes, percent):
        needed = needed_minutes(row.course.minutes, percent)
        words = _("%(tutor)s ha seguito %(done)s ore su %(whole)s: per l'attestato ne servono almeno %(needed)s.")
        said = {"tutor": mine.tutor, "done": written(mine.minutes), "whole": written(row.course.minutes), "needed": written(needed)}
        raise DomainError(words % said)
    mine.certified_on = today
    mine.save(update_fields=["certified_on"])
    record_fact("training.enrolment.certified", mine, by=by)
    _certify(mine, list(Session.objects.filter(edition=row).order_by("on", "starts_at")), by=by, today=today)
    judge_again([mine.tutor_id], by=by)
    return mine


def _certify(enrolment: Enrolment, sessions: list[Session], *, by: Access, today: date) -> Document:
    with override("it"):
        label = str(CERTIFICATE_LABEL)
    return documents.issue(
        kind=CERTIFICATE,
        kind_label=label,
        template=CERTIFICATE_TEMPLATE,
        subject=enrolment,
        context=certificate_context(enrolment, sessions),
        network_id=enrolment.network_id,
        today=today,
        by=by,
    )
