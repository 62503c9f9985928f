"""Donors reach their own gifts and nothing else; what was said by a bank, a holder or a donor is not rewritten; the doors of who gives."""

from django.db import migrations

from impresasolidale.core import sql
from solidarity_fund.transitions import BANK_LINE, PLEDGE, STATEMENT_FILE

NETWORK = ("network_id",)
OFFICE_ONLY = {"document": "id"}
OF_DONOR = {"donor_id": "solidarity_fund_donor"}
# Before any scope exists: the one donor a secret belongs to, and the receipts issued to that donor.
DOOR = """
CREATE FUNCTION solidarity_fund_donor_door(secret text)
RETURNS TABLE (network_id bigint, donor_id bigint, expires_at timestamptz, papers bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.network_id, l.donor_id, l.expires_at, solidarity_fund_receipts_of(ARRAY[l.donor_id])
  FROM solidarity_fund_donorlink l JOIN solidarity_fund_donor d ON d.id = l.donor_id
  WHERE l.token_hash = secret AND l.closed_at IS NULL AND d.ended_on IS NULL
$$;
"""
RECEIPTS = """
CREATE FUNCTION solidarity_fund_receipts_of(donors bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT ARRAY(
    SELECT p.id FROM core_document p
    WHERE p.subject_type = 'solidarity_fund.contribution'
      AND p.subject_id IN (SELECT c.id FROM solidarity_fund_contribution c WHERE c.donor_id = ANY (donors))
    UNION ALL
    SELECT p.id FROM core_document p
    WHERE p.subject_type = 'solidarity_fund.giftinkind'
      AND p.subject_id IN (SELECT g.id FROM solidarity_fund_giftinkind g WHERE g.donor_id = ANY (donors))
  )
$$;
"""
# For a company's contact, and for who signs in as a donor: the donors that are companies of the scope, or its own, as ids.
OURS = """
CREATE FUNCTION solidarity_fund_own_donors()
RETURNS TABLE (company_id bigint, donor_id bigint, papers bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.company_id, d.id, solidarity_fund_receipts_of(ARRAY[d.id])
  FROM solidarity_fund_donor d
  WHERE d.network_id = ANY (app_ids('networks')) AND d.ended_on IS NULL
    AND (d.company_id = ANY (app_only('company')) OR d.id = ANY (app_only('donor')))
$$;
"""
# How many people of the network had help of a kind, or live in a comune and had help: a number, for a gift that asks for so little.
RECEIVERS = """
CREATE FUNCTION solidarity_fund_receivers(p_network bigint, p_kind text, p_comune bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF session_user <> current_user AND NOT p_network = ANY (app_ids('networks')) THEN
    RAISE EXCEPTION 'network % is out of scope', p_network USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN (
    SELECT count(DISTINCT r.beneficiary_id)
    FROM solidarity_fund_benefitrequest r JOIN territory_ambito a ON a.id = r.ambito_id
    JOIN beneficiaries_beneficiary b ON b.id = r.beneficiary_id
    WHERE a.network_id = p_network AND r.state IN ('granted', 'paid')
      AND (p_kind = '' OR r.kind = p_kind) AND (p_comune IS NULL OR b.residence_id = p_comune)
  );
END $$;
"""
# What the bank said never changes; what a line turned out to be, does.
FROZEN = """
CREATE FUNCTION solidarity_fund_keep_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'bank line %: what the bank said never changes', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER solidarity_fund_bankline_frozen BEFORE UPDATE ON solidarity_fund_bankline
  FOR EACH ROW WHEN (
    (OLD.statement_id, OLD.network_id, OLD.account_key, OLD.key, OLD.booked_on, OLD.value_on, OLD.amount, OLD.name, OLD.iban, OLD.words,
     OLD.reference)
    IS DISTINCT FROM
    (NEW.statement_id, NEW.network_id, NEW.account_key, NEW.key, NEW.booked_on, NEW.value_on, NEW.amount, NEW.name, NEW.iban, NEW.words,
     NEW.reference))
  EXECUTE FUNCTION solidarity_fund_keep_line();
CREATE TRIGGER solidarity_fund_bankline_kept BEFORE DELETE ON solidarity_fund_bankline
  FOR EACH ROW EXECUTE FUNCTION solidarity_fund_keep_line();
"""
# The history of donors kept the values of what may have to be forgotten.
FORGETTING = "DROP TRIGGER solidarity_fund_donor_history ON solidarity_fund_donor"


def _run(text: str) -> migrations.RunSQL:
    return migrations.RunSQL(text, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0003_request_guards"), ("treasury", "0002_guards")]

    operations = [
        *sql.protect("solidarity_fund_donor", owner=NETWORK, only={"donor": "id"}),
        *sql.protect("solidarity_fund_contribution", owner=NETWORK, only={"donor": "donor_id"}, pins={"pledge_id": "solidarity_fund_pledge"}),
        *sql.protect("solidarity_fund_donorlink", owner=NETWORK, only=OFFICE_ONLY, pins=OF_DONOR),
        *sql.protect(
            "solidarity_fund_pledge", owner=NETWORK, only={"donor": "donor_id"}, pins={**OF_DONOR, "pot_id": "treasury_pot"}
        ),
        *sql.protect(
            "solidarity_fund_instalment",
            owner=NETWORK,
            through="EXISTS (SELECT 1 FROM solidarity_fund_pledge p WHERE p.id = pledge_id)",
            pins={"pledge_id": "solidarity_fund_pledge"},
        ),
        *sql.protect("solidarity_fund_giftinkind", owner=NETWORK, only={"donor": "donor_id"}, pins=OF_DONOR),
        *sql.protect("solidarity_fund_goodsmove", office_only=True, pins={"request_id": "solidarity_fund_benefitrequest"}),
        *sql.protect("solidarity_fund_fundholder", owner=NETWORK),
        *sql.protect("solidarity_fund_receiptwording", owner=NETWORK),
        *sql.protect(
            "solidarity_fund_statementfile", owner=NETWORK, only=OFFICE_ONLY, pins={"holder_id": "solidarity_fund_fundholder"}
        ),
        *sql.protect("solidarity_fund_statementlayout", owner=NETWORK, only=OFFICE_ONLY),
        *sql.protect(
            "solidarity_fund_bankstatement", owner=NETWORK, only=OFFICE_ONLY, pins={"file_id": "solidarity_fund_statementfile"}
        ),
        *sql.protect(
            "solidarity_fund_bankline",
            owner=NETWORK,
            only=OFFICE_ONLY,
            pins={
                "statement_id": "solidarity_fund_bankstatement",
                "contribution_id": "solidarity_fund_contribution",
                "entry_id": "treasury_entry",
            },
        ),
        *sql.append_only("solidarity_fund_instalment"),
        *sql.append_only("solidarity_fund_fundholder"),
        *sql.append_only("solidarity_fund_receiptwording"),
        *sql.append_only("solidarity_fund_goodsmove"),
        *sql.append_only("solidarity_fund_bankstatement"),
        *sql.transition_guard("solidarity_fund_pledge", PLEDGE),
        *sql.transition_guard("solidarity_fund_statementfile", STATEMENT_FILE),
        *sql.transition_guard("solidarity_fund_bankline", BANK_LINE),
        *sql.reasons_kept(PLEDGE),
        *sql.reasons_kept(BANK_LINE),
        _run(FORGETTING),
        *sql.history("solidarity_fund_donor", hidden=["name", "tax_code", "tax_code_hash", "email", "address"]),
        *sql.history("solidarity_fund_pledge"),
        *sql.history("solidarity_fund_giftinkind"),
        *sql.history("solidarity_fund_bankline", hidden=["name", "iban", "iban_hash", "words", "reference"]),
        *[_run(text) for text in (RECEIPTS, DOOR, OURS, RECEIVERS, FROZEN)],
    ]
