import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import impresasolidale.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_initial'),
        ('hosts', '0001_initial'),
        ('solidarity_fund', '0011_requests_and_commission_guards'),
        ('territory', '0001_initial'),
        ('treasury', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('account_key', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=80)),
                ('booked_on', models.DateField(verbose_name='giorno')),
                ('value_on', models.DateField(null=True, verbose_name='valuta')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='importo in euro')),
                ('name', models.CharField(blank=True, max_length=140, verbose_name='chi versa o riceve')),
                ('iban', impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='IBAN di chi versa')),
                ('iban_hash', models.CharField(blank=True, max_length=64)),
                ('words', models.TextField(blank=True, verbose_name='causale')),
                ('reference', models.CharField(blank=True, max_length=40, verbose_name='riferimento')),
                ('state', models.CharField(choices=[('waiting', 'da abbinare'), ('matched', 'abbinata'), ('ignored', 'lasciata da parte')], default='waiting', max_length=10, verbose_name='stato')),
                ('made', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'riga di estratto conto',
                'verbose_name_plural': 'righe di estratto conto',
            },
        ),
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('account_key', models.CharField(max_length=64)),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='numero')),
                ('first_on', models.DateField(verbose_name='dal')),
                ('last_on', models.DateField(verbose_name='al')),
                ('opening', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='saldo iniziale in euro')),
                ('closing', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='saldo finale in euro')),
            ],
            options={
                'verbose_name': 'estratto conto',
                'verbose_name_plural': 'estratti conto',
            },
        ),
        migrations.CreateModel(
            name='DonorLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField(verbose_name='scade il')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='chiuso il')),
            ],
            options={
                'verbose_name': 'collegamento di un donatore',
                'verbose_name_plural': 'collegamenti dei donatori',
            },
        ),
        migrations.CreateModel(
            name='FundHolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('valid_from', models.DateField(verbose_name='dal')),
                ('act_number', models.CharField(max_length=60, verbose_name="numero dell'atto")),
                ('act_on', models.DateField(verbose_name="data dell'atto")),
                ('way_in', models.CharField(choices=[('treasurer', 'tesoriere, con pagoPA e giornale di cassa'), ('bank', 'conto in banca, con bonifico')], max_length=10, verbose_name='come entrano i soldi')),
                ('iban', models.CharField(blank=True, max_length=34, verbose_name='IBAN')),
                ('pagopa_aux', models.CharField(blank=True, max_length=1, verbose_name='aux digit')),
                ('pagopa_code', models.CharField(blank=True, max_length=2, verbose_name='codice di segregazione o applicativo')),
                ('pagopa_url', models.URLField(blank=True, verbose_name="pagina dove si paga l'avviso")),
                ('cash_account', models.CharField(blank=True, max_length=30, verbose_name='conto di evidenza del fondo')),
                ('receives_by_act', models.BooleanField(default=False, verbose_name='per accettare un dono serve un atto')),
                ('spends_by_act', models.BooleanField(default=False, verbose_name='per spendere serve un atto')),
            ],
            options={
                'verbose_name': 'titolare del fondo',
                'verbose_name_plural': 'titolari del fondo',
            },
        ),
        migrations.CreateModel(
            name='GiftInKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('transport', 'trasporto (abbonamento, biglietti)'), ('clothing', 'abiti e scarpe da lavoro'), ('meals', 'pasti'), ('course', 'corso, sport o tempo libero'), ('health', 'occhiali, dentista, ausili'), ('device', 'telefono o computer'), ('emergency', 'aiuto urgente')], max_length=20, verbose_name='per quale aiuto')),
                ('description', models.CharField(max_length=160, verbose_name='che cosa')),
                ('quantity', models.PositiveIntegerField(verbose_name='quanti pezzi')),
                ('unit_value', models.DecimalField(decimal_places=2, max_digits=10, validators=[django.core.validators.MinValueValidator(0)], verbose_name='valore di un pezzo in euro')),
                ('valued_by', models.CharField(choices=[('invoice', 'fattura o scontrino'), ('price_list', 'prezzo di listino'), ('estimate', "stima dell'ufficio"), ('declared', 'lo dice chi dona')], max_length=12, verbose_name='come è stato valutato')),
                ('valued_note', models.CharField(blank=True, max_length=160, verbose_name='riferimento della valutazione')),
                ('received_on', models.DateField(verbose_name='ricevuto il')),
                ('available', models.PositiveIntegerField(editable=False, verbose_name='disponibili')),
                ('assigned', models.PositiveIntegerField(default=0, editable=False, verbose_name='assegnati')),
                ('handed_over', models.PositiveIntegerField(default=0, editable=False, verbose_name='consegnati')),
            ],
            options={
                'verbose_name': 'dono in natura',
                'verbose_name_plural': 'doni in natura',
            },
        ),
        migrations.CreateModel(
            name='GoodsMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('move', models.CharField(choices=[('assigned', 'messi da parte'), ('handed_over', 'consegnati'), ('put_back', 'rimessi a disposizione')], max_length=12, verbose_name='movimento')),
                ('quantity', models.PositiveIntegerField(verbose_name='quanti pezzi')),
                ('moved_on', models.DateField(verbose_name='il')),
            ],
            options={
                'verbose_name': 'movimento di doni in natura',
                'verbose_name_plural': 'movimenti di doni in natura',
            },
        ),
        migrations.CreateModel(
            name='Instalment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='posto')),
                ('due_on', models.DateField(verbose_name='entro il')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='importo in euro')),
                ('reference', models.CharField(max_length=25, verbose_name='riferimento del creditore (ISO 11649)')),
                ('notice', models.CharField(blank=True, max_length=18, verbose_name='codice avviso pagoPA')),
            ],
            options={
                'verbose_name': 'rata di una promessa',
                'verbose_name_plural': 'rate delle promesse',
            },
        ),
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='importo promesso in euro')),
                ('promised_on', models.DateField(verbose_name='promesso il')),
                ('purpose', models.CharField(blank=True, max_length=200, verbose_name='per che cosa')),
                ('state', models.CharField(choices=[('open', 'da mantenere'), ('partly', 'mantenuta in parte'), ('kept', 'mantenuta'), ('withdrawn', 'ritirata')], default='open', max_length=10, verbose_name='stato')),
            ],
            options={
                'verbose_name': 'promessa',
                'verbose_name_plural': 'promesse',
            },
        ),
        migrations.CreateModel(
            name='ReceiptWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('valid_from', models.DateField(verbose_name='dal')),
                ('text', models.TextField(max_length=600, verbose_name='parole della ricevuta')),
                ('tax_text', models.TextField(blank=True, max_length=600, verbose_name='parole sulle agevolazioni fiscali')),
                ('tax_source', models.CharField(blank=True, max_length=200, verbose_name='fonte')),
            ],
            options={
                'verbose_name': 'testo delle ricevute',
                'verbose_name_plural': 'testi delle ricevute',
            },
        ),
        migrations.CreateModel(
            name='StatementFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('format', models.CharField(choices=[('camt', 'CAMT.053 (XML della banca)'), ('bank_table', 'tabella della banca (CSV o Excel)'), ('giornale', 'giornale di cassa del tesoriere (XML)'), ('cash_table', 'giornale di cassa in tabella (CSV o Excel)')], max_length=10, verbose_name='formato')),
                ('original_name', models.CharField(max_length=150, verbose_name='nome del file')),
                ('file_name', models.CharField(max_length=200)),
                ('file_hash', models.CharField(max_length=64)),
                ('columns', models.JSONField(default=dict, verbose_name='colonne')),
                ('opening', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='saldo iniziale in euro')),
                ('closing', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='saldo finale in euro')),
                ('state', models.CharField(choices=[('waiting', 'in lettura'), ('read', 'letto'), ('refused', 'non letto')], default='waiting', max_length=10, verbose_name='stato')),
                ('error', models.TextField(blank=True, verbose_name='perché non si legge')),
                ('new_lines', models.PositiveIntegerField(default=0, verbose_name='righe nuove')),
                ('known_lines', models.PositiveIntegerField(default=0, verbose_name='righe già presenti')),
                ('left_out', models.PositiveIntegerField(default=0, verbose_name='righe di altri, non tenute')),
            ],
            options={
                'verbose_name': 'file di estratto conto',
                'verbose_name_plural': 'file di estratto conto',
            },
        ),
        migrations.CreateModel(
            name='StatementLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(choices=[('camt', 'CAMT.053 (XML della banca)'), ('bank_table', 'tabella della banca (CSV o Excel)'), ('giornale', 'giornale di cassa del tesoriere (XML)'), ('cash_table', 'giornale di cassa in tabella (CSV o Excel)')], max_length=10, verbose_name='formato')),
                ('columns', models.JSONField(default=dict, verbose_name='colonne')),
            ],
            options={
                'verbose_name': 'colonne di un estratto conto',
                'verbose_name_plural': 'colonne degli estratti conto',
            },
        ),
        migrations.AddField(
            model_name='contribution',
            name='act_number',
            field=models.CharField(blank=True, max_length=60, verbose_name="numero dell'atto"),
        ),
        migrations.AddField(
            model_name='contribution',
            name='act_on',
            field=models.DateField(blank=True, null=True, verbose_name="data dell'atto"),
        ),
        migrations.AddField(
            model_name='contribution',
            name='for_comune',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.comune', verbose_name='solo per questo comune'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='for_kind',
            field=models.CharField(blank=True, choices=[('transport', 'trasporto (abbonamento, biglietti)'), ('clothing', 'abiti e scarpe da lavoro'), ('meals', 'pasti'), ('course', 'corso, sport o tempo libero'), ('health', 'occhiali, dentista, ausili'), ('device', 'telefono o computer'), ('emergency', 'aiuto urgente')], max_length=20, verbose_name='solo per questo tipo di aiuto'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='restriction',
            field=models.CharField(blank=True, max_length=200, verbose_name='che cosa chiede chi dona'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='way',
            field=models.CharField(choices=[('transfer', 'bonifico'), ('pagopa', 'pagoPA'), ('treasurer', 'versamento al tesoriere'), ('other', 'altro')], default='transfer', max_length=10, verbose_name='come è arrivato'),
        ),
        migrations.AddField(
            model_name='donor',
            name='address',
            field=models.TextField(blank=True, max_length=240, verbose_name='indirizzo per le lettere'),
        ),
        migrations.AddField(
            model_name='donor',
            name='contact_agreed_on',
            field=models.DateField(blank=True, null=True, verbose_name="d'accordo a ricevere ricevute e ringraziamenti dal"),
        ),
        migrations.AddField(
            model_name='donor',
            name='ended_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='non è più contattato dal'),
        ),
        migrations.AddField(
            model_name='donor',
            name='erased_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='dati cancellati il'),
        ),
        migrations.AddField(
            model_name='donor',
            name='tax_code_hash',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name='donor',
            name='tax_code',
            field=impresasolidale.core.fields.EncryptedTextField(blank=True, verbose_name='codice fiscale o partita IVA'),
        ),
        migrations.AddConstraint(
            model_name='donor',
            constraint=models.UniqueConstraint(condition=models.Q(('tax_code_hash', ''), _negated=True), fields=('network', 'tax_code_hash'), name='solidarity_fund_donor_tax_code_once', violation_error_message="C'è già un donatore con questo codice."),
        ),
        migrations.AddConstraint(
            model_name='donor',
            constraint=models.CheckConstraint(condition=models.Q(('erased_on', None), models.Q(('address', ''), ('contact_agreed_on', None), ('email', ''), ('ended_on__isnull', False), ('shows_name', False), ('tax_code_hash', '')), _connector='OR'), name='solidarity_fund_donor_erased'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='contribution',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_line', to='solidarity_fund.contribution', verbose_name='contributo'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deciso da'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.entry', verbose_name='movimento'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='bankstatement',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='bankstatement',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='solidarity_fund.bankstatement', verbose_name='estratto conto'),
        ),
        migrations.AddField(
            model_name='donorlink',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='donorlink',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='solidarity_fund.donor', verbose_name='donatore'),
        ),
        migrations.AddField(
            model_name='donorlink',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='fundholder',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='ente che tiene il fondo'),
        ),
        migrations.AddField(
            model_name='fundholder',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='fundholder',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='giftinkind',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='giftinkind',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goods', to='solidarity_fund.donor', verbose_name='donatore'),
        ),
        migrations.AddField(
            model_name='giftinkind',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='goodsmove',
            name='ambito',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito'),
        ),
        migrations.AddField(
            model_name='goodsmove',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='goodsmove',
            name='gift',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='solidarity_fund.giftinkind', verbose_name='dono in natura'),
        ),
        migrations.AddField(
            model_name='goodsmove',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='solidarity_fund.benefitrequest', verbose_name='richiesta di aiuto'),
        ),
        migrations.AddField(
            model_name='instalment',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='pledge',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='pledge',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to='solidarity_fund.donor', verbose_name='donatore'),
        ),
        migrations.AddField(
            model_name='pledge',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='pledge',
            name='pot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.pot', verbose_name='salvadanaio'),
        ),
        migrations.AddField(
            model_name='instalment',
            name='pledge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='solidarity_fund.pledge', verbose_name='promessa'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='pledge',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='solidarity_fund.pledge', verbose_name='promessa'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act_number', ''), ('act_on', None)), models.Q(models.Q(('act_number', ''), _negated=True), ('act_on__isnull', False)), _connector='OR'), name='solidarity_fund_contribution_act', violation_error_message="Dell'atto servono il numero e la data."),
        ),
        migrations.AddField(
            model_name='receiptwording',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='ente che tiene il fondo'),
        ),
        migrations.AddField(
            model_name='receiptwording',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='receiptwording',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='statementfile',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da'),
        ),
        migrations.AddField(
            model_name='statementfile',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='solidarity_fund.fundholder', verbose_name='titolare del fondo'),
        ),
        migrations.AddField(
            model_name='statementfile',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job', verbose_name='lavoro'),
        ),
        migrations.AddField(
            model_name='statementfile',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddField(
            model_name='bankstatement',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='solidarity_fund.statementfile', verbose_name='file'),
        ),
        migrations.AddField(
            model_name='statementlayout',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.body', verbose_name='ente che tiene il fondo'),
        ),
        migrations.AddField(
            model_name='statementlayout',
            name='network',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.network', verbose_name='rete'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['network', '-booked_on', '-id'], name='fund_bankline_newest'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(condition=models.Q(('iban_hash', ''), _negated=True), fields=['network', 'iban_hash'], name='fund_bankline_iban'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.UniqueConstraint(fields=('network', 'account_key', 'key'), name='solidarity_fund_bankline_once'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='solidarity_fund_bankline_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('state', 'matched')), models.Q(models.Q(('state', 'matched'), _negated=True), ('contribution', None), ('entry', None), ('made', False)), _connector='OR'), name='solidarity_fund_bankline_matched'),
        ),
        migrations.AddConstraint(
            model_name='fundholder',
            constraint=models.UniqueConstraint(fields=('network', 'valid_from'), name='solidarity_fund_holder_day_once', violation_error_message="Da questo giorno c'è già scritto chi tiene il fondo."),
        ),
        migrations.AddConstraint(
            model_name='fundholder',
            constraint=models.CheckConstraint(condition=models.Q(('act_number', ''), _negated=True), name='solidarity_fund_holder_act'),
        ),
        migrations.AddConstraint(
            model_name='fundholder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way_in', 'bank'), _negated=True), models.Q(('iban', ''), _negated=True), _connector='OR'), name='solidarity_fund_holder_bank_has_iban'),
        ),
        migrations.AddConstraint(
            model_name='fundholder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pagopa_aux', ''), ('pagopa_code', '')), models.Q(('pagopa_aux__in', ['0', '3']), ('pagopa_code__regex', '^[0-9]{2}$'), ('way_in', 'treasurer')), _connector='OR'), name='solidarity_fund_holder_pagopa'),
        ),
        migrations.AddIndex(
            model_name='giftinkind',
            index=models.Index(fields=['network', '-received_on', '-id'], name='fund_goods_newest'),
        ),
        migrations.AddConstraint(
            model_name='giftinkind',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='solidarity_fund_goods_some'),
        ),
        migrations.AddConstraint(
            model_name='giftinkind',
            constraint=models.CheckConstraint(condition=models.Q(('unit_value__gt', 0)), name='solidarity_fund_goods_valued'),
        ),
        migrations.AddConstraint(
            model_name='giftinkind',
            constraint=models.CheckConstraint(condition=models.Q(('quantity', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('available'), '+', models.F('assigned')), '+', models.F('handed_over')))), name='solidarity_fund_goods_add_up'),
        ),
        migrations.AddConstraint(
            model_name='goodsmove',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='solidarity_fund_goodsmove_some'),
        ),
        migrations.AddIndex(
            model_name='pledge',
            index=models.Index(fields=['network', 'state', '-id'], name='fund_pledge_newest'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_pledge_positive'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(fields=('pledge', 'position'), name='solidarity_fund_instalment_position'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(fields=('network', 'reference'), name='solidarity_fund_instalment_reference'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(condition=models.Q(('notice', ''), _negated=True), fields=('network', 'notice'), name='solidarity_fund_instalment_notice'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='solidarity_fund_instalment_positive'),
        ),
        migrations.AddConstraint(
            model_name='receiptwording',
            constraint=models.UniqueConstraint(fields=('network', 'body', 'valid_from'), name='solidarity_fund_wording_day_once', violation_error_message="Da questo giorno c'è già un testo."),
        ),
        migrations.AddConstraint(
            model_name='receiptwording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('tax_source', ''), ('tax_text', '')), models.Q(models.Q(('tax_text', ''), _negated=True), models.Q(('tax_source', ''), _negated=True)), _connector='OR'), name='solidarity_fund_wording_tax_source', violation_error_message='Le parole sulle agevolazioni vogliono la loro fonte.'),
        ),
        migrations.AddConstraint(
            model_name='statementfile',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('network', 'file_hash'), name='solidarity_fund_statementfile_once', violation_error_message='Questo file è già stato caricato.'),
        ),
        migrations.AddConstraint(
            model_name='statementfile',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'refused'), ('error', ''), _connector='XOR'), name='solidarity_fund_statementfile_refused'),
        ),
        migrations.AddIndex(
            model_name='bankstatement',
            index=models.Index(fields=['network', '-last_on', '-id'], name='fund_statement_newest'),
        ),
        migrations.AddConstraint(
            model_name='statementlayout',
            constraint=models.UniqueConstraint(fields=('network', 'body', 'format'), name='solidarity_fund_layout_once'),
        ),
    ]
