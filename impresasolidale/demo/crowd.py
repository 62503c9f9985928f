"""A crowd for measurements: many Ambiti and placements, each like one of the demo's, written by COPY.

Every placement takes after one of the demo in the same state: its project, goals, week, papers, signatures and start light, with
another person, another host and other days. The three Ambiti of the demo hold a third, a thirtieth and a three-hundredth of all,
so that its logins measure a large, a middle and a small scope.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from companies.hosts.models import Company, CompanyTutor, Engagement, Site
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.documents import BASE32
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Document, Fact, NumberSeries, Verification
from impresasolidale.core.scope import unscoped
from impresasolidale.territory.models import Ambito, Body, Network, RuleBookVersion
from impresasolidale.territory.selectors import name_key
from placements.agreements.enums import OVER, PlacementState
from placements.agreements.models import Cover, FrameworkAgreement, Goal, PersonalProject, Placement, ReadinessItem, Signature, WeekDay
from placements.beneficiaries.models import Beneficiary, CareMember, Representative, TakingInCharge
from placements.matching.models import PersonSheet, SiteSheet

from . import names
from .papers import scan_of

User = get_user_model()
CODE = "folla"  # what the code of a network or Ambito of the crowd begins with
SHARES = {"Sondrio": 3, "Tirano": 30, "Morbegno": 300}  # one in so many placements
PER_COMPANY = 20
AMBITI_OF_A_NETWORK = 3
DECIDED = {f"agreements.placement.{step}" for step in ("validated", "rejected", "cancelled")}
SECOND_KEY = {"validated_by_id", "waived_by_id"}  # columns of the coordinator; everybody else is the social worker
IN_LIFE = (
    (PlacementState.ACTIVE,) * 5
    + (PlacementState.ENDED, PlacementState.ENDED_EARLY, PlacementState.EVALUATED)
    + (PlacementState.CLOSED,) * 6
)
Row = dict[str, Any]


ORDER: tuple[type[models.Model], ...] = (  # parents first
    *(
        User,
        Company,
        Membership,
        Site,
        SiteSheet,
        CompanyTutor,
        Engagement,
        Beneficiary,
        CareMember,
        TakingInCharge,
        Representative,
        PersonSheet,
    ),
    *(Document, Verification),
    *(Cover, FrameworkAgreement, Placement, PersonalProject, Goal, WeekDay, Signature, ReadinessItem, Fact),
)
CHUNK = 2000  # placements to a COPY


def is_there() -> bool:
    return Network.objects.filter(code__startswith=CODE).exists()


def create_crowd(*, ambiti: int, placements: int, number: int, today: date, say: Callable[[str], object]) -> None:
    """Bring a database that has the demo to `ambiti` Ambiti with `placements` more placements. To be run as the tables' owner."""
    with unscoped("seed"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        crowd = Crowd(number, today)
        offices = crowd.offices(ambiti)
        counts = [placements // share for share in SHARES.values()]
        rest, others = placements - sum(counts), len(offices) - len(counts)
        counts += [rest // others + (n < rest % others) for n in range(others)] if others else []
        waiting = done = 0
        with checked_at_the_end(ORDER, say):
            for office, count in zip(offices, counts, strict=True):
                for n in range(0, count, CHUNK):
                    size = min(CHUNK, count - n)
                    crowd.place(office, size)
                    waiting, done = waiting + size, done + size
                    if waiting >= CHUNK:
                        crowd.write()
                        waiting = 0
                        say(f"{done} / {placements}")
            crowd.write()
        crowd.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def checked_at_the_end(filled: Iterable[type[models.Model]], say: Callable[[str], object]) -> Iterator[None]:
    """What has to be looked up for each new row is put back once all rows are in, in one pass each: foreign keys, uniqueness and exclusion
    that no foreign key leans on, and every index but the primary keys'. A row then costs the same however many there are."""
    tables = [model._meta.db_table for model in filled]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint c"
            " WHERE conrelid = ANY(%s::regclass[]) AND (contype = 'f' OR contype IN ('u', 'x') AND NOT EXISTS"
            " (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)) ORDER BY contype = 'f', 1, 2",
            [tables],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index i"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY 1",
            [tables],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for done, (_name, definition) in enumerate(indexes, 1):
            cursor.execute(definition)
            told(say, "indici", done - 1, done, len(indexes))
        for done, (table, name, definition) in enumerate(keys, 1):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            told(say, "vincoli", done - 1, done, len(keys))


def told(say: Callable[[str], object], what: str, before: int, done: int, total: int) -> None:
    """A word now and then: when another tenth is done."""
    if total and done * 10 // total > before * 10 // total:
        say(f"{what}: {done} / {total}")


@dataclass
class Table:
    """Rows of one model that wait for their COPY, as the database holds them."""

    model: type[models.Model]
    uuid: Callable[[], UUID]
    rows: list[Row] = field(default_factory=list)
    next_id: int = 0

    def __post_init__(self) -> None:
        self.columns = [f for f in self.model._meta.concrete_fields if not f.generated]
        self.users = [f.attname for f in self.columns if f.related_model is User]
        if self.model._meta.pk and isinstance(self.model._meta.pk, models.AutoField):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {self.model._meta.db_table}")  # noqa: S608 a model's table
                self.next_id = cursor.fetchone()[0]

    def like(self, pattern: Row, **changes: Any) -> Row:
        """A row as `pattern` with its own id and public id, and these changes."""
        row = {**pattern, **changes}
        if self.next_id:
            row["id"], self.next_id = self.next_id, self.next_id + 1
        if "public_id" in row:
            row["public_id"] = self.uuid()
        self.rows.append(row)
        return row

    def new(self, **values: Any) -> Row:
        """A row of values as Python has them, the rest from the model's defaults."""
        instance = self.model(**values)
        return self.like({f.attname: f.get_db_prep_save(f.pre_save(instance, add=True), connection) for f in self.columns})

    def write(self) -> None:
        columns = [f.attname for f in self.columns]
        listed = ", ".join(str(f.column) for f in self.columns)
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in self.rows:
                    copy.write_row([row[column] for column in columns])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            if self.next_id:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, self.next_id - 1])
        self.rows.clear()


@dataclass
class Office:
    """An Ambito and what its rows lean on."""

    ambito_id: int
    network_id: int
    rulebook_id: int
    payer_id: int
    worker_id: int
    coordinator_id: int
    host: tuple[int, int, int, int] = (0, 0, 0, 0)  # the last one: company, site, tutor, agreement


class Crowd:
    """`number` decides everything, `today` the days."""

    def __init__(self, number: int, today: date) -> None:
        self.rng, self.today = Random(number), today
        self.tables = {model: Table(model, lambda: UUID(int=self.rng.getrandbits(128), version=4)) for model in ORDER}
        self.patterns = Patterns()
        self.series: Counter[tuple[int, str, int]] = Counter()
        for owner, kind, year, last in NumberSeries.objects.values_list("owner", "kind", "year", "last"):
            if owner.startswith("ambito:"):
                self.series[int(owner.partition(":")[2]), kind, year] = last
        self.serial = 500_000  # of partite IVA, far from those of the demo
        sample = scan_of("Documento di prova.")
        name = "crowd/documento.pdf"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(sample))
        self.paper = {"state": "ready", "file_name": name, "file_hash": hashlib.sha256(sample).hexdigest(), "size": len(sample), "pages": 1}

    # --- Offices and hosts

    def offices(self, ambiti: int) -> list[Office]:
        """Those of the demo, then as many as are missing to `ambiti`, three to a network."""
        like = Ambito.objects.get(name="Sondrio")
        rules = RuleBookVersion.objects.filter(ambito=like).order_by("-valid_from")[0]
        known = [Ambito.objects.get(name=name) for name in SHARES]
        found = [self._known(ambito) for ambito in known]
        network: Network | None = None
        for n in range(len(found), ambiti):
            if network is None or n % AMBITI_OF_A_NETWORK == 0:
                network = Network.objects.create(name=f"Rete {n // AMBITI_OF_A_NETWORK}", code=f"{CODE}-{n // AMBITI_OF_A_NETWORK}")
            ambito = Ambito.objects.create(network=network, name=f"Ambito {n}", code=f"{CODE}-ambito-{n}")
            body = Body.objects.create(
                name=f"Unione di prova {n}", kind=known[0].bodies.get(is_lead=True).kind, network=network, ambito=ambito, is_lead=True
            )
            version = RuleBookVersion.objects.create(
                network=network,
                ambito=ambito,
                valid_from=rules.valid_from,
                values=rules.values,
                act=rules.act,
                published_by=rules.published_by,
            )
            worker, coordinator = (self._user(role, network.pk, ambito.pk) for role in (Role.SOCIAL_WORKER, Role.COORDINATOR))
            office = Office(ambito.pk, network.pk, version.pk, body.pk, worker, coordinator)
            for cover in self.patterns.covers:
                self.tables[Cover].like(cover, **self._mine(Cover, cover, office))
            found.append(office)
        return found

    def _known(self, ambito: Ambito) -> Office:
        worker, coordinator = (
            Membership.objects.filter(ambito=ambito, role=role, deputy_of=None).order_by("pk").values_list("user_id", flat=True)[0]
            for role in (Role.SOCIAL_WORKER, Role.COORDINATOR)
        )
        version = RuleBookVersion.objects.filter(ambito=ambito).order_by("-valid_from")[0]
        return Office(ambito.pk, ambito.network_id, version.pk, ambito.bodies.get(is_lead=True).pk, worker, coordinator)

    def _user(self, role: Role, network_id: int, ambito_id: int) -> int:
        table = self.tables[User]
        first, last = names.full_name(self.rng, "F")
        row = table.new(email=f"{CODE}.{role}.{table.next_id}@example.org", first_name=first, last_name=last, password="!")  # noqa: S106 no password
        self.tables[Membership].new(user_id=row["id"], role=role, network_id=network_id, ambito_id=ambito_id, valid_from=date(2020, 1, 1))
        return int(row["id"])

    def _host(self, office: Office) -> None:
        """A company with its site, its tutor and a signed agreement."""
        pattern = self.rng.choice(self.patterns.companies)
        self.serial += 1
        _, surname = names.full_name(self.rng, "M")
        name = f"{pattern['name'].split()[0]} {surname} {self.serial - 500_000}"
        owner = {"network_id": office.network_id}
        company = self.tables[Company].like(
            pattern, **owner, name=name, search_key=name_key(name),
            partita_iva=names.partita_iva(self.serial), tax_code="", merged_into_id=None,
        )  # fmt: skip
        site = self.tables[Site].like(self.patterns.site, **owner, company_id=company["id"], comune_id=company["comune_id"])
        sheet = self.rng.choice(self.patterns.site_sheets)
        self.tables[SiteSheet].like(sheet, **owner, site_id=site["id"], created_by_id=office.worker_id)
        first, last = names.full_name(self.rng, "F")
        tutor = self.tables[CompanyTutor].like(
            self.patterns.tutor, **owner, first_name=first, last_name=last, email=f"{CODE}.tutor.{self.serial}@example.org", user_id=None
        )
        self.tables[Engagement].new(**owner, tutor_id=tutor["id"], company_id=company["id"], valid_from=self.today - timedelta(days=2000))
        paper = self._paper(self.patterns.agreement_paper, office, 0)
        pattern = self.patterns.agreement
        agreement = self.tables[FrameworkAgreement].like(
            pattern, **self._mine(FrameworkAgreement, pattern, office), company_id=company["id"], document_id=paper["id"],
            valid_from=self.today - timedelta(days=2000), valid_to=self.today + timedelta(days=1000),
        )  # fmt: skip
        paper["subject_id"] = agreement["id"]
        self._facts(FrameworkAgreement, pattern["id"], agreement["id"], office, timedelta())
        office.host = company["id"], site["id"], tutor["id"], agreement["id"]

    # --- People and placements

    def place(self, office: Office, count: int) -> None:
        for n in range(count):
            if n % PER_COMPANY == 0:
                self._host(office)
            self._placement(office)

    def _placement(self, office: Office) -> None:
        rng = self.rng
        state = rng.choice(self.patterns.in_life if rng.random() < 0.9 else self.patterns.states)
        pattern = rng.choice(self.patterns.placements[state])
        source = pattern["id"]
        shift = timedelta(days=-rng.randint(0, 1500) if state in OVER else rng.randint(-3, 3))
        dates = {name: pattern[name] + shift for name in ("starts_on", "ends_on")}
        if pattern["ended_on"]:
            dates["ended_on"] = pattern["ended_on"] + shift
        person = self._person(office, pattern["beneficiary_id"], shift)
        company, site, tutor, agreement = office.host
        row = self.tables[Placement].like(
            pattern, **self._mine(Placement, pattern, office), **dates, beneficiary_id=person["id"], person_key=person["search_key"],
            company_id=company, site_id=site, rulebook_id=office.rulebook_id, parent_id=None,
            company_tutor_id=pattern["company_tutor_id"] and tutor, agreement_id=pattern["agreement_id"] and agreement,
            changed_at=pattern["changed_at"] + shift - timedelta(minutes=rng.randint(0, 60 * 24 * 30)),
        )  # fmt: skip
        papers = {old: self._paper(paper, office, row["id"]) for old, paper in self.patterns.papers[source].items()}
        for project in self.patterns.children[PersonalProject][source]:
            mine = self._mine(PersonalProject, project, office)
            document = papers.get(project["document_id"])
            copy = self.tables[PersonalProject].like(
                project, **mine, placement_id=row["id"], payer_id=office.payer_id, document_id=document and document["id"],
                effective_from=dates["starts_on"], ends_on=dates["ends_on"],
            )  # fmt: skip
            for model in (Goal, WeekDay):
                for child in self.patterns.children[model][project["id"]]:
                    self.tables[model].like(child, ambito_id=office.ambito_id, project_id=copy["id"])
        for item in self.patterns.children[ReadinessItem][source]:
            self.tables[ReadinessItem].like(item, **self._mine(ReadinessItem, item, office), placement_id=row["id"])

        self._facts(Placement, source, row["id"], office, shift)

    def _facts(self, model: type[models.Model], source: int, row_id: int, office: Office, shift: timedelta) -> None:
        """What was done, by the people of this office."""
        for fact in self.patterns.facts[model._meta.label_lower, source]:
            actor = fact["actor_id"] and (office.coordinator_id if fact["code"] in DECIDED else office.worker_id)
            owner = {"ambito_id": office.ambito_id, "network_id": office.network_id}
            self.tables[Fact].like(fact, **owner, subject_id=row_id, actor_id=actor, at=fact["at"] + shift)

    def _person(self, office: Office, source: int, shift: timedelta) -> Row:
        """Somebody with another name and code; whatever the start light asks about a person is as it was of the placement's own."""
        rng = self.rng
        sex = rng.choice("FM")
        (first, last), (middle, _) = names.full_name(rng, sex), names.full_name(rng, sex)
        first = f"{first} {middle}" if rng.random() < 0.5 else first
        pattern = self.patterns.people[source]
        table = self.tables[Beneficiary]
        code = f"{CODE}{table.next_id}"  # keyed hash of no real code: nobody is looked up by it
        person = table.like(
            pattern, **self._mine(Beneficiary, pattern, office), first_name=first, last_name=last, search_key=name_key(f"{last} {first}"),
            codice_fiscale_hash=lookup_hash(code), merged_into_id=None, residence_ambito_id=office.ambito_id,
        )  # fmt: skip
        self.tables[CareMember].new(
            ambito_id=office.ambito_id, beneficiary_id=person["id"], user_id=office.worker_id, role="referent", valid_from=date(2020, 1, 1)
        )
        for charge in self.patterns.children[TakingInCharge][pattern["id"]]:
            dates = {name: charge[name] and charge[name] + shift for name in ("valid_from", "valid_to")}
            self.tables[TakingInCharge].like(charge, **self._mine(TakingInCharge, charge, office), **dates, beneficiary_id=person["id"])
        for signs in self.patterns.children[Representative][pattern["id"]]:
            mine = self._mine(Representative, signs, office)
            self.tables[Representative].like(signs, **mine, beneficiary_id=person["id"], file_id=None)
        sheet = rng.choice(self.patterns.person_sheets)
        self.tables[PersonSheet].like(sheet, **self._mine(PersonSheet, sheet, office), beneficiary_id=person["id"])
        return person

    def _paper(self, pattern: Row, office: Office, subject_id: int) -> Row:
        key = (office.ambito_id, pattern["kind"], pattern["issued_on"].year)
        self.series[key] += 1
        number = f"{key[2]}/{self.series[key]:06d}"
        mine = self._mine(Document, pattern, office)
        paper = self.tables[Document].like(pattern, **mine, **self.paper, subject_id=subject_id, number=number, supersedes_id=None)
        code = "".join(self.rng.choices(BASE32, k=26))
        for signature in self.patterns.children[Signature][pattern["id"]]:
            self.tables[Signature].like(signature, **self._mine(Signature, signature, office), document_id=paper["id"])
        self.tables[Verification].new(code=code, ambito_id=office.ambito_id, document_id=paper["id"])
        return paper

    def _mine(self, model: type[models.Model], pattern: Row, office: Office) -> Row:
        """The owner's columns and users of a row that takes after another office's."""
        users = {
            column: office.coordinator_id if column in SECOND_KEY else office.worker_id
            for column in self.tables[model].users
            if pattern[column] is not None
        }
        return {"ambito_id": office.ambito_id, **users}

    def write(self) -> None:
        for table in self.tables.values():
            if table.rows:
                table.write()

    def close(self) -> None:
        """The series go on where the crowd's papers end."""
        NumberSeries.objects.bulk_create(
            [NumberSeries(owner=f"ambito:{owner}", kind=kind, year=year, last=last) for (owner, kind, year), last in self.series.items()],
            update_conflicts=True, unique_fields=["owner", "kind", "year"], update_fields=["last"],
        )  # fmt: skip


class Patterns:
    """The demo's placements with all that hangs on them, as the database holds them."""

    def __init__(self) -> None:
        self.placements: dict[str, list[Row]] = defaultdict(list)
        for row in _rows(Placement):
            self.placements[row["state"]].append(row)
        self.states = sorted(self.placements)
        self.in_life = [state for state in IN_LIFE if state in self.placements]
        ids = [row["id"] for rows in self.placements.values() for row in rows]
        documents = {row["id"]: row for row in _rows(Document)}
        self.papers: dict[int, dict[int, Row]] = {i: {} for i in ids}
        for row in documents.values():
            if row["subject_type"] == Placement._meta.label_lower:
                self.papers[row["subject_id"]][row["id"]] = row
        self.children = {
            model: _by(_rows(model), column)
            for model, column in (
                (PersonalProject, "placement_id"),
                (ReadinessItem, "placement_id"),
                (Goal, "project_id"),
                (WeekDay, "project_id"),
                (Signature, "document_id"),
                (TakingInCharge, "beneficiary_id"),
                (Representative, "beneficiary_id"),
            )
        }
        self.facts: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in _rows(Fact):
            self.facts[row["subject_type"], row["subject_id"]].append(row)
        home = Ambito.objects.get(name="Sondrio").pk
        self.covers = [row for row in _rows(Cover) if row["ambito_id"] == home]
        self.people = {row["id"]: row for row in _rows(Beneficiary)}
        self.person_sheets, self.site_sheets = _rows(PersonSheet), _rows(SiteSheet)
        self.companies = [row for row in _rows(Company) if row["partita_iva"]]
        self.site, self.tutor = _rows(Site)[0], _rows(CompanyTutor)[0]
        self.agreement = next(row for row in _rows(FrameworkAgreement) if row["state"] == "signed")
        self.agreement_paper = documents[self.agreement["document_id"]]


def _rows(model: type[models.Model]) -> list[Row]:
    columns = [f for f in model._meta.concrete_fields if not f.generated]
    with connection.cursor() as cursor:
        listed = ", ".join(str(f.column) for f in columns)
        cursor.execute(f"SELECT {listed} FROM {model._meta.db_table} ORDER BY 1")  # noqa: S608 a model's table
        names_ = [f.attname for f in columns]
        return [dict(zip(names_, values, strict=True)) for values in cursor.fetchall()]


def _by(rows: Iterable[Row], column: str) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
