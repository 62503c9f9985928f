"""Training belongs to the network; who of a company may reach what; attendance is recorded once, and the database too refuses a second
recording."""

from django.db import migrations

from companies.training.transitions import ENROLMENT
from impresasolidale.core import sql

NETWORK = ("network_id",)
EDITION = {"edition_id": "training_edition"}
TUTOR = {"tutor_id": "hosts_companytutor"}

# What is said of a tutor is reached by who reaches the tutor: the policies of the tables asked here hold in the question too.
OF_TUTOR = "EXISTS (SELECT 1 FROM hosts_companytutor t WHERE t.id = {table}.tutor_id)"
OF_ENROLMENT = "EXISTS (SELECT 1 FROM training_enrolment e WHERE e.id = training_presence.enrolment_id)"


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("hosts", "0002_guards"), ("treasury", "0002_guards")]

    operations = [
        *sql.protect("training_course", owner=NETWORK),
        *sql.protect("training_edition", owner=NETWORK, pins={"course_id": "training_course"}),
        *sql.protect("training_session", owner=NETWORK, pins=EDITION),
        *sql.protect("training_enrolment", owner=NETWORK, through=OF_TUTOR.format(table="training_enrolment"), pins=EDITION | TUTOR),
        *sql.protect(
            "training_presence",
            owner=NETWORK,
            through=OF_ENROLMENT,
            pins={"enrolment_id": "training_enrolment", "session_id": "training_session"},
        ),
        *sql.protect("training_recognition", owner=NETWORK, through=OF_TUTOR.format(table="training_recognition"), pins=TUTOR),
        *sql.protect("training_material", owner=NETWORK, pins={**EDITION, "course_id": "training_course"}),
        *sql.protect("training_feedbacksheet", owner=NETWORK, through="false", pins=EDITION),
        *sql.protect("training_editioncost", owner=NETWORK, through="false", pins={**EDITION, "pot_id": "treasury_pot"}),
        *sql.transition_guard("training_enrolment", ENROLMENT),
        *sql.history("training_edition"),
        *sql.history("training_enrolment"),
        *sql.history("training_presence"),
        *sql.history("training_recognition"),
        *sql.history("training_material"),
        *sql.history("training_editioncost"),
    ]
