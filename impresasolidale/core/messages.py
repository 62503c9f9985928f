"""Messages to people: a row in the transaction of its cause, sent by a job."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .actor import Actor
from .audit import type_of
from .errors import DomainError
from .jobs import enqueue
from .models import Message

COOLDOWN = timedelta(minutes=10)
PERSONAL = gettext_lazy("Il testo è solo per chi lo riceve: contiene il suo link personale.")


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
) -> Message:
    """Queue one mail, in the language of who receives it. `subject` holds no personal data.

    The text of an `is_personal` one is nobody else's, and is forgotten once it has left.
    Refuses the same kind to the same address within ten minutes.
    """
    last = Message.objects.filter(kind=kind, address=address).order_by("-created_at").first()
    if last and last.created_at > timezone.now() - COOLDOWN and about is not None and last.about_id == about.pk:
        at = timezone.localtime(last.created_at).strftime("%H:%M")
        raise DomainError(_("Un messaggio uguale è già partito alle %(at)s: aspetta dieci minuti prima di mandarlo di nuovo.") % {"at": at})
    with translation.override(language):
        words, body = str(subject), render_to_string(template, context)
    message = Message.objects.create(
        ambito_id=by.ambito_id,
        network_id=by.network_id,
        kind=kind,
        address=address,
        subject=words,
        body=body,
        is_personal=is_personal,
        about_type=type_of(about) if about is not None else "",
        about_id=about.pk if about is not None else None,
        created_by_id=by.actor_id,
    )
    enqueue("core.send_message", by=by, message_id=message.pk)
    return message


def deliver(message_id: int) -> None:
    """Hand one queued message to the mail server. An error leaves it queued for the job's next attempt."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state != Message.State.QUEUED:
        return
    EmailMessage(message.subject, message.body, to=[message.address]).send()
    message.state, message.sent_at = Message.State.SENT, timezone.now()
    if message.is_personal and not settings.DEMO:  # the demo sends no mail: the link is read in the outbox
        with translation.override(settings.LANGUAGE_CODE):
            message.body = str(PERSONAL)
    message.save(update_fields=["state", "sent_at", "body"])
