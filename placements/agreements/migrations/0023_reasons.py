"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from placements.agreements.transitions import AGREEMENT, EXTENSION, HAND_OVER, PLACEMENT, PROJECT, REQUEST


class Migration(migrations.Migration):
    dependencies = [("agreements", "0022_share_guards"), ("core", "0010_links_and_guesses")]

    operations = [operation for machine in (AGREEMENT, EXTENSION, HAND_OVER, PLACEMENT, PROJECT, REQUEST) for operation in sql.reasons_kept(machine)]
