"""Short messages leave by one gateway, named in settings.SMS_GATEWAY by its dotted path; empty: this installation sends none."""

import json
import logging
from datetime import date
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import outside

log = logging.getLogger(__name__)
LIMIT = 320  # characters: two parts of a long text message; more is dear and nobody reads it


class Refused(Exception):
    """The gateway will never deliver this one (unknown number, text not accepted). Its words are for the office."""


class Gateway(Protocol):
    """Whoever takes short messages to telephones."""

    def send(self, number: str, text: str) -> str:
        """Hand over one text for a number as +39…; returns the gateway's reference. Raises Refused; any other error is tried again."""
        ...


class Outbox:
    """No telephone rings: the text is read on the page of the messages. For the demo and the tests."""

    def send(self, number: str, text: str) -> str:
        return "outbox"


class Console:
    """Writes that a text would leave: for who develops. The text stays out of the log, it holds a personal link."""

    def send(self, number: str, text: str) -> str:
        log.warning("SMS to …%s, %d characters", number[-3:], len(text))
        return "console"


class Http:
    """POST of JSON `{"to", "text", "from"}` to SMS_URL with `Authorization: Bearer SMS_TOKEN`; the answer's `id` is the reference.

    4xx is a refusal (429, too many, is not); everything else that is not 2xx is tried again.
    """

    def send(self, number: str, text: str) -> str:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"}
        body = json.dumps({"to": number, "text": text, "from": settings.SMS_SENDER}).encode()
        try:
            answer = outside.post(settings.SMS_URL, body, headers=headers)
        except outside.Refused as error:
            raise Refused(_("Il gestore degli SMS non ha accettato il numero (codice %(code)s).") % {"code": error.status}) from error
        try:
            return str(json.loads(answer)["id"])[:100]
        except (ValueError, KeyError, TypeError):
            return ""  # accepted all the same: a missing reference only means that nobody can ask about it


def is_available(ambito_id: int | None, on: date) -> bool:
    """Whether a short message of this office can leave on a day: the installation has a gateway, and its rule book lets it."""
    return bool(settings.SMS_GATEWAY) and bool(import_string(settings.SHORT_MESSAGES)(ambito_id, on))


def gateway() -> Gateway:
    """The installation's gateway. Raises ImportError when the setting names nothing."""
    found: Gateway = import_string(settings.SMS_GATEWAY)()
    return found
