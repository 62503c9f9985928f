"""The tutor's telephone, and the host: what is asked of me, one page of rows with one tap each, saved half-way too."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.doors import ForTutors
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, SeeOther, ServiceForm

from ..evaluation_enums import EvaluationState, Given
from ..forms.evaluations import AnswersForm
from ..selectors import evaluations as selectors
from ..services import evaluations as services


class ForCompanies(ForTutors):
    """Tutors and contacts of a company; anybody of an office is led to the office's page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        access = request.access  # type: ignore[attr-defined]
        if access is not None and access.companies is None and "public_id" in kwargs and access.may(Permission.KEEP_EVALUATIONS):
            return SeeOther(reverse("monitoring:evaluation", args=[selectors.of_the_office(access, kwargs["public_id"])]))
        if access is not None and not access.may(Permission.USE_COMPANY_PORTAL):
            access.require(Permission.USE_TUTOR_PORTAL)
        return super().dispatch(request, *args, **kwargs)


class Mine(ForCompanies, Page):
    template_name = "monitoring/tutor/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_tutor = self.access.may(Permission.USE_TUTOR_PORTAL)
        waiting = selectors.waiting_for_tutor(self.access) if is_tutor else []
        return super().get_context_data(
            waiting=[*waiting, *selectors.waiting_for_host(self.access)],
            given=selectors.given_by_tutor(self.access) if is_tutor else [],
            today=timezone.localdate(),
            **kwargs,
        )


class Answer(ForCompanies, ServiceForm):
    """Three minutes: «Salva» keeps what is there, «Ho finito» gives it."""

    template_name = "monitoring/tutor/answer.html"
    form_class = AnswersForm

    @cached_property
    def row(self) -> Any:
        return selectors.evaluation_of_company(self.access, self.kwargs["public_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row.state != EvaluationState.ASKED:
            return SeeOther(reverse("my_evaluations:list"))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        row = self.row
        return {
            **super().get_form_kwargs(),
            "questions": selectors.questions_of(row),
            "voice": row.voice,
            "ratings": selectors.ratings_of(row),
            "answers": selectors.answers_of(row),
            "comment": row.comment,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            evaluation=self.row,
            name=self.row.name,
            company=self.row.placement.company.name,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        said: Any = {
            "evaluation": self.row,
            "answers": form.answers,
            "goals": form.goals,
            "comment": form.cleaned_data["comment"],
            "by": self.access,
            "today": timezone.localdate(),
        }
        if "draft" in self.request.POST:
            services.save_draft(**said)
            messages.success(self.request, _("Salvato. Puoi finire quando vuoi."))
        else:
            services.give(**said, how=Given.ONLINE)
            messages.success(self.request, _("Grazie: la tua valutazione è arrivata all’ufficio."))
        return reverse("my_evaluations:list")
