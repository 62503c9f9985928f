"""Donors and contributions: every euro enters the ledger in the same transaction as its reason."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.views import check_version
from impresasolidale.core.words import euro
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Pot

from ..models import Contribution, Donor
from ..selectors import donors as selectors
from .words import in_italian

DONOR_FIELDS = ("kind", "name", "tax_code", "email", "shows_name")


@transaction.atomic
def add_donor(*, values: dict[str, Any], by: Access) -> Donor:
    by.require(Permission.RECORD_CONTRIBUTIONS)
    donor = Donor(network_id=by.network_id, created_by_id=by.actor_id)
    _fill(donor, values)
    donor.save()
    record_fact("solidarity_fund.donor.added", donor, by=by)
    return donor


@transaction.atomic
def edit_donor(*, donor: Donor, values: dict[str, Any], seen: int, by: Access) -> Donor:
    """Raises Conflict when somebody changed the donor after version `seen`."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    row: Donor = Donor.objects.select_for_update(of=("self",), no_key=True).get(pk=donor.pk)
    check_version(row, seen)
    _fill(row, values)
    row.row_version += 1
    row.save()
    record_fact("solidarity_fund.donor.edited", row, by=by)
    return row


def _fill(donor: Donor, values: dict[str, Any]) -> None:
    for name in DONOR_FIELDS:
        setattr(donor, name, values[name])
    if donor.kind == Donor.Kind.ANONYMOUS and donor.shows_name:
        raise DomainError(_("Chi resta anonimo non può comparire nella pagina pubblica."), field="shows_name")


@transaction.atomic
def record_contribution(
    *, donor: Donor, pot: Pot, amount: Decimal, received_on: date, reference: str, by: Access, today: date
) -> Contribution:
    """Money given, in a pot and in the ledger together. Raises DomainError for a future day, a closed period, a pot of another use."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    if received_on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando i soldi sono arrivati."), field="received_on")
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    row = Contribution.objects.create(
        network_id=by.network_id,
        donor=donor,
        pot=pot,
        amount=amount,
        received_on=received_on,
        reference=reference.strip(),
        created_by_id=by.actor_id,
    )
    try:
        ledger.receive(
            pot=pot,
            amount=amount,
            key=f"solidarity_fund.contribution:{row.pk}",
            posted_on=received_on,
            words=in_italian("Contributo ricevuto (%(kind)s)", kind=donor.get_kind_display),
            source=row,
            by=by,
        )
    except ledger.PeriodClosed as error:
        raise DomainError(error.words, field="received_on") from error
    record_fact("solidarity_fund.contribution.recorded", row, by=by)
    return row


@transaction.atomic
def take_back_contribution(*, contribution: Contribution, reason: str, by: Access, today: date) -> None:
    """Undo a contribution recorded by mistake, with the opposite entry; the row stays. Asked twice, it is done once.

    Raises ReasonRequired, DomainError when the money has been set aside or paid meanwhile.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    entry = treasury.entries_of(by, selectors.CONTRIBUTION_TYPE, contribution.pk).get(reverses=None)
    try:
        ledger.reverse_entry(entry=entry, reason=reason, posted_on=today, by=by)
    except ledger.NotEnoughMoney as error:
        free = euro(treasury.free_balance(contribution.pot))
        words = _("Questi soldi sono già impegnati o versati: nel salvadanaio ne restano liberi %(free)s.")
        raise DomainError(words % {"free": free}) from error
