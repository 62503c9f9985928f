"""What the register says of the invented hosts: their form, whom they belong to, how one gets in; which is double, which is blocked."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from companies.hosts.enums import Facility, HostKind, Law68, LegalForm, TradeAssociation
from companies.hosts.models import Block, Company, DistinctCompanies
from impresasolidale.territory.selectors import name_key
from placements.agreements.enums import LIVE, PREPARED

from . import names
from .host_list import Host
from .users import People
from .world import World

if TYPE_CHECKING:
    from .hosts import Hosts
    from .placements import Placed

MODELS = (Block, DistinctCompanies)
BLOCKS = (  # (reason, days since, days to go)
    ("Per due volte la persona è stata lasciata sola in reparto. Ne parliamo con il titolare prima di ricominciare.", 40, 50),
    ("Cambio di gestione: aspettiamo di conoscere chi arriva.", 12, 33),
    ("Il documento sui rischi non era aggiornato.", 200, -80),
)

FORMS = {
    HostKind.COOPERATIVE_A: LegalForm.COOPERATIVE,
    HostKind.COOPERATIVE_B: LegalForm.COOPERATIVE,
    HostKind.ASSOCIATION: LegalForm.ASSOCIATION,
    HostKind.PUBLIC_BODY: LegalForm.PUBLIC,
    HostKind.FARM: LegalForm.SIMPLE,
}
MEMBERS = {
    HostKind.FIRM: (TradeAssociation.CONFARTIGIANATO, TradeAssociation.CNA, TradeAssociation.CONFCOMMERCIO),
    HostKind.FARM: (TradeAssociation.COLDIRETTI, TradeAssociation.CIA),
    HostKind.COOPERATIVE_A: (TradeAssociation.CONFCOOPERATIVE,),
    HostKind.COOPERATIVE_B: (TradeAssociation.CONFCOOPERATIVE, TradeAssociation.LEGACOOP),
}
THERE: tuple[list[Facility], ...] = (
    [Facility.STEP_FREE, Facility.TOILET, Facility.PARKING],
    [Facility.STEP_FREE, Facility.TOILET, Facility.LIFT, Facility.WIDE, Facility.SIGNS],
    [],
    [Facility.STEP_FREE, Facility.QUIET],
    [Facility.PARKING],
)
BUS: tuple[dict[str, str], ...] = (
    {"bus_line": "Corriera del fondovalle", "bus_stop": "Piazza della stazione", "bus_hours": "arriva 7.48, riparte 12.35 e 17.10"},
    {},
    {"bus_line": "Linea urbana 2", "bus_stop": "Fermata davanti al cancello", "bus_hours": "ogni mezz'ora"},
    {},
)


def register_of(host: Host, serial: int) -> dict[str, Any]:
    """Columns of the company."""
    name = host.name.lower()
    form = FORMS.get(host.kind)
    if form is None:
        form = LegalForm.SRL if name.endswith("srl") else LegalForm.SNC if name.endswith("snc") else LegalForm.INDIVIDUAL
    members = MEMBERS.get(host.kind, ())
    position = Law68.NOT_BOUND if host.staff <= 15 else (Law68.COVERED, Law68.COVERED, Law68.AGREED)[serial % 3]
    return {
        "legal_form": form,
        "sdi_code": "" if serial % 4 == 3 else f"UF{serial:04d}" if host.kind == HostKind.PUBLIC_BODY else f"A{serial:06d}",
        "associations": [members[serial % len(members)]] if members and serial % 4 else [],
        "welcomes_disability": serial % 3 == 1,
        "law68_position": position,
    }


def facilities_of(serial: int) -> dict[str, Any]:
    """Columns of the first site."""
    point = {"latitude": Decimal("46.16989") + serial * Decimal("0.00071"), "longitude": Decimal("9.87134") + serial * Decimal("0.00113")}
    return {"facilities": THERE[serial % len(THERE)], **BUS[serial % len(BUS)], **(point if serial % 2 else {})}


def create_register(world: World, people: People, hosts: "Hosts", placed: "list[Placed]") -> None:
    """In each Ambito a host where nobody is was blocked, in one until last season; one host is written twice, two only look alike."""
    taken = {one.row.company_id for one in placed if one.row.state in {*LIVE, *PREPARED}}
    for district, (reason, since, left) in zip(world.districts, BLOCKS, strict=True):
        place = next((p for p in hosts.places[district.ambito.pk][::-1] if p.company.pk not in taken), hosts.places[district.ambito.pk][-1])
        world.new(
            Block,
            ambito=district.ambito,
            company=place.company,
            starts_on=world.ago(since),
            ends_on=world.today + timedelta(days=left),
            reason=reason,
            created_by=people.offices[district.ambito.pk].coordinator,
        )
    everywhere = [place.company for group in hosts.places.values() for place in group]
    bakery = next(company for company in everywhere if company.name.startswith("Panificio"))
    name = f"{bakery.name} di Bonfadini"
    world.new(
        Company,
        name=name,
        search_key=name_key(name),
        kind=bakery.kind,
        partita_iva=names.partita_iva(9_001),
        sector=bakery.sector,
        address=bakery.address,
        comune=bakery.comune,
        phone=bakery.phone,
    )
    first, second = sorted((company for company in everywhere if company.name.startswith("Officina")), key=lambda row: row.pk)[:2]
    world.new(
        DistinctCompanies,
        first=first,
        second=second,
        reason="Due officine in due comuni, con due partite IVA: viste tutte e due.",
        created_by=people.offices[world.districts[0].ambito.pk].coordinator,
    )
