"""What a month gives: pure values in, ordered rows in plain words out; no ORM, no clock (domain.md §1.7, rules 35–42; house.md §3, Money).

The rule book is that of the placement's start. Minutes are whole, money is counted in whole cents: every row is rounded half up,
the total is the sum of the rows. docs/algorithms/allowance.md tells the order of the steps, with worked tables.
What is stored reads the same whoever caused it: the words are Italian.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from impresasolidale.territory.rules import Rules, Severity
from placements.agreements.change_rules import in_force
from placements.agreements.enums import AllowanceModel
from placements.agreements.money_rules import monthly_ceiling

MONTHS = (
    *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto"),
    *("settembre", "ottobre", "novembre", "dicembre"),
)
MILLION = Decimal(1_000_000)
CENT = 10_000  # millionths of a euro
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of the project agreed about money."""

    model: str
    amount: Decimal  # euro a month; an hour, when it goes by the hour; the most of a month, when it goes by bands
    cap: Decimal | None = None  # euro a month, of an hourly one; none: the rule book's ceiling
    meals: bool = False
    transport: bool = False
    longest_day: int = 0  # minutes
    sources: tuple[tuple[int, int], ...] = ()  # (pot, weight), in their order


@dataclass(frozen=True, slots=True)
class Part:
    """The days of a month on which the same terms hold: one version, or several in a row that agree about money."""

    terms: Terms
    first: date
    last: date
    share: int  # planned minutes of its days that are neither outside the period nor in a suspension; days, if the rule book counts days
    done: int  # credited minutes of its days


@dataclass(frozen=True, slots=True)
class Extra:
    """What turned out about a frozen month: a sum to add, or to take off."""

    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Month:
    """A confirmed month of one placement. `whole` measures the entire month as the parts' `share` measures theirs: its timetable as if
    the placement filled it. `owed` is what earlier months could not take off."""

    month: date
    planned: int
    credited: int
    whole: int
    parts: tuple[Part, ...]
    extras: tuple[Extra, ...] = ()
    owed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what a month gives: `rate` for each `unit`, `quantity` of them."""

    code: str
    words: str
    quantity: str
    unit: str
    rate: str
    amount: Decimal

    def as_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "words": self.words,
            "quantity": self.quantity,
            "unit": self.unit,
            "rate": self.rate,
            "amount": str(self.amount),
        }


@dataclass(frozen=True, slots=True)
class Result:
    """Ordered rows, their sum (never below zero), what is still to take off, and what each pot pays."""

    rows: tuple[Row, ...]
    amount: Decimal
    carried: Decimal
    shares: tuple[tuple[int, Decimal], ...]


def compute(month: Month, book: Rules) -> Result:
    """What this month gives. The sum is never negative: what cannot be taken off now is carried on, in words."""
    rows: list[Row] = []
    sums: list[int] = []
    for part in month.parts:
        sums.append(_part(part, month, book, rows))
    total = sum(sums)
    for extra in month.extras:
        cents = _cents(_micro(extra.amount), 1, 1)
        rows.append(_row("adjustment", extra.words, "1", "", extra.amount, cents))
        total += cents
    if month.owed:
        cents = -_cents(_micro(month.owed), 1, 1)
        rows.append(_row("owed", "Ancora da togliere dai mesi prima", "1", "", -month.owed, cents))
        total += cents
    carried = max(0, -total)
    if carried:
        rest = _money(carried)
        rows.append(_row("carried", f"Questo mese non basta: {euro(rest)} si tolgono dai prossimi", "1", "", rest, carried))
        total = 0
    return Result(tuple(rows), _money(total), _money(carried), split(total, _weights(month.parts, sums)))


LATER = ("adjustment", "owed", "carried")  # codes of rows that are not the month's own


def gave(rows: Iterable[Mapping[str, str]]) -> Decimal:
    """Euro a month gave before anything was taken off, of its rows as they are stored: its own, and what was found in its favour."""
    amounts = ((row["code"], Decimal(row["amount"])) for row in rows)
    return sum((a for code, a in amounts if code not in LATER or (code == "adjustment" and a > 0)), ZERO)


@dataclass(frozen=True, slots=True)
class Debts:
    """A month as what is taken off meets it."""

    month: int
    asked: tuple[tuple[int, Decimal], ...]  # what was found against it: (whose, euro above zero), the oldest first
    before: tuple[int, ...]  # the earlier months whose rest it took in
    carried: Decimal  # euro it could not take off


def share_debts(months: Iterable[Debts]) -> dict[tuple[int, int], Decimal]:
    """(whose, month) → euro that the month took off, months in order.

    The oldest debt is taken off first: what earlier months could not take off, then what was found since. The rest waits for the month
    that takes it in.
    """
    found: dict[tuple[int, int], Decimal] = {}
    rest: dict[int, list[tuple[int, Decimal]]] = {}
    for one in months:
        queue = [debt for month in one.before for debt in rest.pop(month, ())] + list(one.asked)
        room = sum((amount for _whose, amount in queue), ZERO) - one.carried
        rest[one.month] = []
        for whose, amount in queue:
            part = min(amount, max(room, ZERO))
            room -= part
            if part:
                found[whose, one.month] = found.get((whose, one.month), ZERO) + part
            if part < amount:
                rest[one.month].append((whose, amount - part))
    return found


def split(cents: int, weights: Sequence[tuple[int, int | Fraction]]) -> tuple[tuple[int, Decimal], ...]:
    """Cents among pots by weight: each its whole cents, what is left one by one to the largest remainders, ties to the first.
    Pots that get nothing are left out."""
    whole = sum(weight for _pot, weight in weights)
    if not cents or not whole:
        return ()
    if len(weights) == 1:
        return ((weights[0][0], _money(cents)),)
    parts = [divmod(cents * weight, whole) for _pot, weight in weights]
    found = [int(quotient) for quotient, _rest in parts]
    by_rest = sorted(range(len(parts)), key=lambda n: -parts[n][1])  # stable: ties keep the order of the sources
    for n in by_rest[: cents - sum(found)]:
        found[n] += 1
    return tuple((pot, _money(part)) for (pot, _weight), part in zip(weights, found, strict=True) if part)


def is_reached(credited: int, planned: int, percent: int) -> bool:
    """Whether a month reaches a threshold: 79.99 % is not 80 % (rule 36)."""
    return credited * 100 >= planned * percent


def _weights(parts: Sequence[Part], sums: Sequence[int]) -> list[tuple[int, int | Fraction]]:
    """The sources of the parts that gave something, each weighed by what its part gave; of the last part when none did."""
    giving = [(part, cents) for part, cents in zip(parts, sums, strict=True) if cents > 0 and part.terms.sources]
    if len(giving) == 1:
        return list(giving[0][0].terms.sources)
    if not giving:
        return list(parts[-1].terms.sources) if parts else []
    found: dict[int, Fraction] = {}
    for part, cents in giving:
        whole = sum(weight for _pot, weight in part.terms.sources)
        for pot, weight in part.terms.sources:
            found[pot] = found.get(pot, Fraction(0)) + Fraction(cents * weight, whole)
    return list(found.items())


# --- A part


def _part(part: Part, month: Month, book: Rules, rows: list[Row]) -> int:
    """Append the rows of one part; its sum in cents, never below zero."""
    terms = part.terms
    name = f"Contributo di {month_name(month.month)}{_days(part, month)}"
    if terms.model == AllowanceModel.NONE:
        rows.append(_nothing("none", f"{name}: il progetto non lo prevede"))
        return 0
    if not part.share:
        rows.append(_nothing("suspended", f"{name}: non spetta, perché il tirocinio è sospeso o non ha giornate"))
        return 0
    if terms.model == AllowanceModel.HOURLY:
        return _hourly(part, month, book, name, rows)
    if terms.model == AllowanceModel.BANDS:
        return _bands(part, month, book, name, rows)
    return _monthly(part, month, book, name, rows)


def _monthly(part: Part, month: Month, book: Rules, name: str, rows: list[Row]) -> int:
    """An amount a month, whole or in proportion: models a, b, e and g of domain.md §1.7."""
    terms, num, den = part.terms, part.share, month.whole
    words = f"{name}: {euro(terms.amount)} al mese"
    if num != den:
        words += f", per {_measure(num, book)} {_of(den, book)} del mese"
    below = False
    if terms.model == AllowanceModel.MONTHLY_THRESHOLD:
        limit = book.attendance_threshold_percent
        if not month.planned:
            rows.append(_nothing("no_plan", f"{name}: non spetta, perché non erano previste ore"))
            return 0
        reached = month.credited * 100 // month.planned
        below = not is_reached(month.credited, month.planned, limit)
        if not below:
            words += f", per intero: {reached} % delle ore previste, soglia {limit} %"
        elif book.below_threshold == "nil" or not month.credited:
            found = f"{hours(month.credited)} su {hours(month.planned)} previste ({reached} %), soglia {limit} %"
            rows.append(_nothing("below", f"{words}: non spetta, {found}"))
            return 0
        else:
            words += f", in proporzione: {hours(month.credited)} su {hours(month.planned)} previste ({reached} %), soglia {limit} %"
            num, den = num * month.credited, den * month.planned
    amount = _micro(terms.amount)
    total = _cents(amount, num, den)
    rows.append(_row("monthly", words, _quantity(num, den), _months(num, den), terms.amount, total))
    total, left = _reduce(terms, book, amount, num, den, total, rows)
    if below and book.allowance_floor:
        least = _cents(min(_micro(book.allowance_floor), left), part.share, month.whole)
        if total < least:
            about = "" if part.share == month.whole else ", per la parte di mese"
            rows.append(
                _row("floor", f"Minimo di {euro(book.allowance_floor)} al mese{about}", "1", "", book.allowance_floor, least - total)
            )
            total = least
    return _limit(terms, book, part.share, month.whole, total, rows)


def _hourly(part: Part, month: Month, book: Rules, name: str, rows: list[Row]) -> int:
    """So much an hour, up to a sum a month: model c."""
    terms = part.terms
    amount = _micro(terms.amount)
    total = _cents(amount, part.done, 60)
    rows.append(
        _row("hourly", f"{name}: {hours(part.done)}, {euro(terms.amount)} l'ora", _quantity(part.done, 60), "ore", terms.amount, total)
    )
    if month.planned:
        total, _left = _reduce(terms, book, amount, part.done, month.planned, total, rows, monthly=False)
    num, den = _among(part, month)
    cap = terms.cap if terms.cap is not None else monthly_ceiling(book, meals=terms.meals, longest_day=terms.longest_day)
    total = _cap(cap, "Tetto del progetto" if terms.cap is not None else "Tetto del regolamento", num, den, total, rows)
    return _limit(terms, book, num, den, total, rows) if terms.cap is not None else total


def _bands(part: Part, month: Month, book: Rules, name: str, rows: list[Row]) -> int:
    """An amount by the hours of the month: model d (rule 39). The bounds are those of a whole month, whatever part of it was there."""
    terms = part.terms
    reached = [(bound, amount) for bound, amount in book.allowance_bands if month.credited > bound * 60]
    bound, band = max(reached, default=(0, ZERO))
    amount = min(band, terms.amount)
    if not amount:
        rows.append(_nothing("bands", f"{name}: {hours(month.credited)} nel mese, sotto la prima fascia che dà un contributo"))
        return 0
    num, den = _among(part, month)
    words = f"{name}: {hours(month.credited)} nel mese, fascia oltre le {bound} ore: {euro(amount)}"
    if num != den:
        words += f", per {_measure(num, book)} {_of(den, book)}"
    micro = _micro(amount)
    total = _cents(micro, num, den)
    rows.append(_row("bands", words, _quantity(num, den), _months(num, den), amount, total))
    total, _left = _reduce(terms, book, micro, num, den, total, rows)
    return _limit(terms, book, num, den, total, rows)


def _reduce(
    terms: Terms, book: Rules, amount: int, num: int, den: int, total: int, rows: list[Row], *, monthly: bool = True
) -> tuple[int, int]:
    """Take off what meals and transport are worth (model g), in the same part of the month, never below zero; and what is left of the
    monthly amount. An hourly amount is no bound for a monthly reduction."""
    left = amount
    for is_given, reduction, what in (
        (terms.meals, book.meals_reduction, "Pasti offerti dall'impresa"),
        (terms.transport, book.transport_reduction, "Trasporto offerto"),
    ):
        if is_given and reduction:
            micro = min(_micro(reduction), left) if monthly else _micro(reduction)
            left = left - micro if monthly else left
            off = min(_cents(micro, num, den), total)
            if off:
                rows.append(
                    _row(
                        "reduction", f"{what}: {euro(reduction)} al mese in meno", _quantity(num, den), _months(num, den), -reduction, -off
                    )
                )
                total -= off
    return total, left


def _limit(terms: Terms, book: Rules, num: int, den: int, total: int, rows: list[Row]) -> int:
    """The rule book's ceiling, where it is more than a warning (rule 38): what was signed is not cut by a hint."""
    if book.severity(38) != Severity.BLOCK:
        return total
    return _cap(monthly_ceiling(book, meals=terms.meals, longest_day=terms.longest_day), "Tetto del regolamento", num, den, total, rows)


def _cap(cap: Decimal, what: str, num: int, den: int, total: int, rows: list[Row]) -> int:
    most = _cents(_micro(cap), num, den)
    if total <= most:
        return total
    about = "" if num == den else ", per questa parte di mese"
    rows.append(_row("ceiling", f"{what}: al massimo {euro(cap)} al mese{about}", "1", "", cap, most - total))
    return most


def _among(part: Part, month: Month) -> tuple[int, int]:
    """A part's share among all parts: hours and bands count what was done, so that a month begun midway is not cut twice."""
    return (1, 1) if len(month.parts) == 1 else (part.share, sum(p.share for p in month.parts))


# --- Numbers and words


def _micro(amount: Decimal) -> int:
    """Whole millionths of a euro: rates have six decimals at most."""
    return int((amount * MILLION).to_integral_value(ROUND_HALF_UP))


def _cents(micro: int, num: int, den: int) -> int:
    """micro × num ÷ den in whole cents, half up (away from zero when it is negative)."""
    if micro < 0:
        return -_cents(-micro, num, den)
    den *= CENT
    return (2 * micro * num + den) // (2 * den)


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _quantity(num: int, den: int) -> str:
    """A fraction as it is shown: at most six decimals. The sum is counted from the exact one."""
    if num % den == 0:
        return str(num // den)
    return f"{Decimal(_cents(CENT * int(MILLION), num, den)).scaleb(-6):f}".rstrip("0") if den else "0"


def _months(num: int, den: int) -> str:
    return "mese" if num == den else "mesi"


def _row(code: str, words: str, quantity: str, unit: str, rate: Decimal, cents: int) -> Row:
    return Row(code, words, quantity, unit, str(rate), _money(cents))


def _nothing(code: str, words: str) -> Row:
    return Row(code, words, "0", "", "0.00", ZERO)


def _days(part: Part, month: Month) -> str:
    """«, dal 15 al 31», when the part is not the whole month."""
    if part.first.day == 1 and (part.last.month, part.last.year) == (month.month.month, month.month.year) and _is_last(part.last):
        return ""
    first = _nth(part.first)
    return f", il {first}" if part.first == part.last else f", dal {first} al {part.last.day}"


def _nth(day: date) -> str:
    return "1°" if day.day == 1 else str(day.day)


def _is_last(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


def _end_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _measure(value: int, book: Rules) -> str:
    if book.part_month == "planned_minutes":
        return hours(value)
    return "1 giorno" if value == 1 else f"{value} giorni"


def _of(value: int, book: Rules) -> str:
    return f"delle {_measure(value, book)}" if book.part_month == "planned_minutes" else f"dei {_measure(value, book)}"


def month_name(month: date) -> str:
    """«ottobre 2026»."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def euro(amount: Decimal) -> str:
    """«400 euro», «1.333,33 euro»: cents only where there are some; more decimals as they are, of an hourly rate."""
    whole = amount == amount.to_integral_value()
    text = f"{amount:,.0f}" if whole else f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}"
    return text.translate(_SIGNS) + " euro"


_SIGNS = str.maketrans(",.", ".,")


def hours(minutes: int) -> str:
    """«63 ore e 30 minuti», «1 ora», «45 minuti», «0 ore»."""
    whole, rest = divmod(minutes, 60)
    said = "" if rest and not whole else "1 ora" if whole == 1 else f"{whole} ore"
    if not rest:
        return said
    return f"{said} e {rest} minuti" if said else f"{rest} minuti"


# --- Months that a placement does not fill by itself


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the project as a month sees it. `minutes`: the days its timetable has in the whole month, holidays left out."""

    version: int
    effective_from: date
    terms: Terms
    minutes: Mapping[date, int]


def parts_of(
    month: date,
    versions: Sequence[Version],
    *,
    first: date,
    last: date,
    pauses: Sequence[tuple[date, date | None]] = (),
    done: Mapping[date, int] | None = None,
    credited: int = 0,
    book: Rules,
) -> tuple[int, tuple[Part, ...]]:
    """(whole, parts) of a month: each day goes by the version in force on it; it counts in `whole`, and in its part's share when it is
    inside the period (`first` to `last`) and in no suspension. Days outside the period are measured by the version nearest to them. An
    extension on the same terms begins no part: a month is not cut, rounded or capped twice because a paper was renewed in it."""
    end = _end_of(month)
    every_day = {month.replace(day=n): 1 for n in range(1, end.day + 1)} if book.part_month == "calendar_days" else None
    whole = 0
    found: list[_Span] = []
    begins = sorted({month, *(v.effective_from for v in versions if month < v.effective_from <= end)})
    for begin, until in zip(begins, [*(_day_before(day) for day in begins[1:]), end], strict=True):
        version = in_force(versions, begin)
        assert version
        measures = version.minutes if every_day is None else every_day
        whole += _sum(measures, begin, until)
        a, b = max(begin, first), min(until, last)
        if a <= b:
            if not found or _money_of(found[-1].terms, book) != _money_of(version.terms, book):
                found.append(_Span(version.terms, a, b))
            span = found[-1]
            span.last = b
            span.share += _sum(measures, a, b, pauses)
            span.done += _sum(done or {}, a, b, pauses)
    shared = credited_by_part([span.done for span in found], credited)
    return whole, tuple(Part(span.terms, span.first, span.last, span.share, minutes) for span, minutes in zip(found, shared, strict=True))


def _money_of(terms: Terms, book: Rules) -> tuple[Terms, Decimal]:
    """What of the terms decides a sum: the length of a day does by the ceiling alone."""
    return replace(terms, longest_day=0), monthly_ceiling(book, meals=terms.meals, longest_day=terms.longest_day)


def _sum(days: Mapping[date, int], first: date, last: date, pauses: Sequence[tuple[date, date | None]] = ()) -> int:
    """What the days from `first` to `last` that are in no pause add up to."""
    return sum(n for day, n in days.items() if first <= day <= last and not (pauses and any(a <= day <= (b or day) for a, b in pauses)))


@dataclass(slots=True)
class _Span:
    """A part while its days are added up."""

    terms: Terms
    first: date
    last: date
    share: int = 0
    done: int = 0


def credited_by_part(done: Sequence[int], credited: int) -> list[int]:
    """The credited minutes of a month among its parts, as the minutes done in them: largest remainder, ties to the first."""
    whole = sum(done)
    if not whole:
        return [*([0] * (len(done) - 1)), credited] if done else []
    parts = [divmod(credited * minutes, whole) for minutes in done]
    found = [quotient for quotient, _rest in parts]
    for n in sorted(range(len(parts)), key=lambda n: -parts[n][1])[: credited - sum(found)]:
        found[n] += 1
    return found


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [row.as_json() for row in rows]
