"""Papers go to the body's own register (protocollo, DPR 445/2000 art. 53) as a PDF and a file that says what it is, without names.

One interface, one class for each way; an installation names its own in PROTOCOL_REGISTER, an Ambito another in PROTOCOL_REGISTERS.
"""

import base64
import json
import logging
import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import outside
from .actor import Actor
from .audit import record_fact
from .documents import record_protocol
from .errors import Conflict, DomainError
from .jobs import enqueue
from .models import Document

log = logging.getLogger(__name__)
FORMAT = "impresasolidale-protocollo-1"
State = Document.RegisterState


@dataclass(frozen=True)
class Parcel:
    """What a register is given. `owner` is the code of the Ambito or of the network, `reference` our name for the paper."""

    owner: str
    reference: str
    pdf: bytes
    metadata: dict[str, Any]

    @property
    def description(self) -> bytes:
        return json.dumps(self.metadata, ensure_ascii=False, indent=2, sort_keys=True).encode()


@dataclass(frozen=True)
class Receipt:
    """The number a register gave at once."""

    number: str
    on: date


class Refused(Exception):
    """The register will not take this paper. Its words are for the office."""


class Register(Protocol):
    """A body's register."""

    def send(self, parcel: Parcel) -> Receipt | None:
        """Hand over one paper; the number, when it is known at once. The same parcel twice is the same paper. Raises Refused; any other
        error is tried again."""
        ...


class Manual:
    """Nobody is called: the office downloads the files, registers them and writes the number back."""

    def send(self, parcel: Parcel) -> Receipt | None:
        return None


class Folder:
    """Two files in PROTOCOL_DIR/<owner>, from which a PEC client or the register's own import takes them. The description comes last,
    and each file appears whole: who sees `.json` may take both."""

    def send(self, parcel: Parcel) -> Receipt | None:
        folder = Path(settings.PROTOCOL_DIR) / parcel.owner
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        for suffix, content in (("pdf", parcel.pdf), ("json", parcel.description)):
            whole, part = folder / f"{parcel.reference}.{suffix}", folder / f".{parcel.reference}.{suffix}.part"
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(whole)
        return None


class WebService:
    """POST of `{"metadata": {…}, "file": {"name", "content" in base64}}` to PROTOCOL_URL with `Authorization: Bearer PROTOCOL_TOKEN` and
    our reference as `Idempotency-Key`. The answer's `number` and `date` (ISO) are the receipt; without them it comes later.

    For a register that speaks otherwise write a class with the same `send` and name it in the settings.
    """

    def send(self, parcel: Parcel) -> Receipt | None:
        file = {"name": f"{parcel.reference}.pdf", "content": base64.b64encode(parcel.pdf).decode()}
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.PROTOCOL_TOKEN}",
            "Idempotency-Key": f"{parcel.owner}-{parcel.reference}",
        }
        body = json.dumps({"metadata": parcel.metadata, "file": file}).encode()
        try:
            answer = outside.post(settings.PROTOCOL_URL, body, headers=headers)
        except outside.Refused as error:
            raise Refused(_("Il protocollo non ha accettato il documento (codice %(code)s).") % {"code": error.status}) from error
        found: Any = json.loads(answer or b"{}")
        number = str(found.get("number") or "").strip()[:30]
        return Receipt(number, date.fromisoformat(found["date"])) if number else None


def register_of(document: Document) -> Register:
    """The register of the paper's owner. Raises ImportError when the setting names nothing."""
    path = settings.PROTOCOL_REGISTERS.get(owner_code(document), settings.PROTOCOL_REGISTER)
    found: Register = import_string(path)()
    return found


def is_manual(code: str) -> bool:
    """Whether who owns this code registers by hand: then there is nothing to send."""
    path: str = settings.PROTOCOL_REGISTERS.get(code, settings.PROTOCOL_REGISTER)
    return bool(import_string(path) is Manual)


def owner_code(document: Document) -> str:
    owner: Any = document.ambito or document.network
    return str(owner.code)


def reference_of(document: Document) -> str:
    """Our name for a paper, the same in files and lists: "framework_agreement-2026-000123"."""
    return f"{document.kind.rpartition('.')[2]}-{document.number.replace('/', '-')}"


def metadata_of(document: Document) -> dict[str, Any]:
    """What the register is told. Bodies only, never a person; the subject is kind and number (domain.md §12.2)."""
    context: Any = document.context
    return {
        "formato": FORMAT,
        "riferimento": reference_of(document),
        "numero_interno": document.number,
        "tipo": document.kind,
        "oggetto": f"{document.kind_label} n. {document.number}",
        "data": document.issued_on.isoformat(),
        "direzione": document.protocol_direction or Document.Direction.OUT.value,
        "mittente": context.get("body_name", ""),
        "destinatari": list(context.get("recipient_bodies", [])),
        "classificazione": document.protocol_class or settings.PROTOCOL_CLASSES.get(document.kind, ""),
        "impronta_sha256": document.file_hash,
        "file": f"{reference_of(document)}.pdf",
    }


def parcel_of(document: Document) -> Parcel:
    """Raises Refused while the file is not there."""
    if document.state != Document.State.READY:
        raise Refused(_("Il PDF non è ancora pronto: riprova tra un momento."))
    with default_storage.open(document.file_name) as file:
        return Parcel(owner_code(document), reference_of(document), file.read(), metadata_of(document))


def write_zip(documents: Iterable[Document], out: Any) -> None:
    """The papers and their descriptions in one archive."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in documents:
            parcel = parcel_of(document)
            archive.writestr(f"{parcel.reference}.pdf", parcel.pdf)
            archive.writestr(f"{parcel.reference}.json", parcel.description)


def _stays(document: Document) -> str:
    """Why the file of a paper leaves for no register; nothing of most. Who reads it there is not for us to know."""
    if not import_string(settings.PROTECTED_PAPERS)([document]):
        return ""
    return _("Dice un indirizzo protetto: il file non parte da qui. Va protocollata a mano, con accesso riservato; poi scrivi il numero.")


@transaction.atomic
def ask_to_send(*, document: Document, by: Actor) -> None:
    """Put one paper on its way. Refuses one that has its number, has already left, has no file yet, or says a protected address."""
    row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if row.register_state not in {State.TO_SEND, State.FAILED}:
        raise Conflict(_("%(paper)s: è già «%(state)s».") % {"paper": row, "state": row.get_register_state_display()})
    if row.state != Document.State.READY:
        raise DomainError(_("%(paper)s: il PDF non è ancora pronto.") % {"paper": row})
    if why := _stays(row):
        raise DomainError(f"{row}. {why}")
    row.register_state, row.register_error = State.QUEUED, ""
    row.save(update_fields=["register_state", "register_error"])
    record_fact("core.document.sent_to_register", row, by=by)
    enqueue("core.send_to_register", by=by, document_id=row.pk)


def deliver(document_id: int, *, by: Actor, is_last: bool = False) -> None:
    """Hand one queued paper to its register. Refused for good: failed, with words; another error is tried again up to the last time."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.register_state != State.QUEUED:
        return
    if why := _stays(document):  # since it was put on its way
        return _keep(document, State.FAILED, why)
    try:
        with transaction.atomic():
            receipt = register_of(document).send(parcel_of(document))
    except Refused as error:
        return _keep(document, State.FAILED, str(error))
    except Exception:
        if not is_last:
            raise
        log.exception("the register did not take document %s", document.pk)
        return _keep(document, State.FAILED, _("Il protocollo non ha risposto, anche riprovando."))
    _keep(document, State.SENT)
    if receipt:
        record_protocol(document=document, direction=Document.Direction.OUT, number=receipt.number, on=receipt.on, by=by)


def _keep(document: Document, state: Document.RegisterState, words: str = "") -> None:
    document.register_state, document.register_error = state, words[:200]
    document.save(update_fields=["register_state", "register_error"])


@dataclass(frozen=True)
class Line:
    """One line of numbers written back: what it says, and the words of what is wrong with it."""

    text: str
    ours: str = ""
    number: str = ""
    on: date | None = None
    error: str = ""


LINE = re.compile(r"(?P<ours>[\w.]+[/\-][\w/\-]+)\s*(?:→|->|[;,\t]|\s)\s*(?P<number>[^\s;,]{1,30})(?:[\s;,]+(?:del\s+)?(?P<on>[\d/.\-]+))?")


def parse_line(text: str, *, default: date) -> Line:
    """`2026/000123 → 45678/2026 del 18/11/2026`; the day may be left out, and arrow, semicolon, tab or space may part them."""
    found = LINE.fullmatch(text.strip())
    if not found:
        return Line(text, error=_("Non capisco questa riga: scrivi il nostro numero, una freccia e il numero di protocollo."))
    on: date | None = default
    if found["on"]:
        parts = [int(n) for n in re.findall(r"\d+", found["on"])]
        try:
            on = date(parts[2], parts[1], parts[0]) if parts[0] <= 31 else date(*parts)
        except (IndexError, ValueError, TypeError):
            return Line(text, error=_("Questa data non esiste: scrivila come 18/11/2026."))
    return Line(text, ours=found["ours"], number=found["number"], on=on)
