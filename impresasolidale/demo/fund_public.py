"""What everybody reads of the fund: last year's books closed and their account approved, two stories, the list of the transparency law."""

from datetime import date

from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.scope import scope
from impresasolidale.reports.publishing import approve_account, prepare_account
from impresasolidale.treasury import services as treasury
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.beneficiaries.enums import ConsentKind
from placements.beneficiaries.models import Consent
from placements.beneficiaries.rules import is_minor
from placements.beneficiaries.services import give_consent
from solidarity_fund.selectors import transparency
from solidarity_fund.services import publications, stories

from .fund import year_told
from .users import People
from .world import District, World, acting_for

STORIES = (
    (
        "La corriera delle sei e quaranta",
        "Il posto c'era, ma era a un'ora di strada e la corriera costava troppo. Con l'abbonamento pagato dal fondo è arrivata ogni giorno."
        "\n\nDopo le prime settimane ha cominciato a salutare per nome l'autista. «Prima non uscivo. Adesso, se sto a casa, mi annoio».",
    ),
    (
        "Un paio di scarpe con la punta dura",
        "In laboratorio senza scarpe antinfortunistiche non si entra. Costavano settantacinque euro, e quel mese non c'erano."
        "\n\nLe ha scelte lui, nere. Le pulisce ogni sera: «Sono le scarpe del mio lavoro».",
    ),
)


def create_public(world: World, staff: People) -> None:
    """At the door of the services, as the offices do when the year is over."""
    first = world.districts[0]
    _account(world, staff, first)
    for district, (title, text) in zip(world.districts, STORIES, strict=False):
        _story(world, staff, district, title, text)
    for district in world.districts:
        _list(world, staff, district)


def _account(world: World, staff: People, district: District) -> None:
    """The books of the year before, closed by two people; its account, prepared by one and approved by the other with the act."""
    office, year = staff.offices[district.ambito.pk], year_told(world)
    accounting, chief = acting_for(office.by_role[Role.ACCOUNTING], district), acting_for(office.coordinator, district)
    with world.acting("closing", year, on=world.ago(20)):
        with scope(accounting.scope):
            closing = treasury.ask_closing(closed_to=date(year, 12, 31), by=accounting, today=world.ago(20))
        with scope(chief.scope):
            treasury.confirm_closing(closing=closing, by=chief)
    with world.acting("account", year, on=world.ago(15)), scope(accounting.scope):
        row = prepare_account(year=year, by=accounting, today=world.ago(15))
    with world.acting("account approved", year, on=world.ago(12)), scope(chief.scope):
        act = OutsideAct(f"41/{world.today.year}", world.ago(13))
        approve_account(publication=row, seen=row.row_version, act=act, by=chief, today=world.ago(12))


def _story(world: World, staff: People, district: District, title: str, text: str) -> None:
    """Of somebody in a placement who may say yes alone."""
    office = staff.offices[district.ambito.pk]
    worker, chief = acting_for(office.by_role[Role.SOCIAL_WORKER], district), acting_for(office.coordinator, district)
    on = world.ago(9)
    with world.acting("story", title, on=on), scope(worker.scope):
        rows = Placement.objects.filter(ambito=district.ambito, state=PlacementState.ACTIVE).select_related(
            "beneficiary", "company", "company_tutor"
        )
        people = [row for row in rows.order_by("pk") if not is_minor(row.beneficiary.birth_date, on)]
        placement = next(row for row in people if not row.beneficiary.representatives.exists())
        if not Consent.objects.filter(beneficiary=placement.beneficiary, kind=ConsentKind.TESTIMONY, revoked_on=None).exists():
            give_consent(beneficiary=placement.beneficiary, kind=ConsentKind.TESTIMONY, given_on=on, by=worker, today=on)
        values = {"title": title, "text": text, "names_host": False, "host_agreed_on": None, "host_agreed_by": ""}
        row = stories.write_story(placement=placement, values=values, by=worker, today=on)
        row = stories.record_reading(story=row, read_on=on, by=worker, today=on)
    with world.acting("story published", title, on=world.ago(8)), scope(chief.scope):
        stories.publish_story(story=row, seen=row.row_version, by=chief)


def _list(world: World, staff: People, district: District) -> None:
    """Of the newest year in which somebody is over the threshold, if there is one: a running year is published as it goes on."""
    office = staff.offices[district.ambito.pk]
    clerk, chief = acting_for(office.by_role[Role.ACCOUNTING], district), acting_for(office.coordinator, district)
    for year in (world.today.year - 1, world.today.year):
        threshold = transparency.threshold_of(district.ambito, year)
        with scope(clerk.scope):
            if not transparency.lines_over(clerk, body=district.body, year=year, threshold=threshold):
                continue
        with world.acting("list", district.ambito.name, year, on=world.ago(6)), scope(clerk.scope):
            row = publications.prepare_list(
                body=district.body, year=year, official=str(office.coordinator), act=district.rulebook.act, by=clerk, today=world.ago(6)
            )
        with world.acting("list published", district.ambito.name, year, on=world.ago(5)), scope(chief.scope):
            publications.publish(publication=row, seen=row.row_version, by=chief)
