"""The page of a company's contact, the correction of its data with what it means for signatures, and the office's answer to it."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hosts import services
from companies.hosts.enums import ProposalState
from companies.hosts.forms.portal import DataForm
from companies.hosts.models import Company, DataProposal
from companies.hosts.selectors import company_for, proposal_for
from companies.hosts.views.ours import OfOurCompany
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Page, ServiceForm, say_done
from impresasolidale.territory.models import Comune
from placements.agreements.host_papers import change_of, papers_to_sign
from placements.agreements.signing_selectors import waiting_of_host

from .forms import AnswerForm
from .our_companies import portal_of


class OurCompany(Page):
    permission = P.USE_COMPANY_PORTAL
    template_name = "desk/our_company.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        companies = portal_of(self.access, today)
        return super().get_context_data(companies=companies, only=companies[0] if len(companies) == 1 else None, today=today, **kwargs)


class Correct(OfOurCompany, ServiceForm):
    """First what the correction means for the papers, then it leaves for the office."""

    template_name = "desk/correct_data.html"
    form_class = DataForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.company, name) for name in services.CORRECTABLE}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            lead=_("L'ufficio guarda la richiesta e risponde. Fino ad allora valgono i dati di prima."), **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        changes = services.changes_of(self.company, form.values)
        seen = ",".join(f"{name}={change['after']}" for name, change in sorted(changes.items()))
        if changes and self.request.POST.get("seen") != seen:
            change = change_of(self.company, form.values)
            waiting = [paper for paper in papers_to_sign(self.access) if paper.company_id == self.company.pk]
            shown = self.get_context_data(form=form, changes=changes, change=change, waiting=waiting, seen=seen)
            return self.render_to_response(shown)
        return super().form_valid(form)

    def act(self, form: Any) -> str:
        services.propose_data(company=self.company, values=form.values, note=form.cleaned_data["note"], by=self.access)
        messages.success(self.request, _("La richiesta è partita: l'ufficio ti risponde qui."))
        return self.back()


class Proposal(ServiceForm):
    """The office reads what a company asks to correct, sees what has to be signed again, and answers."""

    permission = P.EDIT_COMPANIES
    template_name = "desk/proposal.html"
    form_class = AnswerForm

    @cached_property
    def company(self) -> Company:
        return company_for(self.access, self.kwargs["public_id"])

    @cached_property
    def proposal(self) -> DataProposal:
        return proposal_for(self.access, self.company, self.kwargs["proposal_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values = {name: change["value"] for name, change in self.proposal.changes.items()}
        if "comune" in values:
            values["comune"] = Comune.objects.get(pk=values["comune"])
        fields = {name: str(field.label) for name, field in DataForm.base_fields.items()}
        return super().get_context_data(
            company=self.company,
            proposal=self.proposal,
            lines=[(fields[name], change["before"], change["after"]) for name, change in self.proposal.changes.items()],
            change=change_of(self.company, values),
            waiting=waiting_of_host(self.access, self.company),
            is_open=self.proposal.state == ProposalState.WAITING,
            back_url=self.back(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        if form.cleaned_data["answer"] == "accept":
            services.accept_proposal(proposal=self.proposal, by=self.access, today=timezone.localdate())
            say_done(self.request, _("I dati sono corretti. Le carte da rifirmare restano come sono finché non le rifai."))
        else:
            services.refuse_proposal(proposal=self.proposal, reason=form.cleaned_data["reason"], by=self.access)
            say_done(self.request, _("La risposta è scritta: l'impresa la legge sulla sua pagina."))
        return self.back()

    def back(self) -> str:
        return reverse("hosts:detail", args=[self.company.public_id])
