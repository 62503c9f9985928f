"""Whom the reference rows belong to; versions and logos never change; what changes is recorded."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.territory.transitions import PROPOSAL

NETWORK = ("network_id",)


def pin(table: str) -> migrations.RunSQL:
    """A row that names an Ambito names that Ambito's network too."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_ambito_network"
        " FOREIGN KEY (ambito_id, network_id) REFERENCES territory_ambito (id, network_id)",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial"), ("core", "0003_guards")]

    operations = [
        pin("territory_body"),
        pin("territory_rulebookversion"),
        pin("territory_rulebookproposal"),
        pin("territory_stampduty"),
        *sql.protect("territory_rulebookproposal", owner=("network_id", "ambito_id")),
        *sql.protect("territory_letterhead"),
        *sql.protect("territory_logo", owner=NETWORK),
        *sql.protect("territory_stampduty", owner=("ambito_id", "network_id")),
        *sql.protect("territory_fundinglogo", owner=NETWORK, pins={"logo_id": "territory_logo"}),
        *sql.append_only("territory_rulebookversion"),
        *sql.append_only("territory_logo"),
        *sql.transition_guard("territory_rulebookproposal", PROPOSAL),
        *sql.reasons_kept(PROPOSAL),
        *sql.history("territory_ambito"),
        *sql.history("territory_body"),
        *sql.history("territory_tariff"),
        *sql.history("territory_patronsaint"),
        *sql.history("territory_rulebookproposal"),
        *sql.history("territory_letterhead"),
        *sql.history("territory_stampduty"),
        *sql.history("territory_fundinglogo"),
    ]
