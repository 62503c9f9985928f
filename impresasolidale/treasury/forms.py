"""Forms of budgets, commitments, closings and of the comparison with the accounting office's file."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.forms import CHOOSE, Folded, Form, MoneyField, Radios, VersionedForm

from .comparison import COLUMNS
from .models import Commitment
from .services import Act

Choices = Iterable[tuple[str, str]]
NOTHING_CHOSEN = ("", CHOOSE)


def over_zero(amount: Any) -> Any:
    if amount <= 0:
        raise ValidationError(_("L'importo deve essere maggiore di zero."))
    return amount


class _ActFields(Form):
    """Number and date of the act a movement stands on."""

    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=40)
    act_on = forms.DateField(label=_("Data dell'atto"))

    @property
    def act(self) -> Act:
        return Act(number=self.cleaned_data["act_number"], on=self.cleaned_data["act_on"])


class _Amount(forms.Form):
    amount = MoneyField(label=_("Importo in euro"))

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])


def year_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=_("Anno"), min_value=2000, max_value=2100, **kwargs)


class BudgetForm(_ActFields, _Amount):
    body = forms.ChoiceField(label=_("Ente"), help_text=_("L'ente che versa i contributi motivazionali."))
    year = year_field()
    chapter = forms.CharField(label=_("Capitolo"), max_length=40, help_text=_("Come lo scrive la ragioneria, per esempio 1204.10."))
    cup = forms.CharField(label=_("CUP"), max_length=15, required=False)
    fieldsets = (
        (_("La riga di bilancio"), ("body", "year", "chapter", "cup")),
        (_("Quanto è stanziato, e con quale atto"), ("amount", "act_number", "act_on")),
    )

    def __init__(self, *args: Any, bodies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [NOTHING_CHOSEN, *bodies]  # type: ignore[attr-defined]


class GrantForm(_ActFields, _Amount):
    name = forms.CharField(label=_("Nome"), max_length=120, help_text=_("Per esempio: «Fondazione Cariplo, Impresa solidale»."))
    purpose = forms.CharField(label=_("A cosa serve"), max_length=200, required=False)
    fieldsets = (
        (_("Il contributo"), ("name", "purpose")),
        (_("Quanto è assegnato, e con quale lettera o atto"), ("amount", "act_number", "act_on")),
    )


class _Direction(forms.Form):
    direction = forms.ChoiceField(
        label=_("Che cosa cambia"), choices=[("up", _("Aumenta")), ("down", _("Diminuisce"))], widget=Radios, initial="up"
    )
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Una riga basta."))


class VaryBudgetForm(VersionedForm, _ActFields, _Amount, _Direction):
    field_order = ["direction", "amount", "act_number", "act_on", "reason"]


class VaryGrantForm(_ActFields, _Amount, _Direction):
    field_order = ["direction", "amount", "act_number", "act_on", "reason"]


class CommitmentForm(_ActFields, _Amount):
    pot = forms.ChoiceField(label=_("Da dove vengono i soldi"))
    body = forms.ChoiceField(
        label=_("Ente"), required=False, help_text=_("Serve solo per un contributo: una riga di bilancio ha già il suo.")
    )
    year = year_field(help_text=_("L'anno in cui le somme scadono. Un tirocinio da ottobre a giugno ha due impegni, uno per anno."))
    number = forms.CharField(label=_("Numero dell'impegno"), max_length=40)
    chapter = forms.CharField(label=_("Capitolo"), max_length=40, required=False)
    cup = forms.CharField(label=_("CUP"), max_length=15, required=False)
    fieldsets = (
        (_("I soldi"), ("pot", "amount", "year")),
        (_("L'impegno della ragioneria"), ("number", "act_number", "act_on")),
        (_("Solo per un contributo di un finanziatore"), ("body", "chapter", "cup")),
    )

    def __init__(self, *args: Any, pots: Choices, bodies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]
        self.fields["body"].choices = [NOTHING_CHOSEN, *bodies]  # type: ignore[attr-defined]


class ChangeCommitmentForm(VersionedForm, _ActFields, _Amount):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Una riga basta."))
    field_order = ["amount", "act_number", "act_on", "reason"]


class EndCommitmentForm(VersionedForm, _ActFields):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Per esempio: «I tirocini sono finiti»."))


class ReleaseForm(VersionedForm):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Una riga basta."))


class CommitmentFilter(forms.Form):
    anno = forms.IntegerField(label=_("Anno"), required=False, min_value=2000, max_value=2100)
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *Commitment.State.choices])


class MovementFilter(forms.Form):
    salvadanaio = forms.ChoiceField(label=_("Da dove vengono i soldi"), required=False)
    fino_al = forms.DateField(label=_("Fino al"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["salvadanaio"].choices = [("", _("Tutti")), *pots]  # type: ignore[attr-defined]


class ClosingForm(Form):
    closed_to = forms.DateField(
        label=_("Chiudi fino al"), help_text=_("Questo giorno compreso. Dopo, nessun movimento può avere una data più vecchia.")
    )


class ConfirmClosingForm(Form):
    act_number = forms.CharField(label=_("Numero dell'atto"), required=False, max_length=60)
    act_on = forms.DateField(label=_("Data dell'atto"), required=False)
    fieldsets = ((_("Se lo ha deciso un atto fuori da qui"), ("act_number", "act_on")),)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> Any:
        cleaned = super().clean()
        data = self.cleaned_data
        if bool(data.get("act_number")) != bool(data.get("act_on")) and "act_on" not in self.errors:
            self.add_error("act_on" if data.get("act_number") else "act_number", _("Dell'atto servono il numero e la data."))
        if data.get("act_on") and data["act_on"] > self.today:
            self.add_error("act_on", _("La data dell'atto è nel futuro."))
        return cleaned

    @property
    def outside_act(self) -> OutsideAct | None:
        number = self.cleaned_data["act_number"]
        return OutsideAct(number=number, on=self.cleaned_data["act_on"]) if number else None


class CompareForm(Form):
    body = forms.ChoiceField(label=_("Ente"))
    year = year_field()
    file = forms.FileField(
        label=_("Il file della ragioneria"),
        help_text=_("Un CSV o un foglio Excel (.xlsx), con gli impegni. Non viene conservato e non cambia niente."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    fieldsets = (
        ("", ("body", "year", "file")),
        Folded((_("Come si chiamano le colonne, se non le trovo da solo"), tuple(f"column_{name}" for name in COLUMNS))),
    )

    def __init__(self, *args: Any, bodies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [NOTHING_CHOSEN, *bodies]  # type: ignore[attr-defined]
        for name, column in COLUMNS.items():
            field = forms.CharField(label=column.label, required=False, max_length=80)
            field.widget.attrs["placeholder"] = str(column.synonyms[0]).capitalize()
            self.fields[f"column_{name}"] = field

    @property
    def named(self) -> Mapping[str, str]:
        """The columns somebody wrote a name for."""
        return {
            name: self.cleaned_data[f"column_{name}"].strip() for name in COLUMNS if self.cleaned_data.get(f"column_{name}", "").strip()
        }
