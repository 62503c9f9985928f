"""Fields taken from the models, and choices without those that need a permission."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access

from .. import selectors


def field(model: type[Model], name: str, **changes: Any) -> Any:
    return model._meta.get_field(name).formfield(**changes)  # type: ignore[union-attr]


def allowed(access: Access, choices: Iterable[tuple[str, Any]], first: Any) -> list[tuple[str, Any]]:
    return [("", first), *(choice for choice in choices if selectors.may_see_area(access, choice[0]))]


PAPER_HINT = gettext_lazy("Se vuoi: PDF, oppure foto JPEG o PNG, fino a 10 MB.")


def paper(label: Any, hint: Any = PAPER_HINT) -> forms.FileField:
    """An optional paper to keep with the record."""
    return forms.FileField(label=label, required=False, help_text=hint)
