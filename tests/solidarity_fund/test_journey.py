"""The fund through its doors: gift, request, decision, payment; and every refusal in words."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.core.models import Fact, Look, Todo
from impresasolidale.territory.models import RuleBookVersion
from impresasolidale.territory.rules import add_months
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import ClosedPeriod, Entry, Pot
from placements.beneficiaries.models import PaymentWay
from solidarity_fund.models import BenefitRequest, Contribution, Donor
from solidarity_fund.selectors import requests as selectors
from solidarity_fund.services import requests as services
from tests.factories.agreements import PDF, make_placement, scan
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, hear, make_donor, make_helped, make_pot, publish

pytestmark = pytest.mark.django_db
D = Decimal
HOME = reverse("solidarity_fund:home")


@pytest.fixture
def now():
    return timezone.localdate()


@pytest.fixture
def accounting(user_of, sondrio):
    return user_of(Role.ACCOUNTING, sondrio)


def page(name, row):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id])


def token(response):
    """The hidden version of the form on a page."""
    return response.context["form"]["row_version"].value()


def free(access, pot):
    return next(b.free for b in treasury.balances(access, use=Pot.Use.FUND) if b.pot == pot)


def test_a_gift_becomes_help(signed_in, within, worker, coordinator, accounting, now):
    chief, office, money = signed_in(coordinator), signed_in(worker), signed_in(accounting)
    access = within(coordinator)

    assert chief.post(reverse("solidarity_fund:new_pot"), {"name": "Trasporti", "purpose": "Abbonamenti"}).status_code == 303
    pot = Pot.objects.get()
    answer = chief.post(reverse("solidarity_fund:new_donor"), {"kind": "company", "name": "Latteria Prova", "shows_name": "on"})
    donor = Donor.objects.get()
    assert answer["Location"] == page("donor", donor)
    gift = {"donor": donor.public_id, "pot": pot.public_id, "amount": "1.000,50", "received_on": now, "reference": "Bonifico 7"}
    assert chief.post(reverse("solidarity_fund:new_contribution"), gift).status_code == 303
    assert free(access, pot) == D("1000.50")

    publish(access)
    placement = make_placement(within(worker), "active")
    PaymentWay.objects.create(
        ambito=placement.ambito, beneficiary=placement.beneficiary, kind="cash", holder="Prova Persona", valid_from="2020-01-01"
    )
    name = str(placement.beneficiary)
    asked = office.post(
        reverse("solidarity_fund:new_request"),
        {"placement": placement.public_id, "kind": "transport", "amount": "120", "quote": "Preventivo 3"},
    )
    request = BenefitRequest.objects.get()
    assert asked["Location"] == page("request", request)
    assert Todo.objects.get(kind="solidarity_fund.decide").role == Role.COORDINATOR

    asks = Todo.objects.get(kind="solidarity_fund.decide_together")
    assert asks.role == Role.COMMISSION_MEMBER
    sitting = signed_in(make_user(Role.COMMISSION_MEMBER, worker.memberships.get().ambito)).get("/da-fare/")
    assert [t.pk for t in sitting.context["inbox"].mine] == [asks.pk] and b'href="/da-fare/"' in sitting.content

    form = chief.get(page("decide", request))
    assert name in form.content.decode()
    decided = chief.post(page("decide", request), {"decision": "grant", "pot": pot.public_id, "row_version": token(form)})
    assert decided.status_code == 303
    assert "Torna alle cose da fare" in chief.get(decided["Location"]).content.decode()
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.pot) == ("granted", coordinator, pot)
    assert free(access, pot) == D("880.50")
    assert not Todo.objects.filter(kind__startswith="solidarity_fund.decide", done_at=None).exists()
    assert Todo.objects.get(kind="solidarity_fund.pay", done_at=None).role == Role.ACCOUNTING

    assert money.post(page("pay", request), {"paid_on": now, "row_version": token(money.get(page("pay", request)))}).status_code == 303
    request.refresh_from_db()
    assert request.state == "paid"
    found = next(b for b in treasury.balances(access, use=Pot.Use.FUND))
    assert (found.received, found.committed, found.paid, found.free) == (D("1000.50"), 0, 120, D("880.50"))

    text = chief.get(HOME).content.decode()
    for words in (
        "Dono ricevuto (impresa)",
        "Aiuto concesso: trasporto, Ambito di Sondrio",
        "Aiuto versato: trasporto, Ambito di Sondrio",
        "880,50",
    ):
        assert words in text
    assert "Entrato" in text and "Ricevut" not in text  # what came back is in it too
    assert "versato" in office.get(page("request", request)).content.decode()
    assert "Latteria" not in text
    assert name not in text  # nothing waits any more: the movements name nobody
    assert page("request", request) in text
    assert set(Fact.objects.filter(subject_type="solidarity_fund.benefitrequest").values_list("code", flat=True)) == {
        "solidarity_fund.benefit_request." + step for step in ("submitted", "granted", "paid")
    }


# --- Refusals


@pytest.fixture
def pot(within, coordinator):
    return make_pot(within(coordinator))


@pytest.fixture
def request_of_worker(within, worker, now):
    access = within(worker)
    return ask(access, make_helped(access), today=now)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", "0", "maggiore di zero"),
        ("amount", "abc", "Scrivi un importo"),
        ("received_on", "2050-01-01", "nel futuro"),
        ("received_on", "0202-01-01", "Controlla l'anno"),
        ("received_on", "2020-02-01", "chiuso"),
        ("donor", "", "obbligatorio"),
        ("pot", "7e9f9a3e-0000-4000-8000-000000000000", "non "),
    ],
)
def test_a_gift_that_cannot_be(signed_in, within, coordinator, pot, now, field, value, words):
    access = within(coordinator)
    donor = make_donor(access)
    ClosedPeriod.objects.create(network_id=access.network_id, closed_to="2020-12-31", state="closed")
    data = {"donor": donor.public_id, "pot": pot.public_id, "amount": "10", "received_on": now, "reference": "R", field: value}
    answer = signed_in(coordinator).post(reverse("solidarity_fund:new_contribution"), data)
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert not Contribution.objects.exists() and not Entry.objects.exists()


def test_contributions_are_never_rewritten(within, coordinator, pot):
    give(within(coordinator), pot)
    for statement in ("UPDATE solidarity_fund_contribution SET amount = 1", "DELETE FROM solidarity_fund_contribution"):
        with pytest.raises(Exception, match="append-only|permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_who_asked_does_not_decide_without_an_act(within, signed_in, user_of, sondrio, worker, pot, now):
    """Four eyes: the same person only records what the commission decided, with its act."""
    from impresasolidale.accounts.models import Membership

    Membership.objects.create(user=worker, role=Role.COORDINATOR, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    access = within(worker)
    give(access, pot)
    row = ask(access, make_helped(access), today=now)
    client = signed_in(worker)
    data = {"decision": "grant", "pot": pot.public_id, "row_version": row.row_version}
    answer = client.post(page("decide", row), data)
    assert answer.status_code == 422 and "seconda persona" in answer.content.decode()
    answer = client.post(page("decide", row), {**data, "act_number": "12/2026"})
    assert answer.status_code == 422 and "act_on" in answer.context["form"].errors
    act = {**data, "act_number": "12/2026", "act_on": now}
    for copy, words in ((None, "Serve la copia"), (scan(content=b"testo"), "deve essere un PDF")):
        answer = client.post(page("decide", row), {**act, **({"act_file": copy} if copy else {})})
        assert answer.status_code == 422 and words in answer.context["form"].errors["act_file"][0]
    assert client.post(page("decide", row), {**act, "act_on": now + timedelta(days=1), "act_file": scan()}).status_code == 422
    assert client.get(page("act", row)).status_code == 404
    assert client.post(page("decide", row), {**act, "act_file": scan()}).status_code == 303
    assert page("act", row) in client.get(page("request", row)).content.decode()
    assert b"".join(client.get(page("act", row)).streaming_content) == PDF
    assert Fact.objects.get(code="solidarity_fund.benefit_request.outside_act").data == {"number": "12/2026", "on": now.isoformat()}


def test_never_over_the_balance(signed_in, within, coordinator, request_of_worker, pot):
    """Rule 63."""
    give(within(coordinator), pot, "79.99")
    answer = signed_in(coordinator).post(
        page("decide", request_of_worker), {"decision": "grant", "pot": pot.public_id, "row_version": 1, "reason": "Va aiutata"}
    )
    assert answer.status_code == 422
    assert "79,99" in answer.context["form"].errors["pot"][0]
    assert "Va aiutata" in answer.content.decode()
    request_of_worker.refresh_from_db()
    assert request_of_worker.state == "submitted"
    assert free(within(coordinator), pot) == D("79.99")
    assert not Todo.objects.filter(kind="solidarity_fund.pay").exists()


def test_money_of_projects_is_not_the_funds(within, coordinator, request_of_worker, now):
    access = within(coordinator)
    other = make_pot(access, use=Pot.Use.PROJECT)
    with pytest.raises(DomainError, match="non è del fondo"):
        grant(access, request_of_worker, other, today=now)
    with pytest.raises(DomainError, match="non è del fondo"):
        give(access, other)


def test_a_no_has_a_reason_and_comes_after_its_notice(signed_in, within, coordinator, request_of_worker):
    client = signed_in(coordinator)
    no = {"decision": "refuse", "reason": "Già coperto dal Comune"}
    early = client.post(page("decide", request_of_worker), {**no, "row_version": 1})
    assert early.status_code == 422 and "preavviso" in early.content.decode()
    hear(within(coordinator), request_of_worker)
    answer = client.post(page("decide", request_of_worker), {"decision": "refuse", "row_version": 1})
    assert answer.status_code == 422 and "motivo" in answer.context["form"].errors["reason"][0]
    silent = client.post(page("decide", request_of_worker), {**no, "row_version": 1})
    assert silent.status_code == 422 and "punto per punto" in silent.context["form"].errors["answer"][0]
    assert client.post(page("decide", request_of_worker), {**no, "answer": "Ci sono altri modelli.", "row_version": 1}).status_code == 303
    request_of_worker.refresh_from_db()
    assert (request_of_worker.state, request_of_worker.decision_reason) == ("refused", "Già coperto dal Comune")
    assert client.get(page("decide", request_of_worker)).status_code == 303  # already decided: back to the request


def test_a_stale_decision_is_a_conflict(signed_in, within, coordinator, worker, request_of_worker, pot, now):
    give(within(coordinator), pot)
    services.withdraw_benefit(request=request_of_worker, reason="Non serve più", by=within(worker), today=now)
    client = signed_in(coordinator)
    answer = client.post(page("decide", request_of_worker), {"decision": "grant", "pot": pot.public_id, "row_version": 1})
    assert answer.status_code == 409
    with pytest.raises(Conflict):
        grant(within(coordinator), request_of_worker, pot, today=now)


def test_withdrawing(signed_in, worker, request_of_worker):
    client = signed_in(worker)
    assert client.post(page("withdraw", request_of_worker), {"reason": ""}).status_code == 422
    assert client.post(page("withdraw", request_of_worker), {"reason": "La persona ci ha ripensato"}).status_code == 303
    request_of_worker.refresh_from_db()
    assert request_of_worker.state == "withdrawn"
    assert not Todo.objects.filter(kind__startswith="solidarity_fund.decide", done_at=None).exists()


def test_the_decider_does_not_record_the_payment(within, signed_in, coordinator, accounting, request_of_worker, pot, sondrio, now):
    from impresasolidale.accounts.models import Membership

    Membership.objects.create(user=coordinator, role=Role.ACCOUNTING, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    access = within(coordinator)
    give(access, pot)
    row = grant(access, request_of_worker, pot, today=now)
    with pytest.raises(FourEyesRequired):
        services.pay_benefit(request=row, paid_on=now, by=access, today=now)
    client = signed_in(accounting)
    for day, words in [(now + timedelta(days=1), "nel futuro"), (now - timedelta(days=1), "prima della decisione")]:
        answer = client.post(page("pay", row), {"paid_on": day, "row_version": 1})
        assert answer.status_code == 422 and words in answer.context["form"].errors["paid_on"][0]
    assert Entry.objects.filter(source_type=selectors.REQUEST_TYPE).count() == 1


# --- Rules of the rule book


def rulebook(sondrio, **values):
    return RuleBookVersion.objects.create(
        network=sondrio.network, ambito=sondrio, valid_from="2026-11-01", values=values, act="Atto di prova", published_by="Prova"
    )


@pytest.mark.parametrize("severity", ["block", "warn"])
def test_the_yearly_ceiling(signed_in, within, worker, coordinator, sondrio, pot, now, severity):
    """Rule 66: 100 euro a year, 60 already granted, 50 asked."""
    book = rulebook(sondrio, fund_yearly_ceiling="100", severity={"66": severity})
    access = within(worker)
    placement = make_helped(access, rulebook=book)
    first, second = ask(access, placement, "60", today=now), ask(access, placement, "50", today=now)
    give(within(coordinator), pot)
    grant(within(coordinator), first, pot, today=now)
    client = signed_in(coordinator)
    warning = client.get(page("decide", second)).content.decode()
    assert "tetto" in warning and "60,00" in warning and "100,00" in warning
    answer = client.post(page("decide", second), {"decision": "grant", "pot": pot.public_id, "row_version": 1})
    second.refresh_from_db()
    assert (answer.status_code, second.state) == ((422, "submitted") if severity == "block" else (303, "granted"))
    if severity == "block":
        assert "60,00" in answer.context["form"].errors["decision"][0]


def test_only_running_or_just_ended_placements(signed_in, within, worker, now):
    """Rule 67: six months after the end."""
    access = within(worker)
    running = make_helped(access, number=1)
    recent = make_helped(access, number=2, state="ended", ended_on=add_months(now, -5))
    late = make_helped(access, number=3, state="ended_early", ended_on=add_months(now, -7))
    draft = make_helped(access, number=4, state="draft")
    assert selectors.placements_for_benefit(access, today=now) == [running, recent]
    for placement in (late, draft):
        with pytest.raises(DomainError, match="6 mesi"):
            ask(access, placement, today=now)
    answer = signed_in(worker).post(reverse("solidarity_fund:new_request"), {"placement": late.public_id, "kind": "meals", "amount": "5"})
    assert answer.status_code == 422 and "placement" in answer.context["form"].errors
    assert not BenefitRequest.objects.exists()


def test_the_rules_are_those_of_the_day_of_the_request(within, worker, sondrio, now):
    """adr/0025: the placement began under other rules; the fund asks those in force in the Ambito today, and freezes them."""
    access = within(worker)
    old = rulebook(sondrio, fund_window_months=12)
    placement = make_helped(access, state="ended", ended_on=add_months(now, -2), rulebook=old)
    assert ask(access, placement, today=now).rulebook == old
    new = RuleBookVersion.objects.create(
        network=sondrio.network,
        ambito=sondrio,
        valid_from="2026-11-10",
        values={"fund_window_months": 1},
        act="Nuovo",
        published_by="Prova",
    )
    assert new.valid_from <= str(now)
    assert selectors.placements_for_benefit(access, today=now) == []
    with pytest.raises(DomainError, match="1 mesi"):
        ask(access, placement, today=now)


# --- Who sees what


def test_the_fund_and_its_doors(signed_in, user_of, sondrio, worker, coordinator, accounting, stranger, request_of_worker):
    tutor = user_of(Role.PROMOTER_TUTOR, sondrio)
    assert signed_in(tutor).get(HOME).status_code == 403
    for user in (worker, stranger):
        client = signed_in(user)
        assert client.get(HOME).status_code == 200
        for name in ("donors", "new_donor", "new_contribution", "new_pot"):
            assert client.get(reverse(f"solidarity_fund:{name}")).status_code == 403
    assert signed_in(worker).get(page("decide", request_of_worker)).status_code == 403
    assert signed_in(coordinator).get(page("pay", request_of_worker)).status_code == 403
    assert signed_in(accounting).get(page("withdraw", request_of_worker)).status_code == 403
    assert signed_in(accounting).get(reverse("solidarity_fund:donors")).status_code == 200
    assert Look.objects.filter(kind=Look.Kind.DENIED).exists()


def test_another_ambitos_requests_do_not_exist(signed_in, within, user_of, sondrio, tirano, coordinator, request_of_worker, pot, now):
    """The money is the network's, the people are the Ambito's: the movement is there, without kind, Ambito and link."""
    give(within(coordinator), pot)
    grant(within(coordinator), request_of_worker, pot, today=now)
    other = signed_in(user_of(Role.COORDINATOR, tirano))
    assert other.get(page("request", request_of_worker)).status_code == 404
    assert other.get(page("decide", request_of_worker)).status_code == 404
    for address in (HOME, reverse("solidarity_fund:account_rows")):
        text = other.get(address).content.decode()
        assert "Aiuto, altro Ambito o altro comune" in text and "80,00" in text
        assert "trasporto" not in text and "Ambito di Sondrio" not in text, address
        assert str(request_of_worker.public_id) not in text and "Persona1" not in text
        own = signed_in(coordinator).get(address).content.decode()
        assert "Aiuto concesso: trasporto, Ambito di Sondrio" in own and page("request", request_of_worker) in own
    member = signed_in(user_of(Role.COMMISSION_MEMBER, sondrio))
    assert member.get(reverse("solidarity_fund:account_rows")).status_code == 403
    account = member.get(reverse("solidarity_fund:account"))
    assert account.status_code == 200 and reverse("solidarity_fund:account_rows") not in account.content.decode()
    assert "Persona1" not in other.get(reverse("solidarity_fund:requests")).content.decode()


def test_a_worker_of_one_comune_sees_its_people_only(signed_in, user_of, sondrio, within, worker, request_of_worker):
    from impresasolidale.territory.models import Comune

    comune = Comune.objects.filter(ambito=sondrio).order_by("-name").first()
    limited = signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2, comune=comune))
    assert limited.get(page("request", request_of_worker)).status_code == 404
    assert "Persona1" not in limited.get(HOME).content.decode()


def test_looks_are_logged(signed_in, worker, request_of_worker):
    client = signed_in(worker)
    client.get(page("request", request_of_worker))
    client.get(reverse("solidarity_fund:requests"))
    kinds = Look.objects.filter(actor_id=worker.pk, subject_ids=[request_of_worker.pk]).values_list("kind", flat=True)
    assert {Look.Kind.DETAIL, Look.Kind.LIST} <= set(kinds)


def test_requests_by_state(signed_in, worker, request_of_worker):
    client = signed_in(worker)
    address = reverse("solidarity_fund:requests")
    assert "Persona1" in client.get(address, {"stato": "submitted"}).content.decode()
    assert "Persona1" not in client.get(address, {"stato": "paid"}).content.decode()
    assert client.get(address, {"stato": "rubbish"}).status_code == 200


# --- Donors


def test_editing_a_donor(signed_in, within, coordinator):
    donor = make_donor(within(coordinator))
    client = signed_in(coordinator)
    data = {"kind": "company", "name": "Nuovo nome srl", "tax_code": "", "email": "", "row_version": 1}
    assert client.post(page("edit_donor", donor), {**data, "tax_code": "12345678901"}).status_code == 422
    assert client.post(page("edit_donor", donor), {**data, "kind": "anonymous", "shows_name": "on"}).status_code == 422
    assert client.post(page("edit_donor", donor), data).status_code == 303
    donor.refresh_from_db()
    assert (donor.name, donor.row_version) == ("Nuovo nome srl", 2)
    stale = client.post(page("edit_donor", donor), {**data, "name": "Altro nome"})
    assert stale.status_code == 409 and "Altro nome" in stale.content.decode()


def test_donors_are_listed_with_what_they_gave(signed_in, within, coordinator, pot):
    access = within(coordinator)
    donor = make_donor(access, name="Banca Prova")
    give(access, pot, "10", donor=donor)
    give(access, pot, "32", donor=donor)
    client = signed_in(coordinator)
    assert "42,00" in client.get(reverse("solidarity_fund:donors"), {"nome": "banca"}).content.decode()
    assert "Banca" not in client.get(reverse("solidarity_fund:donors"), {"nome": "zzz"}).content.decode()
    assert "32,00" in client.get(page("donor", donor)).content.decode()


def test_a_gift_recorded_by_mistake_is_taken_back(signed_in, within, coordinator, worker, request_of_worker, pot, now):
    access = within(coordinator)
    donor = make_donor(access, name="Banca Prova")
    wrong, right = give(access, pot, "100", donor=donor), give(access, pot, "50", donor=donor)
    client = signed_in(coordinator)
    assert signed_in(worker).get(page("take_back", wrong)).status_code == 403
    assert client.post(page("take_back", wrong), {"reason": ""}).status_code == 422
    for _n in range(2):
        assert client.post(page("take_back", wrong), {"reason": "Registrato due volte"}).status_code == 303
    assert free(access, pot) == 50
    assert "50,00" in client.get(reverse("solidarity_fund:donors")).content.decode()
    assert "150,00" not in client.get(reverse("solidarity_fund:donors")).content.decode()
    assert "stornato" in client.get(page("donor", donor)).content.decode()
    give(access, pot, "40", donor=donor)
    grant(access, request_of_worker, pot, today=now)
    answer = client.post(page("take_back", right), {"reason": "Errore"})
    assert answer.status_code == 422 and "10,00" in answer.content.decode()
    assert free(access, pot) == 10


# --- Cost and figures


def test_pages_cost_the_same_with_more_rows(signed_in, within, worker, coordinator, pot, now):
    access = within(coordinator)
    placement = make_helped(within(worker))

    def fill(n):
        for i in range(n):
            donor = make_donor(access, name=f"Donatore {n} {i}")
            give(access, pot, "100", donor=donor)
            row = ask(within(worker), placement, "1", today=now)
            grant(within(coordinator), row, pot, today=now)
            ask(within(worker), placement, "2", today=now)
        within(coordinator)

    def cost(address):
        client = signed_in(coordinator)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = [HOME, reverse("solidarity_fund:requests"), reverse("solidarity_fund:donors"), reverse("solidarity_fund:new_contribution")]
    fill(1)
    before = [cost(a) for a in addresses]
    fill(4)
    assert [cost(a) for a in addresses] == before
    assert max(before) <= 8 + 10  # own queries, and the fixed ones: session, user, membership, scope, savepoints, look


def test_the_database_keeps_a_decision_whole(request_of_worker):
    with pytest.raises(IntegrityError), transaction.atomic():
        BenefitRequest.objects.filter(pk=request_of_worker.pk).update(state="granted")
    with pytest.raises(IntegrityError, match="not a transition"), transaction.atomic():
        BenefitRequest.objects.filter(pk=request_of_worker.pk).update(state="paid")
