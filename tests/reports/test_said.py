"""A sentence with numbers inside is kept in Italian, and read in the language of who reads it."""

import json

import pytest
from django.utils import translation

from impresasolidale.core.fields import canonical
from impresasolidale.reports.tables import Column, Content, Kind, Said, as_values, from_values, read, table

LEAST = "Un trattino sta al posto dei numeri che riguardano meno di %(least)s persone."
KEY = "In proporzione a: %(basis)s. Atto: %(act)s."


def test_it_is_the_sentence_and_remembers_its_words():
    said = Said(LEAST, least=5)
    assert said == "Un trattino sta al posto dei numeri che riguardano meno di 5 persone."
    assert (said.words, said.values) == (LEAST, {"least": 5}) and json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        (Said(LEAST, least=5), "fewer than 5 people"),
        ("Nell'anno il fondo non ha movimenti.", None),
        ("", ""),
    ],
)
def test_it_is_read_in_the_reader_s_language(sentence, english):
    assert read(sentence) == sentence
    with translation.override("en"):
        told = read(sentence)
    assert told != sentence if english is None else english in told if english else told == ""


def test_what_was_frozen_is_read_as_well():
    content = Content(
        tables=(table("a", "A", (Column("Che cosa"), Column("Numero", Kind.INT)), [("x", 1)], note=Said(LEAST, least=5)),),
        notes=(Said(KEY, basis="abitanti", act="12/2026"), "Gli abitanti sono quelli del censimento 2011."),
        empty="",
    )
    values = json.loads(canonical(as_values(content)))
    again = from_values(values)
    assert again == content and isinstance(again.notes[0], Said) and isinstance(again.tables[0].note, Said)
    assert as_values(again) == values
    with translation.override("en"):
        assert "5" in read(again.tables[0].note) and "Un trattino" not in read(again.tables[0].note)
        assert "12/2026" in read(again.notes[0])


def test_what_was_frozen_before_is_read_as_it_was():
    old = as_values(Content(notes=("Le voci con meno di 5 persone sono unite ad altre, così nessuno si riconosce.",)))
    assert from_values(old).notes == ("Le voci con meno di 5 persone sono unite ad altre, così nessuno si riconosce.",)
