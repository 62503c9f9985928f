"""The five hundred hostile words typed into every free text of the forms people fill: wherever they come out again they are words.

For each form an innocent word goes in first and tells where it comes out: pages, CSV, workbooks, mails, papers. Then each hostile one has
to come out in the same places as text, and the pages have to keep the very tags and attributes that they had.
"""

import csv
import io
import logging
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, NamedTuple

import openpyxl
import pikepdf
import pytest
from django import forms
from django.core import mail
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.messages import deliver
from impresasolidale.core.models import Document, Message
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.monitoring.models import Visit
from placements.monitoring.services import visits
from tests.beneficiaries.test_pages import filled
from tests.contracts.test_injection import CORPUS
from tests.desk.test_diary import typed
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fund import publish
from tests.factories.hosts import make_company
from tests.hosts.test_register import company_page, contact_page, url_of
from tests.monitoring.test_visits import said as minutes_page
from tests.website.test_articles import FORM as ARTICLE

pytestmark = pytest.mark.django_db
INNOCENT = "Parola innocente"
SHORT = 20  # fields of fewer characters are codes
MARK = "Qz7k"  # at the end of every word: what is looked for in the log
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Filled(NamedTuple):
    """A form: its address, what is typed beside the words, and where to read afterwards (given where saving led)."""

    url: str
    base: dict[str, Any]
    pages: Callable[[str], list[str]]
    files: tuple[str, ...] = ()


class Read(NamedTuple):
    tags: list[tuple[str, tuple[str, ...]]]
    words: str


class Reader(HTMLParser):
    """The tags with the names of their attributes, and all that is shown: texts and the values of attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _value in attrs)))
        self.words += [value or "" for _name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def flat(text: str) -> str:
    return " ".join(text.split())


def read(html: str) -> Read:
    reader = Reader()
    reader.feed(html)
    return Read(reader.tags, flat(" ".join(reader.words)))


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def free_texts(form: forms.Form) -> list[tuple[str, int]]:
    """(name, longest) of the fields where anything may be written."""
    plain = [(name, field) for name, field in form.fields.items() if type(field) is forms.CharField]
    found = [(name, field.max_length or 2000) for name, field in plain if not isinstance(field.widget, forms.HiddenInput)]
    return [(name, most) for name, most in found if most >= SHORT]


@pytest.fixture
def office(worker: Any, coordinator: Any, sondrio: Any, settings: Any) -> dict[str, Filled]:
    """Every form with what it needs around it."""
    settings.MAIL_IN_ADDRESS = "risposte@impresa.example.org"
    by, day = access_for(worker), timezone.localdate()
    with scope(by.scope):
        person = make_beneficiary(by, number=3)
        company = make_company(by, email="info@example.org")
        placement = make_placement(by, PlacementState.ACTIVE, starts_on=day - timedelta(days=40))
        system = access_for(coordinator)
        publish(system)
        visit = visits.plan_visit(
            placement=placement, by=system.system(network_id=by.network_id, ambito_id=by.ambito_id, reason="t"), today=day
        )
        assert visit
    diary = f"/imprese/{company.public_id}/diario/"
    both = ("csv", "xlsx")

    def of(name: str, *args: Any) -> str:
        return reverse(name, args=args)

    def files(name: str, *args: Any) -> tuple[str, ...]:
        return tuple(reverse(name, args=[*args, ending]) for ending in both)

    return {
        "person": Filled(
            of("beneficiaries:new"),
            filled(7, representative_kind="support_administrator", representative_last_name="Prova", representative_first_name="Ada",
                   representative_valid_from="2024-01-01", assessment_made_on="2024-10-01"),
            lambda there: [there, of("beneficiaries:list")],
            files("beneficiaries:file"),
        ),
        "referral": Filled(
            of("beneficiaries:new_referral", person.public_id),
            {"service": "sil", "received_on": day.isoformat()},
            lambda there: [there, of("beneficiaries:detail", person.public_id)],
        ),
        "diary": Filled(of("desk:new_entry", person.public_id), typed(), lambda there: [of("desk:diary", person.public_id)]),
        "company": Filled(
            of("hosts:new"),
            company_page(site_address="Via Prova 1", site_comune="Chiavenna", tutor_first_name="Ugo", tutor_last_name="Prova",
                         tutor_email="ugo@example.org", tutor_phone="0342 1"),
            lambda there: [there, of("hosts:list")],
            files("hosts:file"),
        ),
        "contact": Filled(url_of("new_contact", company), contact_page(), lambda there: [there, of("hosts:detail", company.public_id)]),
        "note": Filled(
            diary + "nuova/",
            {"kind": "call", "happened_on": "2026-11-17", "with_whom": "", "text": "", "next_step": "", "next_on": "2026-12-15"},
            lambda there: [diary, "/da-fare/"],
            files("hosts:notes_file", company.public_id),
        ),
        "message": Filled(
            f"/imprese/{company.public_id}/messaggi/nuovo/",
            {"address": "info@example.org"},
            lambda there: [there],
            files("hosts:threads_file"),
        ),
        "minutes": Filled(
            of("monitoring:minutes", visit.public_id),
            {**minutes_page(), "row_version": visit.row_version, "next_on": day + timedelta(days=50), "close": "1",
             "decision_0_role": "referent", "decision_0_due_on": day + timedelta(days=7)},
            lambda there: [of("monitoring:visit", visit.public_id)],
            files("monitoring:visits_file"),
        ),
        "article": Filled("/sito/nuova/", dict(ARTICLE), lambda there: [there, "/sito/"]),
        "help": Filled(
            of("solidarity_fund:new_request"),
            {"placement": placement.public_id, "kind": "transport", "amount": "120"},
            lambda there: [there],
            files("solidarity_fund:requests_file"),
        ),
    }  # fmt: skip


FORMS = ("person", "referral", "diary", "company", "contact", "note", "message", "minutes", "article", "help")


class Said(NamedTuple):
    """What came of one word in one form: the fields that took it, and what was read where."""

    taken: list[str]
    pages: dict[str, Read]
    tables: dict[str, list[str]]
    letters: str


def type_in(client: Client, form: Filled, fields: list[tuple[str, int]], word: str, user: Any) -> Said:
    """Type the word into all the fields; those that refuse it say so in words and are typed innocently."""
    hostile = dict(fields)
    while True:
        mine = {name: word[:most].strip() if len(word) > most else word for name, most in hostile.items()}
        others = {name: form.base.get(name, "") if word == INNOCENT else INNOCENT[:most] for name, most in fields if name not in hostile}
        answer = client.post(form.url, {**form.base, **others, **mine})
        if answer.status_code == 303:
            break
        assert answer.status_code == 422, (form.url, word, answer.status_code)
        again = read(answer.content.decode())
        refused = [name for name in answer.context["form"].errors if name in hostile]
        assert refused, (form.url, word, answer.context["form"].errors)
        for name in refused:  # it comes back to be corrected, as it was written
            assert flat(mine[name]) in again.words, (form.url, name, word)
            del hostile[name]
    there = answer["Location"]
    pages = {n: read(client.get(url).content.decode()) for n, url in enumerate(form.pages(there))}
    tables = {url.rpartition(".")[2]: cells_of(client.get(url)) for url in form.files}
    with scope(access_for(user).scope):
        letters = sent()
    return Said(list(hostile), {str(n): page for n, page in pages.items()}, tables, letters)


def cells_of(answer: Any) -> list[str]:
    """The cells of a table, CSV or workbook; none of them may be a formula."""
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheetml" in answer["Content-Type"]:
        cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(body)) for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        return [flat(str(cell.value)) for cell in cells if cell.value is not None]
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    assert len({len(row) for row in rows}) == 1  # no word begins a column or a row
    found = [cell for row in rows for cell in row]
    assert not [cell for cell in found if cell.startswith(FORMULA) and not re.fullmatch(r"[+-]?[\d.,]+", cell)]
    return [flat(cell.removeprefix("'")) for cell in found]


def sent() -> str:
    """The mails that leave by now, subjects and bodies; each has the usual headers and nobody more to go to."""
    mail.outbox = []
    for pk in Message.objects.filter(channel="email", state="queued").values_list("pk", flat=True):
        deliver(pk)
    for letter in mail.outbox:
        headers = {name.lower() for name, _value in letter.message().items()}
        assert not headers & {"bcc", "x"} and len(letter.recipients()) == 1
    return flat(" ".join(f"{letter.subject} {letter.body}" for letter in mail.outbox))


def typable(client: Client, form: Filled, user: Any) -> list[tuple[str, int]]:
    """The fields of the form where words of any kind may stand: those that take an innocent one."""
    fields = free_texts(client.get(form.url).context["form"])
    with undone():
        taken = type_in(client, form, fields, INNOCENT, user).taken
    return [(name, most) for name, most in fields if name in taken]


def judge(form: Filled, innocent: Said, said: Said, word: str, shortest: int) -> None:
    shown = flat(word[:shortest])
    for n, page in said.pages.items():
        assert page.tags == innocent.pages[n].tags, (form.url, n, word)
        if INNOCENT in innocent.pages[n].words and said.taken:
            assert shown in page.words, (form.url, n, word)
    for ending, cells in said.tables.items():
        if any(INNOCENT in cell for cell in innocent.tables[ending]) and said.taken:
            assert any(shown in cell for cell in cells), (form.url, ending, word)
    if INNOCENT in innocent.letters and said.taken:
        assert shown in said.letters, (form.url, word)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("step", [170, pytest.param(1, marks=pytest.mark.deep)])
def test_a_hostile_word_comes_out_as_a_word(office: dict[str, Filled], worker: Any, caplog: Any, name: str, step: int) -> None:
    client, form = Client(), office[name]
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    fields = typable(client, form, worker)
    shortest = min(most for _name, most in fields)
    with undone():
        innocent = type_in(client, form, fields, INNOCENT, worker)
    assert innocent.taken == [name for name, _most in fields] and fields
    assert any(INNOCENT in page.words for page in innocent.pages.values())
    caplog.set_level(logging.INFO)
    words = CORPUS[FORMS.index(name) % step :: step]  # in the short run each form has words of its own
    taken = 0
    for word in words:
        word = f"{word} {MARK}"
        with undone():
            said = type_in(client, form, fields, word, worker)
        judge(form, innocent, said, word, shortest)
        taken += len(said.taken)
    assert taken > len(words) * len(fields) / 2  # refused now and then: not as a rule
    assert [record.getMessage() for record in caplog.records if MARK in record.getMessage()] == []
    print(f"{name}: {len(words)} words × {len(fields)} fields, {taken} taken, the others refused in words")


HUGE = "=cmd|" + "a" * 1_000_000
NO_TEXT = {"con\0zero": {422, 400}, HUGE: {422, 413, 400}, "\u202e\u2066rovescio": {303, 422}, "😀 faccia": {303, 422}}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_text_at_all_is_refused_or_kept_never_an_error(office: dict[str, Filled], worker: Any, name: str) -> None:
    client, form = Client(raise_request_exception=False), office[name]
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    fields = typable(client, form, worker)
    innocent = {each: INNOCENT[:most] for each, most in fields}
    for word, answers in NO_TEXT.items():
        for field, _most in fields[:1] if word == HUGE else fields:
            with undone():
                answer = client.post(form.url, {**form.base, **innocent, field: word})
            assert answer.status_code in answers, (name, field, answer.status_code)


@pytest.mark.parametrize("step", [170, pytest.param(1, marks=pytest.mark.deep)])
def test_a_paper_of_hostile_words_is_a_paper_of_words(office: dict[str, Filled], worker: Any, step: int) -> None:
    """Twenty words a paper, in the minutes of a visit: sealed, without actions, scripts or files, and its text is the words."""
    client, form = Client(), office["minutes"]
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    words = CORPUS[::step]
    papers = 0
    for start in range(0, len(words), 20):
        some = words[start : start + 20]
        notes = "\n".join(f"{n} {word}" for n, word in enumerate(some))
        with undone():
            assert client.post(form.url, {**form.base, "notes": notes}).status_code == 303
            with scope(access_for(worker).scope):
                row = Visit.objects.exclude(document=None).latest("id")
                render_document(row.document_id)
                paper = Document.objects.get(pk=row.document_id)
            with default_storage.open(paper.file_name) as file:
                data = file.read()
            default_storage.delete(paper.file_name)
        papers += 1
        said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
        letters = re.sub(r"\W", "", said)
        for word in some:
            wanted = re.sub(r"\W", "", word)
            assert wanted in letters or ("\u202e" in word and wanted[::-1] in letters), word  # drawn from right to left
        assert b"root:" not in data
        with pikepdf.open(io.BytesIO(data)) as pdf:
            raw = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary)]
            assert not [obj for obj in raw if obj.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR")]
            links = {
                str(obj["/A"]["/URI"]) for obj in raw if "/A" in obj and isinstance(obj["/A"], pikepdf.Dictionary) and "/URI" in obj["/A"]
            }
            assert all(link.startswith(("http://testserver", "https://", "http://")) and "/verifica/" in link for link in links), links
            assert "/AA" not in pdf.Root and "/JavaScript" not in pdf.Root.get("/Names", {})
    print(f"{papers} papers of {len(words)} words")
