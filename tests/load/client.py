"""One request as a browser sends it, and who sends which: each person with a session of their own, every choice from a number."""

import http.client
import random
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from .cast import Cast, Office, Tutor
from .journal import Journal, Post

# Of a hundred requests (reliability §5). The telephone's page and a list or a page of a person are one share: 25.
KINDS = {"tap": 60, "today": 5, "list": 10, "detail": 10, "dashboard": 10, "export": 3, "paper": 2}
TRESPASS = 0.01  # of the requests of a soak
PATIENCE = 200  # times a person asks again after a fault
WAIT = 0.3  # seconds between them
TIMEOUT = 60
OFFICE_LINK, TUTOR_LINK = re.compile(r"/tirocini/([0-9a-f]{8}-[0-9a-f-]{27})/"), re.compile(r"/presenze/([0-9a-f]{8}-[0-9a-f-]{27})/")
TOKEN = "a" * 32
GONE = (OSError, http.client.HTTPException)


class Answer(NamedTuple):
    status: int
    place: str
    page: str


def ask(port: int, method: str, path: str, *, session: str = "", body: str = "") -> Answer:
    """A connection of its own, as behind a proxy that keeps none. Raises one of GONE when no answer came."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    cookies = f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")
    headers = {"Cookie": cookies, **({"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {})}
    try:
        client.request(method, path, body, headers)
        answer = client.getresponse()
        return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace"))
    finally:
        client.close()


class Visitors:
    """Everybody of the cast, with one journal. `patient`: who gets no answer, or a page that says sorry, asks again."""

    def __init__(self, cast: Cast, journal: Journal, port: int, number: int, *, patient: bool = False) -> None:
        self.cast, self.journal, self.port, self.patient = cast, journal, port, patient
        self.random = random.Random(number)
        self.doing: dict[str, Callable[[], None]] = {
            "tap": self.tap,
            "today": self.today,
            "list": self.list,
            "detail": self.detail,
            "dashboard": self.dashboard,
            "export": self.export,
            "paper": self.paper,
        }

    def anything(self) -> None:
        """One request of the mix."""
        if self.patient and self.random.random() < TRESPASS:
            self.trespass()
        else:
            self.doing[self.random.choices(list(KINDS), list(KINDS.values()))[0]]()

    # --- What they do

    def tap(self, tutor: Tutor | None = None) -> None:
        who = tutor or self.random.choice(self.cast.tutors)
        placement, minutes = self.random.choice(who.placements), self.random.randint(30, 300)
        day = self.cast.today.isoformat()
        fields = {"day": day, "outcome": "present", "minutes": f"{minutes // 60}:{minutes % 60:02d}", "back": "today"}
        self.post("tap", reverse("attendance:record", args=[placement]), fields, who.session, Post("tap", who.user_id, (placement, day)))

    def today(self) -> None:
        who = self.random.choice(self.cast.tutors)
        page = self.get("today", reverse("attendance:today"), who.session)
        self.journal.saw(self.journal.shown, who.user_id, TUTOR_LINK.findall(page))

    def list(self) -> None:
        office = self.office()
        more = self.random.choice(("", "stato=active", "ordina=nome", "ordina=modifica", "ordina=fine", "presto=on"))
        self._office_page("list", f"{reverse('agreements:list')}?{more}", office.worker, office)

    def detail(self) -> None:
        office = self.office()
        self._office_page("detail", reverse("agreements:detail", args=[self.random.choice(office.placements)]), office.worker, office)

    def dashboard(self) -> None:
        office = self.office()
        self._office_page("dashboard", reverse("reports:dashboard"), office.coordinator, office)

    def export(self) -> None:
        office = self.office()
        self.get("export", reverse("agreements:file", args=["csv"]), office.worker)

    def paper(self) -> None:
        office = self.office()
        placement = self.random.choice(office.placements)
        url = reverse("agreements:issue_paper", args=[placement, "pact"])
        self.post("paper", url, {}, office.worker, Post("paper", office.worker_id, (placement,)))

    def trespass(self) -> None:
        """A colleague of another Ambito follows an address that somebody gave them: there is nothing."""
        mine, theirs = self.office(), self.office()
        if mine.ambito_id == theirs.ambito_id:
            return
        placement = self.random.choice(theirs.placements)
        answer = self.heard("trespass", "GET", reverse("agreements:detail", args=[placement]), mine.worker, expected=(404, 200))
        self.journal.trespassed(came=answer is not None and answer.status == 200)

    def office(self) -> Office:
        return self.random.choices(self.cast.offices, cum_weights=self.cast.weights)[0]

    def _office_page(self, kind: str, url: str, session: str, office: Office) -> None:
        self.journal.saw(self.journal.seen, office.ambito_id, OFFICE_LINK.findall(self.get(kind, url, session)))

    # --- How they ask

    def get(self, kind: str, url: str, session: str) -> str:
        answer = self.heard(kind, "GET", url, session, expected=(200,))
        return answer.page if answer else ""

    def post(self, kind: str, url: str, fields: dict[str, Any], session: str, post: Post, *, key: uuid.UUID | None = None) -> uuid.UUID:
        """The form under a uuid, which is returned; `key` of one that was sent before sends the same again."""
        key = key or uuid.uuid4()
        self.journal.posts.setdefault(key, post)
        body = urlencode({**fields, "csrfmiddlewaretoken": TOKEN, "_submission": key}, doseq=True)
        self.heard(kind, "POST", url, session, expected=(303,), body=body, post=self.journal.posts[key])
        return key

    def heard(
        self, kind: str, method: str, url: str, session: str, *, expected: tuple[int, ...], body: str = "", post: Post | None = None
    ) -> Answer | None:
        """The answer, in the journal; None when it was not the expected one. Asked again as `patient` says."""
        for _attempt in range(PATIENCE if self.patient else 1):
            began = time.monotonic()
            try:
                answer = ask(self.port, method, url, session=session, body=body)
            except GONE as error:
                status, words = 0, type(error).__name__
            else:
                status, words = answer.status, str(answer.status)
                if post is not None:
                    post.answers.append((answer.status, answer.place))
            if status and status < 500:
                break
            if self.patient:
                self.journal.asked_again()
                time.sleep(WAIT)
        if status not in expected:
            self.journal.complain(f"{kind} {method} {url}: {words}")
            return None
        self.journal.answered(kind, time.monotonic() - began)
        return answer
