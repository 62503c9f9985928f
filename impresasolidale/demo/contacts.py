"""What passes between offices and companies before and between placements: who came forward, diary, messages, questions by mail."""

from datetime import timedelta
from typing import Any

from companies.hosts.enums import HostingAnswer, LeadState, NoteKind, PostChannel, StrayReason
from companies.hosts.models import CompanyNote, HostingInterest, Lead, Post, ReadyAsk, StrayMail, Thread
from companies.hosts.services.ready import OPEN_DAYS

from . import names
from .hosts import Hosts, Place
from .users import People
from .world import District, World

MODELS = (Lead, CompanyNote, ReadyAsk, Thread, Post, StrayMail)
# Name, what it imagines, its state, days since it came and since the last step.
LEADS: tuple[tuple[str, str, LeadState, int, int], ...] = (
    ("Pasticceria Fiordineve", "Al mattino prepariamo le torte: una mano gentile per le decorazioni ci servirebbe.", LeadState.NEW, 1, 1),
    ("Vivaio Tre Larici", "In primavera c'è da invasare. Non sappiamo come si fa con l'assicurazione.", LeadState.CALLED, 9, 4),
    ("Ferramenta Bettina", "Siamo in due, ma un aiuto a riordinare gli scaffali lo vediamo bene.", LeadState.LATER, 40, 30),
    ("Officina Passo Corto", "Volevamo sapere come funziona.", LeadState.NO, 70, 60),
)
NOTES: tuple[tuple[NoteKind, str, str, str, int], ...] = (
    (
        NoteKind.VISIT,
        "La titolare",
        "Abbiamo visto il laboratorio: c'è un banco basso, e al mattino poco rumore.",
        "Portare la convenzione",
        9,
    ),
    (NoteKind.CALL, "L'amministrazione", "Chiedono di non cominciare prima di gennaio, per l'inventario.", "", 0),
    (
        NoteKind.MAIL,
        "Il responsabile",
        "Mandato l'elenco delle carte che servono. Hanno risposto che va bene.",
        "Sentire com'è andata la firma",
        20,
    ),
)
TALK = (
    (False, "Buongiorno, possiamo passare una mattina a vedere gli spazi? Ci vuole mezz'ora."),
    (True, "Certo. Martedì o giovedì, prima delle undici."),
)


def create_contacts(world: World, people: People, hosts: Hosts) -> None:
    """A few of each in every Ambito; the known company has a thread with each office."""
    for n, district in enumerate(world.districts):
        for m, one in enumerate(LEADS if n == 0 else LEADS[:2]):
            _lead(world, district, 10 * n + m, *one)
        office = people.offices[district.ambito.pk]
        places = hosts.places[district.ambito.pk]
        for m, place in enumerate(places[:6]):
            for k in range(1 + m % 2):
                _note(world, district, place, office.workers[m % len(office.workers)], m + k)
        for place in [hosts.known] if n == 0 else places[:1]:
            _thread(world, district, place, office.workers[0])
        _asks(world, district, places)
    world.new(
        StrayMail,
        reason=StrayReason.UNKNOWN,
        sender="segreteria@example.net",
        subject="Informazioni",
        text="Buongiorno, a chi possiamo chiedere per accogliere una persona?",
        raw="RnJvbTogc2VncmV0ZXJpYUBleGFtcGxlLm5ldA==",
        mail_key="demo",
    )


def _lead(world: World, district: District, serial: int, name: str, words: str, state: LeadState, came: int, touched: int) -> None:
    first, last = names.full_name(world.rng, world.rng.choice("FM"))
    world.new(
        Lead,
        ambito=district.ambito,
        state=state,
        company_name=f"{name} {('', 'Due', 'Tre')[serial // 10]}".strip(),
        comune=district.comuni[serial % len(district.comuni)],
        person=f"{first} {last}",
        email=f"{last.lower().replace(' ', '').replace(chr(39), '')}@example.org".encode("ascii", "ignore").decode(),
        phone=names.phone(world.rng, mobile=False),
        words=words,
        agreed_at=world.at(world.ago(came), 9),
        touched_on=world.ago(touched),
        call_on=world.today + timedelta(days=100) if state == LeadState.LATER else None,
    )


def _note(world: World, district: District, place: Place, by: Any, n: int) -> None:
    kind, with_whom, text, step, days = NOTES[n % len(NOTES)]
    world.new(
        CompanyNote,
        ambito=district.ambito,
        company=place.company,
        kind=kind,
        happened_on=world.ago(3 + 11 * n),
        with_whom=with_whom,
        text=text,
        next_step=step,
        next_on=world.today + timedelta(days=days) if step else None,
        created_by=by,
    )


def _thread(world: World, district: District, place: Place, by: Any) -> None:
    said = [world.at(world.ago(4), 10), world.at(world.ago(1), 17)]
    thread = world.new(
        Thread,
        ambito=district.ambito,
        company=place.company,
        subject="Una visita",
        address=place.company.email,
        last_at=said[-1],
        created_by=by,
    )
    for at, (is_from_company, text) in zip(said, TALK, strict=True):
        world.new(
            Post,
            ambito=district.ambito,
            thread=thread,
            is_from_company=is_from_company,
            channel=PostChannel.MAIL if is_from_company else PostChannel.PAGE,
            sender=place.company.email if is_from_company else "",
            text=text,
            written_at=at,
            mail_key=f"demo-{thread.pk}" if is_from_company else "",
            created_by=None if is_from_company else by,
        )


def _asks(world: World, district: District, places: list[Place]) -> None:
    """One company was asked last week and has not answered yet; another said yes with the first button."""
    waiting, answered = places[-1], places[-2]
    sent = world.at(world.ago(8), 8)
    common = {"office": district.ambito, "ended_on": world.ago(100), "sent_at": sent, "expires_at": sent + timedelta(days=OPEN_DAYS)}
    world.new(
        ReadyAsk, company=waiting.company, address=waiting.company.email, token_hash=world.uuid("ask", waiting.company.pk).hex, **common
    )
    said = world.new(
        HostingInterest,
        company=answered.company,
        answer=HostingAnswer.YES,
        words="Volentieri, da gennaio.",
        said_by=answered.company.email,
        said_on=world.ago(5),
    )
    world.new(
        ReadyAsk,
        company=answered.company,
        address=answered.company.email,
        token_hash=world.uuid("ask", answered.company.pk).hex,
        closed_at=world.at(world.ago(5), 18),
        interest=said,
        **common,
    )
