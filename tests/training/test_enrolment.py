"""Seats: the tutor enrols alone, waits in line, moves up; the office invites; nobody is in two places at once."""

import threading
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.hosts.models import CompanyTutor
from companies.training import services
from companies.training.models import Edition, Enrolment
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Fact, Message
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.services import publish_rulebook
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company, make_tutor
from tests.factories.training import at, close, make_course, make_edition, train

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def tutors(access):
    """Three, each of another company, with a sign-in."""
    return [make_tutor(access, make_company(access)) for _n in range(3)]


@pytest.fixture
def soon():
    return timezone.localdate() + timedelta(days=20)


def url_of(name, edition):
    return reverse(f"courses:{name}", args=[edition.public_id])


def states(edition):
    return dict(Enrolment.objects.filter(edition=edition).values_list("tutor_id", "state"))


def test_a_tutor_enrols_and_gives_the_place_back(signed_in, access, tutors, soon):
    edition = make_edition(access, on=soon)
    client = signed_in(tutors[0].user)
    offered = text_of(client.get(reverse("courses:mine")))
    assert "Ti manca ancora il corso iniziale" in offered and "Tutor in impresa" in offered and "restano 10 posti" in offered
    taken = client.post(url_of("enrol", edition), follow=True)
    assert "Hai il tuo posto" in text_of(taken) and states(edition) == {tutors[0].pk: "enrolled"}
    again = client.post(url_of("enrol", edition), follow=True)
    assert "è già nell&#x27;elenco" in text_of(again) and Enrolment.objects.count() == 1
    left = client.post(url_of("withdraw", edition), follow=True)
    assert "Non sei più nell&#x27;elenco" in text_of(left) and states(edition) == {tutors[0].pk: "withdrawn"}
    assert client.post(url_of("enrol", edition)).status_code == 303, "whoever changes their mind comes back"
    assert states(edition) == {tutors[0].pk: "enrolled"}
    codes = Fact.objects.filter(code__startswith="training.enrolment").order_by("id").values_list("code", "actor_id")
    assert [c for c, _who in codes] == ["training.enrolment.added", "training.enrolment.withdrawn", "training.enrolment.seated"]
    assert {who for _c, who in codes} == {tutors[0].user_id}


def test_the_second_on_the_last_place_waits_and_moves_up(signed_in, worker, access, tutors, soon):
    edition = make_edition(access, on=soon, seats=1)
    first, second, third = (signed_in(t.user) for t in tutors)
    first.post(url_of("enrol", edition))
    told = second.post(url_of("enrol", edition), follow=True)
    assert "sei in lista d&#x27;attesa, al posto n. 1" in text_of(told)
    assert "al posto n. 2" in text_of(third.post(url_of("enrol", edition), follow=True))
    assert "al posto n. 2" in text_of(third.get(url_of("edition", edition)))
    office = text_of(signed_in(worker).get(reverse("training:detail", args=[edition.public_id])))
    assert "in lista d'attesa, n. 1" in office and "0 di 1" in office
    assert not Message.objects.filter(kind="training.seat").exists()

    first.post(url_of("withdraw", edition))
    assert states(edition) == {tutors[0].pk: "withdrawn", tutors[1].pk: "enrolled", tutors[2].pk: "waiting"}
    mail = Message.objects.get(kind="training.seat")
    assert mail.address == tutors[1].email and "si è liberato un posto" in mail.body and url_of("edition", edition) in mail.body
    assert "al posto n. 1" in text_of(third.get(url_of("edition", edition)))
    assert "al posto n. 2" in text_of(first.post(url_of("enrol", edition), follow=True)), "who comes back stands at the end"


def test_where_the_office_enrols_a_tutor_only_answers_an_invitation(signed_in, worker, access, tutors, soon, sondrio):
    """Rule 91, `course_self_enrolment`: a choice of the network, for courses are."""
    switch = {"changes": {"course_self_enrolment": False}, "act": "prova", "by": access}
    publish_rulebook(network=sondrio.network, valid_from=timezone.localdate(), **switch)
    edition = make_edition(access, on=soon)
    client = signed_in(tutors[0].user)
    assert "Tutor in impresa" not in text_of(client.get(reverse("courses:mine")))
    assert "Prendi il posto" not in text_of(client.get(url_of("edition", edition)))
    assert "iscrive l&#x27;ufficio" in text_of(client.post(url_of("enrol", edition), follow=True)) and states(edition) == {}
    services.invite_tutor(edition=edition, tutor=tutors[0], by=access, now=timezone.now())
    assert "Prendi il posto" in text_of(client.get(url_of("edition", edition)))
    assert client.post(url_of("enrol", edition)).status_code == 303 and states(edition) == {tutors[0].pk: "enrolled"}


@pytest.mark.django_db(transaction=True)
def test_two_on_the_last_place_at_once():
    worker = make_user(Role.SOCIAL_WORKER, Ambito.objects.get(name="Sondrio"))
    access = access_for(worker)
    with scope(access.scope):
        tutors = [make_tutor(access, make_company(access)) for _n in range(2)]
        edition = make_edition(access, on=timezone.localdate() + timedelta(days=20), seats=1)
    found, gate = [], threading.Barrier(2)

    def enrol(user_id):
        try:
            mine = access_for(User.objects.get(pk=user_id))
            gate.wait(timeout=10)
            with scope(mine.scope):
                row = services.enrol_myself(edition=edition, by=mine, now=timezone.now())
                found.append((row.state, row.place))
        finally:
            connection.close()

    threads = [threading.Thread(target=enrol, args=[t.user.pk]) for t in tutors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(found) == [("enrolled", 0), ("waiting", 1)]
    with scope(access.scope):
        assert sorted(states(edition).values()) == ["enrolled", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_one_tutor_in_two_courses_of_the_same_hour_at_once():
    worker = make_user(Role.SOCIAL_WORKER, Ambito.objects.get(name="Sondrio"))
    access = access_for(worker)
    on = timezone.localdate() + timedelta(days=20)
    with scope(access.scope):
        tutor = make_tutor(access, make_company(access))
        editions = [
            make_edition(access, on=on, meetings=1, course=make_course(access, kind="safety", module=module, minutes=240))
            for module in ("fire", "first_aid")
        ]
    found, gate = [], threading.Barrier(2)

    def enrol(edition):
        try:
            gate.wait(timeout=10)
            with scope(access.scope):
                found.append(services.enrol_tutor(edition=edition, tutor=tutor, by=access).state)
        except DomainError as error:
            found.append(str(error.words))
        finally:
            connection.close()

    threads = [threading.Thread(target=enrol, args=[e]) for e in editions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert "enrolled" in found and any("si sovrappongono" in words for words in found)


def test_overlapping_courses_are_refused_in_words(signed_in, worker, access, tutors, soon):
    first = make_edition(access, on=soon, meetings=1, course=make_course(access, title="Ascoltare", minutes=240))
    other = make_course(access, title="Primo soccorso", kind="safety", module="first_aid", minutes=60)
    inside = make_edition(access, on=soon, meetings=1, course=other, starts_at=time(12, 59))
    after = make_edition(access, on=soon, meetings=1, course=other, starts_at=time(13))
    client = signed_in(tutors[0].user)
    client.post(url_of("enrol", first))
    refused = text_of(client.post(url_of("enrol", inside), follow=True))
    assert f"{soon:%d/%m/%Y} alle 12:59" in refused and "«Ascoltare»" in refused and "si sovrappongono" in refused
    by_office = signed_in(worker).post(reverse("training:enrol", args=[inside.public_id]), {"tutor": tutors[0].pk})
    assert by_office.status_code == 422 and "si sovrappongono" in text_of(by_office)
    assert client.post(url_of("enrol", after)).status_code == 303 and states(after) == {tutors[0].pk: "enrolled"}


def test_who_waits_and_has_another_course_meanwhile_is_passed_over(access, tutors, soon):
    full = make_edition(access, on=soon, seats=1, meetings=1)
    rows = [services.enrol_tutor(edition=full, tutor=t, by=access) for t in tutors]
    busy = make_edition(access, on=soon, meetings=1, course=make_course(access, kind="safety", module="fire", minutes=60))
    services.enrol_tutor(edition=busy, tutor=tutors[1], by=access)
    services.withdraw(enrolment=rows[0], by=access, now=timezone.now())
    assert states(full) == {tutors[0].pk: "withdrawn", tutors[1].pk: "waiting", tutors[2].pk: "enrolled"}


def test_the_initial_course_is_done_once(signed_in, access, tutors, soon, today):
    train(access, tutors[0], today)
    edition = make_edition(access, on=soon)
    client = signed_in(tutors[0].user)
    assert url_of("edition", edition) not in text_of(client.get(reverse("courses:mine"))), "it is not offered"
    refused = text_of(client.post(url_of("enrol", edition), follow=True))
    assert "ha già fatto il corso iniziale" in refused and not states(edition)


def test_refresher_hours_have_a_cap_in_the_calendar_year(access, tutors):
    """8 hours a year as shipped: 4 + 4 fit, one minute more does not, the next year counts anew."""
    tutor, year = tutors[0], timezone.localdate().year + 1
    refresher = make_course(access, title="Aggiornamento", kind="refresher", minutes=240)
    one = make_course(access, title="Un minuto", kind="refresher", minutes=1)
    on = timezone.localdate().replace(year=year, month=3, day=2)
    for week in (0, 1):
        edition = make_edition(access, on=on + timedelta(weeks=week), meetings=1, course=refresher)
        services.enrol_tutor(edition=edition, tutor=tutor, by=access)
    with pytest.raises(DomainError, match=f"Nel {year} .* ha già 8:00 ore .* massimo di 8:00") as refusal:
        services.enrol_tutor(edition=make_edition(access, on=on + timedelta(weeks=3), meetings=1, course=one), tutor=tutor, by=access)
    assert refusal.value.field == "tutor"
    later = make_edition(access, on=on.replace(year=year + 1), meetings=1, course=refresher)
    assert services.enrol_tutor(edition=later, tutor=tutor, by=access).state == "enrolled"


def test_after_the_term_only_the_office_takes_a_tutor_out(signed_in, worker, access, tutors):
    on = timezone.localdate() + timedelta(days=1)  # two days before, as shipped: it was yesterday
    edition = make_edition(access, on=on, meetings=1)
    enrolment = services.enrol_tutor(edition=edition, tutor=tutors[0], by=access)
    client = signed_in(tutors[0].user)
    assert "Non posso venire" not in text_of(client.get(url_of("edition", edition)))
    refused = text_of(client.post(url_of("withdraw", edition), follow=True))
    assert f"fino al {on - timedelta(days=2):%d/%m/%Y}" in refused and "avvisa l&#x27;ufficio" in refused
    assert states(edition) == {tutors[0].pk: "enrolled"}
    signed_in(worker).post(reverse("training:withdraw", args=[edition.public_id, enrolment.public_id]))
    assert states(edition) == {tutors[0].pk: "withdrawn"}


def test_nobody_enrols_alone_once_it_has_begun(access, tutors, within, soon):
    edition = make_edition(access, on=soon, meetings=2)
    mine = access_for(tutors[0].user)
    with scope(mine.scope), pytest.raises(DomainError, match="già cominciata"):
        services.enrol_myself(edition=edition, by=mine, now=at(soon - timedelta(weeks=1), 9))
    assert services.enrol_tutor(edition=edition, tutor=tutors[0], by=access, now=at(soon, 20)).state == "enrolled"
    with pytest.raises(DomainError, match="già cominciata"):
        services.enrol_tutor(edition=edition, tutor=tutors[1], by=access, now=at(soon + timedelta(days=1), 9))


def test_an_invitation_leads_to_the_edition(signed_in, worker, access, tutors, soon):
    edition = make_edition(access, on=soon)
    client, url = signed_in(worker), reverse("training:invite", args=[edition.public_id])
    assert client.post(url, {"tutor": tutors[0].pk}).status_code == 303
    mail = Message.objects.get(kind="training.invitation")
    assert mail.address == tutors[0].email and url_of("edition", edition) in mail.body and "Tutor in impresa" in mail.body
    assert states(edition) == {tutors[0].pk: "invited"}
    twice = client.post(url, {"tutor": tutors[0].pk})
    assert twice.status_code == 422 and "Un messaggio uguale è già partito" in text_of(twice)
    me = signed_in(tutors[0].user)
    assert "ti hanno invitato" in text_of(me.get(reverse("courses:mine")))
    me.post(url_of("enrol", edition))
    assert states(edition) == {tutors[0].pk: "enrolled"}
    late = client.post(url, {"tutor": tutors[0].pk})
    assert late.status_code == 422 and Message.objects.count() >= 1


def test_more_seats_go_to_who_waits(signed_in, worker, access, tutors, soon):
    edition = make_edition(access, on=soon, seats=1)
    for tutor in tutors:
        services.enrol_tutor(edition=edition, tutor=tutor, by=access)
    client, url = signed_in(worker), reverse("training:change", args=[edition.public_id])
    sent = {"place": "Altrove", "seats": "2", "trainer": "", "row_version": edition.row_version}
    assert client.post(url, sent).status_code == 303
    assert sorted(states(edition).values()) == ["enrolled", "enrolled", "waiting"]
    edition.refresh_from_db()
    fewer = client.post(url, {**sent, "seats": "1", "row_version": edition.row_version})
    assert fewer.status_code == 422 and "sono già 2" in text_of(fewer)
    stale = client.post(url, {**sent, "seats": "9", "row_version": 1})
    assert stale.status_code == 422 and Edition.objects.get().seats == 2


def test_a_tutor_sees_the_own_enrolments_and_no_others(access, tutors, soon):
    """The policy of the table: a company user reaches the tutors engaged by the own companies, and their enrolments."""
    edition = make_edition(access, on=soon)
    for tutor in tutors:
        services.enrol_tutor(edition=edition, tutor=tutor, by=access)
    mine = access_for(tutors[0].user)
    with scope(mine.scope):
        assert list(CompanyTutor.objects.values_list("pk", flat=True)) == [tutors[0].pk]
        assert list(Enrolment.objects.values_list("tutor_id", flat=True)) == [tutors[0].pk]
        assert Edition.objects.count() == 1
    assert Enrolment.objects.count() == 3


def test_anothers_enrolment_is_not_mine_to_touch(signed_in, access, tutors, soon, today):
    edition = make_edition(access, on=soon)
    services.enrol_tutor(edition=edition, tutor=tutors[1], by=access)
    client = signed_in(tutors[0].user)
    for name in ("withdraw", "questions", "badge"):
        assert client.post(url_of(name, edition)).status_code in (404, 422)
    assert states(edition) == {tutors[1].pk: "enrolled"}


def test_who_is_nobodys_tutor(signed_in, user_of, sondrio, worker, access, soon):
    edition = make_edition(access, on=soon)
    for name in ("edition", "enrol"):
        assert signed_in(worker).post(url_of(name, edition)).status_code in (403, 405)
    assert signed_in(worker).get(reverse("courses:mine")).status_code == 403


def test_the_page_has_constant_queries(signed_in, access, tutors, soon):
    client, url = signed_in(tutors[0].user), reverse("courses:mine")
    course = make_course(access)
    full = make_edition(access, on=soon, seats=1, course=course)
    services.enrol_tutor(edition=full, tutor=tutors[1], by=access)
    services.enrol_tutor(edition=full, tutor=tutors[0], by=access)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for n in range(1, 6):
        make_edition(access, on=soon + timedelta(days=n), course=course, starts_at=time(15))
    with CaptureQueriesContext(connection) as many:
        page = client.get(url)
    assert len(many) == len(one) and text_of(page).count('class="panel day-card"') == 6


def test_closing_sends_away_who_never_had_a_seat(access, tutors):
    on = timezone.localdate()
    edition = make_edition(access, on=on, meetings=1, seats=1)
    seated, waiting = (services.enrol_tutor(edition=edition, tutor=t, by=access, now=at(on, 8)) for t in tutors[:2])
    close(access, edition, {seated.pk: 480}, today=on)
    assert states(edition) == {tutors[0].pk: "attended", tutors[1].pk: "withdrawn"}
    assert waiting.state == "waiting"


def test_who_is_no_company_s_tutor_yet_reads_so(signed_in, access):
    """The gallery met a tutor of a network that has just begun: the page of the menu was not found."""
    page = signed_in(make_user(Role.COMPANY_TUTOR, None, company=make_company(access))).get(reverse("courses:mine"))
    assert page.status_code == 200 and "Ancora nessun corso per te" in text_of(page)
