import django.db.models.functions.text
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entrusted',
            fields=[
                ('placement_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('user_id', models.BigIntegerField(null=True)),
                ('network_id', models.BigIntegerField()),
                ('ambito_id', models.BigIntegerField()),
                ('beneficiary_id', models.BigIntegerField()),
                ('company_id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'affidamento',
                'verbose_name_plural': 'affidamenti',
                'db_table': 'entrusted',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='nome')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField(verbose_name='scade il')),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'chiave per programmi',
                'verbose_name_plural': 'chiavi per programmi',
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
                ('role', models.CharField(choices=[('social_worker', 'assistente sociale'), ('promoter_tutor', 'educatore'), ('clerk', 'personale amministrativo'), ('coordinator', "coordinatore dell'Ufficio di Piano"), ('accounting', 'ragioneria'), ('comune_officer', 'referente del Comune'), ('commission_member', 'componente della commissione del fondo'), ('trainer', 'formatore'), ('company_tutor', 'tutor aziendale'), ('company_contact', "referente dell'impresa"), ('partner', 'partner'), ('donor', 'donatore'), ('auditor', 'revisore'), ('dpo', 'responsabile della protezione dei dati'), ('technician', 'tecnico')], max_length=30, verbose_name='ruolo')),
                ('valid_from', models.DateField(verbose_name='dal')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='al')),
            ],
            options={
                'verbose_name': 'appartenenza',
                'verbose_name_plural': 'appartenenze',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='posta elettronica')),
                ('first_name', models.CharField(max_length=80, verbose_name='nome')),
                ('last_name', models.CharField(max_length=80, verbose_name='cognome')),
                ('language', models.CharField(default='it', max_length=2, verbose_name='lingua')),
                ('is_active', models.BooleanField(default=True, verbose_name='attivo')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'utente',
                'verbose_name_plural': 'utenti',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='accounts_user_email_once', violation_error_message="C'è già un accesso con questo indirizzo.")],
            },
        ),
    ]
