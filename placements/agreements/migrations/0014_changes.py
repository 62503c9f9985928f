"""What happens after the first signature: its tables, the renewal, the coded cause of an amendment that looks back."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0013_reads'),
        ('beneficiaries', '0003_known_elsewhere'),
        ('core', '0003_guards'),
        ('hosts', '0002_guards'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('made_on', models.DateField(verbose_name='data')),
                ('author', models.CharField(max_length=120, verbose_name='chi la firma')),
                ('service', models.CharField(max_length=120, verbose_name='servizio')),
                ('protocol', models.CharField(max_length=60, verbose_name='protocollo')),
                ('until', models.DateField(verbose_name='fino al')),
            ],
            options={
                'verbose_name': 'attestazione del servizio',
                'verbose_name_plural': 'attestazioni del servizio',
            },
        ),
        migrations.CreateModel(
            name='EarlyEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('last_day', models.DateField(verbose_name='ultimo giorno')),
                ('cause', models.CharField(choices=[('hired', 'assunzione'), ('other_path', 'altro percorso più adatto'), ('person', 'rinuncia della persona'), ('host', "l'impresa non può continuare"), ('health', 'condizioni che non permettono di continuare'), ('moved', 'trasferimento'), ('breach', 'accordi non rispettati'), ('other', 'altro')], max_length=10, verbose_name='causa')),
                ('asked_by', models.CharField(choices=[('person', 'la persona'), ('host', "l'impresa"), ('service', 'il servizio che ha in carico la persona'), ('office', "l'ufficio")], max_length=10, verbose_name='chi la chiede')),
                ('next_step', models.CharField(choices=[('new_placement', 'un altro tirocinio'), ('job', 'lavoro'), ('services', 'percorso con i servizi'), ('day_centre', 'centro diurno'), ('none', 'niente, per ora')], max_length=15, verbose_name='che cosa succede dopo')),
                ('note', models.CharField(max_length=500, verbose_name='in parole')),
                ('done_on', models.DateField(null=True, verbose_name='registrata il')),
            ],
            options={
                'verbose_name': 'chiusura anticipata',
                'verbose_name_plural': 'chiusure anticipate',
            },
        ),
        migrations.CreateModel(
            name='ExtensionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('state', models.CharField(choices=[('asked', 'da decidere'), ('granted', 'concessa'), ('denied', 'negata'), ('lapsed', 'decaduta')], default='asked', max_length=10, verbose_name='stato')),
                ('asked_by', models.CharField(choices=[('person', 'la persona'), ('host', "l'impresa"), ('service', 'il servizio che ha in carico la persona'), ('office', "l'ufficio")], max_length=10, verbose_name='chi la chiede')),
                ('asked_on', models.DateField(verbose_name='chiesta il')),
                ('until', models.DateField(verbose_name='fino al')),
                ('motive', models.CharField(max_length=300, verbose_name='perché')),
                ('decided_on', models.DateField(null=True, verbose_name='decisa il')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='motivo della risposta')),
                ('alternative', models.CharField(blank=True, max_length=500, verbose_name='che cosa si propone invece')),
            ],
            options={
                'verbose_name': 'richiesta di proroga',
                'verbose_name_plural': 'richieste di proroga',
            },
        ),
        migrations.CreateModel(
            name='IrregularDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='giorno')),
                ('starts_at', models.TimeField(verbose_name='dalle')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minuti')),
            ],
            options={
                'verbose_name': 'giornata con data',
                'verbose_name_plural': 'giornate con data',
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('starts_on', models.DateField(verbose_name='dal')),
                ('ends_on', models.DateField(null=True, verbose_name='al')),
                ('cause', models.CharField(choices=[('illness', 'malattia o infortunio'), ('closure', "chiusura dell'impresa"), ('person', 'esigenza della persona'), ('host', "esigenza dell'impresa"), ('judicial', "provvedimento dell'autorità giudiziaria"), ('other', 'altro')], max_length=10, verbose_name='causa')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='nota')),
                ('moves_end', models.BooleanField(default=True, verbose_name='i giorni si recuperano alla fine')),
            ],
            options={
                'verbose_name': 'sospensione',
                'verbose_name_plural': 'sospensioni',
            },
        ),
        migrations.CreateModel(
            name='TutorChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('company', 'tutor aziendale'), ('promoter', "tutor dell'ente promotore")], max_length=10, verbose_name='chi cambia')),
                ('on', models.DateField(verbose_name='dal')),
                ('reason', models.CharField(max_length=300, verbose_name='perché')),
                ('done_on', models.DateField(null=True, verbose_name='registrato il')),
            ],
            options={
                'verbose_name': 'cambio di tutor',
                'verbose_name_plural': 'cambi di tutor',
            },
        ),
        migrations.AddField(
            model_name='personalproject',
            name='past_cause',
            field=models.CharField(blank=True, choices=[('accident', 'infortunio'), ('illness', 'malattia')], max_length=10, verbose_name='perché vale da prima'),
        ),
        migrations.AddField(
            model_name='placement',
            name='opinion',
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name='parere sul rinnovo'),
        ),
        migrations.AddField(
            model_name='placement',
            name='opinion_by',
            field=models.CharField(blank=True, editable=False, max_length=120, verbose_name='di chi è il parere'),
        ),
        migrations.AddField(
            model_name='placement',
            name='parent',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='agreements.placement', verbose_name='rinnovo di'),
        ),
        migrations.AddField(
            model_name='placement',
            name='renewal_reason',
            field=models.CharField(blank=True, editable=False, max_length=500, verbose_name='perché si rinnova'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('renewal_reason', ''), _negated=True), _connector='OR'), name='agreements_placement_renewal'),
        ),
        migrations.AddField(
            model_name='attestation',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='attestation',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='attestation',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='copia'),
        ),
        migrations.AddField(
            model_name='attestation',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='earlyend',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='earlyend',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='earlyend',
            name='placement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='early_end', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='extensionrequest',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='extensionrequest',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='extensionrequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decisa da'),
        ),
        migrations.AddField(
            model_name='extensionrequest',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extension_requests', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='extensionrequest',
            name='project',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='agreements.personalproject', verbose_name='proroga'),
        ),
        migrations.AddField(
            model_name='irregularday',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='irregularday',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='agreements.personalproject', verbose_name='progetto'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decisa da'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suspensions', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='document',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='comunicazione'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='from_tutor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.companytutor', verbose_name='da'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='from_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='da'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tutor_changes', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='to_tutor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.companytutor', verbose_name='a'),
        ),
        migrations.AddField(
            model_name='tutorchange',
            name='to_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='a'),
        ),
        migrations.AddConstraint(
            model_name='earlyend',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='agreements_earlyend_said'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('placement',), name='agreements_extension_one_open', violation_error_message="C'è già una richiesta di proroga da decidere."),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'denied'), _negated=True), models.Q(models.Q(('answer', ''), _negated=True), models.Q(('alternative', ''), _negated=True)), _connector='OR'), name='agreements_extension_denied'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), ('project__isnull', False), _connector='OR'), name='agreements_extension_granted'),
        ),
        migrations.AddConstraint(
            model_name='irregularday',
            constraint=models.UniqueConstraint(fields=('project', 'day'), name='agreements_irregular_once'),
        ),
        migrations.AddConstraint(
            model_name='irregularday',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0), ('minutes__lte', 600)), name='agreements_irregular_minutes'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='agreements_suspension_dates'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', 'other'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='agreements_suspension_said'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('placement', '='), (models.Func('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='agreements_suspension_apart', violation_error_message="In questi giorni c'è già una sospensione."),
        ),
        migrations.AddConstraint(
            model_name='tutorchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'company'), ('to_tutor__isnull', False), ('to_user', None)), models.Q(('kind', 'promoter'), ('to_tutor', None), ('to_user__isnull', False)), _connector='OR'), name='agreements_tutorchange_kind'),
        ),
        migrations.AddConstraint(
            model_name='tutorchange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='agreements_tutorchange_reason'),
        ),
        migrations.AddConstraint(
            model_name='tutorchange',
            constraint=models.UniqueConstraint(condition=models.Q(('done_on', None)), fields=('placement', 'kind'), name='agreements_tutorchange_one_ahead', violation_error_message="C'è già un cambio di tutor in programma."),
        ),
    ]
