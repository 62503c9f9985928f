"""A scope key of its own for papers, which holders of a personal link have; wrong guesses counted for every public page."""

from django.db import migrations, models

from impresasolidale.core import sql


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_merge_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='Miss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('since', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'tentativo non riuscito',
                'verbose_name_plural': 'tentativi non riusciti',
                'constraints': [models.UniqueConstraint(fields=('key', 'since'), name='core_miss_once')],
            },
        ),
        *sql.protect("core_document", owner=("ambito_id", "network_id"), only={"paper": "id"}),
    ]
