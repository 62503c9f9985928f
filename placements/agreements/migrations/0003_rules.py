"""What the tables themselves keep: the start light, the order of lists, what was handed over, who may pay; the doors read before any scope,
and what a company reads of an office's rows."""

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
# What a company shows to an inspector, read with the owner's rights: covers, receipts, safety courses and issued papers are the office's
# own rows, and opening those tables to company users would show them every other company's too. The function narrows itself to the
# placements the scope already entrusts, to those that run on the day, and to the columns an inspector asks for (docs/adr/0020).
INSPECTION = """
CREATE FUNCTION agreements_inspection(on_day date)
RETURNS TABLE (placement_id bigint, what text, words text, number text, since date, until date, holder text,
               document_id bigint, document uuid, kind text, file_name text, code text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH here AS (
    SELECT p.* FROM agreements_placement p
    WHERE p.ambito_id = ANY (app_ids('ambiti')) AND p.id = ANY (app_only('placement')) AND p.state IN ('active', 'suspended')
      AND on_day BETWEEN p.starts_on AND coalesce(p.ended_on, p.ends_on)),
  signed AS (
    SELECT h.id, 'agreement' AS what, f.document_id AS paper_id, f.signed_on AS since, f.valid_to AS until
    FROM here h JOIN agreements_frameworkagreement f ON f.id = h.agreement_id WHERE f.state = 'signed'
    UNION ALL
    SELECT h.id, 'project', v.document_id, v.effective_from, v.ends_on
    FROM here h JOIN agreements_personalproject v ON v.placement_id = h.id
    WHERE v.state = 'effective' AND v.document_id IS NOT NULL)
  SELECT s.id, s.what, d.kind_label::text, d.number::text, s.since, s.until, '', c.id, c.public_id, c.kind::text,
         CASE WHEN c.state = 'ready' THEN c.file_name ELSE '' END::text, v.code::text
  FROM signed s JOIN core_document d ON d.id = s.paper_id
  -- The copy with the signatures when there is one, else the paper itself.
  CROSS JOIN LATERAL (SELECT x.* FROM core_document x
    WHERE x.id = d.id OR (x.kind = 'agreements.signed_copy' AND x.subject_type = 'core.document' AND x.subject_id = d.id)
    ORDER BY x.state = 'ready' DESC, x.kind = 'agreements.signed_copy' DESC, x.id DESC LIMIT 1) c
  JOIN core_verification v ON v.document_id = c.id
  UNION ALL
  SELECT h.id, 'inherited', '', w.protocol, w.signed_on, NULL, '', NULL, NULL, '', '', ''
  FROM here h JOIN agreements_paperstart w ON w.placement_id = h.id
  UNION ALL
  SELECT h.id, k.kind, k.insurer, k.number, k.valid_from, k.valid_to, CASE WHEN k.company_id IS NULL THEN 'promoter' ELSE 'host' END,
         NULL, NULL, '', '', ''
  FROM here h JOIN agreements_cover k ON k.ambito_id = h.ambito_id AND (k.company_id IS NULL OR k.company_id = h.company_id)
  WHERE k.withdrawn_at IS NULL AND on_day BETWEEN k.valid_from AND k.valid_to
  UNION ALL
  SELECT h.id, 'communication', m.kind, m.code, coalesce(m.sent_on, m.due_on), NULL, CASE WHEN m.sent_on IS NULL THEN m.sender ELSE '' END,
         NULL, NULL, '', '', ''
  FROM here h JOIN agreements_communication m ON m.placement_id = h.id
  WHERE m.annulled_at IS NULL AND (m.sent_on IS NOT NULL OR m.sender = 'exempt')
  UNION ALL
  SELECT h.id, 'safety', e.kind, e.hours::text, e.done_on, e.valid_to, '', NULL, NULL, '', '', ''
  FROM here h JOIN agreements_safetyevidence e ON e.beneficiary_id = h.beneficiary_id AND e.ambito_id = h.ambito_id
  WHERE e.annulled_at IS NULL AND e.kind IN ('general', 'specific') AND (e.valid_to IS NULL OR e.valid_to >= on_day)
$$;
"""
# Papers that wait for the host's signature, as its contact sees them: read with the owner's rights, because a request to sign opens to
# who holds its link and to nobody else. The function narrows itself to the companies of the scope, and shows no word of a paper.
HOST_PAPERS = """
CREATE FUNCTION agreements_host_papers()
RETURNS TABLE (request uuid, ambito_id bigint, company_id bigint, words text, number text, issued_on date, signer text, address text,
               first_name text, last_name text, asked_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.public_id, r.ambito_id, s.company_id, d.kind_label::text, d.number::text, d.issued_on, r.signer::text, r.address::text,
         s.first_name::text, s.last_name::text, greatest(r.asked_at, r.reminded_at), r.expires_at
  FROM agreements_signaturerequest r JOIN core_document d ON d.id = r.document_id
  CROSS JOIN LATERAL (
    SELECT f.company_id, '' AS first_name, '' AS last_name FROM agreements_frameworkagreement f WHERE f.document_id = d.id
    UNION ALL
    SELECT p.company_id, b.first_name, left(b.last_name, 1)
    FROM agreements_placement p JOIN beneficiaries_beneficiary b ON b.id = p.beneficiary_id
    WHERE d.subject_type = 'agreements.placement' AND p.id = d.subject_id) s
  WHERE r.role = 'host' AND r.state IN ('asked', 'opened', 'code_sent') AND s.company_id = ANY (app_only('company'))
  ORDER BY r.expires_at, r.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_guards")]

    operations = [
        migrations.RunSQL(text, migrations.RunSQL.noop)
        for text in (
            *(NO_RED_START, ENTRUSTED, TAKEN, ORDER, LINK, ARRIVED, HANDED_OVER, INHERITED, SOURCE, LAPSED_WAIVERS),
            *(INSPECTION, HOST_PAPERS),
        )
    ]
