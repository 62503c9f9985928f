"""What a score lacks, said in words."""

from django.utils.translation import ngettext

from .enums import Level
from .scheme import Scheme, Score


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
