"""The places of work of a company: written, edited, closed, opened again."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.views import check_version

from ..models import Company, Opening, Site, Taken

MAIN_SITE = "Sede principale"


@transaction.atomic
def add_site(*, company: Company, name: str, by: Access, **values: Any) -> Site:
    """A place of work of a company. `values` are the other columns that people write."""
    by.require(Permission.EDIT_COMPANIES)
    site = Site.objects.create(
        company=company, network_id=company.network_id, name=name or _(MAIN_SITE), created_by_id=by.actor_id, **values
    )
    record_fact("hosts.site.added", site, by=by)
    return site


@transaction.atomic
def edit_site(*, site: Site, row_version: int, by: Access, **values: Any) -> Site:
    """Change what is written of a site. Raises Conflict when it was changed since `row_version`."""
    by.require(Permission.EDIT_COMPANIES)
    row = Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
    check_version(row, row_version)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name, value in values.items():
        setattr(row, name, value)
    row.row_version += 1
    row.save()
    record_fact("hosts.site.edited", row, by=by, columns=changed)
    return row


@transaction.atomic
def close_site(*, site: Site, on: date, reason: str, by: Access) -> Site:
    """After `on` nobody works here any more, and no place is offered. Refused while somebody, of whatever Ambito, is placed here longer."""
    by.require(Permission.EDIT_COMPANIES)
    row = _locked(site)
    if row.closed_on:
        raise DomainError(_("Questa sede è già chiusa."))
    if not reason.strip():
        raise DomainError(_("Scrivi perché la sede chiude: serve a chi leggerà dopo di te."), field="reason")
    staying = Taken.objects.filter(site_id=row.pk, ends_on__gt=on)
    if people := staying.values("beneficiary_id").distinct().count():
        last = staying.order_by("-ends_on").values_list("ends_on", flat=True)[0]
        words = ngettext(
            "Dopo quel giorno qui c'è ancora %(n)d persona, fino al %(day)s: prima il suo tirocinio va spostato o finito.",
            "Dopo quel giorno qui ci sono ancora %(n)d persone, fino al %(day)s: prima i loro tirocini vanno spostati o finiti.",
            people,
        )
        raise DomainError(words % {"n": people, "day": f"{last:%d/%m/%Y}"}, field="on")
    Opening.objects.filter(site=row, starts_on__gt=on).delete()
    for opening in Opening.objects.filter(site=row).exclude(ends_on__lte=on):
        opening.ends_on, opening.row_version = on, opening.row_version + 1
        opening.save(update_fields=["ends_on", "row_version"])
    row.closed_on, row.closed_reason, row.row_version = on, reason.strip(), row.row_version + 1
    row.save(update_fields=["closed_on", "closed_reason", "row_version"])
    record_fact("hosts.site.closed", row, by=by, reason=row.closed_reason, on=on.isoformat())
    return row


@transaction.atomic
def reopen_site(*, site: Site, by: Access) -> Site:
    """It was a mistake, or the company is back there: people can be placed again. What it offered has to be written anew."""
    by.require(Permission.EDIT_COMPANIES)
    row = _locked(site)
    if row.closed_on is None:
        raise DomainError(_("Questa sede è già aperta."))
    row.closed_on, row.closed_reason, row.row_version = None, "", row.row_version + 1
    row.save(update_fields=["closed_on", "closed_reason", "row_version"])
    record_fact("hosts.site.reopened", row, by=by)
    return row


def _locked(site: Site) -> Site:
    """After its company: places are declared under the same lock."""
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=site.company_id)
    return Site.objects.select_for_update(of=("self",)).get(pk=site.pk)


def refuse_closed(site: Site, *, until: date, field: str | None = None) -> None:
    """Raises DomainError when a site closes before the last day that somebody should spend there."""
    if not site.is_open(until):
        words = _("Questa sede chiude il %(day)s, prima della fine: scegli un'altra sede, o altre date.")
        raise DomainError(words % {"day": f"{site.closed_on:%d/%m/%Y}"}, field=field)
