"""The rule book as one typed value (domain.md §9; house.md §3): pure functions, no ORM, no clock.

Unconfirmed numbers are settings of an office, never law: `CATALOGUE[n].is_law` says which rules may be shown as law.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .enums import Severity
from .rules_catalogue import CATALOGUE, RuleInfo

__all__ = ["CATALOGUE", "RANGES", "SIGNATURE_LEVELS", "RuleInfo", "Rules", "Severity", "add_months", "months_between", "value_types"]


SIGNATURE_LEVELS = ("simple", "drawn", "handwritten", "qualified")  # from the least to the most (domain.md §12.3)

# Least and most of what makes no sense outside them; what is not here is only kept from being negative.
RANGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "framework_reminder_days": (0, 365),
        "link_valid_days": (1, 90),
        "portal_link_days": (1, 60),
        "resend_after_hours": (1, 168),
        "unsigned_expiry_days": (1, 365),
        "draft_expiry_days": (7, 730),
        "representative_reminder_days": (0, 365),
        "parallel_weekly_hours": (1, 48),
        "daily_hours_cap": (1, 12),
        "communication_extension_days": (0, 60),
        "fitness_reminder_days": (0, 365),
        "safety_specific_years": (1, 20),
        "accident_inail_days": (1, 30),
        "accident_insurer_days": (1, 30),
        "accident_authority_prognosis": (1, 365),
        "inail_notice_days": (0, 30),
        "suspension_max_days": (1, 730),
        "project_period_months": (1, 60),
        "trainees_per_promoter_tutor": (1, 500),
        "trainees_per_tutor": (1, 100),
        "weekly_hours_cap": (1, 48),
        "short_day_hours": (1, 12),
        "minimum_age": (14, 67),
        "max_months": (1, 120),
        "fund_quorum": (1, 50),
        "lead_retention_months": (1, 36),
        "visit_interval_months": (1, 24),
        "evaluation_days": (1, 90),
        "evaluation_before_end_days": (0, 60),
        "sheet_office_days": (0, 20),
        "travel_minutes_credit": (0, 240),
        "call_absences": (2, 10),
        "talk_answer_days": (0, 10),
        "call_recent_weeks": (1, 8),
        "call_usual_weeks": (2, 26),
        "training_minimum_percent": (1, 100),
        "training_initial_hours_year": (1, 200),
        "training_refresher_hours_year": (1, 200),
        "training_refresher_months": (6, 120),
        "training_withdrawal_days": (0, 60),
    }
)


def _shipped() -> Mapping[int, Severity]:
    return MappingProxyType({number: rule.severity for number, rule in CATALOGUE.items()})


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Every rule's severity and values, with the defaults we ship. The comment gives the rule's number and the unit."""

    severities: Mapping[int, Severity] = field(default_factory=_shipped, hash=False)

    project_signers: tuple[str, ...] = ("service", "promoter", "host", "person")  # 2; the service signs if it is a party of its own
    paper_levels: tuple[tuple[str, str], ...] = (  # 2, the least signature each paper wants: simple < drawn < handwritten < qualified
        ("framework_agreement", "handwritten"),
        ("personal_project", "simple"),
        ("amendment", "simple"),
        ("extension", "simple"),
        ("pact", "simple"),
    )
    drawn_process: str = ""  # 2, the act that publishes the process of drawn signatures; none: they count as simple
    framework_reminder_days: int = 60  # 1, before the framework agreement ends
    short_messages: bool = True  # 2, links and codes may leave by SMS, where the installation has a gateway
    link_valid_days: int = 14  # 2, a personal link to sign
    resend_after_hours: int = 24  # 2, before the same link may be sent again
    unsigned_expiry_days: int = 30  # 2, after the planned start a placement still unsigned expires
    draft_expiry_days: int = 60  # 2, a draft nobody touches expires
    minimum_age: int = 16  # 5, years
    representative_reminder_days: int = 60  # 6, before the decree ends
    max_months: int = 24  # 7
    warn_months: int = 22  # 7
    min_months: int = 0  # 9, none for disabled and disadvantaged people
    project_period_months: int = 12  # 10
    parallel_weekly_hours: int = 30  # 12, in all, where a person may have several placements at once
    weekly_hours_cap: int = 30  # 13
    daily_hours_cap: int = 8  # 14
    host_size_limits: tuple[tuple[int, int], ...] = ((5, 1), (20, 2))  # 15, (staff up to, trainees)
    host_large_percent: int = 10  # 15, of the staff, above the last limit
    trainees_per_tutor: int = 3  # 16 and 92
    trainees_per_promoter_tutor: int = 20  # 17
    inail_insurer: Literal["promoter", "host"] = "promoter"  # 19, who holds the INAIL position
    liability_insurer: Literal["promoter", "host"] = "promoter"  # 20, who holds the policy
    liability_reminder_days: int = 30  # 20, before the policy expires
    communication_extension_days: int = 5  # 22, after an extension or an early end
    communication_sender: Literal["host", "promoter"] = "host"  # 23, the law names the host; the promoter by delegation
    safety_hours_general: int = 4  # 25
    safety_hours_low: int = 4  # 25, specific, by risk class
    safety_hours_medium: int = 8  # 25
    safety_hours_high: int = 12  # 25
    safety_specific_years: int = 5  # 25, how long the specific training is good for
    fitness_reminder_days: int = 60  # 26, before the fitness ends
    sheet_day_of_next_month: int = 5  # 31
    sheet_office_days: int = 3  # 31, after that day without a closed sheet the office is asked too
    paper_signatures: Literal["both", "tutor", "none"] = "both"  # 31, who signs a month kept on paper
    travel_minutes_credit: int = 0  # 32, of travel a day, credited within the plan; 0: none
    month_falls_due: Literal["same_month", "next_month"] = "next_month"  # 34, whose year a month's sum belongs to (§12.1: December)
    portal_links: bool = True  # 31, tutors may get into the portal by a personal link, without a password
    portal_link_days: int = 14  # 31, a company tutor's personal link
    portal_link_weekly: bool = False  # 31, sent anew every Friday to who follows somebody that week
    allowance_model: Literal["flat", "threshold", "hourly", "bands", "none"] = "threshold"  # 35, proposed for a new project (§1.7)
    attendance_threshold_percent: int = 80  # 36
    part_month: Literal["planned_minutes", "calendar_days"] = "planned_minutes"  # 36, share of a month begun or ended midway
    below_threshold: Literal["proportional", "nil"] = "proportional"  # 37
    allowance_floor: Decimal = Decimal(0)  # 37, euro a month; the 300 of DGR X/7763 is for labour-market internships
    allowance_ceiling: Decimal = Decimal(500)  # 38, euro a month
    allowance_ceiling_with_meals: Decimal = Decimal(400)  # 38
    allowance_ceiling_short_day: Decimal = Decimal(350)  # 38, for days not over short_day_hours
    short_day_hours: int = 4  # 38
    meals_reduction: Decimal = Decimal(0)  # 38, euro a month less where the host offers meals (§1.7 g)
    transport_reduction: Decimal = Decimal(0)  # 38, euro a month less where transport is offered
    allowance_bands: tuple[tuple[int, Decimal], ...] = ((0, Decimal(0)), (50, Decimal(200)))  # 39, (over hours a month, euro)
    adi_internship_limit: Decimal = Decimal(3000)  # 43, euro gross a year
    invalidity_allowance_percent: int = 74  # 44, from
    invalidity_pension_percent: int = 100  # 44
    inail_day_minutes: int = 1  # 45, minutes present that make a day
    inail_item: Literal["0314", "0611"] = "0314"  # 46, tariff item (voce)
    inail_notice_days: int = 0  # 46, notice to the insurer before the start; none for a TRR (domain.md §12.6)
    first_visit_days: int = 30  # 47, after the start
    visit_interval_months: int = 2  # 48
    call_absences: int = 2  # 48, planned days in a row missed that ask for a call
    call_recent_weeks: int = 2  # 48, the weeks looked at for a fall
    call_usual_weeks: int = 8  # 48, the weeks before, which say the person's own rhythm
    call_fall_percent: int = 50  # 48, of the usual presence, below which it is a fall
    talk_answer_days: int = 2  # 48, working days within which who asks to talk is called; urgent reasons on the same day
    evaluation_moments: tuple[str, ...] = ("initial", "mid", "final")  # 49
    evaluation_days: int = 15  # 49, to answer, from when it is asked
    evaluation_before_end_days: int = 14  # 49, before the end the final one is asked
    evaluation_sets: tuple[str, ...] = ()  # 49, further questions for the office's voice alone
    suspension_illness_days: int = 30  # 52, from how many days illness suspends
    suspension_closure_days: int = 15  # 52, from how many days a collective closure suspends
    suspension_max_days: int = 180  # 52, in all, in one placement
    suspension_moves_end: bool = True  # 52
    accident_inail_days: int = 2  # 53, after the medical certificate
    accident_insurer_days: int = 3  # 53, working days after the accident
    accident_authority_prognosis: int = 30  # 53, days of prognosis above which the authority is told
    civil_invalidity_percent: int = 46  # 54, from
    work_invalidity_percent: int = 34  # 54, from
    company_leads: bool = True  # 61, companies may come forward on the public page
    lead_retention_months: int = 12  # 61, a company that came forward and came to nothing, after the last thing that was done
    fund_isee_ceiling: Decimal | None = None  # 65, euro; none until the fund's regulation sets it
    fund_yearly_ceiling: Decimal | None = None  # 66, euro per person; none until set
    fund_window_months: int = 6  # 67, after the end of the placement
    fund_quorum: int = 2  # 68, members voting
    publication_threshold: Decimal = Decimal(1000)  # 70, euro a year per person
    cofinancing_percent: Decimal = Decimal("60.63")  # 76
    budget_shift_percent: int = 10  # 77, of the item
    certification_area_minimum: int = 1  # 80, points
    certification_total_minimum: int = 8  # 80, points
    certification_external_validators: int = 1  # 82
    certificate_validity_months: int = 36  # 83
    certificate_reminder_days: int = 90  # 83, before it expires
    certification_windows: tuple[tuple[str, str], ...] = (("05-01", "05-31"), ("11-01", "11-30"))  # 84, month-day, both included
    small_number_threshold: int = 5  # 88, smaller counts are hidden
    certification_word: Literal["riconoscimento", "attestato", "marchio"] = "riconoscimento"  # 88, what the public is told a company has
    course_self_enrolment: bool = True  # 91, tutors take a seat by themselves; of the network
    training_minimum_percent: int = 90  # 91, of the hours of a course, for its certificate
    training_initial_hours_year: int = 16  # 91, of initial courses a tutor may be enrolled in, a calendar year
    training_refresher_hours_year: int = 8  # 91, the same of refreshers
    training_refresher_months: int = 24  # 91, after the last course a refresher is due
    training_withdrawal_days: int = 2  # 91, before the first meeting a tutor may give the place back alone

    def severity(self, number: int) -> Severity:
        """What the program does with rule `number` (KeyError outside 1–92)."""
        return self.severities[number]

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Rules from JSON values laid over the defaults; a ValidationError keyed by attribute names everything refused."""
        return cls().changed(values)

    def changed(self, values: Mapping[str, Any]) -> Self:
        """These rules with JSON `values` laid over them: {"weekly_hours_cap": 20, "severity": {"12": "block"}}."""
        merged: dict[str, Any] = {name: getattr(self, name) for name in value_types()} | {"severities": self.severities}
        errors: dict[str, str] = {}
        for name, value in values.items():
            try:
                if name == "severity":
                    merged["severities"] = _severities(self.severities, value)
                elif name in value_types():
                    merged[name] = _parse(value_types()[name], value)
                    _check_range(name, merged[name])
                else:
                    raise ValueError(_("Questa regola non esiste."))
            except ValueError as error:
                errors[name] = str(error)
        if not errors and merged["warn_months"] > merged["max_months"]:
            errors["warn_months"] = _("L’avviso deve venire prima della durata massima.")
        if errors:
            raise ValidationError(errors)
        return type(self)(**merged)

    def to_values(self) -> dict[str, Any]:
        """All rules as JSON values; `from_values` gives the same Rules back."""
        values = {name: _plain(getattr(self, name)) for name in value_types()}
        return {**values, "severity": {str(number): str(severity) for number, severity in self.severities.items()}}


def months_between(start: date, end: date) -> int:
    """Months begun from `start` to `end`, both days included: 1–31 January is 1, 1 January–1 February is 2 (rule 7)."""
    if end < start:
        return 0
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (add_months(start, months) <= end)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@cache
def value_types() -> dict[str, Any]:
    """Attribute → type, for every value (not the severities)."""
    hints = get_type_hints(Rules)
    return {f.name: hints[f.name] for f in fields(Rules) if f.name != "severities"}


def _severities(current: Mapping[int, Severity], values: Any) -> Mapping[int, Severity]:
    if not isinstance(values, Mapping):
        raise ValueError(_("Serve un elenco di numeri di regola, ciascuno con block, warn oppure off."))
    merged = dict(current)
    for key, value in values.items():
        rule = CATALOGUE.get(int(key)) if str(key).isdecimal() else None
        if rule is None:
            raise ValueError(_("La regola %(number)s non esiste: vanno da 1 a %(last)d.") % {"number": key, "last": len(CATALOGUE)})
        if value not in Severity.values:
            raise ValueError(_("Per la regola %(number)s scegli block, warn oppure off.") % {"number": key})
        if rule.fixed and value != rule.severity:
            raise ValueError(_("La regola %(number)s vale sempre: non si può cambiare.") % {"number": key})
        merged[rule.number] = Severity(value)
    return MappingProxyType(merged)


def _parse(kind: Any, value: Any) -> Any:
    """`value` from JSON as `kind`, or a ValueError fit to show."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else _parse(next(a for a in args if a is not NoneType), value)
    if origin is Literal:
        if value not in args:
            raise ValueError(_("Scegli fra: %(choices)s.") % {"choices": ", ".join(args)})
        return value
    if origin is tuple:
        if not isinstance(value, (list, tuple)) or (args[-1] is not Ellipsis and len(value) != len(args)):
            raise ValueError(_("Serve un elenco con la stessa forma di quello proposto."))
        kinds = [args[0]] * len(value) if args[-1] is Ellipsis else args
        return tuple(_parse(k, v) for k, v in zip(kinds, value, strict=True))
    if kind is Decimal:
        return _parse_decimal(value)
    if type(value) is not kind:
        messages = {int: _("Serve un numero intero."), bool: _("Serve sì o no (true o false)."), str: _("Serve un testo.")}
        raise ValueError(messages[kind])
    return value


def _parse_decimal(value: Any) -> Decimal:
    # A float is refused: 60.63 would not be 60.63.
    if type(value) in (int, str, Decimal):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
    raise ValueError(_("Serve un numero scritto fra virgolette, con il punto per i decimali."))


def _check_range(name: str, value: Any) -> None:
    if value == () and getattr(Rules(), name):  # a list that begins empty may be empty again
        raise ValueError(_("Serve un elenco con la stessa forma di quello proposto."))
    numbers = [n for n in _flat(value) if isinstance(n, (int, Decimal))]
    if any(n < 0 for n in numbers):
        raise ValueError(_("Il numero non può essere negativo."))
    if name.endswith("_percent") and any(n > 100 for n in numbers):
        raise ValueError(_("Una percentuale va da 0 a 100."))
    if name == "sheet_day_of_next_month" and not 1 <= value <= 28:
        raise ValueError(_("Scegli un giorno da 1 a 28."))
    least, most = RANGES.get(name, (None, None))
    if least is not None and not least <= value <= most:
        raise ValueError(_("Scegli un numero da %(least)d a %(most)d.") % {"least": least, "most": most})
    if name == "paper_levels":
        _check_levels(value)
    if name == "certification_windows":
        _check_windows(value)


def _check_levels(levels: tuple[tuple[str, str], ...]) -> None:
    if sorted(paper for paper, _level in levels) != sorted(paper for paper, _level in Rules().paper_levels):
        raise ValueError(_("Serve una firma per ciascuna delle carte dell'elenco, una volta sola."))
    if any(level not in SIGNATURE_LEVELS for _paper, level in levels):
        raise ValueError(_("Scegli fra: %(choices)s.") % {"choices": ", ".join(SIGNATURE_LEVELS)})


def _check_windows(windows: tuple[tuple[str, str], ...]) -> None:
    try:
        periods = [(date.fromisoformat(f"2001-{first}"), date.fromisoformat(f"2001-{last}")) for first, last in windows]
    except ValueError:
        periods = []
    if not periods or any(first > last for first, last in periods):
        raise ValueError(_("Scrivi ogni periodo con due date mese-giorno, come 05-01 e 05-31."))


def _flat(value: Any) -> list[Any]:
    return [inner for item in value for inner in _flat(item)] if isinstance(value, tuple) else [value]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value
