"""Owners, states, signatures that never change, the one trigger of the start light, and the view of entrusted people."""

from django.db import migrations

from impresasolidale.core import sql
from placements.agreements.transitions import AGREEMENT, PLACEMENT

PLACED = {"placement_id": "agreements_placement"}

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


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0002_initial"),
        ("beneficiaries", "0002_guards"),
        ("hosts", "0002_guards"),
        ("accounts", "0003_guards"),
        ("territory", "0002_guards"),
    ]

    operations = [
        *sql.protect("agreements_frameworkagreement", only={"document": "id"}),
        *sql.protect("agreements_cover", only={"document": "id"}),
        *sql.protect(
            "agreements_placement",
            only={"placement": "id"},
            pins={"beneficiary_id": "beneficiaries_beneficiary", "agreement_id": "agreements_frameworkagreement"},
        ),
        *sql.protect("agreements_personalproject", only={"placement": "placement_id"}, pins=PLACED),
        *sql.protect("agreements_goal", only={"document": "id"}, pins={"project_id": "agreements_personalproject"}),
        *sql.protect("agreements_weekday", pins={"project_id": "agreements_personalproject"}),
        *sql.protect("agreements_signature", only={"document": "id"}),
        *sql.protect("agreements_readinessitem", only={"document": "id"}, pins=PLACED),
        *sql.transition_guard("agreements_placement", PLACEMENT),
        *sql.transition_guard("agreements_frameworkagreement", AGREEMENT),
        *sql.append_only("agreements_signature"),
        *sql.history("agreements_placement"),
        *sql.history("agreements_frameworkagreement"),
        *sql.history("agreements_personalproject"),
        *sql.history("agreements_cover"),
        *sql.history("agreements_readinessitem"),
        migrations.RunSQL(NO_RED_START, migrations.RunSQL.noop),
        migrations.RunSQL(ENTRUSTED, "DROP VIEW entrusted"),
    ]
