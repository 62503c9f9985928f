"""What companies say of themselves on their portal: corrections of their data, what hosting cost. And how to reach an office."""

from certification.models import Thanks
from companies.hosts.conduct import CURRENT, fingerprint
from companies.hosts.enums import ExpenseKind as K
from companies.hosts.enums import ExpensePayer as P
from companies.hosts.enums import ProposalState
from companies.hosts.models import ConductAcceptance, DataProposal, HostExpense
from companies.hosts.services import CORRECTABLE
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Announcement, MailClosing, Todo
from impresasolidale.territory.models import Letterhead

from .hosts import Hosts
from .users import People
from .world import World

MODELS = (Announcement, ConductAcceptance, DataProposal, HostExpense, Letterhead, MailClosing, Thanks)
THANKS = (  # words, whose, whether somebody approved them
    ("Al forno ho ritrovato la voglia di alzarmi presto.", Thanks.Voice.PERSON, True),
    ("Ogni volta che abbiamo chiesto, ci avete risposto con una sedia in più al tavolo.", Thanks.Voice.OFFICE, True),
    ("Nostro figlio adesso racconta la sua giornata.", Thanks.Voice.FAMILY, False),
)
SPENT = (  # days ago, what, cents, who paid, paper
    (200, K.EQUIPMENT, 8_640, P.BODY, "fattura 112 del fornitore"),
    (160, K.MEDICAL, 6_000, P.BODY, "fattura del medico competente"),
    (120, K.TRAINING, 12_000, P.BODY, "attestato e fattura dell'ente di formazione"),
    (75, K.TOOLS, 15_490, P.FUND, "ricevuta: sgabello regolabile"),
    (40, K.MEDICAL, 4_500, P.COMPANY, "fattura 31: da rimborsare"),
    (12, K.TRANSPORT, 3_200, P.BODY, "abbonamento alla corriera"),
)


def create_letterheads(world: World) -> None:
    """What the three offices print on their papers, their telephone among it."""
    for n, district in enumerate(world.districts, 1):
        body = district.body
        lines = ["Ufficio di Piano", body.address, f"Tel. 0342 000 00{n}", f"PEC {body.pec}" if body.pec else ""]
        world.new(Letterhead, ambito=district.ambito, heading=body.name, lines="\n".join(line for line in lines if line))
        world.new(MailClosing, ambito=district.ambito, text=f"Ufficio di Piano, tel. 0342 000 00{n}, dal lunedì al venerdì dalle 9 alle 12")
        world.new(
            Announcement,
            ambito=district.ambito,
            title="Il giovedì rispondiamo fino alle 18",
            text="Chi ha bisogno dell'ufficio dopo il lavoro ci trova al telefono anche il giovedì pomeriggio, dalle 14 alle 18.",
            starts_on=world.ago(5),
            ends_on=world.ago(-60),
        )


def _conduct(world: World, people: People, hosts: Hosts) -> None:
    """Most companies accepted the rules of welcoming; the others have not been asked yet."""
    office = people.offices[world.districts[0].ambito.pk]
    for n, place in enumerate(place for group in hosts.places.values() for place in group):
        if n % 7 != 3 or place.company in (hosts.known.company, hosts.bakery.company):
            world.new(
                ConductAcceptance,
                company=place.company,
                edition=CURRENT,
                fingerprint=fingerprint(CURRENT),
                accepted_on=world.ago(300 - n % 200),
                said_by=place.company.representative,
                created_by=office.workers[0],
            )


def create_companies(world: World, people: People, hosts: Hosts) -> None:
    """One correction that waits and one that was refused; expenses, nearly all of them somebody else's."""
    known, bakery = hosts.known.company, hosts.bakery.company
    _conduct(world, people, hosts)
    office = people.offices[world.districts[0].ambito.pk]
    changes = _changes(known, pec="bulloneallegro.nuova.pec@example.org", representative="Bice Bullone")
    waiting = world.new(
        DataProposal, company=known, changes=changes, note="Nuova amministratrice dal mese scorso.", created_by=hosts.known.contact
    )
    world.new(
        Todo,
        kind="hosts.data_proposal",
        subject_type=DataProposal._meta.label_lower,
        subject_id=waiting.pk,
        title=f"{known} chiede di correggere i suoi dati",
        url=f"/imprese/{known.public_id}/correzioni/{waiting.public_id}/",
        role=Role.SOCIAL_WORKER,
        network_id=world.network.pk,
    )
    world.new(
        DataProposal,
        company=bakery,
        changes=_changes(bakery, address="Via dei Forni 1 bis"),
        state=ProposalState.REFUSED,
        refusal="In Camera di Commercio risulta ancora l'indirizzo di prima: mandaci la visura.",
        decided_by=office.workers[0],
        decided_at=world.at(world.ago(30)),
        created_by=hosts.bakery.tutors[0].user,
    )
    places = [hosts.known, hosts.bakery, *(p for group in hosts.places.values() for p in group if p.placed)]
    for n, (days, kind, cents, payer, paper) in enumerate(SPENT):
        world.new(
            HostExpense,
            company=places[n % len(places)].company,
            kind=kind,
            cents=cents,
            payer=payer,
            spent_on=world.ago(days),
            paper=paper,
            created_by=office.workers[0],
        )


def create_thanks(world: World, people: People, hosts: Hosts) -> None:
    """Words to the two companies everybody looks at first; the last wait for a second person."""
    office = people.offices[world.districts[0].ambito.pk]
    for place in (hosts.known, hosts.bakery):
        for words, voice, is_approved in THANKS:
            state = Thanks.State.APPROVED if is_approved else Thanks.State.PROPOSED
            by = office.coordinator if is_approved else None
            world.new(Thanks, company=place.company, words=words, voice=voice, state=state, decided_by=by, created_by=office.workers[0])


def _changes(company: object, **values: str) -> dict[str, dict[str, str]]:
    assert set(values) <= set(CORRECTABLE)
    return {name: {"before": str(getattr(company, name)), "after": value, "value": value} for name, value in values.items()}
