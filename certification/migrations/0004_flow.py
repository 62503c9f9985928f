import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from certification.transitions import SITTING
from impresasolidale.core import sql

NETWORK = ("network_id",)
OWN = {"company": "company_id"}
APPLICATION = {"application_id": "certification_application"}
CERTIFICATE = {"certificate_id": "certification_certificate"}
MINE = "EXISTS (SELECT 1 FROM certification_{0} x WHERE x.id = {0}_id)"
OFFICE = {  # tables no company reaches → their parents
    "interview": APPLICATION,
    "validation": APPLICATION,
    "sitting": {},
    "seat": {"sitting_id": "certification_sitting"},
    "agendaitem": {**APPLICATION, "sitting_id": "certification_sitting"},
    "abstention": APPLICATION,
    "vote": {"item_id": "certification_agendaitem"},
    "procedure": {**APPLICATION, **CERTIFICATE},
    "procedurepaper": {"procedure_id": "certification_procedure"},
    "appeal": {**APPLICATION, **CERTIFICATE},
}
# Who stood aside does not vote (rule 68), and nobody stands aside after having voted.
ASIDE = """
CREATE FUNCTION certification_stands_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_application bigint;
BEGIN
  IF TG_TABLE_NAME = 'certification_vote' THEN
    SELECT application_id INTO v_application FROM certification_agendaitem WHERE id = NEW.item_id;
  ELSE
    v_application := NEW.application_id;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('certification.aside'), v_application::int);
  IF TG_TABLE_NAME = 'certification_abstention' THEN
    IF EXISTS (SELECT 1 FROM certification_vote v JOIN certification_agendaitem i ON i.id = v.item_id
               WHERE i.application_id = v_application AND i.outcome = 'pending' AND v.member_id = NEW.member_id) THEN
      RAISE EXCEPTION 'member % has voted', NEW.member_id USING ERRCODE = 'check_violation', CONSTRAINT = 'certification_aside_voted';
    END IF;
  ELSIF EXISTS (SELECT 1 FROM certification_abstention WHERE application_id = v_application AND member_id = NEW.member_id) THEN
    RAISE EXCEPTION 'member % stands aside', NEW.member_id USING ERRCODE = 'check_violation', CONSTRAINT = 'certification_stands_aside';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certification_vote_aside BEFORE INSERT ON certification_vote
  FOR EACH ROW EXECUTE FUNCTION certification_stands_aside();
CREATE TRIGGER certification_abstention_aside BEFORE INSERT ON certification_abstention
  FOR EACH ROW EXECUTE FUNCTION certification_stands_aside();
"""
# What was decided, and what a company answered once it is presented, stays.
DECIDED = """
CREATE FUNCTION certification_keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'case %: it is decided', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER certification_agendaitem_frozen BEFORE UPDATE OR DELETE ON certification_agendaitem
  FOR EACH ROW WHEN (OLD.outcome <> 'pending') EXECUTE FUNCTION certification_keep_case();
CREATE FUNCTION certification_keep_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM certification_application WHERE id = OLD.application_id) <> 'draft'
     AND (TG_OP = 'DELETE' OR (NEW.points, NEW.words, NEW.criterion) IS DISTINCT FROM (OLD.points, OLD.words, OLD.criterion)) THEN
    RAISE EXCEPTION 'answer %: it was presented', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certification_answer_frozen BEFORE UPDATE OR DELETE ON certification_answer
  FOR EACH ROW EXECUTE FUNCTION certification_keep_answer();
"""


class Migration(sql.Tables):

    dependencies = [
        ('certification', '0003_scheme'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='certification.campaign', verbose_name='campagna')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='hosts.company', verbose_name='impresa')),
                ('sent_on', models.DateField(verbose_name='mandato il')),
                ('reminded_on', models.DateField(null=True, verbose_name='ricordato il')),
            ],
            options={
                'verbose_name': 'invito a una campagna',
                'verbose_name_plural': 'inviti a una campagna',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'company'), name='certification_invitation_once')],
            },
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interviews', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('kind', models.CharField(choices=[('interview', 'incontro in ufficio'), ('visit', 'visita in azienda'), ('call', 'telefonata')], max_length=10, verbose_name='che cosa')),
                ('planned_on', models.DateField(verbose_name='in programma il')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='dove')),
                ('held_on', models.DateField(null=True, verbose_name='fatto il')),
                ('minutes', models.TextField(blank=True, verbose_name='che cosa si è visto')),
                ('held_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='fatto da')),
            ],
            options={
                'verbose_name': "incontro con l'impresa",
                'verbose_name_plural': "incontri con l'impresa",
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('held_by', None), ('held_on', None), ('minutes', '')), models.Q(('held_by__isnull', False), ('held_on__isnull', False), models.Q(('minutes', ''), _negated=True)), _connector='OR'), name='certification_interview_held')],
            },
        ),
        migrations.CreateModel(
            name='Validation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='validations', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('person', models.CharField(max_length=120, verbose_name='chi')),
                ('body', models.CharField(max_length=160, verbose_name='di quale ente o impresa')),
                ('partita_iva', models.CharField(max_length=11, verbose_name="partita IVA dell'ente")),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='posta elettronica')),
                ('is_favourable', models.BooleanField(verbose_name='favorevole')),
                ('words', models.TextField(verbose_name='che cosa dice')),
                ('given_on', models.DateField(verbose_name='data')),
                ('upload', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='il suo foglio')),
            ],
            options={
                'verbose_name': 'conferma da fuori',
                'verbose_name_plural': 'conferme da fuori',
                'constraints': [models.UniqueConstraint(fields=('application', 'partita_iva'), name='certification_validation_once', violation_error_message="Di questo ente c'è già una conferma.")],
            },
        ),
        migrations.CreateModel(
            name='YearCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='certification.certificate', verbose_name='riconoscimento')),
                ('due_on', models.DateField(verbose_name='entro il')),
                ('asked_on', models.DateField(verbose_name='chiesto il')),
                ('reminded_on', models.DateField(null=True, verbose_name='ricordato il')),
                ('answered_on', models.DateField(null=True, verbose_name='risposto il')),
                ('still', models.CharField(blank=True, choices=[('hosting', 'Sì, stiamo accogliendo'), ('willing', 'Adesso no, ma siamo pronti ad accogliere'), ('no', 'No, non accogliamo più')], max_length=10, verbose_name='accogliete ancora?')),
                ('signed_by', models.CharField(blank=True, max_length=120, verbose_name="chi dichiara, per l'impresa")),
                ('facts', models.JSONField(default=dict, verbose_name='fatti')),
                ('looked_on', models.DateField(null=True, verbose_name='guardata il')),
                ('looked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='guardata da')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='nota')),
            ],
            options={
                'verbose_name': "verifica dell'anno",
                'verbose_name_plural': "verifiche dell'anno",
                'indexes': [models.Index(condition=models.Q(('looked_on', None)), fields=['network', 'due_on'], name='certification_checks_open')],
                'constraints': [models.UniqueConstraint(fields=('certificate', 'due_on'), name='certification_yearcheck_once'), models.CheckConstraint(condition=models.Q(models.Q(('answered_on', None), ('signed_by', ''), ('still', '')), models.Q(('answered_on__isnull', False), models.Q(('still', ''), _negated=True), models.Q(('signed_by', ''), _negated=True)), _connector='OR'), name='certification_yearcheck_answered'), models.CheckConstraint(condition=models.Q(models.Q(('looked_by', None), ('looked_on', None)), models.Q(('answered_on__isnull', False), ('looked_by__isnull', False), ('looked_on__gte', models.F('answered_on')), ('looked_on__isnull', False)), _connector='OR'), name='certification_yearcheck_looked')],
            },
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('number', models.CharField(max_length=20, verbose_name='numero')),
                ('held_on', models.DateField(verbose_name='giorno')),
                ('starts_at', models.TimeField(blank=True, null=True, verbose_name='ora')),
                ('place', models.CharField(max_length=120, verbose_name='dove')),
                ('state', models.CharField(choices=[('planned', 'in programma'), ('open', 'in corso'), ('closed', 'verbale da approvare'), ('approved', 'verbale approvato'), ('cancelled', 'annullata')], default='planned', max_length=10, verbose_name='stato')),
                ('president', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='presidente')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verbale scritto da')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verbale approvato da')),
                ('document', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='verbale')),
            ],
            options={
                'verbose_name': 'seduta della commissione',
                'verbose_name_plural': 'sedute della commissione',
                'indexes': [models.Index(fields=['network', '-held_on', '-id'], name='certification_sitting_newest')],
                'constraints': [models.UniqueConstraint(fields=('network', 'number'), name='certification_sitting_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('approved_by__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='certification_sitting_approved'), models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('closed_by')), _negated=True), _connector='OR'), name='certification_sitting_two_keys', violation_error_message='Chi ha scritto il verbale non lo approva.')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente')),
                ('is_present', models.BooleanField(default=False, verbose_name='presente')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='certification.sitting', verbose_name='seduta della commissione')),
            ],
            options={
                'verbose_name': 'posto in commissione',
                'verbose_name_plural': 'posti in commissione',
                'constraints': [models.UniqueConstraint(fields=('sitting', 'member'), name='certification_seat_once')],
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('position', models.PositiveSmallIntegerField(verbose_name='ordine')),
                ('reason', models.TextField(blank=True, verbose_name='motivazione')),
                ('quorum', models.PositiveSmallIntegerField(null=True, verbose_name='voti che servono')),
                ('votes_for', models.PositiveSmallIntegerField(null=True, verbose_name='a favore')),
                ('votes_against', models.PositiveSmallIntegerField(null=True, verbose_name='contro')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='certification.sitting', verbose_name='seduta della commissione')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('outcome', models.CharField(choices=[('pending', 'da decidere'), ('granted', 'riconosciuto'), ('notice', "contraria: prima il preavviso all'impresa"), ('refused', 'non riconosciuto'), ('postponed', 'rinviato')], default='pending', max_length=12, verbose_name='esito')),
            ],
            options={
                'verbose_name': "caso all'ordine del giorno",
                'verbose_name_plural': "casi all'ordine del giorno",
                'constraints': [models.UniqueConstraint(fields=('sitting', 'position'), name='certification_case_position_once'), models.UniqueConstraint(fields=('sitting', 'application'), name='certification_case_application_once'), models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('application',), name='certification_case_one_pending', violation_error_message="Questa domanda è già all'ordine del giorno di un'altra seduta.")],
            },
        ),
        migrations.CreateModel(
            name='Abstention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='abstentions', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('reason', models.CharField(choices=[('company', "lavora per l'impresa, o con il suo gruppo"), ('checked', 'ha verificato la domanda'), ('relation', 'parente, amico o altro legame')], max_length=10, verbose_name='perché')),
            ],
            options={
                'verbose_name': 'astensione',
                'verbose_name_plural': 'astensioni',
                'constraints': [models.UniqueConstraint(fields=('application', 'member'), name='certification_abstention_once')],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente')),
                ('in_favour', models.BooleanField(verbose_name='a favore')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='certification.agendaitem', verbose_name="caso all'ordine del giorno")),
            ],
            options={
                'verbose_name': 'voto',
                'verbose_name_plural': 'voti',
                'constraints': [models.UniqueConstraint(fields=('item', 'member'), name='certification_vote_once', violation_error_message='Questa persona ha già votato su questo caso.')],
            },
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('responsible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsabile del procedimento')),
                ('started_on', models.DateField(verbose_name='avviato il')),
                ('term_days', models.PositiveSmallIntegerField(verbose_name='giorni per decidere')),
                ('appeal', models.TextField(blank=True, verbose_name='come si fa ricorso')),
                ('grounds', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='motivi del preavviso')),
                ('observed_on', models.DateField(null=True, verbose_name='osservazioni arrivate il')),
                ('observations', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='osservazioni')),
                ('observations_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='osservazioni (file)')),
                ('answer', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='risposta alle osservazioni')),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('certificate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='certification.certificate', verbose_name='riconoscimento')),
                ('kind', models.CharField(choices=[('refusal', 'non riconoscere'), ('suspension', 'sospendere'), ('revocation', 'revocare')], max_length=12, verbose_name='per che cosa')),
                ('reason_class', models.CharField(blank=True, choices=[('safety', 'sicurezza sul lavoro'), ('law68', 'obblighi della legge 68/1999'), ('replaced_staff', 'un tirocinio al posto di un lavoratore'), ('conduct', 'comportamento verso le persone accolte'), ('false_statement', 'dichiarazioni non vere'), ('no_check', "la verifica dell'anno non è stata fatta"), ('ceased', "l'impresa ha chiuso o cambia attività"), ('on_request', "lo chiede l'impresa")], max_length=20, verbose_name='motivo')),
                ('outcome', models.CharField(choices=[('open', 'in corso'), ('confirmed', 'confermato'), ('archived', 'archiviato')], default='open', max_length=10, verbose_name='esito')),
                ('closed_on', models.DateField(null=True, verbose_name='concluso il')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
            ],
            options={
                'verbose_name': 'procedimento',
                'verbose_name_plural': 'procedimenti',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('application__isnull', False), ('certificate', None)), models.Q(('application', None), ('certificate__isnull', False)), _connector='OR'), name='certification_procedure_subject'), models.CheckConstraint(condition=models.Q(models.Q(('application__isnull', False), ('kind', 'refusal'), ('reason_class', '')), models.Q(('certificate__isnull', False), models.Q(('kind', 'refusal'), _negated=True), models.Q(('reason_class', ''), _negated=True)), _connector='OR'), name='certification_procedure_kind'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on', None), ('decided_by', None), ('outcome', 'open')), models.Q(models.Q(('outcome', 'open'), _negated=True), ('closed_on__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='certification_procedure_closed'), models.UniqueConstraint(condition=models.Q(('outcome', 'open')), fields=('certificate',), name='certification_procedure_one_open', violation_error_message="Su questo riconoscimento c'è già un procedimento in corso."), models.UniqueConstraint(condition=models.Q(('outcome', 'open')), fields=('application',), name='certification_procedure_one_refusal', violation_error_message="Su questa domanda c'è già un procedimento in corso.")],
            },
        ),
        migrations.CreateModel(
            name='ProcedurePaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('kind', models.CharField(choices=[('start', 'comunicazione di avvio'), ('notice', 'preavviso di diniego'), ('final', 'decisione')], max_length=10, verbose_name='carta')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento')),
                ('delivered_on', models.DateField(null=True, verbose_name='consegnata il')),
                ('way', models.CharField(blank=True, choices=[('by_hand', 'a mano, con firma'), ('registered', 'raccomandata con ricevuta'), ('pec', 'posta elettronica certificata'), ('worker', "dall'assistente sociale, con firma")], max_length=12, verbose_name='come')),
                ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='prova della consegna')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='certification.procedure', verbose_name='procedimento')),
            ],
            options={
                'verbose_name': 'carta del procedimento',
                'verbose_name_plural': 'carte del procedimento',
                'constraints': [models.UniqueConstraint(fields=('procedure', 'kind'), name='certification_paper_once'), models.CheckConstraint(condition=models.Q(models.Q(('delivered_on', None), ('proof', None), ('way', '')), models.Q(('delivered_on__isnull', False), ('proof__isnull', False), models.Q(('way', ''), _negated=True)), _connector='OR'), name='certification_paper_delivered', violation_error_message='Della consegna servono il giorno, il modo e la prova.')],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('network', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete')),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='certification.application', verbose_name='domanda di riconoscimento')),
                ('certificate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='certification.certificate', verbose_name='riconoscimento')),
                ('filed_on', models.DateField(verbose_name='arrivato il')),
                ('due_on', models.DateField(verbose_name='si risponde entro il')),
                ('words', models.TextField(verbose_name="che cosa dice l'impresa")),
                ('upload', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='il suo foglio')),
                ('outcome', models.CharField(choices=[('pending', 'da decidere'), ('upheld', 'accolto'), ('rejected', 'respinto'), ('withdrawn', 'ritirato')], default='pending', max_length=10, verbose_name='esito')),
                ('reason', models.TextField(blank=True, verbose_name='perché')),
                ('decided_on', models.DateField(null=True, verbose_name='deciso il')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da')),
            ],
            options={
                'verbose_name': 'ricorso',
                'verbose_name_plural': 'ricorsi',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('application__isnull', False), ('certificate', None)), models.Q(('application', None), ('certificate__isnull', False)), _connector='OR'), name='certification_appeal_subject'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('decided_on', None), ('outcome', 'pending')), models.Q(models.Q(('outcome', 'pending'), _negated=True), ('decided_by__isnull', False), ('decided_on__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='certification_appeal_decided'), models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('application',), name='certification_appeal_one_of_application'), models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('certificate',), name='certification_appeal_one_of_certificate')],
            },
        ),
        *sql.protect("certification_invitation", owner=NETWORK, only=OWN, pins={"campaign_id": "certification_campaign", "company_id": "hosts_company"}),
        *sql.protect("certification_yearcheck", owner=NETWORK, pins=CERTIFICATE, through=MINE.format("certificate")),
        *[op for table, pins in OFFICE.items() for op in sql.protect(f"certification_{table}", owner=NETWORK, pins=pins, office_only=True)],
        *sql.append_only("certification_abstention"),
        *sql.append_only("certification_vote"),
        *sql.append_only("certification_validation"),
        *sql.transition_guard("certification_sitting", SITTING),
        *sql.reasons_kept(SITTING),
        *[
            op
            for table in ("interview", "yearcheck", "sitting", "agendaitem", "procedurepaper", "appeal")
            for op in sql.history(f"certification_{table}")
        ],
        *sql.history("certification_procedure", hidden=["grounds", "observations", "answer"]),
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (ASIDE, DECIDED)],
    ]
