"""Does this installation answer? As the application's role: the deployment checks, the first pages, and no row without a scope."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client

PAGES = ("/", "/accesso/", "/healthz")


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: object, **options: object) -> None:
        call_command("check", databases=["default"], deploy=not settings.DEMO, fail_level="ERROR", stdout=self.stdout)
        host = next((h.lstrip("*.") or "localhost" for h in settings.ALLOWED_HOSTS), "localhost")
        client = Client(headers={"host": host, "x-forwarded-proto": "https"}, raise_request_exception=False)
        for page in PAGES:
            status = client.get(page).status_code
            if status >= 500 and page != "/healthz":  # without a worker it says 503, and that is an answer
                raise CommandError(f"{page}: {status}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM beneficiaries_beneficiary")
            if cursor.fetchone()[0]:
                raise CommandError("Senza ambito si vedono persone: la sicurezza per riga non tiene.")
        self.stdout.write("Risponde.")
