"""Ages and areas: values in, values out."""

from datetime import date

import pytest

from placements.beneficiaries.enums import ReferringService, TargetArea
from placements.beneficiaries.rules import age, is_judicial, is_minor


@pytest.mark.parametrize(
    ("born", "on", "minor"),
    [
        (date(2008, 11, 18), date(2026, 11, 17), True),
        (date(2008, 11, 18), date(2026, 11, 18), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_of_age_on_the_eighteenth_birthday(born, on, minor):
    assert is_minor(born, on) is minor
    assert age(born, on) == 17 + (not minor)


def test_the_probation_office_gives_the_judicial_area_away():
    assert is_judicial(TargetArea.JUDICIAL)
    assert is_judicial(ReferringService.UEPE)
    assert not is_judicial(ReferringService.SIL)
