"""Where a person's procedure stands: its papers and its clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Upload
from impresasolidale.territory.calendar import move_working_days

from ..enums import Paper
from ..models import BenefitRequest, FundCriteria, MissingPapers, Procedure, ProcedurePaper
from ..procedure_rules import Pause, days_still, may_refuse, notice_pause, observations_due, term_end, wait_for_papers
from .criteria import criteria_on

DELIVERY, OBSERVED = "solidarity_fund.delivery_proof", "solidarity_fund.observations"
criteria_of: Callable[[Access, date], FundCriteria | None] = criteria_on


@dataclass(frozen=True)
class Clock:
    """`ends_on`: the last day for the decision as things stand today; `still` days on which the term stood still."""

    procedure: Any
    papers: dict[str, Any]
    ends_on: date
    still: int
    is_still_now: bool
    observations_due: date | None
    may_refuse: bool
    is_late: bool

    @property
    def notice(self) -> Any:
        return self.papers.get(Paper.NOTICE)


def clock_of(request: BenefitRequest, *, today: date) -> Clock | None:
    """None before somebody is responsible. Four statements."""
    procedure = Procedure.objects.filter(request=request).select_related("responsible", "observations_file").first()
    if procedure is None:
        return None
    papers = {p.kind: p for p in ProcedurePaper.objects.filter(procedure=procedure).select_related("document", "proof")}
    waits: list[Pause] = [
        wait_for_papers(m.asked_on, m.answered_on, today) for m in MissingPapers.objects.filter(request=request).order_by("id")
    ][:1]  # art. 2 c. 7: once
    return read_clock(procedure, papers, pauses=waits, working=working_in(request.ambito_id), is_open=request.is_undecided, today=today)


def read_clock(
    procedure: Any, papers: dict[str, Any], *, pauses: list[Pause], working: Callable[[date], date], is_open: bool, today: date
) -> Clock:
    """Of any procedure: `pauses` are those beside the pre-notice's, `papers` its own by kind."""
    delivered = papers[Paper.NOTICE].delivered_on if Paper.NOTICE in papers else None
    if delivered:
        pauses = [*pauses, notice_pause(delivered, procedure.observed_on, working)]
    ends_on = term_end(started_on=procedure.started_on, days=procedure.term_days, pauses=pauses, next_working=working)
    return Clock(
        procedure=procedure,
        papers=papers,
        ends_on=ends_on,
        still=days_still(pauses, until=today),
        is_still_now=any(pause.after <= today <= pause.until for pause in pauses) and is_open,
        observations_due=observations_due(delivered, working) if delivered else None,
        may_refuse=may_refuse(delivered_on=delivered, observed_on=procedure.observed_on, today=today, next_working=working),
        is_late=is_open and today > ends_on,
    )


def procedure_of(request: BenefitRequest) -> Procedure:
    """The procedure of a request that was reached already. Raises Http404 before somebody is responsible."""
    row: Procedure = get_object_or_404(Procedure, request=request)
    return row


def working_in(ambito_id: int) -> Callable[[date], date]:
    """The day itself, or the next one on which the offices of the Ambito are open."""
    return partial(_next_working, ambito_id)


def _next_working(ambito_id: int, day: date) -> date:
    return move_working_days(day - timedelta(days=1), 1, ambito_id)


def observations_due_of(request: BenefitRequest, delivered_on: date) -> date:
    return observations_due(delivered_on, working_in(request.ambito_id))


def paper_of(request: BenefitRequest, kind: str) -> ProcedurePaper:
    """A paper of a request that was reached already. Raises Http404."""
    rows = ProcedurePaper.objects.select_related("document", "proof", "procedure__request")
    row: ProcedurePaper = get_object_or_404(rows, procedure__request=request, kind=kind)
    return row


def upload_of(request: BenefitRequest, public_id: UUID) -> Upload:
    """A file of the procedure: proof of a delivery, or what the person wrote. Raises Http404."""
    proofs = ProcedurePaper.objects.filter(procedure__request=request).values("proof")
    observed = Procedure.objects.filter(request=request).values("observations_file")
    row: Upload = get_object_or_404(Upload.objects.filter(pk__in=proofs) | Upload.objects.filter(pk__in=observed), public_id=public_id)
    return row
