"""Courses of a period and how the tutors stand at its end."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, Sum

from companies.hosts.selectors import tutors_for_choice
from companies.training.enums import EnrolmentState
from companies.training.models import Edition, Enrolment
from companies.training.selectors.people import books
from impresasolidale.accounts.access import Access
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement


@dataclass(frozen=True)
class EditionRow:
    """An edition whose last meeting was in the period."""

    title: str
    kind: str
    first_on: date
    last_on: date
    minutes: int  # of the course
    enrolled: int
    attended: int
    certified: int
    followed: int  # minutes that all took part in, together


@dataclass(frozen=True)
class TutorRow:
    """A tutor with somebody entrusted at the end of the period."""

    name: str
    company: str
    people: int
    minutes: int
    trained_on: date | None
    due_on: date | None
    is_due: bool


@dataclass(frozen=True)
class Tutors:
    working: int
    trained: int
    to_train: int
    to_refresh: int
    entrusted: list[TutorRow]


def editions(access: Access, first: date, last: date) -> list[EditionRow]:
    """Two queries."""
    held = (
        Edition.objects.filter(network_id=access.network_id)
        .annotate(first_on=Min("sessions__on"), last_on=Max("sessions__on"))
        .filter(last_on__range=(first, last))
        .order_by("first_on", "pk")
        .values_list("pk", "course__title", "course__kind", "first_on", "last_on", "course__minutes")
    )
    found = list(held)
    seats = [EnrolmentState.ENROLLED, EnrolmentState.ATTENDED]
    counted = {
        pk: counts
        for pk, *counts in Enrolment.objects.filter(network_id=access.network_id, edition__in=[row[0] for row in found])
        .order_by()
        .values("edition")
        .annotate(
            enrolled=Count("pk", filter=Q(state__in=seats)),
            attended=Count("pk", filter=Q(state=EnrolmentState.ATTENDED)),
            certified=Count("certified_on"),
            followed=Sum("minutes"),
        )
        .values_list("edition", "enrolled", "attended", "certified", "followed")
    }
    return [EditionRow(*row, *counted.get(pk, [0, 0, 0, 0])) for pk, *row in found]


def tutors(access: Access, on: date) -> Tutors:
    """Those who work somewhere on a day, and those of them to whom the Ambito has entrusted somebody. Five queries."""
    rules = common_rules(access.network_id, on)
    there = Placement.objects.filter(ambito_id=access.ambito_id, state__in=HOSTED, starts_on__lte=on, company_tutor__isnull=False)
    there = there.filter(Q(ended_on=None) | Q(ended_on__gte=on))
    entrusted = list(
        there.order_by("company_tutor__last_name", "company_tutor__first_name", "company_tutor_id", "company__name")
        .values("company_tutor_id", "company_tutor__last_name", "company_tutor__first_name", "company__name")
        .annotate(people=Count("beneficiary_id", distinct=True))
        .values_list("company_tutor_id", "company_tutor__last_name", "company_tutor__first_name", "company__name", "people")
    )
    working = set(tutors_for_choice(access, on).order_by().values_list("pk", flat=True)) | {row[0] for row in entrusted}
    held = books(access, sorted(working), on, rules)
    trained = [book for book in held.values() if book.trained_on]
    rows = [
        TutorRow(f"{last} {first}", company, people, held[pk].total, held[pk].trained_on, held[pk].due_on, held[pk].is_due(on))
        for pk, last, first, company, people in entrusted
    ]
    return Tutors(len(held), len(trained), len(held) - len(trained), sum(book.is_due(on) for book in trained), rows)
