"""Months worked by hand, to the cent: the arithmetic stands beside each (docs/algorithms/allowance.md; domain.md §1.7, rules 36–40).

The week is Monday to Thursday, four hours a day, unless a case says otherwise. October 2026 begins on a Thursday: its Mondays to
Thursdays are 1 and four whole weeks of four, 5–8, 12–15, 19–22, 26–29: 17 days, 17 × 240 = 4,080 minutes, 68 hours.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from placements.attendance.allowance_rules import Extra, Terms, Version

from .months import FIRST_OF_ALL, OCTOBER, bands, book, flat, gives, hourly, sums, threshold, timetable

HOUR = 60


# --- a. An amount a month


def test_01_flat_whole_month():
    # 400.00 × 1
    assert sums(gives(flat(400))) == ["400.00"]


def test_02_flat_whatever_the_presence():
    # no threshold: 10 hours of 68 give 400.00 all the same
    assert sums(gives(flat(400), credited=10 * HOUR)) == ["400.00"]


def test_03_flat_begun_on_the_15th():
    # from the 15th: 15, 19–22, 26–29 = 9 days of 17: 400 × 2,160 ÷ 4,080 = 211.7647… → 211.76
    result = gives(flat(400), first=date(2026, 10, 15), planned=2160)
    assert sums(result) == ["211.76"]
    assert result.rows[0].words == "Contributo di ottobre 2026, dal 15 al 31: 400 euro al mese, per 36 ore delle 68 ore del mese"


def test_04_flat_ended_on_the_14th():
    # 1, 5–8, 12–14 = 8 days of 17: 400 × 1,920 ÷ 4,080 = 188.2352… → 188.24; with case 3: 211.76 + 188.24 = 400.00
    assert sums(gives(flat(400), last=date(2026, 10, 14), planned=1920)) == ["188.24"]


def test_05_flat_begun_midway_by_calendar_days():
    # 17 days of 31: 400 × 17 ÷ 31 = 219.3548… → 219.35
    result = gives(flat(400), book(part_month="calendar_days"), first=date(2026, 10, 15), planned=2160)
    assert sums(result) == ["219.35"]
    assert "per 17 giorni dei 31 giorni del mese" in result.rows[0].words


def test_06_flat_suspended_for_a_week():
    # 12–18 suspended: 13 days of 17 are left: 400 × 3,120 ÷ 4,080 = 305.8823… → 305.88
    assert sums(gives(flat(400), pauses=[(date(2026, 10, 12), date(2026, 10, 18))], planned=3120)) == ["305.88"]


def test_07_flat_suspended_for_the_whole_month():
    result = gives(flat(400), pauses=[(date(2026, 9, 20), None)], planned=0, credited=0)
    assert sums(result) == ["0.00"]
    assert "sospeso" in result.rows[0].words


def test_08_flat_suspended_for_a_week_by_calendar_days():
    # 7 of 31 days: 400 × 24 ÷ 31 = 309.6774… → 309.68
    rules = book(part_month="calendar_days")
    assert sums(gives(flat(400), rules, pauses=[(date(2026, 10, 12), date(2026, 10, 18))], planned=3120)) == ["309.68"]


def test_09_begun_suspended_and_ended_in_one_month():
    # from the 5th to the 28th, without 12–14: 5–8, 15, 19–22, 26–28 = 12 days of 17: 400 × 2,880 ÷ 4,080 = 282.3529… → 282.35
    span = {"first": date(2026, 10, 5), "last": date(2026, 10, 28), "pauses": [(date(2026, 10, 12), date(2026, 10, 14))]}
    assert sums(gives(flat(400), planned=2880, **span)) == ["282.35"]


def test_10_a_half_cent_goes_up():
    # Fridays only, of four (2, 9, 16, 23) and a fifth (30): from the 16th 3 of 5: 333.33 × 3 ÷ 5 = 199.998 → 200.00
    # Tuesdays and Wednesdays, 8 days, 1 of 8: 100.04 ÷ 8 = 12.505 → 12.51
    fridays, two = timetable(OCTOBER, (4,)), timetable(OCTOBER, (1, 2))
    assert sums(gives(flat("333.33"), first=date(2026, 10, 16), planned=720, days=fridays)) == ["200.00"]
    assert sums(gives(flat("100.04"), first=date(2026, 10, 28), planned=240, days=two)) == ["12.51"]


# --- b. With a threshold


def test_11_exactly_at_the_threshold():
    # 5,000 planned, 4,000 done: 4,000 × 100 = 400,000 ≥ 5,000 × 80 = 400,000: whole
    result = gives(threshold(400), planned=5000, credited=4000)
    assert sums(result) == ["400.00"]
    assert result.rows[0].words == "Contributo di ottobre 2026: 400 euro al mese, per intero: 80 % delle ore previste, soglia 80 %"


def test_12_a_hundredth_of_a_percent_below():
    # 3,999.5 of 5,000 would be 79.99 %; in whole minutes 7,999 of 10,000: 799,900 < 800,000: 400 × 7,999 ÷ 10,000 = 319.96
    result = gives(threshold(400), planned=10_000, credited=7_999)
    assert sums(result) == ["319.96"]
    assert "(79 %), soglia 80 %" in result.rows[0].words  # never rounded up to the threshold


def test_13_below_in_proportion():
    # 50 hours of 68 (73 %): 400 × 3,000 ÷ 4,080 = 294.1176… → 294.12
    assert sums(gives(threshold(400), credited=3000)) == ["294.12"]


def test_14_below_nothing():
    result = gives(threshold(400), book(below_threshold="nil"), credited=3000)
    assert sums(result) == ["0.00"]
    assert "non spetta" in result.rows[0].words


def test_15_below_with_a_floor_that_lifts():
    # 400 × 3,000 ÷ 4,080 = 294.12; at least 300.00: 5.88 more
    assert sums(gives(threshold(400), book(allowance_floor=D(300)), credited=3000)) == ["294.12", "5.88"]


def test_16_a_floor_never_gives_more_than_the_whole():
    # 250 a month, floor 300: the floor is 250.00; 250 × 3,000 ÷ 4,080 = 183.8235… → 183.82; 66.18 more
    assert sums(gives(threshold(250), book(allowance_floor=D(300)), credited=3000)) == ["183.82", "66.18"]


def test_17_who_was_never_there_gets_no_floor():
    assert sums(gives(threshold(400), book(allowance_floor=D(300)), credited=0)) == ["0.00"]


def test_18_below_in_part_of_a_month_with_floor():
    # 9 of 17 days; 20 of 36 hours (55 %): 400 × 2,160 × 1,200 ÷ (4,080 × 2,160) = 400 × 1,200 ÷ 4,080 = 117.6470… → 117.65
    # floor 300 × 2,160 ÷ 4,080 = 158.8235… → 158.82: 41.17 more
    rules = book(allowance_floor=D(300))
    assert sums(gives(threshold(400), rules, first=date(2026, 10, 15), planned=2160, credited=1200)) == ["117.65", "41.17"]


def test_19_another_percentage():
    # 75 % (Marche): 3,060 of 4,080 is exactly 75 %: whole; one minute less: 350 × 3,059 ÷ 4,080 = 262.4142… → 262.41
    rules = book(attendance_threshold_percent=75)
    assert sums(gives(threshold(350), rules, credited=3060)) == ["350.00"]
    assert sums(gives(threshold(350), rules, credited=3059)) == ["262.41"]


def test_20_over_the_plan_is_the_plan():
    # hours over the plan come credited up to it (4,080): 100 %, whole
    assert sums(gives(threshold(400), credited=4080)) == ["400.00"]


def test_21_a_closed_company_took_hours_off_the_plan():
    # two closed days: planned 15 days, 3,600; done 3,000 = 83 %: whole, for the whole month
    assert sums(gives(threshold(400), planned=3600, credited=3000)) == ["400.00"]


def test_22_nothing_was_planned():
    # all of August closed, not suspended: there is nothing to measure
    result = gives(threshold(400), planned=0, credited=0)
    assert sums(result) == ["0.00"]
    assert "non erano previste ore" in result.rows[0].words


# --- c. By the hour


def test_23_by_the_hour():
    # 50 hours and a half × 4.00 = 202.00
    result = gives(hourly(4), credited=3030)
    assert sums(result) == ["202.00"]
    assert result.rows[0].words == "Contributo di ottobre 2026: 50 ore e 30 minuti, 4 euro l'ora"


def test_24_by_the_hour_to_the_cent():
    # 1,001 minutes × 3.35 ÷ 60 = 55.8891… → 55.89
    assert sums(gives(hourly("3.35"), credited=1001)) == ["55.89"]


def test_25_by_the_hour_up_to_the_cap_of_the_project():
    # 68 × 6.50 = 442.00, at most 400.00
    assert sums(gives(hourly("6.50", cap=D(400)))) == ["442.00", "-42.00"]


def test_26_by_the_hour_up_to_the_ceiling_of_the_rules():
    # 68 × 8.00 = 544.00, at most 500.00; with meals 400.00; in days of four hours at most 350.00
    assert sums(gives(hourly(8))) == ["544.00", "-44.00"]
    assert sums(gives(hourly(8, meals=True))) == ["544.00", "-144.00"]
    assert sums(gives(hourly(8, longest_day=240))) == ["544.00", "-194.00"]


def test_27_by_the_hour_a_month_begun_midway_keeps_the_whole_cap():
    # 36 hours × 6.50 = 234.00, under 400.00: the hours are fewer already
    assert sums(gives(hourly("6.50", cap=D(400)), first=date(2026, 10, 15), planned=2160)) == ["234.00"]


# --- d. By bands


def test_28_bands():
    # up to 50 hours nothing, over 50 hours 200.00: 3,000 minutes are exactly 50 hours
    assert sums(gives(bands(200), credited=3000)) == ["0.00"]
    assert sums(gives(bands(200), credited=3001)) == ["200.00"]


def test_29_the_highest_band_that_is_passed_up_to_the_projects_most():
    # over 20 hours 150.00, over 40 hours 300.00, over 60 hours 450.00; the project says at most 400.00
    rules = book(allowance_bands=[[0, "0"], [20, "150"], [40, "300"], [60, "450"]])
    assert sums(gives(bands(400), rules, credited=45 * HOUR)) == ["300.00"]
    assert sums(gives(bands(400), rules, credited=61 * HOUR)) == ["400.00"]


# --- e. Floor and ceiling; f. None; g. Meals and transport


def test_30_a_ceiling_that_blocks_cuts_and_one_that_warns_does_not():
    # 550 a month, ceiling 500: 50.00 off where the rule blocks
    assert sums(gives(flat(550), book(severity={"38": "block"}))) == ["550.00", "-50.00"]
    assert sums(gives(flat(550))) == ["550.00"]


def test_31_a_ceiling_in_part_of_a_month():
    # 550 × 2,160 ÷ 4,080 = 291.1764… → 291.18; 500 × 2,160 ÷ 4,080 = 264.7058… → 264.71; 26.47 off
    rules = book(severity={"38": "block"})
    assert sums(gives(flat(550), rules, first=date(2026, 10, 15), planned=2160)) == ["291.18", "-26.47"]


def test_32_none():
    result = gives(Terms("none", D(0)))
    assert sums(result) == ["0.00"]
    assert result.shares == ()


def test_33_meals_and_transport():
    # 400 − 80 − 25 = 295.00
    rules = book(meals_reduction=D(80), transport_reduction=D(25))
    assert sums(gives(flat(400, meals=True, transport=True), rules)) == ["400.00", "-80.00", "-25.00"]
    assert sums(gives(flat(400, transport=True), rules)) == ["400.00", "-25.00"]
    assert sums(gives(flat(400), rules)) == ["400.00"]


def test_34_meals_in_proportion_to_the_presence():
    # 73 %: 400 × 3,000 ÷ 4,080 = 294.12; 80 × 3,000 ÷ 4,080 = 58.8235… → 58.82
    assert sums(gives(threshold(400, meals=True), book(meals_reduction=D(80)), credited=3000)) == ["294.12", "-58.82"]


def test_35_meals_worth_more_than_the_allowance():
    # 50 − 80 is never below zero
    assert sums(gives(flat(50, meals=True), book(meals_reduction=D(80)))) == ["50.00", "-50.00"]


def test_36_meals_of_an_hourly_allowance_follow_the_hours():
    # 50 hours × 4.00 = 200.00; 80 × 3,000 ÷ 4,080 = 58.82 off
    assert sums(gives(hourly(4, meals=True), book(meals_reduction=D(80)), credited=3000)) == ["200.00", "-58.82"]


# --- A version that begins inside the month


def two_versions(before, after, *, on=date(2026, 10, 15), days_after=None):
    return [Version(1, FIRST_OF_ALL, before, timetable(OCTOBER)), Version(2, on, after, days_after or timetable(OCTOBER))]


def test_37_a_new_amount_from_the_15th():
    # 1–14: 8 of 17 days at 400: 188.24; 15–31: 9 of 17 days at 300: 300 × 2,160 ÷ 4,080 = 158.8235… → 158.82; 347.06
    result = gives(None, versions=two_versions(flat(400), flat(300)))
    assert sums(result) == ["188.24", "158.82"]
    assert str(result.amount) == "347.06"


def test_38_a_longer_week_from_the_15th_for_the_same_money():
    # 1–14: 8 days × 240 = 1,920; 15–31 at 300 minutes: 9 × 300 = 2,700; whole 4,620. The month's sum stays the same: 400.00
    versions = two_versions(flat(400), flat(400), days_after=timetable(OCTOBER, minutes=300))
    result = gives(None, versions=versions, planned=4620)
    assert sums(result) == ["400.00"]
    # up to the 20th: 1,920 and 15, 19, 20 at 300 minutes, 900: 2,820: 400 × 2,820 ÷ 4,620 = 244.1558… → 244.16
    assert sums(gives(None, versions=versions, planned=2820, last=date(2026, 10, 20))) == ["244.16"]
    # days of more than four hours have another ceiling: then it is two parts
    assert sums(gives(None, versions=two_versions(flat(400, longest_day=240), flat(400, longest_day=300)))) == ["188.24", "211.76"]


def test_39_from_a_threshold_to_the_hour():
    # the month reaches 81 % (3,305 of 4,080): 1–14 whole: 400 × 1,920 ÷ 4,080 = 188.24
    # 15–31 by the hour: done 1,500 + 1,805 = 3,305 credited as they were done: 1,805 × 5 ÷ 60 = 150.4166… → 150.42
    done = {date(2026, 10, 1): 1500, date(2026, 10, 20): 1805}
    result = gives(None, versions=two_versions(threshold(400), hourly(5)), done=done, credited=3305)
    assert sums(result) == ["188.24", "150.42"]


def test_40_two_hourly_parts_share_the_hours_over_the_plan():
    # done 2,400 and 2,400, credited up to the plan 4,080: 2,040 each; 2,040 × 3 ÷ 60 = 102.00; 2,040 × 4 ÷ 60 = 136.00
    done = {date(2026, 10, 1): 2400, date(2026, 10, 20): 2400}
    assert sums(gives(None, versions=two_versions(hourly(3), hourly(4)), done=done, credited=4080)) == ["102.00", "136.00"]


def test_52_an_extension_on_the_same_terms_is_no_new_part():
    # 16 days, Mondays to Thursdays of October without the 1st. Two parts would be 350 × 15 ÷ 16 = 328.125 and 350 ÷ 16 = 21.875: each half
    # a cent up, 328.13 + 21.88 = 350.01. It is one month: 350.00
    days = {day: minutes for day, minutes in timetable(OCTOBER).items() if day.day > 1}
    versions = [Version(1, FIRST_OF_ALL, flat(350), days), Version(2, date(2026, 10, 29), flat(350), days)]
    assert sums(gives(None, versions=versions, planned=3840)) == ["350.00"]
    # 1,200 minutes before the 15th and 2,400 after, 60 hours × 5.50 = 330.00: under the month's cap of 350.00, whatever its halves gave
    done = {date(2026, 10, 1): 1200, date(2026, 10, 20): 2400}
    versions = two_versions(hourly("5.50", cap=D(350)), hourly("5.50", cap=D(350)))
    assert sums(gives(None, versions=versions, credited=3600, done=done)) == ["330.00"]
    # other sources are other parts: who pays is another
    versions = two_versions(flat(400, sources=((1, 1),)), flat(400, sources=((2, 1),)))
    assert gives(None, versions=versions).shares == ((1, D("188.24")), (2, D("211.76")))


# --- The calendar


def test_41_february_of_a_leap_year():
    # 2028: 29 days, from the 15th 15 of them: 400 × 15 ÷ 29 = 206.8965… → 206.90
    february, rules = date(2028, 2, 1), book(part_month="calendar_days")
    assert sums(gives(flat(400), rules, month=february, first=date(2028, 2, 15))) == ["206.90"]
    # 2027: 28 days, 14 of them: 200.00
    assert sums(gives(flat(400), rules, month=date(2027, 2, 1), first=date(2027, 2, 15))) == ["200.00"]


def test_42_the_day_the_clock_changes_is_a_day_of_four_hours():
    # Sunday 25 October 2026 (25 hours) and Sunday 28 March 2027 (23 hours), of people who go on Sundays: 4 hours each, 1 of 4 Sundays
    october = timetable(OCTOBER, (6,))  # 4, 11, 18, 25
    assert sums(gives(flat(400), first=date(2026, 10, 25), planned=240, days=october)) == ["100.00"]
    march = date(2027, 3, 1)
    assert sums(gives(flat(400), month=march, first=date(2027, 3, 28), planned=240, days=timetable(march, (6,)))) == [
        "100.00"
    ]  # 7, 14, 21, 28


def test_43_one_day_of_december():
    # Christmas, 26 and 8 December are no days of the timetable: Mondays to Thursdays of December 2026 are 19, without the 8th 18
    december = date(2026, 12, 1)
    days = {day: minutes for day, minutes in timetable(december).items() if day.day != 8}
    assert len(days) == 18
    # ended on the 1st: 1 of 18: 400 ÷ 18 = 22.2222… → 22.22
    result = gives(flat(400), month=december, last=december, planned=240, days=days)
    assert sums(result) == ["22.22"]
    assert result.rows[0].words.startswith("Contributo di dicembre 2026, il 1°:")


# --- What turned out later


def test_44_an_adjustment_is_a_row():
    # 400.00 + 12.50 = 412.50
    result = gives(flat(400), extras=[Extra("Conguaglio di agosto 2026", D("12.50"))])
    assert sums(result) == ["400.00", "12.50"]


def test_45_what_cannot_be_taken_off_is_carried_on():
    # 100.00 − 130.00 = −30.00: nothing now, 30.00 later
    result = gives(flat(100), extras=[Extra("Conguaglio di agosto 2026", D("-130"))])
    assert sums(result) == ["100.00", "-130.00", "30.00"]
    assert (str(result.amount), str(result.carried), result.shares) == ("0.00", "30.00", ())
    # the month after: 100.00 − 30.00 = 70.00
    after = gives(flat(100), owed="30.00")
    assert sums(after) == ["100.00", "-30.00"]
    assert str(after.carried) == "0.00"


# --- Who pays


def test_46_one_source_pays_all():
    assert gives(flat(400, sources=((7, 100),))).shares == ((7, D("400.00")),)


def test_47_thirds_by_largest_remainder():
    # 100.00 in three: 33.33 each, the cent to the first
    assert gives(flat(100, sources=((1, 1), (2, 1), (3, 1)))).shares == ((1, D("33.34")), (2, D("33.33")), (3, D("33.33")))


def test_48_sixty_forty_of_an_odd_sum():
    # 294.12 × 60 ÷ 100 = 176.472, × 40 ÷ 100 = 117.648: 176.47 and 117.64, the cent to the larger remainder (0.8): 117.65
    assert gives(threshold(400, sources=((5, 60), (3, 40))), credited=3000).shares == ((5, D("176.47")), (3, D("117.65")))


def test_49_a_source_that_gets_nothing_is_left_out():
    # 0.01: 0.99 and 0.01 of a cent: the whole cent to the first
    assert gives(flat("0.01", sources=((1, 99), (2, 1)))).shares == ((1, D("0.01")),)


def test_50_each_version_with_its_own_sources():
    # 188.24 by pot 1, 211.76 half by pot 1 and half by pot 2: 188.24 + 105.88 = 294.12 and 105.88
    versions = two_versions(flat(400, sources=((1, 100),)), flat(400, sources=((1, 50), (2, 50))))
    assert gives(None, versions=versions).shares == ((1, D("294.12")), (2, D("105.88")))


@pytest.mark.parametrize("model", ["monthly", "monthly_threshold", "hourly", "bands"])
def test_51_suspension_gives_nothing_in_every_model(model):
    terms = Terms(model, D(100), sources=((1, 1),))
    result = gives(terms, planned=0, credited=0, pauses=[(date(2026, 10, 1), date(2026, 10, 31))])
    assert (sums(result), result.shares) == (["0.00"], ())
