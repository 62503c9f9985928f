"""Levels, bodies with two roles, distinct addresses, what an edit asks again: the pure rules."""

from typing import Any

import pytest

from impresasolidale.territory.rules import SIGNATURE_LEVELS, Rules
from placements.agreements import signing_rules as r
from placements.agreements.enums import SignatureLevel, SignatureMethod

BEFORE: dict[str, Any] = {
    "person": [["Nome e cognome", "Anna Prova"], ["Residenza", "Via Uno 1"], ["Operatore di riferimento", "Bea Prova"]],
    "host": [["Denominazione", "Forno Prova"], ["PEC o posta", "forno@example.org"], ["Tutor aziendale", "Carla Prova"]],
    "period": [["Inizio", "2 dicembre 2026"], ["Fine", "31 maggio 2027"]],
    "money": [["Contributo motivazionale", "400,00 € al mese"]],
    "tasks": "Aiuto al banco",
    "version": 1,
    "signers": [{"code": code, "role": code, "name": ""} for code in ("promoter", "host", "person", "service")],
}


def test_the_levels_are_the_rule_book_s() -> None:
    assert tuple(SignatureLevel.values) == SIGNATURE_LEVELS
    assert set(r.LEVEL_OF) == set(SignatureMethod.values)


@pytest.mark.parametrize(
    ("level", "ways"),
    [
        ("simple", ["link", "tablet", "paper", "digital"]),
        ("drawn", ["tablet", "paper", "digital"]),
        ("handwritten", ["paper", "digital"]),
        ("qualified", ["digital"]),
    ],
)
def test_a_way_below_the_level_is_not_enough(level: str, ways: list[str]) -> None:
    assert [m for m in SignatureMethod.values if r.is_enough(m, level)] == ways


def test_the_agreement_wants_a_hand_by_default() -> None:
    assert r.least_level("framework_agreement", Rules()) == "handwritten"
    assert r.least_level("personal_project", Rules()) == "simple" == r.least_level("something_new", Rules())


def test_the_words_claim_no_more_than_there_is() -> None:
    assert "semplice" in r.level_words("link") and "semplice" in r.level_words("tablet")
    assert "avanzata" in r.level_words("tablet", drawn_process="determina 3/2026")


def test_one_body_with_two_roles_signs_once_and_the_paper_says_in_which() -> None:
    rows = [
        {"code": "promoter", "role": "Ente promotore", "name": "Comune di Prova", "party": "00111"},
        {"code": "host", "role": "Soggetto ospitante", "name": "Ada, per Comune", "party": "00111"},
        {"code": "person", "role": "Tirocinante", "name": "Anna", "party": ""},
        {"code": "representative", "role": "Rappresentante", "name": "Bea", "party": ""},
    ]
    found = r.merged(rows)
    assert [(f["code"], f["roles"], f["role"]) for f in found] == [
        ("promoter", ["promoter", "host"], "Ente promotore e soggetto ospitante"),
        ("person", ["person"], "Tirocinante"),
        ("representative", ["representative"], "Rappresentante"),
    ]


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("Tutor@Example.org", "tutor"),
        ("333 123 4567", "tutor"),
        ("+39 3331234567", "tutor"),
        ("altra@example.org", ""),
        ("", ""),
    ],
)
def test_two_ways_of_writing_one_box_are_one(address: str, whose: str) -> None:
    assert r.clash("person", address, {"tutor": ["tutor@example.org", "+393331234567"], "ente": ["", "x@y.org"]}) == whose


def test_a_masked_address_shows_its_owner_alone() -> None:
    assert r.masked("marta@example.org") == "m•••@example.org" and r.masked("+39 333 1234567") == "•••567"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Rossi Mario", "MARIO ROSSI", True),
        ("Mario Rossi", "Mario Luigi Rossi", True),
        ("D'Angelò Ida", "ida d angelo", True),
        ("Mario", "Mario Rossi", False),
        ("Mario Rossi", "Maria Rossi", False),
    ],
)
def test_names_on_certificates(one: str, other: str, same: bool) -> None:
    assert r.same_person(one, other) is same


def changed(**parts: Any) -> dict[str, Any]:
    return {**BEFORE, **parts}


@pytest.mark.parametrize(
    ("after", "kind", "again"),
    [
        (BEFORE, "cosmetic", ()),
        (changed(version=2), "cosmetic", ()),
        (changed(tasks="aiuto, al  banco."), "cosmetic", ()),
        (
            changed(host=[["Denominazione", "Forno Prova"], ["PEC o posta", "nuova@example.org"], ["Tutor aziendale", "Dora Prova"]]),
            "contact",
            (),
        ),
        (changed(tasks="Aiuto in cucina"), "substantial", ("promoter", "host", "person", "service")),
        (
            changed(period=[["Inizio", "3 dicembre 2026"], ["Fine", "31 maggio 2027"]]),
            "substantial",
            ("promoter", "host", "person", "service"),
        ),
        (changed(money=[["Contributo motivazionale", "450,00 € al mese"]]), "substantial", ("promoter", "person", "service")),
        (changed(host=[["Denominazione", "Forno Nuovo"], *BEFORE["host"][1:]]), "substantial", ("promoter", "host")),
        (
            changed(person=[BEFORE["person"][0], ["Residenza", "Via Due 2"], BEFORE["person"][2]]),
            "substantial",
            ("promoter", "person", "service"),
        ),
        (changed(surprise="x"), "substantial", ("promoter", "host", "person", "service")),
    ],
)
def test_what_an_edit_asks_again(after: dict[str, Any], kind: str, again: tuple[str, ...]) -> None:
    found = r.classify_change(BEFORE, after)
    assert (found.kind, found.again) == (kind, again)
    assert bool(found.reasons) is (after not in (BEFORE, changed(version=2)))


def test_the_reasons_say_the_field() -> None:
    reasons = r.classify_change(BEFORE, changed(money=[["Contributo motivazionale", "1 €"]], tasks="aiuto al BANCO")).reasons
    assert reasons == ("Cambia: il contributo motivazionale (Contributo motivazionale).", "le attività: cambia solo come è scritto.")
