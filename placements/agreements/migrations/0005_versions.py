"""Versions of the project with a life of their own; more ends for a placement; an outside act as the second key of a validation."""

import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql
from placements.agreements.transitions import PLACEMENT, PROJECT

# What is there takes the state that its placement tells; of several versions only the last one was ever in force.
STATES = """
UPDATE agreements_personalproject v SET effective_from = p.starts_on, ends_on = p.ends_on, state = CASE
    WHEN p.state IN ('withdrawn') OR v.version < (SELECT max(version) FROM agreements_personalproject o WHERE o.placement_id = p.id) THEN 'withdrawn'
    WHEN v.document_id IS NULL THEN 'drafted'
    WHEN p.state = 'to_sign' THEN 'to_sign'
    ELSE 'effective' END
FROM agreements_placement p WHERE p.id = v.placement_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0004_open_items'),
        ('beneficiaries', '0003_known_elsewhere'),
        ('core', '0004_personal_messages'),
        ('hosts', '0002_guards'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='placement',
            name='agreements_placement_ended',
        ),
        migrations.RemoveConstraint(
            model_name='placement',
            name='agreements_placement_four_eyes',
        ),
        migrations.AddField(
            model_name='personalproject',
            name='effective_from',
            field=models.DateField(default=datetime.date(2000, 1, 1), verbose_name='vale dal'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='personalproject',
            name='ends_on',
            field=models.DateField(default=datetime.date(2000, 1, 1), verbose_name='fine'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='personalproject',
            name='kind',
            field=models.CharField(choices=[('initial', 'progetto iniziale'), ('amendment', 'modifica (addendum)'), ('extension', 'proroga')], default='initial', max_length=10, verbose_name='tipo'),
        ),
        migrations.AddField(
            model_name='personalproject',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='perché cambia'),
        ),
        migrations.AddField(
            model_name='personalproject',
            name='state',
            field=models.CharField(choices=[('drafted', 'in preparazione'), ('to_sign', 'da firmare'), ('effective', 'in vigore'), ('superseded', 'sostituito'), ('rejected', 'non accettato'), ('withdrawn', 'ritirato')], default='drafted', max_length=10, verbose_name='stato'),
        ),
        migrations.AddField(
            model_name='placement',
            name='validation_act',
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name='atto della convalida'),
        ),
        migrations.AddField(
            model_name='placement',
            name='validation_act_file',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload'),
        ),
        migrations.AddField(
            model_name='placement',
            name='validation_act_on',
            field=models.DateField(editable=False, null=True, verbose_name="data dell'atto"),
        ),
        migrations.RunSQL(STATES, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='placement',
            name='state',
            field=models.CharField(choices=[('draft', 'bozza'), ('proposed', 'proposto'), ('to_sign', 'da firmare'), ('signed', 'firmato'), ('validated', 'convalidato'), ('active', 'in corso'), ('suspended', 'sospeso'), ('ended', 'concluso'), ('ended_early', 'chiuso in anticipo'), ('evaluated', 'valutato'), ('closed', 'archiviato'), ('rejected', 'respinto'), ('withdrawn', 'ritirato'), ('expired', 'scaduto senza firme'), ('cancelled', 'annullato')], default='draft', max_length=20, verbose_name='stato'),
        ),
        migrations.AddConstraint(
            model_name='personalproject',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['drafted', 'to_sign'])), fields=('placement',), name='agreements_project_one_in_work', violation_error_message="C'è già una modifica in preparazione per questo tirocinio."),
        ),
        migrations.AddConstraint(
            model_name='personalproject',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('effective_from'))), name='agreements_project_dates'),
        ),
        migrations.AddConstraint(
            model_name='personalproject',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'initial'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='agreements_project_reason'),
        ),
        migrations.AddConstraint(
            model_name='personalproject',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['drafted', 'withdrawn']), ('document__isnull', False), _connector='OR'), name='agreements_project_paper'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state__in', ('ended', 'ended_early', 'evaluated', 'closed'))), models.Q(models.Q(('state__in', ('ended', 'ended_early', 'evaluated', 'closed')), _negated=True), ('ended_on', None)), _connector='OR'), name='agreements_placement_ended'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('validated_by', None), models.Q(('validated_by', models.F('prepared_by')), _negated=True), models.Q(models.Q(('validation_act', ''), _negated=True), ('validation_act_on__isnull', False)), _connector='OR'), name='agreements_placement_four_eyes', violation_error_message='Serve una seconda persona: chi ha preparato non può anche approvare.'),
        ),
        *sql.transition_guard("agreements_placement", PLACEMENT),
        *sql.transition_guard("agreements_personalproject", PROJECT),
    ]
