"""The frozen context of the minutes that decide a proposal (domain.md §2.5, *Abbinamento*)."""

from typing import Any

from django.utils import translation

from impresasolidale.core.words import day
from placements.agreements.documents import promoter_body

from .models import Decision
from .rules import Finding, Fit

MINUTES = "matching.minutes"  # why somebody goes or does not go somewhere: for who works with people, never for the company


def minutes(decision: Decision, fit: Fit) -> dict[str, Any]:
    """Person and site, what was compared and agreed, who met, what they decided and why, the person's words."""
    proposal = decision.proposal
    person, site = proposal.beneficiary, proposal.site
    with translation.override("it"):
        return {
            "body_name": promoter_body(proposal.ambito).name,
            "person_name": f"{person.first_name} {person.last_name}",
            "person_last_name": person.last_name,
            "proposal": str(proposal.public_id),
            "held_on": decision.held_on.isoformat(),
            "facts": [
                ["Data", day(decision.held_on)],
                ["Luogo", decision.place],
                ["Persona", f"{person.first_name} {person.last_name}"],
                ["Sede", f"{site.company.name}, {site.name}, {site.address}, {site.comune}"],
                ["Che cosa farebbe", proposal.tasks],
                *([["Tutor aziendale", str(proposal.company_tutor)]] if proposal.company_tutor else []),
            ],
            "compared_head": ["Che cosa", "Perché", "Come si fa"],
            "compared": [[*_words(finding), proposal.adaptations.get(finding.code, "")] for finding in (*fit.stops, *fit.adapted)],
            "despite": proposal.despite,
            "visits_head": ["Giorno", "Com’è andata", "La persona", "L’impresa"],
            "visits": [[day(v.on), str(v.get_impression_display()), v.person_words, v.company_words] for v in _held(decision)],
            "people_head": ["Nome", "Ruolo"],
            "people": [list(pair) for pair in decision.participants],
            "decision": str(decision.get_outcome_display()).capitalize(),
            "person_words": decision.person_words,
            "reasons": decision.reasons,
            "signers": [{"code": "present", "role": role[:1].upper() + role[1:], "name": name} for name, role in decision.participants],
        }


def _words(finding: Finding) -> tuple[str, str]:
    return finding.label[:1].upper() + finding.label[1:], finding.reason


def _held(decision: Decision) -> Any:
    return decision.proposal.visits.filter(state="done").order_by("on", "id")
