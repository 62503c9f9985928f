"""Words kept for everybody, to-dos of the office, and letters to companies."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from companies.hosts.models import Company
from companies.hosts.selectors import portal_users_of
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.messages import send
from impresasolidale.core.words import in_italian

from ..models import Application

DECIDE = "certification.decide"
TOLD = "certification.told"
TOLD_SUBJECT = gettext_lazy("Una comunicazione sul riconoscimento")  # no name, no outcome: a subject is read by whoever passes by


def write_to(
    company: Company, *, kind: str, subject: Any, template: str, context: dict[str, Any], about: Any, by: Access, today: date
) -> int:
    """One mail to each of those who enter the portal for the company, or to the company's own address; returns how many."""
    people = {held.user.email: held.user.language for held in portal_users_of(by, company, today) if held.user.email}
    if not people and company.email:
        people = {company.email: settings.LANGUAGE_CODE}
    url = settings.BASE_URL + reverse("our_recognition:page", args=[company.public_id])
    for address, language in people.items():
        send(
            kind=kind,
            address=address,
            language=language,
            subject=subject,
            template=template,
            context={"company": company.name, "url": url, **context},
            by=by,
            about=about,
            cooldown=timedelta(0),  # each step that writes happens once
        )
    return len(people)


def tell_company(company: Company, *, what: str, about: Any, by: Access, today: date) -> int:
    """A mail beside the formal paper, which goes by PEC or otherwise: a pre-notice leaves, or something was decided against the company.

    `what`: "notice", "stopped" (a pre-notice, and the suspension holds at once), "refused", "suspended", "revoked". No reason in it: the
    paper has them.
    """
    template = "certification/email/told.txt"
    return write_to(company, kind=TOLD, subject=TOLD_SUBJECT, template=template, context={"what": what}, about=about, by=by, today=today)


def ask_office(kind: str, title: str, subject: Any, url: str, *, by: Access, due_on: date | None = None) -> None:
    """A to-do of all the offices of the network: whoever comes first. Those of the check reach whoever may check (`desk.todo_kinds`)."""
    todos.ask(kind=kind, subject=subject, title=title, url=url, role=Role.COORDINATOR, by=by, due_on=due_on, everywhere=True)


def ask_decision(application: Application, *, by: Access) -> None:
    """The coordinators are asked to decide, or to take it to the commission."""
    title = in_italian("Riconoscimento da decidere: %(company)s", company=application.company)
    ask_office(DECIDE, title, application, reverse("certification:application", args=[application.public_id]), by=by)
