"""The network's ledger: its one writer, and the triggers that refuse every other."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.treasury.transitions import CLOSING

NETWORK = ("network_id",)
# Idempotency key, open period, conditional balances, legs: one call, one statement. It answers a refusal instead of raising it, so that
# no caller needs a savepoint.
POST_ENTRY = """
CREATE FUNCTION treasury_post_entry(
  p_network bigint, p_key text, p_on date, p_words text, p_source_type text, p_source_id bigint, p_by bigint,
  p_accounts bigint[], p_amounts numeric[], p_reverses bigint
) RETURNS TABLE (entry_id bigint, is_new boolean, refusal text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_entry bigint;
  v_leg record;
  v_found int := 0;
  v_bank boolean;
  v_rule text;
BEGIN
  -- The function runs as the tables' owner, past row-level security: it looks at the caller's scope itself.
  IF session_user <> current_user AND NOT p_network = ANY (app_ids('networks')) THEN
    RAISE EXCEPTION 'network % is out of scope', p_network USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF coalesce(array_length(p_accounts, 1), 0) < 2 OR array_length(p_accounts, 1) <> array_length(p_amounts, 1) THEN
    RAISE EXCEPTION 'an entry needs two legs or more' USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_entry_legs';
  END IF;
  IF (SELECT sum(a) FROM unnest(p_amounts) a) <> 0 THEN
    RAISE EXCEPTION 'the legs do not sum to zero' USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_entry_balanced';
  END IF;
  INSERT INTO treasury_entry (network_id, key, posted_on, posted_at, words, source_type, source_id, posted_by_id, reverses_id)
  VALUES (p_network, p_key, p_on, clock_timestamp(), p_words, p_source_type, p_source_id, p_by, p_reverses)
  ON CONFLICT (network_id, key) DO NOTHING RETURNING id INTO v_entry;
  IF v_entry IS NULL THEN
    SELECT id INTO v_entry FROM treasury_entry WHERE network_id = p_network AND key = p_key;
    IF EXISTS (
      (SELECT account_id, amount FROM treasury_leg WHERE treasury_leg.entry_id = v_entry EXCEPT SELECT * FROM unnest(p_accounts, p_amounts))
      UNION ALL
      (SELECT * FROM unnest(p_accounts, p_amounts) EXCEPT SELECT account_id, amount FROM treasury_leg WHERE treasury_leg.entry_id = v_entry)
    ) THEN
      RAISE EXCEPTION 'key % was used for another movement', p_key USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_entry_key_once';
    END IF;
    RETURN QUERY SELECT v_entry, false, '';
    RETURN;
  END IF;
  -- A closing that is being confirmed is waited for: it holds the other side of this lock until it commits.
  PERFORM pg_advisory_xact_lock_shared(hashtext('treasury.period'), p_network::int);
  IF EXISTS (SELECT 1 FROM treasury_closedperiod WHERE network_id = p_network AND closed_to >= p_on AND state = 'closed') THEN
    RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_period_open';
  END IF;
  v_bank := EXISTS (SELECT 1 FROM treasury_account WHERE id = ANY (p_accounts) AND kind = 'bank');
  -- The hot bank account after the pots. The legs come behind: their keys ask each account for a share, which costs nothing once it is
  -- ours; asked before, it would be a lock among several, and everybody's next step an upgrade of theirs.
  FOR v_leg IN
    SELECT a.id, l.amount FROM unnest(p_accounts, p_amounts) AS l (account, amount) JOIN treasury_account a ON a.id = l.account
    WHERE a.network_id = p_network ORDER BY (a.kind = 'bank'), a.id
  LOOP
    UPDATE treasury_account SET balance = balance + v_leg.amount, at_bank = at_bank + CASE WHEN v_bank THEN v_leg.amount ELSE 0 END
    WHERE id = v_leg.id;
    v_found := v_found + 1;
  END LOOP;
  IF v_found <> array_length(p_accounts, 1) THEN
    RAISE EXCEPTION 'an account is not of network %', p_network USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO treasury_leg (network_id, entry_id, account_id, amount, posted_on, at_bank)
  SELECT p_network, v_entry, l.account, l.amount, p_on, v_bank FROM unnest(p_accounts, p_amounts) AS l (account, amount);
  RETURN QUERY SELECT v_entry, true, '';
EXCEPTION WHEN check_violation OR unique_violation THEN
  -- All of the above is undone; what a user can be told goes back as a word, the rest is an error of ours.
  GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
  IF v_rule NOT IN ('treasury_account_not_overdrawn', 'treasury_period_open', 'treasury_entry_key_once', 'treasury_entry_reverses_id_key') THEN
    RAISE;
  END IF;
  RETURN QUERY SELECT NULL::bigint, false, v_rule;
END $$;
"""
# Outside the function the current user is the application, not the tables' owner. Asked once a statement, not once a row.
ONE_WRITER = """
CREATE FUNCTION treasury_only_post_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RAISE EXCEPTION '%: only treasury_post_entry writes here', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_entry_one_writer BEFORE INSERT ON treasury_entry FOR EACH STATEMENT EXECUTE FUNCTION treasury_only_post_entry();
CREATE TRIGGER treasury_leg_one_writer BEFORE INSERT ON treasury_leg FOR EACH STATEMENT EXECUTE FUNCTION treasury_only_post_entry();
CREATE TRIGGER treasury_account_one_writer BEFORE UPDATE ON treasury_account FOR EACH ROW
  WHEN ((NEW.balance, NEW.at_bank) IS DISTINCT FROM (OLD.balance, OLD.at_bank)) EXECUTE FUNCTION treasury_only_post_entry();
CREATE FUNCTION treasury_account_born_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.balance <> 0 OR NEW.at_bank <> 0 THEN RAISE EXCEPTION 'an account starts at zero' USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_account_born_empty BEFORE INSERT ON treasury_account FOR EACH ROW EXECUTE FUNCTION treasury_account_born_empty();
"""
# The rows are few and change at every posting: room for their next version on the same page. What is still deferred is asked at once,
# before the balances, not at the commit.
LIGHTER = """
ALTER TABLE treasury_account SET (fillfactor = 40);
DO $do$
DECLARE v_name text;
BEGIN
  FOR v_name IN SELECT conname FROM pg_constraint WHERE conrelid = 'treasury_entry'::regclass AND contype = 'f' AND condeferred LOOP
    EXECUTE format('ALTER TABLE treasury_entry ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', v_name);
  END LOOP;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("treasury_pot", owner=NETWORK),
        *sql.protect("treasury_account", owner=NETWORK, pins={"pot_id": "treasury_pot"}),
        *sql.protect("treasury_entry", owner=NETWORK),
        *sql.protect("treasury_leg", owner=NETWORK, pins={"entry_id": "treasury_entry", "account_id": "treasury_account"}),
        *sql.protect("treasury_closedperiod", owner=NETWORK),
        *sql.append_only("treasury_entry"),
        *sql.append_only("treasury_leg"),
        *sql.transition_guard("treasury_closedperiod", CLOSING),
        *sql.reasons_kept(CLOSING),
        *sql.history("treasury_pot"),
        *sql.history("treasury_closedperiod"),
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (POST_ENTRY, ONE_WRITER, LIGHTER)],
    ]
