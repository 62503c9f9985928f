"""What the register says of the invented hosts: their form, whom they belong to, how one gets in."""

from decimal import Decimal
from typing import Any

from companies.hosts.enums import Facility, HostKind, Law68, LegalForm, TradeAssociation

from .host_list import Host

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
THERE = (
    [Facility.STEP_FREE, Facility.TOILET, Facility.PARKING],
    [Facility.STEP_FREE, Facility.TOILET, Facility.LIFT, Facility.WIDE, Facility.SIGNS],
    [],
    [Facility.STEP_FREE, Facility.QUIET],
    [Facility.PARKING],
)
BUS = (
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
