"""The portal of a company's contact: places, colleagues, corrections, expenses; and the office's side of them."""

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from companies.hosts import services
from companies.hosts.enums import ProposalState
from companies.hosts.models import Company, CompanyTutor, DataProposal, HostExpense, Opening
from companies.hosts.selectors import borne, borne_by_ambito, expenses
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Fact, Look, Message, Todo
from impresasolidale.core.scope import scope
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import comune, make_company, make_site, make_tutor
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
PAGE = "/la-nostra-impresa/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, *args: value.date() if value else TODAY)


def contact_of(company: Company, email: str = "referente@example.org", **names: str) -> User:
    user = User.objects.create_user(email, "cavallo batteria graffetta", **{"first_name": "Rita", "last_name": "Referente", **names})
    Membership.objects.create(
        user=user, role=Role.COMPANY_CONTACT, network_id=company.network_id, company=company, valid_from=date(2020, 1, 1)
    )
    return user


@pytest.fixture
def office(within, worker):
    return within(worker)


@pytest.fixture
def company(office) -> Company:
    row = make_company(office, representative="Olga Prova", email="info@example.org", pec="pec@example.org", phone="0342 1")
    make_site(office, row)
    services.accept_conduct(company=row, said_by="Olga Prova", on=TODAY, by=office, today=TODAY)
    return row


@pytest.fixture
def contact(company) -> User:
    return contact_of(company)


def post(client, path, **values):
    return client.post(path, {**values, "_submission": str(uuid.uuid4())})


# --- Places


def test_the_contact_says_how_many_people_a_site_welcomes_and_changes_it(signed_in, company, contact, office):
    me, site = signed_in(contact), company.sites.get()
    done = post(me, f"{PAGE}{company.public_id}/posti/nuovi/", site=site.pk, places=2, starts_on="2026-12-01", words="magazzino")
    assert (done.status_code, done["Location"]) == (303, PAGE)
    opening = Opening.objects.get()
    assert (opening.places, opening.created_by_id) == (2, contact.pk)
    url = f"{PAGE}{company.public_id}/posti/{opening.public_id}/"
    assert "magazzino" in me.get(url).content.decode()
    assert post(me, url, places=3, starts_on="2026-12-01", row_version=opening.row_version).status_code == 303
    assert post(me, url, places=4, starts_on="2026-12-01", row_version=opening.row_version).status_code == 409  # opened before
    assert Opening.objects.get().places == 3
    assert "3 persone insieme" in me.get(PAGE).content.decode()


def test_bad_places_stay_beside_the_field(signed_in, company, contact):
    answer = post(signed_in(contact), f"{PAGE}{company.public_id}/posti/nuovi/", site=company.sites.get().pk, places=0, starts_on="x")
    assert answer.status_code == 422 and {"places", "starts_on"} <= set(answer.context["form"].errors)


@pytest.mark.parametrize("path", ["posti/nuovi/", "colleghi/invito/", "dati/", "spese/nuova/"])
def test_another_company_and_a_mere_tutor_find_nothing(signed_in, company, contact, office, path):
    other = make_company(office)
    tutor = make_tutor(office, company)
    me = signed_in(contact)
    assert me.get(f"{PAGE}{company.public_id}/{path}").status_code == 200
    assert me.get(f"{PAGE}{other.public_id}/{path}").status_code == 404
    assert signed_in(tutor.user).get(f"{PAGE}{company.public_id}/{path}").status_code == 403
    assert signed_in(make_user(Role.CLERK, office.ambito, number=5)).get(f"{PAGE}{company.public_id}/{path}").status_code == 403


# --- Colleagues


def test_the_contact_invites_a_colleague_with_two_roles_and_one_mail(signed_in, client, company, contact, office):
    me = signed_in(contact)
    new = {"first_name": "Ugo", "last_name": "Nuovo", "email": "Ugo.Nuovo@example.org", "roles": ["company_contact", "company_tutor"]}
    done = post(me, f"{PAGE}{company.public_id}/colleghi/invito/", **new)
    assert done.status_code == 303
    user = User.objects.get(email="ugo.nuovo@example.org")
    held = Membership.objects.filter(user=user, company=company)
    assert set(held.values_list("role", flat=True)) == {"company_contact", "company_tutor"}
    assert CompanyTutor.objects.get(email=user.email).user_id == user.pk
    (mail,) = Message.objects.filter(address=user.email)
    link = re.search(r"/accesso/invito/([^/\s]+)/", mail.body)
    assert link and client.get(f"/accesso/invito/{link[1]}/").status_code == 200
    html = me.get(PAGE).content.decode()
    assert "Ugo Nuovo" in html and "invito mandato" in html
    assert Fact.objects.filter(code="hosts.contact.invited", actor_id=contact.pk).exists()


def test_the_contact_invites_for_the_own_company_alone(company, contact, office):
    other = make_company(office)
    with scope(access_for(contact).scope), pytest.raises(Exception) as refused:
        services.invite_colleague(
            company=other, roles=["company_contact"], email="x@example.org", first_name="X", last_name="Y", by=access_for(contact),
            today=TODAY, base_url="https://impresa.example.org",
        )  # fmt: skip
    assert type(refused.value).__name__ == "PermissionDenied"


def test_the_office_opens_the_portal_to_a_tutor_with_a_mail_of_its_own(company, office):
    services.invite_colleague(
        company=company, roles=["company_tutor"], email="ugo@example.org", first_name="Ugo", last_name="Nuovo", by=office, today=TODAY,
        base_url="https://impresa.example.org",
    )  # fmt: skip
    assert Message.objects.get(address="ugo@example.org").ambito_id == office.ambito_id


def test_a_known_tutors_address_with_another_name_is_refused_without_telling_whose_it_is(signed_in, company, contact, office):
    elsewhere = make_tutor(office, make_company(office), with_user=False)
    new = {"first_name": "Ugo", "last_name": "Nuovo", "email": elsewhere.email, "roles": ["company_tutor"]}
    answer = post(signed_in(contact), f"{PAGE}{company.public_id}/colleghi/invito/", **new)
    assert answer.status_code == 422 and elsewhere.last_name not in answer.content.decode().replace(elsewhere.email, "")


def test_without_a_role_nobody_is_invited(signed_in, company, contact):
    new = {"first_name": "Ugo", "last_name": "Nuovo", "email": "u@example.org"}
    answer = post(signed_in(contact), f"{PAGE}{company.public_id}/colleghi/invito/", **new)
    assert (
        answer.status_code == 422 and "roles" in answer.context["form"].errors and not User.objects.filter(email="u@example.org").exists()
    )


def test_the_last_contact_stays_and_another_may_go(signed_in, company, contact):
    me = signed_in(contact)
    mine = f"{PAGE}{company.public_id}/colleghi/{contact.public_id}/togli/"
    answer = post(me, mine)
    assert answer.status_code == 422 and "unico referente" in answer.content.decode()
    assert mine not in me.get(PAGE).content.decode()
    second = contact_of(company, "seconda@example.org", first_name="Ines")
    assert post(me, f"{PAGE}{company.public_id}/colleghi/{second.public_id}/togli/").status_code == 303
    assert Membership.objects.get(user=second).valid_to == TODAY
    assert post(me, mine).status_code == 422  # the other one goes today
    stranger = contact_of(Company.objects.exclude(pk=company.pk).first() or company, "terza@example.org")
    assert stranger


def test_twenty_people_are_enough(company, contact, office):
    for n in range(services.colleagues.MOST - 1):
        contact_of(company, f"c{n}@example.org")
    with scope(access_for(contact).scope), pytest.raises(DomainError, match="20"):
        services.invite_colleague(
            company=company, roles=["company_contact"], email="x@example.org", first_name="X", last_name="Y", by=access_for(contact),
            today=TODAY, base_url="https://impresa.example.org",
        )  # fmt: skip


# --- Corrections


DATA = {"representative": "Olga Prova", "address": "Via Prova 1", "email": "info@example.org", "pec": "pec@example.org", "phone": "0342 1"}


def asked(client, company, **changes):
    """Both steps: what it means, and the request."""
    values = {**DATA, "address": company.address, "comune": str(company.comune), **changes}
    url = f"{PAGE}{company.public_id}/dati/"
    first = post(client, url, **values)
    return first, post(client, url, **values, seen=first.context["seen"]) if first.context and first.context.get("seen") else None


def test_a_correction_says_first_what_it_means_then_waits_for_the_office(signed_in, company, contact, worker, office):
    me = signed_in(contact)
    first, done = asked(me, company, representative="Bice Nuova", pec="nuova@example.org")
    assert first.status_code == 200 and first.context["change"].asks_again and "Bice Nuova" in first.content.decode()
    assert DataProposal.objects.count() == 1 and done.status_code == 303
    company.refresh_from_db()
    assert company.representative == "Olga Prova"  # not yet
    todo = Todo.objects.get(kind="hosts.data_proposal")
    page = signed_in(worker).get(todo.url)
    assert page.status_code == 200 and "Bice Nuova" in page.content.decode()
    answer = post(signed_in(worker), todo.url, answer="accept")
    assert answer.status_code == 303
    company.refresh_from_db()
    assert (company.representative, company.pec) == ("Bice Nuova", "nuova@example.org")
    todo.refresh_from_db()
    assert todo.done_at and "accettata" in me.get(PAGE).content.decode()


def test_a_contact_alone_asks_nobody_to_sign_again(signed_in, company, contact):
    first, done = asked(signed_in(contact), company, pec="nuova@example.org")
    assert not first.context["change"].asks_again and done.status_code == 303


def test_the_office_says_why_not_and_the_company_reads_it(signed_in, company, contact, worker):
    asked(signed_in(contact), company, phone="0342 2")
    proposal = DataProposal.objects.get()
    url = f"/imprese/{company.public_id}/correzioni/{proposal.public_id}/"
    assert post(signed_in(worker), url, answer="refuse").status_code == 422
    assert post(signed_in(worker), url, answer="refuse", reason="Serve la visura").status_code == 303
    assert "Serve la visura" in signed_in(contact).get(PAGE).content.decode()
    assert post(signed_in(worker), url, answer="accept").status_code == 409  # answered already
    company.refresh_from_db()
    assert company.phone == "0342 1"


def test_what_the_office_changed_meanwhile_is_not_overwritten(signed_in, company, contact, worker, office):
    asked(signed_in(contact), company, phone="0342 2")
    Company.objects.filter(pk=company.pk).update(phone="0342 9")
    proposal = DataProposal.objects.get()
    answer = post(signed_in(worker), f"/imprese/{company.public_id}/correzioni/{proposal.public_id}/", answer="accept")
    assert answer.status_code == 422 and "Nel frattempo" in answer.content.decode()
    assert DataProposal.objects.get().state == ProposalState.WAITING


def test_a_new_request_takes_the_place_of_the_one_that_waits_and_can_be_withdrawn(signed_in, company, contact):
    me = signed_in(contact)
    asked(me, company, phone="0342 2")
    asked(me, company, phone="0342 3")
    states = list(DataProposal.objects.order_by("id").values_list("state", flat=True))
    assert states == [ProposalState.WITHDRAWN, ProposalState.WAITING]
    last = DataProposal.objects.latest("id")
    assert post(me, f"{PAGE}{company.public_id}/dati/{last.public_id}/ritira/").status_code == 303
    assert not Todo.objects.filter(kind="hosts.data_proposal", done_at=None).exists()


def test_a_request_that_changes_nothing_is_refused(signed_in, company, contact):
    answer, _none = asked(signed_in(contact), company)
    assert answer.status_code == 422 and "Non hai cambiato niente" in answer.content.decode()


def test_a_companys_user_does_not_answer_its_own_request(signed_in, company, contact):
    asked(signed_in(contact), company, phone="0342 2")
    proposal = DataProposal.objects.get()
    url = f"/imprese/{company.public_id}/correzioni/{proposal.public_id}/"
    assert signed_in(contact).get(url).status_code == 403


# --- Expenses


def test_the_contact_and_the_office_write_what_hosting_cost(signed_in, company, contact, worker, office):
    me = signed_in(contact)
    spent = {"kind": "medical", "amount": "45,00", "payer": "company", "spent_on": "2026-11-10", "paper": "fattura 3"}
    assert post(me, f"{PAGE}{company.public_id}/spese/nuova/", **spent).status_code == 303
    assert (
        post(signed_in(worker), f"/imprese/{company.public_id}/spese/nuova/", **{**spent, "payer": "body", "amount": "60"}).status_code
        == 303
    )
    assert sorted(HostExpense.objects.values_list("cents", "payer")) == [(4500, "company"), (6000, "body")]
    found = borne(expenses(office, filters={}))
    assert (found.company, found.others, found.total) == (Decimal(45), Decimal(60), Decimal(105))
    ((name, sums),) = borne_by_ambito(expenses(office, filters={}))
    assert (name, sums.company) == ("Sondrio", Decimal(45))
    page = signed_in(worker).get(f"/imprese/{company.public_id}/spese/").content.decode()
    assert "45,00" in page and "fattura 3" in page


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "0"), ("amount", "abc"), ("amount", "-3"), ("spent_on", "2026-12-25"), ("payer", "")]
)
def test_a_bad_expense_stays_beside_its_field(signed_in, company, contact, field, value):
    spent = {"kind": "medical", "amount": "45", "payer": "company", "spent_on": "2026-11-10", field: value}
    answer = post(signed_in(contact), f"{PAGE}{company.public_id}/spese/nuova/", **spent)
    assert answer.status_code == 422 and field in answer.context["form"].errors and not HostExpense.objects.exists()


def test_a_contact_takes_away_what_the_company_wrote_and_nothing_else(signed_in, company, contact, worker, office):
    ours = {"company": company, "kind": "medical", "cents": 100, "payer": "body", "spent_on": TODAY, "today": TODAY}
    theirs = services.note_expense(by=office, **ours)
    me = signed_in(contact)
    assert post(me, f"{PAGE}{company.public_id}/spese/{theirs.public_id}/togli/").status_code == 422
    post(me, f"{PAGE}{company.public_id}/spese/nuova/", kind="tools", amount="1", payer="company", spent_on="2026-11-10")
    mine = HostExpense.objects.get(kind="tools")
    assert post(me, f"{PAGE}{company.public_id}/spese/{mine.public_id}/togli/").status_code == 303
    assert post(signed_in(worker), f"/imprese/{company.public_id}/spese/{theirs.public_id}/togli/").status_code == 303
    assert not HostExpense.objects.exists()


def test_the_list_filters_and_its_files_are_an_export(signed_in, company, worker, office):
    for n in range(3):
        services.note_expense(
            company=company,
            kind="medical",
            cents=100 + n,
            payer="company" if n else "fund",
            spent_on=TODAY - timedelta(days=n),
            by=office,
            today=TODAY,
        )
    me = signed_in(worker)
    page = me.get("/imprese/spese/", {"payer": "company"})
    assert len(page.context["rows"]) == 2 and page.context["borne"].company == Decimal("2.03")
    for ending in ("csv", "xlsx"):
        assert me.get(f"/imprese/spese/elenco.{ending}", {"payer": "company"}).status_code == 200
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="hosts:expenses").exists()
    assert me.get("/imprese/spese/", {"year": "abc"}).status_code == 200


def test_the_dashboard_says_what_stayed_with_companies(signed_in, company, coordinator, office):
    services.note_expense(company=company, kind="medical", cents=4500, payer="company", spent_on=TODAY, by=office, today=TODAY)
    page = signed_in(coordinator).get("/rapporti/cruscotto/")
    assert page.context["costs"] == Decimal(45)
    listed = signed_in(coordinator).get(page.context["costs_url"])
    assert len(listed.context["rows"]) == 1


def test_an_expense_of_another_company_is_not_found(signed_in, company, contact, office):
    other = make_company(office)
    row = services.note_expense(company=other, kind="medical", cents=1, payer="body", spent_on=TODAY, by=office, today=TODAY)
    assert signed_in(contact).get(f"{PAGE}{company.public_id}/spese/{row.public_id}/togli/").status_code == 404
    with scope(access_for(contact).scope):
        assert not HostExpense.objects.exists()


# --- The page


def test_the_page_costs_the_same_for_one_and_for_many(signed_in, company, contact, office):
    for n in range(4):
        make_tutor(office, company, email=f"t{n}@example.org")
        services.note_expense(company=company, kind="medical", cents=1 + n, payer="body", spent_on=TODAY, by=office, today=TODAY)
    me = signed_in(contact)
    with OwnQueries() as own:
        me.get(PAGE)
    assert len(own) <= 12, own
    assert comune("Sondrio")
