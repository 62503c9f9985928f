"""Owners, history and states of the changes; a row for each suspension that runs today."""

from django.db import migrations

from impresasolidale.core import sql
from placements.agreements.transitions import EXTENSION

PLACED = {"placement_id": "agreements_placement"}
ONLY = {"placement": "placement_id"}

# Of a placement that is suspended the audited step tells since when and why.
RUNNING = """
INSERT INTO agreements_suspension (public_id, created_at, ambito_id, placement_id, starts_on, cause, note, moves_end, decided_by_id)
SELECT gen_random_uuid(), f.at, p.ambito_id, p.id, greatest(p.starts_on, (f.at AT TIME ZONE 'Europe/Rome')::date), 'other',
       left(coalesce(nullif(f.reason, ''), '—'), 300), true, f.actor_id
FROM agreements_placement p
JOIN LATERAL (SELECT at, reason, actor_id FROM core_fact WHERE code = 'agreements.placement.suspended' AND subject_id = p.id
              ORDER BY at DESC, id DESC LIMIT 1) f ON true
WHERE p.state = 'suspended';
"""
TABLES = ("suspension", "extensionrequest", "earlyend", "tutorchange")


class Migration(migrations.Migration):
    dependencies = [("agreements", "0014_changes"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("agreements_irregularday", pins={"project_id": "agreements_personalproject"}),
        *sql.protect("agreements_suspension", only=ONLY, pins=PLACED),
        *sql.protect("agreements_extensionrequest", only=ONLY, pins={**PLACED, "project_id": "agreements_personalproject"}),
        *sql.protect("agreements_attestation", only={"document": "id"}, pins=PLACED),
        *sql.protect("agreements_earlyend", only=ONLY, pins=PLACED),
        *sql.protect("agreements_tutorchange", only=ONLY, pins=PLACED),
        migrations.RunSQL(
            "ALTER TABLE agreements_placement ADD CONSTRAINT agreements_placement_parent_id_owner FOREIGN KEY (parent_id, ambito_id)"
            " REFERENCES agreements_placement (id, ambito_id) DEFERRABLE INITIALLY IMMEDIATE",
            "ALTER TABLE agreements_placement DROP CONSTRAINT agreements_placement_parent_id_owner",
        ),
        *[operation for table in TABLES for operation in sql.history(f"agreements_{table}")],
        *sql.append_only("agreements_attestation"),
        *sql.transition_guard("agreements_extensionrequest", EXTENSION),
        migrations.RunSQL(RUNNING, migrations.RunSQL.noop),
    ]
