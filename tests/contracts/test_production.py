"""A real installation's settings, read in a process of their own; what it must not start with; secrets; papers that fetch nothing."""

import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading

import pikepdf
import pytest
from django.test import Client

from impresasolidale.core import checks
from impresasolidale.core.rendering import pdf_of
from tests.support.sources import ROOT

SAID = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING", verbosity=0)
names = (
    "DEBUG", "DEMO", "SECOND_FACTOR", "CONFIRM_MINUTES", "PASSWORD_HASHERS", "SESSION_COOKIE_AGE", "SESSION_IDLE_MINUTES",
    "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_SECURE", "CSRF_COOKIE_SAMESITE", "CSRF_COOKIE_NAME",
    "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT",
)
print(json.dumps({name: getattr(settings, name) for name in names}))
"""
KEY = base64.b64encode(bytes(range(32))).decode()
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "impresasolidale.settings.production", "SECRET_KEY": "prova-" * 12 + "0123456789abcdefghij",
    "FIELD_KEYS": KEY, "LOOKUP_KEY": KEY, "DATABASE_URL": "postgres://impresa:x@127.0.0.1/x", "BROKER_URL": "redis://127.0.0.1/0",
    "BASE_URL": "https://example.org", "ALLOWED_HOSTS": "example.org",
}  # fmt: skip


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **ENVIRONMENT, **changes}
    return subprocess.run([sys.executable, "-c", SAID], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def said():
    done = start()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_real_installation_passes_its_own_checks(said):
    assert not said["DEBUG"] and not said["DEMO"] and said["SECURE_SSL_REDIRECT"]
    assert said["SECURE_HSTS_SECONDS"] >= 31_536_000 and said["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert said["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert said["SECOND_FACTOR"] == "required" and said["CONFIRM_MINUTES"] == 30
    assert (said["SESSION_COOKIE_AGE"], said["SESSION_IDLE_MINUTES"]) == (12 * 3600, 120)


def test_cookies_of_a_real_installation(said):
    for cookie in ("SESSION", "CSRF"):
        assert said[f"{cookie}_COOKIE_SECURE"] and said[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
        assert said[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert said["SESSION_COOKIE_HTTPONLY"]


@pytest.mark.parametrize(
    "changes", [{"FIELD_KEYS": "", "LOOKUP_KEY": ""}, {"FIELD_KEYS": "a2V5"}, {"SECRET_KEY": "corta"}, {"EMBED_ORIGINS": "*"}]
)
def test_it_does_not_start_without_its_secrets(changes):
    assert start(**changes).returncode != 0


@pytest.mark.django_db
def test_it_does_not_start_on_a_database_that_forgets(settings, monkeypatch):
    """A commit that was acknowledged must survive a crash; the tests' own database is quick and does not (core.E004)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    settings.DURABLE_DATABASE = True
    assert "core.E004" in {error.id for error in checks.connection_is_safe(None, databases=["default"])}


WEB, CELERY = ["-c", "import impresasolidale.wsgi"], ["-m", "celery", "-A", "impresasolidale.celery"]
PARTS = {
    "web": WEB,
    "worker": [*CELERY, "worker", "--concurrency=1"],
    "clock": [*CELERY, "beat", "--pidfile="],
    "dispatcher": ["manage.py", "dispatch"],
}


def begin(command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **ENVIRONMENT, **changes}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS)
def test_no_part_starts_on_it(part, tmp_path):
    from django.db import connection

    here = connection.settings_dict
    url = f"postgresql://{here['USER']}@/{here['NAME']}?host={here['HOST'] or here['OPTIONS']['host']}"
    command = [*PARTS[part], f"--schedule={tmp_path / 'beat'}"] if part == "clock" else PARTS[part]
    done = begin(command, DATABASE_URL=url)
    assert done.returncode != 0 and "core.E004: fsync and synchronous_commit must be on." in done.stderr
    assert "core.E003" not in done.stderr


def test_a_web_starts_without_its_database_and_says_that_it_did_not_look():
    done = begin(WEB, DATABASE_URL="postgres://impresa:x@127.0.0.1:9/x")
    assert done.returncode == 0, done.stderr
    assert "started without having looked at it" in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accesso/", "/registro/", "/api/v1/companies/"])
def test_trace_is_not_answered(path):
    answer = Client(raise_request_exception=False).trace(path, headers={"x-secret": "segreto"})
    assert answer.status_code in {401, 405} and b"segreto" not in answer.content


# --- Secrets in the sources

SECRET = re.compile(
    r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abpr]-[A-Za-z0-9-]{20}"
    r"|\b(?:SECRET_KEY|LOOKUP_KEY|FIELD_KEYS|PASSWORD|CLIENT_SECRET)\s*=\s*[\"'][A-Za-z0-9+/=_-]{24,}[\"']"
    r"|://[^/\s:@\"'{}<>]+:[A-Za-z0-9+/=_-]{16,}@"
)


def secrets_in(text: str) -> list[str]:
    return SECRET.findall(text)


def test_no_secret_is_in_the_sources():
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    found = []
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000 and b"\0" not in (raw := path.read_bytes())[:4096]:
            found += [(name, each) for each in secrets_in(raw.decode(errors="replace"))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE " + "KEY-----\n" + "A" * 64,
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "SECRET_KEY" + " = '" + "a1" * 20 + "'",
        "postgres://impresa:" + "a1b2c3d4" * 3 + "@db/x",
    ],
)
def test_a_secret_would_be_found(text):
    assert secrets_in(text)


# --- Papers


TAGS = (
    '<img src="{}" alt="x">', '<img srcset="{} 2x" alt="x">', '<link rel="stylesheet" href="{}">', '<link rel="attachment" href="{}">',
    '<a rel="attachment" href="{}">x</a>', '<style>@import url("{}");</style>', '<style>p {{ background: url("{}") }}</style>',
    '<style>@font-face {{ font-family: f; src: url("{}") }} p {{ font-family: f }}</style>',
    '<p style="content: url({}); list-style: url({})">x</p>',
    '<object data="{}" type="image/png"></object>', '<embed src="{}">', '<iframe src="{}"></iframe>',
    '<video poster="{}" src="{}"></video>',
    '<svg><image href="{}"/><use href="{}#a"/></svg>', '<style>p::before {{ content: url("{}") }}</style>',
)  # fmt: skip


def test_a_paper_fetches_nothing_from_anywhere():
    """A door of our own counts who knocks while a paper is made of whatever a person may have written into it."""
    knocks = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]

        def listen():
            while True:
                try:
                    visitor, _address = door.accept()
                except OSError:
                    return
                knocks.append(1)
                visitor.close()

        threading.Thread(target=listen, daemon=True).start()
        addresses = (
            f"http://127.0.0.1:{port}/a.png", f"//127.0.0.1:{port}/b", f"https://localhost:{port}/c", "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
        )  # fmt: skip
        made = tries = 0
        for address in addresses:
            for tag in TAGS:
                tries += 1
                page = f'<html lang="it"><head><title>x</title></head><body><p>x</p>{tag.format(address, address)}</body></html>'
                try:
                    pdf = pdf_of(page, identifier="x")[0]
                except Exception:  # refused whole: as good as left out
                    continue
                made += 1
                with pikepdf.open(io.BytesIO(pdf)) as paper:
                    streams = [each.read_bytes() for each in paper.objects if isinstance(each, pikepdf.Stream) and "/Subtype" not in each]
                    assert not [each for each in streams if b"root:" in each] and not paper.attachments
    assert knocks == [] and tries >= 50
    print(f"{tries} tries, {made} papers made, {len(knocks)} fetches")
