"""PostgreSQL extensions. All are trusted: the owner of the database may create them; where it may not, the administrator does."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [TrigramExtension(), UnaccentExtension(), BtreeGistExtension()]
