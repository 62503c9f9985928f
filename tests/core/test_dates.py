"""A slip of the finger in a year is caught in every form."""

from datetime import date

import pytest
from django import forms

from impresasolidale.core.forms import Form


class Dated(Form):
    on = forms.DateField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["later"] = forms.DateField(required=False)


@pytest.fixture(autouse=True)
def in_2026(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: date(2026, 11, 18))


@pytest.mark.parametrize("name", ["on", "later"])
@pytest.mark.parametrize(
    ("day", "fits"),
    [("0202-01-01", False), ("1919-12-31", False), ("1920-01-01", True), ("2056-12-31", True), ("2057-01-01", False), ("", True)],
)
def test_only_years_of_our_time(name, day, fits):
    form = Dated({name: day})
    assert form.is_valid() is fits
    assert form.errors.get(name, []) == ([] if fits else ["Controlla l'anno."])
