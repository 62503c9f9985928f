"""Words and locks that the services share."""

from datetime import date, time

from django.utils.translation import gettext as _

from ..models import Edition, Session
from ..rules import Meeting

REFRESH = "agreements.refresh_all"  # every Ambito's start lights ask whether the tutor is trained


def day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def at(on: date, starts_at: time) -> str:
    return _("%(day)s alle %(at)s") % {"day": day(on), "at": f"{starts_at:%H:%M}"}


def locked(edition: Edition) -> Edition:
    """The edition, locked: seats, waiting list and attendance change one at a time."""
    return Edition.objects.select_for_update(of=("self",), no_key=True).select_related("course", "network").get(pk=edition.pk)


def meetings(edition: Edition) -> list[Meeting]:
    return [s.meeting for s in Session.objects.filter(edition=edition).order_by("on", "starts_at")]
