"""How the accounting office's file is laid out: the names of its columns, remembered by body."""

from collections.abc import Mapping

from django.db import transaction

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.territory.models import Body

from ..models import FileLayout


@transaction.atomic
def remember_layout(*, body: Body, columns: Mapping[str, str], by: Access) -> FileLayout:
    """Keep the names of the columns that worked, for the next file of this body."""
    by.require(Permission.SEE_MONEY)
    row, _made = FileLayout.objects.update_or_create(
        ambito_id=by.ambito_id, body=body, defaults={"columns": dict(columns)}, create_defaults={"columns": dict(columns), "created_by_id": by.actor_id}
    )
    return row
