from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("core", "0003_guards")]

    operations = [*sql.protect("reports_reportrun", only={"document": "id"}), *sql.history("reports_reportrun", hidden=["rows"])]
