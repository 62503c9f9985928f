"""The parts of a commitment that stand for placements never come to more than the commitment itself."""

from django.db import migrations

PARTS = """
CREATE FUNCTION attendance_check_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_commitment bigint := CASE WHEN TG_TABLE_NAME = 'treasury_commitment' THEN NEW.id END;
BEGIN
  IF v_commitment IS NULL THEN
    v_commitment := NEW.commitment_id;
    PERFORM 1 FROM treasury_commitment WHERE id = v_commitment FOR NO KEY UPDATE;
  END IF;
  IF (SELECT sum(amount) FROM attendance_placementcommitment WHERE commitment_id = v_commitment)
     > treasury_commitment_amount(v_commitment) THEN
    RAISE EXCEPTION 'the parts of commitment % are more than it', v_commitment
      USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_commitment_parts';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_parts_within AFTER INSERT OR UPDATE ON attendance_placementcommitment
  FOR EACH ROW EXECUTE FUNCTION attendance_check_parts();
CREATE TRIGGER attendance_parts_within AFTER UPDATE OF row_version ON treasury_commitment
  FOR EACH ROW WHEN (NEW.state = 'open') EXECUTE FUNCTION attendance_check_parts();
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0014_take_off_guards"), ("treasury", "0006_closing_guards")]

    operations = [migrations.RunSQL(PARTS, migrations.RunSQL.noop)]
