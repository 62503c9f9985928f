"""Form fields over reference data."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, Radios, Suggest, VersionedForm

from .enums import Severity, StampPayer, TariffKind
from .fields import field_names, fields_for, initial_of, json_of
from .models import Ambito, Comune
from .rules import CATALOGUE, Rules, value_types
from .selectors import comuni_named, search_comuni
from .words import THEMES, Theme, changed_values


class ComuneField(forms.CharField):
    """A present comune of Italy, typed by name ("Sondrio", "sondrio (SO)") with suggestions; cleans to a Comune."""

    default_error_messages = {"required": gettext_lazy("Scrivi il comune.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Comune"))
        super().__init__(**{"max_length": 120, "widget": Suggest(reverse_lazy("territory:comuni")), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Comune) else value

    def clean(self, value: Any) -> Comune | None:
        text = super().clean(value)
        if not text:
            return None
        name, province = re.fullmatch(r"(.*?)\s*(?:\(([A-Za-z]{2})\))?", " ".join(text.split())).groups()  # type: ignore[union-attr]
        found = comuni_named(name, province or "")
        if len(found) == 1:
            return found[0]
        near = ", ".join(map(str, found or search_comuni(name, 3)))
        if found:
            raise ValidationError(_("Ci sono più comuni con questo nome: %(near)s. Scrivi anche la provincia.") % {"near": near})
        if near:
            raise ValidationError(_("Non trovo questo comune. Forse intendevi: %(near)s?") % {"near": near})
        raise ValidationError(_("Non trovo questo comune. Controlla come si scrive."))


NETWORK = "rete"  # the address of the network's own rule book, beside the codes of the Ambiti


def places(ambiti: Iterable[Ambito]) -> list[tuple[str, str]]:
    return [*((ambito.code, str(ambito)) for ambito in ambiti), (NETWORK, _("Rete, regole comuni"))]


class PlaceFilter(Form):
    """Whose rule book: an Ambito's, or the network's."""

    ambito = forms.ChoiceField(label=gettext_lazy("Ambito"), required=False)

    def __init__(self, *args: Any, ambiti: Iterable[Ambito], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ambito" in self.fields:
            self.fields["ambito"].choices = places(ambiti)  # type: ignore[attr-defined]


class RuleFilters(PlaceFilter):
    """What part of the rule book is shown, and on which day."""

    al = forms.DateField(label=gettext_lazy("In vigore il"), required=False)
    tema = forms.ChoiceField(
        label=gettext_lazy("Tema"), required=False, choices=[("", gettext_lazy("Tutti")), *((theme.code, theme.title) for theme in THEMES)]
    )
    q = forms.CharField(label=gettext_lazy("Cerca"), required=False, max_length=80)
    solo = forms.BooleanField(label=gettext_lazy("Solo ciò che è cambiato dai valori iniziali"), required=False)


class CompareFilters(PlaceFilter):
    ambito = None  # type: ignore[assignment]  # all of them
    al = forms.DateField(label=gettext_lazy("In vigore il"), required=False)
    tutte = forms.BooleanField(label=gettext_lazy("Mostra anche le regole uguali"), required=False)


class DatesFilters(PlaceFilter):
    dal = forms.DateField(label=gettext_lazy("Dal"), required=False)
    al = forms.DateField(label=gettext_lazy("Al"), required=False)
    tutte = forms.BooleanField(label=gettext_lazy("Mostra anche le regole uguali"), required=False)


class RuleBookForm(Form):
    """Every severity and value of a rule book, as they are in `base`; `changes` holds what was made different, and nothing else."""

    valid_from = forms.DateField(label=gettext_lazy("Valido dal"), help_text=gettext_lazy("Da domani in poi."))
    act = forms.CharField(
        label=gettext_lazy("Atto che approva le regole"),
        max_length=200,
        help_text=gettext_lazy("Per esempio: Assemblea dei Sindaci, verbale 4."),
    )

    def __init__(self, *args: Any, base: Rules, **kwargs: Any) -> None:
        self.base, self.changes = base, dict[str, Any]()
        initial = kwargs.pop("initial", None) or {}
        super().__init__(*args, **kwargs)
        for name in value_types():
            self.fields |= fields_for(name)
            initial |= initial_of(name, getattr(base, name))
        for rule in CATALOGUE.values():
            if not rule.fixed:
                self.fields[f"severity.{rule.number}"] = forms.ChoiceField(label=_("Che cosa fa il programma"), choices=Severity.choices)
                initial[f"severity.{rule.number}"] = base.severity(rule.number)
        self.initial = initial

    def clean(self) -> dict[str, Any]:
        """What was typed becomes a rule book: its refusals stand beside their fields."""
        d = self.cleaned_data
        values = {name: json_of(name, d) for name in value_types() if all(field in d for field in field_names(name))}
        values["severity"] = {str(n): d[f"severity.{n}"] for n in CATALOGUE if f"severity.{n}" in d}
        try:
            self.changes = changed_values(self.base, self.base.changed(values))
        except ValidationError as error:
            for name, words in error.message_dict.items():
                self.add_error(field_names(name)[0] if name in value_types() else None, words)
        return d

    def themes(self) -> Iterator[tuple[Theme, bool, list[tuple[Any, list[forms.BoundField]]]]]:
        """(theme, open, rules with their fields): open where something was changed or is wrong. A value of two rules stands once."""
        placed: set[str] = set()
        for theme in THEMES:
            rules = []
            for rule in theme.rules:
                names = [] if rule.fixed else [f"severity.{rule.number}"]
                names += [field for value in rule.values if value not in placed for field in field_names(value)]
                placed |= set(rule.values)
                rules.append((rule, [self[name] for name in names]))
            touched = self.is_bound and any(bound.errors or bound.name in self.changed_data for _rule, bounds in rules for bound in bounds)
            yield theme, touched, rules


class OutsideActForm(Form):
    outside_number = forms.CharField(label=gettext_lazy("Numero dell'atto"), max_length=60)
    outside_on = forms.DateField(label=gettext_lazy("Data dell'atto"))


class WithdrawForm(Form):
    reason = forms.CharField(label=gettext_lazy("Motivo"), widget=forms.Textarea, max_length=1000)


class TariffForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Tariffa"), choices=TariffKind)
    valid_from = forms.DateField(label=gettext_lazy("Valida dal"))
    value = forms.DecimalField(
        label=gettext_lazy("Valore"), min_value=0, max_digits=12, decimal_places=6, localize=True, widget=forms.TextInput
    )
    source = forms.CharField(
        label=gettext_lazy("Fonte"), max_length=300, help_text=gettext_lazy("Dove hai letto il valore: circolare, data, pagina.")
    )
    is_confirmed = forms.BooleanField(label=gettext_lazy("È un valore confermato, non una stima"), required=False)


def day_of(form: Form, name: str, otherwise: date) -> date:
    """A date of the filters, or another day when it is empty or makes no sense."""
    return (form.cleaned_data.get(name) if form.is_valid() else None) or otherwise


class LetterheadForm(VersionedForm):
    fieldsets = (
        (gettext_lazy("In testa alle carte"), ("heading", "lines", "logo", "drops_logo")),
        (gettext_lazy("In fondo alle carte"), ("official", "official_title", "signature_block")),
    )
    heading = forms.CharField(label=gettext_lazy("Intestazione"), max_length=160, help_text=gettext_lazy("Per esempio il nome dell’ente."))
    lines = forms.CharField(
        label=gettext_lazy("Righe sotto"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Ufficio, indirizzo, telefono, PEC: una per riga."),
    )
    logo = forms.FileField(label=gettext_lazy("Logo"), required=False, help_text=gettext_lazy("Un PNG o un SVG, al massimo 300 kB."))
    drops_logo = forms.BooleanField(label=gettext_lazy("Togli il logo di adesso"), required=False)
    official = forms.CharField(label=gettext_lazy("Responsabile del procedimento"), max_length=120, required=False)
    official_title = forms.CharField(label=gettext_lazy("Qualifica"), max_length=120, required=False)
    signature_block = forms.CharField(
        label=gettext_lazy("Altre parole in fondo"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class StampDutyForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Carta"))
    valid_from = forms.DateField(label=gettext_lazy("Dal"))
    is_exempt = forms.TypedChoiceField(
        label=gettext_lazy("Il bollo"),
        choices=[("yes", gettext_lazy("È esente")), ("no", gettext_lazy("È dovuto"))],
        coerce=lambda value: value == "yes",
        widget=Radios,
    )
    paid_by = forms.ChoiceField(
        label=gettext_lazy("A carico di"), required=False, choices=[("", gettext_lazy("nessuno: è esente")), *StampPayer.choices]
    )
    text = forms.CharField(
        label=gettext_lazy("Che cosa dice la carta"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("La frase intera, con la norma: la trovi stampata in fondo alla carta."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", gettext_lazy("Scegli…")), *kinds]  # type: ignore[attr-defined]


class FundingLogoForm(Form):
    source = forms.SlugField(
        label=gettext_lazy("Codice della fonte"),
        max_length=40,
        help_text=gettext_lazy("Lettere minuscole, cifre e trattini: per esempio cariplo, oppure fse."),
    )
    valid_from = forms.DateField(label=gettext_lazy("Dal"))
    words = forms.CharField(
        label=gettext_lazy("Parole del finanziatore"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Per esempio: «con il contributo di…». Sono anche le parole per chi non vede il logo."),
    )
    logo = forms.FileField(label=gettext_lazy("Logo"), required=False, help_text=gettext_lazy("Un PNG o un SVG, al massimo 300 kB."))

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"]).lower()
