"""A draw by tickets: the same for anybody who has the seed, whatever the order of the rows; more tickets, more often."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.treasury.sample_rules import draw, large_from, size, value

POOLS = st.dictionaries(st.text("abcdef", min_size=1, max_size=6), st.integers(1, 6), max_size=40)
SHARES, MINIMA, SEEDS = st.integers(1, 100), st.integers(1, 20), st.text("0123456789abcdef", min_size=1, max_size=32)


def test_a_draw_by_hand():
    """Seed "prova": the first figures of SHA-256("prova:<row>:<ticket>"), the smallest of each row in brackets.

    a [ed1532] · b c82170 [5315a8] · c 8f4da1 368c15 [1ccd65] · d [f4b2d9] · e [c5af29], so c, b, e, a, d. Forty of a hundred of five
    rows are two. With one ticket each: a ed1532, b c82170, c 8f4da1, d f4b2d9, e c5af29, so c, e, b, a, d: its ticket more helped b.
    """
    pool = {"a": 1, "b": 2, "c": 3, "d": 1, "e": 1}
    assert value("prova", "b", 2)[:6] == "5315a8"
    assert draw("prova", pool, share=100, minimum=1) == ["c", "b", "e", "a", "d"]
    assert draw("prova", pool, share=40, minimum=1) == ["c", "b"]
    assert draw("prova", dict.fromkeys(pool, 1), share=40, minimum=1) == ["c", "e"]


@given(POOLS, SHARES, MINIMA, SEEDS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(pool, share, minimum, seed, random):
    shuffled = list(pool.items())
    random.shuffle(shuffled)
    assert draw(seed, pool, share=share, minimum=minimum) == draw(seed, dict(shuffled), share=share, minimum=minimum)


@given(POOLS, SHARES, MINIMA, SEEDS)
def test_as_many_as_asked_each_once_and_of_those_there_are(pool, share, minimum, seed):
    drawn = draw(seed, pool, share=share, minimum=minimum)
    assert len(drawn) == len(set(drawn)) == size(len(pool), share=share, minimum=minimum)
    assert set(drawn) <= pool.keys()
    assert len(drawn) == len(pool) or (len(drawn) >= minimum and len(drawn) * 100 >= len(pool) * share)


@given(POOLS, SHARES, SHARES, MINIMA, SEEDS)
def test_a_larger_share_keeps_what_a_smaller_one_drew(pool, one, other, minimum, seed):
    small, large = sorted((one, other))
    drawn = draw(seed, pool, share=small, minimum=minimum)
    assert drawn == draw(seed, pool, share=large, minimum=minimum)[: len(drawn)]


@given(POOLS.filter(bool), SEEDS, st.data())
def test_one_more_ticket_never_puts_a_row_further_back(pool, seed, data):
    row = data.draw(st.sampled_from(sorted(pool)))
    assert value(seed, row, pool[row] + 1) <= value(seed, row, pool[row])


def test_a_row_with_three_tickets_is_drawn_about_three_times_as_often():
    """One of eleven rows over 2,000 seeds: three tickets of thirteen, 2,000 × 3/13 ≈ 462; the others have one, ≈ 154 each."""
    pool = {"risky": 3, **{f"plain {n}": 1 for n in range(10)}}
    first = Counter(draw(str(seed), pool, share=1, minimum=1)[0] for seed in range(2000))
    assert 400 < first["risky"] < 525
    assert all(100 < first[f"plain {n}"] < 210 for n in range(10))


@pytest.mark.parametrize(
    ("rows", "share", "minimum", "drawn"), [(0, 10, 5, 0), (3, 10, 5, 3), (50, 10, 5, 5), (51, 10, 5, 6), (101, 10, 5, 11), (7, 100, 1, 7)]
)
def test_a_share_is_rounded_up_and_never_below_the_least(rows, share, minimum, drawn):
    assert size(rows, share=share, minimum=minimum) == drawn


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        ([], None),
        ([400], 400),
        ([400] * 30, None),  # all the same: none is high
        ([500] + [400] * 19, 500),  # two of twenty would be the tenth; the second is like the others
        ([600, 500, *[400] * 18], 500),
        ([600, 500, 500, *[400] * 17], 600),
    ],
)
def test_the_highest_tenth(amounts, found):
    assert large_from([Decimal(amount) for amount in amounts]) == found
