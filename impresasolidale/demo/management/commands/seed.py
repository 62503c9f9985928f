"""manage.py seed: the invented data of the demo, once."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from impresasolidale.demo.seed import is_seeded, seed


class Command(BaseCommand):
    help = "Fills an empty database with invented people, hosts and placements. The same number and day give the same rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the number everything is made from")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day of the demo, YYYY-MM-DD")
        parser.add_argument("--scale", type=int, default=1, help="how many times the usual size, for measurements")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:  # everybody it makes has one password, which is printed
            raise CommandError("I dati di prova vanno solo in un'installazione di prova.")
        if is_seeded():
            self.stdout.write("I dati di prova ci sono già: non ho cambiato nulla.")
            return
        people = seed(number=options["seed"], today=options["today"] or timezone.localdate(), scale=options["scale"])
        self.stdout.write(f"Dati di prova pronti: {len(people.logins)} accessi in logins.txt.")
