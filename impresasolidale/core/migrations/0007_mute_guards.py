"""A mute belongs to its Ambito alone, and its changes are recorded."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("core", "0006_deadlines_and_mutes")]

    operations = [*sql.protect("core_mute"), *sql.history("core_mute")]
