"""Words and locks that the services share."""

from collections.abc import Iterable
from datetime import date, time

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import enqueue

from ..models import Edition, Session
from ..rules import Meeting


def judge_again(tutors: Iterable[int], *, by: Access) -> None:
    """The start lights, in every Ambito, of who is entrusted to these: they ask whether the tutor is trained."""
    if ids := list(tutors):
        system = Access.system(network_id=by.network_id, ambito_id=None, reason="training of tutors")
        enqueue("agreements.refresh_all", by=system, company_tutor__in=ids)


def day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def at(on: date, starts_at: time) -> str:
    return _("%(day)s alle %(at)s") % {"day": day(on), "at": f"{starts_at:%H:%M}"}


def locked(edition: Edition) -> Edition:
    """The edition, locked: seats, waiting list and attendance change one at a time."""
    return Edition.objects.select_for_update(of=("self",), no_key=True).select_related("course", "network").get(pk=edition.pk)


def meetings(edition: Edition) -> list[Meeting]:
    return [s.meeting for s in Session.objects.filter(edition=edition).order_by("on", "starts_at")]
