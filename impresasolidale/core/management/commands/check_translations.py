"""Is the English catalogue complete? Every phrase of code and templates translated, none fuzzy, the compiled file up to date."""

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SOURCES = ("impresasolidale", "placements", "companies", "solidarity_fund", "certification", "templates", "locale")
CATALOGUE = Path("locale", "en", "LC_MESSAGES")
SHOWN = 20
PHRASE = re.compile(r'^msgid (?P<phrase>".*"(?:\n".*")*)', re.MULTILINE)


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        committed = settings.BASE_DIR / CATALOGUE
        for name in ("django.po", "django.mo"):
            if not (committed / name).exists():
                raise CommandError(f"{CATALOGUE / name} is missing: run makemessages, translate, run compilemessages.")
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary).resolve()
            _copy(settings.BASE_DIR, copy)
            _extract(copy)
            problems = [
                *_phrases(copy / CATALOGUE / "django.po", "--untranslated", "not translated"),
                *_phrases(copy / CATALOGUE / "django.po", "--only-fuzzy", "fuzzy"),
            ]
            if _compiled(committed / "django.po", copy / "compiled.mo") != _catalogue(committed / "django.mo"):
                problems.append("django.mo is not what django.po compiles to: run compilemessages.")
        if problems:
            more = [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
            raise CommandError("\n".join([*problems[:SHOWN], *more]))


def _copy(source: Path, target: Path) -> None:
    """makemessages writes beside what it reads: let it do so in a copy."""
    for name in SOURCES:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "static", "migrations", "*.mo"))
    shutil.copy(source / "manage.py", target)


def _extract(copy: Path) -> None:
    command = [sys.executable, "manage.py", "makemessages", "--verbosity=0"]
    done = subprocess.run(command, cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True)
    if done.returncode:
        raise CommandError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "makemessages failed")


def _phrases(catalogue: Path, option: str, problem: str) -> list[str]:
    """The phrases msgattrib picks. One with line breaks begins with an empty line, and so does the header: that has no phrase at all."""
    found = subprocess.run(
        ["msgattrib", option, "--no-obsolete", "--no-wrap", str(catalogue)], capture_output=True, text=True, check=True
    ).stdout
    phrases = [match["phrase"].replace('"\n"', "") for match in PHRASE.finditer(found)]
    return [f"{problem}: {phrase}" for phrase in phrases if phrase != '""']


def _compiled(catalogue: Path, target: Path) -> dict[object, str]:
    done = subprocess.run(["msgfmt", "--check-format", "-o", str(target), str(catalogue)], capture_output=True, text=True)
    if done.returncode:
        raise CommandError(done.stderr.strip())
    return _catalogue(target)


def _catalogue(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
