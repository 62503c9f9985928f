"""Copies through the commands their users run: whole, refused in words, or nothing."""

import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from impresasolidale.core.models import Heartbeat
from impresasolidale.operations import age, archive, backup, postgres, restore, targets
from tests.support import database

from .conftest import PUBLIC, SECRET, is_empty, manage

pytestmark = pytest.mark.django_db(transaction=True)


def made(capsys) -> Path:
    """A copy of now, in its folder."""
    call_command("backup", "--json")
    return targets.target().path / json.loads(capsys.readouterr().out)["name"]


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as told:
        call_command(*words)
    return str(told.value)


def content(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def rewritten(whole: Path, change, to: Path) -> Path:
    """The same copy, its manifest changed by hand: what another version, or another installation, would have made."""
    plain = io.BytesIO(age.Opener(io.BytesIO(whole.read_bytes()), secrets=[SECRET]).readall())
    out = io.BytesIO()
    with tarfile.open(fileobj=plain) as old, tarfile.open(fileobj=out, mode="w") as new:
        for info in old:
            data = old.extractfile(info).read()
            if info.name == archive.MANIFEST:
                manifest = json.loads(data)
                change(manifest)
                data = json.dumps(manifest).encode()
                info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    with to.open("wb") as file:
        sealer = age.Sealer(file, recipients=[PUBLIC])
        sealer.write(out.getvalue())
        sealer.finish()
    return to


def test_a_copy_put_back_is_what_was_copied(copies, stored, elsewhere, settings, capsys):
    whole = made(capsys)
    assert Heartbeat.objects.get(name="backup").at <= timezone.now()
    assert b"public.core_upload" not in whole.read_bytes()  # nothing is in the clear
    assert os.stat(whole).st_mode & 0o077 == 0
    before = {name: content(name) for name in stored}
    with postgres.owner() as db, db.transaction():
        was = postgres.fingerprints(db)

    name = elsewhere()
    done = manage(settings, "restore")
    assert done.returncode == 0, done.stderr
    assert "uguali a com'erano" in done.stdout
    assert {name: content(name) for name in stored} == before
    with postgres.owner() as db, db.transaction():
        now = postgres.fingerprints(db)
    assert {k: v for k, v in now.items() if k != "public.core_heartbeat"} == {k: v for k, v in was.items() if k != "public.core_heartbeat"}
    assert database.violations(name) == []
    here = connection.settings_dict
    with psycopg.connect(dbname=name, user=here["USER"], host=here["HOST"] or here["OPTIONS"]["host"]) as application:
        assert application.execute("SELECT count(*) FROM beneficiaries_beneficiary").fetchone() == (0,)  # row-level security came back too
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DELETE FROM core_fact")

    again = manage(settings, "restore")
    assert again.returncode == 1
    assert "non è vuoto" in again.stderr


def test_what_a_copy_says_of_itself_holds_no_key(copies, stored, settings, capsys):
    whole = made(capsys)
    reader = archive.Reader(io.BytesIO(whole.read_bytes()), secrets=[SECRET])
    text = json.dumps(reader.manifest)
    assert not any(key in text for key in (*settings.FIELD_KEYS, settings.LOOKUP_KEY, settings.SECRET_KEY))
    names = [name for name, _content in reader.members()]
    assert [n for n in names if n.startswith(archive.FILES)] == sorted(archive.FILES + name for name in stored)
    assert not any(part in name for name in names for part in ("key.pem", "env"))


def test_a_copy_is_read_without_this_program(copies, stored, tmp_path, capsys):
    """By age, tar, sha256sum and pg_restore; here the first is ours, and compared with the program in test_age."""
    plain = age.Opener(io.BytesIO(made(capsys).read_bytes()), secrets=[SECRET]).readall()
    subprocess.run(["tar", "-x"], input=plain, cwd=tmp_path, check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", archive.SUMS], cwd=tmp_path, check=True)
    dump = b"".join(p.read_bytes() for p in sorted((tmp_path / "database").iterdir()))
    with postgres.owner() as db:
        listed = subprocess.run([postgres.program("pg_restore", db.info.server_version // 10000), "-l"], input=dump, capture_output=True)
    assert b"TABLE DATA public core_upload" in listed.stdout


def test_a_copy_that_is_broken_anywhere_leaves_the_database_empty(copies, stored, elsewhere, capsys):
    whole = made(capsys)
    data, name = whole.read_bytes(), elsewhere()
    inside = (
        age.Opener(io.BytesIO(whole.read_bytes()), secrets=[SECRET]).readall().index(stored[0].encode())
    )  # the database is before it, whole
    for cut, flip in (
        (len(data) // 3, None),
        (len(data) - 1, None),
        (None, 300),
        (None, len(data) // 2),
        (None, inside),
        (None, len(data) - 2),
    ):
        broken = bytearray(data[:cut])
        if flip is not None:
            broken[flip] ^= 1
        whole.write_bytes(broken)
        assert "rovinata o tagliata" in refusal("restore", str(whole)), (cut, flip)
        assert "rovinata o tagliata" in refusal("restore", str(whole), "--check"), (cut, flip)
        assert is_empty(name), (cut, flip)
    whole.write_bytes(b"un altro file\n")
    assert "rovinata" in refusal("restore", str(whole))
    whole.write_bytes(data)
    call_command("restore", "--check")
    assert "è intera" in capsys.readouterr().out
    assert is_empty(name)


def test_a_sum_or_a_table_that_is_another_s_is_noticed(copies, stored, elsewhere, tmp_path, capsys):
    def one_row_more(manifest):
        manifest["tables"]["public.core_upload"][0] += 1

    whole = rewritten(made(capsys), one_row_more, tmp_path / "altra.age")
    elsewhere()
    assert "core_upload. Non usarlo" in refusal("restore", str(whole))


def test_keys_that_are_not_those_of_the_copy_are_told_before_anything_is_written(copies, stored, elsewhere, settings, capsys):
    made(capsys)
    (settings.SEAL_DIR).mkdir(exist_ok=True)
    name = elsewhere()
    settings.BACKUP_IDENTITIES = [age.new_key()[0]]
    assert "Nessuna delle chiavi" in refusal("restore")
    settings.BACKUP_IDENTITIES = ["AGE-SECRET-KEY-1QQQ"]
    assert "scritta male" in refusal("restore")
    settings.BACKUP_IDENTITIES = []
    assert "Con che chiave" in refusal("restore")
    settings.BACKUP_IDENTITIES = [SECRET]
    kept, settings.FIELD_KEYS = settings.FIELD_KEYS, ["A" * 43 + "="]
    assert "FIELD_KEYS non ha" in refusal("restore")
    settings.FIELD_KEYS, settings.LOOKUP_KEY = kept, "B" * 43 + "="
    assert "LOOKUP_KEY non è" in refusal("restore")
    assert is_empty(name)


def test_what_does_not_hold_in_a_copy_is_told(copies, stored, elsewhere, settings, capsys):
    call_command("check_invariants")
    assert "Tutto torna." in capsys.readouterr().out
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute("ALTER TABLE treasury_account DISABLE TRIGGER USER")
        db.execute("UPDATE treasury_account SET balance = balance - 1 WHERE kind <> 'bank'")
        db.execute("ALTER TABLE treasury_account ENABLE TRIGGER USER")
    assert "Non torna" in refusal("check_invariants")
    assert "a balance is the sum of its legs" in capsys.readouterr().out
    made(capsys)
    elsewhere()
    done = manage(settings, "restore")
    assert done.returncode == 1
    assert "Era già così nella copia" in done.stderr


def test_versions(copies, stored, elsewhere, settings, tmp_path, capsys):
    def newer(manifest):
        manifest["migrations"].append(["core", "0999_tomorrow"])

    def another_format(manifest):
        manifest["format"] = 99

    def roles(manifest):
        manifest["roles"].append("bi_altrove")

    def seal(manifest):
        manifest["keys"]["seal"] = "0" * 16

    whole, name = made(capsys), elsewhere()
    assert "core 0999_tomorrow" in refusal("restore", str(rewritten(whole, newer, tmp_path / "a.age")))
    assert "formato" in refusal("restore", str(rewritten(whole, another_format, tmp_path / "b.age")))
    assert 'CREATE ROLE "bi_altrove" LOGIN;' in refusal("restore", str(rewritten(whole, roles, tmp_path / "c.age")))
    assert "sigillo" in refusal("restore", str(rewritten(whole, seal, tmp_path / "d.age")))
    assert is_empty(name)


def test_a_copy_of_an_older_version_is_brought_up_to_date(copies, stored, elsewhere, settings, monkeypatch, capsys):
    """Older is what lacks a migration of ours: here one that exists only while it is restored."""
    made(capsys)
    elsewhere()
    called = []
    disk = restore.MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    monkeypatch.setattr(restore, "MigrationLoader", lambda *args, **kwargs: type("L", (), {"disk_migrations": {**disk, ("core", "9"): 0}}))
    monkeypatch.setattr(restore, "call_command", lambda *words, **kwargs: called.append(words[0]))
    found = restore.restore(targets.target(), max(targets.target().names()), say=print)
    assert found.updated
    assert called[:2] == ["migrate", "grant_application_role"]


def test_an_older_copy_stays_when_a_new_one_cannot_be_made(copies, stored, settings, monkeypatch, capsys):
    first = made(capsys)
    whole = first.read_bytes()

    settings.BACKUP_STORAGE = copies / "smontata"
    assert "controlla che sia montato" in refusal("backup")
    settings.BACKUP_STORAGE = None
    assert "BACKUP_URL" in refusal("backup")
    settings.BACKUP_STORAGE = copies
    settings.BACKUP_RECIPIENTS = ["age1sbagliata"]
    assert "non è una chiave pubblica" in refusal("backup")
    settings.BACKUP_RECIPIENTS = []
    assert "sempre cifrata" in refusal("backup")
    settings.BACKUP_PASSPHRASE = "corta"
    assert "troppo corta" in refusal("backup")
    settings.BACKUP_RECIPIENTS = [PUBLIC]
    monkeypatch.setattr(postgres, "program", lambda name, server: "/bin/false")
    assert "pg_dump si è fermato" in refusal("backup")
    with database.owner(connection.settings_dict["NAME"]) as busy:
        busy.execute("SELECT pg_advisory_lock(%s)", [backup.LOCK])
        assert "in corso" in refusal("backup")
    settings.OWNER_DATABASE_URL = "postgresql://nessuno@/niente?host=/nonexistent"
    assert "Il database non risponde" in refusal("backup")

    assert [p.name for p in copies.iterdir()] == [first.name]
    assert first.read_bytes() == whole


def test_a_passphrase_does_too(copies, stored, elsewhere, settings, capsys):
    settings.BACKUP_RECIPIENTS, settings.BACKUP_IDENTITIES, settings.BACKUP_PASSPHRASE = [], [], "cinque parole messe a caso"
    made(capsys)
    call_command("restore", "--check")
    assert "è intera" in capsys.readouterr().out
    settings.BACKUP_PASSPHRASE = "altre cinque parole a caso"
    assert "Nessuna delle chiavi" in refusal("restore", "--check")


def test_a_file_that_the_storage_lost_is_said_and_stops_nothing(copies, stored, capsys):
    default_storage.delete(stored[1])
    call_command("backup")
    assert stored[1] in capsys.readouterr().out
    call_command("restore", "--check")
    assert "mancavano già quando fu fatta: 1" in capsys.readouterr().out


def test_another_file_in_the_way_is_not_written_over(copies, stored, elsewhere, capsys):
    made(capsys)
    name = elsewhere()
    default_storage.save(stored[1], ContentFile(b"di un'altra installazione"))
    assert stored[1] in refusal("restore")
    assert content(stored[1]) == b"di un'altra installazione"
    assert is_empty(name)


def test_older_copies_are_rotated_and_other_files_never_touched(copies, stored, capsys):
    (copies / "leggimi.txt").write_text("di qualcun altro")
    old = [f"impresasolidale-20250101T{hour:02d}0000Z.age" for hour in range(3)]
    for name in old:
        (copies / name).write_text("")
    newest = made(capsys)
    assert sorted(p.name for p in copies.iterdir()) == [old[-1], newest.name, "leggimi.txt"]
    call_command("backup", "--list")
    assert capsys.readouterr().out.split() == [old[-1], newest.name]


def test_a_new_pair_of_keys_opens_what_it_closes(capsys):
    call_command("backup", "--new-key")
    lines = [line for line in capsys.readouterr().out.splitlines() if line and not line.startswith("#")]
    assert age.public_of(lines[0]) == lines[1].removeprefix("BACKUP_RECIPIENTS=")


def test_a_disk_that_fills_up_leaves_the_copies_that_were_there(copies, stored, settings, tmp_path, capsys):
    small = tmp_path / "piccolo"
    small.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("only root, where it may mount, makes a small disk")
    try:
        settings.BACKUP_STORAGE = small
        (small / "impresasolidale-20250101T000000Z.age").write_text("di prima")
        assert "Il disco è pieno" in refusal("backup")
        assert [p.name for p in small.iterdir()] == ["impresasolidale-20250101T000000Z.age"]
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)
