"""Pages of a list by keyset: previous and next stand at a row, never at a count, so page 400 costs what page 1 costs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, QueryDict

from .lookups import AnyOf, any_of
from .scope import current, scope

SIZE = 25
MOST = 30 * SIZE  # rows that a page may look at (performance.md §4)
STRICT = "_stay"  # in a query: a place that is gone is 404, never the first page again (a program would go round for ever)

PIECE = 1000  # rows of a file, read together


@dataclass(frozen=True)
class Slice:
    """The rows of one page; `before` and `after` are the keys of the rows the neighbouring pages start from, "" at an end."""

    rows: list[Any]
    before: str = ""
    after: str = ""

    def urls(self, query: QueryDict) -> dict[str, str]:
        """`previous_url` and `next_url` for the pager, with the filters of `query` kept."""
        return {"previous_url": _url(query, prima=self.before), "next_url": _url(query, dopo=self.after)}


def page_of(
    rows: QuerySet,
    query: QueryDict,
    *,
    order: Sequence[str],
    key: str = "public_id",
    size: int = SIZE,
    shown: Callable[[QuerySet], QuerySet] | None = None,
    under: tuple[str, Sequence[Any]] | None = None,
) -> Slice:
    """The page that `?dopo=` or `?prima=` (a row's `key`: never a value that says who it is) asks for, else the first.

    `order` names columns or annotations, "-" for falling ones, and ends with a unique one; its values are never null.
    `shown` adds what a row shows of other tables: they are then read for the rows of the page alone, whatever the planner thinks
    of a join behind row-level security. `under`: a column and the values it is to have, at most MOST; an index has it before
    the columns of `order`. Of each value only the first rows are read, neither all of them nor those of other values in between.
    """
    after, before = (_key(rows, key, query.get(name, "")) for name in ("dopo", "prima"))
    backwards = after is None and before is not None
    names = [name.removeprefix("-") for name in order]
    pivot = rows.filter(**{key: after or before}).values_list(*names).first() if after or before else None
    if pivot is None and STRICT in query and ("dopo" in query or "prima" in query):
        raise Http404
    backwards = backwards and pivot is not None
    falling = [name.startswith("-") != backwards for name in order]
    if pivot:
        beyond, same = Q(), Q()
        for name, value, down in zip(names, pivot, falling, strict=True):
            beyond |= same & Q(**{f"{name}__{'lt' if down else 'gt'}": value})
            same &= Q(**{name: value})
        rows = rows.filter(beyond, **{f"{names[0]}__{'lte' if falling[0] else 'gte'}": pivot[0]})
    rows = rows.order_by(*("-" * down + name for name, down in zip(names, falling, strict=True)))
    if under is not None:
        rows = _first_under(rows, *under, size + 1)
    found = list((rows.values_list("pk", flat=True) if shown else rows)[: size + 1])
    more, found = len(found) > size, found[:size]
    if shown and found:
        dressed = shown(rows.model._default_manager.all()).in_bulk(found)
        found = [dressed[pk] for pk in found if pk in dressed]
    if backwards:
        found.reverse()
    if not found:
        return Slice([])
    has_previous, has_next = (more, True) if backwards else (pivot is not None, more)
    return Slice(found, before=str(getattr(found[0], key)) if has_previous else "", after=str(getattr(found[-1], key)) if has_next else "")


def in_pieces(rows: QuerySet, keys: Sequence[int]) -> Iterator[Any]:
    """The rows of these keys, in their order, read as they are asked for in the scope of now: a file leaves while its end is not read yet,
    and the other pages of the process have their turn. A row that is gone meanwhile is left out."""
    within = current()

    def read() -> Iterator[Any]:
        for first in range(0, len(keys), PIECE):
            piece = keys[first : first + PIECE]
            with scope(within):
                found = {row.pk: row for row in rows.filter(any_of("pk", piece))}
            yield from (found[key] for key in piece if key in found)

    return read()


def piece_of(rows: Sequence[Any], query: QueryDict, *, key: str) -> Slice:
    """The page that `?dopo=` or `?prima=` asks for, of rows that are all made at once: a page is a piece of them."""
    at = {str(getattr(row, key)): n for n, row in enumerate(rows)}
    asked_after, asked_before = (at.get(str(query.get(name, ""))) for name in ("dopo", "prima"))
    if STRICT in query and (("dopo" in query and asked_after is None) or ("prima" in query and asked_before is None)):
        raise Http404
    start = 0 if asked_before is None else max(0, asked_before - SIZE)
    start = start if asked_after is None else asked_after + 1
    piece = list(rows[start : start + SIZE])
    before = str(getattr(piece[0], key)) if piece and start else ""
    after = str(getattr(piece[-1], key)) if start + SIZE < len(rows) else ""
    return Slice(piece, before=before, after=after)


def _first_under(rows: QuerySet, column: str, values: Sequence[Any], most: int) -> QuerySet:
    """Those among `rows` that may be its first `most`: they are under the `most` values whose own first row comes first."""

    def of_each(values: Sequence[Any], most: int) -> QuerySet:
        if not values:
            return rows.none()
        first, given = rows.filter(**{column: RawSQL("under.value", ())}).values("pk")[:most].query.sql_with_params()
        each = f"ARRAY(SELECT one.* FROM unnest(%s) AS under(value) CROSS JOIN LATERAL ({first}) AS one)"  # noqa: S608 of the ORM's own
        return rows.filter(AnyOf(F("pk"), RawSQL(each, (values, *given))))  # noqa: S611

    return of_each(list(of_each(values, 1).values_list(column, flat=True)[:most]), most)


def _key(rows: QuerySet, key: str, text: str) -> Any:
    try:
        return rows.model._meta.get_field(key).to_python(text) or None
    except ValidationError:
        return None


def _url(query: QueryDict, **place: str) -> str:
    if not all(place.values()):
        return ""
    wanted = query.copy()
    for name in ("prima", "dopo"):
        wanted.pop(name, None)
    wanted.update(place)
    return f"?{wanted.urlencode()}"
