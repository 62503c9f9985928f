"""Pieces of forms that several pages of the room use."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE

Choices = Iterable[tuple[str, str]]
ANY = ("", _("Tutti"))
FILE, FILE_KINDS = _("File"), _("PDF, oppure foto JPEG o PNG, fino a 10 MB.")


def choices_of(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Rows by their public id, in words."""
    return [(str(row.public_id), str(row)) for row in rows]


def offer(form: Any, name: str, choices: Choices, *, empty: Any = CHOOSE) -> None:
    form.fields[name].choices = [("", empty), *choices]


def file_field(label: Any = FILE, *, required: bool = True, help_text: Any = FILE_KINDS) -> forms.FileField:
    return forms.FileField(label=label, required=required, help_text=help_text)


def day_field(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, **more)


class FilterDay(forms.DateField):
    """A day in the filters of a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)
