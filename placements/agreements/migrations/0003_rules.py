"""What the tables themselves keep: the start light, the order of lists, what was handed over, who may pay; the doors read before any scope."""

from django.db import migrations

# A placement cannot be active at commit while a block item of its start light is open, whoever wrote the state (house.md, Start light).
NO_RED_START = """
CREATE FUNCTION agreements_refuse_red_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM agreements_placement p JOIN agreements_readinessitem i ON i.placement_id = p.id
             WHERE p.id = NEW.id AND p.state = 'active' AND i.severity = 'block' AND i.satisfied_at IS NULL AND i.waived_by_id IS NULL)
     OR EXISTS (SELECT 1 FROM agreements_placement p WHERE p.id = NEW.id AND p.state = 'active'
                AND NOT EXISTS (SELECT 1 FROM agreements_readinessitem i WHERE i.placement_id = p.id))
  THEN RAISE EXCEPTION 'placement % is red: it cannot be active', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_placement_not_red';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreements_placement_not_red AFTER INSERT OR UPDATE OF state ON agreements_placement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'active') EXECUTE FUNCTION agreements_refuse_red_start();
"""
# Read by accounts before any scope exists; a view runs with its owner's rights, and shows ids alone.
ENTRUSTED = """
CREATE VIEW entrusted AS
SELECT p.id AS placement_id, t.user_id, c.network_id, p.ambito_id, p.beneficiary_id, p.company_id
FROM agreements_placement p
JOIN hosts_companytutor t ON t.id = p.company_tutor_id
JOIN hosts_company c ON c.id = p.company_id
WHERE p.state IN ('validated', 'active', 'suspended') OR (p.state IN ('ended', 'ended_early') AND p.ended_on > CURRENT_DATE - 60);
"""
ORDER = """
CREATE FUNCTION agreements_keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.beneficiary_id IS DISTINCT FROM OLD.beneficiary_id OR NEW.person_key IS DISTINCT FROM OLD.person_key THEN
    NEW.person_key := coalesce((SELECT search_key FROM beneficiaries_beneficiary WHERE id = NEW.beneficiary_id), '');
  END IF;
  IF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD THEN NEW.changed_at := now(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_placement_order BEFORE INSERT OR UPDATE ON agreements_placement
  FOR EACH ROW EXECUTE FUNCTION agreements_keep_order();
CREATE FUNCTION agreements_rename_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE agreements_placement SET person_key = NEW.search_key WHERE beneficiary_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER agreements_rename_person AFTER UPDATE OF search_key ON beneficiaries_beneficiary
  FOR EACH ROW WHEN (NEW.search_key IS DISTINCT FROM OLD.search_key) EXECUTE FUNCTION agreements_rename_person();
"""
# Across the Ambiti of the networks that a scope reaches, and with nothing of a person but the row's number.
TAKEN = """
CREATE VIEW places_taken AS
SELECT p.id AS placement_id, c.network_id, p.company_id, p.site_id, p.company_tutor_id, p.beneficiary_id, p.starts_on, p.ends_on
FROM agreements_placement p
JOIN hosts_company c ON c.id = p.company_id
WHERE p.state IN ('validated', 'active', 'suspended') AND c.network_id = ANY ((SELECT app_ids('networks'))::bigint[]);
"""
# Read before any scope exists, by the hash of a secret: ids alone, of the one request it belongs to.
LINK = """
CREATE FUNCTION agreements_signing_link(secret text)
RETURNS TABLE (request_id bigint, document_id bigint, ambito_id bigint, network_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, r.document_id, r.ambito_id, a.network_id
  FROM agreements_signaturerequest r JOIN territory_ambito a ON a.id = r.ambito_id WHERE r.token_hash = secret
$$;
"""
# The receiving Ambito's own rows, by its own owner column.
ARRIVED = """
ALTER TABLE agreements_handover
  ADD CONSTRAINT agreements_handover_new_beneficiary_id_owner FOREIGN KEY (new_beneficiary_id, to_ambito_id)
    REFERENCES beneficiaries_beneficiary (id, ambito_id) DEFERRABLE INITIALLY IMMEDIATE,
  ADD CONSTRAINT agreements_handover_new_placement_id_owner FOREIGN KEY (new_placement_id, to_ambito_id)
    REFERENCES agreements_placement (id, ambito_id) DEFERRABLE INITIALLY IMMEDIATE;
"""
HANDED_OVER = """
CREATE FUNCTION agreements_keep_hand_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.ambito_id, NEW.to_ambito_id, NEW.content, NEW.informed_on, NEW.last_day)
     IS DISTINCT FROM (OLD.ambito_id, OLD.to_ambito_id, OLD.content, OLD.informed_on, OLD.last_day)
  THEN RAISE EXCEPTION 'hand-over %: what was handed over never changes', OLD.id USING ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_handover_frozen BEFORE UPDATE ON agreements_handover FOR EACH ROW EXECUTE FUNCTION agreements_keep_hand_over();
"""
# The start light is lenient with inherited placements alone: whether one is, is said once, when it comes in.
INHERITED = """
CREATE FUNCTION agreements_keep_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'placement %: whether it is inherited never changes', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreements_placement_entered BEFORE UPDATE ON agreements_placement
  FOR EACH ROW WHEN (NEW.entered_on IS DISTINCT FROM OLD.entered_on) EXECUTE FUNCTION agreements_keep_entered();
"""
# What pays a project: never the solidarity fund, never another network's pot (house.md, Money).
SOURCE = """
CREATE FUNCTION agreements_share_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM treasury_pot p JOIN territory_ambito a ON a.network_id = p.network_id
                 WHERE p.id = NEW.pot_id AND a.id = NEW.ambito_id AND p.use IN ('budget', 'grant')) THEN
    RAISE EXCEPTION 'pot % does not pay allowances', NEW.pot_id USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_share_source';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_fundingshare_source BEFORE INSERT OR UPDATE ON agreements_fundingshare
  FOR EACH ROW EXECUTE FUNCTION agreements_share_source();
"""
# What the coordinator's list of lapsed waivers reads.
LAPSED_WAIVERS = """
CREATE INDEX agreements_lapsed_waivers ON core_fact (ambito_id, id DESC) WHERE code = 'agreements.readiness.waiver_lapsed';
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_guards")]

    operations = [
        migrations.RunSQL(text, migrations.RunSQL.noop)
        for text in (NO_RED_START, ENTRUSTED, TAKEN, ORDER, LINK, ARRIVED, HANDED_OVER, INHERITED, SOURCE, LAPSED_WAIVERS)
    ]
