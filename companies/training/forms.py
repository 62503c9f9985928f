"""Forms about training."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, HoursField, Radios

from .services import Meeting

MEETINGS = 4  # as many as fit one course on one page


class TutorChoice(forms.ModelChoiceField):
    default_error_messages: ClassVar = {
        "invalid_choice": gettext_lazy("Questo tutor è già nell'elenco, oppure non lavora più in un'impresa.")
    }

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.last_name} {obj.first_name}, {obj.company_names}"


class EnrolForm(Form):
    tutor = TutorChoice(None, label=gettext_lazy("Tutor"), help_text=gettext_lazy("I tutor che oggi lavorano in un'impresa."))

    def __init__(self, *args: Any, tutors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tutor"].queryset = tutors  # type: ignore[attr-defined]


class EditionForm(Form):
    """An edition of a known course, or of a new one, with up to four meetings."""

    course: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Corso"), required=False, empty_label=gettext_lazy("Un corso nuovo, scritto qui sotto")
    )
    title = forms.CharField(label=gettext_lazy("Titolo"), required=False, max_length=120)
    topics = forms.CharField(label=gettext_lazy("Argomenti"), required=False, widget=forms.Textarea, max_length=4000)
    course_minutes = HoursField(label=gettext_lazy("Durata in ore"), required=False, help_text=gettext_lazy("Per esempio 8 oppure 3:30."))
    is_basic = forms.BooleanField(
        label=gettext_lazy("È il corso di base: chi lo segue per intero è un tutor formato"), required=False, initial=True
    )
    place = forms.CharField(label=gettext_lazy("Dove"), max_length=160)
    seats = forms.IntegerField(label=gettext_lazy("Posti"), min_value=1, max_value=500)
    trainer = forms.CharField(label=gettext_lazy("Chi tiene il corso"), required=False, max_length=120)

    def __init__(self, *args: Any, courses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]
        meetings = []
        for n in range(1, MEETINGS + 1):
            first = n == 1
            self.fields[f"on_{n}"] = forms.DateField(label=_("Giorno"), required=first)
            self.fields[f"on_{n}"].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            self.fields[f"starts_at_{n}"] = forms.TimeField(label=_("Ora di inizio"), required=first)
            self.fields[f"starts_at_{n}"].widget = forms.TimeInput({"type": "time"}, format="%H:%M")
            self.fields[f"minutes_{n}"] = HoursField(label=_("Durata in ore"), required=first)
            meetings.append((_("Incontro %(n)d") % {"n": n}, (f"on_{n}", f"starts_at_{n}", f"minutes_{n}")))
        self.fieldsets = (
            (_("Il corso"), ("course", "title", "topics", "course_minutes", "is_basic")),
            (_("Questa edizione"), ("place", "seats", "trainer")),
            *meetings,
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("course") and values.get("title"):
            self.add_error("title", ValidationError(_("Scegli un corso dall'elenco oppure scrivine uno nuovo, non tutti e due.")))
        if not values.get("course") and "course" not in self.errors:
            for name in ("title", "course_minutes"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("Per un corso nuovo serve anche questo."), code="required"))
        for n in range(1, MEETINGS + 1):
            names = [f"on_{n}", f"starts_at_{n}", f"minutes_{n}"]
            if any(values.get(name) is not None for name in names):
                for name in names:
                    if not values.get(name) and values.get(name) != 0 and name not in self.errors:
                        self.add_error(name, ValidationError(_("Per questo incontro serve anche questo."), code="required"))
            if values.get(f"minutes_{n}") is not None and not 1 <= values[f"minutes_{n}"] <= 24 * 60:
                self.add_error(f"minutes_{n}", ValidationError(_("Un incontro dura da un minuto a un giorno.")))
        return values

    @property
    def meetings(self) -> list[Meeting]:
        values = self.cleaned_data
        return [
            Meeting(values[f"on_{n}"], values[f"starts_at_{n}"], values[f"minutes_{n}"])
            for n in range(1, MEETINGS + 1)
            if values.get(f"on_{n}")
        ]


class AttendanceForm(Form):
    """For each tutor on the list: came or not, and for how long. A time field left as proposed means the whole course."""

    row_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, enrolments: list[Any], course_minutes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = enrolments
        groups = []
        for row in enrolments:
            came, minutes = f"came_{row.pk}", f"minutes_{row.pk}"
            self.fields[came] = forms.ChoiceField(label=_("C'era?"), choices=[("yes", _("Sì")), ("no", _("No, assente"))], widget=Radios)
            self.fields[minutes] = HoursField(label=_("Ore seguite"), required=False, initial=course_minutes)
            groups.append((str(row.tutor), (came, minutes)))
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
