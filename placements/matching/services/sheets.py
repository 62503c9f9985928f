"""Writing sheets: always a new one, on top of the one that was seen."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from placements.beneficiaries.models import Beneficiary

from ..enums import ADAPTABLE, Item, Presence
from ..models import PersonSheet, SiteSheet


@transaction.atomic
def write_person_sheet(
    *, beneficiary: Beneficiary, values: Mapping[str, Any], valid_from: date, seen: int, by: Access, today: date
) -> PersonSheet:
    """What the person manages from a day. `seen`: how many sheets there were; raises Conflict when one was added since."""
    by.require(Permission.EDIT_SHEETS)
    person = Beneficiary.objects.select_for_update(of=("self",)).get(pk=beneficiary.pk, ambito=by.ambito_id)
    _check(seen, PersonSheet.objects.filter(beneficiary=person).count(), valid_from, today)
    row = PersonSheet.objects.create(
        ambito_id=person.ambito_id, beneficiary=person, valid_from=valid_from, created_by=by.actor, **_complete(values)
    )
    record_fact("matching.person_sheet.written", row, by=by)
    return row


@transaction.atomic
def write_site_sheet(*, site: Site, values: Mapping[str, Any], valid_from: date, seen: int, by: Access, today: date) -> SiteSheet:
    """What there is at a site from a day, with how it adapts. Of what is not there nothing is adapted."""
    by.require(Permission.EDIT_SHEETS)
    row = Site.objects.select_for_update(of=("self",)).get(pk=site.pk, network=by.network_id)
    _check(seen, SiteSheet.objects.filter(site=row).count(), valid_from, today)
    values = _complete(values)
    told = {code: how.strip() for code, how in values.pop("adaptations").items()}
    absent = {code for code in Item.values if values[code] == Presence.NONE}
    adaptations = {code: told[code] for code in ADAPTABLE if told.get(code) and code not in absent}
    sheet = SiteSheet.objects.create(
        network_id=row.network_id, site=row, valid_from=valid_from, created_by=by.actor, adaptations=adaptations, **values
    )
    record_fact("matching.site_sheet.written", sheet, by=by)
    return sheet


def _check(seen: int, there: int, valid_from: date, today: date) -> None:
    if seen != there:
        raise Conflict
    if valid_from > today:
        raise DomainError(_("Questa data è nel futuro."), field="valid_from")


def _complete(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is taken for granted: an item without an answer is asked."""
    for name, value in values.items():
        if value is None:
            raise DomainError(_("Manca una risposta."), field=name)
    return dict(values)
