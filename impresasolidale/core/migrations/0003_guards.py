"""Row-level security, append-only trails, and the trigger functions every other guards migration uses."""

from django.db import migrations

from impresasolidale.core import sql

BOTH = ("ambito_id", "network_id")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]

    operations = [
        *sql.functions(),
        *sql.protect("core_fact", owner=BOTH, trail=True),
        *sql.protect("core_look", owner=BOTH, trail=True, apart=True),
        *sql.protect("core_rowchange", owner=BOTH, trail=True),
        *sql.protect("core_document", owner=BOTH, only={"paper": "id"}),
        *sql.protect("core_upload", owner=BOTH, only={"document": "id"}),
        *sql.protect("core_message", owner=BOTH, only={"document": "id"}, apart=True),
        *sql.protect("core_todo", owner=BOTH),
        *sql.protect("core_deadline", owner=BOTH),
        *sql.protect("core_announcement", owner=BOTH),
        *sql.protect("core_mute"),
        *sql.protect("core_mailclosing"),
        *sql.protect("core_mergelog", owner=BOTH),
        *sql.append_only("core_fact"),
        *sql.append_only("core_look"),
        *sql.append_only("core_rowchange"),
        *sql.append_only("core_verification"),
        *sql.append_only("core_mailclosing"),
        *sql.history("core_document", hidden=["context"]),
        *sql.history("core_mute"),
    ]
