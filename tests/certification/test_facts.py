"""Every figure of a company from real rows, with the arithmetic; and every figure opens as many rows as it says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.figures import FIGURES, value_of
from certification.preconditions import quota, warnings
from certification.rules import Facts
from certification.selectors import fact_rows
from certification.selectors.facts import band_of, facts_of, is_sized
from companies.hosts.enums import ExpenseKind, ExpensePayer, Law68
from companies.hosts.models import Block, Company, CompanyTutor, Engagement, HostExpense, Site
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Body
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.services import publish_rulebook
from placements.agreements.change_enums import Asker, EndCause, NextStep, SuspensionCause
from placements.agreements.enums import ProjectKind, ProjectState
from placements.agreements.models import EarlyEnd, PersonalProject, Placement, ReplacementFlag, Suspension
from placements.monitoring.models import PlacementEvent, Visit
from placements.monitoring.visit_enums import EventKind, VisitKind, VisitState
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host, trained
from tests.factories.fixtures import TODAY
from tests.factories.fund import give, make_donor, make_goods, make_pot
from tests.factories.matching import make_site_sheet
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
# TODAY is 18 November 2026: the window begins on 19 November 2023.
OLD = date(2023, 3, 1)


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def decider(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def company(by: Any) -> Company:
    return make_host(by, staff_count=4)


def person(by: Any, number: int) -> Any:
    return make_beneficiary(by, number=number)


def facts(by: Any, company: Company) -> Facts:
    return facts_of(by, [company.pk], TODAY)[company.pk]


def project(by: Any, placement: Placement, **changes: Any) -> PersonalProject:
    """A version that was in force."""
    last = PersonalProject.objects.filter(placement=placement).count()
    values: dict[str, Any] = {
        "kind": ProjectKind.INITIAL,
        "state": ProjectState.WITHDRAWN,  # no paper is printed here; `was_in_force` moves it
        "effective_from": placement.starts_on,
        "ends_on": date(2027, 5, 31),
        "weekly_minutes": 600,
        "allowance_model": "none",
        "tasks": "Aiuto",
        "payer": Body.objects.filter(ambito_id=by.ambito_id).first(),
        **changes,
    }
    return PersonalProject.objects.create(ambito_id=by.ambito_id, placement=placement, version=last + 1, **values)


@pytest.fixture
def papers(by: Any, monkeypatch: Any) -> Any:
    """Versions count as in force without their paper, which is another room's matter."""
    monkeypatch.setattr("certification.selectors.facts.HELD", (ProjectState.WITHDRAWN,))


# --- What counts


def test_the_window_leaves_out_what_is_older(by: Any, company: Company) -> None:
    """One of 2023, over before the window; one of 2026 with two months of 20 hours."""
    hosted(by, company, person(by, 1), start=OLD, months=3)
    hosted(by, company, person(by, 2), start=date(2026, 3, 2), months=2)
    found = facts(by, company)
    assert (found.hosted, found.counted, found.recent, found.completed) == (2, 2, 1, 1)
    assert (found.months, found.recent_months, found.minutes, found.recent_minutes) == (5, 2, 6000, 2400)
    assert (found.people, found.years, found.since) == (2, 1, OLD)


def test_a_month_stands_in_one_year_of_the_window(by: Any, company: Company) -> None:
    """November 2024 is the last month of the first year (its first day is before the 19th); December 2024 begins the second."""
    hosted(by, company, person(by, 1), start=date(2024, 11, 4), months=1)
    assert facts(by, company).years == 1
    hosted(by, company, person(by, 2), start=date(2024, 12, 2), months=1)
    hosted(by, company, person(by, 3), start=date(2024, 12, 2), months=1)
    assert facts(by, company).years == 2
    hosted(by, company, person(by, 4), start=date(2026, 1, 12), months=1)
    assert facts(by, company).years == 3


def test_who_comes_back_is_counted_once_each_time(by: Any, company: Company) -> None:
    ada, bice = person(by, 1), person(by, 2)
    for start in (date(2024, 2, 5), date(2025, 2, 3), date(2026, 2, 2)):
        hosted(by, company, ada, start=start, months=2)
    hosted(by, company, bice, start=date(2026, 6, 1), months=2)
    hosted(by, make_host(by, number=2), bice, start=date(2025, 1, 13), months=2)  # elsewhere: she did not come back
    assert facts(by, company).returned == 2


def test_a_placement_in_doubt_gives_nothing_until_it_is_cleared(by: Any, company: Company) -> None:
    """Rule 27: no points for one that may have stood in for staff."""
    row = hosted(by, company, person(by, 1))
    flag = ReplacementFlag.objects.create(ambito_id=by.ambito_id, placement=row, raised_on=TODAY, reason="Sola al banco")
    found = facts(by, company)
    assert (found.in_doubt, found.hosted, found.counted, found.recent, found.recent_months, found.completed) == (1, 1, 0, 0, 0, 0)
    ReplacementFlag.objects.filter(pk=flag.pk).update(cleared_on=TODAY, outcome="Era la pausa della collega")
    found = facts(by, company)
    assert (found.in_doubt, found.counted, found.recent_months) == (0, 1, 2)


@pytest.mark.parametrize(("severity", "counted"), [("off", 2), ("warn", 2), ("block", 1)])
def test_what_others_paid_whole(by: Any, decider: Any, company: Company, network: Any, severity: str, counted: int) -> None:
    """Rule 87, if the office chooses it: one of two placements has a funder, and the company gave nothing of its own."""
    hosted(by, company, person(by, 1))
    Placement.objects.filter(pk=hosted(by, company, person(by, 2)).pk).update(funding_source="cariplo")
    publish_rulebook(network=network, valid_from=date(2026, 1, 1), changes={"severity": {"87": severity}}, act="Prova", by=decider)
    found = facts(by, company)
    assert (found.paid_by_others, found.hosted, found.counted) == (1, 2, counted)


@pytest.mark.parametrize("own", ["expense", "meals"])
def test_what_the_company_puts_in_makes_it_its_own(by: Any, company: Company, papers: None, own: str) -> None:
    row = hosted(by, company, person(by, 1))
    Placement.objects.filter(pk=row.pk).update(funding_source="cariplo")
    expense: dict[str, Any] = {
        "network_id": by.network_id,
        "company": company,
        "kind": ExpenseKind.values[0],
        "cents": 4500,
        "spent_on": TODAY,
    }
    HostExpense.objects.create(**expense, payer=ExpensePayer.FUND)
    project(by, row)
    assert facts(by, company).paid_by_others == 1
    if own == "expense":
        HostExpense.objects.create(**expense, payer=ExpensePayer.COMPANY)
    else:
        project(by, row, meals_provided=True)
    assert facts(by, company).paid_by_others == 0


def test_how_placements_end(by: Any, company: Company) -> None:
    """Three ended: one in its time, one early by the person, one because the company could not go on."""
    rows = [hosted(by, company, person(by, n)) for n in (1, 2, 3)]
    for row, cause in zip(rows[1:], (EndCause.PERSON, EndCause.HOST), strict=True):
        common = {"asked_by": Asker.PERSON, "next_step": NextStep.NONE, "note": "Così", "last_day": row.ended_on, "done_on": TODAY}
        EarlyEnd.objects.create(ambito_id=by.ambito_id, placement=row, cause=cause, **common)
    found = facts(by, company)
    assert (found.completed, found.broken_off) == (2, 1)


def test_adaptations_extensions_and_visits(by: Any, company: Company, papers: None) -> None:
    row, plain = hosted(by, company, person(by, 1)), hosted(by, company, person(by, 2))
    project(by, row, adaptations="Uno sgabello")
    project(by, row, kind=ProjectKind.EXTENSION, reason="Va bene così", effective_from=date(2026, 5, 4))
    project(by, plain, adaptations="")
    project(by, plain, kind=ProjectKind.EXTENSION, reason="Di più", effective_from=TODAY + timedelta(days=1))  # not yet
    done = {"ambito_id": by.ambito_id, "due_on": TODAY, "held_by": by.actor, "placement": row}
    paper = _paper(by)
    for kind, held_on in ((VisitKind.PLANNED, TODAY), (VisitKind.URGENT, TODAY), (VisitKind.PHONE, TODAY), (VisitKind.PLANNED, OLD)):
        Visit.objects.create(**done, kind=kind, state=VisitState.DONE, held_on=held_on, document=paper)
    Visit.objects.create(ambito_id=by.ambito_id, placement=row, due_on=TODAY)
    found = facts(by, company)
    assert (found.adapted, found.extended, found.visits) == (1, 1, 2)  # a call is no visit, one is too old, one is to come


def _paper(by: Any) -> Any:
    return Document.objects.create(
        ambito_id=by.ambito_id, kind="monitoring.visit", kind_label="Verbale", number="2026/000001", subject_type="x", subject_id=1,
        template="x", context={}, context_hash="0" * 64, issued_on=TODAY,
    )  # fmt: skip


def test_tutors_and_sites(by: Any, company: Company) -> None:
    """Two tutors with the course, one of whom left; one without. Two sites described, one of them closed; one sheet says nothing."""
    for number, (end, course) in enumerate(((None, True), (date(2026, 1, 31), True), (None, False))):
        tutor = CompanyTutor.objects.create(network_id=by.network_id, first_name="Ines", last_name="Prova", email=f"t{number}@example.org")
        Engagement.objects.create(network_id=by.network_id, tutor=tutor, company=company, valid_from=date(2025, 1, 1), valid_to=end)
        if course:
            trained(by, tutor)
    for name, closed, words in (("A", None, {"lifting": "carichi piccoli"}), ("B", OLD, {"lifting": "carichi piccoli"}), ("C", None, {})):
        site = Site.objects.create(network_id=by.network_id, company=company, name=name, address="Via Prova 1", comune=company.comune)
        make_site_sheet(by, site, lifting=1, adaptations=words)
        if closed:
            Site.objects.filter(pk=site.pk).update(closed_on=closed, closed_reason="Trasloco")
    found = facts(by, company)
    assert (found.tutors_trained, found.sites_described) == (1, 1)


def test_gifts_are_money_and_goods_of_the_window(by: Any, decider: Any, company: Company) -> None:
    """100,50 + 50 in money and 3 × 45,00 = 135,00 in goods: 285,50 euro. Another donor's, and one too old, are not counted."""
    pot, donor = make_pot(decider), make_donor(decider, tax_code=company.partita_iva)
    give(decider, pot, "100.50", donor=donor)
    give(decider, pot, "50", donor=donor, on=date(2023, 11, 19))
    give(decider, pot, "70", donor=donor, on=date(2023, 11, 18))
    give(decider, pot, "900", donor=make_donor(decider, name="Altra srl"))
    make_goods(decider, donor=donor)
    assert facts(by, company).given_cents == 285_50


def test_blocks_complaints_and_pauses(by: Any, company: Company) -> None:
    row = hosted(by, company, person(by, 1))
    Block.objects.create(
        ambito_id=by.ambito_id, company=company, starts_on=TODAY, ends_on=TODAY + timedelta(days=30), reason="Mancano i guanti"
    )
    for kind in (EventKind.MISTREATMENT, EventKind.CONFLICT):
        PlacementEvent.objects.create(ambito_id=by.ambito_id, placement=row, kind=kind, happened_on=TODAY, text="…")
    for cause, start in (
        (SuspensionCause.HOST, date(2026, 3, 9)),
        (SuspensionCause.ILLNESS, date(2026, 4, 6)),
        (SuspensionCause.HOST, OLD),
    ):
        Suspension.objects.create(ambito_id=by.ambito_id, placement=row, starts_on=start, ends_on=start, cause=cause)
    found = facts(by, company)
    assert (found.blocks, found.complaints, found.paused) == (1, 1, 1)


# --- Size


@pytest.mark.parametrize(
    ("values", "band", "sized"),
    [
        ({"staff_count": 2}, "micro", True),
        ({"staff_count": 60, "size_class": "micro"}, "medium", True),  # the count says more than the class
        ({"size_class": "small"}, "small", True),
        ({}, "large", False),  # to be silent never pays
    ],
)
def test_the_size_of_a_company(values: dict[str, Any], band: str, sized: bool) -> None:
    company = Company(**values)
    assert (band_of(company), is_sized(company)) == (band, sized)


# --- However many


def test_as_many_statements_for_one_company_as_for_fifty(by: Any) -> None:
    companies = [make_host(by, number=n) for n in range(1, 51)]
    hosted(by, companies[0], person(by, 1))
    counts = []
    for some in (companies[:1], companies):
        with CaptureQueriesContext(connection) as queries:
            facts_of(by, [c.pk for c in some], TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert facts_of(by, [], TODAY) == {}


# --- The rows


@pytest.fixture
def busy(by: Any, decider: Any, company: Company, stranger: Any, papers: None) -> Company:
    """A company with something behind nearly every figure, two of its placements in another Ambito."""
    ada = person(by, 1)
    row = hosted(by, company, ada, start=date(2025, 3, 3))
    hosted(by, company, ada, start=date(2026, 3, 2))
    project(by, row, adaptations="Uno sgabello")
    project(by, row, kind=ProjectKind.EXTENSION, reason="Va bene così", effective_from=date(2025, 5, 5))
    elsewhere = access_for(stranger)
    with scope(elsewhere.scope):
        hosted(elsewhere, company, make_beneficiary(elsewhere, number=8), months=1)
        Block.objects.create(ambito_id=elsewhere.ambito_id, company=company, starts_on=TODAY, ends_on=TODAY, reason="Segreto")
        PlacementEvent.objects.create(
            ambito_id=elsewhere.ambito_id, placement=Placement.objects.get(), kind=EventKind.MISTREATMENT, happened_on=TODAY, text="…"
        )
    Suspension.objects.create(ambito_id=by.ambito_id, placement=row, starts_on=TODAY, ends_on=TODAY, cause=SuspensionCause.HOST)
    tutor = CompanyTutor.objects.create(network_id=by.network_id, first_name="Ines", last_name="Prova", email="t@example.org")
    Engagement.objects.create(network_id=by.network_id, tutor=tutor, company=company, valid_from=date(2025, 1, 1))
    trained(by, tutor)
    make_site_sheet(by, Site.objects.get(company=company), lifting=1, adaptations={"lifting": "carichi piccoli"})
    donor = make_donor(decider, tax_code=company.partita_iva)
    give(decider, make_pot(decider), "100", donor=donor)
    return company


COUNTS = {code for code, figure in FIGURES.items() if figure.behind not in ("sheets", "gifts") and not figure.unit}


@pytest.mark.parametrize("code", sorted(COUNTS))
def test_a_figure_opens_as_many_rows_as_it_says(by: Any, busy: Company, code: str) -> None:
    found = fact_rows.behind(by, busy, code, TODAY)
    assert len(found.rows) + found.elsewhere == found.value == value_of(code, facts(by, busy))


def test_months_and_hours_open_the_sheets(by: Any, busy: Company) -> None:
    """Two of 2 months in Sondrio, one of 1 month in Tirano: 5 months, 100 hours."""
    found = fact_rows.behind(by, busy, "recent_months", TODAY)
    assert (found.value, len(found.rows), found.elsewhere) == (5, 4, 1)
    assert fact_rows.behind(by, busy, "recent_minutes", TODAY).value == 100 * 60


def test_nobody_of_another_ambito_is_told(by: Any, busy: Company, worker: Any, signed_in: Any) -> None:
    office = signed_in(worker)
    for code in FIGURES:
        answer = office.get(reverse("certification:fact_rows", args=[busy.public_id, code]))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Segreto" not in text and "Persona 8" not in text
    assert (
        "1 riga sta in un altro Ambito" in office.get(reverse("certification:fact_rows", args=[busy.public_id, "blocks"])).content.decode()
    )


def test_a_person_is_named_to_who_may_open_her_alone(by: Any, busy: Company, user_of: Any, sondrio: Any, signed_in: Any) -> None:
    """The worker of the case reads her name; the coordinator, who would be asked why, reads that she is somebody."""
    name = str(Placement.objects.filter(company=busy, ambito=sondrio).first().beneficiary)  # type: ignore[union-attr]
    url = reverse("certification:fact_rows", args=[busy.public_id, "recent"])
    other = signed_in(user_of(Role.COORDINATOR, sondrio, number=7)).get(url).content.decode()
    assert name not in other and "Una persona" in other


def test_pages_cost_the_same(by: Any, busy: Company, worker: Any, signed_in: Any) -> None:
    """Detail 10, for one placement and for thirty."""
    office, costs = signed_in(worker), []
    for number in (0, 30):
        for n in range(number):
            hosted(by, busy, person(by, 20 + n), months=1)
        for url in (
            reverse("certification:facts", args=[busy.public_id]),
            reverse("certification:fact_rows", args=[busy.public_id, "recent"]),
        ):
            with OwnQueries() as own:
                assert office.get(url).status_code == 200
            assert len(own) <= 10, own
            costs.append(len(own))
    assert costs[:2] == costs[2:]


def test_doors(by: Any, busy: Company, user_of: Any, sondrio: Any, signed_in: Any, worker: Any) -> None:
    facts_url = reverse("certification:facts", args=[busy.public_id])
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    assert clerk.get(facts_url).status_code == 403
    office = signed_in(worker)
    assert office.get(reverse("certification:fact_rows", args=[busy.public_id, "since"])).status_code == 404
    assert office.get(reverse("certification:facts", args=["00000000-0000-4000-8000-000000000000"])).status_code == 404


def test_a_member_of_the_commission_reads_no_reasons_of_the_office(
    by: Any, busy: Company, user_of: Any, sondrio: Any, signed_in: Any
) -> None:
    member = signed_in(user_of(Role.COMMISSION_MEMBER, sondrio))
    url = reverse("certification:fact_rows", args=[busy.public_id, "blocks"])
    assert member.get(url).status_code == 403
    page = member.get(reverse("certification:facts", args=[busy.public_id]))
    assert page.status_code == 200 and url not in page.content.decode()


def test_nobody_reads_what_was_said_of_the_own_company(by: Any, busy: Company, user_of: Any, sondrio: Any, signed_in: Any) -> None:
    """Who complained of it, and when: with one person there, that is a name."""
    user = user_of(Role.COMMISSION_MEMBER, sondrio)
    Membership.objects.create(user=user, network_id=busy.network_id, company=busy, role=Role.COMPANY_CONTACT, valid_from=date(2024, 1, 1))
    member = signed_in(user)
    assert member.get(reverse("certification:fact_rows", args=[busy.public_id, "recent"])).status_code == 403
    other = make_host(by, number=9)
    assert member.get(reverse("certification:fact_rows", args=[other.public_id, "recent"])).status_code == 200


# --- Before points are counted


@pytest.mark.parametrize(
    ("position", "severity", "asked"),
    [
        (Law68.OPEN, Severity.BLOCK, [True]),
        (Law68.OPEN, Severity.WARN, [False]),
        (Law68.OPEN, Severity.OFF, []),
        (Law68.AGREED, Severity.BLOCK, []),
        (Law68.COVERED, Severity.BLOCK, []),
        (Law68.NOT_BOUND, Severity.BLOCK, []),
        ("", Severity.BLOCK, []),
    ],
)
def test_the_places_of_the_law_are_in_order(position: str, severity: Severity, asked: list[bool]) -> None:
    """Rule 85: [blocks] of what is asked."""
    assert [r.blocks for r in quota(position, severity=severity)] == asked
    assert not any(r.met for r in quota(position, severity=severity))


def test_a_company_with_places_to_fill_is_refused_in_words(by: Any, company: Company, worker: Any, signed_in: Any) -> None:
    hosted(by, company, person(by, 1))
    Company.objects.filter(pk=company.pk).update(law68_position=Law68.OPEN)
    answer = signed_in(worker).post(reverse("certification:propose"), {"company": str(company.public_id)})
    assert answer.status_code == 422 and "i posti riservati della legge 68/1999" in answer.content.decode()


def test_what_the_office_looks_into_is_said_on_the_page(by: Any, busy: Company, worker: Any, signed_in: Any) -> None:
    text = signed_in(worker).get(reverse("certification:facts", args=[busy.public_id])).content.decode()
    assert "1 Ambito ha fermato i tirocini nuovi" in text and "1 segnalazione è ancora aperta" in text
    assert warnings(Facts(in_doubt=2, paid_by_others=1)) == [
        "2 tirocini sono da chiarire: forse al posto di un lavoratore",
        "1 tirocinio l'hanno pagato tutto altri (regola 87)",
    ]
    assert warnings(Facts()) == []
