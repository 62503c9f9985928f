"""Who signs in: one login per role and Ambito, a few colleagues, and everybody's one password."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from companies.hosts.models import Company
from impresasolidale.accounts.access import hash_token
from impresasolidale.accounts.models import ApiToken, Membership, User
from impresasolidale.accounts.permissions import COMPANY_ROLES, Role
from impresasolidale.territory.models import Ambito, Comune

from . import names
from .world import District, World

PASSWORD = "impresa solidale demo"  # noqa: S105  (of invented people, printed on the demo's sign-in page)
SINCE = date(2020, 1, 1)
PER_AMBITO = (
    ("assistente", Role.SOCIAL_WORKER, "F"),
    ("educatore", Role.PROMOTER_TUTOR, "M"),
    ("amministrativo", Role.CLERK, "M"),
    ("coordinatore", Role.COORDINATOR, "F"),
    ("ragioneria", Role.ACCOUNTING, "F"),
    ("comune", Role.COMUNE_OFFICER, "M"),
    ("commissione", Role.COMMISSION_MEMBER, "F"),
)
NETWORK_WIDE = (
    ("formatore", Role.TRAINER, "F"),
    ("revisore", Role.AUDITOR, "M"),
    ("dpo", Role.DPO, "F"),  # of the first Ambito: each body names its own (Reg. UE 2016/679, art. 37)
    ("tecnico", Role.TECHNICIAN, "M"),
    ("partner", Role.PARTNER, "F"),
    ("donatore", Role.DONOR, "M"),
)


@dataclass
class Office:
    """The people of one Ambito's office."""

    workers: list[User] = field(default_factory=list)
    educators: list[User] = field(default_factory=list)
    by_role: dict[Role, User] = field(default_factory=dict)

    @property
    def coordinator(self) -> User:
        return self.by_role[Role.COORDINATOR]


@dataclass
class People:
    """Every user of the demo, and the lines of logins.txt."""

    password: str  # the hash of PASSWORD, made once: the hasher is slow on purpose
    offices: dict[int, Office] = field(default_factory=dict)  # by Ambito
    logins: list[tuple[str, str]] = field(default_factory=list)
    emails: set[str] = field(default_factory=set)
    trainer: User | None = None


def create_users(world: World) -> People:
    people = People(make_password(PASSWORD))
    for district in world.districts:
        people.offices[district.ambito.pk] = _office(world, people, district)
        _keys(world, people.offices[district.ambito.pk].coordinator, district)
    for login, role, sex in NETWORK_WIDE:
        user = new_user(world, people, sex, login)
        give_role(world, user, role, ambito=world.districts[0].ambito if role == Role.DPO else None)
        people.logins.append((str(role.label), user.email))
        if role == Role.TRAINER:
            people.trainer = user
    # One human with two hats: an educator who follows people in two Ambiti and switches between them.
    _, tirano, morbegno = world.districts
    shared = people.offices[tirano.ambito.pk].educators[-1]
    give_role(world, shared, Role.PROMOTER_TUTOR, ambito=morbegno.ambito)
    people.offices[morbegno.ambito.pk].educators.append(shared)
    return people


def _office(world: World, people: People, district: District) -> Office:
    office, place = Office(), district.ambito.name.lower()
    for login, role, sex in PER_AMBITO:
        user = new_user(world, people, sex, f"{login}.{place}")
        limited = district.seat if role == Role.COMUNE_OFFICER else None
        give_role(world, user, role, ambito=district.ambito, comune=limited)
        office.by_role[role] = user
        if district is world.districts[0] or role in {Role.SOCIAL_WORKER, Role.COORDINATOR}:
            people.logins.append((f"{role.label}, {district.ambito.name}", user.email))
    office.workers = [office.by_role[Role.SOCIAL_WORKER]]
    office.educators = [office.by_role[Role.PROMOTER_TUTOR]]
    for role, group, number in (
        (Role.SOCIAL_WORKER, office.workers, 3 if place == "sondrio" else 2),
        (Role.PROMOTER_TUTOR, office.educators, 1),
    ):
        for _ in range(number):
            user = new_user(world, people, world.rng.choice("FFM"))
            give_role(world, user, role, ambito=district.ambito)
            group.append(user)
    # The second key in August: a deputy with dates (house.md §3).
    year = world.today.year - (world.today.month < 8)
    give_role(
        world,
        office.workers[1],
        Role.COORDINATOR,
        ambito=district.ambito,
        since=date(year, 8, 1),
        until=date(year, 8, 31),
        deputy_of=office.coordinator,
    )
    return office


def _keys(world: World, owner: User, district: District) -> None:
    """Two keys for other programs: one that is used, one that was ended. Nobody knows their secrets: they open nothing."""
    for name, scopes, ended in (
        ("Contabilità dell'ente", ["read:allowances", "read:money"], None),
        ("Prova del gestionale", ["read:companies"], 40),
    ):
        made = world.at(world.today - timedelta(days=60))
        words = ("api token", district.ambito.code, name)
        world.new(
            ApiToken,
            public_id=world.uuid(*words),
            user=owner,
            name=name,
            token_hash=hash_token(world.uuid("secret of", *words).hex + settings.SECRET_KEY),
            ambito=district.ambito,
            scopes=scopes,
            expires_at=made + timedelta(days=365),
            revoked_at=ended and world.at(world.today - timedelta(days=ended)),
            used_at=world.at(world.today - timedelta(days=ended or 1), 6, 30),
        )


def new_name(world: World, people: People, sex: str, login: str = "") -> tuple[str, str, str]:
    """(first name, surname, address) of somebody new; without `login` the address is made from the name."""
    while True:
        first, last = names.full_name(world.rng, sex)
        email = f"{login or _slug(f'{first}.{last}')}@example.org"
        if email not in people.emails:
            people.emails.add(email)
            return first, last, email


def new_user(world: World, people: People, sex: str, login: str = "") -> User:
    """An invented person who can sign in."""
    first, last, email = new_name(world, people, sex, login)
    return world.new(User, email=email, first_name=first, last_name=last, password=people.password)


def give_role(
    world: World,
    user: User,
    role: Role,
    *,
    ambito: Ambito | None = None,
    comune: Comune | None = None,
    company: Company | None = None,
    since: date = SINCE,
    until: date | None = None,
    deputy_of: User | None = None,
) -> None:
    assert (company is not None) == (role in COMPANY_ROLES)
    world.new(
        Membership,
        user=user,
        role=role,
        network=world.network,
        ambito=ambito,
        comune=comune,
        company=company,
        valid_from=since,
        valid_to=until,
        deputy_of=deputy_of,
    )


def _slug(name: str) -> str:
    return "".join(c for c in name.lower().replace("à", "a") if c.isalnum() or c == ".")


def write_logins(people: People) -> None:
    """The lines the sign-in page and the terminal show: role, address, password."""
    file = Path(settings.DATA_DIR) / "logins.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{role}\t{email}\t{PASSWORD}\n" for role, email in people.logins), encoding="utf-8")
