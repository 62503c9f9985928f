"""What must always hold, asked of every row (invariants.sql): each violation is a line, and there should be none. Runs as the owner."""

from django.core.management.base import BaseCommand, CommandError

from impresasolidale.operations import postgres
from impresasolidale.operations.words import telling


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    @telling
    def handle(self, *args: object, **options: object) -> None:
        found = postgres.violations()
        for invariant, detail in found:
            self.stdout.write(f"{invariant}: {detail}")
        if found:
            raise CommandError(f"Non torna: {len(found)}.")
        self.stdout.write("Tutto torna.")
