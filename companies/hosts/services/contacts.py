"""Whom the office talks to at a company."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.periods import not_over
from impresasolidale.core.views import check_version
from impresasolidale.territory.selectors import name_key

from ..models import Company, Contact
from ..rules import same_name


@transaction.atomic
def add_contact(
    *, company: Company, first_name: str, last_name: str, valid_from: date, by: Access, today: date,
    email: str = "", phone: str = "", roles: Sequence[str] = (), signs: bool = False,
) -> Contact:  # fmt: skip
    """Somebody to ask at a company. With `signs` they are its legal representative from now on: the name on the papers to come."""
    by.require(Permission.EDIT_COMPANIES)
    email = _check(company, email=email, phone=phone, today=today)
    row = Contact.objects.create(
        company=company,
        network_id=company.network_id,
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        roles=list(roles),
        valid_from=valid_from,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.contact.added", company, by=by, contact=row.pk)
    if signs:
        _signs(row, by=by)
    return row


@transaction.atomic
def edit_contact(
    *, contact: Contact, row_version: int, first_name: str, last_name: str, by: Access, today: date,
    email: str = "", phone: str = "", roles: Sequence[str] = (), signs: bool = False,
) -> Contact:  # fmt: skip
    """Change a contact; who signs and changes name signs with the new one. Raises Conflict when it was changed since `row_version`."""
    by.require(Permission.EDIT_COMPANIES)
    row = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    check_version(row, row_version)
    row.email = _check(row.company, email=email, phone=phone, today=today, but=row)
    row.first_name, row.last_name, row.phone, row.roles = first_name, last_name, phone, list(roles)
    row.row_version += 1
    row.save()
    record_fact("hosts.contact.edited", row.company, by=by, contact=row.pk)
    if signs:
        _signs(row, by=by)
    return row


@transaction.atomic
def end_contact(*, contact: Contact, on: date, by: Access) -> Contact:
    """The last day on which to ask this person. Who signs for the company stays written there until somebody else does."""
    by.require(Permission.EDIT_COMPANIES)
    row = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    if row.valid_to:
        raise DomainError(_("La fine è già scritta: %(day)s.") % {"day": f"{row.valid_to:%d/%m/%Y}"}, field="on")
    if on < row.valid_from:
        words = _("La data di fine viene prima di quella di inizio, il %(day)s.")
        raise DomainError(words % {"day": f"{row.valid_from:%d/%m/%Y}"}, field="on")
    row.valid_to, row.row_version = on, row.row_version + 1
    row.save(update_fields=["valid_to", "row_version"])
    record_fact("hosts.contact.ended", row.company, by=by, contact=row.pk, valid_to=on.isoformat())
    return row


def _check(company: Company, *, email: str, phone: str, today: date, but: Contact | None = None) -> str:
    """The address as it is kept. Refuses nobody to reach, and an address that another contact of today has."""
    email = email.strip().lower()
    if not email and not phone.strip():
        raise DomainError(_("Serve almeno un modo per sentirla: posta o telefono."), field="email")
    same = Contact.objects.filter(not_over(today), company=company, email=email) if email else Contact.objects.none()
    same = same.exclude(pk=but.pk) if but else same
    if known := same.first():
        raise DomainError(_("Questo indirizzo è già di %(contact)s, di questa impresa.") % {"contact": known}, field="email")
    return email


def _signs(contact: Contact, *, by: Access) -> None:
    company = Company.objects.select_for_update(of=("self",)).get(pk=contact.company_id)
    name = str(contact)
    if same_name(name_key(company.representative), name_key(name)):
        return
    company.representative, company.row_version = name[:120], company.row_version + 1
    company.save(update_fields=["representative", "row_version"])
    record_fact("hosts.company.edited", company, by=by, columns=["representative"])
