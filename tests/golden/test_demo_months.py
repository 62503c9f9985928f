"""Months of the demo worked out by hand, as an accountant would beside the rows of the engine (docs/algorithms/allowance.md).

Ten people, one month each, drawn by lot with Python's Random(20261129) from the 324 months that are confirmed or final in the demo of
29 November 2026 (seed 1): one from each of ten groups by Ambito, model, first or last month, state, below the threshold, over the ceiling,
with absences. After them what the draw has too little of: a month without days, a sum that turned out later, a suspension, an extension.
The facts are written out, so the demo may change; its numbers of the placements are kept to find them again. All people are invented.

Nobody has another benefit that touches the sum, and no engine rule looks at what was paid earlier in the year: what was is told where
there is any. The rule book of all three Ambiti is that of 2012, in BOOK.
"""

from datetime import date
from decimal import Decimal as D

from placements.attendance.allowance_rules import Extra, Version
from placements.attendance.rules import DayValue, month_totals

from .months import FIRST_OF_ALL, LAST_OF_ALL, book, flat, gives, hourly, sums, threshold, timetable

BOOK = book(  # rules 36, 37 and 38
    attendance_threshold_percent=80,
    below_threshold="proportional",
    allowance_floor=D(0),
    part_month="planned_minutes",
    allowance_ceiling=D(500),
    allowance_ceiling_with_meals=D(400),
    allowance_ceiling_short_day=D(350),
    short_day_hours=4,
    severity={"38": "warn"},
)
MON, TUE, WED, THU, FRI, SAT = range(6)


def worked(
    terms, month, weekdays, minutes, said, *, feasts=(), closed=(), first=FIRST_OF_ALL, last=LAST_OF_ALL, pauses=(), extras=(), again=None
):
    """(planned, credited) of a month told in days, and what the engine makes of it. `said`: «4 6=90 9=sick», the minutes of the timetable
    when none are told; `feasts` and `closed` are days of the month: a feast is none of the timetable, a closed day is one all the same.
    `again` is the first day of an extension on the same terms."""
    days = {day: n for day, n in timetable(month, weekdays, minutes).items() if day.day not in feasts}
    off = [day for day in days if not first <= day <= last or day.day in closed or any(a <= day <= (b or day) for a, b in pauses)]
    planned = {day: n for day, n in days.items() if day not in off}
    values = []
    for word in said.split():
        number, _sign, what = word.partition("=")
        day = month.replace(day=int(number))
        outcome = what if what.isalpha() else "present"
        done = 0 if what.isalpha() else int(what or planned[day])
        values.append(DayValue(day, planned.pop(day, 0), outcome, done))
    assert not planned, "a day nobody said anything about"
    totals = month_totals(values)
    done = {value.day: value.minutes for value in values if value.outcome == "present"}
    span = {"month": month, "done": done, "first": first, "last": last, "pauses": pauses, "extras": extras}
    span["versions"] = [Version(1, FIRST_OF_ALL, terms, days)] + ([Version(2, again, terms, days)] if again else [])
    return (totals.planned, totals.credited), gives(terms, BOOK, planned=totals.planned, credited=totals.credited, **span)


def pots(result):
    return [str(amount) for _pot, amount in result.shares]


# --- Ten people


def test_01_sondrio_begun_at_the_end_of_december():
    # Placement 4, final. 300.00 a month with the threshold; Mondays to Fridays, 4 hours; from Monday 29 December 2025.
    # December 2025 has 23 Mondays to Fridays (1 is a Monday); 8, 25 and 26 are feasts: 20 days, 80 hours.
    # 29, 30, 31: 3 days of 20. 720 of 720 minutes: 100 %, whole. 300 × 3 ÷ 20 = 45.00
    # Two pots, 2 and 1 parts: 45.00 × 2 ÷ 3 = 30.00 and 15.00
    said, result = worked(
        threshold(300, longest_day=240, sources=((7, 2), (4, 1))),
        date(2025, 12, 1),
        (MON, TUE, WED, THU, FRI),
        240,
        "29 30 31",
        feasts=(8, 25, 26),
        first=date(2025, 12, 29),
    )
    assert said == (720, 720)
    assert (sums(result), pots(result)) == (["45.00"], ["30.00", "15.00"])


def test_02_morbegno_begun_while_the_company_was_closed():
    # Placement 52, final, ordered and on its way. 320.00 a month; Mondays, Tuesdays, Thursdays and Fridays, 3 hours; from 10 August 2026.
    # August 2026 begins on a Saturday: Mondays 3 10 17 24 31, Tuesdays 4 11 18 25, Thursdays 6 13 20 27, Fridays 7 14 21 28: 17 days.
    # From the 10th: 4 + 3 + 3 + 3 = 13 days. The company was closed from the 8th to the 22nd: no loss, the timetable measures.
    # 320 × 13 ÷ 17 = 244.7058… → 244.71. On the 31st an hour and a half of three: without a threshold it takes nothing off.
    said, result = worked(
        flat(320, longest_day=180, sources=((15, 2),)),
        date(2026, 8, 1),
        (MON, TUE, THU, FRI),
        180,
        "24 25 27 28 31=90",
        closed=range(8, 23),
        first=date(2026, 8, 10),
    )
    assert said == (900, 810)
    assert (sums(result), pots(result)) == (["244.71"], ["244.71"])


def test_03_tirano_ended_on_the_6th_below_the_threshold():
    # Placement 2, paid; 5 × 350.00 before it in the year. 350.00 with the threshold; Tuesdays to Fridays, 3 hours and a half; up to 6 July.
    # July 2026 begins on a Wednesday: Tuesdays 7 14 21 28, Wednesdays 1 8 15 22 29, Thursdays 2 9 16 23 30, Fridays 3 10 17 24 31: 19 days.
    # 1, 2, 3: 3 days of 19; ill on the 1st: 420 of 630 minutes: 66.66 %, below 80.
    # 350 × 3 ÷ 19 × 420 ÷ 630 = 350 × 2 ÷ 19 = 36.8421… → 36.84
    said, result = worked(
        threshold(350, longest_day=210, sources=((11, 2),)),
        date(2026, 7, 1),
        (TUE, WED, THU, FRI),
        210,
        "1=sick 2 3",
        last=date(2026, 7, 6),
    )
    assert said == (630, 420)
    assert (sums(result), pots(result)) == (["36.84"], ["36.84"])


def test_04_sondrio_ended_on_the_4th_by_two_pots():
    # Placement 7, confirmed; 20.59 and 5 × 350.00 before it in the year. 350.00 with the threshold; Tuesdays to Fridays, 210 minutes.
    # September 2026 begins on a Tuesday: 5 Tuesdays, 5 Wednesdays, 4 Thursdays, 4 Fridays: 18 days. Up to the 4th: 4 days.
    # 810 of 840 minutes: 96 %, whole. 350 × 4 ÷ 18 = 77.7777… → 77.78
    # 2 and 1 parts: 77.78 × 2 ÷ 3 = 51.8533…, 77.78 ÷ 3 = 25.9266…: 51.85 and 25.92, the cent to the larger remainder: 25.93
    said, result = worked(
        threshold(350, longest_day=210, sources=((7, 2), (4, 1))),
        date(2026, 9, 1),
        (TUE, WED, THU, FRI),
        210,
        "1 2 3=180 4",
        last=date(2026, 9, 4),
    )
    assert said == (840, 810)
    assert (sums(result), pots(result)) == (["77.78"], ["51.85", "25.93"])


def test_05_sondrio_ill_for_a_week():
    # Placement 22, final; 400.00 before it in the year. 400.00 with the threshold; Mondays, Tuesdays, Thursdays and Fridays, 3 hours.
    # April 2026 begins on a Wednesday: Mondays 13 20 27 (the 6th is Easter Monday), Tuesdays 7 14 21 28, Thursdays 2 9 16 23 30,
    # Fridays 3 10 17 24: 3 + 4 + 5 + 4 = 16 days, 2,880 minutes. Absent on 5 of them: an appointment on the 13th, ill from 16 to 21.
    # Done: 210 on the 2nd, 90 on the 3rd, 180 on 7 9 10 14 23 24 27 28 (8 × 180 = 1,440), 210 on the 30th: 1,950
    # 1,950 × 100 ÷ 2,880 = 67.7 %: below. 400 × 1,950 ÷ 2,880 = 270.8333… → 270.83
    said, result = worked(
        threshold(400, longest_day=180, sources=((7, 2),)),
        date(2026, 4, 1),
        (MON, TUE, THU, FRI),
        180,
        "2=210 3=90 7 9 10 13=appointment 14 16=sick 17=sick 20=sick 21=sick 23 24 27 28 30=210",
        feasts=(6,),
    )
    assert said == (2880, 1950)
    assert (sums(result), pots(result)) == (["270.83"], ["270.83"])


def test_06_tirano_by_the_hour_over_the_ceiling():
    # Placement 61, confirmed, taxed (gross); 132.00 before it in the year. 5.50 an hour, no cap of its own; Mondays to Fridays, 4 hours.
    # September 2026: 22 days, 88 hours. Absent on the 4th and the 9th; 180 on the 7th, 150 on the 25th, 240 on the other 18 days:
    # 18 × 240 = 4,320, + 180 + 150 = 4,650 minutes, 77 hours and a half. 77.5 × 5.50 = 426.25
    # No day is longer than four hours: the ceiling of the rule book is 350.00: 426.25 − 350.00 = 76.25 off
    said, result = worked(
        hourly("5.50", longest_day=240, sources=((11, 2),)),
        date(2026, 9, 1),
        (MON, TUE, WED, THU, FRI),
        240,
        "1 2 3 4=justified 7=180 8 9=appointment 10 11 14 15 16 17 18 21 22 23 24 25=150 28 29 30",
    )
    assert said == (5280, 4650)
    assert (sums(result), pots(result)) == (["426.25", "-76.25"], ["350.00"])


def test_07_morbegno_by_the_hour_a_day_put_right():
    # Placement 6, final, taxed; 82.50 before it in the year. 5.50 an hour; Mondays to Thursdays, 4 hours; the whole of March 2026.
    # March 2026 begins on a Sunday: Mondays 2 9 16 23 30, Tuesdays 3 10 17 24 31, 4 Wednesdays, 4 Thursdays: 18 days, 72 hours.
    # The 4th was said absent first, and put right to three hours by the office: the last word holds. Absent on the 17th only.
    # 15 × 240 = 3,600, + 180 + 150 on the 25th = 3,930 minutes, 65 hours and a half. 65.5 × 5.50 = 360.25; 10.25 over 350.00
    said, result = worked(
        hourly("5.50", longest_day=240, sources=((15, 2),)),
        date(2026, 3, 1),
        (MON, TUE, WED, THU),
        240,
        "2 3 4=180 5 9 10 11 12 16 17=appointment 18 19 23 24 25=150 26 30 31",
    )
    assert said == (4320, 3930)
    assert (sums(result), pots(result)) == (["360.25", "-10.25"], ["350.00"])


def test_08_morbegno_by_the_hour_in_a_month_of_holidays():
    # Placement 20, paid; 135.00 and 249.75 before it in the year. 4.50 an hour; Tuesdays, Thursdays and Saturdays, 4 hours and a half.
    # August 2026: Saturdays 1 8 22 29 (the 15th is a feast), Tuesdays 4 11 18 25, Thursdays 6 13 20 27; closed from the 8th to the 22nd:
    # 1, 4, 6, 25, 27, 29: 6 × 270 = 1,620 minutes, 27 hours, all done. 27 × 4.50 = 121.50
    # 2 and 1 parts: 81.00 and 40.50
    said, result = worked(
        hourly("4.50", longest_day=270, sources=((15, 2), (4, 1))),
        date(2026, 8, 1),
        (TUE, THU, SAT),
        270,
        "1 4 6 25 27 29",
        feasts=(15,),
        closed=range(8, 23),
    )
    assert said == (1620, 1620)
    assert (sums(result), pots(result)) == (["121.50"], ["81.00", "40.50"])


def test_09_sondrio_not_quite_at_the_threshold():
    # Placement 39, confirmed; 56.00 and 2 × 320.00 before it in the year. 320.00 with the threshold; Mondays to Fridays, 3 hours.
    # September 2026: 22 days, 3,960 minutes. Ill on 1 4 7, an appointment on the 24th; 90 on the 9th and on the 16th.
    # 16 × 180 = 2,880, + 90 + 90 = 3,060 minutes. 306,000 ÷ 3,960 = 77.2 %: below. 320 × 3,060 ÷ 3,960 = 247.2727… → 247.27
    said, result = worked(
        threshold(320, longest_day=180, sources=((7, 2),)),
        date(2026, 9, 1),
        (MON, TUE, WED, THU, FRI),
        180,
        "1=sick 2 3 4=sick 7=sick 8 9=90 10 11 14 15 16=90 17 18 21 22 23 24=appointment 25 28 29 30",
    )
    assert said == (3960, 3060)
    assert (sums(result), pots(result)) == (["247.27"], ["247.27"])


def test_10_morbegno_absent_twice_and_over_the_threshold():
    # Placement 48, final; 24.62 before it in the year. 320.00 with the threshold; Mondays, Wednesdays and Fridays, 4 hours.
    # April 2026: Mondays 13 20 27 (Easter Monday on the 6th), Wednesdays 1 8 15 22 29, Fridays 3 10 17 24: 12 days, 2,880 minutes.
    # Absent on the 3rd and the 27th; the 20th was said absent first, then present. 10 × 240 = 2,400: 83.3 %: whole, 320.00
    said, result = worked(
        threshold(320, longest_day=240, sources=((15, 2),)),
        date(2026, 4, 1),
        (MON, WED, FRI),
        240,
        "1 3=justified 8 10 13 15 17 20 22 24 27=justified 29",
        feasts=(6,),
    )
    assert said == (2880, 2400)
    assert (sums(result), pots(result)) == (["320.00"], ["320.00"])


# --- What the draw has too little of


def test_11_sondrio_begun_while_the_company_was_closed_to_the_end_of_the_month():
    # Placement 60, final. 300.00 with the threshold; from 29 December 2025, the company closed until 6 January: no hours were planned.
    # There is nothing to measure a threshold by: 0.00, and words that say so.
    said, result = worked(
        threshold(300, longest_day=210, sources=((7, 2),)),
        date(2025, 12, 1),
        (TUE, WED, THU, FRI),
        210,
        "",
        feasts=(25, 26),
        closed=range(24, 32),
        first=date(2025, 12, 29),
    )
    assert said == (0, 0)
    assert (sums(result), pots(result)) == (["0.00"], [])
    assert result.rows[0].words == "Contributo di dicembre 2025, dal 29 al 31: non spetta, perché non erano previste ore"


def test_12_morbegno_ended_on_a_saturday_the_first():
    # Placement 6 again. Mondays to Thursdays, up to Saturday 1 August 2026: no day of the timetable is left: 0.00
    said, result = worked(
        hourly("5.50", longest_day=240, sources=((15, 2),)), date(2026, 8, 1), (MON, TUE, WED, THU), 240, "", last=date(2026, 8, 1)
    )
    assert said == (0, 0)
    assert (sums(result), pots(result)) == (["0.00"], [])


def test_13_sondrio_bus_tickets_of_august_come_with_october():
    # Placement 67, closed by the tutor; 12.50 of tickets found about August. 5.00 an hour; Mondays to Thursdays, 4 hours.
    # October 2026: 17 days, 4,080 minutes. Absent on the 8th, ill on 22 and 26–29; 180 on the 5th, 150 on the 14th, 240 on 9 days:
    # 9 × 240 = 2,160, + 180 + 150 = 2,490 minutes, 41 hours and a half. 41.5 × 5 = 207.50; 207.50 + 12.50 = 220.00
    said, result = worked(
        hourly("5.00", longest_day=240, sources=((7, 2),)),
        date(2026, 10, 1),
        (MON, TUE, WED, THU),
        240,
        "1 5=180 6 7 8=justified 12 13 14=150 15 19 20 21 22=sick 26=sick 27=sick 28=sick 29=sick",
        extras=[Extra("Conguaglio di agosto 2026", D("12.50"))],
    )
    assert said == (4080, 2490)
    assert (sums(result), pots(result)) == (["207.50", "12.50"], ["220.00"])


def test_14_tirano_suspended_from_the_10th():
    # Placement 68, open. 4.50 an hour; Mondays to Fridays, 4 hours; suspended from 10 November 2026, the end not known yet.
    # Planned: 2–6 and 9: 6 × 240 = 1,440. Ill from the 4th to the 6th: done 2, 3, 9: 720 minutes, 12 hours. 12 × 4.50 = 54.00
    said, result = worked(
        hourly("4.50", longest_day=240, sources=((11, 2),)),
        date(2026, 11, 1),
        (MON, TUE, WED, THU, FRI),
        240,
        "2 3 4=sick 5=sick 6=sick 9",
        feasts=(1,),
        pauses=[(date(2026, 11, 10), None)],
    )
    assert said == (1440, 720)
    assert (sums(result), pots(result)) == (["54.00"], ["54.00"])


def test_15_the_same_pause_with_a_sum_a_month():
    # If placement 68 had 350.00 a month: November 2026 has 21 Mondays to Fridays; 2–6 and 9 are 6 of them: 350 × 6 ÷ 21 = 100.00
    said, result = worked(
        flat(350, longest_day=240),
        date(2026, 11, 1),
        (MON, TUE, WED, THU, FRI),
        240,
        "2 3 4=sick 5=sick 6=sick 9",
        feasts=(1,),
        pauses=[(date(2026, 11, 10), None)],
    )
    assert said == (1440, 720)
    assert sums(result) == ["100.00"]


def test_16_sondrio_extended_from_the_26th_and_ill_before():
    # Placement 29 has asked for it: up to 25 April 2027, on the same terms from the 26th. 5.50 an hour; Mondays to Fridays, 4 hours.
    # April 2027 begins on a Thursday: 2 + 4 × 5 = 22 days. Ill from the 5th to the 16th: done 1 2 19–23 26–30: 12 × 4 = 48 hours.
    # 48 × 5.50 = 264.00, under 350.00: nothing is cut, wherever in the month the hours are
    said, result = worked(
        hourly("5.50", longest_day=240, sources=((7, 2),)),
        date(2027, 4, 1),
        (MON, TUE, WED, THU, FRI),
        240,
        "1 2 " + " ".join(f"{n}=sick" for n in (5, 6, 7, 8, 9, 12, 13, 14, 15, 16)) + " 19 20 21 22 23 26 27 28 29 30",
        again=date(2027, 4, 26),
    )
    assert said == (5280, 2880)
    assert (sums(result), pots(result)) == (["264.00"], ["264.00"])
    assert result.rows[0].words == "Contributo di aprile 2027: 48 ore, 5,50 euro l'ora"


def test_17_morbegno_extended_from_a_sunday():
    # Placement 27 has asked for it: up to Saturday 27 February 2027, on the same terms from Sunday 28. 350.00 a month.
    # The month is whole, and no line says that a Sunday gives nothing: 350.00
    said, result = worked(
        flat(350, longest_day=180, sources=((15, 2),)),
        date(2027, 2, 1),
        (MON, TUE, WED, THU, FRI),
        180,
        " ".join(str(n) for n in range(1, 27) if n % 7 not in (6, 0)),  # the 1st is a Monday
        again=date(2027, 2, 28),
    )
    assert said == (3600, 3600)
    assert (sums(result), pots(result)) == (["350.00"], ["350.00"])
    assert result.rows[0].words == "Contributo di febbraio 2027: 350 euro al mese"
