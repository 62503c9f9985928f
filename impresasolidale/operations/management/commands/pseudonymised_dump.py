"""All rows under invented names, codes and words, encrypted, for people to learn on; --load puts them into an empty database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from impresasolidale.operations import postgres, pseudonymised
from impresasolidale.operations.words import telling


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--to", type=Path, metavar="FILE", help="lo scrive qui")
        which.add_argument("--load", type=Path, metavar="FILE", help="lo carica in questo database, che deve essere vuoto")
        parser.add_argument(
            "--recipient", action="append", default=[], metavar="CHIAVE", help="la chiave pubblica di chi lo caricherà; si può ripetere"
        )

    @telling
    def handle(self, *args: object, to: Path | None, load: Path | None, recipient: list[str], **options: object) -> None:
        if to:
            done = pseudonymised.make(to, at=timezone.now(), recipients=recipient)
            self.stdout.write(f"{to}: {done.rows} righe di {done.tables} tabelle con dati inventati, nessun file, {done.seconds:.1f} s.")
            self.stdout.write("Restano dati di persone, sotto pseudonimo: dallo solo a chi è autorizzato, e cancellalo a fine corso.")
            return
        assert load
        done = pseudonymised.load(load)
        self.stdout.write(
            f"Caricate {done.rows} righe di {done.tables} tabelle, com'erano il {done.made_at[:10]}, in {done.seconds:.1f} s."
        )
        for invariant, detail in postgres.violations():
            self.stdout.write(f"Attenzione, non torna: {invariant}, {detail}")
        self.stdout.write("Nessuno ha una password: dalla a chi serve con ./impresa manage changepassword INDIRIZZO. Per ogni ruolo, uno:")
        for role, address in pseudonymised.one_of_each_role():
            self.stdout.write(f"{role}: {address}")
