"""What comes back: the treasurer's orders, receipts and refusals, the payroll office's net sums. Every line is told."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import euro

from .. import liquidation_rules as rules
from ..enums import ItemState, RunState
from ..models import Entry, ItemShare, LiquidationItem, LiquidationRun
from ..transitions import ITEM, RUN
from . import ledger
from .liquidations import PAY_TODO, entry_key, locked, refuse_limited


@dataclass
class Taken:
    """What became of the lines: rows paid, rows refused, lines that said what we knew, lines that were not taken."""

    paid: int = 0
    refused: int = 0
    known: int = 0
    items: list[LiquidationItem] = field(default_factory=list)  # those that took a net
    unread: list[rules.Unread] = field(default_factory=list)


@transaction.atomic
def record_answers(*, run: LiquidationRun, text: str, by: Access, today: date) -> Taken:
    """Take the lines that are right, tell the others. Refused money goes back where it came from, and the row may be paid again.

    Safe to repeat: a line that says what is known already changes nothing. Raises DomainError when no line has anything in it, or
    the liquidation is not approved.
    """
    by.require(Permission.RECORD_PAYMENTS)
    refuse_limited(by)
    row = locked(run)
    if row.state not in (RunState.APPROVED, RunState.SETTLED):
        raise DomainError(_("Questa liquidazione non è ancora approvata: non c'è nulla da registrare."))
    read = rules.read_answers(text)
    taken = Taken(unread=list(read.unread))
    if not read.answers and not read.unread:
        raise DomainError(_("Qui non c'è nessuna riga: incolla quello che ha risposto il tesoriere."), field="text")
    items = _by_position(row)
    seen: dict[int, rules.Answer] = {}
    for answer in read.answers:
        position = rules.position_of(answer.reference, row.number)
        item = items.get(position) if position is not None else None
        if item is None or position is None:
            words = _("Il riferimento «%(reference)s» non è di questa liquidazione.") % {"reference": answer.reference[:40]}
            taken.unread.append(rules.Unread(answer.line, answer.text, words))
        elif position in seen:
            if _content(seen[position]) == _content(answer):
                taken.known += 1
            else:
                words = _("La riga %(n)s c'è due volte con risposte diverse: è valsa la prima.") % {"n": position}
                taken.unread.append(rules.Unread(answer.line, answer.text, words))
        else:
            seen[position] = answer
            _take(item, answer, taken, by=by, today=today)
    taken.unread.sort(key=lambda unread: unread.line)
    record_fact(
        "treasury.liquidation_run.answered", row, by=by, paid=taken.paid, refused=taken.refused, known=taken.known, unread=len(taken.unread)
    )
    settle(row, by=by)
    return taken


def _content(answer: rules.Answer) -> tuple[object, ...]:
    return (answer.is_refused, answer.order, answer.on, answer.receipt, answer.reason)


def _by_position(run: LiquidationRun) -> dict[int | None, LiquidationItem]:
    rows = LiquidationItem.objects.select_for_update(of=("self",), no_key=True).filter(run=run).order_by("position")
    return {item.position: item for item in rows}


def _take(item: LiquidationItem, answer: rules.Answer, taken: Taken, *, by: Access, today: date) -> None:
    if item.state == ItemState.SENT and answer.is_refused:
        refuse_item(item=item, reason=answer.reason, by=by, today=today)
        taken.refused += 1
    elif item.state == ItemState.SENT:
        if answer.on and answer.on > today:
            taken.unread.append(rules.Unread(answer.line, answer.text, _("La data del mandato è nel futuro.")))
            return
        perform(ITEM, "paid", item, by=by, order_number=answer.order, order_on=answer.on, receipt=answer.receipt)
        taken.paid += 1
    elif item.state == ItemState.PAID and not answer.is_refused and item.order_number == answer.order and item.order_on == answer.on:
        if answer.receipt and not item.receipt:  # the receipt comes days after the order
            item.receipt, item.row_version = answer.receipt, item.row_version + 1
            item.save(update_fields=["receipt", "row_version"])
        taken.known += 1
    elif item.state == ItemState.REFUSED and answer.is_refused:
        taken.known += 1
    else:
        words = _("La riga %(n)s risulta già «%(state)s»: se non è così, scrivilo a chi coordina.") % {
            "n": item.position,
            "state": item.get_state_display(),
        }
        taken.unread.append(rules.Unread(answer.line, answer.text, words))


@transaction.atomic
def refuse_item(*, item: LiquidationItem, reason: str, by: Access, today: date) -> LiquidationItem:
    """A payment that came back: its movements are undone by their opposites, and the sum may enter the next liquidation."""
    refused: LiquidationItem = perform(ITEM, "refused", item, by=by, reason=reason, refusal=reason.strip()[:200])
    for share in ItemShare.objects.filter(item=refused).select_related("item", "pot").order_by("position"):
        key = entry_key(share)
        keys = [key] if share.commitment_id else [key, f"{key}:commit"]
        entries = {entry.key: entry for entry in Entry.objects.filter(network_id=share.pot.network_id, key__in=keys)}
        for name in keys:  # paid first, then set aside: the opposite of how it went
            ledger.reverse_entry(entry=entries[name], reason=_("Pagamento respinto."), posted_on=today, by=by)
    return refused


def settle(run: LiquidationRun, *, by: Access) -> None:
    """When every row has its answer the liquidation is over."""
    row = locked(run)
    if row.state == RunState.APPROVED and not LiquidationItem.objects.filter(run=row, state=ItemState.SENT).exists():
        perform(RUN, "settled", row, by=by, as_system=True)
        todos.done(kind=PAY_TODO, subject=row, by=by)


@transaction.atomic
def record_nets(*, run: LiquidationRun, text: str, by: Access) -> Taken:
    """The net sums the payroll office gives back for the taxed rows; both are kept (rule 41). Wrong lines are told."""
    by.require(Permission.RECORD_PAYMENTS)
    refuse_limited(by)
    row = locked(run)
    if row.state not in (RunState.APPROVED, RunState.SETTLED):
        raise DomainError(_("Questa liquidazione non è ancora approvata: non c'è nulla da registrare."))
    read = rules.read_nets(text)
    taken = Taken(unread=list(read.unread))
    if not read.answers and not read.unread:
        raise DomainError(_("Qui non c'è nessuna riga: incolla i netti dell'ufficio del personale."), field="text")
    items = _by_position(row)
    for net in read.answers:
        item = items.get(rules.position_of(net.reference, row.number))
        if item is None or not item.is_taxed or item.state not in (ItemState.SENT, ItemState.PAID):
            words = _("Il riferimento «%(reference)s» non è una riga tassata di questa liquidazione.")
            taken.unread.append(rules.Unread(net.line, net.text, words % {"reference": net.reference[:40]}))
        elif net.amount > item.amount:
            words = _("Il netto supera il lordo, che è %(gross)s.") % {"gross": euro(item.amount)}
            taken.unread.append(rules.Unread(net.line, net.text, words))
        elif item.net == net.amount:
            taken.known += 1
        elif item.net is not None:
            words = _("Per questa riga c'è già un altro netto: %(net)s.") % {"net": euro(item.net)}
            taken.unread.append(rules.Unread(net.line, net.text, words))
        else:
            item.net, item.row_version = net.amount, item.row_version + 1
            item.save(update_fields=["net", "row_version"])
            taken.items.append(item)
            taken.paid += 1
    taken.unread.sort(key=lambda unread: unread.line)
    record_fact("treasury.liquidation_run.nets", row, by=by, taken=taken.paid, known=taken.known, unread=len(taken.unread))
    return taken
