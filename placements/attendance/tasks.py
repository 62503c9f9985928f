"""Jobs of attendance."""

from datetime import date
from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Ambito
from placements.agreements.models import Placement

from . import services
from .models import CheckIn, SitePoster
from .services import checkins, liquidations, portal


@job("attendance.resync", label=_("Calendario delle giornate previste"))
def resync(run: Run, *, placement_id: int, since: str = "") -> int:
    """Enqueued by agreements at validation, suspension, resumption, a new version and early end; `since`: the first day it may touch."""
    placement = Placement.objects.get(pk=placement_id)
    first = date.fromisoformat(since) if since else None
    return services.resync_planned(placement=placement, by=run.access, today=timezone.localdate(), since=first)  # type: ignore[arg-type]


@job("attendance.resync_company", label=_("Calendario di chi è in un’impresa che chiude"))
def resync_company(run: Run, *, company_id: int, since: str) -> int:
    """Enqueued by hosts when a closure is written or taken back."""
    return services.resync_company(
        company_id=company_id, since=date.fromisoformat(since), by=cast(Access, run.access), today=timezone.localdate()
    )


@job("attendance.print_sheets", label=_("Fogli presenze di carta"))
def print_sheets(run: Run, *, sheet_ids: list[int]) -> dict[str, Any]:
    run.result_url = reverse("attendance:sheets_printed", args=[run.job.public_id])
    return services.print_sheets(run=run, sheet_ids=sheet_ids, by=cast(Access, run.access), today=timezone.localdate())


@job("attendance.remind_sheets", label=_("Promemoria dei mesi da chiudere"))
@each(Ambito)
def remind_sheets(run: Run) -> dict[str, int]:
    return services.remind_sheets(by=cast(Access, run.access), today=timezone.localdate())


@job("attendance.watch_presence", label=_("Persone da chiamare"))
@each(Ambito)
def watch_presence(run: Run) -> int:
    return services.watch_presence(by=cast(Access, run.access), today=timezone.localdate())


@job("attendance.recount", label=_("Riconteggio delle ore dei mesi"))
@each(Ambito)
def recount(run: Run) -> int:
    return services.recount_months(by=cast(Access, run.access))


@job("attendance.tell_word", label=_("Avviso della persona a tutor ed educatore"))
def tell_word(run: Run, *, checkin_id: int) -> None:
    said = CheckIn.objects.select_related("placement__beneficiary", "placement__company_tutor").get(pk=checkin_id)
    checkins.tell_word(said=said, by=run.access)  # type: ignore[arg-type]


@job("attendance.print_poster", label=_("Cartello di una sede"))
def print_poster(run: Run, *, poster_id: int) -> None:
    checkins.print_poster(poster=SitePoster.objects.get(pk=poster_id), today=timezone.localdate())


@job("attendance.send_portal_links", label=_("Collegamenti della settimana ai tutor"))
@each(Ambito)
def send_portal_links(run: Run) -> int:
    return portal.send_weekly_links(by=cast(Access, run.access), now=timezone.now(), today=timezone.localdate())


@job("attendance.unpaid", label=_("Contributi confermati e non versati"))
@each(Ambito)
def unpaid(run: Run) -> bool:
    """Every morning: what is due and not yet paid (rule 34). Returns whether the office was told."""
    return liquidations.remind_unpaid(by=cast(Access, run.access), today=timezone.localdate())
