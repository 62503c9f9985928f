"""Thanks and cards belong to the network; a company user reaches the own company's alone."""

from django.db import migrations

from certification.transitions import THANKS
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
COMPANY = {"company_id": "hosts_company"}


class Migration(migrations.Migration):
    dependencies = [("certification", "0020_impact")]

    operations = [
        *sql.protect("certification_thanks", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("certification_impactcard", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.transition_guard("certification_thanks", THANKS),
        *sql.reasons_kept(THANKS),
        *sql.history("certification_thanks"),
        *sql.history("certification_impactcard"),
    ]
