"""Everything an Ambito owns, in one file: asked, approved by somebody else, made by a job, given once.

The file is a ZIP: for each table a CSV and JSON lines of the same rows, the files that rows name, a README with the columns in words, and a
manifest with how many rows and which SHA-256 each part has. It is written to a temporary file row by row: memory does not grow with it.
"""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import jobs
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.kept import store
from impresasolidale.core.spreadsheets import inert
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from .. import walker
from ..enums import TakeOutState
from ..models import TakeOut
from ..transitions import TAKE_OUT

DAYS_KEPT = 7
OPEN = (TakeOutState.ASKED, TakeOutState.MAKING, TakeOutState.READY)
BLOCK = 1024 * 1024


@transaction.atomic
def ask(*, reason: str, by: Access) -> TakeOut:
    """Ask for everything; another person approves. One request at a time."""
    by.require(Permission.TAKE_OUT_DATA)
    if not reason.strip():
        raise DomainError(_("Scrivi perché servono tutti i dati: resta nel registro."), field="reason")
    if TakeOut.objects.filter(ambito_id=by.ambito_id, state__in=OPEN).exists():
        raise DomainError(_("C'è già una richiesta aperta: finisci prima quella."))
    row = TakeOut.objects.create(ambito_id=by.ambito_id, reason=reason.strip(), created_by_id=by.actor_id)
    record_fact("exchange.take_out.asked", row, by=by)
    return row


@transaction.atomic
def approve(*, row: TakeOut, act: OutsideAct | None = None, file: UploadedFile | None = None, by: Access) -> TakeOut:
    """The second key: somebody else, or an act of the body with its number and day. The file is then made."""
    words = _("Chi chiede tutti i dati non può anche approvare: serve un'altra persona, o un atto.")
    require_second_key(first_id=row.created_by_id, by=by, act=act if file else None, words=words)
    given: dict[str, Any] = {}
    if act and file:
        given = {"act_number": act.number.strip(), "act_on": act.on}
        given["act_file"] = store_upload(file=file, kind="exchange.take_out_act", subject=row, by=by)
    fresh: TakeOut = perform(TAKE_OUT, "approved", row, by=by, approved_by_id=by.actor_id, **given)
    fresh.job = jobs.enqueue("exchange.make_take_out", by=by, take_out_id=fresh.pk)
    fresh.save(update_fields=["job"])
    return fresh


@transaction.atomic
def refuse(*, row: TakeOut, reason: str, by: Access) -> TakeOut:
    fresh: TakeOut = perform(TAKE_OUT, "refused", row, by=by, reason=reason)
    return fresh


@transaction.atomic
def give(*, row: TakeOut, by: Access, now: datetime) -> TakeOut:
    """Who asked downloads it, once. Raises PermissionDenied's words as a DomainError to anybody else."""
    if row.created_by_id != by.actor_id:
        raise DomainError(_("Può scaricarla solo chi l'ha chiesta."))
    if row.state != TakeOutState.READY:
        raise Conflict(_("Questo file è già stato scaricato, o è scaduto: se serve ancora, chiedilo di nuovo."))
    fresh: TakeOut = perform(TAKE_OUT, "given", row, by=by, downloaded_at=now)
    return fresh


def drop_old(*, by: Access, today: date) -> int:
    """Every night: files that were downloaded go, and those that waited a week."""
    gone = 0
    for row in TakeOut.objects.exclude(file_name="").filter(state__in=[TakeOutState.READY, TakeOutState.GIVEN]):
        waited = row.ready_at and row.ready_at.date() <= today - timedelta(days=DAYS_KEPT)
        if row.state == TakeOutState.READY and not waited:
            continue
        if row.state == TakeOutState.READY:
            perform(TAKE_OUT, "gone", row, by=by, as_system=True)
        name = row.file_name
        TakeOut.objects.filter(pk=row.pk).update(file_name="")
        transaction.on_commit(lambda name=name: default_storage.delete(name))  # type: ignore[misc]
        gone += 1
    return gone


# --- Making it


def make(*, take_out_id: int, run: jobs.Run, by: Access, now: datetime) -> dict[str, int]:
    """The job: write the file, keep it, say how many rows each table has."""
    row: TakeOut = TakeOut.objects.select_for_update(of=("self",), no_key=True).select_related("ambito").get(pk=take_out_id)
    if row.state != TakeOutState.MAKING:
        return {}
    with tempfile.TemporaryFile() as out:
        counts = write_zip(out, row, run=run, now=now)
        size = out.tell()
        out.seek(0)
        digest = hashlib.file_digest(out, "sha256")
        out.seek(0)
        name = store(f"exchange.take_out/{now.year}/{row.public_id}.zip", File(out))
    kept: dict[str, Any] = {"file_name": name, "file_hash": digest.hexdigest(), "size": size, "tables": counts, "ready_at": now}
    perform(TAKE_OUT, "made", row, by=by, as_system=True, **kept)
    record_fact("exchange.take_out.made", row, by=by, rows=sum(counts.values()), size=size)
    return {"rows": sum(counts.values())}


def write_zip(out: IO[bytes], row: TakeOut, *, run: Any, now: datetime) -> dict[str, int]:
    """The whole file; returns the rows of each table."""
    tables = walker.owned()
    counts: dict[str, int] = {}
    parts: list[dict[str, Any]] = []
    described: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for n, model in enumerate(tables):
            table = walker.read(model._default_manager.filter(ambito_id=row.ambito_id))
            counts[table.name] = _write_table(archive, table, parts)
            described += _describe(table, counts[table.name])
            run.progress(n, len(tables) * 2, table.words)
        for n, model in enumerate(tables):
            for column in getattr(model, "stored_files", ()):
                _write_files(archive, model._default_manager.filter(ambito_id=row.ambito_id), column, parts)
            run.progress(len(tables) + n, len(tables) * 2, _("file"))
        head = _head(row, now, counts)
        _write_part(archive, "LEGGIMI.txt", [("\n".join([*head, *described]) + "\n").encode()], parts)
        manifest = {"ambito": row.ambito.name, "made_at": now.isoformat(), "tables": counts, "parts": parts}
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return counts


def _head(row: TakeOut, now: datetime, counts: dict[str, int]) -> list[str]:
    return [
        f"Tutti i dati di {row.ambito.name}, {now:%d/%m/%Y %H:%M}",
        "",
        "Per ogni tabella ci sono due file con le stesse righe: .csv (punto e virgola, UTF-8) e .jsonl (una riga JSON per riga).",
        "In files/ ci sono i documenti che le righe nominano. manifest.json dice di ogni parte quante righe ha e la sua impronta SHA-256.",
        f"Righe in tutto: {sum(counts.values())}.",
        "",
        "Che cosa non c'è, e perché:",
        *(f"  {label}: {why}" for label, why in walker.EXEMPT.items()),
        "  imprese, corsi, fondo e altre tabelle della rete: sono di tutti gli Ambiti insieme",
        "",
    ]


def _describe(table: walker.TableRows, count: int) -> list[str]:
    return [f"{table.name} – {table.words} ({count} righe)", *(f"  {name}: {words}" for name, words in table.columns), ""]


def _write_table(archive: zipfile.ZipFile, table: walker.TableRows, parts: list[dict[str, Any]]) -> int:
    """The JSON lines go in as they are read; the CSV waits in a temporary file, for an archive takes one part at a time."""
    names = [name for name, _words in table.columns]
    count = 0
    with tempfile.TemporaryFile() as beside:
        text = io.TextIOWrapper(beside, encoding="utf-8-sig", newline="", write_through=True)
        lines = csv.writer(text, delimiter=";")
        lines.writerow(names)

        def json_lines() -> Iterator[bytes]:
            nonlocal count
            for values in table.rows:
                count += 1
                lines.writerow([_cell(value) for value in values])
                yield (json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n").encode()

        _write_part(archive, f"tabelle/{table.name}.jsonl", json_lines(), parts)
        parts[-1]["rows"] = count
        text.flush()
        beside.seek(0)
        _write_part(archive, f"tabelle/{table.name}.csv", iter(lambda: beside.read(BLOCK), b""), parts)
        parts[-1]["rows"] = count
        text.detach()
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return inert(value) if isinstance(value, str) else value


def _write_files(archive: zipfile.ZipFile, rows: models.QuerySet[Any], column: str, parts: list[dict[str, Any]]) -> None:
    for pk, name in rows.exclude(**{column: ""}).order_by("pk").values_list("pk", column).iterator(chunk_size=2_000):
        try:
            with default_storage.open(name) as file:
                _write_part(archive, f"files/{name}", iter(lambda file=file: file.read(BLOCK), b""), parts)  # type: ignore[misc]
            parts[-1] |= {"table": rows.model._meta.db_table, "id": pk}
        except FileNotFoundError:
            parts.append({"name": f"files/{name}", "missing": True, "table": rows.model._meta.db_table, "id": pk})


def _write_part(archive: zipfile.ZipFile, name: str, blocks: Any, parts: list[dict[str, Any]]) -> None:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as part:
        for block in blocks:
            digest.update(block)
            size += len(block)
            part.write(block)
    parts.append({"name": name, "sha256": digest.hexdigest(), "size": size})
