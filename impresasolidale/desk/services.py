"""Writes of the desk: reminders kept quiet, the mails that say what waits, papers to the body's register and their numbers back."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs, messages, mutes, protocol
from impresasolidale.core.documents import record_protocol
from impresasolidale.core.errors import DomainError
from impresasolidale.core.kept import store
from impresasolidale.core.models import Document, Job, Message, Mute
from impresasolidale.core.rendering import pdf_of
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import letterhead_of

from .menu import ASKED
from .selectors import LETTERS_JOB, inbox, papers_to_register

DIGEST, URGENT = "desk.digest", "desk.urgent"
DIGEST_WEEKDAY = 0  # Monday
DAY = timedelta(hours=20)  # one mail a day at most, also when the night's job is run twice
READERS = 50  # of one job


def mute_reminders(*, subject: Any, reason: str, until: date, by: Access, today: date) -> Mute:
    by.require(P.MUTE_REMINDERS)
    return mutes.mute(subject=subject, reason=reason, until=until, by=by, today=today)


def unmute_reminders(*, row: Mute, by: Access) -> None:
    by.require(P.MUTE_REMINDERS)
    mutes.unmute(row=row, by=by)


def send_digests(*, user_ids: Collection[int], today: date) -> int:
    """On Mondays one mail to each of these users with something waiting; every day one to who has a new mandatory to-do. Returns how many
    left.

    Who has several hats gets one mail, with a section for each. It holds numbers and an address, no names: what waits is read behind the
    sign-in.
    """
    return sum(_digest(user, chosen, today) for user, chosen in _hats(user_ids, today))


def readers(*, today: date) -> list[list[int]]:
    """Who reads an inbox, in order and in pieces: what fails for one takes few others with it."""
    ids = list(_reading(today).order_by("user_id").values_list("user_id", flat=True).distinct())
    return [ids[first : first + READERS] for first in range(0, len(ids), READERS)]


def _reading(today: date) -> QuerySet[Membership]:
    held: QuerySet[Membership] = Membership.objects.in_force(today)
    return held.filter(Q(role__in=ASKED, ambito__isnull=False) | Q(role=Role.COMPANY_TUTOR), user__is_active=True)


def _hats(user_ids: Collection[int], today: date) -> list[tuple[User, list[str]]]:
    """These users, with the Ambiti and companies each reads an inbox in."""
    users: dict[int, User] = {}
    found: dict[int, dict[str, None]] = {}
    for m in _reading(today).filter(user__in=user_ids).select_related("user").order_by("id"):
        users[m.user_id] = m.user
        found.setdefault(m.user_id, {})[f"company:{m.company_id}" if m.company_id else f"ambito:{m.ambito_id}"] = None
    return [(users[pk], list(chosen)) for pk, chosen in found.items()]


@dataclass(frozen=True)
class Section:
    """What waits under one hat, in numbers."""

    place: str
    count: int
    late: int
    new: int
    soonest: date | None
    owner: tuple[int, int]  # network and Ambito that the mail is written for


def _digest(user: User, chosen: list[str], today: date) -> bool:
    found: dict[Any, Section] = {}
    for each in chosen:
        access = access_for(user, chosen=each)
        key = "company" if access.companies is not None else access.ambito_id  # all companies are one hat
        if key not in found and (section := _section(access, today)):
            found[key] = section
    sections = list(found.values())
    new = sum(section.new for section in sections)
    return bool(sections and (new or today.weekday() == DIGEST_WEEKDAY)) and _write(user, sections, new)


def _section(access: Access, today: date) -> Section | None:
    with scope(access.scope):
        todos = inbox(access, today).mine
        about = access.ambito or Ambito.objects.filter(pk__in=access.ambiti).order_by("pk").first()
    if not todos or about is None:
        return None
    new = [t for t in todos if t.is_mandatory and t.created_at > timezone.now() - timedelta(days=1)]
    return Section(
        place=str(access.ambito or access.context["label"]),
        count=len(todos),
        late=sum(1 for t in todos if t.due_on and t.due_on < today),
        new=len(new),
        soonest=next((t.due_on for t in todos if t.due_on and t.due_on >= today), None),
        owner=(access.network_id, about.pk),
    )


def _write(user: User, sections: list[Section], new: int) -> bool:
    network_id, ambito_id = sections[0].owner
    by = Access.system(network_id=network_id, ambito_id=ambito_id, reason="digest")
    page = "desk:inbox" if len(sections) == 1 else "desk:hats"
    context = {"user": user, "sections": sections, "new": new, "url": f"{settings.BASE_URL}{reverse(page)}"}
    kind, subject = (URGENT, URGENT_SUBJECT) if new else (DIGEST, DIGEST_SUBJECT)
    with suppress(messages.TooSoon), scope(by.scope):  # a company user's own scope writes no messages
        messages.send(
            kind=kind,
            address=user.email,
            language=user.language,
            subject=subject,
            template="desk/email/digest.txt",
            context=context,
            by=by,
            about=user,
            cooldown=DAY,
        )
        return True
    return False


DIGEST_SUBJECT, URGENT_SUBJECT = _("Le cose da fare di questa settimana"), _("Una cosa che non può aspettare")


@transaction.atomic
def send_to_register(*, documents: Collection[Document], by: Access) -> int:
    """Put these papers on their way to the body's register; all of them, or none with the words of the first refusal."""
    by.require(P.RECORD_PROTOCOL)
    if not documents:
        raise DomainError(_("Scegli almeno una carta."))
    for document in documents:
        protocol.ask_to_send(document=document, by=by)
    return len(documents)


@dataclass(frozen=True)
class Matched:
    """A line of numbers written back, with its paper; `error` says in words why it cannot be written."""

    line: protocol.Line
    document: Document | None
    error: str


def match_numbers(*, text: str, on: date, by: Access, today: date) -> list[Matched]:
    """What writing these numbers back would do, line by line. Two queries, however many lines."""
    by.require(P.RECORD_PROTOCOL)
    lines = [protocol.parse_line(line, default=on) for line in text.splitlines() if line.strip()]
    named: dict[str, list[Document]] = {}
    for document in papers_to_register(by).filter(number__in={_number_in(line.ours) for line in lines}).order_by("id"):
        for name in (document.number, protocol.reference_of(document)):
            named.setdefault(name, []).append(document)
    numbers = {line.number for line in lines}
    taken = set(
        Document.objects.filter(ambito_id=by.ambito_id, protocol_number__in=numbers - {""}).values_list("protocol_number", flat=True)
    )
    seen: set[object] = set()
    return [_match(line, named.get(line.ours, []), taken, seen, today) for line in lines]


def _number_in(ours: str) -> str:
    """ "framework_agreement-2026-000123" and "2026/000123" name the same number."""
    year, _dash, last = ours.replace("/", "-").rpartition("-")
    return f"{year.rpartition('-')[2]}/{last}"


def _match(line: protocol.Line, found: list[Document], taken: set[str], seen: set[object], today: date) -> Matched:
    document = found[0] if len(found) == 1 else None
    error = line.error
    if not error and len(found) > 1:
        names = ", ".join(protocol.reference_of(d) for d in found)
        error = gettext("Più carte hanno questo numero: scrivi quale, per intero (%(names)s).") % {"names": names}
    elif not error and document is None:
        error = gettext("Tra le carte da protocollare non c’è questo numero.")
    elif not error and line.on and line.on > today:
        error = gettext("Questo giorno deve ancora venire.")
    elif not error and document and line.on and line.on < document.issued_on:
        error = gettext("La carta è del %(day)s: il protocollo non può venire prima.") % {"day": f"{document.issued_on:%d/%m/%Y}"}
    elif not error and (line.number in taken or line.number in seen):
        error = gettext("Questo numero di protocollo è già di un’altra carta.")
    elif not error and document and document.pk in seen:
        error = gettext("Questa carta è scritta due volte.")
    if document:
        seen |= {document.pk, line.number}
    return Matched(line, document, error)


@transaction.atomic
def record_numbers(*, text: str, on: date, by: Access, today: date) -> int:
    """Write the register's numbers on their papers; none when a line is wrong. Returns how many."""
    rows = match_numbers(text=text, on=on, by=by, today=today)
    if not rows:
        raise DomainError(_("Incolla almeno una riga."), field="text")
    if any(row.error for row in rows):
        raise DomainError(_("Alcune righe non tornano: correggile qui sotto. Non è stato scritto niente."), field="text")
    for row in rows:
        assert row.document and row.line.on
        record_protocol(document=row.document, direction=Document.Direction.OUT, number=row.line.number, on=row.line.on, by=by)
    return len(rows)


@transaction.atomic
def record_number(*, paper: Document, number: str, on: date, by: Access, today: date) -> Document:
    """Write the register's number on one paper that waits for it, as `record_numbers` does on many. DomainError says why not."""
    (row,) = match_numbers(text=f"{protocol.reference_of(paper)} → {number}", on=on, by=by, today=today)
    if row.error or row.document is None or row.document.pk != paper.pk:
        raise DomainError(row.error or _("Tra le carte da protocollare non c’è questo numero."), field="number")
    return record_protocol(document=paper, direction=Document.Direction.OUT, number=row.line.number, on=on, by=by)


# --- Letters in one file

KEPT_FOR = timedelta(days=2)  # then the file is forgotten; it can be made again while the letters wait


def order_letters(*, letters: Collection[Message], by: Access) -> Job:
    """Have the worker lay these letters out in one file, which only who asked opens."""
    by.require(P.SEE_MESSAGES)
    return jobs.enqueue(LETTERS_JOB, by=by, letter_ids=[row.pk for row in letters])


def print_letters(*, run: jobs.Run, letter_ids: Collection[int], by: Access, now: datetime) -> dict[str, Any]:
    """The job: one PDF, a letter after the other, each on its own sheet with the address where the envelope has its window."""
    rows = Message.objects.filter(ambito_id=by.ambito_id, channel=Message.Channel.LETTER, pk__in=letter_ids)
    letters = list(rows.select_for_update(of=("self",), no_key=True).order_by("id"))  # the file's name is one, so are its makers
    if not letters:
        return {}
    _forget_printed(by, now)
    run.progress(1, 3, gettext("Impagino le lettere"))
    assert by.ambito_id is not None
    with translation.override("it"):
        html = render_to_string(
            "desk/pdf/letters_v1.html",
            {
                "letters": letters,
                "head": letterhead_of(by.ambito_id),
                "office": Ambito.objects.get(pk=by.ambito_id),
                "today": timezone.localdate(now),
            },
        )
    pdf, pages = pdf_of(html, identifier=f"letters {run.job.public_id}")
    run.progress(2, 3, gettext("Metto via il file"))
    wanted = f"letters/{now.year}/{run.job.public_id}.pdf"
    return {"file": store(wanted, ContentFile(pdf)), "letters": len(letters), "pages": pages}


def _forget_printed(by: Access, now: datetime) -> None:
    """Files of letters of this Ambito that were made some days ago: their words stay with the messages."""
    for old in Job.objects.filter(name=LETTERS_JOB, ambito_id=by.ambito_id, finished_at__lt=now - KEPT_FOR, result__has_key="file"):
        assert old.result
        default_storage.delete(old.result["file"])
        Job.objects.filter(pk=old.pk).update(result={}, result_url="")
