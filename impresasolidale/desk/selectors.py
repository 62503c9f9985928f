"""Reads for the pages that show more than two rooms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import todos
from impresasolidale.core.models import Heartbeat, Job, Look, Message, Todo
from impresasolidale.territory.selectors import name_key
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from placements.beneficiaries.models import Beneficiary, CareMember
from placements.beneficiaries.selectors import in_force
from solidarity_fund.models import BenefitRequest

PAGE = 50


# How a to-do's subject leads to the person it is about; a kind not listed is about nobody.
PERSON_OF: dict[str, tuple[type[models.Model], str]] = {
    "beneficiaries.beneficiary": (Beneficiary, "pk"),
    "agreements.placement": (Placement, "beneficiary_id"),
    "attendance.timesheet": (Timesheet, "placement__beneficiary_id"),
    "solidarity_fund.benefitrequest": (BenefitRequest, "beneficiary_id"),
}


@dataclass(frozen=True)
class Inbox:
    """What waits: about the people I follow (or about nobody in particular), and about those a colleague follows."""

    mine: list[Todo]
    others: list[Todo]


def inbox(access: Access, today: date) -> Inbox:
    """What waits for the roles this user holds here, by due date; a to-do on a person goes first to who follows her."""
    rows = list(todos.open_for(access, sorted(access.roles))[:PAGE])
    person: dict[tuple[str, int], int] = {}
    for label, (model, path) in PERSON_OF.items():
        ids = [row.subject_id for row in rows if row.subject_type == label]
        if ids:
            found = model._default_manager.filter(pk__in=ids).values_list("pk", path)
            person.update({(label, pk): person_id for pk, person_id in found})
    team = CareMember.objects.filter(in_force(today), beneficiary_id__in=set(person.values())).values_list("beneficiary_id", "user_id")
    followed_by_me = {beneficiary for beneficiary, user in team if user == access.actor_id}
    followed = {beneficiary for beneficiary, _user in team}
    mine: list[Todo] = []
    others: list[Todo] = []
    for row in rows:
        about = person.get((row.subject_type, row.subject_id))
        (mine if about is None or about in followed_by_me or about not in followed else others).append(row)
    return Inbox(mine, others) if followed_by_me else Inbox(rows, [])


def my_people(access: Access, today: date) -> list[Beneficiary]:
    """The people in whose care team the user is today, with the latest placement's state (`placement_state`, `placement_label`)."""
    latest = Placement.objects.filter(beneficiary=models.OuterRef("pk")).order_by("-starts_on", "-id")
    mine = models.Q(care_team__valid_to=None) | models.Q(care_team__valid_to__gte=today)
    people: list[Any] = list(
        Beneficiary.objects.filter(mine, ambito_id=access.ambito_id, care_team__user=access.actor, merged_into=None)
        .annotate(placement_state=models.Subquery(latest.values("state")[:1]), placement_id=models.Subquery(latest.values("public_id")[:1]))
        .distinct()
        .order_by("search_key", "id")[:PAGE]
    )
    for person in people:
        person.placement_label = PlacementState(person.placement_state).label if person.placement_state else ""
    return people


@dataclass(frozen=True)
class Found:
    people: list[Beneficiary]
    companies: list[Company]


def search(access: Access, text: str) -> Found:
    """People and companies whose name resembles `text`, typos forgiven; only those the role may open."""
    key = name_key(text)
    if len(key) < 2:
        return Found([], [])
    people: list[Beneficiary] = []
    companies: list[Company] = []
    if access.may(P.SEE_PEOPLE):
        rows = Beneficiary.objects.filter(ambito_id=access.ambito_id, merged_into=None)
        if access.comuni is not None:
            rows = rows.filter(residence_id__in=access.comuni)
        people = _resembling(rows, key)
    if access.may(P.SEE_COMPANIES):
        companies = _resembling(Company.objects.filter(network_id=access.network_id, merged_into=None), key)
    return Found(people, companies)


def _resembling(rows: Any, key: str) -> list[Any]:
    from django.contrib.postgres.search import TrigramWordSimilarity

    likeness = TrigramWordSimilarity(key, "search_key")
    return list(
        rows.filter(models.Q(search_key__contains=key) | models.Q(search_key__trigram_word_similar=key))
        .annotate(likeness=likeness)
        .order_by("-likeness", "search_key")[:20]
    )


def messages_sent(access: Access) -> list[Message]:
    """The latest messages of this Ambito, for the in-app outbox."""
    return list(Message.objects.filter(ambito_id=access.ambito_id).order_by("-id")[:PAGE])


def looks(access: Access) -> list[tuple[Look, User | None]]:
    """Who looked at what lately, for the data protection officer."""
    mine = models.Q(ambito_id=access.ambito_id) | models.Q(network_id=access.network_id)
    rows = list(Look.objects.filter(mine).order_by("-id")[:200])
    names = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    return [(row, names.get(row.actor_id)) for row in rows]


@dataclass(frozen=True)
class Health:
    beats: list[Heartbeat]
    waiting: int
    failed: int


def health() -> Health:
    """Figures for the technician; no personal data."""
    counts = dict(Job.objects.filter(state__in=["queued", "running", "failed"]).values_list("state").annotate(n=models.Count("id")))
    return Health(list(Heartbeat.objects.order_by("name")), counts.get("queued", 0) + counts.get("running", 0), counts.get("failed", 0))
