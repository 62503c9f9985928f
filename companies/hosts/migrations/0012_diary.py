"""The diary of contacts: an office's own, hidden from company users; what was said stays out of the trail."""

import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(migrations.Migration):

    dependencies = [
        ('hosts', '0011_ready'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompanyNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('call', 'telefonata'), ('visit', 'visita'), ('mail', 'lettera o messaggio'), ('other', 'altro')], max_length=10, verbose_name='che cosa')),
                ('happened_on', models.DateField(verbose_name='quando')),
                ('with_whom', models.CharField(blank=True, max_length=120, verbose_name='con chi')),
                ('text', impresasolidale.core.fields.EncryptedTextField(verbose_name='che cosa vi siete detti')),
                ('next_step', models.CharField(blank=True, max_length=120, verbose_name='prossimo passo')),
                ('next_on', models.DateField(blank=True, null=True, verbose_name='entro il')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='fatto il')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': "nota sull'impresa",
                'verbose_name_plural': "note sull'impresa",
                'indexes': [models.Index(fields=['ambito', 'company', '-happened_on', '-id'], name='hosts_companynote_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('next_on', None), ('next_step', '')), models.Q(models.Q(('next_step', ''), _negated=True), ('next_on__isnull', False)), _connector='OR'), name='hosts_companynote_next', violation_error_message='Del prossimo passo servono le parole e il giorno insieme.'), models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('next_step', ''), _negated=True), _connector='OR'), name='hosts_companynote_done')],
            },
        ),
        *sql.protect("hosts_companynote", only={"document": "id"}),
        *sql.history("hosts_companynote", hidden=["with_whom", "text", "next_step"]),
    ]
