"""Changes after the first signature, through the pages and the change of day: what they do, every refusal, who is kept out."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements import schedule, services
from placements.agreements.change_enums import ExtensionState
from placements.agreements.enums import CommunicationKind, PlacementState, ProjectState
from placements.agreements.models import Communication, EarlyEnd, ExtensionRequest, Placement, Suspension
from placements.agreements.services import DatedDay
from placements.beneficiaries.services import join_care_team
from tests.factories.agreements import end_early, make_placement, scan, sign_all, suspend
from tests.factories.changes import fresh, inside, project_data, seen, shorter, turned, url
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
S, V = PlacementState, ProjectState


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


# --- Amendments


def test_an_amendment_from_the_page_to_the_days(worker: User, access: Access, signed_in: Any) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)
    page = client.get(url("amend", placement)).content.decode()
    assert "Arrivare da sola con il pullman" in page and "400,00" in page  # what is in force is written already
    assert client.post(url("amend", placement), project_data(placement, access, from_2="", hours_2="")).status_code == 303
    with scope(access.scope):
        version = placement.projects.get(version=2)
        assert (version.kind, version.state, version.weekly_minutes, version.ends_on) == ("amendment", V.DRAFTED, 240, placement.ends_on)
    detail = client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    assert "Modifica (addendum) dal 30/11/2026: in preparazione" in detail
    assert client.post(url("version_step", placement, 2, "issued"), seen(placement, access)).status_code == 303
    with scope(access.scope):
        version.refresh_from_db()
        assert version.document and version.document.supersedes is None and version.document.kind == "agreements.amendment"
        assert [line[0] for line in version.document.context["changes"]] == ["Orario", "Ore alla settimana"]
        sign_all(access, version.document, on=TODAY)
        states = list(placement.projects.order_by("version").values_list("state", flat=True))
        assert states == [V.SUPERSEDED, V.EFFECTIVE]
        assert Job.objects.filter(name="attendance.resync", arguments__since="2026-11-30").exists()
        # the old week holds to 29 November, the new one from the 30th: 4 h on Mondays and Wednesdays, then on Mondays alone
        assert schedule.project_on(placement, date(2026, 11, 29)).version == 1
        assert schedule.project_on(placement, date(2026, 11, 30)).version == 2
        planned = schedule.plan_between(Placement.objects.get(pk=placement.pk), date(2026, 11, 23), date(2026, 12, 9))
        # Wednesday 9 December is no longer expected, Tuesday 8 never was
        assert [slot.day.isoformat() for slot in planned] == ["2026-11-23", "2026-11-25", "2026-11-30", "2026-12-07"]
    changes = client.get(url("changes", placement)).content.decode()
    assert "vale oggi" in changes and "Lunedì dalle 09:00 alle 13:00" in changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "non cambia niente"),
        ({"hours_0": "3", "on": TODAY - timedelta(days=2)}, "infortunio o malattia"),
        ({"hours_0": "3", "on": date(2029, 1, 1)}, "dentro il periodo"),
        ({"hours_0": "9"}, "metti la spunta"),
        ({"dates": "12/01/2027 9:00 3:30"}, "o la settimana"),
        ({"dates": "domani"}, "Riga 1"),
        ({"from_0": "", "hours_0": "", "from_2": "", "hours_2": "", "dates": "12/01/2029 9:00 3"}, "fuori dal periodo"),
        ({"from_0": "", "hours_0": "", "from_2": "", "hours_2": ""}, "almeno un giorno"),
        ({"reason": ""}, "obbligatorio"),
        ({"hours_0": "3", "allowance_amount": ""}, "importo del contributo"),
    ],
)
def test_an_amendment_that_cannot_be(changes: dict[str, Any], words: str, worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.ACTIVE))
    answer = signed_in(worker).post(url("amend", placement), project_data(placement, access, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page, page[page.find("error") :][:2000]
    assert "Aiuto in laboratorio" in page
    assert inside(access, lambda: placement.projects.count()) == 1


def test_irregular_days_are_planned_and_printed(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE)
    dates = tuple(DatedDay(day=date(2026, 12, n), starts_at=time(14), minutes=180) for n in (1, 3, 8, 10))  # the 8th is a holiday
    version = shorter(access, placement, on=date(2026, 12, 1), week=(), dates=dates)
    assert version.weekly_minutes == 360  # busiest week: 1 and 3 December
    version = services.issue_change(project=version, by=access, today=TODAY)
    assert "01/12/2026 dalle 14:00 alle 17:00" in version.document.context["changes"][0][2]  # type: ignore[union-attr, index, call-overload]
    sign_all(access, version.document, on=TODAY)  # type: ignore[arg-type]
    planned = schedule.plan_between(Placement.objects.get(pk=placement.pk), date(2026, 11, 30), date(2026, 12, 31))
    assert [(slot.day.day, slot.minutes) for slot in planned] == [(30, 240), (1, 180), (3, 180), (10, 180)]
    assert schedule.project_hours(placement, version).total == 540


def test_one_change_at_a_time_and_the_second_sees_the_first(worker: User, access: Access, sondrio: Ambito, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.ACTIVE))
    colleague = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    inside(access, lambda: join_care_team(beneficiary=placement.beneficiary, user=colleague, role="member", by=access, today=TODAY))
    mine, theirs = (project_data(placement, access, hours_0=h) for h in ("3", "2"))
    assert signed_in(colleague).post(url("amend", placement), theirs).status_code == 303
    answer = signed_in(worker).post(url("amend", placement), mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Che cosa è successo nel frattempo" in page and "social_worker 2" in page and 'value="3' in page
    again = signed_in(worker).post(url("amend", placement), {**mine, **seen(placement, access)})
    assert again.status_code == 409 and "già una modifica in preparazione" in again.content.decode()


@pytest.mark.parametrize(("step", "state"), [("rejected", V.REJECTED), ("withdrawn", V.WITHDRAWN)])
def test_a_change_that_falls(step: str, state: str, worker: User, access: Access, signed_in: Any) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)
    inside(access, lambda: services.issue_change(project=shorter(access, placement, on=TODAY), by=access, today=TODAY))
    assert client.get(url("version_step", placement, 2, step)).status_code == 200
    assert client.post(url("version_step", placement, 2, step), {**seen(placement, access), "reason": " "}).status_code == 422
    assert client.post(url("version_step", placement, 2, step), {**seen(placement, access), "reason": "L'impresa no"}).status_code == 303
    with scope(access.scope):
        assert list(placement.projects.order_by("version").values_list("state", flat=True)) == [V.EFFECTIVE, state]
        assert not Todo.objects.filter(kind="agreements.change_to_sign", done_at=None).exists()
    assert client.post(url("version_step", placement, 2, step), {**seen(placement, access), "reason": "Ancora"}).status_code == 409
    assert client.get(url("version_step", placement, 2, "effective")).status_code == 404


# --- Suspensions


def test_a_pause_begins_and_ends_by_itself(worker: User, access: Access, signed_in: Any) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)
    values = {
        **seen(placement, access),
        "cause": "closure",
        "starts_on": date(2026, 12, 23),
        "ends_on": date(2027, 1, 3),
        "moves_end": "on",
    }
    assert client.get(url("suspend", placement)).status_code == 200
    assert client.post(url("suspend", placement), values).status_code == 303
    assert fresh(placement, access).state == S.ACTIVE
    assert (
        "Sospensione dal 23/12/2026 al 03/01/2027" in client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    )
    with scope(access.scope):
        row = Placement.objects.get(pk=placement.pk)
        planned = [slot.day for slot in schedule.plan_between(row, date(2026, 12, 21), date(2027, 1, 6))]
        assert planned == [date(2026, 12, 21), date(2027, 1, 4)]  # Wednesday 6 is Epiphany
    assert turned(date(2026, 12, 22)) == {}
    assert turned(date(2026, 12, 23)) == {"suspended": 1}
    assert turned(date(2027, 1, 3)) == {}
    assert turned(date(2027, 1, 4)) == {"resumed": 1}
    assert turned(date(2027, 1, 4)) == {}
    with scope(access.scope):
        todo = Todo.objects.get(kind="agreements.slid_end", subject_id=placement.pk)
        end = placement.ends_on + timedelta(days=12)
        assert f"{end:%d/%m/%Y}" in todo.title
    page = client.get(todo.url).content.decode()
    assert f'value="{end.isoformat()}"' in page and "Recupero della sospensione" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"starts_on": TODAY - timedelta(days=3)}, "da oggi in poi"),
        ({"cause": "other", "note": ""}, "due parole"),
        ({"ends_on": date(2029, 1, 1)}, "non può durare di più"),
        ({"starts_on": date(2026, 12, 10), "ends_on": date(2026, 12, 9)}, "prima di quella di inizio"),
        ({"starts_on": date(2026, 12, 1), "ends_on": ""}, "già una sospensione"),
        ({"cause": ""}, "obbligatorio"),
    ],
)
def test_a_pause_that_cannot_be(values: dict[str, Any], words: str, worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.ACTIVE))
    inside(access, lambda: suspend(access, placement, starts_on=date(2026, 12, 23), ends_on=date(2026, 12, 31)))
    given = {"cause": "host", "starts_on": TODAY, "ends_on": TODAY + timedelta(days=5), "note": "Inventario", **values}
    answer = signed_in(worker).post(url("suspend", placement), {**seen(placement, access), **given})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert inside(access, lambda: Suspension.objects.count()) == 1


def test_many_days_want_a_tick_or_are_refused(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE, ends_on=date(2027, 10, 31))
    long = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=180)}  # 181 days
    with pytest.raises(DomainError, match="181 giorni") as refusal:
        suspend(access, placement, **long)
    assert refusal.value.field == "confirmed"
    assert suspend(access, placement, confirmed=True, **long).state == S.SUSPENDED
    with pytest.raises(IntegrityError, match="agreements_suspension_apart"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO agreements_suspension (public_id, created_at, ambito_id, placement_id, starts_on, cause, note, moves_end)"
            " SELECT gen_random_uuid(), now(), ambito_id, id, %s, 'host', '', true FROM agreements_placement WHERE id = %s",
            [TODAY + timedelta(days=100), placement.pk],
        )


def test_a_resumption_ahead_and_a_pause_taken_back(worker: User, access: Access, signed_in: Any) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.SUSPENDED)), signed_in(worker)
    assert client.post(url("resume", placement), {**seen(placement, access), "on": TODAY + timedelta(days=7)}).status_code == 303
    assert fresh(placement, access).state == S.SUSPENDED
    assert inside(access, lambda: placement.suspensions.get().ends_on) == TODAY + timedelta(days=6)
    assert turned(TODAY + timedelta(days=7)) == {"resumed": 1}
    pause = inside(
        access, lambda: suspend(access, placement, starts_on=date(2027, 1, 7), ends_on=date(2027, 1, 9)).suspensions.latest("id")
    )
    page = url("cancel_suspension", placement, pause.public_id)
    assert client.get(page).status_code == 200
    assert client.post(page, {**seen(placement, access), "reason": ""}).status_code == 422
    assert client.post(page, {**seen(placement, access), "reason": "L'impresa resta aperta"}).status_code == 303
    assert inside(access, lambda: placement.suspensions.count()) == 1


# --- Extensions


def ask(client: Any, placement: Placement, access: Access, **changes: Any) -> Any:
    values = {"asked_by": "host", "asked_on": TODAY, "until": placement.ends_on + timedelta(days=60), "motive": "Sta imparando"}
    return client.post(url("ask_extension", placement), {**seen(placement, access), **values, **changes})


def test_an_extension_asked_granted_signed(worker: User, coordinator: User, access: Access, signed_in: Any) -> None:
    placement, client, chief = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker), signed_in(coordinator)
    until = placement.ends_on + timedelta(days=60)
    assert "mesi in tutto" in client.get(url("ask_extension", placement)).content.decode()
    assert ask(client, placement, access, until=placement.ends_on).status_code == 422
    assert ask(client, placement, access).status_code == 303
    assert ask(client, placement, access).status_code == 409
    request = inside(access, lambda: ExtensionRequest.objects.get())
    page = url("decide_extension", placement, request.public_id)
    assert client.get(page).status_code == 403
    assert "Chiesta da: l&#x27;impresa" in chief.get(page).content.decode()
    assert chief.post(page, {"decision": "granted", "_submission": uuid.uuid4()}).status_code == 303
    again = chief.post(
        page, {"decision": "denied", "reason": "x", "alternative": "y", "_submission": uuid.uuid4()}
    )  # two coordinators at once
    assert again.status_code == 409 and "Proroga concessa" in again.content.decode()
    assert client.post(url("version_step", placement, 2, "issued"), seen(placement, access)).status_code == 303
    with scope(access.scope):
        version = placement.projects.get(version=2)
        assert (version.kind, version.effective_from, version.ends_on) == ("extension", placement.ends_on + timedelta(days=1), until)
        assert Placement.objects.get(pk=placement.pk).ends_on == placement.ends_on  # not before everybody signed
        sign_all(access, version.document, on=TODAY)
        assert Placement.objects.get(pk=placement.pk).ends_on == until
        assert Communication.objects.get(kind=CommunicationKind.EXTENSION).due_on == placement.ends_on + timedelta(days=6)
        assert not Todo.objects.filter(kind__startswith="agreements.extension", done_at=None).exists()


def test_a_no_says_why_and_what_instead(worker: User, coordinator: User, access: Access, signed_in: Any) -> None:
    placement, client, chief = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker), signed_in(coordinator)
    ask(client, placement, access)
    request = inside(access, lambda: ExtensionRequest.objects.get())
    page = url("decide_extension", placement, request.public_id)
    for values in ({"reason": "Ha imparato"}, {"alternative": "Corso di cucina"}):
        assert chief.post(page, {"decision": "denied", **values, "_submission": uuid.uuid4()}).status_code == 422
    values = {"decision": "denied", "reason": "Ha imparato", "alternative": "Corso di cucina", "_submission": uuid.uuid4()}
    assert chief.post(page, values).status_code == 303
    assert fresh(request, access).state == ExtensionState.DENIED
    assert "Corso di cucina" in client.get(url("changes", placement)).content.decode()
    with pytest.raises(IntegrityError, match="extension_denied"), scope(access.scope), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_extensionrequest SET alternative = '' WHERE id = %s", [request.pk])


def test_beyond_two_years_the_service_attests(worker: User, coordinator: User, access: Access, signed_in: Any) -> None:
    # 2 November 2026–1 October 2028 are 23 months; to 1 January 2029 they would be 26
    placement = inside(access, lambda: make_placement(access, S.ACTIVE, ends_on=date(2028, 10, 1)))
    client, chief, until = signed_in(worker), signed_in(coordinator), date(2029, 1, 1)
    ask(client, placement, access, until=until)
    page = url("decide_extension", placement, inside(access, lambda: ExtensionRequest.objects.get().public_id))
    refused = chief.post(page, {"decision": "granted", "_submission": uuid.uuid4()})
    assert refused.status_code == 422 and "26 mesi" in refused.content.decode()
    values = {"made_on": TODAY, "service": "Servizio sociale", "author": "Ada Prova", "protocol": "12/2026", "_submission": uuid.uuid4()}
    assert client.post(url("attest", placement), {**values, "until": TODAY, "file": scan()}).status_code == 422
    assert client.post(url("attest", placement), {**values, "until": until, "file": scan(), "_submission": uuid.uuid4()}).status_code == 303
    kept = inside(access, lambda: placement.attestations.get())
    assert b"".join(client.get(url("attestation", placement, kept.public_id))).startswith(b"%PDF")
    assert chief.post(page, {"decision": "granted", "_submission": uuid.uuid4()}).status_code == 303


# --- Early end


def test_an_early_end_ahead_is_kept_for_its_day(worker: User, access: Access, signed_in: Any) -> None:
    placement, client, last = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker), date(2026, 11, 30)
    values = {"last_day": last, "cause": "hired", "asked_by": "person", "next_step": "job", "note": "Assunta dal primo dicembre"}
    for missing in ("cause", "asked_by", "next_step", "note"):
        given = {**seen(placement, access), **values, missing: ""}
        assert client.post(url("end_early", placement), given).status_code == 422, missing
    assert client.get(url("end_early", placement)).status_code == 200
    assert client.post(url("end_early", placement), {**seen(placement, access), **values}).status_code == 303
    with scope(access.scope):
        row = Placement.objects.get(pk=placement.pk)
        assert row.state == S.ACTIVE
        assert [s.day for s in schedule.plan_between(row, date(2026, 11, 25), row.ends_on)] == [date(2026, 11, 25), last]
        assert Communication.objects.get(kind=CommunicationKind.EARLY_END).due_on == last + timedelta(days=5)
        shorter(access, placement, on=date(2026, 12, 7))  # falls with the placement
    assert client.post(url("end_early", placement), {**seen(placement, access), **values}).status_code == 409
    assert turned(last) == {}
    assert turned(last + timedelta(days=1)) == {"ended_early": 1}
    ended = fresh(placement, access)
    assert (ended.state, ended.ended_on) == (S.ENDED_EARLY, last)
    assert inside(access, lambda: placement.projects.get(version=2).state) == V.WITHDRAWN
    assert "Assunta dal primo dicembre" in client.get(url("changes", placement)).content.decode()


def test_the_placement_goes_on_after_all(worker: User, access: Access, signed_in: Any) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)
    inside(access, lambda: end_early(access, placement, TODAY + timedelta(days=9)))
    assert client.get(url("call_off_end", placement)).status_code == 200
    assert client.post(url("call_off_end", placement), {**seen(placement, access), "reason": ""}).status_code == 422
    assert client.post(url("call_off_end", placement), {**seen(placement, access), "reason": "Ci ripensa"}).status_code == 303
    assert turned(TODAY + timedelta(days=12)) == {} and not inside(access, lambda: EarlyEnd.objects.exists())
    assert inside(access, lambda: Communication.objects.get(kind=CommunicationKind.EARLY_END).annulled_reason) == "Il tirocinio va avanti."
