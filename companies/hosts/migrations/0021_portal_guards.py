"""What a company says of itself belongs to the network; a company user reaches the own company's alone."""

from django.db import migrations

from companies.hosts.transitions import PROPOSAL
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
COMPANY = {"company_id": "hosts_company"}


class Migration(migrations.Migration):
    dependencies = [("hosts", "0020_portal")]

    operations = [
        *sql.protect("hosts_dataproposal", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("hosts_hostexpense", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.transition_guard("hosts_dataproposal", PROPOSAL),
        *sql.reasons_kept(PROPOSAL),
        *sql.history("hosts_dataproposal"),
        *sql.history("hosts_hostexpense"),
    ]
