"""One line a fact, as JSON, with the number of its request or job. No text of an exception and no address: either could say who.

`bound(...)` puts fields into every line of this thread meanwhile. `Reporter` hands errors on to a function of the installation's own.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

ACCESS = logging.getLogger("impresasolidale.access")
OURS = ("impresasolidale", "placements", "companies", "solidarity_fund", "certification")
_fields: ContextVar[dict[str, Any] | None] = ContextVar("log_fields", default=None)


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    token = _fields.set({**(_fields.get() or {}), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """What is said of a record: words of ours, which hold ids alone; of other people's code only where and of what kind."""
    ours = record.name.split(".")[0] in OURS
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage() if ours else _template(record),
        **(_fields.get() or {}),
        **getattr(record, "fields", {}),
    }
    if isinstance(status := getattr(record, "status_code", None), int):
        line["status"] = status
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        line["error"] = type(error).__name__
        line["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)][-30:]
    return line


def _template(record: logging.LogRecord) -> str:
    """The sentence before its blanks are filled: "%s: %s" says nothing of whom."""
    return str(record.msg)[:300] if isinstance(record.msg, str) and (record.args or "/" not in record.msg) else type(record.msg).__name__


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(line_of(record), ensure_ascii=False, default=str)


class Reporter(logging.Handler):
    """Calls ERROR_REPORTER with the line of each error. What it raises is swallowed: an error is never made worse by telling it."""

    def emit(self, record: logging.LogRecord) -> None:
        if not settings.ERROR_REPORTER:
            return
        try:
            import_string(settings.ERROR_REPORTER)(line_of(record))
        except Exception:
            logging.getLogger("impresasolidale.reporter").warning("the reporter of errors failed")
