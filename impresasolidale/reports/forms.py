from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.forms import Form, VersionedModelForm
from impresasolidale.core.models import Job
from impresasolidale.territory.models import Comune

from .definitions import Definition
from .enums import Basis, Scope
from .models import ReportCalendar
from .periods import FIRST_YEAR, Period
from .units import Unit, end_of, name_of, recent

MOST_MONTHS = 60

LABELS = {Unit.MONTH: _("Mese"), Unit.QUARTER: _("Trimestre"), Unit.YEAR: _("Anno"), Unit.HALF: _("Semestre")}
TOLD = (Role.COORDINATOR, Role.ACCOUNTING, Role.SOCIAL_WORKER, Role.CLERK, Role.COMUNE_OFFICER, Role.AUDITOR)


def months_back(today: date, count: int) -> list[date]:
    """The first days of this month and of the `count - 1` before it, newest first."""
    index = today.year * 12 + today.month - 1
    return [date((index - n) // 12, (index - n) % 12 + 1, 1) for n in range(count)]


class OrderForm(Form):
    """What a kind asks: its period, and the comune or the funder it is about."""

    period = forms.TypedChoiceField(coerce=date.fromisoformat)
    period_from = forms.DateField(label=_("Dal"))
    period_to = forms.DateField(label=_("Al"))
    comune = forms.ModelChoiceField(label=_("Comune"), queryset=Comune.objects.none())
    source = forms.ChoiceField(label=_("Chi finanzia"))

    def __init__(
        self, *args: Any, definition: Definition, today: date, comuni: QuerySet[Comune], sources: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        fields: dict[str, Any] = self.fields
        if definition.unit == Unit.FREE:
            del fields["period"]
        else:
            del fields["period_from"], fields["period_to"]
            firsts = recent(definition.unit, today)
            is_over = definition.scope == Scope.NETWORK  # the one that runs is not asked of the network
            firsts = firsts[1:] if is_over else firsts
            fields["period"].label = LABELS[definition.unit]
            names = [(first, name_of(first, end_of(definition.unit, first))) for first in firsts]
            fields["period"].choices = [(first.isoformat(), name[0].upper() + name[1:]) for first, name in names]
            fields["period"].initial = firsts[0 if is_over else 1].isoformat()
            if not is_over:
                fields["period"].help_text = _("Quello in corso si può chiedere: conta quello che c'è fino a oggi.")
        if definition.scope == Scope.COMUNE:
            fields["comune"].queryset = comuni
        else:
            del fields["comune"]
        if definition.scope == Scope.SOURCE:
            fields["source"].choices = [("", _("Scegli…")), *sources]
        else:
            del fields["source"]

    @property
    def asked(self) -> dict[str, Any]:
        """As the service takes it."""
        given = self.cleaned_data
        first = given.get("period") or given["period_from"]
        return {"first": first, "last": given.get("period_to"), "comune": given.get("comune"), "source": given.get("source", "")}


class ReportFilter(Form):
    """Filters of the list, kept in the address."""

    tipo = forms.ChoiceField(label=_("Tipo"), required=False)
    anno = forms.TypedChoiceField(label=_("Anno"), required=False, coerce=int, empty_value=None)
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *Job.State.choices])

    def __init__(self, *args: Any, kinds: list[Definition], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["tipo"].choices = [("", _("Tutti")), *((d.slug, d.title) for d in kinds)]
        fields["anno"].choices = [("", _("Tutti")), *((str(y), str(y)) for y in range(today.year, today.year - 6, -1))]


class CalendarForm(VersionedModelForm):
    class Meta:
        model = ReportCalendar
        fields = ("kind", "unit", "first_period", "comune", "source", "recipients")

    kind = forms.ChoiceField(label=_("Rapporto"))
    source = forms.ChoiceField(label=_("Chi finanzia"), required=False)
    recipients = forms.MultipleChoiceField(
        label=_("A chi si dice che è pronto"),
        choices=[(role.value, role.label) for role in TOLD],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, kinds: list[Definition], comuni: QuerySet[Comune], sources: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [(d.code, d.title) for d in kinds]
        fields["comune"].queryset = comuni
        fields["comune"].help_text = _("Solo per la scheda di un Comune.")
        fields["source"].choices = [("", _("Nessuno")), *sources]
        fields["source"].help_text = _("Solo per la relazione a un finanziatore.")
        fields["first_period"].help_text = _(
            "Il primo giorno del primo periodo: l'anno di un finanziatore può cominciare in un mese qualunque."
        )


class SplitKeyForm(Form):
    valid_from = forms.DateField(label=_("Valida dal"))
    basis = forms.ChoiceField(label=_("In proporzione a"), choices=Basis.choices)
    act = forms.CharField(label=_("Atto che la approva"), max_length=200)


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


class AccountForm(Form):
    """Whose account of the fund is prepared."""

    year = forms.TypedChoiceField(label=_("Anno"), coerce=int)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]
