import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('hosts', '0001_initial'),
        ('territory', '0001_initial'),
        ('treasury', '0001_initial'),
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
                ('kind', models.CharField(choices=[('initial', 'corso iniziale'), ('refresher', 'aggiornamento'), ('safety', 'modulo di sicurezza')], default='initial', max_length=10, verbose_name='tipo')),
                ('module', models.CharField(blank=True, choices=[('general', 'formazione generale'), ('specific_low', 'formazione specifica, rischio basso'), ('specific_medium', 'formazione specifica, rischio medio'), ('specific_high', 'formazione specifica, rischio alto'), ('supervisor', 'preposto'), ('first_aid', 'primo soccorso'), ('fire', 'antincendio')], max_length=20, verbose_name='modulo di sicurezza')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'corso',
                'verbose_name_plural': 'corsi',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'safety'), models.Q(('module', ''), _negated=True)), models.Q(models.Q(('kind', 'safety'), _negated=True), ('module', '')), _connector='OR'), name='training_course_module', violation_error_message='Solo un modulo di sicurezza dice quale modulo è.')],
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
            name='EditionCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('words', models.CharField(max_length=120, verbose_name='per che cosa')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='importo')),
                ('act_number', models.CharField(max_length=40, verbose_name="numero dell'atto")),
                ('act_on', models.DateField(verbose_name="data dell'atto")),
                ('confirmed_on', models.DateField(null=True, verbose_name='confermato il')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='ritirato il')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confermato da')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='training.edition', verbose_name='edizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('pot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.pot', verbose_name='da dove vengono i soldi')),
            ],
            options={
                'verbose_name': "costo di un'edizione",
                'verbose_name_plural': 'costi delle edizioni',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='training_cost_amount', violation_error_message="L'importo deve essere più di zero."), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by', None), ('confirmed_on', None)), models.Q(('confirmed_on__isnull', False), ('withdrawn_at', None)), _connector='OR'), name='training_cost_confirmed'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('created_by')), _negated=True), _connector='OR'), name='training_cost_four_eyes', violation_error_message='Serve una seconda persona: chi ha preparato non può anche approvare.')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('state', models.CharField(choices=[('invited', 'invitato'), ('waiting', "in lista d'attesa"), ('enrolled', 'iscritto'), ('withdrawn', 'ritirato'), ('attended', 'ha partecipato'), ('absent', 'assente')], default='enrolled', max_length=10, verbose_name='stato')),
                ('queued_at', models.DateTimeField(null=True, verbose_name='in lista dal')),
                ('minutes', models.PositiveIntegerField(default=0, verbose_name='minuti seguiti')),
                ('completed_on', models.DateField(null=True, verbose_name='concluso il')),
                ('certified_on', models.DateField(null=True, verbose_name='attestato dal')),
                ('feedback_on', models.DateField(null=True, verbose_name='questionario del')),
                ('badge_agreed_at', models.DateTimeField(null=True, verbose_name='distintivo pubblico dal')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='training.edition', verbose_name='edizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('tutor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='hosts.companytutor', verbose_name='tutor')),
            ],
            options={
                'verbose_name': 'iscrizione',
                'verbose_name_plural': 'iscrizioni',
                'indexes': [models.Index(fields=['tutor', 'state'], name='training_enrolment_tutor')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'tutor'), name='training_enrolment_once', violation_error_message='Questo tutor è già iscritto.'), models.CheckConstraint(condition=models.Q(models.Q(('completed_on__isnull', False), ('minutes__gt', 0), ('state', 'attended')), models.Q(models.Q(('state', 'attended'), _negated=True), ('completed_on', None), ('minutes', 0)), _connector='OR'), name='training_enrolment_attended'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('queued_at__isnull', False), _connector='OR'), name='training_enrolment_queued'), models.CheckConstraint(condition=models.Q(('certified_on', None), ('state', 'attended'), _connector='OR'), name='training_enrolment_certified'), models.CheckConstraint(condition=models.Q(('badge_agreed_at', None), ('certified_on__isnull', False), _connector='OR'), name='training_enrolment_badge')],
            },
        ),
        migrations.CreateModel(
            name='FeedbackSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(verbose_name='risposte')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='training.edition', verbose_name='edizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'questionario di fine corso',
                'verbose_name_plural': 'questionari di fine corso',
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('title', models.CharField(max_length=120, verbose_name='titolo')),
                ('content_type', models.CharField(max_length=60)),
                ('file_name', models.CharField(max_length=200)),
                ('file_hash', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField()),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='tolto il')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='training.course', verbose_name='corso')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('edition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='training.edition', verbose_name='edizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
            ],
            options={
                'verbose_name': 'materiale del corso',
                'verbose_name_plural': 'materiali del corso',
            },
        ),
        migrations.CreateModel(
            name='Recognition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('initial', 'corso iniziale'), ('refresher', 'aggiornamento'), ('safety', 'modulo di sicurezza')], default='initial', max_length=10, verbose_name='vale come')),
                ('title', models.CharField(max_length=160, verbose_name='corso seguito')),
                ('issuer', models.CharField(max_length=160, verbose_name='chi lo ha tenuto')),
                ('minutes', models.PositiveIntegerField(verbose_name='durata in minuti')),
                ('completed_on', models.DateField(verbose_name='concluso il')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='annullato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('tutor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='hosts.companytutor', verbose_name='tutor')),
            ],
            options={
                'verbose_name': 'corso riconosciuto',
                'verbose_name_plural': 'corsi riconosciuti',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('tutor', 'title', 'completed_on'), name='training_recognition_once', violation_error_message='Questo corso è già riconosciuto.'), models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='training_recognition_minutes')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minuti')),
                ('source', models.CharField(choices=[('list', "dall'elenco"), ('qr', 'con il codice QR')], max_length=4, verbose_name='come')),
                ('recorded_at', models.DateTimeField(verbose_name='registrata il')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='training.enrolment', verbose_name='iscrizione')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registrata da')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='training.session', verbose_name='incontro')),
            ],
            options={
                'verbose_name': 'presenza a un incontro',
                'verbose_name_plural': 'presenze agli incontri',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'session'), name='training_presence_once')],
            },
        ),
    ]
