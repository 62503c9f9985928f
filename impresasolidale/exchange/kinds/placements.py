"""Placements that run already, as the page of an inherited one does; their signed papers are brought afterwards, one by one."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Company
from companies.hosts.selectors import known_companies, open_sites_of, tutors_of
from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.validators import codice_fiscale
from impresasolidale.territory.selectors import name_key
from placements.agreements.enums import LIVE, AllowanceModel, TaxTreatment
from placements.agreements.forms import TAX_MOTIVE
from placements.agreements.models import Placement
from placements.agreements.selectors import default_payer, promoter_tutors
from placements.agreements.services.inherited import Papers, enter_inherited
from placements.agreements.start_forms import InheritedForm, StartForm
from placements.beneficiaries.models import Beneficiary

from ..enums import ImportKind
from .base import Column, Known, RowKind

DAYS = ("lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica")
# What the page lets one choose, and a file says by a code or a name: field of the page → ours.
SAID = {"company": "company_code", "site": "site_name", "company_tutor": "tutor_email", "promoter_tutor": "promoter_email"}


class ImportedPlacementForm(StartForm, InheritedForm):
    """The page's own form, with person, company, site and tutors by what a file calls them, and without the scan."""

    codice_fiscale = forms.CharField(label=gettext_lazy("Codice fiscale della persona"), max_length=25)
    company_code = forms.CharField(label=gettext_lazy("Partita IVA o codice fiscale dell'impresa"), max_length=20)
    site_name = forms.CharField(label=gettext_lazy("Sede"), max_length=120, required=False)
    tutor_email = forms.EmailField(label=gettext_lazy("E-mail del tutor aziendale"), required=False)
    promoter_email = forms.EmailField(label=gettext_lazy("E-mail del tutor dell'ente promotore"), required=False)

    def __init__(self, *args: Any, access: Access, today: date, **kwargs: Any) -> None:
        super().__init__(*args, access=access, today=today, **kwargs)
        for name in (*SAID, "file", "signed_by"):
            del self.fields[name]
        payer = default_payer(access)
        self.fields["payer"].initial = str(payer.public_id) if payer else None
        self.fields["allowance_model"].initial = AllowanceModel.NONE
        self.fields["tax_treatment"].initial = TaxTreatment.EXEMPT
        self.fields["tax_motive"].initial = TAX_MOTIVE

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = dict.fromkeys(("person", *SAID))
        for name, look in (("codice_fiscale", self._person), ("company_code", self._company)):
            self._look(found, name, look)
        if company := found["company"]:
            for name, look_there in (("site_name", self._site), ("tutor_email", self._tutor), ("promoter_email", self._promoter)):
                self._look(found, name, look_there, company)
        self.cleaned_data |= found
        return super().clean()

    def _look(self, found: dict[str, Any], name: str, look: Any, *known: Any) -> None:
        if name not in self.cleaned_data:
            return
        try:
            found |= look(self.cleaned_data[name], *known)
        except ValidationError as error:
            self.add_error(name, error)

    def _person(self, text: str) -> dict[str, Any]:
        code = lookup_hash(codice_fiscale(text, today=self.today).plain)
        row = Beneficiary.objects.filter(ambito_id=self.access.ambito_id, codice_fiscale_hash=code, merged_into=None).first()
        if row is None:
            raise ValidationError(_("Nessuna persona del tuo Ambito ha questo codice: porta qui prima le persone."))
        return {"person": row}

    def _company(self, text: str) -> dict[str, Any]:
        code = "".join(text.split()).upper().removeprefix("IT")
        row = known_companies(self.access, partita_iva=code, tax_code=code).first()
        if row is None:
            raise ValidationError(_("Nessuna impresa ha questo codice: porta qui prima le imprese."))
        return {"company": row}

    def _site(self, text: str, company: Company) -> dict[str, Any]:
        sites = list(open_sites_of(self.access, company, self.today))
        wanted = [s for s in sites if name_key(text) in (name_key(s.name), name_key(s.address))] if text else sites
        if len(wanted) != 1:
            names = ", ".join(s.name for s in sites) or "—"
            raise ValidationError(_("Scrivi quale sede: %(names)s.") % {"names": names})
        return {"site": wanted[0]}

    def _tutor(self, text: str, company: Company) -> dict[str, Any]:
        row = tutors_of(self.access, company, self.today).filter(email__iexact=text).first() if text else None
        if text and row is None:
            raise ValidationError(_("Nessun tutor di questa impresa ha questo indirizzo: porta qui prima i tutor."))
        return {"company_tutor": row}

    def _promoter(self, text: str, company: Company) -> dict[str, Any]:
        row = promoter_tutors(self.access, self.today).filter(email__iexact=text).first() if text else None
        if text and row is None:
            raise ValidationError(_("Nessuno del tuo ufficio ha questo indirizzo."))
        return {"promoter_tutor": row}

    def papers(self) -> Papers:
        d = self.cleaned_data
        return Papers(scan=None, signed_on=d["signed_on"], protocol=d["protocol"], signed_by=(), note=d["note"])


class Placements(RowKind):
    code = ImportKind.PLACEMENTS
    label = ImportKind.PLACEMENTS.label
    lead = gettext_lazy(
        "Una riga per tirocinio già in corso. Persona, impresa e tutor devono esserci già. Le carte firmate si aggiungono dopo, una a una."
    )
    columns = (
        Column("codice_fiscale", ("cod fiscale", "cf", "c f", "codice fiscale", "codice fiscale tirocinante")),
        Column("company_code", ("partita iva", "p iva", "piva", "partita iva impresa", "impresa")),
        Column("site_name", ("sede", "sede operativa", "unita locale")),
        Column("tutor_email", ("tutor", "tutor aziendale", "mail tutor", "email tutor")),
        Column("promoter_email", ("educatore", "tutor promotore", "mail educatore"), same=True),
        Column("starts_on", ("dal", "data inizio", "inizio tirocinio")),
        Column("ends_on", ("al", "data fine", "fine tirocinio", "scadenza")),
        Column("pattern", ("settimana", "orario"), same=True),
        *(Column(f"{part}_{n}", (f"{day} {word}",)) for n, day in enumerate(DAYS) for part, word in (("from", "dalle"), ("hours", "ore"))),
        Column("dates", ("giornate",)),
        Column("tasks", ("attivita", "mansioni", "che cosa fa")),
        *(Column(f"goal_{n}", (f"obiettivo {n}",), same=True) for n in range(1, 6)),
        Column("adaptations", ("adattamenti",)),
        Column("allowance_model", ("contributo", "tipo contributo"), same=True),
        Column("allowance_amount", ("importo", "importo contributo", "indennita"), same=True),
        Column("payer", ("chi paga", "ente pagatore"), same=True),
        Column("needs_fitness", ("visita medica",), same=True),
        Column("signed_on", ("data firma", "firmato il", "data progetto"), same=True),
        Column("protocol", ("n protocollo", "protocollo progetto")),
        Column("note", ("note", "annotazioni")),
        Column("used_months", ("mesi gia usati", "mesi prima")),
        Column("used_minutes", ("ore gia fatte", "ore prima")),
        Column("paid_amount", ("contributi gia versati", "gia versato")),
        Column("source", ("fonte",), same=True),
    )
    ticks: ClassVar = {"hours_confirmed": gettext_lazy("Le ore vanno bene così")}
    key_fields = ("codice_fiscale", "company_code")
    undo_words = gettext_lazy(
        "Togliamo i tirocini che nessuno ha ancora toccato: quelli con una presenza, una visita, una carta o una modifica restano."
    )
    exempt = frozenset({"attendance.plannedsession", "attendance.timesheet", "agreements.readinessitem"})

    versions: ClassVar = {"agreements.personalproject": 3}  # written, issued, in force

    def form(self, data: Mapping[str, Any] | None, *, by: Access, today: date) -> ImportedPlacementForm:
        return ImportedPlacementForm(data, access=by, today=today)

    def write(self, form: Any, *, by: Access, today: date) -> list[models.Model]:
        plan, person = form.plan(), form.cleaned_data["person"]
        there = Placement.objects.filter(ambito_id=by.ambito_id, beneficiary=person, company=plan.company, state__in=LIVE)
        if same := there.filter(starts_on=plan.starts_on).first():
            raise Known(same)
        try:
            return [enter_inherited(beneficiary=person, plan=plan, papers=form.papers(), used=form.used(), by=by, today=today)]
        except DomainError as error:
            error.field = SAID.get(error.field or "", error.field)
            raise

    def address(self, subject_id: int) -> str | None:
        found = Placement.objects.filter(pk=subject_id).values_list("public_id", flat=True).first()
        return reverse("agreements:detail", args=[found]) if found else None
