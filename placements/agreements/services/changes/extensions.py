"""Extensions: asked by whoever wants more time, granted as a version to be signed, or denied with an alternative (rules 7, 8)."""

from datetime import date
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from companies.hosts.services import refuse_closed
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.todos import done
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from ... import change_rules, readiness, schedule
from ...change_enums import ExtensionState
from ...enums import HOSTED, LIVE, ProjectKind
from ...models import Attestation, EarlyEnd, ExtensionRequest, Placement
from ...transitions import EXTENSION
from ..flow import overlapping
from ._common import ask_about, lock, lock_row, note, touch
from .versions import refuse_in_work, refuse_parallel, write_version

ASKED, GRANTED = "agreements.extension_asked", "agreements.extension_granted"


@transaction.atomic
def ask_extension(
    *, placement: Placement, asked_by: str, asked_on: date, until: date, motive: str, row_version: int, by: Access, today: date
) -> ExtensionRequest:
    """Write down that somebody asks for more time; the coordinator decides."""
    row = lock(placement, by=by, row_version=row_version)
    if until <= row.ends_on:
        raise DomainError(
            _("Il tirocinio arriva già al %(day)s: scegli un giorno dopo.") % {"day": f"{row.ends_on:%d/%m/%Y}"}, field="until"
        )
    refuse_closed(row.site, until=until, field="until")
    if asked_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="asked_on")
    if row.extension_requests.filter(state=ExtensionState.ASKED).exists():
        raise Conflict(_("C'è già una richiesta di proroga da decidere."))
    request = ExtensionRequest.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        asked_by=asked_by,
        asked_on=asked_on,
        until=until,
        motive=motive.strip(),
        created_by_id=by.actor_id,
    )
    note("extension.asked", row, by=by, reason=request.motive, until=until.isoformat())
    done(kind="agreements.slid_end", subject=row, by=by)
    ask_about(ASKED, row, _("Decidi la proroga: %(person)s"), Role.COORDINATOR, by=by, due_on=row.ends_on)
    touch(row)
    return request


@transaction.atomic
def grant_extension(*, request: ExtensionRequest, answer: str, by: Access, today: date) -> ExtensionRequest:
    """Yes: a version that begins the day after the agreed end, to be issued and signed. Beyond the longest time of the rule book only with
    the public service's attestation (rule 8); never over another placement of the person."""
    by.require(Permission.VALIDATE_PLACEMENTS)
    row = lock_row(request.placement)
    refuse_in_work(row)
    refuse_closed(row.site, until=request.until)
    if EarlyEnd.objects.filter(placement=row).exists():
        raise Conflict(_("Per questo tirocinio è già prevista la chiusura anticipata."))
    change_rules.check_extension(
        until=request.until,
        ends_on=row.ends_on,
        months=months_with(row, request.until),
        attested_until=max(row.attestations.values_list("until", flat=True), default=None),
        rules=row.rulebook.rules,
    )
    current, on = schedule.project_on(row, row.ends_on), row.ends_on + change_rules.ONE_DAY
    longer = lock_row(request.placement)
    longer.ends_on = request.until
    if row.exclusive and overlapping(longer).filter(exclusive=True).exists():
        raise DomainError(_("In quei giorni la persona ha già un altro tirocinio."))
    refuse_parallel(row, current.weekly_minutes, first=on, last=request.until, field=None)
    project = write_version(row, current, kind=ProjectKind.EXTENSION, on=on, ends_on=request.until, reason=request.motive, by=by)
    found = perform(
        EXTENSION,
        "granted",
        request,
        by=by,
        reason=answer,
        project=project,
        answer=answer.strip(),
        decided_by_id=by.actor_id,
        decided_on=today,
    )
    note("extension.granted", row, by=by, reason=answer.strip(), until=request.until.isoformat())
    done(kind=ASKED, subject=row, by=by)
    ask_about(GRANTED, row, _("Proroga concessa, prepara le carte: %(person)s"), Role.SOCIAL_WORKER, by=by, due_on=row.ends_on)
    touch(row)
    return cast("ExtensionRequest", found)


@transaction.atomic
def deny_extension(*, request: ExtensionRequest, reason: str, alternative: str, by: Access, today: date) -> ExtensionRequest:
    """No, with the reason and what is proposed instead: both are compulsory (features.md §5.3)."""
    by.require(Permission.VALIDATE_PLACEMENTS)
    row = lock_row(request.placement)
    if not alternative.strip():
        raise DomainError(_("Scrivi che cosa si propone invece: un no da solo non basta."), field="alternative")
    found = perform(
        EXTENSION,
        "denied",
        request,
        by=by,
        reason=reason,
        answer=reason.strip(),
        alternative=alternative.strip(),
        decided_by_id=by.actor_id,
        decided_on=today,
    )
    note("extension.denied", row, by=by, reason=f"{reason.strip()} {alternative.strip()}")
    done(kind=ASKED, subject=row, by=by)
    touch(row)
    return cast("ExtensionRequest", found)


@transaction.atomic
def record_attestation(
    *,
    placement: Placement,
    made_on: date,
    author: str,
    service: str,
    protocol: str,
    until: date,
    file: UploadedFile,
    by: Access,
    today: date,
) -> Attestation:
    """The service's paper that the need goes on (rule 8): kept with its scan, never changed; the start light looks at it too."""
    row = lock(placement, by=by, states=(*LIVE, "draft", "proposed", "to_sign", "signed"))
    if made_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="made_on")
    if until < row.ends_on:
        raise DomainError(_("Deve arrivare almeno fino all'ultimo giorno, il %(day)s.") % {"day": f"{row.ends_on:%d/%m/%Y}"}, field="until")
    found = Attestation.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        made_on=made_on,
        author=author.strip(),
        service=service.strip(),
        protocol=protocol.strip(),
        until=until,
        file=store_upload(file=file, kind="agreements.attestation", subject=row, by=by),
        created_by_id=by.actor_id,
    )
    note("attestation.recorded", row, by=by, protocol=found.protocol)
    touch(row)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return found


def months_with(placement: Placement, until: date) -> int:
    """Months of the person over all placements that began or are agreed, if this one lasts until then (rule 7)."""
    rows = Placement.objects.filter(beneficiary_id=placement.beneficiary_id, state__in={*HOSTED, *LIVE}).exclude(pk=placement.pk)
    spans = [change_rules.Span(p.starts_on, p.last_day) for p in rows.order_by("pk")]
    return change_rules.months_used([*spans, change_rules.Span(placement.starts_on, until)])
