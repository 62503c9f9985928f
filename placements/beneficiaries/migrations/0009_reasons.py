"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from placements.beneficiaries.transitions import WAITING


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0008_payment_guards"), ("core", "0010_links_and_guesses")]

    operations = [*sql.reasons_kept(WAITING)]
