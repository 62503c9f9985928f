"""Every state table of the house, found where it lives: a `transitions.py` of an app."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from impresasolidale.core.transitions import Machine

from .sources import WINGS


def machines() -> list[Machine]:
    """By code."""
    found = {}
    for app in apps.get_app_configs():
        name = f"{app.name}.transitions"
        if app.name.partition(".")[0] in WINGS and find_spec(name):
            found |= {m.code: m for m in vars(import_module(name)).values() if isinstance(m, Machine)}
    return [found[code] for code in sorted(found)]
