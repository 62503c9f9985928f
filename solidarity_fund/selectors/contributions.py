"""What was given: only for who records contributions."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import common_rules
from impresasolidale.treasury.models import Account, Entry, Pot

from ..models import Contribution, Donor
from .receipts import with_receipts

CONTRIBUTION_TYPE = audit.type_of(Contribution)  # type: ignore[arg-type]


def taken_back(contribution: str) -> Exists:
    """Whether the ledger reversed the contribution whose id stands in the column `contribution`."""
    return Exists(Entry.objects.filter(source_type=CONTRIBUTION_TYPE, source_id=OuterRef(contribution), reverses__isnull=False))


def standing(access: Access) -> QuerySet[Contribution]:
    """The network's contributions that nobody took back. It asks no right: for aggregates and for names that may be shown."""
    return Contribution.objects.filter(~taken_back("pk"), network_id=access.network_id)


def is_taken_back(contribution: Contribution) -> bool:
    return bool(Entry.objects.filter(source_type=CONTRIBUTION_TYPE, source_id=contribution.pk, reverses__isnull=False).exists())


def _contributions(access: Access) -> QuerySet[Contribution]:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    rows = Contribution.objects.filter(network_id=access.network_id).select_related("pot", "donor", "for_comune")
    return rows.annotate(is_taken_back=taken_back("pk"))


def contributions_of(access: Access, donor: Donor) -> list[Any]:
    """What a donor gave, newest first; `is_taken_back` when it was reversed, `receipt` its paper."""
    return with_receipts(list(_contributions(access).filter(donor=donor).order_by("-received_on", "-id")))


def contributions_page(access: Access, query: QueryDict) -> Slice:
    """What was given to the whole network, the last recorded first. The look is logged."""
    page = page_of(_contributions(access), query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:contributions", subject_type=CONTRIBUTION_TYPE)
    return page


def contribution_for(access: Access, public_id: object) -> Contribution:
    row: Contribution = get_object_or_404(_contributions(access), public_id=public_id)
    return row


def receivers(access: Access, *, kind: str = "", comune: Comune | None = None) -> int:
    """How many people of the network had help, of a kind or living in a comune: the number and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT solidarity_fund_receivers(%s, %s, %s)", [access.network_id, kind, comune.pk if comune else None])
        (found,) = cursor.fetchone()
    return int(found)


def least_people(access: Access, day: date) -> int:
    """Under this many people nothing is told, and nothing asked for, of a kind or a place (rule 88)."""
    return common_rules(access.network_id, day).small_number_threshold


def comuni(access: Access) -> QuerySet[Comune]:
    """The comuni of the network, by name."""
    return Comune.objects.filter(ambito__network_id=access.network_id).order_by("name")


def meant_for(pot: Pot) -> set[str]:
    """The kinds of help that the gifts in a pot were given for, and for nothing else. One query."""
    rows = Contribution.objects.filter(~taken_back("pk"), pot=pot).exclude(for_kind="")
    return set(rows.values_list("for_kind", flat=True))


def holds_money(pot: Pot) -> bool:
    """Whether anything is free or set aside in it."""
    return Account.objects.filter(pot=pot, balance__lt=0).exists()
