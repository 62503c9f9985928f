"""manage.py bench: ratios to floors measured in the same run. The exit code says nothing about them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from impresasolidale.demo import crowd
from impresasolidale.demo.bench import measure


class Command(BaseCommand):
    help = "Measures the main pages and writes against their floors, on a seeded database, and leaves nothing behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help='a list of {"name", "ours", "floor", "ratio", "target", "ok"}, times in milliseconds'
        )
        parser.add_argument("--rounds", type=int, default=40, help="how many times each row and its floor take turns")

    def handle(self, *args: Any, **options: Any) -> None:
        if not crowd.is_there():
            self.stderr.write("Senza la folla (./impresa seed --ambiti 600 --placements 100000) non misuro gli elenchi grandi.")
        rows = measure(rounds=max(1, options["rounds"]))
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in rows], indent=2))
            return
        self.stdout.write(f"{'':28}{'nostro ms':>12}{'minimo ms':>12}{'rapporto':>10}{'obiettivo':>11}")
        for row in rows:
            words = "bene" if row.ok else "lento"
            self.stdout.write(f"{row.name:28}{row.ours:12.1f}{row.floor:12.1f}{row.ratio:9.2f}×{row.target:10.1f}×  {words}")
            self.stdout.flush()
