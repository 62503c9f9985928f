from django.db import migrations

from impresasolidale.core import sql
from solidarity_fund.transitions import REQUEST

NETWORK = ("network_id",)


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0002_initial"), ("treasury", "0002_guards"), ("agreements", "0003_guards")]

    operations = [
        *sql.protect("solidarity_fund_donor", owner=NETWORK, only={"document": "id"}),
        *sql.protect("solidarity_fund_contribution", owner=NETWORK, only={"document": "id"}, pins={"donor_id": "solidarity_fund_donor", "pot_id": "treasury_pot"}),
        *sql.append_only("solidarity_fund_contribution"),
        *sql.protect(
            "solidarity_fund_benefitrequest",
            only={"document": "id"},
            pins={"beneficiary_id": "beneficiaries_beneficiary", "placement_id": "agreements_placement"},
        ),
        *sql.transition_guard("solidarity_fund_benefitrequest", REQUEST),
        *sql.history("solidarity_fund_donor"),
        *sql.history("solidarity_fund_benefitrequest", hidden=["quote", "decision_reason"]),
    ]
