"""The commission (rule 68): opinions, conflicts of interest, quorum, votes, minutes; and what each member sees."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.models import Job, Message, Todo
from placements.beneficiaries.models import CareMember
from solidarity_fund.models import Abstention, AgendaItem, BenefitRequest, Opinion, Sitting, Vote
from solidarity_fund.selectors import commission as selectors
from solidarity_fund.services import commission as services
from solidarity_fund.services import payees, requests
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, make_helped, make_pot, make_ready, publish, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.localdate()


@pytest.fixture
def members(sondrio, db):
    return [make_user(Role.COMMISSION_MEMBER, sondrio, number=n) for n in (1, 2, 3)]


@pytest.fixture
def pot(within, coordinator):
    pot = make_pot(within(coordinator))
    give(within(coordinator), pot, "1000")
    return pot


@pytest.fixture
def row(within, worker, coordinator, now):
    asked = ask(within(worker), make_helped(within(worker)), today=now)
    return make_ready(within(coordinator), asked, today=now)


@pytest.fixture
def sitting(within, coordinator, members, row, now):
    return sit(within(coordinator), members, [row], today=now)


@pytest.fixture
def item(sitting):
    return AgendaItem.objects.select_related("sitting", "request").get()


def page(name, row, *more):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id, *more])


def vote(access, item, members, now, *votes):
    for member, in_favour in zip(members, votes, strict=False):
        services.cast_vote(item=item, member=member, in_favour=in_favour, by=access, today=now)


def test_from_the_opinions_to_the_sealed_minutes(signed_in, within, coordinator, members, pot, row, now):
    chief = signed_in(coordinator)
    assert chief.post(reverse("solidarity_fund:new_sitting"), {"held_on": now, "place": "Sala civica", "president": ""}).status_code == 422
    made = chief.post(
        reverse("solidarity_fund:new_sitting"), {"held_on": now, "place": "Sala civica", "president": members[0].pk, "starts_at": "15:30"}
    )
    within(coordinator)
    sitting = Sitting.objects.get()
    assert made["Location"] == page("sitting", sitting)
    assert Message.objects.filter(kind="solidarity_fund.sitting_called").count() == 3
    assert chief.post(page("add_cases", sitting), {"requests": [row.public_id]}).status_code == 303
    assert "Niente da aggiungere" in chief.get(page("add_cases", sitting)).content.decode()

    first = signed_in(members[0])
    home = first.get(reverse("solidarity_fund:to_decide"))
    assert [one.request.pk for one in home.context["rows"]] == [row.pk] and "Sala civica" in home.content.decode()
    assert first.get("/").status_code in (302, 303, 200)
    silent = first.post(page("opinion", row), {"verdict": "favourable", "reason": ""})
    assert silent.status_code == 422
    more = first.post(page("opinion", row), {"verdict": "changed", "amount": "90", "reason": "Di più"})
    assert more.status_code == 422 and "80,00" in more.context["form"].errors["amount"][0]
    assert first.post(page("opinion", row), {"verdict": "changed", "amount": "60", "reason": "Basta il mensile"}).status_code == 303
    assert "favorevole, con un altro importo" in first.get(reverse("solidarity_fund:to_decide")).content.decode()

    within(coordinator)
    item = AgendaItem.objects.get()
    assert chief.get(page("sitting", sitting)).status_code == 200
    assert chief.post(page("open_sitting", sitting), {"present": []}).status_code == 422
    assert chief.post(page("open_sitting", sitting), {"present": [m.pk for m in members]}).status_code == 303
    assert first.post(page("votes", sitting, item.public_id), {f"vote_{members[0].pk}": "yes"}).status_code == 303
    assert chief.post(page("votes", sitting, item.public_id), {f"vote_{m.pk}": "yes" for m in members[1:]}).status_code == 303
    no_pot = chief.post(page("decide_case", sitting, item.public_id), {"pot": ""})
    assert no_pot.status_code == 422 and "pot" in no_pot.context["form"].errors
    assert chief.post(page("decide_case", sitting, item.public_id), {"pot": pot.public_id, "amount": "60"}).status_code == 303
    within(coordinator)
    row.refresh_from_db()
    item.refresh_from_db()
    assert (row.state, row.amount, item.outcome, item.votes_for, item.votes_against, item.quorum) == ("granted", 60, "granted", 3, 0, 2)

    assert chief.post(page("close_sitting", sitting)).status_code == 303
    assert signed_in(members[1]).post(page("approve_minutes", sitting)).status_code == 303  # refused: a message, and back
    within(coordinator)
    assert Sitting.objects.get().state == "closed"
    assert first.post(page("approve_minutes", sitting)).status_code == 303
    within(coordinator)
    sitting.refresh_from_db()
    assert sitting.state == "approved" and sitting.document and Job.objects.filter(name="core.render_document").exists()
    said = str(sitting.document.context)
    assert row.code in said and "3 a favore, 0 contro" in said and "60,00" in said
    assert "Persona1" not in said and "Prova commission_member 1" in said  # the members by name, the people by their code
    assert not Todo.objects.filter(kind__in=["solidarity_fund.sitting", "solidarity_fund.minutes"], done_at=None).exists()


# --- Conflicts of interest


@pytest.mark.parametrize("conflict", ["author", "care_team", "company"])
def test_nobody_votes_on_a_case_of_their_own(within, signed_in, worker, coordinator, members, sondrio, now, conflict):
    """The records say it: no declaration is needed, no opinion and no vote are taken, the quorum counts the others."""
    own = members[0]
    placement = make_helped(within(worker))
    author = worker
    if conflict == "author":
        Membership.objects.create(user=own, role=Role.SOCIAL_WORKER, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
        author = own
    elif conflict == "care_team":
        CareMember.objects.create(ambito=sondrio, beneficiary=placement.beneficiary, user=own, role="educator", valid_from="2020-01-01")
    else:
        Membership.objects.create(
            user=own, role=Role.COMPANY_CONTACT, network=sondrio.network, company=placement.company, valid_from="2020-01-01"
        )
    row = make_ready(within(coordinator), ask(within(author), placement, today=now), today=now)
    client = signed_in(own)
    if conflict != "company":  # who has two hats works with one at a time
        answer = client.post(page("opinion", row), {"verdict": "favourable", "reason": "Sì"})
        assert answer.status_code == 422 and "ti astieni" in answer.content.decode()
    access = within(coordinator)
    sitting = sit(access, members, [row], today=now)
    item = AgendaItem.objects.select_related("sitting").get()
    with pytest.raises(services.StandsAside):
        vote(access, item, [own], now, True)
    vote(access, item, members[1:], now, True, True)
    view = selectors.agenda_of(sitting)[0]
    assert view.tally and (view.tally.entitled, view.tally.voters) == (2, 2) and own.pk in view.aside


def test_a_declared_conflict_is_for_good(signed_in, within, coordinator, members, row, item, now):
    client = signed_in(members[0])
    assert client.post(page("opinion", row), {"verdict": "favourable", "reason": "Sì"}).status_code == 303
    assert client.post(page("stand_aside", row), {"reason": "author"}).status_code == 422  # the records say that one
    for _n in range(2):
        assert client.post(page("stand_aside", row), {"reason": "relation"}).status_code == 303
    access = within(coordinator)
    assert Abstention.objects.count() == 1
    assert client.post(page("opinion", row), {"verdict": "contrary", "reason": "No"}).status_code == 422
    assert "ti astieni" in client.get(page("request", row)).content.decode()
    assert client.get(page("quote", row)).status_code == 404
    with pytest.raises(services.StandsAside):
        vote(access, item, members, now, True)
    assert selectors.agenda_of(item.sitting)[0].opinions == []  # what was said before no longer counts


def test_the_database_keeps_who_stands_aside_from_voting(within, coordinator, members, row, item, now):
    access = within(coordinator)
    own = {"ambito_id": row.ambito_id, "member": members[0]}
    Abstention.objects.create(request=row, reason="relation", **own)
    for make in (
        lambda: Vote.objects.create(item=item, in_favour=True, **own),
        lambda: Opinion.objects.create(request=row, verdict="favourable", reason="x", **own),
    ):
        with pytest.raises(IntegrityError, match="stands aside"), transaction.atomic():
            make()
    vote(access, item, members[1:2], now, True)
    with pytest.raises(DomainError, match="già votato"):
        services.stand_aside(request=row, reason="relation", by=within(members[1]))


def test_a_payee_of_the_same_name_is_a_hint(within, signed_in, coordinator, worker, members, row, now):
    payees.set_payee(
        request=row, payee=payees.Payee("refund", f"{members[0]}".upper(), "", "IT60X0542811101000000123456"), by=within(worker), today=now
    )
    text = signed_in(members[0]).get(page("opinion", row)).content.decode()
    assert "Guarda se ti devi astenere" in text
    assert signed_in(members[0]).post(page("opinion", row), {"verdict": "favourable", "reason": "Un omonimo"}).status_code == 303


# --- Quorum and majority


def test_without_quorum_there_is_no_decision(signed_in, within, coordinator, members, pot, item, now):
    access = within(coordinator)
    vote(access, item, members, now, True)
    answer = signed_in(coordinator).post(page("decide_case", item.sitting, item.public_id), {"pot": pot.public_id})
    assert answer.status_code == 422 and "numero legale" in answer.content.decode()
    vote(within(coordinator), item, members[1:], now, False)
    tie = signed_in(coordinator).post(page("decide_case", item.sitting, item.public_id), {"pot": pot.public_id})
    assert tie.status_code == 422 and "pari" in tie.content.decode()
    row = BenefitRequest.objects.get()
    assert row.state == "ready"


def test_who_is_not_there_does_not_vote_and_nobody_votes_twice(within, coordinator, members, row, now, sondrio):
    access = within(coordinator)
    sitting = services.call_sitting(held_on=now, starts_at=None, place="Qui", president=members[0], by=access, today=now)
    services.put_on_agenda(sitting=sitting, requests=[row], by=access)
    item = AgendaItem.objects.select_related("sitting").get()
    with pytest.raises(Conflict):
        vote(access, item, members, now, True)  # not open yet
    services.open_sitting(sitting=sitting, present=[members[0].pk], by=access, today=now)
    with pytest.raises(DomainError, match="non è presente"):
        vote(access, item, members[1:], now, True)
    vote(access, item, members, now, True)
    with pytest.raises(Conflict, match="già votato"):
        vote(access, item, members, now, False)
    with pytest.raises(DomainError, match="era presente"):
        services.note_present(sitting=sitting, present=[members[1].pk], by=access)
    services.note_present(sitting=sitting, present=[m.pk for m in members[:2]], by=access)
    outsider = make_user(Role.COMMISSION_MEMBER, sondrio, number=9)
    with pytest.raises(DomainError, match="non è presente"):
        vote(access, item, [outsider], now, True)


def test_the_first_no_asks_for_the_notice(within, coordinator, members, row, item, now):
    access = within(coordinator)
    vote(access, item, members, now, False, False, True)
    with pytest.raises(ReasonRequired):
        services.decide_case(item=item, reason=" ", by=access, today=now)
    done = services.decide_case(item=item, reason="Costa troppo", by=access, today=now)
    row.refresh_from_db()
    assert (done.outcome, row.state) == ("notice", "ready")
    assert Todo.objects.get(kind="solidarity_fund.announce", done_at=None).role == Role.COORDINATOR
    with pytest.raises(Conflict, match="già deciso"):
        services.decide_case(item=item, reason="Ancora", by=access, today=now)
    with pytest.raises(IntegrityError, match="is decided"), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(outcome="granted")


# --- Advances


def advance(within, worker, coordinator, pot, now):
    publish(within(coordinator))
    asked = ask(within(worker), make_helped(within(worker)), "100", is_urgent=True, today=now)
    return requests.grant_advance(request=asked, pot=pot, seen=1, by=within(coordinator), today=now)


@pytest.mark.parametrize("is_paid", [False, True])
@pytest.mark.parametrize("in_favour", [True, False])
def test_an_advance_is_ratified_or_comes_back(within, user_of, sondrio, worker, coordinator, members, pot, now, in_favour, is_paid):
    row = advance(within, worker, coordinator, pot, now)
    if is_paid:
        requests.pay_benefit(request=row, paid_on=now, by=within(user_of(Role.ACCOUNTING, sondrio)), today=now)
    access = within(coordinator)
    sit(access, members, [row], today=now)
    item = AgendaItem.objects.select_related("sitting").get()
    vote(access, item, members, now, in_favour, in_favour)
    services.decide_case(item=item, reason="Visto", by=access, today=now)
    row.refresh_from_db()
    if in_favour:
        assert (row.advance, row.state) == ("ratified", "paid" if is_paid else "granted")
    else:
        assert (row.advance, row.state) == ("refused", "paid" if is_paid else "revoked")
        assert Todo.objects.filter(kind="solidarity_fund.recover", done_at=None).exists() is is_paid
    assert not Todo.objects.filter(kind="solidarity_fund.ratify", done_at=None).exists()


# --- Minutes and sittings


def test_minutes_need_two_people_and_every_outcome(within, coordinator, members, item, now):
    access = within(coordinator)
    with pytest.raises(DomainError, match="senza esito"):
        services.close_sitting(sitting=item.sitting, by=access)
    with pytest.raises(ReasonRequired):
        services.postpone_case(item=item, reason="", by=access)
    services.postpone_case(item=item, reason="Manca il preventivo", by=access)
    sitting = services.close_sitting(sitting=item.sitting, by=access)
    with pytest.raises(DomainError, match="ha presieduto"):
        services.approve_minutes(sitting=sitting, by=within(members[1]), today=now)
    with pytest.raises(ReasonRequired):
        services.reopen_sitting(sitting=sitting, reason="", by=within(members[0]))
    services.reopen_sitting(sitting=sitting, reason="Manca un voto", by=within(members[0]))
    sitting = services.close_sitting(sitting=sitting, by=within(coordinator))
    assert services.approve_minutes(sitting=sitting, by=within(members[0]), today=now).state == "approved"


def test_who_wrote_the_minutes_does_not_approve_them(within, coordinator, members, sondrio, row, now):
    Membership.objects.create(
        user=coordinator, role=Role.COMMISSION_MEMBER, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01"
    )
    access = within(coordinator)
    sitting = sit(access, [coordinator, *members], [row], today=now)
    services.postpone_case(item=AgendaItem.objects.select_related("sitting").get(), reason="Altra volta", by=access)
    with pytest.raises(FourEyesRequired):
        services.close_sitting(sitting=sitting, by=access)


def test_a_sitting_that_cannot_be(signed_in, within, coordinator, worker, members, row, now):
    chief, address = signed_in(coordinator), reverse("solidarity_fund:new_sitting")
    past = chief.post(address, {"held_on": now - timedelta(days=1), "place": "Qui", "president": members[0].pk})
    assert past.status_code == 422 and "held_on" in past.context["form"].errors
    assert (
        signed_in(worker).get(address).status_code == 403 and signed_in(worker).get(reverse("solidarity_fund:sittings")).status_code == 403
    )
    access = within(coordinator)
    later = services.call_sitting(held_on=now + timedelta(days=3), starts_at=None, place="Qui", president=members[0], by=access, today=now)
    services.put_on_agenda(sitting=later, requests=[row], by=access)
    with pytest.raises(DomainError, match="si apre quel giorno"):
        services.open_sitting(sitting=later, present=[members[0].pk], by=access, today=now)
    other = services.call_sitting(held_on=now, starts_at=None, place="Qui", president=members[0], by=access, today=now)
    with pytest.raises(Conflict, match="un'altra seduta"):
        services.put_on_agenda(sitting=other, requests=[row], by=access)
    assert chief.post(page("cancel_sitting", later), {"reason": "Neve"}).status_code == 303
    within(coordinator)
    assert selectors.cases_to_add(within(coordinator)) == [row]


def test_a_request_that_was_withdrawn_leaves_the_agenda(within, worker, coordinator, members, row, item, now):
    requests.withdraw_benefit(request=row, reason="Non serve più", by=within(worker), today=now)
    item.refresh_from_db()
    assert item.outcome == "withdrawn"
    with pytest.raises(Conflict):
        vote(within(coordinator), item, members, now, True)


# --- Who sees what


def test_a_member_sees_what_there_is_to_decide_and_nothing_else(signed_in, within, worker, coordinator, members, row, now, tirano):
    hidden = ask(within(worker), make_helped(within(worker), number=2), today=now)
    requests.return_request(request=hidden, what=["quote"], by=within(coordinator), today=now)
    client = signed_in(members[0])
    assert client.get(page("request", row)).status_code == 200
    assert client.get(page("request", hidden)).status_code == 404
    assert [r.pk for r in client.get(reverse("solidarity_fund:requests")).context["requests"]] == [row.pk]
    for name in ("screen", "proofs", "procedure", "payee", "pay", "advance"):
        assert client.get(page(name, row)).status_code == 403, name
    text = client.get(page("request", row)).content.decode()
    assert "A chi si versa" not in text and "Apri il tirocinio" not in text and "Mi astengo" in text
    elsewhere = signed_in(make_user(Role.COMMISSION_MEMBER, tirano))
    assert elsewhere.get(page("request", row)).status_code == elsewhere.get(page("opinion", row)).status_code == 404
    assert elsewhere.get(reverse("solidarity_fund:to_decide")).context["rows"] == []


def test_a_voter_does_not_record_the_payment(within, coordinator, members, pot, row, item, sondrio, now):
    Membership.objects.create(user=members[0], role=Role.ACCOUNTING, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    access = within(coordinator)
    vote(access, item, members, now, True, True)
    services.decide_case(item=item, pot=pot, reason="", by=access, today=now)
    row.refresh_from_db()
    with pytest.raises(FourEyesRequired, match="votato"):
        requests.pay_benefit(request=row, paid_on=now, by=within(members[0]), today=now)
