"""Pages of the site: two people, pictures that everybody in them agreed to, words that stay words."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, TransitionNotAllowed
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from impresasolidale.website import services
from impresasolidale.website.models import Article, ImageConsent, Photo
from impresasolidale.website.rules import Block, blocks
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db
STORIES = "/storie/"
WORDS: dict[str, Any] = {
    "kind": "practice",
    "title": "Il cartello con i disegni",
    "summary": "Ogni scaffale ha il suo disegno.",
    "text": "All'inizio era un foglio.\n\n## Che cosa serve\n- Una stampante\n- Un po' di nastro",
    "company": None,
    "company_agreed_by": "",
    "company_agreed_on": None,
}
FORM = {**{name: value for name, value in WORDS.items() if value}, "row_version": 0}


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (80, 120, 90)).save(out, kind)
    return SimpleUploadedFile("foto.jpg", out.getvalue(), "image/jpeg")


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("consenso.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")


def write(by: Access, **changes: Any) -> Article:
    return services.write_article(values={**WORDS, **changes}, by=by, today=TODAY)


def pictured(row: Article, by: Access, people: int = 0) -> Photo:
    return services.set_photo(article=row, file=picture(), alt="Un magazzino", people=people, by=by)


def agree(photo: Photo, by: Access, person: str = "Renata Prova") -> ImageConsent:
    return services.add_consent(photo=photo, person=person, given_by="", given_on=TODAY, file=paper(), by=by, today=TODAY)


@pytest.fixture
def published(worker: User, coordinator: User) -> Callable[..., Article]:
    """published(people=…) → a page that is on the site, with a picture when people are asked for (zero: nobody is recognised)."""

    def make(*, people: int | None = None, **changes: Any) -> Article:
        by, chief = access_for(worker), access_for(coordinator)
        with scope(by.scope):
            row = write(by, **changes)
            if people is not None:
                photo = pictured(row, by, people)
                for n in range(people):
                    agree(photo, by, f"Persona Prova {n}")
            row = services.propose_article(article=row, by=by)
        with scope(chief.scope):
            return services.publish_article(article=row, seen=row.row_version, by=chief)

    return make


def get(client: Client, path: str, **headers: str) -> Any:
    """An answer whose file is read to the end."""
    response = client.get(path, headers=headers)
    if response.streaming:
        response.read = b"".join(response.streaming_content)
    return response


def page(client: Client, path: str = STORIES) -> str:
    return client.get(path).content.decode().replace("&#x27;", "'")


# --- Words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Uno\ndue\n\ntre", [Block("p", ("Uno", "due")), Block("p", ("tre",))]),
        ("## Titolo\ntesto", [Block("h", ("Titolo",)), Block("p", ("testo",))]),
        ("prima\n- uno\n* due\ndopo", [Block("p", ("prima",)), Block("ul", ("uno", "due")), Block("p", ("dopo",))]),
        ("- uno\n\n- due", [Block("ul", ("uno",)), Block("ul", ("due",))]),
        ("<script>alert(1)</script>", [Block("p", ("<script>alert(1)</script>",))]),
        ("[qui](javascript:x) **forte**", [Block("p", ("[qui](javascript:x) **forte**",))]),
        ("\n \n", []),
        ("##senza spazio", [Block("p", ("##senza spazio",))]),
        ("5 - 3", [Block("p", ("5 - 3",))]),
    ],
)
def test_a_text_is_paragraphs_headings_and_points_and_nothing_else(text: str, found: list[Block]) -> None:
    assert blocks(text) == found


def test_a_script_in_the_text_is_shown_not_run(published: Any, client: Client) -> None:
    row = published(text="<script>alert(1)</script>\n\n- <img src=x onerror=alert(1)>", title="Prima <b>prova</b>")
    html = page(client, reverse("website:story", args=[row.public_id]))
    assert "&lt;script&gt;alert(1)" in html and "<img src=x" not in html and "<b>prova" not in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "Chiamate il 0342 123456."}, "«0342 123456»"),
        ({"summary": "Scrivi a prova@example.org"}, "«prova@example.org»"),
        ({"text": "Il codice RSSMRA80A01H501U."}, "«RSSMRA80A01"),
    ],
)
def test_a_practice_holds_nobody_s_number(within: Any, worker: User, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DomainError) as refused:
        write(within(worker), **changes)
    assert words in str(refused.value.words) and not Article.objects.exists()
    assert write(within(worker), **{**changes, "kind": "news"}).pk  # a notice says whom to call


def test_a_company_is_named_only_where_it_agreed(within: Any, worker: User, published: Any, client: Client) -> None:
    by = within(worker)
    company = make_company(by, name="Vivaio Larice Blu srl")
    with pytest.raises(DomainError, match="serve il suo sì"):
        write(by, company=company)
    with pytest.raises(DomainError, match="nel futuro"):
        write(by, company=company, company_agreed_by="La titolare", company_agreed_on=TODAY + timedelta(days=1))
    row = published(company=company, company_agreed_by="La titolare", company_agreed_on=TODAY)
    html = page(client, reverse("website:story", args=[row.public_id]))
    assert "Vivaio Larice Blu srl" in html and "La titolare" not in html
    with pytest.raises(IntegrityError, match="article_company"), transaction.atomic():
        within(worker)
        Article.objects.update(company_agreed_by="")


# --- Four eyes


def test_from_a_draft_to_everybody_and_back(published: Any, within: Any, worker: User, coordinator: User, client: Client) -> None:
    row = published()
    assert (row.state, row.published_by) == ("published", coordinator)
    assert WORDS["title"] in page(client) and WORDS["title"] in page(client, "/")
    row = services.withdraw_article(article=row, by=within(worker))
    assert (row.published_by, row.published_at) == (None, None)
    assert WORDS["title"] not in page(client)
    assert client.get(reverse("website:story", args=[row.public_id])).status_code == 404
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_article(article=row, by=within(worker))
    row = services.reopen_article(article=row, by=within(worker))
    row = services.rewrite_article(
        article=row, values={**WORDS, "title": "Altre parole"}, seen=row.row_version, by=within(worker), today=TODAY
    )
    assert (row.state, row.title) == ("draft", "Altre parole")


@pytest.mark.parametrize("hand", ["began", "rewrote", "changed the picture", "sent it on"])
def test_who_had_a_hand_in_it_does_not_publish(within: Any, worker: User, coordinator: User, sondrio: Any, hand: str) -> None:
    by, chief = access_for(worker), access_for(coordinator)
    within(coordinator if hand == "began" else worker)
    row = write(chief if hand == "began" else by)
    within(coordinator)
    if hand == "rewrote":
        row = services.rewrite_article(article=row, values=WORDS, seen=row.row_version, by=chief, today=TODAY)
    elif hand == "changed the picture":
        pictured(row, chief)
    row = services.propose_article(article=row, by=chief if hand == "sent it on" else by)
    with pytest.raises(FourEyesRequired):
        services.publish_article(article=row, seen=row.row_version, by=chief)
    with pytest.raises(IntegrityError, match="two_keys"), transaction.atomic():
        Article.objects.filter(pk=row.pk).update(state="published", published_by=coordinator, published_at=row.created_at)
    second = make_user(Role.COORDINATOR, sondrio, number=2)
    assert services.publish_article(article=row, seen=row.row_version, by=within(second)).state == "published"


def test_a_page_that_changed_meanwhile_is_read_again(within: Any, worker: User, coordinator: User) -> None:
    by = within(worker)
    row = services.propose_article(article=write(by), by=by)
    seen = row.row_version
    services.rewrite_article(article=row, values={**WORDS, "title": "Altre parole"}, seen=seen, by=by, today=TODAY)
    with pytest.raises(TransitionNotAllowed):
        services.publish_article(article=row, seen=seen, by=within(coordinator))
    row = services.propose_article(article=row, by=within(worker))
    with pytest.raises(Conflict):
        services.publish_article(article=row, seen=seen, by=within(coordinator))
    with pytest.raises(PermissionDenied):
        services.publish_article(article=row, seen=row.row_version, by=within(worker))
    with pytest.raises(DatabaseError, match="is not a transition"), transaction.atomic():
        Article.objects.filter(pk=row.pk).update(state="withdrawn")
        Article.objects.filter(pk=row.pk).update(state="published", published_by=coordinator, published_at=row.created_at)


def test_what_waits_is_in_the_inbox_until_it_is_done(within: Any, worker: User, coordinator: User, signed_in: Any) -> None:
    by = within(worker)
    row = services.propose_article(article=write(by), by=by)
    todo = Todo.objects.get(kind="website.approve")
    assert (todo.ambito_id, todo.network_id, todo.role) == (None, by.network_id, Role.COORDINATOR)
    assert f"/sito/{row.public_id}/" in signed_in(coordinator).get("/da-fare/").content.decode()
    services.return_article(article=row, reason="Manca che cosa serve.", by=within(coordinator))
    assert Todo.objects.get(pk=todo.pk).done_at
    assert "Manca che cosa serve." in signed_in(worker).get(f"/sito/{row.public_id}/").content.decode()


# --- Pictures


@pytest.mark.parametrize("people", [1, 2])
def test_a_picture_without_every_consent_is_not_published(within: Any, worker: User, coordinator: User, people: int) -> None:
    by = within(worker)
    row = write(by)
    photo = pictured(row, by, people)
    for _n in range(people - 1):
        agree(photo, by)
    with pytest.raises(DomainError, match="manca il suo consenso"):
        services.propose_article(article=row, by=by)
    Article.objects.filter(pk=row.pk).update(state="proposed", proposed_by=worker)
    row.refresh_from_db()
    with pytest.raises(DomainError, match="manca il suo consenso"):
        services.publish_article(article=row, seen=row.row_version, by=within(coordinator))
    with pytest.raises(DatabaseError, match="has not agreed"), transaction.atomic():
        Article.objects.filter(pk=row.pk).update(state="published", published_by=coordinator, published_at=row.created_at)


def test_a_person_agrees_once(within: Any, worker: User) -> None:
    """Two people in a picture, one paper written down twice: one of them has not agreed."""
    by = within(worker)
    row = write(by)
    photo = pictured(row, by, people=2)
    agree(photo, by)
    with pytest.raises(DomainError, match="c'è già"):
        agree(photo, by, " renata prova")
    assert photo.consents.count() == 1


def test_a_consent_taken_back_takes_the_picture_away_at_once(
    published: Any, within: Any, worker: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    row = published(people=1)
    address = reverse("website:story_photo", args=[row.public_id])
    shown = get(client, address)
    assert (shown.status_code, shown["Content-Type"], shown["Cache-Control"]) == (200, "image/jpeg", "no-cache")
    assert get(client, address, **{"If-None-Match": shown["ETag"]}).status_code == 304
    assert address in page(client) and "Persona Prova" not in page(client, reverse("website:story", args=[row.public_id]))
    within(worker)
    photo = Photo.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        services.revoke_consent(consent=ImageConsent.objects.get(), revoked_on=TODAY, by=access_for(worker), today=TODAY)
    assert get(client, address, **{"If-None-Match": shown["ETag"]}).status_code == 404
    assert address not in page(client) and WORDS["title"] in page(client)
    assert not default_storage.exists(photo.file_name)
    within(worker)
    assert (Photo.objects.get().file_name, Article.objects.get().state) == ("", "published")
    with pytest.raises(Conflict):
        services.revoke_consent(consent=ImageConsent.objects.get(), revoked_on=TODAY, by=access_for(worker), today=TODAY)


def test_a_consent_is_kept_as_it_was(within: Any, worker: User) -> None:
    by = within(worker)
    consent = agree(pictured(write(by), by, 1), by)
    for changes in ({"person": "Altra Prova"}, {"given_on": TODAY - timedelta(days=9)}):
        with pytest.raises(DatabaseError, match="only its revocation"), transaction.atomic():
            ImageConsent.objects.filter(pk=consent.pk).update(**changes)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(DomainError, match="fra quello del consenso e oggi"):
            services.revoke_consent(consent=consent, revoked_on=day, by=by, today=TODAY)


def test_what_the_camera_wrote_does_not_stay(within: Any, worker: User) -> None:
    by = within(worker)
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telefono Prova"
    Image.new("RGB", (3000, 2000)).save(out, "JPEG", exif=exif)
    photo = services.set_photo(article=write(by), file=SimpleUploadedFile("x.jpg", out.getvalue()), alt="Vuoto", people=0, by=by)
    with default_storage.open(photo.file_name) as file:
        kept = file.read()
    assert b"Telefono Prova" not in kept
    assert (photo.width, photo.height) == (1200, 800)


@pytest.mark.parametrize(
    ("content", "alt", "field"),
    [(b"%PDF-1.4", "Un foglio", "photo"), (b"<svg xmlns='x'/>", "Un disegno", "photo"), (b"", "Niente", "photo"), (None, "  ", "alt")],
)
def test_a_wrong_file_and_a_picture_without_words_are_refused(
    within: Any, worker: User, content: bytes | None, alt: str, field: str
) -> None:
    by = within(worker)
    file = picture() if content is None else SimpleUploadedFile("foto.jpg", content, "image/jpeg")
    with pytest.raises(DomainError) as refused:
        services.set_photo(article=write(by), file=file, alt=alt, people=0, by=by)
    assert refused.value.field == field


def test_a_public_page_s_picture_is_changed_only_in_preparation(published: Any, within: Any, worker: User) -> None:
    row = published(people=0)
    by = within(worker)
    with pytest.raises(TransitionNotAllowed):
        pictured(row, by)
    services.remove_photo(article=row, by=by)
    services.remove_photo(article=row, by=by)  # twice is as once
    assert not Photo.objects.filter(removed_at=None).exists() and Article.objects.get().state == "published"


# --- Through the pages


def test_the_office_tells_a_practice_through_its_pages(
    signed_in: Any, worker: User, coordinator: User, user_of: Any, sondrio: Any, client: Client, within: Any
) -> None:
    office, chief = signed_in(worker), signed_in(coordinator)
    assert signed_in(user_of(Role.ACCOUNTING, sondrio)).get("/sito/").status_code == 403
    assert client.get("/sito/")["Location"].startswith("/accesso/")
    refused = office.post("/sito/nuova/", {**FORM, "text": "Chiamate il 0342 123456."})
    assert refused.status_code == 422 and "fanno riconoscere" in refused.content.decode()
    there = office.post("/sito/nuova/", FORM)["Location"]
    within(worker)
    row = Article.objects.get()
    assert there == f"/sito/{row.public_id}/"
    assert office.post(there + "modifica/", {**FORM, "row_version": 9}).status_code == 409
    assert office.post(there + "foto/metti/", {"photo": paper(), "alt": "Un foglio", "people": 0}).status_code == 422
    assert office.post(there + "foto/metti/", {"photo": picture(), "alt": "Due persone", "people": 1}).status_code == 303
    assert office.post(there + "proponi/", follow=True).content.decode().count("non ha ancora detto di sì") == 1
    consent = {"person": "Renata Prova", "given_by": "", "given_on": TODAY}
    assert office.post(there + "consensi/nuovo/", {**consent, "file": picture("GIF")}).status_code == 422
    assert office.post(there + "consensi/nuovo/", {**consent, "file": paper()}).status_code == 303
    assert "Renata Prova" in office.get(there).content.decode()
    assert office.post(there + "proponi/").status_code == 303
    assert office.get(there + "pubblica/").status_code == 403
    version = chief.get(there + "pubblica/").context["form"]["row_version"].value()
    assert chief.post(there + "pubblica/", {"row_version": version}).status_code == 303
    html = page(client, f"/storie/{row.public_id}/")
    assert "<h2>Che cosa serve</h2>" in html and "<li>Una stampante</li>" in html and "Renata Prova" not in html
    given = ImageConsent.objects.get()
    assert get(office, there + f"consensi/{given.public_id}/").read.startswith(b"%PDF")
    assert office.post(there + f"consensi/{given.public_id}/revoca/", {"revoked_on": TODAY}).status_code == 303
    assert client.get(f"/storie/{row.public_id}/foto/").status_code == 404
    assert office.post(there + "ritira/").status_code == 303
    assert client.get(f"/storie/{row.public_id}/").status_code == 404


def test_the_author_is_told_that_another_publishes(signed_in: Any, coordinator: User, within: Any) -> None:
    chief = signed_in(coordinator)
    within(coordinator)
    there = chief.post("/sito/nuova/", FORM)["Location"]
    chief.post(there + "proponi/")
    form = chief.get(there + "pubblica/")
    assert "Serve una seconda persona" in form.content.decode()
    refused = chief.post(there + "pubblica/", {"row_version": form.context["form"]["row_version"].value()})
    assert refused.status_code == 422 and Article.objects.get().state == "proposed"


def test_another_network_s_page_is_not_there(signed_in: Any, worker: User, within: Any, other_network_user: User) -> None:
    row = write(within(worker))
    client = signed_in(other_network_user)
    for path in ("", "modifica/", "foto/", "consensi/nuovo/"):
        assert client.get(f"/sito/{row.public_id}/{path}").status_code == 404


@pytest.fixture
def other_network_user(db: None) -> User:
    from impresasolidale.territory.models import Ambito, Network

    there = Ambito.objects.create(network=Network.objects.create(name="Altra rete", code="altra"), name="Altrove", code="altrove")
    return make_user(Role.COORDINATOR, there, number=9)


# --- What everybody reads


def test_stories_are_read_by_kind(published: Any, client: Client) -> None:
    published(title="Una pratica")
    published(title="Una notizia", kind="news")
    assert "Una pratica" in page(client) and "Una notizia" in page(client)
    only = page(client, STORIES + "?tipo=notizie")
    assert "Una notizia" in only and "Una pratica" not in only
    assert "Una pratica" in page(client, STORIES + "?tipo=zzz")


def test_an_empty_list_says_so(client: Client) -> None:
    assert "Le prime pagine arrivano presto" in page(client)


@pytest.mark.parametrize("path", [STORIES, "/sito/"])
def test_a_list_costs_the_same_for_one_and_for_many(published: Any, signed_in: Any, coordinator: User, path: str) -> None:
    client = signed_in(coordinator) if path == "/sito/" else Client()

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    published(people=1)
    client.get(path)
    one = cost()
    for n in range(5):
        published(people=n % 3, title=f"Pagina {n}")
    assert cost() == one


# --- The yearly look at accessibility


def test_the_statement_is_asked_for_every_year(within: Any, coordinator: User, worker: User, signed_in: Any, network: Any) -> None:
    from datetime import date

    from impresasolidale.core import todos
    from impresasolidale.website.rules import next_statement

    assert [next_statement(day) for day in (date(2027, 9, 23), date(2027, 9, 24), date(2027, 1, 1))] == [
        date(2027, 9, 23), date(2028, 9, 23), date(2027, 9, 23),
    ]  # fmt: skip
    by = within(coordinator)
    assert services.plan_statements(by=by, today=date(2027, 1, 1)) == 1
    assert services.plan_statements(by=by, today=date(2027, 1, 2)) == 0
    assert todos.due_of(kind="website.statement", subject=network) == date(2027, 9, 23)
    todos.remind(today=date(2027, 7, 24))
    assert not Todo.objects.filter(kind="website.statement").exists()
    todos.remind(today=date(2027, 7, 25))  # sixty days before
    todo = Todo.objects.get(kind="website.statement")
    assert (todo.role, todo.is_mandatory, todo.due_on, todo.ambito_id) == (Role.COORDINATOR, True, date(2027, 9, 23), None)
    assert services.statement_done(by=by, today=date(2027, 8, 30)) == date(2028, 9, 23)
    todos.remind(today=date(2027, 9, 1))
    assert not Todo.objects.filter(kind="website.statement", done_at=None).exists()
    with pytest.raises(PermissionDenied):
        services.statement_done(by=within(worker), today=TODAY)
    chief = signed_in(coordinator)
    assert "23 settembre 2028" in chief.get("/sito/accessibilita/").content.decode()
    assert chief.post("/sito/accessibilita/fatta/").status_code == 303
    assert signed_in(worker).get("/sito/accessibilita/").status_code == 403
