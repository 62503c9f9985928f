"""«Voglio parlare con qualcuno»: the person's page behind the code of her papers, and the office's pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import guesses
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.views import Action, Page, SeeOther, ServiceForm, say_done
from placements.agreements.enums import PlacementState
from placements.agreements.views import OfPlacement
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.views import AsksReason

from ..forms.accidents import ReasonForm
from ..forms.talk import AnswerForm, AskForm, NoteTalkForm, TalkFilters
from ..models import Talk
from ..selectors import talk as selectors
from ..services import talk as services
from ..talk_enums import TalkAsker, TalkReason, TalkSource, TalkStep

PLACE = "talk codes"  # whose wrong guesses are counted together
TOLD = "talk_told"  # in the session: the code somebody has just asked with, for the page that thanks


# --- The person


class Asks(FormView):
    """One big button, and what may be said beside it. A page of it says who asks (`way_in`), for which placement, and where it thanks."""

    template_name = "monitoring/talk/ask.html"
    form_class = AskForm
    source: TalkSource
    asker = TalkAsker.PERSON

    def way_in(self) -> tuple[Access, int]:
        """Who asks, and for which placement."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        access, placement_id = self.way_in()
        placement = selectors.placement_behind(access, placement_id)
        phone = selectors.office_phone(access, placement)
        return super().get_context_data(reasons=TalkReason, phone=phone, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: Any) -> HttpResponse:
        access, placement_id = self.way_in()
        try:
            services.ask_to_talk(
                placement=selectors.placement_behind(access, placement_id),
                source=self.source,
                asker=self.asker,
                by=access,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except DomainError as error:
            form.add_domain_error(error)
            return self.form_invalid(form)
        return SeeOther(self.thanks_url())

    def thanks_url(self) -> str:
        raise NotImplementedError


@method_decorator(login_not_required, name="dispatch")
class ByCode(Asks):
    """Behind the drawing on her papers. It shows no name, and not whether anybody asked before."""

    source = TalkSource.PAPER

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": timezone.now()}
        if not guesses.may_guess(**guess):
            response: Any = render(request, "monitoring/talk/wait.html", status=429)
        elif (door := selectors.door_of(kwargs["code"])) is None:
            response = render(request, "monitoring/talk/gone.html", status=404)
        else:
            guesses.forgive(**guess)
            self.door = door
            response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def way_in(self) -> tuple[Access, int]:
        return self.door.access, self.door.placement_id

    def thanks_url(self) -> str:
        self.request.session[TOLD] = True
        return reverse("talk:told", args=[self.kwargs["code"]])


@method_decorator(login_not_required, name="dispatch")
class Told(TemplateView):
    """Thanks: who will call, and when at the latest is theirs to keep."""

    template_name = "monitoring/talk/told.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.session.pop(TOLD, False):
            return SeeOther(reverse("talk:ask", args=[kwargs["code"]]))
        response = self.render_to_response(self.get_context_data(back_url="", **kwargs))
        response["Cache-Control"] = "no-store"
        return response


# --- The office


class List(Page):
    permission = Permission.FOLLOW_TALKS
    template_name = "monitoring/talk/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = TalkFilters(self.request.GET or None), timezone.localdate()
        wanted = form.wanted()
        page = selectors.talks_page(self.access, self.request.GET, today=today, **wanted)
        return super().get_context_data(
            form=form, rows=page.rows, filtered=any(wanted.values()), today=today, **page.urls(self.request.GET), **kwargs
        )


class Note(OfPlacement, ServiceForm):
    """She called, or said it to somebody: whoever answers the telephone writes it down, and the service is told."""

    permission = Permission.NOTE_TALKS
    template_name = "monitoring/talk/note.html"
    form_class = NoteTalkForm

    def act(self, form: Any) -> str:
        services.ask_to_talk(placement=self.placement, source=TalkSource.PHONE, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Scritto: chi la segue è avvisato adesso, e la richiama."))
        return self.detail_url


class _OfTalk(AsksReason):
    """`self.talk` is the one of the URL; of a person the user does not follow, a reason is asked first."""

    kwargs: dict[str, Any]
    access: Any
    came_by_task = True

    def who(self) -> Beneficiary:
        return self.talk.placement.beneficiary

    def back_after(self, person_id: Any) -> str:
        return reverse("monitoring:talk", args=[self.kwargs["public_id"]])

    @cached_property
    def talk(self) -> Talk:
        return selectors.talk_for(self.access, self.kwargs["public_id"], today=timezone.localdate())

    @property
    def detail_url(self) -> str:
        return reverse("monitoring:talk", args=[self.kwargs["public_id"]])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            **{"talk": self.talk, "placement": self.talk.placement, "back_url": self.detail_url, **kwargs}
        )


class Detail(_OfTalk, Page):
    permission = Permission.FOLLOW_TALKS
    template_name = "monitoring/talk/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        talk, today = self.talk, timezone.localdate()
        return super().get_context_data(
            is_late=talk.waits and talk.due_on < today,
            may_suspend=talk.waits and talk.placement.state == PlacementState.ACTIVE and not talk.suspended_on,
            has_next_step=talk.next_step != TalkStep.NONE and not talk.waits,
            **kwargs,
        )


class _Act(_OfTalk, Action):
    permission = Permission.FOLLOW_TALKS

    def back(self) -> str:
        return self.detail_url


class Take(_Act):
    def act(self) -> str:
        services.take_talk(talk=self.talk, by=self.access)
        messages.success(self.request, _("Te ne occupi tu: adesso chiama."))
        return self.detail_url


class NextDone(_Act):
    def act(self) -> str:
        services.finish_next_step(talk=self.talk, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Segnato come fatto."))
        return self.detail_url


class Answer(_OfTalk, ServiceForm):
    permission = Permission.FOLLOW_TALKS
    template_name = "monitoring/talk/answer.html"
    form_class = AnswerForm

    def get_initial(self) -> dict[str, Any]:
        return {"answered_on": timezone.localdate(), "row_version": self.talk.row_version}

    def act(self, form: Any) -> str:
        services.answer_talk(talk=self.talk, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("La risposta è scritta."))
        return self.detail_url


class Suspend(_OfTalk, ServiceForm):
    """One page that says what happens, one button."""

    permission = Permission.FOLLOW_TALKS
    template_name = "monitoring/talk/suspend.html"
    form_class = Form

    def act(self, form: Any) -> str:
        talk = services.suspend_for_talk(talk=self.talk, by=self.access, today=timezone.localdate())
        if talk.suspended_on == timezone.localdate():
            messages.success(self.request, _("Il tirocinio è sospeso da oggi. L’impresa vede solo «sospeso»."))
        else:
            messages.success(
                self.request, _("Oggi la presenza è già segnata: il tirocinio è sospeso da domani. L’impresa vede solo «sospeso».")
            )
        return self.detail_url


class Reopen(_OfTalk, ServiceForm):
    permission = Permission.FOLLOW_TALKS
    template_name = "confirm.html"
    form_class = ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Riapri la richiesta"),
            text=str(self.talk.placement.beneficiary),
            action=_("Riapri la richiesta"),
            consequences=[_("Torna fra le cose da fare, con un giorno entro cui rispondere.")],
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.reopen_talk(talk=self.talk, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La richiesta è di nuovo aperta."))
        return self.detail_url
