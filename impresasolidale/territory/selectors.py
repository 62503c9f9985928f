"""Reads of reference data. Everybody may see it, so no Access is asked."""

import unicodedata
from datetime import date
from decimal import Decimal

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from .enums import TariffKind
from .models import Ambito, Body, Comune, RuleBookVersion, Tariff
from .rules import Rules


class NoRuleBook(LookupError):
    """No version of the rule book is in force on the day."""


class NoTariff(LookupError):
    """No value of the tariff is known for the day."""


def rules_for(ambito: Ambito, on: date) -> tuple[RuleBookVersion, Rules]:
    """The version in force in the Ambito on a day: its own, or the network's when it has none yet (rule 90)."""
    version = (
        RuleBookVersion.objects.filter(Q(ambito=ambito) | Q(ambito=None), network=ambito.network_id, valid_from__lte=on)
        .order_by(F("ambito").asc(nulls_last=True), "-valid_from")
        .first()
    )
    if version is None:
        raise NoRuleBook(
            _("Nell’Ambito %(ambito)s non c’è un regolamento valido il %(day)s.") % {"ambito": ambito, "day": f"{on:%d/%m/%Y}"}
        )
    return version, version.rules


def tariff(kind: TariffKind | str, on: date) -> Decimal:
    """The tariff's value on the day of the event; the unit depends on the kind (enums.TariffKind)."""
    value = Tariff.objects.filter(kind=kind, valid_from__lte=on).order_by("-valid_from").values_list("value", flat=True).first()
    if value is None:
        raise NoTariff(_("Manca il valore di «%(kind)s» per il %(day)s.") % {"kind": TariffKind(kind).label, "day": f"{on:%d/%m/%Y}"})
    return value


def comune_by_cadastral(code: str) -> Comune | None:
    """The comune or foreign country with this cadastral code."""
    return Comune.objects.filter(cadastral_code=code.upper()).first()


def search_comuni(text: str, limit: int = 10, *, birthplaces: bool = False) -> list[Comune]:
    """Comuni whose name begins with or resembles `text`, without regard to accents and small mistakes.

    Comuni of the project come first, then those of the province. `birthplaces` adds abolished comuni and foreign countries.
    """
    key = name_key(text)
    if not key:
        return []
    found = Comune.objects.filter(Q(name_key__startswith=key) | Q(name_key__trigram_similar=key))
    if not birthplaces:
        found = found.filter(abolished_on=None, is_foreign=False)
    begins = Case(When(name_key__startswith=key, then=Value(0)), default=Value(1))
    near = Case(When(ambito__isnull=False, then=Value(0)), When(province="SO", then=Value(1)), default=Value(2))
    return list(
        found.order_by(begins, near, F("abolished_on").desc(nulls_first=True), TrigramSimilarity("name_key", key).desc(), "name")[:limit]
    )


def comuni_named(name: str, province: str = "") -> list[Comune]:
    """The present comuni with exactly this name, without regard to accents; more than one when the province is left out."""
    found = Comune.objects.filter(name_key=name_key(name), abolished_on=None, is_foreign=False).order_by("province")
    return list(found.filter(province=province.upper()) if province else found)


def ambito_of(comune: Comune) -> Ambito | None:
    """The Ambito of residence that a comune gives; none outside the project."""
    return comune.ambito


def lead_body(ambito: Ambito) -> Body | None:
    """The lead body of an Ambito: the default payer of its allowances."""
    return Body.objects.filter(ambito=ambito, is_lead=True).first()


def name_key(text: str) -> str:
    """A name as searched and sorted: lower case, without accents, apostrophes and hyphens as spaces."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())
