"""A project, its parts, its plan, its instalments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Form, MoneyField, Radios, VersionedForm

from ..enums import InstalmentKind, ProjectRole, SourceKind
from ..models import Project
from ._common import Choices, day_field, offer

PROJECT_FIELDS = (
    "title", "code", "cup", "cig", "funder", "funding_source", "letter_number", "letter_on", "grant_amount", "starts_on", "ends_on",
    "report_due_on",
)  # fmt: skip
NO_FUNDING = _("Nessuno di questi")


def values_of(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in PROJECT_FIELDS}


class _ProjectFields(Form):
    title = forms.CharField(label=_("Titolo"), max_length=160)
    code = forms.CharField(label=_("Codice"), max_length=20, help_text=_("Breve: sta nei movimenti e sui documenti, per esempio IS-2026."))
    cup = forms.CharField(label=_("CUP"), max_length=15, required=False)
    cig = forms.CharField(label=_("CIG"), max_length=10, required=False)
    funder = forms.CharField(label=_("Chi finanzia"), max_length=120)
    funding_source = forms.ChoiceField(
        label=_("Logo e parole del finanziatore"),
        required=False,
        help_text=_("Da qui i rapporti e le carte sanno quali tirocini sono di questo progetto. I loghi si scrivono in «Ufficio»."),
    )
    letter_number = forms.CharField(label=_("Numero della lettera di contributo"), max_length=40)
    letter_on = day_field(_("Data della lettera"))
    grant_amount = MoneyField(label=_("Contributo concesso, in euro"), min_value=0)
    starts_on = day_field(_("Inizio"))
    ends_on = day_field(_("Fine"))
    report_due_on = day_field(_("Termine del rendiconto finale"))
    fieldsets = (
        (_("Il progetto"), ("title", "code", "cup", "cig", "lead")),
        (_("Chi finanzia"), ("funder", "funding_source", "letter_number", "letter_on", "grant_amount")),
        (_("Le date"), ("starts_on", "ends_on", "report_due_on")),
    )

    def __init__(self, *args: Any, logos: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "funding_source", logos, empty=NO_FUNDING)


class ProjectForm(_ProjectFields):
    lead = forms.ChoiceField(label=_("Capofila"), help_text=_("Chi risponde al finanziatore: si sceglie dal registro dei partner."))

    def __init__(self, *args: Any, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "lead", partners)


class ProjectEditForm(VersionedForm, _ProjectFields):
    pass


class ReasonForm(Form):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, max_length=300, help_text=_("Una riga basta."))


class ParticipationForm(Form):
    partner = forms.ChoiceField(label=_("Partner"))
    role = forms.ChoiceField(label=_("Ruolo"), choices=ProjectRole.choices, widget=Radios, initial=ProjectRole.PARTNER)
    since = day_field(_("Dal"))

    def __init__(self, *args: Any, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "partner", partners)


class ItemForm(Form):
    code = forms.CharField(label=_("Codice"), max_length=10)
    name = forms.CharField(label=_("Nome"), max_length=120)
    is_confirmed = forms.BooleanField(
        label=_("È così nella guida del finanziatore"),
        required=False,
        help_text=_("Le voci proposte sono scritte a memoria: controllale con il finanziatore prima di spuntare."),
    )


class SourceForm(Form):
    kind = forms.ChoiceField(label=_("Tipo"), choices=SourceKind.choices, widget=Radios)
    name = forms.CharField(label=_("Nome"), max_length=120)


class WorkPackageForm(Form):
    code = forms.CharField(label=_("Codice"), max_length=10, help_text=_("Per esempio AZ1."))
    name = forms.CharField(label=_("Nome"), max_length=120)


class LineForm(Form):
    item = forms.ChoiceField(label=_("Voce di costo"))
    participation = forms.ChoiceField(label=_("Partner"))
    source = forms.ChoiceField(label=_("Fonte"))
    amount = MoneyField(label=_("Importo in euro"), min_value=0, help_text=_("Zero toglie la riga."))

    def __init__(self, *args: Any, items: Choices, partners: Choices, sources: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("item", items), ("participation", partners), ("source", sources)):
            offer(self, name, choices)


class EnterPlanForm(Form):
    act_number = forms.CharField(label=_("Numero dell'atto o della lettera"), max_length=40)
    act_on = day_field(_("Data"))
    reason = forms.CharField(label=_("Perché cambia"), max_length=300, required=False, widget=forms.Textarea)
    accepts_shift = forms.BooleanField(label=_("Il finanziatore è d'accordo con questi spostamenti"), required=False)

    def __init__(self, *args: Any, is_first: bool, moved: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["reason"]
        if not moved:
            del self.fields["accepts_shift"]


class InstalmentForm(Form):
    kind = forms.ChoiceField(label=_("Tipo"), choices=[("", CHOOSE), *InstalmentKind.choices])
    on = day_field(_("Prevista il"))
    amount = MoneyField(label=_("Importo previsto, in euro"))


class MoneyDayForm(Form):
    """A day and a sum: when an instalment was asked, or arrived."""

    on = day_field(_("Giorno"))
    amount = MoneyField(label=_("Importo in euro"))
