import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("territory", "0006_office_guards"),
        ("treasury", "0004_budget_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("closedperiod", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
        migrations.RunSQL("UPDATE treasury_closedperiod SET public_id = gen_random_uuid()", migrations.RunSQL.noop),
        migrations.AlterField("closedperiod", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.AddField(
            "closedperiod", "created_at", models.DateTimeField(auto_now_add=True, default="2026-01-01T00:00Z", verbose_name="creato il"), preserve_default=False
        ),
        migrations.AddField(
            "closedperiod",
            "created_by",
            models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="creato da"),
        ),
        migrations.AddField(  # what was closed stays closed
            "closedperiod",
            "state",
            models.CharField(choices=[("asked", "da confermare"), ("closed", "chiuso"), ("withdrawn", "ritirato"), ("reopened", "riaperto")], default="closed", max_length=10, verbose_name="stato"),
        ),
        migrations.AlterField(
            "closedperiod",
            "state",
            models.CharField(choices=[("asked", "da confermare"), ("closed", "chiuso"), ("withdrawn", "ritirato"), ("reopened", "riaperto")], default="asked", max_length=10, verbose_name="stato"),
        ),
        migrations.AddField(
            "closedperiod",
            "closed_by",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="confermato da"),
        ),
        migrations.AddField("closedperiod", "act_number", models.CharField(blank=True, max_length=60, verbose_name="numero dell'atto")),
        migrations.AddField("closedperiod", "act_on", models.DateField(blank=True, null=True, verbose_name="data dell'atto")),
        migrations.RemoveConstraint("closedperiod", "treasury_closedperiod_once"),
        migrations.AddConstraint(
            "closedperiod",
            models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "closed"))),
                fields=("network", "closed_to"),
                name="treasury_closedperiod_once",
                violation_error_message="Fino a questo giorno è già chiuso.",
            ),
        ),
        migrations.CreateModel(
            name="FileLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="creato il")),
                ("columns", models.JSONField(default=dict, verbose_name="colonne")),
                ("ambito", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.ambito", verbose_name="Ambito")),
                ("body", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.body", verbose_name="ente")),
                ("created_by", models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="creato da")),
            ],
            options={
                "verbose_name": "colonne del file della ragioneria",
                "verbose_name_plural": "colonne dei file della ragioneria",
                "constraints": [models.UniqueConstraint(fields=("ambito", "body"), name="treasury_filelayout_once")],
            },
        ),
    ]
