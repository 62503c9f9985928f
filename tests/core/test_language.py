"""The house speaks Italian, and English to whoever asks for it."""

from datetime import date
from pathlib import Path

from django.test import Client
from django.urls import reverse
from django.utils import translation

from impresasolidale.core.management.commands.check_translations import _phrases
from impresasolidale.core.templatetags.ui import written

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
    page = client.get(reverse("website:home")).content.decode()
    assert '<html lang="en"' in page
    assert "The companies that open their doors" in page


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
