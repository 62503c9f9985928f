"""The logo that a recognised company shows: level and years, in colour, in one ink, in white for dark grounds. As SVG and as PNG.

Letters are drawn as shapes, so that the logo looks the same where the font is not. One drawing, given as SVG paths, makes both files.
"""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from .enums import STEPS, Level

BLUE, PALE, NAVY, WHITE = "#0066cc", "#7fb2e5", "#17324d", "#ffffff"
HEIGHT, GAP = 120.0, 22.0  # of the drawing, in its own units
EDGE = 12.0  # kept free around it
PEAK = "M{x} {y}l9 -15.5a2.2 2.2 0 0 1 3.8 0l9 15.5Z"
# The product's mark in a box of 48 (core/logo-colour.svg): somebody between two mountains.
MARK = (
    ("M29 10a5 5 0 1 1 -10 0a5 5 0 1 1 10 0Z", 0),
    ("M3 42 16.5 18.5a3 3 0 0 1 5.2 0L35 42Z", 0),
    ("m24.5 19.6 1.8-3.1a3 3 0 0 1 5.2 0L46 42h-8.4Z", 1),
)


@dataclass(frozen=True)
class Variant:
    """`inks`: of the mark's two parts, of the name, of the words under it, of a peak not yet reached."""

    code: str
    inks: tuple[str, str, str, str, str]
    ground: str = ""  # a ground the page shows it on; the files themselves have none


VARIANTS = (
    Variant("colore", (BLUE, PALE, NAVY, NAVY, "#c9d6e3")),
    Variant("nero", ("#000000", "#000000", "#000000", "#000000", "#bdbdbd")),
    Variant("bianco", (WHITE, WHITE, WHITE, WHITE, "#7d8da0"), NAVY),
)
BY_CODE = {variant.code: variant for variant in VARIANTS}


@dataclass(frozen=True)
class Shape:
    path: str
    ink: str
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0


@lru_cache(maxsize=2)
def _font(weight: str) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(settings.TITILLIUM_DIR / f"TitilliumWeb-{weight}.ttf")


@lru_cache(maxsize=64)
def _letters(text: str, weight: str, size: float) -> tuple[str, float]:
    """(SVG path with its origin at the baseline's beginning, width)."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    font = _font(weight)
    glyphs, names, at = font.getGlyphSet(), font.getBestCmap(), 0.0
    scale, pen = size / font["head"].unitsPerEm, SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
    for letter in text:
        glyph = glyphs[names[ord(letter)]]
        glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, at, 0)))
        at += glyph.width * scale
    return pen.getCommands(), at


def _shapes(level: Level, years: str, variant: Variant) -> tuple[list[Shape], float]:
    """The drawing and its width. Peaks under the name say the step: one, two, three of three."""
    first, second, name, words, rest = variant.inks
    found = [Shape(path, (first, second)[part], 2.5, EDGE - 6, EDGE - 12) for path, part in MARK]
    left = EDGE + 108 + GAP
    title, wide = _letters(str(level.label), "Bold", 46)
    under, also = _letters(f"Impresasolidale  {years}", "SemiBold", 21)
    found += [Shape(title, name, 1, left, EDGE + 44), Shape(under, words, 1, left, EDGE + 73)]
    reached = STEPS.index(level) + 1
    for n in range(len(STEPS)):
        found.append(Shape(PEAK.format(x=0, y=0), first if n < reached else rest, 1, left + 27 * n, EDGE + 98))
    return found, left + max(wide, also) + EDGE


def years_of(first: int, last: int) -> str:
    return f"{first}–{last}"


def svg(level: Level, years: str, variant: Variant) -> str:
    """A file of its own: no font, no style sheet, nothing to fetch."""
    shapes, width = _shapes(level, years, variant)
    inner = "".join(
        f'<path fill="{s.ink}" transform="translate({s.x:g} {s.y:g}){f" scale({s.scale:g})" if s.scale != 1 else ""}" d="{s.path}"/>'
        for s in shapes
    )
    title = f"{level.label}, Impresasolidale {years}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {HEIGHT:.0f}"'
        f' width="{width:.0f}" height="{HEIGHT:.0f}"><title>{title}</title>{inner}</svg>'
    )


def png(level: Level, years: str, variant: Variant, *, width: int = 1600) -> bytes:
    """The same picture on a transparent ground, `width` pixels wide; drawn four times as large and brought down, for smooth edges."""
    from PIL import Image, ImageChops, ImageDraw

    shapes, wide = _shapes(level, years, variant)
    finer = 4
    factor = width * finer / round(wide)
    size = (width * finer, round(HEIGHT * factor))
    picture = Image.new("RGBA", size, variant.inks[2] + "00")
    for shape in shapes:
        mask = Image.new("1", size)
        for ring in _rings(shape.path):
            one = Image.new("1", size)
            points = [((x * shape.scale + shape.x) * factor, (y * shape.scale + shape.y) * factor) for x, y in ring]
            ImageDraw.Draw(one).polygon(points, fill=1)
            mask = ImageChops.logical_xor(mask, one)  # a letter's hole is a ring in a ring
        picture.paste(Image.new("RGBA", size, shape.ink), mask=mask)
    out = io.BytesIO()
    picture.resize((width, round(size[1] / finer)), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _rings(path: str) -> Iterator[list[tuple[float, float]]]:
    """The closed lines of a path, its curves as short straight pieces."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.svgLib.path import parse_path

    pen = DecomposingRecordingPen({})
    parse_path(path, pen)
    ring: list[tuple[float, float]] = []
    for step, points in pen.value:
        if step in ("moveTo", "closePath", "endPath"):
            if len(ring) > 2:
                yield ring
            ring = [points[0]] if step == "moveTo" else []
        elif step == "lineTo":
            ring.append(points[0])
        else:
            ring += _curve(ring[-1], points, cubic=step == "curveTo")


def _curve(start: tuple[float, float], points: Any, *, cubic: bool, pieces: int = 12) -> list[tuple[float, float]]:
    from fontTools.pens.basePen import decomposeQuadraticSegment

    found = []
    for part in [points] if cubic else decomposeQuadraticSegment(points):
        ends = [start, *part]
        for n in range(1, pieces + 1):
            level, t = ends, n / pieces
            while len(level) > 1:  # de Casteljau
                level = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in itertools.pairwise(level)]
            found.append(level[0])
        start = ends[-1]
    return found
