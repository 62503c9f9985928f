"""A donor's own page, by a link or in a company's portal: the own gifts, and of the fund what everybody reads."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Document, Job, Look
from impresasolidale.core.scope import scope
from solidarity_fund.giving_rules import in_fours
from solidarity_fund.models import BankLine, BenefitRequest, Contribution, Donor, DonorLink, GiftInKind, GoodsMove, Pledge, StatementFile
from solidarity_fund.selectors import giving
from solidarity_fund.services import contributions, donors, pledges, receipts
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, make_donor, make_goods, make_helped, make_holder, make_pot
from tests.factories.hosts import make_company
from tests.factories.statements import IBAN
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


@pytest.fixture
def pot(access):
    make_holder(access)
    return make_pot(access)


def render():
    for row in Job.objects.filter(name="core.render_document", state="queued"):
        jobs.run(row.pk)


def is_pdf(answer):
    return b"".join(answer.streaming_content).startswith(b"%PDF")


def link_of(donor, access, **changes):
    url, row = donors.new_link(donor, by=access, now=timezone.now())
    if changes:
        DonorLink.objects.filter(pk=row.pk).update(**changes)
    return url.partition("/i-miei-doni/")[2].strip("/")


def door(token):
    return reverse("my_gifts:door", args=[token])


PAGE = reverse("my_gifts:page")


def test_a_link_opens_the_own_gifts_and_nothing_else(client, within, coordinator, worker, access, pot, today):
    mine, other = make_donor(access, name="Latteria Prova"), make_donor(access, name="Altri Donatori")
    gift = give(access, pot, "300", donor=mine)
    make_goods(access, donor=mine, description="Tre biciclette")
    pledge = pledges.promise(donor=mine, pot=pot, amount=D(90), first_on=today, by=access, today=today)
    paper = receipts.issue_receipt(subject=gift, by=access, today=today)
    theirs = receipts.issue_receipt(subject=give(access, pot, "777", donor=other), by=access, today=today)
    helped = grant(access, ask(within(worker), make_helped(within(worker)), "80", today=today), pot, today=today)
    within(coordinator)
    render()
    token = link_of(mine, access)
    answer = client.get(door(token))
    assert answer["Location"] == PAGE and token not in answer["Location"]
    shown = client.get(PAGE)
    text = shown.content.decode()
    for words in ("Latteria Prova", "300,00", "Tre biciclette", paper.number, pledge.instalments.get().reference_words):
        assert words in text
    for words in ("Altri Donatori", "777", theirs.number + "<", str(helped.beneficiary), str(helped.public_id)):
        assert words not in text
    assert shown["Cache-Control"] == "no-store" and shown["X-Robots-Tag"] == "noindex"
    assert is_pdf(client.get(reverse("my_gifts:receipt", args=[paper.public_id])))
    assert client.get(reverse("my_gifts:receipt", args=[theirs.public_id])).status_code == 404
    assert Look.objects.filter(place="my_gifts:page", subject_ids=[mine.pk]).exists()
    assert client.get(reverse("solidarity_fund:home")).status_code == 302  # the link opens nothing of the office


def test_who_promised_nothing_reads_how_to_give_again(client, access, pot):
    donor = make_donor(access)
    gift = give(access, pot, "300", donor=donor)
    client.get(door(link_of(donor, access)))
    text = client.get(PAGE).content.decode()
    assert in_fours(IBAN) in text and reverse("website:give") in text and "annullato" not in text
    contributions.take_back_contribution(contribution=gift, reason="Era di un altro", by=access, today=timezone.localdate())
    assert "annullato" in client.get(PAGE).content.decode()


def test_the_database_opens_a_donor_no_other_row(within, worker, coordinator, access, pot, today):
    mine, other = make_donor(access), make_donor(access, name="Altri")
    give(access, pot, "300", donor=mine)
    theirs = give(access, pot, "777", donor=other)
    make_goods(access, donor=other)
    receipts.issue_receipt(subject=theirs, by=access, today=today)
    ask(within(worker), make_helped(within(worker)), "80", today=today)
    found = giving.door_of(hash_token(link_of(mine, within(coordinator))))
    with scope(found.access.scope):
        assert list(Donor.objects.values_list("pk", flat=True)) == [mine.pk]
        assert Contribution.objects.count() == 1
        for model in (GiftInKind, Pledge, BenefitRequest, GoodsMove, BankLine, StatementFile, DonorLink, Document):
            assert not model._default_manager.exists(), model
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM beneficiaries_beneficiary")
            assert cursor.fetchone() == (0,)


def test_a_link_that_is_over_says_so_and_nothing_more(client, access, pot):
    cache.clear()
    donor = make_donor(access, name="Latteria Prova")
    expired = link_of(donor, access, expires_at=timezone.now() - timedelta(hours=1))
    assert "scaduto" in client.get(door(expired)).content.decode()
    live = link_of(donor, access)
    client.get(door(live))
    assert client.get(PAGE).status_code == 200
    donors.close_links(donor=donor, by=access, now=timezone.now())
    answer = client.get(PAGE)
    assert answer.status_code == 404 and "Latteria" not in answer.content.decode()
    assert client.get(door("mai-esistito")).status_code == 404
    for n in range(10):
        client.get(door(f"prova-{n}"))
    assert client.get(door("ancora")).status_code == 429


def test_without_a_link_the_page_leads_to_the_public_one(client, access):
    assert client.get(PAGE)["Location"] == reverse("website:fund")


def test_a_donor_who_ended_is_let_in_no_more(client, access, pot):
    donor = make_donor(access)
    client.get(door(link_of(donor, access)))
    assert client.get(PAGE).status_code == 200
    donors.end_donor(donor=donor, reason="Lo chiede", by=access, now=timezone.now())
    assert client.get(PAGE).status_code == 404


def test_a_companys_contact_reads_its_gifts_and_receipts(signed_in, within, coordinator, worker, access, pot, today):
    company, other = make_company(access), make_company(access)
    donor = make_donor(access, name="Con altro nome", tax_code=company.partita_iva)
    gift = give(access, pot, "300", donor=donor)
    paper = receipts.issue_receipt(subject=gift, by=access, today=today)
    foreign = receipts.issue_receipt(
        subject=give(access, pot, "777", donor=make_donor(access, name="Altra", tax_code=other.partita_iva)), by=access, today=today
    )
    placement = make_helped(within(worker))
    ask(within(worker), placement, "80", today=today)
    within(coordinator)
    render()
    contact = signed_in(make_user(Role.COMPANY_CONTACT, None, company=company))
    address = reverse("our_gifts:page", args=[company.public_id])
    assert address in contact.get(reverse("desk:our_company")).content.decode()
    text = contact.get(address).content.decode()
    assert "300,00" in text and paper.number in text and "777" not in text and str(placement.beneficiary) not in text
    assert is_pdf(contact.get(reverse("our_gifts:receipt", args=[company.public_id, paper.public_id])))
    assert contact.get(reverse("our_gifts:receipt", args=[company.public_id, foreign.public_id])).status_code == 404
    assert contact.get(reverse("our_gifts:page", args=[other.public_id])).status_code == 404
    third = make_company(access)
    nothing = signed_in(make_user(Role.COMPANY_CONTACT, None, number=2, company=third))
    empty = reverse("our_gifts:page", args=[third.public_id])
    assert "non ha donato" in nothing.get(empty).content.decode()
    contributions.take_back_contribution(contribution=gift, reason="Errore", by=access, today=today)
    assert "annullata" in contact.get(address).content.decode()


def test_the_page_of_a_donor_asks_as_much_for_many_gifts_as_for_one(client, access, pot, today):
    donor = make_donor(access)

    def fill(n):
        for _n in range(n):
            receipts.issue_receipt(subject=give(access, pot, "10", donor=donor), by=access, today=today)
            make_goods(access, donor=donor)

    def cost():
        client.get(door(link_of(donor, access)))
        with OwnQueries() as own:
            assert client.get(PAGE).status_code == 200
        return len(own)

    fill(1)
    before = cost()
    fill(4)
    assert cost() == before


def test_everybody_reads_how_to_give_and_no_donor(client, access, pot):
    give(access, pot, "10", donor=make_donor(access, name="Latteria Prova", shows_name=False))
    text = client.get(reverse("website:give")).content.decode()
    assert pot.name in text and "Latteria" not in text and "Il tuo nome" in text and "vostr" not in text
    assert Access.public(networks=frozenset({access.network_id})).donors == frozenset()
