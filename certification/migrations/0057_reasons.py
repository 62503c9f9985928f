"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from certification.transitions import CERTIFICATE


class Migration(migrations.Migration):
    dependencies = [("certification", "0003_guards"), ("core", "0010_links_and_guesses")]

    operations = [*sql.reasons_kept(CERTIFICATE)]
