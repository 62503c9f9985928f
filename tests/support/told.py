"""Where the program writes by itself, and somebody reads who may not know the person: no name belongs there."""

import re
from typing import Any

from . import database

MARK = "Zqxvw"  # a surname of nobody: planted in every person of the demo
# Words for people in the office (to-dos) are not here.
PLACES = {
    "core_job": ("arguments", "label", "words", "error"),
    "core_message": ("subject",),
    "core_document": ("file_name",),
    "core_upload": ("file_name",),
    "core_look": ("place",),
    "core_fact": ("data",),
    "core_todo": ("url",),
    "core_deadline": ("url",),
}


def told(name: str, words: list[str]) -> list[tuple[str, str]]:
    """(place, word) for each word that stands in one of the PLACES."""
    found = []
    with database.owner(name) as db:
        for table, columns in PLACES.items():
            for column in columns:
                # One pass a column: the text of all rows, searched for all the words at once.
                rows = db.execute(f"SELECT DISTINCT lower({column}::text) FROM {table} WHERE {column}::text <> ''").fetchall()
                text = "\n".join(value for (value,) in rows)
                found += [(f"{table}.{column}", word) for word in words if word.lower() in text]
    return found


def outside_the_page(response: Any, body: str) -> list[str]:
    """The headers and the addresses on a page that tell the MARK; an address on a page says who by a public id alone."""
    said = [f"{name}: {value}" for name, value in response.headers.items()] + re.findall(r'(?:href|action|src)="([^"]*)"', body)
    return [each for each in said if MARK.lower() in each.lower()]
