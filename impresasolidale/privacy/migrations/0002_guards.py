"""Registers and requests are their Ambito's office's alone. Who looked at a person is asked through the index of what was looked at, which a
policy would keep from being used."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.privacy.transitions import BREACH, DISCARD, REQUEST

# As core.sql.name_search: && may not be asked before a row-level policy, so under one the index cannot serve it; as the owner's function
# it can, and it repeats the policy's condition.
ABOUT = """
CREATE FUNCTION privacy_looks_about(kinds text[], ids bigint[]) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER ROWS 200
SET search_path = public, pg_temp AS $$
  WITH near AS MATERIALIZED (
    SELECT l.id, l.ambito_id, l.network_id FROM core_look l
    WHERE l.subject_ids && ids
      AND EXISTS (SELECT FROM unnest(kinds, ids) AS s(kind, id) WHERE s.kind = l.subject_type AND s.id = ANY (l.subject_ids)))
  SELECT id FROM near
  WHERE ambito_id = ANY ((SELECT app_ids('ambiti'))::bigint[])
     OR ambito_id IS NULL AND network_id = ANY ((SELECT app_ids('networks'))::bigint[])
$$;
GRANT EXECUTE ON FUNCTION privacy_looks_about(text[], bigint[]) TO PUBLIC;
"""

# What the person's area opens of this room: the copies that were delivered there, for their people; what the person
# asked herself (`is_own`) is not for who represents her: her copy holds an address that may be protected from them.
AREA = """
CREATE FUNCTION privacy_area() RETURNS TABLE (beneficiary_id bigint, document_id bigint, is_own boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.beneficiary_id, r.document_id, r.asker = 'person' FROM privacy_datarequest r JOIN core_document d ON d.id = r.document_id
  WHERE r.ambito_id = ANY (app_ids('ambiti')) AND r.beneficiary_id = ANY (app_only('beneficiary'))
    AND r.state = 'answered' AND r.delivery = 'area' AND d.state = 'ready'
$$;
GRANT EXECUTE ON FUNCTION privacy_area() TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_initial"), ("core", "0003_guards"), ("beneficiaries", "0002_guards"), ("attendance", "0003_rules"),
    ]

    operations = [
        *sql.protect(
            "privacy_datarequest",
            office_only=True,
            pins={"beneficiary_id": "beneficiaries_beneficiary", "representative_id": "beneficiaries_representative"},
        ),
        *sql.protect("privacy_breach", office_only=True),
        *sql.protect("privacy_datapact", office_only=True),
        *sql.protect("privacy_processingnote", office_only=True),
        *sql.protect("privacy_notice"),
        *sql.protect(
            "privacy_acceptance",
            pins={"notice_id": "privacy_notice"},
            through="(user_id = nullif(current_setting('app.actor', true), '')::bigint OR tutor_id = ANY (app_only('tutor')))",
        ),
        *sql.protect("privacy_retentionterm", office_only=True),
        *sql.protect("privacy_legalhold", office_only=True, pins={"beneficiary_id": "beneficiaries_beneficiary"}),
        *sql.protect("privacy_discardlist", office_only=True),
        *sql.protect(
            "privacy_discarditem",
            office_only=True,
            pins={"discard_id": "privacy_discardlist", "beneficiary_id": "beneficiaries_beneficiary"},
        ),
        *sql.protect("privacy_discardoutcome", office_only=True, pins={"item_id": "privacy_discarditem"}),
        *sql.append_only("privacy_retentionterm"),
        *sql.append_only("privacy_discarditem"),
        *sql.append_only("privacy_discardoutcome"),
        *sql.transition_guard("privacy_discardlist", DISCARD),
        *sql.reasons_kept(DISCARD),
        *sql.history("privacy_discardlist"),
        *sql.history("privacy_legalhold", hidden=["reason", "lifted_reason"]),
        *sql.append_only("privacy_processingnote"),
        *sql.append_only("privacy_notice"),
        *sql.append_only("privacy_acceptance"),
        *sql.transition_guard("privacy_breach", BREACH),
        *sql.reasons_kept(BREACH),
        *sql.history("privacy_breach"),
        *sql.history("privacy_datapact"),
        *sql.transition_guard("privacy_datarequest", REQUEST),
        *sql.reasons_kept(REQUEST),
        *sql.history("privacy_datarequest", hidden=["words", "outcome", "identity_check", "extension_reason", "names_reason"]),
        migrations.RunSQL(ABOUT, "DROP FUNCTION privacy_looks_about(text[], bigint[]);"),
        migrations.RunSQL(AREA, "DROP FUNCTION privacy_area();"),
    ]
