"""What every confirmed month of the demo gives, by the engine itself."""

from decimal import Decimal

from placements.attendance.allowance_rules import as_json, compute, month_name
from placements.attendance.enums import MonthState
from placements.attendance.models import Adjustment, AllowanceShare, MonthAllowance
from placements.attendance.services.allowances import load

from .attendance import Sheet
from .world import World


def create_given(world: World, sheets: list[Sheet]) -> None:
    """Rows of the months that are confirmed or final; the sheets and the projects must be in the database."""
    settled = {s.row.pk: s for s in sheets if s.row.state in (MonthState.CONFIRMED, MonthState.FROZEN)}
    books = {district.rulebook.pk: district.rules for district in world.districts}
    for one in load(sorted(settled)):
        sheet = settled[one.sheet_id]
        result = compute(one.values, books.get(one.rulebook_id) or sheet.one.row.rulebook.rules)
        row = world.new(
            MonthAllowance,
            ambito=sheet.row.ambito,
            timesheet=sheet.row,
            placement=sheet.one.row,
            month=one.month,
            project_id=one.project_id,
            rulebook_id=one.rulebook_id,
            payer_id=one.payer_id,
            tax_treatment=one.tax_treatment,
            rows=as_json(result.rows),
            amount=result.amount,
            computed_at=sheet.row.confirmed_at,
            created_by=sheet.row.confirmed_by,
        )
        for position, (pot, amount) in enumerate(result.shares, 1):
            world.new(AllowanceShare, ambito=sheet.row.ambito, allowance=row, position=position, pot_id=pot, amount=amount)
    _adjust(world, [s for s in settled.values() if s.row.state == MonthState.FROZEN])


def _adjust(world: World, final: list[Sheet]) -> None:
    """Of three offices one has found a sum that waits for the next month."""
    seen: set[int] = set()
    for sheet in sorted(final, key=lambda s: (s.row.month, s.row.pk), reverse=True):
        if sheet.row.ambito_id in seen or sheet.one.row.last_day < world.today:
            continue
        seen.add(sheet.row.ambito_id)
        world.new(
            Adjustment,
            ambito=sheet.row.ambito,
            placement=sheet.one.row,
            about_month=sheet.row.month,
            amount=Decimal("12.50"),
            words=f"Conguaglio di {month_name(sheet.row.month)}",
            reason="Biglietti del pullman anticipati dalla persona",
            created_by=sheet.one.person.referent,
        )
