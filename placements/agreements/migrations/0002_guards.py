"""Owners, states and trails of the placement and its papers."""

from django.db import migrations

from impresasolidale.core import sql
from placements.agreements.transitions import AGREEMENT, EXTENSION, HAND_OVER, PLACEMENT, PROJECT, REQUEST

PLACED = {"placement_id": "agreements_placement"}
PERSON = {"beneficiary_id": "beneficiaries_beneficiary"}
OF_PROJECT = {"project_id": "agreements_personalproject"}
OF_POWER = {"power_id": "agreements_signingpower"}
# What a company user reaches: its placements and their papers by id; of the rest nothing, key "document" being always empty there.
OWN = {"placement": "placement_id"}
PAPER = {"paper": "document_id"}
OFFICE_ONLY = {"document": "id"}
TRAILS = (
    *("frameworkagreement", "placement", "personalproject", "cover", "readinessitem", "benefitcheck", "fundingshare"),
    *("communication", "safetyevidence", "outsideplace", "copyhanded", "replacementflag", "signingpower"),
    *("suspension", "extensionrequest", "earlyend", "tutorchange", "projecttemplate", "declareduse", "paperstart"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_initial"),
        ("beneficiaries", "0002_guards"),
        ("hosts", "0002_guards"),
        ("accounts", "0003_guards"),
        ("territory", "0002_guards"),
        ("treasury", "0003_office_guards"),
    ]

    operations = [
        *sql.protect("agreements_frameworkagreement", only=OFFICE_ONLY, pins={"only_for_id": "agreements_placement"}),
        *sql.protect("agreements_cover", only=OFFICE_ONLY),
        *sql.protect(
            "agreements_placement",
            only={"placement": "id"},
            pins={**PERSON, "agreement_id": "agreements_frameworkagreement", "parent_id": "agreements_placement"},
        ),
        *sql.protect("agreements_personalproject", only=OWN, pins=PLACED),
        *sql.protect("agreements_goal", only=OFFICE_ONLY, pins=OF_PROJECT),
        *sql.protect("agreements_weekday", pins=OF_PROJECT),
        *sql.protect("agreements_irregularday", pins=OF_PROJECT),
        *sql.protect("agreements_fundingshare", only=OFFICE_ONLY, pins=OF_PROJECT),
        *sql.protect("agreements_readinessitem", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("agreements_benefitcheck", only=OFFICE_ONLY, pins=PLACED),
        # Before the start.
        *sql.protect("agreements_communication", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("agreements_safetyevidence", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("agreements_outsideplace", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("agreements_copyhanded", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("agreements_replacementflag", only=OFFICE_ONLY, pins=PLACED),
        # Signatures.
        *sql.protect("agreements_signingpower", only=OFFICE_ONLY, pins={"deputy_of_id": "agreements_signingpower"}),
        *sql.protect("agreements_signaturerequest", only=PAPER, pins=OF_POWER),
        *sql.protect(
            "agreements_signature",
            only=PAPER,
            pins={**OF_POWER, "request_id": "agreements_signaturerequest", "kept_from_id": "agreements_signature"},
        ),
        *sql.protect("agreements_evidence", only=OFFICE_ONLY, pins={"signature_id": "agreements_signature"}),
        # Changes and the end.
        *sql.protect("agreements_suspension", only=OWN, pins=PLACED),
        *sql.protect("agreements_extensionrequest", only=OWN, pins=PLACED | OF_PROJECT),
        *sql.protect("agreements_attestation", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("agreements_earlyend", only=OWN, pins=PLACED),
        *sql.protect("agreements_tutorchange", only=OWN, pins=PLACED),
        *sql.protect("agreements_meeting", only=OFFICE_ONLY, pins=PLACED),
        # Ways to begin.
        *sql.protect("agreements_projecttemplate", only=OFFICE_ONLY),
        *sql.protect("agreements_declareduse", only={"beneficiary": "beneficiary_id", **OFFICE_ONLY}, pins=PERSON | PLACED),
        *sql.protect("agreements_paperstart", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("agreements_handover", owner=("ambito_id", "to_ambito_id"), only=OFFICE_ONLY, pins=PERSON | PLACED),
        *sql.append_only("agreements_signature"),
        *sql.append_only("agreements_attestation"),
        *sql.append_only("agreements_meeting"),
        *sql.transition_guard("agreements_frameworkagreement", AGREEMENT),
        *sql.transition_guard("agreements_placement", PLACEMENT),
        *sql.transition_guard("agreements_personalproject", PROJECT),
        *sql.transition_guard("agreements_signaturerequest", REQUEST),
        *sql.transition_guard("agreements_extensionrequest", EXTENSION),
        *sql.transition_guard("agreements_handover", HAND_OVER),
        *[step for machine in (AGREEMENT, PLACEMENT, PROJECT, REQUEST, EXTENSION, HAND_OVER) for step in sql.reasons_kept(machine)],
        *sql.name_search("agreements_placement", column="person_key", only={"placement": "id"}),
        *[step for table in TRAILS for step in sql.history(f"agreements_{table}")],
        *sql.history("agreements_evidence", hidden=["data"]),
        *sql.history("agreements_signaturerequest", hidden=["token_hash", "code_hash", "address"]),
        *sql.history("agreements_handover", hidden=["content"]),
    ]
