"""Open the views for business intelligence (schema `bi`) to one role of the database, for one Ambito; or close them again."""

import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from impresasolidale.territory.models import Ambito

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="name of the role that signs in, as bi_sondrio")
        parser.add_argument("--ambito", help="code of the Ambito whose rows it sees")
        parser.add_argument("--revoke", action="store_true", help="take everything back")

    def handle(self, *args: Any, role: str, ambito: str | None, revoke: bool, **options: Any) -> None:
        if not NAME.fullmatch(role) or role.startswith("pg_"):
            raise CommandError(f"{role!r} is not a name for a role: small letters, digits and underscores.")
        with transaction.atomic():
            if revoke:
                withdraw(role)
                self.stdout.write(f"{role} no longer reads the views.")
                return
            place = Ambito.objects.filter(code=ambito or "").first()
            if place is None:
                raise CommandError("Say which Ambito: " + ", ".join(Ambito.objects.order_by("code").values_list("code", flat=True)))
            grant(role, place)
        self.stdout.write(f"{role} reads the views of {place}.")


def views() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'bi' ORDER BY viewname")
        return [name for (name,) in cursor.fetchall()]


def grant(role: str, ambito: Ambito) -> None:
    """Raises CommandError for a role that could read more than the views, or that has another Ambito already."""
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        _make(role)
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolcreatedb"
            "       OR pg_has_role(oid, current_user, 'MEMBER') OR rolname = %(application)s"
            "       OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)"
            "  FROM pg_roles r WHERE rolname = %(role)s",
            {"role": role, "application": settings.APPLICATION_ROLE},
        )
        if cursor.fetchone()[0]:
            raise CommandError(f"{role} may do more than read: use a role of its own, member of no other.")
        cursor.execute("SELECT ambito_id FROM bi.reader WHERE role_name = %s", [role])
        if (found := cursor.fetchone()) and found[0] != ambito.pk:
            raise CommandError(f"{role} reads another Ambito: take that back first (--revoke), or use another role.")
        cursor.execute("INSERT INTO bi.reader (role_name, ambito_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", [role, ambito.pk])
        cursor.execute(f"GRANT USAGE ON SCHEMA bi TO {quoted}")
        for view in views():
            cursor.execute(f"GRANT SELECT ON bi.{connection.ops.quote_name(view)} TO {quoted}")


def _make(role: str) -> None:
    """The role, where it is missing and we may. Raises CommandError with what the server's administrator has to run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            return
        try:
            with transaction.atomic():
                cursor.execute(f"CREATE ROLE {connection.ops.quote_name(role)} LOGIN NOINHERIT")
        except ProgrammingError as error:
            wanted = f"CREATE ROLE {role} LOGIN NOINHERIT PASSWORD '…';"
            raise CommandError(f"We may not create roles here. Let the server's administrator run, then try again:\n{wanted}") from error


def withdraw(role: str) -> None:
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM bi.reader WHERE role_name = %s", [role])
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA bi FROM {quoted}")
            cursor.execute(f"REVOKE ALL ON SCHEMA bi FROM {quoted}")
