"""An office with money, papers and files, a place for copies, and empty databases to put them back into."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from psycopg import sql

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.core.uploads import store_upload
from impresasolidale.operations import age
from tests.factories.attendance import system
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.treasury import make_budget
from tests.support import clock, database
from tests.support.sources import ROOT

SECRET, PUBLIC = age.new_key()
BIG = 9 * 1024**2  # more than is held in memory on its way back
_numbers = itertools.count(1)


@pytest.fixture
def copies(transactional_db: None, settings: Any, tmp_path: Path) -> Path:
    """The folder of copies; the settings are those of the machine that makes and restores them."""
    folder = tmp_path / "copies"
    folder.mkdir()
    settings.OWNER_DATABASE_URL = database.url_of(connection.settings_dict["NAME"])
    settings.BACKUP_STORAGE, settings.BACKUP_RECIPIENTS, settings.BACKUP_IDENTITIES = folder, [PUBLIC], [SECRET]
    settings.SEAL_DIR = tmp_path / "seal"
    return folder


@pytest.fixture
def stored(copies: Path, sondrio: Any) -> list[str]:
    """Names of three stored files with rows, beside people and money."""
    make_user(Role.COORDINATOR, sondrio)
    by = system(sondrio)
    sondrio.ambito_id = sondrio.pk
    names = []
    with scope(by.scope):
        make_beneficiary(by, number=1)
        make_budget(by, "1234.56")
        for number, size in enumerate((0, 100, BIG)):
            file = SimpleUploadedFile(f"prova {number}.pdf", b"%PDF-" + bytes([number]) * size)
            names.append(store_upload(file=file, kind="test.scan", subject=sondrio, by=by).file_name)
    return names


@pytest.fixture
def elsewhere(settings: Any, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """elsewhere() → the settings now speak of a new, empty database and storage; the database's name."""
    made = []

    def go() -> str:
        name = f"impresa_restored_{os.getpid()}_{next(_numbers)}"
        with database.owner() as db:
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append(name)
        settings.OWNER_DATABASE_URL = database.url_of(name)
        settings.MEDIA_ROOT = tmp_path / name / "media"
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(settings.MEDIA_ROOT)}},
        }
        return name

    yield go
    for name in made:
        database.drop(name)


def is_empty(name: str) -> bool:
    with database.owner(name) as db:
        return db.execute("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'bi')"
                          " AND relkind = 'r'").fetchone() == (0,)  # fmt: skip


def manage(settings: Any, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """manage.py as the runner starts it, on the database and storage that the settings speak of now."""
    here = connection.settings_dict
    name = database._name(settings.OWNER_DATABASE_URL)
    host = here["HOST"] or here["OPTIONS"]["host"]
    environment = {
        **os.environ, **clock.environment(), "DJANGO_SETTINGS_MODULE": "impresasolidale.settings.embedded",
        "DATABASE_URL": f"postgresql://{here['USER']}@/{name}?host={host}", "OWNER_DATABASE_URL": settings.OWNER_DATABASE_URL,
        "DATA_DIR": str(Path(default_storage.location).parent), "SEAL_DIR": str(settings.SEAL_DIR),
        "BACKUP_URL": str(settings.BACKUP_STORAGE), "BACKUP_RECIPIENTS": PUBLIC, "BACKUP_IDENTITIES": SECRET, **more,
    }  # fmt: skip
    return subprocess.run([sys.executable, str(ROOT / "manage.py"), *words], env=environment, capture_output=True, text=True, cwd=ROOT)
