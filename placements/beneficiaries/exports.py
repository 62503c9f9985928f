"""Lists as files for a spreadsheet."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.spreadsheets import Cell


def waiting_table(rows: Iterable[dict[str, Any]]) -> tuple[list[str], list[list[Cell]]]:
    """(head, lines) of the waiting list."""
    head = [_("cognome"), _("nome"), _("comune"), _("aspetta dal"), _("giorni"), _("stato")]
    head += [_("urgenze"), _("indicate da"), _("indicate il"), _("la segue")]
    lines: list[list[Cell]] = []
    for row in rows:
        entry, person, is_told = row["entry"], row["person"], bool(row["priorities"])
        lines.append(
            [
                *(person.last_name, person.first_name, str(person.residence), entry.since, row["days"], entry.get_state_display()),
                ", ".join(row["priorities"] or ()),
                str(entry.priorities_by) if is_told else "",
                entry.priorities_on if is_told else None,
                str(row["referent"]),
            ]
        )
    return head, lines
