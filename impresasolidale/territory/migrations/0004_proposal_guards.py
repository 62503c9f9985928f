"""Proposals of a rule book: within their network, an Ambito of that network, and steps of the state table alone."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.territory.transitions import PROPOSAL

TABLE = "territory_rulebookproposal"


class Migration(migrations.Migration):
    dependencies = [("territory", "0003_proposals"), ("accounts", "0003_guards")]

    operations = [
        *sql.protect(TABLE, owner=("network_id", "ambito_id")),
        migrations.RunSQL(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {TABLE}_ambito_network"
            " FOREIGN KEY (ambito_id, network_id) REFERENCES territory_ambito (id, network_id)",
            f"ALTER TABLE {TABLE} DROP CONSTRAINT {TABLE}_ambito_network",
        ),
        *sql.transition_guard(TABLE, PROPOSAL),
        *sql.history(TABLE),
    ]
