"""Communications, evidence of safety, places outside the seat, copies handed, flags of replacement; covers of a host."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0007_waived_until'),
        ('beneficiaries', '0003_known_elsewhere'),
        ('core', '0005_message_channels'),
        ('hosts', '0003_risk_class'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Communication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('start', 'inizio'), ('extension', 'proroga'), ('early_end', 'chiusura anticipata'), ('transformation', 'trasformazione'), ('cancellation', 'annullamento')], max_length=15, verbose_name='che cosa comunica')),
                ('about_on', models.DateField(verbose_name='giorno del fatto')),
                ('due_on', models.DateField(verbose_name='da inviare entro')),
                ('sender', models.CharField(choices=[('host', "l'impresa"), ('promoter', "l'ente promotore, su delega"), ('exempt', "non dovuta, secondo l'ufficio")], max_length=10, verbose_name='chi la invia')),
                ('exempt_motive', models.CharField(blank=True, max_length=300, verbose_name='perché non è dovuta')),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='inviata il')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='codice della ricevuta')),
                ('protocol', models.CharField(blank=True, max_length=60, verbose_name='protocollo')),
                ('annulled_at', models.DateTimeField(editable=False, null=True, verbose_name='annullata il')),
                ('annulled_reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='perché è annullata')),
            ],
            options={
                'verbose_name': 'comunicazione obbligatoria',
                'verbose_name_plural': 'comunicazioni obbligatorie',
            },
        ),
        migrations.CreateModel(
            name='CopyHanded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(choices=[('host', "l'impresa"), ('promoter', "l'ente promotore"), ('trainee', 'la persona in tirocinio')], max_length=10, verbose_name='a chi')),
                ('handed_on', models.DateField(verbose_name='consegnata il')),
            ],
            options={
                'verbose_name': 'copia consegnata',
                'verbose_name_plural': 'copie consegnate',
            },
        ),
        migrations.CreateModel(
            name='OutsidePlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('clients', 'presso clienti'), ('deliveries', 'consegne e commissioni'), ('other_seat', "altra sede dell'impresa"), ('yard', 'cantiere, campo, bosco'), ('course', 'corso o uscita formativa'), ('other', 'altro')], max_length=12, verbose_name='perché fuori sede')),
                ('address', models.CharField(max_length=160, verbose_name='dove')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='che cosa fa lì')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='assicuratore avvisato il')),
            ],
            options={
                'verbose_name': 'luogo fuori sede',
                'verbose_name_plural': 'luoghi fuori sede',
            },
        ),
        migrations.CreateModel(
            name='ReplacementFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('raised_on', models.DateField(verbose_name='segnalata il')),
                ('reason', models.CharField(max_length=500, verbose_name='che cosa si è visto')),
                ('cleared_on', models.DateField(blank=True, null=True, verbose_name='chiarita il')),
                ('outcome', models.CharField(blank=True, max_length=500, verbose_name='che cosa si è chiarito')),
            ],
            options={
                'verbose_name': 'segnalazione di sostituzione di personale',
                'verbose_name_plural': 'segnalazioni di sostituzione di personale',
            },
        ),
        migrations.CreateModel(
            name='SafetyEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('general', 'formazione generale'), ('specific', 'formazione specifica'), ('fitness', 'idoneità medica')], max_length=10, verbose_name='che cosa')),
                ('done_on', models.DateField(verbose_name='del')),
                ('hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='ore')),
                ('risk_class', models.CharField(blank=True, choices=[('low', 'basso'), ('medium', 'medio'), ('high', 'alto')], max_length=6, verbose_name='classe di rischio')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='vale fino al')),
                ('provider', models.CharField(blank=True, max_length=120, verbose_name="chi l'ha rilasciata")),
                ('annulled_at', models.DateTimeField(editable=False, null=True, verbose_name='annullata il')),
                ('annulled_reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='perché è annullata')),
            ],
            options={
                'verbose_name': 'attestato di sicurezza',
                'verbose_name_plural': 'attestati di sicurezza',
            },
        ),
        migrations.AddField(
            model_name='cover',
            name='company',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosts.company', verbose_name='impresa che assicura'),
        ),
        migrations.AddField(
            model_name='cover',
            name='withdrawn_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='ritirata il'),
        ),
        migrations.AddField(
            model_name='cover',
            name='withdrawn_reason',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='perché è stata ritirata'),
        ),
        migrations.AddField(
            model_name='placement',
            name='inail_by',
            field=models.CharField(blank=True, choices=[('promoter', "l'ente promotore"), ('host', "l'impresa")], max_length=10, verbose_name="chi assicura all'INAIL"),
        ),
        migrations.AddField(
            model_name='placement',
            name='liability_by',
            field=models.CharField(blank=True, choices=[('promoter', "l'ente promotore"), ('host', "l'impresa")], max_length=10, verbose_name='chi assicura la responsabilità civile'),
        ),
        migrations.AlterField(
            model_name='readinessitem',
            name='kind',
            field=models.CharField(choices=[('agreement', "convenzione firmata e valida all'inizio"), ('project', 'progetto firmato da tutti'), ('assessment', 'valutazione del servizio sociale'), ('in_charge', 'presa in carico per tutto il periodo'), ('age', 'età e obbligo scolastico'), ('representative', 'firma del rappresentante'), ('length', 'durata complessiva'), ('tutors', 'due tutor diversi, indicati entrambi'), ('inail', 'copertura INAIL'), ('liability', 'responsabilità civile per tutto il periodo'), ('communication', 'comunicazione obbligatoria'), ('safety', "dichiarazione sulla sicurezza dell'impresa"), ('safety_training', 'formazione sulla sicurezza'), ('fitness', 'idoneità medica, se serve'), ('outside', 'luoghi fuori sede'), ('replacement', 'nessuna sostituzione di personale'), ('privacy', 'informativa sulla privacy consegnata'), ('trained_tutor', 'tutor aziendale formato'), ('tutor_load', 'persone seguite dal tutor aziendale'), ('length_of_project', 'durata di questo progetto'), ('host_load', "persone accolte dall'impresa"), ('promoter_load', 'persone seguite dal tutor del promotore')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='cover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='agreements_cover_withdrawn'),
        ),
        migrations.AddField(
            model_name='communication',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='communication',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='communication',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='communications', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='communication',
            name='recorded_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registrata da'),
        ),
        migrations.AddField(
            model_name='copyhanded',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='copyhanded',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento'),
        ),
        migrations.AddField(
            model_name='copyhanded',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='outsideplace',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='outsideplace',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='outsideplace',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outside_places', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='replacementflag',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='replacementflag',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='replacementflag',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replacement_flags', to='agreements.placement', verbose_name='tirocinio'),
        ),
        migrations.AddField(
            model_name='safetyevidence',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='safetyevidence',
            name='beneficiary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='safety_evidence', to='beneficiaries.beneficiary', verbose_name='persona'),
        ),
        migrations.AddField(
            model_name='safetyevidence',
            name='certificate',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='attestato'),
        ),
        migrations.AddField(
            model_name='safetyevidence',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddIndex(
            model_name='communication',
            index=models.Index(condition=models.Q(('annulled_at', None), ('sent_on', None), models.Q(('sender', 'exempt'), _negated=True)), fields=['ambito', 'due_on', 'id'], name='agreements_communications_open'),
        ),
        migrations.AddIndex(
            model_name='communication',
            index=models.Index(fields=['ambito', '-due_on', '-id'], name='agreements_communication_due'),
        ),
        migrations.AddConstraint(
            model_name='communication',
            constraint=models.UniqueConstraint(condition=models.Q(('annulled_at', None), ('kind', 'start')), fields=('placement',), name='agreements_communication_one_start', violation_error_message="La comunicazione d'inizio di questo tirocinio c'è già."),
        ),
        migrations.AddConstraint(
            model_name='communication',
            constraint=models.UniqueConstraint(condition=models.Q(('annulled_at', None)), fields=('placement', 'kind', 'about_on'), name='agreements_communication_once', violation_error_message="Questa comunicazione c'è già."),
        ),
        migrations.AddConstraint(
            model_name='communication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('protocol', ''), ('sent_on', None)), models.Q(('sent_on__isnull', False), models.Q(('code', ''), _negated=True)), _connector='OR'), name='agreements_communication_sent', violation_error_message="Scrivi il giorno dell'invio e il codice della ricevuta."),
        ),
        migrations.AddConstraint(
            model_name='communication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('sender', 'exempt'), _negated=True), ('exempt_motive', '')), models.Q(('sender', 'exempt'), ('sent_on', None), models.Q(('exempt_motive', ''), _negated=True)), _connector='OR'), name='agreements_communication_exempt', violation_error_message='Scrivi perché la comunicazione non è dovuta.'),
        ),
        migrations.AddConstraint(
            model_name='communication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('annulled_at', None), ('annulled_reason', '')), models.Q(('annulled_at__isnull', False), models.Q(('annulled_reason', ''), _negated=True)), _connector='OR'), name='agreements_communication_annulled'),
        ),
        migrations.AddConstraint(
            model_name='copyhanded',
            constraint=models.UniqueConstraint(fields=('document', 'holder'), name='agreements_copy_once'),
        ),
        migrations.AddConstraint(
            model_name='replacementflag',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_on', None)), fields=('placement',), name='agreements_replacement_one_open', violation_error_message="C'è già una segnalazione da chiarire su questo tirocinio."),
        ),
        migrations.AddConstraint(
            model_name='replacementflag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(models.Q(('cleared_on', None), ('outcome', '')), models.Q(('cleared_on__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR')), name='agreements_replacement_reasons'),
        ),
        migrations.AddIndex(
            model_name='safetyevidence',
            index=models.Index(fields=['beneficiary', 'kind', '-done_on'], name='agreements_evidence_person'),
        ),
        migrations.AddConstraint(
            model_name='safetyevidence',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('done_on')), _connector='OR'), name='agreements_evidence_dates', violation_error_message='La data di fine viene prima di quella di inizio.'),
        ),
        migrations.AddConstraint(
            model_name='safetyevidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hours', None), ('kind', 'fitness'), ('risk_class', '')), models.Q(('hours__gt', 0), ('kind', 'general'), ('risk_class', ''), ('valid_to', None)), models.Q(('hours__gt', 0), ('kind', 'specific'), ('valid_to__isnull', False), models.Q(('risk_class', ''), _negated=True)), _connector='OR'), name='agreements_evidence_shape'),
        ),
        migrations.AddConstraint(
            model_name='safetyevidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('annulled_at', None), ('annulled_reason', '')), models.Q(('annulled_at__isnull', False), models.Q(('annulled_reason', ''), _negated=True)), _connector='OR'), name='agreements_evidence_annulled'),
        ),
    ]
