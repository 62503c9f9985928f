"""What a bank line probably is: ranked, with reasons, and silent when nothing tells."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidarity_fund.matching_rules import Expected, KnownDonor, Line, PotReference, Recorded, Suggestion, is_said, same_name, suggest

D, DAY = Decimal, date(2026, 11, 10)
REFERENCE = "RF40FS26000012"


def line(amount="100", **said):
    return Line(D(amount), DAY, said.get("name", ""), said.get("words", ""), said.get("reference", ""), said.get("iban_hash", ""))


def kinds(found):
    return [(one.kind, one.key) for one in found]


def test_a_reference_wins_however_it_is_spaced():
    promises = [Expected(1, D(50), DAY, 7, (REFERENCE,)), Expected(2, D(100), DAY, 8, ("RF11FS26000013",))]
    donors = [KnownDonor(7, "Latteria Prova"), KnownDonor(8, "Coro Le Cime")]
    found = suggest(line(words="dono rf40 FS26 0000-12 grazie", name="Coro Le Cime"), expected=promises, donors=donors)
    assert kinds(found)[0] == ("expected", 1)
    assert "riferimento della promessa" in found[0].why[0]
    # 100 (reference) + 10 (period); the other: 25 (name) + 20 (amount) + 10 (period); the donor alone: 25
    assert [one.points for one in found] == [110, 55, 25]


def test_an_amount_alone_says_nothing():
    assert suggest(line(), expected=[Expected(1, D(100), DAY, 7, (REFERENCE,))], donors=[KnownDonor(7, "Altri")]) == []


def test_money_that_goes_out_is_only_ever_a_movement():
    recorded = [Recorded(5, D(-100), DAY, "Aiuto versato"), Recorded(6, D(100), DAY, "Dono ricevuto")]
    found = suggest(
        line("-100", name="Latteria Prova", words=REFERENCE),
        recorded=recorded,
        expected=[Expected(1, D(100), DAY, 7, (REFERENCE,))],
        donors=[KnownDonor(7, "Latteria Prova")],
        pots=[PotReference("p", REFERENCE)],
    )
    # 20 (amount) + 15 (there already) + 10 (same day)
    assert found == [Suggestion("recorded", 5, 45, ("stesso importo", "è già nel registro", "stesso giorno"))]


def test_what_is_there_already_goes_before_a_new_gift_of_the_same_donor():
    found = suggest(
        line(name="Latteria Prova snc"),
        recorded=[Recorded(5, D(100), DAY, "Contributo", "Latteria Prova")],
        donors=[KnownDonor(7, "Latteria Prova")],
    )
    assert kinds(found) == [("recorded", 5), ("donor", 7)]


def test_an_account_that_gave_before_is_known():
    found = suggest(line(iban_hash="h"), donors=[KnownDonor(7, "Una persona", frozenset({"h"})), KnownDonor(8, "Altra", frozenset({"x"}))])
    assert kinds(found) == [("donor", 7)] and found[0].why == ("ha già donato da questo conto",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Falegnameria Pròva S.r.l.", "FALEGNAMERIA PROVA", True),
        ("Rossi Maria", "maria rossi", True),
        ("Maria", "Maria Rossi", True),
        ("Maria", "Maria Rossi e Anna Bianchi", False),
        ("Coro Le Cime", "Coro Alpino", False),
        ("", "Coro", False),
        ("S.r.l.", "Prova S.r.l.", False),
    ],
)
def test_names_are_the_same_without_accents_order_and_legal_form(one, other, same):
    assert same_name(one, other) is same


AMOUNTS = st.sampled_from([D(n) for n in (-100, -50, 50, 100)])
NAMES = st.sampled_from(["Latteria Prova", "Coro Le Cime", "Maria Rossi", ""])


@given(
    AMOUNTS,
    NAMES,
    st.sampled_from(["", REFERENCE, "RF11FS26000013"]),
    st.lists(st.tuples(AMOUNTS, NAMES), max_size=6),
    st.lists(st.tuples(AMOUNTS, st.sampled_from([REFERENCE, "RF11FS26000013"])), max_size=6),
)
def test_suggestions_are_ordered_reasoned_and_never_of_another_amount(amount, name, words, recorded, expected):
    found = suggest(
        line(amount, name=name, words=words),
        recorded=[Recorded(n, a, DAY, "x", who) for n, (a, who) in enumerate(recorded)],
        expected=[Expected(n, abs(a), DAY, n % 3, (ref,)) for n, (a, ref) in enumerate(expected)],
        donors=[KnownDonor(n, who) for n, who in enumerate(["Latteria Prova", "Coro Le Cime", "Maria Rossi"])],
    )
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True) and len(found) <= 5
    assert all(one.why and one.points >= 25 for one in found)
    assert len({(one.kind, one.key) for one in found}) == len(found)
    assert all(recorded[one.key][0] == amount for one in found if one.kind == "recorded")
    assert amount > 0 or all(one.kind == "recorded" for one in found)


@pytest.mark.parametrize(
    ("reference", "text", "said"),
    [
        ("12", "Mandato n. 12 del 2026", True),
        ("12", "Mandato n. 112", False),
        ("Q-8", "quietanza q 8", True),
        ("Q-8", "quietanza q 88", False),
        ("RF18FP000001", "dono rf18 fp00 0001", True),
        ("RF18FP000001", "/RFB/RF18FP000001X", True),
        ("", "qualunque cosa", False),
        ("-", "qualunque - cosa", False),
    ],
)
def test_a_short_number_is_found_only_as_a_whole(reference, text, said):
    assert is_said(reference, text) is said
