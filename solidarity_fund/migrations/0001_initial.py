import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('agreements', '0001_initial'),
        ('beneficiaries', '0001_initial'),
        ('hosts', '0001_initial'),
        ('territory', '0001_initial'),
        ('treasury', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Donor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('public_body', 'ente pubblico'), ('company', 'impresa'), ('association', 'associazione o fondazione'), ('person', 'persona'), ('anonymous', 'anonimo')], max_length=20, verbose_name='tipo')),
                ('name', models.CharField(max_length=160, verbose_name='nome')),
                ('tax_code', models.CharField(blank=True, max_length=16, verbose_name='codice fiscale o partita IVA')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='posta elettronica')),
                ('shows_name', models.BooleanField(default=False, verbose_name="d'accordo a comparire nella pagina pubblica")),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.company', verbose_name='impresa ospitante')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'donatore',
                'verbose_name_plural': 'donatori',
            },
        ),
        migrations.CreateModel(
            name='BenefitRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('transport', 'trasporto (abbonamento, biglietti)'), ('clothing', 'abiti e scarpe da lavoro'), ('meals', 'pasti'), ('course', 'corso, sport o tempo libero'), ('health', 'occhiali, dentista, ausili'), ('device', 'telefono o computer'), ('emergency', 'aiuto urgente')], max_length=20, verbose_name='tipo di aiuto')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='importo in euro')),
                ('quote', models.CharField(blank=True, max_length=160, verbose_name='preventivo o scontrino (riferimento)')),
                ('state', models.CharField(choices=[('submitted', 'da decidere'), ('granted', 'concesso'), ('refused', 'non concesso'), ('paid', 'pagato'), ('withdrawn', 'ritirato')], default='submitted', max_length=10, verbose_name='stato')),
                ('asked_on', models.DateField(verbose_name='chiesto il')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='deciso il')),
                ('decision_reason', models.TextField(blank=True, verbose_name='motivo della decisione')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.beneficiary', verbose_name='persona')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.placement', verbose_name='tirocinio')),
                ('pot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.pot', verbose_name='salvadanaio')),
            ],
            options={
                'verbose_name': 'richiesta di aiuto',
                'verbose_name_plural': 'richieste di aiuto',
                'indexes': [models.Index(fields=['ambito', 'state', '-id'], name='fund_request_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_request_positive', violation_error_message="L'importo deve essere maggiore di zero."), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state__in', ['submitted', 'withdrawn'])), models.Q(('state__in', ['granted', 'refused', 'paid']), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='solidarity_fund_request_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['granted', 'paid']), _negated=True), ('pot__isnull', False), _connector='OR'), name='solidarity_fund_request_pot'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('decision_reason', ''), _negated=True), _connector='OR'), name='solidarity_fund_refusal_reason')],
            },
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='importo in euro')),
                ('received_on', models.DateField(verbose_name='ricevuto il')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='riferimento (bonifico, quietanza)')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('pot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.pot', verbose_name='salvadanaio')),
                ('donor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='solidarity_fund.donor', verbose_name='donatore')),
            ],
            options={
                'verbose_name': 'contributo',
                'verbose_name_plural': 'contributi',
                'indexes': [models.Index(fields=['network', '-received_on', '-id'], name='fund_contribution_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_contribution_positive', violation_error_message="L'importo deve essere maggiore di zero.")],
            },
        ),
    ]
