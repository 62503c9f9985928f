"""Owners of reports, calendars and keys; a key is for ever; a report that is made never changes."""

from django.db import migrations

from impresasolidale.core import sql

FROZEN = """
CREATE OR REPLACE FUNCTION reports_reportrun_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'report % is made: it does not change', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reports_reportrun_frozen BEFORE UPDATE ON reports_reportrun FOR EACH ROW
  WHEN (OLD.document_id IS NOT NULL AND (to_jsonb(OLD) - 'job_id') IS DISTINCT FROM (to_jsonb(NEW) - 'job_id'))
  EXECUTE FUNCTION reports_reportrun_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_engine"), ("core", "0003_guards")]

    operations = [
        *sql.protect("reports_reportrun", owner=("ambito_id", "network_id"), only={"document": "id"}),
        migrations.RunSQL("DROP TRIGGER reports_reportrun_history ON reports_reportrun;", migrations.RunSQL.noop),
        *sql.history("reports_reportrun", hidden=["tables"]),
        migrations.RunSQL(FROZEN, "DROP TRIGGER reports_reportrun_frozen ON reports_reportrun;"),
        *sql.protect("reports_reportcalendar", only={"document": "id"}),
        *sql.history("reports_reportcalendar"),
        *sql.protect("reports_splitkey", only={"document": "id"}),
        *sql.append_only("reports_splitkey"),
    ]
