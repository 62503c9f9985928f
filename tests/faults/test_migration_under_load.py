"""F14: a migration of a million rows, under clients that write, killed in its batches and in its index, and started again."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from impresasolidale.runner import ROOT
from tests.support import clock, database
from tests.support.servers import wait

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
ROWS, CLIENTS = int(os.environ.get("F14_ROWS", "1000000")), 4
SLOW = 4.0  # seconds: what a migration may make a visitor wait
APP = {
    "f14_settings.py": "from impresasolidale.settings.embedded import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'f14app']\n",
    "f14app/__init__.py": "",
    "f14app/models.py": """
from django.db import models
class Row(models.Model):
    name = models.TextField()
    note = models.TextField(null=True)
    class Meta:
        db_table = "f14_row"
        indexes = [models.Index(fields=["note"], name="f14_row_note")]
""",
    "f14app/migrations/__init__.py": "",
    "f14app/migrations/0001_initial.py": """
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.CreateModel("Row", [
        ("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())], {"db_table": "f14_row"})])]
""",
    "f14app/migrations/0002_note.py": """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("f14app", "0001_initial")]
    operations = [migrations.AddField("row", "note", models.TextField(null=True))]
""",
    "f14app/migrations/0003_fill.py": """
from django.db import migrations
from impresasolidale.core import sql
class Migration(migrations.Migration):
    atomic = False
    dependencies = [("f14app", "0002_note")]
    operations = [sql.fill("f14_row", assign="note = upper(name)", where="note IS NULL")]
""",
    "f14app/migrations/0004_index.py": """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
class Migration(migrations.Migration):
    atomic = False
    dependencies = [("f14app", "0003_fill")]
    operations = [AddIndexConcurrently("row", models.Index(fields=["note"], name="f14_row_note"))]
""",
}  # fmt: skip


def test_a_migration_killed_twice_under_load_ends_whole(tmp_path: Path) -> None:
    for name, text in APP.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    name = connection.settings_dict["NAME"]
    here = connection.settings_dict
    environment = {
        **os.environ, **clock.environment(), "PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "f14_settings",
        "DATABASE_URL": f"postgresql://{here['USER']}@/{name}?host={here['HOST'] or here['OPTIONS']['host']}",
        "OWNER_DATABASE_URL": database.url_of(name), "DATA_DIR": str(tmp_path),
    }  # fmt: skip
    command = [sys.executable, str(ROOT / "manage.py"), "upgrade", "--no-backup"]

    def started() -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def killed(when, what: str) -> None:
        child = started()
        try:
            wait(when, 120, what)
        finally:
            child.send_signal(signal.SIGKILL)
            child.communicate()

    with database.owner(name) as db:
        db.execute("CREATE TABLE f14_row (id bigserial PRIMARY KEY, name text NOT NULL)")
        db.execute("INSERT INTO f14_row (name) SELECT 'riga ' || n FROM generate_series(1, %s) n", [ROWS])
        over, waits, written, errors = threading.Event(), [], [], []

        def client(number: int) -> None:
            """The version before: it knows nothing of the new column."""
            random_ = random.Random(number)
            try:
                with database.owner(name) as mine:
                    while not over.is_set():
                        begun = time.monotonic()
                        if random_.random() < 0.5:
                            mine.execute("UPDATE f14_row SET name = name || '.' WHERE id = %s", [random_.randint(1, ROWS)])
                        else:
                            row = mine.execute("INSERT INTO f14_row (name) VALUES ('nuova') RETURNING id").fetchone()
                            written.append(row[0])
                        waits.append(time.monotonic() - begun)
                        time.sleep(0.005)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            has_note = "SELECT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'f14_row' AND column_name = 'note')"

            def a_part_is_filled() -> bool:
                return (
                    db.execute(has_note).fetchone()[0]
                    and db.execute("SELECT count(*) > %s FROM f14_row WHERE note IS NOT NULL", [ROWS // 10]).fetchone()[0]
                )

            killed(a_part_is_filled, "some batches")
            filled = db.execute("SELECT count(*) FROM f14_row WHERE note IS NOT NULL").fetchone()[0]
            assert ROWS // 10 < filled < ROWS, "killed too late to prove anything"
            killed(lambda: db.execute("SELECT 1 FROM pg_stat_progress_create_index").fetchone(), "the index in the making")
            done = started()
            said, _ = done.communicate(timeout=300)
            assert done.returncode == 0, said
        finally:
            over.set()
            for thread in threads:
                thread.join(60)
        assert errors == []
        ids = {row[0] for row in db.execute("SELECT id FROM f14_row WHERE id > %s", [ROWS]).fetchall()}
        missing = db.execute("SELECT count(*) FROM f14_row WHERE note IS NULL AND id <= %s", [ROWS]).fetchone()[0]
        valid = db.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'f14_row_note'::regclass").fetchone()[0]
    assert (ids, missing, valid) == (set(written), 0, True)
    waits.sort()
    print(f"F14: {ROWS} rows, {len(waits)} writes of {CLIENTS} clients; killed with {filled} filled, and in the index; lost 0;"
          f" longest wait {waits[-1]:.2f} s, 99 % within {waits[int(len(waits) * 0.99)]:.3f} s")  # fmt: skip
    assert waits[-1] < SLOW
