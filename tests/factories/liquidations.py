"""Confirmed months with a sum, a source with money, a way of payment: what a liquidation is made of."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Commitment, ItemCheck, LiquidationItem, LiquidationRun, Pot
from impresasolidale.treasury.selectors import free_balance
from placements.agreements.enums import AgreementState, AllowanceModel, ProjectState, TaxTreatment
from placements.agreements.models import FrameworkAgreement, PersonalProject, Placement
from placements.attendance.enums import MonthState
from placements.attendance.models import AllowanceShare, MonthAllowance, PlacementCommitment, Timesheet
from placements.attendance.services import liquidations
from placements.beneficiaries.enums import PaymentKind
from placements.beneficiaries.models import Beneficiary, PaymentWay

from . import attendance as made
from .attendance import system
from .fixtures import TODAY

OCTOBER = date(2026, 10, 1)
# The months made here are plain rows without a past: what holds of them is the money, the papers and the work.
HELD = {
    "the legs of an entry sum to zero", "a balance is the sum of its legs", "no pot and no bank account is below zero",
    "the bank holds what the pots hold", "numbers have no gaps and no repeats", "every paper can be verified",
    "a paper has its file, or somebody is making it", "no job is both over and waiting",
}  # fmt: skip
IBANS = ("IT60X0542811101000000123456", "IT37Y0542811101000000123457", "IT24D0542811101000000654321")


def make_source(
    ambito: Ambito, *, name: str = "Bilancio 2026, capitolo 110400", amount: str | Decimal = "10000", use: Pot.Use = Pot.Use.GRANT
) -> Pot:
    """A pot that may pay allowances, with money in it."""
    by = system(ambito)
    with scope(by.scope):
        pot = ledger.open_pot(name=name, use=use, purpose="", by=by)
        if Decimal(amount):
            put_in(ambito, pot, amount)
        return pot


def put_in(ambito: Ambito, pot: Pot, amount: str | Decimal, *, key: str = "start") -> None:
    by = system(ambito)
    ledger.receive(
        pot=pot, amount=Decimal(amount), key=f"test:{pot.pk}:{key}", posted_on=date(2026, 1, 2), words="Prova", source=pot, by=by
    )


def make_commitment(
    ambito: Ambito, pot: Pot, *, amount: str | Decimal = "1000", year: int = 2026, number: str = "1204", placement: Placement | None = None
) -> Commitment:
    """A commitment of the lead body with its money set aside, standing for a placement when one is given."""
    by = system(ambito)
    with scope(by.scope):
        row = Commitment.objects.create(
            ambito=ambito, pot=pot, body=lead_body(ambito), year=year, number=number, chapter="110400", cup="E81H26000120006",
            act_number="77", act_on=date(2026, 1, 15),
        )  # fmt: skip
        ledger.commit(
            pot=pot,
            amount=Decimal(amount),
            key=f"test:commitment:{row.pk}",
            posted_on=date(2026, 1, 15),
            words="Impegno",
            source=row,
            by=by,
        )
        if placement:
            PlacementCommitment.objects.create(ambito=ambito, placement=placement, commitment=row, amount=Decimal(amount))
        return row


def make_way(
    person: Beneficiary, *, kind: str = PaymentKind.OWN_IBAN, iban: str = IBANS[0], valid_from: date = date(2026, 1, 1), **more: Any
) -> PaymentWay:
    with scope(system(person.ambito).scope):
        return PaymentWay.objects.create(
            ambito=person.ambito,
            beneficiary=person,
            kind=kind,
            iban=None if kind == PaymentKind.CASH else iban,
            holder=f"{person.first_name} {person.last_name}",
            holder_code=person.codice_fiscale,
            valid_from=valid_from,
            **more,
        )


def make_month(
    placement: Placement,
    pot: Pot | None,
    *,
    amount: str | Decimal = "400",
    month: date = OCTOBER,
    state: str = MonthState.CONFIRMED,
    payer: Body | None = None,
    tax_treatment: str = TaxTreatment.EXEMPT,
    shares: list[tuple[Pot, Decimal]] | None = None,
) -> MonthAllowance:
    """A confirmed month that gives `amount`, out of one pot (or the given shares), with agreement and project signed."""
    ambito = placement.ambito
    sign_agreement(placement)
    with scope(system(ambito).scope):
        project = PersonalProject.objects.get(placement=placement)
        if project.state != ProjectState.EFFECTIVE:
            PersonalProject.objects.filter(pk=project.pk).update(allowance_model=AllowanceModel.MONTHLY, allowance_amount=Decimal(400))
            sign(project)
        sheet, _made = Timesheet.objects.get_or_create(ambito=ambito, placement=placement, month=month)
        if sheet.state == MonthState.OPEN and state != MonthState.OPEN:
            closed = timezone.now() - timedelta(days=3)
            Timesheet.objects.filter(pk=sheet.pk).update(state=MonthState.CLOSED, closed_at=closed)
            if state == MonthState.CONFIRMED:
                Timesheet.objects.filter(pk=sheet.pk).update(state=MonthState.CONFIRMED, confirmed_at=closed)
        row = MonthAllowance.objects.create(
            ambito=ambito,
            timesheet=sheet,
            placement=placement,
            month=month,
            project=project,
            rulebook_id=placement.rulebook_id,
            payer=payer or project.payer,
            tax_treatment=tax_treatment,
            rows=[{"code": "flat", "words": "Contributo del mese", "quantity": "1", "unit": "", "rate": str(amount), "amount": str(amount)}]
            if Decimal(amount)
            else [],
            amount=Decimal(amount),
            computed_at=timezone.now(),
        )
        parts = shares if shares is not None else [(pot, Decimal(amount))] if pot and Decimal(amount) else []
        AllowanceShare.objects.bulk_create(
            AllowanceShare(ambito=ambito, allowance=row, position=n, pot=source, amount=part) for n, (source, part) in enumerate(parts)
        )
        return row


def sign_agreement(placement: Placement) -> None:
    """Its agreement as if both had signed, with a paper."""
    with scope(system(placement.ambito).scope):
        agreement = FrameworkAgreement.objects.get(pk=placement.agreement_id)
        if agreement.state == AgreementState.DRAFT:
            walked = FrameworkAgreement.objects.filter(pk=agreement.pk)
            walked.update(state=AgreementState.ISSUED, document=paper_of(agreement))
            walked.update(state=AgreementState.SIGNED, signed_on=date(2026, 1, 1))


def paper_of(subject: FrameworkAgreement | PersonalProject) -> Document:
    """A paper about it, as if it had been sent out to be signed."""
    by = system(subject.ambito)
    return issue(
        kind="test.paper", kind_label="Prova", template="pdf/base.html", subject=subject, context={}, today=TODAY, by=by,
        ambito_id=subject.ambito_id,
    )  # fmt: skip


def sign(project: PersonalProject) -> None:
    """The project as if everybody had signed: with a paper."""
    PersonalProject.objects.filter(pk=project.pk).update(state=ProjectState.TO_SIGN, document=paper_of(project))
    PersonalProject.objects.filter(pk=project.pk).update(state=ProjectState.EFFECTIVE)
    project.refresh_from_db()


def make_placements(ambito: Ambito, count: int, *, first: int = 1) -> list[Placement]:
    """Running placements of one company, each with a person who has a way of payment."""
    company = made.make_host(ambito, number=first)
    tutor, _user = made.make_tutor(ambito, company, number=first)
    found = []
    for n in range(first, first + count):
        placement = made.make_running_placement(
            ambito, tutor, company, number=n, planned=False, week={n % 5: 240}, **{"starts_on": OCTOBER}
        )
        make_way(placement.beneficiary, iban=IBANS[n % 3])
        found.append(placement)
    return found


def prepare(user: User, body: Body, month: date = OCTOBER, *, today: date = TODAY) -> LiquidationRun:
    by = access_for(user)
    with scope(by.scope):
        return liquidations.prepare_run(body=body, month=month, by=by, today=today, now=timezone.now())


def approve(user: User, run: LiquidationRun, *, today: date = TODAY, **changes: Any) -> LiquidationRun:
    by: Access = access_for(user)
    with scope(by.scope):
        fresh = LiquidationRun.objects.get(pk=run.pk)
        return liquidations.approve_run(run=fresh, **{"seen": fresh.row_version, **changes}, by=by, today=today, now=timezone.now())


# --- Looking at what was made


def items(ambito: Ambito, run: LiquidationRun) -> list[LiquidationItem]:
    with scope(system(ambito).scope):
        return list(LiquidationItem.objects.filter(run=run).order_by("position"))


def item_of(ambito: Ambito, run: LiquidationRun, month: MonthAllowance) -> LiquidationItem:
    return next(i for i in items(ambito, run) if i.source_id == month.pk)


def checks(ambito: Ambito, item: LiquidationItem) -> dict[str, tuple[bool, str]]:
    with scope(system(ambito).scope):
        return {c.kind: (c.passed, c.words) for c in ItemCheck.objects.filter(item=item)}


def free(ambito: Ambito, pot: Pot) -> Decimal:
    with scope(system(ambito).scope):
        return free_balance(pot)


def state_of(ambito: Ambito, row: Any) -> str:
    with scope(system(ambito).scope):
        return type(row).objects.get(pk=row.pk).state


def sheet_states(ambito: Ambito) -> list[str]:
    with scope(system(ambito).scope):
        return sorted(Timesheet.objects.filter(allowance__isnull=False).values_list("state", flat=True))
