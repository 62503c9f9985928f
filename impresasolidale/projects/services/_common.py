"""What the services of the room share: who may write, files, fields of a row written at once."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models

from impresasolidale.accounts.access import Access
from impresasolidale.core import validators
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import DomainError
from impresasolidale.core.uploads import check_upload, hash_of, keep_file, safe_name
from impresasolidale.core.views import check_version

from ..enums import FileKind
from ..models import ProjectFile
from ..selectors._common import refuse_limited

M = TypeVar("M", bound=models.Model)
XML = "application/xml"


def allow(by: Access, permission: str) -> None:
    """Raises PermissionDenied without the right, or for a membership limited to some comuni: a project is the whole network's."""
    by.require(permission)
    refuse_limited(by)


def store(
    file: UploadedFile,
    *,
    kind: str,
    subject: models.Model,
    by: Access,
    words: str = "",
    masks: ProjectFile | None = None,
    xml: bool = False,
) -> ProjectFile:
    """Keep a checked file about `subject`. Raises DomainError on "file"."""
    content_type = XML if xml else check_upload(file)
    row = ProjectFile(
        network_id=by.network_id,
        kind=kind,
        subject_type=type_of(subject),
        subject_id=subject.pk,
        original_name=safe_name(file),
        content_type=content_type,
        file_hash=hash_of(file),
        size=file.size or 0,
        words=words.strip(),
        masks=masks,
        created_by_id=by.actor_id,
    )
    row.file_name = keep_file(file, kind=f"projects.{kind}", public_id=row.public_id, content_type=content_type)
    row.save()
    record_fact("projects.file.added", row, by=by, kind=kind)
    return row


def add_row(model: type[M], code: str, values: Mapping[str, Any], *, by: Access, **more: Any) -> M:
    """A row of the network with what a form gave, and its fact."""
    row = model._default_manager.create(network_id=by.network_id, created_by_id=by.actor_id, **values, **more)
    record_fact(f"projects.{code}.added", row, by=by)
    return row


def change_row(row: M, code: str, values: Mapping[str, Any], *, seen: int | None, by: Access) -> M:
    """Lock, look whether somebody was faster, write. Raises Conflict."""
    fresh: Any = type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    fields = [*values]
    if seen is not None:
        check_version(fresh, seen)
        fresh.row_version += 1
        fields.append("row_version")
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=fields)
    record_fact(f"projects.{code}.changed", fresh, by=by)
    return fresh


def tax_code(value: str, *, field: str) -> str:
    """Eleven digits of a body or sixteen characters of a person, checked. Raises DomainError on `field`."""
    text = re.sub(r"\s", "", value).upper().removeprefix("IT")
    if not text:
        return ""
    try:
        return validators.tax_code_of_body(text) if text.isdigit() else validators.codice_fiscale(text).code
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field=field) from error


SAFE_KINDS = (FileKind.DOCUMENT, FileKind.QUOTE, FileKind.PROOF, FileKind.INVOICE_XML, FileKind.SHEET)
