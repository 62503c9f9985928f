"""Writes of accident files. The company tutor's phone and the office report alike; the office sees to the notices."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access, members_with
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.messages import send
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.views import check_version
from impresasolidale.territory.calendar import move_working_days
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement

from .. import rules
from ..enums import AccidentState, NoticeTo
from ..models.accidents import Accident, AccidentNotice
from ..transitions import ACCIDENT

LOOK_AT = "monitoring.accident"
TELL = "monitoring.notice"
DESK = {NoticeTo.FAMILY: Role.SOCIAL_WORKER, NoticeTo.PROMOTER: Role.SOCIAL_WORKER}  # the rest is the clerk's
FACTS = (
    *("happened_at", "place", "dynamics", "harm", "witnesses", "first_aid"),
    *("is_commute", "third_party_damage", "certificate_on", "prognosis_days"),
)


@transaction.atomic
def report_accident(
    *, placement: Placement, happened_at: datetime, dynamics: str, harm: str, by: Access, today: date, **more: Any
) -> Accident:
    """Open the file of an accident: from the tutor's phone with three facts, or from the office with all of them.

    The promoter is told at once: that is this very report, a to-do, and a mail to who follows the placement. `placement` was found by
    the caller's selector. Refuses moments to come and days outside the placement.
    """
    if not (by.may(Permission.FOLLOW_ACCIDENTS) or by.may(Permission.USE_TUTOR_PORTAL)):
        raise PermissionDenied
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("rulebook", "company").get(pk=placement.pk)
    _check(row, happened_at, more.get("certificate_on"), today)
    accident = Accident.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        happened_at=happened_at,
        dynamics=dynamics.strip(),
        harm=harm,
        created_by_id=by.actor_id,
        **more,
    )
    record_fact("monitoring.accident.reported", accident, by=by, harm=harm)
    _lay_out_notices(accident, row, by=by, today=today)
    ask(
        kind=LOOK_AT,
        subject=accident,
        title=str(_("Un incidente durante un tirocinio: guarda che cosa fare")),
        url=reverse("monitoring:detail", args=[accident.public_id]),
        role=Role.SOCIAL_WORKER,
        by=by,
        due_on=today,
        is_mandatory=True,
    )
    assert by.network_id
    system = Access.system(network_id=by.network_id, ambito_id=accident.ambito_id, reason="accident reported")
    enqueue("monitoring.tell_followers", by=system, accident_id=accident.pk)  # a company user writes no messages
    AccidentNotice.objects.filter(accident=accident, to=NoticeTo.PROMOTER).update(sent_on=today)
    return _after_notice(accident, by=by)


@transaction.atomic
def edit_accident(*, accident: Accident, row_version: int, by: Access, today: date, **facts: Any) -> Accident:
    """Write down what is learned later, e.g. the certificate: notices get their days, and new ones are added when they are needed."""
    by.require(Permission.FOLLOW_ACCIDENTS)
    row = _locked(accident)
    check_version(row, row_version)
    if row.state == AccidentState.CLOSED:
        raise Conflict(_("Questa pratica è chiusa: per cambiarla prima riaprila, con un motivo."))
    _check(row.placement, facts["happened_at"], facts["certificate_on"], today)
    changed = sorted(name for name in FACTS if getattr(row, name) != facts[name])
    for name in FACTS:
        setattr(row, name, facts[name])
    row.row_version += 1
    row.save()
    record_fact("monitoring.accident.edited", row, by=by, columns=changed)
    _lay_out_notices(row, row.placement, by=by, today=today)
    return _after_notice(row, by=by)


@transaction.atomic
def record_notice(*, notice: AccidentNotice, sent_on: date, protocol: str, file: UploadedFile | None, by: Access, today: date) -> Accident:
    """Somebody was told: the day, the receipt or protocol, the file. The last one that was missing makes the file `notified`."""
    row = _open_notice(notice, by=by)
    if sent_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="sent_on")
    if sent_on < timezone.localdate(row.accident.happened_at):
        raise DomainError(_("Questo giorno viene prima dell'incidente."), field="sent_on")
    row.sent_on, row.protocol = sent_on, protocol.strip()
    row.file = store_upload(file=file, kind="monitoring.notice", subject=row, by=by) if file else None
    row.save(update_fields=["sent_on", "protocol", "file"])
    record_fact("monitoring.notice.recorded", row.accident, by=by, to=row.to)
    done(kind=TELL, subject=row, by=by)
    return _after_notice(row.accident, by=by)


@transaction.atomic
def waive_notice(*, notice: AccidentNotice, reason: str, by: Access, today: date) -> Accident:
    """This one need not be told, e.g. no certificate was made: the reason stays beside it. The promoter always is."""
    row = _open_notice(notice, by=by)
    if not reason.strip():
        raise ReasonRequired
    if row.to == NoticeTo.PROMOTER:
        raise DomainError(_("L'ente promotore va avvisato sempre."))
    row.not_needed = reason.strip()[:300]
    row.save(update_fields=["not_needed"])
    record_fact("monitoring.notice.waived", row.accident, by=by, to=row.to, reason=row.not_needed)
    done(kind=TELL, subject=row, by=by)
    return _after_notice(row.accident, by=by)


@transaction.atomic
def close_accident(*, accident: Accident, outcome: str, by: Access) -> Accident:
    """All were told, and it is known how it went: the file rests."""
    if not outcome.strip():
        raise DomainError(_("Scrivi com'è andata a finire."), field="outcome")
    row = cast("Accident", perform(ACCIDENT, "closed", accident, by=by, outcome=outcome.strip()))
    done(kind=LOOK_AT, subject=row, by=by)
    return row


@transaction.atomic
def reopen_accident(*, accident: Accident, reason: str, by: Access, today: date) -> Accident:
    """Something came up afterwards, e.g. a relapse."""
    row = cast("Accident", perform(ACCIDENT, "reopened", accident, by=by, reason=reason))
    return _after_notice(row, by=by)


def _check(placement: Placement, happened_at: datetime, certificate_on: date | None, today: date) -> None:
    day = timezone.localdate(happened_at)
    if placement.state not in HOSTED:
        raise DomainError(_("Questo tirocinio non è mai cominciato."))
    if happened_at > timezone.now():
        raise DomainError(_("Questo momento deve ancora venire."), field="happened_at")
    if not placement.starts_on <= day <= placement.last_day:
        words = _("Il tirocinio va dal %(first)s al %(last)s: questo giorno è fuori.")
        span = {"first": f"{placement.starts_on:%d/%m/%Y}", "last": f"{placement.last_day:%d/%m/%Y}"}
        raise DomainError(words % span, field="happened_at")
    if certificate_on and not day <= certificate_on <= today:
        raise DomainError(_("Il certificato viene dopo l'incidente, e non nel futuro."), field="certificate_on")


def _lay_out_notices(accident: Accident, placement: Placement, *, by: Access, today: date) -> None:
    """The rows the facts ask for, with their days; what was told or judged not needed stays as it is."""
    happened = rules.Happened(
        on=timezone.localdate(accident.happened_at),
        harm=accident.harm,
        third_party_damage=accident.third_party_damage,
        certificate_on=accident.certificate_on,
        prognosis_days=accident.prognosis_days,
    )
    there = {row.to: row for row in AccidentNotice.objects.filter(accident=accident)}
    for to, term in rules.notices(happened, placement.rulebook.rules).items():
        row = there.get(to) or AccidentNotice(ambito_id=accident.ambito_id, accident=accident, placement_id=placement.pk, to=to)
        if row.pk and not row.is_open:
            continue
        row.due_on = due_on(term, accident.ambito_id)
        row.save()
        if row.due_on and to != NoticeTo.PROMOTER:
            ask(
                kind=TELL,
                subject=row,
                title=str(_("Avviso di un incidente da fare: %(to)s") % {"to": NoticeTo(to).label}),
                url=reverse("monitoring:detail", args=[accident.public_id]),
                role=DESK.get(NoticeTo(to), Role.CLERK),
                by=by,
                due_on=row.due_on,
                is_mandatory=True,
            )


def due_on(term: rules.Term, ambito_id: int) -> date | None:
    """The last good day: so many working days later, or so many days later and then the first working one. At once stays at once."""
    if term.since is None or not term.days:
        return term.since
    if term.working:
        return move_working_days(term.since, term.days, ambito_id)
    return move_working_days(term.since + timedelta(days=term.days - 1), 1, ambito_id)


def _open_notice(notice: AccidentNotice, *, by: Access) -> AccidentNotice:
    by.require(Permission.FOLLOW_ACCIDENTS)
    _locked(notice.accident)
    row = AccidentNotice.objects.select_for_update(of=("self",), no_key=True).select_related("accident").get(pk=notice.pk)
    if not row.is_open:
        raise Conflict(_("Questo avviso è già registrato."))
    return row


def _after_notice(accident: Accident, *, by: Access) -> Accident:
    """The state follows the notices: all told, or more to tell."""
    missing = AccidentNotice.objects.filter(accident=accident, sent_on=None, not_needed="").exists()
    if accident.state == AccidentState.OPEN and not missing:
        return cast("Accident", perform(ACCIDENT, "notified", accident, by=by, as_system=True))
    if accident.state == AccidentState.NOTIFIED and missing:
        return cast("Accident", perform(ACCIDENT, "more_to_tell", accident, by=by, as_system=True))
    return accident


def tell_followers(*, accident: Accident, by: Access, today: date) -> None:
    """Write at once to who follows the placement; when nobody in force does, to the Ambito's social workers."""
    placement = accident.placement
    ids = {pk for pk in (placement.promoter_tutor_id, placement.prepared_by_id) if pk}
    found = list(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
    for user in found or members_with(ambito_id=placement.ambito_id, role=Role.SOCIAL_WORKER, on=today):
        send(
            kind="monitoring.accident",
            address=user.email,
            language="it",
            subject=gettext_lazy("Urgente: un incidente durante un tirocinio"),
            template="monitoring/email/accident.txt",
            context={
                "user": user,
                "company": placement.company.name,
                "at": timezone.localtime(accident.happened_at),
                "harm": accident.get_harm_display(),
                "url": settings.BASE_URL + reverse("monitoring:detail", args=[accident.public_id]),
            },
            by=by,
            about=accident,
        )


def _locked(accident: Accident) -> Accident:
    return (
        Accident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("placement__rulebook", "placement__company")
        .get(pk=accident.pk)
    )
