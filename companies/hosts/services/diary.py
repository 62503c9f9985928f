"""The diary of an office's contacts with companies."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.todos import close_deadline, done, set_deadline

from ..models import Company, CompanyNote

NEXT_STEP = "hosts.next_step"  # kind of the deadline and of its to-do
REMIND_DAYS = 3


@transaction.atomic
def write_note(
    *,
    company: Company,
    kind: str,
    happened_on: date,
    text: str,
    by: Access,
    today: date,
    with_whom: str = "",
    next_step: str = "",
    next_on: date | None = None,
) -> CompanyNote:
    """Note a contact with a company in the active Ambito. A next step has a day, and the office is reminded of it."""
    by.require(Permission.EDIT_COMPANIES)
    if not text.strip():
        raise DomainError(_("Scrivi che cosa vi siete detti."), field="text")
    if happened_on > today:
        raise DomainError(_("Questo giorno deve ancora venire: scrivi quando è successo."), field="happened_on")
    next_step = next_step.strip()
    if next_step and not next_on:
        raise DomainError(_("Scrivi entro quando."), field="next_on")
    if next_on and not next_step:
        raise DomainError(_("Scrivi che cosa resta da fare."), field="next_step")
    if next_on and next_on <= today:
        raise DomainError(_("Scegli un giorno che deve ancora venire."), field="next_on")
    row = CompanyNote.objects.create(
        ambito_id=by.ambito_id,
        company=company,
        kind=kind,
        happened_on=happened_on,
        with_whom=with_whom.strip(),
        text=text.strip(),
        next_step=next_step,
        next_on=next_on,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.note.written", row, by=by, kind=kind)
    if next_on:
        set_deadline(
            kind=NEXT_STEP,
            subject=row,
            title=f"{company.name[:70]}: {next_step}",
            url=reverse("hosts:notes", args=[company.public_id]),
            role=Role.SOCIAL_WORKER,
            due_on=next_on,
            by=by,
            remind_days=REMIND_DAYS,
        )
    return row


@transaction.atomic
def finish_step(*, note: CompanyNote, by: Access, now: datetime) -> CompanyNote:
    """The next step of a note was taken: nobody is reminded of it any more. Raises Conflict when it was said already."""
    by.require(Permission.EDIT_COMPANIES)
    row = CompanyNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if not row.next_step or row.done_at:
        raise Conflict(_("Questo passo è già segnato come fatto."))
    row.done_at = now
    row.save(update_fields=["done_at"])
    close_deadline(kind=NEXT_STEP, subject=row)
    done(kind=NEXT_STEP, subject=row, by=by)
    record_fact("hosts.note.step_taken", row, by=by)
    return row
