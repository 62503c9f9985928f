"""The one transaction of a request: scope, submission, looks; what is refused leaves nothing behind."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template import Context, Template
from django.test import override_settings
from django.urls import path

from impresasolidale.core import audit, views
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.models import Document, Look, Submission, Upload
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import PatronSaint

pytestmark = pytest.mark.django_db


class Nothing(Form):
    pass


def saint(day: int = 19) -> PatronSaint:
    from impresasolidale.territory.models import Comune

    comune = Comune.objects.get(cadastral_code="F712")
    return PatronSaint.objects.create(comune=comune, month=3, day=day, name="San Giuseppe")


class Write(views.ServiceForm):
    template_name = "desk/search.html"
    form_class = Nothing

    def act(self, form: Any) -> str:
        saint()
        if self.request.POST.get("fail") == "domain":
            raise DomainError("Non oggi.")
        if self.request.POST.get("fail") == "conflict":
            raise Conflict
        if self.request.POST.get("fail") == "bug":
            raise RuntimeError
        if self.request.POST.get("fail") == "constraint":
            saint(day=32)
        return "/fatto/"


class Refuse(views.Action):
    def act(self) -> str:
        raise DomainError("Rossi Prova ha già un posto.")

    def back(self) -> str:
        return "/fatto/"


def scanned(request):
    upload = Upload(kind="signature", file_name="uploads/never-written.pdf", content_type="application/pdf")
    return views.serve_upload(upload, by=request.access)


def paper(request):
    document = Document(kind="agreements.project", number="1/2026", state=Document.State.READY, file_name="documents/never-written.pdf")
    return views.serve_document(document, by=request.access)


def look(request):
    audit.look(Look.Kind.DETAIL, request.user, by=request.access, place="test")
    if request.GET.get("gone"):
        raise Http404
    return HttpResponse("ok")


def lazy(request):
    """A lazy queryset evaluated while the template renders."""
    return HttpResponse(Template("{% for u in uploads %}{{ u.kind }} {% endfor %}").render(Context({"uploads": Upload.objects.all()})))


def stream(request):
    def rows():
        with scope(request.access.scope):
            for upload in Upload.objects.all().iterator():
                yield f"{upload.kind}\n"

    return StreamingHttpResponse(rows(), content_type="text/csv")


urlpatterns = [
    path("scrivi/", Write.as_view()),
    path("rifiuta/", Refuse.as_view()),
    path("scansione/", scanned),
    path("carta/", paper),
    path("guarda/", look, name="look"),
    path("pigro/", lazy),
    path("flusso/", stream),
]
handler404 = "impresasolidale.core.views.not_found"
handler403 = "impresasolidale.core.views.forbidden"
handler500 = "impresasolidale.core.views.server_error"


@pytest.fixture(autouse=True)
def urls(monkeypatch):
    import impresasolidale.urls as real

    here = [*urlpatterns, *real.urlpatterns]
    monkeypatch.setattr("tests.core.test_requests.urlpatterns", here)
    with override_settings(ROOT_URLCONF="tests.core.test_requests"):
        yield


def post(client, key: str = "", **data: str):
    return client.post("/scrivi/", {"_submission": key or str(uuid.uuid4()), **data})


def saints() -> int:
    return PatronSaint.objects.filter(name="San Giuseppe").count()


def test_a_repeated_post_counts_once_and_leads_to_the_same_place(signed_in, worker):
    client, key = signed_in(worker), str(uuid.uuid4())
    answers = [post(client, key) for _ in range(3)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, "/fatto/")] * 3
    assert saints() == 1


def test_another_body_under_the_same_uuid_is_a_conflict(signed_in, worker):
    client, key = signed_in(worker), str(uuid.uuid4())
    post(client, key, a="1")
    assert post(client, key, a="2").status_code == 409
    assert saints() == 1


def test_somebody_elses_uuid_is_a_conflict(signed_in, worker, coordinator):
    key = str(uuid.uuid4())
    post(signed_in(worker), key)
    assert post(signed_in(coordinator), key).status_code == 409


@pytest.mark.parametrize(("fail", "status"), [("domain", 422), ("conflict", 409), ("constraint", 422)])
def test_a_refusal_writes_nothing_and_the_corrected_form_may_be_sent_again(signed_in, worker, fail, status):
    client, key = signed_in(worker), str(uuid.uuid4())
    assert post(client, key, fail=fail).status_code == status
    assert (saints(), Submission.objects.count()) == (0, 0)
    assert post(client, key).status_code == 303
    assert saints() == 1


def test_an_error_rolls_everything_back(signed_in, worker):
    client = signed_in(worker)
    client.raise_request_exception = False
    assert post(client, fail="bug").status_code == 500
    assert (saints(), Submission.objects.count()) == (0, 0)


def test_a_look_is_written_and_survives_a_page_that_is_not_found(signed_in, worker):
    client = signed_in(worker)
    client.get("/guarda/")
    client.get("/guarda/?gone=1")
    with scope_of(worker):
        kinds = list(Look.objects.filter(place__in=["test", "look"]).order_by("id").values_list("kind", "place"))
    assert kinds == [("detail", "test"), ("detail", "test"), ("denied", "look")]


def test_a_page_that_renews_itself_is_one_look(signed_in, worker, coordinator, monkeypatch):
    renews = {"HX-Request": "true"}
    client, other = signed_in(worker), signed_in(coordinator)

    def looks():
        with scope_of(worker):
            return Look.objects.filter(place__in=["test", "look"]).count()

    client.get("/guarda/")
    for _ in range(3):
        assert client.get("/guarda/", headers=renews).status_code == 200
    assert looks() == 1
    client.get("/guarda/")
    assert looks() == 2, "opened again, it is a look again"
    other.get("/guarda/", headers=renews)
    assert looks() == 3, "what another saw counts for nobody else"
    client.get("/guarda/?gone=1", headers=renews)
    assert looks() == 4, "a refusal has a reason of its own"
    monkeypatch.setattr(audit, "SAME_LOOK", timedelta(0))
    client.get("/guarda/", headers=renews)
    assert looks() == 5, "after a while it is written again"


def scope_of(user):
    from impresasolidale.accounts.access import access_for

    return scope(access_for(user).scope)


def test_when_the_look_cannot_be_written_nothing_is_sent(signed_in, worker, monkeypatch):
    client = signed_in(worker)
    client.raise_request_exception = False
    monkeypatch.setattr(Look.objects, "bulk_create", lambda *a: (_ for _ in ()).throw(RuntimeError))
    assert client.get("/guarda/").status_code == 500


def test_a_lazy_queryset_in_a_template_and_a_stream_keep_their_scope(signed_in, worker, stranger):
    from tests.core.test_scope import make_upload

    for user in (worker, stranger):
        with scope_of(user) as now:
            make_upload(min(now.ambiti))
    for user in (worker, stranger):
        client = signed_in(user)
        assert client.get("/pigro/").content.split() == [b"test"]
        assert b"".join(client.get("/flusso/").streaming_content).split() == [b"test"]


def test_a_visitor_is_led_to_the_sign_in(client):
    response = client.get("/da-fare/")
    assert response.status_code == 302 and response["Location"].startswith("/accesso/")


def test_headers_on_every_answer(signed_in, worker):
    client = signed_in(worker)
    for url in ("/da-fare/", "/non-esiste/", "/healthz"):
        response = client.get(url)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
        assert response["X-Frame-Options"] == "DENY" and response["X-Content-Type-Options"] == "nosniff"


def test_a_signed_in_page_is_not_kept_by_the_browser(client, signed_in, worker):
    inside = signed_in(worker)
    for url in ("/da-fare/", "/guarda/", "/flusso/", "/non-esiste/"):
        assert inside.get(url)["Cache-Control"] == "no-store", url
    assert "Cache-Control" not in client.get("/registro/")


def test_what_was_typed_cannot_be_guessed_from_the_row_that_makes_a_post_count_once(signed_in, worker, settings):
    client = signed_in(worker)
    post(client, a="segreto")
    guess = hashlib.sha256(b"/scrivi/" + repr(("a", ["segreto"])).encode()).hexdigest()
    before = Submission.objects.get().body_hash
    assert before != guess
    PatronSaint.objects.filter(name="San Giuseppe").delete()
    settings.LOOKUP_KEY = "another"
    post(client, a="segreto")
    assert Submission.objects.exclude(body_hash=before).count() == 1


def test_healthz_says_who_does_not_answer(client):
    response = client.get("/healthz")
    assert response.status_code == 503 and response.json() == {"database": True, "worker": False}
    from impresasolidale.core.tasks import answer

    answer()
    assert client.get("/healthz").status_code == 200


def test_a_nul_in_the_address_is_a_bad_request(signed_in, worker):
    assert signed_in(worker).get("/cerca/?q=%00").status_code == 400


def test_a_nul_in_the_path_of_a_post_is_a_bad_request(client):
    assert client.post("/scrivi/%00", {"_submission": str(uuid.uuid4())}).status_code == 400


def test_a_message_with_a_name_in_it_does_not_travel_in_a_cookie(signed_in, worker):
    client = signed_in(worker)
    answer = client.post("/rifiuta/", {"_submission": str(uuid.uuid4())})
    assert answer.status_code == 303 and "messages" not in answer.cookies
    assert "Rossi Prova ha già un posto." in client.get("/cerca/").content.decode()
    assert "Rossi Prova" not in client.get("/cerca/").content.decode()


@pytest.mark.parametrize("place", ["scansione", "carta"])
def test_a_file_that_is_gone_is_said_kindly_and_logged_without_its_name(signed_in, worker, caplog, place):
    answer = signed_in(worker).get(f"/{place}/")
    assert answer.status_code == 404 and "Non troviamo questo file" in answer.content.decode()
    line = next(record.getMessage() for record in caplog.records if record.levelname == "ERROR")
    assert "never-written" not in line and worker.email not in line
    assert not Look.objects.filter(kind=Look.Kind.DOCUMENT).exists()
