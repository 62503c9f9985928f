"""List (or with --delete remove) stored files older than two days that no row names: what a death between file and row left behind.

Runs as the owner of the database, who sees every row: a file is an orphan only when nobody at all names it.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from impresasolidale.core.scope import unscoped

AGE = timedelta(days=2)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove them")

    def handle(self, *args: object, delete: bool, **options: object) -> None:
        with unscoped("sweep of orphan files"):
            named = set(names_in_rows())
        for name in sorted(stored_files("")):
            if name not in named and default_storage.get_modified_time(name) < timezone.now() - AGE:
                self.stdout.write(name)
                if delete:
                    default_storage.delete(name)


def names_in_rows() -> Iterator[str]:
    """Every stored name: models say in `stored_files` which of their columns hold one."""
    for model in apps.get_models():
        for column in getattr(model, "stored_files", ()):
            yield from model._base_manager.exclude(**{column: ""}).values_list(column, flat=True)


def stored_files(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from stored_files(f"{folder}/{name}" if folder else name)
