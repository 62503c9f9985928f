"""Two records of one company become one, and two again, in all Ambiti of the network; two that look alike are told apart."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import MergeLog
from impresasolidale.core.periods import in_force, not_over
from impresasolidale.core.scope import scope
from impresasolidale.core.views import constraint_words

from ..models import Company, Contact, DistinctCompanies, Engagement
from ..rules import MERGED_PARTS
from ..selectors import differences


@transaction.atomic
def merge_companies(*, keep: Company, drop: Company, by: Access, today: date, take: Collection[str] = ()) -> MergeLog:
    """Two records of one company become one: what every Ambito of the network has there moves, in one transaction (docs/adr/0019).

    `take`: the parts of rules.MERGED_PARTS whose values come from the dropped record. A tutor, a contact or a user of both stays once:
    the dropped record's ends today. Raises DomainError when something of the two cannot stand together.
    """
    by.require(Permission.MERGE_COMPANIES)
    if keep.pk == drop.pk or keep.network_id != drop.network_id or keep.network_id != by.network_id:
        raise DomainError(_("Si possono unire solo due schede diverse."))
    if not set(take) <= {difference.part for difference in differences(keep, drop)}:
        raise DomainError(_("Nel frattempo le due schede sono cambiate. Ricarica la pagina."))
    try:
        with scope(by.over_network().scope):
            log = merge.merge(keep=keep, drop=drop, by=by, take=[MERGED_PARTS[part] for part in take], settle=_once(keep, drop, today))
    except IntegrityError as error:
        try:
            words = constraint_words(error)
        except IntegrityError:
            words = _("C’è qualcosa che non può esserci due volte.")
        raise DomainError(f"{words} {_('Succede in tutte e due le schede: sistemalo in una, poi uniscile.')}") from error
    _look_again(keep, by=by, today=today)
    return log


@transaction.atomic
def undo_company_merge(*, log: MergeLog, by: Access, today: date) -> None:
    """Part two records again, in all Ambiti; the dropped one gets back what the merge had moved."""
    by.require(Permission.MERGE_COMPANIES)
    try:
        with scope(by.over_network().scope):
            merge.undo_merge(log=log, by=by, today=today)
    except IntegrityError as error:
        raise DomainError(_("Dopo l’unione è stato registrato qualcosa che non può stare con le due schede separate.")) from error
    for pk in (log.kept_id, log.dropped_id):
        _look_again(Company.objects.get(pk=pk), by=by, today=today)


@transaction.atomic
def tell_companies_apart(*, one: Company, other: Company, reason: str, by: Access) -> DistinctCompanies:
    """Two companies whose names look alike: the pair is not proposed again. The reason stays."""
    by.require(Permission.EDIT_COMPANIES)
    if not reason.strip():
        raise DomainError(_("Scrivi come lo sai: serve a chi guarderà dopo di te."), field="reason")
    first, second = sorted((one, other), key=lambda row: row.pk)
    if first.pk == second.pk:
        raise DomainError(_("Scegli due schede diverse."))
    if DistinctCompanies.objects.filter(first=first, second=second).exists():
        raise DomainError(_("Questa coppia è già stata messa da parte."))
    row = DistinctCompanies.objects.create(
        network_id=by.network_id, first=first, second=second, reason=reason.strip(), created_by_id=by.actor_id
    )
    record_fact("hosts.pair.told_apart", first, by=by, other=second.pk)
    return row


def _once(keep: Company, drop: Company, today: date) -> list[tuple[Any, dict[str, Any]]]:
    """Who is on both records today ends on the dropped one, with the day before whatever begins later."""
    tutors = set(Engagement.objects.filter(not_over(today), company=keep).values_list("tutor_id", flat=True))
    boxes = set(Contact.objects.filter(not_over(today), company=keep).exclude(email="").values_list("email", flat=True))
    users = set(Membership.objects.filter(in_force(today), company=keep).values_list("user_id", "role"))
    twice: list[Any] = [
        *Engagement.objects.filter(company=drop, tutor__in=tutors, valid_to=None),
        *Contact.objects.filter(company=drop, email__in=boxes, valid_to=None),
        *(held for held in Membership.objects.filter(company=drop, valid_to=None) if (held.user_id, held.role) in users),
    ]
    return [(row, {"valid_to": max(today, row.valid_from)}) for row in twice]


def _look_again(company: Company, *, by: Access, today: date) -> None:
    """Loads, lights and closures of a company have changed for every Ambito."""
    system = Access.system(network_id=by.network_id, ambito_id=None, reason="merge of two companies")
    enqueue("agreements.refresh_all", by=system, company=company.pk)
    enqueue("attendance.resync_company", by=system, company_id=company.pk, since=today.isoformat())
