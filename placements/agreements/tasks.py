"""The room's jobs: thin, one service call."""

from datetime import date
from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, enqueue, job
from impresasolidale.territory.models import Ambito, Network

from . import readiness, services
from .models import HandOver
from .services.covers import CHANGED, CHECK
from .services.hand_over import close_transferred as close
from .services.ready import ASK


def _in_pieces(run: Run, name: str, **which: Any) -> None:
    """A job of this name for each piece of the Ambito's placements: who is judged is locked until the job is over, a tap on the telephone
    does not wait for a whole Ambito, and what fails in one piece does not stop the others."""
    access = cast(Access, run.access)
    for ids in readiness.watched(by=access, **which):
        enqueue(name, by=access, placement_ids=ids)


@job("agreements.turn_day", label=_("Inizio e fine dei tirocini del giorno"))
@each(Ambito, among=readiness.ambiti_of_watched)
def turn_day(run: Run) -> None:
    _in_pieces(run, "agreements.turn_some")


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
@each(Ambito, among=readiness.ambiti_of_watched)
def refresh_all(run: Run, **which: Any) -> None:
    """All lights every night; after a change in another room those that hang on it alone, e.g. `company_tutor=…` after a training."""
    _in_pieces(run, "agreements.refresh_some", **which)


@job("agreements.refresh_some", label=_("Controllo di alcuni semafori"))
def refresh_some(run: Run, *, placement_ids: list[int]) -> None:
    access = cast(Access, run.access)
    readiness.refresh_many(ids=placement_ids, by=access, today=timezone.localdate())


@job(CHANGED, label=_("Controllo di chi è coperto"))
@each(Ambito, among=readiness.ambiti_of_watched)
def covers_changed(run: Run) -> None:
    _in_pieces(run, CHECK)


@job(CHECK, label=_("Controllo di chi è coperto, alcuni tirocini"))
def check_covered(run: Run, *, placement_ids: list[int]) -> None:
    services.check_covered(ids=placement_ids, by=cast(Access, run.access), today=timezone.localdate())


@job("agreements.issue_signed_copy", label=_("Copia con la pagina delle firme"))
def issue_signed_copy(run: Run, *, document_id: int) -> None:
    services.issue_signed_copy(document_id=document_id, by=cast("Access", run.access), today=timezone.localdate())


@job("agreements.chase_signatures", label=_("Promemoria delle firme che mancano"))
@each(Ambito)
def chase_signatures(run: Run) -> dict[str, int]:
    return services.chase_signatures(by=cast(Access, run.access), now=timezone.now())


@job("agreements.ask_ready_again", label=_("«Di nuovo pronti?» alle imprese che hanno riposato"))
@each(Network)
def ask_ready_again(run: Run) -> dict[str, int]:
    return services.ask_ready_again(by=cast(Access, run.access), now=timezone.now())


@job(ASK, label=_("«Di nuovo pronti?» a un’impresa che ha riposato"))
def ask_when_ready(run: Run, *, company_id: int, ended_on: str) -> bool:
    company, last = Company.objects.get(pk=company_id), date.fromisoformat(ended_on)
    return bool(services.ask_when_ready(company=company, ended_on=last, by=cast(Access, run.access), now=timezone.now()))


@job("agreements.close_transferred", label=_("Chiusura di un tirocinio che passa a un altro Ambito"))
def close_transferred(run: Run, hand_over_id: int) -> None:
    """On the night after the last day, in the Ambito that the person leaves."""
    close(hand_over=HandOver.objects.get(pk=hand_over_id), by=run.access, today=timezone.localdate())  # type: ignore[arg-type]
