"""A bank line becomes what it is: a contribution recorded now, a movement that is there already, or something of no concern, with a reason.

Two clerks who confirm one line wait for each other at its row, and the second is told.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.four_eyes import OutsideAct
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import day_short
from impresasolidale.treasury.models import Entry, Pot

from ..models import BankLine, Contribution, Donor, Pledge
from ..selectors.contributions import CONTRIBUTION_TYPE
from ..selectors.statements import came_by_notice, received_on, unmatched_entries
from ..transitions import BANK_LINE
from .contributions import UNMATCHED, entry_of, record_contribution, take_back_contribution

TAKEN = gettext_lazy("Quel movimento non c'è più, ha un altro importo, o è già abbinato a un'altra riga.")


def _locked(line: BankLine, by: Access) -> BankLine:
    """The line, still waiting, held until the end of the transaction. Raises Conflict."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    row: BankLine = BankLine.objects.select_for_update(of=("self",), no_key=True).get(pk=line.pk)
    if row.state != BankLine.State.WAITING:
        raise Conflict(_("Questa riga è già stata decisa da qualcun altro: guarda com'è adesso."))
    return row


@transaction.atomic
def record_gift_of(
    *, line: BankLine, donor: Donor, pot: Pot, pledge: Pledge | None = None, act: OutsideAct | None = None, by: Access, today: date
) -> Contribution:
    """The line is a gift: it is recorded, once, on the bank's day, or on the first open one when that period is closed.

    Raises Conflict when the line was decided meanwhile; DomainError for money that goes out, and what `record_contribution` refuses.
    """
    row = _locked(line, by)
    if row.amount < 0:
        raise DomainError(_("Questi soldi escono dal conto: non sono un dono."))
    gift = record_contribution(
        donor=donor,
        pot=pot,
        amount=row.amount,
        received_on=received_on(row),
        reference=row.reference or _("Estratto conto del %(day)s") % {"day": day_short(row.booked_on)},
        way=Contribution.Way.PAGOPA if came_by_notice(row) else Contribution.Way.TRANSFER,
        pledge=pledge,
        act=act,
        by=by,
        today=today,
    )
    perform(BANK_LINE, "matched", row, by=by, entry=entry_of(gift, by), contribution=gift, made=True, decided_by_id=by.actor_id)
    return gift


@transaction.atomic
def match_line(*, line: BankLine, entry_id: int, by: Access) -> BankLine:
    """The line is a movement that the ledger has already: nothing is posted. Raises Conflict, DomainError when it is not that movement."""
    row = _locked(line, by)
    entry = unmatched_entries(by, amount=row.amount).filter(pk=entry_id).first()
    if entry is None:
        raise DomainError(TAKEN)
    gift = _gift_behind(entry)
    try:
        with transaction.atomic():  # of two who match one movement, the unique column lets the first pass
            matched: BankLine = perform(BANK_LINE, "matched", row, by=by, entry=entry, contribution=gift, decided_by_id=by.actor_id)
    except IntegrityError as error:
        raise DomainError(TAKEN) from error
    return matched


def _gift_behind(entry: Entry) -> Contribution | None:
    return Contribution.objects.filter(pk=entry.source_id).first() if entry.source_type == CONTRIBUTION_TYPE else None


@transaction.atomic
def ignore_line(*, line: BankLine, reason: str, by: Access) -> BankLine:
    """The line is nothing of the fund's register: costs of the account, a transfer between accounts. Raises ReasonRequired, Conflict."""
    row = _locked(line, by)
    done: BankLine = perform(BANK_LINE, "ignored", row, by=by, reason=reason, decided_by_id=by.actor_id)
    return done


@transaction.atomic
def undo_line(*, line: BankLine, reason: str, by: Access, today: date) -> BankLine:
    """The line waits again. A contribution that the match recorded is reversed; one that was there before stays as it is.

    Raises ReasonRequired, TransitionNotAllowed, DomainError when the money has gone on meanwhile.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    row: BankLine = BankLine.objects.select_related("contribution").get(pk=line.pk)
    if row.made and row.contribution:  # the reversal frees the line too, whoever asks for it
        take_back_contribution(contribution=row.contribution, reason=reason, by=by, today=today)
        row.refresh_from_db()
        return row
    done: BankLine = perform(BANK_LINE, "undone", row, by=by, reason=reason, **UNMATCHED)
    return done
