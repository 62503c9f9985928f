"""The tutor's telephone in the demo: links to tutors without a password, a poster on a wall, cards, and what people said lately."""

from datetime import date, datetime, time, timedelta
from random import Random

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from impresasolidale.accounts.access import hash_token
from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.core.jobs import REGISTRY
from impresasolidale.core.models import Job, Message, Todo
from placements.agreements.enums import PlacementState
from placements.attendance.enums import Picture, Word, WordSource
from placements.attendance.models import CheckIn, CheckInCard, PlannedSession, PortalLink, SitePoster
from placements.attendance.services import month_url
from placements.attendance.services.checkins import LETTERS, WORD_TODO, card_hash
from placements.attendance.services.portal import LINK, SUBJECT_LINE

from .hosts import Hosts
from .placements import Placed
from .world import ROME, World

LINKS, CARDS = 4, 12  # tutors with a link; people with a card
GOOD_FOR = 14  # days


def create_portal(world: World, hosts: Hosts, placed: list[Placed]) -> SitePoster:
    rng = Random(world.number + 31)  # of its own: what is seeded elsewhere stays as it was
    running = [one for one in placed if one.row.state == PlacementState.ACTIVE and one.row.starts_on <= world.today <= one.row.last_day]
    with translation.override("it"):
        _links(world, running)
        poster = _poster(world, hosts, rng)
        carded = [one for one in running if one.place is hosts.known] + [one for one in running if one.place is not hosts.known]
        _cards(world, carded[: CARDS * world.scale], rng)
        _words(world, carded[: CARDS * world.scale], rng)
    return poster


def _links(world: World, running: list[Placed]) -> None:
    """To tutors without a sign-in: some opened, one never, one run out."""
    chosen = {one.tutor.pk: one for one in running if one.tutor.user is None}
    for n, one in enumerate(list(chosen.values())[: LINKS * world.scale]):
        token, sent_on = world.uuid("portal link", n).hex, world.ago((2, 1, 3, 40)[n % 4])
        expires_at = datetime.combine(sent_on + timedelta(days=GOOD_FOR + 1), time.min, ROME)
        sent_at = world.at(sent_on, 12, n % 60)
        link = world.new(
            PortalLink,
            ambito=one.row.ambito,
            tutor=one.tutor,
            token_hash=hash_token(token),
            channel=Message.Channel.EMAIL,
            address=one.tutor.email,
            sent_at=sent_at,
            expires_at=expires_at,
            opened_at=None if n % 4 == 1 else sent_at + timedelta(hours=3),
            created_by=one.person.referent,
        )
        words = {
            "name": one.tutor.first_name,
            "body_name": one.district.body.name,
            "url": settings.BASE_URL + reverse("portal:door", args=[token]),
            "expires_at": expires_at - timedelta(seconds=1),
            "is_weekly": False,
        }
        world.new(
            Message,
            ambito=one.row.ambito,
            network=world.network,
            kind=LINK,
            address=one.tutor.email,
            subject=str(SUBJECT_LINE),
            body=render_to_string("attendance/email/link.txt", words),
            is_personal=True,
            state=Message.State.SENT,
            sent_at=sent_at,
            about_type=one.tutor._meta.label_lower,
            about_id=one.tutor.pk,
            created_by=link.created_by,
        )


def _poster(world: World, hosts: Hosts, rng: Random) -> SitePoster:
    code = "".join(rng.choice(LETTERS) for _ in range(12))
    poster = world.new(SitePoster, site=hosts.known.site, code=code)
    return poster


def print_poster(world: World, poster: SitePoster) -> None:
    """A job for its file; written with those of the papers."""
    name = "attendance.print_poster"
    world.new(
        Job,
        name=name,
        label=str(REGISTRY[name].label),
        arguments={"poster_id": poster.pk},
        network_id=world.network.pk,
        run_after=timezone.now(),
    )


def _cards(world: World, chosen: list[Placed], rng: Random) -> None:
    taken: set[tuple[str, str]] = set()
    for one in chosen:
        while (pair := (rng.choice(Picture.values), f"{rng.randint(1000, 9998)}")) in taken:
            continue
        taken.add(pair)
        picture, number = pair
        world.new(
            CheckInCard,
            ambito=one.row.ambito,
            placement=one.row,
            picture=picture,
            number=number,
            secret_hash=card_hash(network_id=world.network.pk, picture=picture, number=number),
            created_by=one.person.educator,
        )


def _words(world: World, chosen: list[Placed], rng: Random) -> None:
    """Most planned days of the last three weeks begin with «sono qui»; today somebody comes later, and somebody does not come."""
    first = world.ago(20)
    planned: dict[int, dict[date, time]] = {}
    for session in world.pending[PlannedSession] or PlannedSession.objects.filter(placement__in=[one.row for one in chosen]).order_by("id"):
        if first <= session.day <= world.today:
            planned.setdefault(session.placement_id, {})[session.day] = session.starts_at
    said: list[tuple[datetime, Placed, Word, WordSource]] = []
    today = [one for one in chosen if world.today in planned.get(one.row.pk, {})]
    for n, one in enumerate(chosen):
        for day, starts_at in planned.get(one.row.pk, {}).items():
            if day < world.today and rng.random() < 0.75:
                source = WordSource.POSTER if n % 3 else WordSource.PHONE
                said.append((_around(day, starts_at, rng), one, Word.HERE, source))
    for n, one in enumerate(today[:5]):
        word = (Word.HERE, Word.NOT_TODAY, Word.HERE, Word.LATER, Word.HERE)[n]
        at = datetime.combine(world.today, time(7, 20 + n), ROME)
        said.append((at, one, word, WordSource.OFFICE if word == Word.NOT_TODAY else WordSource.POSTER))
        if word != Word.HERE:
            _tell(world, one, word)
    for at, one, word, source in sorted(said, key=lambda row: (row[0], row[1].row.pk)):
        world.new(
            CheckIn,
            ambito=one.row.ambito,
            placement=one.row,
            day=at.date(),
            word=word,
            source=source,
            said_at=at,
            recorded_by={WordSource.OFFICE: one.person.educator, WordSource.PHONE: one.tutor.user}.get(source),
        )


def _around(day: date, starts_at: time, rng: Random) -> datetime:
    return datetime.combine(day, starts_at, ROME) + timedelta(minutes=rng.randint(-9, 6))


def _tell(world: World, one: Placed, word: Word) -> None:
    world.new(
        Todo,
        kind=WORD_TODO,
        subject_type=one.row._meta.label_lower,
        subject_id=one.row.pk,
        title=f"{one.person.row}, {world.today:%d/%m}: «{word.label}»",
        url=month_url(one.row, world.today),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.EDUCATOR,
        due_on=world.today,
        ambito_id=one.row.ambito_id,
    )
