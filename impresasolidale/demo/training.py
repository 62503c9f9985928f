"""The training of the tutors: courses of each kind, what is over and what is coming, a waiting list, files, answers, costs."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from companies.hosts.models import CompanyTutor
from companies.training.enums import CourseKind, PresenceSource, Question, SafetyModule
from companies.training.models import Course, Edition, EditionCost, Enrolment, FeedbackSheet, Material, Presence, Recognition, Session
from impresasolidale.accounts.permissions import Role

from .budgets import Budgets
from .hosts import Hosts
from .papers import scan_of
from .users import People
from .world import District, World

FIRST = (Course, Edition, Session, Enrolment, Presence, Recognition, FeedbackSheet, Material)
THEN = (EditionCost,)
TRAINED = (14, 10, 6)  # who attended each of the past editions: three in four
BASIC = "Corso di base per tutor aziendali"
TOPICS = (
    "Che cos'è un tirocinio riabilitativo risocializzante.\nAccogliere una persona: i primi giorni.\n"
    "Dire le cose difficili con gentilezza.\nSicurezza e riservatezza.\nIl foglio presenze, dal telefono."
)


@dataclass
class _Run:
    """An edition being written, with its meetings."""

    edition: Edition
    sessions: list[Session]

    @property
    def last(self) -> date:
        return self.sessions[-1].on


def create_training(world: World, people: People, hosts: Hosts) -> None:
    """Three editions that are over, with an absent tutor each, one to come; a refresher with places, a safety module that is full."""
    basic = _course(world, people, BASIC, 480, topics=TOPICS)
    waiting = [t for t in hosts.tutors if t is not hosts.known.tutors[0]]
    world.rng.shuffle(waiting)
    waiting.insert(0, hosts.known.tutors[0])
    districts = [*world.districts, world.districts[0]]
    trained: list[CompanyTutor] = []
    for district, days, attended in zip(districts, (330, 210, 75, -24), (*TRAINED, 0), strict=True):
        run = _run(world, people, basic, district, days, seats=16 * world.scale)
        group = [waiting.pop(0) for _ in range(attended * world.scale)]
        rows = [_attended(world, people, run, tutor) for tutor in group]
        hosts.trained |= {tutor.pk: run.last for tutor in group}
        trained += group
        if attended:
            absent = world.new(Enrolment, edition=run.edition, tutor=waiting[-1 - len(hosts.trained) % 5], state=Enrolment.State.ABSENT)
            for session in run.sessions:
                _presence(world, people, session, absent, 0)
            _answers(world, run, rows[1:9])
        else:
            for tutor in waiting[:6]:
                world.new(Enrolment, edition=run.edition, tutor=tutor)
    _file(world, people, basic, "La guida del tutor in dieci pagine")
    _ahead(world, people, hosts, trained, waiting)


def _course(world: World, people: People, title: str, minutes: int, **values: Any) -> Course:
    return world.new(Course, title=title, minutes=minutes, created_by=people.trainer, **values)


def _run(
    world: World, people: People, course: Course, district: District, days_ago: int, *, seats: int, weeks: int = 2, weekday: int = 1
) -> _Run:
    edition = world.new(
        Edition,
        course=course,
        place=f"Sala riunioni, {district.body.name}",
        seats=seats,
        trainer=str(people.trainer),
        created_by=people.trainer,
    )
    first = world.ago(days_ago)
    first -= timedelta(days=(first.weekday() - weekday) % 7)
    if days_ago < 0:
        first += timedelta(days=7)
    minutes = course.minutes // weeks
    sessions = [
        world.new(Session, edition=edition, on=first + timedelta(days=7 * week), starts_at=time(14, 0), minutes=minutes)
        for week in range(weeks)
    ]
    return _Run(edition, sessions)


def _attended(world: World, people: People, run: _Run, tutor: CompanyTutor) -> Enrolment:
    row = world.new(
        Enrolment,
        edition=run.edition,
        tutor=tutor,
        state=Enrolment.State.ATTENDED,
        minutes=sum(s.minutes for s in run.sessions),
        completed_on=run.last,
        certified_on=run.last,
    )
    for session in run.sessions:
        _presence(world, people, session, row, session.minutes)
    return row


def _presence(world: World, people: People, session: Session, enrolment: Enrolment, minutes: int) -> None:
    by_code = minutes and enrolment.pk % 3 == 0
    world.new(
        Presence,
        session=session,
        enrolment=enrolment,
        minutes=minutes,
        source=PresenceSource.QR if by_code else PresenceSource.LIST,
        recorded_at=world.at(session.on, 14 if by_code else 18),
        recorded_by=enrolment.tutor.user if by_code else people.trainer,
    )


def _answers(world: World, run: _Run, rows: list[Enrolment]) -> None:
    """Most are content; the pace is what they would change."""
    for n, row in enumerate(rows):
        row.feedback_on = run.last + timedelta(days=1)
        answers = {q.value: 4 - (n % 3 == 0) - (q == Question.PACE and n % 2) for q in Question}
        world.new(FeedbackSheet, edition=run.edition, answers=answers)


def _file(world: World, people: People, course: Course, title: str) -> None:
    data = scan_of(f"{title}. Documento di prova.")
    row = world.new(
        Material,
        course=course,
        title=title,
        content_type="application/pdf",
        file_hash=sha256(data).hexdigest(),
        size=len(data),
        created_by=people.trainer,
    )
    row.file_name = f"training.material/{world.today.year}/{row.public_id}.pdf"
    default_storage.delete(row.file_name)  # left by a seed that did not finish
    default_storage.save(row.file_name, ContentFile(data))


def _ahead(world: World, people: People, hosts: Hosts, trained: list[CompanyTutor], waiting: list[CompanyTutor]) -> None:
    """What is coming for who is trained already; one tutor's course of elsewhere was recognised."""
    refresher = _course(
        world, people, "Aggiornamento: quando qualcosa non va", 240, kind=CourseKind.REFRESHER,
        topics="Le settimane difficili: riconoscerle prima.\nChi chiamare, e quando.",
    )  # fmt: skip
    run = _run(world, people, refresher, world.districts[0], -15, seats=12, weeks=1, weekday=3)
    for tutor in trained[1:4]:
        world.new(Enrolment, edition=run.edition, tutor=tutor)
    world.new(Enrolment, edition=run.edition, tutor=hosts.known.tutors[0], state=Enrolment.State.INVITED, created_by=people.trainer)
    safety = _course(
        world, people, "Primo soccorso in azienda", 240, kind=CourseKind.SAFETY, module=SafetyModule.FIRST_AID,
        topics="Chiamare il 112.\nChe cosa fare nei primi minuti, e che cosa non fare.",
    )  # fmt: skip
    full = _run(world, people, safety, world.districts[1], -40, seats=3, weeks=1, weekday=2)
    for tutor in trained[4:7]:
        world.new(Enrolment, edition=full.edition, tutor=tutor)
    for n, tutor in enumerate(trained[7:9]):
        world.new(Enrolment, edition=full.edition, tutor=tutor, state=Enrolment.State.WAITING, queued_at=world.at(world.ago(2 - n), 9 + n))
    world.new(
        Recognition,
        tutor=trained[-1],
        kind=CourseKind.REFRESHER,
        title="Accompagnare al lavoro: giornata di aggiornamento",
        issuer="Cooperativa di prova, Trento",
        minutes=240,
        completed_on=world.ago(30),
        created_by=people.trainer,
    )


def create_costs(world: World, people: People, lines: Budgets) -> None:
    """The refresher's expenses wait for a second person."""
    refresher = next(e for e in world.pending[Edition] if e.course.kind == CourseKind.REFRESHER)
    office = people.offices[world.districts[0].ambito.pk].by_role[Role.COORDINATOR]
    for words, amount in (("Compenso di chi tiene il corso", "320.00"), ("Sala e dispense", "85.50")):
        world.new(
            EditionCost,
            edition=refresher,
            pot=lines.grant,
            words=words,
            amount=Decimal(amount),
            act_number=f"118/{world.today.year}",
            act_on=world.ago(9),
            created_by=people.trainer or office,
        )
