"""How many liquidations of a network wait in other offices, for a closing that holds for them too (house.md §3, who sees whom).

SECURITY DEFINER runs it as the tables' owner, outside row-level security: it answers with one number, of a network in reach alone.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION treasury_waiting_elsewhere(p_network bigint, p_to date, p_here bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM treasury_liquidationrun r JOIN territory_ambito a ON a.id = r.ambito_id
   WHERE a.network_id = p_network AND p_network = ANY (app_ids('networks')) AND r.ambito_id IS DISTINCT FROM p_here
     AND r.state = 'prepared' AND r.month <= p_to
$$;
GRANT EXECUTE ON FUNCTION treasury_waiting_elsewhere(bigint, date, bigint) TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("treasury", "0010_reasons"), ("territory", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION treasury_waiting_elsewhere(bigint, date, bigint);")]
