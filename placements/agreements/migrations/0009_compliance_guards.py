"""Owners and history of the new tables; what stood in columns of the placement becomes rows of theirs."""

from django.db import migrations

from impresasolidale.core import sql

PLACED = {"placement_id": "agreements_placement"}
OFFICE = {"document": "id"}  # company users see none of it

COMMUNICATIONS = """
INSERT INTO agreements_communication (public_id, created_at, ambito_id, placement_id, kind, about_on, due_on, sender, exempt_motive,
                                      sent_on, code, protocol, annulled_reason)
SELECT gen_random_uuid(), now(), p.ambito_id, p.id, 'start', p.starts_on, p.starts_on - 1,
       CASE WHEN p.communication_sender IN ('host', 'promoter', 'exempt') THEN p.communication_sender ELSE 'host' END,
       CASE WHEN p.communication_sender = 'exempt' THEN 'Non dovuta, secondo l''ufficio' ELSE '' END,
       CASE WHEN p.communication_sender <> 'exempt' AND p.communication_number <> '' THEN p.communication_on END,
       CASE WHEN p.communication_sender <> 'exempt' AND p.communication_on IS NOT NULL THEN p.communication_number ELSE '' END, '', ''
FROM agreements_placement p
WHERE (p.communication_on IS NOT NULL AND p.communication_number <> '') OR p.communication_sender = 'exempt'
   OR p.state IN ('to_sign', 'signed', 'validated', 'active', 'suspended');
"""
# The general part comes first, as the rule book ships it; what is over is specific, of the class that as many hours are for.
TRAINING = """
INSERT INTO agreements_safetyevidence (public_id, created_at, ambito_id, beneficiary_id, kind, done_on, hours, risk_class, valid_to,
                                       provider, annulled_reason)
SELECT gen_random_uuid(), now(), p.ambito_id, p.beneficiary_id, part.kind, p.safety_training_on, part.hours,
       CASE WHEN part.kind = 'general' THEN '' WHEN part.hours >= 12 THEN 'high' WHEN part.hours >= 8 THEN 'medium' ELSE 'low' END,
       CASE WHEN part.kind = 'specific' THEN (p.safety_training_on + interval '5 years' - interval '1 day')::date END, '', ''
FROM agreements_placement p
CROSS JOIN LATERAL (VALUES ('general', least(p.safety_training_hours, 4)), ('specific', p.safety_training_hours - 4)) AS part (kind, hours)
WHERE p.safety_training_on IS NOT NULL AND part.hours > 0;

INSERT INTO agreements_safetyevidence (public_id, created_at, ambito_id, beneficiary_id, kind, done_on, risk_class, provider, annulled_reason)
SELECT DISTINCT ON (p.beneficiary_id, p.fitness_on) gen_random_uuid(), now(), p.ambito_id, p.beneficiary_id, 'fitness', p.fitness_on, '', '', ''
FROM agreements_placement p WHERE p.fitness_on IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0008_compliance"), ("beneficiaries", "0003_known_elsewhere")]

    operations = [
        *sql.protect("agreements_communication", only=OFFICE, pins=PLACED),
        *sql.protect("agreements_safetyevidence", only=OFFICE, pins={"beneficiary_id": "beneficiaries_beneficiary"}),
        *sql.protect("agreements_outsideplace", only=OFFICE, pins=PLACED),
        *sql.protect("agreements_copyhanded", only=OFFICE, pins=PLACED),
        *sql.protect("agreements_replacementflag", only=OFFICE, pins=PLACED),
        *sql.history("agreements_communication"),
        *sql.history("agreements_safetyevidence"),
        *sql.history("agreements_outsideplace"),
        *sql.history("agreements_copyhanded"),
        *sql.history("agreements_replacementflag"),
        migrations.RunSQL(COMMUNICATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(TRAINING, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
