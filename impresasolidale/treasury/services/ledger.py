"""Writes of the ledger. `post_entry` calls the one database function that may write it; the movements of a pot stand on it.

The room whose event moves the money asks for the permission and names the movement (`words`: never a person's name, rules 71 and 73).
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.actor import Actor
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import DomainError, ReasonRequired

from .. import selectors
from ..models import Account, Entry, Leg, Pot
from ..rules import Legs, Move, legs_of, reversed_legs
from .alarms import alarmed, clear_alarm, raise_alarm


class NotEnoughMoney(DomainError):
    words = gettext_lazy("Nel salvadanaio non ci sono abbastanza soldi.")


class PeriodClosed(DomainError):
    words = gettext_lazy("Questo periodo è chiuso: usa una data più recente.")


class KeyUsed(DomainError):
    words = gettext_lazy("Questo movimento è già registrato, con altri importi.")
    status = 409


class AlreadyReversed(DomainError):
    words = gettext_lazy("Questo movimento è già stato stornato.")
    status = 409


REFUSALS: dict[str, type[DomainError]] = {
    "treasury_account_not_overdrawn": NotEnoughMoney,
    "treasury_period_open": PeriodClosed,
    "treasury_entry_key_once": KeyUsed,
    "treasury_entry_reverses_id_key": AlreadyReversed,
}
_POST = "SELECT entry_id, is_new, refusal FROM treasury_post_entry(%s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s::numeric[], %s)"


def post_entry(
    *,
    network_id: int,
    key: str,
    posted_on: date,
    words: str,
    source: models.Model,
    legs: Legs[Account],
    by: Access,
    reverses: Entry | None = None,
) -> Entry:
    """One movement. The same `key` with the same legs is the same movement, posted once (house.md §3, Money).

    Raises NotEnoughMoney (rule 63), PeriodClosed, KeyUsed, AlreadyReversed.
    """
    return _post(network_id, key, posted_on, words, (type_of(source), source.pk), legs, by, reverses)


def _post(
    network_id: int,
    key: str,
    posted_on: date,
    words: str,
    source: tuple[str, int],
    legs: Legs[Account],
    by: Access,
    reverses: Entry | None = None,
) -> Entry:
    values: dict[str, Any] = {
        "network_id": network_id,
        "key": key,
        "posted_on": posted_on,
        "words": words,
        "source_type": source[0],
        "source_id": source[1],
        "posted_by_id": by.actor_id,
    }
    reverses_id = reverses.pk if reverses else None
    accounts, amounts = [account.pk for account, _amount in legs], [amount for _account, amount in legs]
    with connection.cursor() as cursor:
        cursor.execute(_POST, [*values.values(), accounts, amounts, reverses_id])
        entry_id, is_new, refusal = cursor.fetchone()
    if refusal:
        raise REFUSALS[refusal]
    if not is_new:
        return Entry.objects.get(pk=entry_id)
    # Everything is known but posted_at, which is read only when asked for.
    values |= {"id": entry_id, "reverses_id": reverses_id}
    known = [field.attname for field in Entry._meta.concrete_fields if field.attname in values]
    return Entry.from_db(connection.alias, known, [values[name] for name in known])


def _move(move: Move, *, pot: Pot, amount: Decimal, key: str, posted_on: date, words: str, source: models.Model, by: Access) -> Entry:
    found = Account.objects.filter(models.Q(pot=pot) | models.Q(kind=Account.Kind.BANK), network_id=pot.network_id)
    legs = legs_of(move, {account.kind: account for account in found}, amount)
    return post_entry(network_id=pot.network_id, key=key, posted_on=posted_on, words=words, source=source, legs=legs, by=by)


def receive(*, pot: Pot, amount: Decimal, key: str, posted_on: date, words: str, source: models.Model, by: Access) -> Entry:
    """Money given: into the bank, free in the pot."""
    return _move(Move.RECEIVE, pot=pot, amount=amount, key=key, posted_on=posted_on, words=words, source=source, by=by)


def commit(*, pot: Pot, amount: Decimal, key: str, posted_on: date, words: str, source: models.Model, by: Access) -> Entry:
    """Set money aside: free → committed. Raises NotEnoughMoney over the free balance (rule 63)."""
    return _move(Move.COMMIT, pot=pot, amount=amount, key=key, posted_on=posted_on, words=words, source=source, by=by)


def pay(*, pot: Pot, amount: Decimal, key: str, posted_on: date, words: str, source: models.Model, by: Access) -> Entry:
    """Money that was committed leaves the bank."""
    return _move(Move.PAY, pot=pot, amount=amount, key=key, posted_on=posted_on, words=words, source=source, by=by)


def release(*, pot: Pot, amount: Decimal, key: str, posted_on: date, words: str, source: models.Model, by: Access) -> Entry:
    """Money that was committed is free again."""
    return _move(Move.RELEASE, pot=pot, amount=amount, key=key, posted_on=posted_on, words=words, source=source, by=by)


def reduce(*, pot: Pot, amount: Decimal, key: str, posted_on: date, words: str, source: models.Model, by: Access) -> Entry:
    """Money taken off again: out of what is free, never out of what is committed or paid."""
    return _move(Move.REDUCE, pot=pot, amount=amount, key=key, posted_on=posted_on, words=words, source=source, by=by)


@transaction.atomic
def reverse_entry(*, entry: Entry, reason: str, posted_on: date, by: Access) -> Entry:
    """Undo a movement with its opposite; the first one stays as it was. Asked twice, it is done once.

    Raises ReasonRequired, DomainError for a reversal, NotEnoughMoney when the money has gone on meanwhile.
    """
    if not reason.strip():
        raise ReasonRequired
    if entry.reverses_id:
        raise DomainError(_("Questo movimento è già uno storno: registra di nuovo il movimento giusto."))
    legs = reversed_legs((leg.account, leg.amount) for leg in Leg.objects.filter(entry=entry).select_related("account").order_by("id"))
    words = (_("Storno: %(words)s") % {"words": entry.words})[:200]
    row = _post(entry.network_id, f"reversal:{entry.pk}", posted_on, words, (entry.source_type, entry.source_id), legs, by, entry)
    record_fact("treasury.entry.reversed", entry, by=by, reason=reason.strip())
    return row


@transaction.atomic
def open_pot(*, name: str, use: Pot.Use, purpose: str = "", by: Access) -> Pot:
    """A pot with its two accounts, and the bank account of the network when it is the first. Raises DomainError for a name in use."""
    by.require(Permission.EDIT_BUDGETS if use in Pot.ALLOWANCES else Permission.RECORD_CONTRIBUTIONS)
    pot = Pot(network_id=by.network_id, name=name.strip(), use=use, purpose=purpose.strip(), created_by_id=by.actor_id)
    # The unique constraint is the judge: a row of the same name may be on its way in another transaction.
    Pot.objects.bulk_create([pot], ignore_conflicts=True)
    made = Pot.objects.filter(public_id=pot.public_id).first()
    if made is None:
        raise DomainError(_("C'è già un salvadanaio con questo nome."), field="name")
    kinds = Account.Kind
    bank = Account(network_id=by.network_id, kind=kinds.BANK, name=str(kinds.BANK.label))
    Account.objects.bulk_create([bank], ignore_conflicts=True)
    Account.objects.bulk_create(
        Account(network_id=by.network_id, pot=made, kind=kind, name=f"{made.name}: {kind.label}"[:120])
        for kind in (kinds.FREE, kinds.COMMITTED)
    )
    record_fact("treasury.pot.opened", made, by=by, use=use)
    return made


@transaction.atomic
def recount_balances(*, by: Actor, today: date) -> int:
    """Compare what every account keeps with the sums of its legs and, where they all agree, each bank account with what the pots
    hold. A difference is an alarm, an agreement ends it. Returns how many differ."""
    wrong = 0
    accounts = selectors.recount(by)
    differing = {account.pk for account in accounts if not account.agrees}  # type: ignore[attr-defined]
    said = {account.network_id for account in accounts if account.pk in differing}
    whole: defaultdict[int, Decimal] = defaultdict(Decimal)  # network → the bank less the pots, which is nothing
    for account in accounts:
        whole[account.network_id] += account.balance
    standing = alarmed(Account)
    for account in accounts:
        network = Access.system(network_id=account.network_id, ambito_id=None, reason="treasury.recount")
        if account.pk in differing:
            words = _("Un saldo non torna con i suoi movimenti: %(account)s. Avvisa il tecnico.") % {"account": account.name}
        elif account.kind == Account.Kind.BANK and whole[account.network_id] and account.network_id not in said:
            words = _("Il conto del tesoriere non torna con i salvadanai. Avvisa il tecnico.")
        else:
            if account.pk in standing:
                clear_alarm(subject=account, by=network)
            continue
        wrong += 1
        raise_alarm(subject=account, words=words, url=reverse("solidarity_fund:home"), by=network, today=today)
    return wrong
