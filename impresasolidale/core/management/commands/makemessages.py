"""Brings the English catalogue up to date: `manage.py makemessages`, translate, `manage.py compilemessages --ignore=.venv`.

The same phrases give the same file: no line numbers, no wrapping, no date, no guessed (fuzzy) translation.
"""

from pathlib import Path

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

NOT_SHOWN = ["build/*", "docs/*", "tests/*"]


class Command(makemessages.Command):
    help = __doc__
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(locale=["en"], ignore_patterns=NOT_SHOWN, no_location=True, no_obsolete=True, no_wrap=True)

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
        catalogue.write_text("".join(line for line in lines if not line.startswith('"POT-Creation-Date:')), encoding="utf-8")
