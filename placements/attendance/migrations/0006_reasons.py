"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from placements.attendance.transitions import TIMESHEET


class Migration(migrations.Migration):
    dependencies = [("attendance", "0005_allowance_guards"), ("core", "0010_links_and_guesses")]

    operations = [*sql.reasons_kept(TIMESHEET)]
