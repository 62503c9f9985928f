"""Forms about who follows the person."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.forms import CHOOSE, Checks, Form, Radios

from .. import selectors
from ..enums import CareRole
from ..models import CareMember
from ._fields import field


class CareMemberForm(Form):
    user = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Collega"), empty_label=CHOOSE)
    role = forms.ChoiceField(label=gettext_lazy("Ruolo"), choices=CareRole.choices, widget=Radios)
    valid_from = field(CareMember, "valid_from", required=False, help_text=gettext_lazy("Da questo giorno apre la scheda."))

    def __init__(self, *args: Any, access: Access, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = selectors.possible_members(access, on=on)  # type: ignore[attr-defined]


class MemberChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user}, {obj.get_role_display()}"


class LeaveForm(Form):
    member = MemberChoice(None, label=gettext_lazy("Chi non la segue più"), empty_label=None, widget=Radios)
    valid_to = forms.DateField(label=gettext_lazy("Ultimo giorno"), help_text=gettext_lazy("Dal giorno dopo non apre più la scheda."))

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]


class CaseChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.residence}"


class HandOverForm(Form):
    """Some of the people of a referent, or all of them. `cases` are all that may be passed here."""

    OTHER = "other"
    REASONS = (
        ("leaves", gettext_lazy("Cambia lavoro o ufficio")),
        ("away", gettext_lazy("Sarà via a lungo")),
        ("load", gettext_lazy("Ridistribuiamo le persone")),
        ("fit", gettext_lazy("Il collega è più adatto, o più vicino")),
        (OTHER, gettext_lazy("Un altro motivo")),
    )
    to = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("A chi"), empty_label=CHOOSE)
    from_on = forms.DateField(
        label=gettext_lazy("Da quando"), help_text=gettext_lazy("Da quel giorno le cose da fare arrivano al nuovo referente.")
    )
    why = forms.ChoiceField(label=gettext_lazy("Perché"), choices=REASONS, widget=Radios)
    words = forms.CharField(
        label=gettext_lazy("Due parole in più"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Servono se hai scelto un altro motivo. Niente notizie private sul collega."),
    )
    everybody = forms.BooleanField(label=gettext_lazy("Tutte le persone dell’elenco"), required=False)
    people = CaseChoices(None, label=gettext_lazy("Oppure spunta chi passa"), required=False, to_field_name="public_id", widget=Checks)

    fieldsets = (
        (gettext_lazy("Il passaggio"), ("to", "from_on", "why", "words")),
        (gettext_lazy("Le persone"), ("everybody", "people")),
    )

    def __init__(self, *args: Any, access: Access, cases: Any, on: date, former: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = selectors.possible_members(access, on=on)
        self.fields["to"].queryset = members.exclude(pk=former.pk) if former else members  # type: ignore[attr-defined]
        self.fields["people"].queryset = cases  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.cleaned_data.get("why") == self.OTHER and not self.cleaned_data.get("words"):
            self.add_error("words", ValidationError(_("Scrivi il motivo: resta nella storia di ogni persona.")))
        if "people" in self.cleaned_data and not (self.cleaned_data["people"] or self.cleaned_data.get("everybody")):
            self.add_error("people", ValidationError(_("Spunta almeno una persona.")))
        return cleaned

    def chosen(self) -> list[Any]:
        return list(self.fields["people"].queryset if self.cleaned_data["everybody"] else self.cleaned_data["people"])  # type: ignore[attr-defined]

    def reason(self) -> str:
        """The reason as the history keeps it: the one chosen, then the words."""
        return ": ".join(filter(None, [str(dict(self.REASONS)[self.cleaned_data["why"]]), self.cleaned_data["words"]]))
