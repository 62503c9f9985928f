"""The commission of the network: who may vote, quorum, minutes with two keys, the pre-notice before a no."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from certification.enums import ApplicationState, CaseOutcome
from certification.models import Abstention, AgendaItem, Application, AwardRun, Certificate, Vote
from certification.selectors import commission as selectors
from certification.selectors import procedures as procedure_selectors
from certification.services import commission as services
from certification.services import papers, procedures
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.models import Document, Message
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from solidarity_fund.enums import SittingState
from solidarity_fund.services.deciders import StandsAside
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host
from tests.factories.fixtures import make_user
from tests.factories.recognition import checked, contact_of, filled, open_campaign, own_access, proof, publish_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def boss(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def members(sondrio: Any, tirano: Any) -> list[Any]:
    """Of two Ambiti: the commission is the network's."""
    where = [sondrio, sondrio, tirano]
    return [make_user(Role.COMMISSION_MEMBER, ambito, number=n) for n, ambito in enumerate(where, start=1)]


@pytest.fixture
def ready(by: Any, today: date) -> Application:
    company = make_host(by)
    hosted(by, company, make_beneficiary(by, number=1))
    open_campaign(by, publish_scheme(by))
    ours = own_access(contact_of(company))
    with scope(ours.scope):
        row = filled(company, by=ours)
    return checked(row, by=by)


@pytest.fixture
def item(boss: Any, members: list[Any], ready: Application, today: date) -> AgendaItem:
    """On the agenda of a sitting that is open, everybody there."""
    sitting = services.call_sitting(held_on=today, starts_at=None, place="Sala", president=members[0], by=boss, today=today)
    [made] = services.put_on_agenda(sitting=sitting, applications=[ready], by=boss)
    services.open_sitting(sitting=sitting, present=[m.pk for m in members], by=boss, today=today)
    made.refresh_from_db()
    return made


def vote(item: AgendaItem, members: list[Any], boss: Any, *, yes: int) -> None:
    for number, member in enumerate(members):
        services.cast_vote(item=item, member=member, in_favour=number < yes, by=boss)


def test_called_with_all_the_network(by: Any, boss: Any, members: list[Any], today: date) -> None:
    made = services.call_sitting(held_on=today, starts_at=None, place=" Sala ", president=members[0], by=boss, today=today)
    assert made.number == "2026/000001" and [seat.member for seat in selectors.seats_of(made)] == members
    assert Message.objects.filter(kind="certification.sitting_called").count() == 3
    with pytest.raises(DomainError, match="già passato"):
        services.call_sitting(held_on=today - timedelta(days=1), starts_at=None, place="x", president=members[0], by=boss, today=today)
    with pytest.raises(DomainError, match="componente"):
        services.call_sitting(held_on=today, starts_at=None, place="x", president=boss.actor, by=boss, today=today)


def test_a_yes_of_the_commission_makes_the_recognition(item: AgendaItem, members: list[Any], boss: Any, today: date) -> None:
    vote(item, members, boss, yes=2)
    row = services.decide_case(item=item, reason="", by=boss, today=today)
    assert (row.outcome, row.votes_for, row.votes_against) == (CaseOutcome.GRANTED, 2, 1)
    made = Certificate.objects.get()
    assert (made.level, made.state) == ("impresa_solidale", "granted")
    with pytest.raises(Conflict, match="già deciso"):
        services.decide_case(item=item, reason="", by=boss, today=today)
    with pytest.raises(IntegrityError, match="it is decided"), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(outcome="pending")


def test_without_quorum_or_on_a_tie_nothing_is_decided(item: AgendaItem, members: list[Any], boss: Any, today: date) -> None:
    services.cast_vote(item=item, member=members[0], in_favour=True, by=boss)
    with pytest.raises(DomainError, match="Manca il numero legale"):
        services.decide_case(item=item, reason="", by=boss, today=today)
    with pytest.raises(Conflict, match="ha già votato"):
        services.cast_vote(item=item, member=members[0], in_favour=False, by=boss)
    assert Application.objects.get().state == ApplicationState.READY


def test_nobody_votes_on_their_own_company(item: AgendaItem, members: list[Any], boss: Any, today: date) -> None:
    """Imposed by the records, whether said or not: a membership of the company, or having checked the application."""
    application = item.application
    Membership.objects.create(
        user=members[1],
        network_id=application.network_id,
        company_id=application.company_id,
        role=Role.COMPANY_TUTOR,
        valid_from=date(2024, 1, 1),
        valid_to=date(2025, 1, 1),
    )
    with pytest.raises(StandsAside, match="lavora per l'impresa"):
        services.cast_vote(item=item, member=members[1], in_favour=True, by=boss)
    Application.objects.filter(pk=application.pk).update(checked_by=members[2])
    with pytest.raises(StandsAside, match="ha verificato"):
        services.cast_vote(item=item, member=members[2], in_favour=True, by=boss)
    [view] = selectors.agenda_of(item.sitting)
    assert set(view.aside) == {members[1].pk, members[2].pk} and view.tally and view.tally.entitled == 1


def test_who_declares_a_bond_stands_aside(item: AgendaItem, members: list[Any], boss: Any) -> None:
    first, second = access_for(members[0]), access_for(members[1])
    with pytest.raises(DomainError, match="Scegli il motivo"):
        services.stand_aside(application=item.application, reason="company", by=first)
    made = services.stand_aside(application=item.application, reason="relation", by=first)
    assert services.stand_aside(application=item.application, reason="relation", by=first).pk == made.pk
    with pytest.raises(StandsAside):
        services.cast_vote(item=item, member=members[0], in_favour=True, by=boss)
    with pytest.raises(IntegrityError, match="stands aside"), transaction.atomic():
        Vote.objects.create(network_id=item.network_id, item=item, member=members[0], in_favour=True)
    services.cast_vote(item=item, member=members[1], in_favour=True, by=second)
    with pytest.raises(DomainError, match="Hai già votato"):
        services.stand_aside(application=item.application, reason="relation", by=second)
    assert Abstention.objects.count() == 1


def test_one_sitting_at_a_time_and_only_what_was_checked(item: AgendaItem, by: Any, members: list[Any], boss: Any, today: date) -> None:
    other = services.call_sitting(held_on=today, starts_at=None, place="Altra", president=members[0], by=boss, today=today)
    with pytest.raises(Conflict, match="all'ordine del giorno di un'altra seduta"):
        services.put_on_agenda(sitting=other, applications=[item.application], by=boss)
    company = make_host(by, number=2)
    hosted(by, company, make_beneficiary(by, number=2))
    ours = own_access(contact_of(company, number=2))
    with scope(ours.scope):
        row = filled(company, by=ours)
    with pytest.raises(DomainError, match="prima la verifica"):
        services.put_on_agenda(sitting=other, applications=[row], by=boss)


def test_the_minutes_have_two_keys(item: AgendaItem, members: list[Any], boss: Any, by: Any, today: date) -> None:
    president, other = access_for(members[0]), access_for(members[1])
    with pytest.raises(DomainError, match="casi senza esito"):
        services.close_sitting(sitting=item.sitting, by=boss)
    with pytest.raises(ReasonRequired):
        services.postpone_case(item=item, reason="", by=boss)
    vote(item, members, boss, yes=3)
    services.decide_case(item=item, reason="Brava", by=boss, today=today)
    sitting = services.close_sitting(sitting=item.sitting, by=boss)
    with pytest.raises(DomainError, match="chi ha presieduto"):
        services.approve_minutes(sitting=sitting, by=other, today=today)
    services.reopen_sitting(sitting=sitting, reason="Manca il luogo", by=president)
    services.close_sitting(sitting=sitting, by=boss)
    done = services.approve_minutes(sitting=sitting, by=president, today=today)
    assert done.state == SittingState.APPROVED and done.document
    paper = Document.objects.get(pk=done.document_id)
    assert paper.network_id == item.network_id and paper.context["cases"][0]["outcome"] == "Riconosciuto"
    html = html_of(paper, "A" * 26)
    assert "Falegnameria Prova 001" in html and "3 a favore, 0 contro" in html


def test_the_secretary_is_not_the_president(boss: Any, members: list[Any], ready: Application, coordinator: Any, today: date) -> None:
    Membership.objects.create(
        user=coordinator, network_id=ready.network_id, ambito_id=boss.ambito_id, role=Role.COMMISSION_MEMBER, valid_from=date(2024, 1, 1)
    )
    both = access_for(coordinator)
    sitting = services.call_sitting(held_on=today, starts_at=None, place="x", president=coordinator, by=both, today=today)
    services.open_sitting(sitting=sitting, present=[coordinator.pk], by=both, today=today)
    with pytest.raises(FourEyesRequired):
        services.close_sitting(sitting=sitting, by=both)


# --- All the yeses in one run


def test_what_the_votes_say_yes_to_is_awarded_in_one_run(
    item: AgendaItem, members: list[Any], boss: Any, by: Any, coordinator: Any, signed_in: Any, today: date
) -> None:
    """Three cases: two voted yes, one voted no; the run decides the two, the third stays for who writes the reasons."""
    cases = [item]
    for number in (2, 3):
        company = make_host(by, number=number)
        hosted(by, company, make_beneficiary(by, number=number))
        ours = own_access(contact_of(company, number=number))
        with scope(ours.scope):
            row = filled(company, by=ours)
        cases += services.put_on_agenda(sitting=item.sitting, applications=[checked(row, by=by)], by=boss)
    client = signed_in(coordinator)
    page, order = (reverse(f"certification:{name}", args=[item.sitting.public_id]) for name in ("sitting", "award_sitting"))
    assert "Registra i sì" not in client.get(page).content.decode()
    assert "Nessun caso ha già i voti" in client.post(order, follow=True).content.decode()
    for case, yes in zip(cases, (3, 2, 0), strict=True):
        vote(case, members, boss, yes=yes)
    assert "2 domande" in client.get(page).content.decode()
    assert signed_in(members[0]).post(order).status_code == 403
    assert client.post(order).status_code == 303
    run = AwardRun.objects.get()
    assert (run.total, run.sitting_id) == (2, item.sitting_id)
    assert "un altro rilascio" in client.post(order, follow=True).content.decode() and AwardRun.objects.count() == 1
    with scope(boss.scope):
        papers.award_some(run_id=run.pk, by=boss)
    run.refresh_from_db()
    assert run.done == 2 and not run.items.exclude(refused="").exists() and Certificate.objects.count() == 2
    assert [case.outcome for case in AgendaItem.objects.order_by("position")] == ["granted", "granted", "pending"]
    assert (AgendaItem.objects.first() or item).votes_for == 3
    told = client.get(reverse("certification:run", args=[run.public_id])).content.decode()
    assert "Seduta n. 2026/000001" in told and "seduta n. 2026/000001" in client.get(reverse("certification:new_run")).content.decode()
    services.decide_case(item=cases[2], reason="Poca accoglienza", by=boss, today=today)
    assert "Nessun caso ha già i voti" in client.post(order, follow=True).content.decode()
    sitting = services.close_sitting(sitting=item.sitting, by=boss)
    with pytest.raises(Conflict):
        papers.order_sitting(sitting=sitting, by=boss, today=today)


def test_votes_that_change_meanwhile_are_left_out_with_the_words_why(item: AgendaItem, members: list[Any], boss: Any, today: date) -> None:
    vote(item, members, boss, yes=2)
    run = papers.order_sitting(sitting=item.sitting, by=boss, today=today)
    with scope(boss.scope):
        Membership.objects.create(
            user=members[0],
            network_id=item.network_id,
            company=item.application.company,
            role=Role.COMPANY_CONTACT,
            valid_from=date(2024, 1, 1),
        )
        papers.award_some(run_id=run.pk, by=boss)
    [left] = run.items.all()
    assert "I voti non dicono più di sì" in left.refused and not Certificate.objects.exists()


# --- A no


def test_the_first_no_announces_and_the_next_refuses(item: AgendaItem, members: list[Any], boss: Any, by: Any, today: date) -> None:
    """Delivered Wednesday 18 November: ten days end on Saturday 28, moved to Monday 30. On 1 December one may refuse."""
    vote(item, members, boss, yes=0)
    with pytest.raises(ReasonRequired):
        services.decide_case(item=item, reason=" ", by=boss, today=today)
    row = services.decide_case(item=item, reason="Poca accoglienza", by=boss, today=today)
    assert row.outcome == CaseOutcome.NOTICE and Application.objects.get().state == ApplicationState.READY
    made = procedures.announce_refusal(application=row.application, grounds="Poca accoglienza.", by=boss, today=today)
    with pytest.raises(DomainError, match="Il preavviso c'è già"):
        procedures.announce_refusal(application=row.application, grounds="Ancora", by=boss, today=today)
    paper = procedure_selectors.paper_of(made, "notice")
    procedures.record_delivery(paper=paper, on=today, way="pec", file=proof(), by=by, today=today)
    assert procedure_selectors.clock_of(made, today=today).observations_due == date(2026, 11, 30)
    later = date(2026, 12, 1)
    second = services.call_sitting(held_on=later, starts_at=None, place="x", president=members[0], by=boss, today=later)
    [again] = services.put_on_agenda(sitting=second, applications=[row.application], by=boss)
    services.open_sitting(sitting=second, present=[m.pk for m in members], by=boss, today=later)
    again.refresh_from_db()
    vote(again, members, boss, yes=1)
    with pytest.raises(DomainError, match="ha tempo fino al 30/11/2026"):
        services.decide_case(item=again, reason="No", by=boss, today=date(2026, 11, 25))
    assert services.decide_case(item=again, reason="No", by=boss, today=later).outcome == CaseOutcome.REFUSED
    refused = Application.objects.get()
    assert refused.state == ApplicationState.REFUSED
    assert {p.kind for p in made.papers.all()} == {"notice", "final"}


def test_who_checked_does_not_decide_on_votes_of_the_own_hand(
    item: AgendaItem, members: list[Any], boss: Any, sondrio: Any, today: date
) -> None:
    """Votes are a second key where another hand wrote one of them."""
    Application.objects.filter(pk=item.application_id).update(checked_by=boss.actor)
    vote(item, members[:2], boss, yes=2)
    with pytest.raises(FourEyesRequired, match="li ha scritti chi ha verificato"):
        services.decide_case(item=item, reason="", by=boss, today=today)
    services.cast_vote(item=item, member=members[2], in_favour=True, by=access_for(members[2]))
    assert services.decide_case(item=item, reason="", by=boss, today=today).outcome == CaseOutcome.GRANTED
