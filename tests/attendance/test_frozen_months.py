"""The kept sums of frozen months: what the dashboard adds instead of reading sheets that never change again."""

import logging
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.scope import scope
from placements.attendance import services
from placements.attendance.models import FrozenMonth, Timesheet
from placements.attendance.selectors import MonthSum, minutes_done, monthly_series
from placements.attendance.services import freeze_sheets
from tests.factories import attendance as made
from tests.factories.jobs import in_every_ambito
from tests.support.database import owner

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
DAYS, DAY = 17, 240  # October 2026, Monday to Thursday from the 1st; four hours each


@pytest.fixture
def sheets(sondrio, bakery, worker, coordinator):
    """Three Octobers: two confirmed, one open."""
    placements = [bakery.placement] + [
        made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=n, ends_on=date(2026, 10, 31)) for n in (2, 3)
    ]
    months = [made.whole_month(placement, OCTOBER) for placement in placements]
    return [made.settle(sheet, "confirmed", closer=worker, confirmer=coordinator) for sheet in months[:2]] + months[2:]


def kept() -> list[tuple[date, int, int, int]]:
    return list(FrozenMonth.objects.order_by("month").values_list("month", "sheets", "planned_minutes", "done_minutes"))


def test_a_batch_is_added_once_and_an_open_sheet_never(sheets, in_sondrio):
    assert kept() == []
    freeze_sheets(sheets=[s.pk for s in sheets[:2]], by=in_sondrio, now=timezone.now())
    assert kept() == [(OCTOBER, 2, 2 * DAYS * DAY, 2 * DAYS * DAY)]
    freeze_sheets(sheets=[sheets[0].pk], by=in_sondrio, now=timezone.now())  # asked again, nothing moves
    assert kept() == [(OCTOBER, 2, 2 * DAYS * DAY, 2 * DAYS * DAY)]


def test_the_series_is_the_same_before_and_after(sheets, worker, in_sondrio):
    access = access_for(worker)
    with scope(access.scope):
        before, by_ambito = monthly_series(access, [SEPTEMBER, OCTOBER]), minutes_done(OCTOBER)
        # three placements of seventeen days of four hours
        assert before == [MonthSum(SEPTEMBER), MonthSum(OCTOBER, 3 * DAYS * DAY, 3 * DAYS * DAY, 3)]
        assert by_ambito == {access.ambito_id: (3, 3 * DAYS * DAY)}
    freeze_sheets(sheets=[sheets[0].pk], by=in_sondrio, now=timezone.now())
    with scope(access.scope):
        assert (monthly_series(access, [SEPTEMBER, OCTOBER]), minutes_done(OCTOBER)) == (before, by_ambito)
    freeze_sheets(sheets=[sheets[1].pk], by=in_sondrio, now=timezone.now())
    with scope(access.scope):
        assert (monthly_series(access, [SEPTEMBER, OCTOBER]), minutes_done(OCTOBER)) == (before, by_ambito)


def test_rows_that_arrive_frozen_count_too(sheets, in_sondrio):
    """Inherited months come in as they are."""
    now = timezone.now()
    Timesheet.objects.bulk_create(
        [
            Timesheet(
                ambito_id=s.ambito_id, placement_id=s.placement_id, month=SEPTEMBER, state=state, planned_minutes=100, done_minutes=90,
                frozen_at=now if state == "frozen" else None,
            )
            for s, state in zip(sheets, ("frozen", "frozen", "open"), strict=True)
        ]
    )  # fmt: skip
    assert kept() == [(SEPTEMBER, 2, 200, 180)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO attendance_frozenmonth (ambito_id, month, sheets, planned_minutes, done_minutes) SELECT {ambito}, now(), 1, 1, 1",
        "UPDATE attendance_frozenmonth SET done_minutes = 1",
        "DELETE FROM attendance_frozenmonth",
    ],
)
def test_the_application_cannot_write_them(sheets, in_sondrio, statement):
    freeze_sheets(sheets=[sheets[0].pk], by=in_sondrio, now=timezone.now())
    before = kept()
    with pytest.raises(DatabaseError, match="only the sheets"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(ambito=in_sondrio.ambito_id))
    assert kept() == before


def test_another_ambito_and_a_company_see_none(sheets, stranger, bakery, in_sondrio):
    freeze_sheets(sheets=[sheets[0].pk], by=in_sondrio, now=timezone.now())
    for user in (stranger, bakery.user):
        with scope(access_for(user).scope):
            assert kept() == []


def test_a_limited_access_is_answered_from_the_sheets(sheets, worker, in_sondrio):
    """The kept sums hold everybody's months: who reaches some comuni alone, or none of these people, never reads them."""
    freeze_sheets(sheets=[s.pk for s in sheets[:2]], by=in_sondrio, now=timezone.now())
    access = access_for(worker)
    for comuni, told in ((frozenset({sheets[0].placement.beneficiary.residence_id}), 3), (frozenset({0}), 0)):
        limited = replace(access, comuni=comuni)
        with scope(limited.scope):
            assert monthly_series(limited, [OCTOBER])[0].sheets == told


@pytest.mark.django_db(transaction=True)
def test_a_sum_that_drifts_is_an_alarm(sondrio, bakery, worker, coordinator, caplog):
    system = made.system(sondrio)
    with scope(system.scope):
        sheet = made.settle(made.whole_month(bakery.placement, OCTOBER), "confirmed", closer=worker, confirmer=coordinator)
        freeze_sheets(sheets=[sheet.pk], by=system, now=timezone.now())
    assert in_every_ambito(services.recount_months) == 0
    with owner(connection.settings_dict["NAME"]) as db:
        db.execute("UPDATE attendance_frozenmonth SET done_minutes = done_minutes + 1")
    with caplog.at_level(logging.ERROR):
        assert in_every_ambito(services.recount_months) == 1
    assert "kept sums" in caplog.text
