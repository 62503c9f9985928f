import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('agreements', '0001_initial'),
        ('core', '0002_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Accident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('state', models.CharField(choices=[('open', 'avvisi da fare'), ('notified', 'avvisi fatti'), ('closed', 'chiuso')], default='open', max_length=10, verbose_name='stato')),
                ('happened_at', models.DateTimeField(verbose_name='quando è successo')),
                ('place', models.CharField(blank=True, max_length=160, verbose_name='dove')),
                ('dynamics', impresasolidale.core.fields.EncryptedTextField(verbose_name='che cosa è successo')),
                ('harm', models.CharField(choices=[('none', 'non si è fatta male'), ('treated', 'medicata sul posto'), ('emergency', 'portata al pronto soccorso'), ('hospital', 'ricoverata'), ('death', 'deceduta')], max_length=10, verbose_name='come sta la persona')),
                ('witnesses', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='chi era presente')),
                ('first_aid', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='primo soccorso')),
                ('is_commute', models.BooleanField(default=False, verbose_name='nel tragitto fra casa e tirocinio')),
                ('third_party_damage', models.BooleanField(default=False, verbose_name='ci sono danni ad altri')),
                ('certificate_on', models.DateField(blank=True, null=True, verbose_name='certificato medico del')),
                ('prognosis_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='giorni di prognosi')),
                ('outcome', impresasolidale.core.fields.EncryptedTextField(blank=True, null=True, verbose_name="com'è andata a finire")),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accidents', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'incidente',
                'verbose_name_plural': 'incidenti',
                'indexes': [models.Index(fields=['ambito', '-happened_at', '-id'], name='monitoring_accident_latest'), models.Index(fields=['placement', '-happened_at'], name='monitoring_accident_placement')],
                'constraints': [models.CheckConstraint(condition=models.Q(('prognosis_days', None), ('certificate_on__isnull', False), _connector='OR'), name='monitoring_accident_prognosis', violation_error_message='I giorni di prognosi vengono dal certificato: scrivi anche di che giorno è.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('outcome__isnull', False), _connector='OR'), name='monitoring_accident_outcome')],
            },
        ),
        migrations.CreateModel(
            name='AccidentNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('to', models.CharField(choices=[('promoter', 'ente promotore'), ('family', 'familiari o rappresentante'), ('inail', 'INAIL'), ('insurer', 'assicuratore della responsabilità civile'), ('authority', 'autorità di pubblica sicurezza')], max_length=10, verbose_name='a chi')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='entro il')),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='avvisato il')),
                ('protocol', models.CharField(blank=True, max_length=60, verbose_name='protocollo o ricevuta')),
                ('not_needed', models.CharField(blank=True, max_length=300, verbose_name='perché non serve')),
                ('accident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='monitoring.accident', verbose_name='incidente')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('file', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='file')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'avviso di incidente',
                'verbose_name_plural': 'avvisi di incidente',
                'constraints': [models.UniqueConstraint(fields=('accident', 'to'), name='monitoring_notice_once'), models.CheckConstraint(condition=models.Q(('sent_on', None), ('not_needed', ''), _connector='OR'), name='monitoring_notice_one_answer')],
            },
        ),
    ]
