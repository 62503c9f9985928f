"""The update of an installation whose new code is in place: copy, schema, rights, reference data, a look whether it answers.

The old version may go on serving meanwhile: a migration waits for a table at most LOCK, gives way and tries again, and after the first
release none breaks the code before it (tests/contracts/test_migrations.py, docs/adr/0042).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import LockNotAvailable

from .errors import Refused

LOCK = "4s"  # shorter than a visitor waits
ATTEMPTS, PAUSE = 15, 4  # times, seconds: a minute in which the long reader of a table may end


@dataclass(frozen=True)
class Back:
    """What one needs to go back: the copy made before, if one was."""

    copy: str

    def __str__(self) -> str:
        lines = [
            "Per tornare indietro:",
            "  1. rimetti in servizio la versione di prima: lavora anche con lo schema nuovo, e non si perde niente;",
        ]
        if self.copy:
            lines += [
                "  2. solo se non basta, e perdendo quello che è stato scritto dopo la copia: ferma tutto, fai un database vuoto,",
                "     metti il suo nome in DATABASE_URL e OWNER_DATABASE_URL, e con la versione di prima lancia",
                f"     ./impresa restore {self.copy}",
            ]
        return "\n".join(lines)


def pending() -> list[Migration]:
    """The migrations that this database lacks, in their order."""
    executor = MigrationExecutor(connection)
    return [migration for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def clear() -> list[str]:
    """Take away what is there of indexes that are still to be made: a death in the middle left them, whole or not, and they stand in the
    way. Raises OperationalError while the server goes on making one for a client that is no more."""
    wanted = [op.index.name for migration in pending() for op in migration.operations if isinstance(op, AddIndexConcurrently)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname = ANY (%s)", [wanted])
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(name)}")
    return names


def migrate(say: Callable[[str], None], *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Raises Refused when a table stayed busy for all the attempts. Each migration is whole or not there: it can be started again."""
    for attempt in range(1, ATTEMPTS + 1):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', '0', false)", [LOCK])
        try:
            for name in clear():
                say(f"Un indice era rimasto a metà, lo rifaccio: {name}.")
            call_command("migrate", interactive=False, verbosity=0)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            say(f"Una tabella è occupata: lascio passare e riprovo ({attempt} di {ATTEMPTS}).")
            sleep(PAUSE)
    raise Refused(
        "Una tabella è rimasta occupata: forse un lavoro lungo. Quello che era fatto resta, il resto no: rilancia quando c'è meno lavoro."
    )


def finish() -> None:
    call_command("grant_application_role")
    call_command("load_reference_data")
    if not settings.DEMO:
        call_command("collectstatic", interactive=False, verbosity=0)


def smoke() -> None:
    """A process of its own, as the application's role. Raises Refused with what it says."""
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_AS_OWNER"}
    done = subprocess.run([sys.executable, str(settings.BASE_DIR / "manage.py"), "smoke"], env=env, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"Lo schema è aggiornato, ma l'applicazione non risponde come deve: {(done.stderr or done.stdout).strip()[-600:]}")
