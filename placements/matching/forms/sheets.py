"""The two sheets, with one question per item and no answer given beforehand; the filters of the rankings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, Form, Radios, VersionedForm
from impresasolidale.territory.forms import ComuneField
from impresasolidale.territory.models import Ambito

from ..enums import ADAPTABLE, ITEM_HELP, Ability, Check, Facility, Item, Presence, Way
from ..models import MOST_HOURS, MOST_MINUTES

MISSING = {"required": gettext_lazy("Manca questa risposta.")}
NOTHING = "none"
SHARED = ("hours", "ways")


class SheetForm(VersionedForm):
    """What both sides share: the ten items by `scale`, and a day. `sheet`: the one that counts today."""

    scale: Any
    has: str  # the field with facilities

    valid_from = forms.DateField(label=gettext_lazy("Vale dal"))
    hours = forms.IntegerField(min_value=1, max_value=MOST_HOURS, error_messages=MISSING)
    ways = forms.MultipleChoiceField(choices=Way.choices, widget=Checks, error_messages=MISSING)

    def __init__(self, *args: Any, sheet: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in Item:
            self.fields[item.value] = forms.TypedChoiceField(
                label=capfirst(item.label),
                help_text=ITEM_HELP[item],
                choices=self.scale.choices,
                coerce=int,
                widget=Radios,
                error_messages=MISSING,
            )
        if sheet:
            self.initial.update({name: getattr(sheet, name) for name in self.names})
            self.initial[self.has] = self.initial[self.has] or [NOTHING]

    @property
    def names(self) -> list[str]:
        """The columns of the sheet that the form writes."""
        return [*Item.values, *SHARED, self.has]

    def _facilities(self) -> list[str]:
        chosen = self.cleaned_data[self.has]
        if NOTHING in chosen and len(chosen) > 1:
            raise ValidationError(_("Hai scelto «niente» insieme ad altro: togli uno dei due."))
        return [code for code in chosen if code != NOTHING]

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        return {name: self.cleaned_data[name] for name in self.names}


class PersonSheetForm(SheetForm):
    scale, has = Ability, "needs"
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("Che cosa le serve"),
        choices=[*Facility.choices, (NOTHING, gettext_lazy("niente di particolare"))],
        widget=Checks,
        error_messages=MISSING,
    )
    travel_minutes = forms.IntegerField(
        label=gettext_lazy("Quanti minuti può viaggiare, all’andata"), min_value=1, max_value=MOST_MINUTES, error_messages=MISSING
    )
    fieldsets = (
        (gettext_lazy("Che cosa riesce a fare"), Item.values),
        (gettext_lazy("Tempo e viaggio"), ["hours", "ways", "travel_minutes"]),
        (gettext_lazy("Per entrare e per stare bene"), ["needs"]),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].label = _("Quante ore alla settimana può fare, al massimo")
        self.fields["ways"].label = _("Come si sposta")

    @property
    def names(self) -> list[str]:
        return [*super().names, "travel_minutes"]

    def clean_needs(self) -> list[str]:
        return self._facilities()


class SiteSheetForm(SheetForm):
    """Beside each item, in words, how it can be adapted: without words it cannot."""

    scale, has = Presence, "offers"
    offers = forms.MultipleChoiceField(
        label=gettext_lazy("Che cosa c’è"),
        choices=[*Facility.choices, (NOTHING, gettext_lazy("niente di tutto questo"))],
        widget=Checks,
        error_messages=MISSING,
    )

    def __init__(self, *args: Any, sheet: Any, **kwargs: Any) -> None:
        super().__init__(*args, sheet=sheet, **kwargs)
        self.fields["hours"].label = _("Quante ore alla settimana servono, almeno")
        self.fields["ways"].label = _("Come ci si arriva")
        told, labels = sheet.adaptations if sheet else {}, {**dict(Item.choices), **dict(Check.choices)}
        for code in ADAPTABLE:
            words = _("Come si può adattare: %(item)s") % {"item": labels[code]}
            self.fields[f"adapt_{code}"] = forms.CharField(label=words, max_length=160, required=False)
            self.initial[f"adapt_{code}"] = told.get(code, "")
        self.fieldsets = (
            (_("Che cosa c’è in una giornata di lavoro"), [name for code in Item.values for name in (code, f"adapt_{code}")]),
            (_("Ore e viaggio"), ["hours", "adapt_hours", "ways", "adapt_transport"]),
            (_("Per entrare e per stare bene"), ["offers", "adapt_access"]),
        )

    def clean_offers(self) -> list[str]:
        return self._facilities()

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "adaptations": {code: self.cleaned_data[f"adapt_{code}"] for code in ADAPTABLE}}


class WaitingFilters(Form):
    q = forms.CharField(label=gettext_lazy("Nome"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))
    mie = forms.BooleanField(label=gettext_lazy("Solo le mie persone"), required=False)


class PeopleFilters(Form):
    libere = forms.BooleanField(label=gettext_lazy("Solo senza ostacoli"), required=False)
    comune = ComuneField(label=gettext_lazy("Comune di residenza"), required=False)

    def wanted(self) -> dict[str, Any]:
        """The arguments of selectors.ranked."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"no_stops": found.get("libere", False), "home": found.get("comune")}


class SiteFilters(Form):
    libere = forms.BooleanField(label=gettext_lazy("Solo senza ostacoli"), required=False)
    ambito: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Ambito"), required=False, empty_label=gettext_lazy("Tutti, anche fuori dagli Ambiti")
    )
    comune = ComuneField(required=False)

    def __init__(self, *args: Any, ambiti: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].queryset = ambiti  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The arguments of selectors.ranked."""
        found = self.cleaned_data if self.is_valid() else {}
        ambito: Ambito | None = found.get("ambito")
        return {"no_stops": found.get("libere", False), "ambito": ambito and ambito.pk, "comune": found.get("comune")}
