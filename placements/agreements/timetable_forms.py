"""The part of a form that says what is done and when: week or dated days, tasks, goals, allowance. A draft and an amendment share it."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, HoursField, MoneyField, Radios
from impresasolidale.treasury.models import Pot

from .enums import AllowanceModel
from .models import DETAILS, PersonalProject
from .selectors import paying_pots
from .services import DatedDay, Day, Source

DAYS = range(7)
GOALS = range(1, 6)
SOURCES = range(1, 5)
DAY_LIMIT = 10 * 60  # minutes
MOST_DATES = 250
TEXTS = ("tasks", "adaptations", "outside_activities", *DETAILS)
LINE = re.compile(r"(?P<day>\S+)\s+(?:ore\s+)?(?P<at>\d{1,2}(?:[:.]\d{2})?)\s+(?P<length>\S+)")


class DatesField(forms.CharField):
    """Dated days, one a line: «12/01/2027 9:00 3:30» is three hours and a half from nine. Easy to copy from one paper to another."""

    widget = forms.Textarea

    def clean(self, value: Any) -> tuple[DatedDay, ...]:
        found: dict[date, DatedDay] = {}
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if line.strip():
                day = self._day(line.strip(), number)
                if day.day in found:
                    raise ValidationError(_("Riga %(n)d: questo giorno c'è già.") % {"n": number})
                found[day.day] = day
        if len(found) > MOST_DATES:
            raise ValidationError(_("Sono troppe righe: al massimo %(n)d.") % {"n": MOST_DATES})
        return tuple(found[day] for day in sorted(found))

    def _day(self, line: str, number: int) -> DatedDay:
        match = LINE.fullmatch(line)
        try:
            if not match:
                raise ValueError
            day = _read_day(match["day"])
            hour, _colon, minute = match["at"].replace(".", ":").partition(":")
            at = time(int(hour), int(minute or 0))
            minutes = HoursField().to_python(match["length"])
            if not minutes:
                raise ValueError
        except (ValueError, ValidationError):
            words = _("Riga %(n)d: scrivi giorno, ora e durata, per esempio 12/01/2027 9:00 3:30.")
            raise ValidationError(words % {"n": number}) from None
        if minutes > DAY_LIMIT or at.hour * 60 + at.minute + minutes > 24 * 60:
            raise ValidationError(_("Riga %(n)d: al massimo dieci ore, e non oltre mezzanotte.") % {"n": number})
        return DatedDay(day=day, starts_at=at, minutes=minutes)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{d.day:%d/%m/%Y} {d.starts_at:%H:%M} {d.minutes // 60}:{d.minutes % 60:02d}" for d in value)


def _read_day(text: str) -> date:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 – a day without a clock
        except ValueError:
            continue
    raise ValueError(text)


class PotChoice(forms.TypedChoiceField):
    """A pot that may pay an allowance, by its public id. The fund's are no choice, and say why."""

    default_error_messages = {
        "invalid_choice": _("Scegli un bilancio o un finanziamento: il fondo di solidarietà serve solo per gli aiuti.")
    }

    def __init__(self, pots: list[tuple[str, Pot]], **kwargs: Any) -> None:
        rows = dict(pots)
        super().__init__(choices=[("", "—"), *((key, pot.name) for key, pot in pots)], coerce=rows.__getitem__, empty_value=None, **kwargs)


class TimetableForm(Form):
    """Week or dated days, tasks, three to five goals, adaptations, allowance and who pays it."""

    dates = DatesField(
        label=_("Giornate con data"),
        required=False,
        help_text=_("Solo se la settimana non è sempre uguale. Una riga per giorno: data, ora, durata. Per esempio 12/01/2027 9:00 3:30."),
    )
    tasks = forms.CharField(label=_("Che cosa farà"), widget=forms.Textarea, max_length=3000)
    adaptations = forms.CharField(
        label=_("Adattamenti e attenzioni"),
        widget=forms.Textarea,
        max_length=3000,
        required=False,
        help_text=_("Solo quello che serve sul posto, senza notizie sulla salute: l'impresa legge questo testo."),
    )
    outside_activities = forms.CharField(label=_("Attività fuori sede"), max_length=300, required=False)
    not_to_do = forms.CharField(
        label=_("Che cosa non deve fare"), max_length=300, required=False, help_text=_("Per esempio: salire sulle scale, usare la sega.")
    )
    protective_equipment = forms.CharField(
        label=_("Dispositivi di protezione"), max_length=200, required=False, help_text=_("Guanti, scarpe, cuffie: li dà l'impresa.")
    )
    facilities = forms.CharField(
        label=_("Altre agevolazioni"), max_length=200, required=False, help_text=_("Abiti da lavoro, armadietto, una pausa in più.")
    )
    travel = forms.CharField(
        label=_("Come arriva"), max_length=200, required=False, help_text=_("Corriera e fermata, bicicletta, a piedi.")
    )
    allowance_model = forms.ChoiceField(label=_("Contributo motivazionale"), choices=AllowanceModel, widget=Radios)
    allowance_amount = MoneyField(
        label=_("Importo in euro"),
        required=False,
        max_digits=8,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(2000))],
    )
    allowance_cap = MoneyField(
        label=_("Tetto al mese in euro"),
        required=False,
        max_digits=8,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(2000))],
        help_text=_("Solo per un importo all'ora. Vuoto: il massimo delle regole."),
    )
    meals_provided = forms.BooleanField(label=_("L'impresa offre i pasti"), required=False)
    transport_provided = forms.BooleanField(label=_("Il trasporto è offerto"), required=False)
    hours_confirmed = forms.BooleanField(label=_("Le ore vanno bene così"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields |= numbered_fields()
        pots = [(str(pot.public_id), pot) for pot in paying_pots()]
        for n in SOURCES if pots else ():
            fields[f"source_{n}"] = PotChoice(pots, label=_("Fonte %(n)d") % {"n": n}, required=False)
            fields[f"weight_{n}"] = forms.IntegerField(
                label=_("Parti"), required=False, min_value=1, max_value=1000, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
            )

    @property
    def week_rows(self) -> list[tuple[str, Any, Any]]:
        """(day, from, hours) as bound fields."""
        return [(capfirst(str(WEEKDAYS[n])), self[f"from_{n}"], self[f"hours_{n}"]) for n in DAYS]

    @property
    def goal_fields(self) -> list[Any]:
        return [self[f"goal_{n}"] for n in GOALS]

    @property
    def source_fields(self) -> list[tuple[Any, Any]]:
        """(source, parts) as bound fields; none while nobody opened a pot that pays allowances."""
        return [(self[f"source_{n}"], self[f"weight_{n}"]) for n in SOURCES if f"source_{n}" in self.fields]

    @property
    def asks_hours(self) -> bool:
        """Whether the warning about the hours is on the page: only then its tick is."""
        return bool(self.errors.get("hours_confirmed")) or bool(self["hours_confirmed"].value())

    @property
    def has_details(self) -> bool:
        """Whether the part of the details stands open."""
        return any(self[name].value() or self[name].errors for name in DETAILS)

    @property
    def has_dates(self) -> bool:
        """Whether the part of the dated days stands open."""
        return bool(self["dates"].value() or self["dates"].errors)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for n in DAYS:
            start, minutes = cleaned.get(f"from_{n}"), cleaned.get(f"hours_{n}")
            if f"hours_{n}" in self.errors or f"from_{n}" in self.errors:
                continue
            if minutes and not start:
                self.add_error(f"from_{n}", _("Scrivi a che ora comincia."))
            elif start and not minutes:
                self.add_error(f"hours_{n}", _("Scrivi quante ore."))
            elif minutes and minutes > DAY_LIMIT:
                self.add_error(f"hours_{n}", _("Al massimo dieci ore al giorno."))
            elif minutes and start and start.hour * 60 + start.minute + minutes > 24 * 60:
                self.add_error(f"hours_{n}", _("Finirebbe dopo mezzanotte."))
        if cleaned.get("dates") and any(cleaned.get(f"from_{n}") for n in DAYS):
            self.add_error("dates", _("Scegli: o la settimana uguale per tutti, o le giornate con data."))
        return cleaned

    def content(self) -> dict[str, Any]:
        """What was written, as the services take it."""
        d = self.cleaned_data
        week = (Day(weekday=n, starts_at=d[f"from_{n}"], minutes=d[f"hours_{n}"]) for n in DAYS if d[f"from_{n}"])
        return {
            **{name: d[name] for name in ("dates", *TEXTS, "allowance_model", "hours_confirmed")},
            **{name: d[name] for name in ("allowance_cap", "meals_provided", "transport_provided")},
            "allowance_amount": d["allowance_amount"] or Decimal(0),
            "sources": tuple(
                Source(pot=pot, weight=d.get(f"weight_{n}") or 100) for n in SOURCES if (pot := d.get(f"source_{n}")) is not None
            ),
            "week": tuple(week),
            "goals": tuple(d[f"goal_{n}"] for n in GOALS if d[f"goal_{n}"]),
        }


def numbered_fields() -> dict[str, Any]:
    """The days of the week and the goals."""
    fields: dict[str, Any] = {}
    for n in DAYS:
        name = capfirst(str(WEEKDAYS[n]))
        fields[f"from_{n}"] = forms.TimeField(
            label=_("%(day)s, dalle") % {"day": name}, required=False, widget=forms.TimeInput(format="%H:%M")
        )
        fields[f"from_{n}"].widget.input_type = "time"
        fields[f"hours_{n}"] = HoursField(label=_("%(day)s, ore") % {"day": name}, required=False)
    for n in GOALS:
        fields[f"goal_{n}"] = forms.CharField(label=_("Obiettivo %(n)d") % {"n": n}, max_length=240, required=n <= 3)
    return fields


def written_content(project: PersonalProject) -> dict[str, Any]:
    """A version as the form's initial values."""
    week = {d.weekday: d for d in project.week.all()}
    shares = list(project.shares.select_related("pot"))
    return {
        **{name: getattr(project, name) for name in (*TEXTS, "allowance_model")},
        "allowance_amount": project.allowance_amount or None,
        **{name: getattr(project, name) for name in ("allowance_cap", "meals_provided", "transport_provided")},
        **{f"source_{s.position}": str(s.pot.public_id) for s in shares},
        **{f"weight_{s.position}": s.weight for s in shares},
        "dates": list(project.dates.order_by("day")),
        **{f"goal_{g.position}": g.text for g in project.goals.all()},
        **{f"from_{n}": d.starts_at for n, d in week.items()},
        **{f"hours_{n}": d.minutes for n, d in week.items()},
    }
