"""What is certified, consented and waited for is the office's alone; a paper kept with a record has the record's owner."""

from django.db import migrations

from impresasolidale.core import sql
from placements.beneficiaries.transitions import WAITING

PERSON = {"beneficiary_id": "beneficiaries_beneficiary"}
FILE = {"file_id": "core_upload"}
OFFICE_ONLY = {"document": "id"}  # as in 0002_guards: nothing of a person's papers for a company user


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0004_evidence_waiting_consents"), ("core", "0003_guards")]

    operations = [
        *sql.protect("beneficiaries_statusevidence", only=OFFICE_ONLY, pins={**PERSON, **FILE}),
        *sql.protect(
            "beneficiaries_consent", only=OFFICE_ONLY, pins={**PERSON, **FILE, "representative_id": "beneficiaries_representative"}
        ),
        *sql.protect("beneficiaries_waitingentry", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_representative", only=OFFICE_ONLY, pins=FILE),
        *sql.protect("beneficiaries_referral", only=OFFICE_ONLY, pins=FILE),
        *sql.protect("beneficiaries_assessment", only=OFFICE_ONLY, pins=FILE),
        *sql.history("beneficiaries_statusevidence"),
        *sql.history("beneficiaries_consent"),
        *sql.history("beneficiaries_waitingentry"),
        *sql.transition_guard("beneficiaries_waitingentry", WAITING),
    ]
