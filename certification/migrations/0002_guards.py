from django.db import migrations

from certification.transitions import CERTIFICATE
from impresasolidale.core import sql

NETWORK = ("network_id",)


class Migration(migrations.Migration):
    dependencies = [("certification", "0001_initial"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("certification_schemeversion", owner=NETWORK),
        *sql.protect(
            "certification_certificate",
            owner=NETWORK,
            only={"company": "company_id"},
            pins={"company_id": "hosts_company", "scheme_id": "certification_schemeversion"},
        ),
        *sql.append_only("certification_schemeversion"),
        *sql.transition_guard("certification_certificate", CERTIFICATE),
        *sql.reasons_kept(CERTIFICATE),
        *sql.history("certification_certificate"),
    ]
