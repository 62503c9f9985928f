"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import ACCIDENT


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_guards"), ("core", "0010_links_and_guesses")]

    operations = [*sql.reasons_kept(ACCIDENT)]
