"""Courses of three kinds, waiting lists, presences meeting by meeting, costs, files, answers; and who of a company may reach them."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from companies.training.transitions import ENROLMENT
from impresasolidale.core import sql

NETWORK = ("network_id",)
EDITION = {"edition_id": "training_edition"}
TUTOR = {"tutor_id": "hosts_companytutor"}

# What is said of a tutor is reached by who reaches the tutor: the policies of the tables asked here hold in the question too.
OF_TUTOR = "EXISTS (SELECT 1 FROM hosts_companytutor t WHERE t.id = {table}.tutor_id)"
OF_ENROLMENT = "EXISTS (SELECT 1 FROM training_enrolment e WHERE e.id = training_presence.enrolment_id)"

# Two meetings of one edition share no minute.
APART = """
ALTER TABLE training_session ADD CONSTRAINT training_session_apart EXCLUDE USING gist (
  edition_id WITH =, tsrange("on" + starts_at, ("on" + starts_at) + minutes * interval '1 minute') WITH &&
);
"""

# A presence is of a meeting of the same edition, no longer than it, and stays as it is once the edition is closed.
FITS = """
CREATE FUNCTION training_presence_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM training_session s JOIN training_enrolment e ON e.edition_id = s.edition_id
                 WHERE s.id = NEW.session_id AND e.id = NEW.enrolment_id AND NEW.minutes <= s.minutes) THEN
    RAISE EXCEPTION 'a presence is longer than its meeting, or of another edition' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER training_presence_fits BEFORE INSERT OR UPDATE ON training_presence
  FOR EACH ROW EXECUTE FUNCTION training_presence_fits();
CREATE FUNCTION training_presence_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM training_enrolment e WHERE e.id = OLD.enrolment_id AND e.state IN ('attended', 'absent')) THEN
    RAISE EXCEPTION 'the attendance of this edition is closed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER training_presence_kept BEFORE UPDATE OR DELETE ON training_presence
  FOR EACH ROW EXECUTE FUNCTION training_presence_kept();
"""

# A confirmed cost is a movement of the ledger: it stays as it was confirmed.
PAID = """
CREATE FUNCTION training_editioncost_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_on IS NOT NULL THEN
    RAISE EXCEPTION 'a confirmed cost does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER training_editioncost_kept BEFORE UPDATE OR DELETE ON training_editioncost
  FOR EACH ROW EXECUTE FUNCTION training_editioncost_kept();
"""

# What was followed before: a course that was no basic one kept tutors fresh; who did all of it has its certificate.
KINDS = "UPDATE training_course SET kind = CASE WHEN is_basic THEN 'initial' ELSE 'refresher' END"
CERTIFIED = """
UPDATE training_enrolment e SET certified_on = e.completed_on FROM training_edition d, training_course c
 WHERE d.id = e.edition_id AND c.id = d.course_id AND e.state = 'attended' AND e.minutes >= c.minutes
"""


def run(text: str) -> migrations.RunSQL:
    return migrations.RunSQL(text, migrations.RunSQL.noop)


class Migration(migrations.Migration):

    dependencies = [
        ('hosts', '0002_guards'),
        ('territory', '0002_guards'),
        ('training', '0002_guards'),
        ('treasury', '0003_office_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                'verbose_name': "costo di un'edizione",
                'verbose_name_plural': 'costi delle edizioni',
            },
        ),
        migrations.CreateModel(
            name='FeedbackSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(verbose_name='risposte')),
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
            ],
            options={
                'verbose_name': 'materiale del corso',
                'verbose_name_plural': 'materiali del corso',
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minuti')),
                ('source', models.CharField(choices=[('list', "dall'elenco"), ('qr', 'con il codice QR')], max_length=4, verbose_name='come')),
                ('recorded_at', models.DateTimeField(verbose_name='registrata il')),
            ],
            options={
                'verbose_name': 'presenza a un incontro',
                'verbose_name_plural': 'presenze agli incontri',
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
            ],
            options={
                'verbose_name': 'corso riconosciuto',
                'verbose_name_plural': 'corsi riconosciuti',
            },
        ),
        migrations.AddField(
            model_name='course',
            name='kind',
            field=models.CharField(choices=[('initial', 'corso iniziale'), ('refresher', 'aggiornamento'), ('safety', 'modulo di sicurezza')], default='initial', max_length=10, verbose_name='tipo'),
        ),
        run(KINDS),
        migrations.RemoveField(
            model_name='course',
            name='is_basic',
        ),
        migrations.AddField(
            model_name='course',
            name='module',
            field=models.CharField(blank=True, choices=[('general', 'formazione generale'), ('specific_low', 'formazione specifica, rischio basso'), ('specific_medium', 'formazione specifica, rischio medio'), ('specific_high', 'formazione specifica, rischio alto'), ('supervisor', 'preposto'), ('first_aid', 'primo soccorso'), ('fire', 'antincendio')], max_length=20, verbose_name='modulo di sicurezza'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='badge_agreed_at',
            field=models.DateTimeField(null=True, verbose_name='distintivo pubblico dal'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='certified_on',
            field=models.DateField(null=True, verbose_name='attestato dal'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='feedback_on',
            field=models.DateField(null=True, verbose_name='questionario del'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='queued_at',
            field=models.DateTimeField(null=True, verbose_name='in lista dal'),
        ),
        migrations.AddField(
            model_name='session',
            name='public_id',
            field=models.UUIDField(null=True, editable=False),
        ),
        run("UPDATE training_session SET public_id = gen_random_uuid()"),
        migrations.AlterField(
            model_name='session',
            name='public_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        run(CERTIFIED),
        migrations.AlterField(
            model_name='enrolment',
            name='state',
            field=models.CharField(choices=[('invited', 'invitato'), ('waiting', "in lista d'attesa"), ('enrolled', 'iscritto'), ('withdrawn', 'ritirato'), ('attended', 'ha partecipato'), ('absent', 'assente')], default='enrolled', max_length=10, verbose_name='stato'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'safety'), models.Q(('module', ''), _negated=True)), models.Q(models.Q(('kind', 'safety'), _negated=True), ('module', '')), _connector='OR'), name='training_course_module', violation_error_message='Solo un modulo di sicurezza dice quale modulo è.'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('queued_at__isnull', False), _connector='OR'), name='training_enrolment_queued'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('certified_on', None), ('state', 'attended'), _connector='OR'), name='training_enrolment_certified'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('badge_agreed_at', None), ('certified_on__isnull', False), _connector='OR'), name='training_enrolment_badge'),
        ),
        migrations.AddField(
            model_name='editioncost',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confermato da'),
        ),
        migrations.AddField(
            model_name='editioncost',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='editioncost',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='training.edition', verbose_name='edizione'),
        ),
        migrations.AddField(
            model_name='editioncost',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='editioncost',
            name='pot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.pot', verbose_name='da dove vengono i soldi'),
        ),
        migrations.AddField(
            model_name='feedbacksheet',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='training.edition', verbose_name='edizione'),
        ),
        migrations.AddField(
            model_name='feedbacksheet',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='material',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='training.course', verbose_name='corso'),
        ),
        migrations.AddField(
            model_name='material',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='material',
            name='edition',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='training.edition', verbose_name='edizione'),
        ),
        migrations.AddField(
            model_name='material',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='presence',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='training.enrolment', verbose_name='iscrizione'),
        ),
        migrations.AddField(
            model_name='presence',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='presence',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registrata da'),
        ),
        migrations.AddField(
            model_name='presence',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='training.session', verbose_name='incontro'),
        ),
        migrations.AddField(
            model_name='recognition',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='recognition',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='recognition',
            name='tutor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='hosts.companytutor', verbose_name='tutor'),
        ),
        migrations.AddConstraint(
            model_name='editioncost',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='training_cost_amount', violation_error_message="L'importo deve essere più di zero."),
        ),
        migrations.AddConstraint(
            model_name='editioncost',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by', None), ('confirmed_on', None)), models.Q(('confirmed_on__isnull', False), ('withdrawn_at', None)), _connector='OR'), name='training_cost_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='editioncost',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('created_by')), _negated=True), _connector='OR'), name='training_cost_four_eyes', violation_error_message='Serve una seconda persona: chi ha preparato non può anche approvare.'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('enrolment', 'session'), name='training_presence_once'),
        ),
        migrations.AddConstraint(
            model_name='recognition',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('tutor', 'title', 'completed_on'), name='training_recognition_once', violation_error_message='Questo corso è già riconosciuto.'),
        ),
        migrations.AddConstraint(
            model_name='recognition',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='training_recognition_minutes'),
        ),
        *sql.transition_guard("training_enrolment", ENROLMENT),
        run(APART),
        run(FITS),
        run(PAID),
        *sql.protect("training_enrolment", owner=NETWORK, through=OF_TUTOR.format(table="training_enrolment")),
        *sql.protect(
            "training_presence",
            owner=NETWORK,
            through=OF_ENROLMENT,
            pins={"enrolment_id": "training_enrolment", "session_id": "training_session"},
        ),
        *sql.protect("training_recognition", owner=NETWORK, through=OF_TUTOR.format(table="training_recognition"), pins=TUTOR),
        *sql.protect("training_material", owner=NETWORK, pins={**EDITION, "course_id": "training_course"}),
        *sql.protect("training_feedbacksheet", owner=NETWORK, through="false", pins=EDITION),
        *sql.protect("training_editioncost", owner=NETWORK, through="false", pins={**EDITION, "pot_id": "treasury_pot"}),
        *sql.history("training_presence"),
        *sql.history("training_recognition"),
        *sql.history("training_material"),
        *sql.history("training_editioncost"),
    ]
