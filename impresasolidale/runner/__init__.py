"""What stands behind ./impresa: set-up, embedded servers, a supervisor, the checks.

Standard library only, so that it runs before anything is installed. Nothing of ours imports it; it imports nothing of ours.
"""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")


class Problem(Exception):
    """Something the user must know, in one clear Italian line; the command ends with exit code 1."""


@contextmanager
def telling_full_disk(folder: Path) -> Iterator[None]:
    """What fails inside because the disk of `folder` filled up meanwhile is one Problem that says so, whoever noticed first."""
    try:
        yield
    except (Problem, OSError) as error:
        full = os.strerror(errno.ENOSPC)  # as our children say it
        if full in str(error) or shutil.disk_usage(folder).free < 1024**2:
            raise Problem(f"Il disco è pieno: libera un po' di spazio per {folder} e riprova.") from error
        raise


_aside = False


def speak_aside() -> None:
    """From now on say things on the error stream: the output belongs to a program that reads it."""
    global _aside
    _aside = True


def say(text: str = "") -> None:
    print(text, file=sys.stderr if _aside else sys.stdout, flush=True)


def keep_compiled() -> None:
    """What our children compile they keep for the next ones: reading the application takes twice as long without, the tests three times.

    Beside no source, so that whoever asked Python to write nothing there finds nothing.
    """
    os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / "build" / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
