"""The scheme for the coordinator: its versions, the editor, a look at real companies, two schemes side by side, publishing."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, say_done, serve_upload

from ..enums import DecidedBy, Level, SchemeState
from ..forms import schemes as forms
from ..models import SchemeVersion
from ..scheme import Area, Criterion, area_of
from ..selectors import schemes as selectors
from ..services import schemes as services


class SchemeList(ServiceForm):
    """Every version, and a new draft from one of them."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/schemes/list.html"
    form_class = forms.NewDraft

    @cached_property
    def versions(self) -> list[SchemeVersion]:
        return selectors.versions(self.access, timezone.localdate())

    @cached_property
    def in_force(self) -> SchemeVersion:
        return selectors.scheme_in_force(self.access, timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "versions": self.versions, "initial": {"base": str(self.in_force.version)}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_edit = self.access.may(Permission.DECIDE_CERTIFICATES)
        return super().get_context_data(versions=self.versions, in_force=self.in_force, may_edit=may_edit, **kwargs)

    def act(self, form: Any) -> str:
        row = services.new_draft(base=form.chosen, name=form.cleaned_data["name"], by=self.access)
        messages.success(self.request, _("La bozza è pronta: cambiala un'area alla volta. Finché non è pubblicata non vale."))
        return address(row)


def address(row: SchemeVersion, name: str = "scheme", *codes: str) -> str:
    return reverse(f"certification:{name}", args=[row.public_id, *codes])


class OfScheme:
    """What the pages of one version share."""

    request: Any
    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def version(self) -> SchemeVersion:
        return selectors.scheme_for(self.access, self.kwargs["public_id"])

    @property
    def draft(self) -> SchemeVersion:
        """The version, when it may be edited: what is published is looked at, never changed."""
        if self.version.state != SchemeState.DRAFT:
            raise Http404
        return self.version

    @cached_property
    def area(self) -> Area:
        try:
            return area_of(self.version.scheme, self.kwargs["area"])
        except KeyError:
            raise Http404

    @cached_property
    def criterion(self) -> Criterion:
        for criterion in self.area.criteria:
            if criterion.code == self.kwargs["criterion"]:
                return criterion
        raise Http404


class SchemePage(OfScheme, Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/schemes/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.version
        is_draft = row.state == SchemeState.DRAFT
        found = selectors.problems_of(row, timezone.localdate()) if is_draft else []
        return super().get_context_data(
            row=row,
            scheme=row.scheme,
            levels=[(rule, Level(rule.level).label, DecidedBy(rule.decided_by).label) for rule in row.scheme.levels],
            problems=found,
            may_edit=is_draft and self.access.may(Permission.DECIDE_CERTIFICATES),
            is_own=row.edited_by_id == self.access.actor_id,
            asked=is_draft and services.is_asked(row),
            has_act=not is_draft and selectors.act_of(row) is not None,
            story=_story(self.access, row),
            **kwargs,
        )


TITLES = {"drafted": gettext_lazy("Bozza cominciata"), "edited": gettext_lazy("Modificata"), "published": gettext_lazy("Pubblicata")}


def _story(access: Any, row: SchemeVersion) -> list[dict[str, Any]]:
    tones = {"published": "ok"}
    steps = ((fact, fact.code.rpartition(".")[2]) for fact in selectors.history_of(access, row))
    return [{"when": f.at, "title": TITLES[step], "text": f.reason, "tone": tones.get(step, "info")} for f, step in steps]


class EditForm(OfScheme, ServiceForm):
    """A form of a draft: it says in its words what it is, and goes back to the draft."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/schemes/form.html"
    title: Any = ""
    lead: Any = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.draft.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.version, title=self.title, lead=self.lead, back_url=self.back(), **kwargs)

    def back(self) -> str:
        return address(self.version)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    @property
    def told(self) -> dict[str, Any]:
        """What every edit of the services takes."""
        return {"version": self.draft, "by": self.access}


class EditDraft(EditForm):
    form_class = forms.DraftForm
    title = gettext_lazy("Nome, durata e tetto")

    def get_initial(self) -> dict[str, Any]:
        row = self.draft
        return {"name": row.name, "validity_months": row.validity_months, "bonus_cap": row.scheme.bonus_cap}

    def act(self, form: Any) -> str:
        data = {name: form.cleaned_data[name] for name in ("name", "validity_months", "bonus_cap")}
        services.rename_draft(**self.told, seen=form.cleaned_data["row_version"], **data)
        return self.back()


class EditLevels(EditForm):
    form_class = forms.LevelsForm
    title = gettext_lazy("Livelli")
    lead = gettext_lazy(
        "Un livello si raggiunge con i criteri di base, un minimo in ogni area e un minimo in tutto. Chi sale passa da quello sotto."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "scheme": self.draft.scheme}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        most = [(area.name, sum(c.most for c in area.criteria if c.kind != "bonus")) for area in self.version.scheme.areas]
        return super().get_context_data(most=most, most_total=sum(points for _name, points in most), **kwargs)

    def act(self, form: Any) -> str:
        services.set_levels(**self.told, seen=form.cleaned_data["row_version"], levels=form.levels)
        return self.back() + "#livelli"


class NewArea(EditForm):
    form_class = forms.AreaForm
    title = gettext_lazy("Nuova area")

    def act(self, form: Any) -> str:
        made = form.area(None)
        row = services.put_area(**self.told, seen=form.cleaned_data["row_version"], area=made)
        return address(row, "scheme_area", made.code)


class EditArea(EditForm):
    """One area: its words, and its criteria with their buttons."""

    template_name = "certification/schemes/area.html"
    form_class = forms.AreaForm

    @property
    def title(self) -> str:
        return self.area.name

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.area.name, "words": self.area.words}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.problems_of(self.draft, timezone.localdate())
        return super().get_context_data(area=self.area, problems=[p for p in found if p.area == self.area.code], **kwargs)

    def act(self, form: Any) -> str:
        services.put_area(**self.told, seen=form.cleaned_data["row_version"], area=form.area(self.area), instead_of=self.area.code)
        messages.success(self.request, _("Salvato."))
        return address(self.version, "scheme_area", self.area.code)


class NewCriterion(EditForm):
    template_name = "certification/schemes/criterion.html"
    form_class = forms.CriterionForm
    title = gettext_lazy("Nuovo criterio")

    def back(self) -> str:
        return address(self.version, "scheme_area", self.area.code)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(area=self.area, measures=forms.MEASURES, **kwargs)

    def act(self, form: Any) -> str:
        services.put_criterion(
            **self.told, seen=form.cleaned_data["row_version"], area=self.area.code, criterion=form.criterion, instead_of=self.replaces
        )
        return self.back()

    @property
    def replaces(self) -> str:
        return ""


class EditCriterion(NewCriterion):
    @property
    def title(self) -> str:  # type: ignore[override]
        return self.criterion.name

    @property
    def replaces(self) -> str:
        return self.criterion.code

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "criterion": self.criterion}


class PartAction(OfScheme, Action):
    """A button on an area, or on a criterion of it: the page it stands on is the way back."""

    permission = Permission.DECIDE_CERTIFICATES

    @property
    def told(self) -> dict[str, Any]:
        seen = self.request.POST.get("row_version", "")
        return {
            "version": self.draft,
            "seen": int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            "area": self.area.code,
            "criterion": self.criterion.code if "criterion" in self.kwargs else "",
            "by": self.access,
        }

    def back(self) -> str:
        if "criterion" in self.kwargs:
            return address(self.version, "scheme_area", self.kwargs["area"])
        return address(self.version)


class Move(PartAction):
    def act(self) -> str:
        services.move(**self.told, up=self.request.POST.get("way") == "up")
        return self.back()


class Remove(PartAction):
    def act(self) -> str:
        services.remove(**self.told)
        messages.success(self.request, _("Tolto. Se è stato uno sbaglio, riscrivilo o ricomincia da una versione pubblicata."))
        return self.back()


class Discard(OfScheme, Action):
    permission = Permission.DECIDE_CERTIFICATES

    def back(self) -> str:
        return address(self.version)

    def act(self) -> str:
        services.discard_draft(version=self.version, by=self.access)
        messages.success(self.request, _("Bozza buttata."))
        return reverse("certification:schemes")


class AskToPublish(OfScheme, Action):
    permission = Permission.DECIDE_CERTIFICATES

    def back(self) -> str:
        return address(self.version)

    def act(self) -> str:
        services.ask_to_publish(version=self.version, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Chiesto agli altri coordinatori della rete."))
        return self.back()


class Publish(OfScheme, ServiceForm):
    """What changes from today, and the button."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/schemes/publish.html"
    form_class = forms.Publish

    def get_form_kwargs(self) -> dict[str, Any]:
        own = self.draft.edited_by_id == self.access.actor_id
        return {**super().get_form_kwargs(), "own": own, "initial": {"row_version": self.draft.row_version}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            row=self.version,
            problems=selectors.problems_of(self.version, today),
            in_force=selectors.scheme_in_force(self.access, today),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = services.publish_scheme(
            version=self.version,
            seen=data["row_version"],
            by=self.access,
            today=timezone.localdate(),
            act=data["act"],
            act_file=data.get("act_file"),
        )
        say_done(self.request, _("Pubblicato: da oggi le nuove domande si guardano con questo schema."))
        return address(row)


class ActFile(OfScheme, Guarded):
    """The copy of the act that was the second key."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return serve_upload(selectors.act_for(self.version), by=self.access)
