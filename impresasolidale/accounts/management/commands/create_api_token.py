"""Make a key of the API for a user, in one Ambito, with an expiry. The key is printed once and never kept."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from impresasolidale.accounts.access import access_for, hash_token
from impresasolidale.accounts.models import ApiToken, User, new_token
from impresasolidale.territory.models import Ambito


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("ambito", help="its code or name")
        parser.add_argument("--name", default="API", help="what the key is for")
        parser.add_argument("--days", type=int, default=365)

    def handle(self, *args: object, email: str, ambito: str, name: str, days: int, **options: object) -> None:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        place = Ambito.objects.filter(code=ambito).first() or Ambito.objects.filter(name__iexact=ambito).first()
        if user is None or place is None:
            raise CommandError("No active user with this address, or no such Ambito.")
        if access_for(user, chosen=f"ambito:{place.pk}").ambito_id != place.pk:
            raise CommandError("This user holds no role in this Ambito.")
        if not 0 < days <= 730:
            raise CommandError("A key lives from 1 to 730 days.")
        token = new_token()
        expires_at = timezone.now() + timedelta(days=days)
        ApiToken.objects.create(user=user, name=name, token_hash=hash_token(token), ambito=place, expires_at=expires_at)
        self.stdout.write(token)
