"""The papers of a liquidation as frozen contexts: the act with its list, reserved and publishable, and the distinta."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document
from impresasolidale.core.words import euro, written
from impresasolidale.territory.models import Ambito

from . import liquidation_rules as rules
from .enums import ItemState, Payment
from .models import LiquidationRun
from .selectors import liquidations as selectors

ACT, PUBLIC_ACT, SLIP = "treasury.liquidation_act", "treasury.liquidation_public", "treasury.liquidation_slip"
LABELS = {ACT: "Atto di liquidazione", PUBLIC_ACT: "Atto di liquidazione, da pubblicare", SLIP: "Distinta di liquidazione"}
TEMPLATES = {ACT: "treasury/pdf/act_v1.html", PUBLIC_ACT: "treasury/pdf/act_v1.html", SLIP: "treasury/pdf/slip_v1.html"}
ACT_COLUMNS = ("reference", "payee", "payee_code", "commitment", "chapter", "cup", "amount")
SLIP_COLUMNS = ("reference", "person", "payee", "iban", "amount")


def issue_papers(run: LiquidationRun, *, by: Access, today: date) -> dict[str, Document]:
    """The three papers of an approved liquidation, in its transaction: the worker makes each file once."""
    return {
        "act_document": _issue(ACT, run, act_context(run, public=False), by=by, today=today),
        "public_document": _issue(PUBLIC_ACT, run, act_context(run, public=True), by=by, today=today),
        "slip_document": _issue(SLIP, run, slip_context(run), by=by, today=today),
    }


def _issue(kind: str, run: LiquidationRun, context: dict[str, Any], *, by: Access, today: date) -> Document:
    return issue(
        kind=kind,
        kind_label=LABELS[kind],
        template=TEMPLATES[kind],
        subject=run,
        context=context,
        today=today,
        by=by,
        ambito_id=run.ambito_id,
    )


def office_of(run: LiquidationRun) -> str:
    return str(Ambito.objects.get(pk=run.ambito_id))


def act_context(run: LiquidationRun, *, public: bool) -> dict[str, Any]:
    """What the act says. The publishable one names nobody: codes, sums, title, office (rule 71)."""
    with translation.override("it"):
        office = office_of(run)
        rows = selectors.list_rows(run, office=office, states=[ItemState.SENT])
        total = rules.totals(run.items.filter(state=ItemState.SENT))
        columns = ["code", "words", "commitment", "chapter", "cup", "amount"] if public else list(ACT_COLUMNS)
        facts = [
            [_("Ente che versa"), run.body.name],
            [_("Liquidazione"), f"n. {run.number}"],
            [_("Mese"), written(run.month, "F Y") + (", " + _("suppletiva %(n)s") % {"n": run.supplement} if run.supplement else "")],
            [_("Righe"), str(total.rows)],
            [_("Totale"), euro(total.amount)],
        ]
        if not public:
            if offset := run.items.filter(state=ItemState.OFFSET).count():
                facts.append([_("Mesi compensati, senza versamento"), str(offset)])
            facts += [[_("Preparata da"), str(run.created_by)], [_("Approvata da"), str(run.approved_by)]]
            if run.act_number:
                facts.append([_("Atto che vale da seconda firma"), f"n. {run.act_number} del {run.act_on:%d/%m/%Y}"])
        if public:  # how somebody is paid may tell who helps: one list, no kinds
            parts = [_part(_("Elenco"), rows, columns)]
        else:
            parts = [
                _part(str(Payment(kind).label).capitalize(), [r for r in rows if r.payment == kind], columns)
                for kind, _n, _sum in total.by_payment
            ]
        return {
            "body_name": run.body.name,
            "office": office,
            "facts": facts,
            "parts": parts,
            "by_payment": []
            if public
            else [[str(Payment(kind).label).capitalize(), str(n), euro(amount)] for kind, n, amount in total.by_payment],
            "total": euro(total.amount),
            "is_public": public,
        }


def slip_context(run: LiquidationRun) -> dict[str, Any]:
    """The distinta: each sum with who receives it, for the office that pays; accounts by their ends only."""
    with translation.override("it"):
        rows = selectors.list_rows(run, office=office_of(run), states=[ItemState.SENT])
        total = rules.totals(run.items.filter(state=ItemState.SENT))
        return {
            "body_name": run.body.name,
            "facts": [[_("Liquidazione"), f"n. {run.number}"], [_("Mese"), written(run.month, "F Y")], [_("Totale"), euro(total.amount)]],
            "parts": [
                _part(str(Payment(kind).label).capitalize(), [r for r in rows if r.payment == kind], SLIP_COLUMNS)
                for kind, _n, _sum in total.by_payment
            ],
            "total": euro(total.amount),
        }


def _part(title: str, rows: list[rules.ListRow], columns: Any) -> dict[str, Any]:
    """One table of a paper: a sum at its foot, accounts by their ends."""
    columns = [name for name in columns if name in ("reference", "code", "amount") or any(getattr(row, name) for row in rows)]
    shown = []
    for row in rows:
        values = rules.cells(row, columns)
        for n, name in enumerate(columns):
            if name == "amount":
                values[n] = euro(row.amount)
            elif name == "iban" and row.iban:
                values[n] = f"{row.iban[:4]} … {row.iban[-4:]}"
        shown.append([str(value) for value in values])
    return {
        "title": title,
        "head": [str(rules.COLUMNS[name].label) for name in columns],
        "numeric": [n for n, name in enumerate(columns) if rules.COLUMNS[name].is_number],
        "rows": shown,
        "span": len(columns) - 1,
        "total": euro(sum((row.amount for row in rows), rules.ZERO)),
    }
