"""Owners, states and trails of months, of what they give, and of the portal's links, cards and posters."""

from django.db import migrations

from impresasolidale.core import sql
from placements.attendance.transitions import TIMESHEET

PLACED = {"placement_id": "agreements_placement"}
OF_SHEET = {"timesheet_id": "attendance_timesheet"}
OF_ALLOWANCE = {"allowance_id": "attendance_monthallowance"}
OF_LINK = {"link_id": "attendance_portallink"}
OWN = {"placement": "placement_id"}
OFFICE_ONLY = {"document": "id"}


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_initial"), ("agreements", "0002_guards")]

    operations = [
        *sql.protect("attendance_plannedsession", only=OWN, pins=PLACED),
        *sql.protect("attendance_attendanceevent", only=OWN, pins=PLACED | OF_LINK),
        *sql.protect("attendance_timesheet", only=OWN, pins={**PLACED, "closed_link_id": "attendance_portallink"}),
        *sql.protect("attendance_frozenmonth", office_only=True),
        *sql.protect("attendance_sheetsnapshot", only=OFFICE_ONLY, pins=OF_SHEET),
        *sql.protect("attendance_paperscan", only=OFFICE_ONLY, pins=OF_SHEET),
        *sql.protect("attendance_call", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect(
            "attendance_monthallowance",
            only=OFFICE_ONLY,
            pins={
                **PLACED,
                **OF_SHEET,
                "project_id": "agreements_personalproject",
                "carried_in_id": "attendance_monthallowance",
            },
        ),
        *sql.protect("attendance_allowanceshare", only=OFFICE_ONLY, pins=OF_ALLOWANCE),
        *sql.protect("attendance_adjustment", only=OFFICE_ONLY, pins={**PLACED, "taken_in_id": "attendance_monthallowance"}),
        *sql.protect(
            "attendance_takeoff", only=OFFICE_ONLY, pins={"recovery_id": "treasury_recovery", "adjustment_id": "attendance_adjustment"}
        ),
        *sql.protect("attendance_placementcommitment", only=OFFICE_ONLY, pins={**PLACED, "commitment_id": "treasury_commitment"}),
        *sql.protect("attendance_portallink", only=OFFICE_ONLY),
        *sql.protect("attendance_checkincard", only=OFFICE_ONLY, pins=PLACED),
        *sql.protect("attendance_siteposter", owner=("network_id",), only=OFFICE_ONLY, pins={"site_id": "hosts_site"}),
        *sql.protect("attendance_checkin", only=OWN, pins=PLACED | OF_LINK),
        *sql.append_only("attendance_attendanceevent"),
        *sql.append_only("attendance_sheetsnapshot"),
        *sql.append_only("attendance_call"),
        *sql.append_only("attendance_takeoff"),
        *sql.append_only("attendance_checkin"),
        *sql.transition_guard("attendance_timesheet", TIMESHEET),
        *sql.reasons_kept(TIMESHEET),
        *sql.history("attendance_timesheet"),
        *sql.history("attendance_paperscan"),
        *sql.history("attendance_adjustment"),
        *sql.history("attendance_placementcommitment"),
        *sql.history("attendance_portallink", hidden=["token_hash", "address"]),
        *sql.history("attendance_checkincard", hidden=["number", "secret_hash"]),
        *sql.history("attendance_siteposter"),
    ]
