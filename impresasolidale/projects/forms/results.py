"""Indicators, milestones, actions, audit rooms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Checks, Form

from ..enums import ActionKind, Measure
from ._common import ANY, Choices, day_field, file_field, offer

INDICATOR_FIELDS = (
    "name", "definition", "measure", "less_baseline", "baseline", "baseline_source", "target", "recorded_value", "recorded_on", "evidence",
)  # fmt: skip
ACTION_FIELDS = ("kind", "on", "title", "place", "people_reached", "link", "consent")


class IndicatorForm(Form):
    name = forms.CharField(label=_("Nome"), max_length=120)
    definition = forms.CharField(label=_("Che cosa dice"), max_length=300, widget=forms.Textarea)
    measure = forms.ChoiceField(label=_("Da dove viene il valore"), choices=[("", CHOOSE), *Measure.choices])
    baseline = forms.IntegerField(label=_("Valore di partenza"), min_value=0, initial=0)
    baseline_source = forms.CharField(label=_("Fonte del valore di partenza"), max_length=200, required=False)
    less_baseline = forms.BooleanField(
        label=_("Conta solo quello che supera il valore di partenza"), required=False, help_text=_("Per dire «in più rispetto a prima».")
    )
    target = forms.IntegerField(label=_("Obiettivo"), min_value=1)
    recorded_value = forms.IntegerField(label=_("Valore scritto a mano"), min_value=0, required=False)
    recorded_on = day_field(_("Valore del"), required=False)
    evidence = forms.CharField(
        label=_("Dove si vede"), max_length=300, required=False, help_text=_("Un elenco, un verbale, un collegamento.")
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fieldsets = (
        (_("Che cosa si promette"), ("name", "definition", "target")),
        (_("Da dove viene"), ("measure", "recorded_value", "recorded_on", "evidence")),
        (_("Com'era prima"), ("baseline", "baseline_source", "less_baseline")),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in INDICATOR_FIELDS}


class MilestoneForm(Form):
    name = forms.CharField(label=_("Tappa"), max_length=160)
    work_package = forms.ChoiceField(label=_("Azione del progetto"), required=False)
    due_on = day_field(_("Entro il"))
    done_on = day_field(_("Raggiunta il"), required=False)
    evidence = forms.CharField(label=_("Dove si vede"), max_length=300, required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, packages: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "work_package", packages, empty=_("Nessuna"))


class ActionForm(Form):
    kind = forms.ChoiceField(label=_("Tipo"), choices=[("", CHOOSE), *ActionKind.choices])
    on = day_field(_("Quando"))
    title = forms.CharField(label=_("Che cosa"), max_length=160)
    place = forms.CharField(label=_("Dove"), max_length=120, required=False)
    people_reached = forms.IntegerField(label=_("Persone raggiunte"), min_value=0, max_value=10_000_000, required=False)
    partners = forms.MultipleChoiceField(label=_("Con quali partner"), widget=Checks, required=False)
    link = forms.URLField(label=_("Collegamento"), max_length=300, required=False, assume_scheme="https")
    photo = file_field(
        _("Fotografia"),
        required=False,
        help_text=_("JPEG o PNG. Il luogo, l'ora e l'apparecchio che il telefono vi ha scritto vengono tolti."),
    )
    consent = forms.CharField(
        label=_("Consenso alle immagini"),
        max_length=200,
        required=False,
        help_text=_("Per esempio: «consensi raccolti all'ingresso», oppure «non si riconosce nessuno»."),
    )
    saw_logo = forms.BooleanField(
        label=_("Ho guardato: il logo del finanziatore c'è"), required=False, help_text=_("Resta scritto chi lo ha visto.")
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    fieldsets = (
        (_("Che cosa è stato fatto"), ("kind", "on", "title", "place", "people_reached", "partners")),
        (_("Le prove"), ("link", "photo", "consent", "saw_logo")),
    )

    def __init__(self, *args: Any, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partners"].choices = partners  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ACTION_FIELDS}


class ActionFilter(forms.Form):
    cerca = forms.CharField(label=_("Titolo o luogo"), required=False)
    tipo = forms.ChoiceField(label=_("Tipo"), required=False, choices=[ANY, *ActionKind.choices])
    logo = forms.ChoiceField(
        label=_("Logo del finanziatore"), required=False, choices=[ANY, ("si", _("visto")), ("no", _("ancora da guardare"))]
    )


class RoomForm(Form):
    auditor = forms.ChoiceField(label=_("Revisore"), help_text=_("Chi ha il ruolo di revisore almeno fino a quel giorno."))
    until = day_field(_("La stanza resta aperta fino al"))
    share = forms.IntegerField(label=_("Spese da estrarre, su cento"), min_value=1, max_value=100, initial=10)
    minimum = forms.IntegerField(label=_("Almeno"), min_value=1, max_value=1000, initial=5)
    grant = forms.ChoiceField(
        label=_("Anche i contributi motivazionali pagati da"),
        required=False,
        help_text=_("Righe di liquidazione pagate nei giorni del progetto, in tutti gli Ambiti: solo codici, date e importi."),
    )

    def __init__(self, *args: Any, auditors: Choices, grants: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "auditor", auditors)
        offer(self, "grant", grants, empty=_("nessuno"))
