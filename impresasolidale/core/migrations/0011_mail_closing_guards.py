"""Closing words of an office's mails: behind row-level security, and for ever. One look finds the last mail to an address."""

from django.db import migrations

from impresasolidale.core import sql


class Migration(migrations.Migration):
    dependencies = [("core", "0010_mail_closing")]

    operations = [*sql.protect("core_mailclosing"), *sql.append_only("core_mailclosing")]
