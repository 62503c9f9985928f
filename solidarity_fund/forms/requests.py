"""Forms of requests: asking, the office's look, the decision, the payment."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Checks, Folded, Form, MoneyField, Radios, VersionedForm, WithAct
from impresasolidale.core.uploads import check_upload

from ..enums import BenefitKind, Missing, Need, PayWay, RequestState
from ..services.payees import Payee
from .common import NOTHING_CHOSEN, OTHER_POT, Choices, over_zero

FILE_HELP = _("PDF, oppure foto JPEG o PNG, fino a 10 MB.")


def clean_file(file: Any) -> Any:
    if file:
        try:
            check_upload(file)
        except DomainError as error:
            raise ValidationError(str(error.words)) from error
    return file


class RequestFilter(forms.Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *RequestState.choices])
    tipo = forms.ChoiceField(label=_("Tipo di aiuto"), required=False, choices=[("", _("Tutti")), *BenefitKind.choices])
    solo = forms.ChoiceField(
        label=_("Solo"),
        required=False,
        choices=[
            ("", _("Tutte")),
            ("urgent", _("le urgenti")),
            ("proof", _("quelle che devono una prova")),
            ("ratify", _("gli anticipi da ratificare")),
        ],
    )


class PayeeFields(Form):
    """Who is paid; the invoice may come later."""

    way = forms.ChoiceField(label=_("A chi si versa"), choices=PayWay.choices, initial=PayWay.PERSON, widget=Radios)
    payee_name = forms.CharField(
        label=_("A chi"), max_length=120, required=False, help_text=_("Chi ha anticipato, oppure il negozio o fornitore.")
    )
    payee_code = forms.CharField(label=_("Codice fiscale o partita IVA"), max_length=16, required=False)
    iban = forms.CharField(label=_("IBAN"), max_length=42, required=False, help_text=_("Serve per un rimborso o per un fornitore."))
    invoice_number = forms.CharField(label=_("Numero della fattura"), max_length=40, required=False, help_text=_("Può arrivare dopo."))
    invoice_on = forms.DateField(label=_("Data della fattura"), required=False)

    @property
    def payee(self) -> Payee:
        data = self.cleaned_data
        return Payee(data["way"], data["payee_name"], data["payee_code"], data["iban"], data["invoice_number"], data["invoice_on"])


GOES_TO = ("way", "payee_name", "payee_code", "iban")
PAYEE_NAMES = (*GOES_TO, "invoice_number", "invoice_on")


class RequestForm(PayeeFields):
    placement = forms.ChoiceField(label=_("Persona e tirocinio"), help_text=_("Ci sono i tirocini in corso e quelli finiti da poco."))
    kind = forms.ChoiceField(label=_("Che aiuto serve"), choices=BenefitKind.choices, widget=Radios)
    need = forms.ChoiceField(label=_("Perché serve"), choices=[NOTHING_CHOSEN, *Need.choices], help_text=_("Niente notizie sulla salute."))
    amount = MoneyField(label=_("Importo in euro"), max_digits=10)
    is_urgent = forms.BooleanField(
        label=_("È urgente"), required=False, help_text=_("Non può aspettare la commissione: il coordinatore può dare un anticipo.")
    )
    quote = forms.CharField(
        label=_("Preventivo o scontrino"),
        max_length=160,
        required=False,
        help_text=_("Solo il riferimento, per esempio «Abbonamento STPS, preventivo 12». Niente notizie sulla salute."),
    )
    quote_file = forms.FileField(label=_("Copia del preventivo"), required=False, help_text=FILE_HELP)
    isee = MoneyField(label=_("Valore ISEE in euro"), required=False, help_text=_("Lo vede solo l'ufficio."))
    isee_on = forms.DateField(label=_("Data dell'attestazione"), required=False)
    fieldsets = (
        (_("L'aiuto"), ("placement", "kind", "need", "amount", "is_urgent")),
        (_("Il preventivo"), ("quote", "quote_file")),
        (_("A chi si versa"), PAYEE_NAMES),
        Folded((_("ISEE"), ("isee", "isee_on"))),
    )

    def __init__(self, *args: Any, placements: Choices, kinds: Choices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["placement"].choices = [NOTHING_CHOSEN, *placements]  # type: ignore[attr-defined]
        if kinds is not None:
            self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]
        for name in ("way", "need"):
            self.fields[name].required = False
        self.fields["way"].initial = PayWay.PERSON

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])

    def clean_way(self) -> str:
        return self.cleaned_data["way"] or PayWay.PERSON

    def clean_quote_file(self) -> Any:
        return clean_file(self.cleaned_data["quote_file"])


class PayeeForm(PayeeFields):
    """`invoice_only`: once the help is decided, for whoever only pays."""

    def __init__(self, *args: Any, invoice_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in GOES_TO if invoice_only else ():
            del self.fields[name]


class ScreenForm(Form):
    """One look, two ways on: it is whole, or something is missing."""

    result = forms.ChoiceField(
        label=_("L'istruttoria"),
        choices=[("whole", _("È completa: si può decidere")), ("missing", _("Manca qualcosa: la rimando indietro"))],
        widget=Radios,
    )
    responsible = forms.ChoiceField(label=_("Responsabile del procedimento"), required=False)
    what = forms.MultipleChoiceField(label=_("Che cosa manca"), choices=Missing.choices, widget=Checks, required=False)
    due_on = forms.DateField(label=_("Entro il"), required=False, help_text=_("Vuoto: i giorni dei criteri."))
    fieldsets = (
        ("", ("result",)),
        (_("Se è completa"), ("responsible",)),
        (_("Se manca qualcosa"), ("what", "due_on")),
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].choices = list(people)  # type: ignore[attr-defined]


class CompleteForm(Form):
    amount = MoneyField(label=_("Importo in euro"), max_digits=10, required=False, help_text=_("Solo se cambia."))
    quote = forms.CharField(label=_("Preventivo o scontrino"), max_length=160, required=False, help_text=_("Solo se cambia."))
    quote_file = forms.FileField(label=_("Copia del preventivo"), required=False, help_text=FILE_HELP)
    isee = MoneyField(label=_("Valore ISEE in euro"), required=False)
    isee_on = forms.DateField(label=_("Data dell'attestazione"), required=False)

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        return amount if amount is None else over_zero(amount)

    def clean_quote_file(self) -> Any:
        return clean_file(self.cleaned_data["quote_file"])


class DecisionForm(WithAct, VersionedForm):
    decision = forms.ChoiceField(
        label=_("Decisione"), choices=[("grant", _("Concedo l'aiuto")), ("refuse", _("Non lo concedo"))], widget=Radios
    )
    pot = forms.ChoiceField(
        label=_("Da quale salvadanaio"), required=False, help_text=_("Serve solo se concedi l'aiuto."), error_messages=OTHER_POT
    )
    amount = MoneyField(label=_("Importo concesso"), required=False, help_text=_("Vuoto: tutto quello che è stato chiesto."))
    reason = forms.CharField(
        label=_("Motivo"), required=False, widget=forms.Textarea, help_text=_("Serve se non lo concedi: la persona ha diritto di saperlo.")
    )
    answer = forms.CharField(
        label=_("Risposta alle osservazioni"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Se la persona ha risposto al preavviso: punto per punto."),
    )
    fieldsets = (
        (_("La tua decisione"), ("decision", "pot", "amount", "reason", "answer")),
        (_("Se ha già deciso la commissione, con un suo atto"), ("act_number", "act_on", "act_file")),
    )

    def __init__(self, *args: Any, pots: Choices, observed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]
        if not observed:
            del self.fields["answer"]

    def clean(self) -> Any:
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get("decision") == "grant" and not data.get("pot") and "pot" not in self.errors:
            self.add_error("pot", _("Scegli da quale salvadanaio vengono i soldi."))
        return cleaned


class AdvanceForm(VersionedForm):
    pot = forms.ChoiceField(label=_("Da quale salvadanaio"), error_messages=OTHER_POT)
    amount = MoneyField(label=_("Importo dell'anticipo"), required=False, help_text=_("Vuoto: tutto quello che è stato chiesto."))

    def __init__(self, *args: Any, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]


class RevokeForm(WithAct):
    """Who decided alone takes back with an act of the body; anybody else is asked the reason alone."""

    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Una riga basta."))
    fieldsets: Any = (
        ("", ("reason",)),
        (_("L'hai deciso tu: serve un atto dell'ente, che vale da seconda firma"), ("act_number", "act_on", "act_file")),
    )

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_own:
            self.fieldsets = self.fieldsets[:1]
            for name in ("act_number", "act_on", "act_file"):
                del self.fields[name]


class PaymentForm(VersionedForm):
    """`row_version` is that of who is paid."""

    paid_on = forms.DateField(label=_("Versato il"), help_text=_("Il giorno in cui i soldi sono usciti."))
    order_number = forms.CharField(label=_("Numero del mandato"), max_length=40, required=False)


def people_choices(users: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(user.pk), str(user)) for user in users]
