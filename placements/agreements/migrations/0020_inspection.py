"""What a company shows to an inspector, read with the owner's rights: covers, receipts, safety courses and issued papers are the office's
own rows, and opening those tables to company users would show them every other company's too. The function narrows itself to the
placements the scope already entrusts, to those that run on the day, and to the columns an inspector asks for (docs/adr/0020)."""

from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_rules")]

    operations = [migrations.RunSQL(INSPECTION, "DROP FUNCTION agreements_inspection(date);")]
