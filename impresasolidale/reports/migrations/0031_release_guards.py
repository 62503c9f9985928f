"""The network's alone, and never changed once published."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("reports", "0030_opendatarelease")]

    operations = [
        *sql.protect("reports_opendatarelease", owner=("network_id",)),
        *sql.append_only("reports_opendatarelease"),
    ]
