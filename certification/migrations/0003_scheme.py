"""Who edited a draft last, and from which version it began."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0002_guards"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            "schemeversion",
            "based_on",
            models.PositiveSmallIntegerField(editable=False, null=True, verbose_name="cominciata dalla versione"),
        ),
        migrations.AddField(
            "schemeversion",
            "edited_by",
            models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="modificata da"),
        ),
    ]
