"""The area of the person: one page for her, or for all the people somebody represents. To read, to answer an evaluation of her own, and
to ask to be called; every opening is a look.

Who comes in has no user: a digital identity said a codice fiscale, its keyed hash is in the session, and each request asks the database
anew whose records that opens (docs/adr/0021).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.identity import identity_of, is_connected, start_of_door
from impresasolidale.core import audit
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Look
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, serve_document
from impresasolidale.territory.selectors import offices_of
from placements.agreements.enums import RUNNING
from placements.agreements.models import Placement
from placements.agreements.papers import easy
from placements.agreements.selectors import refuse_protected
from placements.attendance.easy_folder import callers
from placements.attendance.models import PlannedSession
from placements.beneficiaries.models import Beneficiary
from placements.monitoring.evaluation_enums import Given
from placements.monitoring.selectors import talk as talks
from placements.monitoring.selectors.evaluations import Waiting, in_area, waiting_for_person
from placements.monitoring.services.talk import MAY_ASK
from placements.monitoring.talk_enums import TalkAsker, TalkSource
from placements.monitoring.views.own_evaluation import Finish, Hear, Question, Start
from placements.monitoring.views.talk import Asks

SESSION = "area"  # whose area this browser opened: {"code": hash, "at": moment}
GOOD_FOR = timedelta(minutes=30)  # since the last page
AHEAD = timedelta(days=14)  # of the calendar


_DOOR = "SELECT network_id, ambito_id, beneficiary_id, representative_id FROM beneficiaries_area_door(%s, %s)"


@dataclass(frozen=True)
class Door:
    """What a codice fiscale opens: an Access, who of its people is only represented, the placement each paper is of, and whose each copy of
    the own data is, which is about no placement alone."""

    access: Access
    represented: frozenset[int]
    paper_of: Mapping[int, int]
    copy_of: Mapping[int, int]


def door_of(code_hash: str, today: date) -> Door | None:
    """The records of a person and of who she represents today; None for a stranger. Two queries, of one network."""
    with connection.cursor() as cursor:
        cursor.execute(_DOOR, [code_hash, today])
        found = cursor.fetchall()
    if not found:
        return None
    network_id = found[0][0]
    rows = [row for row in found if row[0] == network_id]
    own = {person for _n, _a, person, representative in rows if representative is None}
    whose: dict[str, Any] = {
        "network_id": network_id,
        "ambiti": frozenset(row[1] for row in rows),
        "beneficiaries": frozenset(row[2] for row in rows),
    }
    with scope(Access.in_area(**whose).scope), connection.cursor() as cursor:
        cursor.execute("SELECT placement_id, company_id, document_id FROM attendance_area()")
        reached = cursor.fetchall()
        cursor.execute("SELECT document_id, beneficiary_id, is_own FROM privacy_area()")
        copies = {paper: person for paper, person, is_own in cursor.fetchall() if person in own or not is_own}
        asked, told = in_area(own)
    placements = frozenset(row[0] for row in reached)
    paper_of = {row[2]: row[0] for row in reached if row[2]}
    paper_of |= {paper: placement for paper, placement in told.items() if placement in placements}
    access = Access.in_area(
        **whose,
        placements=placements,
        companies=frozenset(row[1] for row in reached),
        papers=frozenset({*paper_of, *copies}),
        evaluations=asked,
    )
    return Door(access, frozenset(whose["beneficiaries"] - own), paper_of, copies)


@dataclass
class Part:
    """One person of the page, with the placement that runs (else the last one), in easy words."""

    name: str
    is_mine: bool
    placement: Placement | None = None
    parts: list[dict[str, Any]] = field(default_factory=list)
    days: list[PlannedSession] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)
    call: list[str] = field(default_factory=list)
    may_ask: bool = False  # to be called by the service
    is_waiting: bool = False  # she asked, and nobody has answered yet
    waiting: Waiting | None = None  # what she is asked, and told, of her placements


def parts_of(door: Door, today: date) -> list[Part]:
    """Everybody of the page, oneself first. The look is logged."""
    access = door.access
    people = list(Beneficiary.objects.filter(pk__in=access.beneficiaries or ()).order_by("search_key", "id"))
    people.sort(key=lambda person: person.pk in door.represented)
    placements = Placement.objects.filter(pk__in=access.placements or ()).select_related(
        "ambito", "beneficiary", "company", "site__comune", "company_tutor", "promoter_tutor", "rulebook"
    )
    last: dict[int, Placement] = {}
    whose: dict[int, int] = {}
    for row in placements.order_by("starts_on", "id"):
        whose[row.pk] = row.beneficiary_id
        before = last.get(row.beneficiary_id)
        if before is None or before.state not in RUNNING:
            last[row.beneficiary_id] = row
    cards = offices_of(row.ambito for row in last.values())
    papers = list(Document.objects.filter(pk__in=access.papers).order_by("-issued_on", "-id"))
    planned = PlannedSession.objects.filter(placement__in=last.values(), day__range=(today, today + AHEAD)).order_by("day")
    days = list(planned)
    asked = talks.waiting_for(access)
    questions = waiting_for_person(access) if access.evaluations else Waiting([], [])
    found = []
    for person in people:
        placement = last.get(person.pk)
        part = Part(f"{person.first_name} {person.last_name}", person.pk not in door.represented, placement)
        if placement:
            told = easy.pact_parts(placement)
            part.parts = [row for row in told if row["lines"] and row["picture"] not in ("pen", "shield", "phone")]
            part.days = [row for row in days if row.placement_id == placement.pk]
            part.may_ask, part.is_waiting = placement.state in MAY_ASK, placement.pk in asked
            part.call = [line for line in callers(placement, cards[placement.ambito_id]) if line]
        part.waiting = questions.of(person.pk)
        part.papers = [paper for paper in papers if _whose(door, paper, whose) == person.pk]
        found.append(part)
    audit.look(Look.Kind.DETAIL, people, by=access, place="area:mine")
    return found


def person_of(door: Door, paper: Document) -> Beneficiary:
    """The person that one of the papers is of."""
    placements = dict(Placement.objects.filter(pk=door.paper_of.get(paper.pk, 0)).values_list("pk", "beneficiary_id"))
    return Beneficiary.objects.get(pk=_whose(door, paper, placements))


def _whose(door: Door, paper: Document, placements: Mapping[int, int]) -> int:
    """The person that a paper of the page is of."""
    return door.copy_of[paper.pk] if paper.pk in door.copy_of else placements[door.paper_of[paper.pk]]


# --- Views


@method_decorator(login_not_required, name="dispatch")
class Enter(View):
    """The one address behind the body's own sign-in. It leaves the hash of the code in the session, and nothing else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        request.access = None  # type: ignore[attr-defined]
        today = timezone.localdate()
        try:
            identity = identity_of(request, today=today)
        except DomainError as error:
            return closed(request, str(error.words), 403)
        if identity is None and (start := start_of_door()):
            return SeeOther(reverse(start))
        if identity is None:
            return closed(request, "", 404 if is_connected() else 200)
        if door_of(identity.code_hash, today) is None:
            return closed(request, "unknown", 404)
        request.session.cycle_key()
        request.session[SESSION] = {"code": identity.code_hash, "at": timezone.now().isoformat()}
        return SeeOther(reverse("area:mine"))


def closed(request: HttpRequest, words: str, status: int) -> HttpResponse:
    """Nobody is in: how one comes in, or why not."""
    response = render(request, "desk/area_closed.html", {"words": words, "is_connected": is_connected()}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@method_decorator(login_not_required, name="dispatch")
class Inside(Guarded):
    """A page of the area: `self.door` is what the identity opens, looked up anew; the page is read in its scope alone."""

    door: Door
    shut = 404  # what a page without anybody inside answers

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.access = None  # type: ignore[attr-defined]
        held, now = request.session.get(SESSION), timezone.now()
        found = None
        if held is not None and datetime.fromisoformat(held["at"]) > now - GOOD_FOR:
            found = door_of(held["code"], timezone.localdate())
        if held is None or found is None:
            request.session.pop(SESSION, None)
            return closed(request, "", self.shut)
        self.door = found
        request.session[SESSION] = {**held, "at": now.isoformat()}
        with audit.scoped(found.access.scope):
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        response["Cache-Control"] = "no-store"
        return response


class Mine(Inside, Page):
    """The page."""

    template_name = "desk/area.html"
    shut = 200

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(people=parts_of(self.door, today), today=today, **kwargs)


class Paper(Inside):
    """The file of one of the papers that are for this person, or for who represents her: to her alone where it says an address that was
    protected since."""

    def get(self, request: HttpRequest, public_id: UUID) -> FileResponse:
        paper = get_object_or_404(Document.objects.filter(pk__in=self.door.access.papers), public_id=public_id)
        person = person_of(self.door, paper)
        if person.pk in self.door.represented:
            refuse_protected(paper, person)
        return serve_document(paper, by=self.door.access)


class AskToTalk(Inside, Asks):
    """«Voglio parlare con qualcuno»: for oneself, or for somebody one represents."""

    source = TalkSource.AREA

    @cached_property
    def placement(self) -> Placement:
        rows = Placement.objects.filter(pk__in=self.door.access.placements or ())
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    @property
    def asker(self) -> TalkAsker:  # type: ignore[override]
        is_represented = self.placement.beneficiary_id in self.door.represented
        return TalkAsker.REPRESENTATIVE if is_represented else TalkAsker.PERSON

    def way_in(self) -> tuple[Access, int]:
        return self.door.access, self.placement.pk

    def thanks_url(self) -> str:
        return reverse("area:told")


class Told(Inside, Page):
    shut = 200
    template_name = "monitoring/talk/told.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_url=reverse("area:mine"), **kwargs)


class Answering(Inside):
    """The person's own pages of an evaluation, opened from here: who comes in may answer what she is asked, and say what she thinks."""

    place = "area:evaluation_"
    how = Given.ONLINE

    @property
    def holder(self) -> Access:
        return self.door.access


class EvaluationStart(Answering, Start):
    pass


class EvaluationQuestion(Answering, Question):
    pass


class EvaluationFinish(Answering, Finish):
    pass


class EvaluationTold(Answering, Hear):
    pass


@method_decorator(login_not_required, name="dispatch")
class Leave(Action):
    """The browser forgets."""

    def act(self) -> str:
        self.request.session.pop(SESSION, None)
        return reverse("area:mine")
