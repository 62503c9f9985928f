"""Small charts drawn on the server: the same SVG on the page and in a paper, with its table behind.

Pure functions. Series differ by colour *and* by pattern, dash or marker; every shape of a bar has its own title; only presentation
attributes are used, so the strict CSP holds.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Number = int | float | Decimal
Series = tuple[str, Sequence[Number]]
Part = tuple[str, Number]

INK, SOFT, GRID = "#1a1a1a", "#455b71", "#d5dbe1"
# Two blues and an ochre, at least 3:1 on white, told apart also in grey; then the patterns.
COLOURS = ("#0066cc", "#8a5a00", "#17324d", "#007a52", "#7a3b8f", "#5c6f82")
DASHES = ("", "8 4", "2 4")
WIDTH, LEFT, RIGHT, TOP = 440, 56, 8, 12
FEW = 6  # labels that stand side by side on a phone too


@dataclass(frozen=True)
class Point:
    """A curve at a whole number of the axis: share with its interval, all from 0 to 1, and how many it was read from."""

    at: int
    share: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Area:
    """A shape of a map: SVG path, where its number stands, its name, the words of its value; `level` 0 nothing, 1 hidden, 2 to 4 more and
    more.
    An area without words is drawn pale and is not in the table."""

    path: str
    middle: tuple[float, float]
    name: str
    level: int = 0
    number: str = ""
    words: str = ""


@dataclass(frozen=True)
class Chart:
    """A picture and the rows it was drawn from, as text."""

    title: str
    svg: SafeString
    head: list[str]
    rows: list[list[str]]


def bars(title: str, labels: Sequence[str], series: Sequence[Series], *, stacked: bool = False, unit: str = "", height: int = 250) -> Chart:
    """Bars by label (months): up to three series, side by side or stacked. `unit` "h" means values in minutes, "€" euro."""
    columns = [[Decimal(str(values[i])) for _n, values in series] for i in range(len(labels))]
    tops = [sum(column, Decimal(0)) if stacked else max(column) for column in columns]
    frame = _Frame(title, labels, [name for name, _v in series], max(tops, default=Decimal(0)), unit, height)
    gap = frame.step * 0.22
    width = frame.step - gap if stacked else (frame.step - gap) / max(len(series), 1)
    shapes = []
    for i, label in enumerate(labels):
        base = float(frame.floor)
        for n, (name, values) in enumerate(series):
            size = frame.size(values[i])
            x = frame.left + i * frame.step + gap / 2 + (0 if stacked else n * width)
            top = base - size
            shapes.append(
                format_html(
                    '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{}, {}: {}</title></rect>',
                    _r(x),
                    _r(top),
                    _r(width if stacked else width - 1),
                    _r(size),
                    frame.fill(n),
                    label,
                    name,
                    words(values[i], unit),
                )
            )
            if stacked:
                base -= size
    return _chart(frame, mark_safe("".join(shapes)), labels, series, unit)


def lines(
    title: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[Number | None]]],
    *,
    unit: str = "",
    height: int = 250,
    bounds: tuple[int, int] | None = None,
) -> Chart:
    """Lines over time, up to three; each has its dash and marker. None is a gap: nothing was measured then.

    `bounds` fixes the axis, e.g. (-2, 2), one line a step, with the zero drawn darker; without them it goes from zero to the highest.
    """
    known = [Decimal(str(v)) for _n, vs in series for v in vs if v is not None]
    names = [name for name, _v in series]
    frame = _Frame(title, labels, names, max(known, default=Decimal(0)), unit, height, line=True, bounds=bounds)
    shapes = []
    for n, (name, values) in enumerate(series):
        places = [
            (label, value, frame.left + (i + 0.5) * frame.step, frame.floor - frame.size(value))
            for i, (label, value) in enumerate(zip(labels, values, strict=True))
            if value is not None
        ]
        dash = format_html(' stroke-dasharray="{}"', DASHES[n]) if DASHES[n] else ""
        path = " ".join(f"{_r(x)},{_r(y)}" for _l, _v, x, y in places)
        if len(places) > 1:
            shapes.append(format_html('<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5"{}/>', path, COLOURS[n], dash))
        for label, value, x, y in places:
            shapes.append(format_html("<g><title>{}, {}: {}</title>{}</g>", label, name, words(value, unit), _marker(n, x, y)))
    return _chart(frame, mark_safe("".join(shapes)), labels, series, unit)


def steps(
    title: str, points: Sequence[Point], *, name: str, band: str, axis: str, counted: str, beside: tuple[str, Sequence[float]] | None = None
) -> Chart:
    """A step curve in per cent with its band, and the curve of all `beside` it, dashed. `axis` and `counted` head the columns of its
    table.
    """
    labels = [str(point.at) for point in points]
    frame = _Frame(title, labels, [name, beside[0]] if beside else [name], Decimal(100), "%", 250, line=True)

    def x(n: float) -> float:
        return frame.left + (n + 0.5) * frame.step

    def y(share: float) -> float:
        return frame.floor - frame.size(share * 100)

    def stairs(values: Sequence[float]) -> list[tuple[float, float]]:
        """Level up to the next point, then down or up to it."""
        corners = [(x(0), y(values[0]))]
        for n in range(1, len(values)):
            corners += [(x(n), y(values[n - 1])), (x(n), y(values[n]))]
        return corners

    def path(corners: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{_r(at)} {_r(height)}" for at, height in corners)

    shapes = []
    if points:
        edge = [*stairs([p.high for p in points]), *reversed(stairs([p.low for p in points]))]
        shapes.append(format_html('<path d="{}Z" fill="{}" fill-opacity=".18"><title>{}</title></path>', path(edge), COLOURS[0], band))
        if beside and beside[1]:
            shapes.append(
                format_html(
                    '<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>',
                    path(stairs(beside[1][: len(points)])),
                    COLOURS[1],
                    DASHES[1],
                )
            )
        corners = stairs([p.share for p in points])
        shapes.append(format_html('<path d="{}" fill="none" stroke="{}" stroke-width="2.5"/>', path(corners), COLOURS[0]))
    counts = [[str(p.count)] if counted else [] for p in points]
    rows = [
        [str(p.at), _percent(p.share), f"{_percent(p.low)} – {_percent(p.high)}", *count] for p, count in zip(points, counts, strict=True)
    ]
    described = "; ".join(f"{row[0]}: {row[1]} ({row[2]})" for row in rows[:: max(len(rows) // 6, 1)])
    drawn = _svg(title, frame.key, frame.height, frame.draw() + mark_safe("".join(shapes)), described)
    return Chart(title, drawn, [axis, name, band, *([counted] if counted else [])], rows)


AREA_FILLS = ("#ffffff", "", "#b9d5f1", "#4d94db", "#0059b3")  # level 1 is hatched; a number stands on the others


def areas(title: str, parts: Sequence[Area], *, legend: Sequence[tuple[int, str]], height: int, head: tuple[str, str]) -> Chart:
    """A map: levels by colour and by number, what is hidden hatched. `legend` names the levels that occur; `head` the table's two
    columns.
    """
    key = _key(title, [(part.name, part.words) for part in parts])
    hatch = format_html(
        '<defs><pattern id="{0}-h" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#f3f3f3"/>'
        '<path d="M-1 6L6 -1M-1 1L1 -1M4 6L6 4" stroke="{1}" stroke-width=".8"/></pattern></defs>',
        key,
        SOFT,
    )

    def fill(level: int) -> str:
        return f"url(#{key}-h)" if level == 1 else AREA_FILLS[level]

    shapes = []
    for part in parts:
        title_of = f"{part.name}: {part.words}" if part.words else part.name
        shapes.append(
            format_html(
                '<path d="{}" fill="{}" stroke="{}" stroke-width=".7"><title>{}</title></path>',
                part.path,
                fill(part.level) if part.words else "#eceff2",
                SOFT if part.words else "#c3ccd4",
                title_of,
            )
        )
    for part in parts:
        if part.number:
            shapes.append(
                format_html(
                    '<text class="at" x="{}" y="{}" text-anchor="middle" font-size="9" font-weight="700" fill="{}">{}</text>',
                    _r(part.middle[0]),
                    _r(part.middle[1] + 3),
                    "#fff" if part.level == 4 else INK,
                    part.number,
                )
            )
    for n, (level, label) in enumerate(legend):
        top = height + 6 + 20 * n
        shapes.append(
            format_html(
                '<rect x="4" y="{}" width="22" height="14" fill="{}" stroke="{}"/><text x="34" y="{}" font-size="13" fill="{}">{}</text>',
                top,
                fill(level),
                SOFT,
                top + 12,
                INK,
                label,
            )
        )
    told = [part for part in parts if part.words]
    described = "; ".join(f"{part.name}: {part.words}" for part in told if part.level > 1)
    drawn = _svg(title, key, height + 10 + 20 * len(legend), hatch + mark_safe("".join(shapes)), described)
    return Chart(title, drawn, [*head], [[part.name, part.words] for part in told])


def donut(title: str, parts: Sequence[Part], *, unit: str = "") -> Chart:
    """Shares of a whole, up to six, with their words beside."""
    total = sum((Decimal(str(value)) for _n, value in parts), Decimal(0))
    key, radius, centre = _key(title, parts), 62, 80
    around, turned, shapes = 2 * math.pi * radius, 0.0, []
    for n, (name, value) in enumerate(parts):
        share = float(Decimal(str(value)) / total) if total else 0.0
        if share:
            shapes.append(
                format_html(
                    '<circle cx="{0}" cy="{0}" r="{1}" fill="none" stroke="{2}" stroke-width="34" stroke-dasharray="{3} {4}"'
                    ' transform="rotate({5} {0} {0})"><title>{6}: {7}</title></circle>',
                    centre,
                    radius,
                    COLOURS[n],
                    _r(max(around * share - 2, 0.5)),
                    _r(around),
                    _r(turned * 360 - 90),
                    name,
                    words(value, unit),
                )
            )
        if share >= 0.07:
            angle = 2 * math.pi * (turned + share / 2) - math.pi / 2
            shapes.append(
                format_html(
                    '<text x="{}" y="{}" text-anchor="middle" font-size="13" font-weight="700" fill="#fff">{}%</text>',
                    _r(centre + radius * math.cos(angle)),
                    _r(centre + radius * math.sin(angle) + 4),
                    round(100 * share),
                )
            )
        turned += share
    middle = format_html(
        '<text x="{0}" y="{1}" text-anchor="middle" font-size="19" font-weight="700" fill="{2}">{3}</text>',
        centre,
        centre + 6,
        INK,
        words(total, unit, short=True),
    )
    legend = _parts_legend(parts, unit, total, COLOURS, x=178, y=max(30, 84 - 12 * len(parts)))
    return _shares(title, key, 164, mark_safe("".join(shapes)) + middle + legend, parts, unit)


def share_bar(title: str, parts: Sequence[Part], *, unit: str = "") -> Chart:
    """One bar cut into its parts, up to six, with their words below."""
    total = sum((Decimal(str(value)) for _n, value in parts), Decimal(0))
    key, x, shapes = _key(title, parts), 0.0, []
    for n, (name, value) in enumerate(parts):
        width = float(Decimal(str(value)) / total) * WIDTH if total else 0.0
        shapes.append(
            format_html(
                '<rect x="{}" y="0" width="{}" height="34" fill="{}"><title>{}: {}</title></rect>',
                _r(x),
                _r(max(width - 2, 0)),
                _fill(key, n),
                name,
                words(value, unit),
            )
        )
        x += width
    legend = _parts_legend(parts, unit, total, [_fill(key, n) for n in range(len(parts))], x=0, y=60)
    return _shares(title, key, 52 + 24 * len(parts), _patterns(key, len(parts)) + mark_safe("".join(shapes)) + legend, parts, unit)


def words(value: Number | None, unit: str = "", *, short: bool = False) -> str:
    """A value as the charts and their tables write it. "h" takes minutes; `short` drops what an axis has no room for; none is a dash."""
    if value is None:
        return "–"
    number = Decimal(str(value))
    if unit == "h":
        minutes = int(number)
        whole = f"{number_format(minutes // 60, force_grouping=True)}\u00a0h"
        return whole if short or minutes % 60 == 0 else f"{whole}\u00a0{minutes % 60}\u00a0min"
    places = 0 if short or (number == number.to_integral() and unit != "€") else 2
    if short and number and abs(number) < 10 and number != number.to_integral():
        places = 1
    return number_format(number, decimal_pos=places, force_grouping=True) + (f"\u00a0{unit}" if unit else "")


# --- Drawing


class _Frame:
    """Axes, grid, legend of a chart with a month axis."""

    def __init__(
        self,
        title: str,
        labels: Sequence[str],
        names: Sequence[str],
        top: Decimal,
        unit: str,
        height: int,
        *,
        line: bool = False,
        bounds: tuple[int, int] | None = None,
    ) -> None:
        self.title, self.labels, self.names, self.unit, self.height, self.line = title, labels, names, unit, height, line
        self.key = _key(title, names)
        self.legend_height = 26 if len(names) > 1 else 0
        self.floor = height - 26
        self.head = TOP + self.legend_height
        self.tick: Decimal = nice_step(top / 60 if unit == "h" else top) * (60 if unit == "h" else 1)
        self.low, self.top = Decimal(0), self.tick * max((top / self.tick).to_integral_value(ROUND_CEILING), Decimal(1))
        if bounds:
            self.tick, self.low, self.top = Decimal(1), Decimal(bounds[0]), Decimal(bounds[1])
        # Room for the longest number of the axis, as large as a phone writes it.
        self.left = max(LEFT, 10 + 8.3 * len(words(self.top, unit, short=True)))
        self.step = (WIDTH - self.left - RIGHT) / max(len(labels), 1)

    def size(self, value: Number) -> float:
        return float((Decimal(str(value)) - self.low) / (self.top - self.low)) * (self.floor - self.head)

    def fill(self, n: int) -> str:
        return _fill(self.key, n)

    def draw(self) -> SafeString:
        grid = []
        for i in range(int((self.top - self.low) / self.tick) + 1):
            mark = self.low + self.tick * i
            y = self.floor - self.size(mark)
            grid.append(
                format_html(
                    '<path d="M{0} {1}H{2}" stroke="{3}"/><text x="{4}" y="{5}" text-anchor="end" font-size="13" fill="{6}">{7}</text>',
                    _r(self.left),
                    _r(y),
                    WIDTH - RIGHT,
                    SOFT if mark == max(self.low, Decimal(0)) else GRID,
                    _r(self.left - 6),
                    _r(y + 4),
                    SOFT,
                    words(mark, self.unit, short=True),
                )
            )
        every = math.ceil(len(self.labels) / 13) if self.labels else 1
        axis = format_html_join(
            "",
            '<text class="{}" x="{}" y="{}" text-anchor="middle" font-size="13" fill="{}">{}</text>',
            (
                (
                    "odd" if len(self.labels) > FEW and i // every % 2 else "even",
                    _r(self.left + (i + 0.5) * self.step),
                    self.floor + 19,
                    SOFT,
                    label,
                )
                for i, label in enumerate(self.labels)
                if i % every == 0
            ),
        )
        return (mark_safe("") if self.line else _patterns(self.key, len(self.names))) + mark_safe("".join(grid)) + axis + self._legend()

    def _legend(self) -> SafeString:
        if len(self.names) < 2:
            return mark_safe("")
        drawn, x = [], float(self.left)
        for n, name in enumerate(self.names):
            if self.line:
                dash = format_html(' stroke-dasharray="{}"', DASHES[n]) if DASHES[n] else ""
                drawn.append(
                    format_html(
                        '<path d="M{0} 12h22" stroke="{1}" stroke-width="2.5"{2}/>{3}', _r(x), COLOURS[n], dash, _marker(n, x + 11, 12)
                    )
                )
            else:
                drawn.append(format_html('<rect x="{}" y="5" width="22" height="14" fill="{}"/>', _r(x), self.fill(n)))
            drawn.append(format_html('<text x="{}" y="17" font-size="13" fill="{}">{}</text>', _r(x + 28), INK, name))
            x += 46 + 7.6 * len(name)
        return mark_safe("".join(drawn))


def nice_step(top: Decimal) -> Decimal:
    """A round step that gives two to five lines up to `top`: 1, 2 or 5 times a power of ten, never under one."""
    rough = max(top / 4, Decimal("0.25"))
    power = Decimal(10) ** rough.adjusted()
    step = next(m * power for m in (Decimal(1), Decimal(2), Decimal(5), Decimal(10)) if m * power >= rough)
    return max(step, Decimal(1))


def _chart(
    frame: _Frame, shapes: SafeString, labels: Sequence[str], series: Sequence[tuple[str, Sequence[Number | None]]], unit: str
) -> Chart:
    rows = [[label, *(words(values[i], unit) for _n, values in series)] for i, label in enumerate(labels)]
    names = [name for name, _v in series]
    return Chart(frame.title, _svg(frame.title, frame.key, frame.height, frame.draw() + shapes, ", ".join(names)), ["", *names], rows)


def _shares(title: str, key: str, height: int, inner: SafeString, parts: Sequence[Part], unit: str) -> Chart:
    rows = [[name, words(value, unit)] for name, value in parts]
    return Chart(title, _svg(title, key, height, inner, "; ".join(": ".join(row) for row in rows)), ["", title], rows)


def _svg(title: str, key: str, height: int, inner: SafeString, description: str) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{0}-t {0}-d" viewBox="0 0 {1} {2}"'
        ' font-family="Titillium Web, sans-serif">'
        '<title id="{0}-t">{3}</title><desc id="{0}-d">{4}</desc>{5}</svg>',
        key,
        WIDTH,
        height,
        title,
        description,
        inner,
    )


def _parts_legend(parts: Sequence[Part], unit: str, total: Decimal, fills: Sequence[str], *, x: int, y: int) -> SafeString:
    drawn = []
    for n, (name, value) in enumerate(parts):
        share = f"{round(100 * Decimal(str(value)) / total) if total else 0}\u00a0%"
        drawn.append(
            format_html(
                '<rect x="{}" y="{}" width="14" height="14" fill="{}"/><text x="{}" y="{}" font-size="14" fill="{}">{} · {} · {}</text>',
                x,
                y + 24 * n - 12,
                fills[n],
                x + 22,
                y + 24 * n,
                INK,
                name,
                words(value, unit),
                share,
            )
        )
    return mark_safe("".join(drawn))


def _patterns(key: str, count: int) -> SafeString:
    """Every second colour is hatched, so that neighbours differ without colour."""
    hatch = format_html_join(
        "",
        '<pattern id="{0}-p{1}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="{2}"/>'
        '<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" stroke="#fff" stroke-width="1.4"/></pattern>',
        ((key, n, COLOURS[n]) for n in range(1, count, 2)),
    )
    return format_html("<defs>{}</defs>", hatch) if hatch else mark_safe("")


def _fill(key: str, n: int) -> str:
    return f"url(#{key}-p{n})" if n % 2 else COLOURS[n]


def _marker(n: int, x: float, y: float) -> SafeString:
    shape = {
        0: f'<circle cx="{_r(x)}" cy="{_r(y)}" r="4"',
        1: f'<rect x="{_r(x - 4)}" y="{_r(y - 4)}" width="8" height="8"',
        2: f'<path d="M{_r(x)} {_r(y - 5)}L{_r(x + 5)} {_r(y + 4)}H{_r(x - 5)}Z"',
    }[n]
    return mark_safe(f'{shape} fill="{COLOURS[n]}" stroke="#fff"/>')


def _key(title: str, names: object) -> str:
    """Ids inside the page are the chart's own, and the same at every rendering (papers are reproducible)."""
    return "c" + hashlib.sha256(f"{title}{names}".encode()).hexdigest()[:8]


def _percent(share: float) -> str:
    return f"{int(Decimal(str(share * 100)).to_integral_value(ROUND_HALF_UP))}\u00a0%"


def _r(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
