"""Accident files: reported by the tutor's phone or the office, notices with their days, closed at the end."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for, for_job
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.jobs import REGISTRY, Run
from impresasolidale.core.models import Job, Message, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Rules
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.monitoring import rules
from placements.monitoring.enums import AccidentState, Harm, NoticeTo
from placements.monitoring.models import Accident, AccidentNotice
from placements.monitoring.services import accidents as services
from tests.factories.agreements import PDF, make_placement, scan
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
S = PlacementState


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, make: Callable[[], Any]) -> Any:
    with scope(access.scope):
        return make()


@pytest.fixture
def running(access: Access) -> Placement:
    return inside(access, lambda: make_placement(access, S.ACTIVE, starts_on=timezone.localdate() - timedelta(days=30)))


def moment(days: int = 0) -> str:
    at = timezone.localtime() - timedelta(days=days, minutes=5)
    return f"{at:%Y-%m-%dT%H:%M}"


def tutor_of(access: Access, placement: Placement) -> User:
    return inside(access, lambda: placement.company_tutor.user)


def run_job(access: Access, accident: Accident) -> None:
    """What the worker does with the job of the report."""
    job = Job.objects.get(name="monitoring.tell_followers", ambito_id=accident.ambito_id)
    REGISTRY[job.name].function(Run(job, for_job(job)), **job.arguments)


def test_notices_and_their_days() -> None:
    friday, book = date(2026, 11, 20), Rules()
    told = rules.notices(rules.Happened(on=friday, harm=Harm.EMERGENCY), book)
    assert list(told) == ["promoter", "family", "inail", "insurer"]
    assert told["inail"].since is None and told["promoter"].since == friday
    assert list(rules.notices(rules.Happened(on=friday, harm=Harm.NONE), book)) == ["promoter"]
    assert list(rules.notices(rules.Happened(on=friday, harm=Harm.NONE, third_party_damage=True), book)) == ["promoter", "insurer"]
    grave = rules.Happened(on=friday, harm=Harm.HOSPITAL, certificate_on=friday, prognosis_days=31)
    assert "authority" in rules.notices(grave, book)
    assert "authority" not in rules.notices(rules.Happened(on=friday, harm=Harm.HOSPITAL, certificate_on=friday, prognosis_days=30), book)


def test_working_days_of_the_terms(access: Access) -> None:
    friday = date(2026, 11, 20)
    with scope(access.scope):
        assert services.due_on(rules.Term(friday, 3, working=True), access.ambito_id) == date(2026, 11, 25)  # Mon, Tue, Wed
        assert services.due_on(rules.Term(friday, 2), access.ambito_id) == date(2026, 11, 23)  # Sunday becomes Monday
        assert services.due_on(rules.Term(date(2026, 12, 6), 2), access.ambito_id) == date(2026, 12, 9)  # the 8th is a holiday
        assert services.due_on(rules.Term(friday), access.ambito_id) == friday
        assert services.due_on(rules.Term(None, 2), access.ambito_id) is None


def test_from_the_phone_to_the_closed_file(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    tutor, office = signed_in(tutor_of(access, running)), signed_in(worker)
    report = reverse("monitoring:report", args=[running.public_id])
    assert report in tutor.get(reverse("attendance:today")).content.decode()
    assert tutor.get(report).status_code == 200
    said = {"happened_at": moment(), "dynamics": "È scivolata", "harm": "emergency"}
    assert tutor.post(report, {**said, "dynamics": ""}).status_code == 422
    assert tutor.post(report, {**said, "happened_at": "2999-01-01T10:00"}).status_code == 422
    answer = tutor.post(report, said)
    assert (answer.status_code, answer["Location"]) == (303, reverse("monitoring:reported"))
    assert tutor.get(answer["Location"]).status_code == 200
    accident = inside(access, Accident.objects.get)
    assert accident.dynamics == "È scivolata" and accident.state == AccidentState.OPEN
    assert inside(access, lambda: Todo.objects.get(kind="monitoring.accident").is_mandatory)
    inside(access, lambda: run_job(access, accident))
    message = inside(access, lambda: Message.objects.filter(kind="monitoring.accident").order_by("id").first())
    assert message.address == worker.email and "scivolata" not in message.body
    detail = reverse("monitoring:detail", args=[accident.public_id])
    assert tutor.get(detail).status_code == 403  # the file is the office's

    def notices() -> dict[str, AccidentNotice]:
        return inside(access, lambda: {n.to: n for n in AccidentNotice.objects.order_by("id")})

    assert notices()["promoter"].sent_on and notices()["inail"].due_on is None
    page = office.get(detail).content.decode()
    assert "aspetta il certificato" in page
    suspend = reverse("agreements:suspend", args=[running.public_id])
    assert f'<a href="{suspend}">Sospendi adesso</a>' in page and office.get(suspend).status_code == 200
    facts = {
        **said,
        "place": "Magazzino",
        "certificate_on": timezone.localdate(),
        "prognosis_days": "40",
        "row_version": accident.row_version,
    }
    edit = reverse("monitoring:edit", args=[accident.public_id])
    assert office.post(edit, {**facts, "certificate_on": ""}).status_code == 422
    assert office.post(edit, facts).status_code == 303
    assert office.post(edit, facts).status_code == 409
    assert notices()["inail"].due_on and "authority" in notices()
    close = reverse("monitoring:close", args=[accident.public_id])
    assert office.post(close, {"outcome": "Tutto bene"}).status_code == 409  # some must still be told
    for to, notice in notices().items():
        url = reverse("monitoring:notice_sent", args=[notice.public_id])
        if to == NoticeTo.PROMOTER:
            assert office.post(url, {"sent_on": timezone.localdate()}).status_code == 409
            continue
        if to == NoticeTo.AUTHORITY:
            waive = reverse("monitoring:notice_waived", args=[notice.public_id])
            assert office.post(waive, {"reason": ""}).status_code == 422
            assert office.post(waive, {"reason": "Ci pensa l'INAIL"}).status_code == 303
            continue
        assert office.post(url, {"sent_on": "2020-01-01"}).status_code == 422
        assert office.post(url, {"sent_on": timezone.localdate(), "protocol": "PEC 1", "file": scan()}).status_code == 303
    assert inside(access, Accident.objects.get).state == AccidentState.NOTIFIED
    file = reverse("monitoring:notice_file", args=[notices()["inail"].public_id])
    assert b"".join(office.get(file).streaming_content) == PDF
    assert office.post(close, {"outcome": ""}).status_code == 422
    assert office.post(close, {"outcome": "Tutto bene"}).status_code == 303
    assert "Tutto bene" in office.get(detail).content.decode()
    reopen = reverse("monitoring:reopen", args=[accident.public_id])
    assert office.post(reopen, {"reason": ""}).status_code == 422
    assert office.post(reopen, {"reason": "Ricaduta"}).status_code == 303
    assert inside(access, Accident.objects.get).state == AccidentState.NOTIFIED  # all were told already


def test_the_office_opens_a_file_and_finds_it_in_the_list(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    client = signed_in(worker)
    new = reverse("monitoring:new", args=[running.public_id])
    assert new in client.get(reverse("agreements:duties", args=[running.public_id])).content.decode()
    data = {"happened_at": moment(2), "dynamics": "Un vaso rotto in vetrina", "harm": "none", "third_party_damage": "on", "row_version": 0}
    answer = client.post(new, data)
    assert answer.status_code == 303 and "Sospendi adesso" in client.get(answer["Location"]).content.decode()
    page = client.get(reverse("monitoring:list")).content.decode()
    assert inside(access, lambda: str(running.beneficiary)) in page and "un avviso da fare" in page and "vaso" not in page
    assert "Nessun incidente con questi filtri" in client.get(reverse("monitoring:list"), {"stato": "closed"}).content.decode()
    assert client.get(reverse("monitoring:list"), {"tardi": "on"}).status_code == 200


def test_days_outside_the_placement_are_refused(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    new = reverse("monitoring:new", args=[running.public_id])
    data = {"happened_at": moment(60), "dynamics": "È scivolata", "harm": "none", "row_version": 0}
    answer = signed_in(worker).post(new, data)
    assert answer.status_code == 422 and "è fuori" in answer.content.decode()
    draft = inside(access, lambda: make_placement(access, S.DRAFT, number=2))
    answer = signed_in(worker).post(reverse("monitoring:new", args=[draft.public_id]), {**data, "happened_at": moment()})
    assert answer.status_code == 422


def test_others_do_not_reach_it(worker: User, stranger: User, access: Access, running: Placement, signed_in: Any) -> None:
    other = inside(access, lambda: make_placement(access, S.ACTIVE, number=2))
    theirs = signed_in(tutor_of(access, other))
    report = reverse("monitoring:report", args=[running.public_id])
    said = {"happened_at": moment(), "dynamics": "È scivolata", "harm": "emergency"}
    assert theirs.get(report).status_code == 404 and theirs.post(report, said).status_code == 404
    signed_in(tutor_of(access, running)).post(report, said)
    accident = inside(access, Accident.objects.get)
    for name in ("detail", "edit", "close", "reopen"):
        assert signed_in(stranger).get(reverse(f"monitoring:{name}", args=[accident.public_id])).status_code == 404
    officer = make_user(Role.COMUNE_OFFICER, Ambito.objects.get(pk=access.ambito_id))
    assert signed_in(officer).get(reverse("monitoring:detail", args=[accident.public_id])).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_several(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    client, url = signed_in(worker), reverse("monitoring:list")

    def report(days: int) -> None:
        at = timezone.now() - timedelta(days=days)
        values = {"happened_at": at, "dynamics": "x", "harm": Harm.TREATED}
        services.report_accident(placement=running, by=access, today=timezone.localdate(), **values)

    inside(access, lambda: report(1))
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for days in range(2, 6):
        inside(access, lambda d=days: report(d))
    with CaptureQueriesContext(connection) as several:
        client.get(url)
    assert len(several) == len(one)
