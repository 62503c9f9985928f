"""A frozen month's allowance keeps its sum and its lines; what is known only later may still be written beside them."""

from django.db import migrations

LATER = """
CREATE OR REPLACE FUNCTION attendance_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later CONSTANT text[] := ARRAY['carried_in_id', 'net_amount', 'net_on'];
BEGIN
  IF EXISTS (SELECT 1 FROM attendance_timesheet t WHERE t.id = OLD.timesheet_id AND t.state = 'frozen')
     AND (TG_OP = 'DELETE' OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later) THEN
    RAISE EXCEPTION 'the month of allowance % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION attendance_keep_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'taken_in_id' IS DISTINCT FROM to_jsonb(OLD) - 'taken_in_id' THEN
    RAISE EXCEPTION 'adjustment % is append-only', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER TABLE attendance_monthallowance ADD CONSTRAINT attendance_monthallowance_carried_in_id_owner
  FOREIGN KEY (carried_in_id, ambito_id) REFERENCES attendance_monthallowance (id, ambito_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0011_adjusted_allowances")]

    operations = [migrations.RunSQL(LATER, migrations.RunSQL.noop)]
