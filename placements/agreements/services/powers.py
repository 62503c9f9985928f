"""Who may sign for a body or a company."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.todos import close_deadline, done, set_deadline
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Body

from ..models import SigningPower

EXPIRES, DAYS = "agreements.power_expires", 30  # days before the last one


@dataclass(frozen=True, kw_only=True)
class PowerData:
    """What the office writes of a power of signature."""

    name: str
    title: str
    valid_from: date
    valid_to: date | None = None
    act: str = ""
    act_on: date | None = None
    deputy_of: SigningPower | None = None
    email: str = ""
    phone: str = ""


@transaction.atomic
def add_power(*, of: Body | Company, data: PowerData, by: Access, today: date) -> SigningPower:
    """Write who may sign for a body or a company, by which act, from when to when."""
    by.require(Permission.RECORD_SIGNATURES)
    owner = {"company": of} if isinstance(of, Company) else {"body": of}
    row = SigningPower(ambito_id=by.ambito_id, created_by_id=by.actor_id, **owner)
    _write(row, data, today=today)
    _remind(row, by=by)
    record_fact("agreements.power.added", row, by=by)
    return row


@transaction.atomic
def edit_power(*, power: SigningPower, data: PowerData, row_version: int, by: Access, today: date) -> SigningPower:
    """Write a power again, e.g. its last day. Signatures given by it stay as they are."""
    by.require(Permission.RECORD_SIGNATURES)
    row = SigningPower.objects.select_for_update(of=("self",)).get(pk=power.pk)
    check_version(row, row_version)
    row.row_version += 1
    _write(row, data, today=today)
    _remind(row, by=by)
    record_fact("agreements.power.edited", row, by=by)
    return row


def _remind(row: SigningPower, *, by: Access) -> None:
    """Before a power ends somebody is asked for what follows it: a new act, or another person (features row 181)."""
    close_deadline(kind=EXPIRES, subject=row)
    done(kind=EXPIRES, subject=row, by=by)
    if row.valid_to:
        set_deadline(
            kind=EXPIRES,
            subject=row,
            title=_("Finisce il potere di firma di %(name)s") % {"name": row.name},
            url=reverse("agreements:power_edit", args=[row.public_id]),
            role=Role.COORDINATOR,
            due_on=row.valid_to,
            by=by,
            remind_days=DAYS,
        )


def _write(row: SigningPower, data: PowerData, *, today: date) -> None:
    if data.valid_to and data.valid_to < data.valid_from:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")
    if data.act_on and data.act_on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if data.act_on and not data.act:
        raise DomainError(_("Scrivi anche il numero dell'atto."), field="act")
    if data.deputy_of and not data.act:
        raise DomainError(_("Chi firma al posto di un altro ha un atto di delega: scrivilo."), field="act")
    if data.deputy_of and (
        data.deputy_of.pk == row.pk or (data.deputy_of.company_id, data.deputy_of.body_id) != (row.company_id, row.body_id)
    ):
        raise DomainError(_("Scegli una persona dello stesso ente o della stessa impresa."), field="deputy_of")
    for name in ("name", "title", "act", "email", "phone"):
        setattr(row, name, getattr(data, name).strip())
    row.act_on, row.valid_from, row.valid_to, row.deputy_of = data.act_on, data.valid_from, data.valid_to, data.deputy_of
    row.save()
