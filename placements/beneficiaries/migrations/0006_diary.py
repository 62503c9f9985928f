"""The diary, the papers of a person, the pairs that are two people; for the office alone, and the diary for ever."""

import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql

OFFICE_ONLY = {"document": "id"}
PERSON = {"beneficiary_id": "beneficiaries_beneficiary"}
PAIR = {"first_id": "beneficiaries_beneficiary", "second_id": "beneficiaries_beneficiary"}


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0005_evidence_guards'),
        ('core', '0009_merge_log'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DiaryEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('call', 'telefonata'), ('meeting', 'incontro o colloquio'), ('note', 'nota'), ('decision', 'decisione'), ('mail', 'lettera o mail')], max_length=10, verbose_name='che cosa')),
                ('happened_at', models.DateTimeField(verbose_name='quando')),
                ('text', impresasolidale.core.fields.EncryptedTextField(verbose_name='testo')),
                ('subject_type', models.CharField(blank=True, max_length=60)),
                ('subject_id', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'nota del diario',
                'verbose_name_plural': 'diario',
            },
        ),
        migrations.CreateModel(
            name='DistinctPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('reason', models.CharField(max_length=200, verbose_name='motivo')),
            ],
            options={
                'verbose_name': 'coppia di persone diverse',
                'verbose_name_plural': 'coppie di persone diverse',
            },
        ),
        migrations.CreateModel(
            name='PersonDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('category', models.CharField(choices=[('decree', 'decreto di nomina'), ('status_act', 'atto che attesta la condizione'), ('identity_card', "documento d'identità"), ('medical_fitness', 'idoneità medica'), ('consent', 'consenso'), ('other', 'altro')], max_length=20, verbose_name='tipo')),
                ('dated_on', models.DateField(verbose_name='data del documento')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='vale fino al')),
                ('note', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='due parole')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True, verbose_name='ritirato il')),
                ('withdrawn_reason', models.CharField(blank=True, editable=False, max_length=200, verbose_name='perché è stato ritirato')),
            ],
            options={
                'verbose_name': 'documento della persona',
                'verbose_name_plural': 'documenti della persona',
            },
        ),
        migrations.AddIndex(
            model_name='beneficiary',
            index=models.Index(fields=['ambito', 'birth_date', 'id'], name='beneficiaries_by_birth'),
        ),
        migrations.AddField(
            model_name='diaryentry',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='diaryentry',
            name='beneficiary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='diary', to='beneficiaries.beneficiary', verbose_name='persona'),
        ),
        migrations.AddField(
            model_name='diaryentry',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='diaryentry',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='beneficiaries.diaryentry', verbose_name='corregge'),
        ),
        migrations.AddField(
            model_name='distinctpair',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='distinctpair',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='distinctpair',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.beneficiary', verbose_name='prima persona'),
        ),
        migrations.AddField(
            model_name='distinctpair',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.beneficiary', verbose_name='seconda persona'),
        ),
        migrations.AddField(
            model_name='persondocument',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='persondocument',
            name='beneficiary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='beneficiaries.beneficiary', verbose_name='persona'),
        ),
        migrations.AddField(
            model_name='persondocument',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='persondocument',
            name='upload',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='file'),
        ),
        migrations.AddIndex(
            model_name='diaryentry',
            index=models.Index(fields=['beneficiary', '-happened_at'], name='beneficiaries_diary_newest'),
        ),
        migrations.AddConstraint(
            model_name='diaryentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject_id', None), ('subject_type', '')), models.Q(models.Q(('subject_type', ''), _negated=True), ('subject_id__isnull', False)), _connector='OR'), name='beneficiaries_diary_subject'),
        ),
        migrations.AddConstraint(
            model_name='distinctpair',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='beneficiaries_pair_once', violation_error_message='Questa coppia è già stata messa da parte.'),
        ),
        migrations.AddConstraint(
            model_name='distinctpair',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='beneficiaries_pair_order'),
        ),
        migrations.AddConstraint(
            model_name='distinctpair',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='beneficiaries_pair_reason'),
        ),
        migrations.AddIndex(
            model_name='persondocument',
            index=models.Index(fields=['beneficiary', 'category'], name='beneficiaries_document_of'),
        ),
        migrations.AddConstraint(
            model_name='persondocument',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on', None), ('expires_on__gte', models.F('dated_on')), _connector='OR'), name='beneficiaries_document_dates', violation_error_message='La scadenza viene prima della data del documento.'),
        ),
        migrations.AddConstraint(
            model_name='persondocument',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='beneficiaries_document_withdrawn'),
        ),
        *sql.protect("beneficiaries_diaryentry", only=OFFICE_ONLY, pins=PERSON | {"supersedes_id": "beneficiaries_diaryentry"}),
        *sql.append_only("beneficiaries_diaryentry"),
        *sql.protect("beneficiaries_persondocument", only=OFFICE_ONLY, pins=PERSON | {"upload_id": "core_upload"}),
        *sql.history("beneficiaries_persondocument", hidden=["note"]),
        *sql.protect("beneficiaries_distinctpair", only=OFFICE_ONLY, pins=PAIR),
        *sql.append_only("beneficiaries_distinctpair"),
    ]
