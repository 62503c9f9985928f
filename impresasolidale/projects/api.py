"""Projects over the API: what a funder pays for, and its expenses."""

from typing import Any

from django.http import QueryDict
from django.urls import path
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.api import Detail, Listing, Row
from impresasolidale.core.keyset import Slice

from .models import Expense, Project
from .selectors import expenses, projects, refuse_limited


class ProjectSerializer(Row):
    funding_source = serializers.CharField(read_only=True)

    class Meta:
        model = Project
        fields = (
            "id", "code", "title", "cup", "cig", "funder", "funding_source", "grant_amount", "starts_on", "ends_on", "report_due_on",
            "state",
        )  # fmt: skip
        read_only_fields = fields


class _InRoom:
    """A membership limited to some comuni does not come in."""

    access: Any
    area = "projects"
    permission = Permission.SEE_PROJECTS

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        refuse_limited(self.access)


class Projects(_InRoom, Listing):
    """The projects of the network, the last to begin first."""

    serializer_class = ProjectSerializer
    summary = "Projects"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return projects.projects_page(self.access, query)


class OneProject(_InRoom, Detail):
    """One project."""

    serializer_class = ProjectSerializer
    summary = "A project"

    def row(self, **kwargs: Any) -> Project:
        found = projects.project_for(self.access, kwargs["public_id"])
        projects.note_look(self.access, found, place="projects:project")
        return found


class ExpenseSerializer(Row):
    partner = serializers.CharField(source="participation.partner.name", read_only=True)
    item = serializers.CharField(source="item.code", read_only=True)

    class Meta:
        model = Expense
        fields = (
            "id", "number", "partner", "item", "document_kind", "document_number", "document_on", "payee", "words", "net", "vat", "amount",
            "charged", "cup", "cig", "paid_on", "state", "admitted",
        )  # fmt: skip
        read_only_fields = fields


class Expenses(_InRoom, Listing):
    """The expenses of a project, the last document first."""

    serializer_class = ExpenseSerializer
    summary = "Expenses of a project"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        project = projects.project_for(self.access, kwargs["public_id"])
        projects.note_look(self.access, project, place="projects:expenses")
        return expenses.expenses_page(expenses.expenses(project), query)


urlpatterns = [
    path("projects/", Projects.as_view(), name="project-list"),
    path("projects/<uuid:public_id>/", OneProject.as_view(), name="project-detail"),
    path("projects/<uuid:public_id>/expenses/", Expenses.as_view(), name="project-expenses"),
]
