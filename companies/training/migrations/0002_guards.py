from django.db import migrations

from impresasolidale.core import sql

NETWORK = ("network_id",)


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("hosts", "0002_guards")]

    operations = [
        *sql.protect("training_course", owner=NETWORK),
        *sql.protect("training_edition", owner=NETWORK, pins={"course_id": "training_course"}),
        *sql.protect("training_session", owner=NETWORK, pins={"edition_id": "training_edition"}),
        *sql.protect("training_enrolment", owner=NETWORK, pins={"edition_id": "training_edition", "tutor_id": "hosts_companytutor"}),
        *sql.history("training_edition"),
        *sql.history("training_enrolment"),
    ]
