"""An instalment taken off a month belongs to its Ambito and stays."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("attendance", "0013_take_offs")]

    operations = [
        *sql.protect(
            "attendance_takeoff",
            only={"document": "id"},
            pins={"recovery_id": "treasury_recovery", "adjustment_id": "attendance_adjustment"},
        ),
        *sql.append_only("attendance_takeoff"),
    ]
