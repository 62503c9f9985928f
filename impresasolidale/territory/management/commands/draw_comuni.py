"""The map's shapes, from a GeoJSON file of comuni (docs/operations/map.md)."""

import csv
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from impresasolidale.territory.shapes import TABLE, rings_of, simplified


class Command(BaseCommand):
    help = "Disegna le sagome dei comuni per la mappa da un file GeoJSON dei confini ISTAT (gradi, WGS 84)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("geojson", type=Path, help="I comuni da disegnare.")
        parser.add_argument("--code", default="com_istat_code", help="La proprietà con il codice ISTAT del comune.")
        parser.add_argument("--tolerance", type=float, default=0.5, help="Quanto si semplifica, in unità della mappa (è larga 440).")
        parser.add_argument("--out", type=Path, default=TABLE)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rings = rings_of(json.loads(options["geojson"].read_text(encoding="utf-8")), options["code"])
        except KeyError as error:
            raise CommandError(f"Nel file manca {error}.") from error
        if not rings:
            raise CommandError("Nel file non c’è nessun comune.")
        paths = simplified(rings, tolerance=options["tolerance"])
        with options["out"].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["istat_code", "path"])
            writer.writerows(sorted(paths.items()))
        self.stdout.write(f"{len(paths)} comuni, {options['out'].stat().st_size} byte.")
