"""What was given, and minutes that are closed, never change; no placement closed without its two papers (rule 50); the doors read before
any scope exists, and the papers that a person finds in the own area: how it went, and the copy of a visit's minutes, in easy words."""

from django.db import migrations

KEPT = """
CREATE FUNCTION monitoring_keep_evaluation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.placement_id, NEW.moment, NEW.voice, NEW.questions, NEW.corrects_id, NEW.correction_why)
     IS DISTINCT FROM (OLD.placement_id, OLD.moment, OLD.voice, OLD.questions, OLD.corrects_id, OLD.correction_why)
     OR OLD.state IN ('given', 'corrected') AND (NEW.given_on, NEW.how, NEW.who, NEW.comment)
     IS DISTINCT FROM (OLD.given_on, OLD.how, OLD.who, OLD.comment)
  THEN RAISE EXCEPTION 'evaluation %: what was given never changes', OLD.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER monitoring_evaluation_frozen BEFORE UPDATE ON monitoring_evaluation
  FOR EACH ROW EXECUTE FUNCTION monitoring_keep_evaluation();

CREATE FUNCTION monitoring_keep_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whose bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.evaluation_id ELSE NEW.evaluation_id END;
BEGIN
  IF NOT EXISTS (SELECT FROM monitoring_evaluation WHERE id = whose AND state = 'asked') THEN
    RAISE EXCEPTION 'evaluation %: it is not being answered', whose USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_answer_frozen BEFORE INSERT OR UPDATE OR DELETE ON monitoring_evaluationanswer
  FOR EACH ROW EXECUTE FUNCTION monitoring_keep_answers();
CREATE TRIGGER monitoring_rating_frozen BEFORE INSERT OR DELETE OR UPDATE OF evaluation_id, position, text, value ON monitoring_goalrating
  FOR EACH ROW EXECUTE FUNCTION monitoring_keep_answers();

CREATE FUNCTION monitoring_keep_questions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.name, NEW.version, NEW.source, NEW.questions) IS DISTINCT FROM (OLD.name, OLD.version, OLD.source, OLD.questions)
  THEN RAISE EXCEPTION 'questions %: a version never changes', OLD.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER monitoring_questions_frozen BEFORE UPDATE ON monitoring_questionset
  FOR EACH ROW EXECUTE FUNCTION monitoring_keep_questions();
"""
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
# Read before any scope exists, by the hash of a secret: ids alone, of the evaluation it belongs to, of what else the same voice is asked
# in that placement and, for the person in the end, of the final ones that are told her.
EVALUATION_DOOR = """
CREATE FUNCTION monitoring_evaluation_door(secret text)
RETURNS TABLE (evaluation_id bigint, network_id bigint, ambito_id bigint, placement_id bigint, beneficiary_id bigint, company_id bigint,
               expires_at timestamptz, reached bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.id, a.network_id, e.ambito_id, e.placement_id, p.beneficiary_id, p.company_id,
    e.link_expires_at,
    ARRAY(SELECT t.id FROM monitoring_evaluation t
          WHERE t.placement_id = e.placement_id AND (t.voice = e.voice AND t.state <> 'corrected'
            OR e.voice = 'person' AND t.moment = 'final' AND t.voice IN ('tutor', 'office') AND t.state = 'given'))
  FROM monitoring_evaluation e JOIN agreements_placement p ON p.id = e.placement_id JOIN territory_ambito a ON a.id = e.ambito_id
  WHERE e.token_hash = secret
$$;
"""
# Read before any scope exists, by the number that the code on a paper carries under its keyed mark: the ids of one placement.
TALK_DOOR = """
CREATE FUNCTION monitoring_talk_door(wanted bigint)
RETURNS TABLE (network_id bigint, ambito_id bigint, beneficiary_id bigint, company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.network_id, p.ambito_id, p.beneficiary_id, p.company_id
  FROM agreements_placement p JOIN territory_ambito a ON a.id = p.ambito_id
  WHERE p.id = wanted
    AND p.state IN ('to_sign', 'signed', 'validated', 'active', 'suspended', 'ended', 'ended_early', 'evaluated', 'closed')
$$;
"""
# Of the area: what the people of the scope are asked, what is told them in the end, and their papers in easy words. Never of whom a person
# represents: what she said of the place stays hers.
AREA = """
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
    dependencies = [("monitoring", "0002_guards"), ("core", "0003_guards")]

    operations = [
        migrations.RunSQL(text, migrations.RunSQL.noop)
        for text in (KEPT, CLOSED_MINUTES, TWO_PAPERS, EVALUATION_DOOR, TALK_DOOR, AREA)
    ]
