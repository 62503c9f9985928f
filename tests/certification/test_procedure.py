"""Suspension, revocation, appeal: the company is heard first, another person decides, the register follows at once."""

from datetime import date, timedelta
from typing import Any

import pytest

from certification.enums import ApplicationState, CertificateState
from certification.models import Appeal, Certificate, Procedure, YearCheck
from certification.selectors import procedures as selectors
from certification.selectors.public import in_force
from certification.services import applications, certificates, procedures, yearly
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.models import Document, Message, Todo
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host
from tests.factories.fixtures import make_user
from tests.factories.recognition import checked, contact_of, filled, open_campaign, own_access, proof, publish_scheme

pytestmark = pytest.mark.django_db
AFTER = date(2026, 12, 1)  # delivered Wednesday 18 November, the ten days end on Monday 30


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def boss(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def second(sondrio: Any) -> Any:
    return access_for(make_user(Role.COORDINATOR, sondrio, number=2))


@pytest.fixture
def ours(by: Any) -> Any:
    company = make_host(by)
    hosted(by, company, make_beneficiary(by, number=1))
    open_campaign(by, publish_scheme(by))
    return own_access(contact_of(company))


@pytest.fixture
def ready(by: Any, ours: Any) -> Any:
    company = make_company(ours)
    with scope(ours.scope):
        row = filled(company, by=ours, level="aderente")
    return checked(row, by=by)


def make_company(ours: Any) -> Any:
    return Company.objects.get(pk=next(iter(ours.contact_for)))


@pytest.fixture
def held(ready: Any, boss: Any, today: date) -> Certificate:
    return applications.grant_application(application=ready, by=boss, today=today)


def opened(held: Certificate, boss: Any, today: date, *, kind: str = "revocation", reason_class: str = "law68") -> Procedure:
    return procedures.open_procedure(
        certificate=held, kind=kind, reason_class=reason_class, grounds="Non risulta in regola.", by=boss, today=today
    )


def delivered(made: Procedure, by: Any, today: date) -> None:
    procedures.record_delivery(paper=selectors.paper_of(made, "notice"), on=today, way="pec", file=proof(), by=by, today=today)


def test_a_revocation_waits_for_the_ten_days_and_for_another_person(
    held: Certificate, by: Any, boss: Any, second: Any, today: date
) -> None:
    made = opened(held, boss, today)
    end: dict[str, Any] = {"procedure": made, "reason": "Non è in regola.", "answer": "", "today": AFTER}
    with pytest.raises(DomainError, match="registra la consegna"):
        procedures.conclude_procedure(by=second, **end)
    delivered(made, by, today)
    with pytest.raises(DomainError, match="fino al 30/11/2026"):
        procedures.conclude_procedure(by=second, **{**end, "today": date(2026, 11, 30)})
    with pytest.raises(FourEyesRequired, match="l'hai aperto tu"):
        procedures.conclude_procedure(by=boss, **end)
    assert in_force(today).filter(pk=held.pk).exists()
    procedures.conclude_procedure(by=second, **end)
    held.refresh_from_db()
    assert (held.state, held.reason_class) == ("revoked", "law68") and not in_force(AFTER).exists()
    paper = Document.objects.get(kind="certification.final")
    html = html_of(paper, "A" * 26)
    assert "revocare il riconoscimento" in html and "Tribunale amministrativo" in html
    with pytest.raises(Conflict):
        procedures.conclude_procedure(by=second, **end)


def test_what_the_company_answers_is_answered(held: Certificate, by: Any, boss: Any, second: Any, today: date) -> None:
    made = opened(held, boss, today)
    say: dict[str, Any] = {"procedure": made, "by": by, "today": today}
    with pytest.raises(DomainError, match="Prima serve la consegna"):
        procedures.record_observations(on=today, text="Siamo in regola", **say)
    delivered(made, by, today)
    with pytest.raises(DomainError, match="carica il suo foglio"):
        procedures.record_observations(on=today, text=" ", **say)
    procedures.record_observations(on=today, text="Siamo in regola", file=proof(), **say)
    with pytest.raises(DomainError, match="già scritte"):
        procedures.record_observations(on=today, text="Di nuovo", **say)
    end: dict[str, Any] = {"procedure": made, "reason": "Resta così.", "by": second, "today": today}
    with pytest.raises(DomainError, match="punto per punto"):
        procedures.conclude_procedure(answer=" ", **end)
    procedures.conclude_procedure(answer="I documenti dicono altro.", **end)
    assert "I documenti dicono altro." in html_of(Document.objects.get(kind="certification.final"), "A" * 26)


def test_for_safety_the_suspension_is_immediate_and_may_be_lifted(held: Certificate, by: Any, boss: Any, second: Any, today: date) -> None:
    made = opened(held, boss, today, kind="suspension", reason_class="safety")
    held.refresh_from_db()
    assert (held.state, held.reason_class) == (CertificateState.SUSPENDED, "safety") and not in_force(today).exists()
    with pytest.raises(DomainError, match="C'è un procedimento in corso"):
        procedures.lift_suspension(certificate=held, reason="Sì", by=second)
    procedures.archive_procedure(procedure=made, reason="Tutto a posto.", by=second, today=today)
    held.refresh_from_db()
    assert (held.state, held.reason_class) == ("granted", "") and in_force(today).exists()


def test_for_other_reasons_it_waits(held: Certificate, by: Any, boss: Any, second: Any, today: date) -> None:
    made = opened(held, boss, today, kind="suspension", reason_class="law68")
    held.refresh_from_db()
    assert held.state == "granted"
    delivered(made, by, today)
    procedures.conclude_procedure(procedure=made, reason="Non è in regola.", answer="", by=second, today=AFTER)
    held.refresh_from_db()
    assert held.state == "suspended"
    procedures.lift_suspension(certificate=held, reason="Ora è in regola", by=boss)
    held.refresh_from_db()
    assert held.state == "granted"


def test_what_is_refused_when_opening_one(held: Certificate, boss: Any, today: date) -> None:
    with pytest.raises(ReasonRequired):
        procedures.open_procedure(certificate=held, kind="revocation", reason_class="law68", grounds=" ", by=boss, today=today)
    with pytest.raises(DomainError, match="Scegli il motivo"):
        opened(held, boss, today, reason_class="on_request")
    with pytest.raises(DomainError, match="Scegli che cosa proponi"):
        opened(held, boss, today, kind="refusal")
    opened(held, boss, today)
    with pytest.raises(DomainError, match="già un procedimento in corso"):
        opened(held, boss, today)


def test_who_asks_for_it_needs_no_procedure(held: Certificate, boss: Any) -> None:
    with pytest.raises(DomainError, match="serve un procedimento"):
        procedures.give_up(certificate=held, reason_class="law68", reason="Sì", by=boss)
    row = procedures.give_up(certificate=held, reason_class="ceased", reason="Chiude", by=boss)
    assert (row.state, row.reason_class) == ("revoked", "ceased")


def test_a_refusal_of_the_office_wants_the_pre_notice_too(ready: Any, by: Any, boss: Any, second: Any, today: date) -> None:
    with pytest.raises(DomainError, match="10-bis"):
        applications.refuse_application(application=ready, reason="No", by=boss, today=today)
    made = procedures.announce_refusal(application=ready, grounds="Poco.", by=boss, today=today)
    delivered(made, by, today)
    row = applications.refuse_application(application=ready, reason="Poco", by=boss, today=AFTER)
    assert row.state == ApplicationState.REFUSED
    made.refresh_from_db()
    assert (made.outcome, made.decided_by_id) == ("confirmed", boss.actor_id)


def test_convinced_by_the_answer_the_procedure_is_archived(ready: Any, by: Any, boss: Any, today: date) -> None:
    made = procedures.announce_refusal(application=ready, grounds="Poco.", by=boss, today=today)
    applications.grant_application(application=ready, by=boss, today=today)
    made.refresh_from_db()
    assert made.outcome == "archived" and not Todo.objects.filter(kind="certification.deliver", done_at=None).exists()


# --- Appeals


def test_an_appeal_that_is_upheld_is_decided_again_by_others(ready: Any, by: Any, boss: Any, second: Any, today: date) -> None:
    delivered(procedures.announce_refusal(application=ready, grounds="Poco.", by=boss, today=today), by, today)
    with pytest.raises(DomainError, match="niente da ricorrere"):
        procedures.record_appeal(application=ready, filed_on=today, words="No", by=by, today=today)
    row = applications.refuse_application(application=ready, reason="Poco", by=boss, today=AFTER)
    made = procedures.record_appeal(application=row, filed_on=AFTER, words="Avete sbagliato", by=by, today=AFTER, file=proof())
    assert made.due_on == AFTER + timedelta(days=30) and made.upload and made.upload.network_id == row.network_id
    with pytest.raises(DomainError, match="già un ricorso"):
        procedures.record_appeal(application=row, filed_on=AFTER, words="Ancora", by=by, today=AFTER)
    with pytest.raises(FourEyesRequired, match="Il no l'hai deciso tu"):
        procedures.decide_appeal(appeal=made, outcome="upheld", reason="Vero", by=boss, today=AFTER)
    procedures.decide_appeal(appeal=made, outcome="upheld", reason="Vero", by=second, today=AFTER)
    row.refresh_from_db()
    assert row.state == ApplicationState.READY
    with pytest.raises(FourEyesRequired, match="hai già deciso una volta"):
        applications.grant_application(application=row, by=boss, today=AFTER)
    assert applications.grant_application(application=row, by=second, today=AFTER).state == "granted"


def test_a_revocation_that_was_wrong_is_given_back(held: Certificate, by: Any, boss: Any, second: Any, today: date) -> None:
    made = opened(held, boss, today)
    delivered(made, by, today)
    procedures.conclude_procedure(procedure=made, reason="No", answer="", by=second, today=AFTER)
    appeal = procedures.record_appeal(certificate=Certificate.objects.get(), filed_on=AFTER, words="No", by=by, today=AFTER)
    with pytest.raises(ReasonRequired):
        procedures.decide_appeal(appeal=appeal, outcome="upheld", reason=" ", by=boss, today=AFTER)
    procedures.decide_appeal(appeal=appeal, outcome="upheld", reason="Era in regola", by=boss, today=AFTER)
    held.refresh_from_db()
    assert (held.state, held.reason_class) == ("granted", "") and in_force(AFTER).filter(pk=held.pk).exists()
    with pytest.raises(Conflict, match="già deciso"):
        procedures.decide_appeal(appeal=Appeal.objects.get(), outcome="rejected", reason="x", by=boss, today=AFTER)


# --- Once a year


def test_asked_reminded_and_answered_with_one_tap(held: Certificate, by: Any, boss: Any, ours: Any, today: date) -> None:
    """Granted 18/11/2026: asked from 19/10/2027, due 18/11/2027, told again 2/12, the office 18/12."""
    assert yearly.ask_checks(by=by, today=date(2027, 10, 18)) == 0
    assert yearly.ask_checks(by=by, today=date(2027, 10, 19)) == 1
    assert yearly.ask_checks(by=by, today=date(2027, 10, 20)) == 0
    check = YearCheck.objects.get()
    assert check.due_on == date(2027, 11, 18) and check.facts["hosted"] == 1
    yearly.ask_checks(by=by, today=date(2027, 12, 2))
    yearly.ask_checks(by=by, today=date(2027, 12, 3))
    assert Message.objects.filter(kind="certification.year_check").count() == 2
    assert not Todo.objects.filter(kind="certification.missed").exists()
    yearly.ask_checks(by=by, today=date(2027, 12, 18))
    assert Todo.objects.get(kind="certification.missed").done_at is None
    day = date(2027, 12, 20)
    say: dict[str, Any] = {"check": check, "still": "willing", "signed_by": "Rita", "by": ours, "today": day}
    with scope(ours.scope):
        with pytest.raises(DomainError, match="più di un anno"):
            yearly.answer_check(law68=True, safety=False, **say)
        yearly.answer_check(law68=True, safety=True, **say)
        with pytest.raises(Conflict):
            yearly.answer_check(law68=True, safety=True, **say)
    assert Todo.objects.get(kind="certification.missed").done_at
    yearly.look_at_check(check=check, note="Bene", by=boss, today=day)
    with pytest.raises(Conflict):
        yearly.look_at_check(check=check, note="Ancora", by=boss, today=day)


def test_a_check_that_was_not_done_proposes_the_pre_notice_and_a_person_sends_it(
    held: Certificate, by: Any, boss: Any, ours: Any, coordinator: Any, sondrio: Any, signed_in: Any, today: date, monkeypatch: Any
) -> None:
    """Due 18/11/2027, told again 2/12: from 18/12 the office has a to-do with the pre-notice written, and nothing falls by itself."""
    for day in (date(2027, 10, 19), date(2027, 12, 2), date(2027, 12, 17)):
        yearly.ask_checks(by=by, today=day)
    check = YearCheck.objects.get()
    early: dict[str, Any] = {"check": check, "grounds": "Niente.", "by": boss}
    with pytest.raises(Conflict, match="un preavviso non serve"):
        yearly.announce_missed(today=date(2027, 12, 17), **early)
    late = date(2027, 12, 18)
    yearly.ask_checks(by=by, today=late)
    asked = Todo.objects.get(kind="certification.missed")
    held.refresh_from_db()
    assert held.state == "granted" and not Procedure.objects.exists()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: late)
    assert signed_in(make_user(Role.SOCIAL_WORKER, sondrio, number=7)).get(asked.url).status_code == 403
    client = signed_in(coordinator)
    page = client.get(asked.url).content.decode()
    assert "entro il 18/11/2027, non ha avuto risposta, nemmeno dopo il promemoria del 02/12/2027." in page
    assert asked.url in client.get(f"/riconoscimenti/{held.public_id}/").content.decode()
    assert client.post(asked.url, {"grounds": ""}).status_code == 422
    assert client.post(asked.url, {"grounds": yearly.grounds_of(check)}).status_code == 303
    made = Procedure.objects.get()
    assert (made.kind, made.reason_class, made.responsible_id) == ("suspension", "no_check", coordinator.pk)
    held.refresh_from_db()
    asked.refresh_from_db()
    assert held.state == "granted" and asked.done_at
    assert client.post(asked.url, {"grounds": "Ancora"}).status_code == 422  # one at a time
    yearly.ask_checks(by=by, today=date(2027, 12, 19))
    assert not Todo.objects.filter(kind="certification.missed", done_at=None).exists()


def test_who_answered_meanwhile_gets_no_pre_notice(held: Certificate, by: Any, boss: Any, ours: Any) -> None:
    yearly.ask_checks(by=by, today=date(2027, 10, 19))
    day = date(2027, 12, 20)
    with scope(ours.scope):
        yearly.answer_check(check=YearCheck.objects.get(), still="willing", signed_by="Rita", law68=True, safety=True, by=ours, today=day)
    with pytest.raises(Conflict, match="l'impresa ha risposto"):
        yearly.announce_missed(check=YearCheck.objects.get(), grounds="Niente.", by=boss, today=day)


def told() -> list[str]:
    """What the company was written, without who it is: subjects name nobody."""
    rows = list(Message.objects.filter(kind="certification.told").order_by("id"))
    assert {row.subject for row in rows} <= {"Una comunicazione sul riconoscimento"}
    assert {row.address for row in rows} <= {"ref1@example.org"}
    return [row.body for row in rows]


def test_beside_the_paper_the_company_has_a_mail(ready: Any, by: Any, boss: Any, second: Any, today: date) -> None:
    made = procedures.announce_refusal(application=ready, grounds="Poca formazione.", by=boss, today=today)
    delivered(made, by, today)
    applications.refuse_application(application=ready, reason="Poca formazione", by=boss, today=AFTER)
    notice, no = told()
    assert "dieci giorni" in notice and "non è stata accolta" in no and "Poca formazione" not in notice + no


def test_a_suspension_and_a_revocation_are_told(held: Certificate, by: Any, boss: Any, second: Any, today: date) -> None:
    made = opened(held, boss, today, kind="suspension", reason_class="safety")
    procedures.archive_procedure(procedure=made, reason="Tutto a posto.", by=second, today=today)
    made = opened(held, boss, today)
    delivered(made, by, today)
    procedures.conclude_procedure(procedure=made, reason="Non è in regola.", answer="", by=second, today=AFTER)
    stopped, notice, revoked = told()
    assert "Intanto il riconoscimento è sospeso" in stopped and "sospeso" not in notice and "è stato revocato" in revoked


def test_what_is_to_check_reaches_whoever_may_check(
    held: Certificate, by: Any, boss: Any, worker: Any, coordinator: Any, sondrio: Any, today: date
) -> None:
    """Social workers check too: not what is only the coordinators' to decide."""
    from impresasolidale.desk.selectors import inbox

    opened(held, boss, today)

    def kinds(user: Any) -> set[str]:
        access = access_for(user)
        with scope(access.scope):
            found = inbox(access, today)
        return {row.kind for row in [*found.mine, *found.others] if row.kind.startswith("certification")}

    assert "certification.deliver" in kinds(worker) and "certification.deliver" in kinds(coordinator)
    assert "certification.decide" not in kinds(worker)
    assert kinds(make_user(Role.CLERK, sondrio, number=8)) == set()


def test_the_renewal_is_told_on_its_day(held: Certificate, by: Any) -> None:
    """Valid to 17/11/2029, told 90 days before: 19/8/2029."""
    assert yearly.remind_renewals(by=by, today=date(2029, 8, 18)) == 0
    assert yearly.remind_renewals(by=by, today=date(2029, 8, 19)) == 1
    assert "17 novembre 2029" in Message.objects.get(kind="certification.renew").body


def test_who_works_for_the_company_lifts_no_suspension_and_gives_nothing_up(held: Certificate, boss: Any, second: Any, today: date) -> None:
    certificates.suspend_certificate(certificate=held, reason_class="safety", reason="Da vedere", by=second)
    mine = {"network_id": held.network_id, "company": held.company, "role": Role.COMPANY_CONTACT, "valid_from": date(2024, 1, 1)}
    Membership.objects.create(user=boss.actor, **mine)
    with pytest.raises(FourEyesRequired, match="Lavori per questa impresa"):
        procedures.lift_suspension(certificate=held, reason="Tutto bene", by=boss)
    with pytest.raises(FourEyesRequired, match="Lavori per questa impresa"):
        procedures.give_up(certificate=held, reason_class="on_request", reason="Lo chiede", by=boss)


def test_who_suspended_at_once_does_not_decide_the_appeal(held: Certificate, by: Any, boss: Any, second: Any, today: date) -> None:
    opened(held, boss, today, kind="suspension", reason_class="safety")
    held.refresh_from_db()
    appeal = procedures.record_appeal(certificate=held, filed_on=today, words="No", by=by, today=today)
    with pytest.raises(FourEyesRequired, match="Il no l'hai deciso tu"):
        procedures.decide_appeal(appeal=appeal, outcome="rejected", reason="Resta", by=boss, today=today)
    assert procedures.decide_appeal(appeal=appeal, outcome="upheld", reason="Vero", by=second, today=today).outcome == "upheld"


def test_who_checked_does_not_refuse_alone(ours: Any, by: Any, boss: Any, second: Any, today: date) -> None:
    with scope(ours.scope):
        row = filled(make_company(ours), by=ours, level="aderente")
    row = checked(row, by=boss)
    delivered(procedures.announce_refusal(application=row, grounds="Poco.", by=boss, today=today), by, today)
    with pytest.raises(FourEyesRequired):
        applications.refuse_application(application=row, reason="Poco", by=boss, today=AFTER)
    assert applications.refuse_application(application=row, reason="Poco", by=second, today=AFTER).state == ApplicationState.REFUSED


def test_what_the_office_began_and_the_company_signed_is_refused_after_a_pre_notice(ours: Any, by: Any, boss: Any, today: date) -> None:
    row = checked(filled(make_company(ours), by=by, level="aderente"), by=by)
    assert row.origin == "office" and row.signed_by
    with pytest.raises(DomainError, match="10-bis"):
        applications.refuse_application(application=row, reason="No", by=boss, today=today)
