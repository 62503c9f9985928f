"""The minutes of the meeting that decides a placement (domain.md §2.5, *Abbinamento*)."""

from typing import Any

from .. import documents
from ..models import Meeting


def minutes(meeting: Meeting) -> dict[str, Any]:
    """What was decided, by whom, why. Stays with the office and who took part: it is not a paper for the company."""
    placement = meeting.placement
    person, company = placement.beneficiary, placement.company
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "meeting": str(meeting.public_id),  # where the page of the placement leads to
        "held_on": meeting.held_on.isoformat(),
        "facts": documents._kept(
            ["Data", documents._day(meeting.held_on)],
            ["Luogo", meeting.place],
            ["Persona", f"{person.first_name} {person.last_name}"],
            ["Tirocinio proposto", f"{company.name}, {placement.site.name}"],
            ["Periodo", f"dal {documents._day(placement.starts_on)} al {documents._day(placement.ends_on)}"],
        ),
        "people_head": ["Nome", "Ruolo"],
        "people": [list(pair) for pair in meeting.participants],
        "decision": str(meeting.get_decision_display()).capitalize(),
        "reasons": meeting.reasons,
        "next": documents._day(meeting.next_on) if meeting.next_on else "",
        "corrects": bool(meeting.corrects_id),
        "signers": [{"code": "present", "role": role[:1].upper() + role[1:], "name": name} for name, role in meeting.participants],
    }
