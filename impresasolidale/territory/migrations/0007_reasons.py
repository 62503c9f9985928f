"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.territory.transitions import PROPOSAL


class Migration(migrations.Migration):
    dependencies = [("territory", "0006_office_guards"), ("core", "0010_links_and_guesses")]

    operations = [*sql.reasons_kept(PROPOSAL)]
