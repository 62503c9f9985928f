"""Threads belong to the office and show to the company they are with; messages are read past the thread alone; what was put aside is the network's."""

import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(migrations.Migration):

    dependencies = [
        ('hosts', '0012_diary'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('subject', models.CharField(max_length=120, verbose_name='oggetto')),
                ('address', models.EmailField(max_length=254, verbose_name='a chi si scrive')),
                ('last_at', models.DateTimeField(verbose_name='ultimo messaggio')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='hosts.company', verbose_name='impresa')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'conversazione',
                'verbose_name_plural': 'conversazioni',
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('is_from_company', models.BooleanField(verbose_name="scrive l'impresa")),
                ('channel', models.CharField(choices=[('page', 'dalla pagina'), ('mail', 'per posta')], max_length=6, verbose_name='come')),
                ('sender', models.EmailField(blank=True, max_length=254, verbose_name='da')),
                ('is_stranger', models.BooleanField(default=False)),
                ('is_automatic', models.BooleanField(default=False)),
                ('text', impresasolidale.core.fields.EncryptedTextField(verbose_name='testo')),
                ('left_out', models.CharField(blank=True, max_length=500, verbose_name='allegati non tenuti')),
                ('mail_key', models.CharField(blank=True, max_length=64)),
                ("written_at", models.DateTimeField(verbose_name="scritto il")),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='hosts.thread', verbose_name='conversazione')),
            ],
            options={
                'verbose_name': 'messaggio della conversazione',
                'verbose_name_plural': 'messaggi della conversazione',
            },
        ),
        migrations.CreateModel(
            name='StrayMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('reason', models.CharField(choices=[('unknown', 'non dice a quale conversazione risponde'), ('forged', "l'indirizzo di risposta non è nostro"), ('empty', 'non si riesce a leggere')], max_length=10, verbose_name='perché è da parte')),
                ('sender', models.EmailField(blank=True, max_length=254, verbose_name='da')),
                ('subject', models.CharField(blank=True, max_length=160, verbose_name='oggetto')),
                ('text', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='testo')),
                ('raw', impresasolidale.core.fields.EncryptedTextField(verbose_name='messaggio intero')),
                ('mail_key', models.CharField(max_length=64, unique=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='guardata il')),
                ('seen_by', models.BigIntegerField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'lettera messa da parte',
                'verbose_name_plural': 'lettere messe da parte',
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['network', '-id'], name='hosts_straymail_waiting')],
            },
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['ambito', '-last_at', '-id'], name='hosts_thread_last'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['company', '-last_at', '-id'], name='hosts_thread_company'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['thread', 'id'], name='hosts_post_of'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(condition=models.Q(('mail_key', ''), _negated=True), fields=('mail_key',), name='hosts_post_mail_once'),
        ),
        *sql.protect("hosts_thread", only={"company": "company_id"}),
        *sql.protect("hosts_post", only={"document": "id"}, pins={"thread_id": "hosts_thread"}),
        *sql.protect("hosts_straymail", owner=("network_id",), only={"document": "id"}),
        *sql.history("hosts_thread", hidden=["subject", "address"]),
        *sql.history("hosts_post", hidden=["sender", "text", "left_out"]),
        *sql.history("hosts_straymail", hidden=["sender", "subject", "text", "raw"]),
    ]
