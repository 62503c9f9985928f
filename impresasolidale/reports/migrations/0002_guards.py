"""Owners of reports, calendars, keys and releases; a key and a release are for ever; a report that is made never changes."""

from django.db import migrations

from impresasolidale.core import sql

OFFICE_ONLY = {"document": "id"}

FROZEN = """
CREATE FUNCTION reports_reportrun_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'report % is made: it does not change', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reports_reportrun_frozen BEFORE UPDATE ON reports_reportrun FOR EACH ROW
  WHEN (OLD.document_id IS NOT NULL AND (to_jsonb(OLD) - 'job_id') IS DISTINCT FROM (to_jsonb(NEW) - 'job_id'))
  EXECUTE FUNCTION reports_reportrun_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("core", "0003_guards")]

    operations = [
        *sql.protect("reports_reportrun", owner=("ambito_id", "network_id"), only=OFFICE_ONLY),
        *sql.protect("reports_reportcalendar", only=OFFICE_ONLY),
        *sql.protect("reports_splitkey", only=OFFICE_ONLY),
        *sql.protect("reports_opendatarelease", owner=("network_id",)),
        *sql.append_only("reports_splitkey"),
        *sql.append_only("reports_opendatarelease"),
        *sql.history("reports_reportrun", hidden=["tables"]),
        *sql.history("reports_reportcalendar"),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
