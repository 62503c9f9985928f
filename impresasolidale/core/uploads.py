"""Files people hand in: judged by their bytes, kept private, named by us."""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils import timezone
from django.utils.translation import gettext as _

from . import viruses
from .actor import Actor
from .audit import owner_of, record_fact, type_of
from .errors import DomainError
from .kept import store
from .models import Upload
from .spreadsheets import XLSX

log = logging.getLogger(__name__)


class TemporaryFiles(TemporaryFileUploadHandler):
    """Django's, for files that are too large for the memory; where there is no room, what was written is taken away at once, and does
    not wait in the way of the next one until Python tidies up."""

    file: Any

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._whole():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        with self._whole():
            return super().file_complete(file_size)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            with suppress(OSError):  # what it still held back finds no room either
                self.file.close()
            raise


P7M = "application/pkcs7-mime"
KINDS = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "application/xml": "xml", "text/csv": "csv", XLSX: "xlsx",
    P7M: "p7m",
}  # fmt: skip
MAGIC = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def check_upload(file: UploadedFile, *, signed: bool = False) -> str:
    """Content type of an acceptable file. Raises DomainError (field "file") with words for the user.

    `signed`: an envelope (.p7m) is acceptable too; whoever allows it looks inside.
    """
    if not file.size:
        raise DomainError(_("Il file è vuoto."), field="file")
    if file.size > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        raise DomainError(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": limit}, field="file")
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if signed and (file.name or "").lower().endswith(".p7m"):
        return P7M
    raise DomainError(_("Il file deve essere un PDF, oppure una foto JPEG o PNG."), field="file")


def safe_name(file: UploadedFile) -> str:
    """The end of a file's own name, to be shown; never where it is kept."""
    return re.sub(r"[^\w .()-]", "_", (file.name or "")[-150:])


def hash_of(file: UploadedFile) -> str:
    """SHA-256 of a file's bytes; the file is left at its beginning."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def keep_file(file: UploadedFile, *, kind: str, public_id: UUID, content_type: str) -> str:
    """Store a checked file under a name of ours, which is returned: the file goes first, then the row that names it.

    Raises DomainError (field "file") when the antivirus, where there is one, does not let it pass, and when the storage takes nothing:
    what was written of it is taken away.
    """
    viruses.check(file)
    name = f"{kind}/{timezone.localdate().year}/{public_id}.{KINDS[content_type]}"
    try:
        return store(name, file)
    except Exception as error:  # a store says no in ways of its own
        log.error("The storage took no file: %s.", type(error).__name__)
        raise DomainError(_("Adesso non riusciamo a conservare i file. Riprova fra qualche minuto."), field="file") from error


def store_upload(*, file: UploadedFile, kind: str, subject: Any, by: Actor, signed: bool = False, network_wide: bool = False) -> Upload:
    """Keep a checked file, owned by the Ambito of its subject, or by the one that acts when the network owns the subject; with
    `network_wide` by the subject's network, for all its offices.

    The file goes first, then the row; orphans are swept.
    """
    content_type = check_upload(file, signed=signed)
    owner = {"network_id": subject.network_id} if network_wide else {"ambito_id": owner_of(subject, by)["ambito_id"]}
    assert None not in owner.values()
    upload = Upload(
        **owner,
        kind=kind,
        subject_type=type_of(subject),
        subject_id=subject.pk,
        original_name=safe_name(file),
        content_type=content_type,
        file_hash=hash_of(file),
        size=file.size or 0,
        created_by_id=by.actor_id,
    )
    upload.file_name = keep_file(file, kind=kind, public_id=upload.public_id, content_type=content_type)
    upload.save()
    record_fact("core.upload.received", upload, by=by, kind=kind)
    return upload
