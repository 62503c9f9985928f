"""Companies and their people belong to the network; a company user reaches its own company only."""

from django.db import migrations

from impresasolidale.core import sql

NETWORK = ("network_id",)


class Migration(migrations.Migration):
    dependencies = [("hosts", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("hosts_company", owner=NETWORK, only={"company": "id"}),
        *sql.protect("hosts_site", owner=NETWORK, only={"company": "company_id"}, pins={"company_id": "hosts_company"}),
        *sql.protect("hosts_companytutor", owner=NETWORK),
        *sql.protect(
            "hosts_engagement",
            owner=NETWORK,
            only={"company": "company_id"},
            pins={"company_id": "hosts_company", "tutor_id": "hosts_companytutor"},
        ),
        *sql.history("hosts_company"),
        *sql.history("hosts_site"),
        *sql.history("hosts_companytutor"),
        *sql.history("hosts_engagement"),
    ]
