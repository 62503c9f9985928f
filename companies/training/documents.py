"""What a certificate of attendance and a tutor's passport say, frozen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from impresasolidale.core.documents import verification_url

from .enums import CourseKind
from .models import Enrolment, Session

if TYPE_CHECKING:
    from .selectors.people import Passport

CERTIFICATE = "training.attendance_certificate"
CERTIFICATE_LABEL = _("Attestato di frequenza")
CERTIFICATE_TEMPLATE = "training/pdf/attendance_v1.html"
PASSPORT_LABEL = _("Libretto formativo del tutor aziendale")
PASSPORT_TEMPLATE = "training/pdf/passport_v1.html"


def certificate_context(enrolment: Enrolment, sessions: Iterable[Session]) -> dict[str, Any]:
    """Plain JSON values; dates are ISO text, durations whole minutes."""
    edition = enrolment.edition
    with override("it"):
        kind = edition.course.kind_words
    return {
        "body_name": edition.network.name,
        "tutor": str(enrolment.tutor),
        "person_last_name": enrolment.tutor.last_name,  # asked by the public page, not printed
        "course": edition.course.title,
        "topics": edition.course.topics,
        "kind": str(kind),
        "is_basic": edition.course.kind == CourseKind.INITIAL,
        "course_minutes": edition.course.minutes,
        "minutes": enrolment.minutes,
        "completed_on": enrolment.completed_on.isoformat() if enrolment.completed_on else "",
        "place": edition.place,
        "trainer": edition.trainer,
        "sessions": [{"on": s.on.isoformat(), "starts_at": f"{s.starts_at:%H:%M}", "minutes": s.minutes} for s in sessions],
    }


def passport_context(passport: "Passport") -> dict[str, Any]:
    """Plain JSON values. A course with a certificate carries its number and its public address; the QR is drawn from it."""
    book = passport.book
    with override("it"):
        rows = [
            {
                "title": row.title,
                "kind": row.kind,
                "by": row.issuer or passport.tutor.network.name,
                "minutes": row.minutes,
                "completed_on": row.completed_on.isoformat(),
                "number": row.paper.number if row.paper else "",
                "address": verification_url(row.code) if row.code else "",
                "recognised": row.recognised,
            }
            for row in passport.rows
        ]
    return {
        "body_name": passport.tutor.network.name,
        "tutor": str(passport.tutor),
        "person_last_name": passport.tutor.last_name,
        "trained_on": book.trained_on.isoformat() if book.trained_on else "",
        "due_on": book.due_on.isoformat() if book.due_on else "",
        "minutes": {"initial": book.initial, "refresher": book.refresher, "safety": book.safety, "total": book.total},
        "courses": rows,
        "engagements": [
            {"company": e.company.name, "from": e.valid_from.isoformat(), "to": e.valid_to.isoformat() if e.valid_to else ""}
            for e in passport.engagements
        ],
    }
