"""The home of who signs in as a donor or a partner: the own gifts, the own part of projects, what everybody reads; nothing else."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for, hats_of
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Document, Job, Look, Message
from impresasolidale.core.scope import scope
from impresasolidale.projects.models import Expense, NetworkAction, Participation, Partner, PartnerRole, Project, ProjectFile
from impresasolidale.projects.services import partners, results
from solidarity_fund.models import BenefitRequest, Contribution, Donor, GiftInKind, Pledge
from solidarity_fund.services import donors, receipts
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, make_donor, make_goods, make_helped, make_holder, make_pot
from tests.factories.projects import join, make_partner, make_project
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
PAGE, FUNDED = (
    "/fatto-insieme/",
    ("projects_expense", "projects_staffsheet", "projects_hourlyrate", "projects_audititem", "projects_planline"),
)


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


@pytest.fixture
def pot(access):
    make_holder(access)
    return make_pot(access)


def donor_user(donor, number=1):
    return make_user(Role.DONOR, None, number=number, donor=donor)


def action(access, project, title, *who, reached=20, today=date(2026, 10, 1)):
    values = {"kind": "meeting", "on": today, "title": title, "place": "Sondrio", "people_reached": reached, "link": "", "consent": ""}
    return results.keep_action(
        project=project, values=values, partners=list(who), photo=None, saw_logo=False, by=access, today=today, now=timezone.now()
    )


def receipt(subject, access, today):
    paper = receipts.issue_receipt(subject=subject, by=access, today=today)
    for row in Job.objects.filter(name="core.render_document", state="queued"):
        jobs.run(row.pk)
    return paper


def test_a_donor_reads_the_own_gifts_and_takes_the_receipts(signed_in, within, coordinator, worker, access, pot, today):
    mine, other = make_donor(access, name="Latteria Prova"), make_donor(access, name="Altri Donatori")
    paper = receipt(give(access, pot, "300", donor=mine), access, today)
    make_goods(access, donor=mine, description="Tre biciclette")
    theirs = receipt(give(access, pot, "777", donor=other), access, today)
    helped = make_helped(within(worker))
    request = ask(within(worker), helped, "80", today=today)
    client = signed_in(donor_user(mine))
    within(coordinator)
    assert client.get("/scrivania/")["Location"] == PAGE
    text = unescape(client.get(PAGE).content.decode())
    for words in ("Latteria Prova", "300,00", "Tre biciclette", paper.number, "I numeri di tutti"):
        assert words in text
    for words in ("Altri Donatori", "777", str(helped.beneficiary), str(request.public_id), "Le azioni fatte insieme"):
        assert words not in text
    answer = client.get(reverse("together:receipt", args=[paper.public_id]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert client.get(reverse("together:receipt", args=[theirs.public_id])).status_code == 404
    assert Look.objects.filter(place="together:page", subject_ids=[mine.pk]).exists()
    for closed in (reverse("solidarity_fund:home"), reverse("solidarity_fund:donor", args=[mine.public_id]), reverse("projects:partners")):
        assert client.get(closed).status_code == 403


def test_the_database_opens_a_donor_no_other_row(within, worker, coordinator, access, pot, today):
    mine, other = make_donor(access), make_donor(access, name="Altri")
    give(access, pot, "300", donor=mine)
    give(access, pot, "777", donor=other)
    make_goods(access, donor=other)
    ask(within(worker), make_helped(within(worker)), "80", today=today)
    within(coordinator)
    make_project(access)
    with scope(access_for(donor_user(mine)).scope):
        assert list(Donor.objects.values_list("pk", flat=True)) == [mine.pk]
        assert Contribution.objects.count() == 1
        for model in (GiftInKind, Pledge, BenefitRequest, Document, Partner, Project, Participation, NetworkAction):
            assert not model._default_manager.exists(), model
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM beneficiaries_beneficiary")
            assert cursor.fetchone() == (0,)


def test_a_partner_reads_the_own_projects_and_actions(signed_in, within, coordinator, access, today):
    lead, mine, other = make_partner(access), make_partner(access, "Cooperativa Prova"), make_partner(access, "Ente Estraneo")
    project = make_project(access, lead=lead)
    join(access, project, mine)
    foreign = make_project(access, lead=other, code="ALTRO", title="Progetto di altri", cup="")
    action(access, project, "Porte aperte", mine, lead)
    action(access, project, "Riunione senza di noi", lead, reached=31)
    action(access, foreign, "Cosa di altri", other, reached=32)
    user = make_user(Role.PARTNER, None, partner=mine)
    client = signed_in(user)
    within(coordinator)
    text = unescape(client.get(PAGE).content.decode())
    for words in ("Cooperativa Prova", project.title, project.funder, "Porte aperte", "20"):
        assert words in text
    for words in ("Ente Estraneo", "Progetto di altri", "Riunione senza di noi", "Cosa di altri", "I vostri doni"):
        assert words not in text
    assert client.get(reverse("projects:detail", args=[project.public_id])).status_code == 403
    with scope(access_for(user).scope):
        assert [row.pk for row in Partner.objects.all()] == [mine.pk]
        assert [row.pk for row in Project.objects.all()] == [project.pk]
        assert [row.title for row in NetworkAction.objects.all()] == ["Porte aperte"]
        for model in (Expense, ProjectFile, Donor, Contribution, PartnerRole):
            assert not model._default_manager.exists(), model
        with connection.cursor() as cursor:
            for table in FUNDED:
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), table


def test_one_human_who_gives_and_works_in_the_office_switches(signed_in, worker, access, pot, sondrio):
    donor = make_donor(access, name="Latteria Prova")
    Membership.objects.create(user=worker, role=Role.DONOR, network=sondrio.network, donor=donor, valid_from=date(2020, 1, 1))
    office, giver = hats_of(worker)
    assert office.roles == {Role.SOCIAL_WORKER} and office.donors == frozenset() and office.placements is None
    assert giver.roles == {Role.DONOR} and giver.ambiti == frozenset() and giver.donors == {donor.pk}
    client = signed_in(worker)
    assert client.get(PAGE).status_code == 403
    assert client.post("/accesso/cambia/", {"context": f"giver:{sondrio.network_id}"}).status_code == 303
    assert "Latteria Prova" in client.get(PAGE).content.decode()
    assert client.get("/persone/").status_code == 403
    assert "Quello che facciamo insieme" in client.get("/i-miei-incarichi/").content.decode()


def test_the_office_opens_an_access_and_closes_it(signed_in, coordinator, access, pot, today):
    donor = make_donor(access, name="Latteria Prova", email="info@latteria.example.org")
    office = signed_in(coordinator)
    address = reverse("solidarity_fund:invite_donor", args=[donor.public_id])
    assert office.get(address).context["form"].initial["email"] == "info@latteria.example.org"
    assert office.post(address, {"email": "non un indirizzo", "first_name": "Prova", "last_name": "Casara"}).status_code == 422
    data = {"email": "casara@example.org", "first_name": "Prova", "last_name": "Casara"}
    assert office.post(address, data).status_code == 303
    user = User.objects.get(email="casara@example.org")
    assert Message.objects.filter(address=user.email, kind="accounts.invitation").exists()
    assert access_for(user).donors == {donor.pk}
    page = reverse("solidarity_fund:donor", args=[donor.public_id])
    assert "Prova Casara" in office.get(page).content.decode()
    membership = Membership.objects.get(user=user)
    answer = office.post(reverse("accounts:end_membership", args=[membership.pk]), {"next": page})
    assert answer["Location"] == page
    membership.refresh_from_db()
    assert membership.valid_to == today


def test_the_office_opens_an_access_for_a_partner(signed_in, coordinator, access):
    partner = make_partner(access, "Cooperativa Prova")
    office = signed_in(coordinator)
    data = {"email": "coop@example.org", "first_name": "Prova", "last_name": "Socia"}
    assert office.post(reverse("projects:invite_partner", args=[partner.public_id]), data).status_code == 303
    assert access_for(User.objects.get(email="coop@example.org")).partners == {partner.pk}
    assert "Prova Socia" in office.get(reverse("projects:partner", args=[partner.public_id])).content.decode()
    partners.edit_partner(partner=partner, values={"name": partner.name, "left_on": date(2026, 11, 1)}, seen=partner.row_version, by=access)
    answer = office.post(reverse("projects:invite_partner", args=[partner.public_id]), data)
    assert answer.status_code == 422 and "uscito dalla rete" in unescape(answer.content.decode())


def test_who_may_not_opens_no_access(signed_in, sondrio, worker, access):
    donor, partner = make_donor(access), make_partner(access)
    for user in (worker, make_user(Role.ACCOUNTING, sondrio)):
        client = signed_in(user)
        for name, row in (("solidarity_fund:invite_donor", donor), ("projects:invite_partner", partner)):
            assert client.post(reverse(name, args=[row.public_id]), {"email": "x@example.org"}).status_code == 403


def test_a_donor_who_ended_or_stays_unknown_has_no_access(signed_in, coordinator, access, pot, today):
    donor = make_donor(access, name="Latteria Prova")
    client = signed_in(donor_user(donor))
    assert "Latteria Prova" in client.get(PAGE).content.decode()
    donors.end_donor(donor=donor, reason="Lo chiede", by=access, now=timezone.now())
    assert Membership.objects.get(donor=donor).valid_to == today
    assert "Latteria Prova" not in client.get(PAGE).content.decode()
    unknown = make_donor(access, name="Anonimo", kind=Donor.Kind.ANONYMOUS)
    office = signed_in(coordinator)
    data = {"email": "casara@example.org", "first_name": "Prova", "last_name": "Casara"}
    for row in (donor, unknown):
        answer = office.post(reverse("solidarity_fund:invite_donor", args=[row.public_id]), data)
        assert answer.status_code == 422 and "non si apre un accesso" in answer.content.decode()
    assert not User.objects.filter(email="casara@example.org").exists()


def test_only_a_donor_is_bound_to_a_donor(access, worker, sondrio):
    row = {"user": worker, "network": sondrio.network, "valid_from": date(2020, 1, 1)}
    for wrong in ({"role": Role.AUDITOR, "donor": make_donor(access)}, {"role": Role.DONOR, "partner": make_partner(access)}):
        with pytest.raises(IntegrityError, match="accounts_membership_givers"), transaction.atomic():
            Membership.objects.create(**row, **wrong)


def test_the_page_asks_as_much_for_much_as_for_little(signed_in, within, coordinator, access, pot, today):
    donor, partner = make_donor(access), make_partner(access)
    project = make_project(access, lead=partner)
    user = donor_user(donor)
    Membership.objects.create(user=user, role=Role.PARTNER, network=access.actor.memberships.get().network, partner=partner,
                              valid_from=today - timedelta(days=9))  # fmt: skip
    client = signed_in(user)

    def fill(n):
        within(coordinator)
        for k in range(n):
            receipts.issue_receipt(subject=give(access, pot, "10", donor=donor), by=access, today=today)
            make_goods(access, donor=donor)
            action(access, project, f"Azione {n} {k}", partner)

    def cost():
        with OwnQueries() as own:
            assert client.get(PAGE).status_code == 200
        return own

    fill(1)
    first = cost()
    fill(5)
    assert len(cost()) == len(first) <= 12, first
