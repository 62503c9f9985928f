"""The solidarity fund over a year: pots, donors, contributions, requests in every state, and a ledger that adds up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import models

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.fields import lookup_hash
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Account, Pot
from placements.agreements.enums import HOSTED
from solidarity_fund.models import BenefitRequest, Contribution, Donor
from solidarity_fund.transitions import REQUEST

from . import names
from .hosts import Hosts
from .placements import Placed
from .users import People
from .world import World

Kind, State = BenefitRequest.Kind, BenefitRequest.State
POTS = (
    ("Libero", "Per ogni aiuto previsto dal regolamento"),
    ("Trasporti", "Abbonamenti, biglietti, un passaggio quando la corriera non c'è"),
    ("Abiti da lavoro", "Scarpe, guanti, giacche per l'inverno"),
)
DONORS = (
    (Donor.Kind.PUBLIC_BODY, "Comune di Sondrio", True),
    (Donor.Kind.PUBLIC_BODY, "Comunità montana Valtellina di Tirano", True),
    (Donor.Kind.ASSOCIATION, "Fondazione Noce Buona", True),
    (Donor.Kind.ASSOCIATION, "Coro Le Cime Stonate", True),
    (Donor.Kind.ASSOCIATION, "Gruppo alpini di Valle Immaginaria", True),
    (Donor.Kind.COMPANY, "", True),
    (Donor.Kind.COMPANY, "", True),
    (Donor.Kind.COMPANY, "", False),
    (Donor.Kind.PERSON, "", False),
    (Donor.Kind.PERSON, "", True),
    (Donor.Kind.PERSON, "", False),
    (Donor.Kind.ANONYMOUS, "Anonimo", False),
)
REQUESTS = (  # state, kind, euro, quote
    (State.PAID, Kind.TRANSPORT, "186.00", "Abbonamento trimestrale della corriera"),
    (State.PAID, Kind.CLOTHING, "74.90", "Scarpe antinfortunistiche, preventivo del negozio"),
    (State.PAID, Kind.HEALTH, "120.00", "Occhiali, preventivo dell'ottico"),
    (State.PAID, Kind.COURSE, "60.00", "Corso di nuoto, dieci ingressi"),
    (State.PAID, Kind.TRANSPORT, "62.00", "Abbonamento mensile del treno"),
    (State.GRANTED, Kind.TRANSPORT, "186.00", "Abbonamento trimestrale della corriera"),
    (State.GRANTED, Kind.DEVICE, "139.00", "Telefono per avvisare quando non si può venire"),
    (State.GRANTED, Kind.CLOTHING, "58.50", "Giacca e pantaloni pesanti"),
    (State.SUBMITTED, Kind.TRANSPORT, "62.00", "Abbonamento mensile del treno"),
    (State.SUBMITTED, Kind.MEALS, "90.00", "Buoni mensa per un mese"),
    (State.SUBMITTED, Kind.CLOTHING, "81.00", "Scarponi da montagna per il vivaio"),
    (State.SUBMITTED, Kind.EMERGENCY, "150.00", "Bolletta della luce"),
    (State.REFUSED, Kind.DEVICE, "690.00", "Telefono nuovo"),
    (State.REFUSED, Kind.HEALTH, "240.00", "Cure del dentista"),
    (State.WITHDRAWN, Kind.COURSE, "45.00", "Iscrizione al coro"),
)
REFUSALS = {
    Kind.DEVICE: "Importo più alto di quanto prevede il regolamento: proponete un modello più semplice.",
    Kind.HEALTH: "Le cure sono già coperte dal servizio sanitario.",
}
POT_OF = {Kind.TRANSPORT: 1, Kind.CLOTHING: 2}
# The year before, whose account is closed and approved: (month, day, donor, pot, euro), then (kind, euro) of aids that were paid.
GIVEN_BEFORE = (
    (1, 20, 0, 0, "2500"), (2, 14, 2, 1, "1500"), (3, 9, 3, 2, "400"), (5, 4, 5, 1, "500"), (6, 12, 8, 0, "120"), (7, 1, 4, 2, "350"),
    (9, 18, 9, 0, "80"), (10, 7, 1, 1, "1000"), (11, 25, 11, 0, "60"),
)  # fmt: skip
HELPED_BEFORE = (
    *((Kind.TRANSPORT, euro) for euro in ("186.00", "62.00", "186.00", "62.00", "124.00", "186.00", "62.00")),
    *((Kind.CLOTHING, euro) for euro in ("74.90", "68.00", "91.50", "74.90", "59.00")),
    (Kind.HEALTH, "120.00"), (Kind.COURSE, "60.00"), (Kind.COURSE, "75.00"),
)  # fmt: skip


def year_told(world: World) -> int:
    """The last year whose books the offices have had the time to close."""
    return world.today.year - (1 if world.today.month > 1 else 2)


@dataclass
class Fund:
    requests: list[BenefitRequest] = field(default_factory=list)
    # day, order of making, what to post: the ledger is written in order of time
    moves: list[tuple[date, int, Callable[[], object]]] = field(default_factory=list)

    def later(self, on: date, move: Callable[[], object]) -> None:
        self.moves.append((on, len(self.moves), move))

    def post(self) -> None:
        for _on, _n, move in sorted(self.moves, key=lambda m: m[:2]):
            move()


def create_fund(world: World, people: People, hosts: Hosts, placed: list[Placed]) -> Fund:
    """Rows of the fund; `post` writes the ledger when they are saved."""
    fund = Fund()
    accounting = people.offices[world.districts[0].ambito.pk].by_role[Role.ACCOUNTING]
    pots = []
    world.new(Account, kind=Account.Kind.BANK, name=str(Account.Kind.BANK.label))
    for name, purpose in POTS:
        pot = world.new(Pot, name=name, purpose=purpose, use=Pot.Use.FUND, created_by=accounting)
        for kind in (Account.Kind.FREE, Account.Kind.COMMITTED):
            world.new(Account, pot=pot, kind=kind, name=f"{name}: {kind.label}")
        pots.append(pot)
    _contributions(world, fund, hosts, pots, accounting)
    _requests(world, fund, people, placed, pots)
    _helped_before(world, fund, people, placed, pots)
    return fund


def _contributions(world: World, fund: Fund, hosts: Hosts, pots: list[Pot], accounting: User) -> None:
    rng, by = world.rng, _access(world, accounting)
    firms = [p for p in hosts.places[world.districts[0].ambito.pk] if p.company.partita_iva]
    donors = []
    for n, (kind, name, shows) in enumerate(DONORS):
        company = firms[n % len(firms)].company if kind == Donor.Kind.COMPANY else None
        person = " ".join(names.full_name(rng, rng.choice("FM"))) if kind == Donor.Kind.PERSON else ""
        donors.append(
            world.new(
                Donor,
                kind=kind,
                name=company.name if company else name or person,
                company=company,
                tax_code=company.partita_iva if company else "",
                tax_code_hash=lookup_hash(company.partita_iva) if company else "",
                email="" if kind == Donor.Kind.ANONYMOUS else f"donatore.{n + 1}@example.org",
                shows_name=shows,
                created_by=accounting,
            )
        )
    days = sorted((rng.randint(2, 360) for _ in range(22)), reverse=True)
    large, small = ((1500, 2000, 2500), (50, 100, 150, 250, 300, 500))
    for n, days_ago in enumerate([364, 362, 361, *days]):  # each pot begins with something in it
        donor = donors[n] if n < 3 else rng.choice(donors)
        pot = pots[n] if n < 3 else pots[rng.choice((0, 0, 0, 1, 2))]
        amount = Decimal(rng.choice(large if n < 3 or donor.kind == Donor.Kind.PUBLIC_BODY else small))
        on = world.ago(days_ago)
        row = world.new(
            Contribution,
            donor=donor,
            pot=pot,
            amount=amount,
            received_on=on,
            reference=f"Bonifico del {on:%d/%m/%Y}",
            created_by=accounting,
        )
        _received(world, fund, row, by, accounting)
    for month, day, who, where, euro in GIVEN_BEFORE:
        on = date(year_told(world), month, day)
        row = world.new(
            Contribution,
            donor=donors[who],
            pot=pots[where],
            amount=Decimal(euro),
            received_on=on,
            reference=f"Bonifico del {on:%d/%m/%Y}",
            created_by=accounting,
        )
        _received(world, fund, row, by, accounting)


def _received(world: World, fund: Fund, row: Contribution, by: Access, accounting: User) -> None:
    words, key, on = f"Dono ricevuto ({row.donor.get_kind_display()})", f"solidarity_fund.contribution:{row.pk}", row.received_on
    fund.later(on, _move(ledger.receive, row, row.pot, row.amount, key, on, words, by))
    world.fact("solidarity_fund.contribution.recorded", row, on=on, by=accounting)


def _helped_before(world: World, fund: Fund, people: People, placed: list[Placed], pots: list[Pot]) -> None:
    """Aids of the year before: what those who started first needed to begin. The last was promised in December and paid in January."""
    year = year_told(world)
    first = sorted((one for one in placed if one.row.state in HOSTED), key=lambda one: (one.row.starts_on, one.row.pk))
    for n, (kind, euro) in enumerate(HELPED_BEFORE):
        one = first[n % len(first)]
        is_late = n == len(HELPED_BEFORE) - 1
        asked_on = date(year, 12, 14) if is_late else date(year, 9 + n % 3, 3 + n)
        office = people.offices[one.district.ambito.pk]
        decided_on = asked_on + timedelta(days=4)
        paid_on = date(year + 1, 1, 8) if is_late else decided_on + timedelta(days=3)
        row = world.new(
            BenefitRequest,
            ambito=one.district.ambito,
            beneficiary=one.person.row,
            placement=one.row,
            rulebook=one.district.rulebook,
            kind=kind,
            asked_amount=Decimal(euro),
            amount=Decimal(euro),
            quote="Preventivo",
            pot=pots[POT_OF.get(kind, 0)],
            state=State.PAID,
            asked_on=asked_on,
            created_by=one.person.referent,
            decided_by=office.by_role[Role.COMMISSION_MEMBER],
            decided_at=world.at(decided_on, 16),
            closed_on=paid_on + timedelta(days=21),
        )
        fund.requests.append(row)
        world.fact("solidarity_fund.benefit_request.submitted", row, on=asked_on, by=one.person.referent)
        what = f"{str(row.get_kind_display()).partition(' (')[0]}, Ambito di {one.district.ambito.name}"
        _granted(world, fund, row, office.by_role[Role.COMMISSION_MEMBER], decided_on, what)
        _paid(world, fund, row, office.by_role[Role.ACCOUNTING], paid_on, what)


def _granted(world: World, fund: Fund, row: BenefitRequest, decider: User, on: date, what: str) -> None:
    _step(world, row, "granted", on, decider, "")
    key, words = f"solidarity_fund.grant:{row.pk}", f"Aiuto concesso: {what}"
    assert row.pot
    fund.later(on, _move(ledger.commit, row, row.pot, row.amount, key, on, words, _access(world, decider)))


def _paid(world: World, fund: Fund, row: BenefitRequest, payer: User, on: date, what: str) -> None:
    _step(world, row, "paid", on, payer, "")
    key, words = f"solidarity_fund.payment:{row.pk}", f"Aiuto versato: {what}"
    assert row.pot
    fund.later(on, _move(ledger.pay, row, row.pot, row.amount, key, on, words, _access(world, payer)))


def _requests(world: World, fund: Fund, people: People, placed: list[Placed], pots: list[Pot]) -> None:
    rng = world.rng
    for n, (state, kind, euro, quote) in enumerate(REQUESTS * world.scale):
        district = world.districts[n % 3]
        started = [
            one for one in placed if one.district is district and one.row.state in HOSTED and (world.today - one.row.starts_on).days > 60
        ]
        one = started[(n * 5) % len(started)]
        office, amount = people.offices[district.ambito.pk], Decimal(euro)
        waiting = state in {State.SUBMITTED, State.WITHDRAWN}
        latest = min(one.row.ended_on or world.today, world.today)
        asked_on = world.ago(rng.randint(1, 12)) if waiting and latest == world.today else latest - timedelta(days=rng.randint(20, 50))
        decided_on = None if waiting else asked_on + timedelta(days=rng.randint(4, 10))
        pot = pots[POT_OF.get(kind, 0)] if state in {State.GRANTED, State.PAID} else None
        reason = REFUSALS[kind] if state == State.REFUSED else ""
        row = world.new(
            BenefitRequest,
            ambito=district.ambito,
            beneficiary=one.person.row,
            placement=one.row,
            rulebook=district.rulebook,
            kind=kind,
            asked_amount=amount,
            amount=amount,
            quote=quote,
            pot=pot,
            state=state,
            asked_on=asked_on,
            created_by=one.person.referent,
            decided_by=office.by_role[Role.COMMISSION_MEMBER] if decided_on else None,
            decided_at=world.at(decided_on, 16) if decided_on else None,
            decision_reason=reason,
        )
        fund.requests.append(row)
        world.fact("solidarity_fund.benefit_request.submitted", row, on=asked_on, by=one.person.referent)
        what = f"{str(row.get_kind_display()).partition(' (')[0]}, Ambito di {district.ambito.name}"
        if state == State.WITHDRAWN:
            _step(world, row, "withdrawn", asked_on + timedelta(days=1), one.person.referent, "La persona ha trovato un'altra soluzione.")
        if decided_on:
            decider = office.by_role[Role.COMMISSION_MEMBER]
            if state == State.REFUSED:
                _step(world, row, "refused", decided_on, decider, reason)
            else:
                _granted(world, fund, row, decider, decided_on, what)
            if state == State.PAID:
                _paid(world, fund, row, office.by_role[Role.ACCOUNTING], decided_on + timedelta(days=rng.randint(2, 6)), what)


def _step(world: World, row: BenefitRequest, name: str, on: date, by: User, reason: str) -> None:
    step = REQUEST[name]
    world.fact(f"{REQUEST.code}.{name}", row, on=on, by=by, before=step.sources[0], after=step.target, reason=reason)


def _move(
    verb: Callable[..., object], source: models.Model, pot: Pot, amount: Decimal, key: str, on: date, words: str, by: Access
) -> Callable[[], object]:
    return lambda: verb(pot=pot, amount=amount, key=key, posted_on=on, words=words, source=source, by=by)


def _access(world: World, user: User) -> Access:
    return Access(actor=user, network_id=world.network.pk, ambito_id=None)
