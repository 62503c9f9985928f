"""A person's sheet is the Ambito's, a site's the network's; a company user reaches neither, not even its own: they are the office's eyes.
What came of the sheets is the office's too: a company hears of it from a person, not from a row."""

from django.db import migrations

from impresasolidale.core import sql
from placements.matching.transitions import PROPOSAL, VISIT

OFFICE_ONLY = {"document": "id"}  # a company user's set of documents is always empty
PROPOSED = {"proposal_id": "matching_proposal"}


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0001_initial"),
        ("beneficiaries", "0002_guards"),
        ("hosts", "0002_guards"),
        ("agreements", "0002_guards"),
        ("core", "0003_guards"),
    ]

    operations = [
        *sql.protect("matching_personsheet", only=OFFICE_ONLY, pins={"beneficiary_id": "beneficiaries_beneficiary"}),
        *sql.protect("matching_sitesheet", owner=("network_id",), only=OFFICE_ONLY, pins={"site_id": "hosts_site"}),
        *sql.protect(
            "matching_proposal",
            only=OFFICE_ONLY,
            pins={"beneficiary_id": "beneficiaries_beneficiary", "person_sheet_id": "matching_personsheet"}
            | {"placement_id": "agreements_placement"},
        ),
        *sql.protect("matching_trialvisit", only=OFFICE_ONLY, pins=PROPOSED),
        *sql.protect("matching_decision", only=OFFICE_ONLY, pins=PROPOSED),
        *sql.append_only("matching_sitesheet"),
        *sql.append_only("matching_decision"),
        *sql.transition_guard("matching_proposal", PROPOSAL),
        *sql.reasons_kept(PROPOSAL),
        *sql.transition_guard("matching_trialvisit", VISIT),
        *sql.reasons_kept(VISIT),
        *sql.history("matching_personsheet"),  # not append-only: a merge of two records moves it
        *sql.history("matching_proposal", hidden=["despite"]),
        *sql.history("matching_trialvisit", hidden=["person_words", "company_words"]),
    ]
