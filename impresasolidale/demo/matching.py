"""Compatibility sheets: of forty sites, by their trade, and of everybody who waits. Its chances are its own."""

from random import Random
from typing import Any

from placements.beneficiaries.enums import WaitingState
from placements.beneficiaries.models import WaitingEntry
from placements.matching.enums import Facility, Item, Way
from placements.matching.models import PersonSheet, SiteSheet

from .hosts import Hosts, Place
from .people import Person
from .texts import TRADES
from .world import World

SITES = 40
I = Item  # noqa: E741 short in the table
# What there is in each trade: much, a little. The rest is not there.
WORK: dict[str, tuple[set[Item], set[Item]]] = {
    "officina": ({I.NOISE, I.TOOLS}, {I.LIFTING, I.STANDING, I.PACE}),
    "falegnameria": ({I.TOOLS}, {I.NOISE, I.LIFTING, I.STANDING}),
    "segheria": ({I.NOISE, I.LIFTING, I.WEATHER}, {I.TOOLS, I.STANDING}),
    "panificio": ({I.STANDING}, {I.LIFTING, I.PACE, I.PUBLIC}),
    "caseificio": ({I.STANDING}, {I.LIFTING, I.NOISE}),
    "cantina": (set(), {I.LIFTING, I.STANDING, I.ALONE}),
    "vivaio": ({I.WEATHER}, {I.LIFTING, I.STANDING, I.TOOLS}),
    "frutteto": ({I.WEATHER, I.HEIGHTS}, {I.LIFTING, I.STANDING}),
    "verde": ({I.WEATHER, I.TOOLS}, {I.LIFTING, I.NOISE, I.STANDING}),
    "albergo": ({I.STANDING}, {I.PACE, I.PUBLIC, I.LIFTING}),
    "mensa": ({I.PACE, I.STANDING}, {I.NOISE, I.LIFTING, I.PUBLIC}),
    "rsa": ({I.PUBLIC}, {I.STANDING, I.LIFTING}),
    "lavanderia": ({I.STANDING}, {I.PACE, I.NOISE, I.LIFTING}),
    "biblioteca": ({I.WRITING}, {I.PUBLIC, I.HEIGHTS}),
    "comune": ({I.WRITING}, {I.PUBLIC, I.ALONE}),
    "negozio": ({I.PUBLIC, I.STANDING}, {I.LIFTING, I.PACE, I.WRITING}),
    "magazzino": ({I.LIFTING}, {I.STANDING, I.WRITING, I.NOISE}),
}
TRADE_OF = {trade.sector: name for name, trade in TRADES.items()}
OTHERS: tuple[set[Item], set[Item]] = (set(), {I.STANDING, I.LIFTING, I.TOOLS})
HOW = {
    I.LIFTING: "carichi sotto i 5 chili, il resto con il carrello",
    I.STANDING: "uno sgabello e una pausa ogni ora",
    I.NOISE: "cuffie, e le ore più calme della mattina",
    I.PUBLIC: "si comincia nel retro, poi accanto a un collega",
    I.PACE: "fuori dalle ore di punta",
    I.WRITING: "etichette con i disegni",
    I.TOOLS: "solo attrezzi a mano",
    I.WEATHER: "nei giorni di pioggia si lavora al coperto",
}


def create_sheets(world: World, hosts: Hosts, persons: dict[int, list[Person]]) -> None:
    rng = Random(f"{world.number}/matching")
    groups = list(hosts.places.values())
    longest = max(len(places) for places in groups)
    in_turn = [places[n] for n in range(longest) for places in groups if n < len(places)]  # each valley has its share
    writer = persons[world.districts[0].ambito.pk][0].referent
    for place in in_turn[:SITES]:
        _site(world, rng, place, writer)
    waits = {row.beneficiary_id for row in world.pending[WaitingEntry] if row.state != WaitingState.REMOVED}
    for people in persons.values():
        for person in people:
            if person.row.pk in waits:
                _person(world, rng, person)


def _site(world: World, rng: Random, place: Place, writer: Any) -> None:
    much, some = WORK.get(TRADE_OF[place.trade.sector], OTHERS)
    told = [item for item in (*sorted(much), *sorted(some)) if item in HOW and rng.random() < 0.5]
    adaptations = {item.value: HOW[item] for item in told}
    if rng.random() < 0.4:
        adaptations["hours"] = "si può cominciare con due mattine"
    ways = [Way.CAR, *([Way.BUS] if rng.random() < 0.7 else []), *([Way.FOOT] if rng.random() < 0.5 else [])]
    world.new(
        SiteSheet,
        site=place.site,
        valid_from=world.ago(rng.randint(20, 300)),
        **{item.value: 2 if item in much else 1 if item in some else 0 for item in Item},
        hours=rng.choice((8, 12, 15, 20)),
        ways=sorted(ways),
        offers=sorted(rng.sample(Facility.values, rng.randint(1, 4))),
        adaptations=adaptations,
        created_by=writer,
    )


def _person(world: World, rng: Random, person: Person) -> None:
    world.new(
        PersonSheet,
        ambito=person.row.ambito,
        beneficiary=person.row,
        valid_from=world.ago(rng.randint(1, 60)),
        **{item.value: rng.choices((0, 1, 2), (6, 3, 1))[0] for item in Item},
        hours=rng.choice((8, 12, 16, 20, 25)),
        travel_minutes=rng.choice((20, 30, 45, 60)),
        ways=sorted(rng.sample(Way.values, rng.randint(1, 2))),
        needs=sorted(rng.sample(Facility.values, rng.choice((0, 0, 0, 1, 2)))),
        created_by=person.referent,
    )
