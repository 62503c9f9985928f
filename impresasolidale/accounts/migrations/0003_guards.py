"""Changes of users and memberships are recorded; a password's hash never is."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_memberships"), ("core", "0003_guards")]

    operations = [*sql.history("accounts_user", hidden=["password", "last_login"]), *sql.history("accounts_membership")]
