"""Sheets of both sides for tests, written through the services: everything fits unless told otherwise."""

from datetime import date
from typing import Any

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from placements.beneficiaries.models import Beneficiary
from placements.matching.enums import Item, Outcome
from placements.matching.models import Decision, PersonSheet, Proposal, SiteSheet
from placements.matching.services import decide_proposal, propose_site, write_person_sheet, write_site_sheet

from .fixtures import TODAY

PERSON: dict[str, Any] = {**dict.fromkeys(Item.values, 0), "hours": 20, "travel_minutes": 60, "ways": ["bus"], "needs": []}
SITE: dict[str, Any] = {**dict.fromkeys(Item.values, 0), "hours": 12, "ways": ["bus", "car"], "offers": [], "adaptations": {}}


def make_person_sheet(access: Access, beneficiary: Beneficiary, *, seen: int = 0, today: date = TODAY, **changes: Any) -> PersonSheet:
    values = {**PERSON, **changes}
    return write_person_sheet(beneficiary=beneficiary, values=values, valid_from=today, seen=seen, by=access, today=today)


def make_site_sheet(access: Access, site: Site, *, seen: int = 0, today: date = TODAY, **changes: Any) -> SiteSheet:
    return write_site_sheet(site=site, values={**SITE, **changes}, valid_from=today, seen=seen, by=access, today=today)


def make_proposal(access: Access, beneficiary: Beneficiary, site: Site, *, today: date = TODAY, **changes: Any) -> Proposal:
    """Both sheets and a proposal of the site; what fits if adapted is told in `adaptations`."""
    values: dict[str, Any] = {"tasks": "Aiuto al banco", "adaptations": {}, "agreed_on": today, **changes}
    return propose_site(beneficiary=beneficiary, site=site, by=access, today=today, **values)


DECISION: dict[str, Any] = {
    "outcome": Outcome.YES,
    "place": "Ufficio di Piano",
    "participants": [("Anna Prova", "assistente sociale"), ("Bruno Prova", "educatore")],
    "person_words": "Mi piace, voglio provare.",
    "reasons": "Il lavoro è adatto e il posto è vicino.",
}


def decide(access: Access, proposal: Proposal, *, today: date = TODAY, **changes: Any) -> Decision:
    return decide_proposal(proposal=proposal, by=access, today=today, **{**DECISION, "held_on": today, **changes})
