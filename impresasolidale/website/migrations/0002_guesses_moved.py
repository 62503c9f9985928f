"""Wrong guesses are counted in core; what was counted here was forgotten after a day anyway."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('website', '0001_initial'),
        ('core', '0010_links_and_guesses'),
    ]

    operations = [migrations.DeleteModel(name='Miss')]
