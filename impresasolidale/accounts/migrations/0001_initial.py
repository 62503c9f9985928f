import django.db.models.functions.text
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

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
                ('has_search_key', models.BooleanField(default=True, verbose_name='cerca con il tasto «/»')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'utente',
                'verbose_name_plural': 'utenti',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='accounts_user_email_once', violation_error_message="C'è già un accesso con questo indirizzo.")],
            },
        ),
    ]
