"""The course of a placement on one page, and its end: the checklist, the report, the attestation, filing."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import Form
from impresasolidale.core.models import Document
from impresasolidale.core.views import Guarded, Page, ServiceForm, say_done, serve_document
from placements.agreements.enums import HOSTED, OVER, PlacementState
from placements.agreements.selectors import current_project
from placements.agreements.views import OfPlacement
from placements.attendance.selectors.closing import totals_of

from ..forms.closing import AttestationForm, EvaluatedForm, FinalReportForm
from ..models.closing import FinalReport
from ..selectors import closing as selectors
from ..selectors.events import events_of
from ..selectors.outcomes import follow_ups_of
from ..selectors.papers import papers_of
from ..selectors.visits import difficulties_of, visits_of
from ..services import closing as services
from ..visit_enums import AttestationKind


class Course(OfPlacement, Page):
    """Visits, events, and after the end the outcome: what the placement's page shows of this room."""

    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/course.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        placement = self.placement
        is_over = placement.state in OVER
        visits = visits_of(placement)
        papers = papers_of(placement, visits, with_evaluations=self.access.may(Permission.KEEP_EVALUATIONS))
        return super().get_context_data(
            visits=visits,
            papers=papers,
            papers_pending=any(paper.state == Document.State.PENDING for paper, _url in papers),
            events=events_of(placement),
            is_over=is_over,
            outcome=selectors.outcome_of(placement) if is_over else None,
            follow_ups=follow_ups_of(placement) if is_over else [],
            may_write=placement.state in HOSTED,
            today=timezone.localdate(),
            **kwargs,
        )


class Ends(OfPlacement, ServiceForm):
    """One step of the end; back to the checklist."""

    permission = Permission.PREPARE_PLACEMENTS

    @property
    def closing_url(self) -> str:
        return reverse("monitoring:closing", args=[self.placement.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "back_url": self.closing_url}


class Closing(OfPlacement, Page):
    """What is in and what is missing before the placement is filed (rule 50)."""

    permission = Permission.FOLLOW_VISITS
    template_name = "monitoring/closing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        placement = self.placement
        is_over = placement.state in OVER
        lines = selectors.checklist(placement) if is_over else []
        may_write = self.access.may(Permission.PREPARE_PLACEMENTS)
        ready = all(line.is_in for line in lines if line.must)
        report = selectors.report_of(placement) if is_over else None
        attestation = selectors.attestation_of(placement) if is_over else None
        papers = []
        if report and report.document:
            papers.append((report.document, reverse("monitoring:final_report_file", args=[placement.public_id])))
        if attestation:
            papers.append((attestation, reverse("agreements:document", args=[attestation.public_id])))
        return super().get_context_data(
            lines=lines,
            is_over=is_over,
            is_closed=placement.state == PlacementState.CLOSED,
            may_write=may_write,
            may_close=may_write and ready and placement.state == PlacementState.EVALUATED,
            totals=totals_of(placement),
            report=report,
            attestation=attestation,
            papers=papers,
            papers_pending=any(paper.state == Document.State.PENDING for paper, _url in papers),
            **kwargs,
        )


class Evaluated(Ends):
    template_name = "confirm.html"
    form_class = EvaluatedForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.placement.beneficiary, "company": self.placement.company}
        return super().get_context_data(
            title=_("Registra la valutazione finale"),
            text=_("%(person)s, presso %(company)s. Com'è andata, detto da chi c'era.") % words,
            consequences=[],
            action=_("Registra la valutazione finale"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.evaluate_placement(placement=self.placement, note=form.cleaned_data["note"], by=self.access)
        say_done(self.request, _("Fatto."))
        return self.closing_url


class Report(Ends):
    """The final report, drafted with what is known."""

    template_name = "monitoring/final_report.html"
    form_class = FinalReportForm

    @cached_property
    def report(self) -> FinalReport | None:
        return selectors.report_of(self.placement)

    def get_form_kwargs(self) -> dict[str, Any]:
        goals = list(current_project(self.placement).goals.all())
        return {**super().get_form_kwargs(), "goals": goals, "current_version": self.report.row_version if self.report else 0}

    def get_initial(self) -> dict[str, Any]:
        if self.report is None:
            return {"hard": difficulties_of(self.placement)}
        words = {name: getattr(self.report, name) for name in services.WORDS}
        return {**words, **{f"goal_{goal}": word for goal, word in selectors.words_of(self.report).items()}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(report=self.report, totals=totals_of(self.placement), **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        services.write_final_report(placement=self.placement, by=self.access, **form.values())
        if "issue" in self.request.POST:
            services.issue_final_report(placement=self.placement, by=self.access, today=timezone.localdate())
            messages.success(self.request, _("La relazione è in preparazione: tra poco si apre da qui."))
            return self.closing_url
        messages.success(self.request, _("La bozza è salvata."))
        return reverse("monitoring:final_report", args=[self.placement.public_id])


class ReportFile(OfPlacement, Guarded):
    """The report in force: not one of the placement's other papers, which more people read."""

    permission = Permission.FOLLOW_VISITS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        report = selectors.report_of(self.placement)
        if report is None or report.document is None:
            raise Http404
        return serve_document(report.document, by=self.access)


class Attestation(Ends):
    """The paper that stays with the person."""

    template_name = "monitoring/attestation.html"
    form_class = AttestationForm

    def get_initial(self) -> dict[str, Any]:
        before = selectors.attestation_of(self.placement)
        if before is None:
            return {"activities": current_project(self.placement).tasks, "kind": AttestationKind.RELATIONAL}
        said: Any = before.context
        names = ("activities", "shown", "skills")
        words = {name: "\n".join(said.get(name, ())) for name in names}
        return {**words, "kind": AttestationKind.SKILLS if words["skills"] else AttestationKind.RELATIONAL}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(totals=totals_of(self.placement), **kwargs)

    def act(self, form: Any) -> str:
        services.issue_attestation(placement=self.placement, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'attestazione è in preparazione: tra poco si apre da qui."))
        return self.closing_url


class Close(Ends):
    template_name = "confirm.html"
    form_class = Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.placement.beneficiary, "company": self.placement.company}
        return super().get_context_data(
            title=_("Archivia il tirocinio"),
            text=_("%(person)s, presso %(company)s. Non c'è più niente da fare: il tirocinio va in archivio.") % words,
            consequences=[_("Non si torna indietro. Le carte restano, e la relazione si può ancora correggere con una nuova.")],
            action=_("Archivia"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.close_placement(placement=self.placement, by=self.access)
        say_done(self.request, _("Il tirocinio è in archivio."))
        return self.closing_url
