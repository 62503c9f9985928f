"""The telephone without a network, at the doors its script knocks at: the shell, the week's data, taps that come late, and twice."""

import json
import random
import re
import uuid
from datetime import date, timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve
from django.urls.base import get_script_prefix, set_script_prefix
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.models import Message, Todo
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import AttendanceEvent, CheckIn, Timesheet
from placements.attendance.services import portal
from placements.attendance.views.portal import ASSETS, Manifest
from tests.conftest import ReadingClient
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
DATA, SYNC = "/presenze/dati/", "/presenze/invio/"


@pytest.fixture
def phone(bakery, signed_in):
    return signed_in(bakery.user)


def tap(placement, day=TODAY, outcome="present", **more):
    return {
        "submission": str(uuid.uuid4()), "kind": "day", "basis": timezone.now().isoformat(), "placement": str(placement.public_id),
        "day": day.isoformat(), "outcome": outcome, "minutes": None, **more,
    }  # fmt: skip


def sync(client, *taps):
    response = client.post(SYNC, json.dumps({"taps": taps}), content_type="application/json")
    assert response.status_code == 200, response.content
    return response.json()["answers"]


# --- What the telephone keeps


def test_the_data_are_a_first_name_an_initial_and_minutes(phone, bakery, other_bakery):
    found = phone.get(DATA).json()
    (person,) = found["people"]
    who = bakery.placement.beneficiary
    assert person["name"] == f"{who.first_name} {who.last_name[0]}."
    assert [(d["day"], d["planned"]) for d in person["days"]] == [(f"2026-11-{n}", 240) for n in (16, 17, 18, 19)]
    assert set(person) == {"id", "name", "paused", "runs", "days"}
    assert set(person["days"][0]) == {"day", "planned", "at", "outcome", "label", "minutes", "open", "word", "word_at"}
    assert who.last_name not in json.dumps(found) and other_bakery.placement.beneficiary.first_name not in json.dumps(found)
    assert found["csrf"] and re.fullmatch(r"[0-9a-f]{16}", found["holder"])  # a keyed hash: it says nothing of who


def test_nobody_s_data_are_in_the_shell(phone, bakery, client):
    mine, stranger = phone.get("/presenze/app/").content.decode(), client.get("/presenze/app/").content.decode()
    for page in (mine, stranger):
        assert bakery.placement.beneficiary.first_name not in page and str(bakery.user) not in page
        assert "csrfmiddlewaretoken" not in page and bakery.user.email not in page
    assert mine == stranger  # the same for everybody


def test_the_worker_s_realm_is_the_portal(client):
    response = client.get("/presenze/sw.js")
    assert response["Service-Worker-Allowed"] == "/presenze/"
    assert response["Content-Type"].startswith("text/javascript")
    source = response.content.decode()
    assert '"{version}"' not in source and '["{keep}"]' not in source
    for name in ASSETS:
        assert finders.find(name), name
        assert f"/static/{name}" in source


def test_the_manifest_names_files_that_exist(client):
    response = client.get("/presenze/app.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert {manifest[name] for name in ("start_url", "scope", "id")} == {"/presenze/"}
    assert len(manifest["icons"]) == 4
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon
    for shortcut in manifest["shortcuts"]:
        assert resolve(shortcut["url"])
    assert '<link rel="manifest" href="/presenze/app.webmanifest">' in client.get("/presenze/app/").content.decode()


def test_under_a_path_the_manifest_leads_there(rf):
    before = get_script_prefix()
    set_script_prefix("/impresasolidale/")
    try:
        manifest = json.loads(Manifest.as_view()(rf.get("/presenze/app.webmanifest")).content)
    finally:
        set_script_prefix(before)
    assert {manifest[name] for name in ("start_url", "scope", "id")} == {"/impresasolidale/presenze/"}
    assert all(shortcut["url"].startswith("/impresasolidale/presenze/") for shortcut in manifest["shortcuts"])


def test_everything_the_shell_needs_is_kept(client):
    page = client.get("/presenze/app/").content.decode()
    needed = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page))
    assert needed <= set(ASSETS), needed - set(ASSETS)


def test_who_is_not_in_is_told_with_401(client):
    assert client.get(DATA).status_code == 401
    assert client.post(SYNC, "{}", content_type="application/json").status_code == 401
    assert client.get(DATA).json() == {"sign_in": "/accesso/"}


def test_taps_want_a_token(bakery):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bakery.user, backend="django.contrib.auth.backends.ModelBackend")
    body = json.dumps({"taps": [tap(bakery.placement)]})
    assert client.post(SYNC, body, content_type="application/json").status_code == 403
    token = client.get(DATA).json()["csrf"]
    assert client.post(SYNC, body, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 200


def test_the_office_has_no_telephone(worker, signed_in):
    office = signed_in(worker)
    assert office.get(DATA).status_code == 403
    assert office.post(SYNC, "{}", content_type="application/json").status_code in (400, 403)


@pytest.mark.parametrize(
    "body", ["", "boh", "[]", "{}", '{"taps": 3}', '{"taps": [{}]}', '{"taps": [{"submission": "boh"}]}', '{"taps": ["x"]}']
)
def test_what_no_script_of_ours_sends_is_400(phone, body):
    assert phone.post(SYNC, body, content_type="application/json").status_code == 400


# --- F13: forty taps of two days, sent twice


def test_forty_taps_sent_twice_count_once_each_and_in_order(phone, bakery, in_sondrio):
    days = [date(2026, 11, 16), date(2026, 11, 17)]
    taps = [tap(bakery.placement, days[n % 2], ["present", "sick", "justified", "withdrawn"][n // 2 % 4]) for n in range(40)]
    first = sync(phone, *taps)
    assert [a["state"] for a in first] == ["done"] * 40
    again = sync(phone, *taps)
    assert again == first
    said = list(AttendanceEvent.objects.order_by("id").values_list("submission", "day", "outcome"))
    assert said == [(uuid.UUID(t["submission"]), date.fromisoformat(t["day"]), t["outcome"]) for t in taps]


def test_a_lost_answer_and_a_cut_batch_change_nothing(phone, bakery, in_sondrio):
    """The telephone asks again from anywhere: what the server knows already is answered as before."""
    rng = random.Random(4711)
    taps = [tap(bakery.placement, date(2026, 11, 16), ["present", "withdrawn"][n % 2]) for n in range(12)]
    heard = 0
    while heard < len(taps):
        reach = min(len(taps), heard + rng.randint(1, 5))
        sync(phone, *taps[max(0, heard - rng.randint(0, 3)) : reach])
        heard = reach
    said = AttendanceEvent.objects.order_by("id").values_list("submission", flat=True)
    assert [str(s) for s in said] == [t["submission"] for t in taps]


def test_a_post_that_was_heard_and_is_sent_again_is_one_row(phone, bakery, in_sondrio):
    one = tap(bakery.placement)
    phone.post(
        f"/presenze/{bakery.placement.public_id}/registra/",
        {"day": one["day"], "outcome": "present", "back": "today", "_submission": one["submission"]},
    )
    assert sync(phone, one)[0]["state"] == "done"
    assert AttendanceEvent.objects.count() == 1


# --- The week, and words


def test_a_week_confirmed_on_wednesday_says_nothing_of_thursday(phone, bakery, monkeypatch, in_sondrio):
    week = {"submission": str(uuid.uuid4()), "kind": "week", "day": "2026-11-18"}
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY + timedelta(days=2))
    for _ in range(2):
        assert sync(phone, week)[0]["state"] == "done"
    assert [d.day for d in AttendanceEvent.objects.order_by("day").values_list("day", flat=True)] == [16, 17, 18]


def test_a_word_kept_on_the_tutor_s_telephone(phone, bakery, in_sondrio):
    word = {"submission": str(uuid.uuid4()), "kind": "word", "placement": str(bakery.placement.public_id), "word": "here"}
    assert [sync(phone, word)[0]["state"] for _ in range(2)] == ["done", "done"]
    assert CheckIn.objects.get().source == "phone"


# --- Conflicts are said


def test_a_month_closed_meanwhile_is_said_and_the_office_can_be_asked(phone, bakery, in_sondrio):
    Timesheet.objects.filter(placement=bakery.placement, month=date(2026, 11, 1)).update(state="closed", closed_at=timezone.now())
    one = tap(bakery.placement, date(2026, 11, 16))
    after = tap(bakery.placement, date(2026, 10, 29))
    refused, done = sync(phone, one, after)
    assert (refused["state"], done["state"]) == ("refused", "done")  # the next one is not held up
    assert "già chiuso" in refused["words"] and refused["can_ask"]
    assert phone.get(refused["url"]).status_code == 200
    ask = {**one, "submission": str(uuid.uuid4()), "kind": "ask"}
    assert sync(phone, ask)[0]["state"] == "done"
    todo = Todo.objects.get(kind=portal.CONFLICT_TODO)
    assert "16/11/2026" in todo.title and "presente" in todo.title and todo.case_role == "referent"


def test_what_the_office_wrote_meanwhile_is_not_overwritten_unseen(phone, bakery, in_sondrio):
    day = date(2026, 11, 17)
    basis = timezone.now().isoformat()
    made.record(bakery.placement, day, "justified")
    (answer,) = sync(phone, tap(bakery.placement, day, basis=basis))
    assert answer["state"] == "refused" and "l’ufficio ha scritto «assente, avvisando»" in answer["words"]
    assert AttendanceEvent.objects.count() == 1
    assert sync(phone, tap(bakery.placement, day, "justified", basis=basis))[0]["state"] == "done"  # they agree
    assert sync(phone, tap(bakery.placement, day))[0]["state"] == "done"  # the tutor has seen it now


def test_the_tutor_s_own_words_are_no_conflict(phone, bakery, in_sondrio):
    basis = timezone.now().isoformat()
    first, second = tap(bakery.placement, basis=basis), tap(bakery.placement, outcome="sick", basis=basis)
    assert [a["state"] for a in sync(phone, first, second)] == ["done", "done"]
    assert AttendanceEvent.objects.latest("id").outcome == "sick"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "2026-11-20"}, "deve ancora venire"),
        ({"outcome": "appointment"}, "solo l’ufficio"),
        ({"outcome": "boh"}, "solo l’ufficio"),
        ({"minutes": 900}, "Scrivi da 1 minuto a 12 ore"),
        ({"minutes": -1}, "Scrivi da 1 minuto a 12 ore"),
        ({"placement": str(uuid.uuid4())}, "non è più affidata a te"),
        ({"placement": None}, "non si è salvato bene"),
        ({"kind": "boh"}, "non si è salvato bene"),
        ({"day": None}, "non si è salvato bene"),
        ({"kind": "word", "word": "boh"}, "non si è salvato bene"),
    ],
)
def test_what_cannot_be_is_answered_in_words(phone, bakery, in_sondrio, change, words):
    (answer,) = sync(phone, {**tap(bakery.placement), **change})
    assert answer["state"] == "refused" and words in answer["words"]
    assert not AttendanceEvent.objects.exists()


def test_somebody_else_s_person_is_nobody(phone, other_bakery, in_sondrio):
    one = tap(other_bakery.placement)
    for kind in ("day", "word", "ask"):
        (answer,) = sync(phone, {**one, "kind": kind, "word": "here"})
        assert answer["state"] == "refused" and other_bakery.placement.beneficiary.first_name not in answer["words"]
    assert not AttendanceEvent.objects.exists() and not CheckIn.objects.exists() and not Todo.objects.exists()


def test_a_pause_that_began_meanwhile_is_said(phone, bakery, in_sondrio):
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.SUSPENDED)
    (answer,) = sync(phone, tap(bakery.placement))
    assert answer["state"] == "refused" and "sospeso" in answer["words"]


# --- Budgets


def test_a_kept_tap_and_the_data_keep_their_budgets(phone, bakery):
    with OwnQueries() as one:
        sync(phone, tap(bakery.placement, date(2026, 11, 16)))
    assert len(one) <= 6, one
    with OwnQueries() as data:
        phone.get(DATA)
    for number in range(3, 12):
        made.make_running_placement(bakery.placement.ambito, bakery.tutor, bakery.company, number=number)
    with OwnQueries() as many:
        assert len(phone.get(DATA).json()["people"]) == 10
    assert len(many) == len(data) <= 8, many


def test_signing_out_forgets_the_telephone(bakery, signed_in):
    response = signed_in(bakery.user).post("/accesso/esci/", {"_submission": str(uuid.uuid4())})
    assert response["Clear-Site-Data"] == '"storage"'


def test_by_link_the_holder_is_the_same_tutor(phone, bakery, worker):
    access = access_for(worker)
    with scope(access.scope):
        portal.send_link(tutor=bakery.tutor, channel=Message.Channel.EMAIL, by=access, now=timezone.now(), today=TODAY)
        token = re.search(r"/apri/([\w-]+)/", Message.objects.latest("id").body)[1]
    by_link = ReadingClient()
    by_link.get(f"/presenze/apri/{token}/")
    assert by_link.get(DATA).json()["holder"] == phone.get(DATA).json()["holder"]
    one = tap(bakery.placement)
    assert sync(by_link, one)[0]["state"] == "done"
    assert sync(phone, one)[0]["state"] == "done"
