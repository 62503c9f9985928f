from django.db import migrations

from impresasolidale.core import sql
from placements.attendance.transitions import TIMESHEET

ONLY = {"placement": "placement_id"}
PINS = {"placement_id": "agreements_placement"}


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_initial"), ("agreements", "0003_guards")]

    operations = [
        *sql.protect("attendance_plannedsession", only=ONLY, pins=PINS),
        *sql.protect("attendance_attendanceevent", only=ONLY, pins=PINS),
        *sql.protect("attendance_timesheet", only=ONLY, pins=PINS),
        *sql.append_only("attendance_attendanceevent"),
        *sql.transition_guard("attendance_timesheet", TIMESHEET),
        *sql.history("attendance_timesheet"),
    ]
