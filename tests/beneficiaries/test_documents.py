"""The papers of a person: added by category, downloaded by who may open the record, withdrawn, reminded before they expire."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Deadline, Fact, Look
from impresasolidale.core.scope import scope
from placements.beneficiaries.models import PersonDocument
from tests.factories.attendance import make_host, make_tutor

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 prova"


def page(name, person, *more):
    return reverse(f"beneficiaries:{name}", args=[person.public_id, *more])


def paper(content=PDF, **changes):
    file = SimpleUploadedFile("decreto.pdf", content)
    return {"category": "decree", "file": file, "dated_on": "2026-01-10", "expires_on": "", "note": "Tribunale di Prova", **changes}


def rows(user, model, **which):
    with scope(access_for(user).scope):
        return list(model.objects.filter(**which).order_by("id"))


@pytest.fixture
def person(worker, registered):
    return registered(worker)


def test_a_paper_is_added_listed_by_category_and_downloaded(worker, signed_in, person):
    client = signed_in(worker)
    assert "Ancora nessun documento" in client.get(page("documents", person)).content.decode()
    assert 'enctype="multipart/form-data"' in client.get(page("new_document", person)).content.decode()
    assert client.post(page("new_document", person), paper())["Location"] == page("documents", person)
    client.post(page("new_document", person), paper(category="identity_card", note="", dated_on="2025-05-01"))
    shown = client.get(page("documents", person))
    assert [str(label) for label, _papers in shown.context["groups"]] == ["decreto di nomina", "documento d'identità"]
    assert "Tribunale di Prova" in shown.content.decode()
    row = rows(worker, PersonDocument)[0]
    answer = client.get(page("document_file", person, row.public_id))
    assert b"".join(answer.streaming_content) == PDF
    assert rows(worker, Look, kind=Look.Kind.DOCUMENT, actor_id=worker.pk)
    with connection.cursor() as cursor, scope(access_for(worker).scope):
        cursor.execute("SELECT note FROM beneficiaries_persondocument WHERE note <> ''")
        assert "Tribunale" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": ""}, "category"),
        ({"file": ""}, "file"),
        ({"content": b"MZ not a paper"}, "file"),
        ({"dated_on": "2126-01-01"}, "dated_on"),
        ({"dated_on": "1930-01-01"}, "dated_on"),
        ({"expires_on": "2025-01-01"}, "expires_on"),
    ],
)
def test_a_refusal_stands_beside_its_field(worker, signed_in, person, changes, field):
    response = signed_in(worker).post(page("new_document", person), paper(**changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert rows(worker, PersonDocument) == []


def test_one_that_expires_asks_in_time_and_the_new_one_closes_it(worker, signed_in, person):
    client, soon = signed_in(worker), timezone.localdate() + timedelta(days=20)
    client.post(page("new_document", person), paper(expires_on=soon.isoformat()))
    (deadline,) = rows(worker, Deadline, kind="beneficiaries.document_expires", closed_at=None)
    assert (deadline.due_on, deadline.role, deadline.url) == (soon, Role.SOCIAL_WORKER, page("documents", person))
    client.post(page("new_document", person), paper(dated_on="2026-02-10"))
    assert rows(worker, Deadline, kind="beneficiaries.document_expires", closed_at=None) == []


def test_one_put_here_by_mistake_is_withdrawn_with_a_reason(worker, signed_in, person):
    client = signed_in(worker)
    client.post(page("new_document", person), paper())
    (row,) = rows(worker, PersonDocument)
    address = page("withdraw_document", person, row.public_id)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "È di un’altra persona"}).status_code == 303
    shown = client.get(page("documents", person)).content.decode()
    assert "Documenti ritirati" in shown and "È di un’altra persona" in shown
    for gone in (page("document_file", person, row.public_id), address):
        assert client.get(gone).status_code == 404
    assert rows(worker, Fact, code="beneficiaries.document.withdrawn")


def test_who_may_open_them(worker, stranger, user_of, sondrio, signed_in, registered, person):
    signed_in(worker).post(page("new_document", person), paper())
    (row,) = rows(worker, PersonDocument)
    file = page("document_file", person, row.public_id)
    assert signed_in(stranger).get(file).status_code == 404
    colleague = signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2))
    for address in (file, page("documents", person)):
        assert colleague.get(address)["Location"].startswith(page("reason", person))
    other = registered(worker, number=2)
    assert signed_in(worker).get(page("document_file", other, row.public_id)).status_code == 404
    for role in (Role.CLERK, Role.COMUNE_OFFICER, Role.ACCOUNTING):
        assert signed_in(user_of(role, sondrio, number=3)).get(file).status_code == 403
    with scope(access_for(worker).scope):
        _tutor, user = make_tutor(sondrio, make_host(sondrio))
    assert signed_in(user).get(file).status_code == 403
    with scope(access_for(user).scope):
        assert not PersonDocument._base_manager.exists()


def test_the_act_of_a_judicial_case_is_for_who_may_read_that_area(worker, user_of, sondrio, signed_in, registered):
    person = registered(worker, number=4, target_area="judicial")
    client = signed_in(worker)
    client.post(page("new_document", person), paper(category="status_act"))
    educator = user_of(Role.PROMOTER_TUTOR, sondrio)
    client.post(page("care_team", person), {"user": educator.pk, "role": "educator"})
    (row,) = rows(worker, PersonDocument)
    theirs = signed_in(educator)
    assert theirs.get(page("documents", person)).context["groups"] == []
    assert theirs.get(page("document_file", person, row.public_id)).status_code == 404
    assert "status_act" not in theirs.get(page("new_document", person)).content.decode()


def test_the_page_costs_the_same_for_one_and_for_many(worker, signed_in, person):
    client = signed_in(worker)
    client.post(page("new_document", person), paper())
    client.get(page("documents", person))
    with CaptureQueriesContext(connection) as one:
        client.get(page("documents", person))
    for day in range(11, 16):
        client.post(page("new_document", person), paper(dated_on=f"2026-01-{day}", category="other"))
    client.get(page("documents", person))
    with CaptureQueriesContext(connection) as many:
        client.get(page("documents", person))
    assert len(many) == len(one)
