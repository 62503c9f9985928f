"""Owners, who reaches what, the state tables, and histories without the words that are encrypted.

A company user reaches what a tutor or the host says of the own placements, never the person's voice nor the office's; who holds a
person's link, or came into her area, reaches the evaluations of the scope alone: her own, and in the end what is told her. A final report
and a visit's minutes hold what she said and what the office thinks: their rows, and what came after the end, are the office's alone.
"""

from django.db import migrations

from impresasolidale.core import sql
from placements.monitoring.transitions import ACCIDENT, EVALUATION, FOLLOW_UP, TALK, VISIT

OWN = {"placement": "placement_id"}
PLACED = {"placement_id": "agreements_placement"}
OF_VISIT = {"visit_id": "monitoring_visit", **PLACED}
OF_EVALUATION = {"evaluation_id": "monitoring_evaluation"}
OFFICE_ONLY = {"document": "id"}
MINE = "{column} = ANY ((SELECT app_only('evaluation'))::bigint[])"
VOICES = "(voice IN ('tutor', 'host') OR " + MINE.format(column="id") + ")"
OF_A_VOICE = "EXISTS (SELECT FROM monitoring_evaluation e WHERE e.id = evaluation_id)"


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial"), ("agreements", "0002_guards")]

    operations = [
        *sql.protect("monitoring_accident", only=OWN, pins=PLACED),
        *sql.protect("monitoring_accidentnotice", only=OWN, pins={"accident_id": "monitoring_accident", **PLACED}),
        # Evaluations.
        *sql.protect("monitoring_questionset", only=OFFICE_ONLY),
        *sql.protect("monitoring_evaluation", only=OWN, pins={**PLACED, "corrects_id": "monitoring_evaluation"}, through=VOICES),
        *sql.protect("monitoring_evaluationanswer", pins=OF_EVALUATION, through=OF_A_VOICE),
        *sql.protect("monitoring_goalrating", pins={**OF_EVALUATION, "goal_id": "agreements_goal"}, through=OF_A_VOICE),
        *sql.protect(
            "monitoring_evaluationopinion", only=OWN, pins=OF_EVALUATION | PLACED, through=MINE.format(column="evaluation_id")
        ),
        # Visits, events, the end and what came after it.
        *sql.protect("monitoring_visit", office_only=True, pins=PLACED),
        *sql.protect("monitoring_visitdecision", office_only=True, pins=OF_VISIT),
        *sql.protect("monitoring_visitnote", office_only=True, pins=OF_VISIT),
        *sql.protect("monitoring_placementevent", only=OWN, pins=PLACED),
        *sql.protect("monitoring_finalreport", office_only=True, pins=PLACED),
        *sql.protect(
            "monitoring_goalresult", office_only=True, pins={"report_id": "monitoring_finalreport", "goal_id": "agreements_goal"}
        ),
        *sql.protect("monitoring_placementoutcome", office_only=True, pins=PLACED),
        *sql.protect("monitoring_followup", office_only=True, pins=PLACED),
        # Requests to talk: no way in for anybody who is narrowed to placements.
        *sql.protect("monitoring_talk", pins=PLACED, through="false"),
        *sql.append_only("monitoring_evaluationopinion"),
        *sql.append_only("monitoring_visitnote"),
        *sql.append_only("monitoring_placementoutcome"),
        *sql.transition_guard("monitoring_accident", ACCIDENT),
        *sql.transition_guard("monitoring_evaluation", EVALUATION),
        *sql.transition_guard("monitoring_visit", VISIT),
        *sql.transition_guard("monitoring_followup", FOLLOW_UP),
        *sql.transition_guard("monitoring_talk", TALK),
        *[step for machine in (ACCIDENT, EVALUATION, TALK) for step in sql.reasons_kept(machine)],
        *sql.history("monitoring_accident", hidden=("dynamics", "witnesses", "first_aid", "outcome")),
        *sql.history("monitoring_accidentnotice"),
        *sql.history("monitoring_questionset"),
        *sql.history("monitoring_evaluation", hidden=("comment", "token_hash")),
        *sql.history("monitoring_visit", hidden=("notes", "difficulties")),
        *sql.history("monitoring_visitdecision", hidden=("text",)),
        *sql.history("monitoring_placementevent", hidden=("text", "decided", "outcome")),
        *sql.history("monitoring_finalreport", hidden=("host_words", "person_words", "helped", "hard", "proposals")),
        *sql.history("monitoring_goalresult"),
        *sql.history("monitoring_followup", hidden=("note",)),
        *sql.history("monitoring_talk", hidden=("words", "number", "agreed", "reason")),
    ]
