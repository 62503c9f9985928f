"""Forms about records that may be one company's, and about blocks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form

from ..models import Company


class CompanyChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(filter(None, (obj.name, str(obj.comune), obj.partita_iva or obj.tax_code)))


class DoubleForm(Form):
    """Which record is the same company's; the one the page stands on is kept."""

    drop = CompanyChoice(
        Company._base_manager.none(),
        label=gettext_lazy("Quale scheda è un doppione?"),
        to_field_name="public_id",
        help_text=gettext_lazy("Prima quelle con il nome più simile."),
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drop"].queryset = others  # type: ignore[attr-defined]


class TellApartForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Come lo sai?"),
        max_length=200,
        help_text=gettext_lazy("Per esempio: sono due fratelli, ciascuno con la sua partita IVA."),
    )


class BlockForm(Form):
    ends_on = forms.DateField(label=gettext_lazy("Fino a quando"), help_text=gettext_lazy("Dal giorno dopo il blocco finisce da solo."))
    reason = forms.CharField(
        label=gettext_lazy("Perché"),
        max_length=300,
        widget=forms.Textarea({"rows": "3"}),
        help_text=gettext_lazy("Lo leggono i colleghi che preparano i tirocini. Niente notizie sulle persone."),
    )


class LiftForm(Form):
    reason = forms.CharField(label=gettext_lazy("Perché"), max_length=300, widget=forms.Textarea({"rows": "3"}))
