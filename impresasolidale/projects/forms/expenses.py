"""An expense, its files, the steps of its life."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Folded, Form, MoneyField, Radios

from ..enums import DocumentKind, ExpenseState, FileKind, PayeeKind, ProofKind
from ..models import Expense, ProjectSource
from ..services.expenses import FIELDS
from ._common import ANY, Choices, FilterDay, day_field, file_field, offer

ADDED = (FileKind.DOCUMENT, FileKind.QUOTE, FileKind.PROOF)


class InvoiceForm(Form):
    file = file_field(
        _("Fattura elettronica (XML)"),
        help_text=_("Il file .xml arrivato dal Sistema di Interscambio. La busta firmata .p7m qui non si apre: salva prima l'XML."),
    )


class ExpenseForm(Form):
    """The shares are a field a source; percents of what is charged, or euro."""

    participation = forms.ChoiceField(label=_("Partner che spende"))
    item = forms.ChoiceField(label=_("Voce di costo"))
    document_kind = forms.ChoiceField(
        label=_("Documento"), choices=[("", CHOOSE), *(c for c in DocumentKind.choices if c[0] != DocumentKind.SHEET)]
    )
    document_number = forms.CharField(label=_("Numero del documento"), max_length=60)
    document_on = day_field(_("Data del documento"))
    payee = forms.CharField(label=_("Chi viene pagato"), max_length=160)
    payee_kind = forms.ChoiceField(
        label=_("Che cos'è chi viene pagato"), choices=[("", CHOOSE), *(c for c in PayeeKind.choices if c[0] != PayeeKind.STAFF)]
    )
    payee_tax_code = forms.CharField(label=_("Partita IVA o codice fiscale"), max_length=20, required=False)
    words = forms.CharField(label=_("Per che cosa"), max_length=200)
    net = MoneyField(label=_("Imponibile"), min_value=0)
    vat = MoneyField(label=_("IVA"), min_value=0, required=False)
    amount = MoneyField(label=_("Totale del documento"), min_value=0)
    charged = MoneyField(
        label=_("Imputato al progetto"),
        min_value=0,
        required=False,
        help_text=_("Vuoto: tutto. Di una bolletta, solo la parte del progetto."),
    )
    by_percent = forms.ChoiceField(
        label=_("Come si divide fra le fonti"),
        choices=[("no", _("In euro")), ("si", _("In percentuale, che insieme danno 100"))],
        widget=Radios,
        initial="no",
    )
    from_pot = forms.BooleanField(
        label=_("Si versa con il contributo che abbiamo già ricevuto"),
        required=False,
        help_text=_(
            "Solo se a versare è il capofila: la quota del contributo esce dal salvadanaio del progetto quando la spesa è controllata."
        ),
    )
    paid_on = day_field(_("Pagata il"), required=False)
    proof_kind = forms.ChoiceField(label=_("Prova di pagamento"), required=False, choices=[("", _("Non ancora")), *ProofKind.choices])
    cup = forms.CharField(label=_("CUP"), max_length=15, required=False)
    cig = forms.CharField(label=_("CIG"), max_length=10, required=False)
    sdi_id = forms.CharField(label=_("Identificativo del Sistema di Interscambio"), max_length=40, required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: Choices, partners: Choices, sources: Sequence[ProjectSource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "participation", partners)
        offer(self, "item", items)
        self.sources = sources
        names = []
        for source in sources:
            name = f"share_{source.public_id.hex}"
            names.append(name)
            self.fields[name] = MoneyField(label=f"{source.name} ({source.get_kind_display()})", min_value=0, required=False)
        self.fieldsets = (
            (_("Chi e che cosa"), ("participation", "item", "words")),
            (
                _("Il documento"),
                ("document_kind", "document_number", "document_on", "payee", "payee_kind", "payee_tax_code", "net", "vat", "amount"),
            ),
            (_("Quanto è del progetto, e chi lo copre"), ("charged", "by_percent", *names)),
            (_("Il pagamento"), ("from_pot", "paid_on", "proof_kind")),
            Folded((_("Codici"), ("cup", "cig", "sdi_id"))),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["vat"] = data.get("vat") or Decimal(0)
        if data.get("charged") is None and "charged" not in self.errors:
            data["charged"] = data.get("amount")
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def shares(self) -> list[tuple[ProjectSource, Decimal]]:
        """What was written beside each source, nothing as nothing."""
        return [(source, self.cleaned_data.get(f"share_{source.public_id.hex}") or Decimal(0)) for source in self.sources]


def values_of(expense: Expense) -> dict[str, Any]:
    """An expense as its form shows it."""
    return {name: getattr(expense, name) for name in FIELDS}


class FileForm(Form):
    kind = forms.ChoiceField(label=_("Che cos'è"), choices=[(kind.value, kind.label) for kind in ADDED], widget=Radios)
    file = file_field()
    words = forms.CharField(label=_("Nota"), max_length=200, required=False)


class MaskForm(Form):
    file = file_field(
        _("Copia senza nomi"), help_text=_("Lo stesso documento con i nomi delle persone coperti: è quello che vede chi controlla.")
    )


class ProofForm(Form):
    paid_on = day_field(_("Pagata il"))
    proof_kind = forms.ChoiceField(label=_("Come è provato"), choices=[("", CHOOSE), *ProofKind.choices])
    file = file_field(_("Prova di pagamento"), required=False, help_text=_("PDF o foto. Il solo ordine di bonifico non basta."))


class ReportForm(Form):
    instalment = forms.ChoiceField(
        label=_("Con quale rata"), required=False, help_text=_("Facoltativo: lo stato di avanzamento o il saldo.")
    )

    def __init__(self, *args: Any, instalments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "instalment", instalments, empty=_("Nessuna"))


class AcceptForm(Form):
    admitted = MoneyField(label=_("Importo riconosciuto"), min_value=0)


class ExpenseFilter(forms.Form):
    cerca = forms.CharField(label=_("Numero, fornitore o documento"), required=False)
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[ANY, *ExpenseState.choices])
    voce = forms.ChoiceField(label=_("Voce di costo"), required=False)
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    fino_al = FilterDay(label=_("Fino al"))

    def __init__(self, *args: Any, items: Choices, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "voce", items, empty=_("Tutte"))
        offer(self, "partner", partners, empty=_("Tutti"))
