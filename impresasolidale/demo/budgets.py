"""Two years of budgets of each Ambito's lead body, a grant of the network, and commitments with their acts: some raised, some ended."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Account, Budget, Commitment, Pot
from impresasolidale.treasury.rules import pot_name
from impresasolidale.treasury.services.budgets import Act, act_words
from placements.agreements.enums import RUNNING, AllowanceModel
from placements.agreements.models import FundingShare
from placements.attendance.models import PlacementCommitment

from .fund import Fund
from .placements import Placed
from .users import People
from .world import District, World

MODELS = (Budget, Commitment, PlacementCommitment, FundingShare)
GRANT = "Fondazione Cariplo, Impresa solidale"
GRANTED = Decimal(24000)  # of the 60,000 of the founding document, the part that pays allowances; the rest comes in instalments
CUP = "J81B26000120007"
CHAPTERS = ("1204.10", "1204.22")  # sums of the lead body
ALLOCATED = {"Sondrio": (48000, 12000), "Tirano": (26000, 6000), "Morbegno": (34000, 8000)}
LINKED = 8  # placements of each Ambito that a commitment stands for
MONTH_EURO = Decimal(400)


@dataclass
class Budgets:
    pots: dict[int, Pot] = field(default_factory=dict)  # ambito → this year's main line
    grant: Pot | None = None
    commitments: dict[int, tuple[Commitment, Decimal]] = field(default_factory=dict)  # ambito → this year's, and its sum


def create_budgets(world: World, people: People, money: Fund) -> Budgets:
    """The rows; their movements wait with the fund's, so that the ledger is written in order of time."""
    made = Budgets()
    accounting = people.offices[world.districts[0].ambito.pk].by_role[Role.ACCOUNTING]
    made.grant = _pot(world, GRANT, Pot.Use.GRANT, accounting, purpose="Tirocini in più, imprese che accolgono, studio sul riconoscimento")
    _given(world, money, made.grant, made.grant, GRANTED, _act(world, "2015/0712", 700), accounting, "Contributo assegnato")
    for n, district in enumerate(world.districts):
        office = people.offices[district.ambito.pk].by_role[Role.ACCOUNTING]
        for year in (world.today.year - 1, world.today.year):
            _year(world, money, made, district, year, office, n)
    return made


def _year(world: World, money: Fund, made: Budgets, district: District, year: int, office: User, n: int) -> None:
    past = year < world.today.year
    for chapter, euro in zip(CHAPTERS, ALLOCATED[district.ambito.name], strict=True):
        cup = CUP if chapter == CHAPTERS[1] else ""
        pot = _pot(world, pot_name(district.body.name, year, chapter, cup), Pot.Use.BUDGET, office)
        row = world.new(
            Budget, ambito=district.ambito, body=district.body, pot=pot, year=year, chapter=chapter, cup=cup, created_by=office
        )  # fmt: skip
        act = Act(f"{40 + n}/{year}", min(date(year, 1, 20), world.today))
        _given(world, money, row, pot, Decimal(euro * world.scale), act, office, "Stanziamento iniziale")
        if chapter == CHAPTERS[0]:
            if not past:
                made.pots[district.ambito.pk] = pot
            varied = Act(f"{210 + n}/{year}", min(date(year, 7, 28), world.today))
            if varied.on > act.on:
                _given(world, money, row, pot, Decimal(2500), varied, office, "Variazione in aumento")
            first = _commitment(world, money, district, pot, row, year, f"{300 + n}", Decimal(round(euro * 0.4)), act, office)
            if past:
                spent = [Decimal(round(euro * share)) for share in (0.08, 0.12, 0.13)]
                for number, (amount, month) in enumerate(zip(spent, (4, 7, 11), strict=True), start=1):
                    _paid(world, money, first, amount, number, date(year, month, 16), office)
                left = Decimal(round(euro * 0.4)) - sum(spent)
                _end(world, money, first, left, Act(f"{990 + n}/{year}", date(year, 12, 28)), office)
            else:
                made.commitments[district.ambito.pk] = first, Decimal(round(euro * 0.4))
        elif not past:
            _commitment(world, money, district, pot, row, year, f"{410 + n}", Decimal(2400), act, office)
    if not past and made.grant:
        act = Act(f"{60 + n}/{year}", min(date(year, 2, 10), world.today))
        _commitment(world, money, district, made.grant, None, year, f"{520 + n}", Decimal(6400), act, office, cup=CUP)


def _pot(world: World, name: str, use: Pot.Use, by: User, purpose: str = "") -> Pot:
    pot = world.new(Pot, name=name, purpose=purpose, use=use, created_by=by)
    for kind in (Account.Kind.FREE, Account.Kind.COMMITTED):
        world.new(Account, pot=pot, kind=kind, name=f"{name}: {kind.label}"[:120])
    return pot


def _act(world: World, number: str, days_ago: int) -> Act:
    return Act(number, world.ago(days_ago))


def _given(world: World, money: Fund, source: Budget | Pot, pot: Pot, amount: Decimal, act: Act, by: User, text: str) -> None:
    key = f"{source._meta.model_name}:{source.public_id}:{act.number}"
    access = _access(world, by)
    words = act_words(text, act)
    money.later(act.on, lambda: ledger.receive(pot=pot, amount=amount, key=key, posted_on=act.on, words=words, source=source, by=access))
    code = "treasury.grant.opened" if isinstance(source, Pot) else "treasury.budget.opened"
    world.fact(code, source, on=act.on, by=by, data={"number": act.number, "on": act.on.isoformat(), "amount": str(amount)})


def _commitment(
    world: World,
    money: Fund,
    district: District,
    pot: Pot,
    line: Budget | None,
    year: int,
    number: str,
    amount: Decimal,
    act: Act,
    by: User,
    cup: str = "",
) -> Commitment:
    row = world.new(
        Commitment,
        ambito=district.ambito,
        pot=pot,
        body=district.body,
        year=year,
        number=number,
        chapter=line.chapter if line else "",
        cup=line.cup if line else cup,
        act_number=act.number,
        act_on=act.on,
        created_by=by,
    )
    access, words = _access(world, by), act_words("Impegno", act)
    key = f"commitment:{row.public_id}:1"
    money.later(act.on, lambda: ledger.commit(pot=pot, amount=amount, key=key, posted_on=act.on, words=words, source=row, by=access))
    world.fact("treasury.commitment.opened", row, on=act.on, by=by, data={"number": act.number, "amount": str(amount)})
    return row


def _paid(world: World, money: Fund, row: Commitment, amount: Decimal, number: int, on: date, by: User) -> None:
    """What last year's paper register says of one liquidation."""
    access, words, key = _access(world, by), f"Liquidazione {number}/{row.year}, dal registro di carta", f"paper:{row.public_id}:{number}"
    pot = row.pot
    money.later(on, lambda: ledger.pay(pot=pot, amount=amount, key=key, posted_on=on, words=words, source=row, by=access))


def _end(world: World, money: Fund, row: Commitment, left: Decimal, act: Act, by: User) -> None:
    row.state, row.ended_on, row.row_version = Commitment.State.ENDED, act.on, 2
    access, words, key = _access(world, by), act_words("Impegno chiuso", act), f"commitment:{row.public_id}:end"
    pot = row.pot
    money.later(act.on, lambda: ledger.release(pot=pot, amount=left, key=key, posted_on=act.on, words=words, source=row, by=access))
    reason = "Anno finito: le somme non usate tornano libere."
    world.fact("treasury.commitment.ended", row, on=act.on, by=by, before="open", after="ended", reason=reason)


def name_sources(world: World, placed: list[Placed], made: Budgets) -> None:
    """The body's main line pays; of some placements that are in addition a third comes from the grant."""
    for n, one in enumerate(p for p in placed if p.project.allowance_model != AllowanceModel.NONE):
        sources = [(made.pots[one.district.ambito.pk], 2)]
        if one.row.is_additional and n % 3 == 0 and made.grant:
            sources.append((made.grant, 1))
        for position, (pot, weight) in enumerate(sources, 1):
            world.new(FundingShare, ambito=one.row.ambito, project=one.project, position=position, pot=pot, weight=weight)


def create_parts(world: World, people: People, placed: list[Placed], made: Budgets) -> None:
    """Once the ledger is written: some running placements of each Ambito have their part of this year's commitment, others wait."""
    for district in world.districts:
        by = people.offices[district.ambito.pk].by_role[Role.ACCOUNTING]
        commitment, left = made.commitments[district.ambito.pk]
        running = [one.row for one in placed if one.district is district and one.row.state in RUNNING and one.row.last_day >= world.today]
        for row in running[:LINKED]:
            first = max(row.starts_on, date(world.today.year - 1, 12, 1))
            last = min(row.last_day, date(world.today.year, 11, 30))
            amount = MONTH_EURO * min(max(1, (last - first).days // 30), 6)
            if amount > left:
                break
            left -= amount
            world.new(
                PlacementCommitment, ambito=district.ambito, placement=row, commitment=commitment, amount=amount, created_by=by
            )  # fmt: skip


def _access(world: World, user: User) -> Access:
    return Access(actor=user, network_id=world.network.pk, ambito_id=None)
