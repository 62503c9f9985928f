"""Tables and columns of what comes before a start: templates, declared use, inherited placements, hand-overs between Ambiti."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0017_meetings_guards'),
        ('beneficiaries', '0005_evidence_guards'),
        ('core', '0008_register'),
        ('hosts', '0002_guards'),
        ('territory', '0006_office_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeclaredUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('months', models.PositiveSmallIntegerField(default=0, verbose_name='mesi già usati in altri tirocini')),
                ('minutes', models.PositiveIntegerField(default=0, verbose_name='minuti già fatti')),
                ('year', models.PositiveSmallIntegerField(verbose_name='anno dei contributi')),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=9, verbose_name='contributi già versati in euro')),
                ('source', models.CharField(max_length=200, verbose_name='da dove lo sappiamo')),
                ('said_on', models.DateField(verbose_name='dichiarato il')),
            ],
            options={
                'verbose_name': 'uso dichiarato',
                'verbose_name_plural': 'usi dichiarati',
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('state', models.CharField(choices=[('offered', 'proposto, in attesa di risposta'), ('accepted', 'accettato'), ('declined', 'non accettato'), ('withdrawn', 'ritirato')], default='offered', max_length=10, verbose_name='stato')),
                ('reason', models.CharField(max_length=300, verbose_name='perché passa')),
                ('informed_on', models.DateField(verbose_name='la persona lo sa e ha detto sì il')),
                ('last_day', models.DateField(verbose_name='ultimo giorno qui')),
                ('content', impresasolidale.core.fields.EncryptedJSONField(verbose_name='che cosa si consegna')),
                ('answered_on', models.DateField(null=True, verbose_name='risposta del')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='motivo della risposta')),
                ('closed_on', models.DateField(null=True, verbose_name='tirocinio chiuso qui il')),
            ],
            options={
                'verbose_name': 'passaggio di una persona',
                'verbose_name_plural': 'passaggi di persone',
            },
        ),
        migrations.CreateModel(
            name='PaperStart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('signed_on', models.DateField(verbose_name='firmate il')),
                ('protocol', models.CharField(max_length=60, verbose_name='protocollo')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='nota')),
            ],
            options={
                'verbose_name': 'tirocinio ereditato',
                'verbose_name_plural': 'tirocini ereditati',
            },
        ),
        migrations.CreateModel(
            name='ProjectTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=80, verbose_name='nome del modello')),
                ('tasks', models.TextField(max_length=3000, verbose_name='che cosa farà')),
                ('goals', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=240), default=list, size=None, verbose_name='obiettivi')),
                ('adaptations', models.TextField(blank=True, max_length=3000, verbose_name='adattamenti e attenzioni')),
                ('week', models.JSONField(default=list, verbose_name='la settimana')),
                ('allowance_model', models.CharField(choices=[('none', 'nessun contributo'), ('monthly', 'importo al mese'), ('monthly_threshold', 'importo al mese con soglia di presenza'), ('hourly', "importo all'ora con tetto mensile")], max_length=20, verbose_name='contributo motivazionale')),
                ('allowance_amount', models.DecimalField(decimal_places=2, default=0, max_digits=8, validators=[django.core.validators.MinValueValidator(0)], verbose_name='importo in euro')),
                ('is_retired', models.BooleanField(default=False, verbose_name='non si usa più')),
            ],
            options={
                'verbose_name': 'modello di progetto',
                'verbose_name_plural': 'modelli di progetto',
            },
        ),
        migrations.RemoveConstraint(
            model_name='placement',
            name='agreements_placement_live_complete',
        ),
        migrations.AddField(
            model_name='placement',
            name='entered_on',
            field=models.DateField(editable=False, null=True, verbose_name='ereditato: qui dal'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('validated', 'active', 'suspended')), _negated=True), ('entered_on__isnull', False), models.Q(('agreement__isnull', False), ('company_tutor__isnull', False), ('promoter_tutor__isnull', False)), _connector='OR'), name='agreements_placement_live_complete'),
        ),
        migrations.AddField(
            model_name='declareduse',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='declareduse',
            name='beneficiary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declared_uses', to='beneficiaries.beneficiary', verbose_name='persona'),
        ),
        migrations.AddField(
            model_name='declareduse',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='declareduse',
            name='placement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='declared_uses', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='handover',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='handover',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='risposta di'),
        ),
        migrations.AddField(
            model_name='handover',
            name='beneficiary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='beneficiaries.beneficiary', verbose_name='persona'),
        ),
        migrations.AddField(
            model_name='handover',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='handover',
            name='document',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento'),
        ),
        migrations.AddField(
            model_name='handover',
            name='new_beneficiary',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='beneficiaries.beneficiary', verbose_name='la sua scheda di là'),
        ),
        migrations.AddField(
            model_name='handover',
            name='new_placement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='agreements.placement', verbose_name='la bozza di là'),
        ),
        migrations.AddField(
            model_name='handover',
            name='placement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='handover',
            name='to_ambito',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito che riceve'),
        ),
        migrations.AddField(
            model_name='paperstart',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='paperstart',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='paperstart',
            name='placement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='paper_start', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='paperstart',
            name='scan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='carte firmate'),
        ),
        migrations.AddField(
            model_name='projecttemplate',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='projecttemplate',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddIndex(
            model_name='declareduse',
            index=models.Index(fields=['beneficiary'], name='agreements_declared_of'),
        ),
        migrations.AddConstraint(
            model_name='declareduse',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='agreements_declareduse_source'),
        ),
        migrations.AddConstraint(
            model_name='declareduse',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='agreements_declareduse_amount'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['ambito', '-id'], name='agreements_handover_from'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['to_ambito', '-id'], name='agreements_handover_to'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('to_ambito', models.F('ambito')), _negated=True), name='agreements_handover_elsewhere', violation_error_message='Scegli un altro Ambito.'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('new_beneficiary__isnull', False), _connector='OR'), name='agreements_handover_accepted'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['declined', 'withdrawn']), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='agreements_handover_answered'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'offered')), fields=('beneficiary',), name='agreements_handover_one_open', violation_error_message="Per questa persona c'è già un passaggio in attesa di risposta."),
        ),
        migrations.AddConstraint(
            model_name='projecttemplate',
            constraint=models.UniqueConstraint(fields=('ambito', 'name'), name='agreements_template_once', violation_error_message="C'è già un modello con questo nome."),
        ),
    ]
