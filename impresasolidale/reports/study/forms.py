from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Folded, Form, HoursField
from impresasolidale.territory.enums import TariffKind
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import add_months
from placements.beneficiaries.enums import TargetArea

from .figures import DURATION, MEASURES
from .simulator import Wish

YEARS = 5  # looked back at, when nobody says otherwise
OURS, NETWORK = "", "rete"
AREAS = [choice for choice in TargetArea.choices if choice[0] != TargetArea.JUDICIAL]


def whole_quarters(first: date, last: date) -> tuple[date, date]:
    """From the first day of `first`'s quarter to the last one of the quarter that is whole by `last`.

    Two periods that differ by a day would say who began on it (rule 88); so the network is told by quarters, and
    so is whoever does not work with the rows.
    """
    begins = first.replace(month=first.month - (first.month - 1) % 3, day=1)
    after = last + timedelta(days=1)
    return begins, after.replace(month=after.month - (after.month - 1) % 3, day=1) - timedelta(days=1)


class PeriodForm(Form):
    """Which starts are looked at, until which day, and whose. An unsound period is refused in words."""

    dal = forms.DateField(label=_("Iniziati dal"))
    al = forms.DateField(label=_("Fino al"), help_text=_("È anche il giorno dei dati: chi è ancora in tirocinio conta fino a qui."))
    di = forms.ChoiceField(label=_("Di chi"), required=False, choices=((OURS, _("il mio Ambito")), (NETWORK, _("tutta la rete"))))

    def __init__(self, *args: Any, today: date, has_ambito: bool, is_outside: bool = False, **kwargs: Any) -> None:
        self.today, self.is_outside = today, is_outside
        super().__init__(*args, **kwargs)
        if not has_ambito:
            del self.fields["di"]

    def clean_al(self) -> date:
        day: date = self.cleaned_data["al"]
        if day > self.today:
            raise forms.ValidationError(_("Questo giorno deve ancora venire: scegli al massimo oggi."))
        return day

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("dal"), found.get("al")
        if first and last and first > last:
            self.add_error("dal", _("Il primo giorno viene dopo l’ultimo: scambiali."))
        elif first and last and (self.is_wide or self.is_outside):
            found["dal"], found["al"] = whole_quarters(first, last)
            if found["dal"] > found["al"]:
                wide, own = _("Per tutta la rete serve almeno un trimestre intero."), _("Serve almeno un trimestre intero.")
                self.add_error("al", wide if self.is_wide else own)
        return found

    @property
    def is_wide(self) -> bool:
        """Whether the whole network is looked at: always, from an account without an Ambito."""
        return "di" not in self.fields or self.cleaned_data.get("di") == NETWORK

    @classmethod
    def usual(cls, today: date) -> dict[str, str]:
        return {"dal": add_months(today.replace(month=1, day=1), -12 * (YEARS - 1)).isoformat(), "al": today.isoformat()}


class DurationForm(PeriodForm):
    misura = forms.ChoiceField(label=_("Che cosa si misura"), required=False, choices=MEASURES, initial=DURATION)


class CostForm(Form):
    """A TRR to reckon with."""

    fieldsets = (
        ("", ("contributo", "mesi", "giorni", "ore")),
        Folded((_("Altro"), ("settimane", "settore", "giorno"))),
    )
    contributo = forms.DecimalField(label=_("Contributo al mese, in euro"), min_value=0, max_value=2000, decimal_places=2, localize=True)
    mesi = forms.IntegerField(label=_("Mesi"), min_value=1, max_value=36)
    giorni = forms.IntegerField(label=_("Giorni di presenza alla settimana"), min_value=1, max_value=6)
    ore = forms.DecimalField(label=_("Ore di accompagnamento alla settimana"), min_value=0, max_value=40, decimal_places=1, localize=True)
    settimane = forms.IntegerField(label=_("Settimane di accompagnamento all’anno"), min_value=1, max_value=52)
    settore = forms.ChoiceField(
        label=_("Settore INAIL"),
        choices=[
            (k, TariffKind(k).label) for k in (TariffKind.INAIL_RATE_OTHER, TariffKind.INAIL_RATE_INDUSTRY, TariffKind.INAIL_RATE_CRAFT)
        ],
    )
    giorno = forms.DateField(label=_("Tariffe in vigore il"))
    ambito = forms.ChoiceField(label=_("Ambito"))

    def __init__(self, *args: Any, ambiti: list[Ambito], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].choices = [(row.code, row.name) for row in ambiti]  # type: ignore[attr-defined]
        if len(ambiti) < 2:
            self.fields["ambito"].widget = forms.HiddenInput()

    @classmethod
    def usual(cls, today: date, ambito: Ambito) -> dict[str, str]:
        """domain.md §8.2: 400 euro, twelve months, two hours a week over 44 weeks."""
        return {
            "contributo": "400", "mesi": "12", "giorni": "4", "ore": "2", "settimane": "44", "settore": TariffKind.INAIL_RATE_OTHER,
            "giorno": today.isoformat(), "ambito": ambito.code,
        }  # fmt: skip


KINDS = ("a", "b", "c")


class SimulatorForm(Form):
    """Up to three kinds of TRR, all from one day. Sent with GET: the address is what one shares."""

    inizio = forms.DateField(label=_("Inizio"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, kind in enumerate(KINDS):
            needed = n == 0
            self.fields |= {
                f"{kind}_quanti": forms.IntegerField(label=_("Quanti TRR"), min_value=1, max_value=200, required=needed),
                f"{kind}_area": forms.ChoiceField(label=_("Area"), choices=AREAS, required=False),
                f"{kind}_ore": HoursField(label=_("Ore alla settimana"), required=needed),
                f"{kind}_mesi": forms.IntegerField(label=_("Mesi"), min_value=1, max_value=24, required=needed),
                f"{kind}_euro": forms.DecimalField(
                    label=_("Contributo al mese, in euro"), min_value=0, max_value=2000, decimal_places=2, localize=True, required=needed
                ),
            }
        rows = [tuple(f"{kind}_{name}" for name in ("quanti", "area", "ore", "mesi", "euro")) for kind in KINDS]
        self.fieldsets = (
            (_("TRR in più"), ("inizio", *rows[0])),
            Folded((_("Un secondo tipo"), rows[1])),
            Folded((_("Un terzo tipo"), rows[2])),
        )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for kind in KINDS[1:]:
            if found.get(f"{kind}_quanti"):
                for name in ("ore", "mesi", "euro"):
                    if found.get(f"{kind}_{name}") is None and f"{kind}_{name}" not in self.errors:
                        self.add_error(f"{kind}_{name}", _("Serve anche questo."))
        return found

    @property
    def wishes(self) -> list[Wish]:
        found = self.cleaned_data
        return [
            Wish(
                found[f"{kind}_quanti"],
                found[f"{kind}_area"],
                Decimal(found[f"{kind}_ore"]) / 60,
                found[f"{kind}_mesi"],
                found[f"{kind}_euro"],
                found["inizio"],
            )
            for kind in KINDS
            if found.get(f"{kind}_quanti")
        ]

    @classmethod
    def usual(cls, today: date) -> dict[str, str]:
        start = add_months(today.replace(day=1), 1)
        return {
            "inizio": start.isoformat(),
            "a_quanti": "5",
            "a_area": str(TargetArea.DISABILITY),
            "a_ore": "20",
            "a_mesi": "12",
            "a_euro": "400",
        }
