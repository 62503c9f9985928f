"""What a body sets apart for allowances, and what a funder gives: pots whose figures are the turnovers of their two accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.views import check_version
from impresasolidale.core.words import euro, written
from impresasolidale.territory.models import Body

from .. import selectors
from ..models import Budget, Pot
from ..rules import pot_name
from . import ledger


@dataclass(frozen=True)
class Act:
    """The act of the body, or the funder's letter, that a movement stands on."""

    number: str
    on: date


def check_act(act: Act, *, today: date) -> None:
    """An act has a number and was taken already. Raises DomainError on the field that is wrong."""
    if not act.number.strip():
        raise DomainError(_("Scrivi il numero dell'atto."), field="act_number")
    if act.on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")


def act_words(text: str, act: Act) -> str:
    """Words of a movement, Italian whoever causes it: `text` and the act."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{text}, atto n. {act.number.strip()} del {written(act.on, 'j F Y')}"


def post(verb: Callable[..., Any], *, pot: Pot, amount: Decimal, key: str, act: Act, text: str, source: models.Model, by: Access) -> None:
    """One movement on the day of its act, or on the first day that is still open. Says what is free when it is not enough."""
    posted_on = max(act.on, selectors.first_open_day(pot.network_id))
    try:
        verb(pot=pot, amount=amount, key=key, posted_on=posted_on, words=act_words(text, act), source=source, by=by)
    except ledger.NotEnoughMoney as error:
        free = euro(selectors.free_balance(pot))
        words = _("Liberi restano %(free)s: il resto è già impegnato o speso.")
        raise DomainError(words % {"free": free}, field="amount") from error


@transaction.atomic
def open_budget(*, body: Body, year: int, chapter: str, cup: str, amount: Decimal, act: Act, by: Access, today: date) -> Budget:
    """A line of the body's budget with its first allocation. Raises DomainError for a line that is there already."""
    by.require(Permission.EDIT_BUDGETS)
    check_act(act, today=today)
    if not selectors.bodies(by).filter(pk=body.pk).exists():
        raise DomainError(_("Questo ente non è del tuo Ambito."), field="body")
    chapter, cup = chapter.strip(), cup.strip().upper()
    if Budget.objects.filter(ambito_id=by.ambito_id, body=body, year=year, chapter=chapter, cup=cup).exists():
        raise DomainError(_("C'è già questa riga di bilancio."), field="chapter")
    pot = ledger.open_pot(name=pot_name(body.name, year, chapter, cup), use=Pot.Use.BUDGET, by=by)
    row = Budget.objects.create(ambito_id=by.ambito_id, body=body, pot=pot, year=year, chapter=chapter, cup=cup, created_by_id=by.actor_id)
    post(
        ledger.receive, pot=pot, amount=amount, key=f"budget:{row.public_id}:1", act=act, text="Stanziamento iniziale", source=row, by=by
    )  # fmt: skip
    record_fact("treasury.budget.opened", row, by=by, number=act.number.strip(), on=act.on.isoformat(), amount=str(amount))
    return row


@transaction.atomic
def vary_budget(*, budget: Budget, amount: Decimal, raises: bool, act: Act, reason: str, seen: int, by: Access, today: date) -> Budget:
    """Raise or lower the allocation by `amount` euro (variazione). Never below what is committed or spent.

    Raises ReasonRequired, Conflict, DomainError on `amount` when too little is free.
    """
    by.require(Permission.EDIT_BUDGETS)
    check_act(act, today=today)
    if not reason.strip():
        raise ReasonRequired
    row: Budget = Budget.objects.select_for_update(of=("self",), no_key=True).select_related("pot").get(pk=budget.pk)
    check_version(row, seen)
    row.row_version += 1
    _vary(row.pot, amount, raises, f"budget:{row.public_id}:{row.row_version}", act, row, by)
    row.save(update_fields=["row_version"])
    code = "treasury.budget.raised" if raises else "treasury.budget.lowered"
    record_fact(code, row, by=by, reason=reason.strip(), number=act.number.strip(), on=act.on.isoformat(), amount=str(amount))
    return row


@transaction.atomic
def open_grant(*, name: str, purpose: str, amount: Decimal, act: Act, by: Access, today: date) -> Pot:
    """What a funder gives the network for allowances: a pot that all its Ambiti may commit from."""
    by.require(Permission.EDIT_BUDGETS)
    check_act(act, today=today)
    pot = ledger.open_pot(name=name, use=Pot.Use.GRANT, purpose=purpose, by=by)
    post(
        ledger.receive, pot=pot, amount=amount, key=f"grant:{pot.public_id}:first", act=act, text="Contributo assegnato", source=pot, by=by
    )
    record_fact("treasury.grant.opened", pot, by=by, number=act.number.strip(), on=act.on.isoformat(), amount=str(amount))
    return pot


@transaction.atomic
def vary_grant(*, pot: Pot, amount: Decimal, raises: bool, act: Act, reason: str, key: str, by: Access, today: date) -> Pot:
    """Raise or lower what the funder gives; `key` makes a repeat the same change. Raises ReasonRequired, DomainError on `amount`."""
    by.require(Permission.EDIT_BUDGETS)
    check_act(act, today=today)
    if not reason.strip():
        raise ReasonRequired
    row: Pot = Pot.objects.select_for_update(of=("self",), no_key=True).get(pk=pot.pk, use=Pot.Use.GRANT)
    _vary(row, amount, raises, f"grant:{row.public_id}:{key}", act, row, by)
    code = "treasury.grant.raised" if raises else "treasury.grant.lowered"
    record_fact(code, row, by=by, reason=reason.strip(), number=act.number.strip(), on=act.on.isoformat(), amount=str(amount))
    return row


def _vary(pot: Pot, amount: Decimal, raises: bool, key: str, act: Act, source: models.Model, by: Access) -> None:
    verb, text = (ledger.receive, "Variazione in aumento") if raises else (ledger.reduce, "Variazione in diminuzione")
    post(verb, pot=pot, amount=amount, key=key, act=act, text=text, source=source, by=by)
