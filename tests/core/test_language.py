"""The house speaks Italian, and English to whoever asks for it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import invite
from impresasolidale.core.management.commands.check_translations import _phrases
from impresasolidale.core.models import Message
from impresasolidale.core.words import euro, written

THREE_PHRASES = """msgid ""
msgstr "Language: en\\n"

msgid "Oggi"
msgstr "Today"

msgid "Domani"
msgstr ""

msgid ""
"Prima riga\\n"
"seconda riga"
msgstr ""
"""


def test_the_cookie_of_the_language_turns_the_page_into_english(client: Client, db: None) -> None:
    client.cookies["django_language"] = "en"
    with translation.override("it"):  # the request leaves its language behind
        page = client.get(reverse("website:home")).content.decode()
    assert '<html lang="en"' in page
    assert "The companies that open their doors" in page


@pytest.mark.django_db
def test_a_mail_speaks_the_language_of_who_receives_it(within: Any, coordinator: Any, today: date) -> None:
    by = within(coordinator)
    with translation.override("en"):
        invite(
            email="ivo@example.org", first_name="Ivo", last_name="Larice", role=Role.SOCIAL_WORKER, by=by, today=today,
            base_url="http://x", ambito_id=by.ambito_id,
        )  # fmt: skip
    mail = Message.objects.get()
    assert mail.subject == "Il tuo accesso a Impresasolidale"
    assert "Per entrare scegli una password" in mail.body


def test_what_was_written_once_is_written_in_the_language_of_who_reads_it() -> None:
    for _twice in range(2):
        for language, sum_, day in (("it", "1.234,50\u00a0€", "1 dicembre 2026"), ("en", "1,234.50\u00a0€", "1 December 2026")):
            with translation.override(language):
                assert (euro("1234.5"), written(date(2026, 12, 1), "j F Y")) == (sum_, day)
    with translation.override("it"):
        assert euro("-0.00") == euro(0) == "0,00\u00a0€"


def test_only_italian_writes_months_in_small_letters() -> None:
    with translation.override("it"):
        assert written(date(2026, 11, 22), "j F") == "22 novembre"
    with translation.override("en"):
        assert written(date(2026, 11, 22), "j F") == "22 November"


def test_a_phrase_of_more_lines_is_missed_like_any_other(tmp_path: Path) -> None:
    catalogue = tmp_path / "django.po"
    catalogue.write_text(THREE_PHRASES, encoding="utf-8")
    missing = _phrases(catalogue, "--untranslated", "not translated")
    assert missing == ['not translated: "Domani"', r'not translated: "Prima riga\nseconda riga"']
