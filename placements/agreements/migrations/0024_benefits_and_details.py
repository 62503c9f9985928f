"""What else the host must know of a project; that the person was told what the allowance means for other benefits."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


from impresasolidale.core import sql


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0023_reasons'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='personalproject',
            name='facilities',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='altre agevolazioni'),
        ),
        migrations.AddField(
            model_name='personalproject',
            name='not_to_do',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='che cosa non deve fare'),
        ),
        migrations.AddField(
            model_name='personalproject',
            name='protective_equipment',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='dispositivi di protezione'),
        ),
        migrations.AddField(
            model_name='personalproject',
            name='travel',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='come arriva'),
        ),
        migrations.AlterField(
            model_name='readinessitem',
            name='kind',
            field=models.CharField(choices=[('agreement', "convenzione firmata e valida all'inizio"), ('project', 'progetto firmato da tutti'), ('assessment', 'valutazione del servizio sociale'), ('in_charge', 'presa in carico per tutto il periodo'), ('age', 'età e obbligo scolastico'), ('representative', 'firma del rappresentante'), ('length', 'durata complessiva'), ('tutors', 'due tutor diversi, indicati entrambi'), ('inail', 'copertura INAIL'), ('liability', 'responsabilità civile per tutto il periodo'), ('communication', 'comunicazione obbligatoria'), ('safety', "dichiarazione sulla sicurezza dell'impresa"), ('safety_training', 'formazione sulla sicurezza'), ('fitness', 'idoneità medica, se serve'), ('outside', 'luoghi fuori sede'), ('replacement', 'nessuna sostituzione di personale'), ('privacy', 'informativa sulla privacy consegnata'), ('trained_tutor', 'tutor aziendale formato'), ('tutor_load', 'persone seguite dal tutor aziendale'), ('length_of_project', 'durata di questo progetto'), ('host_load', "persone accolte dall'impresa"), ('promoter_load', 'persone seguite dal tutor del promotore'), ('funding', 'soldi per il contributo'), ('benefits', 'altri aiuti della persona al sicuro')], max_length=20),
        ),
        migrations.CreateModel(
            name='BenefitCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='creato il')),
                ('told_on', models.DateField(verbose_name='persona informata il')),
                ('noted_on', models.DateField(blank=True, null=True, verbose_name='scritto in GePI il')),
                ('ambito', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.ambito', verbose_name='Ambito')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='creato da')),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='benefit_check', to='agreements.placement', verbose_name='tirocinio')),
            ],
            options={
                'verbose_name': 'controllo sugli altri aiuti',
                'verbose_name_plural': 'controlli sugli altri aiuti',
            },
        ),
        *sql.protect("agreements_benefitcheck", only={"document": "id"}, pins={"placement_id": "agreements_placement"}),
        *sql.history("agreements_benefitcheck"),
    ]
