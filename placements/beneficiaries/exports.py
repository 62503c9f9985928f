"""Lists as files for a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def waiting_csv(rows: Iterable[dict[str, Any]]) -> str:
    """The rows of the waiting list, as Italian spreadsheets open them: semicolons, a byte-order mark. No text is taken for a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    names = (_("cognome"), _("nome"), _("comune"), _("aspetta dal"), _("giorni"), _("stato"))
    writer.writerow((*names, _("urgenze"), _("indicate da"), _("indicate il"), _("la segue")))
    for row in rows:
        entry, person, is_told = row["entry"], row["person"], bool(row["priorities"])
        writer.writerow(
            _plain(value)
            for value in (
                person.last_name,
                person.first_name,
                person.residence,
                f"{entry.since:%d/%m/%Y}",
                row["days"],
                entry.get_state_display(),
                ", ".join(row["priorities"] or ()),
                entry.priorities_by if is_told else "",
                f"{entry.priorities_on:%d/%m/%Y}" if is_told else "",
                row["referent"],
            )
        )
    return out.getvalue()


def _plain(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
