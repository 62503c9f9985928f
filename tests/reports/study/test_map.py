"""Shapes of the comuni: no gap between neighbours, small, one for each; and the drawings that go on page and paper."""

import json
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from impresasolidale.core import charts
from impresasolidale.reports.study.map import Comune, drawn, level
from impresasolidale.territory.models import Comune as Row
from impresasolidale.territory.shapes import TABLE, rings_of, shapes, simplified


def square(code: str, west: float, *, wavy: bool = False) -> dict:
    """A square degree; its eastern border wavers when asked, as its neighbour's western one does."""
    east = west + 1
    border = [[east + (0.001 if n % 2 and wavy else 0), n / 10] for n in range(11)]
    start = [[west + (0.001 if n % 2 and west else 0), n / 10] for n in range(10, -1, -1)]
    ring = [[west, 0], *border, *start] if west == 0 else [*border, *start, border[0]]
    return {"type": "Feature", "properties": {"com_istat_code": code}, "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}


def collection() -> dict:
    return {"type": "FeatureCollection", "features": [square("14001", 0, wavy=True), square("14002", 1)]}


def points(path: str) -> set[tuple[str, ...]]:
    return {tuple(p.split()) for p in path.strip("MZ").split("L")}


def test_a_shared_border_is_thinned_once_for_both():
    paths = simplified(rings_of(collection(), "com_istat_code"), tolerance=3)
    assert set(paths) == {"014001", "014002"}
    middle = {p for p in points(paths["014001"]) if float(p[0]) > 100} & points(paths["014002"])
    assert len(middle) == 2  # the corners alone are left of eleven points, and both have them


def test_the_shipped_file_has_every_comune_of_the_province(db):
    found = shapes()
    assert TABLE.stat().st_size < 60_000
    assert set(found.paths) == set(
        Row.objects.filter(province="SO", abolished_on=None, is_foreign=False).values_list("istat_code", flat=True)
    )
    for code in found.paths:
        x, y = found.middle(code)
        assert 0 < x < 440 and 0 < y < found.height
        assert all(len(ring) >= 3 for ring in found.points(code))


def test_the_command_says_what_is_wrong(tmp_path):
    wrong = tmp_path / "wrong.geojson"
    wrong.write_text(json.dumps(collection()))
    with pytest.raises(CommandError, match="istat"):
        call_command("draw_comuni", wrong, "--code", "istat", "--out", tmp_path / "out.csv")
    wrong.write_text(json.dumps({"features": []}))
    with pytest.raises(CommandError, match="nessun comune"):
        call_command("draw_comuni", wrong, "--out", tmp_path / "out.csv")
    wrong.write_text(json.dumps(collection()))
    call_command("draw_comuni", wrong, "--out", tmp_path / "out.csv")
    assert bool(shapes(tmp_path / "out.csv")) and not shapes(tmp_path / "absent.csv")


@pytest.mark.parametrize(("count", "wanted"), [(None, 1), (0, 0), (5, 2), (9, 2), (10, 3), (19, 3), (20, 4), (500, 4)])
def test_levels(count, wanted):
    assert level(count) == wanted


def test_the_map_differs_without_colour_and_has_no_style():
    codes = [*shapes().paths][:3]
    rows = [Comune(codes[0], "Uno", 0, "nessuno"), Comune(codes[1], "Due", None, "nascosto"), Comune(codes[2], "Tre", 12, "12")]
    chart = drawn(rows, shapes(), least=5)
    assert chart.rows == [["Due", "nascosto"], ["Tre", "12"], ["Uno", "nessuno"]]
    svg = str(chart.svg)
    assert "style=" not in svg and ">12</text>" in svg and 'fill="url(#' in svg and "<title>Due: nascosto</title>" in svg
    assert drawn(rows, shapes(), least=5).svg == chart.svg  # papers are reproducible


def test_a_curve_steps_down_within_its_band():
    points_ = [charts.Point(0, 1, 1, 1, 20), charts.Point(1, 0.8, 0.6, 0.9, 20), charts.Point(2, 0.5, 0.3, 0.7, 12)]
    chart = charts.steps("Prova", points_, name="questi", band="fascia", axis="Mese", counted="osservati", beside=("tutti", [1, 0.9, 0.7]))
    assert chart.head == ["Mese", "questi", "fascia", "osservati"]
    assert chart.rows[1] == ["1", "80\xa0%", "60\xa0% – 90\xa0%", "20"]
    svg = str(chart.svg)
    assert "style=" not in svg and "<title>fascia</title>" in svg and "stroke-dasharray" in svg and ">tutti<" in svg
    line = next(
        part for part in svg.split('d="')[1:] if 'stroke="#0066cc" stroke-width="2.5"' in part and part.startswith("M") and "L" in part
    )
    corners = [tuple(Decimal(n) for n in p.split()) for p in line.split('"')[0].strip("M").split("L")]
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(corners))  # level or straight down, never slanting
