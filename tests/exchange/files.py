"""Files as offices send them, good and bad."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Sequence[Sequence[Any]], *, sign: str = ";", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(sign.join(_cell(c) for c in row) for row in rows).encode(encoding)


def _cell(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)


def upload(data: bytes, name: str = "elenco.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def repacked(data: bytes, **parts: bytes) -> bytes:
    """An XLSX with parts of its archive changed or added; a dot in a name is written "__", a slash "_0_"."""
    out = io.BytesIO()
    named = {name.replace("_0_", "/").replace("__", "."): body for name, body in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in named:
                new.writestr(part.filename, old.read(part.filename))
        for name, body in named.items():
            new.writestr(name, body)
    return out.getvalue()
