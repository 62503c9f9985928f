"""The papers of this room that a person finds in the own area: how it went, and the copy of a visit's minutes, both in easy words.

Never of whom she represents: what a person said of the place stays hers. The final report and the minutes are not among them: they hold
what she said and what the office thinks, so the database gives their rows, and what came after the end, to the office alone.
"""

from django.db import migrations

from impresasolidale.core import sql

OFFICE_ONLY = (
    *("monitoring_visit", "monitoring_visitdecision", "monitoring_visitnote", "monitoring_finalreport", "monitoring_goalresult"),
    *("monitoring_placementoutcome", "monitoring_followup"),
)

BEFORE = """
DROP FUNCTION monitoring_area();
CREATE FUNCTION monitoring_area()
RETURNS TABLE (evaluation_id bigint, beneficiary_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.id, p.beneficiary_id FROM monitoring_evaluation e JOIN agreements_placement p ON p.id = e.placement_id
  WHERE p.ambito_id = ANY (app_ids('ambiti')) AND p.beneficiary_id = ANY (app_only('beneficiary'))
    AND (e.voice = 'person' OR e.moment = 'final' AND e.voice IN ('tutor', 'office') AND e.state = 'given')
$$;
"""
AREA = """
DROP FUNCTION monitoring_area();
CREATE FUNCTION monitoring_area()
RETURNS TABLE (beneficiary_id bigint, placement_id bigint, evaluation_id bigint, document_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT p.id, p.beneficiary_id FROM agreements_placement p
    WHERE p.ambito_id = ANY (app_ids('ambiti')) AND p.beneficiary_id = ANY (app_only('beneficiary')))
  SELECT m.beneficiary_id, m.id, e.id, NULL::bigint FROM mine m JOIN monitoring_evaluation e ON e.placement_id = m.id
  WHERE e.voice = 'person' OR e.moment = 'final' AND e.voice IN ('tutor', 'office') AND e.state = 'given'
  UNION ALL
  SELECT m.beneficiary_id, m.id, NULL::bigint, d.id
  FROM mine m JOIN core_document d ON d.subject_type = 'agreements.placement' AND d.subject_id = m.id
  WHERE d.kind = 'monitoring.evaluations_easy' AND d.state = 'ready'
    AND NOT EXISTS (SELECT 1 FROM core_document n WHERE n.supersedes_id = d.id)
  UNION ALL
  SELECT m.beneficiary_id, m.id, NULL::bigint, d.id
  FROM mine m JOIN monitoring_visit v ON v.placement_id = m.id
  JOIN core_document d ON d.subject_type = 'monitoring.visit' AND d.subject_id = v.id
  WHERE d.kind = 'monitoring.visit_copy' AND d.state = 'ready'
    AND NOT EXISTS (SELECT 1 FROM core_document n WHERE n.supersedes_id = d.id)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0021_visit_guards"), ("monitoring", "0031_talk_guards"), ("core", "0003_guards")]

    operations = [migrations.RunSQL(AREA, BEFORE), *(step for table in OFFICE_ONLY for step in sql.protect(table, office_only=True))]
