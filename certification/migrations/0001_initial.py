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
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('version', models.PositiveSmallIntegerField(verbose_name='versione')),
                ('name', models.CharField(max_length=120, verbose_name='nome')),
                ('state', models.CharField(choices=[('draft', 'in preparazione'), ('published', 'pubblicato')], default='draft', max_length=10, verbose_name='stato')),
                ('published_on', models.DateField(editable=False, null=True, verbose_name='pubblicata il')),
                ('published_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pubblicata da')),
                ('validity_months', models.PositiveSmallIntegerField(verbose_name='validità in mesi')),
                ('definition', models.JSONField(verbose_name='criteri e livelli')),
            ],
            options={
                'verbose_name': 'versione dello schema',
                'verbose_name_plural': 'versioni dello schema',
                'constraints': [models.UniqueConstraint(fields=('network', 'version'), name='certification_scheme_once'), models.CheckConstraint(condition=models.Q(models.Q(('published_on', None), ('state', 'draft')), models.Q(('published_on__isnull', False), ('state', 'published')), _connector='OR'), name='certification_scheme_published')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('name', models.CharField(max_length=120, verbose_name='nome')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='certification.schemeversion', verbose_name='schema')),
                ('opens_on', models.DateField(verbose_name='si apre il')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='si chiude il')),
                ('decides_by', models.DateField(blank=True, null=True, verbose_name='decisione entro il')),
            ],
            options={
                'verbose_name': 'campagna di riconoscimento',
                'verbose_name_plural': 'campagne di riconoscimento',
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_on', None), ('closes_on__gte', models.F('opens_on')), _connector='OR'), name='certification_campaign_days', violation_error_message="La chiusura viene dopo l'apertura.")],
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='numero')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='hosts.company', verbose_name='impresa')),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='certification.campaign', verbose_name='campagna')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certification.schemeversion', verbose_name='schema')),
                ('origin', models.CharField(choices=[('company', "l'impresa, dal suo portale"), ('office', "l'ufficio, dai dati"), ('renewal', 'il rinnovo')], max_length=10, verbose_name='iniziata da')),
                ('level', models.CharField(choices=[('attestato_2015', 'Attestato 2015'), ('aderente', 'Aderente'), ('impresa_solidale', 'Impresa solidale'), ('ambasciatrice', 'Ambasciatrice')], max_length=20, verbose_name='livello chiesto')),
                ('state', models.CharField(choices=[('draft', 'da completare'), ('submitted', 'presentata'), ('ready', 'pronta per la decisione'), ('granted', 'accolta'), ('refused', 'non accolta'), ('withdrawn', 'ritirata')], default='draft', max_length=10, verbose_name='stato')),
                ('band', models.CharField(blank=True, choices=[('micro', 'micro, fino a 9 persone'), ('small', 'piccola, da 10 a 49'), ('medium', 'media, da 50 a 249'), ('large', 'grande, da 250')], max_length=10, verbose_name='dimensione')),
                ('facts', models.JSONField(default=dict, verbose_name='fatti')),
                ('submitted_on', models.DateField(null=True, verbose_name='presentata il')),
                ('signed_by', models.CharField(blank=True, max_length=120, verbose_name="chi dichiara, per l'impresa")),
                ('late_reason', models.CharField(blank=True, max_length=300, verbose_name='perché dopo la chiusura')),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verificata da')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='deciso il')),
            ],
            options={
                'verbose_name': 'domanda di riconoscimento',
                'verbose_name_plural': 'domande di riconoscimento',
                'indexes': [models.Index(fields=['network', 'state', '-id'], name='certification_applications')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'submitted', 'ready'))), fields=('company',), name='certification_application_open_once', violation_error_message='Questa impresa ha già una domanda in corso.'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('network', 'number'), name='certification_application_number_once'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'withdrawn']), models.Q(('submitted_on__isnull', False), models.Q(('band', ''), _negated=True)), _connector='OR'), name='certification_application_presented'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['granted', 'refused']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='certification_application_decided')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('criterion', models.CharField(max_length=40, verbose_name='criterio')),
                ('points', models.PositiveSmallIntegerField(default=0, verbose_name='punti indicati')),
                ('words', models.TextField(blank=True, verbose_name='in parole')),
                ('verdict', models.CharField(blank=True, choices=[('confirmed', 'confermato'), ('changed', 'corretto'), ('not_proved', 'non dimostrato')], max_length=10, verbose_name='verifica')),
                ('points_given', models.PositiveSmallIntegerField(null=True, verbose_name='punti riconosciuti')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='nota della verifica')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verificato da')),
            ],
            options={
                'verbose_name': 'risposta',
                'verbose_name_plural': 'risposte',
                'constraints': [models.UniqueConstraint(fields=('application', 'criterion'), name='certification_answer_once'), models.CheckConstraint(condition=models.Q(models.Q(('points_given', None), ('reviewed_by', None), ('verdict', '')), models.Q(models.Q(('verdict', ''), _negated=True), ('points_given__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='certification_answer_reviewed')],
            },
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='certification.answer', verbose_name='risposta')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='file')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name="che cos'è")),
            ],
            options={
                'verbose_name': 'prova',
                'verbose_name_plural': 'prove',
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='hosts.company', verbose_name='impresa')),
                ('application', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('scheme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certification.schemeversion', verbose_name='schema')),
                ('level', models.CharField(choices=[('attestato_2015', 'Attestato 2015'), ('aderente', 'Aderente'), ('impresa_solidale', 'Impresa solidale'), ('ambasciatrice', 'Ambasciatrice')], max_length=20, verbose_name='livello')),
                ('state', models.CharField(choices=[('granted', 'valido'), ('suspended', 'sospeso'), ('revoked', 'revocato'), ('superseded', 'sostituito da uno più recente')], default='granted', max_length=10, verbose_name='stato')),
                ('reason_class', models.CharField(blank=True, choices=[('safety', 'sicurezza sul lavoro'), ('law68', 'obblighi della legge 68/1999'), ('replaced_staff', 'un tirocinio al posto di un lavoratore'), ('conduct', 'comportamento verso le persone accolte'), ('false_statement', 'dichiarazioni non vere'), ('no_check', "la verifica dell'anno non è stata fatta"), ('ceased', "l'impresa ha chiuso o cambia attività"), ('on_request', "lo chiede l'impresa")], max_length=20, verbose_name='motivo')),
                ('facts', models.JSONField(default=dict, verbose_name='fatti')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='deciso il')),
                ('valid_from', models.DateField(verbose_name='valido dal')),
                ('valid_to', models.DateField(null=True, verbose_name='valido fino al')),
                ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='certification.certificate', verbose_name='prende il posto di')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='attestato')),
            ],
            options={
                'verbose_name': 'riconoscimento',
                'verbose_name_plural': 'riconoscimenti',
                'indexes': [models.Index(fields=['network', 'state', 'valid_to'], name='certification_register')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['granted', 'suspended']), models.Q(('level', 'attestato_2015'), _negated=True)), fields=('company',), name='certification_certificate_live_once', violation_error_message='Questa impresa ha già un riconoscimento.'), models.CheckConstraint(condition=models.Q(models.Q(('application', None), ('level', 'attestato_2015'), ('scheme', None), ('valid_to', None)), models.Q(('application__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('document__isnull', False), ('scheme__isnull', False), ('valid_to__gt', models.F('valid_from'))), _connector='OR'), name='certification_certificate_whole'), models.CheckConstraint(condition=models.Q(models.Q(('reason_class', ''), ('state__in', ['granted', 'superseded'])), models.Q(('state__in', ['suspended', 'revoked']), models.Q(('reason_class', ''), _negated=True)), _connector='OR'), name='certification_certificate_reason')],
            },
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='thanks', to='hosts.company', verbose_name='impresa')),
                ('words', models.CharField(max_length=240, verbose_name='parole')),
                ('voice', models.CharField(choices=[('person', 'una persona accolta'), ('family', 'una famiglia'), ('office', "l'ufficio")], max_length=10, verbose_name='di chi')),
                ('state', models.CharField(choices=[('proposed', 'da approvare'), ('approved', 'approvato'), ('refused', 'non approvato'), ('withdrawn', 'ritirato')], default='proposed', max_length=10, verbose_name='stato')),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
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
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='hosts.company', verbose_name='impresa')),
                ('code', models.CharField(max_length=26, unique=True, verbose_name='indirizzo')),
                ('agreed_by', models.CharField(max_length=120, verbose_name="chi è d'accordo, per l'impresa")),
                ('agreed_on', models.DateField(verbose_name='dal')),
                ('closed_on', models.DateField(null=True, verbose_name='fino al')),
            ],
            options={
                'verbose_name': "pagina pubblica dell'impresa",
                'verbose_name_plural': 'pagine pubbliche delle imprese',
                'indexes': [models.Index(condition=models.Q(('closed_on', None)), fields=['company'], name='certification_card_open')],
            },
        ),
    ]
