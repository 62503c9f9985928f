"""The people: valid invented codes, where they live, who follows them, who acts for them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from impresasolidale.accounts.models import User
from impresasolidale.core.fields import lookup_hash
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import name_key
from placements.agreements.models import SafetyEvidence
from placements.beneficiaries.enums import CareRole, ReferringService, RepresentativeKind, Sex, TargetArea
from placements.beneficiaries.models import Assessment, Beneficiary, CareMember, Referral, Representative, StatusEvidence, TakingInCharge

from . import names
from .users import Office, People
from .world import District, World

PER_AMBITO = (50, 35, 35)
AREAS = (
    (TargetArea.DISABILITY, 44),
    (TargetArea.MENTAL_HEALTH, 26),
    (TargetArea.DISADVANTAGE, 17),
    (TargetArea.ADDICTION, 10),
    (TargetArea.JUDICIAL, 3),
)
SERVICES = {
    TargetArea.DISABILITY: (ReferringService.SOCIAL_SERVICE, ReferringService.SIL, ReferringService.DAY_CENTRE, ReferringService.NPIA),
    TargetArea.MENTAL_HEALTH: (ReferringService.CPS, ReferringService.SOCIAL_SERVICE),
    TargetArea.DISADVANTAGE: (ReferringService.SOCIAL_SERVICE, ReferringService.SIL),
    TargetArea.ADDICTION: (ReferringService.SERD,),
    TargetArea.JUDICIAL: (ReferringService.UEPE,),
}
PROMOTERS_OWN = {ReferringService.SOCIAL_SERVICE, ReferringService.SIL}


@dataclass
class Person:
    """A beneficiary with what placements and papers ask about."""

    row: Beneficiary
    referent: User
    educator: User
    representative: Representative | None
    referral: Referral
    charge: TakingInCharge
    assessment: Assessment | None
    busy: list[tuple[date, date]] = field(default_factory=list)
    evidence: list[SafetyEvidence] = field(default_factory=list)
    status: StatusEvidence | None = None

    @property
    def service_is_a_party(self) -> bool:
        """The service in charge is not the promoter's own: it signs apart (domain.md §12.3)."""
        return self.charge.service not in PROMOTERS_OWN


def create_people(world: World, people: People) -> dict[int, list[Person]]:
    codes_of_places = [code for code, _share in names.BIRTHPLACES] + [code for code, *_rest in names.ABROAD]
    places = {c.cadastral_code: c for c in Comune.objects.filter(cadastral_code__in=codes_of_places)}
    found: dict[int, list[Person]] = {}
    for district, number in zip(world.districts, PER_AMBITO, strict=True):
        codes: set[str] = set()
        office = people.offices[district.ambito.pk]
        found[district.ambito.pk] = [_person(world, district, office, n, places, codes) for n in range(number * world.scale)]
    return found


def _person(world: World, district: District, office: Office, n: int, places: dict[str, Comune], codes: set[str]) -> Person:
    rng, today = world.rng, world.today
    referent, educator = office.workers[n % len(office.workers)], office.educators[n % len(office.educators)]
    is_minor = n % 50 == 7
    while True:
        sex = rng.choice("FMM")
        first, last = names.full_name(rng, sex)
        birthplace = rng.choices([code for code, _ in names.BIRTHPLACES], [share for _, share in names.BIRTHPLACES])[0]
        if n % 14 == 3:
            birthplace, sex, first, last = rng.choice(names.ABROAD)
        born_on = names.birthday(rng, today, 17 if is_minor else rng.randint(19, 61))
        code = names.codice_fiscale(first, last, sex, born_on, birthplace)
        if code not in codes:
            break
    codes.add(code)
    area = rng.choices([a for a, _ in AREAS], [share for _, share in AREAS])[0]
    home = rng.choices(district.comuni, [c.population_2011 or 1 for c in district.comuni])[0]
    known_on = today - timedelta(days=rng.randint(420, 800))
    elsewhere = n % 40 == 11  # lives in another Ambito, followed here
    if elsewhere:
        home = next(d for d in world.districts if d is not district).seat
    relative = names.full_name(rng, rng.choice("FM"))[0]
    row = world.new(
        Beneficiary,
        ambito=district.ambito,
        first_name=first,
        last_name=last,
        search_key=name_key(f"{last} {first}"),
        codice_fiscale=code,
        codice_fiscale_hash=lookup_hash(code),
        birth_date=born_on,
        sex=Sex(sex),
        birthplace=places[birthplace],
        residence=home,
        residence_ambito=home.ambito,
        in_charge_note="Il percorso era già iniziato qui prima del cambio di residenza." if elsewhere else "",
        address=names.address(rng),
        is_address_protected=n % 30 == 17,
        phone=names.phone(rng),
        target_area=area,
        emergency_name=f"{relative} {last}",
        emergency_phone=names.phone(rng),
        privacy_notice_on=known_on + timedelta(days=9),
        created_by=referent,
    )
    service = rng.choice(SERVICES[area])
    operator = " ".join(names.full_name(rng, rng.choice("FM")))
    referral = world.new(
        Referral,
        beneficiary=row,
        ambito=district.ambito,
        service=service,
        operator=operator,
        received_on=known_on,
        protocol=_protocol(world, known_on),
    )
    charge = world.new(
        TakingInCharge,
        beneficiary=row,
        ambito=district.ambito,
        service=service,
        case_manager=operator,
        valid_from=known_on + timedelta(days=14),
    )
    assessment = None
    if n % 17 != 5:
        made_on = known_on + timedelta(days=rng.randint(20, 45))
        assessment = world.new(
            Assessment,
            beneficiary=row,
            ambito=district.ambito,
            made_on=made_on,
            author=referent.get_full_name(),
            protocol=_protocol(world, made_on),
        )
    for user, role in ((referent, CareRole.REFERENT), (educator, CareRole.EDUCATOR)):
        world.new(CareMember, beneficiary=row, ambito=district.ambito, user=user, role=role, valid_from=known_on + timedelta(days=14))
    if n % 6 == 0:
        colleague = office.workers[(n + 1) % len(office.workers)]
        world.new(
            CareMember,
            beneficiary=row,
            ambito=district.ambito,
            user=colleague,
            role=CareRole.MEMBER,
            valid_from=known_on + timedelta(days=60),
        )
    representative = _representative(world, row, known_on, is_minor=is_minor) if is_minor or n % 5 == 2 else None
    return Person(row, referent, educator, representative, referral, charge, assessment)


def _protocol(world: World, on: date) -> str:
    return f"{on.year}/{world.rng.randint(100, 9800):07d}"


def _representative(world: World, row: Beneficiary, known_on: date, *, is_minor: bool) -> Representative:
    rng = world.rng
    first, last = names.full_name(rng, rng.choice("FM"))
    often = RepresentativeKind.SUPPORT_ADMINISTRATOR
    kind = RepresentativeKind.PARENT if is_minor else rng.choice((often, often, often, RepresentativeKind.GUARDIAN))
    decree_on = known_on - timedelta(days=rng.randint(100, 900))
    return world.new(
        Representative,
        beneficiary=row,
        ambito=row.ambito,
        kind=kind,
        first_name=first,
        last_name=row.last_name if is_minor else last,
        email=f"rappresentante.{row.pk}@example.org",
        phone=names.phone(rng),
        decree="" if is_minor else f"n. {rng.randint(100, 990)}/{decree_on.year}, Tribunale di Sondrio",
        decree_on=None if is_minor else decree_on,
        signs_alone=kind == RepresentativeKind.GUARDIAN,
        valid_from=decree_on,
    )
