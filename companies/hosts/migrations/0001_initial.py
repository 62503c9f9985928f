import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Taken',
            fields=[
                ('placement_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('network_id', models.BigIntegerField()),
                ('company_id', models.BigIntegerField()),
                ('site_id', models.BigIntegerField()),
                ('company_tutor_id', models.BigIntegerField(null=True)),
                ('beneficiary_id', models.BigIntegerField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
            ],
            options={
                'verbose_name': 'posto occupato',
                'verbose_name_plural': 'posti occupati',
                'db_table': 'places_taken',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=160, verbose_name='denominazione')),
                ('search_key', models.CharField(editable=False, max_length=200)),
                ('kind', models.CharField(choices=[('firm', 'azienda'), ('cooperative_a', 'cooperativa sociale di tipo A'), ('cooperative_b', 'cooperativa sociale di tipo B'), ('association', 'associazione'), ('public_body', 'ente pubblico'), ('farm', 'azienda agricola')], max_length=20, verbose_name='tipo')),
                ('partita_iva', models.CharField(blank=True, max_length=11, verbose_name='partita IVA')),
                ('tax_code', models.CharField(blank=True, max_length=11, verbose_name="codice fiscale dell'ente")),
                ('ateco', models.CharField(blank=True, max_length=10, verbose_name='attività (ATECO)')),
                ('sector', models.CharField(blank=True, max_length=120, verbose_name='settore in parole')),
                ('size_class', models.CharField(blank=True, choices=[('micro', 'fino a 9 addetti'), ('small', 'da 10 a 49 addetti'), ('medium', 'da 50 a 249 addetti'), ('large', '250 addetti e oltre')], max_length=10, verbose_name='dimensione')),
                ('staff_count', models.PositiveIntegerField(blank=True, null=True, verbose_name='addetti')),
                ('risk_class', models.CharField(blank=True, choices=[('low', 'basso'), ('medium', 'medio'), ('high', 'alto')], max_length=6, verbose_name='classe di rischio')),
                ('representative', models.CharField(blank=True, max_length=120, verbose_name='legale rappresentante')),
                ('address', models.CharField(blank=True, max_length=160, verbose_name='indirizzo')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='posta elettronica')),
                ('pec', models.EmailField(blank=True, max_length=254, verbose_name='PEC')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='telefono')),
                ('safety_declared_on', models.DateField(blank=True, null=True, verbose_name='dichiarazione sulla sicurezza (DVR e RSPP) del')),
                ('law68_declared_on', models.DateField(blank=True, null=True, verbose_name='dichiarazione sulla legge 68/1999 del')),
                ('on_register', models.BooleanField(default=True, verbose_name="d'accordo a comparire nel registro pubblico")),
                ('comune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.company')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'impresa',
                'verbose_name_plural': 'imprese',
                'indexes': [models.Index(fields=['network', 'search_key', 'id'], name='hosts_company_by_name'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('search_key'), name='gin_trgm_ops'), name='hosts_company_search')],
                'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('partita_iva', ''), _negated=True), ('merged_into', None)), fields=('network', 'partita_iva'), name='hosts_company_partita_iva_once', violation_error_message="C'è già un'impresa con questa partita IVA."), models.CheckConstraint(condition=models.Q(models.Q(('partita_iva', ''), _negated=True), models.Q(('tax_code', ''), _negated=True), _connector='OR'), name='hosts_company_has_code', violation_error_message="Serve la partita IVA, oppure il codice fiscale dell'ente.")],
            },
        ),
        migrations.CreateModel(
            name='CompanyTutor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('first_name', models.CharField(max_length=80, verbose_name='nome')),
                ('last_name', models.CharField(max_length=80, verbose_name='cognome')),
                ('email', models.EmailField(max_length=254, verbose_name='posta elettronica')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='telefono')),
                ('job_title', models.CharField(blank=True, max_length=120, verbose_name='mansione')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accesso')),
            ],
            options={
                'verbose_name': 'tutor aziendale',
                'verbose_name_plural': 'tutor aziendali',
                'constraints': [models.UniqueConstraint(fields=('network', 'email'), name='hosts_companytutor_email_once', violation_error_message="C'è già un tutor con questo indirizzo.")],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='dal')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='al')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='hosts.company', verbose_name='impresa')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('tutor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='engagements', to='hosts.companytutor', verbose_name='tutor')),
            ],
            options={
                'verbose_name': 'incarico di tutor',
                'verbose_name_plural': 'incarichi di tutor',
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('tutor', 'company'), name='hosts_engagement_open_once'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='hosts_engagement_dates', violation_error_message='La data di fine viene prima di quella di inizio.')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('name', models.CharField(max_length=120, verbose_name='sede')),
                ('address', models.CharField(max_length=160, verbose_name='indirizzo')),
                ('directions', models.CharField(blank=True, max_length=200, verbose_name='come ci si arriva')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='hosts.company', verbose_name='impresa')),
                ('comune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='comune')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'sede',
                'verbose_name_plural': 'sedi',
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('starts_on', models.DateField(verbose_name='primo giorno')),
                ('ends_on', models.DateField(verbose_name='ultimo giorno')),
                ('words', models.CharField(max_length=60, verbose_name='motivo')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='hosts.company', verbose_name='impresa')),
                ('site', models.ForeignKey(blank=True, help_text='Vuoto: tutte le sedi.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.site', verbose_name='sede')),
            ],
            options={
                'verbose_name': "chiusura dell'impresa",
                'verbose_name_plural': "chiusure dell'impresa",
                'indexes': [models.Index(fields=['company', 'starts_on'], name='hosts_closure_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='hosts_closure_dates', violation_error_message="L'ultimo giorno viene prima del primo.")],
            },
        ),
        migrations.CreateModel(
            name='HostingInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('answer', models.CharField(choices=[('yes', 'sì'), ('later', 'non adesso'), ('no', 'no')], max_length=5, verbose_name='risposta')),
                ('reason', models.CharField(blank=True, choices=[('no_tutor', 'nessuno può fare da tutor'), ('no_tasks', 'non ci sono attività adatte'), ('busy', 'periodo di troppo lavoro'), ('quiet', 'periodo di poco lavoro'), ('changes', 'lavori, trasloco o cambio di gestione'), ('resting', 'una pausa dopo un tirocinio'), ('hard_time', "l'ultima esperienza è stata faticosa"), ('paperwork', 'troppe carte'), ('other', 'altro')], max_length=10, verbose_name='motivo')),
                ('call_on', models.DateField(blank=True, null=True, verbose_name='risentirla il')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='con parole sue')),
                ('said_by', models.CharField(blank=True, max_length=120, verbose_name='chi ha risposto')),
                ('said_on', models.DateField(verbose_name='il')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'disponibilità a ospitare',
                'verbose_name_plural': 'disponibilità a ospitare',
                'indexes': [models.Index(fields=['company', '-said_on', '-id'], name='hosts_interest_last')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', 'yes'), ('reason', '')), models.Q(models.Q(('answer', 'yes'), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='hosts_interest_reason', violation_error_message='Per «non adesso» e «no» serve il motivo; per «sì» no.'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'later'), ('call_on__gt', models.F('said_on'))), models.Q(models.Q(('answer', 'later'), _negated=True), ('call_on', None)), _connector='OR'), name='hosts_interest_call', violation_error_message='Per «non adesso» serve il giorno in cui risentirla, dopo quello della risposta.')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('places', models.PositiveSmallIntegerField(verbose_name='persone insieme')),
                ('starts_on', models.DateField(verbose_name='dal')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='al')),
                ('words', models.CharField(blank=True, max_length=160, verbose_name='per che cosa')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='hosts.site', verbose_name='sede')),
            ],
            options={
                'verbose_name': 'posti offerti',
                'verbose_name_plural': 'posti offerti',
                'constraints': [models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='hosts_opening_places', violation_error_message='Serve almeno un posto.'), models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='hosts_opening_dates', violation_error_message="L'ultimo giorno viene prima del primo."), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), (models.Func('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='hosts_opening_no_overlap', violation_error_message='In quei giorni questa sede ha già detto quanti posti ha: cambia quel numero.')],
            },
        ),
    ]
