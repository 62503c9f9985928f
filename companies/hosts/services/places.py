"""Places a company offers, and what it says when it is asked."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.todos import close_deadline, done, done_for_all, set_deadline
from impresasolidale.core.views import check_version

from ..enums import HostingAnswer
from ..models import Company, HostingInterest, Opening, ReadyAsk, Site, Taken
from ..rules import most_at_once
from .conduct import refuse_before_conduct

CALL, READY = "hosts.call_back", "hosts.ready_again"
REMIND_DAYS = 3  # before the day on which the company wants to be called


@transaction.atomic
def declare_places(
    *, company: Company, site: Site, places: int, starts_on: date, by: Access, ends_on: date | None = None, words: str = ""
) -> Opening:
    """How many people a site welcomes at once. Refuses days that meet another statement of the site, and fewer places than are taken."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    refuse_before_conduct(company, by=by)
    _check(company=company, site=site, places=places, starts_on=starts_on, ends_on=ends_on)
    row = Opening.objects.create(
        network_id=company.network_id,
        company=company,
        site=site,
        places=places,
        starts_on=starts_on,
        ends_on=ends_on,
        words=words.strip(),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.opening.declared", company, by=by, site=site.pk, places=places)
    return row


@transaction.atomic
def change_places(
    *, opening: Opening, row_version: int, places: int, starts_on: date, by: Access, ends_on: date | None = None, words: str = ""
) -> Opening:
    """Other places or other days. Raises Conflict when it was changed since `row_version`; refuses as `declare_places` does."""
    by.require_of(Permission.EDIT_COMPANIES, opening.company_id)
    row = Opening.objects.select_for_update(of=("self",)).select_related("company", "site").get(pk=opening.pk)
    check_version(row, row_version)
    _check(company=row.company, site=row.site, places=places, starts_on=starts_on, ends_on=ends_on, but=row)
    row.places, row.starts_on, row.ends_on, row.words = places, starts_on, ends_on, words.strip()
    row.row_version += 1
    row.save()
    record_fact("hosts.opening.changed", row.company, by=by, site=row.site_id, places=places)
    return row


def _check(*, company: Company, site: Site, places: int, starts_on: date, ends_on: date | None, but: Opening | None = None) -> None:
    if ends_on and ends_on < starts_on:
        raise DomainError(_("L'ultimo giorno viene prima del primo."), field="ends_on")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    closed_on = Site.objects.values_list("closed_on", flat=True).get(pk=site.pk)
    if closed_on and (ends_on is None or ends_on > closed_on):
        said = _("Questa sede chiude il %(day)s: dopo non ci sono posti.")
        raise DomainError(said % {"day": f"{closed_on:%d/%m/%Y}"}, field="ends_on")
    same = Opening.objects.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on), site=site)
    if ends_on:
        same = same.filter(starts_on__lte=ends_on)
    if but:
        same = same.exclude(pk=but.pk)
    if known := same.order_by("starts_on").first():
        said = _("Dal %(day)s questa sede ha già detto quanti posti ha: cambia quel numero, o quei giorni.")
        raise DomainError(said % {"day": f"{known.starts_on:%d/%m/%Y}"}, field="starts_on")
    most, day = most_at_once(Taken.objects.filter(site_id=site.pk).values_list("starts_on", "ends_on"), starts_on, ends_on)
    if most > places:
        said = _("Il %(day)s in questa sede ci sono già %(n)d persone: i posti non possono essere meno.")
        raise DomainError(said % {"day": f"{day:%d/%m/%Y}", "n": most}, field="places")


@transaction.atomic
def note_interest(
    *,
    company: Company,
    answer: str,
    said_on: date,
    by: Access,
    today: date,
    reason: str = "",
    call_on: date | None = None,
    words: str = "",
    said_by: str = "",
) -> HostingInterest:
    """What the company answered. "Not now" asks for a day to call, and whoever follows placements is reminded of it."""
    by.require(Permission.EDIT_COMPANIES)
    if said_on > today:
        raise DomainError(_("Questo giorno deve ancora venire: scrivi quando ha risposto."), field="said_on")
    if answer == HostingAnswer.YES:
        reason, call_on = "", None
    elif not reason:
        raise DomainError(_("Scegli il motivo: serve a capire che cosa possiamo cambiare noi."), field="reason")
    if answer == HostingAnswer.NO:
        call_on = None
    elif answer == HostingAnswer.LATER and not (call_on and call_on > today):
        raise DomainError(_("Scrivi quando risentirla: un giorno che deve ancora venire."), field="call_on")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    _settle(company, by=by)
    row = HostingInterest.objects.create(
        network_id=company.network_id,
        company=company,
        answer=answer,
        reason=reason,
        call_on=call_on,
        words=words.strip(),
        said_by=said_by.strip(),
        said_on=said_on,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.interest.noted", company, by=by, answer=answer)
    if call_on:
        set_deadline(
            kind=CALL,
            subject=row,
            title=str(_("Risentire %(company)s: aveva detto «non adesso»") % {"company": company}),
            url=reverse("hosts:detail", args=[company.public_id]),
            role=Role.SOCIAL_WORKER,
            due_on=call_on,
            by=by,
            remind_days=REMIND_DAYS,
        )
    return row


def _settle(company: Company, *, by: Access) -> None:
    """What an earlier answer left waiting is over, in whatever Ambito it waits: reminders to call, to-dos, a question by mail."""
    before = list(HostingInterest.objects.filter(company=company))
    for kind in (CALL, READY):
        done_for_all(kind=kind, model=HostingInterest, ids=[row.pk for row in before], by=by)
    for row in before:
        if row.call_on:
            close_deadline(kind=CALL, subject=row)
    ReadyAsk.objects.filter(company=company, closed_at=None).update(closed_at=timezone.now())
    done(kind=READY, subject=company, by=by)
