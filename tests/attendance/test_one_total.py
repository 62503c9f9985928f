"""One month of an office as it comes: every page, slip, list, paper, file and movement says the same sums, to the cent.

October 2026, Monday to Thursday, four hours: 17 days, 4,080 minutes. Sources: A the body's budget, out of its commitment; B and C grants.

    1  400.00 a month, whole                                        400.00 = A 60 % 240.00 + B 40 % 160.00              transfer
    2  400.00, threshold 80 %, 3,000 of 4,080 minutes:
       400 × 3,000 ÷ 4,080 = 294.1176…                              294.12 = A 60 % 176.47 + B 40 % 117.65              transfer
    3  333.33 a month, taxed: gross to the payroll office           333.33 = B                                          payroll
    4  400.00 from the 15th: 400 × 2,160 ÷ 4,080 = 211.7647…        211.76 = A                                          cash
    5  230.01 − 130.00 of a recovery                                100.01 = A 33.34 + B 33.34 + C 33.33 (thirds)       who advanced it
    6  10.00 an hour, 12 of 68 hours, − 150.00 of a recovery          0.00   120.00 come back, 30.00 carried on         none
    7  55.55 a month                                                 55.55 = C                                          supplier
                                                                  1,394.77 = A 661.57 + B 644.32 + C 88.88
    through the bank 400.00 + 294.12 + 100.01 + 55.55 = 849.68, cash 211.76, payroll 333.33
"""

import csv
import io
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal as D
from typing import Any

import openpyxl
import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document
from impresasolidale.core.scope import scope
from impresasolidale.core.words import euro
from impresasolidale.territory.models import Body
from impresasolidale.treasury.enums import ItemState, Payment, RunState
from impresasolidale.treasury.models import Leg, LiquidationItem, LiquidationRun, Payer, Pot, Recovery
from impresasolidale.treasury.selectors import commitment_figures
from impresasolidale.treasury.selectors import liquidations as treasury
from impresasolidale.treasury.services import exits
from placements.agreements.enums import AllowanceModel, TaxTreatment
from placements.agreements.models import FundingShare, PersonalProject, Placement
from placements.attendance.enums import MonthState
from placements.attendance.models import MonthAllowance, PlacementCommitment, Timesheet
from placements.beneficiaries.enums import PaymentKind
from tests.factories import liquidations as made
from tests.factories.attendance import make_host, make_running_placement, make_tutor, record, settle, system
from tests.factories.fixtures import TODAY, make_user
from tests.support.ledger import posted_total

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
M = AllowanceModel
BANK = (Payment.TRANSFER, Payment.REFUND, Payment.SUPPLIER)
NAMESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@dataclass(frozen=True)
class Case:
    """What one person agreed, did and still owes, and what must come of it."""

    model: str
    amount: str
    sources: dict[str, int]
    shares: dict[str, str]  # what each source pays
    payment: str
    kind: str = PaymentKind.OWN_IBAN
    tax: str = TaxTreatment.EXEMPT
    starts_on: date = OCTOBER
    days: int = 17
    last_minutes: int = 240  # of the last day there
    september: str = ""  # paid then, of which `recover` comes back
    recover: str = ""

    @property
    def total(self) -> D:
        return sum(map(D, self.shares.values()), D(0))


CASES = (
    Case(M.MONTHLY, "400", {"A": 60, "B": 40}, {"A": "240.00", "B": "160.00"}, Payment.TRANSFER),
    Case(
        M.MONTHLY_THRESHOLD, "400", {"A": 60, "B": 40}, {"A": "176.47", "B": "117.65"}, Payment.TRANSFER, days=13, last_minutes=120
    ),
    Case(M.MONTHLY, "333.33", {"B": 1}, {"B": "333.33"}, Payment.PAYROLL, tax=TaxTreatment.TAXED),
    Case(M.MONTHLY, "400", {"A": 1}, {"A": "211.76"}, Payment.CASH, kind=PaymentKind.CASH, starts_on=date(2026, 10, 15)),
    Case(
        M.MONTHLY, "230.01", {"A": 1, "B": 1, "C": 1}, {"A": "33.34", "B": "33.34", "C": "33.33"}, Payment.REFUND,
        kind=PaymentKind.BODY, starts_on=SEPTEMBER, september="300.00", recover="130.00",
    ),
    Case(M.HOURLY, "10", {"A": 1}, {}, Payment.UNKNOWN, starts_on=SEPTEMBER, days=3, september="200.00", recover="150.00"),
    Case(M.MONTHLY, "55.55", {"C": 1}, {"C": "55.55"}, Payment.SUPPLIER, kind=PaymentKind.SUPPLIER),
)  # fmt: skip
TOTAL, BY_POT = D("1394.77"), {"A": D("661.57"), "B": D("644.32"), "C": D("88.88")}
BY_PAYMENT = {
    Payment.TRANSFER: D("694.12"), Payment.REFUND: D("100.01"), Payment.SUPPLIER: D("55.55"),
    Payment.CASH: D("211.76"), Payment.PAYROLL: D("333.33"),
}  # fmt: skip
THROUGH_BANK = D("849.68")


def cents(text: str) -> D:
    """1.234,56 € → 1234.56."""
    return D(text.split()[0].replace("\u00a0", "").rstrip("€").replace(".", "").replace(",", "."))


@dataclass
class Office:
    ambito: Any
    body: Body
    users: dict[str, Any]
    clients: dict[str, Client]
    pots: dict[str, Pot]
    commitment: Any
    placements: list[Placement] = field(default_factory=list)

    def within(self) -> Any:
        return scope(system(self.ambito).scope)

    def pay(self, run: LiquidationRun, lines: Iterable[str]) -> None:
        answer = self.clients["accounting"].post(reverse("liquidations:answers", args=[run.public_id]), {"text": "\n".join(lines)})
        assert answer.status_code == 303, answer.content.decode()

    def run_of(self, month: date) -> LiquidationRun:
        """Prepared at the page by one, approved at the page by another."""
        page = reverse("composing:prepare", args=[self.body.public_id, f"{month:%Y-%m}"])
        self.clients["clerk"].get(page)
        assert self.clients["clerk"].post(page).status_code == 303
        with self.within():
            run = LiquidationRun.objects.get(month=month)
            treasury.with_totals([run], today=TODAY)
        return run

    def approve(self, run: LiquidationRun) -> LiquidationRun:
        page = reverse("composing:approve", args=[run.public_id])
        with self.within():
            seen = LiquidationRun.objects.get(pk=run.pk).row_version
        assert self.clients["coordinator"].post(page, {"row_version": seen}).status_code == 303
        with self.within():
            return LiquidationRun.objects.get(pk=run.pk)


@pytest.fixture
def office(sondrio, body, clerk, coordinator, accounting, signed_in, settings, tmp_path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    users = {"clerk": clerk, "coordinator": coordinator, "accounting": accounting, "worker": make_user(Role.SOCIAL_WORKER, sondrio)}
    pots = {name: made.make_source(sondrio, name=f"Fonte {name}", use=Pot.Use.BUDGET if name == "A" else Pot.Use.GRANT) for name in "ABC"}
    commitment = made.make_commitment(sondrio, pots["A"], amount="5000")
    with scope(system(sondrio).scope):
        columns = ["reference", "code", "person", "payee", "payment", "amount", "commitment", "pot"]
        Payer.objects.create(ambito=sondrio, body=body, columns=columns, iban=made.IBANS[2])
    it = Office(sondrio, body, users, {name: signed_in(user) for name, user in users.items()}, pots, commitment)
    company = make_host(sondrio)
    tutor, _user = make_tutor(sondrio, company)
    it.placements = [person(it, tutor, company, n, case) for n, case in enumerate(CASES, 1)]
    return it


def person(it: Office, tutor: Any, company: Any, number: int, case: Case) -> Placement:
    placement = make_running_placement(it.ambito, tutor, company, number=number, starts_on=case.starts_on)
    with it.within():
        project = PersonalProject.objects.get(placement=placement)
        PersonalProject.objects.filter(pk=project.pk).update(
            allowance_model=case.model, allowance_amount=D(case.amount), tax_treatment=case.tax
        )
        for n, (name, weight) in enumerate(case.sources.items(), 1):
            FundingShare.objects.create(ambito=it.ambito, project=project, position=n, pot=it.pots[name], weight=weight)
        if "A" in case.sources:
            PlacementCommitment.objects.create(ambito=it.ambito, placement=placement, commitment=it.commitment, amount=D(800))
        made.sign(project)
    made.sign_agreement(placement)
    more = {"body": it.body} if case.kind == PaymentKind.BODY else {}
    made.make_way(placement.beneficiary, kind=case.kind, iban=made.IBANS[number % 3], **more)
    return placement


def pay_september(it: Office) -> None:
    """What was paid too much then, and how it comes back."""
    for placement, case in zip(it.placements, CASES, strict=True):
        if case.september:
            made.make_month(placement, it.pots["A"], month=SEPTEMBER, amount=case.september)
    run = it.approve(it.run_of(SEPTEMBER))
    rows = made.items(it.ambito, run)
    it.pay(run, [f"{row.position};pagato;{row.position};12/11/2026;Q{row.position}" for row in rows])
    wanted = {D(case.september): case.recover for case in CASES if case.september}
    for row in rows:
        recover = reverse("composing:recover", args=[row.public_id])
        asked = it.clients["clerk"].get(recover)["Location"]  # the money of a person one does not follow
        assert it.clients["clerk"].post(asked, {"why": "check", "next": recover})["Location"] == recover
        values = {"way": "take_off", "amount": wanted[row.amount], "instalment": wanted[row.amount], "reason": "Giornate contate due volte"}
        assert it.clients["clerk"].post(recover, values).status_code == 303
    with it.within():
        assert Recovery.objects.count() == len(wanted)


def confirm_october(it: Office) -> list[MonthAllowance]:
    """Days said, sheets closed, months confirmed: the engine's own sums."""
    found = []
    for placement, case in zip(it.placements, CASES, strict=True):
        with it.within():
            days = list(placement.planned.filter(day__month=10).order_by("day").values_list("day", flat=True))
        there = days[: case.days]
        for day in days:
            if day in there:
                record(placement, day, minutes=case.last_minutes if day == there[-1] else None)
            else:
                record(placement, day, "justified")
        with it.within():
            sheet = Timesheet.objects.get(placement=placement, month=OCTOBER)
            settle(sheet, MonthState.CONFIRMED, closer=it.users["coordinator"], confirmer=it.users["worker"])
            found.append(MonthAllowance.objects.get(timesheet=sheet))
    return found


def slips(it: Office, months: list[MonthAllowance]) -> list[D]:
    """What each person's slip says at its foot, and that its lines come to it."""
    found = []
    for month in months:
        assert it.clients["worker"].post(reverse("attendance:make_slip", args=[month.public_id])).status_code == 303
        with it.within():
            slip = Document.objects.filter(kind="attendance.slip", subject_id=month.pk).latest("pk").context
        assert sum((cents(amount) for _words, amount in slip["lines"]), D(0)) == cents(slip["total"])
        found.append(cents(slip["total"]))
    return found


def table(it: Office, run: LiquidationRun, kind: str) -> list[dict[str, str]]:
    answer = it.clients["accounting"].get(reverse("liquidations:file", args=[run.public_id, kind, "csv"]))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode().removeprefix("\ufeff")), delimiter=";"))


def workbook(it: Office, run: LiquidationRun, kind: str) -> tuple[D, D]:
    """(sum of the lines, the total at their foot) of the XLSX list."""
    answer = it.clients["accounting"].get(reverse("liquidations:file", args=[run.public_id, kind, "xlsx"]))
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    column = lines[0].index("Importo")
    values = [D(str(round(line[column], 2))) for line in lines[1:]]
    return sum(values[:-1], D(0)), values[-1]


def paper_total(context: dict[str, Any]) -> D:
    """The total of an act or distinta, once its tables and their rows are found to come to it."""
    rows = [[cents(row[-1]) for row in part["rows"]] for part in context["parts"]]
    assert [sum(part, D(0)) for part in rows] == [cents(part["total"]) for part in context["parts"]]
    assert sum((sum(part, D(0)) for part in rows), D(0)) == cents(context["total"])
    return cents(context["total"])


def ledger(it: Office, run: LiquidationRun) -> dict[str, D]:
    """What left the bank for this liquidation, source by source, of all movements about its rows or its commitment."""
    names = {pot.pk: name for name, pot in it.pots.items()}
    found: defaultdict[str, D] = defaultdict(D)
    with it.within():
        keys = [
            (f"liquidation-item:{public_id}:{position}", pot)
            for public_id, position, pot in LiquidationItem.objects.filter(run=run, shares__isnull=False).values_list(
                "public_id", "shares__position", "shares__pot"
            )
        ]
        for key, pot in keys:
            for entry in ("entry__key", "entry__reverses__key"):
                legs = Leg.objects.filter(**{entry: key}, account__kind="bank")
                found[names[pot]] -= legs.aggregate(total=Sum("amount", default=D(0)))["total"]
    return dict(found)


def test_one_month_has_one_total_everywhere(office: Office):
    pay_september(office)
    months = confirm_october(office)
    assert [month.amount for month in months] == [case.total for case in CASES]
    assert sum(case.total for case in CASES) == sum(BY_POT.values()) == sum(BY_PAYMENT.values()) == TOTAL
    assert sum(BY_PAYMENT[kind] for kind in BANK) == THROUGH_BANK
    with office.within():
        for month, case in zip(months, CASES, strict=True):
            paid = {share.pot.name[-1]: str(share.amount) for share in month.shares.select_related("pot")}
            assert paid == case.shares

    # Before the second key: what waits, what is prepared, what would be approved.
    office_page, money = office.clients["clerk"], office.clients["accounting"]
    assert euro(TOTAL) in office_page.get(reverse("composing:waiting")).content.decode()
    run = office.run_of(OCTOBER)
    assert (run.rows_count, run.amount) == (6, TOTAL)
    for page in (reverse("liquidations:run", args=[run.public_id]), reverse("composing:approve", args=[run.public_id])):
        assert euro(TOTAL) in office.clients["coordinator"].get(page).content.decode()
    run = office.approve(run)

    # After it.
    with office.within():
        rows = treasury.rows_of(run, today=TODAY)
        (told,) = treasury.with_totals([run], today=TODAY)
        posted = posted_total(run)
        act, public, distinta = (paper_total(d.context) for d in (run.act_document, run.public_document, run.slip_document))
        by_kind = {kind: amount for kind, _n, amount in rows.totals.by_payment}
        figures = commitment_figures([office.commitment.pk])[office.commitment.pk]
    assert rows.totals.amount == told.amount == posted == act == public == distinta == sum(slips(office, months)) == TOTAL
    assert by_kind == BY_PAYMENT
    assert ledger(office, run) == BY_POT
    assert figures.paid == D("500.00") + BY_POT["A"]
    page = office_page.get(reverse("liquidations:run", args=[run.public_id])).content.decode()
    assert all(euro(amount) in page for amount in (TOTAL, *BY_PAYMENT.values()))
    assert euro(TOTAL) in office_page.get(reverse("liquidations:list")).content.decode()
    assert euro(TOTAL) in money.get(reverse("liquidations:desk")).content.decode()

    # The lists, reserved and published, with a line a source: 2 + 2 + 1 + 1 + 3 + 1.
    reserved, published = table(office, run, "riservato"), table(office, run, "pubblico")
    for lines in (reserved, published):
        assert len(lines) == 10 and sum(cents(line["Importo"]) for line in lines) == TOTAL
    by_source: defaultdict[str, D] = defaultdict(D)
    for line in reserved:
        by_source[line["Fonte"][-1]] += cents(line["Importo"])
        assert bool(line["Impegno"]) == (line["Fonte"] == "Fonte A")
    assert by_source == BY_POT
    for kind, amount in BY_PAYMENT.items():
        assert sum(cents(line["Importo"]) for line in table(office, run, kind)) == amount
    assert workbook(office, run, "riservato") == workbook(office, run, "pubblico") == (TOTAL, TOTAL)
    by_code: defaultdict[str, D] = defaultdict(D)
    for line in published:
        by_code[line["Codice"]] += cents(line["Importo"])
    assert sorted(by_code.values()) == sorted(case.total for case in CASES if case.shares)

    # The bank's file: what goes through the bank, a transaction a row.
    with office.within():
        file = exits.write_sepa(run=run, by=system(office.ambito))
    assert file is not None and (file.total, file.rows) == (THROUGH_BANK, 4)
    answer = money.get(reverse("liquidations:sepa", args=[run.public_id]))
    root = ET.fromstring(b"".join(answer.streaming_content))
    assert sum(D(node.text) for node in root.iterfind(".//p:InstdAmt", NAMESPACE)) == THROUGH_BANK
    assert {node.text for node in root.iterfind(".//p:CtrlSum", NAMESPACE)} == {str(THROUGH_BANK)}
    assert {node.text for node in root.iterfind(".//p:NbOfTxs", NAMESPACE)} == {"4"}

    # The recoveries: 130.00 whole, 120.00 of 150.00; the rest waits in the month that could not give it.
    with office.within():
        recoveries = treasury.with_recovered(list(Recovery.objects.order_by("amount")))
        assert [(r.recovered, r.missing, r.state) for r in recoveries] == [(D(130), D(0), "recovered"), (D(120), D(30), "open")]
        assert MonthAllowance.objects.get(pk=months[5].pk).carried == D(30)

    # One order comes back: all that says what was paid says it together, the bank's file stays as it went out.
    with office.within():
        back = LiquidationItem.objects.get(run=run, amount=D("294.12"))
        others = list(LiquidationItem.objects.filter(run=run, state=ItemState.SENT).exclude(pk=back.pk))
    office.pay(run, [f"{back.position};respinto;;;Conto chiuso", *(f"{row.position};pagato;{row.position};13/11/2026" for row in others)])
    left = TOTAL - D("294.12")
    with office.within():
        run = LiquidationRun.objects.get(pk=run.pk)
        rows, (told,) = treasury.rows_of(run, today=TODAY), treasury.with_totals([run], today=TODAY)
        assert (run.state, posted_total(run)) == (RunState.SETTLED, left)
        assert rows.totals.amount == told.amount == left
    assert ledger(office, run) == {"A": BY_POT["A"] - D("176.47"), "B": BY_POT["B"] - D("117.65"), "C": BY_POT["C"]}
    assert sum(cents(line["Importo"]) for line in table(office, run, "riservato")) == left
    assert euro(left) in office_page.get(reverse("liquidations:run", args=[run.public_id])).content.decode()
