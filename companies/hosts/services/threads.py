"""Messages between an office and a company, inside the record: out by mail, in from the company's page or by mail."""

import base64
import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import mail_in
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.messages import send, take_bounce
from impresasolidale.core.scope import Scope, scope
from impresasolidale.core.todos import ask, done
from impresasolidale.core.uploads import store_upload
from impresasolidale.territory.calendar import move_working_days
from impresasolidale.territory.models import Ambito, Network
from impresasolidale.territory.selectors import lead_body

from .. import selectors
from ..enums import PostChannel, StrayReason
from ..models import Company, Post, StrayMail, Thread
from .reply_address import Forged, reply_address, thread_in

log = logging.getLogger(__name__)
WRITTEN = "hosts.message"  # kind of the message that goes out, of the to-do, and of files that come in
ANSWER_WORKING_DAYS = 3
MOST_LEFT_OUT = 500


def _checked(text: str) -> str:
    if not text.strip():
        raise DomainError(_("Scrivi il messaggio."), field="text")
    return text.strip()


@transaction.atomic
def open_thread(
    *, company: Company, subject: str, address: str, text: str, by: Access, now: datetime, file: UploadedFile | None = None
) -> Thread:
    """The office writes to a company about a new matter."""
    by.require(Permission.EDIT_COMPANIES)
    if not subject.strip():
        raise DomainError(_("Scrivi di che cosa si tratta."), field="subject")
    thread = Thread.objects.create(
        ambito_id=by.ambito_id,
        company=company,
        subject=subject.strip(),
        address=address.strip().lower(),
        last_at=now,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.thread.opened", thread, by=by)
    write_to_company(thread=thread, text=text, by=by, now=now, file=file)
    return thread


@transaction.atomic
def write_to_company(*, thread: Thread, text: str, by: Access, now: datetime, file: UploadedFile | None = None) -> Post:
    """The office writes: a message of the thread, which leaves by mail. What waited for an answer is answered.

    A `file` stays with the message and does not travel by mail, which says that it is there. Raises DomainError (field "file") for what is
    no PDF or photo.
    """
    by.require(Permission.EDIT_COMPANIES)
    post = _post(thread, by=by, now=now, is_from_company=False, channel=PostChannel.PAGE, text=_checked(text))
    _attach(file, post, by=by)
    done(kind=WRITTEN, subject=thread, by=by)
    body = lead_body(Ambito(pk=thread.ambito_id))
    reply_to = reply_address(thread.public_id)
    send(
        kind=WRITTEN,
        address=thread.address,
        language="it",
        subject=gettext_lazy("Un messaggio dall'Ufficio di Piano"),
        template="hosts/email/message.txt",
        context={
            "thread": thread,
            "text": post.text,
            "has_file": file is not None,
            "writer": str(by),
            "body_name": body.name if body else "",
            "above": mail_in.ABOVE if reply_to else "",
            "url": settings.BASE_URL + reverse("desk:our_thread", args=[thread.public_id]),
        },
        by=by,
        about=post,
        is_personal=True,
        reply_to=reply_to,
    )
    return post


@transaction.atomic
def write_to_office(*, thread: Thread, text: str, by: Access, now: datetime, file: UploadedFile | None = None) -> Post:
    """The company writes from its page; the office is told by a to-do. `thread` was found through the company's own Access."""
    by.require(Permission.USE_COMPANY_PORTAL)
    words = _checked(text)
    system = _office(thread)
    with scope(system.scope):
        row = Thread.objects.select_related("company").get(pk=thread.pk)
        post = _post(row, by=by, now=now, is_from_company=True, channel=PostChannel.PAGE, text=words)
        _attach(file, post, by=system)
        _tell(row, by=system, now=now)
    return post


@transaction.atomic
def open_to_office(
    *, company: Company, ambito: Ambito, subject: str, text: str, by: Access, now: datetime, file: UploadedFile | None = None
) -> Thread:
    """The company writes to an office about a new matter. The contact who writes gets the answers."""
    by.require(Permission.USE_COMPANY_PORTAL)
    words = _checked(text)
    if not subject.strip():
        raise DomainError(_("Scrivi di che cosa si tratta."), field="subject")
    assert by.actor and by.network_id == ambito.network_id and company.pk in by.contact_for
    system = Access.system(network_id=by.network_id, ambito_id=ambito.pk, reason="message of a company")
    with scope(system.scope):
        thread = Thread.objects.create(
            ambito=ambito, company=company, subject=subject.strip(), address=by.actor.email, last_at=now, created_by_id=by.actor_id
        )
        record_fact("hosts.thread.opened", thread, by=system)
        post = _post(thread, by=by, now=now, is_from_company=True, channel=PostChannel.PAGE, text=words)
        _attach(file, post, by=system)
        _tell(thread, by=system, now=now)
    return thread


@transaction.atomic
def settle_thread(*, thread: Thread, by: Access) -> None:
    """What the company wrote was read and wants no answer."""
    by.require(Permission.EDIT_COMPANIES)
    done(kind=WRITTEN, subject=thread, by=by)
    record_fact("hosts.thread.settled", thread, by=by)


def _office(thread: Thread) -> Access:
    network_id = Ambito.objects.values_list("network_id", flat=True).get(pk=thread.ambito_id)
    return Access.system(network_id=network_id, ambito_id=thread.ambito_id, reason="message of a company")


def _post(
    thread: Thread,
    *,
    by: Access,
    now: datetime,
    is_from_company: bool,
    channel: str,
    text: str,
    sender: str = "",
    is_stranger: bool = False,
    is_automatic: bool = False,
    mail_key: str = "",
) -> Post:
    Thread.objects.filter(pk=thread.pk).update(last_at=now)
    post = Post.objects.create(
        ambito_id=thread.ambito_id,
        thread=thread,
        is_from_company=is_from_company,
        channel=channel,
        text=text,
        sender=sender,
        is_stranger=is_stranger,
        is_automatic=is_automatic,
        mail_key=mail_key,
        written_at=now,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.post.written", post, by=by, channel=str(channel))
    return post


def _attach(file: UploadedFile | None, post: Post, *, by: Access) -> None:
    if file:
        store_upload(file=file, kind=WRITTEN, subject=post, by=by)


def _tell(thread: Thread, *, by: Access, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(company)s ha scritto: %(subject)s") % {"company": thread.company, "subject": thread.subject}
    ask(
        kind=WRITTEN,
        subject=thread,
        title=title[:200],
        url=reverse("hosts:thread", args=[thread.company.public_id, thread.public_id]),
        role=Role.SOCIAL_WORKER,
        due_on=move_working_days(timezone.localdate(now), ANSWER_WORKING_DAYS, thread.ambito_id),
        by=by,
    )


# --- Mail in


def receive_mail(*, raw: bytes, now: datetime) -> bool:
    """Take in one mail in its bytes, whatever it is: into its thread, put aside, or noted at the mail of ours that it says came back.

    True when it was known already, and nothing was written. It opens its own transaction and scope: nobody is signed in.
    """
    letter = mail_in.read(raw)
    whole = Scope(
        networks=frozenset(Network.objects.values_list("pk", flat=True)), ambiti=frozenset(Ambito.objects.values_list("pk", flat=True))
    )
    try:
        with scope(whole):
            if (bounced := mail_in.bounce_in(raw)) and (message := take_bounce(bounced=bounced, by=_nobody())):
                return bool(message.bounced_at and message.bounced_at < now)
            if Post.objects.filter(mail_key=letter.key).exists() or StrayMail.objects.filter(mail_key=letter.key).exists():
                return True
            thread, reason = _thread_of(letter)
            if thread:
                _take_in(thread, letter, now=now)
            else:
                _put_aside(letter, raw, reason=reason)
    except IntegrityError:  # a second hand took in the same one meanwhile: it is known now
        with scope(whole):
            known = Post.objects.filter(mail_key=letter.key).exists() or StrayMail.objects.filter(mail_key=letter.key).exists()
        if not known:
            raise
        return True
    return False


def _nobody() -> Access:
    return Access(actor=None, network_id=None, ambito_id=None, system_reason="mail that came back")


def _thread_of(letter: mail_in.Incoming) -> tuple[Thread | None, StrayReason]:
    reason = StrayReason.UNKNOWN
    for address in letter.recipients:
        try:
            public_id = thread_in(address)
        except Forged:
            reason = StrayReason.FORGED
            continue
        thread = Thread.objects.select_related("company").filter(public_id=public_id).first() if public_id else None
        if thread:
            return (thread, reason) if letter.text or letter.files else (None, StrayReason.EMPTY)
        if public_id:
            reason = StrayReason.FORGED
    return None, reason


def _take_in(thread: Thread, letter: mail_in.Incoming, *, now: datetime) -> None:
    system = _office(thread)
    with scope(system.scope):
        known = selectors.addresses_of(thread.company, timezone.localdate(now)) | {thread.address}
        post = _post(
            thread,
            by=system,
            now=now,
            is_from_company=True,
            channel=PostChannel.MAIL,
            text=letter.text or _("(senza testo)"),
            sender=letter.sender,
            is_stranger=letter.sender not in known,
            is_automatic=letter.is_automatic,
            mail_key=letter.key,
        )
        left_out = list(_keep_files(post, letter.files, by=system))
        if left_out:
            post.left_out = "; ".join(left_out)[:MOST_LEFT_OUT]
            post.save(update_fields=["left_out"])
        if not letter.is_automatic:
            _tell(thread, by=system, now=now)


def _keep_files(post: Post, files: Iterable[mail_in.Attached], *, by: Access) -> Iterable[str]:
    """Keep what may be kept, as any file that is handed in; yields the others' names, and why."""
    for file in files:
        try:
            store_upload(file=SimpleUploadedFile(file.name, file.content), kind=WRITTEN, subject=post, by=by)
        except DomainError as error:
            yield f"{file.name[:80]}: {error.words}"


def _put_aside(letter: mail_in.Incoming, raw: bytes, *, reason: StrayReason) -> None:
    network = Network.objects.order_by("pk").first()  # it says of nobody: the first network's offices look at it
    assert network
    StrayMail.objects.create(
        network=network,
        reason=reason,
        sender=letter.sender,
        subject=letter.subject,
        text=letter.text,
        raw=base64.b64encode(raw).decode(),
        mail_key=letter.key,
    )


@transaction.atomic
def take_stray(*, row: StrayMail, company: Company, by: Access, now: datetime) -> Thread:
    """A mail that was put aside is from this company: it begins a thread of the active Ambito, with its files. Raises Conflict when a
    colleague has looked at it meanwhile."""
    by.require(Permission.EDIT_COMPANIES)
    held = StrayMail.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.seen_at:
        raise Conflict(_("Nel frattempo qualcuno l'ha già guardata."))
    letter = mail_in.read(base64.b64decode(held.raw))
    address = letter.sender or company.email
    if not address:
        raise DomainError(_("Non si sa a chi rispondere: scrivi prima la posta elettronica dell'impresa."), field="company")
    thread = Thread.objects.create(
        ambito_id=by.ambito_id,
        company=company,
        subject=letter.subject[:120] or _("Un messaggio"),
        address=address,
        last_at=now,
        created_by_id=by.actor_id,
    )
    record_fact("hosts.thread.opened", thread, by=by)
    _take_in(thread, letter, now=now)
    note_stray_seen(row=held, by=by, now=now)
    return thread


@transaction.atomic
def note_stray_seen(*, row: StrayMail, by: Access, now: datetime) -> None:
    """Somebody looked at a mail that was put aside, and did what was to be done."""
    by.require(Permission.SEE_MESSAGES)
    StrayMail.objects.filter(pk=row.pk, seen_at=None).update(seen_at=now, seen_by=by.actor_id)
    record_fact("hosts.stray.seen", row, by=by)


def fetch_mail(*, now: datetime) -> int:
    """Read the box that answers come to (settings.MAIL_IN_URL); returns how many letters nobody had read. Safe to repeat."""
    if not settings.MAIL_IN_URL:
        return 0

    def keep(raw: bytes) -> bool:
        try:
            with transaction.atomic():
                return receive_mail(raw=raw, now=now)
        except Exception:  # it stays unread and is tried again; the letters behind it do not wait for it
            log.exception("a letter of the box could not be taken in")
            return False

    return mail_in.collect(settings.MAIL_IN_URL, keep)
