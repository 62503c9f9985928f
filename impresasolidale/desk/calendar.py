"""The calendar somebody subscribes to: the meetings one goes to, under every hat."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from companies.training.selectors import sessions_for_calendar
from impresasolidale.accounts.access import hats_of
from impresasolidale.accounts.feeds import close_feed, feed_user, live_feed, open_feed
from impresasolidale.accounts.models import User
from impresasolidale.accounts.sessions import keep_secret, take_secret
from impresasolidale.core import guesses
from impresasolidale.core.icalendar import CONTENT_TYPE, Event, calendar_of
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Action, Page
from placements.matching.models import TrialVisit
from placements.matching.selectors import visits_for_calendar
from placements.monitoring.models import Visit
from placements.monitoring.selectors.visits import planned_for_calendar

PLACE = "calendar feeds"  # whose wrong guesses are counted together
VISIT = timedelta(minutes=90)  # about as long as it takes to see a place
MORNING = time(9)
BEFORE = timedelta(days=90)  # what is older is no appointment any more
SHOWN = "calendar_address"  # in the session, for the one page that shows it


def events_of(user: User, *, today: date) -> list[Event]:
    """Every meeting of training that is the user's, the trial visits and the visits due of the people they follow, once, by their
    beginning. No person is named: calendars are read over shoulders."""
    found: dict[str, Event] = {}
    for access in hats_of(user):
        with scope(access.scope):
            for session, url in sessions_for_calendar(access, since=today - BEFORE):
                starts = timezone.make_aware(session.meeting.starts)
                course, trainer = session.edition.course.title, session.edition.trainer
                found[str(session.public_id)] = Event(
                    uid=_uid(session),
                    starts=starts,
                    ends=starts + timedelta(minutes=session.minutes),
                    summary=course,
                    location=session.edition.place,
                    description=_("Corso per tutor. Lo tiene %(who)s.") % {"who": trainer} if trainer else "",
                    url=settings.BASE_URL + url,
                )
            for visit in visits_for_calendar(access, since=today - BEFORE, on=today):
                found[str(visit.public_id)] = _visit(visit)
            for due in planned_for_calendar(access, since=today - BEFORE, on=today):
                found[str(due.public_id)] = _due(due)
    return sorted(found.values(), key=lambda event: (event.starts, event.uid))


def _visit(visit: TrialVisit) -> Event:
    starts, site = timezone.make_aware(datetime.combine(visit.on, visit.starts_at)), visit.proposal.site
    return Event(
        uid=_uid(visit),
        starts=starts,
        ends=starts + VISIT,
        summary=_("Visita di prova: %(company)s") % {"company": site.company},
        location=f"{site.address}, {site.comune}",
        description="",
        url=settings.BASE_URL + reverse("matching:proposal", args=[visit.proposal.public_id]),
    )


def _due(visit: Visit) -> Event:
    """A visit by its last day, at the beginning of the morning: when exactly is agreed with the company."""
    starts, placement = timezone.make_aware(datetime.combine(visit.due_on, MORNING)), visit.placement
    return Event(
        uid=_uid(visit),
        starts=starts,
        ends=starts + VISIT,
        summary=_("Visita entro oggi: %(company)s") % {"company": placement.company},
        location=f"{placement.site.address}, {placement.site.comune}",
        url=settings.BASE_URL + reverse("monitoring:visit", args=[visit.public_id]),
    )


def _uid(row: Any) -> str:
    return f"{row.public_id}@{settings.BASE_URL.partition('://')[2]}"


@method_decorator(login_not_required, name="dispatch")
class Feed(View):
    """What a calendar program reads, by the secret in its address; wrong ones are counted."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": now}
        if guesses.is_throttled(**guess):
            return HttpResponse(status=429)
        user = feed_user(token)
        if user is None:
            guesses.record_miss(**guess)
            return HttpResponse(status=404)
        body = calendar_of(_("Impresasolidale: i miei incontri"), events_of(user, today=timezone.localdate(now)), now=now)
        response = HttpResponse(body, content_type=CONTENT_TYPE)
        response["Content-Disposition"] = 'inline; filename="impresasolidale.ics"'
        response["Cache-Control"] = "no-store"
        return response


class Calendar(Page):
    """Whether the own calendar has an address; a new one is shown once."""

    template_name = "desk/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.access.actor_id is None:
            raise Http404
        address = take_secret(self.request, SHOWN)
        return super().get_context_data(feed=live_feed(self.access), address=address, **kwargs)


class _OnFeed(Action):
    def back(self) -> str:
        return reverse("desk:calendar")


class OpenFeed(_OnFeed):
    def act(self) -> str:
        token = open_feed(by=self.access, now=timezone.now())
        keep_secret(self.request, SHOWN, settings.BASE_URL + reverse("desk:feed", args=[token]))
        return self.back()


class CloseFeed(_OnFeed):
    def act(self) -> str:
        close_feed(by=self.access, now=timezone.now())
        messages.success(self.request, _("L'indirizzo non funziona più."))
        return self.back()
