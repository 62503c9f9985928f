"""The ledger's one writer again: it asks confirmed closings alone, and each row of the ledger is checked once."""

from django.db import migrations

POST_ENTRY = """
CREATE OR REPLACE FUNCTION treasury_post_entry(
  p_network bigint, p_key text, p_on date, p_words text, p_source_type text, p_source_id bigint, p_by bigint,
  p_accounts bigint[], p_amounts numeric[], p_reverses bigint
) RETURNS TABLE (entry_id bigint, is_new boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_entry bigint;
  v_leg record;
  v_found int := 0;
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
    RETURN QUERY SELECT v_entry, false;
    RETURN;
  END IF;
  -- A closing that is being confirmed is waited for: it holds the other side of this lock until it commits.
  PERFORM pg_advisory_xact_lock_shared(hashtext('treasury.period'), p_network::int);
  IF EXISTS (SELECT 1 FROM treasury_closedperiod WHERE network_id = p_network AND closed_to >= p_on AND state = 'closed') THEN
    RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_period_open';
  END IF;
  INSERT INTO treasury_leg (network_id, entry_id, account_id, amount)
  SELECT p_network, v_entry, l.account, l.amount FROM unnest(p_accounts, p_amounts) AS l (account, amount);
  -- Balances last, the hot bank account after the pots: from here to the commit nothing else is done under their locks.
  FOR v_leg IN
    SELECT a.id, l.amount FROM unnest(p_accounts, p_amounts) AS l (account, amount) JOIN treasury_account a ON a.id = l.account
    WHERE a.network_id = p_network ORDER BY (a.kind = 'bank'), a.id
  LOOP
    UPDATE treasury_account SET balance = balance + v_leg.amount WHERE id = v_leg.id;
    v_found := v_found + 1;
  END LOOP;
  IF v_found <> array_length(p_accounts, 1) THEN
    RAISE EXCEPTION 'an account is not of network %', p_network USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN QUERY SELECT v_entry, true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("treasury", "0061_closing_guards")]

    operations = [migrations.RunSQL(POST_ENTRY, migrations.RunSQL.noop)]
