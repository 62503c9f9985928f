"""Writes of the applications: begun by the office from the data, decided by another person."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from ..enums import OPEN, ApplicationState, Level, Origin
from ..measures import measures
from ..models import Answer, Application, Certificate
from ..rules import missing
from ..scheme import computed_points, score
from ..selectors.applications import ACT, requirements_of
from ..selectors.certificates import live
from ..selectors.facts import band_of, common_rules, facts_of
from ..selectors.schemes import scheme_in_force
from ..transitions import APPLICATION
from .certificates import award
from .schemes import kept

DECIDE = "certification.decide"


@transaction.atomic
def propose_application(*, company: Company, by: Access, today: date) -> Application:
    """Ask for the first level in a company's name, on facts computed now and frozen (rule 79); another person decides.

    Refuses when a recognition is held or asked for, or saying what is missing (the core criteria; the declarations of rule 85 where the
    rule book blocks).
    """
    by.require(Permission.CHECK_CERTIFICATES)
    company = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    refuse_second(company, today)
    scheme = scheme_in_force(by, today)
    facts, band = facts_of(by, [company.pk], today)[company.pk], band_of(company)
    points = computed_points(scheme.scheme, band, measures(facts))
    found = score(scheme.scheme, points)
    asked = requirements_of(company, found, level=Level.ADERENTE, scheme=scheme, rules=common_rules(company.network_id, today))
    if lacks := missing(asked):
        words = _("Per proporre %(company)s manca ancora: %(missing)s.")
        raise DomainError(words % {"company": company, "missing": "; ".join(lacks)})
    row = Application.objects.create(
        network_id=company.network_id,
        company=company,
        scheme=kept(scheme),
        origin=Origin.OFFICE,
        level=Level.ADERENTE,
        created_by_id=by.actor_id,
    )
    Answer.objects.bulk_create(
        Answer(network_id=row.network_id, application=row, criterion=code, points=given) for code, given in points.items()
    )
    number = next_number(owner=f"network:{row.network_id}", kind="certification.application", year=today.year)
    row = perform(APPLICATION, "submitted", row, by=by, as_system=True, number=number, submitted_on=today, facts=facts.to_json(), band=band)
    row = perform(APPLICATION, "checked", row, by=by, checked_by_id=by.actor_id)
    ask_decision(row, by=by)
    return row


def refuse_second(company: Company, today: date) -> None:
    """One recognition and one application at a time; the caller holds the company's lock."""
    if live(today).filter(company=company).exists() or Application.objects.filter(company=company, state__in=OPEN).exists():
        raise DomainError(_("%(company)s ha già un riconoscimento valido, oppure uno che aspetta la decisione.") % {"company": company})


def ask_decision(application: Application, *, by: Access) -> None:
    """The coordinator is asked to decide."""
    with translation.override("it"):  # what is stored reads the same whoever caused it
        title = _("Riconoscimento da decidere: %(company)s") % {"company": application.company}
    todos.ask(
        kind=DECIDE,
        subject=application,
        title=title,
        url=reverse("certification:decide", args=[application.public_id]),
        role=Role.COORDINATOR,
        by=by,
    )


@transaction.atomic
def grant_application(
    *, application: Application, by: Access, today: date, act: OutsideAct | None = None, act_file: UploadedFile | None = None
) -> Certificate:
    """Recognise the company and issue its certificate. Four eyes: not who checked, unless an outside act is the second key."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row = Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)
    if row.state != ApplicationState.READY:
        raise TransitionNotAllowed
    require_second_key(first_id=row.checked_by_id, by=by, act=act)
    with translation.override("it"):
        reason = _("Atto n. %(number)s del %(day)s") % {"number": act.number.strip(), "day": f"{act.on:%d/%m/%Y}"} if act else ""
    row = perform(APPLICATION, "granted", row, by=by, reason=reason, decided_by_id=by.actor_id, decided_at=timezone.now())
    if act and act_file:
        store_upload(file=act_file, kind=ACT, subject=row, by=by)
    todos.done(kind=DECIDE, subject=row, by=by)
    return award(application=row, by=by, today=today, reason=reason)


@transaction.atomic
def refuse_application(*, application: Application, by: Access, reason: str) -> Application:
    """Close an application without recognition; the company may ask again later."""
    row: Application = perform(
        APPLICATION, "refused", application, by=by, reason=reason, decided_by_id=by.actor_id, decided_at=timezone.now()
    )
    todos.done(kind=DECIDE, subject=row, by=by)
    return row
