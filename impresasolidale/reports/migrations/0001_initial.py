import django.contrib.postgres.fields
import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0002_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenDataRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('definition', models.PositiveSmallIntegerField(verbose_name='versione della definizione')),
                ('period_from', models.DateField(verbose_name='mese pubblicato')),
                ('cut_off', models.DateField(verbose_name='dati fino al')),
                ('threshold', models.PositiveSmallIntegerField(verbose_name='sotto quale numero si nasconde')),
                ('rows', models.JSONField(verbose_name='righe')),
                ('figures', models.JSONField(verbose_name='numeri del sito')),
                ('rows_hash', models.CharField(max_length=64, verbose_name='impronta')),
                ('files', models.JSONField(default=dict, verbose_name='file')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'pubblicazione dei dati aperti',
                'verbose_name_plural': 'pubblicazioni dei dati aperti',
                'constraints': [models.UniqueConstraint(fields=('network', 'period_from'), name='reports_release_once'), models.CheckConstraint(condition=models.Q(('period_from__day', 1)), name='reports_release_first_day')],
            },
        ),
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
                ('recipients', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('social_worker', 'assistente sociale'), ('promoter_tutor', 'educatore'), ('clerk', 'personale amministrativo'), ('coordinator', "coordinatore dell'Ufficio di Piano"), ('accounting', 'ragioneria'), ('comune_officer', 'referente del Comune'), ('commission_member', 'componente della commissione'), ('trainer', 'formatore'), ('company_tutor', 'tutor aziendale'), ('company_contact', "referente dell'impresa"), ('partner', 'partner'), ('donor', 'donatore'), ('auditor', 'revisore'), ('dpo', 'responsabile della protezione dei dati'), ('technician', 'tecnico')], max_length=20), size=None, verbose_name='a chi si dice che è pronto')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='non più dal')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('comune', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'calendario di un rapporto',
                'verbose_name_plural': 'calendari dei rapporti',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('ambito', 'kind', 'comune', 'source', 'unit'), name='reports_calendar_once', nulls_distinct=False, violation_error_message='Questo rapporto è già nel calendario con la stessa frequenza.'), models.CheckConstraint(condition=models.Q(('recipients', []), _negated=True), name='reports_calendar_recipients', violation_error_message='Scegli almeno un ruolo a cui dirlo.')],
            },
        ),
        migrations.CreateModel(
            name='ReportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(max_length=40, verbose_name='rapporto')),
                ('definition', models.PositiveSmallIntegerField(verbose_name='versione della definizione')),
                ('unit', models.CharField(choices=[('month', 'ogni mese'), ('quarter', 'ogni tre mesi'), ('half', 'ogni sei mesi'), ('year', 'ogni anno'), ('free', 'da un giorno a un altro')], default='month', max_length=8)),
                ('period_from', models.DateField(verbose_name='dal')),
                ('period_to', models.DateField(verbose_name='al')),
                ('source', models.CharField(blank=True, default='', max_length=40, verbose_name='chi finanzia')),
                ('is_scheduled', models.BooleanField(default=False, verbose_name='dal calendario')),
                ('data_until', models.DateTimeField(null=True, verbose_name='dati fino al')),
                ('tables', impresasolidale.core.fields.EncryptedJSONField(default=dict)),
                ('rows_hash', models.CharField(blank=True, max_length=64)),
                ('xlsx_name', models.CharField(blank=True, max_length=200)),
                ('xlsx_hash', models.CharField(blank=True, max_length=64)),
                ('csv_hashes', models.JSONField(default=dict)),
                ('ambito', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('comune', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento')),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                ('network', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'rapporto',
                'verbose_name_plural': 'rapporti',
                'indexes': [models.Index(fields=['ambito', '-id'], name='reports_run_newest'), models.Index(condition=models.Q(('ambito', None)), fields=['network', '-id'], name='reports_run_network')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ambito', None), ('comune', None), ('network__isnull', False)), models.Q(('ambito__isnull', False), ('network', None)), _connector='OR'), name='reports_run_one_owner'), models.CheckConstraint(condition=models.Q(('period_to__gte', models.F('period_from'))), name='reports_run_dates'), models.UniqueConstraint(condition=models.Q(('is_scheduled', True)), fields=('kind', 'ambito', 'network', 'comune', 'source', 'period_from', 'period_to'), name='reports_run_scheduled_once', nulls_distinct=False)],
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
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'chiave di riparto',
                'verbose_name_plural': 'chiavi di riparto',
                'constraints': [models.UniqueConstraint(fields=('ambito', 'valid_from'), name='reports_splitkey_day_once', violation_error_message="C'è già una chiave di riparto valida da questo giorno."), models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='reports_splitkey_act', violation_error_message="Scrivi l'atto che approva la chiave.")],
            },
        ),
    ]
