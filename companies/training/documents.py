"""What a certificate of attendance says, frozen."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Enrolment, Session

CERTIFICATE = "training.attendance_certificate"
CERTIFICATE_LABEL = _("Attestato di frequenza")
CERTIFICATE_TEMPLATE = "training/pdf/attendance_v1.html"


def certificate_context(enrolment: Enrolment, sessions: Iterable[Session]) -> dict[str, Any]:
    """Plain JSON values; dates are ISO text, durations whole minutes."""
    edition = enrolment.edition
    return {
        "body_name": edition.network.name,
        "tutor": str(enrolment.tutor),
        "person_last_name": enrolment.tutor.last_name,  # asked by the public page, not printed
        "course": edition.course.title,
        "topics": edition.course.topics,
        "is_basic": edition.course.is_basic,
        "course_minutes": edition.course.minutes,
        "minutes": enrolment.minutes,
        "completed_on": enrolment.completed_on.isoformat() if enrolment.completed_on else "",
        "place": edition.place,
        "trainer": edition.trainer,
        "sessions": [{"on": s.on.isoformat(), "starts_at": f"{s.starts_at:%H:%M}", "minutes": s.minutes} for s in sessions],
    }
