"""Forms of liquidations. They validate what one field or one form can know; the rest is refused by the services."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.forms import Form, MoneyField, Radios, VersionedForm

from .enums import RecoveryWay, RunState, SampleOutcome
from .liquidation_rules import COLUMNS

FILE_LIMIT = 2 * 1024 * 1024  # a month of 5,000 answers is a quarter of it


class RunFilter(forms.Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutte")), *RunState.choices])
    ente = forms.ChoiceField(label=_("Ente"), required=False)

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ente"].choices = [("", _("Tutti")), *bodies]  # type: ignore[attr-defined]


class PublicationFilter(forms.Form):
    anno = forms.ChoiceField(label=_("Anno"), required=False)
    ente = forms.ChoiceField(label=_("Ente"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], bodies: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anno"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["ente"].choices = list(bodies)  # type: ignore[attr-defined]


class ReasonForm(Form):
    reason = forms.CharField(
        label=_("Perché"),
        max_length=300,
        help_text=_("Resta scritto, con il tuo nome e la data."),
        error_messages={"required": _("Scrivi il motivo: serve a chi leggerà dopo di te.")},
    )


class WaiveForm(ReasonForm):
    until = forms.DateField(label=_("Fino al"), help_text=_("Dopo questo giorno il controllo torna a valere. Al massimo tre mesi."))


class PublishedForm(Form):
    on = forms.DateField(
        label=_("Pubblicate il"), help_text=_("Il giorno in cui l'elenco con i codici è uscito nella pagina della trasparenza.")
    )


class ApproveForm(VersionedForm):
    """The act's three fields are for who prepared it too."""

    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=40, required=False)
    act_on = forms.DateField(label=_("Data dell'atto"), required=False)
    file = forms.FileField(label=_("Copia dell'atto"), required=False, help_text=_("PDF, oppure foto JPEG o PNG."))

    def __init__(self, *args: Any, needs_act: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_act:
            for name in ("act_number", "act_on", "file"):
                del self.fields[name]

    def act(self, today: date) -> OutsideAct | None:
        """What was written of an outside act; None when nothing was."""
        data = self.cleaned_data
        if not any(data.get(name) for name in ("act_number", "act_on", "file")):
            return None
        return OutsideAct(data.get("act_number") or "", data.get("act_on") or today)


class TextOrFileForm(Form):
    """Lines pasted, or a CSV file; the file is read into the text, so that what was not taken is shown there."""

    text = forms.CharField(
        label=_("Incolla le righe"), required=False, max_length=1_000_000, widget=forms.Textarea({"rows": "8", "spellcheck": "false"})
    )
    csv = forms.FileField(label=_("Oppure scegli il file CSV"), required=False)

    def clean_csv(self) -> Any:
        file = self.cleaned_data["csv"]
        if file is None:
            return None
        if file.size > FILE_LIMIT:
            raise ValidationError(_("Il file è troppo grande: al massimo 2 MB."))
        raw = file.read()
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                text: str = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
        raise ValidationError(_("Questo file non è un CSV: salvalo dal foglio di calcolo come «CSV» e riprova."))

    @property
    def lines(self) -> str:
        return self.cleaned_data.get("csv") or self.cleaned_data.get("text") or ""


class PayerForm(VersionedForm):
    """The columns in their order: each has a place, empty or 0 leaves it out."""

    iban = forms.CharField(
        label=_("IBAN del conto dell'ente"), max_length=42, required=False, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Solo per chi versa da un conto suo, come una cooperativa: allora si prepara anche il file per la banca."),
    )  # fmt: skip

    def __init__(self, *args: Any, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {name: n for n, name in enumerate(columns, start=1)}
        for name, column in COLUMNS.items():
            self.fields[f"place_{name}"] = forms.IntegerField(
                label=column.label, required=False, min_value=0, max_value=len(COLUMNS), initial=places.get(name),
                widget=forms.NumberInput({"class": "input", "min": 0, "max": len(COLUMNS)}),
            )  # fmt: skip
        self.fieldsets = (
            (_("Posto di ogni colonna (vuoto: non compare)"), [f"place_{name}" for name in COLUMNS]),
            (_("Conto dell'ente"), ("iban",)),
        )

    @property
    def columns(self) -> list[str]:
        placed = [(self.cleaned_data[f"place_{name}"], n, name) for n, name in enumerate(COLUMNS) if self.cleaned_data[f"place_{name}"]]
        return [name for _place, _n, name in sorted(placed)]


class RecoveryForm(ReasonForm):
    way = forms.ChoiceField(label=_("Come torna"), choices=RecoveryWay.choices, widget=Radios)
    amount = MoneyField(label=_("Quanto si recupera, in euro"), max_digits=9)
    instalment = MoneyField(
        label=_("Quanto al mese, in euro"), max_digits=9, required=False, help_text=_("Solo se si toglie dai prossimi mesi.")
    )
    field_order = ("way", "amount", "instalment", "reason")


class PayBackForm(Form):
    amount = MoneyField(label=_("Quanto è tornato, in euro"), max_digits=9)
    on = forms.DateField(label=_("Il"), help_text=_("Il giorno in cui il tesoriere l'ha ricevuto."))
    receipt = forms.CharField(label=_("Numero della quietanza"), max_length=40, required=False)


class DrawForm(Form):
    since = forms.DateField(label=_("Pagate dal"), help_text=_("Conta la data del mandato."))
    until = forms.DateField(label=_("Al"))
    share = forms.IntegerField(label=_("Quante righe su cento"), min_value=1, max_value=100)
    minimum = forms.IntegerField(label=_("Almeno quante righe"), min_value=1, max_value=1000)


class JudgeForm(VersionedForm):
    outcome = forms.ChoiceField(
        label=_("Che cosa hai trovato"),
        choices=[choice for choice in SampleOutcome.choices if choice[0] != SampleOutcome.PENDING],
        widget=Radios,
        error_messages={"required": _("Scegli che cosa hai trovato.")},
    )
    words = forms.CharField(
        label=_("Che cosa risulta"), max_length=300, required=False, help_text=_("Serve se qualcosa non va. Niente notizie sulla salute.")
    )
