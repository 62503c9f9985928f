"""Take away the second factor of somebody whom no colleague in «Utenti» can help: who works for the whole network, or an office's only
coordinator.

Only who runs the server can, after having recognised the person. The reason stays in the history, and the user is written to.
"""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.factors import reset_factors
from impresasolidale.accounts.models import User
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="who recognised the person, and how")

    def handle(self, *args: object, email: str, reason: str, **options: object) -> None:
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        held = access_for(user) if user else None
        if user is None or held is None or held.network_id is None:
            raise CommandError("No active user with this address and a role.")
        by = Access.system(network_id=held.network_id, ambito_id=held.ambito_id, reason="reset on the server")
        try:
            with scope(by.scope):
                count = reset_factors(user=user, reason=reason, by=by, today=timezone.localdate())
        except DomainError as error:
            raise CommandError(str(error.words))
        self.stdout.write(f"{count} taken away; at the next sign-in the user chooses a new one.")
