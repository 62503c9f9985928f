"""A project for tests: partners, plan, expenses, instalments, hours, all through the services."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.accounts.access import Access
from impresasolidale.projects import selectors
from impresasolidale.projects.enums import FileKind, PartnerKind, ProjectRole
from impresasolidale.projects.models import BudgetPlan, Expense, Participation, Partner, Project, ProjectSource, StaffMember
from impresasolidale.projects.services import expenses, instalments, partners, plan, projects, staff
from impresasolidale.projects.services.plan import PlanAct

from .fixtures import TODAY

D = Decimal
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
STARTS, ENDS = date(2026, 1, 1), date(2026, 12, 31)
LETTER = PlanAct("2025/0712", date(2025, 12, 10))
PROJECT: dict[str, Any] = {
    "title": "Progetto di prova",
    "code": "PROVA",
    "cup": "J81B26000120007",
    "cig": "",
    "funder": "Fondazione di prova",
    "funding_source": "",
    "letter_number": LETTER.number,
    "letter_on": LETTER.on,
    "grant_amount": D(600),
    "starts_on": STARTS,
    "ends_on": ENDS,
    "report_due_on": date(2027, 3, 31),
}


def pdf(name: str = "documento.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def make_partner(access: Access, name: str = "Ente capofila di prova", kind: str = PartnerKind.PUBLIC, **more: Any) -> Partner:
    values = {"name": name, "kind": kind, "tax_code": "", "contact": "", "email": "", "phone": "", "site": "", "note": "", **more}
    return partners.add_partner(values=values, by=access)


def make_project(access: Access, *, lead: Partner | None = None, **more: Any) -> Project:
    values = {**PROJECT, **more}
    return projects.create_project(values=values, lead=lead or make_partner(access), by=access, today=TODAY)


def join(access: Access, project: Project, partner: Partner, role: str = ProjectRole.PARTNER) -> Participation:
    return projects.add_partner_to(project=project, partner=partner, role=role, since=project.starts_on, by=access)


def item(project: Project, code: str) -> Any:
    return selectors.projects.items(project).get(code=code)


def grant(project: Project) -> ProjectSource:
    return selectors.projects.sources(project).get(kind="grant")


def cofinancing(project: Project) -> ProjectSource:
    return selectors.projects.sources(project).get(kind="cofinancing")


def lead_of(project: Project) -> Participation:
    return selectors.projects.participations(project).get(role=ProjectRole.LEAD)


def line(access: Access, project: Project, code: str, source: ProjectSource, amount: str | int, who: Participation | None = None) -> None:
    draft = BudgetPlan.objects.get(project=project, state="draft")
    plan.set_line(
        plan=draft, item=item(project, code), participation=who or lead_of(project), source=source, amount=D(amount), by=access
    )  # fmt: skip


def enter(access: Access, project: Project, *, reason: str = "", accepts_shift: bool = False, act: PlanAct = LETTER) -> BudgetPlan:
    draft = BudgetPlan.objects.get(project=project, state="draft")
    return plan.enter_plan(plan=draft, act=act, reason=reason, accepts_shift=accepts_shift, by=access, today=TODAY)


def make_running(access: Access, **more: Any) -> Project:
    """600 of the grant and 1,000 of the partners: A07 200 + 500, A05 400 + 500."""
    project = make_project(access, **more)
    for code, source, amount in (
        ("A07", grant(project), 200),
        ("A07", cofinancing(project), 500),
        ("A05", grant(project), 400),
        ("A05", cofinancing(project), 500),
    ):
        line(access, project, code, source, amount)
    enter(access, project)
    return projects.start_project(project=project, by=access)


def values(amount: str | int = 122, **more: Any) -> dict[str, Any]:
    total = D(amount)
    return {
        "document_kind": "invoice",
        "document_number": "12/A",
        "document_on": date(2026, 5, 4),
        "payee": "Studio Grafico Prova srl",
        "payee_kind": "company",
        "payee_tax_code": "",
        "words": "Volantini",
        "net": total,
        "vat": D(0),
        "amount": total,
        "charged": total,
        "cup": "",
        "cig": "",
        "sdi_id": "",
        "paid_on": date(2026, 5, 20),
        "proof_kind": "transfer",
        "from_pot": False,
        **more,
    }


def make_expense(
    access: Access, project: Project, amount: str | int = 122, *, granted: str | int | None = None, code: str = "A07", **more: Any
) -> Expense:
    """An expense of the lead; `granted` of it from the grant (none: all of it), the rest from the partners."""
    found = values(amount, **more)
    part = found["charged"] if granted is None else D(granted)
    shares = [(grant(project), part), (cofinancing(project), found["charged"] - part)]
    return expenses.record_expense(
        project=project, participation=lead_of(project), item=item(project, code), values=found, shares=shares, by=access, today=TODAY
    )  # fmt: skip


def prove(access: Access, expense: Expense) -> None:
    for kind in (FileKind.DOCUMENT, FileKind.PROOF):
        expenses.add_file(expense=expense, kind=kind, file=pdf(), words="", by=access)


def check(expense: Expense, by: Access) -> Expense:
    expense.refresh_from_db()
    return expenses.check_expense(expense=expense, seen=expense.row_version, by=by, today=TODAY)


def report(expense: Expense, by: Access) -> Expense:
    return expenses.report_expense(expense=expense, instalment=None, by=by, today=TODAY)


def receive(first: Access, second: Access, project: Project, amount: str | int = 600, *, on: date = date(2026, 2, 2)) -> Any:
    """An advance that arrived and was confirmed by somebody else."""
    row = instalments.expect_instalment(project=project, kind="advance", on=on, amount=D(amount), by=first)
    row = instalments.note_arrival(instalment=row, on=on, amount=D(amount), by=first, today=TODAY)
    return instalments.confirm_arrival(instalment=row, by=second)


def make_member(access: Access, project: Project, *, code: str = "P-01", kind: str = "structured", rate: str = "25") -> StaffMember:
    partner = lead_of(project).partner
    member = staff.add_member(partner=partner, name="Ada Prova", qualification="Educatrice", kind=kind, code=code, by=access)
    staff.set_rate(member=member, since=date(2026, 1, 1), until=None, value=D(rate), source="Costo annuo 2026", by=access)
    return member


INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPA12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici>
<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>{code}</IdCodice></IdFiscaleIVA>
<Anagrafica>{who}</Anagrafica></DatiAnagrafici></CedentePrestatore></FatturaElettronicaHeader>
<FatturaElettronicaBody>
<DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>{on}</Data><Numero>{number}</Numero>
<ImportoTotaleDocumento>{total}</ImportoTotaleDocumento></DatiGeneraliDocumento>
<DatiOrdineAcquisto><IdDocumento>1</IdDocumento><CodiceCUP>J81B26000120007</CodiceCUP><CodiceCIG>Z0A1B2C3D4</CodiceCIG></DatiOrdineAcquisto>
</DatiGenerali>
<DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Stampa di  volantini</Descrizione></DettaglioLinee>
<DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>{net}</ImponibileImporto><Imposta>{vat}</Imposta></DatiRiepilogo>
</DatiBeniServizi></FatturaElettronicaBody></p:FatturaElettronica>"""


def invoice_xml(**more: str) -> bytes:
    given = {
        "code": "01533030480",
        "who": "<Denominazione>Tipografia Prova srl</Denominazione>",
        "on": "2026-05-04",
        "number": "77/E",
        "net": "100.00",
        "vat": "22.00",
        "total": "122.00",
        **more,
    }
    return INVOICE.format(**given).encode()
