"""Levels, figures, and what a score lacks, said in words."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.core.words import euro, hours

from .enums import Level
from .figures import Figure
from .scheme import Scheme, Score


def level_words(level: Level | None) -> str:
    return str(level.label) if level else _("nessuno")


def figure_words(figure: Figure, value: int) -> str:
    """3 h 30 min of minutes, 150,00 € of cents, or the number."""
    if figure.unit == "hours":
        return hours(value)
    return euro(Decimal(value) / 100) if figure.unit == "euro" else str(value)


def lacking(scheme: Scheme, found: Score, level: str) -> list[str]:
    """What still lacks for a level, in the order of the scheme; nothing when it is reached."""
    return [_say(scheme, kind, code, points) for kind, code, points in found.missing[Level(level)]]


def _say(scheme: Scheme, kind: str, code: str, points: int) -> str:
    if kind == "criterion":
        criterion = scheme.criteria[code]
        first = min((step for step in criterion.steps if step.points), key=lambda step: step.points)
        return f"{criterion.name}: {first.words}"
    if kind == "area":
        area = next(area for area in scheme.areas if area.code == code)
        words = ngettext("ancora %(count)d punto nell'area %(area)s", "ancora %(count)d punti nell'area %(area)s", points)
        return words % {"count": points, "area": area.name}
    return ngettext("ancora %(count)d punto in tutto", "ancora %(count)d punti in tutto", points) % {"count": points}
