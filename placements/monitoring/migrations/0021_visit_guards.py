"""Owners, the tutor's narrowing, the state tables; minutes that never change; no placement closed without its two papers (rule 50)."""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import FOLLOW_UP, VISIT

OWN = {"placement": "placement_id"}
PLACED = {"placement_id": "agreements_placement"}
# Minutes that are closed stay as they were signed, and so does what they decided; that a decision was carried out is written beside it.
CLOSED_MINUTES = """
CREATE FUNCTION monitoring_keep_minutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'visit %: closed minutes never change', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER monitoring_visit_frozen BEFORE UPDATE OR DELETE ON monitoring_visit
  FOR EACH ROW WHEN (OLD.state <> 'planned') EXECUTE FUNCTION monitoring_keep_minutes();
CREATE FUNCTION monitoring_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM monitoring_visit v WHERE v.id = OLD.visit_id AND v.state <> 'planned')
     AND (TG_OP = 'DELETE' OR (NEW.visit_id, NEW.placement_id, NEW.position, NEW.text, NEW.role, NEW.due_on)
          IS DISTINCT FROM (OLD.visit_id, OLD.placement_id, OLD.position, OLD.text, OLD.role, OLD.due_on))
  THEN RAISE EXCEPTION 'decision %: closed minutes never change', OLD.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_visitdecision_frozen BEFORE UPDATE OR DELETE ON monitoring_visitdecision
  FOR EACH ROW EXECUTE FUNCTION monitoring_keep_decision();
"""
# Rule 50: whoever writes the state, at commit both papers are there. Rows that come in closed (seed, import) bring their own history.
TWO_PAPERS = """
CREATE FUNCTION monitoring_refuse_bare_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM agreements_placement p WHERE p.id = NEW.id AND p.state = 'closed') AND NOT (
       EXISTS (SELECT 1 FROM monitoring_finalreport r WHERE r.placement_id = NEW.id AND r.document_id IS NOT NULL)
       AND EXISTS (SELECT 1 FROM core_document d WHERE d.kind = 'agreements.final_attestation'
                   AND d.subject_type = 'agreements.placement' AND d.subject_id = NEW.id AND d.ambito_id = NEW.ambito_id))
  THEN RAISE EXCEPTION 'placement %: closing needs the final report and the attestation', NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'monitoring_closed_with_papers'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER monitoring_closed_with_papers AFTER UPDATE OF state ON agreements_placement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed')
  EXECUTE FUNCTION monitoring_refuse_bare_closing();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0020_visits"), ("agreements", "0003_rules"), ("core", "0003_guards")]

    operations = [
        *sql.protect("monitoring_visit", only=OWN, pins=PLACED),
        *sql.protect("monitoring_visitdecision", only=OWN, pins={"visit_id": "monitoring_visit", **PLACED}),
        *sql.protect("monitoring_visitnote", only=OWN, pins={"visit_id": "monitoring_visit", **PLACED}),
        *sql.protect("monitoring_placementevent", only=OWN, pins=PLACED),
        *sql.protect("monitoring_finalreport", only=OWN, pins=PLACED),
        *sql.protect("monitoring_goalresult", only={"document": "id"}, pins={"report_id": "monitoring_finalreport", "goal_id": "agreements_goal"}),
        *sql.protect("monitoring_placementoutcome", only=OWN, pins=PLACED),
        *sql.protect("monitoring_followup", only=OWN, pins=PLACED),
        *sql.transition_guard("monitoring_visit", VISIT),
        *sql.transition_guard("monitoring_followup", FOLLOW_UP),
        *sql.append_only("monitoring_visitnote"),
        *sql.append_only("monitoring_placementoutcome"),
        *sql.history("monitoring_visit", hidden=("notes", "difficulties")),
        *sql.history("monitoring_visitdecision", hidden=("text",)),
        *sql.history("monitoring_placementevent", hidden=("text", "decided", "outcome")),
        *sql.history("monitoring_finalreport", hidden=("host_words", "person_words", "helped", "hard", "proposals")),
        *sql.history("monitoring_goalresult"),
        *sql.history("monitoring_followup", hidden=("note",)),
        migrations.RunSQL(CLOSED_MINUTES, migrations.RunSQL.noop),
        migrations.RunSQL(TWO_PAPERS, migrations.RunSQL.noop),
    ]
