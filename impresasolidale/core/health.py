"""How the installation is: what a monitor asks and the technician reads. Figures and names of parts; nothing about anybody.

`ready` is what a page cannot be served without; the rest is told, and takes no machine out of service: a web without a worker still
takes forms (docs/operations/monitoring.md).
"""

import hmac
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, Min, Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import replica
from .checks import remembers
from .models import Heartbeat, Job
from .words import day_short

SILENCE = timedelta(seconds=45)  # of dispatcher, broker and worker, who speak every ten seconds
BEAT_SILENCE = timedelta(minutes=5)  # of the clock, which speaks every minute
SLOW_QUEUE, STUCK_QUEUE = timedelta(minutes=5), timedelta(minutes=30)
OLD_COPY, NO_COPY = timedelta(hours=26), timedelta(hours=50)  # one a night, and one that did not succeed
LAG_WARNING = 64 * 1024**2  # bytes
SEAL_WARNING = timedelta(days=60)
DISK_WARNING, DISK_FULL = 0.10, 0.03  # free parts of the whole
STORAGE_ASKED = 30  # seconds for which the answer of the storage is remembered
GOOD, WARN, BAD = "good", "warn", "bad"


@dataclass(frozen=True)
class Check:
    """`figure`: seconds, a count or a part of one, for monitors; `words` and `cure` for people, the second empty when there is nothing
    to do. `vital`: no page without it."""

    code: str
    label: Any
    tone: str
    words: Any
    cure: Any = ""
    figure: float | None = None
    vital: bool = False


def ready() -> dict[str, bool]:
    """The vital parts alone, each asked apart: one that does not answer does not hide another."""
    found = {}
    for code, ask in (("database", _database), ("migrations", _migrations), ("storage", _storage)):
        try:
            found[code] = ask().tone != BAD
        except Exception:  # whatever it is, it is not there
            found[code] = False
    return found


def checks(now: datetime) -> list[Check]:
    """All of it; a part that cannot be asked is bad."""
    asked: list[tuple[Callable[[], Check | list[Check]], str, Any]] = [
        (_database, "database", _("Database")),
        (_migrations, "migrations", _("Schema del database")),
        (_storage, "storage", _("Archivio dei file")),
        (lambda: _parts(now), "parts", _("Processi")),
        (lambda: _queue(now), "queue", _("Lavori in attesa")),
        (_replica, "replica", _("Replica per i rapporti")),
        (lambda: copy(now), "backup", _("Ultima copia")),
        (lambda: _seal(now), "seal", _("Sigillo delle carte")),
        (_disk, "disk", _("Spazio su disco")),
    ]
    return [check for ask, code, label in asked for check in _told(ask, code, label)]


def _told(ask: Callable[[], Check | list[Check]], code: str, label: Any) -> list[Check]:
    try:
        found = ask()
    except Exception as error:  # the page of health is there above all when something is not
        return [Check(code, label, BAD, _("Non risponde (%(error)s).") % {"error": type(error).__name__}, _("Guarda i registri del web."))]
    return found if isinstance(found, list) else [found]


def _database() -> Check:
    begun = time.monotonic()
    durable = remembers()
    took = time.monotonic() - begun
    if not durable and settings.DURABLE_DATABASE:
        lost, cure = _("Può perdere quello che ha già confermato."), _("Accendi fsync e synchronous_commit in PostgreSQL, poi riavvia.")
        return Check("database", _("Database"), BAD, lost, cure, figure=round(took, 4), vital=True)
    words = _("Risponde in %(ms)s ms.") % {"ms": number_format(took * 1000, 1)}
    return Check("database", _("Database"), GOOD, words, figure=round(took, 4), vital=True)


@lru_cache(maxsize=1)
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _migrations() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = len(_on_disk() - set(cursor.fetchall()))
    label = _("Schema del database")
    if not missing:
        return Check("migrations", label, GOOD, _("È quello di questa versione."), figure=0, vital=True)
    words = ngettext("Manca %(n)s passo.", "Mancano %(n)s passi.", missing) % {"n": missing}
    return Check("migrations", label, BAD, words, _("Lancia ./impresa upgrade, poi riavvia."), missing, vital=True)


_storage_lock = threading.Lock()
_storage_found: tuple[float, bool] = (float("-inf"), False)


def _storage() -> Check:
    """A file is written, read and removed; for some seconds the answer stands for those who ask next."""
    global _storage_found
    with _storage_lock:
        at, good = _storage_found
        if time.monotonic() - at > STORAGE_ASKED:
            good = _writable()
            _storage_found = time.monotonic(), good
    label = _("Archivio dei file")
    if good:
        return Check("storage", label, GOOD, _("Si scrive e si legge."), figure=1, vital=True)
    cure = _("Controlla il disco, o il servizio S3 e le sue chiavi (STORAGE_URL).")
    return Check("storage", label, BAD, _("Non si scrive."), cure, 0, vital=True)


def _writable() -> bool:
    name = ""
    try:
        mark = uuid.uuid4().hex.encode()
        name = default_storage.save(f"health/{mark.decode()}", ContentFile(mark))
        with default_storage.open(name) as file:
            return bool(file.read() == mark)
    except Exception:  # a store says no in ways of its own
        return False
    finally:
        with suppress(Exception):
            if name:
                default_storage.delete(name)


# Who speaks through whom: the first that is silent is the one to look at.
PARTS: dict[str, tuple[Any, timedelta, Any]] = {
    "dispatcher": (_("Dispatcher"), SILENCE, _("Avvia il dispatcher: senza, nessun lavoro parte.")),
    "broker": (_("Broker"), SILENCE, _("Controlla Valkey o RabbitMQ e BROKER_URL. I lavori aspettano nel database: non si perde niente.")),
    "worker": (_("Worker"), SILENCE, _("Avvia un worker: carte e messaggi aspettano finché non c'è.")),
    "beat": (_("Orologio (beat)"), BEAT_SILENCE, _("Avvia beat: senza, i lavori della notte non partono. Passa dal broker e dal worker.")),
}


def _parts(now: datetime) -> list[Check]:
    heard = dict(Heartbeat.objects.filter(name__in=PARTS).values_list("name", "at"))
    return [_part(code, heard.get(code), now) for code in PARTS]


def _part(code: str, at: datetime | None, now: datetime) -> Check:
    label, silence, cure = PARTS[code]
    if at is None:
        return Check(code, label, BAD, _("Non si è mai fatto sentire."), cure)
    seconds = max((now - at).total_seconds(), 0)
    words = _("Ultimo segno di vita %(ago)s.") % {"ago": ago(seconds)}
    bad = now - at > silence
    return Check(code, label, BAD if bad else GOOD, words, cure if bad else "", round(seconds))


def ago(seconds: float) -> str:
    return _("%(time)s fa") % {"time": lasting(seconds)}


def lasting(seconds: float) -> str:
    """A time as one says it, in its largest unit."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if days:
        return ngettext("%(n)s giorno", "%(n)s giorni", days) % {"n": days}
    if hours:
        return ngettext("%(n)s ora", "%(n)s ore", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)s minuto", "%(n)s minuti", minutes) % {"n": minutes}
    return ngettext("%(n)s secondo", "%(n)s secondi", int(seconds)) % {"n": int(seconds)}


def _queue(now: datetime) -> list[Check]:
    states = Job.State
    found = Job.objects.filter(state__in=[states.QUEUED, states.RUNNING, states.FAILED]).aggregate(
        waiting=Count("id", filter=Q(state=states.QUEUED, run_after__lte=now)),
        running=Count("id", filter=Q(state=states.RUNNING)),
        failed=Count("id", filter=Q(state=states.FAILED)),
        oldest=Min("run_after", filter=Q(state=states.QUEUED, run_after__lte=now)),
    )
    age = now - found["oldest"] if found["oldest"] else timedelta()
    tone = BAD if age > STUCK_QUEUE else WARN if age > SLOW_QUEUE else GOOD
    if found["waiting"]:
        words = _("%(waiting)s in attesa, %(running)s in corso. Il primo aspetta da %(ago)s.") % {
            **found,
            "ago": lasting(age.total_seconds()),
        }
    else:
        words = _("Nessuno in attesa, %(running)s in corso.") % found
    cure = "" if tone == GOOD else _("Se i processi qui sopra rispondono, aggiungi un worker.")
    failed = found["failed"]
    return [
        Check("queue", _("Lavori in attesa"), tone, words, cure, round(age.total_seconds())),
        Check("failed", _("Lavori non riusciti"), WARN if failed else GOOD, str(failed),
              _("Il motivo è nel registro del worker; dopo cinque tentativi non si riprova.") if failed else "", failed),
    ]  # fmt: skip


def _replica() -> list[Check]:
    """Not told where there is none."""
    behind = replica.lag()
    if behind is None:
        return []
    tone = GOOD if behind < LAG_WARNING else WARN
    words = _("Indietro di %(mb)s MB.") % {"mb": number_format(behind / 1e6, 1)}
    cure = "" if tone == GOOD else _("Intanto i rapporti li legge il database principale. Guarda il registro della replica.")
    return [Check("replica", _("Replica per i rapporti"), tone, words, cure, behind)]


def copy(now: datetime) -> Check:
    """When the last copy was made, and whether that is long ago."""
    at = Heartbeat.objects.filter(name="backup").values_list("at", flat=True).first()
    label, cure = _("Ultima copia"), _("Lancia ./impresa backup, e metti il suo timer (docs/operations/backup.md).")
    if at is None:
        return Check("backup", label, WARN, _("Non risulta nessuna copia."), cure)
    age = now - at
    tone = BAD if age > NO_COPY else WARN if age > OLD_COPY else GOOD
    return Check("backup", label, tone, _("Fatta %(ago)s.") % {"ago": ago(age.total_seconds())}, "" if tone == GOOD else cure,
                 round(age.total_seconds()))  # fmt: skip


def _seal(now: datetime) -> Check:
    from cryptography.x509 import load_pem_x509_certificate

    path, label = settings.SEAL_DIR / "cert.pem", _("Sigillo delle carte")
    if not path.exists():
        return Check("seal", label, GOOD, _("Si fa da solo con la prima carta."))
    until = load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    left = until - now
    tone = BAD if left <= timedelta() else WARN if left < SEAL_WARNING else GOOD
    words = _("Vale fino al %(day)s.") % {"day": day_short(until)}
    cure = "" if tone == GOOD else _("Metti una chiave nuova in SEAL_DIR e il vecchio certificato in former.")
    return Check("seal", label, tone, words, cure, round(left.total_seconds()))


def _disk() -> Check:
    usage = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.BASE_DIR)
    free = usage.free / usage.total
    tone = BAD if free < DISK_FULL else WARN if free < DISK_WARNING else GOOD
    words = _("Libero: %(free)s GB (%(part)s %%).") % {"free": number_format(usage.free / 1e9, 1), "part": round(free * 100)}
    return Check("disk", _("Spazio su disco"), tone, words, "" if tone == GOOD else _("Libera o aggiungi spazio."), round(free, 3))


# --- For programs


def as_json(found: list[Check]) -> dict[str, Any]:
    worst = BAD if any(c.tone == BAD for c in found) else WARN if any(c.tone == WARN for c in found) else GOOD
    rows = {c.code: {"state": c.tone, "figure": c.figure, "words": str(c.words), "cure": str(c.cure)} for c in found}
    return {"state": worst, "checks": rows}


def metrics(found: list[Check], now: datetime) -> Iterator[str]:
    """Prometheus' text format: of the whole installation, so it is the same whichever process answers."""
    yield "# HELP impresasolidale_state Of each part: 0 good, 1 to look at, 2 bad."
    yield "# TYPE impresasolidale_state gauge"
    for check in found:
        yield f'impresasolidale_state{{part="{check.code}"}} {[GOOD, WARN, BAD].index(check.tone)}'
    yield "# HELP impresasolidale_figure Seconds since a part was heard of, or what docs/operations/monitoring.md says of it."
    yield "# TYPE impresasolidale_figure gauge"
    yield from (f'impresasolidale_figure{{part="{c.code}"}} {c.figure}' for c in found if c.figure is not None)
    yield "# HELP impresasolidale_jobs Jobs by kind and state; those that are done, of the last hour."
    yield "# TYPE impresasolidale_jobs gauge"
    recent = ~Q(state__in=[Job.State.DONE, Job.State.CANCELLED]) | Q(finished_at__gte=now - timedelta(hours=1))
    with suppress(Exception):  # the state of the database is told above
        for name, state, count in Job.objects.filter(recent).values_list("name", "state").annotate(n=Count("id")).order_by("name", "state"):
            yield f'impresasolidale_jobs{{kind="{name}",state="{state}"}} {count}'


def may_ask(header: str) -> bool:
    """Whether a monitor said our word (MONITOR_TOKEN); without one in the settings nobody may."""
    wanted, given = settings.MONITOR_TOKEN, header.removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
