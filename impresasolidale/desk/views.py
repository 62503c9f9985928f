"""The first page of each role, the inbox, the overviews, the search, the outbox, the access log, the health page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from companies.hosts.selectors import company_for
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.views import Page
from placements.beneficiaries.views import OfPerson

from . import selectors

# Where each role begins its day; who holds several begins at the first of them.
FIRST_PAGE: dict[str, str] = {
    Role.COMPANY_TUTOR: "attendance:today",
    Role.COMPANY_CONTACT: "desk:our_company",
    Role.SOCIAL_WORKER: "desk:inbox",
    Role.COORDINATOR: "reports:dashboard",
    Role.ACCOUNTING: "desk:inbox",
    Role.CLERK: "desk:inbox",
    Role.PROMOTER_TUTOR: "desk:inbox",
    Role.COMMISSION_MEMBER: "solidarity_fund:home",
    Role.COMUNE_OFFICER: "beneficiaries:list",
    Role.TRAINER: "training:list",
    Role.AUDITOR: "reports:dashboard",
    Role.DPO: "desk:looks",
    Role.TECHNICIAN: "desk:health",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Each role's own first page (experience.md); a role without a page of its own is welcomed."""
    roles = request.access.roles  # type: ignore[attr-defined]
    return redirect(next((page for role, page in FIRST_PAGE.items() if role in roles), "desk:welcome"))


class Welcome(Page):
    """What a partner, a donor, or who has no role in force, finds here today."""

    template_name = "desk/welcome.html"


class OurCompany(Page):
    permission = P.USE_COMPANY_PORTAL
    template_name = "desk/our_company.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(our=selectors.our_company(self.access, today), today=today, **kwargs)


class Person(OfPerson, Page):
    """A person's placements, papers and requests: a page, and the part of the record that shows them."""

    permission = P.SEE_PEOPLE
    template_name = "desk/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rooms = selectors.person_rooms(self.access, self.beneficiary, timezone.localdate())
        return super().get_context_data(person=self.beneficiary, rooms=rooms, **kwargs)


class Company(Page):
    """A company's placements, agreements, trained tutors and certificates: a page, and the part of the record that shows them."""

    permission = P.SEE_COMPANIES
    template_name = "desk/company.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = company_for(self.access, self.kwargs["public_id"])
        rooms = selectors.company_rooms(self.access, company, timezone.localdate())
        return super().get_context_data(company=company, rooms=rooms, **kwargs)


class Inbox(Page):
    template_name = "desk/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        people = selectors.my_people(self.access, today) if self.access.may(P.SEE_PEOPLE) else []
        if people:
            audit.look(Look.Kind.LIST, people, by=self.access, place="desk:inbox")
        return super().get_context_data(
            inbox=selectors.inbox(self.access, today), people=people, today=today, new_person_url=reverse("beneficiaries:new"), **kwargs
        )


class Search(Page):
    template_name = "desk/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:80]
        found = selectors.search(self.access, text)
        if found.people:
            audit.look(Look.Kind.LIST, found.people, by=self.access, place="desk:search")
        return super().get_context_data(text=text, found=found, **kwargs)


class Messages(Page):
    permission = P.SEE_MESSAGES
    template_name = "desk/messages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sent=selectors.messages_sent(self.access), **kwargs)


class Looks(Page):
    permission = P.SEE_ACCESS_LOG
    template_name = "desk/looks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(looks=selectors.looks(self.access), **kwargs)


class Health(Page):
    permission = P.SEE_HEALTH
    template_name = "desk/health.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(health=selectors.health(), **kwargs)
