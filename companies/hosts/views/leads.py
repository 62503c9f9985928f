"""Companies that came forward by themselves: the list, one of them, and what becomes of it."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, say_done

from .. import forms, selectors, services
from ..models import Company, Lead
from ..transitions import LEAD
from .companies import New


def _wanted(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    form = forms.LeadFilter(request.GET)
    form.is_valid()  # a filter that cannot be read is shown with its error and left out
    return form, form.cleaned_data


class Leads(Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/leads.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form, wanted = _wanted(self.request)
        page = selectors.leads_page(self.access, query, filters=wanted)
        return super().get_context_data(
            rows=page.rows, form=form, filtered=bool(wanted.get("state")), asked=query.urlencode(), pager=page.urls(query), **kwargs
        )


class LeadsFile(Guarded):
    """The list as it is filtered. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, ending: str) -> Any:
        rows = list(selectors.leads(self.access, filters=_wanted(request)[1]).order_by("-id"))

        def cells() -> Iterator[list[Any]]:
            for row in rows:
                yield [
                    row.company_name, row.partita_iva, str(row.comune), row.person, row.email, row.phone, row.words,
                    timezone.localdate(row.agreed_at), str(row.get_state_display()), row.touched_on, row.call_on,
                ]  # fmt: skip

        head = [
            _("Impresa"), _("Partita IVA"), _("Comune"), _("Con chi parlare"), _("Posta elettronica"), _("Telefono"),
            _("Che cosa immagina"), _("Arrivata il"), _("A che punto è"), _("Ultimo passo"), _("Da risentire il"),
        ]  # fmt: skip
        response = table_response(ending, name=f"adesioni-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells())
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="hosts:leads", subject_type="hosts.lead")
        return response


class OfLead:
    """What the pages of one lead share."""

    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def lead(self) -> Lead:
        return selectors.lead_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("hosts:lead", args=[self.lead.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.lead, back_url=self.back(), **kwargs)  # type: ignore[misc]


class LeadPage(OfLead, Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/lead.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = [step.name for step in LEAD.available(self.lead.state, self.access)]
        return super().get_context_data(
            steps=steps,
            alike=selectors.companies_like(self.access, self.lead) if "joined" in steps else [],
            reason=selectors.reason_of_no(self.lead),
            **kwargs,
        )


class CallLead(OfLead, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.call_lead(lead=self.lead, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Segnato: l'avete sentita. Ora scrivi che cosa avete deciso."))
        return self.back()


class LeadStep(OfLead, ServiceForm):
    """One step with a form of its own."""

    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"

    def words(self) -> dict[str, str]:
        """`title` and `action` of the page."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(text=self.lead.company_name, **self.words(), **kwargs)


class PostponeLead(LeadStep):
    form_class = forms.PostponeForm

    def words(self) -> dict[str, str]:
        return {"title": _("Più avanti"), "action": _("Segna quando risentirla")}

    def act(self, form: Any) -> str:
        services.postpone_lead(lead=self.lead, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Segnato: ve lo ricordiamo qualche giorno prima."))
        return self.back()


class DeclineLead(LeadStep):
    form_class = forms.DeclineForm

    def words(self) -> dict[str, str]:
        return {"title": _("Non se ne fa niente"), "action": _("Chiudi la richiesta")}

    def act(self, form: Any) -> str:
        services.decline_lead(lead=self.lead, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("La richiesta è chiusa. Se cambiano idea, si riapre da qui."))
        return self.back()


class JoinLead(OfLead, Action):
    """It is a company that the network knows already."""

    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        company = selectors.company_chosen(self.access, self.request.POST.get("company", ""))
        services.join_lead(lead=self.lead, company=company, by=self.access, today=timezone.localdate())
        say_done(self.request, _("La richiesta è collegata a %(company)s.") % {"company": company})
        return reverse("hosts:detail", args=[company.public_id])


class NewFromLead(OfLead, New):
    """The page of a new company, filled in with what it wrote of itself."""

    def get_initial(self) -> dict[str, Any]:
        lead = self.lead
        return {
            **super().get_initial(),
            "name": lead.company_name,
            "partita_iva": lead.partita_iva,
            "comune": lead.comune,
            "email": lead.email,
            "phone": lead.phone,
        }

    def registered(self, company: Company) -> None:
        services.join_lead(lead=self.lead, company=company, by=self.access, today=timezone.localdate())
