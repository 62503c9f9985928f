"""The hands of a recognition: no company reaches the office's side; who stood aside does not vote; what was decided stays."""

from django.db import migrations

from certification.transitions import SITTING
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
APPLICATION = {"application_id": "certification_application"}
CERTIFICATE = {"certificate_id": "certification_certificate"}
MINE = "EXISTS (SELECT 1 FROM certification_{0} x WHERE x.id = {0}_id)"
OFFICE = {  # tables no company reaches → their parents
    "interview": APPLICATION,
    "validation": APPLICATION,
    "validatorask": {**APPLICATION, "validation_id": "certification_validation"},
    "sitting": {},
    "seat": {"sitting_id": "certification_sitting"},
    "agendaitem": {**APPLICATION, "sitting_id": "certification_sitting"},
    "abstention": APPLICATION,
    "vote": {"item_id": "certification_agendaitem"},
    "procedure": {**APPLICATION, **CERTIFICATE},
    "procedurepaper": {"procedure_id": "certification_procedure"},
    "appeal": {**APPLICATION, **CERTIFICATE},
}
# Who stood aside does not vote (rule 68), and nobody stands aside after having voted.
ASIDE = """
CREATE FUNCTION certification_stands_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_application bigint;
BEGIN
  IF TG_TABLE_NAME = 'certification_vote' THEN
    SELECT application_id INTO v_application FROM certification_agendaitem WHERE id = NEW.item_id;
  ELSE
    v_application := NEW.application_id;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('certification.aside'), v_application::int);
  IF TG_TABLE_NAME = 'certification_abstention' THEN
    IF EXISTS (SELECT 1 FROM certification_vote v JOIN certification_agendaitem i ON i.id = v.item_id
               WHERE i.application_id = v_application AND i.outcome = 'pending' AND v.member_id = NEW.member_id) THEN
      RAISE EXCEPTION 'member % has voted', NEW.member_id USING ERRCODE = 'check_violation', CONSTRAINT = 'certification_aside_voted';
    END IF;
  ELSIF EXISTS (SELECT 1 FROM certification_abstention WHERE application_id = v_application AND member_id = NEW.member_id) THEN
    RAISE EXCEPTION 'member % stands aside', NEW.member_id USING ERRCODE = 'check_violation', CONSTRAINT = 'certification_stands_aside';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certification_vote_aside BEFORE INSERT ON certification_vote
  FOR EACH ROW EXECUTE FUNCTION certification_stands_aside();
CREATE TRIGGER certification_abstention_aside BEFORE INSERT ON certification_abstention
  FOR EACH ROW EXECUTE FUNCTION certification_stands_aside();
"""
# What was decided, and what a company answered once it is presented, stays.
DECIDED = """
CREATE FUNCTION certification_keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'case %: it is decided', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER certification_agendaitem_frozen BEFORE UPDATE OR DELETE ON certification_agendaitem
  FOR EACH ROW WHEN (OLD.outcome <> 'pending') EXECUTE FUNCTION certification_keep_case();
CREATE FUNCTION certification_keep_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM certification_application WHERE id = OLD.application_id) <> 'draft'
     AND (TG_OP = 'DELETE' OR (NEW.points, NEW.words, NEW.criterion) IS DISTINCT FROM (OLD.points, OLD.words, OLD.criterion)) THEN
    RAISE EXCEPTION 'answer %: it was presented', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certification_answer_frozen BEFORE UPDATE OR DELETE ON certification_answer
  FOR EACH ROW EXECUTE FUNCTION certification_keep_answer();
"""


class Migration(migrations.Migration):

    dependencies = [("certification", "0002_guards")]

    operations = [
        *sql.protect("certification_invitation", owner=NETWORK, only=OWN, pins={"campaign_id": "certification_campaign", "company_id": "hosts_company"}),
        *sql.protect("certification_yearcheck", owner=NETWORK, pins=CERTIFICATE, through=MINE.format("certificate")),
        *[op for table, pins in OFFICE.items() for op in sql.protect(f"certification_{table}", owner=NETWORK, pins=pins, office_only=True)],
        *sql.append_only("certification_abstention"),
        *sql.append_only("certification_vote"),
        *sql.append_only("certification_validation"),
        *sql.transition_guard("certification_sitting", SITTING),
        *sql.reasons_kept(SITTING),
        *[
            op
            for table in ("interview", "yearcheck", "sitting", "agendaitem", "procedurepaper", "appeal")
            for op in sql.history(f"certification_{table}")
        ],
        *sql.history("certification_validatorask", hidden=["token_hash"]),
        *sql.history("certification_procedure", hidden=["grounds", "observations", "answer"]),
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (ASIDE, DECIDED)],
    ]
