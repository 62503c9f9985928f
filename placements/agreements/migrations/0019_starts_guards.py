"""Owners of the tables before a start; a hand-over reaches two Ambiti, and what it froze never changes; nothing becomes inherited later."""

from django.db import migrations

from impresasolidale.core import sql
from placements.agreements.transitions import HAND_OVER

OF_PERSON = {"beneficiary_id": "beneficiaries_beneficiary", "placement_id": "agreements_placement"}

# The receiving Ambito's own rows, by its own owner column.
ARRIVED = """
ALTER TABLE agreements_handover
  ADD CONSTRAINT agreements_handover_new_beneficiary_id_owner FOREIGN KEY (new_beneficiary_id, to_ambito_id)
    REFERENCES beneficiaries_beneficiary (id, ambito_id) DEFERRABLE INITIALLY IMMEDIATE,
  ADD CONSTRAINT agreements_handover_new_placement_id_owner FOREIGN KEY (new_placement_id, to_ambito_id)
    REFERENCES agreements_placement (id, ambito_id) DEFERRABLE INITIALLY IMMEDIATE;
"""
FROZEN = """
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


class Migration(migrations.Migration):
    dependencies = [("agreements", "0018_starts"), ("beneficiaries", "0002_guards")]

    operations = [
        *sql.protect("agreements_projecttemplate", only={"document": "id"}),
        *sql.protect("agreements_declareduse", only={"beneficiary": "beneficiary_id", "document": "id"}, pins=OF_PERSON),
        *sql.protect("agreements_paperstart", only={"document": "id"}, pins={"placement_id": "agreements_placement"}),
        *sql.protect("agreements_handover", owner=("ambito_id", "to_ambito_id"), only={"document": "id"}, pins=OF_PERSON),
        migrations.RunSQL(ARRIVED, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
        migrations.RunSQL(INHERITED, migrations.RunSQL.noop),
        *sql.transition_guard("agreements_handover", HAND_OVER),
        *sql.history("agreements_projecttemplate"),
        *sql.history("agreements_declareduse"),
        *sql.history("agreements_paperstart"),
        *sql.history("agreements_handover", hidden=["content"]),
    ]
