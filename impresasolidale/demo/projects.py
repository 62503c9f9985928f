"""The project of the founding document with its figures (60,000 + 92,400 = 152,400): partners, plan and its ridefinizione, expenses in
every state, hours, instalments, indicators, actions, an audit room. The bodies are those the document names; everything else is
invented. At the door of the services."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.projects import selectors
from impresasolidale.projects.enums import FileKind, Measure, PartnerKind, ProjectRole, RegisterRole
from impresasolidale.projects.models import BudgetPlan, Expense, Participation, Partner, Project
from impresasolidale.projects.selectors.audit import auditors
from impresasolidale.projects.services import audit, expenses, instalments, partners, plan, projects, results, staff
from impresasolidale.projects.services.plan import PlanAct
from impresasolidale.territory.rules import add_months
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.selectors import first_open_day

from . import names
from .budgets import GRANT
from .reports import FUNDER
from .users import People
from .world import World, acting_for

D = Decimal
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CUP = "J81B26000120007"
# As the founding document names them, with what each is.
NAMED = (
    ("Provincia di Sondrio", PartnerKind.PROVINCE, RegisterRole.SIGNATORY),
    ("Confcooperative Sondrio", PartnerKind.TRADE, RegisterRole.TABLE),
    ("Consorzio Solco", PartnerKind.COOPERATIVE, RegisterRole.OPERATOR),
    ("Cooperativa Sociale Ippogrifo", PartnerKind.COOPERATIVE, RegisterRole.OPERATOR),
    ("CESVIP", PartnerKind.NON_PROFIT, RegisterRole.OPERATOR),
    ("Camera di Commercio di Sondrio", PartnerKind.CHAMBER, RegisterRole.TABLE),
    ("Unione Artigiani", PartnerKind.TRADE, RegisterRole.SUPPORTER),
    ("Unione Commercianti", PartnerKind.TRADE, RegisterRole.SUPPORTER),
)
PACKAGES = (
    ("AZ1", "Coordinamento"),
    ("AZ2", "Studio sulla certificazione"),
    ("AZ3", "Comunicazione e rete"),
    ("AZ4", "Formazione dei tutor"),
    ("AZ5", "Nuovi tirocini"),
)
# Item, source (grant or not), euro of Sondrio, Tirano, Morbegno: 60,000 of the grant and 92,400 of the partners.
PLAN = (
    ("A06", True, (14000, 0, 0)),
    ("A07", True, (16000, 3000, 3000)),
    ("A10", True, (12000, 5000, 7000)),
    ("A05", False, (26000, 12000, 14400)),
    ("A09", False, (6000, 0, 0)),
    ("A10", False, (16000, 8000, 10000)),
)
# Item, words, payee, its kind, document kind, euro, of the grant, days ago, paid days ago, proof, how far it went.
SPENT: tuple[tuple[str, str, str, str, str, str, str, int, int | None, str, str], ...] = (
    ("A07", "Studio sul riconoscimento: primo rapporto", "Ricerche Alpine di prova srl", "company", "invoice", "4880.00",
     "4880.00", 190, 170, "transfer", "accepted"),
    ("A07", "Grafica e stampa dei pieghevoli", "Tipografia della Prova srl", "company", "invoice", "1220.00", "900.00", 182,
     160, "transfer", "accepted in part"),
    ("A09", "Sala per l'incontro con le imprese", "Associazione Sala Prova", "body", "receipt", "350.00", "0.00", 175, 175,
     "receipt", "rejected"),
    ("A07", "Docenza ai tutor, primo modulo", "", "person", "fee_note", "960.00", "960.00", 160, 140, "statement", "reported"),
    ("A10", "Contributi motivazionali, primo trimestre", "Persone in tirocinio (atto di liquidazione)", "body", "act",
     "7200.00", "4800.00", 150, 148, "treasurer", "reported"),
    ("A09", "Rimborso chilometri delle visite", "", "person", "refund", "214.60", "0.00", 120, 110, "transfer", "checked"),
    ("A07", "Pagine del sito: testi e immagini", "Officina Web di prova snc", "company", "invoice", "1830.00", "1830.00", 96,
     80, "transfer", "pot"),
    ("A10", "Contributi motivazionali, secondo trimestre", "Persone in tirocinio (atto di liquidazione)", "body", "act",
     "6900.00", "4600.00", 60, None, "", "checked bare"),
    ("A07", "Docenza ai tutor, secondo modulo", "", "person", "fee_note", "960.00", "960.00", 40, 30, "order", "draft"),
    ("A09", "Bolletta della sede: quota del progetto", "Energia di prova spa", "company", "invoice", "612.40", "0.00", 30,
     None, "", "part"),
    ("A07", "Manifesti (fattura registrata due volte)", "Tipografia della Prova srl", "company", "invoice", "305.00", "305.00",
     25, None, "", "withdrawn"),
    ("A10", "Contributi motivazionali a carico del Comune", "Persone in tirocinio (atto di liquidazione)", "body", "act",
     "15400.00", "0.00", 70, 66, "treasurer", "reported"),
    ("A10", "Contributi motivazionali a carico della Comunità montana", "Persone in tirocinio (atto di liquidazione)", "body", "act",
     "9200.00", "0.00", 68, 62, "treasurer", "reported"),
)  # fmt: skip
ELSEWHERE = {4: 1, 7: 2, 12: 2}  # expenses of the other two Ambiti's bodies, by their place above
ACTIONS = (
    ("meeting", "Tavolo di rete: si comincia", "Sondrio, sala dell'Ufficio di Piano", 24, 260, True),
    ("press", "Un anno di tirocini in più: comunicato", "", 4000, 251, True),
    ("event", "Porte aperte nelle imprese che accolgono", "Morbegno", 120, 214, True),
    ("school", "Incontro con gli apprendisti", "Tirano", 45, 190, False),
    ("web", "La pagina del progetto", "", 900, 181, True),
    ("meeting", "Tavolo di rete: i primi tre mesi", "Tirano", 19, 165, True),
    ("print", "Pieghevole per le imprese", "", 600, 158, True),
    ("event", "Serata con le associazioni di categoria", "Sondrio", 75, 131, True),
    ("broadcast", "Intervista a due tutor aziendali", "", 2500, 99, False),
    ("meeting", "Tavolo di rete: lo studio", "Morbegno", 22, 74, True),
    ("press", "Che cosa cambia per chi ospita", "", 3500, 41, False),
    ("event", "Consegna degli attestati ai tutor", "Sondrio", 60, 19, True),
)
MILESTONES = (
    ("AZ1", "La rete firma l'accordo", 9, 10, "Accordo protocollato"),
    ("AZ2", "Primo rapporto dello studio", 110, 100, "Rapporto consegnato"),
    ("AZ4", "Venti tutor formati", 160, 172, "Registro del corso"),
    ("AZ3", "Evento pubblico di metà percorso", 200, None, ""),
    ("AZ5", "Trenta tirocini in più", 350, None, ""),
)


def create_projects(world: World, people: People) -> None:
    """One project of the network; the coordinator and the accounting office of the first Ambito are its two pairs of eyes."""
    home = world.districts[0]
    office = people.offices[home.ambito.pk]
    first, second = acting_for(office.coordinator, home), acting_for(office.by_role[Role.ACCOUNTING], home)
    starts = add_months(world.today.replace(day=1), -9)
    with scope(first.scope):
        leads = _register(world, first, starts)
        project, who = _project(world, first, leads, starts)
        _instalments(world, project, first, second)
        _staff(world, project, first, second, starts)
        _expenses(world, project, who, first, second)
        _results(world, project, first, who, starts)
        _audit(world, project, first)
        # Who signs in for the partner of the second Ambito.
        Membership.objects.filter(role=Role.PARTNER, network=world.network).update(partner=leads[1])


def _register(world: World, by: Access, starts: date) -> list[Partner]:
    with world.acting("register of partners", on=starts - timedelta(days=60)):
        partners.add_comuni(since=date(2014, 11, 3), act="Accordo di rete", by=by)
        blank = {"tax_code": "", "contact": "", "email": "", "phone": "", "site": "", "note": ""}
        leads = []
        for district in world.districts:
            row = partners.add_partner(
                values={**blank, "name": "", "kind": PartnerKind.PUBLIC, "note": f"Ente capofila dell'Ambito di {district.ambito.name}"},
                body=district.body,
                by=by,
            )
            leads.append(row)
        for name, kind, role in NAMED:
            row = partners.add_partner(values={**blank, "name": name, "kind": kind}, by=by)
            partners.add_role(partner=row, role=role, since=date(2014, 11, 3), until=None, act="Accordo di rete", by=by)
        partners.add_document(partner=leads[0], file=_pdf("accordo.pdf"), words="Accordo di rete firmato", by=by)
    return leads


def _project(world: World, by: Access, leads: list[Partner], starts: date) -> tuple[Project, list[Participation]]:
    letter = PlanAct(f"{starts.year}/0712", starts - timedelta(days=40))
    ends = add_months(starts, 12) - timedelta(days=1)
    values: dict[str, Any] = {
        "title": "Impresasolidale", "code": "IS", "cup": CUP, "cig": "", "funder": "Fondazione Cariplo", "funding_source": FUNDER,
        "letter_number": letter.number, "letter_on": letter.on, "grant_amount": D(60000), "starts_on": starts, "ends_on": ends,
        "report_due_on": add_months(ends, 3),
    }  # fmt: skip
    with world.acting("project", on=starts - timedelta(days=30)):
        project = projects.create_project(values=values, lead=leads[0], by=by, today=starts - timedelta(days=30))
        for partner in leads[1:]:
            projects.add_partner_to(project=project, partner=partner, role=ProjectRole.PARTNER, since=starts, by=by)
        for row in Partner.objects.filter(name__in=[name for name, _kind, _role in NAMED]).order_by("name"):
            role = ProjectRole.SUPPORTER if row.kind == PartnerKind.TRADE else ProjectRole.PARTNER
            projects.add_partner_to(project=project, partner=row, role=role, since=starts, by=by)
        for code, name in PACKAGES:
            projects.add_work_package(project=project, code=code, name=name, by=by)
        who = [Participation.objects.get(project=project, partner=partner) for partner in leads]
        draft = BudgetPlan.objects.get(project=project)
        for code, of_grant, amounts in PLAN:
            for participation, amount in zip(who, amounts, strict=True):
                _line(project, draft, code, of_grant, participation, amount, by)
        plan.enter_plan(plan=draft, act=letter, reason="", accepts_shift=False, by=by, today=starts)
        project = projects.start_project(project=project, by=by)
    with world.acting("redefinition", on=world.ago(100)):
        draft = plan.open_redefinition(project=project, by=by)
        _line(project, draft, "A09", False, who[0], 6500, by)
        _line(project, draft, "A05", False, who[0], 25500, by)
        plan.enter_plan(
            plan=draft,
            act=PlanAct(f"{world.today.year}/0088", world.ago(104)),
            reason="Le visite alle imprese costano più chilometri, e meno ore d'ufficio",
            accepts_shift=False,
            by=by,
            today=world.ago(100),
        )
    return project, who


def _line(project: Project, draft: BudgetPlan, code: str, of_grant: bool, who: Participation, amount: int, by: Access) -> None:
    plan.set_line(
        plan=draft, item=selectors.projects.items(project).get(code=code), participation=who, source=_source(project, of_grant),
        amount=D(amount), by=by,
    )  # fmt: skip


def _source(project: Project, of_grant: bool) -> Any:
    return selectors.projects.sources(project).get(kind="grant" if of_grant else "cofinancing")


def _instalments(world: World, project: Project, first: Access, second: Access) -> None:
    """The advance is in the ledger, the second has arrived and waits for another pair of eyes, the balance is to come."""
    arrived = max(world.ago(205), first_open_day(world.network.pk))
    with world.acting("instalments", on=arrived):
        advance, progress, _balance = [
            instalments.expect_instalment(project=project, kind=kind, on=on, amount=D(amount), by=second)
            for kind, on, amount in (
                ("advance", world.ago(215), 18000),
                ("progress", world.ago(20), 12000),
                ("balance", project.report_due_on + timedelta(days=60), 30000),
            )
        ]
        instalments.ask_instalment(instalment=advance, on=world.ago(220), amount=D(18000), by=second, today=arrived)
        instalments.note_arrival(instalment=advance, on=arrived, amount=D(18000), by=second, today=arrived)
        instalments.confirm_arrival(instalment=advance, by=first)
    with world.acting("second instalment", on=world.ago(6)):
        instalments.ask_instalment(instalment=progress, on=world.ago(35), amount=D(11400), by=second, today=world.ago(6))
        instalments.note_arrival(instalment=progress, on=world.ago(6), amount=D(11400), by=second, today=world.ago(6))


def _staff(world: World, project: Project, first: Access, second: Access, starts: date) -> None:
    """Two people; two months charged, one signed, one being written."""
    with world.acting("staff", on=starts):
        made = []
        for n, (sex, qualification, kind, rate) in enumerate(
            (("F", "Educatrice professionale", "structured", "24.318400"), ("M", "Addetto alla comunicazione", "unstructured", "21.50")), 1
        ):
            made.append(
                staff.add_member(
                    partner=selectors.projects.participations(project).get(role=ProjectRole.LEAD).partner,
                    name=" ".join(names.full_name(world.rng, sex)),
                    qualification=qualification,
                    kind=kind,
                    code=f"P-0{n}",
                    by=first,
                )
            )
            staff.set_rate(
                member=made[-1], since=starts, until=None, value=D(rate), source="Costo annuo lordo diviso le ore dell'anno", by=first
            )  # fmt: skip
    packages = list(selectors.projects.work_packages(project))
    for months, member, package, hours, state in (
        (7, made[0], packages[0], 6, "charged"), (6, made[0], packages[0], 5, "charged"), (6, made[1], packages[2], 4, "signed"),
        (1, made[0], packages[4], 3, "open"),
    ):  # fmt: skip
        month = add_months(world.today.replace(day=1), -months)
        days = [day for n in range(26) if (day := month + timedelta(days=n)).weekday() in (1, 3)]
        on = add_months(month, 1) + timedelta(days=3)
        with world.acting("sheet", member.code, month, on=on):
            sheet = staff.open_sheet(project=project, member=member, month=month, by=first)
            minutes = {day: hours * 60 + 30 * (n % 2) for n, day in enumerate(days)}
            staff.write_hours(sheet=sheet, work_package=package, minutes=minutes, by=first, today=on)
            staff.print_sheet(sheet=sheet, by=first, today=on)
            if state == "open":
                continue
            sheet = staff.sign_sheet(sheet=sheet, file=_pdf("foglio.pdf"), on=on, by=first, today=on)
            if state == "charged":
                percents = [(_source(project, False), D(100))]
                sheet = staff.charge_sheet(sheet=sheet, percents=percents, by=first, today=on)
                assert sheet.expense is not None
                expenses.prove(expense=sheet.expense, paid_on=on, proof_kind="treasurer", file=_pdf("mandato.pdf"), by=first, today=on)
                _check(sheet.expense, second, on)


def _expenses(world: World, project: Project, who: list[Participation], first: Access, second: Access) -> None:
    open_from = first_open_day(world.network.pk)
    for n, (code, words, payee, payee_kind, kind, euro, granted, ago, paid, proof, far) in enumerate(SPENT):
        day = world.ago(ago)
        paid_on = max(world.ago(paid), open_from) if paid else None
        on = max(day, paid_on or day)
        amount = D(euro)
        net = (amount / D("1.22")).quantize(D("0.01")) if kind == "invoice" else amount
        charged = (amount / 4).quantize(D("0.01")) if far == "part" else amount
        values: dict[str, Any] = {
            "document_kind": kind, "document_number": f"{31 + 7 * n}/{day.year}", "document_on": day,
            "payee": payee or " ".join(names.full_name(world.rng, "FM"[n % 2])), "payee_kind": payee_kind, "payee_tax_code": "",
            "words": words, "net": net, "vat": amount - net, "amount": amount, "charged": charged, "cup": CUP, "cig": "", "sdi_id": "",
            "paid_on": paid_on, "proof_kind": proof, "from_pot": far == "pot",
        }  # fmt: skip
        of_grant = min(D(granted), charged)
        with world.acting("expense", n, on=on):
            row = expenses.record_expense(
                project=project, participation=who[ELSEWHERE.get(n, 0)],
                item=selectors.projects.items(project).get(code=code), values=values,
                shares=[(_source(project, True), of_grant), (_source(project, False), charged - of_grant)], by=first, today=on,
            )  # fmt: skip
            _walk(row, far, first, second, on)


def _walk(row: Expense, far: str, first: Access, second: Access, on: date) -> None:
    """As far as it went, step by step."""
    if far == "withdrawn":
        expenses.withdraw_expense(expense=row, reason="Era già registrata con un altro numero", by=first)
        return
    document = expenses.add_file(expense=row, kind=FileKind.DOCUMENT, file=_pdf("documento.pdf"), words="", by=first)
    if row.proof_kind:
        expenses.add_file(expense=row, kind=FileKind.PROOF, file=_pdf("prova.pdf"), words="", by=first)
    if far in ("draft", "part"):
        return
    if row.payee_kind == "person":
        expenses.mask_file(expense=row, original=document, file=_pdf("senza nomi.pdf"), by=first)
    else:
        expenses.say_nameless(file=document, is_nameless=True, by=first, now=row.created_at)
    _check(row, second, on)
    if far in ("checked", "checked bare", "pot"):
        return
    expenses.report_expense(expense=row, instalment=None, by=second, today=on)
    if far == "accepted":
        expenses.accept_expense(expense=row, admitted=row.charged, by=second)
    elif far == "accepted in part":
        expenses.accept_expense(expense=row, admitted=row.charged - 120, by=second)
    elif far == "rejected":
        expenses.reject_expense(expense=row, reason="La sala non era prevista nel progetto", by=second)


def _check(row: Expense, by: Access, on: date) -> None:
    row.refresh_from_db(fields=["row_version"])
    expenses.check_expense(expense=row, seen=row.row_version, by=by, today=on)


def _results(world: World, project: Project, by: Access, who: list[Participation], starts: date) -> None:
    blank: dict[str, Any] = {
        "less_baseline": False,
        "baseline": 0,
        "baseline_source": "",
        "recorded_value": None,
        "recorded_on": None,
        "evidence": "",
    }
    asked: tuple[dict[str, Any], ...] = (
        {
            "name": "Tirocini in più",
            "definition": "Tirocini iniziati nell'anno del progetto, meno quelli iniziati nell'anno prima: circa trenta in più in un anno.",
            "measure": Measure.STARTED,
            "less_baseline": True,
            "baseline": 12,
            "baseline_source": f"Relazioni {starts.year - 1} dei tre Uffici di Piano",
            "target": 30,
            "evidence": "Elenco dei tirocini",
        },
        {
            "name": "Imprese che hanno ospitato",
            "definition": "Imprese con almeno un tirocinio nel progetto.",
            "measure": Measure.HOSTS,
            "target": 60,
        },
        {
            "name": "Tutor formati",
            "definition": "Tutor aziendali con l'attestato del corso iniziale.",
            "measure": Measure.CERTIFIED,
            "target": 20,
        },
        {
            "name": "Azioni di comunicazione",
            "definition": "Azioni di rete e di comunicazione nel registro.",
            "measure": Measure.ACTIONS,
            "target": 15,
        },
        {
            "name": "Studio sulla certificazione",
            "definition": "Rapporti dello studio consegnati alla rete.",
            "measure": Measure.MANUAL,
            "target": 2,
            "recorded_value": 1,
            "evidence": "Rapporto consegnato",
        },
    )
    with world.acting("results", on=world.ago(90)):
        for values in asked:
            results.keep_indicator(project=project, values={**blank, **values}, by=by, today=world.ago(90))
        packages = {package.code: package for package in selectors.projects.work_packages(project)}
        for code, name, due, done, evidence in MILESTONES:
            values = {
                "name": name, "work_package": packages[code], "due_on": starts + timedelta(days=due),
                "done_on": starts + timedelta(days=done) if done else None, "evidence": evidence,
            }  # fmt: skip
            results.keep_milestone(project=project, values=values, by=by, today=world.today)
    for n, (kind, title, place, people, ago, saw) in enumerate(ACTIONS):
        on = max(world.ago(ago), starts)
        with world.acting("action", n, on=on):
            results.keep_action(
                project=project,
                values={
                    "kind": kind, "on": on, "title": title, "place": place, "people_reached": people,
                    "link": "https://www.example.org/impresasolidale" if kind in ("press", "web") else "",
                    "consent": "Non si riconosce nessuno" if kind == "event" else "",
                },
                partners=[participation.partner for participation in who[: 1 + n % 3]],
                photo=_picture(n) if kind == "event" else None, saw_logo=saw, by=by, today=on, now=world.at(on),
            )  # fmt: skip


def _audit(world: World, project: Project, by: Access) -> None:
    with world.acting("audit room", on=world.ago(3)):
        auditor = auditors(by, world.today).first()
        assert auditor is not None
        audit.open_room(
            project=project, auditor=auditor, share=40, minimum=4, until=world.today + timedelta(days=27), by=by, today=world.ago(3),
            grant=Pot.objects.get(name=GRANT),
        )  # fmt: skip


def _pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def _picture(n: int) -> SimpleUploadedFile:
    """A drawn hall without anybody in it."""
    picture, out = Image.new("RGB", (960, 640), (225, 235, 245)), io.BytesIO()
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 430, 960, 640), fill=(196, 180, 150))
    for row in range(3):
        for seat in range(8):
            x, y = 90 + seat * 100 + row * 12, 450 + row * 60
            pen.rounded_rectangle((x, y, x + 60, y + 40), 8, fill=(60 + 20 * n % 90, 110, 160))
    pen.rectangle((300, 120, 660, 340), fill=(255, 255, 255), outline=(90, 90, 90), width=6)
    picture.save(out, "JPEG", quality=80)
    return SimpleUploadedFile("sala.jpg", out.getvalue(), "image/jpeg")
