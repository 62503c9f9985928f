"""Messages to people: a row in the transaction of its cause, sent by a job. Mail, short message, or a letter the office posts."""

import smtplib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
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
from .models import Message
from .validators import mobile_number

Channel, State = Message.Channel, Message.State
COOLDOWN = timedelta(minutes=10)
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
        address = _number(address)
    if about is not None:
        _wait(kind=kind, address=address, about_type=type_of(about), about_id=about.pk, cooldown=cooldown)
    with translation.override(language):
        words, body = str(subject), str(render_to_string(template, context))
    if channel == Channel.SMS:
        body = " ".join(body.split())
        assert len(body) <= sms.LIMIT, f"{template}: {len(body)} characters"
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


def _number(address: str) -> str:
    if not sms.is_available():
        raise DomainError(_("Da qui non partono SMS: chi cura l’installazione non ha ancora scelto un gestore."), field="address")
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
    if state == State.SENT:
        row.sent_at = timezone.now()
    if state == State.DELIVERED:
        row.delivered_at = timezone.now()
    row.save(update_fields=["state", "error", "sent_at", "delivered_at"])
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
    EmailMessage(message.subject, message.body, to=[message.address], reply_to=reply_to).send()
    return ""


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
        if message.is_personal and not settings.DEMO:  # the demo sends no mail: the link is read in the outbox
            message.body = str(PERSONAL)
    message.save(update_fields=["state", "error", "reference", "sent_at", "body"])
