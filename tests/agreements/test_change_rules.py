"""The arithmetic of changes, by hand: which version holds, hours, pauses, months, what is near, what expires. No database."""

from dataclasses import dataclass
from datetime import date, time

import pytest

from impresasolidale.core.errors import DomainError
from impresasolidale.territory.rules import Rules
from placements.agreements import change_rules as rules
from placements.agreements.change_rules import Slot, Span
from placements.agreements.timetable_forms import DatesField
from placements.attendance.rules import DayValue, month_totals

D = date
BOOK = Rules()
NINE = time(9)


@dataclass(frozen=True)
class V:
    version: int
    effective_from: date


def test_the_last_version_that_has_begun_holds():
    first, second, third = V(1, D(2027, 1, 1)), V(2, D(2027, 3, 1)), V(3, D(2027, 2, 15))
    assert rules.in_force([first, second], D(2027, 2, 28)) == first
    assert rules.in_force([second, first], D(2027, 3, 1)) == second
    assert rules.in_force([first], D(2026, 12, 1)) == first  # before its time: the first one
    # the third was agreed after the second and holds from 15 February on, also in March
    assert rules.in_force([first, second, third], D(2027, 2, 20)) == third
    assert rules.in_force([first, second, third], D(2027, 3, 20)) == third
    assert rules.in_force([], D(2027, 1, 1)) is None


@pytest.mark.parametrize(
    ("day", "cause", "settled", "words"),
    [
        (D(2026, 12, 31), "", (), "dentro il periodo"),
        (D(2027, 7, 1), "", (), "dentro il periodo"),
        (D(2027, 3, 9), "", (), "infortunio o malattia"),
        (D(2027, 2, 20), "illness", {D(2027, 2, 1)}, "già confermate"),
        (D(2027, 1, 20), "accident", {D(2027, 2, 1)}, "già confermate"),  # before the last confirmed month too
        (D(2027, 3, 12), "illness", (), "solo se la modifica vale da un giorno passato"),
    ],
)
def test_when_an_amendment_may_begin(day, cause, settled, words):
    given = {"starts_on": D(2027, 1, 1), "ends_on": D(2027, 6, 30), "today": D(2027, 3, 10)}
    with pytest.raises(DomainError, match=words):
        rules.check_effective(day, past_cause=cause, settled=settled, **given)
    rules.check_effective(D(2027, 3, 10), past_cause="", settled={D(2027, 2, 1)}, **given)
    rules.check_effective(D(2027, 3, 1), past_cause="illness", settled={D(2027, 2, 1)}, **given)


def test_hours_of_an_irregular_timetable():
    # Tuesday 12 and Thursday 14 January: 4 h each; Tuesday 2 February: 3 h. January 8 h, February 3 h, in all 11 h.
    slots = [Slot(D(2027, 1, 12), NINE, 240), Slot(D(2027, 1, 14), NINE, 240), Slot(D(2027, 2, 2), NINE, 180)]
    found = rules.hours_of(slots)
    assert (found.total, found.days, found.longest_day, found.busiest_week) == (660, 3, 240, 480)
    assert found.months == {D(2027, 1, 1): 480, D(2027, 2, 1): 180}
    assert found.weeks == {D(2027, 1, 11): 480, D(2027, 2, 1): 180}
    assert rules.hours_of([]).busiest_week == 0


def test_a_week_falls_on_the_working_days_alone():
    # Mondays and Wednesdays of the first half of January 2027, where Wednesday 6 (Epiphany) is no working day: 4, 11 and 13 January.
    days = [D(2027, 1, n) for n in range(1, 16) if n not in (1, 6)]
    found = rules.weekly_slots({0: (NINE, 240), 2: (NINE, 180)}, days)
    assert [(s.day.day, s.minutes) for s in found] == [(4, 240), (11, 240), (13, 180)]
    assert rules.hours_of(found).total == 660  # 240 + 240 + 180


def test_caps_of_a_day_and_of_a_week():
    assert rules.over_caps(30 * 60, 8 * 60, BOOK) == []
    assert [rule for rule, _words in rules.over_caps(30 * 60 + 1, 8 * 60 + 1, BOOK)] == [14, 13]
    off = BOOK.changed({"severity": {"13": "off", "14": "off"}})
    assert rules.over_caps(40 * 60, 10 * 60, off) == []


def test_placements_at_once_share_their_hours():
    # 20 h here and 8 h there are 28 h, under 30; 22 and 9 are 31.
    assert rules.over_parallel(20 * 60, [8 * 60], BOOK) == ""
    assert "31" in rules.over_parallel(22 * 60, [9 * 60], BOOK)
    assert rules.over_parallel(40 * 60, [], BOOK) == ""


def test_days_of_pause_and_the_end_that_slides():
    # 7–16 January are 10 days, from 25 March to the end (31 March) 7: 17 in all. 31 March + 10 days = 10 April.
    pauses = [Span(D(2027, 1, 7), D(2027, 1, 16)), Span(D(2027, 3, 25))]
    assert rules.suspended_days(pauses, until=D(2027, 3, 31)) == 17
    assert rules.slid_end(D(2027, 3, 31), pauses[0]) == D(2027, 4, 10)
    assert rules.over_suspension_cap(180, BOOK) == "" and "181" in rules.over_suspension_cap(181, BOOK)
    assert rules.over_suspension_cap(999, BOOK.changed({"severity": {"52": "off"}})) == ""


@pytest.mark.parametrize(
    ("span", "cause", "note", "words"),
    [
        (Span(D(2027, 3, 12), D(2027, 3, 11)), "host", "", "prima di quella di inizio"),
        (Span(D(2026, 12, 1), D(2026, 12, 2)), "illness", "", "dentro il periodo"),
        (Span(D(2027, 3, 12), D(2027, 7, 1)), "host", "", "non può durare di più"),
        (Span(D(2027, 3, 1), None), "host", "", "da oggi in poi"),
        (Span(D(2027, 2, 1), D(2027, 2, 3)), "illness", "", "già confermate"),
        (Span(D(2027, 3, 12), None), "other", " ", "due parole"),
        (Span(D(2027, 3, 19), D(2027, 3, 21)), "person", "", "già una sospensione"),
    ],
)
def test_a_pause_that_cannot_be(span, cause, note, words):
    with pytest.raises(DomainError, match=words):
        rules.check_suspension(
            span,
            cause=cause,
            note=note,
            others=[Span(D(2027, 3, 21), D(2027, 3, 25))],
            starts_on=D(2027, 1, 1),
            ends_on=D(2027, 6, 30),
            today=D(2027, 3, 10),
            settled={D(2027, 2, 1)},
        )


def test_months_over_several_placements():
    # 7 January–6 July 2025: 6 months; 1 September 2025–28 February 2026: 6; 15–20 March 2026: 1 begun; declared elsewhere 4. In all 17.
    spans = [
        Span(D(2025, 1, 7), D(2025, 7, 6)),
        Span(D(2025, 9, 1), D(2026, 2, 28)),
        Span(D(2026, 3, 15), D(2026, 3, 20)),
    ]
    assert rules.months_used(spans) == 13
    assert rules.months_used(spans, declared=4) == 17


@pytest.mark.parametrize(
    ("months", "attested", "refused"), [(24, None, False), (25, None, True), (25, D(2027, 9, 29), True), (25, D(2027, 9, 30), False)]
)
def test_beyond_two_years_the_service_attests(months, attested, refused):
    given = {"until": D(2027, 9, 30), "ends_on": D(2027, 6, 30), "months": months, "attested_until": attested, "rules": BOOK}
    if refused:
        with pytest.raises(DomainError, match="attestazione del servizio"):
            rules.check_extension(**given)
    else:
        rules.check_extension(**given)
    with pytest.raises(DomainError, match="arriva già"):
        rules.check_extension(**{**given, "until": D(2027, 6, 30)})


def test_near_in_time():
    one = Span(D(2027, 3, 1), D(2027, 6, 30))
    assert rules.is_near(one, Span(D(2027, 6, 1), D(2027, 9, 1)))  # overlapping
    assert rules.is_near(one, Span(D(2026, 6, 1), D(2026, 12, 31)))  # 60 days from 31 December to 1 March
    assert not rules.is_near(one, Span(D(2026, 6, 1), D(2026, 12, 30)))  # 61


def test_the_same_project_at_the_same_company():
    before = {"tasks": "Aiuto al banco.", "goals": ["Arrivare da sola", "Chiedere aiuto"]}
    after = {"tasks": "aiuto  al banco", "goals": ["chiedere aiuto", "Arrivare da sola"]}
    assert rules.is_identical(same_company=True, before=before, after=after)
    assert not rules.is_identical(same_company=False, before=before, after=after)
    assert not rules.is_identical(same_company=True, before=before, after={**after, "tasks": "Magazzino"})


def test_last_days():
    given = {"starts_on": D(2027, 1, 1), "ends_on": D(2027, 6, 30), "present": ()}
    rules.check_last_day(D(2027, 2, 28), settled={D(2027, 2, 1)}, **given)
    for day, settled, words in (
        (D(2027, 6, 30), (), "finisce comunque"),
        (D(2026, 12, 31), (), "prima dell'inizio"),
        (D(2027, 2, 27), {D(2027, 2, 1)}, "già confermate"),
    ):
        with pytest.raises(DomainError, match=words):
            rules.check_last_day(day, settled=settled, **given)
    with pytest.raises(DomainError, match="05/03/2027 risulta presente"):
        rules.check_last_day(D(2027, 3, 1), settled=(), **{**given, "present": [D(2027, 3, 8), D(2027, 3, 5)]})


def test_what_nobody_touches_expires():
    given = {"starts_on": D(2027, 3, 1), "touched_on": D(2027, 1, 10), "rules": BOOK}
    assert rules.expires_on(is_draft=True, **given) == D(2027, 3, 11)  # 60 days after 10 January
    assert rules.expires_on(is_draft=False, **given) == D(2027, 3, 31)  # 30 days after the planned start


def test_differences_in_words():
    before, after = {"Attività": "Banco", "Orario": "lunedì"}, {"Attività": "Banco", "Orario": "martedì"}
    assert rules.differences(before, after) == [("Orario", "lunedì", "martedì")]


def test_dated_days_are_read_as_people_write_them():
    found = DatesField().clean("12/01/2027 9:00 3:30\n\n2027-01-14 14.30 2\n 2/2/2027 ore 8 1,5")
    assert [(d.day, d.starts_at, d.minutes) for d in found] == [
        (D(2027, 1, 12), time(9), 210),
        (D(2027, 1, 14), time(14, 30), 120),
        (D(2027, 2, 2), time(8), 90),
    ]
    assert DatesField().prepare_value(found).splitlines()[0] == "12/01/2027 09:00 3:30"
    for text in ("domani", "31/02/2027 9 2", "12/01/2027 25:00 2", "12/01/2027 9 11:00", "1/1/2027 9 1\n1/1/2027 9 1", "1/1/2027 9 0"):
        with pytest.raises(Exception, match="Riga"):
            DatesField().clean(text)


def test_a_month_of_two_versions_adds_up():
    # March 2027: Mondays 1, 8 at 4 h under the old week, 15, 22, 29 at 2 h under the new one: 14 h planned.
    days = [DayValue(D(2027, 3, n), planned=minutes) for n, minutes in ((1, 240), (8, 240), (15, 120), (22, 120), (29, 120))]
    assert month_totals(days).planned == 840
