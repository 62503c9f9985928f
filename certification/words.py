"""Levels, figures, and what a score lacks, said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from impresasolidale.core.words import euro, hours

from .enums import Level
from .figures import Figure
from .scheme import Scheme, Score


@dataclass(frozen=True)
class PublicWord:
    """What the public is told a company has, with its articles, and the name of its paper: all masculine, so one sentence fits all."""

    bare: Any
    the: Any
    a: Any
    paper: Any


# The rule book's choices (rule 88): none of them says more than an office may promise (domain.md §12.9).
PUBLIC_WORDS: Mapping[str, PublicWord] = {
    "riconoscimento": PublicWord(
        gettext_lazy("riconoscimento"),
        gettext_lazy("il riconoscimento"),
        gettext_lazy("un riconoscimento"),
        gettext_lazy("Attestato di riconoscimento"),
    ),
    "attestato": PublicWord(
        gettext_lazy("attestato"), gettext_lazy("l'attestato"), gettext_lazy("un attestato"), gettext_lazy("Attestato d'impegno")
    ),
    "marchio": PublicWord(
        gettext_lazy("marchio"), gettext_lazy("il marchio"), gettext_lazy("un marchio"), gettext_lazy("Attestato del marchio")
    ),
}
USUAL = "riconoscimento"


def public_word(code: str) -> PublicWord:
    """The word of a code; the usual one for a paper that was issued before it could be chosen."""
    return PUBLIC_WORDS.get(code, PUBLIC_WORDS[USUAL])


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
