#!/usr/bin/env python
"""Django's command line. Commands that build or fill the database connect as its owner."""

import os
import sys

OWNER_COMMANDS = {
    "backup", "check_invariants", "dbshell", "grant_application_role", "grant_bi_reader", "incident_pack", "migrate",
    "pseudonymised_dump", "restore", "rotate_field_keys", "seed", "sweep_files", "upgrade",
}  # fmt: skip

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "impresasolidale.settings.production")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_AS_OWNER", "1")
    if sys.argv[1:2] == ["dispatch"]:
        import impresasolidale.celery  # noqa: F401  (the dispatcher speaks to its broker)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
