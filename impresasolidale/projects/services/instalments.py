"""Instalments of the grant. One person writes that it arrived, another confirms: only then it is in the ledger, in a pot of its own."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.errors import DomainError
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.treasury import selectors as ledger_selectors
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Pot

from ..models import Instalment, Project
from ..transitions import INSTALMENT
from ..words import instalment_words
from ._common import add_row, allow


@transaction.atomic
def expect_instalment(*, project: Project, kind: str, on: date, amount: Decimal, by: Access) -> Instalment:
    """An instalment of the grant agreement. Raises DomainError for an amount that is none, or over what was granted."""
    allow(by, P.RECORD_INSTALMENTS)
    row = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if amount <= 0:
        raise DomainError(_("L'importo deve essere maggiore di zero."), field="amount")
    live = Instalment.objects.filter(project=row).exclude(state="reversed")
    if sum((i.expected_amount for i in live.order_by("pk")), amount) > row.grant_amount:
        raise DomainError(_("Le rate insieme superano il contributo concesso."), field="amount")
    last = Instalment.objects.filter(project=row).aggregate(last=Max("position"))["last"] or 0
    values = {"kind": kind, "expected_on": on, "expected_amount": amount, "position": last + 1}
    return add_row(Instalment, "instalment", values, by=by, project=row)


@transaction.atomic
def ask_instalment(*, instalment: Instalment, on: date, amount: Decimal, by: Access, today: date) -> Instalment:
    """It was asked of the funder. Raises DomainError on a day to come."""
    allow(by, P.RECORD_INSTALMENTS)
    _check(on, amount, today)
    return perform(INSTALMENT, "asked", instalment, by=by, asked_on=on, asked_amount=amount)


def _check(on: date, amount: Decimal, today: date) -> None:
    if on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="on")
    if amount <= 0:
        raise DomainError(_("L'importo deve essere maggiore di zero."), field="amount")


@transaction.atomic
def note_arrival(*, instalment: Instalment, on: date, amount: Decimal, by: Access, today: date) -> Instalment:
    """The money is on the account. It counts once somebody else has confirmed."""
    allow(by, P.RECORD_INSTALMENTS)
    _check(on, amount, today)
    if on < ledger_selectors.first_open_day(instalment.network_id):
        raise ledger.PeriodClosed(field="on")
    return perform(INSTALMENT, "arrived", instalment, by=by, received_on=on, received_amount=amount, recorded_by_id=by.actor_id)


@transaction.atomic
def take_back(*, instalment: Instalment, reason: str, by: Access, today: date) -> Instalment:
    """It had not arrived after all; nothing was in the ledger yet. Raises ReasonRequired."""
    allow(by, P.RECORD_INSTALMENTS)
    return perform(
        INSTALMENT,
        "taken_back",
        instalment,
        by=by,
        reason=reason,
        received_on=None,
        received_amount=None,
        recorded_by_id=None,
        asked_on=instalment.asked_on or today,
        asked_amount=instalment.asked_amount or instalment.expected_amount,
    )


@transaction.atomic
def confirm_arrival(*, instalment: Instalment, by: Access) -> Instalment:
    """The second key: the money enters the project's pot, which is opened with the first one.

    Raises FourEyesRequired, PeriodClosed (the month of its arrival was closed meanwhile).
    """
    allow(by, P.RECORD_INSTALMENTS)

    def two_people(row: Instalment) -> None:
        require_second_key(first_id=row.recorded_by_id, by=by, words=_("L'arrivo l'hai segnato tu: lo conferma un'altra persona."))

    row: Instalment = perform(INSTALMENT, "received", instalment, by=by, guard=two_people, confirmed_by_id=by.actor_id)
    project = Project.objects.select_for_update(of=("self",), no_key=True).select_related("pot").get(pk=row.project_id)
    row.project = project
    assert row.received_on is not None and row.received_amount is not None
    ledger.receive(
        pot=_pot(project, by),
        amount=row.received_amount,
        key=f"project-instalment:{row.public_id}",
        posted_on=row.received_on,
        words=instalment_words(row),
        source=row,
        by=by,
    )
    return row


def _pot(project: Project, by: Access) -> Pot:
    if project.pot is None:
        name = f"{project.funder}, {project.code}"[:120]
        project.pot = ledger.open_pot(name=name, use=Pot.Use.PROJECT, purpose=project.title[:200], by=by)
        project.save(update_fields=["pot"])
    return project.pot


@transaction.atomic
def reverse_instalment(*, instalment: Instalment, reason: str, by: Access, today: date) -> Instalment:
    """What was posted by mistake is undone by its opposite; the right one is another instalment. Not by who confirmed it.

    Raises ReasonRequired, FourEyesRequired, NotEnoughMoney when the money has gone on meanwhile.
    """
    allow(by, P.RECORD_INSTALMENTS)

    def two_people(row: Instalment) -> None:
        require_second_key(first_id=row.confirmed_by_id, by=by, words=_("L'hai confermata tu: la storna un'altra persona."))

    row: Instalment = perform(INSTALMENT, "reversed", instalment, by=by, reason=reason, guard=two_people)
    for entry in ledger_selectors.entries_of(by, "projects.instalment", row.pk).filter(reversal=None, reverses=None):
        ledger.reverse_entry(entry=entry, reason=reason, posted_on=max(today, entry.posted_on), by=by)
    return row
