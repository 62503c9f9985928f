"""Donors belong to the network, requests to the Ambito; no company user reaches either."""

from django.db import migrations

from impresasolidale.core import sql
from solidarity_fund.transitions import REQUEST

NETWORK = ("network_id",)
OFFICE_ONLY = {"document": "id"}

# The network's help by kind, for public figures: an aggregate over every Ambito, which no reader's scope reaches.
PAID_BY_KIND = """
CREATE FUNCTION solidarity_fund_paid_by_kind(p_network bigint) RETURNS TABLE (kind text, people bigint, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- The function runs as the tables' owner, past row-level security: it looks at the caller's scope itself.
  IF session_user <> current_user AND NOT p_network = ANY (app_ids('networks')) THEN
    RAISE EXCEPTION 'network % is out of scope', p_network USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT r.kind::text, count(DISTINCT r.beneficiary_id), sum(r.amount)
    FROM solidarity_fund_benefitrequest r JOIN territory_ambito a ON a.id = r.ambito_id
    WHERE a.network_id = p_network AND r.state = 'paid'
    GROUP BY r.kind ORDER BY r.kind;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0001_initial"), ("treasury", "0002_guards"), ("agreements", "0002_guards")]

    operations = [
        *sql.protect("solidarity_fund_donor", owner=NETWORK, only=OFFICE_ONLY, pins={"company_id": "hosts_company"}),
        *sql.protect(
            "solidarity_fund_contribution",
            owner=NETWORK,
            only=OFFICE_ONLY,
            pins={"donor_id": "solidarity_fund_donor", "pot_id": "treasury_pot"},
        ),
        *sql.protect(
            "solidarity_fund_benefitrequest",
            only=OFFICE_ONLY,
            pins={"beneficiary_id": "beneficiaries_beneficiary", "placement_id": "agreements_placement"},
        ),
        *sql.append_only("solidarity_fund_contribution"),
        *sql.transition_guard("solidarity_fund_benefitrequest", REQUEST),
        *sql.reasons_kept(REQUEST),
        *sql.history("solidarity_fund_donor"),
        *sql.history("solidarity_fund_benefitrequest", hidden=["quote", "decision_reason"]),
        migrations.RunSQL(PAID_BY_KIND, "DROP FUNCTION solidarity_fund_paid_by_kind(bigint)"),
    ]
