from typing import Any

from django.core.management.base import BaseCommand

from impresasolidale.territory.models import Comune
from impresasolidale.territory.services import load_reference_data


class Command(BaseCommand):
    help = "Carica comuni, stati esteri, enti, regole iniziali, tariffe e feste patronali. Si può ripetere."

    def handle(self, *args: Any, **options: Any) -> None:
        load_reference_data()
        self.stdout.write(f"Dati di riferimento caricati: {Comune.objects.count()} comuni e stati esteri.")
