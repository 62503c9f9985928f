"""Who keeps away from a request neither decides on it alone nor reads its papers; who changed it does not look at it."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.errors import FourEyesRequired
from impresasolidale.core.models import Fact
from placements.beneficiaries.models import CareMember
from solidarity_fund.models import AgendaItem, BenefitRequest
from solidarity_fund.selectors import conflicts
from solidarity_fund.services import commission, procedures, requests
from solidarity_fund.services.deciders import StandsAside
from tests.factories.agreements import PDF, scan
from tests.factories.fixtures import make_user
from tests.factories.fund import announce, ask, give, grant, hear, make_helped, make_pot, make_ready, publish, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.localdate()


@pytest.fixture
def member(sondrio, db):
    return make_user(Role.COMMISSION_MEMBER, sondrio)


@pytest.fixture
def pot(within, coordinator):
    pot = make_pot(within(coordinator))
    give(within(coordinator), pot, "1000")
    return pot


@pytest.fixture
def row(within, worker, now):
    return ask(within(worker), make_helped(within(worker)), today=now, quote_file=scan())


def page(name, row):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id])


def follow(sondrio, row, user):
    CareMember.objects.create(ambito=sondrio, beneficiary=row.beneficiary, user=user, role="educator", valid_from="2020-01-01")


def conflict(kind, *, within, sondrio, row, user):
    within(user)
    if kind == "care_team":
        follow(sondrio, row, user)
    elif kind == "company":
        company = row.placement.company
        Membership.objects.create(user=user, role=Role.COMPANY_CONTACT, network=sondrio.network, company=company, valid_from="2020-01-01")
    else:
        commission.stand_aside(request=row, reason="relation", by=within(user))


@pytest.mark.parametrize("kind", ["care_team", "company", "declared"])
def test_who_stands_aside_does_not_decide_alone(within, member, coordinator, sondrio, pot, row, now, kind):
    conflict(kind, within=within, sondrio=sondrio, row=row, user=member)
    access = within(member)
    with pytest.raises(StandsAside, match="ti devi astenere"):
        grant(access, row, pot, today=now)
    with pytest.raises(StandsAside):  # an outside act is a second key for the author, never a way round a conflict
        grant(access, row, pot, today=now, act=OutsideAct("3", now))
    with pytest.raises(StandsAside):
        procedures.announce_refusal(request=row, grounds="Costa troppo", by=access, today=now)
    hear(within(coordinator), row, today=now)
    with pytest.raises(StandsAside):
        requests.refuse_benefit(request=row, reason="No", answer="No", seen=row.row_version, by=within(member), today=now)
    assert grant(within(coordinator), row, pot, today=now).state == "granted"


def test_the_page_says_why(signed_in, within, member, sondrio, pot, row):
    within(member)
    follow(sondrio, row, member)
    answer = signed_in(member).post(page("decide", row), {"decision": "grant", "pot": pot.public_id, "row_version": 1})
    assert answer.status_code == 422 and "segue la persona" in answer.content.decode()


def test_a_coordinator_who_follows_the_person_gives_no_advance_but_writes_down_what_the_commission_says(
    within, worker, coordinator, member, sondrio, pot, now
):
    publish(within(coordinator))
    urgent = ask(within(worker), make_helped(within(worker)), "100", is_urgent=True, today=now)
    follow(sondrio, urgent, coordinator)
    access = within(coordinator)
    with pytest.raises(StandsAside):
        requests.grant_advance(request=urgent, pot=pot, seen=1, by=access, today=now)
    members = [member, make_user(Role.COMMISSION_MEMBER, sondrio, number=2)]
    sit(access, members, [make_ready(access, urgent, today=now)], today=now)
    item = AgendaItem.objects.select_related("sitting").get()
    for one in members:
        commission.cast_vote(item=item, member=one, in_favour=True, by=access, today=now)
    assert commission.decide_case(item=item, pot=pot, reason="", by=access, today=now).outcome == "granted"


def test_after_the_commissions_no_anybody_prepares_the_notice(within, coordinator, member, sondrio, row, now):
    follow(sondrio, row, coordinator)
    access = within(coordinator)
    members = [member, make_user(Role.COMMISSION_MEMBER, sondrio, number=2)]
    sit(access, members, [make_ready(access, row, today=now)], today=now)
    item = AgendaItem.objects.select_related("sitting").get()
    for one in members:
        commission.cast_vote(item=item, member=one, in_favour=False, by=access, today=now)
    commission.decide_case(item=item, reason="Costa troppo", by=access, today=now)
    assert announce(access, row, today=now).delivered_on == now


def test_a_conflict_in_the_records_closes_the_papers(signed_in, within, member, coordinator, sondrio, row, now):
    client = signed_in(member)
    assert "Preventivo 12" in client.get(page("request", row)).content.decode()
    assert b"".join(client.get(page("quote", row)).streaming_content) == PDF
    within(member)
    follow(sondrio, row, member)
    for name in ("request", "opinion", "decide"):
        text = client.get(page(name, row)).content.decode()
        assert ("ti astieni" in text or name == "decide") and "Preventivo 12" not in text and "Copia del preventivo" not in text, name
    assert client.get(page("quote", row)).status_code == 404 == client.get(page("act", row)).status_code
    # Who also works on requests goes on reading what they follow, but not what they said they keep away from.
    Membership.objects.create(user=member, role=Role.SOCIAL_WORKER, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    assert b"".join(client.get(page("quote", row)).streaming_content) == PDF
    commission.stand_aside(request=row, reason="relation", by=within(member))
    assert client.get(page("quote", row)).status_code == 404


def test_one_statement_says_the_same_as_the_agenda(within, worker, member, coordinator, sondrio, row, now):
    """`reasons_aside` and `conflicts_of` read the same records."""
    within(member)
    for user in (worker, member, coordinator):
        assert conflicts.reasons_aside(row, user.pk, on=now) == conflicts.conflicts_of([row], [user], on=now)[row.pk, user.pk]
    conflict("care_team", within=within, sondrio=sondrio, row=row, user=member)
    conflict("company", within=within, sondrio=sondrio, row=row, user=member)
    assert conflicts.reasons_aside(row, member.pk, on=now) == conflicts.conflicts_of([row], [member], on=now)[row.pk, member.pk] != []


def test_who_completes_a_request_does_not_look_at_it_nor_decide(signed_in, within, worker, coordinator, sondrio, pot, row, now):
    requests.return_request(request=row, what=["quote"], by=within(coordinator), today=now)
    second = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    row = requests.complete_request(request=row, quote="Preventivo 99", amount=row.amount, by=within(second), today=now)
    assert row.completed_by == second and row.authors == {worker.pk, second.pk}
    refused = signed_in(second).post(page("screen", row), {"result": "whole", "responsible": second.pk})
    assert refused.status_code == 422 and "un&#x27;altra persona" in refused.content.decode()
    assert "Fai l&#x27;istruttoria" not in signed_in(second).get(page("request", row)).content.decode()
    Membership.objects.create(user=second, role=Role.COORDINATOR, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    both = within(second)
    for decide in (
        lambda: grant(both, row, pot, today=now),
        lambda: procedures.announce_refusal(request=row, grounds="No", by=both, today=now),
        lambda: requests.refuse_benefit(request=row, reason="No", seen=row.row_version, by=both, today=now),
    ):
        with pytest.raises(FourEyesRequired):
            decide()
    assert conflicts.conflicts_of([row], [second], on=now)[row.pk, second.pk] == ["author"]
    assert make_ready(within(coordinator), row, today=now).state == "ready"


def test_who_completed_it_before_somebody_else_did_does_not_decide_either(signed_in, within, worker, coordinator, sondrio, pot, row, now):
    second = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    for hand, amount in ((second, row.amount + 10), (worker, None)):
        row = BenefitRequest.objects.get(pk=row.pk)
        requests.return_request(request=row, what=["quote"], by=within(coordinator), today=now)
        row = requests.complete_request(request=row, quote="Preventivo 99", amount=amount, by=within(hand), today=now)
    assert row.amount == 90
    Membership.objects.create(user=second, role=Role.COORDINATOR, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    client = signed_in(second)
    for path, data in (
        ("screen", {"result": "whole", "responsible": second.pk}),
        ("decide", {"decision": "grant", "pot": pot.public_id, "row_version": row.row_version, "amount": "90"}),
    ):
        refused = client.post(page(path, row), data)
        assert refused.status_code == 422 and "persona" in unescape(str(refused.context["form"].errors)), path
    within(coordinator)
    assert BenefitRequest.objects.get(pk=row.pk).state == "submitted"


# --- Taking a grant back


def test_a_member_does_not_undo_a_grant(signed_in, within, member, coordinator, sondrio, pot, row, now):
    """Nor does who keeps away from it; who keeps the sittings does, when somebody else decided."""
    granted = grant(within(coordinator), row, pot, today=now)
    assert signed_in(member).post(page("revoke", granted), {"reason": "No"}).status_code == 403
    second = make_user(Role.COORDINATOR, sondrio, number=2)
    within(second)
    follow(sondrio, granted, second)
    with pytest.raises(StandsAside):
        requests.revoke_benefit(request=granted, reason="No", by=within(second), today=now)
    third = make_user(Role.COORDINATOR, sondrio, number=3)
    assert requests.revoke_benefit(request=granted, reason="Non serve", by=within(third), today=now).state == "revoked"


def test_who_decided_alone_takes_a_grant_back_on_an_act_of_the_body(signed_in, within, worker, coordinator, pot, row, now):
    """An office with one coordinator: the second key is an act taken outside, kept with its copy."""
    granted = grant(within(coordinator), row, pot, today=now)
    client, at = signed_in(coordinator), page("revoke", granted)
    assert "vale da seconda firma" in client.get(at).content.decode()
    alone = client.post(at, {"reason": "Non serve più"})
    assert alone.status_code == 422 and "oppure un atto dell'ente" in unescape(alone.content.decode())
    act = {"reason": "Non serve più", "act_number": "88/2026", "act_on": now.isoformat()}
    assert client.post(at, act).status_code == 422  # without its copy
    early = {**act, "act_on": (now - timedelta(days=1)).isoformat(), "act_file": scan()}
    answer = client.post(at, early)
    assert answer.status_code == 422 and "viene dopo la decisione" in answer.content.decode()
    assert client.post(at, {**act, "act_file": scan()}).status_code == 303
    granted.refresh_from_db()
    assert granted.state == "revoked"
    fact = Fact.objects.get(code="solidarity_fund.benefit_request.outside_act", subject_id=granted.pk)
    assert fact.data == {"number": "88/2026", "on": now.isoformat()}
    assert b"".join(client.get(reverse("solidarity_fund:act", args=[granted.public_id])).streaming_content).startswith(b"%PDF")


def test_somebody_else_is_asked_no_act(signed_in, within, coordinator, sondrio, pot, row, now):
    granted = grant(within(coordinator), row, pot, today=now)
    other = signed_in(make_user(Role.COORDINATOR, sondrio, number=2))
    assert "vale da seconda firma" not in other.get(page("revoke", granted)).content.decode()
    assert other.post(page("revoke", granted), {"reason": "Non serve più"}).status_code == 303


def test_an_advance_that_waits_is_the_commissions(signed_in, within, worker, coordinator, sondrio, pot, now):
    publish(within(coordinator))
    urgent = ask(within(worker), make_helped(within(worker)), "100", is_urgent=True, today=now)
    urgent = requests.grant_advance(request=urgent, pot=pot, seen=1, by=within(coordinator), today=now)
    client = signed_in(make_user(Role.COORDINATOR, sondrio, number=2))
    assert "Togli la concessione" not in client.get(page("request", urgent)).content.decode()
    answer = client.post(page("revoke", urgent), {"reason": "Non serve"})
    assert answer.status_code == 422 and "anticipo da ratificare" in answer.content.decode()


# --- A membership limited to some comuni


def test_sittings_are_of_the_whole_ambito(signed_in, within, coordinator, member, sondrio, row, now):
    comune = row.beneficiary.residence
    sitting = sit(within(coordinator), [member], [make_ready(within(coordinator), row, today=now)], today=now)
    item = AgendaItem.objects.get()
    limited = signed_in(make_user(Role.COORDINATOR, sondrio, number=2, comune=comune))
    sittings = reverse("solidarity_fund:sittings")
    for address in (
        sittings,
        reverse("solidarity_fund:new_sitting"),
        page("sitting", sitting),
        page("minutes", sitting),
        page("add_cases", sitting),
        reverse("solidarity_fund:votes", args=[sitting.public_id, item.public_id]),
        reverse("solidarity_fund:decide_case", args=[sitting.public_id, item.public_id]),
    ):
        assert limited.get(address).status_code == 403, address
    assert limited.post(page("close_sitting", sitting)).status_code == 403
    for address in (page("request", row), reverse("solidarity_fund:requests"), reverse("solidarity_fund:home")):
        answer = limited.get(address)
        assert answer.status_code == 200 and sittings not in answer.content.decode(), address
    one = signed_in(make_user(Role.COMMISSION_MEMBER, sondrio, number=3, comune=comune)).get(reverse("solidarity_fund:to_decide"))
    assert [seen.request.pk for seen in one.context["rows"]] == [row.pk] and one.context["sittings"] == []
