"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.treasury.transitions import CLOSING, COMMITMENT, ITEM, RECOVERY, RUN


class Migration(migrations.Migration):
    dependencies = [("treasury", "0009_liquidation_guards"), ("core", "0010_links_and_guesses")]

    operations = [operation for machine in (CLOSING, COMMITMENT, ITEM, RECOVERY, RUN) for operation in sql.reasons_kept(machine)]
