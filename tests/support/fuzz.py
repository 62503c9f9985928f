"""Files that begin as good ones and are spoilt: bytes turned, taken out, put in, doubled, cut, and swapped for words that parsers trip
over.

`spoilt(seeds, rng)` goes on for ever; the same random numbers give the same files. Of a ZIP the parts inside are spoilt too, and packed
again.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

TRAPS = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"%s%n", b"-1", b"0", b"1e999999999", b"NaN", b"-0", b"99999999999999999999", b"2147483648",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80",
    b"9999-99-99", b"2026-02-30", b"0000-00-00", b"=1+1", b"'", b'"', b";", b",", b"\t", b"\r\n", b"../", b"stream", b"endobj", b"/Length",
    b"<<", b">>", b"[" * 2000, b"(" * 2000, b"<a>" * 500, b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", "ＡＢ\u202e".encode(), b"..", b"null",
    b'{"a":' * 300,
)  # fmt: skip
ZIP = b"PK\x03\x04"
WORDS = re.compile(rb">([^<>]+)<|=\"([^\"]*)\"")
ELEMENT = re.compile(rb"<([\w:.-]+)(?:\s[^<>]*)?>[^<>]*</\1>|<([\w:.-]+)[^<>]*>(?:(?!<\2\b).){0,400}?</\2>", re.S)
LONGEST = 400_000  # a file that grew beyond is begun anew


def turned(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 8))):
        if data:
            place = rng.randrange(len(data))
            data[place] ^= 1 << rng.randrange(8)


def replaced(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    data[start : start + rng.choice((0, 0, 1, 4, 40))] = rng.choice(TRAPS)


def taken_out(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    del data[start : start + rng.choice((1, 3, 30, 300))]


def doubled(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    piece = data[start : start + rng.choice((2, 20, 200))]
    data[start:start] = piece * rng.choice((1, 1, 2, 30))


def cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def noise(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    data[start:start] = rng.randbytes(rng.choice((1, 4, 64)))


WAYS: tuple[Callable[[bytearray, random.Random], None], ...] = (turned, turned, replaced, replaced, taken_out, doubled, cut, noise)


def spoil(data: bytes, others: Sequence[bytes], rng: random.Random, *, keep: int = 0) -> bytes:
    """One to four changes; now and then the end of another file. The first `keep` bytes stay."""
    head, rest = data[:keep], bytearray(data[keep:])
    if rng.random() < 0.1:
        other = rng.choice(others)[keep:]
        rest[rng.randrange(len(rest) + 1) :] = other[rng.randrange(len(other) + 1) :]
    for _ in range(rng.randint(1, 4)):
        rng.choice(WAYS)(rest, rng)
    return head + bytes(rest)


def spoil_xml(data: bytes, rng: random.Random) -> bytes:
    """A document that is whole still: texts, attributes and elements that are other, gone, doubled or elsewhere."""
    for _ in range(rng.randint(1, 3)):
        of_words = rng.random() < 0.6
        pieces = [*(WORDS if of_words else ELEMENT).finditer(data)]
        if not pieces:
            break
        found = rng.choice(pieces)
        start, end = found.span(found.lastindex or 0) if of_words else found.span()
        trap = rng.choice(TRAPS).replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;").replace(b"\0", b"")
        if of_words:
            new = rng.choice((trap, b"", data[start:end] * 2, str(rng.randrange(-(10**12), 10**12)).encode(), b"x" * 5000))
        else:
            new = rng.choice((b"", data[start:end] * rng.choice((2, 40)), data[slice(*rng.choice(pieces).span())]))
        data = data[:start] + new + data[end:]
    return data


def spoil_inside(data: bytes, rng: random.Random) -> bytes:
    """A ZIP whose parts were spoilt before it was packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = old.infolist()
        bad = rng.choice(parts).filename
        for part in parts:
            body = old.read(part)
            if part.filename == bad:
                body = spoil_xml(body, rng) if rng.random() < 0.6 else spoil(body, [body], rng)
            if part.filename != bad or rng.random() > 0.05:
                new.writestr(part.filename, body)
    return out.getvalue()


def spoilt(seeds: Sequence[bytes], rng: random.Random, *, keep: int = 0) -> Iterator[bytes]:
    """First the good files, then spoilt ones without end; what was spoilt once is at times spoilt further."""
    yield from seeds
    grown = list(seeds)
    while True:
        data = rng.choice(grown)
        made = (
            spoil_inside(data, rng)
            if data in seeds and data.startswith(ZIP) and rng.random() < 0.7
            else spoil_xml(data, rng)
            if data.startswith(b"<") and rng.random() < 0.7
            else spoil(data, seeds, rng, keep=keep)
        )
        if rng.random() < 0.05 and len(made) < LONGEST:
            grown = [*seeds, *grown[len(seeds) :][-50:], made]
        yield made
