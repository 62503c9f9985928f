import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ('beneficiaries', '0002_guards'),
        ('core', '0003_guards'),
        ('hosts', '0002_guards'),
        ('territory', '0002_guards'),
        ('certification', '0004_papers_guards'),
        ('website', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('people', 'informativa per le persone'), ('hosts', 'informativa per le imprese e chi ci lavora'), ('instructions', 'istruzioni per i tutor e i referenti')], max_length=15, verbose_name='che testo è')),
                ('version', models.PositiveSmallIntegerField(verbose_name='versione')),
                ('title', models.CharField(max_length=120, verbose_name='titolo')),
                ('text', models.TextField(max_length=20000, verbose_name='testo')),
                ('in_force_from', models.DateField(verbose_name='vale dal')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'testo sulla protezione dei dati',
                'verbose_name_plural': 'testi sulla protezione dei dati',
            },
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('accepted_at', models.DateTimeField(verbose_name='accettate il')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('tutor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.companytutor', verbose_name='tutor aziendale')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='utente')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='privacy.notice', verbose_name='istruzioni')),
            ],
            options={
                'verbose_name': 'accettazione delle istruzioni',
                'verbose_name_plural': 'accettazioni delle istruzioni',
            },
        ),
        migrations.CreateModel(
            name='ProcessingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('entry', models.CharField(max_length=40, verbose_name='trattamento')),
                ('text', models.TextField(max_length=3000, verbose_name='nota')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'nota al registro',
                'verbose_name_plural': 'note al registro',
            },
        ),
        migrations.CreateModel(
            name='Breach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('title', models.CharField(max_length=120, verbose_name='in breve')),
                ('detected_at', models.DateTimeField(verbose_name='ce ne siamo accorti il')),
                ('what', models.TextField(max_length=3000, verbose_name='che cosa è successo')),
                ('categories', models.TextField(max_length=1000, verbose_name='quali dati')),
                ('people', models.PositiveIntegerField(blank=True, null=True, verbose_name='quante persone, circa')),
                ('consequences', models.TextField(max_length=2000, verbose_name='che cosa può succedere')),
                ('measures', models.TextField(blank=True, max_length=3000, verbose_name='che cosa si è fatto')),
                ('decision', models.CharField(blank=True, choices=[('notify', 'si notifica al Garante'), ('not_needed', 'non serve notificarla')], max_length=10, verbose_name='la decisione')),
                ('decision_reason', models.TextField(blank=True, max_length=2000, verbose_name='perché')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='deciso il')),
                ('notified_at', models.DateTimeField(null=True, verbose_name='notificata il')),
                ('notice_number', models.CharField(blank=True, max_length=60, verbose_name='ricevuta o protocollo')),
                ('late_reason', models.TextField(blank=True, max_length=1000, verbose_name='perché dopo le 72 ore')),
                ('told', models.CharField(blank=True, choices=[('tell', 'lo si dice alle persone'), ('not_needed', 'non serve dirlo alle persone')], max_length=10, verbose_name='dirlo alle persone')),
                ('told_reason', models.TextField(blank=True, max_length=2000, verbose_name='come, o perché no')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='detto alle persone il')),
                ('state', models.CharField(choices=[('open', 'aperta'), ('closed', 'chiusa')], default='open', max_length=10, verbose_name='stato')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
            ],
            options={
                'verbose_name': 'violazione di dati',
                'verbose_name_plural': 'violazioni di dati',
                'indexes': [models.Index(fields=['ambito', '-detected_at', '-id'], name='privacy_breach_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', ''), ('decision_reason', '')), models.Q(models.Q(('decision', ''), _negated=True), models.Q(('decision_reason', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='privacy_breach_decision', violation_error_message='La decisione vuole il suo motivo.'), models.CheckConstraint(condition=models.Q(('notified_at', None), models.Q(('decision', 'notify'), ('notified_at__gte', models.F('detected_at'))), _connector='OR'), name='privacy_breach_notified'), models.CheckConstraint(condition=models.Q(models.Q(('told', ''), ('told_on', None), ('told_reason', '')), models.Q(('told', 'tell'), ('told_on__isnull', False), models.Q(('told_reason', ''), _negated=True)), models.Q(('told', 'not_needed'), ('told_on', None), models.Q(('told_reason', ''), _negated=True)), _connector='OR'), name='privacy_breach_told', violation_error_message='Scrivi come lo si è detto e quando, oppure perché non serve.'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(models.Q(('decision', ''), ('told', ''), ('measures', ''), _connector='OR', _negated=True), models.Q(('decision', 'not_needed'), models.Q(('decision', 'notify'), ('notified_at__isnull', False)), _connector='OR')), _connector='OR'), name='privacy_breach_closed')],
            },
        ),
        migrations.CreateModel(
            name='DataPact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('processor', 'responsabile del trattamento (art. 28)'), ('joint', 'contitolari (art. 26)'), ('sub_processor', 'altro responsabile, autorizzato (art. 28.4)')], max_length=15, verbose_name='che accordo è')),
                ('party', models.CharField(max_length=160, verbose_name='con chi')),
                ('subject', models.CharField(max_length=300, verbose_name='per che cosa')),
                ('contact', models.CharField(blank=True, max_length=160, verbose_name='chi sentire')),
                ('act', models.CharField(blank=True, max_length=120, verbose_name='atto')),
                ('signed_on', models.DateField(verbose_name='firmato il')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='scade il')),
                ('ended_on', models.DateField(editable=False, null=True, verbose_name='finito il')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'accordo sui dati',
                'verbose_name_plural': 'accordi sui dati',
                'indexes': [models.Index(fields=['ambito', 'expires_on', 'id'], name='privacy_pact_by_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_on', None), ('expires_on__gte', models.F('signed_on')), _connector='OR'), name='privacy_pact_dates', violation_error_message='La scadenza viene prima della firma.')],
            },
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('access', 'avere i propri dati'), ('rectification', 'correggere un dato'), ('erasure', 'cancellare dei dati'), ('restriction', "limitare l'uso dei dati"), ('objection', 'opporsi a un uso')], max_length=15, verbose_name='che cosa chiede')),
                ('asker', models.CharField(choices=[('person', 'la persona'), ('for_person', 'chi la rappresenta, per lei'), ('for_self', 'chi la rappresenta, per i propri dati')], max_length=10, verbose_name='chi la fa')),
                ('channel', models.CharField(choices=[('desk', 'allo sportello'), ('mail', 'posta elettronica'), ('pec', 'PEC'), ('letter', 'lettera')], max_length=10, verbose_name="com'è arrivata")),
                ('received_on', models.DateField(verbose_name='arrivata il')),
                ('identity_check', models.CharField(max_length=200, verbose_name='come sappiamo chi è')),
                ('words', models.TextField(blank=True, max_length=2000, verbose_name='che cosa dice')),
                ('due_on', models.DateField(verbose_name='rispondere entro')),
                ('extended_on', models.DateField(null=True, verbose_name='proroga detta il')),
                ('extension_reason', models.TextField(blank=True, max_length=500, verbose_name='perché serve più tempo')),
                ('state', models.CharField(choices=[('open', 'aperta'), ('answered', 'accolta'), ('refused', 'non accolta'), ('withdrawn', "ritirata da chi l'ha fatta")], default='open', max_length=10, verbose_name='stato')),
                ('outcome', models.TextField(blank=True, max_length=2000, verbose_name='che cosa si è fatto')),
                ('closed_on', models.DateField(null=True, verbose_name='risposta del')),
                ('delivery', models.CharField(blank=True, choices=[('hand', 'a mano'), ('area', 'nella sua area'), ('pec', 'PEC'), ('letter', 'raccomandata')], max_length=10, verbose_name='come si è consegnata')),
                ('names', models.CharField(blank=True, choices=[('granted', 'con i nomi'), ('denied', 'senza i nomi')], max_length=10, verbose_name='nomi di chi ha guardato')),
                ('names_reason', models.TextField(blank=True, max_length=1000, verbose_name='perché')),
                ('names_at', models.DateTimeField(null=True, verbose_name='deciso il')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.beneficiary', verbose_name='persona')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='copia')),
                ('names_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
                ('representative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.representative', verbose_name='rappresentante')),
            ],
            options={
                'verbose_name': 'richiesta sui propri dati',
                'verbose_name_plural': 'richieste sui propri dati',
                'indexes': [models.Index(fields=['ambito', '-id'], name='privacy_request_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asker', 'person'), ('representative', None)), models.Q(models.Q(('asker', 'person'), _negated=True), ('representative__isnull', False)), _connector='OR'), name='privacy_request_asker', violation_error_message='Scegli chi la rappresenta.'), models.CheckConstraint(condition=models.Q(('identity_check', ''), _negated=True), name='privacy_request_identity'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('received_on'))), name='privacy_request_due'), models.CheckConstraint(condition=models.Q(models.Q(('extended_on', None), ('extension_reason', '')), models.Q(('extended_on__isnull', False), models.Q(('extension_reason', ''), _negated=True)), _connector='OR'), name='privacy_request_extension', violation_error_message='La proroga vuole il suo motivo.'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('closed_on__isnull', False), _connector='XOR'), name='privacy_request_closed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(models.Q(('outcome', ''), _negated=True), models.Q(('delivery', ''), _negated=True)), _connector='OR'), name='privacy_request_outcome', violation_error_message='Scrivi che cosa si è fatto, e come lo si è detto.'), models.CheckConstraint(condition=models.Q(models.Q(('names', ''), ('names_at', None), ('names_by', None), ('names_reason', '')), models.Q(models.Q(('names', ''), _negated=True), models.Q(('names_reason', ''), _negated=True), ('names_at__isnull', False), ('names_by__isnull', False)), _connector='OR'), name='privacy_request_names', violation_error_message='La decisione sui nomi vuole il suo motivo.')],
            },
        ),
        migrations.CreateModel(
            name='DiscardList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('case_file', 'fascicolo della persona'), ('attendance', 'fogli presenze'), ('payments', 'carte dei contributi versati'), ('help', 'richieste di aiuto al fondo')], max_length=15, verbose_name='che cosa')),
                ('counted_on', models.DateField(verbose_name='contata il')),
                ('months', models.PositiveSmallIntegerField(verbose_name='mesi')),
                ('term_act', models.CharField(max_length=160, verbose_name='atto della durata')),
                ('people', models.PositiveIntegerField(verbose_name='persone')),
                ('state', models.CharField(choices=[('prepared', 'preparata'), ('approved', 'approvata'), ('withdrawn', 'ritirata')], default='prepared', max_length=10, verbose_name='stato')),
                ('authority_act', models.CharField(blank=True, max_length=80, verbose_name="numero dell'autorizzazione")),
                ('authority_on', models.DateField(null=True, verbose_name="data dell'autorizzazione")),
                ('approved_at', models.DateTimeField(null=True, verbose_name='approvata il')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approvata da')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'lista di scarto',
                'verbose_name_plural': 'liste di scarto',
            },
        ),
        migrations.CreateModel(
            name='DiscardItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_on', models.DateField(verbose_name='ultimo fatto')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.beneficiary', verbose_name='persona')),
                ('discard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='privacy.discardlist', verbose_name='lista')),
            ],
            options={
                'verbose_name': 'persona di una lista di scarto',
                'verbose_name_plural': 'persone delle liste di scarto',
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('reason', models.CharField(max_length=500, verbose_name='motivo')),
                ('until', models.DateField(blank=True, null=True, verbose_name='fino al')),
                ('lifted_on', models.DateField(editable=False, null=True, verbose_name='tolto il')),
                ('lifted_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='perché è tolto')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.beneficiary', verbose_name='persona')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'blocco dello scarto',
                'verbose_name_plural': 'blocchi dello scarto',
            },
        ),
        migrations.CreateModel(
            name='RetentionTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('case_file', 'fascicolo della persona'), ('attendance', 'fogli presenze'), ('payments', 'carte dei contributi versati'), ('help', 'richieste di aiuto al fondo')], max_length=15, verbose_name='che cosa')),
                ('months', models.PositiveSmallIntegerField(null=True, verbose_name='mesi')),
                ('act', models.CharField(max_length=160, verbose_name='atto')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
            ],
            options={
                'verbose_name': 'durata della conservazione',
                'verbose_name_plural': 'durate della conservazione',
            },
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('ambito', 'kind', 'version'), name='privacy_notice_version'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=models.Q(('user__isnull', False), ('tutor__isnull', False), _connector='OR'), name='privacy_acceptance_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('notice', 'user'), name='privacy_acceptance_of_user'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.UniqueConstraint(condition=models.Q(('tutor__isnull', False)), fields=('notice', 'tutor'), name='privacy_acceptance_of_tutor'),
        ),
        migrations.AddIndex(
            model_name='processingnote',
            index=models.Index(fields=['ambito', 'entry', '-id'], name='privacy_note_last'),
        ),
        migrations.AddConstraint(
            model_name='discardlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None), ('authority_act', ''), ('authority_on', None), ('digest', ''), models.Q(('state', 'approved'), _negated=True)), models.Q(models.Q(('authority_act', ''), _negated=True), models.Q(('digest', ''), _negated=True), ('approved_at__isnull', False), ('approved_by__isnull', False), ('authority_on__isnull', False), models.Q(('state', 'prepared'), _negated=True)), _connector='OR'), name='privacy_discard_approved'),
        ),
        migrations.AddConstraint(
            model_name='discardlist',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('created_by__isnull', False), models.Q(('approved_by', models.F('created_by')), _negated=True)), _connector='OR'), name='privacy_discard_four_eyes', violation_error_message="La lista l'hai preparata tu: la approva un'altra persona."),
        ),
        migrations.AddConstraint(
            model_name='discardlist',
            constraint=models.CheckConstraint(condition=models.Q(('people__gt', 0), models.Q(('term_act', ''), _negated=True)), name='privacy_discard_whole'),
        ),
        migrations.AddConstraint(
            model_name='discardlist',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'prepared')), fields=('ambito', 'kind'), name='privacy_discard_one_prepared', violation_error_message="C'è già una lista preparata: approvala o ritirala prima."),
        ),
        migrations.AddConstraint(
            model_name='discarditem',
            constraint=models.UniqueConstraint(fields=('discard', 'beneficiary'), name='privacy_discard_item_once'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='privacy_hold_reason'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_on', None), ('lifted_reason', '')), models.Q(('lifted_on__isnull', False), models.Q(('lifted_reason', ''), _negated=True)), _connector='OR'), name='privacy_hold_lifted'),
        ),
        migrations.AddIndex(
            model_name='retentionterm',
            index=models.Index(fields=['ambito', 'kind', '-id'], name='privacy_term_last'),
        ),
        migrations.AddConstraint(
            model_name='retentionterm',
            constraint=models.CheckConstraint(condition=models.Q(('months', None), ('months__gte', 12), _connector='OR'), name='privacy_term_a_year_at_least'),
        ),
        migrations.AddConstraint(
            model_name='retentionterm',
            constraint=models.CheckConstraint(condition=models.Q(('act', ''), _negated=True), name='privacy_term_act'),
        ),
    ]
