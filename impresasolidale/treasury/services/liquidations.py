"""Writes of a liquidation: opened, filled, checked, held, let pass, approved and posted, cancelled.

Composing from months and freezing them is the work of the room that knows them (attendance.services.liquidations).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.transitions import perform, perform_all
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.views import check_version
from impresasolidale.core.words import euro, written
from impresasolidale.territory.models import Body

from .. import liquidation_documents as documents
from .. import liquidation_rules as rules
from ..enums import WAIVABLE, CheckKind, ItemState, RunState
from ..models import Account, Commitment, ItemCheck, ItemShare, LiquidationItem, LiquidationRun, Pot
from ..rules import Move, legs_of
from ..selectors import liquidations as selectors
from ..transitions import ITEM, RUN
from . import ledger

APPROVE_TODO = "treasury.approve_liquidation"
PAY_TODO = "treasury.pay_liquidation"
UNPAID_TODO = "treasury.unpaid_months"


class RunExists(DomainError):
    """Somebody was quicker: `run` is the one to open instead."""

    status = 409

    def __init__(self, run: LiquidationRun) -> None:
        self.run = run
        super().__init__(_("Questa liquidazione c'è già: l'ha preparata %(who)s.") % {"who": run.created_by})


def refuse_limited(by: Access) -> None:
    """A membership limited to some comuni sees a part of the people: it neither prepares nor approves what pays them all."""
    if by.comuni is not None:
        raise PermissionDenied(_("Il tuo incarico vale per alcuni comuni: le liquidazioni si fanno per tutto l'Ambito."))


# --- Preparing


@transaction.atomic
def open_run(*, body: Body, month: date, by: Access, today: date, now: datetime) -> LiquidationRun:
    """A liquidation with no row yet: the ordinary one of a body's month, or the next supplementary. RunExists for the second of two."""
    by.require(Permission.PREPARE_LIQUIDATIONS)
    refuse_limited(by)
    mine = LiquidationRun.objects.filter(ambito_id=by.ambito_id, body=body, month=month)
    if there := mine.filter(state=RunState.PREPARED).select_related("created_by").first():
        raise RunExists(there)
    last = mine.exclude(state=RunState.CANCELLED).aggregate(last=Max("supplement"))["last"]
    run = LiquidationRun(
        ambito_id=by.ambito_id,
        number=next_number(owner=f"ambito:{by.ambito_id}", kind="treasury.liquidation_run", year=today.year),
        body=body,
        month=month,
        supplement=0 if last is None else last + 1,
        checked_at=now,
        created_by=by.actor,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:  # the other of two at once was quicker
        there = mine.filter(state=RunState.PREPARED).select_related("created_by").first()
        if there is None:
            raise
        raise RunExists(there) from error
    record_fact("treasury.liquidation_run.prepared", run, by=by, number=run.number)
    return run


@transaction.atomic
def add_items(*, run: LiquidationRun, drafts: Iterable[rules.Draft], by: Access) -> int:
    """Put sums into a prepared liquidation, with their shares. Raises DomainError when one of them is being paid already."""
    by.require(Permission.PREPARE_LIQUIDATIONS)
    last = LiquidationItem.objects.filter(run=run).aggregate(last=Max("position"))["last"] or 0
    found = list(drafts)
    items = [
        LiquidationItem(
            ambito_id=run.ambito_id,
            run=run,
            position=position,
            source_type=draft.source[0],
            source_id=draft.source[1],
            code=draft.code,
            year=draft.year,
            words=draft.words,
            amount=draft.amount,
            is_taxed=draft.is_taxed,
            person=draft.person,
            person_code=draft.person_code,
            payment=draft.finding.way.payment,
            payee=draft.finding.way.payee,
            payee_code=draft.finding.way.payee_code,
            iban=draft.finding.way.iban,
            created_by=by.actor,
        )
        for position, draft in enumerate(found, start=last + 1)
    ]
    try:
        with transaction.atomic():
            LiquidationItem.objects.bulk_create(items)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != "treasury_item_live_once":
            raise
        raise Conflict(_("Una di queste somme è già in un'altra liquidazione. Ricarica la pagina.")) from error
    ItemShare.objects.bulk_create(
        ItemShare(
            ambito_id=run.ambito_id, item=item, position=n, pot_id=share.pot_id, commitment_id=share.commitment_id, amount=share.amount
        )
        for item, draft in zip(items, found, strict=True)
        for n, share in enumerate(draft.finding.shares)
    )
    return len(items)


def locked(run: LiquidationRun) -> LiquidationRun:
    row: LiquidationRun = LiquidationRun.objects.select_for_update(of=("self",), no_key=True).select_related("body").get(pk=run.pk)
    return row


def locked_items(run: LiquidationRun) -> list[LiquidationItem]:
    """Its rows still to be paid, locked in one order."""
    rows = LiquidationItem.objects.filter(run=run, state__in=[ItemState.READY, ItemState.HELD])
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("position"))


def leave(*, items: Collection[int], reason: str, by: Access) -> None:
    """Rows that this liquidation does not pay: the next one may."""
    if items:
        perform_all(ITEM, "left", LiquidationItem.objects.filter(pk__in=items), by=by, reason=reason, as_system=True)


@transaction.atomic
def store_checks(
    *, run: LiquidationRun, found: Mapping[tuple[str, int], rules.Finding], threshold: Decimal, by: Access, today: date, now: datetime
) -> set[int]:
    """Check every row of a prepared liquidation again and keep the results; returns the rows that may be paid.

    `found` is what the room above says of each source today; the checks of money, commitment, publication and payment are ours. A sum of
    nothing asks for no money: of it the room above alone speaks.
    """
    items = locked_items(run)
    waivers = {(c.item_id, c.kind): c for c in ItemCheck.objects.filter(item__in=items)}
    _take_ways(items, found)
    shares = _take_commitments(items, found)
    # Held to the end: nobody ends, lowers or pays from them between this look and the posting.
    wanted = {s.commitment_id for mine in shares.values() for s in mine if s.commitment_id}
    held = Commitment.objects.filter(pk__in=wanted).select_for_update(of=("self",), no_key=True).order_by("pk")
    commitments = {row.pk: row for row in held}
    pots = Pot.objects.in_bulk({s.pot_id for mine in shares.values() for s in mine})
    results: dict[int, dict[str, tuple[bool, str]]] = {}
    for item in items:
        finding = found[item.source_type, item.source_id]
        results[item.pk] = {**finding.checks, CheckKind.UNPAID: _check_unpaid(item)}
        if item.amount:
            results[item.pk] |= {
                CheckKind.COMMITMENT: _check_commitments(item, shares[item.pk], commitments, pots),
                CheckKind.PUBLICATION: _check_publication(item, finding, threshold),
            }
    passing = {item.pk for item in items if item.state == ItemState.READY and _pass(results[item.pk], item.pk, waivers, today)}
    rows = [
        (item.pk, [rules.Share(s.pot_id, s.amount, s.commitment_id) for s in shares[item.pk]], item.pk in passing)
        for item in items
        if item.amount
    ]
    missing = rules.draw(rows, selectors.free_of(pots), selectors.left_of(commitments))
    for pk, short in missing.items():
        results[pk][CheckKind.MONEY] = _say_money(short, pots, commitments)
    _keep(items, results, waivers, now)
    LiquidationRun.objects.filter(pk=run.pk).update(checked_at=now)
    return passing - {pk for pk, short in missing.items() if short}


def _pass(checks: Mapping[str, tuple[bool, str]], pk: int, waivers: Mapping[tuple[int, str], ItemCheck], today: date) -> bool:
    for kind, (passed, _words) in checks.items():
        waiver = waivers.get((pk, kind))
        if not passed and not (waiver and waiver.is_waived(today)):
            return False
    return True


def _take_ways(items: list[LiquidationItem], found: Mapping[tuple[str, int], rules.Finding]) -> None:
    changed = []
    for item in items:
        way = found[item.source_type, item.source_id].way
        if (item.payment, item.payee, item.payee_code, item.iban) != (way.payment, way.payee, way.payee_code, way.iban):
            item.payment, item.payee, item.payee_code, item.iban = way.payment, way.payee, way.payee_code, way.iban
            changed.append(item)
    LiquidationItem.objects.bulk_update(changed, ["payment", "payee", "payee_code", "iban"], batch_size=500)


def _take_commitments(items: list[LiquidationItem], found: Mapping[tuple[str, int], rules.Finding]) -> dict[int, list[ItemShare]]:
    """The shares of the rows, each with the commitment that stands for it today."""
    shares: dict[int, list[ItemShare]] = {item.pk: [] for item in items}
    by_pot = {(item.pk, share.pot_id): share.commitment_id for item in items for share in found[item.source_type, item.source_id].shares}
    changed = []
    for share in ItemShare.objects.filter(item__in=items).order_by("item", "position"):
        shares[share.item_id].append(share)
        commitment_id = by_pot.get((share.item_id, share.pot_id), share.commitment_id)
        if commitment_id != share.commitment_id:
            share.commitment_id = commitment_id
            changed.append(share)
    ItemShare.objects.bulk_update(changed, ["commitment"], batch_size=500)
    return shares


def _check_commitments(
    item: LiquidationItem, shares: list[ItemShare], commitments: Mapping[int, Commitment], pots: Mapping[int, Pot]
) -> tuple[bool, str]:
    """The commitment of the right year (D.Lgs. 118/2011); a grant of others needs none."""
    for share in shares:
        if share.commitment_id is None:
            if pots[share.pot_id].use == Pot.Use.BUDGET:
                return False, _("Manca l'impegno del %(year)s.") % {"year": item.year}
        elif commitments[share.commitment_id].year != item.year:
            row = commitments[share.commitment_id]
            return False, _("L'impegno %(number)s non è del %(year)s.") % {"number": row, "year": item.year}
        elif commitments[share.commitment_id].state != Commitment.State.OPEN:
            return False, _("L'impegno %(number)s è chiuso.") % {"number": commitments[share.commitment_id]}
    numbers = ", ".join(str(commitments[s.commitment_id]) for s in shares if s.commitment_id)
    return True, _("Impegno %(numbers)s.") % {"numbers": numbers} if numbers else _("Contributo di un finanziatore: l'impegno non serve.")


def _check_unpaid(item: LiquidationItem) -> tuple[bool, str]:
    """A partial unique index holds this; the words are for who reads."""
    return True, _("Nessun'altra liquidazione contiene questa somma.")


def _check_publication(item: LiquidationItem, finding: rules.Finding, threshold: Decimal) -> tuple[bool, str]:
    values = {"total": euro(finding.year_total), "year": item.year, "threshold": euro(threshold)}
    if finding.year_total <= threshold:
        return True, _("Nel %(year)s fanno %(total)s: non supera %(threshold)s.") % values
    if item.published_on:
        return True, _("Pubblicata il %(day)s.") % {"day": f"{item.published_on:%d/%m/%Y}"}
    return False, _("Nel %(year)s fanno %(total)s, più di %(threshold)s: prima va pubblicata (regola 70).") % values


def _say_money(short: list[rules.Share], pots: Mapping[int, Pot], commitments: Mapping[int, Commitment]) -> tuple[bool, str]:
    if not short:
        return True, _("Nella fonte i soldi ci sono.")
    share = short[0]
    name = str(commitments[share.commitment_id]) if share.commitment_id else pots[share.pot_id].name
    return False, (_("Non ci sono abbastanza soldi in «%(name)s».") % {"name": name})[:200]


def _keep(
    items: list[LiquidationItem],
    results: Mapping[int, Mapping[str, tuple[bool, str]]],
    before: Mapping[tuple[int, str], ItemCheck],
    now: datetime,
) -> None:
    """The results in place of those before; what was let pass stays let pass, to its day."""
    rows = []
    for item in items:
        for kind in CheckKind.values:
            if kind not in results[item.pk]:
                continue
            passed, words = results[item.pk][kind]
            old = before.get((item.pk, kind))
            row = ItemCheck(ambito_id=item.ambito_id, item=item, kind=kind, passed=passed, words=words[:200], checked_at=now)
            if old:
                row.waived_until, row.waived_reason, row.waived_by_id = old.waived_until, old.waived_reason, old.waived_by_id
            rows.append(row)
    ItemCheck.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["item", "kind"], update_fields=["passed", "words", "checked_at"], batch_size=2000
    )


# --- Before the approval


@transaction.atomic
def hold_item(*, item: LiquidationItem, reason: str, by: Access) -> LiquidationItem:
    """Keep a sum out of this liquidation: it waits for the next. Raises ReasonRequired, TransitionNotAllowed."""
    return _move(item, "held", reason, by)


@transaction.atomic
def resume_item(*, item: LiquidationItem, reason: str, by: Access) -> LiquidationItem:
    return _move(item, "resumed", reason, by)


def _move(item: LiquidationItem, name: str, reason: str, by: Access) -> LiquidationItem:
    refuse_limited(by)
    run = _still_prepared(item.run)
    moved: LiquidationItem = perform(ITEM, name, item, by=by, reason=reason)
    touch(run)
    return moved


@transaction.atomic
def waive_check(*, item: LiquidationItem, kind: str, reason: str, until: date, by: Access, today: date) -> ItemCheck:
    """Let a failed check of one row pass, with the reason, until a day. Only what is not a mistake of money or identity can be let pass.

    Raises ReasonRequired, DomainError on `until` for a day gone by or further than 90 days, or for a check that nobody may let pass.
    """
    by.require(Permission.APPROVE_LIQUIDATIONS)
    refuse_limited(by)
    run = _still_prepared(item.run)
    if not reason.strip():
        raise ReasonRequired
    if not today <= until or (until - today).days > 90:
        raise DomainError(_("Scegli un giorno da oggi a tre mesi: dopo, il controllo torna a valere."), field="until")
    row: ItemCheck | None = ItemCheck.objects.select_for_update(of=("self",), no_key=True).filter(item=item, kind=kind).first()
    if row is None or row.kind not in WAIVABLE or row.passed:
        raise DomainError(_("Questo controllo non si può lasciar passare."))
    row.waived_until, row.waived_reason, row.waived_by_id = until, reason.strip(), by.actor_id
    row.save(update_fields=["waived_until", "waived_reason", "waived_by"])
    record_fact("treasury.item_check.waived", item, by=by, reason=row.waived_reason, kind=row.kind, until=until.isoformat())
    touch(run)
    return row


@transaction.atomic
def record_publication(*, run: LiquidationRun, on: date, by: Access, today: date) -> int:
    """The rows that waited for it were published on a day (rule 70). Returns how many."""
    by.require(Permission.PREPARE_LIQUIDATIONS)
    refuse_limited(by)
    row = _still_prepared(run)
    if on > today:
        raise DomainError(_("La data è nel futuro: scrivi quando l'elenco è uscito."), field="on")
    waiting = LiquidationItem.objects.filter(
        run=row, published_on=None, state__in=[ItemState.READY, ItemState.HELD], checks__kind=CheckKind.PUBLICATION, checks__passed=False
    )
    ids = list(waiting.values_list("pk", flat=True))
    if not ids:
        raise DomainError(_("Nessuna riga aspetta di essere pubblicata."))
    LiquidationItem.objects.filter(pk__in=ids).update(published_on=on, row_version=F("row_version") + 1)
    record_fact("treasury.liquidation_run.published", row, by=by, on=on.isoformat(), rows=len(ids))
    touch(row)
    return len(ids)


def _still_prepared(run: LiquidationRun) -> LiquidationRun:
    row = locked(run)
    if row.state != RunState.PREPARED:
        raise Conflict(_("Nel frattempo questa liquidazione non è più da approvare. Ricarica la pagina."))
    return row


def touch(run: LiquidationRun) -> None:
    """Who approves must have seen the rows as they are."""
    LiquidationRun.objects.filter(pk=run.pk).update(row_version=F("row_version") + 1)


def ask_approval(*, run: LiquidationRun, amount: Decimal, by: Access, today: date) -> None:
    with translation.override("it"):
        title = _("%(name)s da approvare: %(amount)s") % {"name": name_of(run), "amount": euro(amount)}
    todos.ask(kind=APPROVE_TODO, subject=run, title=title, url=run_url(run), role=Role.COORDINATOR, by=by, due_on=today, is_mandatory=True)


@transaction.atomic
def cancel_run(*, run: LiquidationRun, reason: str, by: Access) -> LiquidationRun:
    """A prepared liquidation goes away; its rows may enter another. The number stays taken."""
    refuse_limited(by)
    row: LiquidationRun = perform(RUN, "cancelled", run, by=by, reason=reason)
    leave(items=[item.pk for item in locked_items(row)], reason=reason, by=by)
    todos.done(kind=APPROVE_TODO, subject=row, by=by)
    return row


# --- The approval


@transaction.atomic
def approve_run(
    *,
    run: LiquidationRun,
    seen: int,
    paying: set[int],
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
    by: Access,
    today: date,
    now: datetime,
) -> LiquidationRun:
    """The second key: `paying` rows are posted and go to be paid, the others wait for the next liquidation; papers are ordered. Of a sum
    of nothing nothing is posted nor written: it is compensated, and a liquidation without any other is over.

    Everything stands in the caller's transaction, with the months it froze. Raises FourEyesRequired, Conflict when something changed
    since it was looked at, NotEnoughMoney, PeriodClosed.
    """
    refuse_limited(by)

    def guard(row: LiquidationRun) -> None:
        check_version(row, seen)
        words = _("L'hai preparata tu: la approva un'altra persona, oppure tu con un atto.")
        require_second_key(first_id=row.created_by_id, by=by, act=act, words=words)
        if not paying:
            raise DomainError(_("Nessuna riga supera i controlli: non c'è niente da approvare."))

    approved: LiquidationRun = perform(
        RUN,
        "approved",
        run,
        by=by,
        guard=guard,
        approved_by_id=by.actor_id,
        approved_at=now,
        **_act_of(run, act, act_file, by=by, today=today),
    )
    others = LiquidationItem.objects.filter(run=approved, state__in=[ItemState.READY, ItemState.HELD]).exclude(pk__in=paying)
    leave(items=list(others.values_list("pk", flat=True)), reason=_("Non pronta al momento dell'approvazione."), by=by)
    rows = LiquidationItem.objects.filter(pk__in=paying)
    perform_all(ITEM, "offset", rows.filter(amount=0), by=by, as_system=True)
    sent = perform_all(ITEM, "sent", rows.filter(amount__gt=0), by=by, as_system=True)
    todos.done(kind=APPROVE_TODO, subject=approved, by=by)
    if sent:
        _send(approved, by=by, today=today)
    else:
        perform(RUN, "settled", approved, by=by, as_system=True)
    approved.refresh_from_db()
    return approved


def _send(run: LiquidationRun, *, by: Access, today: date) -> None:
    """Money leaves the pots, papers and the bank's file are ordered, accounting is asked for the orders."""
    post_items(run=run, by=by, today=today)
    papers = documents.issue_papers(run, by=by, today=today)
    LiquidationRun.objects.filter(pk=run.pk).update(**papers)
    if selectors.payer_of(run.ambito_id, run.body_id).iban:
        enqueue("treasury.write_sepa", by=by, run_id=run.pk)
    with translation.override("it"):
        title = _("%(name)s: registra i mandati") % {"name": name_of(run)}
    todos.ask(kind=PAY_TODO, subject=run, title=title, url=run_url(run), role=Role.ACCOUNTING, by=by, due_on=today)


def post_items(*, run: LiquidationRun, by: Access, today: date) -> None:
    """Every share of the rows that go to be paid, in the ledger: out of its commitment, or committed and paid from what is free.

    Safe to repeat: the keys name the share.
    """
    shares = list(
        ItemShare.objects.filter(item__run=run, item__state=ItemState.SENT)
        .select_related("item", "commitment", "pot")
        .order_by("item__position", "position")
    )
    accounts = _accounts(shares)
    with translation.override("it"):
        words = _("Liquidazione %(number)s, %(month)s") % {"number": run.number, "month": written(run.month, "F Y")}
    for share in shares:
        key = entry_key(share)
        steps = [(Move.PAY, key)] if share.commitment_id else [(Move.COMMIT, f"{key}:commit"), (Move.PAY, key)]
        for move, step_key in steps:
            ledger.post_entry(
                network_id=share.pot.network_id,
                key=step_key,
                posted_on=today,
                words=words,
                source=share.commitment or share.item,
                legs=legs_of(move, accounts[share.pot_id], share.amount),
                by=by,
            )


def entry_key(share: ItemShare) -> str:
    return f"liquidation-item:{share.item.public_id}:{share.position}"


def _accounts(shares: Iterable[ItemShare]) -> dict[int, dict[str, Account]]:
    """The accounts of each pot, with its network's bank, by kind; locked in one order, the hot bank last, so that two approvals queue."""
    pots = {share.pot_id: share.pot.network_id for share in shares}
    bank = Q(kind=Account.Kind.BANK, network_id__in=set(pots.values()))
    wanted = Account.objects.filter(Q(pot_id__in=pots) | bank).annotate(is_bank=Q(kind=Account.Kind.BANK))
    held = list(wanted.select_for_update(of=("self",), no_key=True).order_by("is_bank", "pk"))
    banks = {account.network_id: account for account in held if account.pot_id is None}
    found: dict[int, dict[str, Account]] = {pk: {Account.Kind.BANK: banks[network]} for pk, network in pots.items()}
    for account in held:
        if account.pot_id is not None:
            found[account.pot_id][account.kind] = account
    return found


def _act_of(run: LiquidationRun, act: OutsideAct | None, file: UploadedFile | None, *, by: Access, today: date) -> dict[str, Any]:
    """The columns an outside act fills; none without one."""
    if act is None:
        return {}
    by.require(Permission.APPROVE_LIQUIDATIONS)  # before its file is kept
    if not act.number.strip():
        raise DomainError(_("Scrivi il numero dell'atto."), field="act_number")
    if act.on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if file is None:
        raise DomainError(_("Serve la copia dell'atto."), field="file")
    kept = store_upload(file=file, kind="treasury.outside_act", subject=run, by=by)
    record_fact("treasury.liquidation_run.outside_act", run, by=by, number=act.number.strip(), on=act.on.isoformat())
    return {"act_number": act.number.strip(), "act_on": act.on, "act_file": kept}


# --- Names


def name_of(run: LiquidationRun) -> str:
    """`Liquidazione di ottobre 2026`, `Liquidazione di ottobre 2026, suppletiva 1`."""
    month = written(run.month, "F Y")
    if run.supplement:
        return _("Liquidazione di %(month)s, suppletiva %(n)s") % {"month": month, "n": run.supplement}
    return _("Liquidazione di %(month)s") % {"month": month}


def run_url(run: LiquidationRun) -> str:
    return reverse("liquidations:run", args=[run.public_id])
