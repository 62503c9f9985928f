"""Courses and what tutors followed, made through the services. All names are invented."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from companies.hosts.models import CompanyTutor
from companies.training import services
from companies.training.models import Course, Edition, Enrolment, Session
from impresasolidale.accounts.access import Access


def make_course(access: Access, **values: Any) -> Course:
    return services.add_course(by=access, **{"title": "Tutor in impresa", "minutes": 480, "topics": "Ascolto e compiti", **values})


def make_edition(
    access: Access, *, on: date, course: Course | None = None, seats: int = 10, meetings: int = 2, starts_at: time = time(9)
) -> Edition:
    """An edition whose last meeting is `on`; the meetings are a week apart and of equal length."""
    course = course or make_course(access)
    days = [on - timedelta(weeks=n) for n in reversed(range(meetings))]
    return services.plan_edition(
        course=course,
        place="Sala di via Prova 1, Sondrio",
        seats=seats,
        trainer="Nora Prova",
        meetings=[services.Meeting(day, starts_at, course.minutes // meetings) for day in days],
        by=access,
    )


def at(on: date, hour: int = 12, minute: int = 0) -> datetime:
    """That local hour of a day."""
    return timezone.make_aware(datetime.combine(on, time(hour, minute)))


def record_all(access: Access, edition: Edition, minutes: dict[int, int]) -> None:
    """Spread what each enrolment followed over the meetings, the first ones full."""
    for session in Session.objects.filter(edition=edition).order_by("on", "starts_at"):
        part = {pk: min(left, session.minutes) for pk, left in minutes.items()}
        minutes = {pk: left - part[pk] for pk, left in minutes.items()}
        services.record_session(session=session, minutes=part, by=access, now=at(session.on, 18))


def close(access: Access, edition: Edition, minutes: dict[int, int], *, today: date) -> list[Enrolment]:
    """Record every meeting and close the edition."""
    record_all(access, edition, minutes)
    edition.refresh_from_db()
    return services.close_edition(edition=edition, row_version=edition.row_version, by=access, today=today)


def train(access: Access, tutor: CompanyTutor, on: date, *, minutes: int | None = None, course: Course | None = None) -> Enrolment:
    """The tutor completes an initial course on a day (or follows `minutes` of it; 0 is absent)."""
    edition = make_edition(access, on=on, course=course, meetings=1)
    enrolment = services.enrol_tutor(edition=edition, tutor=tutor, by=access, now=at(on, 8))
    followed = edition.course.minutes if minutes is None else minutes
    return close(access, edition, {enrolment.pk: followed}, today=on)[0]
