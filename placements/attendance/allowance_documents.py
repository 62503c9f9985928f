"""Papers about what months give: the slip in easy words, and the yearly statement. Frozen contexts only; the rows are the screen's."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.words import day as in_words
from impresasolidale.core.words import euro as sum_of
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.enums import ItemState
from placements.agreements.enums import TaxTreatment
from placements.agreements.talk_code import talk_line
from placements.beneficiaries.models import Beneficiary

from .allowance_rules import MONTHS, euro, hours, month_name
from .liquidation_selectors import payment_of
from .models import MonthAllowance
from .selectors import allowances as selectors

SLIP_TEMPLATE, STATEMENT_TEMPLATE = "attendance/pdf/slip_v1.html", "attendance/pdf/statement_v1.html"


def slip(row: MonthAllowance) -> dict[str, Any]:
    """One page for the person: the month as a picture, days, the sum line by line, when, whom to call."""
    placement, sheet = row.placement, row.timesheet
    person, caller = placement.beneficiary, placement.promoter_tutor
    days = sheet.days_present
    return {
        "body_name": row.payer.name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
        "month": month_name(row.month),
        "weeks": selectors.month_pictures(row),
        "present": "In questo mese non ci sono giorni." if not days else "Ho fatto 1 giorno." if days == 1 else f"Ho fatto {days} giorni.",
        "hours": f"In tutto {hours(sheet.done_minutes)}, delle {hours(sheet.planned_minutes)} previste.",
        "lines": [[line.words.replace(" %", "\u00a0%"), plain(line.amount)] for line in selectors.lines_of(row)],
        "total": plain(row.amount),
        "sum_label": "Prima delle tasse" if row.tax_treatment == TaxTreatment.TAXED and row.net_amount is None else "Ricevo",
        "total_words": euro(row.amount if row.net_amount is None else row.net_amount),
        "taxed": _tax_words(row),
        "when": _when(row),
        "payer": row.payer.name,
        "call": f"{caller.get_full_name()}" if caller else "",
        "talk": talk_line(placement),
        "signers": [],
    }


def statement(person: Beneficiary, year: int, rows: list[MonthAllowance]) -> dict[str, Any]:
    """What a person was given in a year, for the court, the CAF, the ISEE."""
    body = lead_body(person.ambito)
    gross, taxed = sum((row.amount for row in rows), Decimal(0)), any(row.tax_treatment == TaxTreatment.TAXED for row in rows)
    return {
        "body_name": body.name if body else "",
        "person_last_name": person.last_name,
        "year": str(year),
        "person": [
            ["Nome e cognome", f"{person.first_name} {person.last_name}"],
            ["Nascita", f"{plain_day(person.birth_date)}, {person.birthplace}"],
            ["Codice fiscale", person.codice_fiscale],
        ],
        "head": ["Mese", "Lo versa", "Tasse", "Somma", *(["Netto, se tassata"] if taxed else [])],
        "numeric": [3, 4] if taxed else [3],
        "rows": [
            [
                MONTHS[row.month.month - 1],
                row.payer.name,
                "esente" if row.tax_treatment == TaxTreatment.EXEMPT else "tassata",
                plain(row.amount),
                *([plain(row.net_amount) if row.net_amount is not None else "—"] if taxed else []),
            ]
            for row in rows
        ],
        "total": plain(gross),
        "signers": [],
    }


@transaction.atomic
def issue_slip(*, row: MonthAllowance, by: Access, today: date) -> Document:
    """The slip of a month; a month that changed since gets a new one that supersedes the first."""
    by.require(Permission.SEE_ALLOWANCES)
    with translation.override("it"):
        context = slip(row)
    return issue(
        kind=selectors.SLIP,
        kind_label="Il mio mese",
        template=SLIP_TEMPLATE,
        subject=row,
        context=context,
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=_last(selectors.SLIP, row),
    )


@transaction.atomic
def issue_statement(*, person: Beneficiary, year: int, by: Access, today: date) -> Document:
    """The yearly statement of a person. DomainError when no month of that year is final."""
    by.require(Permission.SEE_ALLOWANCES)
    rows = selectors.received(by, person, year)
    if not rows:
        raise DomainError(translation.gettext("In questo anno non c'è ancora nessun mese definitivo."), field="year")
    with translation.override("it"):
        context = statement(person, year, rows)
    return issue(
        kind=selectors.STATEMENT,
        kind_label=f"Somme ricevute nel {year}",
        template=STATEMENT_TEMPLATE,
        subject=person,
        context=context,
        today=today,
        by=by,
        ambito_id=person.ambito_id,
    )


def _last(kind: str, subject: Any) -> Document | None:
    return Document.objects.filter(kind=kind, subject_type=type_of(subject), subject_id=subject.pk, superseded_by=None).first()


def _when(row: MonthAllowance) -> str:
    """When the money comes, as far as the office knows today; a slip made again later knows more."""
    item = payment_of(row)
    if item and item.state == ItemState.PAID and item.order_on:
        return f"Versati il {plain_day(item.order_on)}."
    if item and item.state in (ItemState.SENT, ItemState.PAID):
        return "Sono partiti: arrivano nei prossimi giorni."
    if item and item.state == ItemState.REFUSED:
        return "I soldi sono tornati indietro. Chiamo, e insieme vediamo dove mandarli."
    return "Arrivano quando l’ufficio ha finito i controlli." if row.amount else ""


def _tax_words(row: MonthAllowance) -> str:
    if row.tax_treatment == TaxTreatment.EXEMPT:
        return "Su questa somma non si pagano tasse."
    if row.net_amount is not None:
        return f"È la somma prima delle tasse. Netta è: {euro(row.net_amount)}."
    return "È la somma prima delle tasse. Quella che ricevo può essere più bassa."


def plain(amount: Decimal | None) -> str:
    return sum_of(amount).replace("\u00a0", " ")


def plain_day(day: date) -> str:
    return in_words(day).replace("\u00a0", " ")
