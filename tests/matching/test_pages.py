"""The pages of the sheets and of the rankings, and what they refuse."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from companies.hosts import services as hosts
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import scope
from placements.beneficiaries.services import enter_waiting_list
from placements.matching import services
from placements.matching.enums import Item
from placements.matching.models import PersonSheet, SiteSheet
from tests.factories import attendance as running
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.hosts import comune, make_company, make_site
from tests.factories.matching import PERSON, SITE, make_person_sheet, make_site_sheet
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db


class World:
    """A person of the worker's and a site of the network, without sheets."""

    def __init__(self, worker: Any) -> None:
        self.access, self.today = access_for(worker), timezone.localdate()
        with scope(self.access.scope):
            self.person = make_beneficiary(self.access, today=self.today, residence=comune("Sondrio"))
            self.site = make_site(self.access, make_company(self.access, name="Forno di prova"))
            enter_waiting_list(beneficiary=self.person, since=self.today, by=self.access, today=self.today)

    def sheets(self, person: dict | None = None, site: dict | None = None) -> None:
        with scope(self.access.scope):
            make_person_sheet(self.access, self.person, today=self.today, **(person or {}))
            make_site_sheet(self.access, self.site, today=self.today, **(site or {}))

    def url(self, name: str, *more: str) -> str:
        whose = self.person if "person" in name else self.site
        return reverse(f"matching:{name}", args=[whose.public_id, *more])


@pytest.fixture
def world(worker: Any) -> World:
    return World(worker)


def answers(values: dict, *, nothing: str, **changes: Any) -> dict[str, Any]:
    """What the form posts."""
    posted = {**values, "valid_from": timezone.localdate().isoformat(), "row_version": 0, nothing: ["none"]}
    posted |= {f"adapt_{code}": how for code, how in posted.pop("adaptations", {}).items()}
    return {**posted, **changes}


PERSON_POST = {"values": PERSON, "nothing": "needs"}
SITE_POST = {"values": SITE, "nothing": "offers"}


def test_from_the_list_to_the_sheet_to_the_sites(world, worker, signed_in):
    client = signed_in(worker)
    page = client.get(reverse("matching:home")).content.decode()
    assert world.url("person") in page and "da scrivere" in page
    first = client.get(world.url("person")).content.decode()
    assert "Manca la scheda" in first and world.url("person_sheet") in first
    assert client.get(world.url("person_sheet")).status_code == 200
    done = client.post(world.url("person_sheet"), answers(**PERSON_POST, lifting=1))
    assert (done.status_code, done.url) == (303, world.url("person"))
    assert "Nessuna sede ha ancora la scheda" in client.get(world.url("person")).content.decode()
    posted = answers(**SITE_POST, lifting=2, adapt_lifting="carichi sotto i 5 chili", adapt_noise="non serve")
    assert client.post(world.url("site_sheet"), posted).status_code == 303
    with scope(world.access.scope):
        assert SiteSheet.objects.get().adaptations == {"lifting": "carichi sotto i 5 chili"}  # of what is not there nothing is adapted
        assert Fact.objects.filter(code__startswith="matching.").count() == 2
    shown = client.get(world.url("person")).content.decode()
    assert "Forno di prova" in shown and "carichi sotto i 5 chili" in shown and "va bene con 1 adattamento" in shown
    assert "qui molto; per questa persona: con un aiuto" in shown and "circa 10 minuti, stima" in shown
    back = client.get(world.url("site")).content.decode()
    assert str(world.person) in back and "carichi sotto i 5 chili" in back
    assert "c’è</span>" in client.get(reverse("matching:home")).content.decode()


def test_a_sheet_without_all_answers_asks_them(world, worker, signed_in):
    client = signed_in(worker)
    posted = answers(**PERSON_POST)
    for name in ("noise", "hours", "ways", "needs"):
        del posted[name]
    response = client.post(world.url("person_sheet"), posted)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"noise", "hours", "ways", "needs"}
    assert "Manca questa risposta." in response.content.decode()
    with scope(world.access.scope):
        assert not PersonSheet.objects.exists()
    both = client.post(world.url("person_sheet"), answers(**PERSON_POST, needs=["none", "lift"]))
    assert both.status_code == 422 and "togli uno dei due" in both.content.decode()


def test_a_first_page_has_no_answer_given_beforehand(world, worker, signed_in):
    client = signed_in(worker)
    for name in ("person_sheet", "site_sheet"):
        assert " checked" not in client.get(world.url(name)).content.decode()
    world.sheets()
    assert client.get(world.url("person_sheet")).content.decode().count(" checked") == len(Item) + 2


def test_who_is_slower_sees_what_the_other_wrote(world, worker, signed_in):
    client = signed_in(worker)
    world.sheets(person={"noise": 2})
    stale = client.post(world.url("person_sheet"), answers(**PERSON_POST, row_version=0))
    assert stale.status_code == 409 and "meglio di no" in stale.content.decode()
    assert client.post(world.url("person_sheet"), answers(**PERSON_POST, row_version=1)).status_code == 303
    with scope(world.access.scope):
        assert list(PersonSheet.objects.order_by("id").values_list("noise", flat=True)) == [2, 0]
        with pytest.raises(services.Conflict):
            make_person_sheet(world.access, world.person, today=world.today, seen=1)


def test_a_day_to_come_is_refused(world, worker, signed_in):
    response = signed_in(worker).post(world.url("person_sheet"), answers(**PERSON_POST, valid_from="2027-01-01"))
    assert response.status_code == 422 and set(response.context["form"].errors) == {"valid_from"}


def test_the_database_keeps_the_scale_and_a_site_s_sheet_for_ever(world):
    from django.db import DatabaseError, transaction

    world.sheets()
    with scope(world.access.scope):
        for model, change in (
            (PersonSheet, {"noise": 3}),
            (PersonSheet, {"hours": 0}),
            (PersonSheet, {"ways": []}),
            (SiteSheet, {"noise": 1}),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.update(**change)


def test_another_ambito_finds_nothing_and_a_stranger_to_the_person_says_why(world, stranger, user_of, sondrio, signed_in):
    world.sheets()
    foreign = signed_in(stranger)
    for name in ("person", "person_sheet"):
        assert foreign.get(world.url(name)).status_code == 404
    assert foreign.get(world.url("person_file", "csv")).status_code == 404
    shown = foreign.get(world.url("site"))  # the site is the network's, its people are not hers
    assert shown.status_code == 200 and str(world.person) not in shown.content.decode()
    colleague = signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2))
    asked = colleague.get(world.url("person"))
    assert asked.status_code == 303 and asked.url.startswith(reverse("beneficiaries:reason", args=[world.person.public_id]))
    hidden = colleague.get(world.url("site")).content.decode()
    assert str(world.person) not in hidden and "Aspetta anche 1 persona che non segui" in hidden


@pytest.mark.parametrize("role", [Role.CLERK, Role.COMUNE_OFFICER, Role.ACCOUNTING])
def test_other_roles_have_no_matching(world, role, user_of, sondrio, signed_in):
    client = signed_in(user_of(role, sondrio))
    for url in (reverse("matching:home"), world.url("person"), world.url("site"), world.url("site_sheet")):
        assert client.get(url).status_code == 403


def test_an_educator_writes_sheets_too(world, worker, user_of, sondrio, signed_in):
    client = signed_in(user_of(Role.PROMOTER_TUTOR, sondrio))
    assert client.post(world.url("site_sheet"), answers(**SITE_POST)).status_code == 303


def test_a_company_never_reads_a_sheet(world, sondrio, signed_in):
    """Neither by a page nor by the database: the policies show it none, of its own site and of the person entrusted to it."""
    with scope(running.system(sondrio).scope):
        company = running.make_host(sondrio)
        tutor, user = running.make_tutor(sondrio, company)
        placement = running.make_running_placement(sondrio, tutor, company)
        office = running.system(sondrio)
        make_person_sheet(office, placement.beneficiary)
        make_site_sheet(office, placement.site)
    client = signed_in(user)
    person, site = placement.beneficiary.public_id, placement.site.public_id
    for url in (reverse("matching:person", args=[person]), reverse("matching:site", args=[site]), reverse("matching:home")):
        assert client.get(url).status_code == 403
    with scope(access_for(user).scope):
        assert not PersonSheet._base_manager.exists() and not SiteSheet._base_manager.exists()


@pytest.mark.parametrize("name", ["person_file", "site_file"])
def test_the_ranking_is_a_file_noted_as_an_export(world, worker, name, signed_in):
    world.sheets(person={"noise": 2, "lifting": 1}, site={"noise": 2, "lifting": 1})
    client = signed_in(worker)
    text = b"".join(client.get(world.url(name, "csv"))).decode()
    assert "1;1;10;" in text and "rumore: qui molto; per questa persona: meglio di no" in text.replace('"', "")
    sheet = load_workbook(io.BytesIO(client.get(world.url(name, "xlsx")).content)).active
    assert [cell.value for cell in sheet[2]][-4:-1] == [1, 1, 10]
    assert client.get(world.url(name, "pdf")).status_code == 404
    with scope(world.access.scope):
        assert Look._base_manager.filter(kind=Look.Kind.EXPORT, place=f"matching:{name}", subject_ids=[world.person.pk]).count() == 2


def test_filters_leave_out_stops_and_other_comuni(world, worker, signed_in):
    world.sheets(person={"noise": 2}, site={"noise": 2})
    client = signed_in(worker)
    assert "Nessuna sede con questi filtri" in client.get(world.url("person") + "?libere=on").content.decode()
    assert "Forno di prova" in client.get(world.url("person") + "?comune=Sondrio").content.decode()
    assert "Nessuna sede con questi filtri" in client.get(world.url("person") + "?comune=Tirano").content.decode()
    assert "Nessuno con questi filtri" in client.get(world.url("site") + "?comune=Tirano").content.decode()


def test_pages_of_many_cost_what_one_costs_and_follow_each_other(world, worker, signed_in):
    world.sheets()
    client = signed_in(worker)
    urls = [world.url("person"), world.url("site"), reverse("matching:home")]

    def cost(url: str) -> int:
        with OwnQueries() as own:
            assert client.get(url).status_code == 200
        assert len(own) <= 10, own
        return len(own)

    for url in urls:
        client.get(url)
    few = [cost(url) for url in urls]
    with scope(world.access.scope):
        for number in range(2, 30):
            site = make_site(world.access, make_company(world.access, name=f"Bottega {number}"))
            make_site_sheet(world.access, site, today=world.today)
            if number < 10:
                person = make_beneficiary(world.access, number=number, today=world.today)
                make_person_sheet(world.access, person, today=world.today)
                enter_waiting_list(beneficiary=person, since=world.today, by=world.access, today=world.today)
    assert [cost(url) for url in urls] == few
    first = client.get(urls[0])
    assert len(first.context["rows"]) == 25 and first.context["total"] == 29
    second = client.get(urls[0] + first.context["next_url"])
    assert len(second.context["rows"]) == 4 and not second.context["next_url"]
    back = client.get(urls[0] + second.context["previous_url"])
    assert [r.site.pk for r in back.context["rows"]] == [r.site.pk for r in first.context["rows"]]


def test_the_records_lead_here(world, worker, signed_in):
    client = signed_in(worker)
    assert world.url("person") in client.get(reverse("beneficiaries:detail", args=[world.person.public_id])).content.decode()
    assert world.url("site") in client.get(reverse("hosts:detail", args=[world.site.company.public_id])).content.decode()
    assert ">Abbinamenti<" in client.get(reverse("matching:home")).content.decode()


def test_a_merge_moves_the_sheets_and_the_newest_counts(world, worker, within):
    from placements.beneficiaries.services import merge_beneficiaries
    from placements.matching import selectors

    access = within(worker)
    double = make_beneficiary(access, number=2, today=world.today)
    world.sheets()
    make_person_sheet(access, double, today=world.today, noise=2)
    merge_beneficiaries(keep=world.person, drop=double, by=access, today=world.today)
    found = list(selectors.person_sheets(access, world.person))
    assert [sheet.noise for sheet in found] == [2, 0]


def test_the_ranking_says_where_there_is_a_place_and_who_was_asked(world, worker, signed_in):
    world.sheets()
    client = signed_in(worker)
    assert "liber" not in client.get(world.url("person")).content.decode().partition("<tbody>")[2]
    with scope(world.access.scope):
        company, since = world.site.company, world.today - timedelta(days=9)
        hosts.declare_places(company=company, site=world.site, places=2, starts_on=since, by=world.access)
        hosts.note_interest(
            company=company,
            answer="later",
            reason="busy",
            call_on=world.today + timedelta(days=9),
            said_on=since,
            by=world.access,
            today=since,
        )
    page = client.get(world.url("person")).content.decode()
    assert "2 liberi" in page and "non adesso: da risentire il" in page
