"""The trail of a representative never holds a codice fiscale. And the door of a digital identity, read before any scope exists."""

from django.db import migrations

from impresasolidale.core import sql

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
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0020_representative_code")]

    operations = [
        migrations.RunSQL("DROP TRIGGER beneficiaries_representative_history ON beneficiaries_representative;", migrations.RunSQL.noop),
        *sql.history("beneficiaries_representative", hidden=["codice_fiscale", "codice_fiscale_hash"]),
        migrations.RunSQL(DOOR, "DROP FUNCTION beneficiaries_area_door(text, date);"),
    ]
