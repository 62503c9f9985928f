"""Who was at a meeting, and for how long."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from impresasolidale.core.forms import Form, HoursField, Radios

from ..models import Presence


class PresenceForm(Form):
    """For each tutor on the list: came or not, and for how long. A time field left as proposed means the whole meeting."""

    def __init__(self, *args: Any, enrolments: list[Any], presences: Mapping[int, Presence], session_minutes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = enrolments
        groups = []
        for row in enrolments:
            known = presences.get(row.pk)
            came, minutes = f"came_{row.pk}", f"minutes_{row.pk}"
            said = ("yes" if known.minutes else "no") if known else None
            self.fields[came] = forms.ChoiceField(
                label=_("C'era?"), choices=[("yes", _("Sì")), ("no", _("No, assente"))], widget=Radios, initial=said
            )
            followed = known.minutes if known and known.minutes else session_minutes
            self.fields[minutes] = HoursField(label=_("Ore seguite"), required=False, initial=followed)
            by_code = known is not None and known.source == Presence.Source.QR
            name = _("%(tutor)s, presente con il codice") % {"tutor": row.tutor} if by_code else str(row.tutor)
            groups.append((name, (came, minutes)))
        self.fieldsets = groups

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for row in self.enrolments:
            name = f"minutes_{row.pk}"
            if values.get(f"came_{row.pk}") == "yes" and not values.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("Scrivi quante ore ha seguito, oppure segna che è assente."), code="required"))
        return values

    @property
    def minutes(self) -> dict[int, int]:
        """Enrolment id → minutes, 0 for who did not come."""
        values = self.cleaned_data
        return {r.pk: values[f"minutes_{r.pk}"] if values[f"came_{r.pk}"] == "yes" else 0 for r in self.enrolments}
