"""Recognitions: computed facts, refusals, four eyes, one numbered paper, who may see what."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import translation

from certification import rules
from certification.enums import ReasonClass
from certification.measures import measures
from certification.models import Application, Certificate
from certification.scheme import computed_points, score
from certification.selectors import facts as selectors
from certification.services import applications as services
from certification.services import certificates
from certification.shipped import shipped_scheme
from certification.words import lacking
from companies.hosts.models import CompanyTutor, Engagement
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.documents import verification_url
from impresasolidale.core.errors import DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.models import Deadline, Document, Fact, Todo, Verification
from impresasolidale.core.rendering import html_of, qr_data_uri, render_document
from impresasolidale.core.scope import scope
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.services import publish_rulebook
from placements.agreements.enums import PlacementState
from placements.agreements.models import FrameworkAgreement, Placement
from tests.factories.agreements import PDF, scan
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import granted, hosted, make_host, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def decider(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def company(by: Any) -> Any:
    made = make_host(by)
    hosted(by, made, make_beneficiary(by, number=1))
    return made


# --- Rules


@pytest.mark.parametrize(
    ("count", "law68", "severity", "lacks"),
    [
        (1, date(2026, 1, 1), Severity.BLOCK, 0),
        (0, date(2026, 1, 1), Severity.BLOCK, 1),
        (1, None, Severity.BLOCK, 1),
        (0, None, Severity.BLOCK, 2),
        (1, None, Severity.WARN, 0),
        (1, None, Severity.OFF, 0),
    ],
)
def test_what_is_asked(count: int, law68: date | None, severity: Severity, lacks: int) -> None:
    scheme = shipped_scheme()
    found = score(scheme, computed_points(scheme, "micro", measures(rules.Facts(counted=count))))
    words = lacking(scheme, found, "aderente")[:1]
    asked = rules.requirements(words, law68_on=law68, safety_on=date(2026, 1, 1), declarations=severity)
    assert len(rules.missing(asked)) == lacks
    assert len(asked) == (0 if severity == Severity.OFF else 2) + (not count)


def test_validity_is_whole_months_less_a_day() -> None:
    assert rules.last_valid_day(date(2026, 11, 18), 36) == date(2029, 11, 17)
    assert rules.last_valid_day(date(2028, 2, 29), 12) == date(2029, 2, 27)


def test_facts_survive_freezing() -> None:
    facts = rules.Facts(hosted=2, people=2, minutes=90, since=date(2026, 3, 2))
    assert rules.Facts.from_json(facts.to_json()) == facts


def test_figures_are_printed_only_of_enough_people() -> None:
    assert not rules.fit_to_print(rules.Facts(people=4), threshold=5)
    assert rules.fit_to_print(rules.Facts(people=5), threshold=5)


# --- Facts


def test_facts_count_all_ambiti(by: Any, company: Any, stranger: Any, today: date) -> None:
    """Sondrio: two placements of two people, 2 + 3 months of 1200 minutes. Tirano: one, 1 month. 3 placements, 6 months, 7200 minutes."""
    hosted(by, company, make_beneficiary(by, number=2), months=3, start=date(2025, 5, 5))
    elsewhere = access_for(stranger)
    with scope(elsewhere.scope):
        hosted(elsewhere, company, make_beneficiary(elsewhere, number=3), months=1)
    tutor = CompanyTutor.objects.create(network_id=by.network_id, first_name="Ines", last_name="Prova", email="ines@example.org")
    Engagement.objects.create(network_id=by.network_id, tutor=tutor, company=company, valid_from=date(2025, 1, 1))
    trained(by, tutor)
    idle = make_host(by, number=2)
    with CaptureQueriesContext(connection) as queries:
        found = selectors.facts_of(by, [company.pk, idle.pk], today)
    ever = rules.Facts(hosted=3, running=0, people=3, months=6, minutes=7200, tutors_trained=1, since=date(2025, 5, 5), counted=3)
    # The window begins on 19 November 2023: May 2025 stands in its second year, March 2026 in its third.
    assert found[company.pk] == replace(ever, recent=3, recent_months=6, recent_minutes=7200, years=2, completed=3)
    assert found[idle.pk] == rules.Facts()
    # The rule book, the Ambiti, placements, sheets, and all the rest together
    assert sum(q["sql"].lstrip("(").startswith("SELECT") and "set_config" not in q["sql"] for q in queries) == 5


def test_running_counts_and_drafts_do_not(by: Any, company: Any, today: date) -> None:
    """A suspended placement runs; a draft never began."""
    person = make_beneficiary(by, number=2)
    ended = Placement.objects.get()
    tutor = CompanyTutor.objects.create(network_id=by.network_id, first_name="Ines", last_name="Prova", email="ines@example.org")
    paper = FrameworkAgreement.objects.create(ambito_id=by.ambito_id, company=company, valid_from=today, valid_to=today)
    common = {"ambito_id": by.ambito_id, "beneficiary": person, "company": company, "site": ended.site, "rulebook": ended.rulebook}
    both = {**common, "starts_on": today, "ends_on": today, "agreement": paper, "company_tutor": tutor, "promoter_tutor": by.actor}
    Placement.objects.create(state=PlacementState.SUSPENDED, **both)
    Placement.objects.create(state=PlacementState.DRAFT, **both)
    facts = selectors.facts_of(by, [company.pk], today)[company.pk]
    assert (facts.hosted, facts.running, facts.people) == (2, 1, 2)


# --- Proposing


def test_proposal_freezes_the_facts_and_asks_the_coordinator(by: Any, company: Any, today: date) -> None:
    made = services.propose_application(company=company, by=by, today=today)
    hosted(by, company, make_beneficiary(by, number=2))
    made.refresh_from_db()
    assert made.facts["hosted"] == 1 and made.scheme.version == 1 and made.scheme.validity_months == 36
    assert Todo.objects.get(kind=services.DECIDE, done_at=None).role == Role.COORDINATOR


def test_refused_below_the_minimum(by: Any, today: date) -> None:
    with pytest.raises(DomainError, match="almeno un tirocinio"):
        services.propose_application(company=make_host(by), by=by, today=today)
    assert not Application.objects.exists()


def test_refused_without_the_declarations(by: Any, company: Any, today: date) -> None:
    type(company).objects.filter(pk=company.pk).update(law68_declared_on=None)
    with pytest.raises(DomainError, match="68/1999"):
        services.propose_application(company=company, by=by, today=today)


def test_refused_twice(by: Any, company: Any, today: date) -> None:
    services.propose_application(company=company, by=by, today=today)
    with pytest.raises(DomainError, match="ha già un riconoscimento"):
        services.propose_application(company=company, by=by, today=today)


# --- Deciding


def test_granting_issues_one_numbered_paper(by: Any, decider: Any, company: Any, today: date) -> None:
    made = granted(company, proposer=by, decider=decider)
    paper = Document.objects.get(kind="certification.certificate")
    assert (made.state, made.valid_from, made.valid_to, made.document) == ("granted", today, date(2029, 11, 17), paper)
    assert (paper.number, paper.network_id, paper.ambito_id) == ("2026/000001", company.network_id, None)
    assert paper.context["figures"] is None and "people" not in str(paper.context)
    assert Fact.objects.filter(code="certification.certificate.awarded", subject_id=made.pk).count() == 1
    assert Deadline.objects.get(kind=certificates.EXPIRY).due_on == made.valid_to
    assert not Todo.objects.filter(kind=services.DECIDE, done_at=None).exists()
    render_document(paper.pk)
    first = Document.objects.get(pk=paper.pk).file_hash
    render_document(paper.pk)
    assert first and Document.objects.get(pk=paper.pk).file_hash == first


def test_figures_of_five_people_are_printed(by: Any, decider: Any, company: Any) -> None:
    for number in range(2, 6):
        hosted(by, company, make_beneficiary(by, number=number))
    made = granted(company, proposer=by, decider=decider)
    assert made.document and made.document.context["figures"]["hosted"] == 5


def test_four_eyes(decider: Any, by: Any, company: Any, today: date) -> None:
    mine = services.propose_application(company=company, by=decider, today=today)
    with pytest.raises(FourEyesRequired):
        services.grant_application(application=mine, by=decider, today=today)
    assert not Document.objects.exists()
    made = services.grant_application(application=mine, by=decider, today=today, act=OutsideAct("12/2026", date(2026, 11, 2)))
    assert made.state == "granted"
    assert "12/2026" in Fact.objects.get(code="certification.application.granted").reason


def test_what_is_kept_for_everybody_reads_italian(decider: Any, by: Any, company: Any, today: date) -> None:
    with translation.override("en"):
        made = granted(company, proposer=by, decider=decider, today=today)
    assert made.document and made.document.kind_label == "Attestato di riconoscimento"
    assert Todo.objects.get().title == f"Riconoscimento da decidere: {company}"
    assert Deadline.objects.get().title == f"Il riconoscimento di {company} sta per scadere"


def test_refusal_and_revocation_want_a_reason(by: Any, decider: Any, company: Any, today: date) -> None:
    made = services.propose_application(company=company, by=by, today=today)
    with pytest.raises(ReasonRequired):
        services.refuse_application(application=made, by=decider, reason=" ", today=today)
    services.refuse_application(application=made, by=decider, reason="Visita da rifare", today=today)
    again = granted(company, proposer=by, decider=decider)
    certificates.revoke_certificate(certificate=again, reason_class=ReasonClass.SAFETY, by=decider, reason="Sicurezza")
    again.refresh_from_db()
    assert again.state == "revoked" and again.decided_by_id == decider.actor_id
    assert Deadline.objects.get(kind=certificates.EXPIRY).closed_at


def test_the_database_guards_states_and_uniqueness(by: Any, decider: Any, company: Any, today: date) -> None:
    made = granted(company, proposer=by, decider=decider)
    with pytest.raises(IntegrityError, match="not a transition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE certification_certificate SET state = 'x' WHERE id = %s", [made.pk])
    with pytest.raises(IntegrityError, match="certification_certificate_whole"), transaction.atomic():
        twice = Certificate.objects.get(pk=made.pk)
        twice.pk, twice.public_id, twice.application, twice.document = None, uuid4(), None, None
        twice.save()


# --- Pages


def test_the_journey_through_the_pages(by: Any, company: Any, worker: Any, coordinator: Any, signed_in: Any) -> None:
    office, boss = signed_in(worker), signed_in(coordinator)
    propose = reverse("certification:propose")
    assert company.name in office.get(propose).content.decode()
    answer = office.post(propose, {"company": str(company.public_id)})
    assert answer.status_code == 303
    asked = Application.objects.get()
    assert asked.number == "2026/000001"
    assert answer["Location"] == reverse("certification:application", args=[asked.public_id])
    assert company.name not in office.get(propose).content.decode()
    decide = reverse("certification:decide", args=[asked.public_id])
    assert office.get(decide).status_code == 403
    refused = boss.post(decide, {"decision": "refused", "reason": ""})
    assert refused.status_code == 422 and "Scrivi il motivo" in refused.content.decode()
    assert boss.post(decide, {"decision": "granted"}).status_code == 303
    assert boss.post(decide, {"decision": "granted"}).status_code == 422  # nothing is left to decide
    made = Certificate.objects.get()
    assert "Accolta" in boss.get(reverse("certification:application", args=[asked.public_id])).content.decode()
    detail = boss.get(reverse("certification:detail", args=[made.public_id])).content.decode()
    assert "2026/000001" in detail and "in preparazione" in detail and 'hx-select="#paper"' in detail
    assert boss.get(reverse("certification:document", args=[made.public_id])).status_code == 404
    render_document(Document.objects.get().pk)
    assert "hx-select" not in boss.get(reverse("certification:detail", args=[made.public_id])).content.decode()
    assert b"".join(boss.get(reverse("certification:document", args=[made.public_id])).streaming_content).startswith(b"%PDF")
    assert company.name in boss.get(reverse("certification:list"), {"q": "falegn", "state": "granted"}).content.decode()


def test_a_forged_proposal(by: Any, worker: Any, signed_in: Any) -> None:
    idle = make_host(by)
    office = signed_in(worker)
    answer = office.post(reverse("certification:propose"), {"company": str(idle.public_id)})
    assert answer.status_code == 422 and "almeno un tirocinio" in answer.content.decode()
    assert office.post(reverse("certification:propose"), {"company": "x"}).status_code == 422
    assert office.post(reverse("certification:propose"), {"company": "00000000-0000-4000-8000-000000000000"}).status_code == 404


def test_proposer_needs_an_act_on_the_page(decider: Any, by: Any, company: Any, coordinator: Any, signed_in: Any, today: date) -> None:
    made = services.propose_application(company=company, by=decider, today=today)
    boss, url = signed_in(coordinator), reverse("certification:decide", args=[made.public_id])
    assert "Serve una seconda persona" in boss.post(url, {"decision": "granted"}).content.decode()
    half = boss.post(url, {"decision": "granted", "act_number": "4"})
    assert half.status_code == 422 and "servono il numero e la data" in half.content.decode()
    act = {"decision": "granted", "act_number": "4", "act_on": "2026-11-10"}
    assert "Serve la copia" in boss.post(url, act).content.decode()
    kept = reverse("certification:act", args=[made.public_id])
    assert boss.get(kept).status_code == 404
    assert boss.post(url, {**act, "act_file": scan()}).status_code == 303
    assert kept in boss.get(reverse("certification:application", args=[made.public_id])).content.decode()
    assert b"".join(boss.get(kept).streaming_content) == PDF


def test_a_role_without_the_right(user_of: Any, sondrio: Any, signed_in: Any) -> None:
    accounting = signed_in(user_of(Role.ACCOUNTING, sondrio))
    assert accounting.get(reverse("certification:list")).status_code == 403
    assert accounting.get(reverse("certification:propose")).status_code == 403


@pytest.mark.parametrize("page", ["certification:list", "certification:propose", "certification:applications"])
def test_lists_cost_the_same_for_many_rows(page: str, by: Any, decider: Any, worker: Any, signed_in: Any, company: Any) -> None:
    office = signed_in(worker)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(page)).status_code == 200
        return len(queries)

    if page != "certification:propose":
        granted(company, proposer=by, decider=decider)
    cost()
    before = cost()
    for number in range(2, 6):
        more = make_host(by, number=number)
        hosted(by, more, make_beneficiary(by, number=number))
        if page != "certification:propose":
            granted(more, proposer=by, decider=decider)
    assert cost() == before


def test_a_warning_only_rule_book_lets_the_proposal_pass(by: Any, company: Any, network: Any, today: date) -> None:
    publish_rulebook(network=network, valid_from=date(2026, 1, 1), changes={"severity": {"85": "warn"}}, act="Prova", by=by)
    type(company).objects.filter(pk=company.pk).update(law68_declared_on=None)
    assert services.propose_application(company=company, by=by, today=today).pk


def test_every_certificate_has_an_address(by: Any, decider: Any, company: Any) -> None:
    made = granted(company, proposer=by, decider=decider)
    row = Verification.objects.get(document_id=made.document_id)
    assert row.network_id == made.network_id and made.document
    html = html_of(made.document, row.code)
    url = verification_url(row.code)
    assert url in html and qr_data_uri(url) in html and company.name in html
    assert resolve(f"/verifica/{row.code}").view_name == "website:verified"
