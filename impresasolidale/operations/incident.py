"""What one hands over after an incident: versions, health, counts, and the log of the period. Nothing about anybody.

Of the read log only how many looks there were, by day, kind and page; of the journal only lines in our JSON form, which hold ids alone: any
other line is left out and counted. Who has to know whom it concerned asks the data protection officer, who has the log itself.
"""

import hashlib
import importlib.metadata
import json
import platform
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings

from impresasolidale.core import health

from . import backup, postgres

COUNTS = {
    "looks.json": "SELECT date_trunc('day', at)::date::text, kind, place, count(*), count(DISTINCT actor_id) FROM core_look"
    " WHERE at >= %s AND at < %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "changes.json": "SELECT date_trunc('day', at)::date::text, table_name, operation, count(*), count(DISTINCT actor_id)"
    " FROM core_rowchange WHERE at >= %s AND at < %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "jobs.json": "SELECT date_trunc('day', created_at)::date::text, name, state, count(*), max(attempt) FROM core_job"
    " WHERE created_at >= %s AND created_at < %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "sign_in.json": "SELECT date_trunc('day', attempt_time)::date::text, count(*), sum(failures_since_start) FROM axes_accessattempt"
    " WHERE attempt_time >= %s AND attempt_time < %s GROUP BY 1 ORDER BY 1",
}
KEPT = (
    "at", "level", "logger", "message", "request", "job", "kind", "method", "page", "status", "ms", "queries", "user", "ambito", "error",
    "trace",
)  # fmt: skip
TOLD = ("REPORTS_DATABASE_URL", "STORAGE_URL", "SMS_GATEWAY", "IDENTITY_DOOR", "MAIL_IN_URL", "MONITOR_TOKEN", "BACKUP_URL")


def make(target: IO[bytes], *, since: datetime, until: datetime, logs: Iterable[Path], now: datetime) -> dict[str, str]:
    """Write the pack as a ZIP; gives the SHA-256 of each file in it."""
    sums: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:

        def add(name: str, text: str) -> None:
            sums[name] = hashlib.sha256(text.encode()).hexdigest()
            pack.writestr(name, text)

        with postgres.owner() as db:
            add("versions.json", _json(versions(db)))
            add("health.json", _json(health.as_json(health.checks(now))))
            for name, query in COUNTS.items():
                add(name, _json([list(row) for row in db.execute(query, [since, until]).fetchall()]))
        left_out = 0
        digest, name = hashlib.sha256(), "log.jsonl"
        with pack.open(name, "w", force_zip64=True) as file:
            for line in _lines(logs, since, until):
                if line is None:
                    left_out += 1
                    continue
                data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
                digest.update(data)
                file.write(data)
        sums[name] = digest.hexdigest()
        about = {"made_at": now.isoformat(), "since": since.isoformat(), "until": until.isoformat(), "lines_left_out": left_out}
        add("about.json", _json(about))
        pack.writestr("SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in sums.items()))
    return sums


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)


def versions(db: psycopg.Connection[Any]) -> dict[str, Any]:
    (server,) = db.execute("SHOW server_version").fetchone() or ("",)
    (applied,) = db.execute("SELECT count(*) FROM django_migrations").fetchone() or (0,)
    return {
        "impresasolidale": backup.version(),
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "postgresql": server,
        "migrations": applied,
        "packages": {d.metadata["Name"]: d.version for d in sorted(importlib.metadata.distributions(), key=lambda d: d.metadata["Name"])},
        "set": {name: bool(getattr(settings, name)) for name in TOLD},
        "keys": backup.key_fingerprints(),
    }


def _lines(logs: Iterable[Path], since: datetime, until: datetime) -> Iterator[dict[str, Any] | None]:
    """Lines of the period, with the fields we know; None for one that is not ours."""
    for path in logs:
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    line = json.loads(text)
                    at = datetime.fromisoformat(line["at"])
                    inside = since <= at < until
                except (ValueError, KeyError, TypeError):
                    yield None
                    continue
                if inside:
                    yield {key: line[key] for key in KEPT if key in line}
