"""Schemes, recognitions, thanks and cards belong to the network; a company user reaches the own company's alone."""

from django.db import migrations

from certification.transitions import CERTIFICATE, THANKS
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
COMPANY = {"company_id": "hosts_company"}


class Migration(migrations.Migration):
    dependencies = [("certification", "0001_initial"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("certification_schemeversion", owner=NETWORK),
        *sql.protect(
            "certification_certificate",
            owner=NETWORK,
            only=OWN,
            pins={**COMPANY, "scheme_id": "certification_schemeversion"},
        ),
        *sql.protect("certification_thanks", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.protect("certification_impactcard", owner=NETWORK, only=OWN, pins=COMPANY),
        *sql.append_only("certification_schemeversion"),
        *sql.transition_guard("certification_certificate", CERTIFICATE),
        *sql.transition_guard("certification_thanks", THANKS),
        *sql.reasons_kept(CERTIFICATE),
        *sql.reasons_kept(THANKS),
        *sql.history("certification_certificate"),
        *sql.history("certification_thanks"),
        *sql.history("certification_impactcard"),
    ]
