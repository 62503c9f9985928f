"""Bring the database to this version: a copy first, migrations that wait for nobody, rights, reference data, static files, a smoke test."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from impresasolidale.operations import backup, targets, upgrade
from impresasolidale.operations.errors import Refused
from impresasolidale.operations.words import telling


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", action="store_true", help="dice che cosa farebbe, e non lo fa")
        parser.add_argument("--no-backup", action="store_true", help="senza copia: solo se ne hai appena fatta una in altro modo")

    @telling
    def handle(self, *args: object, plan: bool, no_backup: bool, **options: object) -> None:
        say, missing = self.stdout.write, upgrade.pending()
        say(
            f"Versione {backup.version()}: " + (f"{len(missing)} passi dello schema da fare." if missing else "lo schema è già aggiornato.")
        )
        if plan:
            say("\n".join(f"{m.app_label}.{m.name}" for m in missing), ending="\n" if missing else "")
            return
        copy = ""
        if missing and not no_backup:
            made = backup.make(targets.target(), at=timezone.now())
            backup.report(made, say)
            copy = made.name
        back = upgrade.Back(copy)
        try:
            upgrade.migrate(say)
            upgrade.finish()
            upgrade.smoke()
        except Refused as refused:
            raise Refused(f"{refused}\n{back}") from refused
        say(f"Aggiornamento fatto: riavvia web, worker, beat e dispatcher.\n{back}")
