"""How long it takes from comune to comune, where somebody knows better than the estimate."""

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.territory.models import Comune, TravelTime
from impresasolidale.territory.services import ESTIMATE

from ..models import MOST_MINUTES


@transaction.atomic
def correct_travel_time(*, origin: Comune, destination: Comune, minutes: int, source: str, by: Access) -> None:
    """What somebody found out takes the place of the estimate, both ways, for every office; loading the estimates again leaves it."""
    by.require(Permission.EDIT_SHEETS)
    if not 1 <= minutes <= MOST_MINUTES:
        raise DomainError(_("Scrivi i minuti di un viaggio di sola andata, fino a tre ore."), field="minutes")
    if source.strip() in ("", ESTIMATE):
        raise DomainError(_("Scrivi da dove lo sai: un orario, una prova fatta."), field="source")
    ways = sorted({(origin.pk, destination.pk), (destination.pk, origin.pk)})
    rows = TravelTime.objects.bulk_create(
        [TravelTime(origin_id=start, destination_id=end, minutes=minutes, source=source.strip()) for start, end in ways],
        update_conflicts=True,
        unique_fields=["origin", "destination"],
        update_fields=["minutes", "source"],
    )
    for row in rows:
        record_fact("matching.travel_time.corrected", row, by=by, minutes=minutes)
