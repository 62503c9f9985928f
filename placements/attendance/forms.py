"""What can be said of a day, of a list, of a reopened month."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import Form, HoursField, Radios

from .enums import Channel, MonthState, Outcome
from .rules import outcomes_for


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
    back = forms.ChoiceField(choices=[(x, x) for x in ("today", "week", "month")], widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [(o.value, o.label) for o in outcomes_for(access.roles)]
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = [*said, (Outcome.WITHDRAWN.value, _("annulla la registrazione"))]
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
        required=False,
        help_text=_("Il tutor dovrà chiuderlo di nuovo. Niente notizie sulla salute."),
    )


class SheetFilterForm(Form):
    mese = forms.CharField(widget=forms.HiddenInput, required=False)
    stato = forms.ChoiceField(widget=forms.HiddenInput, required=False, choices=MonthState.choices)
    nome = forms.CharField(label=_("Persona"), required=False, max_length=80)
