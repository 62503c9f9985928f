"""F13: who sends or takes a file vanishes in the middle; a telephone without a network for two days sends its forty taps twice at once."""

import json
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from impresasolidale.core.models import Submission, Upload
from impresasolidale.core.scope import scope
from placements.attendance.models import AttendanceEvent
from tests.factories import attendance as made
from tests.support import database
from tests.support.servers import House, wait

from .report import tell
from .test_month_end import HELD
from .test_requests import session_of
from .test_workers import system

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
TOKEN = "a" * 32
ALL_DAYS = dict.fromkeys(range(5), 240)


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """The placement here has no papers and no past: what is asked of it is its month."""
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []


def vanish(house: House, request: bytes, *, after: int = 0) -> None:
    """Send this, read so many bytes of the answer, and be gone."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as line:
        line.sendall(request)
        if after:
            line.recv(after)


@pytest.mark.parametrize("times", [6, pytest.param(200, marks=pytest.mark.deep)])
def test_who_vanishes_amid_a_file_leaves_nothing(house: House, sondrio: Any, coordinator: Any, times: int) -> None:
    cookies = f"Cookie: csrftoken={TOKEN}; sessionid={session_of(coordinator)}"
    house.start("web")
    whole = f"csrfmiddlewaretoken={TOKEN}&_submission={uuid.uuid4()}&name=Mezza".encode()
    form = "Content-Type: application/x-www-form-urlencoded"
    head = f"POST /fondo/donatori/nuovo/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookies}\r\n{form}\r\n"
    upload = (
        f"POST /fondo/donatori/nuovo/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookies}\r\n" + "Content-Type: multipart/form-data; boundary=x\r\n"
    )
    part = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7'
        + b"0" * 200_000
    )
    for _ in range(times):
        vanish(house, f"{head}Content-Length: {len(whole) * 2}\r\n\r\n".encode() + whole)
        vanish(house, f"{upload}Content-Length: {9_000_000}\r\n\r\n".encode() + part)
        vanish(house, b"GET /static/core/base.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", after=100)
        vanish(house, f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookies}\r\n\r\n".encode(), after=1)
    wait(house.answers, 5, "an answer to who stays")
    with scope(system(sondrio).scope):
        left = Submission.objects.count() + Upload.objects.count()
    media = house.folder / "media"
    files = len(house.files("*")) if media.exists() else 0
    log = (house.folder / "web.log").read_text(errors="replace")
    assert "Traceback" not in log, log[-3000:]
    tell("F13", load=f"{4 * times} requests", faults=f"{4 * times} clients vanished", leaked=left + files)


def test_forty_taps_of_two_days_sent_twice_at_once(house: House, sondrio: Any) -> None:
    company = made.make_host(sondrio)
    tutor, user = made.make_tutor(sondrio, company)
    placement = made.make_running_placement(sondrio, tutor, company, week=ALL_DAYS)
    house.start("web")
    outcomes = ["present", "sick", "justified", "withdrawn"]
    taps = [
        {"submission": str(uuid.uuid4()), "kind": "day", "basis": timezone.now().isoformat(), "placement": str(placement.public_id),
         "day": str(date(2026, 11, 16 + n % 2)), "outcome": outcomes[n // 2 % 4], "minutes": None}
        for n in range(40)
    ]  # fmt: skip
    headers = {"Content-Type": "application/json", "X-CSRFToken": TOKEN, "Cookie": f"csrftoken={TOKEN}; sessionid={session_of(user)}"}
    answers: list[Any] = []

    def send() -> None:
        answers.append(house.request("POST", "/presenze/invio/", json.dumps({"taps": taps}), headers))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [status for status, _place, _page in answers] == [200, 200], answers
    states = [[a["state"] for a in json.loads(page)["answers"]] for _status, _place, page in answers]
    assert states == [["done"] * 40] * 2
    with scope(system(sondrio).scope):
        stored = list(AttendanceEvent.objects.order_by("id").values_list("submission", flat=True))
    assert [str(key) for key in stored] == [tap["submission"] for tap in taps], "once each and in order"
    doubled = sum(n - 1 for n in Counter(stored).values())
    tell("F13", load="40 taps", faults="all sent twice at once", lost=40 - len(set(stored)), doubled=doubled)
