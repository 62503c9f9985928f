"""What is still missing before a placement may be filed (rule 50)."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from impresasolidale.core.audit import type_of
from impresasolidale.core.models import Document
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.selectors.closing import open_months
from placements.attendance.services._common import month_url

from ..enums import AccidentState
from ..evaluation_enums import Moment
from ..models import Accident
from ..models.closing import FinalReport, GoalResult
from ..models.events import PlacementEvent
from ..models.outcomes import PlacementOutcome
from . import evaluations

ATTESTATION = "agreements.final_attestation"


@dataclass(frozen=True)
class Line:
    """One line of the checklist: whether it is in, in words; the page that puts it right. `must`: without it nothing is filed."""

    key: str
    label: str
    is_in: bool
    words: str
    url: str = ""
    action: str = ""
    must: bool = True


def checklist(placement: Placement) -> list[Line]:
    """The lines of the page "Chiusura", in the order in which one sees to them."""

    def at(name: str) -> str:
        return reverse(f"monitoring:{name}", args=[placement.public_id])

    months, report, attestation = open_months(placement), report_of(placement), attestation_of(placement)
    accidents = Accident.objects.filter(placement=placement).exclude(state=AccidentState.CLOSED).count()
    events = PlacementEvent.objects.filter(placement=placement, settled_on=None).count()
    evaluated = placement.state in (PlacementState.EVALUATED, PlacementState.CLOSED)
    outcome = outcome_of(placement)
    still_open, none_open = _("%(n)s ancora aperti"), _("nessuno aperto")
    return [
        Line(
            "months",
            _("Mesi confermati"),
            not months,
            ", ".join(date_format(month, "F Y").lower() for month in months) if months else _("tutti"),
            month_url(placement, months[0]) if months else "",
            _("Apri le presenze"),
        ),
        Line(
            "accidents",
            _("Incidenti chiusi"),
            not accidents,
            still_open % {"n": accidents} if accidents else none_open,
            reverse("monitoring:list"),
            _("Apri gli incidenti"),
        ),
        Line(
            "events",
            _("Eventi conclusi"),
            not events,
            still_open % {"n": events} if events else none_open,
            at("course"),
            _("Apri gli eventi"),
            must=False,
        ),
        evaluation_line(placement, evaluated, at("evaluated")),
        Line(
            "outcome",
            _("Che cosa viene dopo"),
            outcome is not None,
            str(outcome.get_kind_display()) if outcome else _("da scrivere"),
            at("outcome"),
            _("Scrivi l'esito"),
        ),
        Line(
            "report",
            _("Relazione finale"),
            bool(report and report.document_id),
            _numbered(report.document if report else None),
            at("final_report"),
            _("Scrivi la relazione"),
        ),
        Line(
            "attestation",
            _("Attestazione finale"),
            attestation is not None,
            _numbered(attestation),
            at("attestation"),
            _("Prepara l'attestazione"),
        ),
    ]


def evaluation_line(placement: Placement, evaluated: bool, url: str) -> Line:
    """The final evaluation: in when it was recorded, here or on paper."""
    is_in = evaluated or any(moment == Moment.FINAL for moment, _voice in evaluations.compared(placement).given)
    words = _("registrata") if evaluated else _("è arrivata: resta da registrarla") if is_in else _("da scrivere, o da dire perché non c'è")
    return Line("evaluation", _("Valutazione finale"), evaluated, words, url, _("Registra la valutazione"))


def missing_to_close(placement: Placement) -> list[Any]:
    """The labels of what must be in and is not."""
    return [line.label for line in checklist(placement) if line.must and not line.is_in]


def report_of(placement: Placement) -> FinalReport | None:
    return FinalReport.objects.filter(placement=placement).select_related("document").first()


def words_of(report: FinalReport) -> dict[int, str]:
    """The word of each goal, by its id."""
    return dict(GoalResult.objects.filter(report=report).values_list("goal_id", "word"))


def outcome_of(placement: Placement) -> PlacementOutcome | None:
    return PlacementOutcome.objects.filter(placement=placement).first()


def attestation_of(placement: Placement) -> Document | None:
    """The attestation in force."""
    rows = Document.objects.filter(
        kind=ATTESTATION, subject_type=type_of(placement), subject_id=placement.pk, ambito_id=placement.ambito_id, superseded_by=None
    )
    return rows.order_by("-id").first()


def _numbered(document: Document | None) -> str:
    return _("n. %(number)s") % {"number": document.number} if document else _("da preparare")
