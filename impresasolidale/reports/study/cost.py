"""What a TRR costs, row by row in words, and what a day service would have cost (domain.md §8.2–8.3, rule 89). Pure; euro as Decimal.

Rows are rounded half-up to cents, totals sum rows. Always an estimate: the parameters, their day and their source stand beside it. As in
VALORIS,
but only the side of the cost that is avoided: a TRR pays no income tax (domain.md §8.1).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from impresasolidale.core.charts import words
from impresasolidale.territory.enums import DAY_SERVICES, DAY_TARIFFS, TRR_COSTS, TariffKind

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
WEEKS_A_YEAR = 52
T = TariffKind
INAIL_RATES = (T.INAIL_RATE_INDUSTRY, T.INAIL_RATE_CRAFT, T.INAIL_RATE_OTHER)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Parameter:
    """A dated amount with where it was read. `kind` is a TariffKind."""

    kind: str
    value: Decimal
    valid_from: date
    source: str
    is_confirmed: bool

    @property
    def label(self) -> str:
        return str(TariffKind(self.kind).label)


Parameters = Mapping[str, Parameter]


@dataclass(frozen=True)
class Plan:
    """A TRR to reckon with: euro of allowance a month, months, days of presence a week, hours of accompaniment a week over so many weeks
    a year.
    """

    allowance: Decimal
    months: int
    days_a_week: int = 4
    accompaniment_hours: Decimal = Decimal(2)
    accompaniment_weeks: int = 44
    inail_rate: str = T.INAIL_RATE_OTHER

    @property
    def days(self) -> int:
        """Days of presence, whole, half-up."""
        return int((Decimal(self.days_a_week * WEEKS_A_YEAR * self.months) / 12).to_integral_value(ROUND_HALF_UP))

    @property
    def hours(self) -> Decimal:
        """Of accompaniment, in all."""
        return (self.accompaniment_hours * self.accompaniment_weeks * self.months / 12).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One row: what, how it is reckoned in words, and the sum in euro; None while its parameter is missing."""

    label: str
    how: str
    amount: Decimal | None


@dataclass(frozen=True)
class Estimate:
    """The rows of one TRR. The total sums what is known; `missing` are the kinds nobody entered yet."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.amount is not None), ZERO)

    @property
    def is_whole(self) -> bool:
        return not self.missing

    @property
    def missing_words(self) -> list[str]:
        return [str(TariffKind(kind).label) for kind in self.missing]


def estimate(plan: Plan, known: Parameters) -> Estimate:
    """cost = allowance × months + INAIL + liability + accompaniment + tutor training + safety + transport + office (domain.md §8.2)."""
    lines = [
        Line(
            _("Contributo motivazionale"),
            _("%(amount)s al mese × %(months)d mesi") % {"amount": words(plan.allowance, "€"), "months": plan.months},
            cents(plan.allowance * plan.months),
        )
    ]
    missing: list[str] = []

    def add(label: str, kinds: Sequence[str], how: str, reckon: Callable[..., Decimal]) -> None:
        absent = [kind for kind in kinds if kind not in known]
        missing.extend(absent)
        if absent:
            lines.append(Line(label, _("Manca: %(what)s") % {"what": ", ".join(str(TariffKind(k).label) for k in absent)}, None))
            return
        values = [known[kind].value for kind in kinds]
        shown = {f"v{n}": words(value.normalize() if value else ZERO, "€") for n, value in enumerate(values)}
        shown["rate"] = words(values[-1].normalize() if values[-1] else ZERO)
        terms = {**shown, "days": str(plan.days), "months": str(plan.months), "hours": words(plan.hours)}
        lines.append(Line(label, how % terms, cents(reckon(*values))))

    add(
        _("INAIL"),
        (T.INAIL_DAILY_BASE, plan.inail_rate),
        _("%(v0)s al giorno × %(days)s giorni × %(rate)s per mille"),
        lambda base, rate: base * plan.days * rate / 1000,
    )
    add(
        _("Responsabilità civile"),
        (T.TRR_LIABILITY,),
        _("%(v0)s all’anno × %(months)s mesi su 12"),
        lambda year: year * plan.months / 12,
    )
    add(_("Accompagnamento"), (T.TRR_ACCOMPANIMENT,), _("%(hours)s ore × %(v0)s all’ora"), lambda hour: plan.hours * hour)
    add(_("Formazione del tutor"), (T.TRR_TUTOR_TRAINING,), _("%(v0)s a tirocinio"), lambda once: once)
    add(_("Sicurezza e dispositivi"), (T.TRR_SAFETY,), _("%(v0)s a tirocinio"), lambda once: once)
    add(_("Trasporto"), (T.TRR_TRANSPORT,), _("%(v0)s al mese × %(months)s mesi"), lambda month: month * plan.months)
    add(_("Pratiche d’ufficio"), (T.TRR_ADMINISTRATION,), _("%(v0)s a tirocinio"), lambda once: once)
    return Estimate(tuple(lines), tuple(missing))


@dataclass(frozen=True)
class Alternative:
    """A day service over the same months: its sum, and what a TRR costs less (below zero: more)."""

    kind: str
    how: str
    amount: Decimal
    avoided: Decimal

    @property
    def label(self) -> str:
        return {T.DAY_CDD: "CDD", T.DAY_CSE: "CSE", T.DAY_SFA: "SFA"}[T(self.kind)]

    @property
    def is_dearer(self) -> bool:
        """Whether the TRR is."""
        return self.avoided < 0


@dataclass(frozen=True)
class Comparison:
    """The day services beside the TRR, or what is missing for that (rule 89)."""

    alternatives: tuple[Alternative, ...]
    missing: tuple[str, ...]

    @property
    def is_blocked(self) -> bool:
        return bool(self.missing)

    @property
    def missing_words(self) -> list[str]:
        return [str(TariffKind(kind).label) for kind in self.missing]


def compare(plan: Plan, trr: Estimate, known: Parameters) -> Comparison:
    """Nothing is compared until every local tariff is there, those of the TRR too: a cost without its rows would look lower than it is
    (rule 89).
    """
    missing = tuple(kind for kind in DAY_TARIFFS if kind not in known) + trr.missing
    if missing:
        return Comparison((), missing)
    days = known[T.DAY_DAYS].value
    found = []
    for kind in DAY_SERVICES:
        amount = cents(known[kind].value * days * plan.months / 12)
        terms = {"day": words(cents(known[kind].value), "€"), "days": words(days.normalize()), "months": plan.months}
        how = _("%(day)s al giorno × %(days)s giorni all’anno × %(months)d mesi su 12") % terms
        found.append(Alternative(kind, how, amount, amount - trr.total))
    return Comparison(tuple(found), ())


def used(plan: Plan, known: Parameters, *, compared: bool) -> list[Parameter]:
    """The parameters that an estimate and its comparison were made with, in the order of the rows."""
    kinds = [T.INAIL_DAILY_BASE, plan.inail_rate, *TRR_COSTS, *(DAY_TARIFFS if compared else ())]
    return [known[kind] for kind in kinds if kind in known]
