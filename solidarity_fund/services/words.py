"""Words kept for everybody."""

from typing import Any

from django.conf import settings
from django.utils import translation


def in_italian(text: str, **values: Any) -> str:
    """What is kept for everybody, in the ledger or as a to-do, reads the same whoever caused it."""
    with translation.override(settings.LANGUAGE_CODE):
        return text % {name: value() for name, value in values.items()}
