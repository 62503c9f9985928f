"""Checks by sample: paid rows are drawn, looked at by somebody who had no part in them, and the sample is closed.

What the months behind the rows say is told by the room that knows them (attendance.services.samples).
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version

from .. import sample_rules as rules
from ..enums import ItemState, Risk, SampleOutcome, SampleState
from ..liquidation_rules import ZERO
from ..models import LiquidationItem, Sample, SampledItem
from ..selectors import samples as selectors
from ..selectors.samples import Candidate
from ..transitions import SAMPLE
from .liquidations import refuse_limited


@dataclass(frozen=True)
class Draw:
    """A draw that has begun: nobody else of the Ambito draws until it commits."""

    number: str
    since: date
    until: date
    candidates: list[Candidate]


@transaction.atomic
def begin_draw(*, since: date, until: date, by: Access, today: date) -> Draw:
    """The rows among which to draw. Raises DomainError for a period reversed or not over, or with nothing left to draw in it."""
    by.require(Permission.APPROVE_LIQUIDATIONS)
    refuse_limited(by)
    if until < since:
        raise DomainError(_("Il periodo finisce prima di cominciare."), field="until")
    if until > today:
        raise DomainError(_("Il periodo arriva nel futuro: al massimo fino a oggi."), field="until")
    assert by.ambito_id is not None
    # The series stays locked to the end of the transaction: whoever draws at the same time waits, and then sees what was drawn.
    number = next_number(owner=f"ambito:{by.ambito_id}", kind="treasury.sample", year=today.year)
    found = selectors.candidates(by.ambito_id, since, until)
    if not found:
        paid = LiquidationItem.objects.filter(ambito_id=by.ambito_id, state=ItemState.PAID, order_on__range=(since, until))
        raise DomainError(
            _("In questo periodo ogni riga pagata è già stata estratta.")
            if paid.exists()
            else _("In questo periodo non è stato pagato niente: guarda le date dei mandati.")
        )
    return Draw(number, since, until, found)


@transaction.atomic
def draw_sample(*, draw: Draw, told: Mapping[tuple[str, int], Collection[Risk]], share: int, minimum: int, by: Access) -> Sample:
    """Draw, and keep seed and tickets. `told`: source → what its own room knows of it."""
    large = rules.large_from([row.amount for row in draw.candidates])
    reasons = {
        row.key: row.reasons.union(told.get(row.source, ()), [Risk.LARGE] if large is not None and row.amount >= large else [])
        for row in draw.candidates
    }
    sample = Sample.objects.create(
        ambito_id=by.ambito_id,
        number=draw.number,
        since=draw.since,
        until=draw.until,
        share=share,
        minimum=minimum,
        seed=secrets.token_hex(16),
        pool={key: 1 + len(found) for key, found in reasons.items()},
        rows=len(draw.candidates),
        amount=sum((row.amount for row in draw.candidates), ZERO),
        created_by_id=by.actor_id,
    )
    by_key = {row.key: row.pk for row in draw.candidates}
    SampledItem.objects.bulk_create(
        SampledItem(
            ambito_id=by.ambito_id,
            sample=sample,
            item_id=by_key[key],
            reasons=[risk.value for risk in Risk if risk in reasons[key]],
            created_by_id=by.actor_id,
        )
        for key in rules.draw(sample.seed, sample.pool, share=share, minimum=minimum)
    )
    record_fact("treasury.sample.drawn", sample, by=by, number=sample.number, seed=sample.seed)
    return sample


def hands_in(row: SampledItem) -> tuple[int | None, int | None]:
    """Who prepared and who approved what this row was paid by: neither looks at it."""
    return row.item.run.created_by_id, row.item.run.approved_by_id


@transaction.atomic
def judge(*, row: SampledItem, outcome: str, words: str, seen: int, by: Access, now: datetime) -> SampledItem:
    """Write what was found, or put it right while the sample is open. Four eyes: not by who prepared or approved the row's liquidation.

    Raises FourEyesRequired, Conflict, TransitionNotAllowed when the sample is closed, DomainError without words of what is wrong.
    """
    by.require(Permission.PREPARE_LIQUIDATIONS)
    refuse_limited(by)
    sample = Sample.objects.select_for_update(of=("self",), no_key=True).only("state").get(pk=row.sample_id)
    fresh: SampledItem = SampledItem.objects.select_for_update(of=("self",), no_key=True).select_related("item__run").get(pk=row.pk)
    if sample.state != SampleState.OPEN:
        raise TransitionNotAllowed(_("Questo controllo è chiuso: gli esiti non cambiano più."))
    check_version(fresh, seen)
    for first in hands_in(fresh):
        require_second_key(first_id=first, by=by, words=_("Questa riga l'hai preparata o approvata tu: la guarda un'altra persona."))
    if outcome not in SampleOutcome.values or outcome == SampleOutcome.PENDING:
        raise DomainError(_("Scegli che cosa hai trovato."), field="outcome")
    if outcome != SampleOutcome.IN_ORDER and not words.strip():
        raise DomainError(_("Scrivi che cosa non va."), field="words")
    fresh.outcome, fresh.words, fresh.checked_by_id, fresh.checked_at = outcome, words.strip(), by.actor_id, now
    fresh.row_version += 1
    fresh.save(update_fields=["outcome", "words", "checked_by", "checked_at", "row_version"])
    record_fact("treasury.sampled_item.checked", fresh, by=by, outcome=outcome)
    return fresh


@transaction.atomic
def close_sample(*, sample: Sample, by: Access, now: datetime) -> Sample:
    """Nothing of it changes any more. Raises DomainError while a row has no outcome."""
    refuse_limited(by)

    def is_whole(row: Sample) -> None:
        if SampledItem.objects.filter(sample=row, outcome=SampleOutcome.PENDING).exists():
            raise DomainError(_("Ci sono ancora righe da guardare: il controllo si chiude quando ognuna ha il suo esito."))

    closed: Sample = perform(SAMPLE, "closed", sample, by=by, guard=is_whole, closed_by_id=by.actor_id, closed_at=now)
    return closed
