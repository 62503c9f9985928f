import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('beneficiaries', '0001_initial'),
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
    ]
