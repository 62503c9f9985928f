"""What the pages of the room share."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import FormPage, Guarded

from .. import selectors
from ..models import Project


class InRoom(Guarded):
    """For who may see projects, and whose membership is not limited to some comuni: a project is the whole network's."""

    permission: str | None = P.SEE_PROJECTS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.permission:
            self.access.require(self.permission)
        selectors.refuse_limited(self.access)
        return super().dispatch(request, *args, **kwargs)


def sections(active: str) -> list[dict[str, Any]]:
    """The two lists of the room."""
    return [
        {"label": _("Progetti"), "url": reverse("projects:list"), "active": active == "list"},
        {"label": _("Partner della rete"), "url": reverse("projects:partners"), "active": active == "partners"},
    ]


class OfProject(InRoom):
    """What stands under the address of one project."""

    section = ""

    @cached_property
    def project(self) -> Project:
        return selectors.project_for(self.access, self.kwargs["public_id"])

    def url(self, name: str, *more: Any) -> str:
        return reverse(f"projects:{name}", args=[self.project.public_id, *more])

    def tabs(self) -> list[dict[str, Any]]:
        at = [self.project.public_id]
        pages = (
            ("detail", _("Quadro"), "projects:detail"),
            ("plan", _("Piano"), "projects:plan"),
            ("expenses", _("Spese"), "projects:expenses"),
            ("instalments", _("Rate"), "projects:instalments"),
            ("staff", _("Personale"), "projects:staff"),
            ("results", _("Risultati"), "project_results:indicators"),
            ("actions", _("Azioni"), "projects:actions"),
            *((("rooms", _("Controlli"), "projects:rooms"),) if self.access.may(P.OPEN_AUDIT_ROOMS) else ()),
            ("parts", _("Impostazioni"), "projects:parts"),
        )
        return [{"label": label, "url": reverse(name, args=at), "active": key == self.section} for key, label, name in pages]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = {name: self.access.may(code) for name, code in MAY.items()}
        tabs = self.tabs()
        here = next((tab["label"] for tab in tabs if tab["active"]), "")
        named = {"project": self.project, "tabs": tabs, "section_label": here, "project_url": self.url("detail"), "may": may}
        return super().get_context_data(**{**named, **kwargs})  # type: ignore[misc]


MAY = {
    "keep": P.KEEP_PROJECTS,
    "record": P.RECORD_EXPENSES,
    "check": P.CHECK_EXPENSES,
    "instalments": P.RECORD_INSTALMENTS,
    "audit": P.OPEN_AUDIT_ROOMS,
}


class RoomForm(InRoom, FormPage):
    """A form of the room."""

    template_name = "projects/form.html"


class ProjectFormView(OfProject, RoomForm):
    """The same, about one project."""
