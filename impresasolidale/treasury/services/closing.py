"""Closing the books up to a day: asked by one person, confirmed by another or by an act; only the latest closing can be taken back."""

from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import written

from .. import selectors
from ..enums import RunState
from ..models import ClosedPeriod, LiquidationRun
from ..transitions import CLOSING

TODO = "treasury.closing"


@transaction.atomic
def ask_closing(*, closed_to: date, by: Access, today: date) -> ClosedPeriod:
    """Propose to close up to `closed_to`. Raises DomainError for a day not over yet, one closed already, a closing still asked for."""
    by.require(Permission.EDIT_BUDGETS)
    _one_at_a_time(by)
    if closed_to >= today:
        raise DomainError(_("Si chiude fino a un giorno già passato."), field="closed_to")
    if closed_to < selectors.first_open_day(by.network_id):
        raise DomainError(_("Fino a questo giorno è già chiuso."), field="closed_to")
    if ClosedPeriod.objects.filter(network_id=by.network_id, state=ClosedPeriod.State.ASKED).exists():
        raise DomainError(_("C'è già una chiusura da confermare: confermala o ritirala."))
    _nothing_open(by, closed_to)
    row = ClosedPeriod.objects.create(
        network_id=by.network_id, closed_to=closed_to, state=ClosedPeriod.State.ASKED, created_by_id=by.actor_id
    )
    record_fact("treasury.closedperiod.asked", row, by=by)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Una chiusura da confermare: fino al %(day)s") % {"day": written(closed_to, "j F Y")}
    todos.ask(kind=TODO, subject=row, title=title, url=reverse("treasury:closing"), role=Role.ACCOUNTING, by=by)
    return row


@transaction.atomic
def confirm_closing(*, closing: ClosedPeriod, by: Access, act: OutsideAct | None = None) -> ClosedPeriod:
    """From now on nothing is posted up to that day. Raises FourEyesRequired, TransitionNotAllowed, DomainError when something is open."""
    _one_at_a_time(by)

    def guard(row: ClosedPeriod) -> None:
        require_second_key(first_id=row.created_by_id, by=by, act=act)
        _nothing_open(by, row.closed_to)

    row: ClosedPeriod = perform(
        CLOSING,
        "closed",
        closing,
        by=by,
        guard=guard,
        closed_by_id=by.actor_id,
        act_number=act.number.strip() if act else "",
        act_on=act.on if act else None,
    )
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def withdraw_closing(*, closing: ClosedPeriod, reason: str, by: Access) -> ClosedPeriod:
    """Nobody confirms it any more. Raises ReasonRequired, TransitionNotAllowed."""
    row: ClosedPeriod = perform(CLOSING, "withdrawn", closing, by=by, reason=reason)
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def reopen_period(*, closing: ClosedPeriod, reason: str, by: Access) -> ClosedPeriod:
    """Take the latest closing back. Raises ReasonRequired, DomainError for one that is not the latest."""
    _one_at_a_time(by)

    def guard(row: ClosedPeriod) -> None:
        later = ClosedPeriod.objects.filter(network_id=row.network_id, state=ClosedPeriod.State.CLOSED, closed_to__gt=row.closed_to)
        if later.exists():
            raise DomainError(_("Si riapre solo l'ultima chiusura."))

    row: ClosedPeriod = perform(CLOSING, "reopened", closing, by=by, reason=reason, guard=guard)
    return row


def _one_at_a_time(by: Access) -> None:
    """Closings of a network wait for each other and for the postings under way, which wait for them (treasury_post_entry)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('treasury.period'), %s::int)", [by.network_id])


def _nothing_open(by: Access, closed_to: date) -> None:
    """Raises DomainError while a liquidation of those months waits, in whatever office of the network, or a balance differs from its
    movements."""
    waiting = LiquidationRun.objects.filter(ambito_id=by.ambito_id, state=RunState.PREPARED, month__lte=closed_to).order_by("month", "id")
    if run := waiting.first():
        words = _("La liquidazione %(number)s è di questo periodo e non è ancora approvata: prima approvala o annullala.")
        raise DomainError(words % {"number": run.number}, field="closed_to")
    if others := selectors.waiting_elsewhere(by, closed_to):
        words = ngettext(
            "Negli altri uffici della rete %(n)d liquidazione di questo periodo non è ancora approvata. La chiusura vale anche per loro.",
            "Negli altri uffici della rete %(n)d liquidazioni di questo periodo aspettano l'approvazione. La chiusura vale anche per loro.",
            others,
        )
        raise DomainError(words % {"n": others}, field="closed_to")
    if not all(account.agrees for account in selectors.recount(by)):  # type: ignore[attr-defined]
        raise DomainError(_("Un saldo non torna con i suoi movimenti: prima avvisa il tecnico, poi si chiude."), field="closed_to")
