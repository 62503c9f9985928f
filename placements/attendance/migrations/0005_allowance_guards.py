"""Owners of what a month gives; the sum is the sum of its lines; a frozen month's allowance never changes."""

from django.db import migrations

from impresasolidale.core import sql

OFFICE_ONLY = {"document": "id"}
PLACEMENT = {"placement_id": "agreements_placement"}

SUM = """
CREATE FUNCTION attendance_rows_sum(rows jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(sum((r ->> 'amount')::numeric), 0) FROM jsonb_array_elements(rows) r $$;
ALTER TABLE attendance_monthallowance ADD CONSTRAINT attendance_allowance_sum CHECK (amount = attendance_rows_sum(rows));
"""
FROZEN = """
CREATE FUNCTION attendance_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM attendance_timesheet t WHERE t.id = OLD.timesheet_id AND t.state = 'frozen') THEN
    RAISE EXCEPTION 'the month of allowance % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER attendance_monthallowance_frozen BEFORE UPDATE OR DELETE ON attendance_monthallowance
  FOR EACH ROW EXECUTE FUNCTION attendance_keep_frozen();
CREATE FUNCTION attendance_keep_frozen_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM attendance_monthallowance m JOIN attendance_timesheet t ON t.id = m.timesheet_id
             WHERE m.id = coalesce(NEW.allowance_id, OLD.allowance_id) AND t.state = 'frozen') THEN
    RAISE EXCEPTION 'the month of a share is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER attendance_allowanceshare_frozen BEFORE UPDATE OR DELETE ON attendance_allowanceshare
  FOR EACH ROW EXECUTE FUNCTION attendance_keep_frozen_share();
CREATE FUNCTION attendance_keep_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.placement_id, NEW.about_month, NEW.amount, NEW.words, NEW.reason)
     IS DISTINCT FROM (OLD.placement_id, OLD.about_month, OLD.amount, OLD.words, OLD.reason) THEN
    RAISE EXCEPTION 'adjustment % is append-only', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attendance_adjustment_kept BEFORE UPDATE OR DELETE ON attendance_adjustment
  FOR EACH ROW EXECUTE FUNCTION attendance_keep_adjustment();
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0004_allowances"), ("agreements", "0022_share_guards"), ("treasury", "0004_budget_guards")]

    operations = [
        *sql.protect(
            "attendance_monthallowance",
            only=OFFICE_ONLY,
            pins={**PLACEMENT, "timesheet_id": "attendance_timesheet", "project_id": "agreements_personalproject"},
        ),
        *sql.protect("attendance_allowanceshare", only=OFFICE_ONLY, pins={"allowance_id": "attendance_monthallowance"}),
        *sql.protect("attendance_adjustment", only=OFFICE_ONLY, pins={**PLACEMENT, "taken_in_id": "attendance_monthallowance"}),
        *sql.protect(
            "attendance_placementcommitment", only=OFFICE_ONLY, pins={**PLACEMENT, "commitment_id": "treasury_commitment"}
        ),
        *sql.history("attendance_adjustment"),
        *sql.history("attendance_placementcommitment"),
        migrations.RunSQL(SUM, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
