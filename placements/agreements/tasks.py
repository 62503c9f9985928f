"""The room's jobs: thin, one service call."""

from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, enqueue, job
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito

from . import readiness, services
from .models import HandOver
from .services.covers import CHANGED, CHECK
from .services.hand_over import close_transferred as close


def _in_pieces(run: Run, name: str, *, reason: str) -> None:
    """A job of this name for each piece of the placements that the job reaches: who is judged is locked until the job is over, a tap on the
    telephone does not wait for a whole Ambito, and what fails in one piece does not stop the others."""
    for ambito in Ambito.objects.filter(pk__in=run.access.scope.ambiti).order_by("pk"):
        system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason=reason)
        with scope(system.scope):
            for ids in readiness.watched(by=system):
                enqueue(name, by=system, placement_ids=ids)


@job("agreements.turn_day", label=_("Inizio e fine dei tirocini del giorno"))
def turn_day(run: Run) -> None:
    _in_pieces(run, "agreements.turn_some", reason="change of day")


@job("agreements.turn_some", label=_("Inizio e fine di alcuni tirocini del giorno"))
def turn_some(run: Run, *, placement_ids: list[int]) -> dict[str, int]:
    """As of the day on which it runs: a piece that waited until the next one does what both ask."""
    return services.turn_day(ids=placement_ids, by=cast(Access, run.access), today=timezone.localdate())


@job("agreements.make_papers", label=_("Carte di più tirocini"))
def make_papers(run: Run, *, kind: str, placement_ids: list[int]) -> dict[str, Any]:
    run.result_url = reverse("agreements:papers_made", args=[run.job.public_id])
    access = cast(Access, run.access)
    return services.make_papers(run=run, kind=kind, placement_ids=placement_ids, by=access, today=timezone.localdate())


@job("agreements.refresh_all", label=_("Controllo dei semafori"))
def refresh_all(run: Run) -> None:
    """All lights of the Ambiti that the job reaches: asked after a change in another room, e.g. a training that was recorded."""
    _in_pieces(run, "agreements.refresh_some", reason="start lights")


@job("agreements.refresh_some", label=_("Controllo di alcuni semafori"))
def refresh_some(run: Run, *, placement_ids: list[int]) -> None:
    access = cast(Access, run.access)
    readiness.refresh_many(ids=placement_ids, by=access, today=timezone.localdate())


@job(CHANGED, label=_("Controllo di chi è coperto"))
def covers_changed(run: Run) -> None:
    _in_pieces(run, CHECK, reason="covers")


@job(CHECK, label=_("Controllo di chi è coperto, alcuni tirocini"))
def check_covered(run: Run, *, placement_ids: list[int]) -> None:
    services.check_covered(ids=placement_ids, by=cast(Access, run.access), today=timezone.localdate())


@job("agreements.issue_signed_copy", label=_("Copia con la pagina delle firme"))
def issue_signed_copy(run: Run, *, document_id: int) -> None:
    services.issue_signed_copy(document_id=document_id, by=cast("Access", run.access), today=timezone.localdate())


@job("agreements.chase_signatures", label=_("Promemoria delle firme che mancano"))
def chase_signatures(run: Run) -> dict[str, int]:
    return services.chase_signatures(now=timezone.now(), today=timezone.localdate())


@job("agreements.ask_ready_again", label=_("«Di nuovo pronti?» alle imprese che hanno riposato"))
def ask_ready_again(run: Run) -> dict[str, int]:
    return services.ask_ready_again(now=timezone.now())


@job("agreements.close_transferred", label=_("Chiusura di un tirocinio che passa a un altro Ambito"))
def close_transferred(run: Run, hand_over_id: int) -> None:
    """On the night after the last day, in the Ambito that the person leaves."""
    close(hand_over=HandOver.objects.get(pk=hand_over_id), by=run.access, today=timezone.localdate())  # type: ignore[arg-type]
