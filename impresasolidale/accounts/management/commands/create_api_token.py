"""Make a key of the API for a user, in one Ambito, with scopes and an expiry. The key is printed once and never kept."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.scopes import offered_to
from impresasolidale.accounts.tokens import make_token
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope as scope_of
from impresasolidale.territory.models import Ambito


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("ambito", help="its code or name")
        parser.add_argument("--name", default="API", help="what the key is for")
        parser.add_argument("--days", type=int, default=365)
        parser.add_argument("--scope", action="append", default=[], help="read:companies, …; none: all that is read")

    def handle(self, *args: object, email: str, ambito: str, name: str, days: int, scope: list[str], **options: object) -> None:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        place = Ambito.objects.filter(code=ambito).first() or Ambito.objects.filter(name__iexact=ambito).first()
        if user is None or place is None:
            raise CommandError("No active user with this address, or no such Ambito.")
        access = access_for(user, chosen=f"ambito:{place.pk}")
        if access.ambito_id != place.pk:
            raise CommandError("This user holds no role in this Ambito.")
        scopes = scope or [code for code, _words in offered_to(access.permissions) if code.startswith("read:")]
        now = timezone.now()
        try:
            with scope_of(access.scope):
                token = make_token(name=name, scopes=scopes, expires_at=now + timedelta(days=days), by=access, now=now)
        except DomainError as error:
            raise CommandError(str(error.words))
        self.stdout.write(token)
