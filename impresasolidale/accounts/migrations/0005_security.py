"""What a sign-in leaves: sessions with their user, second factors, trusted browsers, identities of the body, visits of technicians."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_givers'),
        ('territory', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='asked_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='key_version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='user',
            name='warned_on',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('started_at', models.DateTimeField(null=True, verbose_name='entrato il')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='usato il')),
                ('device', models.CharField(blank=True, max_length=80, verbose_name='dispositivo')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'sessione',
                'verbose_name_plural': 'sessioni',
            },
        ),
        migrations.CreateModel(
            name='TrustedDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('device', models.CharField(blank=True, max_length=80, verbose_name='dispositivo')),
                ('expires_at', models.DateTimeField(verbose_name='fino al')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'dispositivo ricordato',
                'verbose_name_plural': 'dispositivi ricordati',
            },
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('app', 'app dei codici'), ('passkey', 'passkey')], max_length=10, verbose_name='tipo')),
                ('name', models.CharField(max_length=60, verbose_name='nome')),
                ('secret', impresasolidale.core.fields.EncryptedTextField(blank=True)),
                ('last_step', models.BigIntegerField(default=0)),
                ('credential_id', models.CharField(max_length=700, null=True, unique=True)),
                ('credential', models.TextField(blank=True)),
                ('sign_count', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factors', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'secondo fattore',
                'verbose_name_plural': 'secondi fattori',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('credential_id', None), ('kind', 'app')), models.Q(('credential_id__isnull', False), ('kind', 'passkey')), _connector='OR'), name='accounts_factor_whole')],
            },
        ),
        migrations.CreateModel(
            name='OutsideIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=300)),
                ('subject', models.CharField(max_length=255)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'identità dell’ente',
                'verbose_name_plural': 'identità dell’ente',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='accounts_outsideidentity_once')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'codice di riserva',
                'verbose_name_plural': 'codici di riserva',
                'constraints': [models.UniqueConstraint(fields=('user', 'code_hash'), name='accounts_recoverycode_once')],
            },
        ),
        migrations.CreateModel(
            name='SupportVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='motivo')),
                ('began_at', models.DateTimeField(verbose_name='dalle')),
                ('ends_at', models.DateTimeField(verbose_name='alle')),
                ('ambito', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
            ],
            options={
                'verbose_name': 'assistenza',
                'verbose_name_plural': 'assistenze',
                'indexes': [models.Index(fields=['user', '-ends_at'], name='accounts_supportvisit_user')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('began_at')), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('began_at'), '+', models.Value(datetime.timedelta(seconds=3600))))), name='accounts_supportvisit_an_hour'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='accounts_supportvisit_why')],
            },
        ),
    ]
