"""Companies that come forward: an office's own, hidden from company users, and what they wrote stays out of the trail."""

import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from companies.hosts.transitions import LEAD
from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [
        ("hosts", "0005_doubles_and_blocks"),
        ("territory", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="creato il")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "da sentire"),
                            ("called", "sentita"),
                            ("later", "più avanti"),
                            ("no", "non se ne fa niente"),
                            ("company", "è un'impresa della rete"),
                        ],
                        default="new",
                        max_length=8,
                        verbose_name="a che punto è",
                    ),
                ),
                ("company_name", models.CharField(max_length=160, verbose_name="impresa")),
                ("partita_iva", models.CharField(blank=True, max_length=11, verbose_name="partita IVA")),
                ("person", models.CharField(max_length=120, verbose_name="con chi parlare")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="posta elettronica")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telefono")),
                ("words", impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name="che cosa immagina")),
                ("agreed_at", models.DateTimeField(verbose_name="d'accordo a essere sentita dal")),
                ("touched_on", models.DateField(verbose_name="ultimo passo")),
                ("call_on", models.DateField(blank=True, null=True, verbose_name="da risentire il")),
                (
                    "ambito",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.ambito",
                        verbose_name="Ambito",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="hosts.company",
                        verbose_name="impresa della rete",
                    ),
                ),
                (
                    "comune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.comune", verbose_name="comune"
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
            ],
            options={
                "verbose_name": "richiesta di adesione",
                "verbose_name_plural": "richieste di adesione",
                "indexes": [models.Index(fields=["ambito", "state", "-id"], name="hosts_lead_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("email", ""), _negated=True), models.Q(("phone", ""), _negated=True), _connector="OR"),
                        name="hosts_lead_reachable",
                        violation_error_message="Serve un modo per sentirvi: la posta elettronica o il telefono.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("company__isnull", False), ("state", "company")),
                            models.Q(models.Q(("state", "company"), _negated=True), ("company", None)),
                            _connector="OR",
                        ),
                        name="hosts_lead_company",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("call_on__isnull", False), ("state", "later")),
                            models.Q(models.Q(("state", "later"), _negated=True), ("call_on", None)),
                            _connector="OR",
                        ),
                        name="hosts_lead_call",
                        violation_error_message="Scrivi quando risentirla.",
                    ),
                ],
            },
        ),
        *sql.protect("hosts_lead", only={"document": "id"}),
        *sql.transition_guard("hosts_lead", LEAD),
        *sql.reasons_kept(LEAD),
        *sql.history("hosts_lead", hidden=["company_name", "partita_iva", "person", "email", "phone", "words"]),
    ]
