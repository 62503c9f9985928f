"""Companies and their people belong to the network; a company user reaches its own company only."""

from django.db import migrations

from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
COMPANY = {"company_id": "hosts_company"}

# A tutor belongs to no company, so no column narrows the row: a company user reaches the own one, and those engaged by the companies in reach.
OF_US = (
    "user_id = nullif(current_setting('app.actor', true), '')::bigint OR id = ANY ((SELECT app_only('tutor'))::bigint[])"
    " OR EXISTS (SELECT 1 FROM hosts_engagement e WHERE e.tutor_id = hosts_companytutor.id)"
)


class Migration(migrations.Migration):
    dependencies = [("hosts", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("hosts_company", owner=NETWORK, only={"company": "id"}),
        *sql.protect("hosts_site", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_companytutor", owner=NETWORK, through=OF_US),
        *sql.protect("hosts_engagement", owner=NETWORK, only=OWN, pins={**COMPANY, "tutor_id": "hosts_companytutor"}),
        *sql.protect("hosts_closure", owner=NETWORK, only=OWN, pins={**COMPANY, "site_id": "hosts_site"}),
        *sql.protect("hosts_opening", owner=NETWORK, only=OWN, pins={**COMPANY, "site_id": "hosts_site"}),
        *sql.protect("hosts_hostinginterest", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.name_search("hosts_company", owner=NETWORK, only={"company": "id"}),
        *sql.history("hosts_company"),
        *sql.history("hosts_site"),
        *sql.history("hosts_companytutor"),
        *sql.history("hosts_engagement"),
        *sql.history("hosts_closure"),
        *sql.history("hosts_opening"),
        *sql.history("hosts_hostinginterest"),
    ]
