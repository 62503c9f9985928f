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
        ('territory', '0002_guards'),
        ('certification', '0004_papers_guards'),
        ('website', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
    ]
