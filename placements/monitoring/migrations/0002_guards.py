"""Owners, the tutor's narrowing, the state table, and a history without the encrypted words."""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import ACCIDENT

ONLY = {"placement": "placement_id"}
PLACED = {"placement_id": "agreements_placement"}


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial"), ("agreements", "0003_guards")]

    operations = [
        *sql.protect("monitoring_accident", only=ONLY, pins=PLACED),
        *sql.protect("monitoring_accidentnotice", only=ONLY, pins={"accident_id": "monitoring_accident", **PLACED}),
        *sql.transition_guard("monitoring_accident", ACCIDENT),
        *sql.history("monitoring_accident", hidden=("dynamics", "witnesses", "first_aid", "outcome")),
        *sql.history("monitoring_accidentnotice"),
    ]
