import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0002_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(max_length=40, verbose_name='rapporto')),
                ('definition', models.PositiveSmallIntegerField(verbose_name='versione della definizione')),
                ('period_from', models.DateField(verbose_name='dal')),
                ('period_to', models.DateField(verbose_name='al')),
                ('data_until', models.DateTimeField(null=True, verbose_name='dati fino al')),
                ('rows', impresasolidale.core.fields.EncryptedJSONField(default=list)),
                ('totals', models.JSONField(default=dict)),
                ('rows_hash', models.CharField(blank=True, max_length=64)),
                ('xlsx_name', models.CharField(blank=True, max_length=200)),
                ('xlsx_hash', models.CharField(blank=True, max_length=64)),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento')),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
            ],
            options={
                'verbose_name': 'rapporto',
                'verbose_name_plural': 'rapporti',
                'indexes': [models.Index(fields=['ambito', '-id'], name='reports_run_newest')],
            },
        ),
    ]
