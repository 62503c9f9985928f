"""Runs of any kind and owner, the calendar, the keys of cost sharing. Runs of the first version keep what they said, in the new form."""

import django.contrib.postgres.fields
import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


HEAD = (
    ("Persona", "text", None), ("Impresa", "text", None), ("Tutor", "text", None), ("Mese", "word", None), ("Ore previste", "minutes", None),
    ("Ore fatte", "minutes", None), ("Ore riconosciute", "minutes", None), ("Presenza %", "percent", [5, 4]), ("Giorni presente", "int", None),
    ("Giorni assente", "int", None),
)  # fmt: skip
NAMES = ("person", "company", "tutor", "state", "planned", "done", "credited", "percent", "days_present", "days_absent")
STATES = {"open": "aperto", "closed": "chiuso dal tutor", "confirmed": "confermato", "frozen": "definitivo"}


def keep_what_was_said(apps, schema_editor):
    """A report of the first version in the form of tables: the same rows, totals and hash."""
    for run in apps.get_model("reports", "ReportRun").objects.exclude(document=None).iterator():
        rows = [[STATES.get(row[n], row[n]) if n == "state" else row[n] for n in NAMES] for row in run.rows]
        totals = ["Totale", None, None, None, *(run.totals.get(n) for n in NAMES[4:])]
        columns = [{"label": label, "kind": kind, "ratio": ratio} for label, kind, ratio in HEAD]
        one = {"code": "tirocini", "title": "I tirocini del mese", "columns": columns, "rows": rows, "totals": totals, "note": ""}
        run.tables = {"tables": [one], "figures": [], "pictures": [], "notes": [], "empty": ""}
        run.save(update_fields=["tables"])


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_message_reply_to'),
        ('reports', '0002_guards'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(max_length=40, verbose_name='rapporto')),
                ('unit', models.CharField(choices=[('month', 'ogni mese'), ('quarter', 'ogni tre mesi'), ('half', 'ogni sei mesi'), ('year', 'ogni anno')], max_length=8, verbose_name='quanto spesso')),
                ('first_period', models.DateField(verbose_name='primo periodo, dal')),
                ('source', models.CharField(blank=True, default='', max_length=40, verbose_name='chi finanzia')),
                ('recipients', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('social_worker', 'assistente sociale'), ('promoter_tutor', 'educatore'), ('clerk', 'personale amministrativo'), ('coordinator', "coordinatore dell'Ufficio di Piano"), ('accounting', 'ragioneria'), ('comune_officer', 'referente del Comune'), ('commission_member', 'componente della commissione del fondo'), ('trainer', 'formatore'), ('company_tutor', 'tutor aziendale'), ('company_contact', "referente dell'impresa"), ('partner', 'partner'), ('donor', 'donatore'), ('auditor', 'revisore'), ('dpo', 'responsabile della protezione dei dati'), ('technician', 'tecnico')], max_length=20), size=None, verbose_name='a chi si dice che è pronto')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='non più dal')),
            ],
            options={
                'verbose_name': 'calendario di un rapporto',
                'verbose_name_plural': 'calendari dei rapporti',
            },
        ),
        migrations.CreateModel(
            name='SplitKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('valid_from', models.DateField(verbose_name='valida dal')),
                ('basis', models.CharField(choices=[('inhabitants', 'abitanti'), ('people', 'persone in tirocinio'), ('hours', 'ore di tirocinio')], max_length=12, verbose_name='in proporzione a')),
                ('act', models.CharField(max_length=200, verbose_name='atto')),
            ],
            options={
                'verbose_name': 'chiave di riparto',
                'verbose_name_plural': 'chiavi di riparto',
            },
        ),
        migrations.AddField(
            model_name='reportrun',
            name='comune',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune'),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='csv_hashes',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='is_scheduled',
            field=models.BooleanField(default=False, verbose_name='dal calendario'),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='network',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='source',
            field=models.CharField(blank=True, default='', max_length=40, verbose_name='chi finanzia'),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='tables',
            field=impresasolidale.core.fields.EncryptedJSONField(default=dict),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='unit',
            field=models.CharField(choices=[('month', 'ogni mese'), ('quarter', 'ogni tre mesi'), ('half', 'ogni sei mesi'), ('year', 'ogni anno'), ('free', 'da un giorno a un altro')], default='month', max_length=8),
        ),
        migrations.RunPython(keep_what_was_said, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='reportrun',
            name='rows',
        ),
        migrations.RemoveField(
            model_name='reportrun',
            name='totals',
        ),
        migrations.AlterField(
            model_name='reportrun',
            name='ambito',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddIndex(
            model_name='reportrun',
            index=models.Index(condition=models.Q(('ambito', None)), fields=['network', '-id'], name='reports_run_network'),
        ),
        migrations.AddConstraint(
            model_name='reportrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ambito', None), ('comune', None), ('network__isnull', False)), models.Q(('ambito__isnull', False), ('network', None)), _connector='OR'), name='reports_run_one_owner'),
        ),
        migrations.AddConstraint(
            model_name='reportrun',
            constraint=models.CheckConstraint(condition=models.Q(('period_to__gte', models.F('period_from'))), name='reports_run_dates'),
        ),
        migrations.AddConstraint(
            model_name='reportrun',
            constraint=models.UniqueConstraint(condition=models.Q(('is_scheduled', True)), fields=('kind', 'ambito', 'network', 'comune', 'source', 'period_from', 'period_to'), name='reports_run_scheduled_once', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='reportcalendar',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='reportcalendar',
            name='comune',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune'),
        ),
        migrations.AddField(
            model_name='reportcalendar',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='splitkey',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='splitkey',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddConstraint(
            model_name='reportcalendar',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('ambito', 'kind', 'comune', 'source', 'unit'), name='reports_calendar_once', nulls_distinct=False, violation_error_message='Questo rapporto è già nel calendario con la stessa frequenza.'),
        ),
        migrations.AddConstraint(
            model_name='reportcalendar',
            constraint=models.CheckConstraint(condition=models.Q(('recipients', []), _negated=True), name='reports_calendar_recipients', violation_error_message='Scegli almeno un ruolo a cui dirlo.'),
        ),
        migrations.AddConstraint(
            model_name='splitkey',
            constraint=models.UniqueConstraint(fields=('ambito', 'valid_from'), name='reports_splitkey_day_once', violation_error_message="C'è già una chiave di riparto valida da questo giorno."),
        ),
        migrations.AddConstraint(
            model_name='splitkey',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='reports_splitkey_act', violation_error_message="Scrivi l'atto che approva la chiave."),
        ),
    ]
