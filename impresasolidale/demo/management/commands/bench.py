"""manage.py bench: ratios to floors measured in the same run. It fails when a row is over its bound, or slower than in a run before."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from impresasolidale.demo import bench_verdict, crowd
from impresasolidale.demo.bench import measure


class Command(BaseCommand):
    help = "Measures the main pages and writes against their floors, on a seeded database, and leaves nothing behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json",
            action="store_true",
            help='a list of {"name", "ours", "floor", "ratio", "target", "spread", "ok"}, times in milliseconds',
        )
        parser.add_argument("--rounds", type=int, default=40, help="how many times each row and its floor take turns")
        parser.add_argument("--against", type=Path, help="a file that --json wrote before: what got slower by more than the noise fails")

    def handle(self, *args: Any, **options: Any) -> None:
        before = self._before(options["against"])
        if not crowd.is_there():
            self.stderr.write("Senza la folla (./impresa seed --ambiti 600 --placements 100000) non misuro gli elenchi grandi.")
        found = []
        if not options["json"]:
            self.stdout.write(f"{'':28}{'nostro ms':>12}{'minimo ms':>12}{'rapporto':>10}{'obiettivo':>11}")
        for row in measure(rounds=max(1, options["rounds"])):
            found.append(row.as_json())
            if not options["json"]:
                words = "bene" if row.ok else "lento"
                self.stdout.write(f"{row.name:28}{row.ours:12.1f}{row.floor:12.1f}{row.ratio:9.2f}×{row.target:10.1f}×  {words}")
                self.stdout.flush()
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        rows = bench_verdict.by_name(found)
        wrong = [
            *(f"Oltre il limite: {line}." for line in bench_verdict.over(rows)),
            *(f"Peggio di prima: {line}." for line in bench_verdict.slower(before, rows)),
        ]
        if wrong:
            raise CommandError("\n".join(wrong))

    def _before(self, path: Path | None) -> bench_verdict.Rows:
        """Read first: who waits an hour for a file that is not there is not well served."""
        if path is None:
            return {}
        try:
            return bench_verdict.read(path)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} non è una misura fatta con ./impresa bench --json.") from error
