import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


# What was asked before the fund's own rules of the day were frozen on a request kept those of its placement.
FILL = """
UPDATE solidarity_fund_benefitrequest r SET asked_amount = r.amount, rulebook_id = p.rulebook_id
FROM agreements_placement p WHERE p.id = r.placement_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0001_initial'),
        ('beneficiaries', '0001_initial'),
        ('core', '0002_initial'),
        ('solidarity_fund', '0002_guards'),
        ('territory', '0001_initial'),
        ('treasury', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Abstention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('reason', models.CharField(choices=[('author', 'ha fatto la richiesta'), ('care_team', 'segue la persona'), ('company', "lavora per l'impresa che ospita"), ('payee', 'riceve il pagamento, o porta lo stesso nome'), ('relation', 'parente, amico o altro legame')], max_length=10, verbose_name='perché')),
            ],
            options={
                'verbose_name': 'astensione',
                'verbose_name_plural': 'astensioni',
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('position', models.PositiveSmallIntegerField(verbose_name='ordine')),
                ('kind', models.CharField(choices=[('decide', 'decidere'), ('ratify', 'ratificare un anticipo')], default='decide', max_length=10, verbose_name='che cosa')),
                ('outcome', models.CharField(choices=[('pending', 'da decidere'), ('granted', 'concesso'), ('notice', 'contraria: prima il preavviso alla persona'), ('refused', 'non concesso'), ('ratified', 'anticipo ratificato'), ('not_ratified', 'anticipo non ratificato'), ('postponed', 'rinviato'), ('withdrawn', 'ritirato')], default='pending', max_length=12, verbose_name='esito')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name='importo deciso, in euro')),
                ('reason', models.TextField(blank=True, verbose_name='motivazione')),
                ('quorum', models.PositiveSmallIntegerField(null=True, verbose_name='voti che servono')),
                ('votes_for', models.PositiveSmallIntegerField(null=True, verbose_name='a favore')),
                ('votes_against', models.PositiveSmallIntegerField(null=True, verbose_name='contro')),
            ],
            options={
                'verbose_name': "caso all'ordine del giorno",
                'verbose_name_plural': "casi all'ordine del giorno",
            },
        ),
        migrations.CreateModel(
            name='BenefitPayee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('way', models.CharField(choices=[('person', 'alla persona, come riceve gli altri soldi'), ('refund', 'rimborso a chi ha anticipato'), ('supplier', 'al negozio o fornitore, con fattura'), ('goods', "beni comprati dall'ente che tiene il fondo"), ('voucher', 'buoni con un codice')], default='person', max_length=10, verbose_name='chi si paga')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='a chi')),
                ('tax_code', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='codice fiscale o partita IVA')),
                ('iban', impresasolidale.core.fields.EncryptedTextField(blank=True, null=True, verbose_name='IBAN')),
                ('invoice_number', models.CharField(blank=True, max_length=40, verbose_name='numero della fattura')),
                ('invoice_on', models.DateField(blank=True, null=True, verbose_name='data della fattura')),
                ('order_number', models.CharField(blank=True, max_length=40, verbose_name='numero del mandato')),
                ('paid_on', models.DateField(null=True, verbose_name='versato il')),
            ],
            options={
                'verbose_name': "pagamento dell'aiuto",
                'verbose_name_plural': 'pagamenti degli aiuti',
            },
        ),
        migrations.CreateModel(
            name='CriteriaKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('transport', 'trasporto (abbonamento, biglietti)'), ('clothing', 'abiti e scarpe da lavoro'), ('meals', 'pasti'), ('course', 'corso, sport o tempo libero'), ('health', 'occhiali, dentista, ausili'), ('device', 'telefono o computer'), ('emergency', 'aiuto urgente')], max_length=20, verbose_name='tipo di aiuto')),
                ('ceiling', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='al massimo, in euro')),
                ('form', models.CharField(choices=[('money', 'denaro'), ('goods', 'beni o buoni'), ('either', 'denaro o beni')], default='either', max_length=10, verbose_name='come si dà')),
            ],
            options={
                'verbose_name': 'tipo di aiuto previsto',
                'verbose_name_plural': 'tipi di aiuto previsti',
            },
        ),
        migrations.CreateModel(
            name='FundCriteria',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('state', models.CharField(choices=[('proposed', 'da approvare'), ('published', 'pubblicati'), ('withdrawn', 'ritirati')], default='proposed', max_length=10, verbose_name='stato')),
                ('valid_from', models.DateField(verbose_name='valgono dal')),
                ('act_number', models.CharField(max_length=60, verbose_name="numero dell'atto")),
                ('act_on', models.DateField(verbose_name="data dell'atto")),
                ('proof_days', models.PositiveSmallIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='giorni per portare la prova della spesa')),
                ('term_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)], verbose_name='giorni per decidere')),
                ('missing_days', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='giorni per completare una richiesta')),
                ('advance_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='anticipo urgente fino a')),
                ('ratify_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)], verbose_name='giorni per ratificare un anticipo')),
                ('appeal', models.TextField(verbose_name='come si fa ricorso')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='pubblicati il')),
                ('link', models.URLField(blank=True, max_length=300, verbose_name='dove sono pubblicati')),
                ('outside_number', models.CharField(blank=True, max_length=60, verbose_name="numero dell'atto esterno")),
                ('outside_on', models.DateField(blank=True, null=True, verbose_name="data dell'atto esterno")),
            ],
            options={
                'verbose_name': 'criteri del fondo',
                'verbose_name_plural': 'criteri del fondo',
            },
        ),
        migrations.CreateModel(
            name='MissingPapers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('what', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('quote', 'il preventivo o lo scontrino'), ('isee', "l'attestazione ISEE in corso"), ('payee', 'i dati di chi va pagato'), ('amount', "l'importo giusto"), ('consent', 'la domanda firmata dalla persona'), ('other', 'altro, ne parliamo a voce')], max_length=10), size=None, verbose_name='che cosa manca')),
                ('asked_on', models.DateField(verbose_name='chiesto il')),
                ('due_on', models.DateField(verbose_name='entro il')),
                ('answered_on', models.DateField(null=True, verbose_name='arrivato il')),
            ],
            options={
                'verbose_name': 'integrazione chiesta',
                'verbose_name_plural': 'integrazioni chieste',
            },
        ),
        migrations.CreateModel(
            name='MoneyBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='importo in euro')),
                ('received_on', models.DateField(verbose_name='tornati il')),
                ('receipt', models.CharField(max_length=60, verbose_name='quietanza')),
                ('reason', models.CharField(choices=[('unspent', 'soldi non spesi'), ('recovered', 'anticipo non ratificato, recuperato')], default='unspent', max_length=10, verbose_name='perché')),
            ],
            options={
                'verbose_name': 'soldi tornati al fondo',
                'verbose_name_plural': 'soldi tornati al fondo',
            },
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('verdict', models.CharField(choices=[('favourable', 'favorevole'), ('changed', 'favorevole, con un altro importo'), ('contrary', 'contrario')], max_length=10, verbose_name='parere')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='importo proposto, in euro')),
                ('reason', models.CharField(max_length=300, verbose_name='perché')),
            ],
            options={
                'verbose_name': 'parere',
                'verbose_name_plural': 'pareri',
            },
        ),
        migrations.CreateModel(
            name='PotPurpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('transport', 'trasporto (abbonamento, biglietti)'), ('clothing', 'abiti e scarpe da lavoro'), ('meals', 'pasti'), ('course', 'corso, sport o tempo libero'), ('health', 'occhiali, dentista, ausili'), ('device', 'telefono o computer'), ('emergency', 'aiuto urgente')], max_length=20), blank=True, default=list, size=None, verbose_name='tipi di aiuto')),
            ],
            options={
                'verbose_name': 'scopo del salvadanaio',
                'verbose_name_plural': 'scopi dei salvadanai',
            },
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('started_on', models.DateField(verbose_name='avviato il')),
                ('term_days', models.PositiveSmallIntegerField(verbose_name='giorni per decidere')),
                ('appeal', models.TextField(blank=True, verbose_name='come si fa ricorso')),
                ('grounds', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='motivi del preavviso')),
                ('observed_on', models.DateField(null=True, verbose_name='osservazioni arrivate il')),
                ('observations', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='osservazioni della persona')),
                ('answer', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='risposta alle osservazioni')),
            ],
            options={
                'verbose_name': 'procedimento',
                'verbose_name_plural': 'procedimenti',
            },
        ),
        migrations.CreateModel(
            name='ProcedurePaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('kind', models.CharField(choices=[('start', 'comunicazione di avvio'), ('notice', 'preavviso di diniego'), ('final', 'decisione')], max_length=10, verbose_name='carta')),
                ('delivered_on', models.DateField(null=True, verbose_name='consegnata il')),
                ('way', models.CharField(blank=True, choices=[('by_hand', 'a mano, con firma'), ('registered', 'raccomandata con ricevuta'), ('pec', 'posta elettronica certificata'), ('worker', "dall'assistente sociale, con firma")], max_length=12, verbose_name='come')),
            ],
            options={
                'verbose_name': 'carta del procedimento',
                'verbose_name_plural': 'carte del procedimento',
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_present', models.BooleanField(default=False, verbose_name='presente')),
            ],
            options={
                'verbose_name': 'posto in commissione',
                'verbose_name_plural': 'posti in commissione',
            },
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('number', models.CharField(max_length=20, verbose_name='numero')),
                ('held_on', models.DateField(verbose_name='giorno')),
                ('starts_at', models.TimeField(blank=True, null=True, verbose_name='ora')),
                ('place', models.CharField(max_length=120, verbose_name='dove')),
                ('state', models.CharField(choices=[('planned', 'in programma'), ('open', 'in corso'), ('closed', 'verbale da approvare'), ('approved', 'verbale approvato'), ('cancelled', 'annullata')], default='planned', max_length=10, verbose_name='stato')),
            ],
            options={
                'verbose_name': 'seduta della commissione',
                'verbose_name_plural': 'sedute della commissione',
            },
        ),
        migrations.CreateModel(
            name='SpendingProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='importo in euro')),
                ('spent_on', models.DateField(verbose_name='speso il')),
                ('state', models.CharField(choices=[('received', 'da controllare'), ('accepted', 'accettata'), ('rejected', 'non accettata')], default='received', max_length=10, verbose_name='stato')),
                ('why_not', models.CharField(blank=True, max_length=200, verbose_name='perché non va bene')),
            ],
            options={
                'verbose_name': 'prova della spesa',
                'verbose_name_plural': 'prove della spesa',
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('in_favour', models.BooleanField(verbose_name='a favore')),
            ],
            options={
                'verbose_name': 'voto',
                'verbose_name_plural': 'voti',
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='codice')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='importo in euro')),
                ('used_on', models.DateField(null=True, verbose_name='usato il')),
            ],
            options={
                'verbose_name': 'buono',
                'verbose_name_plural': 'buoni',
            },
        ),
        migrations.RemoveConstraint(
            model_name='benefitrequest',
            name='solidarity_fund_request_decided',
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='advance',
            field=models.CharField(blank=True, choices=[('', 'no'), ('open', 'da ratificare'), ('ratified', 'ratificato'), ('refused', 'non ratificato')], default='', max_length=10, verbose_name='anticipo urgente'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='asked_amount',
            field=models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name='importo chiesto, in euro'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='closed_on',
            field=models.DateField(null=True, verbose_name='concluso il'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='is_urgent',
            field=models.BooleanField(default=False, verbose_name='urgente'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='isee_on',
            field=models.DateField(blank=True, null=True, verbose_name="data dell'attestazione ISEE"),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='isee_value',
            field=impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='valore ISEE in euro'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='need',
            field=models.CharField(blank=True, choices=[('reach_work', 'per arrivare al lavoro'), ('work_things', 'per avere quello che serve sul lavoro'), ('everyday', 'per le spese di tutti i giorni'), ('unexpected', 'per una spesa che non si poteva prevedere'), ('lost_income', "perché è venuta a mancare un'entrata"), ('home', 'per non perdere la casa o la luce'), ('together', 'per stare con gli altri e imparare')], max_length=20, verbose_name='perché serve'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='proof_due_on',
            field=models.DateField(null=True, verbose_name='prova della spesa entro il'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='ratify_by',
            field=models.DateField(null=True, verbose_name='da ratificare entro il'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='rulebook',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.rulebookversion', verbose_name='versione del regolamento'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='screened_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='istruito da'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='benefitrequest',
            name='asked_amount',
            field=models.DecimalField(decimal_places=2, max_digits=10, verbose_name='importo chiesto, in euro'),
        ),
        migrations.AlterField(
            model_name='benefitrequest',
            name='rulebook',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.rulebookversion', verbose_name='versione del regolamento'),
        ),
        migrations.AlterField(
            model_name='benefitrequest',
            name='state',
            field=models.CharField(choices=[('submitted', 'da istruire'), ('incomplete', 'da completare'), ('ready', 'da decidere'), ('granted', 'concesso'), ('refused', 'non concesso'), ('paid', 'pagato'), ('withdrawn', 'ritirato'), ('revoked', 'concessione tolta')], default='submitted', max_length=10, verbose_name='stato'),
        ),
        migrations.AddField(
            model_name='abstention',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='abstention',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='abstention',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente'),
        ),
        migrations.AddField(
            model_name='abstention',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='abstentions', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='benefitpayee',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='benefitpayee',
            name='request',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payee', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='criteriakind',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='fundcriteria',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='fundcriteria',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da'),
        ),
        migrations.AddField(
            model_name='fundcriteria',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='criteriakind',
            name='criteria',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kinds', to='solidarity_fund.fundcriteria', verbose_name='criteri del fondo'),
        ),
        migrations.AddField(
            model_name='benefitrequest',
            name='criteria',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='solidarity_fund.fundcriteria', verbose_name='criteri del fondo'),
        ),
        migrations.AddIndex(
            model_name='benefitrequest',
            index=models.Index(condition=models.Q(('closed_on', None), ('proof_due_on__isnull', False)), fields=['proof_due_on'], name='fund_request_proof_due'),
        ),
        migrations.AddConstraint(
            model_name='benefitrequest',
            constraint=models.CheckConstraint(condition=models.Q(('amount__lte', models.F('asked_amount'))), name='solidarity_fund_request_not_over', violation_error_message='Non si può concedere più di quanto è stato chiesto.'),
        ),
        migrations.AddConstraint(
            model_name='benefitrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state__in', ['submitted', 'incomplete', 'ready', 'withdrawn'])), models.Q(('state__in', ['granted', 'refused', 'paid', 'revoked']), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='solidarity_fund_request_decided'),
        ),
        migrations.AddConstraint(
            model_name='benefitrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('advance', ''), ('ratify_by', None)), models.Q(models.Q(('advance', ''), _negated=True), ('ratify_by__isnull', False)), _connector='OR'), name='solidarity_fund_request_advance'),
        ),
        migrations.AddConstraint(
            model_name='benefitrequest',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on', None), ('state__in', ['paid', 'revoked']), _connector='OR'), name='solidarity_fund_request_closed'),
        ),
        migrations.AddField(
            model_name='missingpapers',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='missingpapers',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='missingpapers',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missing', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='moneyback',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='moneyback',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='moneyback',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='backs', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='opinion',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='opinion',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='opinion',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente'),
        ),
        migrations.AddField(
            model_name='opinion',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='potpurpose',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='potpurpose',
            name='pot',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.pot', verbose_name='salvadanaio'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='observations_file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='osservazioni (file)'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='request',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='procedure', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='responsible',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsabile del procedimento'),
        ),
        migrations.AddField(
            model_name='procedurepaper',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='procedurepaper',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='procedurepaper',
            name='document',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='documento'),
        ),
        migrations.AddField(
            model_name='procedurepaper',
            name='procedure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='solidarity_fund.procedure', verbose_name='procedimento'),
        ),
        migrations.AddField(
            model_name='procedurepaper',
            name='proof',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='prova della consegna'),
        ),
        migrations.AddField(
            model_name='seat',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='seat',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verbale approvato da'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verbale scritto da'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='document',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document', verbose_name='verbale'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='president',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='presidente'),
        ),
        migrations.AddField(
            model_name='seat',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='solidarity_fund.sitting', verbose_name='seduta della commissione'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='solidarity_fund.sitting', verbose_name='seduta della commissione'),
        ),
        migrations.AddField(
            model_name='spendingproof',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='spendingproof',
            name='checked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='controllata da'),
        ),
        migrations.AddField(
            model_name='spendingproof',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='spendingproof',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.upload', verbose_name='scontrino o fattura'),
        ),
        migrations.AddField(
            model_name='spendingproof',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='vote',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='vote',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='vote',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='solidarity_fund.agendaitem', verbose_name="caso all'ordine del giorno"),
        ),
        migrations.AddField(
            model_name='vote',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='componente'),
        ),
        migrations.AddField(
            model_name='voucher',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='voucher',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='voucher',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='voucher',
            name='used_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='segnato da'),
        ),
        migrations.AddConstraint(
            model_name='abstention',
            constraint=models.UniqueConstraint(fields=('request', 'member'), name='solidarity_fund_abstention_once'),
        ),
        migrations.AddConstraint(
            model_name='benefitpayee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way__in', ('refund', 'supplier')), _negated=True), models.Q(models.Q(('name', ''), _negated=True), ('iban__isnull', False)), _connector='OR'), name='solidarity_fund_payee_iban', violation_error_message="Per questo modo servono il nome e l'IBAN."),
        ),
        migrations.AddConstraint(
            model_name='fundcriteria',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('network', 'valid_from'), name='solidarity_fund_criteria_day_once', violation_error_message='Ci sono già dei criteri pubblicati che valgono da questo giorno.'),
        ),
        migrations.AddConstraint(
            model_name='fundcriteria',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('decided_by__isnull', False), ('published_on__isnull', False), models.Q(('link', ''), _negated=True)), _connector='OR'), name='solidarity_fund_criteria_published', violation_error_message="Dei criteri pubblicati servono il giorno e l'indirizzo."),
        ),
        migrations.AddConstraint(
            model_name='fundcriteria',
            constraint=models.CheckConstraint(condition=models.Q(('advance_limit', None), ('advance_limit__gt', 0), _connector='OR'), name='solidarity_fund_criteria_advance', violation_error_message="Il limite dell'anticipo deve essere maggiore di zero, oppure vuoto."),
        ),
        migrations.AddConstraint(
            model_name='criteriakind',
            constraint=models.UniqueConstraint(fields=('criteria', 'kind'), name='solidarity_fund_criteriakind_once'),
        ),
        migrations.AddConstraint(
            model_name='criteriakind',
            constraint=models.CheckConstraint(condition=models.Q(('ceiling', None), ('ceiling__gt', 0), _connector='OR'), name='solidarity_fund_criteriakind_ceiling'),
        ),
        migrations.AddConstraint(
            model_name='missingpapers',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_on', None)), fields=('request',), name='solidarity_fund_missing_one_open'),
        ),
        migrations.AddConstraint(
            model_name='missingpapers',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('asked_on'))), name='solidarity_fund_missing_dates'),
        ),
        migrations.AddConstraint(
            model_name='moneyback',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_back_positive', violation_error_message="L'importo deve essere maggiore di zero."),
        ),
        migrations.AddConstraint(
            model_name='moneyback',
            constraint=models.UniqueConstraint(fields=('request', 'receipt'), name='solidarity_fund_back_receipt_once', violation_error_message='Questa quietanza è già registrata.'),
        ),
        migrations.AddIndex(
            model_name='opinion',
            index=models.Index(fields=['request', 'member', '-id'], name='fund_opinion_last'),
        ),
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('verdict', 'changed')), models.Q(models.Q(('verdict', 'changed'), _negated=True), ('amount', None)), _connector='OR'), name='solidarity_fund_opinion_amount', violation_error_message="Scrivi l'importo che proponi."),
        ),
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='solidarity_fund_opinion_reason'),
        ),
        migrations.AddConstraint(
            model_name='procedurepaper',
            constraint=models.UniqueConstraint(fields=('procedure', 'kind'), name='solidarity_fund_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='procedurepaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivered_on', None), ('proof', None), ('way', '')), models.Q(('delivered_on__isnull', False), ('proof__isnull', False), models.Q(('way', ''), _negated=True)), _connector='OR'), name='solidarity_fund_paper_delivered', violation_error_message='Della consegna servono il giorno, il modo e la prova.'),
        ),
        migrations.AddIndex(
            model_name='sitting',
            index=models.Index(fields=['ambito', '-held_on', '-id'], name='fund_sitting_newest'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.UniqueConstraint(fields=('ambito', 'number'), name='solidarity_fund_sitting_number_once'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('approved_by__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='solidarity_fund_sitting_approved'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('closed_by')), _negated=True), _connector='OR'), name='solidarity_fund_sitting_two_keys', violation_error_message='Chi ha scritto il verbale non lo approva.'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('sitting', 'member'), name='solidarity_fund_seat_once'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(fields=('sitting', 'position'), name='solidarity_fund_case_position_once'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(fields=('sitting', 'request'), name='solidarity_fund_case_request_once'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('request',), name='solidarity_fund_case_one_pending', violation_error_message="Questa richiesta è già all'ordine del giorno di un'altra seduta."),
        ),
        migrations.AddConstraint(
            model_name='spendingproof',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_proof_positive', violation_error_message="L'importo deve essere maggiore di zero."),
        ),
        migrations.AddConstraint(
            model_name='spendingproof',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_by', None), ('state', 'received')), models.Q(models.Q(('state', 'received'), _negated=True), ('checked_by__isnull', False)), _connector='OR'), name='solidarity_fund_proof_checked'),
        ),
        migrations.AddConstraint(
            model_name='spendingproof',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', None), models.Q(('checked_by', models.F('created_by')), _negated=True), _connector='OR'), name='solidarity_fund_proof_two_keys', violation_error_message='Chi ha portato la prova non la controlla.'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('item', 'member'), name='solidarity_fund_vote_once', violation_error_message='Questa persona ha già votato su questo caso.'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_voucher_positive'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('used_by', None), ('used_on', None)), models.Q(('used_by__isnull', False), ('used_on__isnull', False)), _connector='OR'), name='solidarity_fund_voucher_used'),
        ),
    ]
