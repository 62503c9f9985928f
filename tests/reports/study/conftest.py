"""Placements that ran: twenty-four by hand, whose figures the tests reckon beside them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from companies.hosts.enums import SizeClass
from companies.hosts.models import Company
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Tariff
from placements.agreements.change_enums import Asker, EndCause, NextStep
from placements.agreements.enums import PlacementState
from placements.agreements.models import EarlyEnd, Placement
from placements.beneficiaries.enums import TargetArea
from tests.factories import attendance as made
from tests.factories.fixtures import make_user

S = PlacementState
LAST = made.TODAY


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: LAST)


class Lives:
    """Makes placements one after the other in one Ambito, at one host."""

    def __init__(self, ambito: Ambito, *, number: int = 1, **company: Any) -> None:
        self.ambito, self.number = ambito, number * 100
        self.company = made.make_host(ambito, number=number, comune=ambito.name)
        with scope(made.system(ambito).scope):
            Company.objects.filter(pk=self.company.pk).update(**{"size_class": SizeClass.SMALL, "ateco": "56.10", **company})
        self.tutor, _user = made.make_tutor(ambito, self.company, number=number)

    def add(
        self, count: int, starts_on: date, ended_on: date | None = None, *, cause: str = "", area: str = TargetArea.DISABILITY
    ) -> list[Placement]:
        rows = []
        for _n in range(count):
            self.number += 1
            state = S.ACTIVE if ended_on is None else S.ENDED_EARLY if cause else S.ENDED
            row = made.make_running_placement(
                self.ambito, self.tutor, self.company, number=self.number, starts_on=starts_on,
                ends_on=date(2027, 3, 31) if cause or ended_on is None else ended_on, state=state, ended_on=ended_on, planned=False,
            )  # fmt: skip
            with scope(made.system(self.ambito).scope):
                type(row.beneficiary).objects.filter(pk=row.beneficiary_id).update(target_area=area)
                if cause:
                    EarlyEnd.objects.create(
                        ambito=self.ambito, placement=row, last_day=ended_on, cause=cause, asked_by=Asker.PERSON, next_step=NextStep.NONE,
                        note="Prova", done_on=ended_on,
                    )  # fmt: skip
            rows.append(row)
        return rows


@pytest.fixture
def lives() -> Callable[..., Lives]:
    return Lives


@pytest.fixture
def twenty_four(sondrio: Ambito) -> Lives:
    """16 came to their day after 181 days, 4 ended after 90 (3 gave up, 1 was hired), 4 run since a month and some days."""
    made_up = Lives(sondrio)
    made_up.add(16, date(2026, 1, 1), date(2026, 6, 30))
    made_up.add(3, date(2026, 1, 1), date(2026, 3, 31), cause=EndCause.PERSON)
    made_up.add(1, date(2026, 1, 1), date(2026, 3, 31), cause=EndCause.HIRED, area=TargetArea.JUDICIAL)
    made_up.add(4, date(2026, 10, 12), area=TargetArea.ADDICTION)
    return made_up


@pytest.fixture
def auditor_of(db: None) -> Callable[[], Any]:
    return lambda: make_user(Role.AUDITOR, None)


TARIFFS = {
    "trr_accompaniment": "25", "trr_tutor_training": "120", "trr_safety": "85.50", "trr_transport": "30", "trr_liability": "24",
    "trr_administration": "60", "day_cdd": "82.40", "day_cse": "48", "day_sfa": "34.15", "day_days": "230",
}  # fmt: skip


@pytest.fixture
def tariffs(db: None) -> Callable[..., None]:
    """tariffs(ambito, but="day_cdd") → everything local is entered, but that."""

    def enter(ambito: Ambito, *, but: str = "") -> None:
        for kind, value in TARIFFS.items():
            if kind != but:
                Tariff.objects.create(
                    kind=kind, ambito=ambito, valid_from=date(2026, 1, 1), value=value, source="Delibera di prova 7/2026", is_confirmed=True
                )

    return enter
