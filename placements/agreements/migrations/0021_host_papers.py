"""Papers that wait for the host's signature, as its contact sees them: read with the owner's rights, because a request to sign opens to
who holds its link and to nobody else. The function narrows itself to the companies of the scope, and shows no word of a paper."""

from django.db import migrations

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
    dependencies = [("agreements", "0020_inspection")]

    operations = [migrations.RunSQL(HOST_PAPERS, "DROP FUNCTION agreements_host_papers();")]
