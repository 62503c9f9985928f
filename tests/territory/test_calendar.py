"""National holidays as the library computes them, patron saints, working days."""

from datetime import date

import pytest

from impresasolidale.territory.calendar import working_days
from impresasolidale.territory.models import Comune, PatronSaint
from impresasolidale.territory.selectors import name_key

WORKWEEK = range(5)


def is_feast(day, comune=None):
    return not working_days(day, day, range(7), comune)


def test_easter_monday_moves_every_year():
    assert is_feast(date(2026, 4, 6)) and is_feast(date(2027, 3, 29))
    assert not is_feast(date(2027, 4, 6))


def test_saint_francis_is_a_holiday_from_2026():
    assert is_feast(date(2026, 10, 4))
    assert not is_feast(date(2025, 10, 4))


def test_working_days_skip_weekends_and_holidays():
    # Liberation Day 2026 is a Saturday; 1 May a Friday.
    assert working_days(date(2026, 4, 24), date(2026, 5, 4), WORKWEEK) == [
        date(2026, 4, 24), date(2026, 4, 27), date(2026, 4, 28), date(2026, 4, 29), date(2026, 4, 30), date(2026, 5, 4),
    ]  # fmt: skip
    assert working_days(date(2026, 12, 24), date(2027, 1, 4), {3, 4}) == [date(2026, 12, 24), date(2026, 12, 31)]
    assert working_days(date(2026, 5, 4), date(2026, 5, 3), WORKWEEK) == []


@pytest.mark.django_db
def test_the_patron_is_a_holiday_at_home_only(django_assert_num_queries):
    home = Comune.objects.create(name="Villaprova", name_key=name_key("Villaprova"), cadastral_code="X998", province="SO")
    away = Comune.objects.create(name="Altrove", name_key=name_key("Altrove"), cadastral_code="X999", province="SO")
    PatronSaint.objects.create(comune=home, month=6, day=19, name="Santi Gervasio e Protasio")
    day = date(2026, 6, 19)
    assert is_feast(day, home) and not is_feast(day, away) and not is_feast(day)
    with django_assert_num_queries(1):
        assert working_days(date(2026, 6, 18), date(2026, 6, 22), WORKWEEK, home) == [date(2026, 6, 18), date(2026, 6, 22)]
