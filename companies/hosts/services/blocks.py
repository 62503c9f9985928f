"""A company where an Ambito places nobody for a while."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.todos import close_deadline, set_deadline

from ..models import Block, Company

ENDS = "hosts.block_ends"
LONGEST = 366  # days: a longer one is decided anew, with the reasons of that day
REMIND_DAYS = 7  # before a block ends by itself


@transaction.atomic
def block_company(*, company: Company, reason: str, ends_on: date, by: Access, today: date) -> Block:
    """From today to a day nobody new is placed here by this Ambito; who is here, or was validated, goes on. One block at a time."""
    by.require(Permission.BLOCK_COMPANIES)
    if not reason.strip():
        raise ReasonRequired
    if ends_on < today:
        raise DomainError(_("Questo giorno è già passato: scrivi fino a quando."), field="ends_on")
    if ends_on > today + timedelta(days=LONGEST):
        raise DomainError(_("Al massimo un anno: poi si decide di nuovo, con i motivi di allora."), field="ends_on")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if known := Block.objects.filter(Block.holding(today), ambito_id=by.ambito_id, company=company).first():
        raise DomainError(_("È già bloccata fino al %(day)s: prima togli quel blocco.") % {"day": f"{known.ends_on:%d/%m/%Y}"})
    row = Block.objects.create(
        ambito_id=by.ambito_id, company=company, starts_on=today, ends_on=ends_on, reason=reason.strip(), created_by_id=by.actor_id
    )
    record_fact("hosts.company.blocked", company, by=by, reason=row.reason, until=ends_on.isoformat())
    set_deadline(
        kind=ENDS,
        subject=row,
        title=str(_("%(company)s: il blocco sta per finire da solo") % {"company": company}),
        url=reverse("hosts:detail", args=[company.public_id]),
        role=Role.COORDINATOR,
        due_on=ends_on,
        by=by,
        remind_days=REMIND_DAYS,
    )
    return row


@transaction.atomic
def lift_block(*, block: Block, reason: str, by: Access, today: date) -> Block:
    """Before its day, with a reason: from now on people can be placed here again."""
    by.require(Permission.BLOCK_COMPANIES)
    row = Block.objects.select_for_update(of=("self",)).select_related("company").get(pk=block.pk)
    if row.lifted_on or row.ends_on < today:
        raise Conflict(_("Questo blocco è già finito."))
    if not reason.strip():
        raise ReasonRequired
    row.lifted_on, row.lifted_reason, row.lifted_by_id = today, reason.strip(), by.actor_id
    row.save(update_fields=["lifted_on", "lifted_reason", "lifted_by"])
    close_deadline(kind=ENDS, subject=row)
    record_fact("hosts.company.unblocked", row.company, by=by, reason=row.lifted_reason)
    return row


def refuse_blocked(*, company: Company, starts_on: date, by: Access, field: str | None = None) -> None:
    """Raises DomainError when the active Ambito places nobody at the company on the day on which somebody should begin."""
    if row := Block.objects.filter(Block.holding(starts_on), ambito_id=by.ambito_id, company=company).first():
        words = _("Fino al %(day)s in questa impresa non si comincia nessun tirocinio: %(reason)s")
        raise DomainError(words % {"day": f"{row.ends_on:%d/%m/%Y}", "reason": row.reason}, field=field)
