"""Budgets, commitments and liquidations belong to one Ambito and its office alone.

What an item pays never changes, and is what its shares pay; what was drawn stays drawn; budgets and commitments stand on pots of their use.
"""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.treasury.transitions import COMMITMENT, ITEM, RECOVERY, RUN, SAMPLE

OFFICE_ONLY = {"document": "id"}
OF_ITEM = {"item_id": "treasury_liquidationitem"}
OF_RUN = {"run_id": "treasury_liquidationrun"}

POT_USE = """
CREATE FUNCTION treasury_pot_of_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM treasury_pot WHERE id = NEW.pot_id AND use = ANY (TG_ARGV)) THEN
    RAISE EXCEPTION 'pot % may not stand behind a row of %', NEW.pot_id, TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_pot_use';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_budget_pot_use BEFORE INSERT OR UPDATE OF pot_id ON treasury_budget
  FOR EACH ROW EXECUTE FUNCTION treasury_pot_of_use('budget');
CREATE TRIGGER treasury_commitment_pot_use BEFORE INSERT OR UPDATE OF pot_id ON treasury_commitment
  FOR EACH ROW EXECUTE FUNCTION treasury_pot_of_use('budget', 'grant');
"""
# The same as selectors.commitments: committed, and not given back before the end.
AMOUNT = """
CREATE FUNCTION treasury_commitment_amount(p_commitment bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(-sum(l.amount), 0)
  FROM treasury_commitment c
  JOIN treasury_account a ON a.pot_id = c.pot_id AND a.kind = 'committed'
  JOIN treasury_entry e ON e.source_type = 'treasury.commitment' AND e.source_id = c.id AND right(e.key, 4) <> ':end'
  JOIN treasury_leg l ON l.entry_id = e.id AND l.account_id = a.id
  WHERE c.id = p_commitment AND NOT EXISTS (
    SELECT 1 FROM treasury_leg o JOIN treasury_account k ON k.id = o.account_id WHERE o.entry_id = e.id AND k.kind = 'bank')
$$;
"""
KEPT = """
CREATE FUNCTION treasury_item_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM treasury_liquidationrun r WHERE r.id = NEW.run_id AND r.state = 'prepared') THEN
    RAISE EXCEPTION 'run % takes no item any more', NEW.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_liquidationitem_enters BEFORE INSERT ON treasury_liquidationitem
  FOR EACH ROW EXECUTE FUNCTION treasury_item_enters();

CREATE FUNCTION treasury_item_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'item % is kept', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.run_id, NEW.position, NEW.source_type, NEW.source_id, NEW.code, NEW.year, NEW.words, NEW.amount, NEW.is_taxed, NEW.person)
     IS DISTINCT FROM
     (OLD.run_id, OLD.position, OLD.source_type, OLD.source_id, OLD.code, OLD.year, OLD.words, OLD.amount, OLD.is_taxed, OLD.person) THEN
    RAISE EXCEPTION 'what item % pays does not change', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state NOT IN ('ready', 'held') AND (NEW.payment, NEW.payee, NEW.payee_code, NEW.iban)
     IS DISTINCT FROM (OLD.payment, OLD.payee, OLD.payee_code, OLD.iban) THEN
    RAISE EXCEPTION 'item % is on its way: how it is paid does not change', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'sent' AND OLD.state <> 'sent'
     AND NEW.amount IS DISTINCT FROM (SELECT sum(s.amount) FROM treasury_itemshare s WHERE s.item_id = NEW.id) THEN
    RAISE EXCEPTION 'the shares of item % are not its amount', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_item_is_shares';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_liquidationitem_kept BEFORE UPDATE OR DELETE ON treasury_liquidationitem
  FOR EACH ROW EXECUTE FUNCTION treasury_item_kept();

CREATE FUNCTION treasury_itemshare_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM treasury_liquidationitem i WHERE i.id = NEW.item_id AND i.state IN ('ready', 'held')) THEN
      RAISE EXCEPTION 'item % takes no share any more', NEW.item_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.item_id, NEW.position, NEW.pot_id, NEW.amount) IS DISTINCT FROM (OLD.item_id, OLD.position, OLD.pot_id, OLD.amount)
     OR EXISTS (SELECT 1 FROM treasury_liquidationitem i WHERE i.id = OLD.item_id AND i.state NOT IN ('ready', 'held')) THEN
    RAISE EXCEPTION 'a share of item % does not change', OLD.item_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_itemshare_kept BEFORE INSERT OR UPDATE OR DELETE ON treasury_itemshare
  FOR EACH ROW EXECUTE FUNCTION treasury_itemshare_kept();
"""
# How many liquidations of a network wait in other offices, for a closing that holds for them too (house.md §3, who sees whom). It runs as the
# tables' owner, outside row-level security, and answers with one number, of a network in reach alone.
WAITING_ELSEWHERE = """
CREATE FUNCTION treasury_waiting_elsewhere(p_network bigint, p_to date, p_here bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM treasury_liquidationrun r JOIN territory_ambito a ON a.id = r.ambito_id
   WHERE a.network_id = p_network AND p_network = ANY (app_ids('networks')) AND r.ambito_id IS DISTINCT FROM p_here
     AND r.state = 'prepared' AND r.month <= p_to
$$;
GRANT EXECUTE ON FUNCTION treasury_waiting_elsewhere(bigint, date, bigint) TO PUBLIC;
"""
# How many alarms about a sum that does not agree stand in all offices of the networks in reach, for the technician: one number, as above.
OPEN_DIFFERENCES = """
CREATE FUNCTION treasury_open_differences() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM core_todo t LEFT JOIN territory_ambito a ON a.id = t.ambito_id
   WHERE t.kind = 'treasury.difference' AND t.done_at IS NULL AND coalesce(t.network_id, a.network_id) = ANY (app_ids('networks'))
$$;
GRANT EXECUTE ON FUNCTION treasury_open_differences() TO PUBLIC;
"""
# What a sample was drawn from and what came out stays; a closed one is whole, and stays as it is.
SAMPLED = """
CREATE FUNCTION treasury_sample_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state = 'closed' OR
     (NEW.number, NEW.since, NEW.until, NEW.share, NEW.minimum, NEW.seed, NEW.pool, NEW.rows, NEW.amount, NEW.created_by_id)
     IS DISTINCT FROM
     (OLD.number, OLD.since, OLD.until, OLD.share, OLD.minimum, OLD.seed, OLD.pool, OLD.rows, OLD.amount, OLD.created_by_id) THEN
    RAISE EXCEPTION 'sample % is kept as it was drawn', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'closed' AND EXISTS (SELECT 1 FROM treasury_sampleditem i WHERE i.sample_id = NEW.id AND i.outcome = 'pending') THEN
    RAISE EXCEPTION 'sample % has rows still to look at', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_sample_whole';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_sample_kept BEFORE UPDATE OR DELETE ON treasury_sample FOR EACH ROW EXECUTE FUNCTION treasury_sample_kept();

CREATE FUNCTION treasury_sampleditem_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND
     (NEW.sample_id, NEW.item_id, NEW.reasons) IS DISTINCT FROM (OLD.sample_id, OLD.item_id, OLD.reasons)) THEN
    RAISE EXCEPTION 'sampled item % stays drawn', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM treasury_sample s WHERE s.id = NEW.sample_id AND s.state = 'closed') THEN
    RAISE EXCEPTION 'sample % is closed', NEW.sample_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM treasury_liquidationitem i JOIN treasury_liquidationrun r ON r.id = i.run_id
             WHERE i.id = NEW.item_id AND NEW.checked_by_id IN (r.created_by_id, r.approved_by_id)) THEN
    RAISE EXCEPTION 'who paid item % does not check it', NEW.item_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_sampleditem_four_eyes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_sampleditem_kept BEFORE INSERT OR UPDATE OR DELETE ON treasury_sampleditem
  FOR EACH ROW EXECUTE FUNCTION treasury_sampleditem_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("treasury", "0002_guards")]

    operations = [
        *sql.protect("treasury_budget", only=OFFICE_ONLY),
        *sql.protect("treasury_commitment", only=OFFICE_ONLY),
        *sql.protect("treasury_filelayout", only=OFFICE_ONLY),
        *sql.protect("treasury_payer", only=OFFICE_ONLY),
        *sql.protect("treasury_liquidationrun", only=OFFICE_ONLY),
        *sql.protect("treasury_liquidationitem", only=OFFICE_ONLY, pins=OF_RUN),
        *sql.protect("treasury_itemshare", only=OFFICE_ONLY, pins={**OF_ITEM, "commitment_id": "treasury_commitment"}),
        *sql.protect("treasury_itemcheck", only=OFFICE_ONLY, pins=OF_ITEM),
        *sql.protect("treasury_runfile", only=OFFICE_ONLY, pins=OF_RUN),
        *sql.protect("treasury_recovery", only=OFFICE_ONLY, pins=OF_ITEM),
        *sql.protect("treasury_recoverystep", only=OFFICE_ONLY, pins={"recovery_id": "treasury_recovery"}),
        *sql.protect("treasury_sample", only=OFFICE_ONLY),
        *sql.protect("treasury_sampleditem", only=OFFICE_ONLY, pins={**OF_ITEM, "sample_id": "treasury_sample"}),
        *sql.append_only("treasury_recoverystep"),
        *sql.append_only("treasury_runfile"),
        *sql.transition_guard("treasury_commitment", COMMITMENT),
        *sql.transition_guard("treasury_liquidationrun", RUN),
        *sql.transition_guard("treasury_liquidationitem", ITEM),
        *sql.transition_guard("treasury_recovery", RECOVERY),
        *sql.transition_guard("treasury_sample", SAMPLE),
        *[operation for machine in (COMMITMENT, RUN, ITEM, RECOVERY) for operation in sql.reasons_kept(machine)],
        *sql.history("treasury_budget"),
        *sql.history("treasury_commitment"),
        *sql.history("treasury_filelayout"),
        *sql.history("treasury_payer", hidden=["iban"]),
        *sql.history("treasury_liquidationrun"),
        *sql.history("treasury_liquidationitem", hidden=["person", "person_code", "payee", "payee_code", "iban"]),
        *sql.history("treasury_recovery"),
        *sql.history("treasury_sample"),
        *sql.history("treasury_sampleditem"),
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (POT_USE, AMOUNT, KEPT, SAMPLED, WAITING_ELSEWHERE, OPEN_DIFFERENCES)],
    ]
