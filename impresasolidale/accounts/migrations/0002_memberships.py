import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('hosts', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='nome')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='che cosa può fare')),
                ('expires_at', models.DateTimeField(verbose_name='scade il')),
                ('revoked_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True, verbose_name="usata l'ultima volta il")),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ambito', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'chiave per programmi',
                'verbose_name_plural': 'chiavi per programmi',
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'indirizzo del calendario',
                'verbose_name_plural': 'indirizzi dei calendari',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('user',), name='accounts_calendarfeed_once')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invito',
                'verbose_name_plural': 'inviti',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('social_worker', 'assistente sociale'), ('promoter_tutor', 'educatore'), ('clerk', 'personale amministrativo'), ('coordinator', "coordinatore dell'Ufficio di Piano"), ('accounting', 'ragioneria'), ('comune_officer', 'referente del Comune'), ('commission_member', 'componente della commissione'), ('trainer', 'formatore'), ('company_tutor', 'tutor aziendale'), ('company_contact', "referente dell'impresa"), ('partner', 'partner'), ('donor', 'donatore'), ('auditor', 'revisore'), ('dpo', 'responsabile della protezione dei dati'), ('technician', 'tecnico')], max_length=30, verbose_name='ruolo')),
                ('valid_from', models.DateField(verbose_name='dal')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='al')),
                ('ambito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hosts.company', verbose_name='impresa')),
                ('comune', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='solo residenti a')),
                ('deputy_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sostituisce')),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'appartenenza',
                'verbose_name_plural': 'appartenenze',
                'indexes': [models.Index(fields=['user', 'valid_from'], name='accounts_membership_user')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='accounts_membership_dates', violation_error_message='La data di fine viene prima di quella di inizio.'), models.CheckConstraint(condition=models.Q(('comune', None), ('ambito__isnull', False), _connector='OR'), name='accounts_membership_comune_in_ambito'), models.CheckConstraint(condition=models.Q(models.Q(('company__isnull', False), ('role__in', ['company_tutor', 'company_contact'])), models.Q(models.Q(('role__in', ['company_tutor', 'company_contact']), _negated=True), ('company', None)), _connector='OR'), name='accounts_membership_company_roles')],
            },
        ),
    ]
