"""Paid benefits as records for the national information system of social services (SIUSS). Rule 72.

One record a person, kind of benefit, month and body that paid. The three areas are verified; the layout and the codes of benefits are the
Ambito's own to fill in: what has none is "da confermare" and the file says so. What was paid back is not taken off; a taxed sum is gross.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import Cell
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import rules_for
from impresasolidale.treasury.enums import ItemState
from impresasolidale.treasury.models import LiquidationItem
from placements.attendance.liquidation_selectors import SOURCE
from placements.attendance.models import MonthAllowance
from placements.beneficiaries.enums import TargetArea
from placements.beneficiaries.models import Beneficiary
from solidarity_fund.enums import BenefitKind, RequestState
from solidarity_fund.models import BenefitRequest
from solidarity_fund.selectors.holder import holders

from .enums import CodeTable, SiussArea
from .models import OutsideCode

RULE = 72
ALLOWANCE = "allowance"
KINDS: Mapping[str, Any] = {ALLOWANCE: gettext_lazy("contributo motivazionale"), **dict(BenefitKind.choices)}
TO_CONFIRM = gettext_lazy("da confermare")


@dataclass(frozen=True)
class Paid:
    """What somebody got of one kind, for one month, from one body: euro, gross."""

    person: Beneficiary
    kind: str
    month: date  # its first day
    body: str
    amount: Decimal

    @property
    def last_day(self) -> date:
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])


@dataclass(frozen=True)
class Codes:
    """Our code → theirs, of one Ambito; what is not there is to be confirmed."""

    kinds: Mapping[str, str]
    areas: Mapping[str, str]

    def missing(self, rows: Iterable[Paid]) -> list[str]:
        """What the rows would need and is not filled in, in words. An area is not named: it may be a reserved one."""
        rows = list(rows)
        found = [str(label) for code, label in KINDS.items() if code not in self.kinds and any(row.kind == code for row in rows)]
        if any(row.person.target_area not in self.areas for row in rows):
            found.append(_("l'area di alcune persone"))
        return found


def summed(rows: Iterable[Paid]) -> list[Paid]:
    """One record a person, kind, month and body: the supplements of a month are part of it."""
    sums: dict[tuple[Any, ...], Paid] = {}
    for row in rows:
        key = (row.person.pk, row.kind, row.month, row.body)
        before = sums[key].amount if key in sums else Decimal(0)
        sums[key] = Paid(row.person, row.kind, row.month, row.body, row.amount + before)
    return sorted(sums.values(), key=lambda row: (row.person.search_key, row.person.pk, row.month, row.kind, row.body))


def paid_in(access: Access, year: int) -> list[Paid]:
    """What was paid in a year, whatever month it is for. Only residents of one's comuni for who is limited to them."""
    rows = summed([*_allowances(access, year), *_helps(access, year)])
    return rows if access.comuni is None else [row for row in rows if row.person.residence_id in access.comuni]


def _allowances(access: Access, year: int) -> Iterator[Paid]:
    items = LiquidationItem.objects.filter(ambito=access.ambito_id, source_type=SOURCE, state=ItemState.PAID, order_on__year=year)
    paid = list(items.select_related("run__body"))
    months = MonthAllowance.objects.filter(ambito=access.ambito_id).select_related("placement__beneficiary")
    known = months.in_bulk([item.source_id for item in paid])
    for item in paid:
        month = known[item.source_id]
        yield Paid(month.placement.beneficiary, ALLOWANCE, month.month, item.run.body.name, item.amount)


def _helps(access: Access, year: int) -> Iterator[Paid]:
    asked = BenefitRequest.objects.filter(ambito=access.ambito_id, state=RequestState.PAID, payee__paid_on__year=year)
    held = list(holders(access))  # the latest first
    for row in asked.select_related("beneficiary", "payee"):
        on = row.payee.paid_on
        assert on  # the year asks for it
        body = next((holder.body.name for holder in held if holder.valid_from <= on), "")
        yield Paid(row.beneficiary, row.kind, on.replace(day=1), body, row.amount)


def codes_of(access: Access) -> Codes:
    found: dict[str, dict[str, str]] = {table: {} for table in CodeTable}
    for row in OutsideCode.objects.filter(ambito=access.ambito_id):
        found[row.table][row.ours] = row.theirs
    return Codes(found[CodeTable.KIND], found[CodeTable.AREA])


@transaction.atomic
def save_codes(*, kinds: Mapping[str, str], areas: Mapping[str, str], by: Access) -> None:
    """Write the whole of both tables; an empty code is taken away. DomainError for a code or an area that is not ours."""
    by.require(P.EXPORT_BENEFITS)
    if not (set(kinds) <= set(KINDS) and set(areas) <= set(TargetArea.values) and set(filter(None, areas.values())) <= set(SiussArea)):
        raise DomainError(_("Uno di questi codici non c'è."))
    ambito = Ambito.objects.select_for_update(no_key=True).get(pk=by.ambito_id)
    OutsideCode.objects.filter(ambito=ambito).delete()
    wanted = [(CodeTable.KIND, *pair) for pair in kinds.items()] + [(CodeTable.AREA, *pair) for pair in areas.items()]
    rows = [OutsideCode(ambito=ambito, table=table, ours=ours, theirs=theirs) for table, ours, theirs in wanted if theirs]
    OutsideCode.objects.bulk_create(rows)
    record_fact("exchange.outside_codes.saved", ambito, by=by, codes={f"{row.table}.{row.ours}": row.theirs for row in rows})


def severity(access: Access, on: date) -> Severity:
    """What rule 72 does today: warn gives the file with what is to be confirmed, block waits for the codes, off says nothing."""
    return rules_for(access.ambito, on)[1].severity(RULE)


def table_of(rows: Sequence[Paid], codes: Codes, *, says_missing: bool = True) -> tuple[list[str], list[list[Cell]]]:
    head = [_("Codice fiscale"), _("Area"), _("Codice prestazione"), _("Prestazione"), _("Anno"), _("Mese"), _("Dal"), _("Al")]
    head += [_("Importo"), _("Ente erogatore"), _("Da confermare")]
    lines: list[list[Cell]] = []
    for row in rows:
        area, code = codes.areas.get(row.person.target_area, ""), codes.kinds.get(row.kind, "")
        missing = [words for value, words in ((area, _("area")), (code, _("codice")), (row.body, _("ente"))) if not value]
        shown = [value or (str(TO_CONFIRM) if says_missing else "") for value in (area, code)]
        period: list[Cell] = [row.month.year, row.month.month, row.month, row.last_day]
        open_ones = ", ".join(missing) if says_missing else ""
        lines.append([row.person.codice_fiscale, *shown, str(KINDS[row.kind]), *period, row.amount, row.body, open_ones])
    return head, lines


def file_of(access: Access, year: int, *, on: date) -> tuple[list[str], list[list[Cell]]]:
    """The file of a year; one look names everybody in it. DomainError while codes are missing where rule 72 blocks."""
    rows, codes, strict = paid_in(access, year), codes_of(access), severity(access, on)
    if strict == Severity.BLOCK and (missing := codes.missing(rows)):
        raise DomainError(_("Prima scrivi i codici che mancano: %(which)s.") % {"which": ", ".join(missing)})
    people = list({row.person.pk: row.person for row in rows}.values())
    audit.look(Look.Kind.EXPORT, people, by=access, place="exchange:benefits_file", subject_type=Beneficiary._meta.label_lower)
    return table_of(rows, codes, says_missing=strict != Severity.OFF)
