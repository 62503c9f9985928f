"""Rule book versions are append-only; an Ambito's rows stay in its network; changes of offices' reference data are recorded."""

from django.db import migrations

from impresasolidale.core import sql


def pin(table: str) -> migrations.RunSQL:
    """A row that names an Ambito names that Ambito's network too."""
    name = f"{table}_ambito_network"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (ambito_id, network_id) REFERENCES territory_ambito (id, network_id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial"), ("core", "0003_guards")]

    operations = [
        pin("territory_body"),
        pin("territory_rulebookversion"),
        *sql.append_only("territory_rulebookversion"),
        *sql.history("territory_ambito"),
        *sql.history("territory_body"),
        *sql.history("territory_tariff"),
        *sql.history("territory_patronsaint"),
    ]
