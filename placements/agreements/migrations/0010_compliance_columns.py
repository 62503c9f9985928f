"""The columns whose values have moved."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agreements", "0009_compliance_guards")]

    operations = [
        migrations.RemoveField(model_name="placement", name=name)
        for name in (
            *("communication_sender", "communication_on", "communication_number"),
            *("safety_training_on", "safety_training_hours", "fitness_on"),
        )
    ]
