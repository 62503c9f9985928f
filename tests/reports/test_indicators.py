"""The library of indicators: a scenario of eleven placements worked by hand, the arithmetic beside each figure; and what is hidden."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.hosts.models import Company, CompanyTutor
from companies.training.models import Course, Edition, Enrolment
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document
from impresasolidale.core.scope import scope
from impresasolidale.reports.indicators import BUNDLES, BY_CODE, INDICATORS, figures, side_by_side
from impresasolidale.reports.periods import Period
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from placements.monitoring.models import Evaluation, Visit
from tests.factories import attendance as made
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
QUARTER = Period.of("quarter", date(2026, 8, 1), TODAY)  # July to September: over
S = PlacementState


def place(ambito: Ambito, company: Company, tutor: CompanyTutor, number: int, starts: date, ends: date, **values: Any) -> Placement:
    return made.make_running_placement(
        ambito, tutor, company, number=number, starts_on=starts, ends_on=ends, planned=False, today=TODAY, **values
    )


def sheet(placement: Placement, month: date, planned: int, done: int, days: int, *, closed: date | None = None) -> None:
    """A month of so many minutes and days, closed on a day or still open."""
    with scope(made.system(placement.ambito).scope):
        Timesheet.objects.create(
            ambito=placement.ambito, placement=placement, month=month, planned_minutes=planned, done_minutes=done, credited_minutes=done,
            days_present=days, state="closed" if closed else "open",
            closed_at=timezone.make_aware(datetime(closed.year, closed.month, closed.day, 23, 30)) if closed else None,
        )  # fmt: skip


def visit(placement: Placement, due: date, held: date | None = None, *, kind: str = "planned", state: str = "") -> None:
    with scope(made.system(placement.ambito).scope):
        values: dict[str, Any] = {"kind": kind, "state": state or ("done" if held else "planned"), "due_on": due, "held_on": held}
        if held:
            values["held_by"] = make_user(Role.SOCIAL_WORKER, placement.ambito, number=50 + Visit.objects.count())
            values["document"] = Document.objects.create(
                ambito=placement.ambito, kind="monitoring.minutes", kind_label="Verbale", number=f"2026/{Document.objects.count()}",
                subject_type="x", subject_id=1, template="x", context={}, context_hash="x", issued_on=held,
            )  # fmt: skip
        Visit.objects.create(ambito=placement.ambito, placement=placement, **values)


def asked(placement: Placement, moment: str, due: date, *, state: str = "asked") -> None:
    given = {"given_on": due, "how": "paper"} if state == "given" else {}
    why = {"waived_why": "Ritirata"} if state == "waived" else {}
    with scope(made.system(placement.ambito).scope):
        Evaluation.objects.create(
            ambito=placement.ambito, placement=placement, moment=moment, voice="office", questions="base-1", state=state, asked_on=due,
            due_on=due, **given, **why,
        )  # fmt: skip


@pytest.fixture
def scenario(sondrio: Ambito, tirano: Ambito) -> None:
    """Sondrio, by hand, in the third quarter of 2026:

    baker (tutor A, certified on 10 July)
      1 Bianchini  1 Feb – 31 July, ended as planned in July            ran, ended
      2 Ghilotti   1 July – 31 Dec, additional                          ran, started
      3 Mevio      1 Sept – 28 Feb, closed early on 20 Sept             ran, started, ended early
    joiner (tutor B, not certified)
      4 Tognini    1 Aug – 31 Jan, additional                           ran, started
      5 Pedroli    1 Nov –                                              not of this quarter
      6 Scarsi     1 Jan – 30 June, ended                               not of this quarter
    Tirano: one placement with the baker since 1 August.
    """
    baker, joiner = made.make_host(sondrio), made.make_host(sondrio, number=2, comune="Chiuro")
    a, _user = made.make_tutor(sondrio, baker)
    b, _user = made.make_tutor(sondrio, joiner)
    one = place(sondrio, baker, a, 1, date(2026, 2, 1), date(2026, 7, 31), state=S.ENDED, ended_on=date(2026, 7, 31))
    two = place(sondrio, baker, a, 2, date(2026, 7, 1), date(2026, 12, 31), is_additional=True)
    place(sondrio, baker, a, 3, date(2026, 9, 1), date(2027, 2, 28), state=S.ENDED_EARLY, ended_on=date(2026, 9, 20))
    four = place(sondrio, joiner, b, 4, date(2026, 8, 1), date(2027, 1, 31), is_additional=True)
    place(sondrio, joiner, b, 5, date(2026, 11, 1), date(2027, 1, 31))
    place(sondrio, joiner, b, 6, date(2026, 1, 1), date(2026, 6, 30), state=S.ENDED, ended_on=date(2026, 6, 30))
    place(tirano, baker, a, 7, date(2026, 8, 1), date(2027, 1, 31))
    sheet(one, date(2026, 7, 1), 1200, 1200, 5, closed=date(2026, 8, 5))  # the last day that is in time, at 23:30
    sheet(two, date(2026, 7, 1), 2400, 1800, 8, closed=date(2026, 8, 6))  # a day late
    sheet(two, date(2026, 8, 1), 2400, 2100, 9)  # never closed
    sheet(four, date(2026, 9, 1), 1000, 0, 0, closed=date(2026, 9, 30))
    sheet(four, date(2026, 10, 1), 9999, 9999, 9)  # not of this quarter
    visit(one, date(2026, 7, 15), date(2026, 7, 15))  # in time
    visit(two, date(2026, 7, 31), date(2026, 8, 3))  # late
    visit(four, date(2026, 9, 1))  # not yet
    visit(two, date(2026, 10, 5), date(2026, 9, 30), kind="urgent")  # held in this quarter, due in the next
    visit(two, date(2026, 8, 1), date(2026, 8, 1), kind="phone")  # nobody went there
    visit(one, date(2026, 8, 1), state="called_off")
    asked(one, "final", date(2026, 7, 20), state="given")
    asked(two, "initial", date(2026, 7, 20))
    asked(four, "initial", date(2026, 8, 20), state="waived")
    asked(four, "mid", date(2026, 10, 20), state="given")  # not of this quarter
    with scope(made.system(sondrio).scope):
        course = Course.objects.create(network_id=sondrio.network_id, title="Tutor in impresa", minutes=480)
        edition = Edition.objects.create(network_id=sondrio.network_id, course=course, place="Sondrio", seats=10)
        Enrolment.objects.create(
            network_id=sondrio.network_id, edition=edition, tutor=a, state="attended", minutes=480, completed_on=date(2026, 7, 10),
            certified_on=date(2026, 7, 10),
        )  # fmt: skip


EXPECTED = {
    "started": 3,  # 2, 3, 4
    "ran": 4,  # 1, 2, 3, 4
    "running": 2,  # 2, 4: 4 that ran − 2 that ended
    "additional": 2,  # 2, 4
    "ended": 2,  # 1, 3
    "completed": 1,
    "ended_early": 1,
    "completion_share": 50,  # 1 of 2
    "people": 4,
    "new_people": 3,  # 2, 3 and 4; 1 began in February
    "hosts": 2,
    "new_hosts": 0,
    "returning_hosts": 2,  # the baker since February, the joiner since January
    "comuni": 2,  # Sondrio, Chiuro
    "planned": 7000,  # 1200 + 2400 + 2400 + 1000
    "done": 5100,  # 1200 + 1800 + 2100 + 0
    "attendance": 73,  # 5100 ÷ 7000 = 72.86
    "days": 22,  # 5 + 8 + 9
    "tutors": 2,
    "trained_share": 50,  # A of A, B
    "certified": 1,
    "months_due": 4,
    "months_in_time": 50,  # 1 and 4 of 4
    "paid": Decimal(0),
    "additional_share": None,  # the promise is the network's
    "communications": None,  # none was due
    "visits": 3,  # July, August, the urgent one of September
    "visits_due": 3,
    "visits_on_time": 33,  # 1 of 3
    "evaluations_due": 2,  # the waived one is not
    "evaluations": 50,  # 1 of 2
}


def test_a_quarter_worked_by_hand(scenario: None, sondrio: Ambito, coordinator: Any, within: Any) -> None:
    found = figures(within(coordinator), QUARTER)
    assert {code: found[code] for code in EXPECTED} == EXPECTED


def test_the_network_counts_a_company_once(scenario: None, sondrio: Ambito, tirano: Ambito, coordinator: Any, within: Any) -> None:
    found = figures(within(coordinator), QUARTER, by_ambito=True)
    assert {code: found[sondrio.pk][code] for code in EXPECTED} == EXPECTED
    assert found[tirano.pk]["hosts"] == found[tirano.pk]["new_hosts"] == 1  # the baker, for the first time there
    whole = found[None]
    assert whole["ran"] == 5  # 4 + 1
    assert whole["hosts"] == 2  # the baker is in both
    assert (whole["new_hosts"], whole["returning_hosts"]) == (0, 2)
    assert whole["tutors"] == 2
    assert whole["additional_share"] == 27  # 2 × 12 ÷ (30 × 3) = 26.67


def test_what_the_network_owns_is_an_ambitos_by_the_companys_comune(scenario: None, tirano: Ambito, user_of: Any, within: Any) -> None:
    found = figures(within(user_of("coordinator", tirano)), QUARTER)
    assert found["certified"] == 0  # the baker of tutor A has its seat in Sondrio
    assert found["certificates"] == 1  # not split: the network's


def test_one_ambito_does_not_reach_the_others(scenario: None, tirano: Ambito, user_of: Any, within: Any) -> None:
    found = figures(within(user_of("coordinator", tirano)), QUARTER)
    assert (found["ran"], found["people"], found["done"]) == (1, 1, 0)


def test_who_has_no_ambito_gets_the_network(scenario: None, user_of: Any, within: Any) -> None:
    assert figures(within(user_of("auditor", None)), QUARTER)["ran"] == 5


def test_an_empty_period_has_zeros_and_no_shares(sondrio: Ambito, coordinator: Any, within: Any) -> None:
    found = figures(within(coordinator), Period.of("year", date(2021, 1, 1), TODAY))
    assert found["ran"] == found["hosts"] == found["months_due"] == 0
    assert found["attendance"] is found["completion_share"] is None


def test_four_statements_whatever_there_is(scenario: None, coordinator: Any, within: Any) -> None:
    access = within(coordinator)
    with CaptureQueriesContext(connection) as queries:
        figures(access, QUARTER)
    assert len(queries) == 4


def test_a_month_that_is_not_due_is_not_counted(sondrio: Ambito, coordinator: Any, within: Any) -> None:
    """November's sheet, asked for on the last day of November: nobody is late yet. On 6 December it is."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    sheet(place(sondrio, company, tutor, 1, date(2026, 11, 1), date(2027, 3, 31)), date(2026, 11, 1), 600, 0, 0)
    november = Period.of("month", date(2026, 11, 1), TODAY)
    access = within(coordinator)
    assert figures(access, november)["months_due"] == 0
    later = Period.of("month", date(2026, 11, 1), date(2026, 12, 6))
    assert (figures(access, later)["months_due"], figures(access, later)["months_in_time"]) == (1, 0)


def test_every_indicator_says_what_it_is(scenario: None, coordinator: Any, within: Any) -> None:
    found = figures(within(coordinator), QUARTER)
    for indicator in INDICATORS:
        assert indicator.code in found
        assert all(str(text).strip() for text in (indicator.label, indicator.definition, indicator.formula, indicator.source))
        assert str(indicator.definition).endswith(".") and str(indicator.definition).count(". ") <= 1
        assert indicator.is_share == bool(indicator.part) or indicator.code == "additional_share"
    assert len(BY_CODE) == len(INDICATORS)


def test_every_count_of_people_is_hidden_with_a_bundle() -> None:
    """What is in no bundle is told whatever it is: only what the public register and the programme of courses say anyway."""
    bundled = {code for bundle in BUNDLES for code in bundle.codes}
    told = {i.code for i in INDICATORS if i.code not in bundled and not i.whole_network}
    assert told == {"recognised", "recognitions"}


def test_small_figures_of_others_are_hidden_and_ones_own_are_not(scenario: None, sondrio: Ambito, tirano: Ambito, coordinator: Any) -> None:
    access = access_for(coordinator)
    with scope(access.scope):
        sides = side_by_side(access, QUARTER, least=5, own=sondrio.pk)
    assert sides.told(sondrio.pk, "ran") == 4
    assert sides.told(tirano.pk, "ran") is None
    assert sides.told(None, "started") is None  # 4 in all; the whole less one's own would be Tirano's


@pytest.mark.parametrize(
    ("span", "day", "first", "last", "before"),
    [
        ("month", date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31), date(2025, 12, 1)),
        ("quarter", date(2026, 2, 10), date(2026, 1, 1), date(2026, 3, 31), date(2025, 10, 1)),
        ("year", date(2024, 2, 29), date(2024, 1, 1), date(2024, 12, 31), date(2023, 1, 1)),
    ],
)
def test_periods(span: str, day: date, first: date, last: date, before: date) -> None:
    period = Period.of(span, day, TODAY)
    assert (period.first, period.last) == (first, last)
    assert period.before.first == before and (period.first - period.before.last).days == 1
    assert period.before.months == period.months
