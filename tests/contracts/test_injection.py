"""Five hundred hostile words go in through forms and come out in pages, files, papers and mails as what they are: words."""

import csv
import html
import io
from itertools import product

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from django.template import engines
from django.test import Client

from impresasolidale.accounts.models import User
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope
from impresasolidale.core.spreadsheets import Sheet, csv_pieces, workbook
from tests.accounts.test_users import NEW, form

pytestmark = pytest.mark.django_db
PARTS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR '1'='1", "'; DROP TABLE accounts_user; --", "${7*7}", "#{7*7}",
    "{{ settings.SECRET_KEY }}", "{% debug %}", "<%= 7*7 %>", "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")', "../../etc/passwd", "..\\..\\x", "%0d%0aX: 1", "javascript:alert(1)", "<svg onload=alert(1)>",
    "</textarea><b>", "<!--", "]]>", "&lt;b&gt;", "$(id)", "`id`", "| id", "; id", "*)(uid=*", "' or count(/*)=1 or 'a'='b",
    "\\u003cscript\\u003e", "%(password)s", "%s%n", "{0.__class__}", "\u202egnp.exe", "\u200bx", "ＯＲ １＝１", "é" * 20, "a\u0301" * 5,
    "😀<b>",
)  # fmt: skip
WRAPS = ("{}", "x{}", "{}x", " {} ", "({})", "[{}]", '"{}"', "'{}'", "<{}>", "a {} b", "{}{}", "«{}»", "{}.")
CORPUS = sorted({wrap.replace("{}", part) for part, wrap in product(PARTS, WRAPS)})
SOME = CORPUS[::37]  # each through the whole of a form; the rest where it is quick


def test_there_are_five_hundred():
    assert len(CORPUS) >= 500


@pytest.mark.parametrize("word", SOME)
def test_a_hostile_name_is_a_name_in_the_page_and_in_the_mail(coordinator, within, word):
    client = Client()
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    name = " ".join(word.split())[:80]
    answer = client.post(NEW, form(first_name=word[:80], last_name="Prova"))
    if answer.status_code == 422:  # refused in words, and shown again as it was written
        assert html.escape(word[:80].strip()) in answer.content.decode()
        return
    kept = User.objects.get(email="nuova@example.org").first_name
    page = client.get("/utenti/").content.decode()
    assert html.escape(kept) in page and (kept == html.escape(kept) or kept not in page.replace(html.escape(kept), ""))
    by = within(coordinator)
    with scope(by.scope):
        body = Message.objects.get(kind="accounts.invitation").body
    assert kept in body and name.strip() == " ".join(kept.split())


def test_every_word_is_text_in_a_page():
    template = engines["django"].from_string('<p title="{{ word }}">{{ word }}</p>')
    for word in CORPUS:
        shown = template.render({"word": word})
        inside = shown.removeprefix('<p title="').removesuffix("</p>")
        assert "<" not in inside.replace('">', "", 1).replace("</p>", "") and html.unescape(inside) == f'{word}">{word}'


def test_every_word_is_text_in_a_workbook_and_starts_no_formula_in_a_csv():
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook([Sheet("Prova", ["parola"], [[word] for word in CORPUS])])))
    cells = [row[0] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [cell.value for cell in cells if cell.value in {*CORPUS}] and not [cell for cell in cells if cell.data_type == "f"]
    text = "".join(csv_pieces(["parola"], [[word] for word in CORPUS]))
    rows = [row[0] for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")][1:]
    assert len(rows) == len(CORPUS)
    assert [row for row in rows if row.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [word for word, row in zip(CORPUS, rows, strict=True) if row.lstrip("'") != word.lstrip("'")] == []


def test_no_word_makes_a_header_of_a_mail():
    usual = {"content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id"}
    for word in SOME:
        message = mail.EmailMessage(subject=" ".join(word.split()), body=word, to=["a@example.org"])
        assert {name.lower() for name, _value in message.message().items()} <= usual
    for word in ("a\r\nBcc: x@example.org", "a\nX: 1"):
        with pytest.raises(BadHeaderError):
            mail.EmailMessage(subject=word, body="x", to=["a@example.org"]).message()
