"""How people get their money, three liquidations paid (one row came back, some sums were too much), one waiting for the second key, two
checks by sample."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from stdnum import iban as library

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.treasury.enums import CheckKind, ItemState, RecoveryWay, SampleOutcome
from impresasolidale.treasury.liquidation_rules import Draft
from impresasolidale.treasury.models import LiquidationItem, LiquidationRun, SampledItem
from impresasolidale.treasury.services import answers, recoveries
from impresasolidale.treasury.services import liquidations as treasury
from impresasolidale.treasury.services.samples import close_sample
from placements.agreements.enums import HOSTED
from placements.attendance import liquidation_selectors as selectors
from placements.attendance.enums import MonthState
from placements.attendance.models import MonthAllowance
from placements.attendance.rules import next_month
from placements.attendance.services import liquidations, samples
from placements.beneficiaries.enums import PaymentKind
from placements.beneficiaries.models import PaymentWay

from .placements import Placed
from .users import Office, People
from .world import District, World, acting_for

MODELS = (PaymentWay,)
PAID_MONTHS = 3
NET = Decimal("0.77")  # of a taxed sum, roughly
HELD = "Manca la firma della persona sul foglio: arriva la settimana prossima."
REFUSED = "Conto chiuso"
TOO_MUCH = Decimal("40.00")
TWICE = ("Due giorni contati due volte sul foglio.", "Pagato anche il giorno di chiusura dell'impresa.", "Mese contato per intero.")
GIVEN_UP = "Chiedere il resto metterebbe la persona in difficoltà."
COMING = "L'impegno è già firmato: il numero arriva a giorni."
FINE = (SampleOutcome.IN_ORDER, "")
FOUND = {0: (SampleOutcome.NO_PAPER, "Manca la quietanza del tesoriere: l'abbiamo chiesta."), 1: (SampleOutcome.WRONG, TWICE[1])}
ODD = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def iban(number: int) -> str:
    """A valid account that nobody has: the bank's code belongs to none."""
    digits = f"9999901600{number:012d}"
    check = sum(ODD[c] if n % 2 == 0 else int(c) for n, c in enumerate(digits)) % 26
    account = f"{LETTERS[check]}{digits}"
    return f"IT{library.calc_check_digits(f'IT00{account}')}{account}"


def create_ways(world: World, placed: list[Placed]) -> None:
    """One way for nearly everybody in a placement; one in eleven has still to say."""
    seen: set[int] = set()
    for n, one in enumerate(p for p in placed if p.row.state in HOSTED):
        person = one.row.beneficiary
        if person.pk in seen or n % 11 == 7:
            continue
        seen.add(person.pk)
        in_cash = n % 9 == 4
        world.new(
            PaymentWay,
            ambito=person.ambito,
            beneficiary=person,
            kind=PaymentKind.CASH if in_cash else PaymentKind.OWN_IBAN,
            iban=None if in_cash else iban(n + 1),
            holder=f"{person.first_name} {person.last_name}",
            holder_code=person.codice_fiscale,
            valid_from=one.row.starts_on - timedelta(days=10),
            created_by=one.person.referent,
        )


def create_runs(world: World, people: People) -> None:
    """The last final months as liquidations paid; the month before last as one that waits for the second key."""
    for district in world.districts:
        office = people.offices[district.ambito.pk]
        rows = MonthAllowance.objects.filter(ambito=district.ambito, payer=district.body, amount__gt=0, shares__isnull=False)
        by_state: dict[str, set[date]] = defaultdict(set)
        for month, state in rows.values_list("month", "timesheet__state").distinct():
            by_state[state].add(month)
        final = sorted(by_state[MonthState.FROZEN])[-PAID_MONTHS:]
        for n, month in enumerate(final):
            _paid(world, district, office, month, is_last=n == len(final) - 1)
        if final:
            _recovered(world, district, office, final[0])
            _checked(world, district, office)
        if waiting := sorted(by_state[MonthState.CONFIRMED]):
            _prepared(world, district, office, waiting[0])


def _paid(world: World, district: District, office: Office, month: date, *, is_last: bool) -> None:
    """A liquidation of a month that is final already, with its answers; of the last one a row came back and some are still out."""
    on = min(next_month(month) + timedelta(days=17), world.ago(2))
    clerk, coordinator, accounting = (acting_for(office.by_role[r], district) for r in (Role.CLERK, Role.COORDINATOR, Role.ACCOUNTING))
    with world.acting("run", district.ambito.name, month, on=on), scope(clerk.scope):
        run = treasury.open_run(body=district.body, month=month, by=clerk, today=on, now=world.at(on))
        drafts = _final(district, month, on)
        treasury.add_items(run=run, drafts=drafts, by=clerk)
        LiquidationItem.objects.filter(run=run).update(published_on=on)
        found = {draft.source: draft.finding for draft in drafts}
        paying = treasury.store_checks(
            run=run, found=found, threshold=district.rules.publication_threshold, by=clerk, today=on, now=world.at(on)
        )
        for item in LiquidationItem.objects.filter(run=run).exclude(pk__in=paying).order_by("position"):
            paying |= _let_pass(item, coordinator, on)
    if not paying:
        return
    with world.acting("approval", district.ambito.name, month, on=on, hour=12), scope(coordinator.scope):
        fresh = LiquidationRun.objects.get(pk=run.pk)
        treasury.approve_run(run=fresh, seen=fresh.row_version, paying=paying, by=coordinator, today=on, now=world.at(on, 12))
    with world.acting("answers", district.ambito.name, month, on=on + timedelta(days=1)), scope(accounting.scope):
        text = _answers(run, on + timedelta(days=1), is_last=is_last)
        answers.record_answers(run=run, text=text, by=accounting, today=world.today)
        if nets := "" if is_last else _nets(run):
            liquidations.record_nets(run=run, text=nets, by=accounting, today=world.today)


def _let_pass(item: LiquidationItem, by: Access, on: date, *, until: date | None = None) -> set[int]:
    """The commitment came some days later: the coordinator lets the check pass."""
    failed = list(item.checks.filter(passed=False))
    if [check.kind for check in failed] != [CheckKind.COMMITMENT]:
        return set()
    with scope(by.scope):
        treasury.waive_check(
            item=item,
            kind=CheckKind.COMMITMENT,
            reason=COMING,
            until=until or on,
            by=by,
            today=on,
        )
    return {item.pk}


def _final(district: District, month: date, on: date) -> list[Draft]:
    """The sums of a month that was final before there were liquidations in the demo's world: its sheet is in order by then."""
    rows = selectors.final_drafts(district.ambito.pk, body=district.body, month=month, today=on)
    fine = (True, "Confermato dall'ufficio.")
    return [replace(row, finding=replace(row.finding, checks={**row.finding.checks, CheckKind.SHEET: fine})) for row in rows]


def _recovered(world: World, district: District, office: Office, month: date) -> None:
    """What was paid too much in a month: one sum comes off the next months, one was given back in part, of one the rest may be given up."""
    on = world.ago(12)
    clerk, coordinator, accounting = (acting_for(office.by_role[r], district) for r in (Role.CLERK, Role.COORDINATOR, Role.ACCOUNTING))
    paid = LiquidationItem.objects.filter(run__ambito=district.ambito, run__month=month, state=ItemState.PAID, amount__gte=TOO_MUCH)
    for n, item in enumerate(paid.filter(is_taxed=False).order_by("position")[: len(TWICE)]):
        with world.acting("recovery", district.ambito.name, n, on=on), scope(clerk.scope):
            off = n == 0
            row = liquidations.open_recovery(
                item=item,
                way=RecoveryWay.TAKE_OFF if off else RecoveryWay.PAY_BACK,
                amount=TOO_MUCH,
                instalment=TOO_MUCH / 2 if off else None,
                reason=TWICE[n],
                by=clerk,
            )
        if not off:
            with world.acting("receipt", district.ambito.name, n, on=world.ago(5)), scope(accounting.scope):
                recoveries.record_pay_back(
                    recovery=row, amount=TOO_MUCH / 4, on=world.ago(5), receipt=f"{month.year}/{310 + n}", by=accounting, today=world.today
                )
        if n == 2:
            with world.acting("giving up", district.ambito.name, n, on=world.ago(1)), scope(coordinator.scope):
                recoveries.ask_write_off(recovery=row, reason=GIVEN_UP, by=coordinator)


def _checked(world: World, district: District, office: Office) -> None:
    """A sample of the first orders is closed, with a paper missing and a wrong sum; one of the last orders is still being looked at."""
    paid = LiquidationItem.objects.filter(ambito=district.ambito, state=ItemState.PAID)
    months = list(paid.dates("order_on", "month"))
    # Accounting, who looks, confirms no month here and neither prepares nor approves.
    coordinator, accounting = acting_for(office.coordinator, district), acting_for(office.by_role[Role.ACCOUNTING], district)
    for days, some in ((13, months[:-1]), (1, months[-1:])):
        if not some:
            continue
        on = world.ago(days)
        until = min(next_month(some[-1]) - timedelta(days=1), on)
        with world.acting("sample", district.ambito.name, days, on=on), scope(coordinator.scope):
            sample = samples.draw_sample(since=some[0], until=until, share=10, minimum=5, by=coordinator, today=on)
        with world.acting("checks", district.ambito.name, days, on=on, hour=15), scope(accounting.scope):
            rows = SampledItem.objects.filter(sample=sample).select_related("item").order_by("pk")
            for n, row in enumerate(rows if days > 1 else rows[:2]):
                outcome, words = FOUND.get(n, FINE) if days > 1 else FINE
                samples.judge(row=row, outcome=outcome, words=words, seen=1, by=accounting, now=world.at(on, 15))
            if days > 1:
                close_sample(sample=sample, by=accounting, now=world.at(on, 16))


def _answers(run: LiquidationRun, on: date, *, is_last: bool) -> str:
    rows = LiquidationItem.objects.filter(run=run, state=ItemState.SENT).order_by("position")
    lines = [f"{item.position};pagato;{800 + item.position};{on:%d/%m/%Y};Q {item.position}" for item in rows]
    if is_last and len(lines) > 3:
        lines = [f"{lines[0].partition(';')[0]};respinto;;;{REFUSED}", *lines[1:-2]]
    return "\n".join(lines)


def _nets(run: LiquidationRun) -> str:
    """What the payroll office paid of the taxed sums; of the last liquidation it has not said yet."""
    rows = LiquidationItem.objects.filter(run=run, is_taxed=True, state=ItemState.PAID).order_by("position")
    return "\n".join(f"{item.position};{item.amount * NET:.2f}".replace(".", ",") for item in rows)


def _prepared(world: World, district: District, office: Office, month: date) -> None:
    """Prepared yesterday by the clerk, published and nearly whole: a row is held, a few are stopped, the second key is missing."""
    clerk, coordinator, on = acting_for(office.by_role[Role.CLERK], district), acting_for(office.coordinator, district), world.ago(1)
    with world.acting("run", district.ambito.name, month, on=on), scope(clerk.scope):
        run = liquidations.prepare_run(body=district.body, month=month, by=clerk, today=on, now=world.at(on))
        if LiquidationItem.objects.filter(run=run, checks__kind=CheckKind.PUBLICATION, checks__passed=False).exists():
            treasury.record_publication(run=run, on=on, by=clerk, today=on)
            liquidations.refresh_run(run=run, by=clerk, today=on, now=world.at(on, 11))
        rows = list(LiquidationItem.objects.filter(run=run).order_by("position"))
        for n, item in enumerate(rows):
            if n % 6:
                _let_pass(item, coordinator, on, until=world.today + timedelta(days=20))
        if rows:
            treasury.hold_item(item=rows[0], reason=HELD, by=clerk)
