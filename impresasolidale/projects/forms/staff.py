"""The staff of the partners and their hours."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Form, HoursField, MoneyField
from impresasolidale.core.words import written

from ..enums import StaffKind
from ..models import ProjectSource
from ._common import Choices, day_field, file_field, offer


class MemberForm(Form):
    partner = forms.ChoiceField(label=_("Partner"))
    name = forms.CharField(label=_("Nome e cognome"), max_length=120)
    code = forms.CharField(label=_("Codice"), max_length=10, help_text=_("Sta al posto del nome fuori dall'ufficio, per esempio P-01."))
    qualification = forms.CharField(label=_("Qualifica"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Tipo"), choices=[("", CHOOSE), *StaffKind.choices], help_text=_("Decide la voce di costo: A05 o A06.")
    )

    def __init__(self, *args: Any, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "partner", partners)


class RateForm(Form):
    since = day_field(_("Dal"))
    until = day_field(_("Al"), required=False, help_text=_("Vuoto: finché non ne comincia un altro."))
    value = MoneyField(label=_("Euro all'ora"), decimal_places=6, min_value=0)
    source = forms.CharField(
        label=_("Da dove viene"), max_length=200, help_text=_("Per esempio: costo annuo lordo 2026 diviso le ore dell'anno.")
    )


class SheetForm(Form):
    member = forms.ChoiceField(label=_("Persona"))
    month = forms.ChoiceField(label=_("Mese"))

    def __init__(self, *args: Any, members: Choices, months: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "member", members)
        offer(self, "month", [(f"{m:%Y-%m}", written(m, "F Y")) for m in months])


class HoursForm(Form):
    """A field a day of the month, in hours and minutes."""

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for day in days:
            self.fields[f"day_{day.day}"] = HoursField(label=written(day, "D j"), required=False)

    @property
    def minutes(self) -> dict[date, int]:
        return {day: self.cleaned_data.get(f"day_{day.day}") or 0 for day in self.days}


class SignForm(Form):
    file = file_field(_("Foglio firmato"), help_text=_("La copia con la firma della persona e del responsabile: PDF o foto, fino a 10 MB."))
    on = day_field(_("Firmato il"))


class PercentForm(Form):
    """A percent a source; together 100."""

    def __init__(self, *args: Any, sources: Sequence[ProjectSource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        for source in sources:
            label = _("%(source)s, per cento") % {"source": source.name}
            self.fields[f"share_{source.public_id.hex}"] = MoneyField(label=label, min_value=0, max_value=100, required=False)

    @property
    def shares(self) -> list[tuple[ProjectSource, Decimal]]:
        return [(source, self.cleaned_data.get(f"share_{source.public_id.hex}") or Decimal(0)) for source in self.sources]
