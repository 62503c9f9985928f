"""Forms of bank statements and of their lines."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Folded, Form, MoneyField

from ..models import BankLine, StatementFile
from ..statement_files import COLUMNS
from .common import NOTHING_CHOSEN, Choices
from .contributions import AcceptedByAct

COLUMN_FIELDS = [f"column_{name}" for name in COLUMNS]


class StatementForm(Form):
    fieldsets = (
        (_("Il file"), ("format", "file")),
        Folded((_("Per una tabella: i saldi"), ("opening", "closing"))),
        Folded((_("Per una tabella: come si chiamano le colonne"), COLUMN_FIELDS)),
    )
    format = forms.ChoiceField(label=_("Formato"), choices=StatementFile.Format.choices)
    file = forms.FileField(label=_("File"), help_text=_("Fino a 10 MB. Lo stesso file, o le stesse righe, non si scrivono due volte."))
    opening = MoneyField(label=_("Saldo iniziale in euro"), required=False, max_digits=14)
    closing = MoneyField(
        label=_("Saldo finale in euro"), required=False, max_digits=14, help_text=_("Se li scrivi, si controlla che i conti tornino.")
    )

    def __init__(self, *args: Any, layout: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, column in COLUMNS.items():
            self.fields[f"column_{name}"] = forms.CharField(label=column.label, required=False, max_length=60, initial=layout.get(name, ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("opening") is None) != (data.get("closing") is None):
            missing = "closing" if data.get("closing") is None else "opening"
            if missing not in self.errors:
                self.add_error(missing, _("I saldi servono tutti e due, oppure nessuno."))
        return data

    @property
    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(f"column_{name}", "") for name in COLUMNS}


class LineFilter(forms.Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutte")), *BankLine.State.choices])
    verso = forms.ChoiceField(
        label=_("Verso"), required=False, choices=[("", _("Entrate e uscite")), ("in", _("Entrate")), ("out", _("Uscite"))]
    )
    dal = forms.DateField(label=_("Dal"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    al = forms.DateField(label=_("Al"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class GiftOfLineForm(AcceptedByAct):
    fieldsets = ((_("Il dono"), ("donor", "pot")), AcceptedByAct.act_fieldset)
    donor = forms.ChoiceField(label=_("Chi ha donato"))
    pot = forms.ChoiceField(label=_("Salvadanaio"))

    def __init__(self, *args: Any, donors: Choices, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].choices = [NOTHING_CHOSEN, *donors]  # type: ignore[attr-defined]
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]
