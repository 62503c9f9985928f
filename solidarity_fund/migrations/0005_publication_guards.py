"""What is published is frozen from the day it was prepared; stories are the office's, and everybody's only through one function."""

from django.db import migrations

from impresasolidale.core import sql
from solidarity_fund.transitions import PUBLICATION, STORY

FROZEN = """
CREATE FUNCTION solidarity_fund_publication_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'publication % is prepared: what it says does not change', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER solidarity_fund_publication_frozen BEFORE UPDATE ON solidarity_fund_publication FOR EACH ROW
  WHEN ((OLD.values, OLD.values_hash, OLD.kind, OLD.year, OLD.data_until, OLD.definition)
        IS DISTINCT FROM (NEW.values, NEW.values_hash, NEW.kind, NEW.year, NEW.data_until, NEW.definition))
  EXECUTE FUNCTION solidarity_fund_publication_frozen();
"""
# What was paid between two days, by pot and by kind of help, with how many people: an aggregate over every Ambito, which no reader's
# scope reaches. A row has a pot or a kind, never both; paid is what the legs say, so reversals are taken off where they were posted.
PAID_BETWEEN = """
DROP FUNCTION solidarity_fund_paid_by_kind(bigint);
CREATE FUNCTION solidarity_fund_paid_between(p_network bigint, p_first date, p_last date)
RETURNS TABLE (pot bigint, kind text, people bigint, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- The function runs as the tables' owner, past row-level security: it looks at the caller's scope itself.
  IF session_user <> current_user AND NOT p_network = ANY (app_ids('networks')) THEN
    RAISE EXCEPTION 'network % is out of scope', p_network USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    WITH paid AS (
      SELECT a.pot_id, coalesce(r.kind, '') AS kind, r.beneficiary_id, sum(l.amount) AS amount
      FROM treasury_pot p
      JOIN treasury_account a ON a.pot_id = p.id AND a.kind = 'committed'
      JOIN treasury_leg l ON l.account_id = a.id AND l.at_bank AND l.posted_on BETWEEN p_first AND p_last
      JOIN treasury_entry e ON e.id = l.entry_id
      LEFT JOIN solidarity_fund_benefitrequest r ON r.id = e.source_id AND e.source_type = 'solidarity_fund.benefitrequest'
      WHERE p.network_id = p_network AND p.use = 'fund'
      GROUP BY a.pot_id, 2, r.beneficiary_id, e.source_type, e.source_id
    )
    SELECT paid.pot_id, paid.kind::text, count(DISTINCT paid.beneficiary_id) FILTER (WHERE paid.amount > 0), sum(paid.amount)
    FROM paid GROUP BY GROUPING SETS ((paid.pot_id), (paid.kind));
END $$;
"""
# Words that a person agreed to, and no word about whose they are: while the consent holds, not a moment longer.
STORIES = """
CREATE FUNCTION solidarity_fund_public_stories(p_network bigint) RETURNS TABLE (public_id uuid, title text, words text, host text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF session_user <> current_user AND NOT p_network = ANY (app_ids('networks')) THEN
    RAISE EXCEPTION 'network % is out of scope', p_network USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT s.public_id, s.title::text, s.text::text, CASE WHEN s.names_host THEN o.name::text ELSE '' END
    FROM solidarity_fund_story s
    JOIN territory_ambito t ON t.id = s.ambito_id AND t.network_id = p_network
    JOIN agreements_placement p ON p.id = s.placement_id
    JOIN hosts_company o ON o.id = p.company_id
    JOIN beneficiaries_consent c ON c.id = s.consent_id AND c.beneficiary_id = p.beneficiary_id AND c.revoked_on IS NULL
    WHERE s.state = 'published' ORDER BY s.published_at DESC, s.id DESC;
END $$;
"""
BACK = "DROP FUNCTION solidarity_fund_paid_between(bigint, date, date); DROP FUNCTION solidarity_fund_public_stories(bigint);"


class Migration(migrations.Migration):
    dependencies = [("solidarity_fund", "0004_money_in_guards"), ("treasury", "0003_office_guards"), ("beneficiaries", "0002_guards"), ("core", "0003_guards")]

    operations = [
        *sql.protect("solidarity_fund_publication", owner=("ambito_id", "network_id"), office_only=True),
        *sql.transition_guard("solidarity_fund_publication", PUBLICATION),
        *sql.reasons_kept(PUBLICATION),
        *sql.history("solidarity_fund_publication", hidden=["values"]),
        migrations.RunSQL(FROZEN, "DROP TRIGGER solidarity_fund_publication_frozen ON solidarity_fund_publication;"),
        *sql.protect(
            "solidarity_fund_story",
            office_only=True,
            pins={"placement_id": "agreements_placement", "consent_id": "beneficiaries_consent"},
        ),
        *sql.transition_guard("solidarity_fund_story", STORY),
        *sql.history("solidarity_fund_story", hidden=["title", "text"]),
        migrations.RunSQL(PAID_BETWEEN + STORIES, BACK),
    ]
