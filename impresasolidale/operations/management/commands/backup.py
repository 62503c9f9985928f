"""Make a copy of database and files, encrypted, into BACKUP_URL or --to; keep 7 days, 4 weeks, 12 months of them. Runs as the owner."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from impresasolidale.operations import age, backup, targets
from impresasolidale.operations.words import telling


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default="", metavar="CARTELLA", help="una cartella, invece di BACKUP_URL")
        parser.add_argument("--list", action="store_true", help="elenca le copie che ci sono")
        parser.add_argument("--new-key", action="store_true", help="fa una coppia di chiavi e la mostra: non la scrive da nessuna parte")
        parser.add_argument("--json", action="store_true", help="il risultato per un programma")

    @telling
    def handle(self, *args: object, to: str, list: bool, new_key: bool, json: bool, **options: object) -> None:
        if new_key:
            secret, public = age.new_key()
            self.stdout.write(f"# Da tenere al sicuro, lontano da questa macchina: apre le copie.\n{secret}\n")
            self.stdout.write(f"# Per l'ambiente di questa macchina: le cifra.\nBACKUP_RECIPIENTS={public}")
            return
        where = targets.target(to)
        if list:
            self.stdout.write("".join(f"{name}\n" for name in where.names() if backup.rotation.instant_of(name)), ending="")
            return
        made = backup.make(where, at=timezone.now())
        if json:
            self.stdout.write(backup.as_json(made))
        else:
            backup.report(made, self.stdout.write)
