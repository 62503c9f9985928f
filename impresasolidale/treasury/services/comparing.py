"""How the accounting office's file is laid out: the names of its columns, remembered by body."""

from collections.abc import Mapping

from django.db import transaction

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.territory.models import Body

from ..models import FileLayout


@transaction.atomic
def remember_layout(*, body: Body, columns: Mapping[str, str], by: Access) -> None:
    """Keep the names of the columns that worked, for the next file of this body."""
    by.require(Permission.SEE_MONEY)
    row = FileLayout(ambito_id=by.ambito_id, body=body, columns=dict(columns), created_by_id=by.actor_id)
    FileLayout.objects.bulk_create([row], update_conflicts=True, unique_fields=["ambito", "body"], update_fields=["columns"])
