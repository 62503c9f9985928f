"""Every night the fund's rows are held against the ledger: what a request or a gift says, and what its legs say."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.treasury.models import Account, Leg
from impresasolidale.treasury.services.alarms import alarmed, clear_alarm, raise_alarm

from ..models import BenefitRequest, Contribution
from ..rules import agrees
from ..selectors.contributions import CONTRIBUTION_TYPE, taken_back
from ..selectors.requests import REQUEST_TYPE

ZERO = Decimal("0.00")


@transaction.atomic
def reconcile(*, by: Access, today: date) -> int:
    """Compare all that the access reaches; a difference is an alarm, an agreement ends it. Returns how many rows differ.

    Of every kind of row a few statements, however many agree; states whose money the row alone does not say are left out (`rules.agrees`).
    """
    return _requests(by, today) + _contributions(by, today)


def _requests(by: Access, today: date) -> int:
    sums, standing, wrong = _legs(REQUEST_TYPE), alarmed(BenefitRequest), 0
    for row in BenefitRequest.objects.filter(ambito__in=by.ambiti).select_related("ambito").order_by("pk"):
        found = sums[row.pk]
        here = replace(by, network_id=row.ambito.network_id, ambito_id=row.ambito_id, ambito=row.ambito)
        if agrees(row.state, row.amount, set_aside=-found["aside"], paid=found["paid"], taken=found["taken"]):
            if row.pk in standing:
                clear_alarm(subject=row, by=here)
            continue
        wrong += 1
        url = reverse("solidarity_fund:request", args=[row.public_id])
        raise_alarm(
            subject=row,
            words=_("Una richiesta di aiuto e il registro non dicono la stessa cosa. Avvisa il tecnico."),
            url=url,
            by=here,
            today=today,
        )
    return wrong


def _contributions(by: Access, today: date) -> int:
    sums, standing, wrong = _legs(CONTRIBUTION_TYPE), alarmed(Contribution), 0
    rows = Contribution.objects.filter(network_id__in=by.scope.networks).annotate(is_taken_back=taken_back("pk"))
    for row in rows.select_related("donor").order_by("pk"):
        here = replace(by, network_id=row.network_id, ambito_id=None, ambito=None)
        if sums[row.pk]["taken"] == (ZERO if row.is_taken_back else -row.amount):
            if row.pk in standing:
                clear_alarm(subject=row, by=here)
            continue
        wrong += 1
        url = reverse("solidarity_fund:donor", args=[row.donor.public_id])
        raise_alarm(
            subject=row, words=_("Un contributo e il registro non dicono la stessa cosa. Avvisa il tecnico."), url=url, by=here, today=today
        )
    return wrong


def _legs(source_type: str) -> defaultdict[int, dict[str, Decimal]]:
    """Source → euro taken from free money, on the committed account, and out of it to the bank."""
    free, aside = Q(account__kind=Account.Kind.FREE), Q(account__kind=Account.Kind.COMMITTED)
    rows = (
        Leg.objects.filter(entry__source_type=source_type)
        .values("entry__source_id")
        .annotate(
            taken=Sum("amount", filter=free, default=ZERO),
            aside=Sum("amount", filter=aside, default=ZERO),
            paid=Sum("amount", filter=aside & Q(at_bank=True), default=ZERO),
        )
        .order_by("entry__source_id")
    )
    found: defaultdict[int, dict[str, Decimal]] = defaultdict(lambda: {"taken": ZERO, "aside": ZERO, "paid": ZERO})
    for row in rows:
        found[row["entry__source_id"]] = {"taken": row["taken"], "aside": row["aside"], "paid": row["paid"]}
    return found
