"""Reads for a liquidation: the confirmed months a body has to pay, what each needs, what was published."""

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import look
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Look
from impresasolidale.core.periods import in_force
from impresasolidale.core.validators import iban as check_iban
from impresasolidale.core.words import euro
from impresasolidale.territory.models import Body
from impresasolidale.treasury.enums import LIVE, CheckKind, ItemState, Payment, RecoveryWay, RunState
from impresasolidale.treasury.liquidation_rules import Draft, Finding, Share, Way
from impresasolidale.treasury.models import Commitment, LiquidationItem, LiquidationRun, RecoveryStep
from placements.agreements.enums import AgreementState, ProjectState, TaxTreatment
from placements.beneficiaries.enums import PaymentKind
from placements.beneficiaries.models import PaymentWay

from .allowance_rules import Debts, gave, share_debts
from .enums import MonthState
from .models import Adjustment, AllowanceShare, MonthAllowance, PlacementCommitment
from .rules import due_year

SOURCE = MonthAllowance._meta.label_lower
Asked = Mapping[int, tuple[Decimal, str]]  # month → the sum that would be paid for it, and the code it would be published by
IN_FORCE = (ProjectState.EFFECTIVE, ProjectState.SUPERSEDED)
KINDS = {
    PaymentKind.OWN_IBAN: Payment.TRANSFER,
    PaymentKind.REPRESENTATIVE_IBAN: Payment.TRANSFER,
    PaymentKind.CASH: Payment.CASH,
    PaymentKind.BODY: Payment.REFUND,
    PaymentKind.SUPPLIER: Payment.SUPPLIER,
}


def publication_code(person: UUID, year: int) -> str:
    """The code of a person (a public id) in the published lists of a year: the same all the year, another the next, and no way back
    (rule 71)."""
    digest = bytes.fromhex(lookup_hash(f"publication:{year}:{person}"))
    return base64.b32encode(digest[:7]).decode()[:10]


def of_items(**items: Any) -> Exists:
    """Whether some row of a liquidation pays the month."""
    return Exists(LiquidationItem.objects.filter(source_type=SOURCE, source_id=OuterRef("pk"), **items))


def payment_of(row: MonthAllowance) -> LiquidationItem | None:
    """The row of a liquidation that pays this month, or paid it, or whose payment came back; None while no liquidation has it."""
    return LiquidationItem.objects.filter(source_type=SOURCE, source_id=row.pk, state__in=(*LIVE, ItemState.REFUSED)).order_by("pk").last()


def wrote_a_sum(run: LiquidationRun, user_id: int | None) -> bool:
    """Whether this person wrote a conguaglio that the months of a liquidation took in: whoever did has a key to it already (two keys for
    money). What a recovery takes off month after month nobody writes."""
    months = LiquidationItem.objects.filter(run=run, state__in=LIVE, source_type=SOURCE).values("source_id")
    return Adjustment.objects.filter(taken_in__in=months, created_by=user_id, take_off=None).exists()


def payable(ambito_id: Any, *, body: Body | None = None, month: date | None = None) -> QuerySet[MonthAllowance]:
    """Months that a liquidation has to take and none has: confirmed with something to pay, or brought to nothing by what was taken off;
    or final with a payment that came back."""
    taken_off = Exists(Adjustment.objects.filter(taken_in=OuterRef("pk"))) | Exists(
        MonthAllowance.objects.filter(carried_in=OuterRef("pk"))
    )
    rows = MonthAllowance.objects.filter(Q(amount__gt=0) | Q(taken_off), ambito_id=ambito_id).filter(
        Q(timesheet__state=MonthState.CONFIRMED) | Q(of_items(state=ItemState.REFUSED), timesheet__state=MonthState.FROZEN)
    )
    rows = rows.exclude(of_items(state__in=LIVE))
    if body:
        rows = rows.filter(payer=body)
    return rows.filter(month=month) if month else rows


def sourced(rows: QuerySet[MonthAllowance], *, is_sourced: bool = True) -> QuerySet[MonthAllowance]:
    """Those whose money has a place to come from (or has none); a sum of nothing asks for none."""
    placed = Q(Exists(AllowanceShare.objects.filter(allowance=OuterRef("pk")))) | Q(amount=0)
    return rows.filter(placed) if is_sourced else rows.exclude(placed)


@dataclass(frozen=True)
class Waiting:
    """What a body has to pay for one month: how many months of people, how much, how many have no source, how many come to nothing."""

    body: Body
    month: date
    rows: int
    amount: Decimal
    without_source: int
    offset: int
    run: LiquidationRun | None = None


def waiting(access: Access) -> list[Waiting]:
    """By month, the oldest first. Three queries; none for a membership limited to some comuni."""
    if access.comuni is not None:
        return []
    has_source = Exists(AllowanceShare.objects.filter(allowance=OuterRef("pk")))
    to_pay = Q(amount__gt=0)
    groups = list(
        payable(access.ambito_id)
        .annotate(has_source=has_source)
        .values("payer", "month")
        .annotate(
            n=Count("id", filter=to_pay),
            total=Sum("amount"),
            bare=Count("id", filter=to_pay & Q(has_source=False)),
            offset=Count("id", filter=~to_pay),
        )
        .order_by("month", "payer__name")
    )
    bodies = Body.objects.in_bulk({group["payer"] for group in groups})
    prepared = LiquidationRun.objects.filter(ambito_id=access.ambito_id, state=RunState.PREPARED)
    open_runs = {(run.body_id, run.month): run for run in prepared}
    return [
        Waiting(bodies[g["payer"]], g["month"], g["n"], g["total"], g["bare"], g["offset"], open_runs.get((g["payer"], g["month"])))
        for g in groups
    ]


def without_source(access: Access, body: Body, month: date) -> list[MonthAllowance]:
    """Confirmed months that cannot be paid because their project names no source."""
    rows = sourced(payable(access.ambito_id, body=body, month=month), is_sourced=False)
    return list(rows.select_related("placement__beneficiary").order_by("placement__beneficiary__search_key", "id")[:50])


def _loaded(rows: QuerySet[MonthAllowance]) -> list[MonthAllowance]:
    return list(
        rows.select_related("timesheet", "placement__beneficiary", "placement__agreement", "project", "payer", "rulebook")
        .prefetch_related("shares")
        .order_by("placement__beneficiary__search_key", "pk")
    )


def drafts(ambito_id: int, *, body: Body, month: date, today: date) -> list[Draft]:
    """The sums a liquidation of this body and month takes in, by name."""
    return _drafts(_loaded(sourced(payable(ambito_id, body=body, month=month))), today=today)


def final_drafts(ambito_id: int, *, body: Body, month: date, today: date) -> list[Draft]:
    """The sums of months that are final and that no liquidation of ours paid: what a register on paper did before."""
    rows = MonthAllowance.objects.filter(
        ambito_id=ambito_id, payer=body, month=month, amount__gt=0, timesheet__state=MonthState.FROZEN
    ).exclude(of_items(state__in=LIVE))
    return _drafts(_loaded(sourced(rows)), today=today)


def _drafts(found: Collection[MonthAllowance], *, today: date) -> list[Draft]:
    seen = findings(found, {row.pk: (row.amount, _code(row)) for row in found}, today=today)
    with translation.override("it"):
        return [
            Draft(
                source=(SOURCE, row.pk),
                code=_code(row),
                year=due_year(row.month, row.rulebook.rules),
                words=f"Contributo {row.month:%m/%Y}",
                amount=row.amount,
                is_taxed=bool(row.amount) and row.tax_treatment == TaxTreatment.TAXED,
                person=str(row.placement.beneficiary),
                person_code=row.placement.beneficiary.codice_fiscale,
                finding=seen[SOURCE, row.pk],
            )
            for row in found
        ]


def _code(row: MonthAllowance) -> str:
    return publication_code(row.placement.beneficiary.public_id, due_year(row.month, row.rulebook.rules))


def findings_of(items: Collection[LiquidationItem], *, today: date) -> dict[tuple[str, int], Finding]:
    """What is found today of the months behind these rows; of a month that is gone, that it is gone."""
    asked = {item.source_id: (item.amount, item.code) for item in items}
    found = findings(_loaded(MonthAllowance.objects.filter(pk__in=asked)), asked, today=today)
    with translation.override("it"):
        gone = (False, _("Il mese è stato riaperto, o il suo contributo è stato ricalcolato."))
    for item in items:
        key = (item.source_type, item.source_id)
        way = Way(item.payment, item.payee, item.payee_code, item.iban)
        found.setdefault(key, Finding(way, (), {CheckKind.SHEET: gone}, item.amount))
    return found


def findings(rows: Collection[MonthAllowance], asked: Asked, *, today: date) -> dict[tuple[str, int], Finding]:
    """Way, shares and checks of each month. Six queries for any number. A sum of nothing goes nowhere: its sheet alone is looked at."""
    ways = _ways({row.placement.beneficiary_id for row in rows}, today)
    commitments = _commitments(rows)
    totals = _year_totals(rows)
    frozen = {row.pk for row in rows if row.timesheet.state == MonthState.FROZEN}
    refused = set(
        LiquidationItem.objects.filter(source_type=SOURCE, source_id__in=frozen, state=ItemState.REFUSED).values_list(
            "source_id", flat=True
        )
    )
    found = {}
    with translation.override("it"):
        for row in rows:
            sheet = _check_sheet(row, *asked[row.pk], row.pk in refused)
            year_total = totals[row.placement.beneficiary_id, due_year(row.month, row.rulebook.rules)] + _not_counted(row, asked)
            if not asked[row.pk][0]:
                found[SOURCE, row.pk] = Finding(Way(), (), {CheckKind.SHEET: sheet}, year_total)
                continue
            way = ways.get(row.placement.beneficiary_id)
            is_taxed = row.tax_treatment == TaxTreatment.TAXED
            found[SOURCE, row.pk] = Finding(
                way=_way(way, row, is_taxed),
                shares=tuple(
                    Share(
                        share.pot_id,
                        share.amount,
                        commitments.get((row.placement_id, share.pot_id, due_year(row.month, row.rulebook.rules))),
                    )
                    for share in sorted(row.shares.all(), key=lambda share: share.position)
                ),
                checks={
                    CheckKind.WAY: _check_way(way, is_taxed, today),
                    CheckKind.SHEET: sheet,
                    CheckKind.AGREEMENT: _check_agreement(row),
                    CheckKind.PAYER: _check_payer(row),
                },
                year_total=year_total,
            )
    return found


def _not_counted(row: MonthAllowance, asked: Asked) -> Decimal:
    return Decimal(0) if getattr(row, "is_live", False) else asked[row.pk][0]


def _ways(people: Collection[int], on: date) -> dict[int, PaymentWay]:
    rows = PaymentWay.objects.filter(in_force(on), beneficiary__in=people, withdrawn_at=None).select_related("representative")
    return {row.beneficiary_id: row for row in rows}


def _way(way: PaymentWay | None, row: MonthAllowance, is_taxed: bool) -> Way:
    """A taxed sum goes gross to the payroll office, which pays the person (rule 41); any other by the person's own way."""
    person = row.placement.beneficiary
    if is_taxed:
        return Way(Payment.PAYROLL, f"{person.first_name} {person.last_name}", person.codice_fiscale, way.iban or "" if way else "")
    if way is None:
        return Way()
    return Way(KINDS[PaymentKind(way.kind)], way.holder, way.holder_code or person.codice_fiscale, way.iban or "")


def _check_way(way: PaymentWay | None, is_taxed: bool, today: date) -> tuple[bool, str]:
    if way is None:
        return (True, _("Lo versa l'ufficio del personale.")) if is_taxed else (False, _("Non si sa come riceve i soldi: manca l'IBAN."))
    if way.iban:
        try:
            check_iban(way.iban)
        except ValidationError:
            return False, _("L'IBAN non è valido.")
    acting = way.representative
    if acting and (acting.valid_from > today or (acting.valid_to and acting.valid_to < today)):
        return False, _("Il decreto di chi tiene il conto non vale più.")
    return True, str(way.get_kind_display()).capitalize() + "."


def _check_sheet(row: MonthAllowance, asked: Decimal, code: str, is_back: bool) -> tuple[bool, str]:
    if row.amount != asked:
        return False, _("Il contributo del mese è cambiato: aggiorna la liquidazione.")
    if _code(row) != code:
        return False, _("La scheda della persona è stata unita a un'altra, o separata: aggiorna la liquidazione.")
    if row.timesheet.state == MonthState.CONFIRMED:
        return True, _("Confermato dall'ufficio.") if row.amount else _why_nothing(row)
    if row.timesheet.state == MonthState.FROZEN and is_back:
        return True, _("Definitivo: il pagamento di prima è tornato indietro.")
    return False, _("Il mese non è confermato dall'ufficio.")


def _why_nothing(row: MonthAllowance) -> str:
    """How a month comes to nothing: what it gave, all taken off, and what is left to take off the next ones."""
    given = gave(row.rows)
    values = {"given": euro(given), "left": euro(row.carried)}
    if not given:
        return _("Il mese non dava niente. Restano %(left)s da togliere nei mesi dopo.") % values
    if row.carried:
        return (
            _("Il mese dava %(given)s: tolti tutti, per quanto versato in più prima. Restano %(left)s da togliere nei mesi dopo.") % values
        )
    return _("Il mese dava %(given)s: tolti tutti, per quanto versato in più prima. Non resta altro da togliere.") % values


def taken_off(placements: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """Adjustment → month → euro: what the final months of these placements took off, the first month first. Two queries."""
    asked: defaultdict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    debts = Adjustment.objects.filter(placement__in=placements, taken_in__isnull=False, amount__lt=0).order_by("about_month", "id")
    for pk, month, amount in debts.values_list("pk", "taken_in", "amount"):
        asked[month].append((pk, -amount))
    rows = list(MonthAllowance.objects.filter(placement__in=placements).select_related("timesheet").order_by("month"))
    before: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.carried_in_id:
            before[row.carried_in_id].append(row.pk)
    found = share_debts([Debts(row.pk, tuple(asked[row.pk]), tuple(before[row.pk]), row.carried) for row in rows])
    final = {row.pk for row in rows if row.timesheet.state == MonthState.FROZEN}
    taken: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for (adjustment, month), amount in found.items():
        if month in final:
            taken[adjustment][month] = amount
    return taken


def _check_agreement(row: MonthAllowance) -> tuple[bool, str]:
    agreement = row.placement.agreement
    first = max(row.month, row.placement.kept_from)
    if agreement is None or agreement.state != AgreementState.SIGNED:
        return False, _("La convenzione non è firmata.")
    if not agreement.valid_from <= first <= agreement.valid_to:
        return False, _("La convenzione non copre il mese.")
    if row.project.state not in IN_FORCE:
        return False, _("Il progetto che fissa il contributo non è firmato da tutti.")
    return True, _("Convenzione firmata e valida, progetto in vigore.")


def _check_payer(row: MonthAllowance) -> tuple[bool, str]:
    """Rule 42: only a public body's sum may be exempt."""
    if row.tax_treatment == TaxTreatment.EXEMPT and not row.payer.is_public:
        return False, _("L'ente che versa non è pubblico: il contributo non può essere esente (regola 42).")
    return True, _("Esente, e l'ente è pubblico.") if row.tax_treatment == TaxTreatment.EXEMPT else _(
        "Tassato: va lordo all'ufficio del personale."
    )


def _commitments(rows: Iterable[MonthAllowance]) -> dict[tuple[int, int, int], int]:
    """(placement, pot, year) → the commitment that stands for it; the open one before one that has ended."""
    parts = PlacementCommitment.objects.filter(placement__in={row.placement_id for row in rows}).select_related("commitment").order_by("pk")
    last_open = sorted(parts, key=lambda part: part.commitment.state == Commitment.State.OPEN)
    return {(part.placement_id, part.commitment.pot_id, part.commitment.year): part.commitment_id for part in last_open}


def _year_totals(rows: Collection[MonthAllowance]) -> dict[tuple[int, int], Decimal]:
    """(person, year) → euro in rows that are being paid or were; each of `rows` learns whether it is among them. Two queries."""
    months = dict(
        MonthAllowance.objects.filter(placement__beneficiary__in={row.placement.beneficiary_id for row in rows}).values_list(
            "pk", "placement__beneficiary_id"
        )
    )
    totals: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    live = set()
    for source, year, amount in LiquidationItem.objects.filter(source_type=SOURCE, source_id__in=months, state__in=LIVE).values_list(
        "source_id", "year", "amount"
    ):
        live.add(source)
        totals[months[source], year] += amount
    for row in rows:
        row.is_live = row.pk in live  # type: ignore[attr-defined]
    return totals


# --- What is published (rules 70 and 71)


@dataclass(frozen=True)
class Published:
    """One line of the yearly list: the code of a person, what it got, from when it is published. Nobody's name."""

    code: str
    amount: Decimal
    payments: int
    published_on: date | None
    office: str


class PaidInYear(NamedTuple):
    """What one person got of a body in a year, in euro, in how many payments, published from when."""

    total: Decimal
    payments: int
    published_on: date | None


def paid_in_year(access: Access, *, body: Body, year: int) -> dict[UUID, PaidInYear]:
    """What a body paid in a year, by the public id of who got it; nobody for a membership limited to some comuni. One query.

    What was paid back is taken off (what is taken off the next months is less there). A person is who the
    months are of today, not the code of the day they were paid: of two records that became one there is one sum.
    """
    if access.comuni is not None:
        return {}
    of_month = MonthAllowance.objects.filter(pk=OuterRef("source_id")).values("placement__beneficiary__public_id")
    came_back = RecoveryStep.objects.filter(recovery__item=OuterRef("pk"), recovery__way=RecoveryWay.PAY_BACK).order_by()
    back = Coalesce(Subquery(came_back.values("recovery__item").annotate(sum=Sum("amount")).values("sum")), Decimal(0))
    rows = (
        LiquidationItem.objects.filter(ambito_id=access.ambito_id, run__body=body, year=year, state__in=[ItemState.SENT, ItemState.PAID])
        .filter(source_type=SOURCE)
        .annotate(kept=F("amount") - back)
        .values(of=Subquery(of_month))
        .annotate(total=Sum("kept"), n=Count("id"), first=Min("published_on"))
        .order_by("of")
    )
    return {row["of"]: PaidInYear(row["total"], row["n"], row["first"]) for row in rows}


def publication(access: Access, *, body: Body, year: int, threshold: Decimal) -> list[Published]:
    """The people whose allowances go over the threshold in a year, by their codes, and from when each is published. One query."""
    found = {of: paid for of, paid in paid_in_year(access, body=body, year=year).items() if paid.total > threshold}
    lines = [Published(publication_code(of, year), *paid, str(access.ambito)) for of, paid in found.items()]
    return sorted(lines, key=lambda line: line.code)


def publication_years(access: Access) -> list[int]:
    return list(
        LiquidationItem.objects.filter(ambito_id=access.ambito_id, state__in=[ItemState.SENT, ItemState.PAID])
        .values_list("year", flat=True)
        .distinct()
        .order_by("-year")
    )


def note_export(access: Access, place: str) -> None:
    look(Look.Kind.EXPORT, by=access, place=place, subject_type=LiquidationItem._meta.label_lower)
