"""Where a person's money goes is the office's alone."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0007_payment_ways"), ("core", "0003_guards")]

    operations = [
        *sql.protect(
            "beneficiaries_paymentway",
            only={"document": "id"},
            pins={"beneficiary_id": "beneficiaries_beneficiary", "representative_id": "beneficiaries_representative"},
        ),
        *sql.history("beneficiaries_paymentway", hidden=["iban", "holder_code"]),
    ]
