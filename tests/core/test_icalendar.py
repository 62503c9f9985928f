"""The calendar's text, by the letter of RFC 5545."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.core.icalendar import Event, calendar_of, escape, fold

ROME = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_a_whole_calendar():
    event = Event("a1@example.org", datetime(2026, 12, 2, 9, 0, tzinfo=ROME), datetime(2026, 12, 2, 13, 0, tzinfo=ROME), "Corso", "Sondrio")
    assert calendar_of("I miei incontri", [event], now=NOW) == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Impresasolidale//Calendario//IT\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
        b"X-WR-CALNAME:I miei incontri\r\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n"
        b"BEGIN:VEVENT\r\nUID:a1@example.org\r\nDTSTAMP:20261130T080000Z\r\nDTSTART:20261202T080000Z\r\nDTEND:20261202T120000Z\r\n"
        b"SUMMARY:Corso\r\nLOCATION:Sondrio\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Ascolto, compiti; e \\altro", "Ascolto\\, compiti\\; e \\\\altro"),
        ("una\nriga\r\ne un'altra\rancora", "una\\nriga\\ne un'altra\\nancora"),
        ("BEGIN:VEVENT\nSUMMARY:finto", "BEGIN:VEVENT\\nSUMMARY:finto"),
        ("\x00\x07nascosto\x7f", "nascosto"),
    ],
)
def test_text_is_escaped(text, written):
    assert escape(text) == written


def test_a_line_of_75_octets_stays_whole_and_76_is_folded():
    assert list(fold("x" * 75)) == ["x" * 75]
    assert list(fold("x" * 76)) == ["x" * 75, " x"]
    assert list(fold("à" * 38)) == ["à" * 37, " à"], "no character is cut in two"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_folding_loses_nothing(text):
    line = f"SUMMARY:{escape(text)}"
    pieces = list(fold(line))
    assert all(len(piece.encode()) <= 75 for piece in pieces) and all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert "\n" not in line and "\r" not in line


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_escaped_text_reads_back(text):
    def read(written: str) -> str:
        out, rest = "", iter(written)
        for c in rest:
            out += {"n": "\n"}.get(d, d) if c == "\\" and (d := next(rest)) else c
        return out

    assert read(escape(text)) == text
