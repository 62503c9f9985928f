"""Forms of the waiting list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, Form, Radios, VersionedForm

from ..enums import LeavingReason, Priority, WaitingState
from ..models import WaitingEntry

PRIORITIES_HELP = gettext_lazy("Solo quello che è vero oggi. Restano scritti il tuo nome e la data.")


class WaitingFilters(Form):
    q = forms.CharField(label=gettext_lazy("Nome"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))
    stato = forms.ChoiceField(
        label=gettext_lazy("Stato"), required=False, choices=[("", gettext_lazy("Chi aspetta ancora")), *WaitingState.choices]
    )
    urgenza = forms.ChoiceField(label=gettext_lazy("Urgenza"), required=False, choices=[("", gettext_lazy("Tutte")), *Priority.choices])
    mie = forms.BooleanField(label=gettext_lazy("Solo le mie persone"), required=False)

    def wanted(self) -> dict[str, Any]:
        """The arguments of selectors.waiting_list."""
        found = self.cleaned_data if self.is_valid() else {}
        return {
            "text": found.get("q", ""),
            "state": found.get("stato", ""),
            "priority": found.get("urgenza", ""),
            "mine": found.get("mie", False),
        }


class EnterForm(Form):
    since = forms.DateField(label=gettext_lazy("Aspetta dal"), help_text=gettext_lazy("Di solito il giorno della segnalazione."))
    priorities = forms.MultipleChoiceField(
        label=gettext_lazy("Perché è urgente"), choices=Priority.choices, widget=Checks, required=False, help_text=PRIORITIES_HELP
    )


class PrioritiesForm(VersionedForm):
    priorities = forms.MultipleChoiceField(
        label=gettext_lazy("Perché è urgente"), choices=Priority.choices, widget=Checks, required=False, help_text=PRIORITIES_HELP
    )

    def __init__(self, *args: Any, row: WaitingEntry, **kwargs: Any) -> None:
        super().__init__(*args, current_version=row.row_version, **{**kwargs, "initial": {"priorities": row.priorities}})


class WhyForm(Form):
    reason = forms.CharField(label=gettext_lazy("Perché"), max_length=200)


class LeaveForm(Form):
    why = forms.ChoiceField(label=gettext_lazy("Perché esce dalla lista"), choices=LeavingReason.choices, widget=Radios)
    reason = forms.CharField(
        label=gettext_lazy("Due parole in più"), max_length=200, required=False,
        help_text=gettext_lazy("Servono se hai scelto un altro motivo. Non scrivere notizie sulla salute."),
    )  # fmt: skip
