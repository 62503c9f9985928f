import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('hosts', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('title', models.CharField(max_length=120, verbose_name='titolo')),
                ('topics', models.TextField(blank=True, verbose_name='argomenti')),
                ('minutes', models.PositiveIntegerField(verbose_name='durata in minuti')),
                ('is_basic', models.BooleanField(default=True, verbose_name='corso di base per tutor')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'corso',
                'verbose_name_plural': 'corsi',
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('place', models.CharField(max_length=160, verbose_name='dove')),
                ('seats', models.PositiveSmallIntegerField(verbose_name='posti')),
                ('trainer', models.CharField(blank=True, max_length=120, verbose_name='formatore')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='training.course', verbose_name='corso')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'edizione',
                'verbose_name_plural': 'edizioni',
                'constraints': [models.CheckConstraint(condition=models.Q(('seats__gte', 1)), name='training_edition_seats', violation_error_message='Serve almeno un posto.')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('state', models.CharField(choices=[('enrolled', 'iscritto'), ('attended', 'ha partecipato'), ('absent', 'assente')], default='enrolled', max_length=10, verbose_name='stato')),
                ('minutes', models.PositiveIntegerField(default=0, verbose_name='minuti seguiti')),
                ('completed_on', models.DateField(null=True, verbose_name='concluso il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='training.edition', verbose_name='edizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('tutor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='hosts.companytutor', verbose_name='tutor')),
            ],
            options={
                'verbose_name': 'iscrizione',
                'verbose_name_plural': 'iscrizioni',
                'indexes': [models.Index(fields=['tutor', 'state'], name='training_enrolment_tutor')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'tutor'), name='training_enrolment_once', violation_error_message='Questo tutor è già iscritto.'), models.CheckConstraint(condition=models.Q(models.Q(('completed_on__isnull', False), ('minutes__gt', 0), ('state', 'attended')), models.Q(models.Q(('state', 'attended'), _negated=True), ('completed_on', None), ('minutes', 0)), _connector='OR'), name='training_enrolment_attended')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='giorno')),
                ('starts_at', models.TimeField(verbose_name='ora')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='durata in minuti')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='training.edition', verbose_name='edizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'incontro',
                'verbose_name_plural': 'incontri',
                'constraints': [models.UniqueConstraint(fields=('edition', 'on', 'starts_at'), name='training_session_once')],
            },
        ),
    ]
