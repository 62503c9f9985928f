"""Frozen contexts of the room's papers."""

from collections.abc import Mapping
from typing import Any

COPY = "privacy.copy"
COPY_LABEL = "Copia dei dati personali"
COPY_TEMPLATE = "privacy/pdf/copy_v1.html"
MACHINE = ("format", "person_name", "made_on", "tables", "papers", "files", "messages", "looks")


def machine_file(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a program reads of a copy: the values alone, without the words made for the paper."""
    told = {name: context[name] for name in MACHINE}
    told["tables"] = {table["name"]: [row["values"] for row in table["rows"]] for table in context["tables"]}
    return told
