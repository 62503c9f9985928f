import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0001_extensions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Network',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='nome')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='codice')),
            ],
            options={
                'verbose_name': 'rete',
                'verbose_name_plural': 'reti',
                'constraints': [models.UniqueConstraint(fields=('code',), name='network_code_unique', violation_error_message='C’è già una rete con questo codice.')],
            },
        ),
        migrations.CreateModel(
            name='Ambito',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='nome')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='codice')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ambiti', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'Ambito',
                'verbose_name_plural': 'Ambiti',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('code',), name='ambito_code_unique', violation_error_message='C’è già un Ambito con questo codice.'), models.UniqueConstraint(fields=('id', 'network'), name='ambito_id_network_unique', violation_error_message='Questo Ambito è già nella rete.')],
            },
        ),
        migrations.CreateModel(
            name='Comune',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='nome')),
                ('name_key', models.CharField(editable=False, max_length=120, verbose_name='nome per la ricerca')),
                ('cadastral_code', models.CharField(max_length=4, verbose_name='codice catastale')),
                ('istat_code', models.CharField(blank=True, max_length=6, null=True, verbose_name='codice ISTAT')),
                ('province', models.CharField(max_length=2, verbose_name='provincia')),
                ('population_2011', models.PositiveIntegerField(blank=True, null=True, verbose_name='abitanti al censimento 2011')),
                ('abolished_on', models.DateField(blank=True, null=True, verbose_name='soppresso il')),
                ('is_foreign', models.BooleanField(default=False, verbose_name='stato estero')),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comuni', to='territory.ambito', verbose_name='Ambito')),
            ],
            options={
                'verbose_name': 'comune',
                'verbose_name_plural': 'comuni',
                'ordering': ['name'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['name_key'], name='comune_name_key_trgm', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(fields=('cadastral_code',), name='comune_cadastral_code_unique', violation_error_message='C’è già un comune con questo codice catastale.'), models.UniqueConstraint(fields=('istat_code',), name='comune_istat_code_unique', violation_error_message='C’è già un comune con questo codice ISTAT.'), models.CheckConstraint(condition=models.Q(('is_foreign', False), ('ambito', None), _connector='OR'), name='comune_foreign_without_ambito', violation_error_message='Uno stato estero non appartiene a un Ambito.')],
            },
        ),
        migrations.CreateModel(
            name='Logo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('words', models.CharField(max_length=120, verbose_name='parole per chi non vede l’immagine')),
                ('file_name', models.CharField(max_length=200)),
                ('file_hash', models.CharField(max_length=64)),
                ('content_type', models.CharField(max_length=30)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'logo',
                'verbose_name_plural': 'loghi',
            },
        ),
        migrations.CreateModel(
            name='Letterhead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('heading', models.CharField(max_length=160, verbose_name='intestazione')),
                ('lines', models.TextField(blank=True, max_length=400, verbose_name='righe sotto l’intestazione')),
                ('official', models.CharField(blank=True, max_length=120, verbose_name='responsabile del procedimento')),
                ('official_title', models.CharField(blank=True, max_length=120, verbose_name='qualifica')),
                ('signature_block', models.TextField(blank=True, max_length=400, verbose_name='parole in fondo alle carte')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.logo', verbose_name='logo')),
            ],
            options={
                'verbose_name': 'carta intestata',
                'verbose_name_plural': 'carte intestate',
                'constraints': [models.UniqueConstraint(fields=('ambito',), name='letterhead_once')],
            },
        ),
        migrations.CreateModel(
            name='FundingLogo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('source', models.SlugField(db_index=False, max_length=40, verbose_name='codice della fonte')),
                ('valid_from', models.DateField(verbose_name='valido dal')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='parole del finanziatore')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.logo', verbose_name='logo')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'logo del finanziatore',
                'verbose_name_plural': 'loghi dei finanziatori',
                'ordering': ['source', '-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('network', 'source', 'valid_from'), name='fundinglogo_day_unique', violation_error_message='C’è già un logo di questa fonte da questo giorno.')],
            },
        ),
        migrations.CreateModel(
            name='Body',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=160, verbose_name='nome')),
                ('kind', models.CharField(choices=[('comune', 'comune'), ('mountain_community', 'comunità montana'), ('province', 'provincia'), ('health', 'azienda sanitaria'), ('consortium', 'consorzio o azienda speciale'), ('cooperative', 'cooperativa'), ('foundation', 'fondazione'), ('other', 'altro ente')], max_length=24, verbose_name='tipo')),
                ('is_public', models.BooleanField(default=True, verbose_name='ente pubblico')),
                ('tax_code', models.CharField(blank=True, max_length=11, verbose_name='codice fiscale')),
                ('ipa_code', models.CharField(blank=True, max_length=20, verbose_name='codice IPA')),
                ('pec', models.EmailField(blank=True, max_length=254, verbose_name='PEC')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='indirizzo')),
                ('treasurer', models.CharField(blank=True, max_length=160, verbose_name='tesoriere')),
                ('is_lead', models.BooleanField(default=False, verbose_name='ente capofila dell’Ambito')),
                ('note', models.TextField(blank=True, verbose_name='nota')),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='territory.ambito', verbose_name='Ambito')),
                ('comune', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune')),
                ('network', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'ente',
                'verbose_name_plural': 'enti',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('tax_code', ''), _negated=True), fields=('tax_code',), name='body_tax_code_unique', violation_error_message='C’è già un ente con questo codice fiscale.'), models.CheckConstraint(condition=models.Q(('tax_code', ''), ('tax_code__regex', '^[0-9]{11}$'), _connector='OR'), name='body_tax_code_digits', violation_error_message='Il codice fiscale di un ente ha 11 cifre.'), models.CheckConstraint(condition=models.Q(('ipa_code', ''), ('ipa_code__regex', '^[a-z0-9_]+$'), _connector='OR'), name='body_ipa_code_shape', violation_error_message='Il codice IPA è fatto di lettere minuscole, cifre e trattini bassi, come c_i829.'), models.UniqueConstraint(condition=models.Q(('is_lead', True)), fields=('ambito',), name='body_one_lead_per_ambito', violation_error_message='Questo Ambito ha già un ente capofila.'), models.CheckConstraint(condition=models.Q(('is_lead', False), ('ambito__isnull', False), _connector='OR'), name='body_lead_has_ambito', violation_error_message='Un ente capofila deve avere il suo Ambito.'), models.CheckConstraint(condition=models.Q(('ambito', None), ('network__isnull', False), _connector='OR'), name='body_ambito_has_network', violation_error_message='Un ente di un Ambito appartiene anche alla rete dell’Ambito.')],
            },
        ),
        migrations.CreateModel(
            name='PatronSaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.PositiveSmallIntegerField(verbose_name='mese')),
                ('day', models.PositiveSmallIntegerField(verbose_name='giorno')),
                ('name', models.CharField(max_length=80, verbose_name='festa')),
                ('comune', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='patron_saint', to='territory.comune', verbose_name='comune')),
            ],
            options={
                'verbose_name': 'festa del patrono',
                'verbose_name_plural': 'feste dei patroni',
                'constraints': [models.CheckConstraint(condition=models.Q(('month__range', (1, 12)), ('day__range', (1, 31)), models.Q(('day__gt', 28), ('month', 2), _negated=True), models.Q(('day', 31), ('month__in', [4, 6, 9, 11]), _negated=True)), name='patronsaint_day_of_every_year', violation_error_message='Questo giorno non esiste tutti gli anni.')],
            },
        ),
        migrations.CreateModel(
            name='RuleBookProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('valid_from', models.DateField(verbose_name='valido dal')),
                ('changes', models.JSONField(verbose_name='che cosa cambia')),
                ('act', models.CharField(max_length=200, verbose_name='atto')),
                ('state', models.CharField(choices=[('open', 'in attesa'), ('published', 'pubblicata'), ('withdrawn', 'ritirata')], default='open', max_length=12, verbose_name='stato')),
                ('outside_number', models.CharField(blank=True, max_length=60, verbose_name="numero dell'atto esterno")),
                ('outside_on', models.DateField(blank=True, null=True, verbose_name="data dell'atto esterno")),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'proposta di regolamento',
                'verbose_name_plural': 'proposte di regolamento',
                'constraints': [models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='rulebookproposal_act_given', violation_error_message='Scrivi l’atto che approva le regole.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_by__isnull', False)), _connector='OR'), name='rulebookproposal_decided_by_somebody', violation_error_message="Una proposta decisa dice chi l'ha decisa."), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('decided_by', models.F('created_by')), _negated=True), models.Q(('outside_number', ''), _negated=True), _connector='OR'), name='rulebookproposal_four_eyes', violation_error_message='Serve una seconda persona: chi ha preparato non può anche approvare.')],
            },
        ),
        migrations.CreateModel(
            name='RuleBookVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('valid_from', models.DateField(verbose_name='valido dal')),
                ('values', models.JSONField(verbose_name='valori')),
                ('act', models.CharField(max_length=200, verbose_name='atto')),
                ('proposed_by', models.CharField(blank=True, max_length=200, verbose_name='proposto da')),
                ('published_by', models.CharField(max_length=200, verbose_name='pubblicato da')),
                ('second_key', models.CharField(blank=True, max_length=200, verbose_name='seconda chiave')),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='pubblicato il')),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rulebook_versions', to='territory.ambito', verbose_name='Ambito')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulebook_versions', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'versione del regolamento',
                'verbose_name_plural': 'versioni del regolamento',
                'ordering': ['-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('network', 'ambito', 'valid_from'), name='rulebookversion_day_unique', nulls_distinct=False, violation_error_message='C’è già una versione del regolamento valida da questo giorno.'), models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='rulebookversion_act_given', violation_error_message='Scrivi l’atto che approva le regole.')],
            },
        ),
        migrations.CreateModel(
            name='StampDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(max_length=60, verbose_name='tipo di carta')),
                ('valid_from', models.DateField(verbose_name='valido dal')),
                ('is_exempt', models.BooleanField(verbose_name='esente')),
                ('text', models.CharField(max_length=300, verbose_name='che cosa dice la carta')),
                ('paid_by', models.CharField(blank=True, choices=[('promoter', 'ente promotore'), ('host', 'impresa che accoglie'), ('shared', 'metà per uno')], max_length=10, verbose_name='a carico di')),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'imposta di bollo',
                'verbose_name_plural': 'imposte di bollo',
                'ordering': ['kind', '-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('network', 'ambito', 'kind', 'valid_from'), name='stampduty_day_unique', nulls_distinct=False, violation_error_message='C’è già una regola del bollo per questa carta da questo giorno.'), models.CheckConstraint(condition=models.Q(models.Q(('is_exempt', True), ('paid_by', '')), models.Q(('is_exempt', False), models.Q(('paid_by', ''), _negated=True)), _connector='OR'), name='stampduty_exempt_or_paid', violation_error_message='Una carta esente non è a carico di nessuno; per le altre scegli a carico di chi è il bollo.'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='stampduty_reason_said', violation_error_message='Scrivi la norma che lo dice.')],
            },
        ),
        migrations.CreateModel(
            name='Tariff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('inail_daily_base', 'INAIL, base al giorno (euro)'), ('inail_rate_industry', 'INAIL, tasso industria (per mille)'), ('inail_rate_craft', 'INAIL, tasso artigianato (per mille)'), ('inail_rate_other', 'INAIL, tasso altre attività (per mille)'), ('trr_accompaniment', 'TRR, accompagnamento (euro all’ora)'), ('trr_tutor_training', 'TRR, formazione del tutor (euro a tirocinio)'), ('trr_safety', 'TRR, sicurezza e dispositivi (euro a tirocinio)'), ('trr_transport', 'TRR, trasporto (euro al mese)'), ('trr_liability', 'TRR, responsabilità civile (euro all’anno)'), ('trr_administration', 'TRR, pratiche d’ufficio (euro a tirocinio)'), ('day_cdd', 'CDD, centro diurno disabili (euro al giorno)'), ('day_cse', 'CSE, centro socio educativo (euro al giorno)'), ('day_sfa', 'SFA, formazione all’autonomia (euro al giorno)'), ('day_days', 'Servizi diurni, giorni di frequenza all’anno')], max_length=40, verbose_name='tipo')),
                ('valid_from', models.DateField(verbose_name='valido dal')),
                ('value', models.DecimalField(decimal_places=6, max_digits=12, verbose_name='valore')),
                ('source', models.CharField(max_length=300, verbose_name='fonte')),
                ('is_confirmed', models.BooleanField(default=False, verbose_name='confermata')),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tariffs', to='territory.ambito', verbose_name='Ambito')),
            ],
            options={
                'verbose_name': 'tariffa',
                'verbose_name_plural': 'tariffe',
                'ordering': ['kind', '-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'ambito', 'valid_from'), name='tariff_kind_day_unique', nulls_distinct=False, violation_error_message='C’è già un valore di questa tariffa da questo giorno.'), models.CheckConstraint(condition=models.Q(('value__gte', Decimal('0'))), name='tariff_not_negative', violation_error_message='Una tariffa non può essere negativa.'), models.CheckConstraint(condition=models.Q(models.Q(('ambito__isnull', False), ('kind__in', ('trr_accompaniment', 'trr_tutor_training', 'trr_safety', 'trr_transport', 'trr_liability', 'trr_administration', 'day_cdd', 'day_cse', 'day_sfa', 'day_days'))), models.Q(models.Q(('kind__in', ('trr_accompaniment', 'trr_tutor_training', 'trr_safety', 'trr_transport', 'trr_liability', 'trr_administration', 'day_cdd', 'day_cse', 'day_sfa', 'day_days')), _negated=True), ('ambito', None)), _connector='OR'), name='tariff_local_has_ambito', violation_error_message='Questa tariffa è di un Ambito, oppure di tutti: scegli l’una o l’altra cosa.')],
            },
        ),
        migrations.CreateModel(
            name='TravelTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minuti')),
                ('source', models.CharField(max_length=80, verbose_name='fonte')),
                ('destination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='a')),
                ('origin', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='da')),
            ],
            options={
                'verbose_name': 'tempo di viaggio',
                'verbose_name_plural': 'tempi di viaggio',
                'constraints': [models.UniqueConstraint(fields=('origin', 'destination'), include=('minutes',), name='traveltime_pair_unique', violation_error_message='C’è già un tempo di viaggio fra questi due comuni.')],
            },
        ),
    ]
