"""Register and edit a company."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.views import check_version
from impresasolidale.territory.selectors import name_key

from .. import selectors
from ..models import Company
from ..rules import size_of
from .checks import ask_registers
from .people import engage_tutor
from .sites import add_site


class CompanyKnown(DomainError):
    """A company with this code is registered already."""

    def __init__(self, company: Company, field: str) -> None:
        self.company = company
        super().__init__(
            _("Questo codice è già di %(company)s: apri la sua scheda invece di scriverne una nuova.") % {"company": company}, field=field
        )


class CompanyResembles(DomainError):
    """Companies with nearly this name exist; the user looks at them and says that this is another one."""

    def __init__(self, companies: list[Company]) -> None:
        self.companies = companies
        super().__init__(
            _("C'è già un'impresa con un nome simile. Guarda se è la stessa: se non lo è, spunta la casella."), field="is_another"
        )


def _check_codes(*, partita_iva: str, tax_code: str, by: Access, company: Company | None = None) -> None:
    if not partita_iva and not tax_code:
        raise DomainError(_("Serve la partita IVA, oppure il codice fiscale dell'ente."), field="partita_iva")
    known = selectors.known_companies(by, partita_iva=partita_iva, tax_code=tax_code, but=company).first()
    if known:
        raise CompanyKnown(known, "partita_iva" if partita_iva and known.partita_iva == partita_iva else "tax_code")


@transaction.atomic
def register_company(*, by: Access, is_another: bool = False, **values: Any) -> Company:
    """Register a host. `values` are its columns; codes are checked already (core.validators).

    Refuses a code that is known (CompanyKnown) and asks about a name that is nearly known (CompanyResembles) unless `is_another`.
    """
    by.require(Permission.EDIT_COMPANIES)
    _check_codes(partita_iva=values.get("partita_iva", ""), tax_code=values.get("tax_code", ""), by=by)
    if not is_another and (similar := selectors.similar_companies(by, values["name"])):
        raise CompanyResembles(similar)
    company = Company.objects.create(
        **values,
        network_id=by.network_id,
        search_key=name_key(values["name"]),
        size_class=size_of(values.get("staff_count")),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.company.registered", company, by=by)
    ask_registers(company=company, by=by)
    return company


@transaction.atomic
def register_host(
    *, company: Mapping[str, Any], site: Mapping[str, Any], tutor: Mapping[str, Any] | None, by: Access, today: date, is_another: bool
) -> Company:
    """The whole of the first page: company, first site, and first tutor when there is one."""
    row = register_company(by=by, is_another=is_another, **company)
    add_site(company=row, by=by, **site)
    if tutor:
        engage_tutor(company=row, by=by, today=today, valid_from=today, **tutor)
    return row


@transaction.atomic
def edit_company(*, company: Company, row_version: int, by: Access, **values: Any) -> Company:
    """Change the columns of a company. Raises Conflict when it was changed since `row_version`."""
    by.require(Permission.EDIT_COMPANIES)
    row = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    check_version(row, row_version)
    _check_codes(partita_iva=values["partita_iva"], tax_code=values["tax_code"], by=by, company=row)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name, value in values.items():
        setattr(row, name, value)
    row.search_key, row.size_class, row.row_version = name_key(row.name), size_of(row.staff_count), row.row_version + 1
    row.save()
    record_fact("hosts.company.edited", row, by=by, columns=changed)
    if "partita_iva" in changed:
        ask_registers(company=row, by=by)
    if {"safety_declared_on", "risk_class"} & {*changed}:
        _judge_again(row)
    return row


def _judge_again(company: Company) -> None:
    """The lights of who is there: every Ambito may have somebody."""
    system = Access.system(network_id=company.network_id, ambito_id=None, reason="safety declared")
    enqueue("agreements.refresh_all", by=system, company=company.pk)


@transaction.atomic
def renew_declarations(*, company: Company, names: Sequence[str], by: Access, today: date) -> Company:
    """The company, or the office for it, says again that it is in order: "safety" (rule 24), "law68" (rule 85). Dated today."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    row = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    columns = [f"{name}_declared_on" for name in names]
    for column in columns:
        setattr(row, column, today)
    row.row_version += 1
    row.save(update_fields=[*columns, "row_version"])
    record_fact("hosts.company.declared", row, by=by, columns=columns)
    if "safety" in names:
        _judge_again(row)
    return row
