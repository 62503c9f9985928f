"""Milestones, indicators as they are written, and the register of network and communication actions. What indicators come to is told by
reports, a room above."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Page, serve_stored

from .. import forms, selectors
from ..forms._common import choices_of
from ..forms.results import ACTION_FIELDS, INDICATOR_FIELDS
from ..models import NetworkAction
from ..selectors import results as reads
from ..services import results as services
from ._base import OfProject, ProjectFormView


class _ResultForm(ProjectFormView):
    permission = P.KEEP_PROJECTS
    section = "results"
    button = gettext_lazy("Salva")

    def back(self) -> str:
        return reverse("project_results:indicators", args=[self.project.public_id])


class NewIndicator(_ResultForm):
    form_class = forms.IndicatorForm
    title = gettext_lazy("Nuovo indicatore")
    lead = gettext_lazy("Una cosa promessa al finanziatore, con il suo obiettivo e com'era prima.")

    def act(self, form: Any) -> str:
        services.keep_indicator(project=self.project, values=form.values, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("L'indicatore è nell'elenco."))
        return self.back()


class EditIndicator(_ResultForm):
    form_class = forms.IndicatorForm
    title = gettext_lazy("Correggi l'indicatore")

    @cached_property
    def indicator(self) -> Any:
        return reads.indicator_for(self.project, self.kwargs["indicator_id"])

    def get_initial(self) -> dict[str, Any]:
        return {**{name: getattr(self.indicator, name) for name in INDICATOR_FIELDS}, "row_version": self.indicator.row_version}

    def act(self, form: Any) -> str:
        services.keep_indicator(
            project=self.project, indicator=self.indicator, values=form.values, seen=form.cleaned_data["row_version"] or 0, by=self.access,
            today=timezone.localdate(),
        )  # fmt: skip
        messages.success(self.request, _("L'indicatore è corretto."))
        return self.back()


class _MilestoneForm(_ResultForm):
    form_class: Any = forms.MilestoneForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "packages": choices_of(selectors.projects.work_packages(self.project))}

    def values(self, form: Any) -> dict[str, Any]:
        data = {name: value for name, value in form.cleaned_data.items() if name != "row_version"}
        wanted = data["work_package"]
        return {**data, "work_package": selectors.projects.work_package_for(self.project, wanted) if wanted else None}


class NewMilestone(_MilestoneForm):
    title = gettext_lazy("Nuova tappa")

    def act(self, form: Any) -> str:
        services.keep_milestone(project=self.project, values=self.values(form), by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La tappa è nell'elenco."))
        return self.back()


class EditMilestone(_MilestoneForm):
    title = gettext_lazy("Correggi la tappa")

    @cached_property
    def milestone(self) -> Any:
        return reads.milestone_for(self.project, self.kwargs["milestone_id"])

    def get_initial(self) -> dict[str, Any]:
        row = self.milestone
        package = str(row.work_package.public_id) if row.work_package else ""
        kept = {name: getattr(row, name) for name in ("name", "due_on", "done_on", "evidence", "row_version")}
        return {**kept, "work_package": package}

    def act(self, form: Any) -> str:
        services.keep_milestone(
            project=self.project, milestone=self.milestone, values=self.values(form), seen=form.cleaned_data["row_version"] or 0,
            by=self.access, today=timezone.localdate(),
        )  # fmt: skip
        messages.success(self.request, _("La tappa è corretta."))
        return self.back()


# --- Actions


class _Asked(OfProject):
    section = "actions"

    def asked(self) -> tuple[Any, Any, dict[str, Any]]:
        form = forms.ActionFilter(self.request.GET or None)
        wanted = form.cleaned_data if form.is_valid() else {}
        return form, reads.asked(self.project, wanted), wanted


class Actions(_Asked, Page):
    template_name = "projects/actions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, rows, wanted = self.asked()
        page = reads.actions_page(rows, self.request.GET)
        here = reads.counted_here(self.project)
        return super().get_context_data(
            filter=form,
            is_filtered=any(wanted.values()),
            actions=[
                {
                    "row": row,
                    "url": self.url("edit_action", row.public_id),
                    "photo_url": self.url("action_photo", row.public_id) if row.photo_id else "",
                }
                for row in page.rows
            ],
            pager=page.urls(self.request.GET),
            total=here["actions"],
            people=here["people"],
            **file_urls("projects:actions_file", self.request.GET, self.project.public_id),
            **kwargs,
        )


class ActionsFile(_Asked):
    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        _form, rows, _wanted = self.asked()
        head = [
            _("Quando"), _("Tipo"), _("Che cosa"), _("Dove"), _("Partner"), _("Persone raggiunte"), _("Collegamento"), _("Fotografia"),
            _("Logo del finanziatore"),
        ]  # fmt: skip
        cells = [
            [
                row.on,
                row.get_kind_display(),
                row.title,
                row.place,
                "; ".join(each.partner.name for each in row.partners.all()),
                row.people_reached,
                row.link,
                _("sì") if row.photo_id else _("no"),
                _("visto") if row.logo_by_id else _("da guardare"),
            ]
            for row in rows.order_by("on", "id")
        ]
        return table_response(kind, name=f"azioni-{self.project.code}-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells)


class _ActionForm(ProjectFormView):
    permission = P.RECORD_EXPENSES
    section = "actions"
    form_class: Any = forms.ActionForm
    button = gettext_lazy("Salva l'azione")

    def back(self) -> str:
        return self.url("actions")

    @cached_property
    def taking_part(self) -> dict[str, Any]:
        rows = selectors.projects.participations(self.project)
        return {str(row.partner.public_id): row.partner for row in rows}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "partners": [(key, partner.name) for key, partner in self.taking_part.items()]}

    def keep(self, form: Any, **more: Any) -> None:
        data = form.cleaned_data
        services.keep_action(
            project=self.project,
            values=form.values,
            partners=[self.taking_part[key] for key in data["partners"]],
            photo=data["photo"],
            saw_logo=data["saw_logo"],
            by=self.access,
            today=timezone.localdate(),
            now=timezone.now(),
            **more,
        )
        messages.success(self.request, _("L'azione è nel registro."))


class NewAction(_ActionForm):
    title = gettext_lazy("Nuova azione")
    lead = gettext_lazy("Un incontro, un evento, un articolo: quello che la rete fa e racconta insieme.")

    def act(self, form: Any) -> str:
        self.keep(form)
        return self.back()


class EditAction(_ActionForm):
    title = gettext_lazy("Correggi l'azione")

    @cached_property
    def action(self) -> NetworkAction:
        return reads.action_for(self.project, self.kwargs["action_id"])

    def get_initial(self) -> dict[str, Any]:
        row = self.action
        return {
            **{name: getattr(row, name) for name in ACTION_FIELDS},
            "partners": [str(each.partner.public_id) for each in row.partners.all()],
            "saw_logo": row.logo_by_id is not None,
            "row_version": row.row_version,
        }

    def act(self, form: Any) -> str:
        self.keep(form, action=self.action, seen=form.cleaned_data["row_version"] or 0)
        return self.back()


class ActionPhoto(OfProject):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        photo = reads.action_for(self.project, self.kwargs["action_id"]).photo
        if photo is None:
            raise Http404
        return serve_stored(photo.file_name, photo, by=self.access, place="projects:action_photo", content_type=photo.content_type)
