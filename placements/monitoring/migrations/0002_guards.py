"""Owners, the tutor's narrowing, the state table, and a history without the encrypted words."""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import ACCIDENT

OWN = {"placement": "placement_id"}
PLACED = {"placement_id": "agreements_placement"}


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial"), ("agreements", "0002_guards")]

    operations = [
        *sql.protect("monitoring_accident", only=OWN, pins=PLACED),
        *sql.protect("monitoring_accidentnotice", only=OWN, pins={"accident_id": "monitoring_accident", **PLACED}),
        *sql.transition_guard("monitoring_accident", ACCIDENT),
        *sql.reasons_kept(ACCIDENT),
        *sql.history("monitoring_accident", hidden=("dynamics", "witnesses", "first_aid", "outcome")),
        *sql.history("monitoring_accidentnotice"),
    ]
