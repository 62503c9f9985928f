"""Liquidations belong to one Ambito and its office alone; what an item pays never changes, and is what its shares pay."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.treasury.transitions import ITEM, RECOVERY, RUN

OFFICE_ONLY = {"document": "id"}
OF_ITEM = {"item_id": "treasury_liquidationitem"}

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


class Migration(migrations.Migration):
    dependencies = [("treasury", "0008_liquidations"), ("core", "0003_guards")]

    operations = [
        *sql.protect("treasury_payer", only=OFFICE_ONLY),
        *sql.protect("treasury_liquidationrun", only=OFFICE_ONLY),
        *sql.protect("treasury_liquidationitem", only=OFFICE_ONLY, pins={"run_id": "treasury_liquidationrun"}),
        *sql.protect("treasury_itemshare", only=OFFICE_ONLY, pins={**OF_ITEM, "commitment_id": "treasury_commitment"}),
        *sql.protect("treasury_itemcheck", only=OFFICE_ONLY, pins=OF_ITEM),
        *sql.protect("treasury_runfile", only=OFFICE_ONLY, pins={"run_id": "treasury_liquidationrun"}),
        *sql.protect("treasury_recovery", only=OFFICE_ONLY, pins=OF_ITEM),
        *sql.protect("treasury_recoverystep", only=OFFICE_ONLY, pins={"recovery_id": "treasury_recovery"}),
        *sql.append_only("treasury_recoverystep"),
        *sql.append_only("treasury_runfile"),
        *sql.transition_guard("treasury_liquidationrun", RUN),
        *sql.transition_guard("treasury_liquidationitem", ITEM),
        *sql.transition_guard("treasury_recovery", RECOVERY),
        *sql.history("treasury_payer", hidden=["iban"]),
        *sql.history("treasury_liquidationrun"),
        *sql.history("treasury_liquidationitem", hidden=["person", "person_code", "payee", "payee_code", "iban"]),
        *sql.history("treasury_recovery"),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
