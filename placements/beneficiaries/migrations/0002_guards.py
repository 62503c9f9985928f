"""People are the Ambito's; a company user reaches only the people entrusted to it, and nothing of their papers; and the door of a digital identity, read before any
scope exists. No trail holds a codice fiscale."""

from django.db import migrations

from impresasolidale.core import sql
from placements.beneficiaries.transitions import WAITING

PERSON = {"beneficiary_id": "beneficiaries_beneficiary"}
FILED = {**PERSON, "file_id": "core_upload"}
REPRESENTED = {"representative_id": "beneficiaries_representative"}
# A company user is narrowed by beneficiary; what hangs on the person is not for it at all: key "document" is always empty there.
OFFICE_ONLY = {"document": "id"}

# The one look across Ambiti: for an exact code, the names of the other Ambiti that know it (house.md §3, who sees whom). It runs as the
# tables' owner, outside row-level security, and answers with names of Ambiti and nothing of the person.
KNOWN_ELSEWHERE = """
CREATE FUNCTION beneficiaries_known_elsewhere(code_hash text, here bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.name::text FROM beneficiaries_beneficiary b JOIN territory_ambito a ON a.id = b.ambito_id
   WHERE b.codice_fiscale_hash = code_hash AND b.merged_into_id IS NULL AND b.ambito_id IS DISTINCT FROM here ORDER BY a.name
$$;
GRANT EXECUTE ON FUNCTION beneficiaries_known_elsewhere(text, bigint) TO PUBLIC;
"""
# By the keyed hash of a codice fiscale: ids alone, of the records that are of this person or whom this person represents on the day.
DOOR = """
CREATE FUNCTION beneficiaries_area_door(code_hash text, today date)
RETURNS TABLE (network_id bigint, ambito_id bigint, beneficiary_id bigint, representative_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.network_id, b.ambito_id, b.id, NULL::bigint
  FROM beneficiaries_beneficiary b JOIN territory_ambito a ON a.id = b.ambito_id
  WHERE b.codice_fiscale_hash = code_hash AND b.merged_into_id IS NULL AND code_hash <> ''
  UNION ALL
  SELECT a.network_id, b.ambito_id, b.id, r.id
  FROM beneficiaries_representative r JOIN beneficiaries_beneficiary b ON b.id = r.beneficiary_id
  JOIN territory_ambito a ON a.id = b.ambito_id
  WHERE r.codice_fiscale_hash = code_hash AND code_hash <> '' AND b.merged_into_id IS NULL
    AND r.valid_from <= today AND (r.valid_to IS NULL OR r.valid_to >= today)
    AND (r.kind <> 'parent' OR extract(year FROM age(today, b.birth_date)) < 18)  -- a parent acts for a minor (rule 6)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("beneficiaries_beneficiary", only={"beneficiary": "id"}),
        *sql.protect("beneficiaries_representative", only=OFFICE_ONLY, pins=FILED),
        *sql.protect("beneficiaries_referral", only=OFFICE_ONLY, pins=FILED),
        *sql.protect("beneficiaries_takingincharge", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_assessment", only=OFFICE_ONLY, pins=FILED),
        *sql.protect("beneficiaries_caremember", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_statusevidence", only=OFFICE_ONLY, pins=FILED),
        *sql.protect("beneficiaries_consent", only=OFFICE_ONLY, pins=FILED | REPRESENTED),
        *sql.protect("beneficiaries_waitingentry", only=OFFICE_ONLY, pins=PERSON),
        *sql.protect("beneficiaries_diaryentry", only=OFFICE_ONLY, pins=PERSON | {"supersedes_id": "beneficiaries_diaryentry"}),
        *sql.protect("beneficiaries_persondocument", only=OFFICE_ONLY, pins=PERSON | {"upload_id": "core_upload"}),
        *sql.protect(
            "beneficiaries_distinctpair",
            only=OFFICE_ONLY,
            pins={"first_id": "beneficiaries_beneficiary", "second_id": "beneficiaries_beneficiary"},
        ),
        *sql.protect("beneficiaries_paymentway", only=OFFICE_ONLY, pins=PERSON | REPRESENTED),
        *sql.append_only("beneficiaries_diaryentry"),
        *sql.append_only("beneficiaries_distinctpair"),
        *sql.transition_guard("beneficiaries_waitingentry", WAITING),
        *sql.reasons_kept(WAITING),
        *sql.name_search("beneficiaries_beneficiary", only={"beneficiary": "id"}),
        *sql.history("beneficiaries_beneficiary", hidden=["codice_fiscale", "codice_fiscale_hash"]),
        *sql.history("beneficiaries_representative", hidden=["codice_fiscale", "codice_fiscale_hash"]),
        *sql.history("beneficiaries_referral"),
        *sql.history("beneficiaries_takingincharge"),
        *sql.history("beneficiaries_assessment"),
        *sql.history("beneficiaries_caremember"),
        *sql.history("beneficiaries_statusevidence"),
        *sql.history("beneficiaries_consent"),
        *sql.history("beneficiaries_waitingentry"),
        *sql.history("beneficiaries_persondocument", hidden=["note"]),
        *sql.history("beneficiaries_paymentway", hidden=["iban", "holder_code"]),
        migrations.RunSQL(KNOWN_ELSEWHERE, "DROP FUNCTION beneficiaries_known_elsewhere(text, bigint)"),
        migrations.RunSQL(DOOR, "DROP FUNCTION beneficiaries_area_door(text, date)"),
    ]
