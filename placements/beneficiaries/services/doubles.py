"""Two records of one person become one, and two again; two people who look alike are told apart."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import MergeLog
from impresasolidale.core.views import constraint_words

from .. import rules, selectors
from ..enums import CareRole
from ..models import Beneficiary, CareMember, DistinctPair, PaymentWay


@transaction.atomic
def merge_beneficiaries(*, keep: Beneficiary, drop: Beneficiary, by: Access, today: date, take: Collection[str] = ()) -> MergeLog:
    """Two records of one person become one (core.merge logs what moved and what changed; `undo_merge` gives it back).

    `take`: the parts of rules.MERGED_PARTS whose values come from the dropped record; the others stay. There is one referent: where
    both records have one, the dropped record's ends today.
    Of ways of payment on the same days the kept record's stand. Raises DomainError when something of the two cannot stand together.
    """
    by.require(Permission.MERGE_PEOPLE)
    if keep.pk == drop.pk or keep.ambito_id != drop.ambito_id or keep.ambito_id != by.ambito_id:
        raise DomainError(_("Si possono unire solo due schede diverse dello stesso ufficio."))
    allowed = {difference.part for difference in selectors.differences(by, keep, drop)}
    if not set(take) <= allowed:
        raise DomainError(_("Nel frattempo le due schede sono cambiate. Ricarica la pagina."))
    try:
        with transaction.atomic():
            log = merge.merge(
                keep=keep,
                drop=drop,
                by=by,
                take=[rules.MERGED_PARTS[part] for part in take],
                settle=[*_one_referent(keep, drop, today), *_one_way_a_day(keep, drop)],
            )
    except IntegrityError as error:  # what both have and one may not have twice: a wait, a consent, exclusive placements on the same days
        raise DomainError(f"{_cause(error)} {_('Succede in tutte e due le schede: sistemalo in una, poi uniscile.')}") from error
    enqueue("agreements.refresh_all", by=by, beneficiary=keep.pk)
    return log


@transaction.atomic
def undo_merge(*, log: MergeLog, by: Access, today: date) -> None:
    """Part two records again; the dropped one gets back what the merge had moved. Raises DomainError when its code was given anew."""
    by.require(Permission.MERGE_PEOPLE)
    try:
        with transaction.atomic():
            merge.undo_merge(log=log, by=by, today=today)
    except IntegrityError as error:
        raise DomainError(_("Dopo l’unione è stato registrato qualcosa che non può stare con le due schede separate.")) from error
    enqueue("agreements.refresh_all", by=by, beneficiary__in=[log.kept_id, log.dropped_id])


@transaction.atomic
def tell_apart(*, one: Beneficiary, other: Beneficiary, reason: str, by: Access) -> DistinctPair:
    """Two people who look alike: the pair is not proposed again. The reason stays."""
    by.require(Permission.MERGE_PEOPLE)
    if not reason.strip():
        raise DomainError(_("Scrivi come lo sai: serve a chi guarderà dopo di te."), field="reason")
    first, second = sorted((one, other), key=lambda person: person.pk)
    if first.pk == second.pk:
        raise DomainError(_("Scegli due schede diverse."))
    if DistinctPair.objects.filter(first=first, second=second).exists():
        raise DomainError(_("Questa coppia è già stata messa da parte."))
    row = DistinctPair.objects.create(ambito_id=by.ambito_id, first=first, second=second, reason=reason.strip(), created_by=by.actor)
    record_fact("beneficiaries.pair.told_apart", row, by=by)
    return row


def _cause(error: IntegrityError) -> str:
    try:
        return constraint_words(error)
    except IntegrityError:
        return _("C’è qualcosa che non può esserci due volte.")


def _one_referent(keep: Beneficiary, drop: Beneficiary, today: date) -> list[tuple[Any, dict[str, Any]]]:
    rows = CareMember.objects.filter(role=CareRole.REFERENT, valid_to=None)
    if not rows.filter(beneficiary=keep).exists():
        return []
    return [(member, {"valid_to": today}) for member in rows.filter(beneficiary=drop)]


def _one_way_a_day(keep: Beneficiary, drop: Beneficiary) -> list[tuple[Any, dict[str, Any]]]:
    """The dropped record's ways of payment that share a day with one of the kept record's: withdrawn, for the others to stand."""
    ways = list(PaymentWay.objects.filter(beneficiary__in=[keep, drop], withdrawn_at=None))
    kept = [way for way in ways if way.beneficiary_id == keep.pk]
    values = {"withdrawn_at": timezone.now(), "withdrawn_reason": _("Schede unite: vale il modo dell’altra scheda.")}
    return [(way, values) for way in ways if way.beneficiary_id == drop.pk and any(way.shares_a_day(other) for other in kept)]
