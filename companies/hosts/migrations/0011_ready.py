"""The question "Ready again?": the network's, as the company is; of no company user."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(migrations.Migration):

    dependencies = [
        ('hosts', '0010_relations'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadyAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='mandata a')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='ultimo tirocinio finito il')),
                ('sent_at', models.DateTimeField(verbose_name='chiesto il')),
                ('expires_at', models.DateTimeField(verbose_name='vale fino al')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'domanda «di nuovo pronti?»',
                'verbose_name_plural': 'domande «di nuovo pronti?»',
            },
        ),
        migrations.AddField(
            model_name='company',
            name='rest_months',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mesi di pausa dopo un tirocinio'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('rest_months', None), ('rest_months__lte', 24), _connector='OR'), name='hosts_company_rest', violation_error_message='La pausa dura al massimo due anni.'),
        ),
        migrations.AddField(
            model_name='readyask',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asks', to='hosts.company', verbose_name='impresa'),
        ),
        migrations.AddField(
            model_name='readyask',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='readyask',
            name='interest',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.hostinginterest', verbose_name='risposta'),
        ),
        migrations.AddField(
            model_name='readyask',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='readyask',
            name='office',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='ufficio che chiede'),
        ),
        migrations.AddIndex(
            model_name='readyask',
            index=models.Index(fields=['company', '-sent_at'], name='hosts_readyask_last'),
        ),
        migrations.AddConstraint(
            model_name='readyask',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('sent_at'))), name='hosts_readyask_term'),
        ),
        migrations.AddConstraint(
            model_name='readyask',
            constraint=models.CheckConstraint(condition=models.Q(('interest', None), ('closed_at__isnull', False), _connector='OR'), name='hosts_readyask_answered'),
        ),
        *sql.protect(
            "hosts_readyask",
            owner=("network_id",),
            only={"document": "id"},
            pins={"company_id": "hosts_company", "interest_id": "hosts_hostinginterest"},
        ),
        *sql.history("hosts_readyask", hidden=["address", "token_hash"]),
    ]
