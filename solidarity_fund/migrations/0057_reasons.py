"""A step that asks for a reason is never stored without one."""

from django.db import migrations

from impresasolidale.core import sql
from solidarity_fund.transitions import REQUEST


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0005_donor_company_owner"), ("core", "0010_links_and_guesses")]

    operations = [*sql.reasons_kept(REQUEST)]
