"""What pays a project: never the solidarity fund, never another network's pot (house.md, Money)."""

from django.db import migrations

from impresasolidale.core import sql

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


class Migration(migrations.Migration):
    dependencies = [("agreements", "0021_funding_shares"), ("treasury", "0004_budget_guards")]

    operations = [
        *sql.protect("agreements_fundingshare", only={"document": "id"}, pins={"project_id": "agreements_personalproject"}),
        *sql.history("agreements_fundingshare"),
        migrations.RunSQL(SOURCE, migrations.RunSQL.noop),
    ]
