"""The final report as a paper (domain.md §2.5, "Relazione finale"): for the office, the service, the person. No diagnosis, no area. It
holds what the person said of the place, so the company neither signs nor has it: the attestation is for both."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from impresasolidale.core.words import hours
from placements.agreements import documents
from placements.agreements.enums import SignerRole
from placements.agreements.models import Placement
from placements.attendance.selectors.closing import Totals

from ..evaluation_enums import MEASURED, THREE
from ..models.closing import FinalReport, GoalResult
from ..models.outcomes import PlacementOutcome
from ..selectors import evaluations

REPORT = "monitoring.final_report"


def evaluation_part(placement: Placement) -> dict[str, Any]:
    """What each voice said first and last, in words: `head` and `rows` of a table. Empty while nobody has said anything."""
    found = evaluations.compared(placement)
    voices = [voice for voice in THREE if voice in found.voices]
    if not voices:
        return {}
    rows = [[item.text, *(_first_to_last(item.cells, voice) for voice in voices)] for item in found.items if item.cells]
    rows += [[goal.text, *(_first_to_last(goal.cells, voice) for voice in voices)] for goal in found.goals if goal.cells]
    return {"head": ["", *(str(voice.label) for voice in voices)], "rows": rows}


def _first_to_last(cells: Mapping[tuple[str, str], evaluations.Cell], voice: str) -> str:
    """The first and the last word, once when they are the same."""
    said = [cells[moment, voice].words for moment in MEASURED if (moment, voice) in cells]
    return " → ".join(dict.fromkeys((said[0], said[-1]))) if said else "–"


def final_report(placement: Placement, report: FinalReport, results: Sequence[GoalResult], totals: Totals) -> dict[str, Any]:
    """Figures, goals with a word each, judgements in words, what comes after."""
    person, company = placement.beneficiary, placement.company
    name = f"{person.first_name} {person.last_name}"
    outcome = PlacementOutcome.objects.filter(placement=placement).first()
    body = documents.promoter_body(placement.ambito)
    with translation.override("it"):
        return {
            "body_name": body.name,
            "person_name": name,
            "person_last_name": person.last_name,
            "facts": documents._kept(
                ["Persona", name],
                ["Impresa", f"{company.name}, {placement.site.name}"],
                ["Periodo", f"dal {documents._day(placement.starts_on)} al {documents._day(placement.last_day)}"],
                ["Tutor aziendale", str(placement.company_tutor or "")],
                ["Tutor dell’ente promotore", str(placement.promoter_tutor or "")],
            ),
            "figures": documents._kept(
                ["Ore previste", documents._plain(hours(totals.planned))],
                ["Ore fatte", documents._plain(hours(totals.done))],
                ["Presenza", f"{totals.percent}%" if totals.percent is not None else ""],
                ["Giorni di presenza", str(totals.days)],
            ),
            "goal_head": ["Obiettivo", "Com’è andato"],
            "goals": [[result.goal.text, str(result.get_word_display())] for result in results],
            "evaluations": evaluation_part(placement),
            "parts": [
                [title, text]
                for title, text in (
                    ("Il giudizio dell’impresa", report.host_words),
                    ("Il giudizio della persona", report.person_words),
                    ("Che cosa ha aiutato", report.helped),
                    ("Che cosa è stato difficile", report.hard),
                    ("Che cosa si propone", report.proposals),
                )
                if text
            ],
            "outcome": str(outcome.get_kind_display()).capitalize() if outcome else "",
            "signers": [
                documents._signer(SignerRole.PROMOTER, body.name),
                documents._signer(SignerRole.PERSON, name),
            ],
        }
