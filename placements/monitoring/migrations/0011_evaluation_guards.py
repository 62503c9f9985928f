"""Owners of evaluations, who reaches which voice, what never changes, and the ids behind a personal link.

A company user reaches what a tutor or the host says of the own placements, never the person's voice nor the office's; who holds a
person's link, or came into her area, reaches the evaluations of the scope alone: her own, and in the end what is told her.
"""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import EVALUATION

PLACED = {"placement_id": "agreements_placement"}
OF_EVALUATION = {"evaluation_id": "monitoring_evaluation"}
OFFICE_ONLY = {"document": "id"}
MINE = "{column} = ANY ((SELECT app_only('evaluation'))::bigint[])"
VOICES = "(voice IN ('tutor', 'host') OR " + MINE.format(column="id") + ")"
OF_A_VOICE = "EXISTS (SELECT FROM monitoring_evaluation e WHERE e.id = evaluation_id)"

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
# Read before any scope exists, by the hash of a secret: ids alone, of the evaluation it belongs to, of what else the same voice is asked
# in that placement and, for the person in the end, of the final ones that are told her.
DOOR = """
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
# Of the area: what the people of the scope are asked, and what is told them in the end.
AREA = """
CREATE FUNCTION monitoring_area()
RETURNS TABLE (evaluation_id bigint, beneficiary_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.id, p.beneficiary_id FROM monitoring_evaluation e JOIN agreements_placement p ON p.id = e.placement_id
  WHERE p.ambito_id = ANY (app_ids('ambiti')) AND p.beneficiary_id = ANY (app_only('beneficiary'))
    AND (e.voice = 'person' OR e.moment = 'final' AND e.voice IN ('tutor', 'office') AND e.state = 'given')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0010_evaluations"), ("monitoring", "0002_guards"), ("agreements", "0002_guards")]

    operations = [
        *sql.protect("monitoring_questionset", only=OFFICE_ONLY),
        *sql.protect(
            "monitoring_evaluation",
            only={"placement": "placement_id"},
            pins={**PLACED, "corrects_id": "monitoring_evaluation"},
            through=VOICES,
        ),
        *sql.protect("monitoring_evaluationanswer", pins=OF_EVALUATION, through=OF_A_VOICE),
        *sql.protect("monitoring_goalrating", pins={**OF_EVALUATION, "goal_id": "agreements_goal"}, through=OF_A_VOICE),
        *sql.protect(
            "monitoring_evaluationopinion",
            only={"placement": "placement_id"},
            pins=OF_EVALUATION | PLACED,
            through=MINE.format(column="evaluation_id"),
        ),
        *sql.append_only("monitoring_evaluationopinion"),
        *sql.transition_guard("monitoring_evaluation", EVALUATION),
        *sql.reasons_kept(EVALUATION),
        *sql.history("monitoring_evaluation", hidden=("comment", "token_hash")),
        *sql.history("monitoring_questionset"),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunSQL(DOOR, "DROP FUNCTION monitoring_evaluation_door(text);"),
        migrations.RunSQL(AREA, "DROP FUNCTION monitoring_area();"),
    ]
