import django.contrib.postgres.fields
import django.core.validators
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
        ('agreements', '0001_initial'),
        ('beneficiaries', '0001_initial'),
        ('core', '0002_initial'),
        ('hosts', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('valid_from', models.DateField(verbose_name='vale dal')),
                ('lifting', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='sollevare pesi')),
                ('standing', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='stare in piedi a lungo')),
                ('noise', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='rumore')),
                ('public', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='parlare con il pubblico')),
                ('pace', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='ritmo veloce')),
                ('writing', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='leggere e scrivere')),
                ('tools', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='usare attrezzi e macchine')),
                ('heights', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='salire in alto')),
                ('weather', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='lavorare all’aperto con ogni tempo')),
                ('alone', models.PositiveSmallIntegerField(choices=[(0, 'ce la fa'), (1, 'con un aiuto'), (2, 'meglio di no')], verbose_name='lavorare senza nessuno accanto')),
                ('hours', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(40)], verbose_name='ore alla settimana, al massimo')),
                ('travel_minutes', models.PositiveSmallIntegerField(verbose_name='minuti di viaggio, al massimo')),
                ('ways', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('foot', 'a piedi'), ('bus', 'in autobus o in treno'), ('car', 'con un mezzo proprio'), ('driven', 'con qualcuno che accompagna')], max_length=10), blank=True, default=list, size=None, verbose_name='come si sposta')),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('step_free', 'nessun gradino'), ('toilet', 'bagno accessibile'), ('lift', 'ascensore'), ('parking', 'parcheggio vicino all’entrata'), ('quiet', 'un posto tranquillo per le pause')], max_length=10), blank=True, default=list, size=None, verbose_name='che cosa le serve')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('beneficiary', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='beneficiaries.beneficiary', verbose_name='persona')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'scheda di compatibilità della persona',
                'verbose_name_plural': 'schede di compatibilità delle persone',
                'indexes': [models.Index(fields=['beneficiary', '-id'], name='matching_personsheet_last')],
                'constraints': [models.CheckConstraint(condition=models.Q(('hours__range', (1, 40)), ('lifting__range', (0, 2)), ('standing__range', (0, 2)), ('noise__range', (0, 2)), ('public__range', (0, 2)), ('pace__range', (0, 2)), ('writing__range', (0, 2)), ('tools__range', (0, 2)), ('heights__range', (0, 2)), ('weather__range', (0, 2)), ('alone__range', (0, 2))), name='matching_personsheet_scale', violation_error_message='Una risposta della scheda non è fra quelle possibili.'), models.CheckConstraint(condition=models.Q(('travel_minutes__range', (1, 180)), models.Q(('ways', []), _negated=True)), name='matching_personsheet_travel', violation_error_message='Serve come si sposta, e per quanto tempo.')],
            },
        ),
        migrations.CreateModel(
            name='SiteSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('valid_from', models.DateField(verbose_name='vale dal')),
                ('lifting', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='sollevare pesi')),
                ('standing', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='stare in piedi a lungo')),
                ('noise', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='rumore')),
                ('public', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='parlare con il pubblico')),
                ('pace', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='ritmo veloce')),
                ('writing', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='leggere e scrivere')),
                ('tools', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='usare attrezzi e macchine')),
                ('heights', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='salire in alto')),
                ('weather', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='lavorare all’aperto con ogni tempo')),
                ('alone', models.PositiveSmallIntegerField(choices=[(0, 'non c’è'), (1, 'un po’'), (2, 'molto')], verbose_name='lavorare senza nessuno accanto')),
                ('hours', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(40)], verbose_name='ore alla settimana, almeno')),
                ('ways', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('foot', 'a piedi'), ('bus', 'in autobus o in treno'), ('car', 'con un mezzo proprio'), ('driven', 'con qualcuno che accompagna')], max_length=10), blank=True, default=list, size=None, verbose_name='come ci si arriva')),
                ('offers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('step_free', 'nessun gradino'), ('toilet', 'bagno accessibile'), ('lift', 'ascensore'), ('parking', 'parcheggio vicino all’entrata'), ('quiet', 'un posto tranquillo per le pause')], max_length=10), blank=True, default=list, size=None, verbose_name='che cosa c’è')),
                ('adaptations', models.JSONField(blank=True, default=dict, verbose_name='come si può adattare')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hosts.site', verbose_name='sede')),
            ],
            options={
                'verbose_name': 'scheda di compatibilità della sede',
                'verbose_name_plural': 'schede di compatibilità delle sedi',
                'indexes': [models.Index(fields=['site', '-id'], name='matching_sitesheet_last')],
                'constraints': [models.CheckConstraint(condition=models.Q(('hours__range', (1, 40)), ('lifting__range', (0, 2)), ('standing__range', (0, 2)), ('noise__range', (0, 2)), ('public__range', (0, 2)), ('pace__range', (0, 2)), ('writing__range', (0, 2)), ('tools__range', (0, 2)), ('heights__range', (0, 2)), ('weather__range', (0, 2)), ('alone__range', (0, 2))), name='matching_sitesheet_scale', violation_error_message='Una risposta della scheda non è fra quelle possibili.'), models.CheckConstraint(condition=models.Q(('ways', []), _negated=True), name='matching_sitesheet_ways', violation_error_message='Serve almeno un modo per arrivarci.')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('travel_minutes', models.PositiveSmallIntegerField(null=True, verbose_name='minuti di viaggio, stima')),
                ('tasks', models.TextField(max_length=1000, verbose_name='che cosa farebbe')),
                ('adaptations', models.JSONField(blank=True, default=dict, verbose_name='che cosa si adatta')),
                ('despite', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='perché proporla lo stesso')),
                ('agreed_on', models.DateField(verbose_name='la persona vuole provare, detto il')),
                ('state', models.CharField(choices=[('open', 'in corso'), ('accepted', 'decisa: si fa'), ('refused', 'decisa: non si fa'), ('withdrawn', 'ritirata'), ('placed', 'diventata tirocinio')], default='open', editable=False, max_length=10, verbose_name='stato')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='beneficiaries.beneficiary', verbose_name='persona')),
                ('company_tutor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.companytutor', verbose_name='tutor aziendale')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('person_sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.personsheet', verbose_name='scheda della persona')),
                ('placement', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='agreements.placement', verbose_name='tirocinio')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='hosts.site', verbose_name='sede')),
                ('site_sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.sitesheet', verbose_name='scheda della sede')),
            ],
            options={
                'verbose_name': 'proposta di abbinamento',
                'verbose_name_plural': 'proposte di abbinamento',
                'indexes': [models.Index(fields=['ambito', '-id'], name='matching_proposals'), models.Index(condition=models.Q(('state__in', ('open', 'accepted'))), fields=['site', '-id'], name='matching_proposals_at')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'accepted'))), fields=('beneficiary', 'site'), name='matching_proposal_once', violation_error_message='Questa sede le è già stata proposta: la proposta è ancora in corso.'), models.CheckConstraint(condition=models.Q(('state', 'placed'), ('placement', None), _connector='XOR'), name='matching_proposal_placed')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('held_on', models.DateField(verbose_name='data')),
                ('place', models.CharField(max_length=120, verbose_name='luogo')),
                ('participants', models.JSONField(verbose_name='presenti')),
                ('outcome', models.CharField(choices=[('yes', 'si fa: prepariamo il tirocinio'), ('no', 'non si fa')], max_length=5, verbose_name='decisione')),
                ('person_words', impresasolidale.core.fields.EncryptedTextField(verbose_name='che cosa ne dice la persona')),
                ('reasons', impresasolidale.core.fields.EncryptedTextField(verbose_name='motivi')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='verbale')),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='matching.proposal', verbose_name='proposta')),
            ],
            options={
                'verbose_name': 'decisione sull’abbinamento',
                'verbose_name_plural': 'decisioni sugli abbinamenti',
            },
        ),
        migrations.CreateModel(
            name='TrialVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('on', models.DateField(verbose_name='giorno')),
                ('starts_at', models.TimeField(verbose_name='ora')),
                ('companions', models.CharField(max_length=160, verbose_name='chi accompagna')),
                ('state', models.CharField(choices=[('planned', 'in programma'), ('done', 'fatta'), ('called_off', 'annullata')], default='planned', editable=False, max_length=10, verbose_name='stato')),
                ('impression', models.CharField(blank=True, choices=[('well', 'bene'), ('doubts', 'bene, con qualche dubbio'), ('badly', 'non bene')], editable=False, max_length=10, verbose_name='com’è andata')),
                ('person_words', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='che cosa ne dice la persona')),
                ('company_words', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='che cosa ne dice l’impresa')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='matching.proposal', verbose_name='proposta')),
            ],
            options={
                'verbose_name': 'visita di prova',
                'verbose_name_plural': 'visite di prova',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('proposal',), name='matching_trialvisit_once', violation_error_message='C’è già una visita in programma: raccontala o annullala prima.'), models.CheckConstraint(condition=models.Q(('state', 'done'), ('impression', ''), _connector='XOR'), name='matching_trialvisit_told')],
            },
        ),
    ]
