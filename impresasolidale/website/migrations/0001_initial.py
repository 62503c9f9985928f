import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('hosts', '0002_guards'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('practice', 'buona pratica'), ('story', 'storia'), ('news', 'notizia')], max_length=10, verbose_name="che cos'è")),
                ('title', models.CharField(max_length=100, verbose_name='titolo')),
                ('summary', models.CharField(max_length=200, verbose_name='in breve')),
                ('text', models.TextField(max_length=6000, verbose_name='testo')),
                ('company_agreed_by', models.CharField(blank=True, max_length=120, verbose_name="chi dell'impresa l'ha detto")),
                ('company_agreed_on', models.DateField(blank=True, null=True, verbose_name="l'impresa è d'accordo dal")),
                ('state', models.CharField(choices=[('draft', 'in preparazione'), ('proposed', 'da approvare'), ('published', 'sul sito'), ('withdrawn', 'ritirato')], default='draft', max_length=10, verbose_name='stato')),
                ('published_at', models.DateTimeField(null=True, verbose_name='pubblicato il')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='mandato da')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pubblicato da')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='parole di')),
            ],
            options={
                'verbose_name': 'pagina del sito',
                'verbose_name_plural': 'pagine del sito',
                'indexes': [models.Index(fields=['network', '-id'], name='website_article_newest'), models.Index(condition=models.Q(('state', 'published')), fields=['network', '-published_at', '-id'], name='website_article_public')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('summary', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='website_article_words'), models.CheckConstraint(condition=models.Q(('company', None), models.Q(('company_agreed_on__isnull', False), models.Q(('company_agreed_by', ''), _negated=True)), _connector='OR'), name='website_article_company', violation_error_message="Per dire il nome dell'impresa serve il suo sì: chi l'ha detto e quando."), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('published_by__isnull', False), ('state', 'published')), models.Q(models.Q(('state', 'published'), _negated=True), ('published_at', None), ('published_by', None)), _connector='OR'), name='website_article_published'), models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(('published_by', models.F('created_by')), ('published_by', models.F('written_by')), ('published_by', models.F('proposed_by')), _connector='OR', _negated=True), _connector='OR'), name='website_article_two_keys', violation_error_message='Chi ha scritto la pagina non può anche pubblicarla.')],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('alt', models.CharField(max_length=200, verbose_name='che cosa si vede')),
                ('people', models.PositiveSmallIntegerField(verbose_name='persone che si riconoscono')),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('file_hash', models.CharField(max_length=64)),
                ('width', models.PositiveSmallIntegerField(verbose_name='larghezza in punti')),
                ('height', models.PositiveSmallIntegerField(verbose_name='altezza in punti')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='tolta il')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='website.article', verbose_name='pagina')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'fotografia del sito',
                'verbose_name_plural': 'fotografie del sito',
                'constraints': [models.CheckConstraint(condition=models.Q(('alt', ''), _negated=True), name='website_photo_alt', violation_error_message='Scrivi che cosa si vede.'), models.CheckConstraint(condition=models.Q(('removed_at', None), ('file_name', ''), _connector='XOR'), name='website_photo_file'), models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('article',), name='website_photo_one')],
            },
        ),
        migrations.CreateModel(
            name='ImageConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('person', models.CharField(max_length=120, verbose_name='chi si vede')),
                ('given_by', models.CharField(blank=True, max_length=120, verbose_name='firmato da')),
                ('given_on', models.DateField(verbose_name='dato il')),
                ('file_name', models.CharField(max_length=200)),
                ('content_type', models.CharField(max_length=60)),
                ('file_hash', models.CharField(max_length=64)),
                ('revoked_on', models.DateField(null=True, verbose_name='revocato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='website.photo', verbose_name='fotografia')),
            ],
            options={
                'verbose_name': 'consenso alle immagini',
                'verbose_name_plural': 'consensi alle immagini',
                'constraints': [models.CheckConstraint(condition=models.Q(('person', ''), _negated=True), name='website_consent_person'), models.CheckConstraint(condition=models.Q(('revoked_on', None), ('revoked_on__gte', models.F('given_on')), _connector='OR'), name='website_consent_dates', violation_error_message='La revoca non può venire prima del consenso.')],
            },
        ),
    ]
