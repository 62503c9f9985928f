"""The one look across Ambiti: for an exact code, the names of the other Ambiti that know it (house.md §3, who sees whom).

SECURITY DEFINER runs it as the tables' owner, outside row-level security; it answers with names of Ambiti and nothing of the person.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION beneficiaries_known_elsewhere(code_hash text, here bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.name::text FROM beneficiaries_beneficiary b JOIN territory_ambito a ON a.id = b.ambito_id
   WHERE b.codice_fiscale_hash = code_hash AND b.merged_into_id IS NULL AND b.ambito_id IS DISTINCT FROM here ORDER BY a.name
$$;
GRANT EXECUTE ON FUNCTION beneficiaries_known_elsewhere(text, bigint) TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0002_guards")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION beneficiaries_known_elsewhere(text, bigint);")]
