"""Who holds the fund, who gives, what was promised, receipts: through the doors, every refusal in words."""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Deadline, Document, Fact, Job, Message, RowChange, Todo, Verification
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import remind
from impresasolidale.territory.models import Body, Comune
from impresasolidale.territory.rules import add_months
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import ClosedPeriod, Entry, Pot
from solidarity_fund.models import Contribution, Donor, FundHolder, Pledge, ReceiptWording
from solidarity_fund.selectors import receipts as papers
from solidarity_fund.selectors.holder import holder_on
from solidarity_fund.services import contributions, criteria, donors, pledges, receipts
from tests.factories.fund import ask, give, grant, make_donor, make_helped, make_holder, make_pot
from tests.factories.hosts import make_company
from tests.factories.statements import IBAN
from tests.support import database
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
D = Decimal
CODE = "12345670157"  # a valid code of nobody


@pytest.fixture
def money(user_of, sondrio):
    return user_of(Role.ACCOUNTING, sondrio)


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


@pytest.fixture
def pot(access):
    return make_pot(access)


def page(name, row=None):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id] if row else [])


def render(access):
    """The worker makes the papers that wait."""
    for row in Job.objects.filter(name="core.render_document", state="queued"):
        jobs.run(row.pk)


# --- The holder


HOLDER = {
    "valid_from": "2026-11-18", "act_number": "45", "act_on": "2026-11-17", "way_in": "bank", "iban": IBAN, "pagopa_aux": "3",
}  # fmt: skip


def test_the_holder_is_written_by_an_act_and_pages_follow(signed_in, coordinator, money, access, pot, today, client):
    body = Body.objects.get(ambito=access.ambito_id, is_lead=True)
    chief = signed_in(coordinator)
    answer = chief.post(page("new_holder"), {**HOLDER, "body": body.public_id, "valid_from": today, "act_on": today})
    assert answer.status_code == 303, answer.context["form"].errors
    assert holder_on(access, today).body == body and holder_on(access, today - timedelta(days=1)) is None
    assert "IT60 X054 2811 1010 0000 0123 456" in chief.get(page("holder")).content.decode()
    public = client.get(reverse("website:give")).content.decode()
    assert "IT60 X054 2811 1010 0000 0123 456" in public and body.name in public and "RF" in public and "carta" in public
    assert signed_in(money).get(page("new_holder")).status_code == 403
    assert Fact.objects.filter(code="solidarity_fund.holder.named").exists()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"iban": "IT60X0542811101000000123457"}, "iban", "non è valido"),
        ({"iban": ""}, "iban", "comincia con due lettere"),
        ({"act_number": ""}, "act_number", "obbligatorio"),
        ({"act_on": "2050-01-01"}, "act_on", "nel futuro"),
        ({"valid_from": "2026-11-01"}, "valid_from", "da oggi in poi"),
        ({"way_in": "treasurer", "pagopa_code": "1"}, "pagopa_code", "due cifre"),
    ],
)
def test_a_holder_that_cannot_be(signed_in, coordinator, access, today, change, field, words):
    make_holder(access)
    body = Body.objects.get(ambito=access.ambito_id, is_lead=True)
    data = {**HOLDER, "body": body.public_id, "valid_from": today + timedelta(days=9), "act_on": today, **change}
    answer = signed_in(coordinator).post(page("new_holder"), data)
    assert answer.status_code == 422 and words in answer.context["form"].errors[field][0]
    assert FundHolder.objects.count() == 1


def test_receipts_follow_the_holder_and_the_words_of_the_day(signed_in, coordinator, access, pot, today):
    make_holder(access)
    chief = signed_in(coordinator)
    words = {"valid_from": today, "text": "Grazie di cuore.", "tax_text": "Erogazione deducibile.", "tax_source": ""}
    answer = chief.post(page("new_wording"), words)
    assert answer.status_code == 422 and "fonte" in answer.context["form"].errors["tax_source"][0]
    answer = chief.post(page("new_wording"), {**words, "text": "Il dono è detraibile", "tax_text": ""})
    assert answer.status_code == 422 and "riquadro" in answer.context["form"].errors["text"][0]
    gift = give(access, pot)
    plain = receipts.issue_receipt(subject=gift, by=access, today=today).context
    assert plain["tax_text"] == "" and "ricevuto il dono" in plain["text"]
    assert chief.post(page("new_wording"), {**words, "tax_source": "Legge di prova, art. 1"}).status_code == 303
    told = receipts.issue_receipt(subject=give(access, pot), by=access, today=today).context
    assert (told["text"], told["tax_source"]) == ("Grazie di cuore.", "Legge di prova, art. 1")
    with pytest.raises(Exception, match="append-only|permission denied"):
        ReceiptWording.objects.update(text="Altro")


def test_each_holder_has_its_own_series(access, pot, today):
    make_holder(access)
    numbers = [receipts.issue_receipt(subject=give(access, pot), by=access, today=today).number for _n in range(2)]
    assert numbers == ["2026/000001", "2026/000002"]
    other = Body.objects.filter(network=access.network_id).exclude(ambito=access.ambito_id).order_by("id").first()
    FundHolder.objects.create(
        network_id=access.network_id,
        body=other,
        valid_from=today + timedelta(days=3),
        act_number="9",
        act_on=today,
        way_in="bank",
        iban=IBAN,
    )
    later = today + timedelta(days=5)
    first = receipts.issue_receipt(subject=give(access, pot, on=today), by=access, today=later)
    assert first.number == "2026/000001" and first.context["body_name"] == other.name


# --- Donors


def test_a_donor_is_written_once(signed_in, money, access):
    client = signed_in(money)
    data = {"kind": "association", "name": "Coro Prova", "tax_code": CODE}
    assert client.post(page("new_donor"), data).status_code == 303
    answer = client.post(page("new_donor"), {**data, "name": "Coro  prova"})
    assert answer.status_code == 422 and "già di «Coro Prova»" in answer.context["form"].errors["tax_code"][0]
    assert Donor.objects.get().tax_code == CODE
    with connection.cursor() as cursor:
        cursor.execute("SELECT tax_code FROM solidarity_fund_donor")
        assert cursor.fetchone()[0].startswith("v1:")


def test_a_company_that_hosts_is_recognised_by_its_code(within, coordinator, money):
    company = make_company(within(coordinator))
    donor = make_donor(within(money), name="Con un altro nome", tax_code=company.partita_iva)
    assert donor.company == company
    assert make_donor(within(money), kind="person", name="Una persona").company is None


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"tax_code": "12345670158"}, "tax_code", "errore di battitura"),
        ({"kind": "anonymous", "email": "x@example.org"}, "email", "resta anonimo"),
        ({"kind": "anonymous", "shows_name": "on"}, "shows_name", "resta anonimo"),
        ({"contact_agreed_on": "2026-11-01"}, "email", "serve un indirizzo"),
        ({"name": ""}, "name", "obbligatorio"),
    ],
)
def test_a_donor_that_cannot_be(signed_in, money, access, data, field, words):
    answer = signed_in(money).post(page("new_donor"), {"kind": "person", "name": "Anna Prova", "tax_code": "", **data})
    assert answer.status_code == 422 and words in answer.context["form"].errors[field][0]
    assert not Donor.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_another_networks_donor_is_not_there(signed_in, sondrio, user_of, today):
    money = user_of(Role.ACCOUNTING, sondrio)
    access = access_for(money)
    with scope(access.scope):
        mine, pot = make_donor(access), make_pot(access)
    with database.owner(os.environ["TEST_DATABASE"]) as db:
        ((other,),) = db.execute("INSERT INTO territory_network (name, code) VALUES ('Altra', 'altra') RETURNING id").fetchall()
        ((theirs,),) = db.execute(
            "INSERT INTO solidarity_fund_donor (public_id, created_at, row_version, kind, name, tax_code, tax_code_hash, email, address,"
            " shows_name, network_id) VALUES (gen_random_uuid(), now(), 1, 'person', 'Di altri', '', '', '', '', false, %s)"
            " RETURNING public_id",
            [other],
        ).fetchall()
    client = signed_in(money)
    assert client.get(page("donor", mine)).status_code == 200
    for name in ("donor", "edit_donor", "end_donor", "erase_donor"):
        assert client.get(reverse(f"solidarity_fund:{name}", args=[theirs])).status_code == 404
    gift = {"donor": theirs, "pot": pot.public_id, "amount": "10", "received_on": today}
    assert "donor" in client.post(page("new_contribution"), gift).context["form"].errors
    assert "Di altri" not in client.get(page("donors")).content.decode()


def test_a_donor_ends_and_is_erased_ten_years_after_the_last_gift(signed_in, money, access, pot, today):
    donor = make_donor(access, kind="person", name="Anna Prova", email="anna@example.org", contact_agreed_on=today, shows_name=True)
    gift = give(access, pot, donor=donor)
    client = signed_in(money)
    assert "obbligatorio" in client.post(page("end_donor", donor), {"reason": ""}).context["form"].errors["reason"][0]
    answer = client.post(page("erase_donor", donor), {"reason": "Lo chiede"})
    assert answer.status_code == 422 and "Prima segna" in answer.content.decode()
    assert client.post(page("end_donor", donor), {"reason": "Lo chiede lei"}).status_code == 303
    donor.refresh_from_db()
    assert (donor.ended_on, donor.shows_name, donor.contact_agreed_on) == (today, False, None)
    with pytest.raises(DomainError, match="non va più contattato"):
        give(access, pot, donor=donor)
    answer = client.post(page("erase_donor", donor), {"reason": "Lo chiede"})
    assert answer.status_code == 422 and "18/11/2036" in answer.content.decode()
    donors.erase_donor(donor=donor, reason="Sono passati dieci anni", by=access, today=add_months(today, 120))
    donor.refresh_from_db()
    assert (donor.name, donor.email, donor.tax_code) == ("Donatore cancellato", "", "")
    assert Contribution.objects.get(pk=gift.pk).amount == D(500)
    kept = str(list(RowChange.objects.filter(table_name="solidarity_fund_donor").values_list("changes", flat=True)))
    assert "Anna" not in kept and "anna@" not in kept
    assert client.get(page("donor", donor)).status_code == 200


# --- Restrictions and acts


def gift_data(pot, donor, today, **more):
    return {"donor": donor.public_id, "pot": pot.public_id, "amount": "100", "received_on": today, **more}


def test_a_gift_may_not_ask_for_a_person_or_for_too_few(signed_in, money, worker, within, access, pot, sondrio, today):
    donor = make_donor(access)
    client, comune = signed_in(money), Comune.objects.get(name="Sondrio", abolished_on=None)
    for more, field, words in (
        ({"scope": "person", "restriction": "per Mario"}, "scope", "non sceglie la persona"),
        ({"scope": "kind", "for_kind": "transport"}, "for_kind", "meno di 5 persone"),
        ({"scope": "comune", "for_comune": comune.pk}, "for_comune", "meno di 5 persone"),
        ({"scope": "kind"}, "for_kind", "Scegli quale aiuto"),
        ({"restriction": "per RSSMRA85T10A562S"}, "restriction", "codice fiscale"),
        ({"act_number": "7"}, "act_on", "il numero e la data"),
    ):
        answer = client.post(page("new_contribution"), gift_data(pot, donor, today, **more))
        assert answer.status_code == 422 and words in answer.context["form"].errors[field][0], field
    assert not Contribution.objects.exists() and not Entry.objects.exists()
    give(access, pot)
    for n in range(5):
        row = ask(within(worker), make_helped(within(worker), number=n), "10", kind="transport", today=today)
        grant(within(money) and access, row, pot, today=today)
    within(money)
    data = gift_data(pot, donor, today, scope="kind", for_kind="transport", restriction="per la corriera")
    kinds_and_words = (([], "dà qualunque aiuto"), (["meals"], "dà solo: pasti"), (["meals", "transport"], "dà solo: pasti, trasporto"))
    for kinds, words in kinds_and_words:
        criteria.set_purpose(pot=pot, kinds=kinds, by=access)
        answer = client.post(page("new_contribution"), data)
        assert answer.status_code == 422 and words in answer.context["form"].errors["pot"][0]
    criteria.set_purpose(pot=pot, kinds=["transport"], by=access)
    assert client.post(page("new_contribution"), data).status_code == 303
    kept = Contribution.objects.latest("id")
    assert (kept.for_kind, kept.restriction) == ("transport", "per la corriera")
    for wider in ([], ["meals", "transport"], ["meals"]):
        with pytest.raises(DomainError, match="soldi dati solo per: trasporto") as refused:
            criteria.set_purpose(pot=pot, kinds=wider, by=access)
        assert refused.value.field == "kinds"
    widen = reverse("solidarity_fund:purpose", args=[pot.public_id])
    assert signed_in(access.actor).post(widen, {"kinds": ["meals", "transport"]}).status_code == 422
    criteria.set_purpose(pot=pot, kinds=["transport"], by=access)  # the same again is nothing new
    client, free_pot = signed_in(money), make_pot(access, name="Libero")
    comune = Comune.objects.filter(ambito=sondrio).order_by("name").first()  # where the helped live
    assert client.post(page("new_contribution"), gift_data(free_pot, donor, today, scope="comune", for_comune=comune.pk)).status_code == 303
    shown = client.get(page("donor", donor)).content.decode()
    assert "solo per: trasporto (abbonamento, biglietti)" in shown and f"solo per: le persone di {comune.name}" in shown
    make_holder(access)
    papers = [
        receipts.issue_receipt(subject=gift, by=access, today=today) for gift in Contribution.objects.filter(donor=donor).order_by("id")
    ]
    said = [dict(paper.context["gift"])["Solo per"] for paper in papers]
    assert said == ["trasporto (abbonamento, biglietti)", f"le persone di {comune.name}"]
    link, _row = donors.new_link(donor, by=access, now=timezone.now())
    own = Client().get("/i-miei-doni/" + link.partition("/i-miei-doni/")[2], follow=True).content.decode()
    assert all(f"solo per: {words}" in own for words in said)


def test_a_holder_that_accepts_by_an_act_wants_it(signed_in, money, access, pot, today):
    make_holder(access, receives_by_act=True)
    donor, client = make_donor(access), signed_in(money)
    answer = client.post(page("new_contribution"), gift_data(pot, donor, today))
    assert answer.status_code == 422 and "accetta i doni con un atto" in answer.context["form"].errors["act_number"][0]
    assert client.post(page("new_contribution"), gift_data(pot, donor, today, act_number="33", act_on=today)).status_code == 303
    assert Contribution.objects.get().act_number == "33"


# --- Promises


def test_a_promise_is_kept_part_by_part(signed_in, money, access, pot, today):
    make_holder(access, way="treasurer", pagopa_aux="3", pagopa_code="07", pagopa_url="https://paga.example.org/")
    donor = make_donor(access, name="Latteria Prova")
    client = signed_in(money)
    data = {"donor": donor.public_id, "pot": pot.public_id, "amount": "1.000", "first_on": today, "parts": 3, "every_months": 3}
    assert client.post(page("new_pledge"), data).status_code == 303
    pledge = Pledge.objects.get()
    parts = list(pledge.instalments.order_by("position"))
    assert [(p.amount, p.due_on) for p in parts] == [
        (D("333.34"), today), (D("333.33"), add_months(today, 3)), (D("333.33"), add_months(today, 6)),
    ]  # fmt: skip
    assert parts[0].notice.startswith("307") and len(parts[0].notice) == 18 and len({p.notice for p in parts}) == 3
    shown = client.get(page("pledge", pledge)).content.decode()
    assert parts[0].reference_words in shown and "https://paga.example.org/" in shown
    assert Deadline.objects.get(kind="solidarity_fund.pledge").due_on == today

    start = client.get(page("new_contribution") + f"?promessa={pledge.public_id}")
    assert start.context["form"].initial["amount"] == D(1000)
    assert client.post(page("new_contribution"), gift_data(pot, donor, today, amount="400", pledge=pledge.public_id)).status_code == 303
    pledge.refresh_from_db()
    assert pledge.state == "partly"
    assert Deadline.objects.get(kind="solidarity_fund.pledge", closed_at=None).due_on == add_months(
        today, 3
    )  # 66.66 of the second are there
    answer = client.post(page("new_contribution"), gift_data(pot, donor, today, amount="600,01", pledge=pledge.public_id))
    assert answer.status_code == 422 and "mancano 600,00" in answer.context["form"].errors["amount"][0]
    gift = give_for(access, pot, donor, pledge, "600", today)
    pledge.refresh_from_db()
    assert pledge.state == "kept" and not Deadline.objects.filter(closed_at=None).exists()
    contributions.take_back_contribution(contribution=gift, reason="Non era suo", by=access, today=today)
    pledge.refresh_from_db()
    assert pledge.state == "partly"
    assert client.post(page("withdraw_pledge", pledge), {"reason": ""}).status_code == 422
    assert client.post(page("withdraw_pledge", pledge), {"reason": "Ha chiuso l'attività"}).status_code == 303
    pledge.refresh_from_db()
    assert pledge.state == "withdrawn" and not Deadline.objects.filter(closed_at=None).exists()
    with pytest.raises(DomainError, match="ritirata"):
        give_for(access, pot, donor, pledge, "1", today)


def give_for(access, pot, donor, pledge, amount, today):
    return contributions.record_contribution(
        donor=donor, pot=pot, amount=D(amount), received_on=today, reference="", pledge=pledge, by=access, today=today
    )


def test_a_late_part_is_a_thing_to_do_and_never_a_mail(access, pot, today):
    donor = make_donor(access)
    pledge = pledges.promise(donor=donor, pot=pot, amount=D(100), first_on=today, parts=2, by=access, today=today)
    remind(today=today)
    asked = Todo.objects.get(kind="solidarity_fund.pledge")
    assert asked.role == Role.ACCOUNTING
    give_for(access, pot, donor, pledge, "20", today)
    asked.refresh_from_db()
    assert asked.done_at is None  # the first part is still late
    give_for(access, pot, donor, pledge, "30", today)
    asked.refresh_from_db()
    assert asked.done_at and Deadline.objects.get(closed_at=None).due_on == add_months(today, 1)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"first_on": "2026-11-01"}, "first_on", "già passato"),
        ({"amount": "0,01", "parts": "2"}, "parts", "un centesimo"),
        ({"amount": "0"}, "amount", "maggiore di zero"),
        ({"parts": "61"}, "parts", "60"),
    ],
)
def test_a_promise_that_cannot_be(signed_in, money, access, pot, today, change, field, words):
    data = {"donor": make_donor(access).public_id, "pot": pot.public_id, "amount": "10", "first_on": today, "parts": 1, "every_months": 1}
    answer = signed_in(money).post(page("new_pledge"), {**data, **change})
    assert answer.status_code == 422 and words in answer.context["form"].errors[field][0]
    assert not Pledge.objects.exists()


def test_a_promise_is_of_its_donor_and_of_its_pot(access, pot, today):
    pledge = pledges.promise(donor=make_donor(access), pot=pot, amount=D(100), first_on=today, by=access, today=today)
    with pytest.raises(DomainError, match="altro donatore"):
        give_for(access, pot, make_donor(access), pledge, "1", today)
    with pytest.raises(DomainError, match="altro salvadanaio"):
        give_for(access, make_pot(access, name="Altro"), pledge.donor, pledge, "1", today)
    with pytest.raises(DomainError, match="si può risentire"):
        pledges.promise(
            donor=make_donor(access, kind="anonymous", name="Anonimo"), pot=pot, amount=D(1), first_on=today, by=access, today=today
        )


# --- Receipts


def test_a_receipt_is_numbered_sealed_and_verified_by_its_code(signed_in, money, access, pot, today, client):
    make_holder(access)
    gift = give(access, pot, donor=make_donor(access, name="Latteria Prova", tax_code=CODE))
    office = signed_in(money)
    assert office.post(page("receipt", gift)).status_code == 303
    assert office.post(page("receipt", gift)).status_code == 303
    paper = Document.objects.get()
    assert (paper.number, paper.context["donor"]["name"]) == ("2026/000001", "Latteria Prova")
    render(access)
    paper.refresh_from_db()
    assert paper.state == "ready" and b"".join(office.get(page("receipt_file", paper)).streaming_content).startswith(b"%PDF")
    code = Verification.objects.get().code
    told = client.get(reverse("website:verified", args=[code])).content.decode()
    assert "2026/000001" in told and "Ricevuta di un dono" in told
    assert "Latteria" not in told and CODE not in told and "500" not in told

    contributions.take_back_contribution(contribution=gift, reason="Errore", by=access, today=today)
    annulment = Document.objects.get(supersedes=paper)
    assert annulment.number == "2026/000002" and "Latteria" not in str(annulment.context)
    assert "sostituito" in client.get(reverse("website:verified", args=[code])).content.decode()
    assert papers.receipt_of(gift) is None
    assert "annullata" in office.get(page("donor", gift.donor)).content.decode()
    office.post(page("receipt", gift))
    assert Document.objects.count() == 2


@pytest.mark.parametrize(
    ("donor", "holder", "words"),
    [("anonymous", True, "Chi resta anonimo"), ("person", False, "chi tiene il fondo")],
    ids=["anonymous", "nobody"],
)
def test_a_receipt_that_cannot_be(signed_in, money, access, pot, donor, holder, words):
    if holder:
        make_holder(access)
    gift = give(access, pot, donor=make_donor(access, kind=donor, name="Qualcuno"))
    answer = signed_in(money).post(page("receipt", gift), follow=True)
    assert words in answer.content.decode() and not Document.objects.exists()


def test_thanks_go_by_mail_with_a_link_or_by_letter_with_the_paper(signed_in, money, access, pot, today):
    make_holder(access)
    office = signed_in(money)
    by_mail = give(access, pot, donor=make_donor(access, email="latteria@example.org", contact_agreed_on=today))
    by_post = give(
        access,
        pot,
        donor=make_donor(access, name="Anna Prova", kind="person", address="Via Prova 1\n23100 Sondrio", contact_agreed_on=today),
    )
    silent = give(access, pot, donor=make_donor(access, email="zitto@example.org"))
    assert "Prima fai la ricevuta" in office.post(page("thanks", by_mail), follow=True).content.decode()
    for gift in (by_mail, by_post, silent):
        receipts.issue_receipt(subject=gift, by=access, today=today)
        office.post(page("thanks", gift))
    mail, letter = Message.objects.order_by("id")
    assert (mail.channel, mail.is_personal, mail.address) == ("email", True, "latteria@example.org")
    assert "/i-miei-doni/" in mail.body and "2026/000001" in mail.body
    assert letter.channel == "letter" and letter.address.startswith("Anna Prova\nVia Prova 1") and "/i-miei-doni/" not in letter.body
    assert "non ha detto di voler" in office.post(page("thanks", silent), follow=True).content.decode()
    assert "è già partito" in office.post(page("thanks", by_mail), follow=True).content.decode()


def test_a_gift_in_a_closed_month_is_refused(signed_in, money, access, pot, today):
    ClosedPeriod.objects.create(network_id=access.network_id, closed_to="2026-10-31", state="closed")
    answer = signed_in(money).post(page("new_contribution"), gift_data(pot, make_donor(access), "2026-10-31"))
    assert answer.status_code == 422 and "chiuso" in answer.context["form"].errors["received_on"][0]
    assert not Contribution.objects.exists()


def test_pages_ask_as_much_for_many_as_for_one(signed_in, money, access, pot, today):
    make_holder(access)
    donor, client = make_donor(access, name="Primo"), signed_in(money)

    def fill(n):
        for _n in range(n):
            pledge = pledges.promise(donor=donor, pot=pot, amount=D(30), first_on=today, parts=3, by=access, today=today)
            receipts.issue_receipt(subject=give_for(access, pot, donor, pledge, "5", today), by=access, today=today)

    fill(1)
    pledge = Pledge.objects.first()
    addresses = {page("pledges"): 8, page("donor", donor): 10, page("pledge", pledge): 10, page("holder"): 10}

    def cost():
        found = []
        for address in addresses:
            with OwnQueries() as own:
                assert client.get(address).status_code == 200
            assert len(own) <= addresses[address], (address, own.all)
            found.append(len(own))
        return found

    before = cost()
    fill(4)
    assert cost() == before
    assert treasury.balances(access, use=Pot.Use.FUND)[0].received == D(25)
