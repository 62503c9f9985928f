"""The encrypted form of copies: what goes in comes out, and nothing that was touched does."""

import io
import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impresasolidale.operations import age

SECRET, PUBLIC = age.new_key()
PIECE = age.PIECE


def sealed(data: bytes, **keys) -> bytes:
    target = io.BytesIO()
    sealer = age.Sealer(target, **(keys or {"recipients": [PUBLIC]}))
    sealer.write(data)
    sealer.finish()
    return target.getvalue()


def opened(data: bytes, **keys) -> bytes:
    return age.Opener(io.BytesIO(data), **(keys or {"secrets": [SECRET]})).readall()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17])
def test_what_goes_in_comes_out_at_every_edge_of_a_piece(size):
    data = bytes(i % 251 for i in range(size))
    assert opened(sealed(data)) == data


def test_each_of_several_keys_opens_it_and_a_passphrase_does_alone():
    other, other_public = age.new_key()
    both = sealed(b"tutti e due", recipients=[PUBLIC, other_public])
    assert opened(both, secrets=[other]) == opened(both, secrets=[SECRET]) == b"tutti e due"
    by_words = sealed(b"a parole", passphrase="cavallo batteria graffetta", work=10)
    assert opened(by_words, passphrase="cavallo batteria graffetta") == b"a parole"


@pytest.mark.parametrize("keys", [{"secrets": [age.new_key()[0]]}, {"passphrase": "un'altra"}, {"secrets": []}])
def test_a_wrong_key_is_told_as_such(keys):
    with pytest.raises(age.WrongKey):
        opened(sealed(b"chiuso"), **keys)
    with pytest.raises(age.WrongKey):
        opened(sealed(b"chiuso", passphrase="questa", work=10), **keys)


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(0, 7))
@example(0, 0)
def test_one_bit_changed_anywhere_is_noticed(place, bit):
    whole = bytearray(sealed(b"x" * (PIECE + 100)))
    whole[place % len(whole)] ^= 1 << bit
    with pytest.raises((age.Unreadable, age.WrongKey)):
        opened(bytes(whole))


@pytest.mark.parametrize("left", [0, 10, 150, 200, PIECE, -1, -116, -117])
def test_an_end_cut_off_is_noticed(left):
    """Also at the border of a piece, where every piece that is left is whole."""
    whole = sealed(b"x" * (2 * PIECE + 100))
    with pytest.raises(age.Unreadable):
        opened(whole[:left])


def test_pieces_in_another_order_or_twice_are_noticed():
    whole = sealed(b"a" * PIECE + b"b" * PIECE + b"c")
    size, tail = PIECE + age.TAG, 1 + age.TAG
    head, first, second, last = (
        whole[: -2 * size - tail],
        whole[-2 * size - tail : -size - tail],
        whole[-size - tail : -tail],
        whole[-tail:],
    )
    for wrong in (head + second + first + last, head + first + first + second + last, head + first + last, whole + last):
        with pytest.raises(age.Unreadable):
            opened(wrong)


@pytest.mark.parametrize(
    "text",
    ["", "age1", PUBLIC[:-1], PUBLIC[:-1] + ("q" if PUBLIC[-1] != "q" else "p"), SECRET, PUBLIC.capitalize()],
    ids=["nothing", "no key", "a letter short", "a letter wrong", "secret", "capital"],  # the keys are new at each run
)
def test_a_key_copied_wrong_is_no_key(text):
    with pytest.raises(ValueError):
        age.decode(age.PUBLIC, text)


def test_a_key_is_the_same_in_capitals_and_gives_its_public_one():
    assert age.public_of(SECRET) == age.public_of(SECRET.lower()) == PUBLIC
    # What age-keygen says of the key 00 01 02 … 1f.
    assert age.public_of(age.encode(age.SECRET, bytes(range(32)))) == "age13aqvttdk3ujkyjh9kg2w5an6dmy5mq5a84a4uxk3hfhnugfc9p0sy5p2wh"


@pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not here (apt-get install age)")
def test_the_age_program_reads_ours_and_we_read_its(tmp_path):
    key = tmp_path / "key.txt"
    key.write_text(SECRET + "\n")
    data = b"dal nostro al loro e ritorno" * 10_000
    assert subprocess.run(["age", "-d", "-i", str(key)], input=sealed(data), capture_output=True, check=True).stdout == data
    theirs = subprocess.run(["age", "-r", PUBLIC], input=data, capture_output=True, check=True).stdout
    assert opened(theirs) == data
