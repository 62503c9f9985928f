import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0002_initial'),
        ('hosts', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SchemeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('version', models.PositiveSmallIntegerField(verbose_name='versione')),
                ('name', models.CharField(max_length=120, verbose_name='nome')),
                ('published_on', models.DateField(verbose_name='pubblicata il')),
                ('validity_months', models.PositiveSmallIntegerField(verbose_name='validità in mesi')),
                ('minimum_placements', models.PositiveSmallIntegerField(default=1, verbose_name='tirocini necessari')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'versione dello schema',
                'verbose_name_plural': 'versioni dello schema',
                'constraints': [models.UniqueConstraint(fields=('network', 'version'), name='certification_scheme_once')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('level', models.CharField(choices=[('aderente', 'Aderente a Impresasolidale')], max_length=20, verbose_name='livello')),
                ('state', models.CharField(choices=[('proposed', 'proposto'), ('granted', 'valido'), ('refused', 'non riconosciuto'), ('revoked', 'revocato')], default='proposed', max_length=10, verbose_name='stato')),
                ('facts', models.JSONField(verbose_name='fatti')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='deciso il')),
                ('valid_from', models.DateField(null=True, verbose_name='valido dal')),
                ('valid_to', models.DateField(null=True, verbose_name='valido fino al')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='attestato')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certification.schemeversion', verbose_name='schema')),
            ],
            options={
                'verbose_name': 'riconoscimento',
                'verbose_name_plural': 'riconoscimenti',
                'indexes': [models.Index(fields=['network', 'state', 'valid_to'], name='certification_register')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'granted'])), fields=('company', 'level'), name='certification_certificate_live_once', violation_error_message='Questa impresa ha già un riconoscimento di questo livello.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state__in', ['proposed'])), models.Q(models.Q(('state__in', ['proposed']), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='certification_certificate_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), models.Q(('document__isnull', False), ('valid_from__isnull', False), ('valid_to__gt', models.F('valid_from'))), _connector='OR'), name='certification_certificate_granted')],
            },
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('words', models.CharField(max_length=240, verbose_name='parole')),
                ('voice', models.CharField(choices=[('person', 'una persona accolta'), ('family', 'una famiglia'), ('office', "l'ufficio")], max_length=10, verbose_name='di chi')),
                ('state', models.CharField(choices=[('proposed', 'da approvare'), ('approved', 'approvato'), ('refused', 'non approvato'), ('withdrawn', 'ritirato')], default='proposed', max_length=10, verbose_name='stato')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='thanks', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'ringraziamento',
                'verbose_name_plural': 'ringraziamenti',
                'indexes': [models.Index(fields=['company', '-id'], name='certification_thanks_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('created_by')), _negated=True)), _connector='OR'), name='certification_thanks_four_eyes', violation_error_message='Serve una seconda persona: chi ha scritto non può anche approvare.')],
            },
        ),
        migrations.CreateModel(
            name='ImpactCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('code', models.CharField(max_length=26, unique=True, verbose_name='indirizzo')),
                ('agreed_by', models.CharField(max_length=120, verbose_name="chi è d'accordo, per l'impresa")),
                ('agreed_on', models.DateField(verbose_name='dal')),
                ('closed_on', models.DateField(null=True, verbose_name='fino al')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': "pagina pubblica dell'impresa",
                'verbose_name_plural': 'pagine pubbliche delle imprese',
                'indexes': [models.Index(condition=models.Q(('closed_on', None)), fields=['company'], name='certification_card_open')],
            },
        ),
    ]
