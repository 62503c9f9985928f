"""Other programs are told what happens: in the transaction of the fact, signed, once more when they did not hear, never of whom."""

import base64
import hashlib
import hmac
import json
import re
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from impresasolidale.core import jobs, outside
from impresasolidale.core.audit import record_fact, record_states
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Fact, Job, Todo
from impresasolidale.core.scope import Scope, scope
from impresasolidale.exchange import hooks
from impresasolidale.exchange.models import Hook, HookNotice
from impresasolidale.exchange.services import hooks as services
from placements.attendance.transitions import TIMESHEET
from tests.factories.attendance import make_running_placement, system
from tests.support import listener as others
from tests.support.listener import NAME, say
from tests.support.machines import machines
from tests.support.sources import ours, text

pytestmark = pytest.mark.django_db
CREATED = "agreements.placement.created"
PAGES = ("hooks", "new_hook", "hook", "change_hook", "new_hook_secret", "switch_hook_off", "switch_hook_on", "test_hook")


def add(access, program, events=(CREATED,), **changes):
    values = {"name": "Cartella", "url": program.url, "events": list(events), **changes}
    return services.add_hook(**values, by=access)


def waiting():
    return Job.objects.filter(name="exchange.tell", state="queued").order_by("id")


def work(now=None):
    """The worker: what is due by now."""
    for pk in waiting().filter(run_after__lte=now or timezone.now()).values_list("pk", flat=True):
        Job.objects.filter(pk=pk).update(run_after=timezone.now())
        jobs.run(pk)


def happen(placement, access, code=CREATED):
    return record_fact(code, placement, by=access)


def verify(headers, body, secret):
    """As a program that reads the standard does it (standardwebhooks.com), from what came over the wire alone."""
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.digest(base64.b64decode(secret[6:]), said, hashlib.sha256)).decode()
    return right in [each[3:] for each in headers["webhook-signature"].split(" ") if each.startswith("v1,")]


# --- What is told, and of what


def test_the_signature_is_that_of_the_standard():
    """Its own worked example."""
    secret, said = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert hooks.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, said) == right


def test_a_fact_reaches_the_program_signed_and_without_a_name(access, program, running):
    _hook, secret = add(access, program)
    fact = happen(running, access)
    work()
    ((path, headers, body),) = program.heard
    assert path == "/avvisi" and headers["content-type"] == "application/json" and verify(headers, body, secret)
    assert not verify(headers, body + b" ", secret) and not verify(headers, body, hooks.new_secret())
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300
    said = json.loads(body)
    assert said.keys() == {"type", "timestamp", "data"} and said["type"] == "placement.created"
    assert said["timestamp"] == fact.at.isoformat()
    url = reverse("api:placement-detail", args=[running.public_id])
    assert said["data"] == {"id": str(running.public_id), "url": f"http://127.0.0.1:8000{url}"}
    for hidden in (str(running.beneficiary), running.beneficiary.last_name, running.company.name, running.beneficiary.codice_fiscale):
        assert hidden not in body.decode()
    notice = HookNotice.objects.get()
    assert (notice.outcome, notice.attempts, notice.status, notice.fault) == ("sent", 1, 204, "")


def test_only_what_was_chosen_of_this_ambito_by_programs_that_are_on(access, program, running, tirano):
    hook, _secret = add(access, program)
    other, _secret = add(access, program, name="Altro", events=["agreements.placement.ended"])
    off, _secret = add(access, program, name="Spento")
    services.switch_hook(hook=off, is_on=False, by=access)
    happen(running, access)
    happen(running, access, "agreements.placement.benefits_checked")
    with scope(system(tirano).scope):
        record_fact(CREATED, tirano, by=system(tirano))
        assert not HookNotice.objects.exists()
    assert list(HookNotice.objects.values_list("hook_id", "code")) == [(hook.pk, CREATED)] and not other.notices.exists()


def test_what_did_not_happen_is_not_told_and_what_happened_together_is_told_each(access, program, running):
    add(access, program, ["attendance.timesheet.frozen", CREATED])
    try:
        with transaction.atomic():
            happen(running, access)
            assert HookNotice.objects.count() == 1
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert not HookNotice.objects.exists() and not waiting().exists()
    company = running.company
    pair = [running, make_running_placement(running.ambito, running.company_tutor, company, number=9)]
    record_states(TIMESHEET, TIMESHEET["frozen"], pair, before="confirmed", by=access)  # many facts by one statement
    assert HookNotice.objects.count() == waiting().count() == 2


def test_who_reaches_no_program_still_causes_a_notice(access, program, running):
    """A tutor's scope sees nothing of the office; what it does is told all the same."""
    add(access, program)
    only = {"placement": frozenset({running.pk}), "company": frozenset({running.company_id})}
    with scope(Scope(networks=frozenset({access.network_id}), ambiti=frozenset({access.ambito_id}), only=only)):
        assert not Hook.objects.exists()
        happen(running, system(running.ambito))
    assert HookNotice.objects.count() == 1


def test_every_event_is_a_fact_that_is_written_and_leads_to_the_api():
    steps = {f"{machine.code}.{step.name}" for machine in machines() for step in machine.transitions}
    written = {code for path in ours() for code in re.findall(r'record_fact\(\s*"([a-z_.]+)"', text(path))}
    assert hooks.EVENTS.keys() <= steps | written
    for event in hooks.EVENTS.values():
        assert reverse(event.route, args=["0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11"])
    assert len({event.name for event in hooks.EVENTS.values()}) == len(hooks.EVENTS)


def test_what_is_told_stands_in_the_description_of_the_api(access, program, running):
    schema = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    assert schema["webhooks"].keys() == {event.name for event in hooks.EVENTS.values()}
    add(access, program)
    happen(running, access)
    work()
    shape = {**schema["components"]["schemas"]["Notice"], "additionalProperties": False}
    for told in (json.loads(program.heard[0][2]), schema["webhooks"]["placement.created"]["post"]["requestBody"]["content"]):
        body = told.get("application/json", {}).get("example", told)
        assert not list(Draft202012Validator(shape, format_checker=FormatChecker()).iter_errors(body)), body
    page = Path(settings.BASE_DIR, "docs", "operations", "api.md").read_text()
    assert all(f"`{event.name}`" in page for event in hooks.EVENTS.values())


# --- When nobody listens


@pytest.mark.parametrize(
    ("answers", "fault", "status"),
    [
        (say(500), "status", 500),
        (say(404), "status", 404),
        (say(302, Location="https://127.0.0.1:1/altrove"), "elsewhere", 302),
        (say(200), "", 200),
    ],
)
def test_what_the_program_answers(access, program, running, answers, fault, status):
    add(access, program)
    happen(running, access)
    program.answers = answers
    work()
    notice = HookNotice.objects.get()
    assert (notice.fault, notice.status, len(program.heard)) == (fault, status, 1)
    assert notice.outcome == ("waiting" if fault else "sent")


@pytest.mark.parametrize("answers", [others.never, others.drop_by_drop])
def test_who_never_answers_or_too_slowly_costs_no_more_than_the_patience(access, program, running, monkeypatch, answers):
    monkeypatch.setattr(outside.post_to, "__kwdefaults__", {**outside.post_to.__kwdefaults__, "timeout": 1.0})
    add(access, program)
    happen(running, access)
    program.answers = answers
    work()
    notice = HookNotice.objects.get()
    assert (notice.fault, notice.outcome, notice.status) == ("silent", "waiting", None)
    assert (notice.hook.failures, notice.attempts) == (1, 1)


def test_an_answer_without_end_is_not_read(access, program, running):
    add(access, program)
    happen(running, access)
    program.answers = others.endless
    work()
    assert HookNotice.objects.get().outcome == "sent"


def test_nobody_there_and_a_certificate_of_nobody(access, program, running, monkeypatch):
    add(access, program)
    happen(running, access)
    monkeypatch.delenv("SSL_CERT_FILE")
    work()
    assert HookNotice.objects.get().fault == "safety" and not program.heard
    program.close()
    Hook.objects.update(quiet_until=None)
    work(timezone.now() + timedelta(hours=1))
    assert HookNotice.objects.get().fault == "closed"


def test_five_attempts_over_a_day_with_the_same_id_and_body(access, program, running):
    add(access, program)
    happen(running, access)
    program.answers = say(503)
    start = timezone.now()
    gaps = []
    for _attempt in range(5):
        Hook.objects.update(quiet_until=None)
        notice = HookNotice.objects.get()
        gaps.append(notice.due_at - start)
        assert waiting().count() == 1
        work(timezone.now() + timedelta(days=1))
    notice = HookNotice.objects.get()
    assert (notice.outcome, notice.attempts, len(program.heard), waiting().count()) == ("failed", 5, 5, 0)
    assert gaps[1] < timedelta(minutes=2) and timedelta(hours=19) < gaps[4] < timedelta(days=1)
    assert len({(headers["webhook-id"], body) for _path, headers, body in program.heard}) == 1


def test_a_program_that_does_not_answer_is_left_alone_for_all_its_notices(access, program, running):
    """A thousand notices for a program that is down are one call, not a thousand."""
    hook, _secret = add(access, program)
    for _n in range(4):
        happen(running, access)
    program.answers = say(500)
    work()
    assert len(program.heard) == 1
    assert sorted(HookNotice.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1]
    program.answers = say(200)
    Hook.objects.update(quiet_until=timezone.now())
    work(timezone.now() + timedelta(minutes=2))
    assert not HookNotice.objects.exclude(outcome="sent").exists() and len(program.heard) == 5
    hook.refresh_from_db()
    assert (hook.failures, hook.failing_since, hook.quiet_until) == (0, None, None)


def test_after_five_days_it_is_switched_off_and_somebody_is_told(access, program, running):
    hook, _secret = add(access, program)
    program.answers = say(500)
    happen(running, access)
    work()
    Hook.objects.update(failing_since=timezone.now() - timedelta(days=5), quiet_until=None)
    happen(running, access)
    work(timezone.now() + timedelta(seconds=1))
    hook.refresh_from_db()
    assert not hook.is_on
    todo = Todo.objects.get(kind="exchange.hook_off", done_at=None)
    assert (todo.role, todo.url) == (Role.COORDINATOR, reverse("exchange:hook", args=[hook.public_id]))
    assert Fact.objects.filter(code="exchange.hook.given_up", subject_id=hook.pk).exists()
    called = len(program.heard)
    happen(running, access)  # is not even noted
    work(timezone.now() + timedelta(days=2))  # what still waited is given up
    assert len(program.heard) == called and not HookNotice.objects.filter(outcome="waiting").exists()
    services.switch_hook(hook=hook, is_on=True, by=access)
    assert not Todo.objects.filter(kind="exchange.hook_off", done_at=None).exists()
    program.answers = say(200)
    happen(running, access)
    work()
    assert HookNotice.objects.latest("id").outcome == "sent"


def test_who_says_gone_is_switched_off_at_once(access, program, running):
    hook, _secret = add(access, program)
    program.answers = say(410)
    happen(running, access)
    work()
    hook.refresh_from_db()
    assert not hook.is_on and HookNotice.objects.get().fault == "gone" and Todo.objects.filter(kind="exchange.hook_off").exists()


def test_what_is_gone_meanwhile_is_not_told(access, program, running):
    add(access, program)
    happen(running, access)
    HookNotice.objects.update(subject_id=0)
    work()
    assert HookNotice.objects.get().fault == "missing" and not program.heard


def test_a_worker_that_dies_after_the_call_tells_it_again_with_the_same_id(access, program, running, monkeypatch):
    """Between the call and the commit: at least once, and the id says that it is the same."""
    add(access, program)
    happen(running, access)
    job = waiting().get()
    whole = services._finish

    def dies(*args, **kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr(services, "_finish", dies)
    jobs.run(job.pk)
    assert HookNotice.objects.get().outcome == "waiting" and HookNotice.objects.get().attempts == 0
    monkeypatch.setattr(services, "_finish", whole)
    work(timezone.now() + timedelta(minutes=5))
    assert HookNotice.objects.get().outcome == "sent" and len(program.heard) == 2
    assert len({headers["webhook-id"] for _path, headers, _body in program.heard}) == 1
    jobs.run(job.pk)  # done is done
    assert len(program.heard) == 2


# --- Addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://programma.example.org/", "ftp://programma.example.org/", "https://", "programma.example.org", "https://io:segreto@example.org/",
        "https://example.org/#qui", "https://localhost/", "https://127.0.0.1/", "https://10.1.2.3/", "https://169.254.169.254/latest/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/", "https://172.16.0.9:8443/", "https://100.64.0.1/",
        "https://[64:ff9b::a00:1]/", "https://router.lan/", "https://intranet/", "https://0.0.0.0/", "https://example.org:99999/",
        "https://example.org/ due", "https://example.org\\@127.0.0.1/", "https://224.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_lies_inside_is_refused(office, url):
    answer = office.post(reverse("exchange:new_hook"), {"name": "Prova", "url": url, "events": [CREATED]})
    assert answer.status_code == 422 and answer.context["form"].errors["url"]
    assert not Hook.objects.exists()


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:192.168.1.1", "2002:a00:1::1"]
)
def test_a_name_that_leads_inside_is_not_called(access, program, running, monkeypatch, inside):
    add(access, program, url=f"https://{NAME}:{program.port}/")
    happen(running, access)
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)), (family, socket.SOCK_STREAM, 6, "", (inside, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: entries)
    work()
    assert HookNotice.objects.get().fault == "inside" and not program.heard


def test_a_name_is_looked_up_once_and_called_where_it_was(access, program, running, monkeypatch, settings):
    """What it says the second time does not count; the certificate is that of the name."""
    settings.HOOK_HOSTS = [NAME]
    add(access, program, url=f"https://{NAME}:{program.port}/x?chiave=1")
    happen(running, access)
    asked = []

    def look_up(host, *args, **kwargs):
        asked.append(host)
        assert host == NAME and len(asked) == 1, "the name is asked once"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", program.port))]

    whole = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: look_up(host) if host == NAME else whole(host, *a, **k))
    work()
    assert (
        HookNotice.objects.get().outcome == "sent" and program.heard[0][0] == "/x?chiave=1" and program.heard[0][1]["host"].startswith(NAME)
    )


def test_a_name_that_nobody_has(access, program, running, monkeypatch):
    def nobody(*args, **kwargs):
        raise socket.gaierror("nobody")

    add(access, program, url="https://nessuno.example.org/")
    happen(running, access)
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    work()
    assert HookNotice.objects.get().fault == "name"


# --- The pages


def test_a_coordinator_adds_a_program_sees_its_secret_once_and_tries_it(office, access, program):
    answer = office.post(reverse("exchange:new_hook"), {"name": "Cartella", "url": program.url, "events": [CREATED]})
    hook = Hook.objects.get()
    assert answer.status_code == 303 and answer["Location"] == reverse("exchange:hook", args=[hook.public_id])
    assert hook.secret.startswith("whsec_") and len(base64.b64decode(hook.secret[6:])) == 24
    assert hook.secret in office.get(answer["Location"]).content.decode()
    assert hook.secret not in office.get(answer["Location"]).content.decode()
    assert office.post(reverse("exchange:test_hook", args=[hook.public_id])).status_code == 303
    work()
    ((_path, headers, body),) = program.heard
    assert verify(headers, body, hook.secret) and json.loads(body)["type"] == "hook.test"
    shown = office.get(answer["Location"]).content.decode()
    assert "Prova" in shown and "arrivato" in shown and "Manda di nuovo" in shown
    assert "Cartella" in office.get(reverse("exchange:hooks")).content.decode()


def test_a_new_secret_signs_beside_the_old_one_for_a_day(office, access, program, running):
    hook, old = add(access, program)
    assert office.post(reverse("exchange:new_hook_secret", args=[hook.public_id])).status_code == 303
    page = office.get(reverse("exchange:hook", args=[hook.public_id])).content.decode()
    hook.refresh_from_db()
    assert hook.secret != old and hook.secret in page and old not in page
    happen(running, access)
    work()
    _path, headers, body = program.heard[-1]
    assert verify(headers, body, old) and verify(headers, body, hook.secret)
    Hook.objects.update(rotated_at=timezone.now() - timedelta(days=1, seconds=1))
    happen(running, access)
    work()
    _path, headers, body = program.heard[-1]
    assert not verify(headers, body, old) and verify(headers, body, hook.secret)


def test_what_failed_is_sent_again_with_its_id(office, access, program, running):
    hook, _secret = add(access, program)
    happen(running, access)
    program.answers = say(500)
    work()
    HookNotice.objects.update(outcome="failed")
    waiting().delete()
    program.answers = say(200)
    notice = HookNotice.objects.get()
    again = reverse("exchange:tell_again", args=[notice.public_id])
    assert office.post(again).status_code == 303
    work()
    notice.refresh_from_db()
    assert notice.outcome == "sent" and program.heard[0][1]["webhook-id"] == program.heard[1][1]["webhook-id"]
    happen(running, access)
    fresh = HookNotice.objects.latest("id")
    assert office.post(reverse("exchange:tell_again", args=[fresh.public_id])).status_code == 303
    assert waiting().count() == 1, "it is on its way: one job, not two"
    page = reverse("exchange:hook", args=[hook.public_id])
    assert "Convenzione" not in office.get(f"{page}?esito=failed").content.decode()
    assert office.get(f"{page}?esito=sent").context["rows"][0]["row"] == notice


def test_it_is_changed_switched_off_and_on_again(office, access, program):
    hook, _secret = add(access, program)
    url = reverse("exchange:change_hook", args=[hook.public_id])
    form = office.get(url).context["form"]
    assert form["url"].value() == program.url
    changed = {"name": "Nuovo nome", "url": program.url, "events": ["agreements.placement.ended"]}
    assert office.post(url, changed).status_code == 303
    hook.refresh_from_db()
    assert (hook.name, hook.events) == ("Nuovo nome", ["agreements.placement.ended"])
    assert office.post(url, {**changed, "events": []}).status_code == 422
    assert office.post(url, {**changed, "events": ["core.secret.thing"]}).status_code == 422
    office.post(reverse("exchange:switch_hook_off", args=[hook.public_id]))
    hook.refresh_from_db()
    assert not hook.is_on and "spenti" in office.get(reverse("exchange:hook", args=[hook.public_id])).content.decode()
    office.post(reverse("exchange:switch_hook_on", args=[hook.public_id]))
    hook.refresh_from_db()
    assert hook.is_on
    codes = ["added", "changed", "switched_off", "switched_on"]
    assert [f.code for f in Fact.objects.filter(subject_type="exchange.hook").order_by("id")] == [f"exchange.hook.{c}" for c in codes]


def test_two_programs_of_one_name_and_too_many_are_refused(office, access, program, monkeypatch):
    add(access, program)
    new = {"name": "Cartella", "url": program.url, "events": [CREATED]}
    assert office.post(reverse("exchange:new_hook"), new).status_code == 422
    monkeypatch.setattr(services, "MOST", 1)
    with pytest.raises(DomainError, match="Ci sono già"):
        add(access, program, name="Un altro")


def test_the_secret_and_the_address_are_ciphertext_and_leave_with_nobody(access, program):
    from django.db import connection

    from impresasolidale.exchange import walker

    hook, secret = add(access, program)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, url FROM exchange_hook")
        stored = cursor.fetchone()
    assert all(value.startswith("v1:") for value in stored)
    shown = {field.name for field in walker.shown_fields(Hook)}
    assert not shown & {"secret", "old_secret"} and "name" in shown
    assert secret not in str([Fact.objects.values_list("data", flat=True), Job.objects.values_list("arguments", flat=True)])
    assert apps.get_model("exchange.hooknotice") not in walker.owned()
    assert hook.is_on


def test_who_may(signed_in, user_of, sondrio, stranger, access, program):
    hook, _secret = add(access, program)
    notice = services.send_test(hook=hook, by=access, now=timezone.now())
    allowed = {role for role, rights in ROLE_PERMISSIONS.items() if Permission.KEEP_HOOKS in rights}
    assert allowed == {Role.COORDINATOR}
    for role in (Role.SOCIAL_WORKER, Role.ACCOUNTING, Role.CLERK, Role.DPO):
        client = signed_in(user_of(role, sondrio))
        for name in PAGES:
            url = reverse(f"exchange:{name}", args=[] if name in ("hooks", "new_hook") else [hook.public_id])
            answer = client.post(url) if name.startswith(("new_hook_secret", "switch", "test")) else client.get(url)
            assert answer.status_code == 403, (role, name)
        assert client.post(reverse("exchange:tell_again", args=[notice.public_id])).status_code == 403
    foreign = signed_in(stranger)
    assert foreign.get(reverse("exchange:hook", args=[hook.public_id])).status_code in (403, 404)


def test_what_was_told_a_month_ago_is_forgotten(access, program, running):
    add(access, program)
    happen(running, access)
    happen(running, access)
    old = HookNotice.objects.earliest("id")
    HookNotice.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=31), outcome="sent")
    assert services.forget_notices(now=timezone.now()) == 1
    assert not HookNotice.objects.filter(pk=old.pk).exists() and HookNotice.objects.count() == 1
