"""The plan: what was promised beside what was spent, its versions, the one being prepared."""

from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, Page
from impresasolidale.territory.selectors import common_rules

from .. import forms, selectors
from ..enums import PlanState
from ..forms._common import choices_of
from ..models import BudgetPlan
from ..selectors import plan as plan_selectors
from ..services import plan as services
from ..services.plan import PlanAct
from ._base import OfProject, ProjectFormView


class PlanPage(OfProject, Page):
    template_name = "projects/plan.html"
    section = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(plan_selectors.plans(self.project))
        matrix = selectors.matrix_of(self.project)
        draft = next((plan for plan in versions if plan.state == PlanState.DRAFT), None)
        return super().get_context_data(
            versions=versions,
            matrix=matrix,
            rows=[{"item": f"{k[0]} {k[1]}", "partner": k[2], "source": k[3], "cell": cell} for k, cell in matrix.cells.items()],
            by_partner=matrix.by_partner().items(),
            draft=draft,
            draft_lines=plan_selectors.lines_of(draft) if draft else [],
            **kwargs,
        )


class OldPlan(OfProject, Page):
    """A version as it was in force."""

    template_name = "projects/plan_version.html"
    section = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = plan_selectors.version_for(self.project, self.kwargs["version"])
        return super().get_context_data(plan=plan, lines=plan_selectors.lines_of(plan), plan_url=self.url("plan"), **kwargs)


class _OfDraft(ProjectFormView):
    permission = P.KEEP_PROJECTS
    section = "plan"

    @cached_property
    def draft(self) -> BudgetPlan:
        return plan_selectors.draft_for(self.project)

    def back(self) -> str:
        return self.url("plan")


class SetLine(_OfDraft):
    form_class = forms.LineForm
    title = gettext_lazy("Riga del piano")
    lead = gettext_lazy("Quanto costa una voce, per un partner, da una fonte. Scrivere di nuovo la stessa riga la sostituisce.")
    button = gettext_lazy("Scrivi la riga")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.draft  # noqa: B018 (404 without one)
        more = {
            "items": choices_of(selectors.projects.items(self.project)),
            "partners": choices_of(selectors.projects.participations(self.project)),
            "sources": choices_of(selectors.projects.sources(self.project)),
        }
        return {**super().get_form_kwargs(), **more}

    def act(self, form: Any) -> str:
        data, of = form.cleaned_data, selectors.projects
        services.set_line(
            plan=self.draft,
            item=of.item_for(self.project, data["item"]),
            participation=of.participation_for(self.project, data["participation"]),
            source=of.source_for(self.project, data["source"]),
            amount=data["amount"],
            by=self.access,
        )
        messages.success(self.request, _("La riga è nel piano."))
        return self.back()


class OpenRedefinition(OfProject, Action):
    permission = P.KEEP_PROJECTS

    def back(self) -> str:
        return self.url("plan")

    def act(self) -> str:
        services.open_redefinition(project=self.project, by=self.access)
        messages.success(self.request, _("La ridefinizione comincia dal piano in vigore: cambia le righe, poi mettila in vigore."))
        return self.back()


class EnterPlan(_OfDraft):
    form_class = forms.EnterPlanForm
    template_name = "projects/enter_plan.html"
    title = gettext_lazy("Metti in vigore il piano")
    lead = gettext_lazy("Da questo momento le righe non cambiano più: per cambiarle serve una ridefinizione.")
    button = gettext_lazy("Metti in vigore")

    @cached_property
    def shifts(self) -> list[dict[str, Any]]:
        return plan_selectors.shifts_of(self.project, self.draft, timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        moved = any(shift["is_over"] for shift in self.shifts)
        return {**super().get_form_kwargs(), "is_first": self.draft.version == 1, "moved": moved}

    def get_initial(self) -> dict[str, Any]:
        first = self.draft.version == 1
        return {"act_number": self.project.letter_number, "act_on": self.project.letter_on} if first else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            shifts=self.shifts, percent=common_rules(self.project.network_id, timezone.localdate()).budget_shift_percent, **kwargs
        )

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.enter_plan(
            plan=self.draft,
            act=PlanAct(data["act_number"], data["act_on"]),
            reason=data.get("reason", ""),
            accepts_shift=data.get("accepts_shift", False),
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il piano è in vigore."))
        return self.back()
