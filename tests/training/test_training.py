"""Editions through the office's pages: plan, enrol, the lists; who is trained, and when."""

import uuid
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.training import selectors, services
from companies.training.models import Course, Edition, Enrolment, Session
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Look
from impresasolidale.core.rendering import html_of, render_document
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Network
from tests.factories.hosts import make_company, make_tutor
from tests.factories.training import make_course, make_edition, train

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def edition_page(**changes):
    return {
        "title": "Tutor in impresa",
        "course_minutes": "8",
        "kind": "initial",
        "place": "Sondrio, sala civica",
        "seats": "12",
        "on_1": "2026-12-02",
        "starts_at_1": "09:00",
        "minutes_1": "4",
        "on_2": "2026-12-09",
        "starts_at_2": "09:00",
        "minutes_2": "4:00",
        **changes,
    }


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def tutors(access):
    company = make_company(access)
    return [make_tutor(access, company, with_user=False) for _n in range(3)]


def test_an_edition_with_a_new_course_and_its_meetings(signed_in, worker, access):
    client = signed_in(worker)
    response = client.post(reverse("training:new"), edition_page())
    edition = Edition.objects.get()
    assert response.status_code == 303 and response["Location"] == reverse("training:detail", args=[edition.public_id])
    assert (edition.course.minutes, edition.course.kind) == (480, "initial")
    assert [(s.on, s.starts_at, s.minutes) for s in Session.objects.order_by("on")] == [
        (date(2026, 12, 2), time(9), 240),
        (date(2026, 12, 9), time(9), 240),
    ]
    again = client.post(reverse("training:new"), edition_page(title="", course_minutes="", course=edition.course_id))
    assert again.status_code == 303 and Course.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minutes_2": "3"}, "durano in tutto 7:00 ore, il corso ne dura 8:00"),
        ({"on_2": "2026-12-02"}, "Due incontri si sovrappongono"),
        ({"on_2": "2026-12-02", "starts_at_2": "12:59"}, "finisce alle 13:00, l&#x27;altro comincia alle 12:59"),
        ({"kind": "safety"}, "Scegli quale modulo di sicurezza"),
        ({"module": "fire"}, "Il modulo si sceglie solo per la sicurezza"),
        ({"title": ""}, "Per un corso nuovo serve anche questo"),
        ({"starts_at_2": ""}, "Per questo incontro serve anche questo"),
        ({"on_1": ""}, "obbligatorio"),
        ({"seats": "0"}, "1"),
        ({"minutes_1": "otto"}, "Scrivi le ore"),
        ({"minutes_1": "0"}, "Un incontro dura"),
    ],
)
def test_an_edition_that_does_not_hold_is_refused_whole(signed_in, worker, access, changes, words):
    response = signed_in(worker).post(reverse("training:new"), edition_page(**changes))
    assert response.status_code == 422 and words in text_of(response) and "sala civica" in text_of(response)
    assert not Edition.objects.exists() and not Course.objects.exists()


def test_enrolment_ends_with_the_seats(signed_in, worker, access, tutors, today):
    edition = make_edition(access, on=timezone.localdate() + timedelta(days=9), seats=2)
    client, url = signed_in(worker), reverse("training:enrol", args=[edition.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"tutor": tutors[0].pk}).status_code == 303
    twice = client.post(url, {"tutor": tutors[0].pk})
    assert twice.status_code == 422 and "è già nell&#x27;elenco" in text_of(twice)
    with pytest.raises(DomainError, match="è già nell'elenco"):
        services.enrol_tutor(edition=edition, tutor=tutors[0], by=access)
    assert client.post(url, {"tutor": tutors[1].pk}).status_code == 303
    full = client.post(url, {"tutor": tutors[2].pk}, follow=True)
    assert "I posti sono finiti" in text_of(full) and "posto n. 1" in text_of(full)
    assert list(Enrolment.objects.order_by("pk").values_list("state", flat=True)) == ["enrolled", "enrolled", "waiting"]
    with pytest.raises(IntegrityError, match="training_enrolment_once"), transaction.atomic():
        Enrolment.objects.create(edition=edition, tutor=tutors[0], network_id=access.network_id)


def test_who_missed_the_last_meeting_is_not_offered_a_seat(signed_in, worker, access, tutors, today):
    ahead, today_s, past = (make_edition(access, on=timezone.localdate() + timedelta(days=days), meetings=1) for days in (9, 0, -1))
    client = signed_in(worker)
    shown = ["Iscrivi un tutor" in text_of(client.get(reverse("training:detail", args=[e.public_id]))) for e in (ahead, today_s, past)]
    assert shown == [True, True, False]


def test_trained_needs_the_hours_of_an_initial_course_and_its_day(access, tutors, today):
    whole, part, other = tutors
    train(access, whole, today)
    train(access, part, today, minutes=431)
    train(access, other, today, course=make_course(access, title="Approfondimento", kind="refresher", minutes=240))
    assert selectors.is_trained(access, whole.pk, today)
    assert not selectors.is_trained(access, whole.pk, today - timedelta(days=1))
    assert not selectors.is_trained(access, part.pk, today)
    assert not selectors.is_trained(access, other.pk, today)
    with CaptureQueriesContext(connection) as queries:
        assert selectors.trained_tutor_ids(access, [t.pk for t in tutors], today) == {whole.pk}
    assert len(queries) == 1


def test_the_certificate_is_rendered_and_served_to_who_may_see_training(signed_in, worker, user_of, sondrio, access, tutors, today):
    enrolment = train(access, tutors[0], today)
    paper = Document.objects.get(subject_id=enrolment.pk)
    html = html_of(paper, "A" * 26)
    assert str(tutors[0]) in html and "Tutor in impresa" in html and "8\xa0h su 8\xa0h" in html and "18 novembre 2026" in html
    url = reverse("training:document", args=[paper.public_id])
    client = signed_in(worker)
    assert client.get(url).status_code == 404, "not rendered yet"
    render_document(paper.pk)
    response = client.get(url)
    assert response.status_code == 200 and b"".join(response.streaming_content).startswith(b"%PDF")
    assert Look.objects.filter(kind=Look.Kind.DOCUMENT, actor_id=worker.pk).exists()
    assert signed_in(user_of(Role.CLERK, sondrio)).get(url).status_code == 403
    assert client.get(reverse("training:document", args=[uuid.uuid4()])).status_code == 404
    assert paper.number in text_of(client.get(reverse("training:detail", args=[enrolment.edition.public_id])))


def test_lists_show_what_is_to_come_and_what_is_over_with_constant_queries(signed_in, worker, access, tutors):
    on = timezone.localdate()
    client = signed_in(worker)
    course = make_course(access)
    make_edition(access, on=on, course=course)
    client.get(reverse("training:list"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("training:list"))
    editions = [make_edition(access, on=on + timedelta(days=n), course=course) for n in range(1, 30)]
    services.enrol_tutor(edition=editions[0], tutor=tutors[0], by=access)
    old = make_edition(access, on=on - timedelta(days=1), course=course)
    with CaptureQueriesContext(connection) as many:
        first = client.get(reverse("training:list"))
    assert len(many) == len(one) and len(first.context["rows"]) == 25
    second = client.get(reverse("training:list") + first.context["next_url"])
    assert [e.ends_on for e in [*first.context["rows"], *second.context["rows"]]] == [on + timedelta(days=n) for n in range(30)]
    assert first.context["rows"][1].seats_left == 9
    past = client.get(reverse("training:past"))
    assert [e.pk for e in past.context["rows"]] == [old.pk]
    train(access, tutors[1], on)
    page = client.get(reverse("training:tutors"))
    assert [t.is_trained for t in page.context["rows"]] == [False, False, True] and ": 3. Formati: 1." in text_of(page)


def test_the_detail_has_constant_queries(signed_in, worker, access, tutors):
    edition = make_edition(access, on=timezone.localdate())
    client, url = signed_in(worker), reverse("training:detail", args=[edition.public_id])
    services.enrol_tutor(edition=edition, tutor=tutors[0], by=access)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for tutor in tutors[1:]:
        services.enrol_tutor(edition=edition, tutor=tutor, by=access)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(one)


def test_who_may(signed_in, user_of, sondrio, worker, access, tutors):
    edition = make_edition(access, on=timezone.localdate())
    detail, enrol = (reverse(f"training:{name}", args=[edition.public_id]) for name in ("detail", "enrol"))
    reader = signed_in(user_of(Role.PROMOTER_TUTOR, sondrio))
    assert reader.get(detail).status_code == 200
    assert reader.post(enrol, {"tutor": tutors[0].pk}).status_code == 403
    assert signed_in(user_of(Role.TRAINER, sondrio)).post(enrol, {"tutor": tutors[0].pk}).status_code == 303
    invited = make_tutor(access, make_company(access))
    of_company = signed_in(invited.user)
    for url in (reverse("training:list"), reverse("training:tutors"), detail, enrol):
        assert of_company.get(url).status_code == 403
    assert signed_in(worker).get(reverse("training:detail", args=[uuid.uuid4()])).status_code == 404


def test_another_networks_edition_does_not_exist_here(signed_in, worker, access):
    elsewhere = Network.objects.create(name="Rete di prova", code="prova")
    with scope(Scope(networks=frozenset({elsewhere.pk}))):
        course = Course.objects.create(title="Altrove", minutes=60, network=elsewhere)
        edition = Edition.objects.create(course=course, place="x", seats=1, network=elsewhere)
        Session.objects.create(edition=edition, on=date(2026, 12, 1), starts_at=time(9), minutes=60, network=elsewhere)
    for name in ("detail", "enrol", "invite", "change"):
        assert signed_in(worker).get(reverse(f"training:{name}", args=[edition.public_id])).status_code == 404
    chosen = signed_in(worker).post(reverse("training:new"), edition_page(title="", course_minutes="", course=course.pk))
    assert chosen.status_code == 422


@pytest.mark.parametrize(("starts_at", "status"), [("20:00", 303), ("20:01", 422)])
def test_a_meeting_ends_by_midnight(signed_in, worker, access, starts_at, status):
    answer = signed_in(worker).post(reverse("training:new"), edition_page(starts_at_2=starts_at))
    assert answer.status_code == status
    assert Edition.objects.exists() is (status == 303)
    assert status == 303 or "finirebbe dopo mezzanotte" in text_of(answer)
