"""Legal training for everybody's tests, made through the services."""

from datetime import date, time, timedelta
from typing import Any

from companies.hosts.models import CompanyTutor
from companies.training import services
from companies.training.models import Course, Edition, Enrolment
from impresasolidale.accounts.access import Access


def make_course(access: Access, **values: Any) -> Course:
    return services.add_course(by=access, **{"title": "Tutor in impresa", "minutes": 480, "topics": "Ascolto e compiti", **values})


def make_edition(access: Access, *, on: date, course: Course | None = None, seats: int = 10, meetings: int = 2) -> Edition:
    """An edition whose last meeting is `on`; the meetings are a week apart and of equal length."""
    course = course or make_course(access)
    days = [on - timedelta(weeks=n) for n in reversed(range(meetings))]
    return services.plan_edition(
        course=course,
        place="Sala di via Prova 1, Sondrio",
        seats=seats,
        trainer="Nora Prova",
        meetings=[services.Meeting(day, time(9), course.minutes // meetings) for day in days],
        by=access,
    )


def train(access: Access, tutor: CompanyTutor, on: date, *, minutes: int | None = None, course: Course | None = None) -> Enrolment:
    """The tutor completes a basic course on a day (or follows `minutes` of it; 0 is absent)."""
    edition = make_edition(access, on=on, course=course, meetings=1)
    enrolment = services.enrol_tutor(edition=edition, tutor=tutor, by=access)
    followed = edition.course.minutes if minutes is None else minutes
    return services.record_attendance(
        edition=edition, row_version=edition.row_version, minutes={enrolment.pk: followed}, by=access, today=on
    )[0]
