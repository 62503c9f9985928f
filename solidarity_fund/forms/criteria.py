"""Forms of the criteria and of what a pot may pay."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Checks, Folded, Form, ModelForm, MoneyField

from ..documents.requests import APPEAL
from ..enums import BenefitForm, BenefitKind
from ..models import FundCriteria


class CriteriaForm(ModelForm):
    """The act and its days, then for each kind of help whether it is offered, up to how much and how."""

    kinds = forms.MultipleChoiceField(label=_("Aiuti previsti"), choices=BenefitKind.choices, widget=Checks)

    class Meta:
        model = FundCriteria
        fields: ClassVar = [
            "valid_from",
            "act_number",
            "act_on",
            "term_days",
            "missing_days",
            "proof_days",
            "advance_limit",
            "ratify_days",
            "appeal",
        ]
        help_texts: ClassVar = {
            "term_days": _("Dal giorno della richiesta. La legge ne prevede 30, se l'atto non dice altro."),
            "advance_limit": _("Vuoto: nessun anticipo prima della commissione."),
            "appeal": _("Compare nelle decisioni contrarie."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("appeal", APPEAL)
        details = []
        for kind in BenefitKind:
            label = str(kind.label)
            self.fields[f"ceiling_{kind}"] = MoneyField(label=_("%(kind)s: al massimo") % {"kind": label}, required=False)
            self.fields[f"form_{kind}"] = forms.ChoiceField(
                label=_("%(kind)s: come si dà") % {"kind": label},
                choices=BenefitForm.choices,
                required=False,
                initial=BenefitForm.EITHER,
            )
            details += [f"ceiling_{kind}", f"form_{kind}"]
        self.fieldsets = (
            (_("L'atto"), ("act_number", "act_on", "valid_from")),
            (_("Gli aiuti"), ("kinds",)),
            Folded((_("Quanto e come, aiuto per aiuto"), tuple(details))),
            (_("I tempi"), ("term_days", "missing_days", "proof_days")),
            (_("Gli anticipi urgenti"), ("advance_limit", "ratify_days")),
            (_("Il ricorso"), ("appeal",)),
        )

    @property
    def offered(self) -> list[tuple[str, Any, str]]:
        data = self.cleaned_data
        return [(kind, data.get(f"ceiling_{kind}"), data.get(f"form_{kind}") or BenefitForm.EITHER) for kind in data["kinds"]]


class PublishForm(Form):
    published_on = forms.DateField(label=_("Pubblicati il"), help_text=_("Il giorno in cui sono usciti sul sito dell'ente."))
    link = forms.URLField(label=_("Indirizzo della pagina"), max_length=300, assume_scheme="https")
    outside_number = forms.CharField(label=_("Numero dell'atto"), max_length=60, required=False)
    outside_on = forms.DateField(label=_("Data dell'atto"), required=False)
    fieldsets = (
        (_("Dove si leggono"), ("published_on", "link")),
        Folded((_("Se li hai proposti tu: l'atto che vale da seconda firma"), ("outside_number", "outside_on"))),
    )

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        if bool(data.get("outside_number")) != bool(data.get("outside_on")):
            self.add_error("outside_on" if data.get("outside_number") else "outside_number", _("Dell'atto servono il numero e la data."))
        return data


class PurposeForm(Form):
    kinds = forms.MultipleChoiceField(
        label=_("Che aiuti dà"), choices=BenefitKind.choices, widget=Checks, required=False, help_text=_("Nessuna scelta: tutti.")
    )
