"""Italian codes: golden cases, every refusal in its words, and properties over generated people."""

import string
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.it.codicefiscale import calc_check_digit

from impresasolidale.core.validators import (
    check_birth_date,
    codice_fiscale,
    iban,
    ipa_code,
    partita_iva,
    place_name,
    tax_code_of_body,
)

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)
CODE = "RSSMRA80A01I829Y"
OMOCODIA = "LMNPQRSTUV"
MONTHS = "ABCDEHLMPRST"


def refusal(check, *args, **kwargs) -> ValidationError:
    with pytest.raises(ValidationError) as refused:
        check(*args, **kwargs)
    return refused.value


def signed(body: str) -> str:
    return body + calc_check_digit(body)


def test_a_code_says_birth_date_sex_and_place():
    found = codice_fiscale(" rssmra80a01 i829-y", today=TODAY)
    assert (found.code, found.plain) == (CODE, CODE)
    assert (found.birth_date, found.sex) == (date(1980, 1, 1), "M")
    assert (found.birthplace_code, found.birthplace_name, found.birthplace_province) == ("I829", "Sondrio", "SO")


def test_women_foreign_countries_and_abolished_places():
    woman = codice_fiscale(signed("BNCLRA85D55F121"), today=TODAY)  # Menarola, abolished in 2015
    assert (woman.sex, woman.birth_date, woman.birthplace_name) == ("F", date(1985, 4, 15), "Menarola")
    abroad = codice_fiscale(signed("BNCLRA85D55Z129"), today=TODAY)
    assert (abroad.birthplace_name, abroad.birthplace_province) == ("Romania", "EE")


@pytest.mark.parametrize(
    ("code", "today", "born"),
    [
        (signed("RSSMRA26M20I829"), date(2026, 11, 22), date(2026, 8, 20)),
        (signed("RSSMRA26T20I829"), date(2026, 11, 22), date(1926, 12, 20)),
        (signed("RSSMRA00B29I829"), date(2026, 11, 22), date(2000, 2, 29)),
    ],
)
def test_nobody_is_born_tomorrow(code, today, born):
    assert codice_fiscale(code, today=today).birth_date == born


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("", "length", "Il codice fiscale ha 16 caratteri: qui ce ne sono 0."),
        (CODE[:15], "length", "Il codice fiscale ha 16 caratteri: qui ce ne sono 15."),
        (
            "12345678901",
            "provisional",
            "Questo è un codice provvisorio di 11 cifre. Per ora serve il codice fiscale definitivo, di 16 caratteri.",
        ),
        ("RSSMRAO0A01I829Y", "characters", "Nel codice fiscale, al posto 7 ci vuole una cifra e non «O»."),
        ("R5SMRA80A01I829Y", "characters", "Nel codice fiscale, al posto 2 ci vuole una lettera e non «5»."),
        ("RSSMRA80G01I829Y", "characters", "Nel codice fiscale, al posto 9 ci vuole la lettera di un mese e non «G»."),
        (
            "RSSMRA80A01I829Z",
            "check_character",
            "L’ultima lettera non torna con le altre: nel codice fiscale c’è un errore di battitura. Ricontrollalo con la tessera.",
        ),
        (signed("RSSMRA80B30I829"), "impossible_date", "La data di nascita scritta nel codice fiscale non esiste: ricontrolla il codice."),
        (signed("RSSMRA80A72I829"), "impossible_date", "La data di nascita scritta nel codice fiscale non esiste: ricontrolla il codice."),
        (
            signed("RSSMRA80A01X999"),
            "impossible_place",
            "Il luogo di nascita scritto nel codice fiscale (X999) non esiste: ricontrolla il codice.",
        ),
    ],
)
def test_each_refusal_has_its_words(value, code, words):
    error = refusal(codice_fiscale, value, today=TODAY)
    assert (error.code, error.messages) == (code, [words])


def test_a_typed_birth_date_must_agree():
    found = codice_fiscale(CODE, today=TODAY)
    check_birth_date(found, date(1980, 1, 1))
    error = refusal(check_birth_date, found, date(1980, 1, 2))
    assert error.messages == [
        "La data di nascita non corrisponde al codice fiscale, che dice 01/01/1980. Controlla quale dei due è giusto."
    ]


people = st.builds(
    lambda letters, born, woman: f"{letters}{born:%y}{MONTHS[born.month - 1]}{born.day + 40 * woman:02d}I829",
    st.text(string.ascii_uppercase, min_size=6, max_size=6),
    st.dates(TODAY - timedelta(days=36000), TODAY),
    st.booleans(),
)


@given(people, st.sets(st.sampled_from([6, 7, 9, 10, 12, 13, 14])))
def test_omocodia_changes_the_code_but_not_the_person(body, replaced):
    spelled = "".join(OMOCODIA[int(c)] if i in replaced else c for i, c in enumerate(body))
    plain, other = codice_fiscale(signed(body), today=TODAY), codice_fiscale(signed(spelled), today=TODAY)
    assert other.plain == plain.plain == plain.code
    assert other.code == signed(spelled)
    assert (other.birth_date, other.sex) == (plain.birth_date, plain.sex)
    assert plain.birth_date <= TODAY


@given(people, st.integers(0, 14), st.sampled_from(string.ascii_uppercase + string.digits))
def test_one_wrong_character_is_always_noticed(body, position, char):
    wrong = body[:position] + char + body[position + 1 :]
    if wrong != body:
        refusal(codice_fiscale, wrong + calc_check_digit(body), today=TODAY)


@given(st.text(max_size=20))
def test_any_text_is_accepted_or_refused_in_words(text):
    for check in (codice_fiscale, partita_iva, tax_code_of_body, iban, ipa_code):
        try:
            check(text)
        except ValidationError as error:
            assert error.messages[0]


@given(st.integers(1, 9_999_999))
def test_vat_numbers(number):
    body = f"{number:07d}014"
    good = body + luhn.calc_check_digit(body)
    assert partita_iva(f"IT {good}") == tax_code_of_body(good) == good
    bad = body + str((int(good[-1]) + 1) % 10)
    assert refusal(partita_iva, bad).messages == ["Questa partita IVA non è valida: forse c’è un errore di battitura."]
    assert refusal(tax_code_of_body, bad).messages == ["Questo codice fiscale non è valido: forse c’è un errore di battitura."]


@pytest.mark.parametrize(
    ("check", "value", "words"),
    [
        (partita_iva, "1234", "La partita IVA ha 11 cifre: qui ce ne sono 4."),
        (partita_iva, "ABC", "La partita IVA è fatta di sole cifre."),
        (partita_iva, "٠٠٧٤٣١١٠١٥٧", "La partita IVA è fatta di sole cifre."),
        (tax_code_of_body, "1234", "Il codice fiscale di un ente ha 11 cifre: qui ce ne sono 4."),
        (tax_code_of_body, CODE, "Il codice fiscale di un ente è fatto di sole cifre."),
        (tax_code_of_body, "0" * 11, "Questo codice fiscale non è valido: forse c’è un errore di battitura."),
        (iban, "IT60X0542811101", "Un IBAN italiano ha 27 caratteri: qui ce ne sono 15."),
        (iban, "IT61X0542811101000000123456", "Questo IBAN non è valido: forse c’è un errore di battitura."),
        (iban, "ciao", "Un IBAN comincia con due lettere e due cifre, come IT60, e continua con cifre e lettere."),
        (ipa_code, "c/i829", "Il codice IPA è fatto di lettere, cifre e trattini bassi, come c_i829."),
    ],
)
def test_other_codes_are_refused_in_words(check, value, words):
    assert refusal(check, value).messages == [words]


def test_good_iban_and_ipa_code():
    assert iban("it60 x054 2811 1010 0000 0123 456") == "IT60X0542811101000000123456"
    assert ipa_code(" C_I829 ") == "c_i829"


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("Ponte In Valtellina", "Ponte in Valtellina"),
        ("Anzola Dell'Emilia", "Anzola dell'Emilia"),
        ("Aci Sant'Antonio", "Aci Sant'Antonio"),
        ("Borgo De' Greci", "Borgo de' Greci"),
        ("L'Aquila", "L'Aquila"),
    ],
)
def test_place_names_are_written_as_italians_do(raw, written):
    assert place_name(raw) == written


def test_the_tables_of_places_are_read_only_when_needed():
    source = "import sys, impresasolidale.core.validators; print([m for m in ('codicefiscale', 'stdnum', 'holidays') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT).stdout == "[]\n"
