"""Attendance is recorded once: a second recording is refused by the database too."""

from django.db import migrations

from companies.training.transitions import ENROLMENT
from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("training", "0002_guards")]

    operations = [*sql.transition_guard("training_enrolment", ENROLMENT)]
