"""Which companies are asked "Ready again?": those whose last guest left, and whose rest is over (features row 24)."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from companies.hosts import services as hosts
from companies.hosts.models import Block, Company, HostingInterest, ReadyAsk, Taken
from companies.hosts.models.companies import LONGEST_REST
from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.territory.rules import add_months

from ..enums import OVER
from ..models import Placement

ASK = "agreements.ask_when_ready"  # the job of one company


@transaction.atomic
def ask_ready_again(*, by: Access, now: datetime) -> dict[str, int]:
    """Close the questions of the network whose time is over, then ask each company whose last placement, in whatever Ambito, ended a
    rest ago, where nobody is now and which has said nothing since: a job each, in that Ambito. Safe to repeat."""
    late = hosts.expire_asks(network_id=by.own_network, now=now)
    due = companies_to_ask(by.own_network, timezone.localdate(now))
    for company, ambito_id, ended_on in due:
        system = Access.system(network_id=by.network_id, ambito_id=ambito_id, reason="ready again")
        enqueue(ASK, by=system, company_id=company.pk, ended_on=ended_on.isoformat())
    return {"asked": len(due), "late": late}


def ask_when_ready(*, company: Company, ended_on: date, by: Access, now: datetime) -> ReadyAsk | None:
    """Ask this company, unless somebody has in the meantime, or the Ambito places nobody there for now."""
    with suppress(DomainError):
        return hosts.ask_again(company=company, by=by, now=now, ended_on=ended_on)
    return None


def companies_to_ask(network_id: int, today: date) -> list[tuple[Company, int, date]]:
    """(company, the Ambito of its last placement, its last day) of those to be asked today. A constant number of queries."""
    earliest = add_months(today, -LONGEST_REST) - timedelta(days=hosts.WINDOW_DAYS)
    ended = Placement.objects.filter(state__in=OVER, ended_on__range=(earliest, today), company__merged_into=None)
    last = ended.order_by("company_id", "-ended_on", "-id").distinct("company_id").values_list("company_id", "ambito_id", "ended_on")
    left = {company_id: (ambito_id, ended_on) for company_id, ambito_id, ended_on in last if ended_on}
    busy = set(Taken.objects.filter(company_id__in=left, ends_on__gte=today).values_list("company_id", flat=True))
    busy |= set(ReadyAsk.objects.filter(company_id__in=left, closed_at=None).values_list("company_id", flat=True))
    on_hold = set(Block.objects.filter(Block.holding(today), company_id__in=left).values_list("company_id", "ambito_id"))
    told = _latest(HostingInterest, left, "said_on")
    asked = _latest(ReadyAsk, left, "sent_at")
    found = []
    for company in Company.objects.filter(network_id=network_id, pk__in=left.keys() - busy).order_by("pk"):
        ambito_id, ended_on = left[company.pk]
        heard = max(told.get(company.pk, date.min), asked.get(company.pk, date.min))
        if (company.pk, ambito_id) not in on_hold and heard <= ended_on and hosts.is_due(company, ended_on, today):
            found.append((company, ambito_id, ended_on))
    return found


def _latest(model: type[HostingInterest] | type[ReadyAsk], companies: dict[int, tuple[int, date]], column: str) -> dict[int, date]:
    rows = model.objects.filter(company_id__in=companies).values_list("company_id", column)
    found: dict[int, date] = {}
    for company_id, at in rows:
        day = timezone.localdate(at) if isinstance(at, datetime) else at
        found[company_id] = max(day, found.get(company_id, day))
    return found
