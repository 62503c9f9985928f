"""The room's jobs: thin, one service call."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Ambito
from placements.agreements.models import Placement

from .models import Accident, Talk
from .services import accidents, evaluation_asking, talk, visits


@job("monitoring.tell_followers", label=_("Avviso di un incidente a chi segue il tirocinio"))
def tell_followers(run: Run, accident_id: int) -> None:
    accident = Accident.objects.select_related("placement__company").get(pk=accident_id)
    accidents.tell_followers(accident=accident, by=run.access, today=timezone.localdate())  # type: ignore[arg-type]


@job("monitoring.ask_evaluations", label=_("Valutazioni da chiedere oggi"))
@each(Ambito)
def ask_evaluations(run: Run) -> dict[str, int]:
    return evaluation_asking.ask_due(by=cast(Access, run.access), today=timezone.localdate())


@job("monitoring.plan_visit", label=_("Prossima visita di un tirocinio"))
def plan_visit(run: Run, placement_id: int) -> None:
    placement = Placement.objects.get(pk=placement_id)
    visits.plan_visit(placement=placement, by=run.access, today=timezone.localdate())  # type: ignore[arg-type]


@job("monitoring.plan_visits", label=_("Visite di tutti i tirocini"))
@each(Ambito)
def plan_visits(run: Run) -> int:
    return visits.plan_visits(by=cast(Access, run.access), today=timezone.localdate())


@job("monitoring.tell_talk", label=_("Avviso di una persona che chiede di parlare"))
def tell_talk(run: Run, talk_id: int) -> int:
    row = Talk.objects.select_related("placement").get(pk=talk_id)
    return talk.tell_talk(talk=row, by=run.access, today=timezone.localdate())  # type: ignore[arg-type]


@job("monitoring.chase_talks", label=_("Richieste di parlare senza risposta"))
@each(Ambito)
def chase_talks(run: Run) -> int:
    return talk.chase_talks(by=cast(Access, run.access), today=timezone.localdate())
