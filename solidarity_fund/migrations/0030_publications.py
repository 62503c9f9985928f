"""What the fund publishes: the account of a year, the list of grants, the stories."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0001_initial'),
        ('beneficiaries', '0001_initial'),
        ('core', '0002_initial'),
        ('solidarity_fund', '0021_money_in_guards'),
        ('territory', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('account', "rendiconto dell'anno"), ('grants', 'elenco degli aiuti')], max_length=10, verbose_name='che cosa')),
                ('year', models.PositiveSmallIntegerField(verbose_name='anno')),
                ('definition', models.PositiveSmallIntegerField(verbose_name='versione della definizione')),
                ('data_until', models.DateTimeField(verbose_name='dati fino al')),
                ('values', models.JSONField(verbose_name='righe')),
                ('values_hash', models.CharField(max_length=64, verbose_name='impronta')),
                ('state', models.CharField(choices=[('prepared', 'da approvare'), ('published', 'pubblicato'), ('replaced', 'sostituito'), ('withdrawn', 'ritirato')], default='prepared', max_length=10, verbose_name='stato')),
                ('published_at', models.DateTimeField(null=True, verbose_name='pubblicato il')),
                ('act_number', models.CharField(blank=True, max_length=60, verbose_name="numero dell'atto")),
                ('act_on', models.DateField(null=True, verbose_name="data dell'atto")),
                ('ambito', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='ente')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento')),
                ('network', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approvato da')),
            ],
            options={
                'verbose_name': 'pubblicazione del fondo',
                'verbose_name_plural': 'pubblicazioni del fondo',
                'indexes': [models.Index(fields=['kind', 'state', '-year'], name='fund_publication_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ambito', None), ('body', None), ('kind', 'account'), ('network__isnull', False)), models.Q(('ambito__isnull', False), ('body__isnull', False), ('kind', 'grants')), _connector='OR'), name='solidarity_fund_publication_owner'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'replaced']), _negated=True), models.Q(('network__isnull', False), ('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='solidarity_fund_publication_published'), models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(('published_by', models.F('created_by')), _negated=True), models.Q(('act_number', ''), _negated=True), _connector='OR'), name='solidarity_fund_publication_two_keys', violation_error_message='Chi ha preparato non può anche pubblicare, se non con un atto.'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('kind', 'network', 'ambito', 'body', 'year'), name='solidarity_fund_publication_once', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('state', 'prepared')), fields=('kind', 'network', 'ambito', 'body', 'year'), name='solidarity_fund_publication_one_prepared', nulls_distinct=False, violation_error_message="Ce n'è già uno da approvare: approvalo o ritiralo.")],
            },
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('title', models.CharField(max_length=80, verbose_name='titolo')),
                ('text', models.TextField(max_length=1500, verbose_name='racconto')),
                ('names_host', models.BooleanField(default=False, verbose_name="dice il nome dell'impresa")),
                ('host_agreed_on', models.DateField(blank=True, null=True, verbose_name="l'impresa è d'accordo dal")),
                ('host_agreed_by', models.CharField(blank=True, max_length=120, verbose_name="chi dell'impresa l'ha detto")),
                ('agreed_on', models.DateField(null=True, verbose_name="la persona l'ha letta il")),
                ('state', models.CharField(choices=[('draft', 'da far leggere'), ('agreed', "la persona è d'accordo"), ('published', 'pubblicata'), ('withdrawn', 'ritirata')], default='draft', max_length=10, verbose_name='stato')),
                ('published_at', models.DateTimeField(null=True, verbose_name='pubblicata il')),
                ('act_number', models.CharField(blank=True, max_length=60, verbose_name="numero dell'atto")),
                ('act_on', models.DateField(null=True, verbose_name="data dell'atto")),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('consent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.consent', verbose_name='consenso')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.placement', verbose_name='tirocinio')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pubblicata da')),
            ],
            options={
                'verbose_name': 'storia',
                'verbose_name_plural': 'storie',
                'indexes': [models.Index(fields=['ambito', '-id'], name='fund_story_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='solidarity_fund_story_words'), models.CheckConstraint(condition=models.Q(('names_host', False), models.Q(('host_agreed_on__isnull', False), models.Q(('host_agreed_by', ''), _negated=True)), _connector='OR'), name='solidarity_fund_story_host', violation_error_message="Per dire il nome dell'impresa serve il suo sì: chi l'ha detto e quando."), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['agreed', 'published']), _negated=True), models.Q(('agreed_on__isnull', False), ('consent__isnull', False)), _connector='OR'), name='solidarity_fund_story_agreed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='solidarity_fund_story_published'), models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(('published_by', models.F('created_by')), _negated=True), models.Q(('act_number', ''), _negated=True), _connector='OR'), name='solidarity_fund_story_two_keys', violation_error_message='Chi ha scritto la storia non può anche pubblicarla, se non con un atto.')],
            },
        ),
    ]
