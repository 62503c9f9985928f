"""What stands behind ./impresa: set-up, embedded servers, a supervisor, the checks.

Standard library only, so that it runs before anything is installed. Nothing of ours imports it; it imports nothing of ours.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")


class Problem(Exception):
    """Something the user must know, in one clear Italian line; the command ends with exit code 1."""


_aside = False


def speak_aside() -> None:
    """From now on say things on the error stream: the output belongs to a program that reads it."""
    global _aside
    _aside = True


def say(text: str = "") -> None:
    print(text, file=sys.stderr if _aside else sys.stdout, flush=True)
