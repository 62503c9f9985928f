"""Campaigns: opened by the coordinator, companies invited, who did not answer reminded once before the end (rule 84)."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.views import check_version
from impresasolidale.territory.selectors import common_rules

from ..enums import ApplicationState, SchemeState
from ..models import Application, Campaign, Invitation, SchemeVersion
from ..selectors import campaigns as selectors
from .words import write_to

INVITED = "certification.invited"
INVITED_SUBJECT = gettext_lazy("Si può chiedere il riconoscimento di Impresasolidale")
REMIND_DAYS = 7  # before the end
FIELDS = ("name", "opens_on", "closes_on", "decides_by")


@transaction.atomic
def open_campaign(*, values: dict[str, Any], scheme: SchemeVersion, by: Access) -> Campaign:
    """A window with its scheme. Raises DomainError for a scheme that is not published, or days that overlap another window."""
    by.require(Permission.DECIDE_CERTIFICATES)
    if scheme.state != SchemeState.PUBLISHED:
        raise DomainError(_("Prima pubblica lo schema: una campagna usa uno schema pubblicato."), field="scheme")
    row = Campaign(network_id=by.network_id, scheme=scheme, created_by_id=by.actor_id, **{name: values[name] for name in FIELDS})
    _refuse_overlap(row)
    row.save()
    record_fact("certification.campaign.opened", row, by=by, opens_on=row.opens_on.isoformat())
    return row


@transaction.atomic
def change_campaign(*, campaign: Campaign, values: dict[str, Any], seen: int, by: Access) -> Campaign:
    """Other days, another name; the scheme stays. Raises Conflict, DomainError."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row: Campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
    check_version(row, seen)
    for name in FIELDS:
        setattr(row, name, values[name])
    _refuse_overlap(row)
    row.row_version += 1
    row.save()
    record_fact("certification.campaign.changed", row, by=by)
    return row


def _refuse_overlap(row: Campaign) -> None:
    others = Campaign.objects.filter(network_id=row.network_id).exclude(pk=row.pk)
    for other in others:
        if (other.closes_on is None or other.closes_on >= row.opens_on) and (row.closes_on is None or other.opens_on <= row.closes_on):
            raise DomainError(_("In questi giorni è già aperta «%(name)s».") % {"name": other.name}, field="opens_on")


@transaction.atomic
def invite(*, campaign: Campaign, whom: str, by: Access, today: date) -> int:
    """Write to companies that may apply: to all hosts, to those without recognition, or to those whose recognition ends soon. Once each.

    Returns how many were written to. Raises DomainError when the campaign is over, or nobody is left.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row: Campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
    if row.closes_on and row.closes_on < today:
        raise DomainError(_("La campagna è finita."))
    soon = today + timedelta(days=common_rules(row.network_id, today).certificate_reminder_days)
    companies = list(selectors.to_invite(by, row, whom, today=today, soon=soon)[:1000])
    if not companies:
        raise DomainError(_("Non c'è nessun'altra impresa da invitare."))
    Invitation.objects.bulk_create(
        Invitation(network_id=row.network_id, campaign=row, company=company, sent_on=today, created_by_id=by.actor_id)
        for company in companies
    )
    for company in companies:
        _write(row, company, by=by, today=today, is_reminder=False)
    record_fact("certification.campaign.invited", row, by=by, companies=len(companies), whom=whom)
    return len(companies)


def _write(campaign: Campaign, company: Any, *, by: Access, today: date, is_reminder: bool) -> int:
    return write_to(
        company,
        kind=INVITED,
        subject=INVITED_SUBJECT,
        template="certification/email/invited.txt",
        context={"opens_on": campaign.opens_on, "closes_on": campaign.closes_on, "is_reminder": is_reminder},
        about=company,
        by=by,
        today=today,
    )


@transaction.atomic
def remind_invited(*, by: Access, today: date) -> int:
    """A week before a campaign ends: who was invited and did not present anything is told once more. Returns how many."""
    ending = Campaign.objects.filter(closes_on__range=(today, today + timedelta(days=REMIND_DAYS)), opens_on__lt=today)
    told = 0
    for campaign in ending:
        done = Application.objects.filter(campaign=campaign).exclude(state=ApplicationState.DRAFT).values("company_id")
        waiting = Invitation.objects.filter(campaign=campaign, reminded_on=None, sent_on__lt=today).exclude(company_id__in=done)
        for row in waiting.select_related("company").select_for_update(of=("self",), skip_locked=True):
            row.reminded_on = today
            row.save(update_fields=["reminded_on"])
            told += bool(_write(campaign, row.company, by=by, today=today, is_reminder=True))
    return told
