"""What stands behind ./impresa: set-up, embedded servers, a supervisor, the checks.

Standard library only, so that it runs before anything is installed. Nothing of ours imports it; it imports nothing of ours.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")


class Problem(Exception):
    """Something the user must know, in one clear Italian line; the command ends with exit code 1."""


def say(text: str = "") -> None:
    print(text, flush=True)
