"""An edition, and who is in it."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Folded, Form, HoursField, VersionedForm

from ..enums import CourseKind, SafetyModule
from ..rules import Meeting

MEETINGS, SHOWN = 6, 2  # as many as fit one course on one page, and those that stand open


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


class InviteForm(EnrolForm):
    """The same tutors, to be written to."""


class SeatsForm(VersionedForm):
    place = forms.CharField(label=gettext_lazy("Dove"), max_length=160)
    seats = forms.IntegerField(label=gettext_lazy("Posti"), min_value=1, max_value=500)
    trainer = forms.CharField(label=gettext_lazy("Chi tiene il corso"), required=False, max_length=120)


class EditionForm(Form):
    """An edition of a known course, or of a new one, with a few meetings."""

    course: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Corso"), required=False, empty_label=gettext_lazy("Un corso nuovo, scritto qui sotto")
    )
    title = forms.CharField(label=gettext_lazy("Titolo"), required=False, max_length=120)
    topics = forms.CharField(label=gettext_lazy("Argomenti"), required=False, widget=forms.Textarea, max_length=4000)
    course_minutes = HoursField(label=gettext_lazy("Durata in ore"), required=False, help_text=gettext_lazy("Per esempio 8 oppure 3:30."))
    kind = forms.ChoiceField(
        label=gettext_lazy("Tipo di corso"),
        choices=CourseKind.choices,
        required=False,
        initial=CourseKind.INITIAL,
        help_text=gettext_lazy("Chi ha l'attestato di un corso iniziale è un tutor formato. Il corso iniziale si fa una volta sola."),
    )
    module = forms.ChoiceField(
        label=gettext_lazy("Modulo di sicurezza"),
        choices=[("", gettext_lazy("Nessuno")), *SafetyModule.choices],
        required=False,
        help_text=gettext_lazy("Solo se il corso è un modulo di sicurezza."),
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
            group = (_("Incontro %(n)d") % {"n": n}, (f"on_{n}", f"starts_at_{n}", f"minutes_{n}"))
            meetings.append(Folded(group) if n > SHOWN else group)
        self.fieldsets = (
            (_("Il corso"), ("course", "title", "topics", "course_minutes", "kind", "module")),
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
        if not values.get("course") and "module" not in self.errors:
            if values.get("kind") == CourseKind.SAFETY and not values.get("module"):
                self.add_error("module", ValidationError(_("Scegli quale modulo di sicurezza è."), code="required"))
            elif values.get("kind") != CourseKind.SAFETY and values.get("module"):
                self.add_error("module", ValidationError(_("Il modulo si sceglie solo per la sicurezza.")))
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
