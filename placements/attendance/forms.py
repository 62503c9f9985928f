"""What can be said of a day, of a list, of a reopened month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import Form, HoursField, Radios
from impresasolidale.core.models import Message
from impresasolidale.core.words import weekday

from .enums import CallResult, Channel, MonthState, Note, Outcome, Picture, Word
from .rules import NOTES, outcomes_for
from .selectors import SheetDay
from .services import PaperDay


class RecordForm(Form):
    """One tap or one correction. `back` says which page the person came from."""

    day = forms.DateField(label=_("Giorno"), widget=forms.HiddenInput, error_messages={"invalid": _("Questo giorno non esiste.")})
    outcome = forms.ChoiceField(
        label=_("Com’è andata"),
        choices=Outcome.choices,
        widget=Radios,
        error_messages={"required": _("Scegli com’è andata."), "invalid_choice": _("Scegli com’è andata.")},
    )
    minutes = HoursField(label=_("Ore fatte"), required=False, help_text=_("Se era presente, per esempio 3:30. Vuoto: le ore previste."))
    note = forms.ChoiceField(label=_("Nota"), required=False, choices=[("", _("niente da aggiungere")), *Note.choices])
    travel_minutes = HoursField(label=_("Viaggio"), required=False, help_text=_("Quanto ne riconosce il regolamento, per esempio 0:30."))
    back = forms.ChoiceField(choices=[(x, x) for x in ("today", "week", "month")], widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, access: Access, travels: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not travels:
            del self.fields["travel_minutes"]
        said = [(o.value, o.label) for o in outcomes_for(access.roles)]
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = [*said, (Outcome.WITHDRAWN.value, _("annulla la registrazione"))]
        if access.placements is not None:  # on the phone an absence is one touch, a note belongs to hours that differ
            note = self.fields["note"]
            assert isinstance(note, forms.ChoiceField)
            note.choices = [("", _("niente da aggiungere")), *((n.value, n.label) for n in Note if Outcome.PRESENT in NOTES[n])]
        # The tutor says no reason in words here: the office alone knows whether a paper sheet lies before it.
        if access.placements is None:
            self.fields["channel"] = forms.ChoiceField(
                label=_("Da dove viene"),
                choices=[(Channel.OFFICE.value, _("comunicazione all’ufficio")), (Channel.PAPER.value, _("foglio di carta"))],
                initial=Channel.OFFICE.value,
                widget=Radios,
            )


class ActForm(Form):
    """The outside act with which whoever closed a month confirms it too."""

    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=40, error_messages={"required": _("Scrivi il numero dell'atto.")})
    act_on = forms.DateField(label=_("Data dell'atto"), error_messages={"required": _("Scrivi la data dell'atto.")})
    file = forms.FileField(
        label=_("Copia dell'atto"),
        help_text=_("Un PDF, oppure una foto JPEG o PNG."),
        error_messages={"required": _("Serve la copia dell'atto.")},
    )


class ReasonForm(Form):
    reason = forms.CharField(
        label=_("Perché lo riapri"),
        widget=forms.Textarea,
        max_length=500,
        help_text=_("Il tutor dovrà chiuderlo di nuovo. Niente notizie sulla salute."),
        error_messages={"required": _("Scrivi il motivo: serve a chi leggerà dopo di te.")},
    )


class SheetFilterForm(Form):
    mese = forms.CharField(widget=forms.HiddenInput, required=False)
    stato = forms.ChoiceField(widget=forms.HiddenInput, required=False, choices=MonthState.choices)
    nome = forms.CharField(label=_("Persona"), required=False, max_length=80)


class SheetsForm(Form):
    """The sheets that were ticked on a list."""

    sheets = forms.TypedMultipleChoiceField(
        label=_("Fogli"),
        coerce=UUID,
        error_messages={"required": _("Scegli almeno un foglio."), "invalid_choice": _("Ricarica la pagina: un foglio non c’è più.")},
    )

    def __init__(self, *args: Any, choices: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheets"].choices = [(value, value) for value in choices]  # type: ignore[attr-defined]


class ScanForm(Form):
    """The picture of a filled sheet."""

    file = forms.FileField(
        label=_("Foto o scansione del foglio"),
        help_text=_("Una foto JPEG o PNG, oppure un PDF. Si devono leggere le croci e le firme."),
        error_messages={"required": _("Scegli la foto o la scansione.")},
    )
    page_code = forms.CharField(
        label=_("Codice della pagina"),
        max_length=20,
        required=False,
        help_text=_("Gli otto caratteri in fondo al foglio. Se il foglio non è stampato da qui, lascia vuoto."),
    )
    has_tutor = forms.BooleanField(label=_("C’è la firma del tutor"), required=False)
    has_person = forms.BooleanField(label=_("C’è la firma della persona"), required=False)


class CallForm(Form):
    result = forms.ChoiceField(
        label=_("Com’è andata la telefonata"),
        choices=CallResult.choices,
        widget=Radios,
        error_messages={"required": _("Scegli com’è andata."), "invalid_choice": _("Scegli com’è andata.")},
    )


@dataclass(frozen=True)
class GridRow:
    """One line of the grid as its page draws it."""

    day: date | None  # None: a blank line, whose day is written
    planned: int
    fields: dict[str, forms.BoundField]

    @property
    def wrong(self) -> list[forms.BoundField]:
        return [bound for bound in self.fields.values() if bound.errors]


class GridForm(Form):
    """A whole month on one page: a line for each day that is planned or was spoken of, and some blank ones for other days.

    A line without an outcome says nothing. What is refused is said beside its line, and nothing of the others is lost.
    """

    BLANK = 3

    def __init__(
        self, *args: Any, days: Sequence[SheetDay], month: date, travels: bool, access: Access, as_planned: bool, **kwargs: Any
    ) -> None:
        self.month, self.travels = month, travels
        self.days = {f"d{row.day:%d}": row for row in days}
        super().__init__(*args, **kwargs)
        outcomes = [("", "—"), *((o.value, o.label) for o in outcomes_for(access.roles))]
        for key, row in self.days.items():
            words = weekday(row.day)
            taken = [*outcomes, (Outcome.WITHDRAWN.value, _("annulla la registrazione"))] if row.is_said else outcomes
            presence = as_planned and not row.is_said and row.planned
            self._line(
                key,
                words,
                taken,
                outcome=row.outcome if row.is_said else Outcome.PRESENT.value if presence else "",
                minutes=row.minutes or None if row.is_said else row.planned if presence else None,
                note=row.note,
                travel=row.travel or None,
            )
        for number in range(1, self.BLANK + 1):
            words = _now("altro giorno, riga %(n)d") % {"n": number}
            key = f"x{number}"
            self.fields[f"{key}_day"] = forms.IntegerField(
                label=_now("%(line)s: giorno del mese") % {"line": words}, required=False, min_value=1, max_value=31
            )
            self._line(key, words, outcomes)

    def _line(self, key: str, words: str, outcomes: list[Any], **initial: Any) -> None:
        made: dict[str, forms.Field] = {
            "outcome": forms.ChoiceField(label=_now("%(line)s: com’è andata") % {"line": words}, choices=outcomes, required=False),
            "minutes": HoursField(label=_now("%(line)s: ore fatte") % {"line": words}, required=False),
            "note": forms.ChoiceField(label=_now("%(line)s: nota") % {"line": words}, choices=[("", "—"), *Note.choices], required=False),
        }
        if self.travels:
            made["travel"] = HoursField(label=_now("%(line)s: viaggio") % {"line": words}, required=False)
        for name, field in made.items():
            field.initial = initial.get(name)
            field.widget.attrs["aria-label"] = field.label
            self.fields[f"{key}_{name}"] = field

    @property
    def rows(self) -> list[GridRow]:
        names = ("day", "outcome", "minutes", "travel", "note")
        lines = [(key, row.day, row.planned) for key, row in self.days.items()] + [(f"x{n}", None, 0) for n in range(1, self.BLANK + 1)]
        return [
            GridRow(day, planned, {name: self[f"{key}_{name}"] for name in names if f"{key}_{name}" in self.fields})
            for key, day, planned in lines
        ]

    def clean(self) -> dict[str, Any]:
        """A line that says something without an outcome is a slip, not a blank."""
        values = super().clean() or self.cleaned_data
        for key in (*self.days, *(f"x{n}" for n in range(1, self.BLANK + 1))):
            told = [values.get(f"{key}_{name}") for name in ("minutes", "travel", "note")]
            if key.startswith("x") and not values.get(f"{key}_day") and (any(told) or values.get(f"{key}_outcome")):
                if f"{key}_day" not in self.errors:
                    self.add_error(f"{key}_day", _("Scrivi il giorno del mese."))
            elif not values.get(f"{key}_outcome") and (any(told) or values.get(f"{key}_day")) and f"{key}_outcome" not in self.errors:
                self.add_error(f"{key}_outcome", _("Scegli com’è andata, oppure vuota la riga."))
            elif key.startswith("x") and (number := values.get(f"{key}_day")) and self._day(number) is None:
                self.add_error(f"{key}_day", _now("Questo mese non ha il giorno %(n)d.") % {"n": number})
        return values

    def _day(self, number: int) -> date | None:
        try:
            return self.month.replace(day=number)
        except ValueError:
            return None

    def lines(self) -> list[tuple[str, PaperDay]]:
        """(key, what is said of a day) of every line that says something."""
        found = []
        for key in (*self.days, *(f"x{n}" for n in range(1, self.BLANK + 1))):
            said = {name: self.cleaned_data.get(f"{key}_{name}") for name in ("outcome", "minutes", "travel", "note")}
            day = self.days[key].day if key in self.days else self._day(self.cleaned_data.get(f"{key}_day") or 0)
            if day and said["outcome"]:
                found.append((key, PaperDay(day, said["outcome"], said["minutes"], said["travel"] or 0, said["note"] or "")))
        return found


class PosterForm(Form):
    """The four digits and the drawing of a card, and the button that was pressed."""

    picture = forms.ChoiceField(
        label=_("Il tuo disegno"),
        choices=Picture.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tocca il tuo disegno."), "invalid_choice": _("Tocca il tuo disegno.")},
    )
    number = forms.RegexField(
        label=_("Il tuo numero"),
        regex=r"\A\d{4}\Z",
        strip=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4", "pattern": "[0-9]*"}),
        error_messages={"required": _("Scrivi il tuo numero."), "invalid": _("Il numero ha quattro cifre.")},
    )
    word = forms.ChoiceField(
        label=_("Che cosa vuoi dire"),
        choices=Word.choices,
        error_messages={"required": _("Tocca uno dei pulsanti."), "invalid_choice": _("Tocca uno dei pulsanti.")},
    )


class NoteForm(Form):
    word = forms.ChoiceField(
        label=_("Che cosa ha detto"),
        choices=[c for c in Word.choices if c[0] != Word.HERE],
        widget=Radios,
        help_text=_("Senza il motivo: qui non si scrivono notizie sulla salute."),
        error_messages={"required": _("Scegli che cosa ha detto."), "invalid_choice": _("Scegli che cosa ha detto.")},
    )


class LinkForm(Form):
    channel = forms.ChoiceField(label=_("Come mandarlo"), widget=Radios)

    def __init__(self, *args: Any, tutor: CompanyTutor, has_sms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(Message.Channel.EMAIL.value, _("Posta elettronica: %(address)s") % {"address": tutor.email})]
        if has_sms and tutor.phone:
            ways.append((Message.Channel.SMS.value, _("SMS: %(number)s") % {"number": tutor.phone}))
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = ways
        field.initial = ways[0][0]
