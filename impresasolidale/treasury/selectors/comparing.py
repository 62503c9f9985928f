"""What is remembered of the accounting office's files."""

from impresasolidale.accounts.access import Access

from ..models import FileLayout


def layout_of(access: Access, body_id: int) -> dict[str, str]:
    """The names of the columns the last file of this body had; empty the first time."""
    row = FileLayout.objects.filter(ambito_id=access.ambito_id, body_id=body_id).first()
    return dict(row.columns) if row else {}
