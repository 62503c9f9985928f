"""Forms of the papers: what has to be written for one, which ones for many, who funds, and a meeting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios

from .enums import MeetingDecision
from .issuing_selectors import BULK
from .papers import KINDS

HEALTH_FREE = _("Niente diagnosi né notizie sulla salute: la legge anche l'impresa.")
DETAILS: dict[str, Any] = {
    "activities": lambda: forms.CharField(
        label=_("Che cosa ha fatto"), widget=forms.Textarea, max_length=2000, help_text=_("Le attività, con parole di tutti i giorni.")
    ),
    "shown": lambda: forms.CharField(
        label=_("Relazioni e capacità che ha mostrato"), widget=forms.Textarea, max_length=2000, help_text=HEALTH_FREE
    ),
    "pec": lambda: forms.EmailField(label=_("PEC della sede INAIL"), help_text=_("La sede del luogo dove si svolge il tirocinio.")),
}


class PaperForm(Form):
    """What one kind of paper asks for; nothing, for most."""

    def __init__(self, *args: Any, asks: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in asks:
            self.fields[name] = DETAILS[name]()


class FundingForm(Form):
    source = forms.ChoiceField(label=_("Chi finanzia"), required=False, widget=Radios)

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", _("nessuno in particolare")), *sources]  # type: ignore[attr-defined]


def bulk_kinds() -> list[tuple[str, Any]]:
    names = {"project": _("Progetto personalizzato"), **{slug: kind.label for slug, kind in KINDS.items()}}
    return [(slug, names[slug]) for slug in BULK]


class ManyFilters(Form):
    """Which paper, for whom."""

    carta = forms.ChoiceField(label=_("Carta"), choices=bulk_kinds, required=False)
    impresa = forms.CharField(label=_("Impresa"), required=False, max_length=80, min_length=3)
    anche = forms.BooleanField(label=_("Anche chi ce l'ha già"), required=False)

    def wanted(self) -> dict[str, Any]:
        """The filters; what was written badly filters nothing."""
        self.full_clean()
        d = getattr(self, "cleaned_data", {})
        return {"kind": d.get("carta") or next(iter(BULK)), "company": d.get("impresa", ""), "missing": not d.get("anche")}


class ManyForm(Form):
    """The placements that were ticked; the kind stands in the address."""

    placements = forms.TypedMultipleChoiceField(coerce=str, required=False)

    def __init__(self, *args: Any, choices: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["placements"].choices = [(value, value) for value in choices]  # type: ignore[attr-defined]


class WithMinutes(Form):
    """When, where and who met: what all minutes say."""

    held_on = forms.DateField(label=_("Data"))
    place = forms.CharField(label=_("Luogo"), max_length=120)
    participants = forms.CharField(
        label=_("Chi c'era"), widget=forms.Textarea(attrs={"rows": 5}), max_length=2000, help_text=_("Una persona per riga: nome, ruolo.")
    )

    def clean_participants(self) -> list[tuple[str, str]]:
        """(name, role) of each line."""
        found = []
        for line in str(self.cleaned_data["participants"]).splitlines():
            name, _comma, role = (part.strip() for part in line.partition(","))
            if name and not role:
                raise forms.ValidationError(_("Di «%(name)s» manca il ruolo: scrivilo dopo una virgola."), params={"name": name})
            if name:
                found.append((name[:120], role[:120]))
        return found


class MeetingForm(WithMinutes):
    decision = forms.ChoiceField(label=_("Che cosa si è deciso"), choices=MeetingDecision, widget=Radios)
    next_on = forms.DateField(label=_("Prossimo incontro"), required=False, help_text=_("Serve se si rinvia."))
    reasons = forms.CharField(label=_("Perché"), widget=forms.Textarea, max_length=4000)


class MeetingFilters(Form):
    decisione = forms.ChoiceField(label=_("Decisione"), required=False, choices=[("", _("Tutte")), *MeetingDecision.choices])

    def wanted(self) -> str:
        self.full_clean()
        return str(getattr(self, "cleaned_data", {}).get("decisione", ""))
