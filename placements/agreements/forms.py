"""Forms of the room: they validate shape and choices; what a placement may say is decided by the services."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import Company, CompanyTutor, Site
from companies.hosts.selectors import companies_for_choice, open_sites_of, tutors_of
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.forms import Folded, Form, Radios, ReasonForm, VersionedForm, WithAct
from impresasolidale.core.models import Document
from impresasolidale.territory.models import Body
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.selectors import choices_for

from . import issuing_selectors, selectors
from .enums import PREPARED, Insurer, PlacementState, TaxTreatment
from .models import PersonalProject, Placement
from .services import Plan
from .timetable_forms import TimetableForm, written_content

PREPARING = "preparing"  # the list's word for all states before the validation
RISKY = "at_risk"  # and for starts that are near and red
FAR = 10  # years: no placement ends later, a mistyped year does
AS_RULED = _("Come dicono le regole dell'Ambito")
TAX_MOTIVE = _("Contributo con finalità assistenziale, versato da un ente pubblico (Agenzia delle Entrate, risposta 51/2020).")


class RowChoice(forms.ModelChoiceField):
    """A choice among rows, by their public id."""

    def __init__(self, rows: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("Scegli…"))
        super().__init__(rows, to_field_name="public_id", **kwargs)


class PersonChoice(Form):
    """Whose placement it will be."""

    persona = RowChoice(Beneficiary._base_manager.none(), label=_("Per chi è il tirocinio"))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persona"].queryset = choices_for(access)  # type: ignore[attr-defined]


class CompanyChoice(Form):
    """Which company an agreement is for."""

    impresa = RowChoice(Company._base_manager.none(), label=_("Nuova convenzione con"))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["impresa"].queryset = companies_for_choice(access)  # type: ignore[attr-defined]


class PlanForm(TimetableForm):
    """The whole plan on one page. Sites and tutors follow the company that is chosen."""

    company = RowChoice(Company._base_manager.none(), label=_("Impresa"))
    site = RowChoice(Site._base_manager.none(), label=_("Sede"))
    company_tutor = RowChoice(
        CompanyTutor._base_manager.none(), label=_("Tutor aziendale"), required=False, help_text=_("Serve per proporre il tirocinio.")
    )
    promoter_tutor = RowChoice(
        User.objects.none(), label=_("Tutor dell'ente promotore"), required=False, help_text=_("Una persona dell'Ambito.")
    )
    starts_on = forms.DateField(label=_("Inizio"))
    ends_on = forms.DateField(label=_("Fine"))
    payer = RowChoice(Body.objects.none(), label=_("Chi versa il contributo"))
    tax_treatment = forms.ChoiceField(label=_("Trattamento fiscale"), choices=TaxTreatment)
    tax_motive = forms.CharField(label=_("Perché"), max_length=200, required=False)
    needs_fitness = forms.BooleanField(label=_("Serve la visita medica di idoneità"), required=False)
    inail_by = forms.ChoiceField(label=_("Chi assicura all'INAIL"), required=False, choices=[("", AS_RULED), *Insurer.choices])
    liability_by = forms.ChoiceField(
        label=_("Chi assicura la responsabilità civile"), required=False, choices=[("", AS_RULED), *Insurer.choices]
    )
    funding_source = forms.ChoiceField(
        label=_("Con quale progetto"), required=False, help_text=_("Decide i loghi e le parole delle carte (regola 78).")
    )
    is_additional = forms.BooleanField(label=_("È in più rispetto a quelli già previsti"), required=False)
    day_centre_alternative = forms.BooleanField(label=_("L'alternativa era un posto al centro diurno"), required=False)
    double_confirmed = forms.BooleanField(label=_("Sì, ne serve un altro"), required=False)

    def __init__(self, *args: Any, access: Access, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access, self.today = access, today
        fields: dict[str, Any] = self.fields
        fields["company"].queryset = companies_for_choice(access)
        fields["company"].widget.attrs |= {"hx-get": reverse("agreements:company_choices"), "hx-target": "#company-fields"}
        fields["promoter_tutor"].queryset = selectors.promoter_tutors(access, today)
        fields["payer"].queryset = selectors.payers(access)
        fields["funding_source"].choices = [("", _("nessuno in particolare")), *issuing_selectors.funding_sources(access)]
        if company := self.chosen_company():
            fields["site"].queryset = open_sites_of(access, company, today)
            fields["company_tutor"].queryset = tutors_of(access, company, today)

    def chosen_company(self) -> Company | None:
        """The company whose sites and tutors are offered."""
        value = self.data.get("company") if self.is_bound else self.initial.get("company")
        try:
            return self.fields["company"].to_python(value)
        except forms.ValidationError:
            return None

    @property
    def asks_double(self) -> bool:
        """Whether the warning of a nearly equal placement is on the page."""
        return bool(self.errors.get("double_confirmed")) or bool(self["double_confirmed"].value())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (end := cleaned.get("ends_on")) and end.year > self.today.year + FAR:
            self.add_error("ends_on", _("È troppo lontano: controlla l'anno."))
        return cleaned

    def plan(self) -> Plan:
        """What was written, for the service."""
        same = ("company", "site", "company_tutor", "promoter_tutor", "starts_on", "ends_on")
        ticks = ("needs_fitness", "is_additional", "day_centre_alternative", "double_confirmed")
        insured = ("inail_by", "liability_by")
        money = ("payer", "tax_treatment", "tax_motive", "funding_source")
        return Plan(**{name: self.cleaned_data[name] for name in (*same, *ticks, *insured, *money)}, **self.content())


class EditPlanForm(VersionedForm, PlanForm):
    """The same page for a draft that exists."""


def written(placement: Placement, project: PersonalProject) -> dict[str, Any]:
    """A draft as the form's initial values."""
    return {
        **written_content(project),
        "company": placement.company.public_id,
        "site": placement.site.public_id,
        "company_tutor": placement.company_tutor.public_id if placement.company_tutor else None,
        "promoter_tutor": placement.promoter_tutor.public_id if placement.promoter_tutor else None,
        "starts_on": placement.starts_on,
        "ends_on": placement.ends_on,
        "needs_fitness": placement.needs_fitness,
        "inail_by": placement.inail_by,
        "liability_by": placement.liability_by,
        "funding_source": placement.funding_source,
        "is_additional": placement.is_additional,
        "day_centre_alternative": placement.day_centre_alternative,
        "payer": project.payer.public_id,
        "tax_treatment": project.tax_treatment,
        "tax_motive": project.tax_motive,
    }


HAPPENED = [("started", _("iniziati")), ("ran", _("attivi")), ("ended", _("finiti"))]


class PlacementFilters(Form):
    """The list's filters and its order; what is not a choice is left out."""

    q = forms.CharField(label=_("Persona"), required=False, max_length=80, min_length=3)
    impresa = forms.CharField(label=_("Impresa"), required=False, max_length=80, min_length=3)
    stato = forms.ChoiceField(
        label=_("Stato"),
        required=False,
        choices=[("", _("Tutti")), (PREPARING, _("in preparazione")), (RISKY, _("inizio a rischio")), *PlacementState.choices],
    )
    presto = forms.BooleanField(label=_("Inizia entro due settimane"), required=False)
    finisce = forms.BooleanField(label=_("Finisce entro due mesi"), required=False)
    ordina = forms.ChoiceField(
        label=_("In ordine di"),
        required=False,
        choices=[
            ("", _("il solito")),
            ("inizio", _("inizio, dal più recente")),
            ("fine", _("fine, da oggi in avanti")),
            ("modifica", _("ultima modifica")),
            ("nome", _("cognome e nome")),
            ("stato", _("stato")),
        ],
    )
    dal = forms.DateField(label=_("Iniziati fino al"), required=False)
    lettera = forms.CharField(label=_("Dal cognome"), required=False, max_length=20)
    # What a figure of a report opens: what happened, from a day to a day. Asked by address, said above the list.
    fatto = forms.ChoiceField(required=False, choices=HAPPENED, widget=forms.HiddenInput)
    da = forms.DateField(required=False, widget=forms.HiddenInput)
    a = forms.DateField(required=False, widget=forms.HiddenInput)

    def wanted(self) -> dict[str, Any]:
        """The filters; what was written badly filters nothing."""
        self.full_clean()
        d = getattr(self, "cleaned_data", {})
        state = d.get("stato", "")
        return {
            "person": d.get("q", ""),
            "company": d.get("impresa", ""),
            "states": PREPARED if state == PREPARING else (state,) if state and state != RISKY else (),
            "at_risk": state == RISKY,
            "soon": d.get("presto", False),
            "ending": d.get("finisce", False),
            "between": (d["fatto"], d["da"], d["a"]) if d.get("fatto") and d.get("da") and d.get("a") else None,
        }

    def order(self) -> dict[str, Any]:
        """How the list is sorted, and from where: as usual, by start, but for who ends soon by end."""
        d = getattr(self, "cleaned_data", {})
        order = d.get("ordina") or ("nome" if d.get("lettera") else "fine" if d.get("finisce") else "inizio")
        return {"order": order, "from_day": d.get("dal"), "from_letter": d.get("lettera", "")}


class AgreementForm(Form):
    valid_from = forms.DateField(label=_("Vale dal"))
    valid_to = forms.DateField(label=_("Vale fino al"))


class ValidationForm(WithAct):
    """The second key may be an act taken outside: then whoever prepared may validate."""

    fieldsets = [Folded((_("Chi convalida è anche chi ha preparato? Serve un atto"), ["act_number", "act_on", "act_file"]))]


class WaiveForm(ReasonForm):
    until = forms.DateField(
        label=_("Fino al"),
        required=False,
        help_text=_("Lascia vuoto se la deroga vale per tutto il tirocinio. Dopo questo giorno la voce si riapre."),
    )


class WaiverFilters(Form):
    stato = forms.ChoiceField(label=_("Deroghe"), required=False, choices=[("", _("in vigore")), ("ended", _("finite"))])


class SignatureForm(Form):
    """One signature on paper; only who is still missing can be chosen."""

    role = forms.ChoiceField(label=_("Chi ha firmato"), widget=Radios)
    signer = forms.CharField(label=_("Nome e cognome"), max_length=120)
    signed_on = forms.DateField(label=_("Firmato il"))
    file = forms.FileField(label=_("Scansione della pagina firmata"), help_text=_("PDF, oppure foto JPEG o PNG, fino a 10 MB."))
    page_code = forms.CharField(
        label=_("Codice in fondo alla pagina"),
        max_length=12,
        required=False,
        help_text=_("Otto lettere e numeri, stampati su ogni pagina: così siamo sicuri che è proprio questo documento."),
    )

    def __init__(self, *args: Any, missing: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(s["code"], f"{s['role']} – {s['name']}" if s["name"] else s["role"]) for s in missing]  # type: ignore[attr-defined]


class ProtocolForm(Form):
    direction = forms.ChoiceField(label=_("Direzione"), choices=Document.Direction, widget=Radios)
    number = forms.CharField(label=_("Numero di protocollo"), max_length=30)
    on = forms.DateField(label=_("Data di protocollo"))
    classification = forms.CharField(label=_("Classificazione"), max_length=60, required=False)
    dossier = forms.CharField(label=_("Fascicolo"), max_length=120, required=False)
