"""Meetings that decide a placement, agreements made for one placement, and who funds it (rule 78)."""

import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0015_changes_guards'),
        ('core', '0008_register'),
        ('territory', '0006_office_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='frameworkagreement',
            name='only_for',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='own_agreement', to='agreements.placement', verbose_name='solo per il tirocinio'),
        ),
        migrations.AddField(
            model_name='placement',
            name='funding_source',
            field=models.SlugField(blank=True, db_default='', db_index=False, default='', max_length=40, verbose_name='chi finanzia'),
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('held_on', models.DateField(verbose_name='data')),
                ('place', models.CharField(max_length=120, verbose_name='luogo')),
                ('participants', models.JSONField(verbose_name='presenti')),
                ('decision', models.CharField(choices=[('accepted', 'accettato'), ('changed', 'accettato con modifiche'), ('postponed', 'rinviato'), ('rejected', 'non accettato')], max_length=10, verbose_name='decisione')),
                ('reasons', impresasolidale.core.fields.EncryptedTextField(verbose_name='motivi')),
                ('next_on', models.DateField(null=True, verbose_name='prossimo incontro')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('corrects', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='agreements.meeting', verbose_name='corregge')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='verbale')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'riunione',
                'verbose_name_plural': 'riunioni',
                'indexes': [models.Index(fields=['ambito', '-held_on', '-id'], name='agreements_meetings'), models.Index(fields=['placement', '-held_on'], name='agreements_meetings_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('next_on', None), ('next_on__gt', models.F('held_on')), _connector='OR'), name='agreements_meeting_next', violation_error_message='Il prossimo incontro viene dopo questo.'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'postponed'), _negated=True), ('next_on__isnull', False), _connector='OR'), name='agreements_meeting_when')],
            },
        ),
    ]
