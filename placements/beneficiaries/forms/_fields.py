"""Fields taken from the models, and choices without those that need a permission."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from impresasolidale.accounts.access import Access

from .. import selectors


def field(model: type[Model], name: str, **changes: Any) -> Any:
    return model._meta.get_field(name).formfield(**changes)  # type: ignore[union-attr]


def allowed(access: Access, choices: Iterable[tuple[str, Any]], first: Any) -> list[tuple[str, Any]]:
    return [("", first), *(choice for choice in choices if selectors.may_see_area(access, choice[0]))]
