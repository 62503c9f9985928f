"""How it stands between the offices and the companies: places offered, and what was answered."""

from collections import defaultdict
from datetime import date, timedelta

from companies.hosts.enums import HostingAnswer, HostingReason
from companies.hosts.models import HostingInterest, Opening
from companies.hosts.rules import most_at_once
from placements.agreements.enums import LIVE

from .hosts import Hosts
from .placements import Placed
from .world import World

MODELS = (Opening, HostingInterest)
WORDS = ("", "solo al mattino", "magazzino e consegne", "", "da primavera anche all'aperto")
LATER = (
    (HostingReason.BUSY, "Siamo in piena stagione, dopo ci farebbe piacere."),
    (HostingReason.CHANGES, "Cambiamo capannone: prima ci sistemiamo."),
    (HostingReason.RESTING, "È andata bene, ma un attimo di pausa serve al tutor."),
)
NO = ((HostingReason.NO_TUTOR, "Siamo in due, nessuno può affiancare."), (HostingReason.NO_TASKS, "Si lavora solo alle macchine."))


def create_relations(world: World, hosts: Hosts, placed: list[Placed]) -> None:
    """Most sites say how many they welcome, never fewer than they have; who hosts nobody has mostly been asked."""
    spans: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    for one in placed:
        if one.row.state in LIVE:
            spans[one.row.site_id].append((one.row.starts_on, one.row.ends_on))
    for n, place in enumerate(place for group in hosts.places.values() for place in group):
        since, mine = world.ago(300 - n), spans[place.site.pk]
        if n % 5 != 4:
            most, _day = most_at_once(mine, since, None)
            world.new(
                Opening,
                company=place.company,
                site=place.site,
                places=max(1, most + n % 3 % 2),
                starts_on=since,
                words=WORDS[n % len(WORDS)],
            )
        if not mine and n % 2:
            _answers(world, place.company, n)


def _answers(world: World, company: object, n: int) -> None:
    said = {"company": company, "said_by": ("La titolare", "Il responsabile", "L'amministrazione")[n % 3]}
    if n % 4 == 1:
        reason, words = LATER[n // 4 % len(LATER)]
        on = world.ago(20 + n)
        world.new(
            HostingInterest, **said, answer=HostingAnswer.LATER, reason=reason, words=words, said_on=on, call_on=on + timedelta(days=150)
        )
    elif n % 8 == 3:
        reason, words = NO[n // 8 % len(NO)]
        world.new(HostingInterest, **said, answer=HostingAnswer.NO, reason=reason, words=words, said_on=world.ago(40 + n))
    else:
        world.new(HostingInterest, **said, answer=HostingAnswer.YES, words="Volentieri, da subito.", said_on=world.ago(10 + n))
