"""Checks by sample where they meet the months: what these tell of a paid row, and who may not look at it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.treasury.models import Sample, SampledItem
from impresasolidale.treasury.services import samples as treasury

from ..selectors import samples as selectors


@transaction.atomic
def draw_sample(*, since: date, until: date, share: int, minimum: int, by: Access, today: date) -> Sample:
    """Draw among the rows paid in a period. Raises as `begin_draw`."""
    draw = treasury.begin_draw(since=since, until=until, by=by, today=today)
    told = selectors.told_of([row.source[1] for row in draw.candidates])
    return treasury.draw_sample(draw=draw, told=told, share=share, minimum=minimum, by=by)


@transaction.atomic
def judge(*, row: SampledItem, outcome: str, words: str, seen: int, by: Access, now: datetime) -> SampledItem:
    """Write what was found. Raises as the treasury's, and FourEyesRequired for who confirmed the month."""
    month = selectors.months_paid_by([row.item.source_id])[row.item.source_id]
    require_second_key(first_id=month.confirmed_by, by=by, words=_("Questo mese l'hai confermato tu: la riga la guarda un'altra persona."))
    return treasury.judge(row=row, outcome=outcome, words=words, seen=seen, by=by, now=now)
