"""Pure rules about people: ages, reserved areas and categories, percentages of a status. No ORM, no clock."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.territory.rules import Rules

from .enums import Power, ReferringService, Scheme, StatusCategory, TargetArea

COMING_OF_AGE = 18  # years
# A person followed by the probation office is known to be in the judicial area: the service is hidden with the area.
JUDICIAL_SERVICES = frozenset({ReferringService.UEPE})
EXPIRY_NOTICE_DAYS = 60  # before a certified status expires; for a decree the rule book says
PERCENT_CATEGORIES = frozenset(
    {
        StatusCategory.L68_CIVIL,
        StatusCategory.L68_WORK,
        StatusCategory.CIVIL_PARTIAL,
        StatusCategory.CIVIL_ALLOWANCE,
        StatusCategory.CIVIL_PENSION,
    }
)
# A status that tells of a sentence, or of a woman under protection, is read only with the permission for it.
RESERVED: dict[str, Permission] = {
    StatusCategory.L381_CONVICTED: Permission.SEE_JUDICIAL,
    StatusCategory.LOCAL_VIOLENCE: Permission.SEE_PROTECTED_ADDRESS,
}
_PREFIXES = {"civil": Scheme.INVALIDITY, "eu": Scheme.EU651}  # the others begin with their scheme's own code


def age(birth_date: date, on: date) -> int:
    """Whole years on a day; who is born on 29 February completes the year on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def is_minor(birth_date: date, on: date) -> bool:
    """Under 18 on the day: a representative signs (domain.md §9 rule 6)."""
    return age(birth_date, on) < COMING_OF_AGE


def is_judicial(code: str) -> bool:
    """Whether an area or a referring service tells that somebody is in the judicial area (GDPR art. 10)."""
    return code == TargetArea.JUDICIAL or code in JUDICIAL_SERVICES


def scheme_of(category: str) -> Scheme:
    """The scheme a category belongs to (domain.md §3.1)."""
    prefix = category.partition("_")[0]
    return _PREFIXES.get(prefix) or Scheme(prefix)


def percent_range(category: str, book: Rules) -> tuple[int, int]:
    """Lowest and highest percentage of a category, from the rule book (rules 44 and 54)."""
    return {
        StatusCategory.L68_CIVIL: (book.civil_invalidity_percent, 100),
        StatusCategory.L68_WORK: (book.work_invalidity_percent, 100),
        StatusCategory.CIVIL_PARTIAL: (1, book.invalidity_allowance_percent - 1),
        StatusCategory.CIVIL_ALLOWANCE: (book.invalidity_allowance_percent, book.invalidity_pension_percent - 1),
        StatusCategory.CIVIL_PENSION: (book.invalidity_pension_percent, 100),
    }[StatusCategory(category)]


def percent_fault(category: str, percent: int | None, book: Rules) -> str:
    """What is wrong with a percentage for its category, in words; empty when nothing is (rule 54)."""
    if category not in PERCENT_CATEGORIES:
        return "" if percent is None else _("Per questa categoria la percentuale non serve: lasciala vuota.")
    if percent is None:
        return _("Per questa categoria serve la percentuale scritta nell’atto.")
    lowest, highest = percent_range(category, book)
    if lowest <= percent <= highest:
        return ""
    if lowest == highest:
        return _("Per questa categoria la percentuale è %(lowest)d.") % {"lowest": lowest}
    if highest == 100:
        return _("Per questa categoria la percentuale parte da %(lowest)d.") % {"lowest": lowest}
    return _("Per questa categoria la percentuale va da %(lowest)d a %(highest)d.") % {"lowest": lowest, "highest": highest}


def lets_sign(powers: Iterable[str]) -> bool:
    """Whether a decree with these powers lets somebody sign for the person (rule 6); one that names none is not judged."""
    named = set(powers)
    return not named or bool(named & {Power.SIGN, Power.FULL})


def lets_take_money(powers: Iterable[str]) -> bool:
    """Whether a decree with these powers lets somebody keep the account; one that names none is not judged."""
    named = set(powers)
    return not named or bool(named & {Power.MONEY, Power.FULL})


def masked_iban(iban: str) -> str:
    """The first and last four characters of an account: enough to tell two apart, not to use one."""
    return f"{iban[:4]} … {iban[-4:]}" if iban else ""


# What a merge decides at once, part by part: a part is taken whole, because half of it would be wrong.
MERGED_PARTS: dict[str, tuple[str, ...]] = {
    "name": ("last_name", "first_name", "search_key"),
    "identity": ("codice_fiscale", "codice_fiscale_hash", "birth_date", "sex", "birthplace"),
    "residence": ("residence", "residence_ambito", "in_charge_note"),
    "address": ("address", "is_address_protected"),
    "phone": ("phone",),
    "email": ("email",),
    "target_area": ("target_area",),
    "schooling_completed": ("schooling_completed",),
    "emergency": ("emergency_name", "emergency_phone"),
    "privacy_notice_on": ("privacy_notice_on",),
}
