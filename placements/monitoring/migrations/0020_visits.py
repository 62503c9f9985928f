

import django.contrib.postgres.fields
import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0003_rules'),
        ('core', '0003_guards'),
        ('monitoring', '0011_evaluation_guards'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FinalReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('host_words', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name="il giudizio dell'impresa")),
                ('person_words', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='il giudizio della persona')),
                ('helped', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='che cosa ha aiutato')),
                ('hard', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='che cosa è stato difficile')),
                ('proposals', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='che cosa si propone')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='relazione')),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='final_report', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'relazione finale',
                'verbose_name_plural': 'relazioni finali',
            },
        ),
        migrations.CreateModel(
            name='PlacementOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('here', 'continua nella stessa impresa'), ('new_host', 'un altro tirocinio altrove'), ('training', 'un corso di formazione'), ('service', 'un altro servizio'), ('day_centre', 'torna al centro diurno'), ('hired', 'un rapporto di lavoro'), ('health', 'pensa alla salute'), ('moved', 'si è trasferita'), ('stop', 'si ferma, per ora'), ('unknown', 'non si sa')], max_length=20, verbose_name='che cosa viene dopo')),
                ('note', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='in parole')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='outcome', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'esito di un tirocinio',
                'verbose_name_plural': 'esiti dei tirocini',
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('planned', 'visita programmata'), ('urgent', 'visita urgente'), ('phone', 'telefonata'), ('office', 'colloquio in ufficio')], default='planned', max_length=10, verbose_name='tipo')),
                ('state', models.CharField(choices=[('planned', 'da fare'), ('done', 'fatta'), ('called_off', 'non serve più')], default='planned', max_length=10, verbose_name='stato')),
                ('due_on', models.DateField(verbose_name='entro il')),
                ('why', models.CharField(choices=[('first', "la prima dopo l'inizio"), ('interval', "dopo l'ultima, secondo le regole"), ('paused', 'spostata dai giorni di sospensione'), ('last', 'prima della fine'), ('chosen', 'giorno scelto da voi')], default='chosen', max_length=10, verbose_name='perché quel giorno')),
                ('is_set', models.BooleanField(default=False, editable=False)),
                ('put_off_from', models.DateField(editable=False, null=True, verbose_name='era per il')),
                ('put_off_reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='perché è rimandata')),
                ('held_on', models.DateField(null=True, verbose_name='giorno')),
                ('place', models.CharField(blank=True, max_length=160, verbose_name='dove')),
                ('present', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('person', 'la persona'), ('company_tutor', 'il tutor aziendale'), ('promoter_tutor', "il tutor dell'ente promotore"), ('social_worker', "l'assistente sociale"), ('family', 'la famiglia o il rappresentante'), ('colleagues', 'i colleghi')], max_length=20), blank=True, default=list, size=None, verbose_name="chi c'era")),
                ('others', models.CharField(blank=True, max_length=200, verbose_name='altri presenti')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('tasks', 'attività'), ('attendance', 'presenze e orari'), ('goals', 'obiettivi'), ('relations', 'relazioni'), ('wellbeing', 'come si sente'), ('safety', 'sicurezza'), ('travel', 'viaggio e trasporti'), ('money', 'contributo'), ('next', 'che cosa viene dopo')], max_length=20), blank=True, default=list, size=None, verbose_name='di che cosa si è parlato')),
                ('notes', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name="com'è andata")),
                ('difficulties', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='difficoltà')),
                ('next_on', models.DateField(blank=True, null=True, verbose_name='prossima visita')),
                ('written_at', models.DateTimeField(editable=False, null=True, verbose_name='bozza salvata')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='verbale')),
                ('held_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='fatta da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'visita',
                'verbose_name_plural': 'visite',
            },
        ),
        migrations.CreateModel(
            name='VisitDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('text', impresasolidale.core.fields.EncryptedTextField(verbose_name='che cosa')),
                ('role', models.CharField(choices=[('promoter_tutor', "il tutor dell'ente promotore"), ('referent', 'il referente del caso'), ('coordinator', 'il coordinatore')], max_length=20, verbose_name='tocca a')),
                ('due_on', models.DateField(null=True, verbose_name='entro il')),
                ('done_on', models.DateField(editable=False, null=True, verbose_name='fatto il')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.placement', verbose_name='tirocinio')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='monitoring.visit', verbose_name='visita')),
            ],
            options={
                'verbose_name': 'decisione di una visita',
                'verbose_name_plural': 'decisioni di una visita',
            },
        ),
        migrations.CreateModel(
            name='VisitNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('text', impresasolidale.core.fields.EncryptedTextField(verbose_name='correzione')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.placement', verbose_name='tirocinio')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='monitoring.visit', verbose_name='visita')),
            ],
            options={
                'verbose_name': 'nota a un verbale',
                'verbose_name_plural': 'note ai verbali',
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('months', models.PositiveSmallIntegerField(verbose_name='dopo quanti mesi')),
                ('due_on', models.DateField(verbose_name='da sentire il')),
                ('state', models.CharField(choices=[('waiting', 'da sentire'), ('answered', 'sentita'), ('unreached', 'non raggiunta'), ('refused', 'non vuole più essere sentita')], default='waiting', max_length=10, verbose_name='stato')),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='volte che si è provato')),
                ('heard_on', models.DateField(editable=False, null=True, verbose_name='sentita il')),
                ('way', models.CharField(blank=True, choices=[('phone', 'per telefono'), ('visit', 'di persona')], max_length=10, verbose_name='come')),
                ('kind', models.CharField(blank=True, choices=[('here', 'continua nella stessa impresa'), ('new_host', 'un altro tirocinio altrove'), ('training', 'un corso di formazione'), ('service', 'un altro servizio'), ('day_centre', 'torna al centro diurno'), ('hired', 'un rapporto di lavoro'), ('health', 'pensa alla salute'), ('moved', 'si è trasferita'), ('stop', 'si ferma, per ora'), ('unknown', 'non si sa')], max_length=20, verbose_name='che cosa fa adesso')),
                ('note', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='in parole')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'contatto dopo la fine',
                'verbose_name_plural': 'contatti dopo la fine',
                'indexes': [models.Index(fields=['ambito', 'state', 'due_on', 'id'], name='monitoring_followup_due')],
                'constraints': [models.UniqueConstraint(fields=('placement', 'months'), name='monitoring_followup_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('heard_on__isnull', False), models.Q(('kind', ''), _negated=True), models.Q(('way', ''), _negated=True)), _connector='OR'), name='monitoring_followup_answered')],
            },
        ),
        migrations.CreateModel(
            name='GoalResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(choices=[('reached', 'raggiunto'), ('partly', 'raggiunto in parte'), ('not', 'non raggiunto'), ('not_assessed', 'non valutato')], default='not_assessed', max_length=20, verbose_name="com'è andato")),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.goal', verbose_name='obiettivo')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='monitoring.finalreport', verbose_name='relazione')),
            ],
            options={
                'verbose_name': 'risultato di un obiettivo',
                'verbose_name_plural': 'risultati degli obiettivi',
                'constraints': [models.UniqueConstraint(fields=('report', 'goal'), name='monitoring_goalresult_once')],
            },
        ),
        migrations.CreateModel(
            name='PlacementEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('conflict', 'un conflitto'), ('damage', 'un danno a cose'), ('absence', 'assenze ripetute senza avviso'), ('home', 'una difficoltà a casa'), ('mistreatment', 'qualcuno si è comportato male con la persona'), ('other', 'altro')], max_length=20, verbose_name='che cosa')),
                ('severity', models.CharField(choices=[('light', 'leggero'), ('serious', 'serio'), ('grave', 'grave')], default='light', max_length=10, verbose_name='quanto pesa')),
                ('happened_on', models.DateField(verbose_name='giorno')),
                ('text', impresasolidale.core.fields.EncryptedTextField(verbose_name='che cosa è successo')),
                ('informed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('family', 'la famiglia o il rappresentante'), ('service', 'il servizio che ha in carico la persona'), ('host', "il titolare dell'impresa"), ('coordinator', 'il coordinatore'), ('authority', "l'autorità")], max_length=20), blank=True, default=list, size=None, verbose_name='chi è stato avvisato')),
                ('decided', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='che cosa si è deciso')),
                ('follow_up_on', models.DateField(blank=True, null=True, verbose_name='da rivedere il')),
                ('from_host', models.BooleanField(default=False, editable=False, verbose_name="segnalato dall'impresa")),
                ('settled_on', models.DateField(editable=False, null=True, verbose_name='concluso il')),
                ('outcome', impresasolidale.core.fields.EncryptedTextField(editable=False, null=True, verbose_name="com'è andata a finire")),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='happenings', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'evento di un tirocinio',
                'verbose_name_plural': 'eventi dei tirocini',
                'indexes': [models.Index(fields=['ambito', '-happened_on', '-id'], name='monitoring_event_latest'), models.Index(fields=['placement', '-happened_on'], name='monitoring_event_placement')],
                'constraints': [models.CheckConstraint(condition=models.Q(('settled_on', None), ('outcome__isnull', False), _connector='OR'), name='monitoring_event_settled')],
            },
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['ambito', 'state', 'due_on', 'id'], name='monitoring_visit_due'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['ambito', 'state', '-held_on', '-id'], name='monitoring_visit_held'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'planned'), ('state', 'planned')), fields=('placement',), name='monitoring_visit_one_next', violation_error_message='La prossima visita è già in programma.'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('document__isnull', False), ('held_by__isnull', False), ('held_on__isnull', False)), _connector='OR'), name='monitoring_visit_minutes'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('put_off_from', None), models.Q(('put_off_reason', ''), _negated=True), _connector='OR'), name='monitoring_visit_put_off'),
        ),
        migrations.AddConstraint(
            model_name='visitdecision',
            constraint=models.UniqueConstraint(fields=('visit', 'position'), name='monitoring_decision_place'),
        ),
    ]
