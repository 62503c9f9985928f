"""What the person says of her own day: at the poster, on the telephone the tutor hands over, by a call the office notes; her card."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from companies.hosts.models import CompanyTutor, Site
from companies.hosts.selectors import tutor_for
from impresasolidale.accounts.doors import ForTutors
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import guesses, sms
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, ServiceForm, serve_stored
from impresasolidale.territory.selectors import rules_for
from placements.agreements.models import Placement

from .. import services
from ..enums import Picture, Word, WordSource
from ..forms import LinkForm, NoteForm, PosterForm
from ..models import PortalLink
from ..selectors import placement_for, short_name, today_cards
from ..selectors import portal as selectors
from ..services import checkins, portal

PLACE = "check-in posters"  # whose wrong guesses are counted together
DONE = "here_done"  # in the session: what was said, for the page that thanks


# --- At the poster


@method_decorator(login_not_required, name="dispatch")
class Say(FormView):
    """Behind the poster's drawing: my drawing, my number, and one of four things to say. No name is asked and none is shown."""

    template_name = "attendance/here.html"
    form_class = PosterForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.now = timezone.now()
        self.code: str = kwargs["code"].upper()
        try:
            selectors.poster_door(self.code, "", timezone.localdate())
        except Http404:  # a poster nobody hung, or one that came down: she reads it in her own words
            response: Any = render(request, "attendance/here_gone.html", status=404)
        else:
            response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(pictures=Picture, words=Word, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        guess: Any = {"place": PLACE, "address": self.request.META.get("REMOTE_ADDR", ""), "code": self.code, "now": self.now}
        if not guesses.may_guess(**guess):
            return render(self.request, "attendance/here_wait.html", status=429)
        network_id = selectors.poster_door(self.code, "", timezone.localdate()).network_id
        secret = checkins.card_hash(network_id=network_id, picture=data["picture"], number=data["number"])
        here = selectors.poster_door(self.code, secret, timezone.localdate())
        if here.access is None:
            form.add_error(None, _("Il disegno e il numero non vanno insieme. Guarda la tua tessera, oppure dillo al tuo tutor."))
            return self.form_invalid(form)
        guesses.forgive(**guess)
        word = Word(data["word"])
        try:
            with scope(here.access.scope):
                said = checkins.say(
                    placement_id=here.placement_id,
                    word=word,
                    source=WordSource.POSTER,
                    submission=getattr(self.request, "submission", None),
                    by=here.access,
                    now=self.now,
                )
        except DomainError as error:
            form.add_domain_error(error)
            return self.form_invalid(form)
        self.request.session[DONE] = [str(word), f"{timezone.localtime(said.said_at):%H:%M}", data["picture"]]
        return SeeOther(reverse("here:done", args=[self.code]))


@method_decorator(login_not_required, name="dispatch")
class Done(TemplateView):
    """Thanks, with the drawing and no name."""

    template_name = "attendance/here_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        said = request.session.get(DONE)
        if not said:
            return SeeOther(reverse("here:say", args=[kwargs["code"]]))
        word, at, picture = said
        response = self.render_to_response({"word": Word(word), "at": at, "picture": Picture(picture), "code": kwargs["code"]})
        response["Cache-Control"] = "no-store"
        return response


# --- On the telephone the tutor hands over


class HandOver(ForTutors, Page):
    """Her own name, large; then one of four things to say."""

    template_name = "attendance/hand_over.html"
    permission = Permission.USE_TUTOR_PORTAL

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cards = [card for card in today_cards(self.access, timezone.localdate()) if not card.is_suspended]
        who = next((card for card in cards if str(card.placement_id) == self.request.GET.get("chi")), None)
        return super().get_context_data(cards=cards, who=who, words=Word, **kwargs)


class SayOnPhone(ForTutors, Action):
    permission = Permission.USE_TUTOR_PORTAL

    def act(self) -> str:
        try:
            checkins.say(
                public_id=self.kwargs["public_id"],
                word=asked_word(self.request),
                source=WordSource.PHONE,
                submission=getattr(self.request, "submission", None),
                by=self.access,
                now=timezone.now(),
            )
        except Placement.DoesNotExist:
            raise Http404 from None
        messages.success(self.request, _("Grazie. Ora ridai il telefono."))
        return self.back()

    def back(self) -> str:
        return reverse("attendance:hand_over")


def asked_word(request: HttpRequest) -> Word:
    """What a button said; Http404 for what no button says."""
    try:
        return Word(request.POST.get("word", ""))
    except ValueError:
        raise Http404 from None


# --- The office: a call, a card, a poster


class OfPlacement(Guarded):
    """A page about one placement of the office; a tutor's telephone has none of these."""

    permission = Permission.RECORD_ATTENDANCE

    @cached_property
    def placement(self) -> Placement:
        if self.access.placements is not None:
            raise Http404
        return placement_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return services.month_url(self.placement, timezone.localdate())


class Note(OfPlacement, ServiceForm):
    """She called: the office writes what she says of today."""

    template_name = "attendance/note.html"
    form_class = NoteForm

    def act(self, form: Any) -> str:
        checkins.say(
            public_id=self.placement.public_id,
            word=Word(form.cleaned_data["word"]),
            source=WordSource.OFFICE,
            submission=getattr(self.request, "submission", None),
            by=self.access,
            now=timezone.now(),
        )
        messages.success(self.request, _("Annotato: il tutor riceve un messaggio, chi segue la persona lo trova in «Da fare»."))
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = selectors.words_of(self.placement, timezone.localdate())
        return super().get_context_data(
            placement=self.placement, person=self.placement.beneficiary, said=said, back_url=self.back(), **kwargs
        )


class Settle(OfPlacement, Action):
    def act(self) -> str:
        checkins.settle_word(placement=self.placement, by=self.access)
        messages.success(self.request, _("Fatto: l’avviso è tolto dalle cose da fare."))
        return self.back()


class Card(OfPlacement, Page):
    """The person's card, to print: drawing, number, nothing of the service."""

    template_name = "attendance/card.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            placement=self.placement,
            person=self.placement.beneficiary,
            card=selectors.card_of(self.placement),
            site=self.placement.site,
            back_url=self.back(),
            **kwargs,
        )


class GiveCard(OfPlacement, Action):
    def act(self) -> str:
        checkins.give_card(placement=self.placement, by=self.access, now=timezone.now())
        return self.back()

    def back(self) -> str:
        return reverse("attendance:card", args=[self.placement.public_id])


class OfSite(Guarded):
    permission = Permission.INVITE_TUTORS

    @cached_property
    def site(self) -> Site:
        return selectors.site_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("attendance:poster", args=[self.site.public_id])


class Poster(OfSite, Page):
    """The poster of a place of work: make it, print it, put a new one in its place."""

    template_name = "attendance/poster.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        poster = selectors.poster_of(self.access, self.site)
        return super().get_context_data(
            site=self.site,
            company=self.site.company,
            poster=poster,
            is_pending=bool(poster and not poster.file_name),
            url=checkins.poster_url(poster.code) if poster else "",
            **kwargs,
        )


class MakePoster(OfSite, Action):
    def act(self) -> str:
        checkins.make_poster(site=self.site, by=self.access, now=timezone.now(), anew="anew" in self.request.POST)
        messages.success(self.request, _("Il cartello è quasi pronto."))
        return self.back()


class PosterFile(OfSite):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        poster = selectors.poster_of(self.access, self.site)
        if poster is None or not poster.file_name:
            raise Http404
        kind: Any = {"content_type": "application/pdf", "filename": "cartello.pdf"}
        return serve_stored(poster.file_name, poster, by=self.access, place="attendance:poster_file", **kind)


# --- The office: the tutor's personal link


class OfTutor(Guarded):
    permission = Permission.INVITE_TUTORS

    @cached_property
    def tutor(self) -> CompanyTutor:
        return tutor_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("attendance:tutor_link", args=[self.tutor.public_id])


class TutorLink(OfTutor, ServiceForm):
    """Who the link opens, the one that lives, those before; send it, end it."""

    template_name = "attendance/tutor_link.html"
    form_class = LinkForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "tutor": self.tutor, "has_sms": sms.is_available(self.access.ambito_id, timezone.localdate())}

    def act(self, form: Any) -> str:
        link = portal.send_link(
            tutor=self.tutor,
            channel=Message.Channel(form.cleaned_data["channel"]),
            by=self.access,
            now=timezone.now(),
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il collegamento è in partenza per %(where)s.") % {"where": link.address})
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.tutor_links(self.access, self.kwargs["public_id"], today=timezone.localdate(), now=timezone.now())
        people = [{"name": short_name(p.beneficiary.first_name, p.beneficiary.last_name), "placement": p} for p in found.people]
        is_on = rules_for(self.access.ambito, timezone.localdate())[1].portal_links
        return super().get_context_data(tutor=found.tutor, found=found, people=people, is_on=is_on, **kwargs)


class EndLink(OfTutor, Action):
    @cached_property
    def link(self) -> PortalLink:
        return selectors.live_link(self.access, self.kwargs["public_id"])

    def act(self) -> str:
        portal.end_link(link=self.link, by=self.access, now=timezone.now())
        messages.success(self.request, _("Il collegamento è chiuso: da adesso non apre più niente."))
        return self.back()
