"""Promises: made, kept as money comes, withdrawn. Nobody is chased by mail: a part that is late becomes a to-do of the office."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import euro, in_italian
from impresasolidale.territory.rules import add_months
from impresasolidale.treasury.models import Pot

from ..giving_rules import CENT, covered, creditor_reference, in_parts, kept_state, notice_number
from ..models import Contribution, Donor, Instalment, Pledge
from ..selectors.contributions import taken_back
from ..selectors.holder import holder_on
from ..transitions import PLEDGE

LATE = "solidarity_fund.pledge"
MOST_PARTS = 60
STEPS = {"open": "reopened", "partly": "kept_partly", "kept": "kept"}


@transaction.atomic
def promise(
    *,
    donor: Donor,
    pot: Pot,
    amount: Decimal,
    first_on: date,
    parts: int = 1,
    every_months: int = 1,
    purpose: str = "",
    by: Access,
    today: date,
) -> Pledge:
    """A promise in `parts`, the first due on `first_on` and the others every so many months, each with its references.

    Raises DomainError: a pot of another use, an anonymous donor, parts under a cent, a first day gone by.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    if donor.kind == Donor.Kind.ANONYMOUS or donor.ended_on:
        raise DomainError(_("Una promessa è di qualcuno che si può risentire: scegli un donatore con un nome."), field="donor")
    if first_on < today:
        raise DomainError(_("Il primo giorno è già passato: se i soldi sono arrivati, registra il dono."), field="first_on")
    if not 1 <= parts <= MOST_PARTS or amount < CENT * parts:
        raise DomainError(_("Le rate vanno da una a %(most)s, di almeno un centesimo.") % {"most": MOST_PARTS}, field="parts")
    row = Pledge.objects.create(
        network_id=by.network_id,
        donor=donor,
        pot=pot,
        amount=amount,
        promised_on=today,
        purpose=purpose.strip(),
        created_by_id=by.actor_id,
    )
    Instalment.objects.bulk_create(
        Instalment(
            network_id=by.network_id,
            pledge=row,
            position=n,
            due_on=add_months(first_on, every_months * (n - 1)),
            amount=part,
            **_references(by, today),
        )
        for n, part in enumerate(in_parts(amount, parts), 1)
    )
    record_fact("solidarity_fund.pledge.made", row, by=by, parts=parts)
    _await(row, by=by)
    return row


def _references(by: Access, today: date) -> dict[str, str]:
    """The next of the network's expected gifts: the RF reference, and the notice number where the holder takes pagoPA."""
    year, _slash, number = next_number(owner=f"network:{by.network_id}", kind="solidarity_fund.expected", year=today.year).partition("/")
    holder = holder_on(by, today)
    notice = ""
    if holder and holder.pagopa_code:
        notice = notice_number(aux=holder.pagopa_aux, code=holder.pagopa_code, base=int(f"{year}{number}"))
    return {"reference": creditor_reference(f"FS{year[2:]}{number}"), "notice": notice}


def take_in(*, pledge: Pledge, donor: Donor, pot: Pot, amount: Decimal) -> Pledge:
    """The promise, locked, that a contribution of `amount` euro is about to fulfil. Raises DomainError, Conflict."""
    row: Pledge = Pledge.objects.select_for_update(of=("self",), no_key=True).get(pk=pledge.pk)
    if row.donor_id != donor.pk:
        raise DomainError(_("La promessa è di un altro donatore."), field="pledge")
    if row.pot_id != pot.pk:
        raise DomainError(_("La promessa è per un altro salvadanaio: scegli quello."), field="pot")
    if row.state == Pledge.State.WITHDRAWN:
        raise Conflict(_("Questa promessa è stata ritirata: registra il dono senza promessa."))
    left = row.amount - given(row)
    if amount > left:
        words = _("Alla promessa mancano %(left)s: registra quelli con la promessa, e il resto come dono a parte.")
        if left <= 0:
            words = _("La promessa è già mantenuta tutta: registra questo dono a parte.")
        raise DomainError(words % {"left": euro(left)}, field="amount")
    return row


def given(pledge: Pledge) -> Decimal:
    """Euro that came for it, reversals taken off."""
    rows = Contribution.objects.filter(~taken_back("pk"), pledge=pledge)
    return rows.aggregate(total=Sum("amount", default=Decimal(0)))["total"]


def settle(pledge: Pledge, *, by: Access) -> None:
    """Bring the state of a promise, and what is waited for, to what has come."""
    row: Pledge = Pledge.objects.select_for_update(of=("self",), no_key=True).get(pk=pledge.pk)
    if row.state == Pledge.State.WITHDRAWN:
        return
    wanted = kept_state(row.amount, given(row))
    if wanted != row.state:
        row = perform(PLEDGE, STEPS[wanted], row, by=by)
    _await(row, by=by)


def _await(pledge: Pledge, *, by: Access) -> None:
    """The one deadline of a promise: the first part that is not there yet."""
    parts = list(pledge.instalments.order_by("position"))
    filled = covered([part.amount for part in parts], given(pledge))
    waiting = next((part for part, came in zip(parts, filled, strict=True) if came < part.amount), None)
    if waiting is None:
        _stop_waiting(pledge, by=by)
        return
    if todos.due_of(kind=LATE, subject=pledge) != waiting.due_on:  # what was late has come: the next part is not late yet
        todos.done(kind=LATE, subject=pledge, by=by)
    todos.set_deadline(
        kind=LATE,
        subject=pledge,
        title=in_italian("Una promessa di dono attesa: %(amount)s", amount=lambda: euro(waiting.amount)),
        url=reverse("solidarity_fund:pledge", args=[pledge.public_id]),
        role=Role.ACCOUNTING,
        due_on=waiting.due_on,
        remind_days=0,
        by=by,
    )


def _stop_waiting(pledge: Pledge, *, by: Access) -> None:
    todos.close_deadline(kind=LATE, subject=pledge)
    todos.done(kind=LATE, subject=pledge, by=by)


@transaction.atomic
def withdraw_pledge(*, pledge: Pledge, reason: str, by: Access) -> Pledge:
    """The donor will not give the rest; what came stays. Raises ReasonRequired, TransitionNotAllowed."""
    row: Pledge = perform(PLEDGE, "withdrawn", pledge, by=by, reason=reason)
    _stop_waiting(row, by=by)
    return row
