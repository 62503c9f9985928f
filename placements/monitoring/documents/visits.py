"""The minutes of a visit (domain.md §2.5, "Verbale di verifica"): for the office and who was there. No area, no diagnosis."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.text import capfirst

from placements.agreements import documents, talk_code

from ..models.visits import Visit, VisitDecision
from ..visit_enums import DecisionFor, Present, Topic, VisitKind

MINUTES = "monitoring.visit_minutes"
COPY = "monitoring.visit_copy"  # the person's, in easy words
EASY_THERE = {  # who was there, as the person says it
    Present.PERSON: "io",
    Present.COMPANY_TUTOR: "chi mi aiuta nell’impresa",
    Present.PROMOTER_TUTOR: "il mio tutor dell’ufficio",
    Present.SOCIAL_WORKER: "l’assistente sociale",
    Present.FAMILY: "la mia famiglia, o chi mi rappresenta",
    Present.COLLEAGUES: "i colleghi",
}
EASY_TOPICS = {
    Topic.TASKS: "che cosa faccio al tirocinio",
    Topic.ATTENDANCE: "i miei giorni e i miei orari",
    Topic.GOALS: "i miei obiettivi",
    Topic.RELATIONS: "come sto con gli altri",
    Topic.WELLBEING: "come mi sento",
    Topic.SAFETY: "la sicurezza",
    Topic.TRAVEL: "il viaggio",
    Topic.MONEY: "il mio contributo",
    Topic.NEXT: "che cosa farò dopo",
}
EASY_KINDS = {
    VisitKind.PLANNED: "Sono venuti a trovarmi.",
    VisitKind.URGENT: "Sono venuti a trovarmi.",
    VisitKind.PHONE: "Ci siamo sentiti per telefono.",
    VisitKind.OFFICE: "Abbiamo parlato in ufficio.",
}
EASY_FOR = {
    DecisionFor.PROMOTER_TUTOR: "Ci pensa il mio tutor dell’ufficio",
    DecisionFor.REFERENT: "Ci pensa l’assistente sociale",
    DecisionFor.COORDINATOR: "Ci pensa l’ufficio",
}
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


def easy_copy(visit: Visit, decisions: Sequence[VisitDecision]) -> dict[str, Any]:
    """The person's copy, one page in easy words: what was talked of, what was decided, when next. Not a word of the office's notes."""
    placement = visit.placement
    person = placement.beneficiary
    day = documents._day
    decided = [
        f"{d.text.rstrip('.')}. {EASY_FOR[DecisionFor(d.role)]}{f', entro il {day(d.due_on)}' if d.due_on else ''}." for d in decisions
    ]
    topics = ", ".join(EASY_TOPICS[Topic(code)] for code in visit.topics)
    there = ", ".join(EASY_THERE[Present(code)] for code in visit.present)
    on = f"Il {day(visit.held_on)}. " if visit.held_on else ""
    when = [on + EASY_KINDS[VisitKind(visit.kind)], f"C’eravamo: {there}." if there else ""]
    parts = (
        ("calendar", "Un calendario", "Quando", when),
        ("ask", "Una domanda", "Di che cosa abbiamo parlato", [f"{capfirst(topics)}." if topics else ""]),
        ("hands", "Due mani", "Che cosa abbiamo deciso", decided or ["Niente di nuovo: si va avanti così."]),
        ("clock", "Un orologio", "Quando ci rivediamo", [f"Entro il {day(visit.next_on)}." if visit.next_on else "Me lo dicono loro."]),
    )
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
        "parts": [
            {"picture": picture, "words": f"Disegno: {words.lower()}", "title": title, "lines": [line for line in lines if line]}
            for picture, words, title, lines in parts
            if any(lines)
        ],
        "talk": talk_code.talk_line(placement),
        "signers": [],
    }


def _name(code: str, placement: Any) -> str:
    if code == Present.PERSON:
        return f"{placement.beneficiary.first_name} {placement.beneficiary.last_name}"
    return str(placement.company_tutor or "") if code == Present.COMPANY_TUTOR else ""
