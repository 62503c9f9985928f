"""A proposal from the ranking to the draft of a placement; the list of all."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Site
from companies.hosts.selectors import tutors_of, with_welcome
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.keyset import page_of
from impresasolidale.core.models import Document
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page, SeeOther, ServiceForm, serve_document
from placements.agreements.views.starts import NewStart
from placements.beneficiaries import selectors as people
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason, OfPerson

from .. import forms, selectors, services
from ..enums import ProposalState, VisitState
from ..models import Decision, Proposal, TrialVisit
from ..selectors import Suggestion

ORDER = ("-id",)


class Proposals(Page):
    """Those under way, and on request those that are over."""

    permission = Permission.SEE_MATCHING
    template_name = "matching/proposals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.ProposalFilters(self.request.GET)
        wanted = form.wanted()
        page = page_of(selectors.proposals_listed(self.access, **wanted, on=timezone.localdate()), self.request.GET, order=ORDER)
        people.note_list(self.access, [row.beneficiary for row in page.rows], place="matching:proposals")
        return super().get_context_data(
            form=form,
            rows=page.rows,
            is_filtered=any(wanted.values()),
            **file_urls("matching:proposals_file", self.request.GET),
            **page.urls(self.request.GET),
            **kwargs,
        )


class ProposalsFile(Guarded):
    """The list as a file, with the filters of the page."""

    permission = Permission.SEE_MATCHING

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        today = timezone.localdate()
        rows = list(selectors.proposals_listed(self.access, **forms.ProposalFilters(request.GET).wanted(), on=today).order_by(*ORDER))
        head = [_("Persona"), _("Impresa"), _("Sede"), _("Comune"), _("Proposta il"), _("Stato"), _("Visita di prova")]
        cells = (
            [
                str(row.beneficiary),
                str(row.site.company),
                row.site.name,
                str(row.site.comune),
                timezone.localdate(row.created_at),
                str(row.get_state_display()),
                row.planned[0].on if row.planned else None,  # type: ignore[attr-defined]
            ]
            for row in rows
        )
        response = table_response(kind, name=f"proposte-{today:%Y-%m-%d}", head=head, rows=cells)
        people.note_list(self.access, [row.beneficiary for row in rows], place="matching:proposals_file")
        return response


class Propose(OfPerson, ServiceForm):
    """One site for one person, with what was compared beside."""

    permission = Permission.PREPARE_PLACEMENTS
    template_name = "matching/propose.html"
    form_class = forms.ProposeForm

    @cached_property
    def site(self) -> Site:
        return selectors.site_for(self.access, self.kwargs["site_id"], place="matching:propose")

    @cached_property
    def pair(self) -> Suggestion | None:
        return selectors.pair_of(self.access, self.beneficiary, self.site, on=timezone.localdate())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.pair else self.elsewhere()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.pair else self.elsewhere()

    def elsewhere(self) -> HttpResponse:
        """The ranking has not shown this site, or no longer does."""
        messages.error(self.request, _("Ora questa sede non si può proporre: manca una delle due schede, ha chiuso, o è sospesa."))
        return SeeOther(reverse("matching:person", args=[self.beneficiary.public_id]))

    def get_form_kwargs(self) -> dict[str, Any]:
        tutors = tutors_of(self.access, self.site.company, timezone.localdate())
        assert self.pair
        return {**super().get_form_kwargs(), "fit": self.pair.fit, "tutors": tutors}

    def get_initial(self) -> dict[str, Any]:
        return {"agreed_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        row = services.propose_site(beneficiary=self.beneficiary, site=self.site, by=self.access, today=timezone.localdate(), **form.values)
        messages.success(self.request, _("La proposta è scritta. Il passo dopo è andare a vedere il posto insieme."))
        return _page(row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people.note_look(self.access, self.beneficiary, place="matching:propose")
        with_welcome(self.access, [self.site], timezone.localdate())
        back = reverse("matching:person", args=[self.beneficiary.public_id])
        others = selectors.open_at(self.access, self.site)
        return super().get_context_data(person=self.beneficiary, site=self.site, row=self.pair, others=others, back_url=back, **kwargs)


def _page(proposal: Proposal) -> str:
    return reverse("matching:proposal", args=[proposal.public_id])


class OfProposal(AsksReason):
    """`self.proposal` is the one of the URL."""

    kwargs: dict[str, Any]
    access: Any
    place = "matching:proposal"

    @cached_property
    def proposal(self) -> Proposal:
        return selectors.proposal_for(self.access, self.kwargs["public_id"], place=self.place)

    def who(self) -> Beneficiary:
        return self.proposal.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("matching:proposal", args=[self.kwargs["public_id"]])


class _ProposalPage(OfProposal):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.proposal
        return super().get_context_data(proposal=row, person=row.beneficiary, back_url=_page(row), **kwargs)  # type: ignore[misc]


class Detail(_ProposalPage, Page):
    permission = Permission.SEE_MATCHING
    template_name = "matching/proposal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, visits = self.proposal, list(selectors.visits_of(self.proposal))
        with_welcome(self.access, [row.site], timezone.localdate())
        fit = selectors.fit_of(row)
        decision = selectors.decision_of(row)
        planned = next((v for v in visits if v.state == VisitState.PLANNED), None)
        may_prepare, is_open = self.access.may(Permission.PREPARE_PLACEMENTS), row.state == ProposalState.OPEN
        return super().get_context_data(
            compared=[(finding, row.adaptations.get(finding.code, "")) for finding in (*fit.stops, *fit.adapted)],
            visits=visits,
            planned=planned,
            may_tell=planned is not None and self.access.may(Permission.EDIT_SHEETS),
            is_past=planned is not None and planned.on <= timezone.localdate(),
            decision=decision,
            is_pending=decision is not None and decision.document.state == Document.State.PENDING,
            may_visit=is_open and planned is None and self.access.may(Permission.EDIT_SHEETS),
            may_decide=is_open and planned is None and may_prepare,
            may_withdraw=row.state in (ProposalState.OPEN, ProposalState.ACCEPTED) and may_prepare,
            may_draft=row.state == ProposalState.ACCEPTED and may_prepare,
            may_see_placement=self.access.may(Permission.SEE_PLACEMENTS),
            **kwargs,
        )


class _Writes(_ProposalPage, ServiceForm):
    """One short form on a proposal."""

    template_name = "matching/write.html"
    title: Any
    lead: Any = ""
    action: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title, lead=self.lead, action=self.action, **kwargs)


class PlanVisit(_Writes):
    permission = Permission.EDIT_SHEETS
    form_class = forms.VisitForm
    title = gettext_lazy("La visita di prova")
    lead = gettext_lazy(
        "Si va a vedere il posto e a conoscere chi ci lavora, un’ora o due. Non si lavora: l’assicurazione comincia con il tirocinio."
    )
    action = gettext_lazy("Salva la visita")

    def act(self, form: Any) -> str:
        services.plan_visit(proposal=self.proposal, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La visita è in programma."))
        return _page(self.proposal)


class _OfVisit(_Writes):
    permission = Permission.EDIT_SHEETS

    @cached_property
    def visit(self) -> TrialVisit:
        return get_object_or_404(selectors.visits_of(self.proposal), public_id=self.kwargs["visit_id"])


class TellVisit(_OfVisit):
    form_class = forms.TellVisitForm
    title = gettext_lazy("Com’è andata la visita")
    action = gettext_lazy("Salva")

    def act(self, form: Any) -> str:
        services.tell_visit(visit=self.visit, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Salvato: com’è andata la visita resta con la proposta."))
        return _page(self.proposal)


class CallOffVisit(_OfVisit):
    form_class = forms.WhyForm
    title = gettext_lazy("La visita non si fa")
    action = gettext_lazy("Annulla la visita")

    def act(self, form: Any) -> str:
        services.call_off_visit(visit=self.visit, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La visita è annullata: se ne può programmare un’altra."))
        return _page(self.proposal)


class Withdraw(_Writes):
    permission = Permission.PREPARE_PLACEMENTS
    form_class = forms.WhyForm
    title = gettext_lazy("Ritira la proposta")
    lead = gettext_lazy("La persona torna in attesa, dallo stesso giorno di prima.")
    action = gettext_lazy("Ritira la proposta")

    def act(self, form: Any) -> str:
        services.withdraw_proposal(proposal=self.proposal, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La proposta è ritirata."))
        return _page(self.proposal)


class Decide(_Writes):
    permission = Permission.PREPARE_PLACEMENTS
    form_class = forms.DecisionForm
    title = gettext_lazy("La decisione")
    lead = gettext_lazy("Quando la salvi, il verbale riceve un numero e non cambia più.")
    action = gettext_lazy("Salva e prepara il verbale")

    def get_initial(self) -> dict[str, Any]:
        return {"held_on": timezone.localdate(), "participants": f"{self.access.actor}, "}

    def act(self, form: Any) -> str:
        services.decide_proposal(proposal=self.proposal, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La decisione è scritta: il verbale è in preparazione."))
        return _page(self.proposal)


class Minutes(OfProposal, Guarded):
    permission = Permission.SEE_MATCHING
    place = "matching:minutes"

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        decision: Decision | None = selectors.decision_of(self.proposal)
        if decision is None:
            raise Http404
        return serve_document(decision.document, by=self.access)


class Draft(OfProposal, NewStart):
    """The page of a new placement, with what the proposal says written already."""

    place = "matching:draft"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.proposal.state != ProposalState.ACCEPTED:
            raise Http404
        return super(NewStart, self).get(request, *args, **kwargs)

    @cached_property
    def person(self) -> Beneficiary:
        return self.proposal.beneficiary

    def get_initial(self) -> dict[str, Any]:
        row = self.proposal
        tutor = row.company_tutor.public_id if row.company_tutor else None
        known = {"company": row.site.company.public_id, "site": row.site.public_id, "company_tutor": tutor, "tasks": row.tasks}
        return {**super().get_initial(), **known, "adaptations": "\n".join(row.adaptations.values())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "back_url": _page(self.proposal)}

    def act(self, form: Any) -> str:
        placement = services.draft_placement(proposal=self.proposal, plan=form.plan(), by=self.access, today=self.today)
        messages.success(self.request, _("La bozza è salvata. Il semaforo dice che cosa manca."))
        return reverse("agreements:detail", args=[placement.public_id])
