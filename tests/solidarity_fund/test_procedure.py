"""A negative decision is a procedure (L. 241/1990): its papers, what stops it, what the person answers, how it arrives."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.models import Deadline, Document, Todo
from impresasolidale.core.rendering import html_of
from solidarity_fund.models import Procedure, ProcedurePaper
from solidarity_fund.selectors import procedures as selectors
from solidarity_fund.services import procedures as services
from solidarity_fund.services import requests
from tests.factories.agreements import PDF, scan
from tests.factories.fixtures import make_user
from tests.factories.fund import announce, ask, hear, make_helped, make_ready, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.localdate()


@pytest.fixture
def row(within, worker, coordinator, now):
    publish(within(coordinator), term_days=30)
    asked = ask(within(worker), make_helped(within(worker)), today=now)
    return make_ready(within(coordinator), asked, today=now)


def page(name, row, *more):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id, *more])


def refuse(access, row, today, **more):
    row.refresh_from_db()
    return requests.refuse_benefit(request=row, reason="Costa troppo", seen=row.row_version, by=access, today=today, **more)


def test_another_person_becomes_responsible(signed_in, user_of, sondrio, within, worker, coordinator, row, now):
    other = user_of(Role.COORDINATOR, sondrio, number=2)
    chief, address = signed_in(coordinator), page("name_responsible", row)
    member = user_of(Role.COMMISSION_MEMBER, sondrio)
    assert signed_in(member).get(address).status_code == 403
    assert address in chief.get(page("procedure", row)).content.decode()
    form = chief.get(address).context["form"]
    assert form.initial["responsible"] == str(coordinator.pk) and str(member.pk) not in dict(form.fields["responsible"].choices)
    seen = form.current_version
    assert chief.post(address, {"responsible": member.pk, "row_version": seen}).status_code == 422
    assert chief.post(address, {"responsible": other.pk, "row_version": seen}).status_code == 303
    stale = chief.post(address, {"responsible": coordinator.pk, "row_version": seen})
    assert stale.status_code == 409
    access = within(coordinator)
    assert Procedure.objects.get(request=row).responsible == other
    with pytest.raises(Conflict):
        services.name_responsible(request=row, responsible=coordinator, seen=seen, by=access)
    requests.withdraw_benefit(request=row, reason="Non serve più", by=within(worker), today=now)
    with pytest.raises(DomainError, match="niente da decidere"):
        services.name_responsible(request=row, responsible=coordinator, seen=seen + 1, by=within(coordinator))
    assert chief.get(address).status_code == 303 and address not in chief.get(page("procedure", row)).content.decode()


def test_from_the_notice_to_the_decision_in_the_person_s_hands(signed_in, within, worker, coordinator, row, now):
    chief, office = signed_in(coordinator), signed_in(worker)
    assert office.get(page("procedure", row)).status_code == 200
    assert chief.post(page("start_notice", row)).status_code == 303
    assert chief.post(page("announce", row), {"grounds": " "}).status_code == 422
    assert chief.post(page("announce", row), {"grounds": "L'importo è più alto di quanto serve."}).status_code == 303
    again = chief.post(page("announce", row), {"grounds": "Ancora"})
    assert again.status_code == 422 and "c&#x27;è già" in again.content.decode()
    early = chief.post(page("decide", row), {"decision": "refuse", "reason": "Costa troppo", "row_version": 2})
    assert early.status_code == 422 and "non è ancora arrivato" in early.content.decode()

    deliver = page("deliver", row, "notice")
    for change, field in (
        ({"on": now + timedelta(days=1)}, "on"),
        ({"on": now - timedelta(days=1)}, "on"),
        ({"way": "piccione"}, "way"),
        ({"file": scan(content=b"testo")}, "file"),
    ):
        answer = office.post(deliver, {"on": now, "way": "by_hand", "file": scan(), **change})
        assert answer.status_code == 422 and field in answer.context["form"].errors, change
    assert office.post(deliver, {"on": now, "way": "by_hand", "file": scan()}).status_code == 303
    assert office.post(deliver, {"on": now, "way": "by_hand", "file": scan()}).status_code == 422
    within(coordinator)
    clock = selectors.clock_of(row, today=now)
    # the ten days from 18 November end on the 28th, a Saturday: Monday the 30th; twelve days still, 18 December + 12 = 30 December
    assert (clock.observations_due.isoformat(), clock.ends_on.isoformat(), clock.is_still_now) == ("2026-11-30", "2026-12-30", True)
    assert Deadline.objects.get(kind="solidarity_fund.term", closed_at=None).due_on == clock.ends_on
    assert Todo.objects.get(kind="solidarity_fund.observations", done_at=None).due_on == clock.observations_due
    waits = chief.post(page("decide", row), {"decision": "refuse", "reason": "Costa troppo", "row_version": 2})
    assert waits.status_code == 422 and "30/11/2026" in waits.content.decode()

    assert office.post(page("observations", row), {"on": now, "text": ""}).status_code == 422
    assert office.post(page("observations", row), {"on": now, "text": "Il modello semplice non c'è", "file": scan()}).status_code == 303
    assert office.post(page("observations", row), {"on": now, "text": "Di nuovo"}).status_code == 422
    text = chief.get(page("decide", row)).content.decode()
    assert "Il modello semplice non c&#x27;è" in text
    no = {"decision": "refuse", "reason": "Costa troppo", "answer": "In negozio ce ne sono due.", "row_version": 2}
    assert chief.post(page("decide", row), no).status_code == 303

    within(coordinator)
    row.refresh_from_db()
    assert row.state == "refused"
    final = ProcedurePaper.objects.get(kind="final").document
    context = final.context
    assert context["reason"] == "Costa troppo" and context["answer"] == "In negozio ce ne sono due." and "TAR" in context["appeal"]
    for paper in Document.objects.filter(kind__startswith="solidarity_fund."):
        html = html_of(paper, "A" * 26)
        assert "Buongiorno Prova Persona1" in html and "{{" not in html
    assert not Deadline.objects.filter(kind="solidarity_fund.term", closed_at=None).exists()
    assert Todo.objects.get(kind="solidarity_fund.deliver", done_at=None)
    assert office.post(page("deliver", row, "final"), {"on": now, "way": "registered", "file": scan()}).status_code == 303
    proof = ProcedurePaper.objects.get(kind="final").proof
    assert b"".join(office.get(page("procedure_file", row, proof.public_id)).streaming_content) == PDF


def test_silence_for_ten_days_is_enough(within, coordinator, row, now):
    access = within(coordinator)
    announce(access, row, today=now)
    last = selectors.clock_of(row, today=now).observations_due
    with pytest.raises(DomainError, match=f"{last:%d/%m/%Y}"):
        refuse(access, row, last)
    refused = refuse(access, row, last + timedelta(days=1))
    assert refused.state == "refused" and Procedure.objects.get().observed_on is None
    assert "non abbiamo ricevuto risposta" in html_of(ProcedurePaper.objects.get(kind="final").document, "A" * 26)


def test_no_refusal_without_notice_or_answer(within, worker, coordinator, row, now):
    access = within(coordinator)
    with pytest.raises(DomainError, match="10-bis"):
        refuse(access, row, now + timedelta(days=90))
    with pytest.raises(ReasonRequired):
        services.announce_refusal(request=row, grounds="", by=access, today=now)
    hear(access, row, today=now)
    with pytest.raises(DomainError, match="punto per punto"):
        refuse(access, row, now)
    with pytest.raises(DomainError, match="già scritte"):
        services.record_observations(request=row, on=now, text="x", by=within(worker), today=now)


def test_who_asked_does_not_announce(within, sondrio, worker, now, row):
    from impresasolidale.accounts.models import Membership

    Membership.objects.create(user=worker, role=Role.COORDINATOR, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    with pytest.raises(FourEyesRequired):
        services.announce_refusal(request=row, grounds="No", by=within(worker), today=now)


def test_a_grant_after_the_notice_is_still_possible(within, coordinator, row, now):
    """The person was right: nothing stands in the way of a yes."""
    from tests.factories.fund import give, grant, make_pot

    access = within(coordinator)
    pot = make_pot(access)
    give(access, pot, "100")
    hear(access, row, today=now)
    row.refresh_from_db()
    assert grant(access, row, pot, today=now).state == "granted"
    with pytest.raises(DomainError, match="niente da decidere"):
        services.announce_refusal(request=row, grounds="No", by=access, today=now)


def test_nobody_decides_after_a_withdrawal(within, worker, coordinator, row, now):
    requests.withdraw_benefit(request=row, reason="Non serve più", by=within(worker), today=now)
    access = within(coordinator)
    for act in (
        lambda: services.announce_refusal(request=row, grounds="No", by=access, today=now),
        lambda: requests.refuse_benefit(request=row, reason="No", seen=row.row_version, by=access, today=now),
    ):
        with pytest.raises(DomainError):
            act()
    assert not ProcedurePaper.objects.exists()


def test_papers_stop_the_clock_too(within, worker, coordinator, now):
    """Asked on 18 November, 30 days: 18 December. Missing papers from the 20th to the 24th, 4 days: 22 December."""
    publish(within(coordinator), term_days=30)
    asked = ask(within(worker), make_helped(within(worker)), today=now)
    requests.return_request(request=asked, what=["isee"], by=within(coordinator), today=now + timedelta(days=2))
    still = selectors.clock_of(asked, today=now + timedelta(days=3))
    assert still.ends_on == now + timedelta(days=31 + 2)  # one day so far: 19 December is a Saturday, 21 a Monday
    requests.complete_request(request=asked, by=within(worker), today=now + timedelta(days=6))
    found = selectors.clock_of(asked, today=now + timedelta(days=6))
    assert (found.ends_on, found.still) == (now + timedelta(days=34), 4)
    asked.refresh_from_db()
    assert selectors.clock_of(asked, today=now + timedelta(days=40)).is_late


def test_the_procedure_is_of_its_ambito_and_of_the_office(signed_in, within, coordinator, row, tirano, sondrio, user_of, now):
    announce(within(coordinator), row, today=now)
    paper = ProcedurePaper.objects.get()
    other = signed_in(make_user(Role.COORDINATOR, tirano))
    for name, more in (("procedure", ()), ("paper", ("notice",)), ("deliver", ("notice",)), ("procedure_file", (paper.proof.public_id,))):
        assert other.get(page(name, row, *more)).status_code == 404, name
    for role in (Role.COMMISSION_MEMBER, Role.ACCOUNTING):
        assert signed_in(user_of(role, sondrio)).get(page("procedure", row)).status_code == 403
    assert signed_in(coordinator).get(page("paper", row, "final")).status_code == 404
