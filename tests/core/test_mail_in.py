"""Mails as they come: multipart, quoted-printable, latin-1, broken. Something readable comes out of each, and never an error."""

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.core.mail_in import ABOVE, MOST_TEXT, bounce_in, new_part, read

HEAD = b"From: =?iso-8859-1?Q?Andr=E8?= <andre@example.org>\r\nTo: ufficio@example.org\r\nMessage-ID: <1@example.org>\r\n"


def test_quoted_printable_in_latin_1():
    letter = read(
        HEAD + b"Subject: =?iso-8859-1?Q?Perch=E9_no?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nPerch=E9 no? Da luned=EC =\r\nva bene.\r\n"
    )
    assert (letter.sender, letter.subject, letter.text) == ("andre@example.org", "Perché no", "Perché no? Da lunedì va bene.")
    assert letter.recipients == ("ufficio@example.org",) and not letter.is_automatic


def test_bytes_without_a_charset_are_read_as_most_write_them():
    assert read(HEAD + b"\r\nPerch\xe9 no?").text == "Perché no?"
    assert read(HEAD + "\r\nPerché no?".encode()).text == "Perché no?"
    assert read(HEAD + b"Content-Type: text/plain; charset=inventato\r\n\r\nPerch\xe9 no?").text == "Perché no?"


def test_of_text_and_html_the_text_is_taken_and_html_alone_loses_its_tags():
    letter = EmailMessage(email.policy.SMTP)
    letter["From"], letter["To"] = "a@example.org", "b@example.org"
    letter.set_content("Testo semplice.")
    letter.add_alternative("<p>Testo <b>ricco</b>.</p>", subtype="html")
    assert read(letter.as_bytes()).text == "Testo semplice."
    alone = EmailMessage(email.policy.SMTP)
    alone["From"] = "a@example.org"
    alone.set_content(
        "<html><head><style>p{color:red}</style><script>alert(1)</script></head><body><p>Va <b>bene</b> marted&igrave;.</p>"
        "<p>A presto<br>Il Forno</p></body></html>",
        subtype="html",
    )
    assert read(alone.as_bytes()).text == "Va bene martedì.\nA presto\nIl Forno"


def test_a_logo_in_the_signature_is_no_file_and_a_letter_inside_is_one():
    letter = EmailMessage(email.policy.SMTP)
    letter["From"] = "a@example.org"
    letter.set_content("Eccolo.")
    letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="già.pdf")
    letter.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", cid="<logo>", disposition="inline")
    assert [(file.name, file.content) for file in read(letter.as_bytes()).files] == [("già.pdf", b"%PDF-1.7")]


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("Return-Path: <>", True),
        ("Content-Type: multipart/report; boundary=x", True),
        ("X-Other: yes", False),
    ],
)
def test_machines_are_told_from_people(header, automatic):
    assert read(HEAD + header.encode() + b"\r\n\r\nCiao").is_automatic is automatic


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Sì.\n\nIl giorno mer 18 nov 2026 alle 10:00 Ufficio <u@example.org> ha scritto:\n\n> Quando?", "Sì."),
        ("Sì.\n\nIl giorno mer 18 nov 2026 alle 10:00 Ufficio\n<u@example.org>\nha scritto:\n> Quando?", "Sì."),
        ("Yes.\nOn Wed, 18 Nov 2026 at 10:00, Office <u@example.org> wrote:\n> When?", "Yes."),
        ("Sì.\n\nDa: Ufficio\nInviato: mercoledì\nA: noi\nOggetto: x\n\nQuando?", "Sì."),
        ("Sì.\n-----Messaggio originale-----\nQuando?", "Sì."),
        (f"Sì.\n\n{ABOVE}\n\nQuando?", "Sì."),
        ("> Quando?\nMartedì.\n> E dove?\nDa noi.", "Martedì.\nDa noi."),
        ("Sì.\n-- \nIl Forno\nvia Prova", "Sì."),
        ("Da: noi a voi, un saluto.\nSì.", "Da: noi a voi, un saluto.\nSì."),
        ("Il pane è pronto.\nHa scritto: sì", "Il pane è pronto.\nHa scritto: sì"),
        ("> solo quello di prima", "> solo quello di prima"),
        ("", ""),
    ],
)
def test_what_is_new_is_told_from_what_is_answered(text, kept):
    assert new_part(text) == kept
    assert new_part(text.replace("\n", "\r\n")) == kept


def test_the_same_letter_has_the_same_name():
    assert read(HEAD + b"\r\nA").key == read(HEAD + b"\r\nB").key  # by its own name
    assert read(b"From: a@example.org\r\n\r\nA").key != read(b"From: a@example.org\r\n\r\nB").key  # by its bytes, where it has none


@pytest.mark.parametrize("opened", [b"(", b"<", b"[", b'"', b"@"])
@pytest.mark.parametrize("name", [b"From", b"To", b"Subject", b"Content-Type", b"Message-ID", b"Content-Disposition"])
def test_a_header_nested_by_the_thousand_is_still_a_letter(name, opened):
    """One letter that the parser gives up on would keep all those behind it in the box."""
    raw = name + b": " + opened * 3000 + b"a@example.org\r\n\r\nMartedi va bene."
    assert "Martedi va bene." in read(raw).text
    assert bounce_in(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        b"\xff\xfe",
        b"From: <<>>\r\nTo: @@@\r\n\r\n\0x\0",
        b"From: =?utf-8?b?////?=\r\nSubject: =?x?q?\xff?=\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nmezza",
        b"Content-Type: multipart/mixed\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\n%%%",
        b"Content-Type: message/rfc822\r\n\r\nFrom: x\r\n\r\ny",
        b'Content-Type: application/pdf; name="=?utf-8?q?=ff?="\r\n\r\nx',
        b"To: " + b"a@example.org, " * 5000 + b"\r\n\r\nx",
        b"Subject: " + b"x" * 100_000 + b"\r\n\r\n" + b"y" * 100_000,
    ],
)
def test_a_broken_letter_is_still_a_letter(raw):
    letter = read(raw)
    assert len(letter.key) == 64 and len(letter.subject) <= 160 and len(letter.text) <= MOST_TEXT
    assert "\0" not in letter.text + letter.subject + letter.sender


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", HEAD, HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n", b"Content-Type: "]),
)
def test_no_bytes_at_all_make_it_stumble(raw, head):
    letter = read(head + raw)
    (letter.text + letter.subject + letter.sender + "".join(file.name for file in letter.files)).encode()
