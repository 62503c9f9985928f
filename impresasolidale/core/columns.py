"""The columns of a big list: which there are, who may see them, which somebody chose; the same on the page and in its file (adr/0048)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.html import format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from .spreadsheets import Cell
from .words import day_short, or_dash


@dataclass(frozen=True)
class Column:
    """`cell(row, access)` is the value of a file, and of the page where `shown` says nothing else. `needs`: the fields that it alone reads.

    Who lacks `permission` is never offered the column. `is_usual`: it stands on the page of who chose nothing.
    """

    code: str
    label: Any
    cell: Callable[[Any, Any], Cell]
    shown: Callable[[Any, Any], Any] | None = None
    needs: tuple[str, ...] = ()
    permission: str = ""
    is_usual: bool = False
    is_number: bool = False

    def words(self, row: Any, access: Any) -> Any:
        """What the page shows."""
        if self.shown:
            return self.shown(row, access)
        value = self.cell(row, access)
        return day_short(value) if isinstance(value, date) else or_dash(value)


def offered(columns: Iterable[Column], access: Any) -> list[Column]:
    """Those whose permission the access has."""
    return [column for column in columns if not column.permission or access.may(column.permission)]


@dataclass(frozen=True)
class Chosen:
    """The columns of one's list. `is_own_choice`: somebody chose them, so a file has these alone; else it has what the room says."""

    columns: list[Column]
    is_own_choice: bool

    @property
    def needs(self) -> list[str]:
        return [name for column in self.columns for name in column.needs]


def chosen(page: str, columns: Sequence[Column], access: Any) -> Chosen:
    """The columns that were chosen for this list, in their order, without those one may not see; else the usual ones. One query."""
    mine = {column.code: column for column in offered(columns, access)}
    codes = import_string(settings.CHOSEN_COLUMNS)(access, page)
    found = [mine[code] for code in codes if code in mine]
    return Chosen(found, True) if found else Chosen([column for column in mine.values() if column.is_usual], False)


def heads(columns: Iterable[Column]) -> SafeString:
    """The names of the columns, cells of the head of a table."""
    return format_html_join("", '<th scope="col"{}>{}</th>', ((_number(column), column.label) for column in columns))


def cells(columns: Iterable[Column], row: Any, access: Any) -> SafeString:
    """A row's cells; each carries its name, for narrow screens."""
    shown = ((column.label, _number(column), column.words(row, access)) for column in columns)
    return format_html_join("", '<td data-label="{}"{}>{}</td>', shown)


def _number(column: Column) -> SafeString:
    return SafeString(' class="num"' if column.is_number else "")
