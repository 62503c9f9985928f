"""A liquidation of months: composed from what the office confirmed, approved together with the months that it makes final."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.errors import Conflict, DomainError, TransitionNotAllowed
from impresasolidale.core.words import euro
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.selectors import rules_for
from impresasolidale.treasury import liquidation_rules as rules
from impresasolidale.treasury.enums import CheckKind, ItemState, RecoveryState, RecoveryWay, RunState
from impresasolidale.treasury.models import ItemCheck, LiquidationItem, LiquidationRun, Recovery, RecoveryStep
from impresasolidale.treasury.services import answers, recoveries
from impresasolidale.treasury.services import liquidations as treasury
from impresasolidale.treasury.services.answers import Taken
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import MISSING_WAY

from .. import liquidation_selectors as selectors
from ..models import Adjustment, MonthAllowance, TakeOff
from ..rules import next_month
from ._common import locking, month_words
from .allowances import record_net
from .freezing import freeze_sheets


@transaction.atomic
def prepare_run(*, body: Body, month: date, by: Access, today: date, now: datetime) -> LiquidationRun:
    """Put together what a body has to pay for a month, checked. The ordinary liquidation first, then the supplementary ones.

    Raises RunExists for the second of two who ask, DomainError when nothing is confirmed and unpaid.
    """
    by.require(Permission.PREPARE_LIQUIDATIONS)
    assert by.ambito_id is not None
    run = treasury.open_run(body=body, month=month, by=by, today=today, now=now)
    found = selectors.drafts(by.ambito_id, body=body, month=month, today=today)
    if not found:
        words = _("Per %(month)s non c'è niente da versare: nessun mese confermato aspetta.") % {"month": month_words(month)}
        raise DomainError(words)
    treasury.add_items(run=run, drafts=found, by=by)
    _check(run, by=by, today=today, now=now)
    return run


@transaction.atomic
def refresh_run(*, run: LiquidationRun, by: Access, today: date, now: datetime) -> LiquidationRun:
    """Check a prepared liquidation again: months confirmed meanwhile enter, those that changed leave and come back with their new sum."""
    by.require(Permission.PREPARE_LIQUIDATIONS)
    treasury.refuse_limited(by)
    row = treasury.locked(run)
    if row.state != RunState.PREPARED:
        raise TransitionNotAllowed
    items = treasury.locked_items(row)
    found = selectors.findings_of(items, today=today)
    changed = [i.pk for i in items if not found[i.source_type, i.source_id].checks[CheckKind.SHEET][0]]
    treasury.leave(items=changed, reason=_("Il mese è cambiato dopo che era stata preparata."), by=by)
    treasury.add_items(run=row, drafts=selectors.drafts(row.ambito_id, body=row.body, month=row.month, today=today), by=by)
    _check(row, by=by, today=today, now=now)
    row.refresh_from_db()
    return row


def _check(run: LiquidationRun, *, by: Access, today: date, now: datetime) -> set[int]:
    """Check every row, tell who has to do something about it, and ask for the approval."""
    items = treasury.locked_items(run)
    found = selectors.findings_of(items, today=today)
    paying = treasury.store_checks(run=run, found=found, threshold=threshold_of(run, today), by=by, today=today, now=now)
    treasury.touch(run)
    _ask_ways(items, found, by=by, today=today)
    treasury.ask_approval(run=run, amount=sum((i.amount for i in items if i.pk in paying), rules.ZERO), by=by, today=today)
    return paying


def threshold_of(run: LiquidationRun, today: date) -> Decimal:
    """Rule 70, in the rule book of the day."""
    threshold: Decimal = rules_for(Ambito.objects.get(pk=run.ambito_id), today)[1].publication_threshold
    return threshold


def _ask_ways(items: Collection[LiquidationItem], found: dict[tuple[str, int], rules.Finding], *, by: Access, today: date) -> None:
    """Who follows the person is asked for the way of payment that is missing or wrong."""
    wrong = [item.source_id for item in items if not found[item.source_type, item.source_id].checks.get(CheckKind.WAY, (True, ""))[0]]
    people = Beneficiary.objects.filter(placements__allowances__in=wrong).distinct() if wrong else Beneficiary.objects.none()
    for person in people:
        with translation.override("it"):
            title = _("%(person)s: manca come riceve i soldi") % {"person": person}
        todos.ask(
            kind=MISSING_WAY,
            subject=person,
            title=title,
            url=_ways_url(person),
            role=Role.CLERK,
            case_role=CaseRole.REFERENT,
            by=by,
            due_on=today,
        )


def _ways_url(person: Beneficiary) -> str:
    return reverse("beneficiaries:payment_ways", args=[person.public_id])


@transaction.atomic
def approve_run(
    *,
    run: LiquidationRun,
    seen: int,
    by: Access,
    today: date,
    now: datetime,
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
) -> LiquidationRun:
    """Approve what another person prepared: months are checked once more under their locks, made final, and posted, all or nothing.

    Raises FourEyesRequired, TransitionNotAllowed when somebody was quicker, Conflict when a check came out otherwise than it was seen.
    """
    by.require(Permission.APPROVE_LIQUIDATIONS)
    treasury.refuse_limited(by)
    months = MonthAllowance.objects.filter(pk__in=LiquidationItem.objects.filter(run=run).values("source_id"))
    list(locking(Placement.objects.filter(pk__in=months.values("placement"))))  # before the run: as every writer of a month does
    row = treasury.locked(run)
    if row.state != RunState.PREPARED:
        raise TransitionNotAllowed
    if selectors.wrote_a_sum(row, by.actor_id):
        words = _("C'è un conguaglio che hai scritto tu: la approva un'altra persona, oppure tu con un atto.")
        require_second_key(first_id=by.actor_id, by=by, act=act, words=words)
    items = treasury.locked_items(row)
    looked_at = {item.pk for item in items if item.state == ItemState.READY} - _stopped(items, today)
    found = selectors.findings_of(items, today=today)
    paying = treasury.store_checks(run=row, found=found, threshold=threshold_of(row, today), by=by, today=today, now=now)
    if paying != looked_at:
        raise Conflict(_("Nel frattempo un controllo è cambiato. Aggiorna la liquidazione e guardala di nuovo."))
    paid_months = [item.source_id for item in items if item.pk in paying]
    freeze_sheets(sheets=list(MonthAllowance.objects.filter(pk__in=paid_months).values_list("timesheet_id", flat=True)), by=by, now=now)
    approved = treasury.approve_run(run=row, seen=seen, paying=paying, act=act, act_file=act_file, by=by, today=today, now=now)
    _settle_take_offs(paid_months, by=by, today=today)
    return approved


def _stopped(items: Collection[LiquidationItem], today: date) -> set[int]:
    """Rows that a check stops, as the page shows them."""
    failed = ItemCheck.objects.filter(item__in=items, passed=False)
    return {check.item_id for check in failed if check.stops(today)}


@transaction.atomic
def record_nets(*, run: LiquidationRun, text: str, by: Access, today: date) -> Taken:
    """The net sums the payroll office gives back, on the rows and on the months they pay: the slip and the yearly list read them there."""
    taken = answers.record_nets(run=run, text=text, by=by)
    months = MonthAllowance.objects.in_bulk([item.source_id for item in taken.items])
    for item in taken.items:
        month = months[item.source_id]
        if month.net_amount != item.net and item.net is not None:
            record_net(allowance=month, net=item.net, on=today, by=by, today=today)
    return taken


# --- Recovery off the next months


@transaction.atomic
def open_recovery(*, item: LiquidationItem, way: str, amount: Decimal, instalment: Decimal | None, reason: str, by: Access) -> Recovery:
    """Begin to get back what was paid too much; off the next months it becomes a conguaglio of the next open one, each in its turn."""
    recovery = recoveries.open_recovery(item=item, way=way, amount=amount, instalment=instalment, reason=reason, by=by)
    if way == RecoveryWay.TAKE_OFF:
        _next_take_off(recovery, by=by)
    return recovery


def _next_take_off(recovery: Recovery, *, by: Access) -> None:
    assert recovery.instalment is not None
    month = MonthAllowance.objects.get(pk=recovery.item.source_id)
    with translation.override("it"):
        words = _("Recupero di quanto versato in più per %(month)s") % {"month": month_words(month.month)}
    amount = -min(recovery.instalment, recoveries.missing_of(recovery))
    adjustment = _adjust(month, amount, words, recovery.reason, by=by)
    TakeOff.objects.create(ambito_id=month.ambito_id, recovery=recovery, adjustment=adjustment)


def _adjust(month: MonthAllowance, amount: Decimal, words: str, reason: str, *, by: Access) -> Adjustment:
    """A conguaglio about a month, for the next one that is confirmed."""
    made: Adjustment = Adjustment.objects.create(
        ambito_id=month.ambito_id,
        placement_id=month.placement_id,
        about_month=month.month,
        amount=amount,
        words=words,
        reason=reason,
        created_by_id=by.actor_id,
    )
    return made


@transaction.atomic
def approve_write_off(*, recovery: Recovery, by: Access, today: date) -> Recovery:
    """The second of two who give it up. What final months took off has come back; what others took off, or would, is given back in the
    next month that is confirmed. Raises FourEyesRequired."""
    month = MonthAllowance.objects.get(pk=recovery.item.source_id)
    locking().get(pk=month.placement_id)
    held = Recovery.objects.select_for_update(of=("self",), no_key=True).get(pk=recovery.pk)
    asked = list(Adjustment.objects.filter(take_off__recovery=held).order_by("pk"))
    _book(held, asked, selectors.taken_off([month.placement_id]) if asked else {}, by=by, today=today)
    done = recoveries.approve_write_off(recovery=held, by=by)
    if left := sum((-one.amount - _come_back(done, one) for one in asked), rules.ZERO):
        with translation.override("it"):
            words = _("Rinuncia al recupero di quanto versato in più per %(month)s") % {"month": month_words(month.month)}
        _adjust(month, left, words, done.given_up_reason, by=by)
    return done


def _settle_take_offs(months: Collection[int], *, by: Access, today: date) -> None:
    """What the months made final took off has come back: as much as they gave, the rest when a later one takes it off. When an
    instalment is all back, the next one is asked of the next month."""
    placements = MonthAllowance.objects.filter(pk__in=months).values("placement")
    open_ones = TakeOff.objects.filter(adjustment__placement__in=placements, recovery__state=RecoveryState.OPEN)
    found = list(open_ones.select_related("adjustment").order_by("pk"))
    taken = selectors.taken_off({row.adjustment.placement_id for row in found}) if found else {}
    by_recovery: defaultdict[int, list[Adjustment]] = defaultdict(list)
    for row in found:
        by_recovery[row.recovery_id].append(row.adjustment)
    for pk, asked in by_recovery.items():
        recovery = Recovery.objects.select_for_update(of=("self",), no_key=True).select_related("item").get(pk=pk)
        _book(recovery, asked, taken, by=by, today=today)
        if recovery.state == RecoveryState.OPEN and all(-one.amount == _come_back(recovery, one) for one in asked):
            _next_take_off(recovery, by=by)


def _book(
    recovery: Recovery, asked: Collection[Adjustment], taken: Mapping[int, Mapping[int, Decimal]], *, by: Access, today: date
) -> None:
    """Tell of each instalment what final months took off and was not told yet."""
    for adjustment in asked:
        back = taken.get(adjustment.pk, {})
        if amount := sum(back.values(), rules.ZERO) - _come_back(recovery, adjustment):
            last = MonthAllowance.objects.get(pk=[*back][-1])
            with translation.override("it"):
                words = _("Tolto da %(month)s") % {"month": month_words(last.month)}
            key = f"{_step_key(adjustment)}:{last.pk}"
            recoveries.take_step(recovery=recovery, key=key, amount=amount, on=today, words=words, by=by)
            recovery.refresh_from_db()


def _step_key(adjustment: Adjustment) -> str:
    return f"adjustment:{adjustment.pk}"


def _come_back(recovery: Recovery, adjustment: Adjustment) -> Decimal:
    """Euro of one instalment that final months took off."""
    key = _step_key(adjustment)
    steps = RecoveryStep.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:"), recovery=recovery)
    total: Decimal = steps.aggregate(total=Sum("amount", default=rules.ZERO))["total"]
    return total


# --- What is due is paid (rule 34)


@transaction.atomic
def remind_unpaid(*, by: Access, today: date) -> bool:
    """Months confirmed and still unpaid become one to-do of the office's coordinator, with a day; paid, it is done. Whether there are."""
    ambito = Ambito.objects.get(pk=by.ambito_id)
    rows = selectors.payable(ambito.pk).filter(month__lt=today.replace(day=1))
    oldest = rows.order_by("month").first()
    if oldest is None:
        todos.done(kind=treasury.UNPAID_TODO, subject=ambito, by=by)
        return False
    with translation.override("it"):
        total = sum(rows.values_list("amount", flat=True), rules.ZERO)
        words = (
            _("Contributi confermati e non ancora versati, dal mese di %(month)s: %(amount)s")
            if total
            else _("Mesi a zero per un recupero, da chiudere con una liquidazione, da %(month)s")
        )
        title = words % {"month": month_words(oldest.month), "amount": euro(total)}
    todos.ask(
        kind=treasury.UNPAID_TODO,
        subject=ambito,
        title=title,
        url=waiting_url(),
        role=Role.COORDINATOR,
        by=by,
        due_on=next_month(next_month(oldest.month)).replace(day=1),
        is_mandatory=True,
    )
    return True


def waiting_url() -> str:
    return reverse("composing:waiting")
