"""Requests to talk: their owner, no way in for anybody who is narrowed to placements, the state table, a history without the words, and
the door behind the code of the person's papers."""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import TALK

# Read before any scope exists, by the number that the code on a paper carries under its keyed mark: the ids of one placement.
DOOR = """
CREATE FUNCTION monitoring_talk_door(wanted bigint)
RETURNS TABLE (network_id bigint, ambito_id bigint, beneficiary_id bigint, company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.network_id, p.ambito_id, p.beneficiary_id, p.company_id
  FROM agreements_placement p JOIN territory_ambito a ON a.id = p.ambito_id
  WHERE p.id = wanted
    AND p.state IN ('to_sign', 'signed', 'validated', 'active', 'suspended', 'ended', 'ended_early', 'evaluated', 'closed')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0030_talk")]

    operations = [
        *sql.protect("monitoring_talk", pins={"placement_id": "agreements_placement"}, through="false"),
        *sql.transition_guard("monitoring_talk", TALK),
        *sql.reasons_kept(TALK),
        *sql.history("monitoring_talk", hidden=("words", "number", "agreed", "reason")),
        migrations.RunSQL(DOOR, "DROP FUNCTION monitoring_talk_door(bigint);"),
    ]
