"""Hosts with their sites, tutors and engagements."""

from dataclasses import dataclass, field
from datetime import date

from companies.hosts.enums import ContactRole, HostKind, RiskClass
from companies.hosts.models import Closure, Company, CompanyTutor, Contact, Engagement, Site
from companies.hosts.rules import size_of
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import name_key

from . import host_list, names
from .host_list import Host
from .register import facilities_of, register_of
from .texts import TRADES, Trade
from .users import People, give_role, new_name, new_user
from .world import World

TUTORS = 40
BAKERY = "Panificio Lievito Lento"
RISKS = {  # the others are of medium risk
    **{TRADES[name].sector: RiskClass.HIGH for name in ("officina", "segheria", "cantiere", "verde")},
    **{TRADES[name].sector: RiskClass.LOW for name in ("biblioteca", "comune", "negozio", "tipografia")},
}
NEVER_CLOSED = {"casa per anziani", "albergo", "rifugio per cani", "agriturismo e capre", "negozio di alimentari"}
WITHOUT_LOGIN = 6  # of the tutors: they fill in the sheet on paper


@dataclass
class Place:
    """A host as the placements see it."""

    company: Company
    site: Site
    trade: Trade
    staff: int
    tutors: list[CompanyTutor] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    placed: int = 0
    contact: User | None = None  # who acts for it on the portal, where somebody does

    @property
    def room(self) -> int:
        """People it takes at once (rule 15): 1 up to 5 staff, 2 up to 20, then one in ten."""
        return 1 if self.staff <= 5 else 2 if self.staff <= 20 else self.staff // 10


@dataclass
class Hosts:
    places: dict[int, list[Place]]  # by Ambito
    known: Place  # where tutor@example.org follows three people
    tutors: list[CompanyTutor]
    bakery: Place  # of two people: the owner is contact, tutor and signatory
    trained: dict[int, date] = field(default_factory=dict)  # tutor → end of the course


def create_hosts(world: World, people: People) -> Hosts:
    groups = (host_list.SONDRIO, host_list.TIRANO, host_list.MORBEGNO + host_list.OUTSIDE)
    places: dict[int, list[Place]] = {}
    comuni = {c.cadastral_code: c for c in Comune.objects.filter(cadastral_code__in=[h.comune for g in groups for h in g])}
    serial = 0
    for district, group in zip(world.districts, groups, strict=True):
        places[district.ambito.pk] = []
        for round_ in range(world.scale):
            for host in group:
                serial += 1
                name = f"{host.name} {round_ + 1}" if round_ else host.name
                places[district.ambito.pk].append(_host(world, host, name, serial, comuni[host.comune]))
    for group_of in places.values():
        for place in group_of:
            _closures(world, place)
    known = places[world.districts[0].ambito.pk][0]
    bakery = next(p for p in places[world.districts[0].ambito.pk] if p.company.name == BAKERY)
    tutors = _tutors(world, people, places, known, bakery)
    contact = known.contact = new_user(world, people, "M", "impresa")
    give_role(world, contact, Role.COMPANY_CONTACT, company=known.company, since=world.ago(500))
    people.logins.append((f"referente dell'impresa, {known.company.name}", contact.email))
    _owner(world, people, bakery)
    return Hosts(places, known, tutors, bakery)


def _owner(world: World, people: People, bakery: Place) -> None:
    """One human with every hat of a company: one sign-in, one page (experience.md)."""
    tutor, company = bakery.tutors[0], bakery.company
    assert tutor.user
    bakery.contact = tutor.user
    give_role(world, tutor.user, Role.COMPANY_CONTACT, company=company, since=world.ago(500))
    company.representative, company.email, company.phone = str(tutor), tutor.email, tutor.phone
    people.logins.append((f"titolare, referente, tutor e firmatario: {company.name}", tutor.email))


def _closures(world: World, place: Place) -> None:
    """Two weeks around the middle of August, and from Christmas to Epiphany, where the trade allows it; next summer nobody knows yet."""
    if place.trade.sector in NEVER_CLOSED:
        return
    spans = [("chiusura di Natale", date(year, 12, 24), date(year + 1, 1, 6)) for year in range(world.today.year - 2, world.today.year + 1)]
    spans += [("chiusura estiva", date(year, 8, 8), date(year, 8, 22)) for year in range(world.today.year - 1, world.today.year + 1)]
    for words, first, last in sorted(spans, key=lambda span: span[1]):
        place.closures.append(world.new(Closure, company=place.company, starts_on=first, ends_on=last, words=words))


def _host(world: World, host: Host, name: str, serial: int, comune: Comune) -> Place:
    rng, trade = world.rng, TRADES[host.trade]
    domain = "".join(c for c in name_key(name) if c.isalnum())[:30]
    is_firm = host.kind not in {HostKind.PUBLIC_BODY, HostKind.ASSOCIATION}
    first, last = names.full_name(rng, rng.choice("FM"))
    street = names.address(rng)
    company = world.new(
        Company,
        name=name,
        search_key=name_key(name),
        kind=host.kind,
        partita_iva=names.partita_iva(serial) if is_firm else "",
        tax_code="" if is_firm else names.tax_code(serial),
        ateco=trade.ateco,
        sector=trade.sector,
        size_class=size_of(host.staff),
        staff_count=host.staff,
        risk_class="" if serial % 13 == 0 else RISKS.get(trade.sector, RiskClass.MEDIUM),
        representative=f"{first} {last}",
        address=street,
        comune=comune,
        email=f"info.{domain}@example.org",
        pec=f"{domain}.pec@example.org",
        phone=names.phone(rng, mobile=False),
        safety_declared_on=None if serial % 11 == 0 else world.ago(rng.randint(400, 700)),
        law68_declared_on=world.ago(rng.randint(60, 300)) if host.staff > 15 else None,
        on_register=serial % 9 != 0,
        **register_of(host, serial),
    )
    if serial % 3:
        _contacts(world, company, f"{first}.{last}", serial, domain)
    site = world.new(
        Site,
        company=company,
        name="Sede principale",
        address=street,
        comune=comune,
        directions=rng.choice(
            ("", "Fermata della corriera a cento metri.", "Dieci minuti a piedi dalla stazione.", "Serve un passaggio in auto.")
        ),
        **facilities_of(serial),
    )
    if host.staff > 50:
        world.new(Site, company=company, name="Sede staccata", address=names.address(rng), comune=comune)
    return Place(company, site, trade, host.staff)


def _contacts(world: World, company: Company, signatory: str, serial: int, domain: str) -> None:
    """Who signs, how to reach them; in the larger ones also who keeps the books and who looks after safety."""
    first, last = company.representative.split(" ", 1)
    since = world.ago(600)
    owner = [ContactRole.OWNER] if company.kind in {HostKind.FIRM, HostKind.FARM} else []
    box = "".join(c for c in name_key(signatory) if c.isalnum() or c == ".")
    address = f"{box}.{serial}@example.org"
    world.new(Contact, company=company, first_name=first, last_name=last, email=address, roles=owner, valid_from=since)
    if (company.staff_count or 0) > 20:
        for role, where in ((ContactRole.ADMINISTRATION, "amministrazione"), (ContactRole.SAFETY, "sicurezza")):
            first, last = names.full_name(world.rng, "F")
            world.new(
                Contact,
                company=company,
                first_name=first,
                last_name=last,
                email=f"{where}.{domain}@example.org",
                phone=names.phone(world.rng, mobile=False),
                roles=[role],
                valid_from=since,
            )


def _tutors(world: World, people: People, places: dict[int, list[Place]], known: Place, bakery: Place) -> list[CompanyTutor]:
    """Hosts without a tutor are still getting ready; the larger ones have two."""
    rng = world.rng
    everywhere = [p for group in places.values() for p in group]
    waiting = {p.company.pk for p in rng.sample([p for p in everywhere if p is not known and p.staff < 12], 9 * world.scale)}
    waiting.discard(bakery.company.pk)
    chosen = [p for p in everywhere if p.company.pk not in waiting]
    more = sorted((p for p in chosen if p is not known), key=lambda p: -p.staff)[: TUTORS * world.scale - len(chosen)]
    named = {known.company.pk: "tutor", bakery.company.pk: "fornaia"}
    for district in world.districts[1:]:
        ready = next(p for p in places[district.ambito.pk] if p.company.pk not in waiting)
        named[ready.company.pk] = f"tutor.{district.ambito.name.lower()}"
    tutors = []
    for number, place in enumerate([*chosen, *more]):
        login = named.pop(place.company.pk, "")
        on_paper = not login and number % 7 == 6 and number // 7 < WITHOUT_LOGIN * world.scale
        first, last, email = new_name(world, people, rng.choice("FM"), login)
        user = None
        if not on_paper:
            user = world.new(User, email=email, first_name=first, last_name=last, password=people.password)
            give_role(world, user, Role.COMPANY_TUTOR, company=place.company, since=world.ago(500))
        tutor = world.new(
            CompanyTutor, first_name=first, last_name=last, email=email, phone=names.phone(rng), job_title=place.trade.job, user=user
        )
        world.new(Engagement, tutor=tutor, company=place.company, valid_from=world.ago(rng.randint(500, 900)))
        place.tutors.append(tutor)
        tutors.append(tutor)
        if login and place is not bakery:
            people.logins.append((f"tutor aziendale, {place.company.name}", email))
    return tutors
