"""Files stored by a transaction share its fate: one that comes to nothing leaves none behind.

A file is written before the row that names it, so that no row is ever without its file. When the rows are rolled back the files go too.
What a death leaves between the two is swept (`sweep_files`).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

_written: ContextVar[dict[str, Any] | None] = ContextVar("written", default=None)


def store(name: str, content: File) -> str:
    """Keep a file under `name`, in the place of what an attempt left there that died before its row was written: whoever gives a name
    that may come again holds the lock of its row. Returns the name it has. Raises what the storage raises, and leaves no piece."""
    default_storage.delete(name)
    try:
        kept: str = default_storage.save(name, content)
    except BaseException:
        with suppress(Exception):
            default_storage.delete(name)
        raise
    written = _written.get()
    if written is not None:

        def committed() -> None:
            written.pop(kept, None)

        written[kept] = committed
        transaction.on_commit(committed)
    return kept


@contextmanager
def tidy() -> Iterator[None]:
    """Stands inside a transaction, around all its work: what was stored in a part that is rolled back is deleted, before the locks go."""
    written: dict[str, Any] = {}
    token = _written.set(written)
    whole = False
    try:
        yield
        whole = not connection.needs_rollback
    finally:
        _written.reset(token)
        # A savepoint that is rolled back takes its callbacks with it.
        waiting = {each[1] for each in connection.run_on_commit} if whole else set()
        if _has_its_locks():
            for name, committed in list(written.items()):
                if committed not in waiting:
                    with suppress(Exception):
                        default_storage.delete(name)


def _has_its_locks() -> bool:
    """Of a transaction whose connection was lost nobody knows what others have done since: its files are left to the sweeper."""
    return connection.connection is not None and not connection.connection.closed
