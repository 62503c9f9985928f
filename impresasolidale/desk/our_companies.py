"""The companies whose contact is signed in, with all that the portal shows of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from certification.selectors.assessment import OurRecognition, our_recognitions
from companies.hosts.models import Company, CompanyTutor, ConductAcceptance, DataProposal, HostExpense, Opening
from companies.hosts.selectors import (
    BY_NAME,
    Colleague,
    accepted_by,
    colleagues_of,
    companies,
    engaged_on,
    last_proposals,
    offered_by,
    spent_at,
)
from companies.training.models import Enrolment
from companies.training.selectors import attended_by, trained_tutors
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from placements.agreements.enums import RUNNING
from placements.agreements.host_papers import HostPaper, papers_to_sign
from placements.agreements.selectors import entrusted_to
from placements.attendance.selectors import short_name
from placements.monitoring.models import Evaluation
from placements.monitoring.selectors.evaluations import waiting_for_host

PAGE = 50


@dataclass
class OurCompany:
    """A company as its contact sees it."""

    company: Company
    placements: list[Any] = field(default_factory=list)
    tutors: list[CompanyTutor] = field(default_factory=list)
    papers: list[HostPaper] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    colleagues: list[Colleague] = field(default_factory=list)
    courses: list[Enrolment] = field(default_factory=list)
    expenses: list[HostExpense] = field(default_factory=list)
    conduct: ConductAcceptance | None = None  # that it accepted the rules of today
    proposal: DataProposal | None = None  # the last correction that was asked for
    asked: list[Evaluation] = field(default_factory=list)  # how it was, of a placement that ended
    recognition: OurRecognition = field(default_factory=OurRecognition)

    @property
    def has_somebody(self) -> bool:
        """Whether somebody is in placement there: then there is something to show to an inspector."""
        return any(p.state in RUNNING for p in self.placements)


def companies_spoken_for(access: Access) -> QuerySet[Company]:
    """The companies whose contact is signed in, by name."""
    return companies(access).filter(pk__in=access.contact_for).order_by(*BY_NAME)


def our_companies(access: Access, today: date) -> list[OurCompany]:
    """The companies of a contact: who is in placement there (each has `short_name`), today's tutors (each says `is_trained`).

    As many queries for two companies as for one. The looks are logged.
    """
    found = {row.pk: OurCompany(row) for row in companies_spoken_for(access)}
    placements = list(entrusted_to(access).filter(company__in=found).select_related("company_tutor"))
    for placement in placements:
        placement.short_name = short_name(placement.beneficiary.first_name, placement.beneficiary.last_name)  # type: ignore[attr-defined]
        found[placement.company_id].placements.append(placement)
    trained = Exists(trained_tutors(today).filter(pk=OuterRef("tutor_id")))
    for row in engaged_on(access, found, today).annotate(is_trained=trained):
        row.tutor.is_trained = row.is_trained  # type: ignore[attr-defined]
        found[row.company_id].tutors.append(row.tutor)
    audit.look(Look.Kind.LIST, placements, by=access, place="desk:our_company")
    return [*found.values()]


def portal_of(access: Access, today: date) -> list[OurCompany]:
    """The same with papers to sign, what is asked, places, colleagues, courses, expenses, and the last correction. Eight queries more."""
    ours = our_companies(access, today)
    found = {our.company.pk: our for our in ours}
    for paper in papers_to_sign(access):
        found[paper.company_id].papers.append(paper)
    for row in waiting_for_host(access):
        found[row.placement.company_id].asked.append(row)
    for opening in offered_by(access, found, today):
        found[opening.company_id].openings.append(opening)
    for pk, colleagues in colleagues_of(access, found, today).items():
        found[pk].colleagues = colleagues
    courses: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in attended_by(access, [tutor.pk for our in ours for tutor in our.tutors]):
        courses[enrolment.tutor_id].append(enrolment)
    for expense in spent_at(access, found)[:PAGE]:
        found[expense.company_id].expenses.append(expense)
    for pk, proposal in last_proposals(access, found).items():
        found[pk].proposal = proposal
    for pk, recognition in our_recognitions(access, found, today=today).items():
        found[pk].recognition = recognition
    for pk, yes in accepted_by(access, found).items():
        found[pk].conduct = yes
    for our in ours:
        our.courses = [enrolment for tutor in our.tutors for enrolment in courses[tutor.pk]]
    return ours
