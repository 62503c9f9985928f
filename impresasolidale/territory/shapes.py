"""The borders of the comuni as small shapes for a map: read, thinned out without gaps between neighbours, kept in one file.

Source of the shipped file: ISTAT, administrative boundaries of 1 January 2023 (CC BY 3.0 IT, later CC BY 4.0), by way of
openpolis/geojson-italy
(CC BY 4.0); projected and simplified here. Another territory makes its own with `draw_comuni` (docs/operations/map.md). Pure functions.
"""

import csv
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "data" / "comuni_shapes.csv"
SOURCE = "ISTAT, confini amministrativi (CC BY), semplificati"
WIDTH = 440  # of the box all shapes are drawn in: the width of core.charts
Point = tuple[float, float]
Ring = list[Point]
Rings = dict[str, list[Ring]]


@dataclass(frozen=True)
class Shapes:
    """ISTAT code → SVG path, in a box of WIDTH × `height`, and the point of each comune where a number can stand."""

    paths: Mapping[str, str]
    height: int

    def __bool__(self) -> bool:
        return bool(self.paths)

    def points(self, code: str) -> list[list[Point]]:
        """The rings of a comune again as points."""
        return [[(float(x), float(y)) for x, y in _POINT.findall(ring)] for ring in self.paths[code].split("Z") if ring]

    def middle(self, code: str) -> Point:
        """The centre of gravity of its largest part."""
        return max((_gravity(ring) for ring in self.points(code)), key=lambda found: found[0])[1]


_POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")


@cache
def shapes(table: Path = TABLE) -> Shapes:
    """The shapes of the installation; empty where nobody has made the file."""
    if not table.exists():
        return Shapes({}, 0)
    with table.open(encoding="utf-8", newline="") as file:
        paths = {row["istat_code"]: row["path"] for row in csv.DictReader(file)}
    lowest = max((float(y) for path in paths.values() for _x, y in _POINT.findall(path)), default=0)
    return Shapes(paths, math.ceil(lowest) + 4)


# --- Making the file


def rings_of(collection: Mapping[str, Any], code: str) -> Rings:
    """The rings (outer and holes) of each feature of a GeoJSON collection, by its property `code`, written with six digits.

    Raises KeyError where a feature has no such property.
    """
    found: Rings = defaultdict(list)
    for feature in collection["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        name = str(feature["properties"][code]).zfill(6)
        found[name] += [[(float(p[0]), float(p[1])) for p in ring] for polygon in polygons for ring in polygon]
    return dict(found)


def simplified(rings: Rings, *, tolerance: float) -> dict[str, str]:
    """SVG paths in the box: longitude and latitude in degrees laid flat around the middle latitude, then each border thinned out once.

    `tolerance` is in units of the box (Douglas–Peucker). A border that two comuni share is cut where a third one begins, and both take the
    same thinned piece, so no gap opens between them. Parts too small to be seen fall away; of each comune at least the largest stays.
    """
    boxed = _boxed(rings)
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for parts in boxed.values():
        for ring in parts:
            for here, there in pairwise(ring):
                neighbours[here].add(there)
                neighbours[there].add(here)
    corners = {point for point, around in neighbours.items() if len(around) > 2}
    paths = {}
    for code, parts in boxed.items():
        thin = sorted((_thinned(ring, corners, tolerance) for ring in parts), key=lambda ring: -_gravity(ring)[0])
        kept = [ring for n, ring in enumerate(thin) if len(ring) > 3 and (n == 0 or _gravity(ring)[0] > 4)]
        paths[code] = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring[:-1]) + "Z" for ring in kept)
    return paths


def _boxed(rings: Rings) -> Rings:
    every = [point for parts in rings.values() for ring in parts for point in ring]
    west, east = min(x for x, _y in every), max(x for x, _y in every)
    south, north = min(y for _x, y in every), max(y for _x, y in every)
    flat = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 8) / ((east - west) * flat)

    def place(point: Point) -> Point:
        return (round(4 + (point[0] - west) * flat * scale, 1), round(4 + (north - point[1]) * scale, 1))

    def walk(ring: Ring) -> Ring:
        placed = [place(point) for point in ring]
        placed = [p for n, p in enumerate(placed) if n == 0 or p != placed[n - 1]]
        return placed if placed[0] == placed[-1] else [*placed, placed[0]]

    return {code: [walk(ring) for ring in parts] for code, parts in rings.items()}


def _thinned(ring: Ring, corners: set[Point], tolerance: float) -> Ring:
    if len(ring) < 4:
        return ring
    first = next((n for n, point in enumerate(ring) if point in corners), None)
    if first is None:  # an island: cut it at its lowest point and the one farthest from there
        start = ring.index(min(ring[:-1]))
        ring = [*ring[start:-1], *ring[: start + 1]]
        far = max(range(len(ring)), key=lambda n: math.dist(ring[0], ring[n]))
        cuts = [0, far, len(ring) - 1]
    else:
        ring = [*ring[first:-1], *ring[: first + 1]]
        cuts = [n for n, point in enumerate(ring) if point in corners]
    out: Ring = [ring[0]]
    for here, there in pairwise(cuts):
        piece = ring[here : there + 1]
        backwards = piece[-1] < piece[0] or (piece[-1] == piece[0] and piece[-2] < piece[1])
        thin = _peucker(piece[::-1] if backwards else piece, tolerance)
        out += (thin[::-1] if backwards else thin)[1:]
    return out


def _peucker(line: Sequence[Point], tolerance: float) -> list[Point]:
    """Douglas–Peucker: the ends, and what is farther than `tolerance` from the straight line between them."""
    if len(line) < 3:
        return list(line)
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def far(point: Point) -> float:
        if not length:
            return math.dist(point, line[0])
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    most = max(range(1, len(line) - 1), key=lambda n: far(line[n]))
    if far(line[most]) <= tolerance:
        return [line[0], line[-1]]
    return [*_peucker(line[: most + 1], tolerance)[:-1], *_peucker(line[most:], tolerance)]


def _gravity(ring: Sequence[Point]) -> tuple[float, Point]:
    """Area and centre of gravity of a ring."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    if not area:
        return 0.0, ring[0] if ring else (0.0, 0.0)
    return abs(area) / 2, (x / (3 * area), y / (3 * area))
