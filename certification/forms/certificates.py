"""Forms of the recognitions that were given."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios
from impresasolidale.core.transitions import Transition

from ..enums import CertificateState, ReasonClass


class Search(Form):
    q = forms.CharField(label=_("Impresa"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *CertificateState.choices])


class Change(Form):
    """`steps`: what may be done now."""

    step = forms.ChoiceField(label=_("Decisione"), widget=Radios)
    reason_class = forms.ChoiceField(
        label=_("Motivo, in una parola"),
        required=False,
        choices=[("", "—"), *ReasonClass.choices],
        help_text=_("Lo legge chi verifica l'attestato. Per togliere una sospensione non serve."),
    )
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea(attrs={"rows": "3"}), help_text=_("Lo leggono solo gli uffici."))

    def __init__(self, *args: Any, steps: list[Transition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [(s.name, s.label) for s in steps]  # type: ignore[attr-defined]
        if len(steps) == 1:
            self.initial["step"] = steps[0].name

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("step") in ("suspended", "revoked") and not said.get("reason_class"):
            self.add_error("reason_class", _("Scegli il motivo."))
        return said
