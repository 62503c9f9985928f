"""What a TRR and a day service cost in the demo: all of it entered in Sondrio, all but the CDD in Morbegno, nothing in Tirano.

The amounts are invented and say so: no body has given us its own (domain.md §8.3). So each Ambito shows another state of the calculator.
"""

from datetime import date
from decimal import Decimal

from impresasolidale.territory.enums import TariffKind
from impresasolidale.territory.models import Tariff

from .world import World

T = TariffKind
SOURCE = "Valore inventato per la prova del programma: va sostituito con quello dell’ente"
VALUES = {
    T.TRR_ACCOMPANIMENT: "25",
    T.TRR_TUTOR_TRAINING: "120",
    T.TRR_SAFETY: "85",
    T.TRR_TRANSPORT: "30",
    T.TRR_LIABILITY: "24",
    T.TRR_ADMINISTRATION: "60",
    T.DAY_CDD: "82.40",
    T.DAY_CSE: "48",
    T.DAY_SFA: "34.50",
    T.DAY_DAYS: "230",
}
LEFT_OUT: dict[str, tuple[str, ...]] = {"Sondrio": (), "Morbegno": (T.DAY_CDD,), "Tirano": tuple(VALUES)}


def create_tariffs(world: World) -> None:
    """From the first of last year, so that a year's comparison has them too."""
    since = date(world.today.year - 1, 1, 1)
    for district in world.districts:
        for kind, value in VALUES.items():
            if kind not in LEFT_OUT[district.ambito.name]:
                Tariff.objects.create(kind=kind, ambito=district.ambito, valid_from=since, value=Decimal(value), source=SOURCE)
