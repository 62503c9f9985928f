"""Stories: written, read to the person, published by another, taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, ServiceForm, say_done

from ..forms import publications as forms
from ..models import Story
from ..selectors import stories as selectors
from ..services import stories as services
from ..transitions import STORY


class Stories(Page):
    template_name = "solidarity_fund/stories.html"
    permission = Permission.TELL_STORIES

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.stories_page(self.access, self.request.GET)
        return super().get_context_data(stories=page.rows, pager=page.urls(self.request.GET), **kwargs)


class _OfStory(Guarded):
    permission = Permission.TELL_STORIES

    def find(self) -> Story:
        return selectors.story_for(self.access, self.kwargs["public_id"])

    def here(self) -> str:
        return reverse("solidarity_fund:story", args=[self.kwargs["public_id"]])


class StoryPage(_OfStory, Page):
    template_name = "solidarity_fund/story.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.find(), timezone.localdate()
        steps = {step.name for step in STORY.available(row.state, self.access)}
        has_consent = selectors.consent_to_tell(row.placement, on=today) is not None
        return super().get_context_data(row=row, steps=steps, has_consent=has_consent, **kwargs)


class NewStory(ServiceForm):
    template_name = "solidarity_fund/story_form.html"
    form_class = forms.StoryForm
    permission = Permission.TELL_STORIES

    def get_form_kwargs(self) -> dict[str, Any]:
        self.placements = selectors.placements_to_tell(self.access)
        choices = [(str(p.public_id), f"{p.beneficiary} · {p.company}") for p in self.placements]
        return {**super().get_form_kwargs(), "placements": choices, "current_version": 0}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        placement = next(p for p in self.placements if str(p.public_id) == data["placement"])
        row = services.write_story(placement=placement, values=data, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La storia è scritta. Adesso la legge la persona."))
        return reverse("solidarity_fund:story", args=[row.public_id])


class EditStory(_OfStory, ServiceForm):
    template_name = "solidarity_fund/story_form.html"
    form_class = forms.StoryForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if self.row.state in (Story.State.DRAFT, Story.State.AGREED) else SeeOther(self.here())

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = self.find()
        return {**super().get_form_kwargs(), "story": self.row, "current_version": self.row.row_version}

    def get_initial(self) -> dict[str, Any]:
        row = self.find()
        return {name: getattr(row, name) for name in services.FIELDS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "row": self.row}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.rewrite_story(story=self.row, values=data, seen=data["row_version"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Le parole sono cambiate: la persona le legge di nuovo."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class _StoryStep(_OfStory, ServiceForm):
    template_name = "solidarity_fund/story_step.html"
    step: str

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        return response if self.row.state in STORY[self.step].sources else SeeOther(self.here())

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = self.find()
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "row": self.row, "step": self.step, "is_own": self.access.actor_id in self.row.authors}


class ReadStory(_StoryStep):
    form_class = forms.ReadForm
    step = "agreed"

    def get_initial(self) -> dict[str, Any]:
        return {"read_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.record_reading(story=self.row, read_on=form.cleaned_data["read_on"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Segnato: adesso un'altra persona può pubblicarla."))
        return self.here()


class PublishStory(_StoryStep):
    form_class: Any = forms.PublishForm
    permission = Permission.PUBLISH_STORIES
    step = "published"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "today": timezone.localdate(), "current_version": self.row.row_version}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.publish_story(story=self.row, seen=data["row_version"], act=data["act"], by=self.access)
        say_done(self.request, _("La storia è nella pagina pubblica."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class WithdrawStory(_OfStory, Action):
    def act(self) -> str:
        services.withdraw_story(story=self.find(), by=self.access)
        messages.success(self.request, _("La storia è ritirata: da adesso nessuno la legge più."))
        return self.here()

    def back(self) -> str:
        return self.here()
