"""Reports that were ordered, and the calendar of those that come by themselves."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Job
from impresasolidale.territory.models import Comune
from placements.agreements.issuing_selectors import funding_sources

from .definitions import BY_CODE, is_open_to, open_to
from .models import OpenDataRelease, ReportCalendar, ReportRun, SplitKey


def _reports(access: Access) -> QuerySet[ReportRun]:
    """Those of the active Ambito and of its network; a job and its page live apart."""
    owned = Q(network_id=access.network_id) | Q(ambito_id=access.ambito_id) if access.ambito_id else Q(network_id=access.network_id)
    return ReportRun.objects.filter(owned).select_related("job", "document", "ambito", "network", "comune", "created_by")


def reports(access: Access, query: QueryDict, *, kind: str = "", year: int | None = None, state: str = "") -> Slice:
    """The reports of the kinds that are open to somebody, newest first."""
    rows = _reports(access).filter(kind__in=[d.code for d in open_to(access)]).defer("tables")
    if access.comuni is not None:
        rows = rows.filter(Q(comune__in=access.comuni))
    if kind:
        rows = rows.filter(kind=kind)
    if year:
        rows = rows.filter(period_from__year__lte=year, period_to__year__gte=year)
    if state:
        rows = rows.filter(document__isnull=False) if state == Job.State.DONE else rows.filter(document=None, job__state=state)
    return page_of(rows, query, order=("-id",))


def report_for(access: Access, public_id: UUID) -> ReportRun:
    """One report: 404 for another owner's, 403 for a kind or a comune that is not open to who asks."""
    report: ReportRun = get_object_or_404(_reports(access), public_id=public_id)
    definition = BY_CODE.get(report.kind)
    if definition is None or not is_open_to(definition, access) or not reaches(access, report.comune_id):
        raise PermissionDenied(_("Il tuo ruolo non comprende questo rapporto."))
    return report


def reaches(access: Access, comune_id: int | None) -> bool:
    """Whether what is about a comune (or about none) is open to a membership that may be limited to some."""
    return access.comuni is None or comune_id is None or comune_id in access.comuni


def comuni_of(access: Access) -> QuerySet[Comune]:
    """The comuni of the Ambito that somebody may ask a sheet of, by name."""
    rows = Comune.objects.filter(ambito=access.ambito_id, abolished_on=None).order_by("name")
    return rows if access.comuni is None else rows.filter(pk__in=access.comuni)


def sources_of(access: Access) -> list[tuple[str, str]]:
    """(code, words) of the funders that placements may name."""
    return funding_sources(access)


def calendars(access: Access) -> list[ReportCalendar]:
    """The open calendars of the Ambito."""
    return list(ReportCalendar.objects.filter(ambito_id=access.ambito_id, ended_on=None).select_related("comune").order_by("kind", "id"))


def calendar_for(access: Access, public_id: UUID) -> ReportCalendar:
    rows: Any = ReportCalendar.objects.filter(ambito_id=access.ambito_id, ended_on=None)
    return get_object_or_404(rows, public_id=public_id)


def split_keys(access: Access) -> list[SplitKey]:
    """The keys of the Ambito, the newest first."""
    return list(SplitKey.objects.filter(ambito_id=access.ambito_id).order_by("-valid_from"))


def latest_release(access: Access) -> OpenDataRelease | None:
    """What the network published last: everybody may read it."""
    return OpenDataRelease.objects.filter(network_id=access.network_id).order_by("-period_from").first()


def releases(access: Access) -> list[OpenDataRelease]:
    """All that was published, the newest first, without the rows."""
    return list(OpenDataRelease.objects.filter(network_id=access.network_id).order_by("-period_from").defer("rows", "figures"))


def release_of(access: Access, code: str) -> OpenDataRelease:
    """The release "2026-10". 404 for another."""
    return get_object_or_404(OpenDataRelease, network_id=access.network_id, period_from=_first_day(code))


def _first_day(code: str) -> date:
    try:
        return date.fromisoformat(f"{code}-01")
    except ValueError as error:
        raise Http404 from error
