"""The open items of the start lights: the lists ask each placement for its red and amber ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_guards")]

    operations = [
        migrations.AddIndex(
            model_name="readinessitem",
            index=models.Index(
                condition=models.Q(("satisfied_at", None), ("waived_by", None)),
                fields=["placement", "severity"],
                name="agreements_open_items",
            ),
        ),
    ]
