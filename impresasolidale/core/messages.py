"""Messages to people: a row in the transaction of its cause, sent by a job. Mail, short message, or a letter the office posts."""

import smtplib
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import sms
from .actor import Actor
from .audit import record_fact, type_of
from .errors import Conflict, DomainError
from .jobs import enqueue
from .mail_in import Bounced
from .message_kinds import with_closing
from .models import MailClosing, Message
from .validators import mobile_number

Channel, State = Message.Channel, Message.State
COOLDOWN = timedelta(minutes=10)
LETTER_LINES = 6  # of an address, in the window of an envelope
PERSONAL = gettext_lazy("Il testo è solo per chi lo riceve: contiene il suo link personale.")
# What may be noted of a message by who learns it later: the office of its post, a room of a link that was opened.
LATER = {State.QUEUED: {State.SENT}, State.SENT: {State.DELIVERED, State.BOUNCED}, State.DELIVERED: {State.BOUNCED}}


class TooSoon(DomainError):
    """The same message has just left."""


def send(
    *,
    kind: str,
    address: str,
    language: str,
    subject: str | Promise,
    template: str,
    context: dict[str, Any],
    by: Actor,
    about: Any = None,
    is_personal: bool = False,
    channel: Message.Channel = Channel.EMAIL,
    cooldown: timedelta = COOLDOWN,
    reply_to: str = "",
) -> Message:
    """Queue one message, in the language of who receives it. `subject` holds no personal data; a short message shows only its text.

    `address` is a mail address, an Italian mobile number, or the postal address of a letter, which the office prints and posts.
    The text of an `is_personal` one is nobody else's, and is forgotten once it has left. Refuses the same kind to the same address
    about the same thing within `cooldown`, unless the last one came back; refuses a number that cannot receive texts.
    """
    if channel == Channel.SMS:
        address = _number(address, by)
    if about is not None:
        _wait(kind=kind, address=address, about_type=type_of(about), about_id=about.pk, cooldown=cooldown)
    with translation.override(language):
        words, body = str(subject), str(render_to_string(template, context))
    if channel == Channel.SMS:
        body = " ".join(body.split())
        assert len(body) <= sms.LIMIT, f"{template}: {len(body)} characters"
    if channel == Channel.EMAIL:
        body = with_closing(body, closing_of(by.ambito_id))
    message = Message.objects.create(
        ambito_id=by.ambito_id,
        network_id=by.network_id,
        kind=kind,
        channel=channel,
        address=address,
        subject=words,
        body=body,
        is_personal=is_personal,
        reply_to=reply_to,
        about_type=type_of(about) if about is not None else "",
        about_id=about.pk if about is not None else None,
        created_by_id=by.actor_id,
    )
    _dispatch(message, by)
    return message


def closing_of(ambito_id: int | None) -> str:
    """The office's words under its mails, empty where it wrote none."""
    if ambito_id is None:
        return ""
    return MailClosing.objects.filter(ambito_id=ambito_id).order_by("-id").values_list("text", flat=True).first() or ""


def write_closing(*, text: str, by: Actor) -> MailClosing:
    """New closing words of the active Ambito; those before stay, for whoever asks what a mail said. Raises DomainError for code."""
    words = text.strip()
    if "{{" in words or "{%" in words:
        raise DomainError(_("Solo parole: niente parentesi graffe."), field="text")
    assert by.ambito_id
    row = MailClosing.objects.create(ambito_id=by.ambito_id, text=words, created_by_id=by.actor_id)
    record_fact("core.mail_closing.written", row, by=by)
    return row


def _number(address: str, by: Actor) -> str:
    if not sms.is_available(by.ambito_id, timezone.localdate()):
        words = _("Da qui non partono SMS: l’ufficio li ha spenti, o chi cura l’installazione non ha ancora scelto un gestore.")
        raise DomainError(words, field="address")
    try:
        return mobile_number(address)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="address") from error


def _wait(*, kind: str, address: str, about_type: str, about_id: int | None, cooldown: timedelta) -> None:
    same = Message.objects.filter(kind=kind, address=address, about_type=about_type, about_id=about_id)
    last = same.exclude(state__in=[State.BOUNCED, State.FAILED]).order_by("-created_at").first()
    if last and last.created_at > timezone.now() - cooldown:
        minutes = int(cooldown.total_seconds() // 60)
        wait = _("dieci minuti") if minutes == 10 else ngettext("%(n)s minuto", "%(n)s minuti", minutes) % {"n": minutes}
        raise TooSoon(
            _("Un messaggio uguale è già partito alle %(at)s: aspetta %(wait)s prima di mandarlo di nuovo.")
            % {"at": timezone.localtime(last.created_at).strftime("%H:%M"), "wait": wait}
        )


def _dispatch(message: Message, by: Actor) -> None:
    if message.channel != Channel.LETTER:
        enqueue("core.send_message", by=by, message_id=message.pk)


@transaction.atomic
def resend(*, message: Message, by: Actor, cooldown: timedelta = COOLDOWN) -> Message:
    """The same words to the same address once more, as a new message. A personal link is made anew by the room that gave it."""
    if message.is_personal:
        raise DomainError(_("Questo messaggio porta un link personale: mandane uno nuovo dalla pagina della persona."))
    Message.objects.select_for_update(of=("self",)).get(pk=message.pk)  # of two who press together, the second waits and is told
    _wait(kind=message.kind, address=message.address, about_type=message.about_type, about_id=message.about_id, cooldown=cooldown)
    again = Message.objects.create(
        ambito_id=message.ambito_id,
        network_id=message.network_id,
        kind=message.kind,
        channel=message.channel,
        address=message.address,
        subject=message.subject,
        body=message.body,
        about_type=message.about_type,
        about_id=message.about_id,
        reply_to=message.reply_to,
        created_by_id=by.actor_id,
    )
    record_fact("core.message.resent", again, by=by, before=message.pk)
    _dispatch(again, by)
    return again


@transaction.atomic
def send_by_letter(*, message: Message, address: str, by: Actor) -> Message:
    """The same words on paper, to a postal address: for who has no mail, or whose mail came back. It waits for the office to post it."""
    if message.is_personal:
        raise DomainError(_("Questo messaggio porta un link personale: mandane uno nuovo dalla pagina della persona."))
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    if len(lines) < 2:
        raise DomainError(_("Scrivi l’indirizzo intero: nome, via, CAP e città, una riga ciascuno."), field="address")
    if len(lines) > LETTER_LINES:
        raise DomainError(_("Nella finestra della busta stanno sei righe."), field="address")
    letter = Message.objects.create(
        ambito_id=message.ambito_id,
        network_id=message.network_id,
        kind=message.kind,
        channel=Channel.LETTER,
        address="\n".join(lines)[:254],
        subject=message.subject,
        body=message.body,
        about_type=message.about_type,
        about_id=message.about_id,
        created_by_id=by.actor_id,
    )
    record_fact("core.message.put_on_paper", letter, by=by, before=message.pk)
    return letter


@transaction.atomic
def post_letters(*, letters: Collection[Message], by: Actor) -> int:
    """These letters were posted together; those that were already are passed over. Returns how many."""
    if not letters:
        raise DomainError(_("Scegli almeno una lettera."))
    posted = 0
    for letter in sorted(letters, key=lambda each: each.pk):
        if letter.channel != Channel.LETTER:
            raise Conflict
        if letter.state == State.QUEUED:
            record_delivery(message=letter, state=State.SENT, by=by)
            posted += 1
    return posted


def next_states(message: Message) -> list[Message.State]:
    """What may be noted of this message by hand; a mail or a short message leaves by itself."""
    found = LATER.get(State(message.state), set())
    return [s for s in State if s in found and (s != State.SENT or message.channel == Channel.LETTER)]


@transaction.atomic
def record_delivery(*, message: Message, state: Message.State, by: Actor, words: str = "") -> Message:
    """Note what became of a message that left: posted, delivered, came back (with `words`). Noting the same again changes nothing."""
    row = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.state == state:
        return row
    if state not in next_states(row):
        raise Conflict(_("Questo messaggio è già segnato come «%(state)s».") % {"state": row.get_state_display()})
    if state == State.BOUNCED and not words.strip():
        raise DomainError(_("Scrivi perché il messaggio non è arrivato."), field="words")
    row.state, row.error = state, words.strip()[:200]
    if state == State.BOUNCED:
        row.bounced_at = timezone.now()
    if state == State.SENT:
        row.sent_at = timezone.now()
    if state == State.DELIVERED:
        row.delivered_at = timezone.now()
    row.save(update_fields=["state", "error", "sent_at", "delivered_at", "bounced_at"])
    record_fact(f"core.message.{state.value}", row, by=by)
    return row


def deliver(message_id: int, *, is_last: bool = False) -> None:
    """Hand one queued message to the mail server or to the short messages' gateway.

    Refused for good: bounced, with words, and nobody tries again. Any other error leaves it queued for the job's next attempt,
    and after the last one (`is_last`) it failed.
    """
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state != State.QUEUED or message.channel == Channel.LETTER:
        return
    try:
        with transaction.atomic():
            reference = _hand_over(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, sms.Refused) as error:
        if not is_last and not _for_good(error):
            raise
        _keep(message, State.BOUNCED if _for_good(error) else State.FAILED, error=_why(error))
    except Exception:
        if not is_last:
            raise
        _keep(message, State.FAILED, error=_("Il gestore non ha risposto, anche riprovando."))
    else:
        _keep(message, State.SENT, reference=reference)


def _hand_over(message: Message) -> str:
    if message.channel == Channel.SMS:
        return sms.gateway().send(message.address, message.body)
    reply_to = [message.reply_to] if message.reply_to else None
    headers = {"Message-ID": message_id_of(message), "Auto-Submitted": "auto-generated"}  # RFC 5322 §3.6.4, RFC 3834 §5
    EmailMessage(message.subject, message.body, to=[message.address], reply_to=reply_to, headers=headers).send()
    return ""


def message_id_of(message: Message) -> str:
    """What a mail of ours is called on its way: a server that sends it back repeats it."""
    return f"<{message.public_id}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


@transaction.atomic
def take_bounce(*, bounced: Bounced, by: Actor) -> Message | None:
    """A mail server says that one of our mails could not be delivered: it is marked, in words of ours. None when it is not about one, or
    names another address than the one we wrote to; a delay changes nothing. Told twice, it is the same."""
    if not bounced.is_final:
        return None
    for found in bounced.message_ids:
        try:
            public_id = UUID(found.strip("<> ").partition("@")[0])
        except ValueError:
            continue
        row = Message.objects.select_for_update(of=("self",)).filter(public_id=public_id, channel=Channel.EMAIL).first()
        if row is None or (bounced.recipient and bounced.recipient.lower() != row.address.lower()):
            continue
        if row.state in (State.SENT, State.DELIVERED):
            words = _("L’indirizzo ha respinto la mail (codice %(code)s). Controlla come è scritto.") % {"code": bounced.status or "5.0.0"}
            row.state, row.error, row.bounced_at = State.BOUNCED, words[:200], timezone.now()
            row.save(update_fields=["state", "error", "bounced_at"])
            record_fact("core.message.bounced", row, by=by)
        return row
    return None


def refused_addresses(addresses: Iterable[str], *, ambito_id: int) -> dict[str, Message]:
    """Address in small letters → the last mail to it, where that came back. One query; none without addresses."""
    wanted = sorted({address.lower() for address in addresses if address})
    if not wanted:
        return {}
    rows = Message.objects.filter(ambito_id=ambito_id, channel=Channel.EMAIL).annotate(to=Lower("address")).filter(to__in=wanted)
    last = rows.exclude(state=State.QUEUED).order_by("to", "-created_at", "-id").distinct("to").defer("body")
    return {row.address.lower(): row for row in last if row.state == State.BOUNCED}


def _for_good(error: Exception) -> bool:
    """5xx is the server's last word (RFC 5321 §4.2.1); 4xx, a full box or a grey list, may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, sms.Refused)


def _why(error: Exception) -> str:
    """In words of ours: a server's own text may repeat the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _text in error.recipients.values())
        return _("Il server della posta non accetta questo indirizzo (codice %(code)s). Controlla come è scritto.") % {"code": code}
    if isinstance(error, sms.Refused):
        return str(error)
    return _("Il server della posta non accetta il nostro mittente: avvisa chi cura l’installazione.")


def _keep(message: Message, state: Message.State, *, error: str = "", reference: str = "") -> None:
    with translation.override(settings.LANGUAGE_CODE):
        message.state, message.error, message.reference = state, str(error)[:200], reference
        if state == State.SENT:
            message.sent_at = timezone.now()
        if state == State.BOUNCED:
            message.bounced_at = timezone.now()
        if message.is_personal and not settings.DEMO:  # the demo sends no mail: the link is read in the outbox
            message.body = str(PERSONAL)
    message.save(update_fields=["state", "error", "reference", "sent_at", "bounced_at", "body"])
