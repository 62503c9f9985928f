"""Owners of what time adds; nothing is said or planned in a month that is not open, and a frozen one never changes.

The look at a month's state is one a statement, not one a row: a tap pays one index look-up, a load of millions one join.
"""

from django.db import migrations

from impresasolidale.core import sql

OFFICE_ONLY = {"document": "id"}
SHEET = {"timesheet_id": "attendance_timesheet"}

EVENTS = """
CREATE FUNCTION attendance_month_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN attendance_timesheet t
               ON t.placement_id = f.placement_id AND t.month = date_trunc('month', f.day)::date
             WHERE t.state <> 'open') THEN
    RAISE EXCEPTION 'the month of an event is not open' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_attendanceevent_open AFTER INSERT ON attendance_attendanceevent
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION attendance_month_is_open();
"""
PLANNED = """
CREATE FUNCTION attendance_plan_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM touched f JOIN attendance_timesheet t
               ON t.placement_id = f.placement_id AND t.month = date_trunc('month', f.day)::date
             WHERE t.state = 'frozen') THEN
    RAISE EXCEPTION 'the month of a planned day is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_plannedsession_kept_i AFTER INSERT ON attendance_plannedsession
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION attendance_plan_not_frozen();
CREATE TRIGGER attendance_plannedsession_kept_u AFTER UPDATE ON attendance_plannedsession
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION attendance_plan_not_frozen();
CREATE TRIGGER attendance_plannedsession_kept_d AFTER DELETE ON attendance_plannedsession
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION attendance_plan_not_frozen();
"""
SHEETS = """
CREATE FUNCTION attendance_sheet_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'frozen' THEN
    RAISE EXCEPTION 'timesheet % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.state = 'frozen' AND NOT EXISTS (SELECT 1 FROM attendance_sheetsnapshot s WHERE s.timesheet_id = NEW.id) THEN
    RAISE EXCEPTION 'timesheet % has no snapshot', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attendance_timesheet_kept BEFORE UPDATE OR DELETE ON attendance_timesheet
  FOR EACH ROW WHEN (OLD.state IN ('confirmed', 'frozen')) EXECUTE FUNCTION attendance_sheet_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0007_time")]

    operations = [
        *sql.protect("attendance_sheetsnapshot", only=OFFICE_ONLY, pins=SHEET),
        *sql.protect("attendance_paperscan", only=OFFICE_ONLY, pins=SHEET),
        *sql.protect("attendance_call", only=OFFICE_ONLY, pins={"placement_id": "agreements_placement"}),
        *sql.append_only("attendance_sheetsnapshot"),
        *sql.append_only("attendance_call"),
        *sql.history("attendance_paperscan"),
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (EVENTS, PLANNED, SHEETS)],
    ]
