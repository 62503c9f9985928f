"""The waiting list through the pages: entering, ordering, leaving, the file, and what a placement does to it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Comune
from placements.beneficiaries import services
from placements.beneficiaries.models import WaitingEntry
from tests.factories.agreements import make_placement, walk
from tests.factories.beneficiaries import make_beneficiary

LIST = reverse("beneficiaries:waiting")
FILE = reverse("beneficiaries:waiting_file")
TODAY = timezone.localdate()


def page(name, person, row=None):
    return reverse(f"beneficiaries:{name}", args=[person.public_id, *([row.public_id] if row else [])])


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def waiting(signed_in, registered):
    """waiting(user, number, days, *priorities) → a person who waits, and the entry."""

    def wait(user, number=1, days=10, *priorities):
        person = registered(user, number=number)
        response = signed_in(user).post(page("enter_waiting", person), {"since": ago(days), "priorities": priorities})
        assert response.status_code == 303
        return person, entry(user, person)

    return wait


def entry(user, person):
    with scope(access_for(user).scope):
        return WaitingEntry.objects.filter(beneficiary=person).latest("id")


def names(response):
    return [row["person"].search_key for row in response.context["rows"]]


def entries(*responses):
    return {row["entry"].pk for response in responses for row in response.context["rows"]}


def test_who_waits_longest_comes_first_with_days_and_reasons(worker, signed_in, waiting):
    client = signed_in(worker)
    assert "Nessuno in attesa" in client.get(LIST).content.decode()
    waiting(worker, 1, 3)
    person, row = waiting(worker, 2, 40, "young", "no_income")
    assert (row.priorities, row.priorities_by_id, row.priorities_on) == (["no_income", "young"], worker.pk, TODAY)
    response = client.get(LIST)
    assert [found["days"] for found in response.context["rows"]] == [40, 3]
    text = response.content.decode()
    assert "nessuna entrata in casa, ha meno di 25 anni" in text
    assert "da 40 giorni" in client.get(page("detail", person)).content.decode()
    with scope(access_for(worker).scope):
        assert Look.objects.filter(actor_id=worker.pk, place="beneficiaries:waiting").latest("id").subject_ids[0] == person.pk


def test_filters_narrow_the_list(worker, signed_in, waiting):
    client = signed_in(worker)
    waiting(worker, 1, 3)
    _person, row = waiting(worker, 2, 40, "young")
    with scope(access_for(worker).scope):
        services.propose_from_list(entry=row, by=access_for(worker))
    wanted = [{"q": "cataneo"}, {"urgenza": "young"}, {"stato": "proposed"}, {"stato": "waiting"}, {"stato": "removed"}, {"mie": "on"}]
    assert [len(names(client.get(LIST, query))) for query in wanted] == [1, 1, 1, 1, 0, 2]
    assert "Nessuno con questi filtri" in client.get(LIST, {"stato": "removed"}).content.decode()
    assert client.get(LIST, {"stato": "forged"}).status_code == 200


def test_pages_meet_and_cost_the_same(worker, signed_in, waiting, registered):
    client = signed_in(worker)
    waiting(worker, 0, 1)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    access = access_for(worker)
    for number in range(1, 28):
        person = registered(worker, number=number, is_other_person=True)
        with scope(access.scope):
            services.enter_waiting_list(
                beneficiary=person, since=TODAY - timedelta(days=number // 3), priorities=["young"], by=access, today=TODAY
            )
    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)
    assert len(many) == len(one)
    assert sum('FROM "beneficiaries_' in query["sql"] for query in many) <= 8
    second = client.get(LIST + first.context["next_url"])
    assert len(entries(first, second)) == 28


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"since": ago(-1)}, "since"), ({"since": "1900-01-01"}, "since"), ({"since": ago(1), "priorities": ["forged"]}, "priorities")],
)
def test_a_wrong_entry_is_refused(worker, signed_in, registered, typed, field):
    person = registered(worker)
    response = signed_in(worker).post(page("enter_waiting", person), typed)
    assert (response.status_code, set(response.context["form"].errors)) == (422, {field})


def test_nobody_waits_twice_and_who_left_may_come_back(worker, signed_in, waiting):
    person, row = waiting(worker)
    client = signed_in(worker)
    again = client.post(page("enter_waiting", person), {"since": ago(1)})
    assert (again.status_code, "È già in lista d’attesa dal" in again.context["form"].errors["since"][0]) == (422, True)
    with scope(access_for(worker).scope), pytest.raises(IntegrityError), transaction.atomic():
        WaitingEntry.objects.create(ambito_id=person.ambito_id, beneficiary=person, since=TODAY)
    client.post(page("waiting_removed", person, row), {"why": "moved"})
    assert client.post(page("enter_waiting", person), {"since": ago(0)}).status_code == 303


def test_leaving_asks_a_reason(worker, signed_in, waiting):
    person, row = waiting(worker)
    client = signed_in(worker)
    assert client.post(page("waiting_removed", person, row), {}).status_code == 422
    other = client.post(page("waiting_removed", person, row), {"why": "other"})
    assert (other.status_code, "reason" in other.context["form"].errors) == (422, True)
    assert client.post(page("waiting_placed", person, row), {"reason": ""}).status_code == 422
    assert entry(worker, person).state == "waiting"
    assert client.post(page("waiting_removed", person, row), {"why": "declined", "reason": "Ne riparliamo"}).status_code == 303
    row = entry(worker, person)
    assert (row.state, row.left_on, row.left_why) == ("removed", TODAY, "declined")
    with scope(access_for(worker).scope):
        fact = Fact.objects.get(code="beneficiaries.waiting_entry.removed", subject_id=row.pk)
    assert fact.reason == "non è più interessata: Ne riparliamo"
    assert client.post(page("waiting_removed", person, row), {"why": "moved"}).status_code == 409
    assert names(client.get(LIST)) == []
    assert names(client.get(LIST, {"stato": "removed"})) == [person.search_key]


def test_a_proposal_keeps_the_place_and_may_fall(worker, signed_in, waiting):
    person, row = waiting(worker, 1, 30)
    client = signed_in(worker)
    assert client.post(page("waiting_proposed", person, row)).status_code == 303
    assert entry(worker, person).state == "proposed"
    client.post(page("waiting_proposed", person, row))
    assert "non è possibile" in client.get(page("detail", person)).content.decode()
    assert client.post(page("waiting_returned", person, row), {"reason": "L’impresa ha rinunciato"}).status_code == 303
    assert (entry(worker, person).state, entry(worker, person).since.isoformat()) == ("waiting", ago(30))
    assert client.post(page("waiting_placed", person, row), {"reason": "Tirocinio con un altro ente"}).status_code == 303
    assert entry(worker, person).state == "placed"


def test_urgency_is_judged_again_with_its_author(worker, signed_in, waiting):
    person, row = waiting(worker, 1, 10, "young")
    client = signed_in(worker)
    typed = {"priorities": ["isolation"], "row_version": row.row_version}
    assert client.post(page("waiting_priorities", person, row), typed).status_code == 303
    assert client.post(page("waiting_priorities", person, row), typed).status_code == 409
    assert entry(worker, person).priorities == ["isolation"]
    client.post(page("waiting_priorities", person, row), {"row_version": row.row_version + 1})
    row = entry(worker, person)
    assert (row.priorities, row.priorities_by_id, row.priorities_on) == ([], None, None)
    with scope(access_for(worker).scope), pytest.raises(IntegrityError), transaction.atomic():
        WaitingEntry.objects.filter(pk=row.pk).update(priorities=["young"])


def test_the_database_knows_the_steps_and_how_one_leaves(worker, waiting):
    _person, row = waiting(worker)
    for change in ({"state": "placed"}, {"state": "removed", "left_on": TODAY}, {"left_on": TODAY}):
        with scope(access_for(worker).scope), pytest.raises(IntegrityError), transaction.atomic():
            WaitingEntry.objects.filter(pk=row.pk).update(**change)
    with scope(access_for(worker).scope):
        services.leave_waiting_list(entry=row, why="moved", by=access_for(worker), today=TODAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            WaitingEntry.objects.filter(pk=row.pk).update(state="waiting", left_on=None, left_why="")


def test_a_placement_moves_the_person_along_by_itself(worker, within, today):
    access = within(worker)
    person = make_beneficiary(access)
    services.enter_waiting_list(beneficiary=person, since=date(2026, 1, 5), by=access, today=today)
    placement = make_placement(access, person=person)
    assert entry(worker, person).state == "proposed"
    walk(access, placement, "active", today=placement.starts_on)
    row = entry(worker, person)
    assert (row.state, row.left_on) == ("placed", placement.starts_on)
    make_placement(access, person=person, starts_on=placement.ends_on + timedelta(days=1))
    assert entry(worker, person).state == "placed", "who does not wait is left alone"


def test_only_who_opens_the_record_or_orders_the_list_reads_why(worker, coordinator, user_of, sondrio, signed_in, waiting):
    waiting(worker, 1, 10, "isolation")
    colleague = signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2))
    assert "rischia di restare sola</td>" not in colleague.get(LIST).content.decode()
    assert "rischia di restare sola" not in colleague.get(FILE).getvalue().decode()
    assert names(colleague.get(LIST, {"urgenza": "isolation"})) == []
    assert "rischia di restare sola</td>" in signed_in(coordinator).get(LIST).content.decode()


def test_another_ambito_and_another_comune_see_nothing(worker, stranger, user_of, sondrio, signed_in, waiting):
    person, row = waiting(worker)
    client = signed_in(stranger)
    assert names(client.get(LIST)) == []
    assert client.post(page("waiting_removed", person, row), {"why": "moved"}).status_code == 404
    other = Comune.objects.filter(ambito=sondrio).exclude(pk=person.residence_id).first()
    officer = signed_in(user_of(Role.COMUNE_OFFICER, sondrio, comune=other))
    assert names(officer.get(LIST)) == []
    assert str(person.last_name) not in officer.get(FILE).getvalue().decode()


def test_leaving_asks_for_the_right(worker, coordinator, signed_in, waiting):
    person, row = waiting(worker)
    assert signed_in(coordinator).post(page("waiting_removed", person, row), {"why": "moved"}).status_code == 403
    assert signed_in(coordinator).post(page("waiting_proposed", person, row)).status_code == 403


def test_the_file_has_the_filters_of_the_page_and_its_look(worker, signed_in, waiting):
    person, _row = waiting(worker, 1, 40, "young")
    waiting(worker, 2, 3)
    client = signed_in(worker)
    response = client.get(FILE, {"urgenza": "young"})
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert response["Content-Disposition"].endswith('.csv"')
    assert len(lines) == 2
    assert lines[1].startswith(f"{person.last_name};{person.first_name};")
    assert ";40;in attesa;ha meno di 25 anni;" in lines[1]
    with scope(access_for(worker).scope):
        assert Look.objects.get(actor_id=worker.pk, kind=Look.Kind.EXPORT).subject_ids == [person.pk]


def test_no_text_of_the_file_is_taken_for_a_formula(worker, signed_in, waiting):
    person, _row = waiting(worker)
    with scope(access_for(worker).scope):
        type(person).objects.filter(pk=person.pk).update(last_name='=HYPERLINK("x")', first_name=" -1")
    text = signed_in(worker).get(FILE).getvalue().decode()
    assert "\"'=HYPERLINK" in text
    assert ";' -1;" in text


def test_two_people_of_one_merge_who_both_wait_are_refused_with_words(worker, signed_in, waiting):
    keep, _row = waiting(worker, 1)
    drop, _row = waiting(worker, 2)
    response = signed_in(worker).post(reverse("beneficiaries:merge_confirm", args=[keep.public_id, drop.public_id]))
    assert response.status_code == 422
