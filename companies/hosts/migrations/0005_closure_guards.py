"""Closures belong to the network; a company user reaches those of its own company."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("hosts", "0004_closures")]

    operations = [
        *sql.protect(
            "hosts_closure",
            owner=("network_id",),
            only={"company": "company_id"},
            pins={"company_id": "hosts_company", "site_id": "hosts_site"},
        ),
        *sql.history("hosts_closure"),
    ]
