"""The tables of the house, and what a value of theirs is in JSON: for whoever tells or takes out all that is known."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models


def house_tables() -> list[type[models.Model]]:
    """Every table of ours, as the rooms come."""
    return [m for m in apps.get_models() if m._meta.managed and m.__module__.partition(".")[0] in settings.WINGS]


def plain_value(value: Any) -> Any:
    """Days and hours in ISO's form, decimal numbers as text; what JSON has no word for as its words."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        return [plain_value(each) for each in value]
    return value if isinstance(value, str | int | float | bool | dict | None) else str(value)
