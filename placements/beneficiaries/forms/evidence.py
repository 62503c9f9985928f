"""Forms about what is certified of the person, and about consents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import CHOOSE, Form, Radios

from .. import rules
from ..enums import ConsentKind, Scheme, StatusCategory
from ..models import StatusEvidence
from ._fields import field, paper


class EvidenceForm(Form):
    fieldsets = (
        (gettext_lazy("Che cosa è certificato"), ("category", "percent", "valid_from", "valid_to")),
        (gettext_lazy("L’atto che lo prova"), ("act_kind", "act_number", "act_on", "issued_by", "protocol", "file")),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Categoria"), help_text=gettext_lazy("Quella scritta nell’atto. La diagnosi non serve e non va scritta.")
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Percentuale"), required=False, min_value=1, max_value=100,
        help_text=gettext_lazy("Solo per il collocamento mirato e l’invalidità civile."),
    )  # fmt: skip
    valid_from = field(StatusEvidence, "valid_from", label=gettext_lazy("Vale dal"))
    valid_to = field(
        StatusEvidence,
        "valid_to",
        label=gettext_lazy("Vale fino al"),
        help_text=gettext_lazy("Lascia vuoto se non scade. Se scade, te lo ricordiamo due mesi prima."),
    )
    act_kind = field(StatusEvidence, "act_kind")
    act_number = field(StatusEvidence, "act_number", help_text=gettext_lazy("Se non ha un numero, scrivi il protocollo."))
    act_on = field(StatusEvidence, "act_on")
    issued_by = field(StatusEvidence, "issued_by")
    protocol = field(StatusEvidence, "protocol")
    file = paper(gettext_lazy("Copia dell’atto"), gettext_lazy("Se vuoi. Carica la versione con gli omissis, senza la diagnosi."))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[Any, list[tuple[str, Any]]] = {scheme.label: [] for scheme in Scheme}
        for category in StatusCategory:
            if category not in rules.RESERVED or access.may(rules.RESERVED[category]):
                groups[rules.scheme_of(category).label].append((category.value, category.label))
        self.fields["category"].choices = [("", CHOOSE), *groups.items()]  # type: ignore[attr-defined]


class WithdrawEvidenceForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Perché la togli"), max_length=200, help_text=gettext_lazy("Per esempio: registrata per errore, atto revocato.")
    )


class ConsentForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Consenso per"), choices=ConsentKind.choices, widget=Radios)
    given_on = forms.DateField(label=gettext_lazy("Dato il"))
    representative: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Dato da"), required=False, empty_label=gettext_lazy("dalla persona stessa")
    )
    file = paper(gettext_lazy("Il foglio firmato"))

    def __init__(self, *args: Any, representatives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["representative"].queryset = representatives  # type: ignore[attr-defined]


class RevokeConsentForm(Form):
    revoked_on = forms.DateField(label=gettext_lazy("Revocato il"))
