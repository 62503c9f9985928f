"""Recognised companies for tests: companies, placements that were hosted, their sheets, and certificates through the services."""

from datetime import date, timedelta
from typing import Any

from certification.models import Certificate
from certification.services import applications as services
from companies.hosts.enums import HostKind
from companies.hosts.models import Company, Site
from companies.hosts.services import register_company
from companies.training.models import Course, Edition, Enrolment
from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Comune, RuleBookVersion
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from placements.beneficiaries.models import Beneficiary

from .fixtures import TODAY


def partita_iva(number: int) -> str:
    """A synthetic partita IVA with a right check digit."""
    digits = [int(d) for d in f"9{number:09d}"]
    total = sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def make_host(by: Access, *, number: int = 1, **changes: Any) -> Company:
    """A company with both declarations; the name sorts by number."""
    values = {
        "name": f"Falegnameria Prova {number:03d}",
        "kind": HostKind.FIRM,
        "partita_iva": partita_iva(number),
        "comune": Comune.objects.get(name="Sondrio"),
        "safety_declared_on": TODAY,
        "law68_declared_on": TODAY,
    }
    return register_company(by=by, is_another=True, **{**values, **changes})


def hosted(
    by: Access, company: Company, person: Beneficiary, *, months: int = 2, minutes: int = 1200, start: date = date(2026, 3, 2)
) -> Placement:
    """A placement that ended, with `months` sheets of `minutes` each."""
    site, _made = Site.objects.get_or_create(
        company=company, name="Sede", defaults={"network_id": company.network_id, "address": "Via Prova 1", "comune": company.comune}
    )
    end = start + timedelta(days=31 * months)
    row = Placement.objects.create(
        ambito_id=by.ambito_id,
        beneficiary=person,
        company=company,
        site=site,
        rulebook=RuleBookVersion.objects.get(ambito_id=by.ambito_id),
        state=PlacementState.ENDED,
        starts_on=start,
        ends_on=end,
        ended_on=end,
    )
    for i in range(months):
        Timesheet.objects.create(
            ambito_id=by.ambito_id,
            placement=row,
            month=date(start.year, start.month + i, 1),
            planned_minutes=minutes,
            done_minutes=minutes,
            credited_minutes=minutes,
            days_present=4,
        )
    return row


def trained(by: Access, tutor: Any) -> Enrolment:
    """A tutor who attended a basic course."""
    course = Course.objects.create(network_id=by.network_id, title="Corso di base", minutes=480)
    edition = Edition.objects.create(network_id=by.network_id, course=course, place="Sondrio", seats=10)
    return Enrolment.objects.create(
        network_id=by.network_id,
        edition=edition,
        tutor=tutor,
        state=Enrolment.State.ATTENDED,
        minutes=480,
        completed_on=TODAY,
        certified_on=TODAY,
    )


def granted(company: Company, *, proposer: Access, decider: Access, today: date = TODAY) -> Certificate:
    """A certificate through both services."""
    proposed = services.propose_application(company=company, by=proposer, today=today)
    return services.grant_application(application=proposed, by=decider, today=today)
