"""Versions, health, counts and the log of some days in one ZIP, without personal data. Runs as the owner."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from impresasolidale.operations import incident
from impresasolidale.operations.errors import Refused
from impresasolidale.operations.words import telling


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", default="", metavar="AAAA-MM-GG[THH:MM]", help="da quando (normalmente un giorno fa)")
        parser.add_argument("--until", default="", metavar="AAAA-MM-GG[THH:MM]", help="fino a quando (normalmente adesso)")
        parser.add_argument("--log", action="append", default=[], metavar="FILE", help="un registro in JSON; si può ripetere")
        parser.add_argument("--to", default="", metavar="FILE", help="dove (normalmente qui, con il giorno nel nome)")

    @telling
    def handle(self, *args: object, since: str, until: str, log: list[str], to: str, **options: object) -> None:
        now = timezone.now()
        first, last = _moment(since) or now - timedelta(days=1), _moment(until) or now
        if first >= last:
            raise Refused("Il periodo è vuoto: --since viene dopo --until.")
        path = Path(to or f"incidente-{now:%Y%m%dT%H%M%SZ}.zip")
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            sums = incident.make(file, since=first, until=last, logs=map(Path, log), now=now)
        self.stdout.write(f"{path}: {len(sums)} file, senza dati personali. Leggilo prima di consegnarlo.")


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"«{text}» non è un momento: si scrive AAAA-MM-GG o AAAA-MM-GGTHH:MM.") from None
    return found if found.tzinfo else timezone.make_aware(found)
