"""The room's jobs: thin, one service call."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job

from .models import Accident
from .services import accidents, evaluation_asking


@job("monitoring.tell_followers", label=_("Avviso di un incidente a chi segue il tirocinio"))
def tell_followers(run: Run, accident_id: int) -> None:
    accident = Accident.objects.select_related("placement__company").get(pk=accident_id)
    accidents.tell_followers(accident=accident, by=run.access, today=timezone.localdate())  # type: ignore[arg-type]


@job("monitoring.ask_evaluations", label=_("Valutazioni da chiedere oggi"))
def ask_evaluations(run: Run) -> dict[str, int]:
    return evaluation_asking.ask_due(today=timezone.localdate())
