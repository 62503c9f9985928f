"""When the database does not answer: requests wait a little, then a page in one's language with the form's content, to send again."""

import re
import uuid
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from psycopg.errors import QueryCanceled

from impresasolidale.core import outage, views
from impresasolidale.core.database.base import Connection
from impresasolidale.core.forms import Form
from impresasolidale.core.models import Submission
from tests.conftest import complain
from tests.core.test_requests import saint, saints

pytestmark = pytest.mark.django_db
TOKEN = "a" * 32
WORDS = 'Riga uno\r\nriga due, con "virgolette" & <segni>'
away: list[Exception] = []


class Nothing(Form):
    pass


class Write(views.ServiceForm):
    template_name = "desk/search.html"
    form_class = Nothing

    def act(self, form: Any) -> str:
        saint()
        if away:
            raise away.pop()
        return "/fatto/"


def read(request):
    if away:
        raise away.pop()
    return HttpResponse("ok")


def remember(request):
    """Done, and then its session is written."""
    saint()
    request.session["seen"] = "questo"
    return views.SeeOther("/fatto/")


read.login_required = False
urlpatterns = [path("scrivi/", Write.as_view()), path("leggi/", read), path("ricorda/", remember), path("api/v1/prova/", read)]
handler500 = "impresasolidale.core.views.server_error"


@pytest.fixture(autouse=True)
def urls(monkeypatch):
    import impresasolidale.urls as real

    away.clear()
    monkeypatch.setattr("tests.core.test_outage.urlpatterns", [*urlpatterns, *real.urlpatterns])
    with override_settings(ROOT_URLCONF="tests.core.test_outage"):
        yield


@pytest.fixture
def browser(worker):
    """Somebody signed in, who checks the token of each form as a browser does."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = TOKEN
    return client


def form(**fields: Any) -> dict[str, Any]:
    return {"csrfmiddlewaretoken": TOKEN, "_submission": str(uuid.uuid4()), **fields}


def hidden(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page):
        found.setdefault(unescape(name), []).append(unescape(text))
    return found


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed"), OSError(28, "No space left on device")])
def test_a_form_comes_back_whole_and_is_sent_again_with_one_effect(browser, error):
    sent = form(note=WORDS, area=["a", "b"])
    away.append(error)
    answer = browser.post("/scrivi/?da=qui", sent)
    page = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"] and answer["Cache-Control"] == "no-store"
    complain(page, path="/scrivi/")
    assert saints() == Submission.objects.count() == 0, "what had failed was undone"
    assert 'action="/scrivi/?da=qui"' in page and "non viene scritto due volte" in page
    again = hidden(page)
    assert again == {name: text if isinstance(text, list) else [text] for name, text in sent.items()}
    answers = [browser.post("/scrivi/?da=qui", again) for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, "/fatto/")] * 2
    assert saints() == 1


@pytest.mark.parametrize(("error", "status"), [(OperationalError("gone"), 503), (DatabaseError("no row was changed"), 400)])
def test_a_session_that_cannot_be_written_is_no_session_that_is_over(browser, monkeypatch, error, status):
    """The work is done and the database goes away before the session is written: the form comes back, and counts once."""
    with monkeypatch.context() as broken:

        def gone(*args: Any, **kwargs: Any) -> None:
            raise error

        broken.setattr("impresasolidale.accounts.models.Session.save", gone)
        answer = browser.post("/ricorda/", form(note=WORDS))
    assert answer.status_code == status
    if status == 503:
        assert browser.post("/ricorda/", hidden(answer.content.decode()))["Location"] == "/fatto/"
    assert saints() == 1


def test_a_file_is_chosen_again(browser):
    away.append(OperationalError("gone"))
    page = browser.post("/scrivi/", form(carta=SimpleUploadedFile('la "mia" carta.pdf', b"%PDF-1.7"))).content.decode()
    assert 'enctype="multipart/form-data"' in page and "la &quot;mia&quot; carta.pdf" in page
    assert re.search(r'<label for="(file-1)">.*<input class="form-control" type="file" name="carta" id="file-1">', page, re.S)


def test_a_page_that_could_not_be_read_is_opened_again_in_one_s_language(browser):
    browser.cookies["django_language"] = "en"
    away.append(OperationalError("gone"))
    answer = browser.get("/leggi/?pagina=2")
    page = answer.content.decode()
    assert answer.status_code == 503 and '<html lang="en">' in page
    assert 'href="/leggi/?pagina=2"' in page and "<form" not in page
    assert browser.get("/leggi/?pagina=2").status_code == 200


def test_a_form_without_its_own_tokens_is_not_given_back():
    """Somebody else's page sent it: we put no words of theirs under a button of ours."""
    for token in ("_submission", "csrfmiddlewaretoken"):
        fields = form(note="trappola")
        del fields[token]
        page = outage.page(RequestFactory().post("/scrivi/", fields)).content.decode()
        assert "trappola" not in page and "<form" not in page and "torna indietro con il browser" in page


def test_the_token_comes_back_as_it_came_and_a_wrong_one_stays_wrong(browser):
    again = hidden(outage.page(RequestFactory().post("/scrivi/", form(csrfmiddlewaretoken="b" * 32))).content.decode())
    assert again["csrfmiddlewaretoken"] == ["b" * 32]
    assert browser.post("/scrivi/", again).status_code == 403
    assert saints() == 0


def test_a_password_is_typed_again(browser, monkeypatch):
    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("impresasolidale.core.submissions._take", gone)
    browser.logout()
    browser.cookies["csrftoken"] = TOKEN
    answer = browser.post("/accesso/", form(email="prova@example.org", password="cavallo batteria graffetta"))
    assert answer.status_code == 503 and "graffetta" not in answer.content.decode() and "example.org" not in answer.content.decode()


def test_a_program_is_told_to_try_again(client):
    client.raise_request_exception = False
    away.append(OperationalError("gone"))
    answer = client.get("/api/v1/prova/")
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, "application/problem+json", "10")
    assert answer.json()["status"] == 503 and answer.json()["title"] == "Adesso non risponde"


def test_what_is_our_own_error_stays_one(browser):
    away.append(RuntimeError("a slip"))
    assert browser.get("/leggi/").status_code == 500
    too_long = OperationalError("canceling statement due to statement timeout")
    too_long.__cause__ = QueryCanceled()
    away.append(too_long)
    assert browser.get("/leggi/").status_code == 500


class Door:
    """A database that lets nobody in so many times, and a clock that goes on only while somebody waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, shut: float) -> None:
        self.knocks, self.shut, self.now = 0, shut, 1000.0
        self.open = connection.ensure_connection
        monkeypatch.setattr(connection, "ensure_connection", self.knock)
        monkeypatch.setattr(outage, "_seen", None)
        monkeypatch.setattr(outage, "time", SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep))

    def knock(self) -> None:
        self.knocks += 1
        if self.knocks <= self.shut:
            raise OperationalError("the database system is starting up")
        self.open()

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def waited(self, seconds: float) -> bool:
        """Whether it is shut, and so long is waited for it."""
        self.shut, begun = float("inf"), self.now
        with pytest.raises(OperationalError):
            outage.wait_for_database()
        return self.now - begun == pytest.approx(seconds, abs=2 * outage.STEP)


def test_who_asks_while_it_starts_again_waits_and_is_served(browser, monkeypatch):
    door = Door(monkeypatch, shut=20)
    assert browser.get("/leggi/").status_code == 200
    assert door.knocks > 20


@pytest.mark.parametrize("page", ["/", "/fondo/", "/persone/", "/registro/", "/accesso/", "/presenze/", "/non-esiste/"])
def test_every_page_says_so_even_before_it_is_known_who_asks(browser, monkeypatch, settings, page):
    settings.ROOT_URLCONF, settings.DATABASE_WAIT = "impresasolidale.urls", 0
    Door(monkeypatch, shut=float("inf"))
    answer = browser.get(page)
    assert answer.status_code == 503 and f'href="{page}"' in answer.content.decode()
    assert "sessionid" not in answer.cookies, "the session is left as it was"


def test_a_long_outage_is_waited_for_once(browser, monkeypatch):
    door = Door(monkeypatch, shut=float("inf"))
    assert browser.get("/leggi/").status_code == 503
    assert door.now >= 1000 + settings.DATABASE_WAIT
    door.knocks = 0
    answer = browser.post("/scrivi/", form(note=WORDS))
    assert answer.status_code == 503 and door.knocks == 1, "nobody waits for what everybody knows to be away"
    assert hidden(answer.content.decode())["note"] == [WORDS]
    door.shut = 0
    assert browser.get("/leggi/").status_code == 200


def test_the_next_outage_is_waited_for_again(monkeypatch):
    """Also by a process that nobody asked anything between the two."""
    door = Door(monkeypatch, shut=0)
    assert door.waited(settings.DATABASE_WAIT)
    door.now += 1
    assert door.waited(0)
    door.shut = 0
    outage.wait_for_database()
    assert door.waited(settings.DATABASE_WAIT)
    door.now += 600
    assert door.waited(settings.DATABASE_WAIT)


def test_a_question_that_takes_long_is_waited_for_as_long_as_the_server_opens(settings, monkeypatch):
    settings.DATABASE_WAIT = 0.2
    knocks, knock = [], Connection._knock
    monkeypatch.setattr(Connection, "_knock", lambda self: knocks.append(knock(self)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_sleep(1)")
        assert cursor.fetchone() == (1,)
    assert len(knocks) >= 2
