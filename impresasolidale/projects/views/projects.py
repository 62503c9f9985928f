"""The list of projects, one at a glance, and what it is made of."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, Page
from impresasolidale.territory.selectors import common_rules

from .. import forms, rules, selectors
from ..charts import chart_of_items
from ..forms._common import choices_of
from ..forms.projects import values_of
from ..selectors import results as result_selectors
from ..services import projects as services
from ..transitions import PROJECT
from ._base import InRoom, OfProject, ProjectFormView, RoomForm, sections


class Projects(InRoom, Page):
    template_name = "projects/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.projects.projects(self.access)
        totals = selectors.projects.totals_of(rows)
        return super().get_context_data(
            projects=[{"row": row, "spent": None, "received": None, **totals.get(row.pk, {})} for row in rows],
            sections=sections("list"),
            may_keep=self.access.may(P.KEEP_PROJECTS),
            **kwargs,
        )


class NewProject(RoomForm):
    permission = P.KEEP_PROJECTS
    form_class = forms.ProjectForm
    title = gettext_lazy("Nuovo progetto finanziato")
    lead = gettext_lazy("Quello che dice la lettera di contributo. Il piano economico si scrive dopo, riga per riga.")
    button = gettext_lazy("Registra il progetto")

    def back(self) -> str:
        return reverse("projects:list")

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {
            "logos": selectors.projects.logos(self.access),
            "partners": choices_of(selectors.partners.partners(self.access).order_by("name")),
        }
        return {**super().get_form_kwargs(), **more}

    def act(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        lead = selectors.partners.partner_for(self.access, values.pop("lead"))
        project = services.create_project(values=values, lead=lead, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il progetto è registrato. Adesso aggiungi i partner e scrivi il piano."))
        return reverse("projects:detail", args=[project.public_id])


class ProjectPage(OfProject, Page):
    """Where the project stands: promised, spent and proved; the checks of the whole; what waits; the money the ledger has."""

    template_name = "projects/detail.html"
    section = "detail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project, today = self.project, timezone.localdate()
        selectors.projects.note_look(self.access, project, place="projects:detail")
        matrix = selectors.matrix_of(project)
        book = common_rules(project.network_id, today)
        by_item = matrix.by_item()
        return super().get_context_data(
            matrix=matrix,
            by_item=[(name.partition(" ")[0], name, cell) for name, cell in by_item.items()],
            by_source=[(name, matrix.kinds[name], cell) for name, cell in matrix.by_source().items()],
            chart=chart_of_items(by_item) if by_item else None,
            findings=rules.project_findings(matrix.total.spent, matrix.granted.spent, by_item, book),
            counts=selectors.projects.counts_of(project),
            pot=selectors.projects.pot_figures(project),
            milestones=list(result_selectors.milestones(project)[:6]),
            today=today,
            steps=[step for step in PROJECT.available(project.state, self.access)],
            **kwargs,
        )


class EditProject(ProjectFormView):
    permission = P.KEEP_PROJECTS
    form_class = forms.ProjectEditForm
    title = gettext_lazy("Correggi il progetto")
    button = gettext_lazy("Salva")

    def back(self) -> str:
        return self.url("detail")

    def get_initial(self) -> dict[str, Any]:
        return values_of(self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"logos": selectors.projects.logos(self.access), "current_version": self.project.row_version}
        return {**super().get_form_kwargs(), **more}

    def act(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        services.edit_project(project=self.project, seen=values.pop("row_version"), values=values, by=self.access)
        messages.success(self.request, _("Il progetto è corretto."))
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class _Step(OfProject, Action):
    permission = P.KEEP_PROJECTS

    def back(self) -> str:
        return self.url("detail")


class Start(_Step):
    def act(self) -> str:
        services.start_project(project=self.project, by=self.access)
        messages.success(self.request, _("Il progetto è in corso."))
        return self.back()


class End(_Step):
    def act(self) -> str:
        services.end_project(project=self.project, by=self.access)
        messages.success(self.request, _("Il progetto è in rendicontazione."))
        return self.back()


class Close(_Step):
    def act(self) -> str:
        services.close_project(project=self.project, by=self.access)
        messages.success(self.request, _("Il progetto è chiuso."))
        return self.back()


class Reopen(ProjectFormView):
    permission = P.KEEP_PROJECTS
    form_class = forms.ReasonForm
    title = gettext_lazy("Riapri il progetto")
    button = gettext_lazy("Riapri")

    def back(self) -> str:
        return self.url("detail")

    def act(self, form: Any) -> str:
        services.reopen_project(project=self.project, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class Parts(OfProject, Page):
    """Who takes part, the chart of costs, the sources, the pieces of work."""

    template_name = "projects/parts.html"
    section = "parts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            participations=[
                {"row": row, "may_receive": rules.may_receive(row.partner.kind)} for row in selectors.projects.participations(self.project)
            ],
            items=list(selectors.projects.items(self.project)),
            sources=list(selectors.projects.sources(self.project)),
            packages=list(selectors.projects.work_packages(self.project)),
            **kwargs,
        )


class _Part(ProjectFormView):
    permission = P.KEEP_PROJECTS
    button = gettext_lazy("Aggiungi")

    def back(self) -> str:
        return self.url("parts")


class AddParticipation(_Part):
    form_class = forms.ParticipationForm
    title = gettext_lazy("Aggiungi un partner al progetto")
    lead = gettext_lazy(
        "Imprese, associazioni di categoria, sindacati e persone possono solo sostenere: il finanziatore non versa loro niente."
    )

    def get_initial(self) -> dict[str, Any]:
        return {"since": self.project.starts_on}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "partners": choices_of(selectors.partners.partners(self.access).order_by("name"))}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        partner = selectors.partners.partner_for(self.access, data["partner"])
        services.add_partner_to(project=self.project, partner=partner, role=data["role"], since=data["since"], by=self.access)
        messages.success(self.request, _("Il partner è nel progetto."))
        return self.back()


class AddItem(_Part):
    form_class = forms.ItemForm
    title = gettext_lazy("Nuova voce di costo")

    def act(self, form: Any) -> str:
        services.keep_item(project=self.project, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La voce è nell'elenco."))
        return self.back()


class EditItem(_Part):
    form_class = forms.ItemForm
    title = gettext_lazy("Correggi la voce di costo")
    button = gettext_lazy("Salva")

    @property
    def item(self) -> Any:
        return selectors.projects.item_for(self.project, self.kwargs["item_id"])

    def get_initial(self) -> dict[str, Any]:
        item = self.item
        return {"code": item.code, "name": item.name, "is_confirmed": item.is_confirmed}

    def act(self, form: Any) -> str:
        services.keep_item(project=self.project, item=self.item, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La voce è corretta."))
        return self.back()


class AddSource(_Part):
    form_class = forms.SourceForm
    title = gettext_lazy("Nuova fonte")

    def act(self, form: Any) -> str:
        services.add_source(project=self.project, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La fonte è nell'elenco."))
        return self.back()


class AddPackage(_Part):
    form_class = forms.WorkPackageForm
    title = gettext_lazy("Nuova azione del progetto")
    lead = gettext_lazy("Un pezzo del lavoro: le ore del personale si scrivono su un'azione, le tappe ne segnano la strada.")

    def act(self, form: Any) -> str:
        services.add_work_package(project=self.project, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("L'azione è nell'elenco."))
        return self.back()
