"""What is made of recognitions: runs that award many, the attestati of the past, the address of a file that somebody brings."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql

NETWORK = ("network_id",)
OFFICE_ONLY = {"owner": NETWORK, "office_only": True}

# Which paper a file is, for who holds the file itself: its code, by the hash of all its bytes.
FILE = """
CREATE INDEX core_document_file ON core_document (file_hash) WHERE file_hash <> '';
CREATE FUNCTION certification_code_of_file(hash text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT v.code FROM core_document d JOIN core_verification v ON v.document_id = d.id WHERE d.file_hash = hash AND hash <> ''
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0004_flow"),
        ("territory", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AwardRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="creato il")),
                ("on", models.DateField(verbose_name="con la data del")),
                ("total", models.PositiveIntegerField(verbose_name="domande")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="fatte")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="fermata il")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finita il")),
                ("zip_name", models.CharField(blank=True, max_length=200)),
                ("zip_hash", models.CharField(blank=True, max_length=64)),
                ("print_name", models.CharField(blank=True, max_length=200)),
                ("print_hash", models.CharField(blank=True, max_length=64)),
                (
                    "campaign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award_runs",
                        to="certification.campaign",
                        verbose_name="campagna",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="creato da",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.network",
                        verbose_name="rete",
                    ),
                ),
            ],
            options={
                "verbose_name": "rilascio di attestati",
                "verbose_name_plural": "rilasci di attestati",
            },
        ),
        migrations.CreateModel(
            name="AwardItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("refused", models.CharField(blank=True, max_length=300, verbose_name="perché no")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award_items",
                        to="certification.application",
                        verbose_name="domanda di riconoscimento",
                    ),
                ),
                (
                    "certificate",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award_item",
                        to="certification.certificate",
                        verbose_name="riconoscimento",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.network",
                        verbose_name="rete",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="certification.awardrun",
                        verbose_name="rilascio di attestati",
                    ),
                ),
            ],
            options={
                "verbose_name": "attestato da rilasciare",
                "verbose_name_plural": "attestati da rilasciare",
            },
        ),
        migrations.CreateModel(
            name="HistoricalAward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="creato il")),
                ("year", models.PositiveSmallIntegerField(verbose_name="anno")),
                ("area", models.CharField(max_length=80, verbose_name="zona")),
                ("companies", models.PositiveIntegerField(verbose_name="imprese")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="creato da",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.network",
                        verbose_name="rete",
                    ),
                ),
            ],
            options={
                "verbose_name": "attestati di un anno",
                "verbose_name_plural": "attestati di un anno",
            },
        ),
        migrations.AddConstraint(
            model_name="awardrun",
            constraint=models.CheckConstraint(condition=models.Q(("done__lte", models.F("total"))), name="certification_awardrun_done"),
        ),
        migrations.AddConstraint(
            model_name="awardrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("zip_name", ""), ("finished_at__isnull", False), _connector="OR"), name="certification_awardrun_files"
            ),
        ),
        migrations.AddConstraint(
            model_name="awarditem",
            constraint=models.UniqueConstraint(fields=("run", "application"), name="certification_awarditem_once"),
        ),
        migrations.AddConstraint(
            model_name="awarditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("certificate", None), ("refused", ""), _connector="OR"), name="certification_awarditem_one_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="historicalaward",
            constraint=models.UniqueConstraint(fields=("network", "year", "area"), name="certification_historicalaward_once"),
        ),
        *sql.protect("certification_awardrun", pins={"campaign_id": "certification_campaign"}, **OFFICE_ONLY),
        *sql.protect(
            "certification_awarditem",
            pins={
                "run_id": "certification_awardrun",
                "application_id": "certification_application",
                "certificate_id": "certification_certificate",
            },
            **OFFICE_ONLY,
        ),
        *sql.protect("certification_historicalaward", owner=NETWORK),
        *sql.history("certification_awardrun"),
        *sql.history("certification_historicalaward"),
        migrations.RunSQL(FILE, migrations.RunSQL.noop),
    ]
