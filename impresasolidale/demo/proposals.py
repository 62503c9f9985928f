"""Who is being proposed where: whoever the list says has a proposal, each at another step; and one who said no, in every Ambito."""

from collections.abc import Collection, Iterator
from datetime import date, time, timedelta

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from placements.beneficiaries.enums import WaitingState
from placements.beneficiaries.models import WaitingEntry
from placements.matching import services
from placements.matching.enums import Impression, Outcome
from placements.matching.models import Proposal
from placements.matching.selectors import ranked, with_reasons

from .people import Person
from .world import District, World, acting_for

MADE, SEEN, DECIDED = 10, 4, 2  # days ago
TASKS = ("Prepara gli ordini e tiene in ordine gli scaffali.", "Aiuta in laboratorio, al mattino.", "Cura il verde insieme alla squadra.")
LIKED = ("Mi piace, le persone sono gentili.", "Il posto è bello. Il rumore un po’ meno, ma con le cuffie va bene.")
HOSTED = ("Attenta e curiosa, ha fatto molte domande.", "All’inizio timido, poi ha salutato tutti.")
DESPITE = "È il posto che ha chiesto: si comincia in piccolo, con il tutor sempre accanto."
YES = "La visita è andata bene e l’orario dell’autobus va d’accordo con quello dell’impresa."
NO = "Il viaggio la stanca troppo: cerchiamo più vicino."


def create_proposals(world: World, persons: dict[int, list[Person]]) -> None:
    """At the door of the services, on the days the demo tells."""
    for district in world.districts:
        for n, (person, outcome) in enumerate(_chosen(district, persons[district.ambito.pk])):
            with scope(acting_for(person.referent, district).scope):
                _propose(world, district, person, n, outcome)


def _chosen(district: District, people: Collection[Person]) -> Iterator[tuple[Person, Outcome | None]]:
    """Whoever the list says is being proposed; then who waits, those of the worker with the login first: four more, and one no."""
    state = dict(WaitingEntry.objects.filter(ambito=district.ambito).values_list("beneficiary_id", "state"))
    proposed = [person for person in people if state.get(person.row.pk) == WaitingState.PROPOSED]
    waiting = [person for person in people if state.get(person.row.pk) == WaitingState.WAITING]
    known = next(iter(people)).referent
    waiting.sort(key=lambda person: person.referent != known)
    for n, person in enumerate([*waiting[1:5], *proposed]):
        yield person, Outcome.YES if n % 4 == 3 else None
    yield from ((person, Outcome.NO) for person in waiting[:1])


def _propose(world: World, district: District, person: Person, n: int, outcome: Outcome | None) -> None:
    by, row, made = acting_for(person.referent, district), person.row, world.ago(MADE)
    found = ranked(by, beneficiaries=[row.pk], on=made)
    if not found:
        return
    best = with_reasons(found[n % 3 : n % 3 + 1] or found[:1])[0]
    with world.acting("proposal", row.pk, on=made):
        proposal = services.propose_site(
            beneficiary=row,
            site=best.site,
            tasks=TASKS[n % len(TASKS)],
            adaptations={finding.code: finding.adaptation for finding in best.fit.adapted},
            despite=DESPITE if best.fit.stops else "",
            agreed_on=made,
            by=by,
            today=made,
        )
    if n % 4 or outcome:
        _visit(world, proposal, n, by, is_held=n % 4 != 1 or bool(outcome))
    if outcome:
        _decide(world, proposal, person, outcome, by)


def _visit(world: World, proposal: Proposal, n: int, by: Access, *, is_held: bool) -> None:
    on: date = world.ago(SEEN) if is_held else world.today + timedelta(days=3)
    with world.acting("visit", proposal.pk, on=world.ago(MADE - 1)):
        visit = services.plan_visit(proposal=proposal, on=on, starts_at=time(9, 30), companions="l’educatrice", by=by)
    if is_held:
        went = Impression.DOUBTS if n % 3 == 1 else Impression.WELL
        words = {"person_words": LIKED[n % len(LIKED)], "company_words": HOSTED[n % len(HOSTED)]}
        with world.acting("told", proposal.pk, on=on, hour=15):
            services.tell_visit(visit=visit, impression=went, by=by, today=on, **words)


def _decide(world: World, proposal: Proposal, person: Person, outcome: Outcome, by: Access) -> None:
    on = world.ago(DECIDED)
    with world.acting("decision", proposal.pk, on=on):
        services.decide_proposal(
            proposal=proposal,
            outcome=outcome,
            held_on=on,
            place="Ufficio di Piano",
            participants=[(str(person.referent), "assistente sociale"), (str(person.row), "la persona")],
            person_words=LIKED[0] if outcome == Outcome.YES else "È bello, ma arrivo a casa che è buio.",
            reasons=YES if outcome == Outcome.YES else NO,
            by=by,
            today=on,
        )
