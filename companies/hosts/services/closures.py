"""Days on which a company is closed."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue

from ..models import Closure, Company, Site

LONGEST_CLOSURE = 92  # days: longer is a slip of the finger, or no longer a host


@transaction.atomic
def add_closure(*, company: Company, starts_on: date, ends_on: date, words: str, by: Access, site: Site | None = None) -> Closure:
    """The company says when it is closed for everybody: in those days nobody is expected. Refuses days that meet a known closure."""
    by.require(Permission.EDIT_COMPANIES)
    if ends_on < starts_on:
        raise DomainError(_("L'ultimo giorno viene prima del primo."), field="ends_on")
    if (ends_on - starts_on).days >= LONGEST_CLOSURE:
        raise DomainError(_("Una chiusura dura al massimo tre mesi: controlla le date."), field="ends_on")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    same = Closure.objects.filter(company=company, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if site is not None:
        same = same.filter(Q(site=None) | Q(site=site))
    if known := same.order_by("starts_on").first():
        words_of = _("In quei giorni c'è già una chiusura: dal %(first)s al %(last)s.")
        raise DomainError(words_of % {"first": f"{known.starts_on:%d/%m/%Y}", "last": f"{known.ends_on:%d/%m/%Y}"}, field="starts_on")
    row = Closure.objects.create(
        network_id=company.network_id,
        company=company,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        words=words.strip(),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.closure.added", company, by=by, first=starts_on.isoformat(), last=ends_on.isoformat())
    _plan_again(company, starts_on, by=by)
    return row


@transaction.atomic
def remove_closure(*, closure: Closure, by: Access) -> None:
    """It was a mistake, or the company stays open after all: its days are expected again, but for months that are closed."""
    by.require(Permission.EDIT_COMPANIES)
    row = Closure.objects.select_for_update(of=("self",)).select_related("company").get(pk=closure.pk)
    record_fact("hosts.closure.removed", row.company, by=by, first=row.starts_on.isoformat(), last=row.ends_on.isoformat())
    row.delete()
    _plan_again(row.company, row.starts_on, by=by)


def _plan_again(company: Company, since: date, *, by: Access) -> None:
    """Every Ambito may have somebody there."""
    system = Access.system(network_id=by.network_id, ambito_id=None, reason="closure of a company")
    enqueue("attendance.resync_company", by=system, company_id=company.pk, since=since.isoformat())
