"""Only a confirmed closing refuses postings; budgets and commitments stand on pots of their use; what a commitment comes to, in SQL."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.treasury.transitions import CLOSING, COMMITMENT

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


class Migration(migrations.Migration):
    dependencies = [("treasury", "0005_closings_and_layouts")]

    operations = [
        *sql.protect("treasury_filelayout", only={"document": "id"}),
        *sql.history("treasury_filelayout"),
        *sql.transition_guard("treasury_closedperiod", CLOSING),
        *sql.transition_guard("treasury_commitment", COMMITMENT),
        migrations.RunSQL(POT_USE, migrations.RunSQL.noop),
        migrations.RunSQL(AMOUNT, migrations.RunSQL.noop),
    ]
