"""What came of a project: its indicators counted from rows, and its milestones."""

from typing import Any

from django.utils import timezone

from impresasolidale.core.views import Page
from impresasolidale.projects.selectors import results
from impresasolidale.projects.views._base import OfProject

from ..project_results import progress_of


class Results(OfProject, Page):
    template_name = "reports/project_results.html"
    section = "results"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            progress=progress_of(self.access, self.project, today),
            milestones=list(results.milestones(self.project)),
            today=today,
            **kwargs,
        )
