"""A company, its first page, its sites."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, Folded, Form, Suggest, VersionedForm
from impresasolidale.core.validators import partita_iva, sdi_code, tax_code_of_body
from impresasolidale.territory.forms import ComuneField

from .. import ateco
from ..enums import HostKind, Law68, LegalForm, RiskClass, TradeAssociation
from ..models.companies import LONGEST_REST

COMPANY = (
    "name", "kind", "legal_form", "partita_iva", "tax_code", "representative", "sector", "ateco", "staff_count", "risk_class",
    "address", "comune", "email", "pec", "sdi_code", "phone", "associations", "welcomes_disability",
    "safety_declared_on", "law68_position", "law68_declared_on", "on_register", "rest_months",
)  # fmt: skip


class FilterForm(Form):
    q = forms.CharField(label=gettext_lazy("Nome o partita IVA"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))
    kind = forms.ChoiceField(label=gettext_lazy("Tipo"), required=False)
    ambito: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Ambito"), required=False, empty_label=gettext_lazy("Tutti, anche fuori dagli Ambiti")
    )
    comune = ComuneField(required=False)
    association = forms.ChoiceField(
        label=gettext_lazy("Associazione di categoria"), required=False, choices=[("", gettext_lazy("Tutte")), *TradeAssociation.choices]
    )
    welcoming = forms.BooleanField(label=gettext_lazy("Accoglie persone con disabilità"), required=False)

    def __init__(self, *args: Any, ambiti: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Tutti")), *HostKind.choices]  # type: ignore[attr-defined]
        self.fields["ambito"].queryset = ambiti  # type: ignore[attr-defined]


class CompanyFields(forms.Form):
    """The columns of a company that people write."""

    name = forms.CharField(label=gettext_lazy("Denominazione"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Tipo"), choices=[("", "—"), *HostKind.choices])
    legal_form = forms.ChoiceField(
        label=gettext_lazy("Forma giuridica"), required=False, choices=[("", gettext_lazy("Non la so ancora")), *LegalForm.choices]
    )
    partita_iva = forms.CharField(
        label=gettext_lazy("Partita IVA"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("11 cifre. Chi non ce l'ha scrive il codice fiscale."),
    )
    tax_code = forms.CharField(
        label=gettext_lazy("Codice fiscale dell'ente"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("11 cifre, se diverso dalla partita IVA."),
    )
    representative = forms.CharField(
        label=gettext_lazy("Legale rappresentante"), required=False, max_length=120, help_text=gettext_lazy("Chi firma la convenzione.")
    )
    sector = forms.CharField(
        label=gettext_lazy("Di cosa si occupa"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Con parole tue: falegnameria, mensa, orto…"),
    )
    ateco = forms.CharField(
        label=gettext_lazy("Attività (ATECO 2025)"),
        required=False,
        max_length=320,
        widget=Suggest(reverse_lazy("hosts:ateco")),
        help_text=gettext_lazy("Il codice, anche solo le prime due cifre, oppure una parola: poi scegli dall'elenco."),
    )
    staff_count = forms.IntegerField(label=gettext_lazy("Addetti"), required=False, min_value=0, max_value=1_000_000)
    risk_class = forms.ChoiceField(
        label=gettext_lazy("Classe di rischio"),
        required=False,
        choices=[("", gettext_lazy("Non la so ancora")), *RiskClass.choices],
        help_text=gettext_lazy("La dice il documento sui rischi (DVR). Da qui dipendono le ore di formazione sulla sicurezza."),
    )
    address = forms.CharField(label=gettext_lazy("Indirizzo"), max_length=160, help_text=gettext_lazy("Via e numero."))
    comune = ComuneField(help_text=gettext_lazy("Anche fuori provincia: scrivi il nome e scegli."))
    email = forms.EmailField(label=gettext_lazy("Posta elettronica"), required=False)
    pec = forms.EmailField(label=gettext_lazy("PEC"), required=False)
    sdi_code = forms.CharField(
        label=gettext_lazy("Codice destinatario (SDI)"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("Per le fatture elettroniche: 7 caratteri, 6 per un ente pubblico."),
    )
    phone = forms.CharField(label=gettext_lazy("Telefono"), required=False, max_length=30)
    safety_declared_on = forms.DateField(
        label=gettext_lazy("Dichiarazione sulla sicurezza"),
        required=False,
        help_text=gettext_lazy("Il giorno in cui l'impresa ha dichiarato di avere il documento sui rischi (DVR) e il responsabile (RSPP)."),
    )
    associations = forms.MultipleChoiceField(
        label=gettext_lazy("Di quali associazioni fa parte"), required=False, choices=TradeAssociation.choices, widget=Checks
    )
    welcomes_disability = forms.BooleanField(
        label=gettext_lazy("Accoglie persone con disabilità"),
        required=False,
        help_text=gettext_lazy("L'ha detto l'impresa. Che cosa c'è in ogni sede si scrive nella sede."),
    )
    law68_position = forms.ChoiceField(
        label=gettext_lazy("Legge 68/1999 (collocamento mirato)"),
        required=False,
        choices=[("", gettext_lazy("Non lo so ancora")), *Law68.choices],
        help_text=gettext_lazy("L'obbligo comincia da 15 addetti computabili, che non sono sempre tutti."),
    )
    law68_declared_on = forms.DateField(
        label=gettext_lazy("Dichiarazione sulla legge 68/1999"),
        required=False,
        help_text=gettext_lazy("Il giorno in cui ha dichiarato di essere in regola con il collocamento mirato."),
    )
    rest_months = forms.IntegerField(
        label=gettext_lazy("Mesi di pausa dopo un tirocinio"),
        required=False,
        min_value=0,
        max_value=LONGEST_REST,
        help_text=gettext_lazy("Passati questi, le chiediamo per posta se è di nuovo pronta. Vuoto: tre mesi."),
    )
    on_register = forms.BooleanField(label=gettext_lazy("È d'accordo a comparire nel registro pubblico"), required=False, initial=True)

    company_groups: ClassVar = (
        (gettext_lazy("L'impresa"), ("name", "kind", "legal_form", "partita_iva", "tax_code", "representative")),
        (gettext_lazy("Di cosa si occupa"), ("sector", "ateco", "staff_count", "risk_class")),
        (gettext_lazy("Dove si trova e come sentirla"), ("address", "comune", "email", "phone", "rest_months")),
        Folded((gettext_lazy("PEC e fatture elettroniche"), ("pec", "sdi_code"))),
        Folded((gettext_lazy("Associazioni di categoria"), ("associations",))),
    )
    declarations: ClassVar = (
        gettext_lazy("Che cosa ha dichiarato"),
        ("welcomes_disability", "safety_declared_on", "law68_position", "law68_declared_on", "on_register"),
    )

    def clean_partita_iva(self) -> str:
        value = self.cleaned_data["partita_iva"]
        return partita_iva(value) if value else ""

    def clean_tax_code(self) -> str:
        value = self.cleaned_data["tax_code"]
        return tax_code_of_body(value) if value else ""

    def clean_ateco(self) -> str:
        """The code of what was typed. One of an earlier edition that was there already stays until somebody knows the new one."""
        text = " ".join(self.cleaned_data["ateco"].split())
        if not text or text == self.initial.get("ateco"):
            return text.partition(" ")[0]
        if code := ateco.find(text):
            return code
        if near := ateco.search(text, 3):
            raise ValidationError(_("Scegli una di queste attività, o un'altra dell'elenco: %(near)s.") % {"near": "; ".join(near)})
        raise ValidationError(_("Nell'elenco ATECO 2025 non c'è. Scrivi un codice o una parola, poi scegli."))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("sdi_code"):
            try:
                values["sdi_code"] = sdi_code(values["sdi_code"], is_public=values.get("kind") == HostKind.PUBLIC_BODY)
            except ValidationError as error:
                self.add_error("sdi_code", error)
        return values

    @property
    def company(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in COMPANY}


class NewCompanyForm(CompanyFields, Form):
    """One page: the company, its first site (empty: the company's own address), its first tutor (empty: later)."""

    is_another = forms.BooleanField(label=gettext_lazy("Ho controllato: è un'altra impresa"), required=False)
    site_name = forms.CharField(
        label=gettext_lazy("Nome della sede"), required=False, max_length=120, initial=gettext_lazy("Sede principale")
    )
    site_address = forms.CharField(
        label=gettext_lazy("Indirizzo della sede"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Se è lo stesso dell'impresa, lascia vuoto."),
    )
    site_comune = ComuneField(label=gettext_lazy("Comune della sede"), required=False)
    site_directions = forms.CharField(label=gettext_lazy("Come ci si arriva"), required=False, max_length=200)
    tutor_first_name = forms.CharField(label=gettext_lazy("Nome"), required=False, max_length=80)
    tutor_last_name = forms.CharField(label=gettext_lazy("Cognome"), required=False, max_length=80)
    tutor_email = forms.EmailField(label=gettext_lazy("Posta elettronica del tutor"), required=False)
    tutor_phone = forms.CharField(label=gettext_lazy("Telefono"), required=False, max_length=30)
    tutor_job_title = forms.CharField(label=gettext_lazy("Mansione"), required=False, max_length=120)

    tutor_names: ClassVar = ("first_name", "last_name", "email", "phone", "job_title")
    fieldsets: Any = (
        *CompanyFields.company_groups,
        (gettext_lazy("La prima sede, dove si lavora"), ("site_name", "site_address", "site_comune", "site_directions")),
        (gettext_lazy("Il primo tutor, se lo conosci già"), tuple(f"tutor_{name}" for name in tutor_names)),
        CompanyFields.declarations,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_another"].widget = forms.HiddenInput()
        if self.data.get("is_another"):
            self.ask_if_another()

    def ask_if_another(self) -> None:
        """Show the box to tick when the name resembles one that is known."""
        (legend, names), *rest = self.fieldsets
        self.fields["is_another"].widget = forms.CheckboxInput()
        self.fieldsets = ((legend, ("name", "is_another", *names[1:])), *rest)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if any(values.get(f"tutor_{name}") for name in self.tutor_names):
            for name in ("first_name", "last_name", "email"):
                if not values.get(f"tutor_{name}") and f"tutor_{name}" not in self.errors:
                    self.add_error(f"tutor_{name}", ValidationError(_("Per registrare il tutor serve anche questo."), code="required"))
        if bool(values.get("site_address")) != bool(values.get("site_comune")) and not {"site_address", "site_comune"} & set(self.errors):
            missing = "site_comune" if values.get("site_address") else "site_address"
            self.add_error(missing, ValidationError(_("Della sede servono indirizzo e comune insieme."), code="required"))
        return values

    @property
    def site(self) -> dict[str, Any]:
        values = self.cleaned_data
        own = "site_" if values["site_address"] else ""
        return {
            "name": values["site_name"],
            "address": values[f"{own}address"],
            "comune": values[f"{own}comune"],
            "directions": values["site_directions"],
        }

    @property
    def tutor(self) -> dict[str, Any] | None:
        return {name: self.cleaned_data[f"tutor_{name}"] for name in self.tutor_names} if self.cleaned_data["tutor_email"] else None


class EditCompanyForm(CompanyFields, VersionedForm):
    fieldsets = (*CompanyFields.company_groups, CompanyFields.declarations)
