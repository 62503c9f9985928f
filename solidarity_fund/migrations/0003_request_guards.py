"""Owners, states and trails of criteria, requests, commission, procedures and proofs; what the database itself refuses there."""

from django.db import migrations

from impresasolidale.core import sql
from solidarity_fund.transitions import CRITERIA, PROOF, REQUEST, SITTING

NETWORK = ("network_id",)
OF_REQUEST = {"request_id": "solidarity_fund_benefitrequest"}
OWNED = {  # table → its parents
    "missingpapers": OF_REQUEST,
    "benefitpayee": OF_REQUEST,
    "sitting": {},
    "seat": {"sitting_id": "solidarity_fund_sitting"},
    "agendaitem": {**OF_REQUEST, "sitting_id": "solidarity_fund_sitting"},
    "opinion": OF_REQUEST,
    "abstention": OF_REQUEST,
    "vote": {"item_id": "solidarity_fund_agendaitem"},
    "procedure": OF_REQUEST,
    "procedurepaper": {"procedure_id": "solidarity_fund_procedure"},
    "spendingproof": OF_REQUEST,
    "moneyback": OF_REQUEST,
    "voucher": OF_REQUEST,
}
FOR_EVER = ("criteriakind", "opinion", "abstention", "vote", "moneyback")

# What criteria say never changes, whoever writes; published or withdrawn they do not change at all.
CRITERIA_FROZEN = """
CREATE FUNCTION solidarity_fund_keep_criteria() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
     OR (NEW.valid_from, NEW.act_number, NEW.act_on, NEW.proof_days, NEW.term_days, NEW.missing_days, NEW.advance_limit, NEW.ratify_days,
         NEW.appeal)
        IS DISTINCT FROM (OLD.valid_from, OLD.act_number, OLD.act_on, OLD.proof_days, OLD.term_days, OLD.missing_days, OLD.advance_limit,
         OLD.ratify_days, OLD.appeal)
  THEN RAISE EXCEPTION 'criteria %: they never change', OLD.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER solidarity_fund_fundcriteria_frozen BEFORE UPDATE OR DELETE ON solidarity_fund_fundcriteria
  FOR EACH ROW EXECUTE FUNCTION solidarity_fund_keep_criteria();
"""
# Who stood aside gives no opinion and no vote (rule 68), and nobody stands aside after having voted.
ASIDE = """
CREATE FUNCTION solidarity_fund_stands_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_request bigint;
BEGIN
  IF TG_TABLE_NAME = 'solidarity_fund_vote' THEN
    SELECT request_id INTO v_request FROM solidarity_fund_agendaitem WHERE id = NEW.item_id;
  ELSE
    v_request := NEW.request_id;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('solidarity_fund.aside'), v_request::int);
  IF TG_TABLE_NAME = 'solidarity_fund_abstention' THEN
    IF EXISTS (SELECT 1 FROM solidarity_fund_vote v JOIN solidarity_fund_agendaitem i ON i.id = v.item_id
               WHERE i.request_id = v_request AND i.outcome = 'pending' AND v.member_id = NEW.member_id) THEN
      RAISE EXCEPTION 'member % has voted', NEW.member_id USING ERRCODE = 'check_violation', CONSTRAINT = 'solidarity_fund_aside_voted';
    END IF;
  ELSIF EXISTS (SELECT 1 FROM solidarity_fund_abstention WHERE request_id = v_request AND member_id = NEW.member_id) THEN
    RAISE EXCEPTION 'member % stands aside', NEW.member_id USING ERRCODE = 'check_violation', CONSTRAINT = 'solidarity_fund_stands_aside';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER solidarity_fund_opinion_aside BEFORE INSERT ON solidarity_fund_opinion
  FOR EACH ROW EXECUTE FUNCTION solidarity_fund_stands_aside();
CREATE TRIGGER solidarity_fund_vote_aside BEFORE INSERT ON solidarity_fund_vote
  FOR EACH ROW EXECUTE FUNCTION solidarity_fund_stands_aside();
CREATE TRIGGER solidarity_fund_abstention_aside BEFORE INSERT ON solidarity_fund_abstention
  FOR EACH ROW EXECUTE FUNCTION solidarity_fund_stands_aside();
"""
# Minutes that were approved say what was decided: the cases of that sitting, and a case that is decided, stay as they are.
DECIDED = """
CREATE FUNCTION solidarity_fund_keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'case %: it is decided', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER solidarity_fund_agendaitem_frozen BEFORE UPDATE OR DELETE ON solidarity_fund_agendaitem
  FOR EACH ROW WHEN (OLD.outcome <> 'pending') EXECUTE FUNCTION solidarity_fund_keep_case();
CREATE FUNCTION solidarity_fund_keep_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'payment %: it was made', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER solidarity_fund_benefitpayee_frozen BEFORE UPDATE OR DELETE ON solidarity_fund_benefitpayee
  FOR EACH ROW WHEN (OLD.paid_on IS NOT NULL) EXECUTE FUNCTION solidarity_fund_keep_payment();
CREATE TRIGGER solidarity_fund_voucher_frozen BEFORE UPDATE OR DELETE ON solidarity_fund_voucher
  FOR EACH ROW WHEN (OLD.used_on IS NOT NULL) EXECUTE FUNCTION solidarity_fund_keep_payment();
"""


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0002_guards")]

    operations = [
        *sql.protect("solidarity_fund_fundcriteria", owner=NETWORK, office_only=True),
        *sql.protect(
            "solidarity_fund_criteriakind",
            owner=NETWORK,
            pins={"criteria_id": "solidarity_fund_fundcriteria"},
            office_only=True,
        ),
        *sql.protect("solidarity_fund_potpurpose", owner=NETWORK, pins={"pot_id": "treasury_pot"}, office_only=True),
        *[op for table, pins in OWNED.items() for op in sql.protect(f"solidarity_fund_{table}", pins=pins, office_only=True)],
        *[op for table in FOR_EVER for op in sql.append_only(f"solidarity_fund_{table}")],
        *sql.transition_guard("solidarity_fund_benefitrequest", REQUEST),
        *sql.reasons_kept(REQUEST),
        *sql.transition_guard("solidarity_fund_fundcriteria", CRITERIA),
        *sql.reasons_kept(CRITERIA),
        *sql.transition_guard("solidarity_fund_sitting", SITTING),
        *sql.reasons_kept(SITTING),
        *sql.transition_guard("solidarity_fund_spendingproof", PROOF),
        *sql.reasons_kept(PROOF),
        migrations.RunSQL("DROP TRIGGER solidarity_fund_benefitrequest_history ON solidarity_fund_benefitrequest", migrations.RunSQL.noop),
        *sql.history("solidarity_fund_benefitrequest", hidden=["quote", "decision_reason", "isee_value"]),
        *sql.history("solidarity_fund_fundcriteria"),
        *sql.history("solidarity_fund_potpurpose"),
        *sql.history("solidarity_fund_benefitpayee", hidden=["tax_code", "iban"]),
        *sql.history("solidarity_fund_sitting"),
        *sql.history("solidarity_fund_agendaitem", hidden=["reason"]),
        *sql.history("solidarity_fund_procedure", hidden=["grounds", "observations", "answer"]),
        *sql.history("solidarity_fund_procedurepaper"),
        *sql.history("solidarity_fund_spendingproof", hidden=["why_not"]),
        *sql.history("solidarity_fund_voucher"),
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (CRITERIA_FROZEN, ASIDE, DECIDED)],
    ]
