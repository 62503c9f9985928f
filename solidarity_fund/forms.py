"""Forms of the fund. They validate what one field or one form can know; the rest is refused by the services."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core import validators
from impresasolidale.core.forms import CHOOSE, Form, ModelForm, MoneyField, Radios, VersionedForm, VersionedModelForm, WithAct
from impresasolidale.core.words import euro
from impresasolidale.treasury.selectors import PotBalance

from .models import BenefitRequest, Donor

Choices = Iterable[tuple[str, str]]
NOTHING_CHOSEN = ("", CHOOSE)


def pot_choices(pots: Iterable[PotBalance]) -> list[tuple[str, str]]:
    """Pots with what is free in each."""
    return [(str(p.pot.public_id), _("%(name)s (liberi %(free)s)") % {"name": p.pot.name, "free": euro(p.free)}) for p in pots]


class MovementFilter(forms.Form):
    salvadanaio = forms.ChoiceField(label=_("Salvadanaio"), required=False)
    fino_al = forms.DateField(label=_("Fino al"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, pots: Iterable[PotBalance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["salvadanaio"].choices = [("", _("Tutti")), *((str(p.pot.public_id), p.pot.name) for p in pots)]  # type: ignore[attr-defined]


class RequestFilter(forms.Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *BenefitRequest.State.choices])


class DonorFilter(forms.Form):
    nome = forms.CharField(label=_("Nome"), required=False, max_length=80)


class PotForm(Form):
    name = forms.CharField(label=_("Nome"), max_length=120, help_text=_("Per esempio: «Trasporti», oppure «Fondo comune»."))
    purpose = forms.CharField(
        label=_("A cosa serve"), max_length=200, required=False, help_text=_("Che cosa ha chiesto chi dona. Compare nella pagina pubblica.")
    )


class _DonorFields:
    fieldsets: Sequence[tuple[Any, Sequence[str]]] = (
        (_("Chi dona"), ("kind", "name", "tax_code", "email")),
        (_("Nella pagina pubblica"), ("shows_name",)),
    )

    def clean_tax_code(self) -> str:
        code = self.cleaned_data["tax_code"].strip()  # type: ignore[attr-defined]
        if not code:
            return ""
        if code.isdigit():
            return validators.tax_code_of_body(code)
        return validators.partita_iva(code) if len(code) < 16 else validators.codice_fiscale(code).code


class _DonorMeta:
    model = Donor
    fields = ["kind", "name", "tax_code", "email", "shows_name"]
    help_texts = {
        "name": _("Per chi non vuole farsi conoscere basta «Anonimo»."),
        "shows_name": _("Solo il nome, mai l'importo. Senza un sì il nome non esce da questo ufficio."),
    }


class DonorForm(_DonorFields, ModelForm):
    class Meta(_DonorMeta):
        pass


class DonorEditForm(_DonorFields, VersionedModelForm):
    class Meta(_DonorMeta):
        pass


class ContributionForm(Form):
    donor = forms.ChoiceField(label=_("Chi ha donato"))
    pot = forms.ChoiceField(label=_("Salvadanaio"))
    amount = MoneyField(label=_("Importo in euro"))
    received_on = forms.DateField(label=_("Ricevuto il"), help_text=_("Il giorno in cui i soldi sono arrivati al tesoriere."))
    reference = forms.CharField(
        label=_("Riferimento"), max_length=120, required=False, help_text=_("Numero del bonifico o della quietanza.")
    )

    def __init__(self, *args: Any, donors: Choices, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].choices = [NOTHING_CHOSEN, *donors]  # type: ignore[attr-defined]
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        return _over_zero(self.cleaned_data["amount"])


class RequestForm(Form):
    placement = forms.ChoiceField(label=_("Persona e tirocinio"), help_text=_("Ci sono i tirocini in corso e quelli finiti da poco."))
    kind = forms.ChoiceField(label=_("Che aiuto serve"), choices=BenefitRequest.Kind.choices, widget=Radios)
    amount = MoneyField(label=_("Importo in euro"), max_digits=10)
    quote = forms.CharField(
        label=_("Preventivo o scontrino"),
        max_length=160,
        required=False,
        help_text=_("Solo il riferimento, per esempio «Abbonamento STPS, preventivo 12». Niente notizie sulla salute."),
    )

    def __init__(self, *args: Any, placements: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["placement"].choices = [NOTHING_CHOSEN, *placements]  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        return _over_zero(self.cleaned_data["amount"])


class DecisionForm(WithAct, VersionedForm):
    decision = forms.ChoiceField(
        label=_("Decisione"), choices=[("grant", _("Concedo l'aiuto")), ("refuse", _("Non lo concedo"))], widget=Radios
    )
    pot = forms.ChoiceField(label=_("Da quale salvadanaio"), required=False, help_text=_("Serve solo se concedi l'aiuto."))
    reason = forms.CharField(
        label=_("Motivo"), required=False, widget=forms.Textarea, help_text=_("Serve se non lo concedi: la persona ha diritto di saperlo.")
    )
    fieldsets = (
        (_("La tua decisione"), ("decision", "pot", "reason")),
        (_("Se ha già deciso la commissione, con un suo atto"), ("act_number", "act_on", "act_file")),
    )

    def __init__(self, *args: Any, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get("decision") == "grant" and not data.get("pot") and "pot" not in self.errors:
            self.add_error("pot", _("Scegli da quale salvadanaio vengono i soldi."))
        return cleaned


class ReasonForm(Form):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Una riga basta."))


class PaymentForm(Form):
    paid_on = forms.DateField(label=_("Versato il"), help_text=_("Il giorno in cui i soldi sono usciti."))


def _over_zero(amount: Any) -> Any:
    if amount <= 0:
        raise ValidationError(_("L'importo deve essere maggiore di zero."))
    return amount
