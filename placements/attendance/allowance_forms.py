"""Forms about what months give; what may be said is decided by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import Form, HoursField, MoneyField, Radios

from .rules import outcomes_for

NO_HEALTH = _("Niente notizie sulla salute.")


class AdjustForm(Form):
    """A day as it really was, or a sum that the office writes."""

    what = forms.ChoiceField(
        label=_("Che cosa è venuto fuori"), choices=[("day", _("un giorno era diverso")), ("sum", _("una somma da aggiungere o togliere"))],
        widget=Radios,
    )  # fmt: skip
    day = forms.DateField(label=_("Giorno"), required=False)
    outcome = forms.ChoiceField(label=_("Com’era"), required=False)
    minutes = HoursField(label=_("Ore fatte"), required=False, help_text=_("Se era presente. Vuoto: le ore previste."))
    amount = MoneyField(
        label=_("Somma in euro"), required=False, max_digits=8, help_text=_("Con il meno davanti se è da togliere: -25,00.")
    )
    reason = forms.CharField(label=_("Perché"), widget=forms.Textarea, max_length=300, help_text=NO_HEALTH)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = [("", _("Scegli…")), *((o.value, o.label) for o in outcomes_for(access.roles | {"social_worker"}))]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("what") == "day":
            if not data.get("day") and "day" not in self.errors:
                self.add_error("day", _("Scegli il giorno."))
            if not data.get("outcome") and "outcome" not in self.errors:
                self.add_error("outcome", _("Scegli com’era."))
        elif data.get("what") == "sum" and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Scrivi la somma."))
        return data


class NetForm(Form):
    net_amount = MoneyField(label=_("Netto in euro"), max_digits=8)
    net_on = forms.DateField(label=_("Comunicato il"))


class YearForm(Form):
    year = forms.IntegerField(label=_("Anno"), min_value=2000, max_value=2100)
