from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form


def months_back(today: date, count: int) -> list[date]:
    """The first days of this month and of the `count - 1` before it, newest first."""
    index = today.year * 12 + today.month - 1
    return [date((index - n) // 12, (index - n) % 12 + 1, 1) for n in range(count)]


class MonthlyReport(Form):
    month = forms.TypedChoiceField(label=_("Mese"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(m.isoformat(), date_format(m, "F Y")) for m in months_back(today, 18)]  # type: ignore[attr-defined]
        self.fields["month"].initial = months_back(today, 2)[1].isoformat()
