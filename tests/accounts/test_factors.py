"""The second factor at the sign-in: whom it is asked of, codes, recovery codes, trusted browsers, its reset by somebody else."""

import html
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from impresasolidale.accounts import factors, rules, signing_in
from impresasolidale.accounts.models import Factor, Membership, RecoveryCode, TrustedDevice, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.rules import Gate
from impresasolidale.core.models import Fact, Message
from impresasolidale.core.scope import Scope, scope
from tests.accounts.test_sign_in import PASSWORD, sign_in
from tests.conftest import ReadingClient
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238's «12345678901234567890»
QUESTION, MINE = "/accesso/conferma/", "/accesso/il-mio/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR, settings.SECOND_FACTOR_GRACE_DAYS = "required", 7


@pytest.fixture
def with_app(worker):
    Factor.objects.create(user=worker, kind="app", name="telefono", secret=SECRET)
    return worker


def code(steps=0):
    return rules.code_of(SECRET, rules.step_of(timezone.now()) + steps)


def is_in(client):
    return client.get("/da-fare/").status_code == 200


# --- Rules


@pytest.mark.parametrize(
    ("seconds", "said"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(seconds, said):
    """Its appendix B shows eight digits: the last six."""
    assert rules.code_of(SECRET, seconds // 30) == said


def test_a_code_is_right_in_its_half_minute_and_in_the_two_beside_it_and_never_twice():
    now = datetime(2026, 11, 30, 12, 0, 10, tzinfo=UTC)
    here = rules.step_of(now)
    assert [rules.right_step(SECRET, rules.code_of(SECRET, here + n), now=now, after=0) for n in (-2, -1, 0, 1, 2)] == [
        None, here - 1, here, here + 1, None,
    ]  # fmt: skip
    assert rules.right_step(SECRET, rules.code_of(SECRET, here), now=now, after=here) is None


@pytest.mark.parametrize(
    ("needed", "has", "days_ago", "found"),
    [
        (False, False, 0, Gate.OPEN), (False, True, 0, Gate.ASK), (True, True, 99, Gate.ASK), (True, False, 0, Gate.OFFERED),
        (True, False, 6, Gate.OFFERED), (True, False, 7, Gate.CLOSED),
    ],
)  # fmt: skip
def test_what_a_password_alone_opens(today, needed, has, days_ago, found):
    assert rules.gate(needed=needed, has=has, asked_on=today - timedelta(days=days_ago), grace_days=7, today=today) == found


def test_without_days_of_grace_the_gate_is_closed_at_once(today):
    assert rules.gate(needed=True, has=False, asked_on=None, grace_days=0, today=today) == Gate.CLOSED


# --- Whom it is asked of


@pytest.mark.parametrize("role", [*Role])
def test_the_roles_that_need_one(sondrio, today, role, settings):
    """Company roles need a company: asked by the list alone."""
    wanted = {Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING, Role.DPO, Role.TECHNICIAN}
    assert (role in factors.roles_of(sondrio.network.code)) == (role in wanted)
    if role not in {Role.COMPANY_TUTOR, Role.COMPANY_CONTACT}:
        user = make_user(role, sondrio)
        assert factors.is_needed(user, today) == (role in wanted)
        settings.SECOND_FACTOR = "optional"
        assert not factors.is_needed(user, today)


def test_a_network_has_a_list_of_its_own(sondrio, today, settings, worker, coordinator):
    settings.SECOND_FACTOR_ROLES_OF = {sondrio.network.code: "coordinator|dpo"}
    assert factors.is_needed(coordinator, today) and not factors.is_needed(worker, today)
    settings.SECOND_FACTOR_ROLES_OF = {sondrio.network.code: ""}
    assert not factors.is_needed(coordinator, today)


def test_in_the_days_of_grace_it_is_offered_then_nothing_else_opens(client, worker):
    assert sign_in(client, worker.email)["Location"] == MINE
    page = client.get(MINE).content.decode()
    assert "Più tardi" in page and is_in(client)
    User.objects.filter(pk=worker.pk).update(asked_on=timezone.localdate() - timedelta(days=7))
    client = ReadingClient()
    assert sign_in(client, worker.email)["Location"] == MINE
    for path in ("/da-fare/", "/persone/", "/presenze/", "/accesso/il-mio/password/", "/utenti/"):
        answer = client.get(path)
        assert (answer.status_code, answer.get("Location")) == (303, MINE), path
    page = client.get(MINE)
    assert page.context["access"].roles == frozenset() and "Più tardi" not in page.content.decode()
    assert client.get("/").status_code == 200


def test_who_must_choose_adds_an_app_gets_a_sheet_and_goes_on(client, worker):
    User.objects.filter(pk=worker.pk).update(asked_on=timezone.localdate() - timedelta(days=30))
    sign_in(client, worker.email)
    page = client.get("/accesso/il-mio/app/").content.decode()
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.get("/guida/accesso/").status_code == 200  # what explains it is not behind it
    wrong = client.post("/accesso/il-mio/app/", {"code": "000000"})
    assert wrong.status_code == 422 and "non corrisponde" in wrong.content.decode()
    right = rules.code_of(secret, rules.step_of(timezone.now()))
    answer = client.post("/accesso/il-mio/app/", {"code": right, "name": "Il mio telefono"})
    assert answer["Location"] == "/accesso/il-mio/codici/"
    codes = re.findall(r'class="code">([a-z0-9]{5}-[a-z0-9]{5})<', client.get("/accesso/il-mio/codici/").content.decode())
    assert len({*codes}) == 10 and is_in(client)
    assert 'class="code"' not in client.get("/accesso/il-mio/codici/").content.decode()  # shown once
    assert "Il mio telefono" in client.get(MINE).content.decode()
    assert not set(codes) & {row.code_hash for row in RecoveryCode.objects.all()}


def test_who_must_choose_is_told_that_one_was_added(client, worker):
    """Whoever came by the password alone may be somebody else: the user reads that a factor was added."""
    User.objects.filter(pk=worker.pk).update(asked_on=timezone.localdate() - timedelta(days=30))
    sign_in(client, worker.email)
    page = client.get("/accesso/il-mio/app/").content.decode()
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.post("/accesso/il-mio/app/", {"code": rules.code_of(secret, rules.step_of(timezone.now()))}).status_code == 303
    with scope(Scope(networks=frozenset({worker.memberships.get().network_id}))):
        assert Message.objects.filter(kind="accounts.factor_changed", address=worker.email).count() == 1


def test_the_secret_is_encrypted_where_it_is_kept(with_app):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_factor")
        assert SECRET not in cursor.fetchone()[0]
    assert Factor.objects.get().secret == SECRET


# --- The question


def test_the_password_alone_lets_nobody_in_and_the_code_goes_on_to_the_page_that_was_asked(client, with_app):
    answer = sign_in(client, with_app.email, next="/persone/")
    assert answer["Location"] == QUESTION and not is_in(client)
    assert "Ancora un passo" in client.get(QUESTION).content.decode()
    answer = client.post(QUESTION, {"code": code()})
    assert (answer.status_code, answer["Location"]) == (303, "/persone/") and is_in(client)


def test_a_code_is_accepted_once(client, with_app):
    said = code()
    sign_in(client, with_app.email)
    assert client.post(QUESTION, {"code": said}).status_code == 303
    other = ReadingClient()
    sign_in(other, with_app.email)
    answer = other.post(QUESTION, {"code": said})
    assert answer.status_code == 422 and not is_in(other)


def test_a_wrong_or_empty_code_says_so(client, with_app):
    sign_in(client, with_app.email)
    for said, words in (
        ("123456", "Non corrisponde"),
        ("", "Scrivi il codice"),
        ("abc", "Non corrisponde"),
        ("１２３４５６", "Non corrisponde"),
    ):
        answer = client.post(QUESTION, {"code": said})
        assert answer.status_code == 422 and words in html.unescape(answer.content.decode()), said


def test_a_wrong_factor_is_in_the_log(client, with_app, caplog):
    sign_in(client, with_app.email)
    client.post(QUESTION, {"code": "123456"})
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("impresasolidale.accounts")]
    assert line == f"A wrong second factor of user {with_app.pk}."


def test_a_recovery_code_opens_once_and_says_how_many_are_left(client, with_app, within):
    by = within(with_app)
    codes = factors.new_recovery_codes(user=with_app, by=by)
    sign_in(client, with_app.email)
    answer = client.post(QUESTION, {"code": codes[3].upper()}, follow=True)
    assert "te ne restano 9" in answer.content.decode() and is_in(client)
    other = ReadingClient()
    sign_in(other, with_app.email)
    assert other.post(QUESTION, {"code": codes[3]}).status_code == 422


def test_a_recovery_code_is_its_users_alone(with_app, coordinator, within):
    codes = factors.new_recovery_codes(user=coordinator, by=within(coordinator))
    assert factors.accept_code(user=with_app, code=codes[0], now=timezone.now()) == ""


def test_ten_wrong_codes_close_the_question_for_an_hour(client, with_app):
    sign_in(client, with_app.email)
    answers = [client.post(QUESTION, {"code": "000000"}, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(12)]
    assert answers == [422] * 10 + [429] * 2
    assert client.post(QUESTION, {"code": code()}).status_code == 429 and not is_in(client)


def test_who_waits_too_long_begins_again(client, with_app):
    sign_in(client, with_app.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(QUESTION)["Location"] == "/accesso/"
        assert client.post(QUESTION, {"code": code()})["Location"] == "/accesso/" and not is_in(client)


def test_a_password_that_changed_in_between_begins_again(client, with_app):
    sign_in(client, with_app.email)
    with_app.set_password("un'altra frase lunga")
    with_app.save()
    assert client.post(QUESTION, {"code": code()})["Location"] == "/accesso/"


def test_a_link_by_mail_does_not_pass_by_the_second_factor(client, with_app):
    from impresasolidale.accounts.access import hash_token
    from impresasolidale.accounts.models import Invitation, new_token

    token = new_token()
    Invitation.objects.create(user=with_app, token_hash=hash_token(token), expires_at=timezone.now() + timedelta(days=1))
    answer = client.post(f"/accesso/invito/{token}/", {"password": PASSWORD + " nuova", "again": PASSWORD + " nuova"})
    assert answer["Location"] == QUESTION and not is_in(client)


def test_the_question_without_a_password_before_it_leads_to_the_sign_in(client, with_app):
    assert client.get(QUESTION)["Location"] == "/accesso/"
    assert client.post(QUESTION, {"code": code()})["Location"] == "/accesso/"


# --- Trusted browsers


def test_a_trusted_browser_is_not_asked_for_thirty_days(client, with_app):
    sign_in(client, with_app.email)
    answer = client.post(QUESTION, {"code": code(), "trust": "on"})
    cookie = answer.cookies[signing_in.TRUSTED]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/accesso/" and cookie["max-age"] == 30 * 86_400
    client.post("/accesso/esci/")
    assert sign_in(client, with_app.email)["Location"] == "/scrivania/" and is_in(client)
    client.post("/accesso/esci/")
    TrustedDevice.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(client, with_app.email)["Location"] == QUESTION


def test_nobody_else_s_browser_is_trusted_nor_any_after_a_change(client, with_app, coordinator):
    Factor.objects.create(user=coordinator, kind="app", name="telefono", secret=SECRET)
    sign_in(client, with_app.email)
    client.post(QUESTION, {"code": code(), "trust": "on"})
    client.post("/accesso/esci/")
    assert sign_in(client, coordinator.email)["Location"] == QUESTION
    TrustedDevice.objects.all().delete()
    assert sign_in(client, with_app.email)["Location"] == QUESTION


def test_no_browser_is_trusted_where_the_setting_says_so(client, with_app, settings):
    settings.REMEMBER_DEVICE_DAYS = 0
    sign_in(client, with_app.email)
    assert 'name="trust"' not in client.get(QUESTION).content.decode()
    assert signing_in.TRUSTED not in client.post(QUESTION, {"code": code(), "trust": "on"}).cookies


# --- Changes


def test_adding_and_taking_away_ends_the_other_sessions_and_is_told(signed_in, worker, settings):
    settings.SECOND_FACTOR = "optional"
    here, there = signed_in(worker), signed_in(worker)
    page = here.get("/accesso/il-mio/app/").content.decode()
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    here.post("/accesso/il-mio/app/", {"code": rules.code_of(secret, rules.step_of(timezone.now()))})
    assert is_in(here) and not is_in(there)
    with scope(Scope(networks=frozenset({worker.memberships.get().network_id}))):
        assert Message.objects.filter(kind="accounts.factor_changed", address=worker.email).count() == 1
    there = signed_in(User.objects.get(pk=worker.pk))
    row = Factor.objects.get()
    assert here.post(f"/accesso/il-mio/{row.public_id}/togli/").status_code == 303
    assert not Factor.objects.exists() and is_in(here) and not is_in(there)


def test_the_last_one_is_not_taken_away_from_who_needs_it(signed_in, with_app):
    client, row = signed_in(with_app), Factor.objects.get()
    page = client.post(f"/accesso/il-mio/{row.public_id}/togli/", follow=True)
    assert "prima aggiungine un altro" in html.unescape(page.content.decode()) and Factor.objects.exists()


def test_nobody_takes_away_a_colleague_s(signed_in, with_app, coordinator):
    row = Factor.objects.get()
    assert signed_in(coordinator).post(f"/accesso/il-mio/{row.public_id}/togli/").status_code == 404


def test_a_colleague_resets_it_with_a_reason_and_the_user_chooses_anew(signed_in, with_app, coordinator, client):
    sign_in(client, with_app.email)
    client.post(QUESTION, {"code": code(), "trust": "on"})
    path = f"/utenti/{with_app.public_id}/azzera/"
    boss = signed_in(coordinator)
    assert path in boss.get("/utenti/").content.decode()
    assert boss.post(path, {"reason": " "}).status_code == 422
    assert boss.post(path, {"reason": "Telefono perso, visto di persona"}).status_code == 303
    assert not Factor.objects.exists() and not TrustedDevice.objects.exists() and not is_in(client)
    with scope(Scope(actor_id=coordinator.pk)):
        fact = Fact.objects.get(code="accounts.factor.reset")
    assert (fact.subject_id, fact.reason) == (with_app.pk, "Telefono perso, visto di persona")
    assert sign_in(client, with_app.email)["Location"] == MINE
    assert client.get("/da-fare/")["Location"] == MINE  # no second grace


def test_nobody_resets_the_own_nor_that_of_another_office_nor_without_the_right(signed_in, coordinator, with_app, stranger, sondrio):
    Factor.objects.create(user=coordinator, kind="app", name="telefono", secret=SECRET)
    boss = signed_in(coordinator)
    own = boss.post(f"/utenti/{coordinator.public_id}/azzera/", {"reason": "x"})
    assert own.status_code == 422 and "un’altra persona" in html.unescape(own.content.decode())
    assert boss.post(f"/utenti/{stranger.public_id}/azzera/", {"reason": "x"}).status_code == 404
    clerk = signed_in(make_user(Role.CLERK, sondrio))
    assert clerk.post(f"/utenti/{with_app.public_id}/azzera/", {"reason": "x"}).status_code == 403


def test_another_office_s_user_who_is_invited_here_keeps_the_factor(signed_in, coordinator, stranger, tirano, settings):
    """A role is given without asking who gets it: it may not open the way to take the key of another office's people away."""
    settings.CONFIRM_MINUTES = 0
    Factor.objects.create(user=stranger, kind="app", name="telefono", secret=SECRET)
    boss, path = signed_in(coordinator), f"/utenti/{stranger.public_id}/azzera/"
    invited = {"email": stranger.email, "first_name": "x", "last_name": "x", "role": Role.CLERK, "valid_from": "2020-01-01"}
    assert boss.post("/utenti/nuovo/", invited).status_code == 303
    answer = boss.post(path, {"reason": "x"})
    assert answer.status_code == 422 and "un altro ufficio" in html.unescape(answer.content.decode())
    assert Factor.objects.filter(user=stranger).exists()
    assert signed_in(make_user(Role.COORDINATOR, tirano)).post(path, {"reason": "Telefono perso"}).status_code == 303
    assert not Factor.objects.filter(user=stranger).exists()


def reset(user, reason):
    out = io.StringIO()
    call_command("reset_second_factor", user.email, reason=reason, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("role", [Role.DPO, Role.TECHNICIAN, Role.AUDITOR])
def test_who_works_for_the_whole_network_has_it_reset_by_who_runs_the_server_and_by_nobody_else(signed_in, coordinator, within, role):
    everywhere = make_user(role, None)
    Factor.objects.create(user=everywhere, kind="app", name="telefono", secret=SECRET)
    mine = signed_in(everywhere)
    assert signed_in(coordinator).post(f"/utenti/{everywhere.public_id}/azzera/", {"reason": "x"}).status_code == 404
    with pytest.raises(CommandError):
        reset(everywhere, "  ")
    assert Factor.objects.filter(user=everywhere).exists()
    assert "1 taken away" in reset(everywhere, "Riconosciuta al telefono dal responsabile dei sistemi")
    assert not Factor.objects.filter(user=everywhere).exists() and not is_in(mine)
    within(everywhere)
    fact = Fact.objects.get(code="accounts.factor.reset")
    assert (fact.subject_id, fact.actor_id, fact.reason[:12]) == (everywhere.pk, None, "Riconosciuta")
    assert Message.objects.get(kind="accounts.factor_reset").address == everywhere.email


def test_the_command_knows_nobody_who_has_no_access(worker):
    worker.is_active = False
    worker.save()
    with pytest.raises(CommandError):
        reset(worker, "x")


def test_nobody_resets_that_of_who_left_the_office(signed_in, coordinator, stranger, sondrio):
    """Who worked here once and works for another office now is that office's."""
    Membership.objects.create(
        user=stranger, role=Role.CLERK, network=sondrio.network, ambito=sondrio, valid_from=date(2020, 1, 1), valid_to=date(2025, 12, 31)
    )
    Factor.objects.create(user=stranger, kind="app", name="telefono", secret=SECRET)
    boss, path = signed_in(coordinator), f"/utenti/{stranger.public_id}/azzera/"
    page = boss.get("/utenti/").content.decode()
    assert stranger.email in page and path not in page
    assert boss.post(path, {"reason": "x"}).status_code == 404
    assert Factor.objects.filter(user=stranger).exists()


# --- «Sei proprio tu?»


def test_what_weighs_asks_again_after_half_an_hour(signed_in, coordinator, settings):
    settings.CONFIRM_MINUTES = 30
    client, now = signed_in(coordinator), timezone.now()
    assert client.get("/utenti/nuovo/").status_code == 200
    with time_machine.travel(now + timedelta(minutes=31)):
        assert client.get("/utenti/").status_code == 200  # to look asks nothing
        answer = client.get("/utenti/nuovo/")
        assert (answer.status_code, answer["Location"]) == (303, "/accesso/sono-io/?next=%2Futenti%2Fnuovo%2F")
        page = client.get(answer["Location"]).content.decode()
        assert 'name="password"' in page and 'name="code"' not in page
        assert client.post("/accesso/sono-io/", {"password": "sbagliata", "next": "/utenti/nuovo/"}).status_code == 422
        assert client.post("/accesso/sono-io/", {"password": PASSWORD, "next": "/utenti/nuovo/"})["Location"] == "/utenti/nuovo/"
        assert client.get("/utenti/nuovo/").status_code == 200


def test_a_form_that_was_opened_in_time_may_be_sent_somewhat_later(signed_in, coordinator, settings):
    settings.CONFIRM_MINUTES = 30
    client, now = signed_in(coordinator), timezone.now()
    with time_machine.travel(now + timedelta(minutes=45)):
        assert client.post("/utenti/nuovo/", {}).status_code == 422
    with time_machine.travel(now + timedelta(minutes=61)):
        answer = client.post("/utenti/nuovo/", {}, headers={"referer": "http://testserver/utenti/nuovo/"})
        assert answer["Location"] == "/accesso/sono-io/?next=%2Futenti%2Fnuovo%2F"


def test_who_has_a_second_factor_confirms_with_it(signed_in, coordinator, settings):
    settings.CONFIRM_MINUTES = 30
    Factor.objects.create(user=coordinator, kind="app", name="telefono", secret=SECRET)
    client, now = signed_in(coordinator), timezone.now()
    with time_machine.travel(now + timedelta(minutes=31)):
        page = client.get("/accesso/sono-io/?next=https://example.com/").content.decode()
        assert 'name="password"' not in page and "example.com" not in page
        assert client.post("/accesso/sono-io/", {"password": PASSWORD}).status_code == 422
        assert client.post("/accesso/sono-io/", {"code": code()})["Location"] == "/scrivania/"


# --- Ten thousand guesses


def test_ten_thousand_guesses_of_a_code_open_nothing(client, with_app):
    """Ten an hour are looked at, from however many addresses: in a year 87,600 of a million codes, each good for ninety seconds."""
    from impresasolidale.core import guesses

    now, tried = timezone.now(), 0
    for n in range(10_000):
        if tried >= 10:  # what is over the limit is refused before anybody looks: one in a hundred is asked, to prove it
            if n % 100 == 0:
                assert not guesses.may_guess(place="second factor", address=f"10.1.{n // 250}.{n % 250}", code=str(with_app.pk), now=now)
            continue
        assert guesses.may_guess(place="second factor", address=f"10.1.{n // 250}.{n % 250}", code=str(with_app.pk), now=now)
        tried += 1
    assert tried == 10
