"""Take in one mail from the standard input, as a mail server's pipe hands it over; with --box, all that waits in MAIL_IN_URL.

A mail that was taken in before is let go. Any error leaves with a code that makes the server try again (75, EX_TEMPFAIL).
"""

import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from companies.hosts import services

TRY_AGAIN = 75


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--box", action="store_true", help="read the box of MAIL_IN_URL instead")

    def handle(self, *args: object, box: bool, **options: object) -> None:
        if box:
            self.stdout.write(f"{services.fetch_mail(now=timezone.now())}")
            return
        raw = sys.stdin.buffer.read()
        if not raw.strip():
            raise CommandError("No mail on the standard input.")
        try:
            services.receive_mail(raw=raw, now=timezone.now())
        except Exception as error:
            raise CommandError(f"Not taken in: {type(error).__name__}", returncode=TRY_AGAIN) from error
