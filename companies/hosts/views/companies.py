"""The list, a company: looked at, registered, edited."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.columns import chosen, offered
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm

from .. import ateco, forms, selectors, services
from ..columns import COLUMNS
from ..models import Company
from ..registers import registers
from ._base import OfCompany, VersionedEdit

INTERESTS = 5  # answers that a company's page shows: the last one holds


def ateco_options(request: HttpRequest) -> HttpResponse:
    """Suggestions for the activity, for whoever is signed in: `?q=` answers lines of `<option>`."""
    typed = request.GET.get("q", "")[:80]
    return HttpResponse(format_html_join("\n", '<option value="{}">', ([words] for words in ateco.search(typed))))


def _wanted(request: HttpRequest, access: Access) -> forms.FilterForm:
    form = forms.FilterForm(request.GET, ambiti=selectors.ambiti_of(access))
    form.is_valid()  # a filter that cannot be read is shown with its error and left out
    return form


class List(Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form = _wanted(self.request, self.access)
        page, total = selectors.companies_page(self.access, query, on=timezone.localdate(), filters=form.cleaned_data)
        filtered = any(form.cleaned_data.values())
        return super().get_context_data(
            form=form,
            rows=page.rows,
            columns=chosen("hosts:list", COLUMNS, self.access).columns,
            total=total,
            filtered=filtered,
            blocked={row.company_id for row in selectors.blocked(self.access, timezone.localdate(), among=[c.pk for c in page.rows])},
            may_edit=self.access.may(Permission.EDIT_COMPANIES),
            **page.urls(query),
            **kwargs,
        )


class CompaniesFile(Guarded):
    """The list as it is filtered. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, ending: str) -> Any:
        today = timezone.localdate()
        found = selectors.companies_wanted(self.access, _wanted(request, self.access).cleaned_data)
        rows = list(found.order_by(*selectors.BY_NAME))
        selectors.with_tutor_count(rows, today)
        mine = chosen("hosts:list", COLUMNS, self.access)
        columns = mine.columns if mine.is_own_choice else offered(COLUMNS, self.access)
        head = [_("Impresa"), *(str(column.label) for column in columns)]
        lines = [[row.name, *(column.cell(row, self.access) for column in columns)] for row in rows]
        response = table_response(ending, name=f"imprese-{today:%Y-%m-%d}", head=head, rows=lines)
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="hosts:list", subject_type="hosts.company")
        return response


class Detail(OfCompany, Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        contacts = selectors.contacts_of(self.access, self.company, today)
        known = {contact.email for contact in contacts}
        blocks = list(selectors.blocks_of(self.access, self.company)[:INTERESTS])
        may_merge = self.access.may(Permission.MERGE_COMPANIES)
        others = [held for held in selectors.portal_users_of(self.access, self.company, today) if held.user.email not in known]
        return super().get_context_data(
            sites=[(site, site.is_open(today)) for site in selectors.sites_of(self.access, self.company)],
            engagements=selectors.engagements_of(self.access, self.company, today),
            openings=selectors.openings_of(self.access, self.company, today),
            asked=selectors.open_ask(self.access, self.company),
            interests=list(selectors.interests_of(self.access, self.company)[:INTERESTS]),
            closures=selectors.closures_of(self.access, self.company, today),
            contacts=contacts,
            others=others,
            blocks=blocks,
            hold=next((block for block in blocks if block.holds(today)), None),
            may_block=self.access.may(Permission.BLOCK_COMPANIES),
            may_read_reasons=selectors.may_read_reasons(self.access),
            may_merge=may_merge,
            merges=selectors.merges_of(self.access, self.company, today) if may_merge else [],
            checks=selectors.checks_of(self.access, self.company) if registers() else [],
            may_check=bool(registers() and self.company.partita_iva),
            reached=known,
            signatory_known=any(contact.signs for contact in contacts),  # type: ignore[attr-defined]
            may_edit=self.access.may(Permission.EDIT_COMPANIES),
            may_invite=self.access.may(Permission.INVITE_TUTORS),
            today=today,
            **kwargs,
        )


class New(ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new.html"
    form_class = forms.NewCompanyForm
    known: list[Company] = []

    def act(self, form: Any) -> str:
        try:
            company = services.register_host(
                company=form.company,
                site=form.site,
                tutor=form.tutor,
                by=self.access,
                today=timezone.localdate(),
                is_another=form.cleaned_data["is_another"],
            )
        except services.CompanyKnown as error:
            self.known = [error.company]
            raise
        except services.CompanyResembles as error:
            self.known = error.companies
            form.ask_if_another()
            raise
        self.registered(company)
        messages.success(self.request, _("%(company)s è registrata.") % {"company": company})
        return reverse("hosts:detail", args=[company.public_id])

    def registered(self, company: Company) -> None:
        """What a page that leads here does with the new company, in the same transaction."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(known=self.known, **kwargs)


class Edit(VersionedEdit):
    template_name = "hosts/edit.html"
    form_class = forms.EditCompanyForm
    known: list[Company] = []

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.company.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {**{name: getattr(self.company, name) for name in forms.COMPANY}, "ateco": self.company.ateco_words}

    def act(self, form: Any) -> str:
        try:
            services.edit_company(company=self.company, row_version=form.cleaned_data["row_version"], by=self.access, **form.company)
        except services.CompanyKnown as error:
            self.known = [error.company]
            raise
        messages.success(self.request, _("Le modifiche sono salvate."))
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(known=self.known, **kwargs)


class Check(OfCompany, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.check_now(company=self.company, by=self.access)
        messages.success(self.request, _("La cerchiamo nei registri: tra poco la risposta è qui."))
        return self.back()
