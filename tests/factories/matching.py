"""Sheets of both sides for tests, written through the services: everything fits unless told otherwise."""

from datetime import date
from typing import Any

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from placements.beneficiaries.models import Beneficiary
from placements.matching.enums import Item
from placements.matching.models import PersonSheet, SiteSheet
from placements.matching.services import write_person_sheet, write_site_sheet

from .fixtures import TODAY

PERSON: dict[str, Any] = {**dict.fromkeys(Item.values, 0), "hours": 20, "travel_minutes": 60, "ways": ["bus"], "needs": []}
SITE: dict[str, Any] = {**dict.fromkeys(Item.values, 0), "hours": 12, "ways": ["bus", "car"], "offers": [], "adaptations": {}}


def make_person_sheet(access: Access, beneficiary: Beneficiary, *, seen: int = 0, today: date = TODAY, **changes: Any) -> PersonSheet:
    values = {**PERSON, **changes}
    return write_person_sheet(beneficiary=beneficiary, values=values, valid_from=today, seen=seen, by=access, today=today)


def make_site_sheet(access: Access, site: Site, *, seen: int = 0, today: date = TODAY, **changes: Any) -> SiteSheet:
    return write_site_sheet(site=site, values={**SITE, **changes}, valid_from=today, seen=seen, by=access, today=today)
