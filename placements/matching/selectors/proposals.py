"""Reads of proposals: a proposal opens as the record of its person does."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.periods import in_force
from placements.beneficiaries import selectors as people
from placements.beneficiaries.models import Beneficiary, CareMember

from ..enums import VisitState
from ..models import RUNNING, Decision, Proposal, TrialVisit
from ..rules import Fit, judge
from .rankings import person_of, place_of


def _proposals(access: Access) -> QuerySet[Proposal]:
    rows = Proposal.objects.filter(ambito_id=access.ambito_id).select_related(
        "beneficiary__residence", "site__company", "site__comune", "company_tutor", "created_by"
    )
    return rows if access.comuni is None else rows.filter(beneficiary__residence__in=access.comuni)


def proposals_listed(access: Access, *, state: str = "", mine: bool = False, on: date) -> QuerySet[Proposal]:
    """The Ambito's proposals, those under way unless a state is asked for, each with its `planned` visit and `is_open`, whether the
    record opens to the user without a reason. `mine`: only those that do."""
    planned = Prefetch("visits", TrialVisit.objects.filter(state=VisitState.PLANNED), to_attr="planned")
    readable = people.choices_for(access, on=on).filter(pk=OuterRef("beneficiary_id"))
    rows = _proposals(access).annotate(is_open=Exists(readable)).prefetch_related(planned)
    rows = rows.filter(state=state) if state else rows.filter(state__in=RUNNING)
    return rows.filter(is_open=True) if mine else rows


def proposals_of(access: Access, beneficiary: Beneficiary) -> QuerySet[Proposal]:
    """Of one person, the newest first."""
    return _proposals(access).filter(beneficiary=beneficiary).order_by("-id")


def open_at(access: Access, site: Site) -> int:
    """How many people of the Ambito are being proposed to a site: their names are in the list, for who may open them."""
    return Proposal.objects.filter(ambito_id=access.ambito_id, site=site, state__in=RUNNING).count()


def proposal_for(access: Access, public_id: UUID, *, place: str) -> Proposal:
    """One proposal with its sheets. Raises Http404, and ReasonNeeded for a person the user does not follow. The look is logged."""
    rows = _proposals(access).select_related("person_sheet", "site_sheet", "placement")
    row = get_object_or_404(rows, public_id=public_id)
    people.beneficiary_for(access, row.beneficiary.public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place=place)
    return row


def fit_of(proposal: Proposal) -> Fit:
    """What was compared when the site was proposed: the sheets are those of that day."""
    same = proposal.site.comune_id == proposal.beneficiary.residence_id
    place = place_of(proposal.site_sheet, minutes=proposal.travel_minutes, same_comune=same)
    return judge(person_of(proposal.person_sheet), place)


def visits_of(proposal: Proposal) -> QuerySet[TrialVisit]:
    return TrialVisit.objects.filter(ambito_id=proposal.ambito_id, proposal=proposal).order_by("-on", "-id")


def visits_for_calendar(access: Access, *, since: date, on: date) -> QuerySet[TrialVisit]:
    """The visits that are planned, from a day on, of the people whom this user follows today."""
    if not (access.actor_id and access.ambito_id and access.may(Permission.SEE_MATCHING)):
        return TrialVisit.objects.none()
    followed = CareMember.objects.filter(in_force(on), user=access.actor_id, beneficiary=OuterRef("proposal__beneficiary_id"))
    rows = TrialVisit.objects.filter(Exists(followed), ambito_id=access.ambito_id, state=VisitState.PLANNED, on__gte=since)
    return rows.select_related("proposal__site__company", "proposal__site__comune").order_by("on", "starts_at", "id")


def decision_of(proposal: Proposal) -> Decision | None:
    rows = Decision.objects.filter(ambito_id=proposal.ambito_id, proposal=proposal).select_related("document")
    return rows.first()
