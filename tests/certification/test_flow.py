"""An application from the company's first page to the decision: what is frozen, who may do what, what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from certification import rules
from certification.enums import ApplicationState, Level, Origin
from certification.models import Answer, Application, Certificate, Proof, SchemeVersion
from certification.selectors import assessment as seen
from certification.selectors.campaigns import door
from certification.services import applications, assessment, checks
from certification.services.campaigns import invite, remind_invited
from certification.services.certificates import suspend_certificate
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Message, Todo, Upload
from impresasolidale.core.scope import scope
from impresasolidale.territory.services import publish_rulebook
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host
from tests.factories.recognition import (
    ALL,
    SCHEME,
    checked,
    contact_of,
    filled,
    open_campaign,
    own_access,
    proof,
    publish_scheme,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def decider(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def company(by: Any) -> Company:
    made = make_host(by)
    hosted(by, made, make_beneficiary(by, number=1))
    return made


@pytest.fixture
def scheme(by: Any) -> SchemeVersion:
    return publish_scheme(by)


@pytest.fixture
def campaign(by: Any, scheme: SchemeVersion, today: date) -> Any:
    return open_campaign(by, scheme, closes_on=today + timedelta(days=10))


@pytest.fixture
def ours(company: Company, campaign: Any) -> Any:
    """The company's contact, an open campaign."""
    return own_access(contact_of(company))


# --- When


def test_the_next_opening_by_the_rule_book() -> None:
    windows = (("05-01", "05-31"), ("11-01", "11-30"))
    assert rules.next_opening(windows, date(2026, 12, 1)) == date(2027, 5, 1)
    assert rules.next_opening(windows, date(2026, 5, 1)) == date(2026, 5, 1)
    assert rules.next_opening((), date(2026, 5, 1)) is None


def test_the_days_of_the_light_checks() -> None:
    assert rules.checks_due(date(2026, 11, 18), date(2029, 11, 17)) == [date(2027, 11, 18), date(2028, 11, 18)]
    assert rules.checks_due(date(2026, 11, 18), date(2027, 11, 30)) == []  # twelve days before the end: none


def test_a_declaration_holds_twelve_months() -> None:
    assert rules.declared(date(2025, 11, 19), date(2026, 11, 18))
    assert not rules.declared(date(2025, 11, 18), date(2026, 11, 18))
    assert not rules.declared(None, date(2026, 11, 18))


def test_outside_the_window_a_company_waits_and_the_office_may_take_it_in(by: Any, company: Company, scheme: Any, today: date) -> None:
    """18 November stands in the rule book's window, but a campaign is what opens it: none is open, the next window is 1 May."""
    open_campaign(by, scheme, opens_on=today - timedelta(days=40), closes_on=today - timedelta(days=1))
    mine = own_access(contact_of(company))
    assert not door(by, today).is_open
    with scope(mine.scope), pytest.raises(DomainError, match="Si riaprono il 01/05/2027"):
        assessment.begin_application(company=company, by=mine, today=today)
    with pytest.raises(DomainError, match="scrivi perché"):
        assessment.begin_application(company=company, by=by, today=today)
    made = assessment.begin_application(company=company, by=by, today=today, late_reason="Il referente era malato")
    assert (made.origin, made.late_reason, made.campaign) == (Origin.OFFICE, "Il referente era malato", None)


def test_a_blocking_rule_takes_nobody_in_late(by: Any, company: Company, scheme: Any, network: Any, today: date) -> None:
    publish_rulebook(network=network, valid_from=date(2026, 1, 1), changes={"severity": {"84": "block"}}, act="Prova", by=by)
    with pytest.raises(DomainError, match="non si possono fare domande"):
        assessment.begin_application(company=company, by=by, today=today, late_reason="Perché sì")


def test_the_window_closes_while_one_writes(company: Company, ours: Any, campaign: Any, today: date) -> None:
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
        with pytest.raises(DomainError, match="Si riaprono"):
            assessment.submit_application(
                application=row,
                level="aderente",
                signed_by="R",
                law68=True,
                safety=True,
                by=ours,
                today=campaign.closes_on + timedelta(days=1),
            )


def test_invited_once_and_reminded_once(by: Any, decider: Any, company: Company, campaign: Any, today: date) -> None:
    contact_of(company)
    assert invite(campaign=campaign, whom="without", by=decider, today=today) == 1
    assert Message.objects.get(kind="certification.invited").address == "ref1@example.org"
    with pytest.raises(DomainError, match="nessun'altra impresa"):
        invite(campaign=campaign, whom="hosts", by=decider, today=today)
    assert remind_invited(by=decider, today=today + timedelta(days=4)) == 1
    assert remind_invited(by=decider, today=today + timedelta(days=5)) == 0


# --- The company's own pages


def test_an_application_from_the_first_page_to_its_number(company: Company, ours: Any, today: date) -> None:
    """Points: hosted 2 + visit 2 + training 2 + bonus 1 (cap 1) = 7; areas 4 and 2."""
    with scope(ours.scope):
        row = filled(company, by=ours)
        found = seen.assess(ours, row, today=today)
    assert (row.state, row.number, row.band, row.signed_by) == (ApplicationState.SUBMITTED, "2026/000001", "large", "Rita Referente")
    assert row.facts["hosted"] == 1 and found.score.total == 7 and found.score.areas == {"accogliere": 4, "persone": 2}
    assert Todo.objects.get(kind="certification.check").ambito_id is None


def test_what_is_missing_is_said_in_words(by: Any, ours: Any, company: Company, today: date) -> None:
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
        found = seen.assess(ours, row, today=today)
        assert found.next_level == Level.IMPRESA_SOLIDALE
        assert found.lacking("impresa_solidale") == ["ancora 2 punti nell'area Persone", "ancora 2 punti in tutto"]
        with pytest.raises(DomainError, match="ancora 2 punti in tutto"):
            assessment.submit_application(
                application=row, level="impresa_solidale", signed_by="R", law68=True, safety=True, by=ours, today=today
            )


def test_presenting_wants_proofs_declarations_and_a_name(by: Any, ours: Any, company: Company, today: date) -> None:
    Company.objects.filter(pk=company.pk).update(law68_declared_on=today - timedelta(days=400))
    company.refresh_from_db()
    said: dict[str, Any] = {"level": "aderente", "by": ours, "today": today}
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
        assert seen.declarations_wanted(company, today=today) == ["law68"]
        with pytest.raises(DomainError, match="Scrivi chi dichiara"):
            assessment.submit_application(application=row, signed_by=" ", law68=True, safety=True, **said)
        with pytest.raises(DomainError, match="Senza queste dichiarazioni"):
            assessment.submit_application(application=row, signed_by="R", law68=False, safety=True, **said)
        assessment.save_area(application=row, area="persone", said={"formazione": (2, "")}, by=ours)
        with pytest.raises(DomainError, match="Manca una prova per: Formazione"):
            assessment.submit_application(application=row, signed_by="R", law68=True, safety=True, **said)
        assessment.add_proof(application=row, criterion="formazione", file=proof(), words="", by=ours)
        assessment.submit_application(application=row, signed_by="R", law68=True, safety=True, **said)
    company.refresh_from_db()
    assert company.law68_declared_on == today and company.safety_declared_on == today


def test_points_that_no_step_gives_and_data_that_are_not_said(ours: Any, company: Company, today: date) -> None:
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
        for area, said in (
            ("persone", {"formazione": (9, "")}),
            ("persone", {"formazione": (1, "")}),
            ("accogliere", {"tirocini": (2, "")}),
            ("accogliere", {"formazione": (2, "")}),
            ("altrove", {"x": (1, "")}),
        ):
            with pytest.raises(DomainError, match="Scegli una delle risposte"):
                assessment.save_area(application=row, area=area, said=said, by=ours)
    assert not Answer.objects.exists()


def test_answers_are_fixed_once_presented(company: Company, ours: Any) -> None:
    with scope(ours.scope):
        row = filled(company, by=ours)
        with pytest.raises(TransitionNotAllowed):
            assessment.save_area(application=row, area="persone", said={"formazione": (0, "")}, by=ours)
        with pytest.raises(TransitionNotAllowed):
            assessment.add_proof(application=row, criterion="formazione", file=proof(), words="", by=ours)
        with pytest.raises(IntegrityError, match="it was presented"), transaction.atomic():
            Answer.objects.filter(application=row, criterion="formazione").update(points=0)


def test_a_scheme_changed_meanwhile_changes_nothing_here(by: Any, company: Company, ours: Any, today: date) -> None:
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
    newer = publish_scheme(by, scheme=replace(SCHEME, levels=(replace(SCHEME.levels[0], total_minimum=50),)), version=2)
    with scope(ours.scope):
        row.refresh_from_db()
        assert row.scheme_id != newer.pk
        assessment.submit_application(application=row, level="aderente", signed_by="R", law68=True, safety=True, by=ours, today=today)


def test_only_one_at_a_time_and_nothing_is_asked_twice(company: Company, ours: Any, today: date) -> None:
    with scope(ours.scope):
        row = filled(company, by=ours)
        with pytest.raises(DomainError, match="già una domanda in corso"):
            assessment.begin_application(company=company, by=ours, today=today)
        assessment.withdraw_application(application=row, by=ours)
        again = assessment.begin_application(company=company, by=ours, today=today)
        answers = {a.criterion: (a.points, a.words) for a in Answer.objects.filter(application=again)}
        assert answers == {"visita": (2, "Venite quando volete"), "formazione": (2, ""), "parola": (1, "")}
        assert Proof.objects.get(answer__application=again).words == "Attestato"


def test_the_files_are_the_networks_and_no_other_companys(by: Any, company: Company, ours: Any, stranger: Any) -> None:
    with scope(ours.scope):
        row = filled(company, by=ours)
        mine = Proof.objects.get()
        assert seen.file_of(mine).size
        assert not Upload.objects.exists()  # only through the proof
    other = make_host(by, number=2)
    theirs = own_access(contact_of(other, number=2))
    with scope(theirs.scope):
        assert not Application.objects.exists() and not Answer.objects.exists() and not Proof.objects.exists()
        with pytest.raises(Application.DoesNotExist):
            assessment.save_area(application=row, area="persone", said={"formazione": (0, "")}, by=theirs)
    elsewhere = access_for(stranger)  # an office of another Ambito of the network
    with scope(elsewhere.scope):
        assert seen.proof_for(elsewhere, row, mine.public_id).network_id == row.network_id


def test_a_tutor_of_the_company_is_no_contact(company: Company, campaign: Any, today: date) -> None:
    tutor = own_access(contact_of(company, number=3, role=Role.COMPANY_TUTOR))
    with scope(tutor.scope), pytest.raises(Exception, match="ruolo non comprende"):
        assessment.begin_application(company=company, by=tutor, today=today)


# --- The desk check


@pytest.fixture
def presented(company: Company, ours: Any) -> Application:
    with scope(ours.scope):
        return filled(company, by=ours)


def test_each_answer_gets_the_offices_word(by: Any, presented: Application, today: date) -> None:
    say: dict[str, Any] = {"application": presented, "by": by}
    with pytest.raises(DomainError, match="Scrivi in una riga"):
        checks.review_answer(criterion="formazione", verdict="not_proved", points=None, note=" ", **say)
    with pytest.raises(DomainError, match="gradini"):
        checks.review_answer(criterion="visita", verdict="changed", points=5, note="Poco", **say)
    with pytest.raises(DomainError, match="allora è confermato"):
        checks.review_answer(criterion="visita", verdict="changed", points=2, note="Uguale", **say)
    answer = checks.review_answer(criterion="visita", verdict="changed", points=1, note="Solo una volta", **say)
    assert (answer.points, answer.points_given, answer.reviewed_by_id) == (2, 1, by.actor_id)
    assert seen.assess(by, presented, today=today).score.total == 6


def test_the_check_ends_when_all_was_looked_at(by: Any, presented: Application, today: date) -> None:
    finish: dict[str, Any] = {"application": presented, "level": "impresa_solidale", "by": by, "today": today}
    with pytest.raises(DomainError, match="Restano da guardare: Porte aperte; Formazione; Passaparola"):
        checks.finish_check(**finish)
    for criterion in ("visita", "formazione", "parola"):
        checks.review_answer(application=presented, criterion=criterion, verdict="confirmed", points=None, note="", by=by)
    with pytest.raises(DomainError, match="con un incontro o una visita: manca"):
        checks.finish_check(**finish)
    meeting = checks.plan_interview(application=presented, kind="visit", planned_on=today, place="", by=by, today=today)
    with pytest.raises(DomainError, match="C'è un incontro in programma"):
        checks.finish_check(**finish)
    with pytest.raises(DomainError, match="in breve"):
        checks.hold_interview(interview=meeting, held_on=today, minutes="", by=by, today=today)
    checks.hold_interview(interview=meeting, held_on=today, minutes="Bene.", by=by, today=today)
    row = checks.finish_check(**finish)
    assert (row.state, row.checked_by_id) == (ApplicationState.READY, by.actor_id)
    computed = Answer.objects.get(application=row, criterion="tirocini")
    assert (computed.verdict, computed.points_given) == ("confirmed", 2)
    assert Todo.objects.filter(kind="certification.decide", done_at=None).exists()


def test_who_works_for_the_company_neither_checks_nor_decides(by: Any, worker: Any, presented: Application) -> None:
    Membership.objects.create(
        user=worker, network_id=presented.network_id, company=presented.company, role=Role.COMPANY_TUTOR, valid_from=date(2024, 1, 1)
    )
    with pytest.raises(FourEyesRequired, match="Lavori per questa impresa"):
        checks.review_answer(application=presented, criterion="visita", verdict="confirmed", points=None, note="", by=by)


def test_returned_with_why_and_presented_again_with_its_number(by: Any, ours: Any, presented: Application, today: date) -> None:
    checks.review_answer(application=presented, criterion="visita", verdict="confirmed", points=None, note="", by=by)
    with pytest.raises(ReasonRequired):
        checks.return_application(application=presented, reason=" ", by=by, today=today)
    row = checks.return_application(application=presented, reason="Serve l'attestato leggibile", by=by, today=today)
    assert row.state == ApplicationState.DRAFT
    assert "Serve l'attestato leggibile" in Message.objects.get(kind="certification.returned").body
    with scope(ours.scope):
        assert not Answer.objects.exclude(verdict="").exists()
        again = assessment.submit_application(
            application=row, level="aderente", signed_by="R", law68=True, safety=True, by=ours, today=today
        )
    assert again.number == presented.number


def test_the_top_level_wants_somebody_from_outside(by: Any, company: Company, presented: Application, today: date) -> None:
    for criterion in ("visita", "formazione", "parola"):
        checks.review_answer(application=presented, criterion=criterion, verdict="confirmed", points=None, note="", by=by)
    meeting = checks.plan_interview(application=presented, kind="visit", planned_on=today, place="", by=by, today=today)
    checks.hold_interview(interview=meeting, held_on=today, minutes="Bene.", by=by, today=today)
    finish: dict[str, Any] = {"application": presented, "level": "ambasciatrice", "by": by, "today": today}
    with pytest.raises(DomainError, match="0 su 1"):
        checks.finish_check(**finish)
    values = {"person": "Ugo", "body": "Ente", "email": "ugo@example.net", "is_favourable": True, "words": "Bravi", "given_on": today}
    say: dict[str, Any] = {"application": presented, "file": None, "by": by, "today": today}
    with pytest.raises(DomainError, match="È l'impresa stessa"):
        checks.record_validation(values={**values, "partita_iva": company.partita_iva}, **say)
    other = make_host(by, number=7)
    with pytest.raises(DomainError, match="serve qualcuno di fuori"):
        checks.record_validation(values={**values, "partita_iva": other.partita_iva, "email": "ref1@example.org"}, **say)
    with pytest.raises(DomainError, match="partita IVA"):
        checks.record_validation(values={**values, "partita_iva": "12345678901"}, **say)
    checks.record_validation(values={**values, "partita_iva": other.partita_iva, "email": "ugo@example.net"}, **say)
    assert checks.finish_check(**finish).level == "ambasciatrice"


# --- The decision


def test_a_level_of_the_office_is_decided_by_another_person(
    by: Any, decider: Any, coordinator: Any, ours: Any, company: Company, today: date
) -> None:
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    row = checked(row, by=decider)
    with pytest.raises(FourEyesRequired):
        applications.grant_application(application=row, by=decider, today=today)
    Membership.objects.create(
        user_id=by.actor_id, network_id=row.network_id, ambito_id=by.ambito_id, role=Role.COORDINATOR, valid_from=date(2024, 1, 1)
    )
    second = access_for(by.actor)
    made = applications.grant_application(application=row, by=second, today=today)
    assert (made.state, made.level, made.valid_to) == ("granted", "aderente", date(2029, 11, 17))
    assert Message.objects.get(kind="certification.decided").about_id == row.pk
    with pytest.raises(TransitionNotAllowed):
        applications.grant_application(application=row, by=second, today=today)


def test_a_level_of_the_commission_is_not_the_offices(by: Any, decider: Any, presented: Application, today: date) -> None:
    row = checked(presented, by=by)
    with pytest.raises(DomainError, match="lo decide la commissione"):
        applications.grant_application(application=row, by=decider, today=today)


def test_what_was_not_proved_is_not_granted(by: Any, decider: Any, ours: Any, company: Company, today: date) -> None:
    """Aderente asks 2 points in all; hosted gives 2: taken to 0 by the check, 0 + 1 of bonus is left."""
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    for criterion in ("tirocini", "visita", "formazione"):
        checks.review_answer(application=row, criterion=criterion, verdict="not_proved", points=None, note="No", by=by)
    checks.review_answer(application=row, criterion="parola", verdict="confirmed", points=None, note="", by=by)
    row = checks.finish_check(application=row, level="aderente", by=by, today=today)
    with pytest.raises(DomainError, match="non basta per «Aderente»"):
        applications.grant_application(application=row, by=decider, today=today)
    assert not Certificate.objects.exists()


def test_a_renewal_brings_the_answers_and_loses_no_day(
    by: Any, decider: Any, ours: Any, company: Company, scheme: Any, today: date
) -> None:
    """Granted 18/11/2026 to 17/11/2029; renewed 1/10/2029: valid at once, and to 17/11/2032."""
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    first = applications.grant_application(application=checked(row, by=by), by=decider, today=today)
    with scope(ours.scope):
        with pytest.raises(DomainError, match="non si possono fare domande"):
            assessment.begin_application(company=company, by=ours, today=date(2028, 3, 1))
        later = date(2029, 10, 1)
        again = assessment.begin_application(company=company, by=ours, today=later)
        assert (again.origin, again.level) == (Origin.RENEWAL, "aderente")
        assert Answer.objects.filter(application=again).count() == 3
        again = assessment.submit_application(
            application=again, level="aderente", signed_by="R", law68=True, safety=True, by=ours, today=later
        )
    second = applications.grant_application(application=checked(again, by=by, today=later), by=decider, today=later)
    first.refresh_from_db()
    assert (first.state, second.supersedes_id, second.valid_from, second.valid_to) == ("superseded", first.pk, later, date(2032, 11, 17))


def test_a_suspended_one_is_decided_first(by: Any, decider: Any, ours: Any, company: Company, today: date) -> None:
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    held = applications.grant_application(application=checked(row, by=by), by=decider, today=today)
    suspend_certificate(certificate=held, by=decider, reason_class="safety", reason="Prova")
    with scope(ours.scope), pytest.raises(DomainError, match="è sospeso"):
        assessment.begin_application(company=company, by=ours, today=today)


def test_revoked_while_the_next_one_is_being_granted(
    by: Any, decider: Any, ours: Any, company: Company, campaign: Any, today: date
) -> None:
    """A revoked recognition does not come back by an application that was on its way: the new one stands on its own, from today."""
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    first = applications.grant_application(application=checked(row, by=by), by=decider, today=today)
    with scope(ours.scope):
        again = assessment.begin_application(company=company, by=ours, today=today)
        again = assessment.submit_application(
            application=again, level="aderente", signed_by="R", law68=True, safety=True, by=ours, today=today
        )
    again = checked(again, by=by)
    suspend_certificate(certificate=first, by=decider, reason_class="safety", reason="Prova")
    with pytest.raises(DomainError, match="è sospeso"):
        applications.grant_application(application=again, by=decider, today=today)
    again.refresh_from_db()
    assert again.state == ApplicationState.READY and Certificate.objects.count() == 1


def test_a_draft_cannot_be_reviewed(by: Any, ours: Any, company: Company, today: date) -> None:
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
    with pytest.raises(Conflict):
        checks.review_answer(application=row, criterion="visita", verdict="confirmed", points=None, note="", by=by)
    assert ALL


def test_who_works_for_the_company_does_not_propose_it_nor_reopen_its_check(
    by: Any, worker: Any, company: Company, presented: Application, today: date
) -> None:
    other = make_host(by, number=5)
    hosted(by, other, make_beneficiary(by, number=5))
    row = checked(presented, by=by)
    for one in (other, company):
        Membership.objects.create(user=worker, network_id=one.network_id, company=one, role=Role.COMPANY_TUTOR, valid_from=date(2024, 1, 1))
    with pytest.raises(FourEyesRequired, match="Lavori per questa impresa"):
        applications.propose_application(company=other, by=by, today=today)
    with pytest.raises(FourEyesRequired, match="Lavori per questa impresa"):
        checks.reopen_check(application=row, reason="Da rivedere", by=by)


def test_nobody_of_the_office_on_the_case_is_somebody_from_outside(
    by: Any, worker: Any, coordinator: Any, decider: Any, presented: Application, today: date
) -> None:
    checks.review_answer(application=presented, criterion="visita", verdict="confirmed", points=None, note="", by=decider)
    said = {"person": "Ugo", "body": "Ente", "is_favourable": True, "words": "Bravi", "given_on": today}
    other = make_host(by, number=7).partita_iva
    for insider in (worker, coordinator):  # who writes it down, who looked at an answer
        with pytest.raises(DomainError, match="serve qualcuno di fuori"):
            checks.record_validation(
                application=presented,
                values={**said, "partita_iva": other, "email": insider.email.upper()},
                file=None,
                by=by,
                today=today,
            )
