"""Companies with their sites, and their tutors, as the pages of the room do."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.forms import NewCompanyForm, TutorForm
from companies.hosts.models import Company, Engagement, Site
from companies.hosts.selectors import known_companies
from companies.hosts.services import add_site, engage_tutor, register_host
from companies.hosts.services.companies import CompanyKnown
from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError
from impresasolidale.territory.selectors import name_key

from ..enums import ImportKind
from .base import Column, Known, RowKind


def company_page(company_id: int) -> str | None:
    found = Company.objects.filter(pk=company_id).values_list("public_id", flat=True).first()
    return reverse("hosts:detail", args=[found]) if found else None


class Companies(RowKind):
    """Of a company that is there already a row may bring a further site: its address is told apart from those that are known."""

    code = ImportKind.COMPANIES
    label = ImportKind.COMPANIES.label
    lead = gettext_lazy("Una riga per impresa, o per sede: la stessa partita IVA con un altro indirizzo di sede diventa una sede in più.")
    columns = (
        Column("name", ("ragione sociale", "impresa", "azienda", "ditta", "ente", "nome azienda")),
        Column("kind", ("tipo", "tipologia", "natura"), same=True),
        Column("legal_form", ("forma giuridica",)),
        Column("partita_iva", ("p iva", "piva", "partita iva", "p iva azienda"), needed=True),
        Column("tax_code", ("codice fiscale", "codice fiscale ente", "cf ente", "cf")),
        Column("representative", ("legale rappresentante", "rappresentante legale", "rappresentante")),
        Column("sector", ("settore", "attivita", "cosa fa")),
        Column("ateco", ("ateco", "codice ateco")),
        Column("staff_count", ("addetti", "dipendenti", "n dipendenti", "numero dipendenti", "organico")),
        Column("risk_class", ("rischio", "classe rischio")),
        Column("address", ("via", "indirizzo", "sede legale", "indirizzo sede legale")),
        Column("comune", ("comune", "citta", "localita", "comune sede legale"), same=True),
        Column("email", ("mail", "e mail", "email")),
        Column("pec", ("pec",)),
        Column("sdi_code", ("codice sdi", "codice destinatario", "sdi")),
        Column("phone", ("telefono", "tel", "recapito")),
        Column("welcomes_disability", ("accoglie disabili", "accoglie persone con disabilita")),
        Column("safety_declared_on", ("dvr", "data dvr", "dichiarazione sicurezza")),
        Column("law68_position", ("legge 68", "l 68")),
        Column("law68_declared_on", ("data legge 68",)),
        Column("rest_months", ("mesi pausa",)),
        Column("on_register", ("registro pubblico",)),
        Column("site_name", ("sede", "nome sede", "unita locale", "sede operativa")),
        Column("site_address", ("indirizzo sede", "indirizzo sede operativa", "indirizzo unita locale")),
        Column("site_comune", ("comune sede", "comune sede operativa", "comune unita locale")),
        Column("site_directions", ("come arrivare",)),
    )
    ticks: ClassVar = {"is_another": gettext_lazy("Ho controllato: è un'altra impresa")}
    defaults: ClassVar = {"on_register": ""}  # who never said yes does not appear in public
    undo_words = gettext_lazy(
        "Togliamo le imprese e le sedi che nessuno usa ancora: quelle con un tirocinio, una convenzione o una modifica restano."
    )
    exempt = frozenset({"hosts.registercheck"})

    def form(self, data: Mapping[str, Any] | None, *, by: Access, today: date) -> NewCompanyForm:
        return NewCompanyForm(data)

    def write(self, form: Any, *, by: Access, today: date) -> list[models.Model]:
        try:
            return [
                register_host(
                    company=form.company, site=form.site, tutor=None, by=by, today=today, is_another=form.cleaned_data["is_another"]
                )
            ]
        except CompanyKnown as error:
            return [_further_site(error.company, form.site, by)]

    def address(self, subject_id: int) -> str | None:
        return company_page(subject_id)


def _further_site(company: Company, site: Mapping[str, Any], by: Access) -> Site:
    known = {(name_key(s.address), s.comune_id) for s in company.sites.all()}
    if (name_key(site["address"]), site["comune"].pk) in known:
        raise Known(company)
    return add_site(company=company, by=by, **site)


class ImportedTutorForm(TutorForm):
    """A tutor, and the company by its code."""

    company_code = forms.CharField(label=gettext_lazy("Partita IVA o codice fiscale dell'impresa"), max_length=20)


class Tutors(RowKind):
    code = ImportKind.TUTORS
    label = ImportKind.TUTORS.label
    lead = gettext_lazy(
        "Una riga per tutor e impresa. L'impresa deve esserci già, e si riconosce dalla partita IVA. Nessuno riceve un invito."
    )
    columns = (
        Column("last_name", ("cognome tutor",)),
        Column("first_name", ("nome tutor",)),
        Column("email", ("mail", "e mail", "email", "email tutor", "mail tutor")),
        Column("phone", ("telefono", "tel", "cellulare", "telefono tutor")),
        Column("job_title", ("ruolo", "qualifica", "mansione")),
        Column("company_code", ("partita iva", "p iva", "piva", "codice fiscale", "impresa", "partita iva impresa")),
        Column("valid_from", ("dal", "tutor dal", "data inizio"), same=True),
    )
    key_fields = ("email", "company_code")
    undo_words = gettext_lazy("Togliamo gli incarichi di tutor che nessuno usa ancora: chi ha già un tirocinio o un accesso resta.")

    def form(self, data: Mapping[str, Any] | None, *, by: Access, today: date) -> ImportedTutorForm:
        return ImportedTutorForm(data)

    def write(self, form: Any, *, by: Access, today: date) -> list[models.Model]:
        values = dict(form.cleaned_data)
        code = "".join(values.pop("company_code").split()).upper().removeprefix("IT")
        company = known_companies(by, partita_iva=code, tax_code=code).first()
        if company is None:
            raise DomainError(_("Nessuna impresa ha questo codice: porta qui prima le imprese."), field="company_code")
        mine = (
            Engagement.objects.filter(company=company, tutor__email=values["email"].lower(), valid_to=None).select_related("tutor").first()
        )
        if mine and name_key(str(mine.tutor)) == name_key(f"{values['first_name']} {values['last_name']}"):
            raise Known(mine)
        engagement = engage_tutor(company=company, by=by, today=today, **values)
        is_new = not Engagement.objects.filter(tutor=engagement.tutor).exclude(pk=engagement.pk).exists()
        return [engagement, engagement.tutor] if is_new and engagement.tutor.row_version == 1 else [engagement]

    def address(self, subject_id: int) -> str | None:
        found = Engagement.objects.filter(pk=subject_id).values_list("company_id", flat=True).first()
        return company_page(found) if found else None
