"""An assessment may say until when it holds."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0010_payment_way_withdrawn'),
        ('core', '0010_links_and_guesses'),
        ('territory', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='valid_to',
            field=models.DateField(blank=True, null=True, verbose_name='vale fino al'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('made_on')), _connector='OR'), name='beneficiaries_assessment_dates', violation_error_message='La data di fine viene prima di quella di inizio.'),
        ),
    ]
