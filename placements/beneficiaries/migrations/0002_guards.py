"""People are the Ambito's; a company user reaches only the people entrusted to it, and nothing of their papers."""

from django.db import migrations

from impresasolidale.core import sql

PERSON = {"beneficiary_id": "beneficiaries_beneficiary"}
# A company user is narrowed by beneficiary; what hangs on the person is not for it at all: key "document" is always empty there.
OFFICE_ONLY = {"document": "id"}


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("beneficiaries_beneficiary", only={"beneficiary": "id"}),
        *sql.protect("beneficiaries_representative", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_referral", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_takingincharge", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_assessment", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_caremember", only=OFFICE_ONLY, pins=PERSON),
        *sql.history("beneficiaries_beneficiary", hidden=["codice_fiscale", "codice_fiscale_hash"]),
        *sql.history("beneficiaries_representative"),
        *sql.history("beneficiaries_referral"),
        *sql.history("beneficiaries_takingincharge"),
        *sql.history("beneficiaries_assessment"),
        *sql.history("beneficiaries_caremember"),
    ]
