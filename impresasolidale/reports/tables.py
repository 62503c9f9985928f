"""The frozen tables of a report: what page, PDF, spreadsheet and CSV show, all from the same values. Pure.

Labels are kept in Italian, as papers are; a page translates those that are words of ours (`WORD` columns, heads, titles).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from impresasolidale.core import charts, small_numbers
from impresasolidale.core.spreadsheets import Cell, Minutes, Sheet
from impresasolidale.core.words import NOTHING, day_short, euro, hours
from impresasolidale.core.words import percent as percent_words

from .queries.monitoring import percent


class Said(str):
    """A sentence with numbers inside, in Italian as papers are; it remembers its words without them, and so can be said again in the
    reader's language (`read`)."""

    words: str
    values: dict[str, Any]

    def __new__(cls, words: Any, **values: Any) -> "Said":
        made = super().__new__(cls, str(words) % values)
        made.words, made.values = str(words), values
        return made

    __slots__ = ("values", "words")


def read(sentence: str) -> str:
    """A kept sentence in the reader's language; words of ours among its values too."""
    if isinstance(sentence, Said):
        return _(sentence.words) % {name: _(v) if isinstance(v, str) and v else v for name, v in sentence.values.items()}
    return _(sentence) if sentence else ""


def _kept(sentence: Any) -> Any:
    return {"words": sentence.words, "values": sentence.values} if isinstance(sentence, Said) else str(sentence)


def _said(kept: Any) -> str:
    return Said(kept["words"], **kept["values"]) if isinstance(kept, dict) else kept


class Kind(StrEnum):
    """What a column holds. None is nothing to show, or hidden because it is small (rule 88)."""

    TEXT = "text"  # a name, as it is
    WORD = "word"  # a word of ours, translated on the page
    INT = "int"
    MINUTES = "minutes"
    EURO = "euro"
    PERCENT = "percent"  # whole, half-up
    DAY = "day"


SUMMED = {Kind.INT, Kind.MINUTES, Kind.EURO}
NUMERIC = SUMMED | {Kind.PERCENT}


@dataclass(frozen=True)
class Column:
    """`ratio`: the positions of the two columns that a PERCENT column divides, in a row and in the totals alike.

    `is_summed` False: numbers that may not be added up, as people who come back in several rows.
    """

    label: str
    kind: Kind = Kind.TEXT
    ratio: tuple[int, int] | None = None
    is_summed: bool = True

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Table:
    """`code` is its address and the name of its CSV; `totals` are the sums of the rows, or None; `note` says how to read it."""

    code: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None
    note: str = ""

    @property
    def head(self) -> list[str]:
        return [column.label for column in self.columns]


class Figure(NamedTuple):
    """A number that stands above the tables."""

    label: str
    value: Any
    kind: Kind = Kind.INT


@dataclass(frozen=True)
class Picture:
    """A chart as values, drawn by core.charts when it is shown: `shape` is one of its functions' names. `series`: (name, values)."""

    shape: str
    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[Any, ...]], ...]
    unit: str = ""

    def draw(self) -> charts.Chart:
        if self.shape in ("bars", "lines"):
            drawer: Callable[..., charts.Chart] = getattr(charts, self.shape)
            return drawer(self.title, self.labels, self.series, unit=self.unit)
        parts = list(zip(self.labels, self.series[0][1], strict=True))
        return (
            charts.donut(self.title, parts, unit=self.unit)
            if self.shape == "donut"
            else charts.share_bar(self.title, parts, unit=self.unit)
        )


@dataclass(frozen=True)
class Content:
    """Everything a report says. `notes`: where its numbers come from, a sentence each. `empty`: said when there is nothing to count."""

    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = field(default=())
    empty: str = ""

    def table(self, code: str) -> Table:
        """Raises KeyError."""
        return {table.code: table for table in self.tables}[code]


# --- Making them


def table(code: str, title: Any, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, total: Any = "", note: Any = "") -> Table:
    """A table of rows, its percentages worked out; with `total`, the words of the last line, its sums too."""
    done = tuple(_with_ratios(columns, row) for row in rows)
    totals = _with_ratios(columns, _sums(columns, done, str(total))) if total else None
    frozen = tuple(Column(str(c.label), c.kind, c.ratio, c.is_summed) for c in columns)
    return Table(code, str(title), frozen, done, totals, note if isinstance(note, Said) else str(note))


def masked(
    code: str, title: Any, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, least: int, total: Any, note: Any = ""
) -> Table:
    """The same where it leaves the Ambito: the first numeric column counts people, and hides a row's other numbers with it (rule 88).

    Of the totals nothing is worked out again: they are shown unless the whole is small itself.
    """
    whole = table(code, title, columns, rows, total=total, note=note)
    people = next(n for n, column in enumerate(columns) if column.is_numeric)
    counts = [int(row[people] or 0) for row in whole.rows]  # type: ignore[arg-type]
    shown = small_numbers.hide_parts(counts, least)
    assert whole.totals is not None
    all_hidden = small_numbers.hide_total(counts, least) is None
    rows_shown = tuple(
        row if count is not None and not all_hidden else _hide(columns, row) for row, count in zip(whole.rows, shown, strict=True)
    )
    return Table(
        whole.code, whole.title, whole.columns, rows_shown, _hide(columns, whole.totals) if all_hidden else whole.totals, whole.note
    )


def hidden_down(whole: Table, least: int) -> Table:
    """A table with totals whose numeric columns each tell one count of people apart, row by row: what is small goes, with what would give
    it away (rule 88)."""
    rows, totals = [list(row) for row in whole.rows], list(whole.totals or ())
    for n, column in enumerate(whole.columns):
        if column.is_numeric:
            counts: list[Any] = [row[n] for row in whole.rows]
            total = small_numbers.hide_total(counts, least)
            for row, shown in zip(rows, small_numbers.hide_parts(counts, least), strict=True):
                row[n] = None if total is None else shown
            totals[n] = total
    return replace(whole, rows=tuple(map(tuple, rows)), totals=tuple(totals))


def hidden_across(whole: Table, least: int) -> Table:
    """A table without totals: in each row the first number is the sum of the others."""
    first = next(n for n, column in enumerate(whole.columns) if column.is_numeric)
    assert whole.totals is None
    rows = []
    for row in whole.rows:
        parts: list[Any] = list(row[first + 1 :])
        total = small_numbers.hide_total(parts, least)
        shown = [None] * len(parts) if total is None else small_numbers.hide_parts(parts, least)
        rows.append((*row[:first], total, *shown))
    return replace(whole, rows=tuple(rows))


def _hide(columns: Sequence[Column], row: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(None if column.is_numeric else cell for column, cell in zip(columns, row, strict=True))


def _sums(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], words: str) -> list[Cell]:
    found: list[Cell] = []
    for n, column in enumerate(columns):
        if column.kind in SUMMED and column.is_summed and n:
            values: list[Any] = [row[n] for row in rows if row[n] is not None]
            found.append(sum(values, Decimal(0)) if column.kind == Kind.EURO else sum(values))
        else:
            found.append(words if n == 0 else None)
    return found


def _with_ratios(columns: Sequence[Column], row: Sequence[Cell]) -> tuple[Cell, ...]:
    cells: list[Any] = list(row)
    for n, column in enumerate(columns):
        if column.ratio:
            part, whole = (cells[at] for at in column.ratio)
            cells[n] = None if part is None or whole is None else percent(int(part), int(whole))
    return tuple(cells)


# --- Showing them


def written(cell: Any, kind: str) -> str:
    """A cell as page and paper write it."""
    if cell is None:
        return NOTHING
    match kind:
        case Kind.MINUTES:
            return hours(cell)
        case Kind.EURO:
            return euro(cell)
        case Kind.PERCENT:
            return percent_words(cell)
        case Kind.DAY:
            return day_short(cell)
        case Kind.INT:
            return number_format(cell, force_grouping=True)
        case Kind.WORD:
            return _(cell) if cell else NOTHING
    return str(cell) or NOTHING


def sheet_cells(table: Table, row: Sequence[Cell]) -> list[Cell]:
    """A row as spreadsheet and CSV take it: typed, minutes as durations."""
    kinds = [column.kind for column in table.columns]
    return [Minutes(c) if k == Kind.MINUTES and isinstance(c, int) else c for c, k in zip(row, kinds, strict=True)]


def csv_rows(table: Table) -> Iterable[list[Cell]]:
    """The rows, and the totals last: the head is `table.head`."""
    yield from (sheet_cells(table, row) for row in table.rows)
    if table.totals:
        yield sheet_cells(table, table.totals)


def sheets_of(content: Content, *, title: str, about: Sequence[tuple[str, str]]) -> Iterable[Sheet]:
    """A sheet a table, and one that says what the report is."""
    for one in content.tables:
        total = sheet_cells(one, one.totals) if one.totals else None
        yield Sheet(one.title, one.head, (sheet_cells(one, row) for row in one.rows), title=f"{one.title} · {title}", total=total)
    notes = [("", note) for note in (content.empty, *content.notes) if note]
    yield Sheet("Informazioni", ["Che cosa", "Valore"], [*about, *notes], title=title)


# --- Keeping them


def as_values(content: Content) -> dict[str, Any]:
    """As JSON values: euro as text, days in ISO form."""
    return {
        "tables": [
            {
                "code": t.code,
                "title": t.title,
                "columns": [{"label": c.label, "kind": str(c.kind), "ratio": list(c.ratio) if c.ratio else None} for c in t.columns],
                "rows": [[_plain(cell) for cell in row] for row in t.rows],
                "totals": None if t.totals is None else [_plain(cell) for cell in t.totals],
                "note": _kept(t.note),
            }
            for t in content.tables
        ],
        "figures": [{"label": str(f.label), "value": _plain(f.value), "kind": str(f.kind)} for f in content.figures],
        "pictures": [
            {
                "shape": p.shape,
                "title": str(p.title),
                "labels": [str(label) for label in p.labels],
                "series": [[str(name), [_plain(v) for v in values]] for name, values in p.series],
                "unit": p.unit,
            }
            for p in content.pictures
        ],
        "notes": [_kept(note) for note in content.notes],
        "empty": _kept(content.empty),
    }


def from_values(values: dict[str, Any]) -> Content:
    """What `as_values` kept."""

    def one(kept: dict[str, Any]) -> Table:
        columns = tuple(Column(c["label"], Kind(c["kind"]), tuple(c["ratio"]) if c["ratio"] else None) for c in kept["columns"])

        def typed(row: Sequence[Any]) -> tuple[Cell, ...]:
            return tuple(_typed(cell, column.kind) for cell, column in zip(row, columns, strict=True))

        def of_totals(row: Sequence[Any] | None) -> tuple[Cell, ...] | None:
            return None if row is None else (row[0], *(_typed(cell, c.kind) for cell, c in zip(row[1:], columns[1:], strict=True)))

        return Table(kept["code"], kept["title"], columns, tuple(map(typed, kept["rows"])), of_totals(kept["totals"]), _said(kept["note"]))

    return Content(
        tables=tuple(map(one, values.get("tables", ()))),
        figures=tuple(Figure(f["label"], _typed(f["value"], Kind(f["kind"])), Kind(f["kind"])) for f in values.get("figures", ())),
        pictures=tuple(
            Picture(
                p["shape"],
                p["title"],
                tuple(p["labels"]),
                tuple((name, tuple(Decimal(v) if p["unit"] == "€" else v for v in vs)) for name, vs in p["series"]),
                p["unit"],
            )
            for p in values.get("pictures", ())
        ),
        notes=tuple(map(_said, values.get("notes", ()))),
        empty=_said(values.get("empty", "")),
    )


def _plain(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return cell.isoformat() if isinstance(cell, date) else cell


def _typed(cell: Any, kind: Kind) -> Any:
    if cell is None:
        return None
    if kind == Kind.EURO:
        return Decimal(cell)
    return date.fromisoformat(cell) if kind == Kind.DAY else cell
