"""Put a copy back into an empty database and storage, and compare; with --check only read it whole. Runs as the owner."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from impresasolidale.operations import restore, targets
from impresasolidale.operations.errors import Refused
from impresasolidale.operations.rotation import instant_of
from impresasolidale.operations.words import telling


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default="", metavar="copia", help="il suo nome o un file; normalmente l'ultima")
        parser.add_argument("--from", dest="folder", default="", metavar="CARTELLA", help="una cartella, invece di BACKUP_URL")
        parser.add_argument("--check", action="store_true", help="la legge tutta e non ripristina niente")

    @telling
    def handle(self, *args: object, name: str, folder: str, check: bool, **options: object) -> None:
        if Path(name).is_file():
            folder, name = str(Path(name).resolve().parent), Path(name).name
        where = targets.target(folder)
        name = name or max(filter(instant_of, where.names()), default="")
        if not name:
            raise Refused("Qui non c'è nessuna copia.")
        if check:
            found = restore.check(where, name)
            self.stdout.write(f"La copia {name} è intera: {found.rows} righe e {found.files} file, letta in {found.seconds:.1f} s.")
        else:
            found = restore.restore(where, name, say=self.stdout.write)
            self.stdout.write(
                f"Ripristinata la copia {name}: {found.rows} righe e {found.files} file, uguali a com'erano, in {found.seconds:.1f} s."
            )
        if found.missing:
            self.stdout.write(f"File che mancavano già quando fu fatta: {found.missing} (nella copia, MISSING).")
