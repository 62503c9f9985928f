"""Letterheads belong to an Ambito, logos and what papers say to the network; an Ambito's own words stay in its network."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("territory", "0005_office_settings"), ("core", "0003_guards")]

    operations = [
        *sql.protect("territory_letterhead"),
        *sql.protect("territory_logo", owner=("network_id",)),
        *sql.protect("territory_stampduty", owner=("ambito_id", "network_id")),
        *sql.protect("territory_fundinglogo", owner=("network_id",), pins={"logo_id": "territory_logo"}),
        *sql.append_only("territory_logo"),
        migrations.RunSQL(
            "ALTER TABLE territory_stampduty ADD CONSTRAINT territory_stampduty_ambito_network"
            " FOREIGN KEY (ambito_id, network_id) REFERENCES territory_ambito (id, network_id)",
            migrations.RunSQL.noop,
        ),
        *sql.history("territory_letterhead"),
        *sql.history("territory_stampduty"),
        *sql.history("territory_fundinglogo"),
    ]
