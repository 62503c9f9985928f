"""What a job of many pieces reads again for each: read once while the job says so, by functions that allow it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_read: ContextVar[dict[Any, Any] | None] = ContextVar("read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Inside, functions marked `once` read each thing the first time alone: thirty papers of one order say the same of their office.

    For work that writes nothing of what they read.
    """
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def once(read: Callable[P, R]) -> Callable[P, R]:
    """Mark a read whose answer may be kept inside `reading_once`. Its arguments are hashable; nobody changes what it gives."""

    @wraps(read)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _read.get()
        if known is None:
            return read(*args, **kwargs)
        key = (read, args, frozenset(kwargs.items()))
        if key not in known:
            known[key] = read(*args, **kwargs)
        return known[key]

    return ask
