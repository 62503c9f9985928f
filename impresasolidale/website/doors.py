"""Personal links of this room: somebody without an account opens one page, of one row.

The link's own address only opens the door: it leaves the hash of its token in the session, and the page behind carries no secret in its
address. Opening says nothing: programs that look at mails open links too. Only the button answers.
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from impresasolidale.accounts.access import hash_token
from impresasolidale.core import guesses
from impresasolidale.core.scope import scope
from impresasolidale.core.views import SeeOther


def private(response: Any) -> Any:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


class Door(View):
    """The address in the message. An unknown one says nothing of anybody; ten unknown ones in an hour, and it asks to wait.

    `place`: whose wrong guesses are counted together. `links`: where the session keeps what was opened. `find`: the door of a token's hash,
    with its Access; `ask_behind`: the row it leads to, read in that scope. `page`: the page behind; `gone_template`: why there is none.
    """

    place: ClassVar[str]
    links: ClassVar[str]
    page: ClassVar[str]
    gone_template: ClassVar[str]

    @staticmethod
    def find(token_hash: str) -> Any:
        raise NotImplementedError

    @staticmethod
    def ask_behind(door: Any) -> Any:
        raise NotImplementedError

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        guess: Any = {"place": self.place, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": timezone.now()}
        if guesses.is_throttled(**guess):
            return self.gone(request, "slow_down", 429)
        door = self.find(hash_token(token))
        if door is None:
            guesses.record_miss(**guess)
            return self.gone(request, "unknown", 404)
        with scope(door.access.scope):
            key = str(self.ask_behind(door).public_id)
        request.session[self.links] = {**request.session.get(self.links, {}), key: hash_token(token)}
        return private(SeeOther(reverse(self.page, args=[key]) + self.query()))

    def query(self) -> str:
        """What of the link's own address goes on to the page."""
        return ""

    @classmethod
    def opened(cls, request: HttpRequest, public_id: Any) -> Any:
        """The door that this browser opened to a row before; None when it did not, or when it leads nowhere any more."""
        return cls.find(request.session.get(cls.links, {}).get(str(public_id), "-"))

    @classmethod
    def gone(cls, request: HttpRequest, stage: str, status: int, **told: Any) -> HttpResponse:
        return private(render(request, cls.gone_template, {"stage": stage, **told}, status=status))
