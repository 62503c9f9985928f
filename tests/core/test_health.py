"""What monitors and the technician are told, by the doors they use; and what the log says, which is nothing about anybody."""

import json
import logging
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import health, jobs, logs, seals
from impresasolidale.core.models import Heartbeat, Job
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
WORD = {"Authorization": "Bearer parola-del-monitor"}


@pytest.fixture(autouse=True)
def _monitor(settings, monkeypatch, tmp_path):
    settings.MONITOR_TOKEN, settings.SEAL_DIR = "parola-del-monitor", tmp_path
    monkeypatch.setattr(health, "_storage_found", (float("-inf"), False))


def heard(**seconds_ago: int) -> None:
    for name, seconds in seconds_ago.items():
        Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() - timedelta(seconds=seconds)})


def told(client) -> dict:
    return client.get("/health.json", headers=WORD).json()["checks"]


def test_the_process_lives_and_is_ready_under_whatever_host_it_is_asked(client):
    for page in ("/livez", "/readyz"):
        answer = client.get(page, headers={"host": "10.0.0.7"})  # a balancer asks by address
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
    assert client.get("/readyz").json() == {"database": True, "migrations": True, "storage": True}
    assert client.post("/livez").status_code == 405


def test_what_is_vital_and_does_not_answer_is_not_ready_and_still_live(client, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        assert client.get("/livez").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"database": False, "migrations": False, "storage": True}
        assert "Non risponde (OperationalError)" in told(client)["database"]["words"]
    monkeypatch.setattr(health, "_storage_found", (float("-inf"), False))
    monkeypatch.setattr(default_storage, "save", gone)
    assert client.get("/readyz").json()["storage"] is False


def test_a_database_that_may_lose_what_it_confirmed_is_not_ready(client, settings):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    settings.DURABLE_DATABASE = True
    assert client.get("/readyz").json()["database"] is False
    assert "fsync" in told(client)["database"]["cure"]


def test_a_migration_that_is_missing_is_not_ready_and_says_what_to_do(client, monkeypatch):
    monkeypatch.setattr(health, "_on_disk", lambda: frozenset({("core", "0999_tomorrow")}))
    assert client.get("/readyz").status_code == 503
    assert "./impresa upgrade" in told(client)["migrations"]["cure"]


def test_the_probe_of_the_storage_leaves_no_file(client):
    client.get("/readyz")
    assert not default_storage.exists("health") or default_storage.listdir("health") == ([], [])


@pytest.mark.parametrize("page", ["/health.json", "/metrics"])
def test_details_are_for_who_knows_the_word(client, settings, page):
    assert client.get(page).status_code == 404
    assert client.get(page, headers={"Authorization": "Bearer un'altra"}).status_code == 404
    assert client.get(page, headers=WORD).status_code in {200, 503}
    settings.MONITOR_TOKEN = ""
    assert client.get(page, headers={"Authorization": "Bearer "}).status_code == 404


def test_each_silent_part_is_told_with_its_cure(client):
    heard(dispatcher=5, broker=5, worker=60, beat=400)
    found = told(client)
    assert [found[part]["state"] for part in ("dispatcher", "broker", "worker", "beat")] == ["good", "good", "bad", "bad"]
    assert found["worker"]["words"] == "Ultimo segno di vita 1 minuto fa."
    assert "Avvia un worker" in found["worker"]["cure"]
    heard(worker=44, beat=299)
    assert [told(client)[part]["state"] for part in ("worker", "beat")] == ["good", "good"]


@pytest.mark.parametrize(("hours", "state"), [(25, "good"), (27, "warn"), (51, "bad")])
def test_a_copy_grows_old(client, hours, state):
    heard(backup=hours * 3600)
    assert told(client)["backup"]["state"] == state


def test_a_queue_that_stands_and_jobs_that_failed(client):
    now = timezone.now()
    Job.objects.create(name="core.remind_deadlines", run_after=now - timedelta(minutes=6))
    Job.objects.create(name="core.remind_deadlines", run_after=now + timedelta(hours=1))  # not yet due
    Job.objects.create(name="core.remind_deadlines", state=Job.State.FAILED, run_after=now, finished_at=now)
    found = told(client)
    assert (found["queue"]["state"], found["failed"]["figure"]) == ("warn", 1)
    assert "1 in attesa, 0 in corso. Il primo aspetta da 6 minuti." in found["queue"]["words"]
    Job.objects.filter(state="queued").update(run_after=now - timedelta(minutes=31))
    assert told(client)["queue"]["state"] == "bad"


@pytest.mark.parametrize(("days", "state"), [(3700, "bad"), (3600, "warn"), (3000, "good")])
def test_the_seal_s_last_day_comes_near(client, settings, days, state):
    seals.make_key(settings.SEAL_DIR)  # ten years
    (check,) = health._told(lambda: health._seal(timezone.now() + timedelta(days=days)), "seal", "")
    assert check.tone == state


def test_metrics_are_in_the_text_that_prometheus_reads(client):
    heard(worker=5)
    Job.objects.create(name="core.remind_deadlines", run_after=timezone.now())
    lines = client.get("/metrics", headers=WORD).content.decode().splitlines()
    assert 'impresasolidale_state{part="worker"} 0' in lines
    assert 'impresasolidale_jobs{kind="core.remind_deadlines",state="queued"} 1' in lines
    assert all(line.startswith("# ") or line.rpartition(" ")[2].replace(".", "", 1).replace("-", "", 1).isdigit() for line in lines)


def test_the_technician_reads_it_and_others_do_not(signed_in, sondrio, worker, django_assert_max_num_queries):
    technician = signed_in(make_user(Role.TECHNICIAN, sondrio))
    with django_assert_max_num_queries(14):
        page = technician.get("/salute/").content.decode()
    assert "Avvia il dispatcher" in page
    assert "Non risulta nessuna copia" in page
    assert signed_in(worker).get("/salute/").status_code == 403


# --- The log


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(logs.JsonFormatter().format(record)))


@pytest.fixture
def log():
    handler, root = Kept(), logging.getLogger()
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)


def test_a_request_is_one_line_with_ids_and_no_address(signed_in, worker, sondrio, settings, log):
    settings.ACCESS_LOG = True
    number = "9b2e6c0c52a94b1d8f2f8d0f4f6c1a11"
    answer = signed_in(worker).get("/cerca/?q=Mario+Rossi", headers={"x-request-id": number})
    assert answer["X-Request-Id"] == number
    (line,) = [line for line in log if line["logger"] == "impresasolidale.access"]
    assert (line["request"], line["page"], line["status"]) == (number, "desk:search", 200)
    assert (line["user"], line["ambito"]) == (str(worker.public_id), sondrio.pk)
    assert line["queries"] > 0
    assert line["ms"] > 0
    text = json.dumps(line)
    assert not any(word in text for word in ("Rossi", "/cerca", worker.email, worker.last_name))


@pytest.mark.parametrize("given", ["", "x" * 32, "' OR 1=1", "9b2e\nfinto"])
def test_a_number_that_a_visitor_made_up_is_not_taken(client, given):
    assert client.get("/", headers={"x-request-id": given})["X-Request-Id"] not in {given, ""}


def test_a_personal_link_that_fails_leaves_no_key_in_the_log(log, settings):
    settings.ACCESS_LOG = True
    Client().get("/firma/segretissimo-della-persona/")
    Client().get("/non-esiste/segretissimo/")
    assert log
    assert "segretissimo" not in json.dumps(log)


def test_an_error_says_where_and_of_what_kind_and_not_of_whom(log, settings, monkeypatch):
    reported = []
    monkeypatch.setattr(logs, "import_string", lambda name: reported.append)
    settings.ERROR_REPORTER = "ente.segnala"
    with logs.bound(job=7):
        try:
            raise ValueError("Mario Rossi, RSSMRA80A01F205X")
        except ValueError:
            logging.getLogger("django.request").exception("Internal Server Error: %s", "/persone/mario-rossi/")
    (line,) = [line for line in log if line["logger"] == "django.request"]
    assert (line["error"], line["job"], line["message"]) == ("ValueError", 7, "Internal Server Error: %s")
    assert "test_health.py" in line["trace"][-1]
    assert "ossi" not in json.dumps(line)
    assert reported == [line]


def test_a_reporter_that_fails_makes_nothing_worse(settings):
    settings.ERROR_REPORTER = "nessuno.c_e"
    logs.Reporter().handle(logging.LogRecord("x", logging.ERROR, "", 1, "detto", (), None))


def test_a_job_s_lines_carry_its_number(db, log, monkeypatch):
    from impresasolidale.core.jobs import Kind

    monkeypatch.setitem(
        jobs.REGISTRY, "test.says", Kind("test.says", lambda run: logging.getLogger("impresasolidale.x").warning("ecco"), "")
    )
    row = Job.objects.create(name="test.says", run_after=timezone.now() - timedelta(seconds=5))
    jobs.run(row.pk)
    (line,) = [line for line in log if line["message"] == "ecco"]
    assert (line["job"], line["kind"]) == (row.pk, "test.says")
