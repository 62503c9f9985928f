"""References to pay with, parts of a promise, what a gift may ask for: golden cases with the arithmetic, and properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from impresasolidale.core.errors import DomainError
from solidarity_fund import giving_rules as rules

D = Decimal
CENTS = st.decimals(min_value=D("0.01"), max_value=D("99999.99"), places=2)


@pytest.mark.parametrize(
    ("aux", "code", "base", "notice", "iuv"),
    [
        # 3 01 0000000000001 → 3010000000000001 = 93 × 32365591397849 + 44
        ("3", "01", 1, "301000000000000144", "01000000000000144"),
        # 0 02 2026000000007 → 22026000000007 = 93 × 236838709677 + 46; the IUV begins after the application code
        ("0", "02", 2026000000007, "002202600000000746", "202600000000746"),
    ],
)
def test_a_notice_has_its_check_digits(aux, code, base, notice, iuv):
    assert 3010000000000001 == 93 * 32365591397849 + 44
    assert 22026000000007 == 93 * 236838709677 + 46
    assert rules.notice_number(aux=aux, code=code, base=base) == notice
    assert rules.iuv_of(notice) == iuv
    assert rules.is_notice(notice)


@given(st.sampled_from("03"), st.integers(0, 99), st.integers(1, 10**13 - 1), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_a_notice_is_noticed(aux, code, base, place, more):
    """93 shares no factor with 10 and is larger than 9: no single digit can change without its remainder changing."""
    notice = rules.notice_number(aux=aux, code=f"{code:02d}", base=base)
    assert len(notice) == 18 and rules.is_notice(notice)
    wrong = notice[:place] + str((int(notice[place]) + more) % 10) + notice[place + 1 :]
    assert not rules.is_notice(wrong)


@pytest.mark.parametrize(("aux", "code", "base"), [("1", "01", 1), ("3", "1", 1), ("3", "AB", 1), ("3", "01", 0), ("0", "01", 10**13)])
def test_a_notice_of_nothing_known_is_refused(aux, code, base):
    with pytest.raises(ValueError, match=r"\("):
        rules.notice_number(aux=aux, code=code, base=base)


def test_a_creditor_reference_is_iso_11649():
    # "FS26000012" + "RF00": F=15 S=28 R=27 F=15 → 152826000012271500; 98 − (that modulo 97) = 40
    assert 98 - 152826000012271500 % 97 == 40
    assert rules.creditor_reference("FS26000012") == "RF40FS26000012"
    assert rules.in_fours("RF40FS26000012") == "RF40 FS26 0000 12"
    with pytest.raises(ValueError, match="fs"):
        rules.creditor_reference("fs-1")


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=21))
def test_every_creditor_reference_is_valid(body):
    assert iso11649.is_valid(rules.creditor_reference(body))


@given(CENTS, st.integers(1, 60))
def test_parts_sum_to_the_whole(total, parts):
    if total < D("0.01") * parts:
        with pytest.raises(ValueError, match="Decimal"):
            rules.in_parts(total, parts)
        return
    found = rules.in_parts(total, parts)
    assert sum(found) == total and len(found) == parts and max(found) - min(found) <= D("0.01") and found == sorted(found, reverse=True)


@given(st.lists(CENTS, min_size=1, max_size=12), CENTS)
def test_what_came_fills_the_first_parts(amounts, given_euro):
    filled = rules.covered(amounts, given_euro)
    assert sum(filled) == min(sum(amounts), given_euro)
    assert all(0 <= came <= amount for came, amount in zip(filled, amounts, strict=True))
    assert all(filled[n] == amounts[n] for n in range(len(amounts) - 1) if filled[n + 1])


def test_a_promise_of_a_thousand_in_three_parts():
    # 100000 cents = 3 × 33333 + 1: one part has the cent more
    assert rules.in_parts(D("1000"), 3) == [D("333.34"), D("333.33"), D("333.33")]
    assert rules.covered([D("333.34"), D("333.33"), D("333.33")], D("400")) == [D("333.34"), D("66.66"), 0]
    assert [rules.kept_state(D(1000), D(n)) for n in (0, 1, 999, 1000)] == ["open", "partly", "partly", "kept"]


@pytest.mark.parametrize(
    ("scope", "words", "receivers", "says"),
    [
        ("person", "", None, "non sceglie la persona"),
        ("", "per RSSMRA85T10A562S", None, "codice fiscale"),
        ("kind", "", 4, "troppo stretta"),
        ("comune", "", 0, "meno di 5"),
    ],
)
def test_a_gift_that_asks_for_too_little_a_circle(scope, words, receivers, says):
    with pytest.raises(DomainError, match=says):
        rules.refuse_over_restricted(scope=scope, words=words, receivers=receivers, minimum=5)


def test_a_gift_may_ask_for_a_kind_that_many_have():
    rules.refuse_over_restricted(scope="kind", words="per i trasporti", receivers=5, minimum=5)
    rules.refuse_over_restricted(scope="", words="dove serve", receivers=None, minimum=5)


@pytest.mark.parametrize("text", ["Il dono è detraibile", "Importo deducibile", "Dà diritto ad agevolazioni", "DEDUCIBILE"])
def test_the_words_of_a_receipt_promise_no_benefit(text):
    with pytest.raises(DomainError, match="riquadro"):
        rules.refuse_tax_promise(text)
    rules.refuse_tax_promise("Si attesta di avere ricevuto il dono. Grazie.")
