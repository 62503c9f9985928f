"""Training belongs to the network; attendance is recorded once, and the database too refuses a second recording."""

from django.db import migrations

from companies.training.transitions import ENROLMENT
from impresasolidale.core import sql

NETWORK = ("network_id",)
EDITION = {"edition_id": "training_edition"}


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("training_course", owner=NETWORK),
        *sql.protect("training_edition", owner=NETWORK, pins={"course_id": "training_course"}),
        *sql.protect("training_session", owner=NETWORK, pins=EDITION),
        *sql.protect("training_enrolment", owner=NETWORK, pins={**EDITION, "tutor_id": "hosts_companytutor"}),
        *sql.transition_guard("training_enrolment", ENROLMENT),
        *sql.history("training_edition"),
        *sql.history("training_enrolment"),
    ]
