"""Reports that the offices ordered, the calendar of a funder, and how the comuni share what they spend together."""

from datetime import date, timedelta
from typing import Any

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.reports import services
from impresasolidale.reports.definitions import BY_CODE
from impresasolidale.reports.enums import Basis
from impresasolidale.reports.models import ReportCalendar
from impresasolidale.reports.units import Unit, start_of
from impresasolidale.territory.models import FundingLogo

from .placements import Placed
from .users import People
from .world import District, World, acting_for

FUNDER = "cariplo"
WORDS = "Con il contributo di Fondazione Cariplo"
SHARES = {"Sondrio": Basis.INHABITANTS, "Tirano": Basis.PEOPLE, "Morbegno": Basis.HOURS}


def name_funder(world: World, placed: list[Placed]) -> None:
    """The funder of the project, and the placements it helps with: those in addition to what was planned."""
    for one in placed:
        if one.row.is_additional:
            one.row.funding_source = FUNDER
    FundingLogo.objects.create(
        network=world.network, source=FUNDER, valid_from=date(2014, 1, 1), words=WORDS, public_id=world.uuid("reports", "funder")
    )


def create_reports(world: World, staff: People) -> None:
    """Ordered as people do: the worker makes them when the demo starts."""
    for district in world.districts:
        _of_office(world, staff, district)


def _of_office(world: World, staff: People, district: District) -> None:
    name, today = district.ambito.name, world.today
    office = staff.offices[district.ambito.pk]
    coordinator, accounting = acting_for(office.coordinator, district), acting_for(office.by_role[Role.ACCOUNTING], district)
    year, last_month = date(today.year, 1, 1), start_of(Unit.MONTH, today.replace(day=1) - timedelta(days=1))
    with world.acting("split key", name, on=world.ago(40)), scope(accounting.scope):
        services.add_split_key(
            valid_from=date(today.year - 1, 1, 1),
            basis=SHARES[name],
            act=f"Assemblea dei sindaci, verbale {6 + len(name)}/{today.year - 2}",
            by=accounting,
        )
    orders: list[tuple[str, date, dict[str, Any]]] = [("monthly_monitoring", last_month, {})]
    if district is world.districts[0]:
        with world.acting("calendar", name, on=world.ago(30)), scope(coordinator.scope):
            services.keep_calendar(
                row=ReportCalendar(
                    kind="funder_activity", unit=Unit.HALF, first_period=date(today.year - 1, 3, 15), source=FUNDER,
                    recipients=[Role.COORDINATOR, Role.ACCOUNTING],
                ),
                by=coordinator,
            )  # fmt: skip
        orders += [
            ("quarterly_activity", start_of(Unit.QUARTER, last_month), {}),
            ("hosts_capacity", start_of(Unit.QUARTER, last_month), {}),
            ("tutor_training", year, {}),
            ("comune_sheet", year, {"comune": district.seat}),
            ("comune_council", year, {"comune": district.seat}),
            ("cost_shares", year, {}),
            ("spending_by_source", start_of(Unit.QUARTER, last_month), {}),
            ("network_quarter", start_of(Unit.QUARTER, start_of(Unit.QUARTER, today) - timedelta(days=1)), {}),
            ("funder_activity", year, {"last": today, "source": FUNDER}),
        ]
    for code, first, more in orders:
        with world.acting("report", name, code, on=world.ago(2)), scope(coordinator.scope):
            services.order_report(definition=BY_CODE[code], first=first, by=coordinator, today=today, **more)
