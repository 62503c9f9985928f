"""Words kept for everybody, and who is asked for what."""

from datetime import date

from django.urls import reverse

from impresasolidale.accounts.access import Access
from impresasolidale.core import todos
from impresasolidale.core.words import in_italian

from ..models import BenefitRequest


def movement(text: str, row: BenefitRequest, *, by: Access) -> str:
    """Words of a movement: the kind of help and the Ambito, never the person (rules 71 and 73)."""
    here = by.ambito if by.ambito and by.ambito.pk == row.ambito_id else row.ambito
    return in_italian(text, kind=lambda: row.short_kind, ambito=lambda: here.name)


def ask_for(kind: str, title: str, row: BenefitRequest, role: str, *, by: Access, due_on: date | None = None, case_role: str = "") -> None:
    """A to-do about a request; `title` may say its kind of help, never the person."""
    todos.ask(
        kind=kind,
        subject=row,
        title=in_italian(title, kind=row.get_kind_display),
        url=reverse("solidarity_fund:request", args=[row.public_id]),
        role=role,
        by=by,
        due_on=due_on,
        case_role=case_role,
    )
