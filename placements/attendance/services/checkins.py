"""What the person says of her own day: cards, posters, words, and who hears them (adr/0015)."""

import secrets
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.kept import store
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.rendering import pdf_of, qr_data_uri
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement

from ..enums import Picture, Word, WordSource
from ..models import CheckIn, CheckInCard, SitePoster
from ..selectors import reachable, short_name
from ._common import month_url

WORD_TODO = "attendance.word"
TOLD = "attendance.word"  # kind of the tutor's message
SUBJECT_LINE = gettext_lazy("Un avviso da chi segui")
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are read for one another
TO_TELL = (Word.NOT_TODAY, Word.LATER, Word.CALL_ME)


# --- Words


@transaction.atomic
def say(
    *, public_id: UUID | None = None, placement_id: int | None = None, word: Word, source: WordSource, by: Access, now: datetime,
    submission: UUID | None = None,
) -> CheckIn:  # fmt: skip
    """Keep what the person says of today. The same word said again is the same row; it becomes a presence only when the tutor says so.

    From the poster `by` is who said the drawing and the digits of that one card; from the telephone the tutor hands over, the tutor;
    from a call, the office. Raises Placement.DoesNotExist out of reach, DomainError when the placement does not run today.
    """
    row = _reached(public_id, placement_id, source, by)
    today = timezone.localdate(now)
    if submission and (twin := CheckIn.objects.filter(submission=submission).first()):
        if (twin.placement_id, twin.word) != (row.pk, word):
            raise Conflict
        return twin
    if row.state == PlacementState.SUSPENDED:
        raise DomainError(_("In questo periodo il tirocinio è in pausa: oggi non ti aspettano."))
    if row.state != PlacementState.ACTIVE or not row.starts_on <= today <= row.last_day:
        raise DomainError(_("Oggi non risulta un tirocinio in corso. Chiedi a chi ti segue."))
    last = CheckIn.objects.filter(placement=row, day=today).order_by("-id").first()
    if last and last.word == word:
        return last
    said = CheckIn.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        day=today,
        word=word,
        source=source,
        said_at=now,
        recorded_by_id=by.actor_id,
        link_id=by.link_id,
        submission=submission,
    )
    if word in TO_TELL:
        system = Access.system(network_id=by.network_id, ambito_id=row.ambito_id, reason="a word of the person")
        enqueue("attendance.tell_word", by=system, checkin_id=said.pk)
    return said


def _reached(public_id: UUID | None, placement_id: int | None, source: WordSource, by: Access) -> Placement:
    """The placement, locked; by the right that this source asks for."""
    if source == WordSource.POSTER:
        if by.placements is None or placement_id not in by.placements:
            raise PermissionDenied
        rows = Placement.objects.filter(pk=placement_id)
    else:
        assert public_id
        by.require(Permission.RECORD_ATTENDANCE)
        rows = reachable(by).filter(public_id=public_id)
    return rows.select_for_update(of=("self",), no_key=True).get()


def tell_word(*, said: CheckIn, by: Access) -> None:
    """The tutor hears it by message, the educator by a to-do, which stays until somebody has seen to it. No reason is in either."""
    placement, day = said.placement, said.day
    person = placement.beneficiary
    with translation.override("it"):
        title = _("%(person)s, %(day)s: «%(word)s»") % {
            "person": person,
            "day": f"{day:%d/%m}",
            "word": Word(said.word).label,
        }
    todos.ask(
        kind=WORD_TODO,
        subject=placement,
        title=title,
        url=month_url(placement, day),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.EDUCATOR,
        by=by,
        due_on=day,
    )
    tutor = placement.company_tutor
    if tutor is None or said.source == WordSource.PHONE:  # the tutor was there
        return
    with suppress(TooSoon):
        send(
            kind=f"{TOLD}_{said.word}",
            address=tutor.email,
            language="it",
            subject=SUBJECT_LINE,
            template="attendance/email/word.txt",
            context={
                "name": tutor.first_name,
                "person": short_name(person.first_name, person.last_name),
                "word": Word(said.word),
                "at": said.said_at,
                "url": settings.BASE_URL + reverse("attendance:today"),
            },
            by=by,
            about=placement,
            cooldown=timedelta(hours=12),
        )


@transaction.atomic
def settle_word(*, placement: Placement, by: Access) -> None:
    """Somebody of the office has seen to what the person said."""
    by.require(Permission.RECORD_ATTENDANCE)
    todos.done(kind=WORD_TODO, subject=placement, by=by)
    record_fact("attendance.word.settled", placement, by=by)


# --- Cards


def card_hash(*, network_id: int, picture: str, number: str) -> str:
    """How a drawing and its digits are looked up: keyed, and of one network."""
    return lookup_hash(f"check-in card {network_id} {picture} {number}")


@transaction.atomic
def give_card(*, placement: Placement, by: Access, now: datetime) -> CheckInCard:
    """A drawing and four digits for the person, other than anybody's in the network; given again, the card before stops working."""
    by.require(Permission.RECORD_ATTENDANCE)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=placement.pk)
    CheckInCard.objects.filter(placement=row, ended_at=None).update(ended_at=now)
    for _attempt in range(20):
        picture, number = secrets.choice(Picture.values), f"{secrets.randbelow(10_000):04d}"
        if len(set(number)) == 1:
            continue  # 0000, 1111: the first that anybody tries
        try:
            with transaction.atomic():
                card = CheckInCard.objects.create(
                    ambito_id=row.ambito_id,
                    placement=row,
                    picture=picture,
                    number=number,
                    secret_hash=card_hash(network_id=by.network_id, picture=picture, number=number),
                    created_by_id=by.actor_id,
                )
        except IntegrityError:  # somebody has it, perhaps in another Ambito
            continue
        record_fact("attendance.card.given", card, by=by)
        return card
    raise Conflict


# --- Posters


@transaction.atomic
def make_poster(*, site: Site, by: Access, now: datetime, anew: bool = False) -> SitePoster:
    """The poster of a place of work, one for the whole network. `anew`: the address of the one on the wall stops working."""
    by.require(Permission.INVITE_TUTORS)
    Site.objects.select_for_update(of=("self",), no_key=True).get(pk=site.pk)
    hangs = SitePoster.objects.filter(site=site, ended_at=None).first()
    if hangs and not anew:
        return hangs
    if hangs:
        hangs.ended_at = now
        hangs.save(update_fields=["ended_at"])
    poster = SitePoster.objects.create(
        network_id=site.network_id, site=site, code="".join(secrets.choice(LETTERS) for _ in range(12)), created_by_id=by.actor_id
    )
    record_fact("attendance.poster.made", poster, by=by)
    enqueue("attendance.print_poster", by=by, poster_id=poster.pk)
    return poster


def poster_url(code: str) -> str:
    """The address behind the poster's drawing, as short as it can be: somebody may have to type it."""
    return settings.BASE_URL + reverse("here:say", args=[code])


def print_poster(*, poster: SitePoster, today: date) -> SitePoster:
    """Make the poster's file, once. In the worker."""
    row = SitePoster.objects.select_for_update(of=("self",), no_key=True).select_related("site__company").get(pk=poster.pk)
    if row.file_name:
        return row
    url = poster_url(row.code)
    with translation.override("it"):
        html = render_to_string(
            "attendance/pdf/poster_v1.html",
            {"place": row.site.company.name, "site": row.site.name, "url": url.partition("://")[2], "qr": qr_data_uri(url)},
        )
    pdf, _pages = pdf_of(html, identifier=row.code)
    wanted = f"attendance/poster/{today.year}/{row.public_id}.pdf"
    row.file_name = store(wanted, ContentFile(pdf))
    row.save(update_fields=["file_name"])
    return row
