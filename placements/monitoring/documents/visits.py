"""The minutes of a visit (domain.md §2.5, "Verbale di verifica"): for the office and who was there. No area, no diagnosis."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from placements.agreements import documents

from ..models.visits import Visit, VisitDecision
from ..visit_enums import DecisionFor, Present, Topic

SIGNS = (Present.PERSON, Present.COMPANY_TUTOR, Present.FAMILY, Present.SOCIAL_WORKER)


def minutes(visit: Visit, decisions: Sequence[VisitDecision], *, by: Any) -> dict[str, Any]:
    """What is on the one page: who, when, what was said and decided, when next; lines to sign for who was there."""
    placement = visit.placement
    person, company = placement.beneficiary, placement.company
    name = f"{person.first_name} {person.last_name}"
    with translation.override("it"):
        there = [str(Present(code).label) for code in visit.present]
        return {
            "body_name": documents.promoter_body(placement.ambito).name,
            "person_name": name,
            "person_last_name": person.last_name,
            "facts": documents._kept(
                ["Persona", name],
                ["Impresa", f"{company.name}, {placement.site.name}"],
                ["Giorno", f"{documents._day(visit.held_on)}, {visit.get_kind_display()}" if visit.held_on else ""],
                ["Dove", visit.place],
                ["Chi c’era", ", ".join([*there, *([visit.others] if visit.others else [])])],
                ["Si è parlato di", ", ".join(str(Topic(code).label) for code in visit.topics)],
            ),
            "notes": visit.notes,
            "difficulties": visit.difficulties,
            "decision_head": ["Che cosa", "Chi", "Entro il"],
            "decisions": [[d.text, str(DecisionFor(d.role).label), documents._day(d.due_on) if d.due_on else "–"] for d in decisions],
            "next": documents._day(visit.next_on) if visit.next_on else "",
            "signers": [
                {"code": "promoter", "role": "Per l’ente promotore", "name": str(by or "")},
                *(
                    {"code": str(code), "role": str(Present(code).label).capitalize(), "name": _name(code, placement)}
                    for code in SIGNS
                    if code in visit.present
                ),
            ],
        }


def _name(code: str, placement: Any) -> str:
    if code == Present.PERSON:
        return f"{placement.beneficiary.first_name} {placement.beneficiary.last_name}"
    return str(placement.company_tutor or "") if code == Present.COMPANY_TUTOR else ""
