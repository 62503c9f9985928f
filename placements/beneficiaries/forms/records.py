"""Short forms that add one thing to the person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import CHOOSE, Form

from ..enums import ReferringService
from ..models import Assessment, Representative, TakingInCharge
from ._fields import allowed, field


class RepresentativeForm(Form):
    kind = field(Representative, "kind")
    last_name = field(Representative, "last_name")
    first_name = field(Representative, "first_name")
    phone = field(Representative, "phone")
    email = field(Representative, "email")
    decree = field(Representative, "decree", help_text=gettext_lazy("Per chi è nominato dal tribunale."))
    decree_on = field(Representative, "decree_on")
    signs_alone = field(Representative, "signs_alone", help_text=gettext_lazy("Se non è spuntato, firmano insieme."))
    valid_from = field(Representative, "valid_from")
    valid_to = field(Representative, "valid_to", help_text=gettext_lazy("Se il decreto ha una scadenza."))


class ChargeForm(Form):
    service = forms.ChoiceField(label=gettext_lazy("Servizio"))
    case_manager = field(TakingInCharge, "case_manager")
    valid_from = field(TakingInCharge, "valid_from")
    valid_to = field(TakingInCharge, "valid_to", help_text=gettext_lazy("Lascia vuoto se continua."))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = allowed(access, ReferringService.choices, CHOOSE)  # type: ignore[attr-defined]


class AssessmentForm(Form):
    made_on = field(Assessment, "made_on")
    author = field(Assessment, "author")
    protocol = field(Assessment, "protocol", help_text=gettext_lazy("Solo il riferimento: la valutazione resta nella cartella sociale."))
