"""The care team: who joins and leaves, from when; and the case that passes to a colleague, alone or with all the others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.models import Fact, Message
from impresasolidale.core.scope import scope
from placements.beneficiaries.models import CareMember

pytestmark = pytest.mark.django_db
HAND_OVER, REFERENTS = reverse("beneficiaries:hand_over"), reverse("beneficiaries:referents")


def page(name, person):
    return reverse(f"beneficiaries:{name}", args=[person.public_id])


def today():
    return timezone.localdate()


def passing(taker, *people, **changes):
    return {"to": taker.pk, "from_on": today().isoformat(), "why": "load", "words": "", "people": [p.public_id for p in people], **changes}


def team(user, person):
    with scope(access_for(user).scope):
        rows = CareMember.objects.filter(beneficiary=person).order_by("id").select_related("user")
        return [(row.user, row.role, row.valid_from, row.valid_to) for row in rows]


def inbox(client):
    found = client.get("/da-fare/").context["inbox"]
    return [todo.title for todo in found.mine], [todo.title for todo in found.others]


@pytest.fixture
def colleague(user_of, sondrio):
    return user_of(Role.SOCIAL_WORKER, sondrio, number=2)


@pytest.fixture
def people(worker, registered):
    return [registered(worker, number=number) for number in (1, 2, 3)]


def test_one_person_passes_and_with_her_what_there_is_to_do(worker, colleague, signed_in, people):
    person = people[0]
    with scope(access_for(worker).scope):
        for about, title in ((person, "Chiama la sede"), (people[1], "Chiama il tutor")):
            todos.ask(kind="prova", subject=about, title=title, url="/", role=Role.SOCIAL_WORKER, by=access_for(worker))
    client = signed_in(worker)
    assert f"persona={person.public_id}" in client.get(page("detail", person)).content.decode()
    shown = client.get(HAND_OVER, {"persona": person.public_id})
    assert shown.content.decode().count("checked") == 1
    assert client.post(HAND_OVER, passing(colleague, person)).status_code == 303
    assert client.get(page("detail", person))["Location"].startswith(page("reason", person))
    assert client.get(page("detail", people[1])).status_code == 200
    taker = signed_in(colleague)
    assert taker.get(page("detail", person)).status_code == 200
    assert inbox(taker) == (["Chiama la sede"], ["Chiama il tutor"])
    assert inbox(client) == (["Chiama il tutor"], ["Chiama la sede"])
    with scope(access_for(worker).scope):
        fact = Fact.objects.get(code="beneficiaries.care_team.handed_over")
        assert (fact.subject_id, fact.reason) == (person.pk, "Ridistribuiamo le persone")
        assert fact.data == {"before": [worker.pk], "to": colleague.pk, "on": today().isoformat()}
        sent = {m.address: m for m in Message.objects.filter(kind="beneficiaries.handover")}
    assert sent.keys() == {worker.email, colleague.email}
    for message in sent.values():
        assert person.last_name not in message.subject + message.body
    assert "sei il referente di una persona" in sent[colleague.email].body
    assert "passa a un altro referente" in signed_in(colleague).get(reverse("desk:diary", args=[person.public_id])).content.decode().lower()


def test_all_of_them_pass_from_a_day_that_comes(worker, colleague, signed_in, people):
    day = today() + timedelta(days=10)
    client = signed_in(worker)
    response = client.post(HAND_OVER, passing(colleague, from_on=day.isoformat(), why="away", everybody="on"), follow=True)
    assert "3 persone passano a" in response.content.decode()
    for person in people:
        assert team(worker, person) == [
            (worker, "referent", today(), day - timedelta(days=1)),
            (colleague, "referent", day, None),
        ]
        assert client.get(page("detail", person)).status_code == 200
        assert signed_in(colleague).get(page("detail", person)).status_code == 303
    with scope(access_for(worker).scope):
        assert Message.objects.filter(kind="beneficiaries.handover").count() == 2


def test_some_pass_and_the_others_stay(worker, colleague, signed_in, people):
    signed_in(worker).post(HAND_OVER, passing(colleague, *people[:2]))
    assert [team(worker, person)[-1][0] for person in people] == [colleague, colleague, worker]


def test_a_plan_is_changed_before_its_day(worker, coordinator, colleague, user_of, sondrio, signed_in, people):
    third, day = user_of(Role.SOCIAL_WORKER, sondrio, number=3), today() + timedelta(days=10)
    signed_in(worker).post(HAND_OVER, passing(colleague, people[0], from_on=day.isoformat()))
    response = signed_in(coordinator).post(f"{HAND_OVER}?di={worker.public_id}", passing(third, people[0]))
    assert response.status_code == 303
    in_force = [user for user, _role, begin, end in team(worker, people[0]) if begin <= day and (end is None or end >= day)]
    assert in_force == [third]


def test_who_stays_in_the_team_goes_on_opening_the_record(worker, colleague, signed_in, people):
    client = signed_in(worker)
    client.post(page("care_team", people[0]), {"user": worker.pk, "role": "member", "valid_from": today().isoformat()})
    client.post(HAND_OVER, passing(colleague, people[0]))
    assert client.get(page("detail", people[0])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": []}, "people"),
        ({"to": ""}, "to"),
        ({"from_on": "2020-01-01"}, "from_on"),
        ({"from_on": ""}, "from_on"),
        ({"why": "", "words": ""}, "why"),
        ({"why": "other", "words": ""}, "words"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_nobody_passes(worker, colleague, signed_in, people, changes, field):
    response = signed_in(worker).post(HAND_OVER, passing(colleague, people[0], **changes))
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert team(worker, people[0]) == [(worker, "referent", today(), None)]


def test_nobody_passes_to_another_office_nor_somebody_else_s_people(worker, colleague, stranger, signed_in, registered, people):
    theirs = registered(colleague, number=5)
    client = signed_in(worker)
    assert client.post(HAND_OVER, passing(stranger, people[0])).context["form"].errors.keys() == {"to"}
    assert client.post(HAND_OVER, passing(worker, people[0])).context["form"].errors.keys() == {"to"}
    assert client.post(HAND_OVER, passing(colleague, theirs)).context["form"].errors.keys() == {"people"}
    assert client.get(HAND_OVER, {"di": colleague.public_id}).status_code == 404
    assert client.get(HAND_OVER, {"di": "nessuno"}).status_code == 404
    assert team(worker, theirs) == [(colleague, "referent", today(), None)]


def test_the_coordinator_sees_who_follows_whom_and_who_has_nobody(worker, coordinator, colleague, signed_in, registered, people):
    registered(colleague, number=5)
    client = signed_in(coordinator)
    first = client.get(REFERENTS)
    assert [(load.user, load.people, load.works_here) for load in first.context["loads"]] == [(worker, 3, True), (colleague, 1, True)]
    assert "Persone senza referente" not in first.content.decode()
    Membership.objects.filter(user=worker).update(valid_to=today() - timedelta(days=1))
    gone = client.get(REFERENTS)
    assert gone.context["alone"] == 3
    assert "non lavora più qui" in gone.content.decode()
    assert len(client.get(HAND_OVER, {"di": "nessuno"}).context["people"]) == 3
    assert client.post(f"{HAND_OVER}?di=nessuno", passing(colleague, everybody="on", why="leaves"))["Location"] == REFERENTS
    after = client.get(REFERENTS)
    assert [(load.user, load.people) for load in after.context["loads"]] == [(colleague, 4)]
    assert after.context["alone"] == 0
    assert "Nessuna persona da passare" in client.get(HAND_OVER, {"di": "nessuno"}).content.decode()


@pytest.mark.parametrize("role", [Role.PROMOTER_TUTOR, Role.CLERK, Role.COMUNE_OFFICER, Role.ACCOUNTING])
def test_others_hand_nobody_over(role, worker, colleague, user_of, sondrio, signed_in, people):
    client = signed_in(user_of(role, sondrio, number=4))
    assert client.get(REFERENTS).status_code == 403
    assert client.post(HAND_OVER, passing(colleague, people[0])).status_code == 403
    assert len(team(worker, people[0])) == 1


def test_who_follows_nobody_is_told_so(colleague, signed_in):
    assert "Non sei il referente di nessuno" in signed_in(colleague).get(HAND_OVER).content.decode()


def test_a_colleague_joins_from_a_day_and_leaves_after_another(worker, colleague, signed_in, people):
    person, client, day = people[0], signed_in(worker), today() + timedelta(days=3)
    joined = {"user": colleague.pk, "role": "member", "valid_from": day.isoformat()}
    assert client.post(page("care_team", person), joined).status_code == 303
    assert signed_in(colleague).get(page("detail", person)).status_code == 303
    assert client.post(page("care_team", person), joined).context["form"].errors.keys() == {"user"}
    assert client.post(page("care_team", person), {**joined, "role": "educator", "valid_from": "2020-01-01"}).status_code == 422
    with scope(access_for(worker).scope):
        member = CareMember.objects.get(beneficiary=person, user=colleague)
    assert client.get(page("leave_care_team", person)).content.decode().count(f'value="{member.pk}"') == 1
    early = client.post(page("leave_care_team", person), {"member": member.pk, "valid_to": today().isoformat()})
    assert (early.status_code, early.context["form"].errors.keys()) == (422, {"valid_to"})
    assert client.post(page("leave_care_team", person), {"member": member.pk, "valid_to": day.isoformat()}).status_code == 303
    assert team(worker, person)[-1] == (colleague, "member", day, day)
    referent = client.post(page("leave_care_team", person), {"member": member.pk - 1, "valid_to": day.isoformat()})
    assert referent.context["form"].errors.keys() == {"member"}


def test_the_overview_costs_the_same_for_one_and_for_many(worker, coordinator, colleague, signed_in, registered, people):
    client = signed_in(coordinator)
    client.get(REFERENTS)
    with CaptureQueriesContext(connection) as one:
        client.get(REFERENTS)
    for number in (5, 6):
        registered(colleague, number=number)
    with CaptureQueriesContext(connection) as many:
        client.get(REFERENTS)
    assert len(many) == len(one)
