"""What every page knows, without a query: names, the active Ambito, the menu."""

import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .links import links

PRODUCT_NAME = "Impresasolidale"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The root URLconf says `help_address(request)` and, only when a template asks for them, `menu(request)` and
    `announcements(request)`."""
    access = getattr(request, "access", None)
    return {
        "product_name": PRODUCT_NAME,
        "access": access,
        "ambito": getattr(access, "ambito", None),
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "announcements": SimpleLazyObject(lambda: _announcements(request)),
        "help_url": _help(request),
        "languages": settings.LANGUAGES,
        "links": links(),
        "is_embedded": getattr(request, "is_embedded", False),
    }


def _top(request: HttpRequest) -> Any:
    return importlib.import_module(getattr(request, "urlconf", None) or settings.ROOT_URLCONF)


def _help(request: HttpRequest) -> str:
    """Where the guide explains this page, by the root URLconf's `help_address(request)`; empty where it does not."""
    top = _top(request)
    return top.help_address(request) if hasattr(top, "help_address") else ""


def _announcements(request: HttpRequest) -> list[Any]:
    top = _top(request)
    found: list[Any] = top.announcements(request) if hasattr(top, "announcements") else []
    return found


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    top = _top(request)
    return with_active(top.menu(request), request.path) if hasattr(top, "menu") else []


def with_active(items: Iterable[Mapping[str, Any]], path: str) -> list[dict[str, Any]]:
    """The items with their optional keys filled; the longest address that begins `path` is active, unless an item says so itself.

    `under`: the address whose pages are all the item's, its own when it says none.
    """
    rows = [{"icon": "", "badge": "", "later": False, "under": str(item["url"]), **item, "url": str(item["url"])} for item in items]
    best = max(
        (row["under"] for row in rows if path.startswith(row["under"]) and (row["under"] != "/" or path == "/")), key=len, default=None
    )
    return [{"active": row["under"] == best, **row} for row in rows]
