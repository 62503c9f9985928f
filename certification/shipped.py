"""The scheme that comes with the program (domain.md §4.3): what a network without one of its own begins with."""

import json
from functools import cache
from pathlib import Path

from .scheme import Scheme

FOLDER = Path(__file__).parent / "schemes_data"
NAME = "Impresasolidale 2026"


@cache
def shipped_scheme() -> Scheme:
    """Read once. docs/algorithms/certification.md explains its numbers."""
    return Scheme.from_json(json.loads((FOLDER / "2026.json").read_text(encoding="utf-8")))
