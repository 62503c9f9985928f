"""Sessions: where one is signed in, how long it lasts, how it ends everywhere; accesses that nobody uses; a technician's visit."""

import ast
import html
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from impresasolidale.accounts import rules, services, support, unused
from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, Session, SupportVisit, User
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, SUPPORT, Permission, Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Fact, Look, Message
from impresasolidale.core.scope import Scope, scope
from tests.accounts.test_sign_in import PASSWORD, sign_in
from tests.api.conftest import make_key
from tests.conftest import ReadingClient
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company
from tests.factories.recognition import contact_of
from tests.support.queries import OwnQueries
from tests.support.sources import ours, text

pytestmark = pytest.mark.django_db
MINE, OUT = "/accesso/il-mio/", "/accesso/il-mio/fuori/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def is_in(client):
    return client.get("/da-fare/").status_code == 200


# --- Rules


@pytest.mark.parametrize(
    ("started", "seen", "found"),
    [(0, 0, ""), (700, 0, ""), (721, 0, "whole"), (120, 120, ""), (121, 121, "idle"), (721, 721, "whole")],
)
def test_when_a_session_ends(started, seen, found):
    """Minutes ago; it may rest two hours and last twelve."""
    now = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    at = [now - timedelta(minutes=minutes) for minutes in (started, seen)]
    assert rules.ended(started_at=at[0], seen_at=at[1], idle=timedelta(hours=2), whole=timedelta(hours=12), now=now) == found


@pytest.mark.parametrize(
    ("roles", "minutes"), [(["social_worker"], 120), (["company_tutor"], 720), (["company_tutor", "coordinator"], 120), ([], 120)]
)
def test_a_session_may_rest_as_long_as_the_strictest_role_says(roles, minutes):
    assert rules.idle_limit(roles, usual=120, others={"company_tutor": "720"}) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("last", "warned", "found"),
    [
        (date(2026, 1, 1), None, ""),  # 333 days: 365 - 30 = 335 are not over
        (date(2025, 12, 30), None, "warn"),  # 335 days
        (date(2025, 12, 1), None, "warn"),  # 364 days, and nobody was written to: never closed unsaid
        (date(2020, 1, 1), None, "warn"),
        (date(2020, 1, 1), date(2026, 11, 1), ""),  # 29 days since the warning
        (date(2020, 1, 1), date(2026, 10, 31), "close"),  # 30 days
        (date(2025, 11, 29), date(2026, 10, 30), "close"),  # 366 days, and 31 since the warning
        (date(2025, 12, 15), date(2026, 11, 15), ""),  # 350 days: not yet a year
        (date(2026, 11, 29), date(2026, 10, 1), ""),  # came back after the warning
        (date(2025, 12, 30), date(2025, 12, 1), "warn"),  # an old warning says nothing of this time
    ],
)
def test_what_is_due_to_an_access_that_nobody_uses(last, warned, found):
    assert rules.unused(last_used=last, warned_on=warned, today=date(2026, 11, 30), months=12, warning_days=30) == found


# --- The one place


def test_a_session_begins_in_one_place_alone():
    """Else a second door would pass by the second factor."""
    found = []
    for path in ours():
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "login":
                found.append(str(path))
    assert found == ["impresasolidale/accounts/signing_in.py"]


# --- Where I am signed in


def test_the_page_says_where_i_am_signed_in_and_ends_one_of_them(client, worker):
    said = {"email": worker.email, "password": PASSWORD}
    client.post("/accesso/", said, headers={"user-agent": FIREFOX})
    other = ReadingClient()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        other.post("/accesso/", said, headers={"user-agent": IPHONE})
    page = client.get(MINE)
    assert [(row.device, here) for row, here in page.context["sessions"]] == [("Safari, iPhone", False), ("Firefox, Windows", True)]
    row = Session.objects.get(device="Safari, iPhone")
    assert client.post(OUT, {"began": row.started_at.isoformat()}).status_code == 303
    assert is_in(client) and not is_in(other)
    assert client.post(OUT, {"began": row.started_at.isoformat()}).status_code == 404
    assert client.post(OUT, {"began": "ieri"}).status_code == 404


def test_i_leave_all_the_others_at_once(signed_in, worker):
    clients = [signed_in(worker) for _n in range(3)]
    clients[0].post(OUT)
    assert [is_in(each) for each in clients] == [True, False, False]


def test_nobody_ends_a_colleague_s_session(signed_in, worker, coordinator):
    client = signed_in(worker)
    row = Session.objects.get(user=worker)
    assert signed_in(coordinator).post(OUT, {"began": row.started_at.isoformat()}).status_code == 404
    signed_in(coordinator).post(OUT)
    assert is_in(client)


def test_the_key_that_goes_to_the_search_is_everybody_s_to_switch_off(signed_in, worker, coordinator):
    """WCAG 2.1.4: a shortcut of one key, without Ctrl or Alt."""
    client, colleague = signed_in(worker), signed_in(coordinator)
    for wanted, words in (("no", "Accendi il tasto /"), ("yes", "Spegni il tasto /")):
        page = client.post(f"{MINE}tasto-cerca/", {"wanted": wanted}, follow=True).content.decode()
        assert words in page and ('aria-keyshortcuts="/"' in page) == (wanted == "yes")
        assert 'aria-keyshortcuts="/"' in colleague.get("/persone/").content.decode()


def test_a_session_is_renewed_at_the_sign_in(client, worker):
    client.get("/accesso/")
    client.post("/accesso/", {"email": worker.email, "password": "sbagliata"})
    before = client.session.session_key
    sign_in(client, worker.email)
    assert client.session.session_key != before and not Session.objects.filter(session_key=before).exists()


def test_the_page_asks_as_much_of_one_session_as_of_many(signed_in, worker):
    client = signed_in(worker)
    client.get(MINE)
    with OwnQueries() as one:
        client.get(MINE)
    for _n in range(50):
        signed_in(worker)
    with OwnQueries() as many:
        client.get(MINE)
    assert len(one) == len(many) <= 8, many


# --- Its end


def test_a_session_that_rests_ends_and_says_why(client, worker):
    sign_in(client, worker.email)
    now = timezone.now()
    with time_machine.travel(now + timedelta(minutes=119)):
        assert is_in(client)  # and counts as use
    with time_machine.travel(now + timedelta(minutes=238)):
        assert is_in(client)
    with time_machine.travel(now + timedelta(minutes=359)):
        answer = client.get("/da-fare/", follow=True)
        assert answer.redirect_chain[0][0] == "/accesso/?next=/da-fare/"
        assert "entra di nuovo" in html.unescape(answer.content.decode())


def test_a_session_ends_after_twelve_hours_of_work(client, worker, settings):
    sign_in(client, worker.email)
    now = timezone.now()
    for hour in range(1, 12):
        with time_machine.travel(now + timedelta(hours=hour)):
            assert is_in(client), hour
    with time_machine.travel(now + timedelta(hours=12, minutes=1)):
        assert not is_in(client)


def test_a_tutor_s_session_rests_longer(client, sondrio):
    from tests.factories.attendance import make_host, make_tutor

    _tutor, user = make_tutor(sondrio, make_host(sondrio))
    user.set_password(PASSWORD)
    user.save()
    sign_in(client, user.email)
    assert client.session["idle"] == 720


def test_the_last_use_is_kept_to_the_minute_and_costs_nothing_in_between(signed_in, worker):
    client = signed_in(worker)
    client.get("/da-fare/")
    with OwnQueries() as own:
        client.get("/da-fare/")
    assert not [sql for sql in own.all if "accounts_session" in sql and sql.startswith(("UPDATE", "INSERT"))]
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        client.get("/da-fare/")
        assert abs(Session.objects.get(user=worker).seen_at - timezone.now()) < timedelta(seconds=5)


def test_a_new_password_ends_the_others_within_one_request(signed_in, worker):
    here, there = signed_in(worker), signed_in(worker)
    path, new = MINE + "password/", "una frase tutta nuova e lunga"
    wrong = here.post(path, {"current": "sbagliata", "password": new, "again": new})
    assert wrong.status_code == 422 and "Non è la password" in html.unescape(wrong.content.decode())
    weak = here.post(path, {"current": PASSWORD, "password": "corta", "again": "corta"})
    assert weak.status_code == 422 and is_in(there)
    assert here.post(path, {"current": PASSWORD, "password": new, "again": new}).status_code == 303
    assert is_in(here) and not is_in(there)
    worker.refresh_from_db()
    assert worker.check_password(new)


def test_ten_wrong_passwords_there_are_enough(signed_in, worker):
    client, form = signed_in(worker), {"current": "sbagliata", "password": "una frase tutta nuova", "again": "una frase tutta nuova"}
    assert [client.post(MINE + "password/", form).status_code for _n in range(11)] == [422] * 10 + [429]


def test_a_role_that_is_given_or_ended_ends_the_sessions(signed_in, worker, coordinator, within, today):
    client, by = signed_in(worker), within(coordinator)
    services.invite(
        email=worker.email, first_name="x", last_name="y", role=Role.CLERK, by=by, today=today, base_url="http://x",
        ambito_id=by.ambito_id, sends=False,
    )  # fmt: skip
    assert not is_in(client)
    client = signed_in(User.objects.get(pk=worker.pk))
    row = Membership.objects.get(user=worker, role=Role.CLERK)
    services.end_membership(membership=row, last_day=today, by=by, today=today)
    assert not is_in(client)


def test_a_closed_access_is_out_at_the_next_request(signed_in, worker):
    client = signed_in(worker)
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert not is_in(client)


# --- Accesses that nobody uses


def test_an_unused_access_is_warned_then_closed_and_an_invitation_opens_it_again(worker, coordinator, within, today, client):
    now = timezone.now()
    User.objects.filter(pk=worker.pk).update(created_at=now - timedelta(days=340), last_login=None)
    User.objects.filter(pk=coordinator.pk).update(created_at=now - timedelta(days=800), last_login=now - timedelta(days=3))
    assert unused.look_at_all(today=today, now=now) == {"warn": 1, "close": 0}
    assert unused.look_at_all(today=today, now=now) == {"warn": 0, "close": 0}
    with scope(Scope(networks=frozenset({worker.memberships.get().network_id}))):
        assert Message.objects.get(kind="accounts.unused").address == worker.email
    later = today + timedelta(days=30)
    assert unused.look_at_all(today=later - timedelta(days=1), now=now + timedelta(days=29)) == {"warn": 0, "close": 0}
    assert unused.look_at_all(today=later, now=now + timedelta(days=30)) == {"warn": 0, "close": 1}
    worker.refresh_from_db()
    assert not worker.is_active and sign_in(client, worker.email).status_code == 422
    with scope(Scope(networks=frozenset({worker.memberships.get().network_id}))):
        assert Fact.objects.filter(code="accounts.user.closed", subject_id=worker.pk).count() == 1
    by = within(coordinator)
    services.invite(
        email=worker.email, first_name="x", last_name="y", role=Role.SOCIAL_WORKER, by=by, today=today, base_url="http://x",
        ambito_id=by.ambito_id,
    )  # fmt: skip
    worker.refresh_from_db()
    assert worker.is_active and worker.warned_on is None


def test_a_closed_access_is_opened_again_by_its_own_office(worker, coordinator, tirano, within, today):
    """Not by a company that writes that address, nor by the office next door: the role that it holds would come back with it."""
    User.objects.filter(pk=worker.pk).update(is_active=False)
    system = Access.system(network_id=tirano.network_id, ambito_id=None, reason="test")
    with scope(system.scope):
        company = make_company(system)
    there = make_user(Role.COORDINATOR, tirano, number=7)
    values = {"email": worker.email, "first_name": "x", "last_name": "y", "today": today, "base_url": "http://x"}
    asked = [
        (contact_of(company), {"role": Role.COMPANY_TUTOR, "company_id": company.pk}),
        (there, {"role": Role.SOCIAL_WORKER, "ambito_id": tirano.pk}),
    ]
    for user, wanted in asked:
        with pytest.raises(DomainError, match="lo riapre quell’ufficio"):
            services.invite(**values, **wanted, by=within(user))
    worker.refresh_from_db()
    assert not worker.is_active and worker.memberships.count() == 1


def test_who_comes_back_after_the_warning_stays(worker, today):
    now = timezone.now()
    User.objects.filter(pk=worker.pk).update(created_at=now - timedelta(days=400), last_login=now, warned_on=today - timedelta(days=31))
    assert unused.look_at_all(today=today, now=now) == {"warn": 0, "close": 0}


def test_sessions_that_ran_out_are_thrown_away(signed_in, worker, today):
    signed_in(worker)
    unused.look_at_all(today=today, now=timezone.now())
    assert Session.objects.count() == 1
    unused.look_at_all(today=today, now=timezone.now() + timedelta(hours=13))
    assert not Session.objects.exists()


# --- A technician's visit


@pytest.fixture
def technician(network):
    return make_user(Role.TECHNICIAN, None)


def visit(client, there, **changes):
    return client.post("/assistenza/", {"ambito": there.code, "reason": "Un elenco non si apre", "minutes": "30", **changes})


def test_a_visit_lends_reading_alone():
    assert all(permission.value.startswith("see_") for permission in SUPPORT)
    assert not SUPPORT & {Permission.SEE_JUDICIAL, Permission.SEE_PROTECTED_ADDRESS, Permission.SEE_MESSAGES, Permission.SEE_ACCESS_LOG}
    assert [role for role in Role if Permission.VISIT_AMBITO in ROLE_PERMISSIONS[role]] == [Role.TECHNICIAN]


def test_a_technician_reads_one_ambito_for_a_while_and_the_coordinator_is_told(signed_in, technician, sondrio, coordinator, within):
    person = make_beneficiary(within(make_user(Role.SOCIAL_WORKER, sondrio)))
    client, now = signed_in(technician), timezone.now()
    assert client.get("/persone/").status_code == 403
    assert visit(client, sondrio).status_code == 303
    page = client.get("/persone/").content.decode()
    assert person.last_name in page and "Guardi Sondrio come tecnico" in html.unescape(page)
    with scope(access_for(coordinator).scope):
        message = Message.objects.get(kind="accounts.support")
        assert message.address == coordinator.email and "Un elenco non si apre" in message.body
        assert Fact.objects.get(code="accounts.support.began").data["minutes"] == 30
    with scope(Scope(actor_id=technician.pk)):
        assert Look.objects.filter(actor_id=technician.pk, ambito_id=sondrio.pk).exists()
    with time_machine.travel(now + timedelta(minutes=31)):
        assert client.get("/persone/").status_code == 403


def test_during_a_visit_nothing_is_changed(signed_in, technician, sondrio, coordinator, within):
    person = make_beneficiary(within(make_user(Role.SOCIAL_WORKER, sondrio)))
    client = signed_in(technician)
    visit(client, sondrio)
    answer = client.post(f"/persone/{person.public_id}/", {})
    assert answer.status_code in {403, 405}
    assert client.post("/persone/nuova/", {}).status_code in {403, 404}
    assert client.post("/lingua/").status_code == 403
    assert client.post("/assistenza/fine/").status_code == 303
    assert client.get("/persone/").status_code == 403


def works_too(user, role, place):
    Membership.objects.create(user=user, role=role, network=place.network, ambito=place, valid_from=date(2020, 1, 1))


def test_a_visit_brings_no_role_of_the_technician_s_other_office_along(signed_in, technician, sondrio, tirano, within):
    """Who is a technician and keeps Tirano too sees of Sondrio what a visit lends, not what a coordinator of Sondrio sees."""
    person = make_beneficiary(within(make_user(Role.SOCIAL_WORKER, sondrio)))
    for role in (Role.COORDINATOR, Role.SOCIAL_WORKER, Role.DPO):
        works_too(technician, role, tirano)
    client = signed_in(technician)
    visit(client, sondrio)
    assert person.last_name in client.get("/persone/").content.decode()
    for page in ("/utenti/", "/chi-ha-guardato/", "/liquidazioni/", "/scambi/tutti-i-dati/"):
        assert client.get(page).status_code in {403, 404}, page
    access = access_for(technician, chosen=f"ambito:{tirano.pk}", visits=True)
    assert access.ambito_id == sondrio.pk and access.permissions == SUPPORT | ROLE_PERMISSIONS[Role.TECHNICIAN]


def test_a_visit_counts_in_a_browser_alone(technician, sondrio, tirano):
    """A key, a calendar or a mail of the technician's own office goes on as before, and opens nothing of the Ambito that is visited."""
    works_too(technician, Role.COORDINATOR, tirano)
    now = timezone.now()
    SupportVisit.objects.create(user=technician, ambito=sondrio, reason="x", began_at=now, ends_at=now + timedelta(minutes=30))
    for place, status in ((tirano, 200), (sondrio, 401)):
        key = make_key(technician, ambito=place)
        answer = ReadingClient().get("/api/v1/companies/", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status, place


def test_a_visit_needs_a_reason_the_right_and_an_ambito_of_the_network(signed_in, technician, sondrio, coordinator, within):
    client = signed_in(technician)
    assert visit(client, sondrio, reason="").status_code == 422
    assert visit(client, sondrio, minutes="600").status_code == 422
    assert visit(client, sondrio, ambito="altrove").status_code == 422
    assert visit(signed_in(coordinator), sondrio).status_code == 403
    assert not SupportVisit.objects.exists()
    by = within(technician)
    for changes, words in (({"reason": "  "}, "perché"), ({"minutes": 61}, "un’ora"), ({"minutes": 0}, "un’ora")):
        with pytest.raises(DomainError, match=words):
            support.begin_visit(**{"ambito": sondrio, "reason": "x", "minutes": 30, "by": by, "now": timezone.now(), **changes})


def test_not_even_the_database_keeps_a_longer_visit(technician, sondrio):
    now = timezone.now()
    for changes in ({"ends_at": now + timedelta(minutes=61)}, {"ends_at": now - timedelta(minutes=1)}, {"reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupportVisit.objects.create(
                **{"user": technician, "ambito": sondrio, "reason": "x", "began_at": now, "ends_at": now, **changes}
            )
    assert connection.is_usable()


def test_a_visit_of_who_is_no_technician_any_more_opens_nothing(signed_in, technician, sondrio):
    client = signed_in(technician)
    visit(client, sondrio)
    Membership.objects.filter(user=technician).update(valid_to=date(2020, 12, 31))
    assert client.get("/persone/").status_code == 403
