"""manage.py seed: the invented data of the demo, once."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from impresasolidale.core.scope import unscoped
from impresasolidale.demo import crowd, crowd_events, ledger_crowd
from impresasolidale.demo.seed import is_seeded, seed


class Command(BaseCommand):
    help = "Fills an empty database with invented people, hosts and placements. The same number and day give the same rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the number everything is made from")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day of the demo, YYYY-MM-DD")
        parser.add_argument("--ambiti", type=int, default=0, help="a crowd around the demo, for measurements: how many Ambiti in all")
        parser.add_argument("--placements", type=int, default=0, help="and how many placements more")
        parser.add_argument("--events", type=int, default=0, help="and how many attendance events, by placement until reached")
        parser.add_argument("--entries", type=int, default=0, help="entries of the ledger around the demo's, for measurements")
        parser.add_argument("--scale", type=int, default=1, help="how many times the usual size, for measurements")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:  # everybody it makes has one password, which is printed
            raise CommandError("I dati di prova vanno solo in un'installazione di prova.")
        number, today = options["seed"], options["today"] or timezone.localdate()
        if is_seeded():
            self.stdout.write("I dati di prova ci sono già: non ho cambiato nulla.")
        else:
            people = seed(number=number, today=today, scale=options["scale"])
            self.stdout.write(f"Dati di prova pronti: {len(people.logins)} accessi in logins.txt.")
        if options["ambiti"] or options["placements"]:
            self._crowd(options["ambiti"], options["placements"], number, today)
        if options["events"]:
            self._events(options["events"], today)
        if options["entries"]:
            self._entries(options["entries"], today)

    def _crowd(self, ambiti: int, placements: int, number: int, today: date) -> None:
        if ambiti < len(crowd.SHARES) or placements < 1:
            raise CommandError(f"Servono --ambiti, almeno {len(crowd.SHARES)}, e --placements, almeno 1.")
        if crowd.is_there():
            self.stdout.write("Anche la folla c'è già: non ho cambiato nulla.")
            return
        started = time.monotonic()
        crowd.create_crowd(ambiti=ambiti, placements=placements, number=number, today=today, say=self.stdout.write)
        self.stdout.write(f"Altri {placements} tirocini in {ambiti} Ambiti, in {time.monotonic() - started:.0f} secondi.")

    def _events(self, events: int, today: date) -> None:
        if not crowd.is_there():
            raise CommandError("Le presenze vanno a una folla: aggiungi --ambiti e --placements.")
        if crowd_events.is_there():
            self.stdout.write("Anche le presenze della folla ci sono già: non ho cambiato nulla.")
            return
        started = time.monotonic()
        made = crowd_events.create_events(events=events, today=today, say=self.stdout.write)
        self.stdout.write(f"Altre {made} presenze, in {time.monotonic() - started:.0f} secondi.")

    def _entries(self, entries: int, today: date) -> None:
        with unscoped("seed"):
            if ledger_crowd.is_there():
                self.stdout.write("Anche i movimenti in più ci sono già: non ho cambiato nulla.")
                return
            started = time.monotonic()
            made = ledger_crowd.create_entries(entries=entries, today=today, say=self.stdout.write)
        self.stdout.write(f"Altri {made} movimenti, in {time.monotonic() - started:.0f} secondi.")
