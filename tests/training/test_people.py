"""Hours behind a tutor, refreshers that are due, courses of elsewhere, and the passport that goes along to the next employer."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from companies.hosts import services as hosts
from companies.training import selectors, services
from companies.training.models import Recognition
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict
from impresasolidale.core.models import Document, Job, Verification
from impresasolidale.core.rendering import html_of, render_document
from impresasolidale.territory.rules import add_months
from tests.factories.hosts import make_company, make_tutor
from tests.factories.training import make_course, make_edition, train

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def company(access):
    return make_company(access, name="Forno di prova")


@pytest.fixture
def tutor(access, company):
    return make_tutor(access, company)


def sent(**changes):
    on = timezone.localdate() - timedelta(days=40)
    return {
        "kind": "initial", "title": "Tutor altrove", "issuer": "Ente di prova", "minutes": "12", "completed_on": on.isoformat(), **changes,
    }  # fmt: skip


def test_a_course_of_elsewhere_makes_a_tutor_trained(signed_in, worker, access, tutor):
    on = timezone.localdate() - timedelta(days=40)
    client, url = signed_in(worker), reverse("training:recognise", args=[tutor.public_id])
    ahead = client.post(url, sent(completed_on=(timezone.localdate() + timedelta(days=1)).isoformat()))
    assert ahead.status_code == 422 and "deve ancora venire" in text_of(ahead)
    assert client.post(url, sent()).status_code == 303
    assert selectors.is_trained(access, tutor.pk, on) and not selectors.is_trained(access, tutor.pk, on - timedelta(days=1))
    assert Job.objects.filter(name="agreements.refresh_all").count() == 1, "the lights ask again"
    twice = client.post(url, sent())
    assert twice.status_code == 422 and "già riconosciuto" in text_of(twice)
    row = Recognition.objects.get()
    assert client.post(reverse("training:withdraw_recognition", args=[row.public_id])).status_code == 303
    assert not selectors.is_trained(access, tutor.pk, timezone.localdate())
    with pytest.raises(Conflict):
        services.withdraw_recognition(recognition=row, by=access, now=timezone.now())
    assert client.post(url, sent()).status_code == 303, "written again, rightly this time"


def test_a_recognised_refresher_does_not_make_trained_and_moves_the_day(access, tutor, today):
    def book():
        return selectors.passport_of(access, tutor, today).book

    services.recognise_course(
        tutor=tutor, kind="refresher", title="Giornata", issuer="Ente", minutes=240, completed_on=today, by=access, today=today
    )
    assert book().trained_on is None and book().due_on is None and book().refresher == 240
    train(access, tutor, today - timedelta(days=300))
    found = book()
    assert (found.trained_on, found.last_on) == (today - timedelta(days=300), today)
    assert found.due_on == add_months(today, 24) and not found.is_due(today) and found.is_due(found.due_on + timedelta(days=1))
    assert (found.initial, found.refresher, found.year_refresher, found.total) == (480, 240, 0, 720)


def test_hours_count_in_the_calendar_year_they_were_followed(access, tutor, today):
    train(access, tutor, today - timedelta(days=400))
    refresher = make_course(access, title="Aggiornamento", kind="refresher", minutes=240)
    train(access, tutor, today.replace(month=1, day=10), course=refresher)
    train(access, tutor, today.replace(year=today.year - 1, month=12, day=20), course=refresher)
    book = selectors.passport_of(access, tutor, today).book
    assert (book.refresher, book.year_refresher) == (480, 240)
    assert book.last_on == today.replace(month=1, day=10)


def test_who_needs_a_refresher_and_by_when(signed_in, worker, access, company, tutor, today):
    old, late, fresh = (make_tutor(access, company, with_user=False) for _n in range(3))
    train(access, old, today - timedelta(days=800))
    train(access, late, today - timedelta(days=600))
    train(access, fresh, today - timedelta(days=10))
    client, url = signed_in(worker), reverse("training:tutors")
    rows = client.get(url).context["rows"]
    assert [t.pk for t in rows] == [tutor.pk, old.pk, late.pk, fresh.pk]
    assert [t.is_due for t in rows] == [False, True, False, False]
    assert [t.pk for t in client.get(url, {"stato": "to_refresh"}).context["rows"]] == [old.pk, late.pk]
    assert [t.pk for t in client.get(url, {"stato": "to_train"}).context["rows"]] == [tutor.pk]
    sheet = client.get(reverse("training:tutors_file", args=["xlsx"]) + "?stato=to_refresh")
    cells = [[c.value for c in row] for row in load_workbook(io.BytesIO(sheet.getvalue())).active.iter_rows()]
    assert len(cells) == 3 and cells[1][0] == f"{old.last_name} {old.first_name}" and cells[1][3] == "8:00"
    table = b"".join(client.get(reverse("training:tutors_file", args=["csv"])).streaming_content).decode()
    assert table.count("\n") == 5 and "Forno di prova" in table
    assert client.get(reverse("training:tutors_file", args=["pdf"])).status_code == 404


def test_the_tutors_list_has_constant_queries(signed_in, worker, access, company, tutor, today):
    client, url = signed_in(worker), reverse("training:tutors")
    train(access, tutor, today)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _n in range(5):
        train(access, make_tutor(access, company, with_user=False), today)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(one)


def test_the_passport_follows_to_the_next_employer(signed_in, worker, access, company, tutor, today):
    enrolment = train(access, tutor, today)
    hosts.end_engagement(company=company, tutor=tutor, on=today, by=access, today=today)
    next_one = make_company(access, name="Vivaio di prova")
    hosts.engage_tutor(
        company=next_one, first_name=tutor.first_name, last_name=tutor.last_name, email=tutor.email, valid_from=today + timedelta(days=1),
        by=access, today=today,
    )  # fmt: skip
    client = signed_in(worker)
    page = text_of(client.get(reverse("training:tutor", args=[tutor.public_id])))
    assert "Forno di prova" in page and "Vivaio di prova" in page and "Tutor in impresa" in page
    assert client.post(reverse("training:make_passport", args=[tutor.public_id])).status_code == 303
    paper = Document.objects.get(kind="training.passport")
    certificate = Document.objects.get(subject_id=enrolment.pk, kind="training.attendance_certificate")
    code = Verification.objects.get(document_id=certificate.pk).code
    row = paper.context["courses"][0]
    assert row["address"].endswith(f"/verifica/{code}") and row["number"] == certificate.number
    html = html_of(paper, "A" * 26)
    assert "Forno di prova" in html and "Vivaio di prova" in html and html.count("data:image/png") == 2
    assert client.post(reverse("training:make_passport", args=[tutor.public_id])).status_code == 303
    assert Document.objects.filter(kind="training.passport").count() == 1, "nothing new: the same paper"
    refresher = make_course(access, title="Aggiornamento", kind="refresher", minutes=60)
    train(access, tutor, today, course=refresher)
    client.post(reverse("training:make_passport", args=[tutor.public_id]))
    newer = Document.objects.filter(kind="training.passport").order_by("-id").first()
    assert newer.supersedes_id == paper.pk and len(newer.context["courses"]) == 2


def test_a_tutor_reads_the_own_passport_and_nobody_elses(signed_in, user_of, sondrio, access, company, tutor, today):
    other = make_tutor(access, make_company(access))
    train(access, tutor, today)
    train(access, other, today)
    me = signed_in(tutor.user)
    page = text_of(me.get(reverse("courses:passport")))
    assert "Tutor in impresa" in page and other.last_name not in page
    assert me.post(reverse("courses:make_passport")).status_code == 303
    paper = Document.objects.get(kind="training.passport")
    assert paper.created_by_id == tutor.user_id
    url = reverse("courses:paper", args=[paper.public_id])
    assert me.get(url).status_code == 404, "not rendered yet"
    render_document(paper.pk)
    answer = me.get(url)
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF")
    assert signed_in(other.user).get(url).status_code == 404
    for paper in Document.objects.filter(kind="training.attendance_certificate"):
        render_document(paper.pk)
        mine = paper.context["person_last_name"] == tutor.last_name
        answer = me.get(reverse("courses:paper", args=[paper.public_id]))
        assert answer.status_code == (200 if mine else 404)
        assert not mine or b"".join(answer.streaming_content).startswith(b"%PDF")
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    assert clerk.get(reverse("training:tutor", args=[tutor.public_id])).status_code == 403
    reader = signed_in(user_of(Role.PROMOTER_TUTOR, sondrio))
    assert reader.get(reverse("training:recognise", args=[tutor.public_id])).status_code == 403


def test_the_light_reads_the_certificate(access, tutor, today):
    """Rule 91: to have come is not enough, the certificate of an initial course is (or one recognised)."""
    train(access, tutor, today, minutes=300)
    assert not selectors.is_trained(access, tutor.pk, today)
    edition = make_edition(access, on=today, meetings=1)
    assert services.enrol_tutor(edition=edition, tutor=tutor, by=access).state == "enrolled", "who lacks the hours may come again"
