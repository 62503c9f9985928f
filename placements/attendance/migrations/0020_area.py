"""What a person finds in the own area, read with the owner's rights: papers are the office's rows. The function narrows itself to the
people of the scope, to placements that are or were, and to the papers made for them in easy words."""

from django.db import migrations

AREA = """
CREATE FUNCTION attendance_area()
RETURNS TABLE (placement_id bigint, company_id bigint, document_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT p.id, p.company_id FROM agreements_placement p
    WHERE p.ambito_id = ANY (app_ids('ambiti')) AND p.beneficiary_id = ANY (app_only('beneficiary'))
      AND p.state IN ('to_sign', 'signed', 'validated', 'active', 'suspended', 'ended', 'ended_early', 'evaluated', 'closed'))
  SELECT m.id, m.company_id, NULL::bigint FROM mine m
  UNION ALL
  SELECT m.id, m.company_id, d.id
  FROM mine m JOIN core_document d ON d.subject_type = 'agreements.placement' AND d.subject_id = m.id
  WHERE d.kind IN ('agreements.pact', 'agreements.easy_week', 'attendance.easy_folder') AND d.state = 'ready'
    AND NOT EXISTS (SELECT 1 FROM core_document n WHERE n.supersedes_id = d.id)
  UNION ALL
  SELECT m.id, m.company_id, d.id
  FROM mine m JOIN attendance_monthallowance a ON a.placement_id = m.id
  JOIN core_document d ON d.subject_type = 'attendance.monthallowance' AND d.subject_id = a.id
  WHERE d.kind = 'attendance.slip' AND d.state = 'ready' AND NOT EXISTS (SELECT 1 FROM core_document n WHERE n.supersedes_id = d.id)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0003_rules")]

    operations = [migrations.RunSQL(AREA, "DROP FUNCTION attendance_area();")]
