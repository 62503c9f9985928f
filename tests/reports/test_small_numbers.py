"""Rule 88: what is small is hidden, with what would give it away."""

from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.core.small_numbers import hide_parts, hide_table, hide_total

LEAST = 5
COUNTS = st.integers(0, 12)


def test_a_small_part_takes_the_smallest_other_with_it():
    # 30 − 12 − 9 − 6 would say 3: the 6 is hidden too, and 3 + 6 = 9 points at nobody
    assert hide_parts([12, 3, 9, 6], LEAST) == [12, None, 9, None]
    assert hide_total([12, 3, 9, 6], LEAST) == 30


def test_two_small_parts_that_are_few_together_take_a_third():
    # 1 + 2 = 3 people: whoever subtracts knows of three; with the 7 they are 10
    assert hide_parts([1, 2, 7, 20], LEAST) == [None, None, None, 20]


def test_a_zero_is_shown_and_hides_nothing():
    assert hide_parts([0, 8, 9], LEAST) == [0, 8, 9]
    assert hide_parts([0, 3], LEAST) == [None, None]  # a total of 3 that somebody knows would say it
    assert hide_total([0, 3], LEAST) is None


def test_a_zero_beside_a_hidden_cell_does_not_give_it_away():
    # were the 0 shown, its row's sum would say 7, the column's then 9 − 7 = 2
    assert hide_table([[7, 0], [2, 9]], LEAST) == [[None, None], [None, None]]


def test_a_table_hides_along_rows_and_columns():
    #  8  9 10      one small cell, 2: in its row the 7 goes, in its column the 8 of the first row; then the first row has one hidden cell
    #  2  7 11      and hides the 9, and the column of the 9 has two.
    assert hide_table([[8, 9, 10], [2, 7, 11]], LEAST) == [[None, None, 10], [None, None, 11]]


@given(st.lists(COUNTS, min_size=1, max_size=8))
def test_nothing_small_is_shown_nor_left_alone(parts):
    shown = hide_parts(parts, LEAST)
    assert all(s is None or s == p for s, p in zip(shown, parts, strict=True))
    assert all(s is None for s, p in zip(shown, parts, strict=True) if 0 < p < LEAST)
    hidden = [p for s, p in zip(shown, parts, strict=True) if s is None]
    others = any(s is not None for s in shown)
    assert not hidden or not others or (len(hidden) > 1 and sum(hidden) >= LEAST)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(COUNTS, min_size=n, max_size=n), min_size=1, max_size=5)))
def test_no_line_of_a_table_gives_a_cell_away(table):
    shown = hide_table(table, LEAST)
    for line, counts in [*zip(shown, table, strict=True), *zip(zip(*shown, strict=True), zip(*table, strict=True), strict=True)]:
        hidden = [p for s, p in zip(line, counts, strict=True) if s is None]
        assert all(s is None for s, p in zip(line, counts, strict=True) if 0 < p < LEAST)
        assert not hidden or all(s is None for s in line) or (len(hidden) > 1 and sum(hidden) >= LEAST)
