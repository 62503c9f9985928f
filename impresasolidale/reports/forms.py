from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form

from .periods import FIRST_YEAR, Period

MOST_MONTHS = 60


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


class PeriodForm(Form):
    """From a month to a month, both included. Without a choice: the last quarter that is over."""

    da = forms.ChoiceField(label=_("Da"), required=False)
    a = forms.ChoiceField(label=_("A"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        last = Period.of("quarter", today, today).before
        given = {name: value for name in ("da", "a") if (value := data.get(name, ""))}
        super().__init__({"da": f"{last.first:%Y-%m}", "a": f"{last.last:%Y-%m}", **given})
        self.today, self.usual = today, last
        for name in ("da", "a"):
            months = [(f"{m:%Y-%m}", date_format(m, "F Y")) for m in months_back(today, MOST_MONTHS)]
            if (said := self.data[name]) not in dict(months):
                months.append((said, said))  # what came by address is judged in words below
            self.fields[name].choices = months  # type: ignore[attr-defined]

    def _month(self, name: str) -> date:
        try:
            month = date.fromisoformat(f"{self.cleaned_data[name]}-01")
        except ValueError as error:
            raise forms.ValidationError(_("Scrivi l'anno e il mese, come 2026-09.")) from error
        if month > self.today:
            raise forms.ValidationError(_("Questo mese non è ancora iniziato."))
        if month.year < FIRST_YEAR:
            raise forms.ValidationError(_("È troppo indietro: qui non c'è niente di quegli anni."))
        return month

    def clean_da(self) -> date:
        return self._month("da")

    def clean_a(self) -> date:
        return self._month("a")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("da"), cleaned.get("a")
        if first and last:
            if last < first:
                self.add_error("a", _("L'ultimo mese viene prima del primo: scambiali."))
            elif (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
                self.add_error("a", _("Al massimo cinque anni alla volta."))
        return cleaned

    def period(self) -> Period:
        """What was chosen, or the usual one while the choice is wrong."""
        if not self.is_valid():
            return self.usual
        return Period(self.cleaned_data["da"], Period.of("month", self.cleaned_data["a"], self.today).last, self.today)
