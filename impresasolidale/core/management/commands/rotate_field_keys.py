"""Write every encrypted value again with the first of FIELD_KEYS. Run after putting a new key in front; safe to repeat."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from impresasolidale.core.fields import EncryptedTextField, decrypt, encrypt


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: object, **options: object) -> None:
        total = 0
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, EncryptedTextField):
                    total += self.rotate(model._meta.db_table, field)
        self.stdout.write(f"{total}")

    def rotate(self, table: str, field: EncryptedTextField) -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(oid, 'UPDATE'), pg_get_userbyid(relowner) = current_user, ARRAY(SELECT tgname::text"
                " FROM pg_trigger WHERE tgrelid = c.oid AND tgname = ANY (%s)) FROM pg_class c WHERE oid = %s::regclass",
                [[f"{table}_append_only", f"{table}_frozen"], table],
            )
            may_write, is_ours, for_ever = cursor.fetchone()
            if not may_write or (for_ever and not is_ours):
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                if cursor.fetchone()[0]:
                    raise CommandError(f"{table} is for ever: run this as the owner of the tables (DATABASE_AS_OWNER=1).")
                return 0
            for trigger in for_ever:  # the words stay, only the key under them changes: no other hand than the owner's can do this
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            key = field.model._meta.pk.column
            cursor.execute(f'SELECT {key}, "{field.column}" FROM {table} WHERE "{field.column}" <> \'\' FOR UPDATE')
            rows = [(encrypt(decrypt(value, place=field.place), place=field.place), pk) for pk, value in cursor.fetchall()]
            cursor.executemany(f'UPDATE {table} SET "{field.column}" = %s WHERE {key} = %s', rows)
            for trigger in for_ever:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        return len(rows)
