"""The tutor's personal link: who sends it, what it opens, how it ends."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from companies.training.models import Enrolment
from companies.training.services import enrol_tutor
from impresasolidale.accounts.access import access_for, hash_token, portal_door
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Announcement, Fact, Message, Miss, Mute
from impresasolidale.core.scope import scope
from impresasolidale.territory.services import publish_rulebook
from placements.agreements.models import Placement
from placements.attendance.models import AttendanceEvent, PortalLink, Timesheet
from placements.attendance.services import portal
from tests.conftest import ReadingClient
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY
from tests.factories.jobs import in_every_ambito
from tests.factories.training import make_edition

pytestmark = pytest.mark.django_db
NOW = timezone.now


def token_in(message: Message) -> str:
    found = re.search(r"/presenze/apri/([\w-]+)/", message.body)
    assert found, message.body
    return found[1]


@pytest.fixture
def send(bakery, worker):
    """send() → the token of a new link to the tutor, by mail, from the office."""

    def one(**more):
        access = access_for(worker)
        with scope(access.scope):
            portal.send_link(tutor=bakery.tutor, channel=Message.Channel.EMAIL, by=access, now=NOW(), today=TODAY, **more)
            return token_in(Message.objects.filter(kind=portal.LINK).latest("id"))

    return one


@pytest.fixture
def phone(send):
    client = ReadingClient()
    assert client.get(f"/presenze/apri/{send()}/")["Location"] == "/presenze/"
    return client


def post(client, path, **values):
    return client.post(path, {**values, "_submission": str(uuid.uuid4())})


def test_the_link_opens_today_without_a_password(phone, bakery, other_bakery, in_sondrio):
    html = phone.get("/presenze/").content.decode()
    person = bakery.placement.beneficiary
    assert f"{person.first_name} {person.last_name[0]}." in html
    for secret in (person.last_name, other_bakery.placement.beneficiary.first_name):
        assert secret not in html
    assert "Da fare" not in html  # the inbox is behind a sign-in


def test_a_notice_of_the_office_is_read_and_there_is_no_user_to_put_it_away(phone, in_sondrio, sondrio):
    Announcement.objects.create(ambito=sondrio, title="Chiusi venerdì", text="Ci vediamo lunedì.", starts_on=TODAY, ends_on=TODAY)
    html = phone.get("/presenze/").content.decode()
    assert "Chiusi venerdì" in html and "Ho letto" not in html


def test_a_tap_says_it_came_by_the_link(phone, bakery, in_sondrio):
    address = f"/presenze/{bakery.placement.public_id}/registra/"
    assert post(phone, address, day=TODAY.isoformat(), outcome="present", back="today").status_code == 303
    event = AttendanceEvent.objects.get()
    link = PortalLink.objects.get()
    assert (event.channel, event.recorded_by, event.link) == ("link", None, link)
    assert link.opened_at


def test_the_week_and_the_month_by_link(phone, bakery, worker, signed_in, in_sondrio):
    post(phone, "/presenze/settimana/conferma/", monday="2026-11-16")
    assert set(AttendanceEvent.objects.values_list("channel", "link")) == {("link", PortalLink.objects.get().pk)}
    october = Timesheet.objects.get(placement=bakery.placement, month=date(2026, 10, 1))
    made.record_days(bakery.placement, [s.day for s in bakery.placement.planned.filter(day__month=10)])
    assert post(phone, f"/presenze/fogli/{october.public_id}/chiudi/").status_code == 303
    october.refresh_from_db()
    assert (october.state, october.closed_by, october.closed_link.tutor) == ("closed", None, bakery.tutor)
    office = signed_in(worker).get(f"/presenze/{bakery.placement.public_id}/?mese=2026-10").content.decode()
    assert str(bakery.tutor) in office


def test_who_closed_by_link_does_not_confirm_with_the_own_password(phone, bakery, sondrio, signed_in, user_of, in_sondrio):
    Membership.objects.create(
        user=bakery.user, role=Role.SOCIAL_WORKER, network_id=sondrio.network_id, ambito=sondrio, valid_from=date(2020, 1, 1)
    )
    october = Timesheet.objects.get(placement=bakery.placement, month=date(2026, 10, 1))
    made.record_days(bakery.placement, [s.day for s in bakery.placement.planned.filter(day__month=10)])
    post(phone, f"/presenze/fogli/{october.public_id}/chiudi/")
    post(signed_in(bakery.user), f"/presenze/fogli/{october.public_id}/conferma/")
    october.refresh_from_db()
    assert october.state == "closed"


@pytest.mark.parametrize("path", ["/da-fare/", "/scrivania/", "/persone/", "/la-nostra-impresa/", "/imprese/", "/presenze/ufficio/"])
def test_nothing_else_opens(phone, path):
    response = phone.get(path)
    assert response.status_code in (302, 403)
    assert response.status_code == 403 or response["Location"].startswith("/accesso/")


def test_people_of_another_company_or_another_office_are_not_there(phone, other_bakery, bakery, tirano, in_sondrio):
    elsewhere = made.make_host(tirano, number=5, comune="Tirano")
    with scope(made.system(tirano).scope):
        made.Engagement.objects.create(network_id=tirano.network_id, company=elsewhere, tutor=bakery.tutor, valid_from=date(2020, 1, 1))
    theirs = made.make_running_placement(tirano, bakery.tutor, elsewhere, number=4)
    for placement in (other_bakery.placement, theirs):
        assert phone.get(f"/presenze/{placement.public_id}/").status_code == 404
        record = f"/presenze/{placement.public_id}/registra/"
        assert post(phone, record, day=TODAY.isoformat(), outcome="present", back="today").status_code == 404
    assert theirs.beneficiary.first_name not in phone.get("/presenze/").content.decode()
    assert not AttendanceEvent.objects.exists()


def test_a_tutor_who_left_opens_nothing(phone, bakery, in_sondrio):
    made.Engagement.objects.filter(tutor=bakery.tutor).update(valid_to=TODAY - timedelta(days=1))
    assert bakery.placement.beneficiary.first_name not in phone.get("/presenze/").content.decode()
    assert phone.get(f"/presenze/{bakery.placement.public_id}/").status_code == 404


def test_an_expired_link_is_said_kindly_and_opens_nothing(phone, send, bakery, in_sondrio):
    link = PortalLink.objects.get()
    PortalLink.objects.update(sent_at=NOW() - timedelta(days=30), expires_at=NOW() - timedelta(minutes=1))
    response = phone.get("/presenze/")
    assert response.status_code == 401 and "Serve entrare di nuovo" in response.content.decode()
    assert post(phone, f"/presenze/{bakery.placement.public_id}/registra/", outcome="present").status_code == 401
    assert phone.get(reverse("portal:data")).status_code == 401
    assert portal_door(link.token_hash, now=NOW()).gone == "expired"
    assert not AttendanceEvent.objects.exists()


def test_the_door_tells_expired_replaced_ended_and_unknown_apart(send, bakery, worker, signed_in, in_sondrio):
    first = send()
    Message.objects.update(created_at=NOW() - timedelta(hours=1))
    second = send()
    stranger = ReadingClient()
    assert "più nuovo" in stranger.get(f"/presenze/apri/{first}/").content.decode()
    PortalLink.objects.filter(token_hash=hash_token(second)).update(
        sent_at=NOW() - timedelta(days=30), expires_at=NOW() - timedelta(days=1)
    )
    page = stranger.get(f"/presenze/apri/{second}/")
    assert page.status_code == 404 and "scaduto" in page.content.decode() and "Telefona o scrivi a" in page.content.decode()
    Message.objects.update(created_at=NOW() - timedelta(hours=1))
    third = send()
    post(signed_in(worker), f"/presenze/ufficio/tutor/{bakery.tutor.public_id}/collegamento/chiudi/")
    assert "è stato chiuso" in stranger.get(f"/presenze/apri/{third}/").content.decode()
    unknown = stranger.get("/presenze/apri/nonesiste/")
    assert unknown.status_code == 404 and bakery.tutor.last_name not in unknown.content.decode()


def test_guessing_links_is_slowed_down(client):
    for n in range(10):
        assert client.get(f"/presenze/apri/boh{n}/").status_code == 404
    assert client.get("/presenze/apri/boh/").status_code == 429
    assert Miss.objects.exists()


def test_an_ended_link_is_out_at_the_next_touch(phone, worker, signed_in, bakery, in_sondrio):
    office, address = signed_in(worker), f"/presenze/ufficio/tutor/{bakery.tutor.public_id}/collegamento/"
    html = office.get(address).content.decode()
    assert "Chiudi il collegamento" in html and bakery.tutor.email in html
    assert post(office, f"{address}chiudi/").status_code == 303
    assert phone.get("/presenze/").status_code == 401
    assert post(office, f"{address}chiudi/").status_code == 404  # there is none to end
    assert Fact.objects.filter(code="attendance.portal_link.ended", actor_id=worker.pk).count() == 1


def test_the_office_sends_and_sends_again_after_a_while(worker, signed_in, bakery, in_sondrio):
    office, address = signed_in(worker), f"/presenze/ufficio/tutor/{bakery.tutor.public_id}/collegamento/"
    assert post(office, address, channel="email").status_code == 303
    again = post(office, address, channel="email")
    assert again.status_code == 422 and "è già partito" in again.content.decode()
    assert PortalLink.objects.count() == 1 and PortalLink.objects.get().ended_at is None  # the refused one undid nothing
    message = Message.objects.get(kind=portal.LINK)
    assert message.is_personal and bakery.placement.beneficiary.first_name not in message.subject + message.body


def test_a_coordinator_of_another_ambito_sees_no_link_and_ends_none(phone, user_of, tirano, signed_in, bakery, in_sondrio):
    office, address = signed_in(user_of(Role.COORDINATOR, tirano)), f"/presenze/ufficio/tutor/{bakery.tutor.public_id}/collegamento/"
    html = office.get(address).content.decode()
    assert "Nessun collegamento aperto" in html and "Manda il collegamento" not in html
    assert post(office, f"{address}chiudi/").status_code == 404
    assert post(office, address, channel="email").status_code == 422
    assert phone.get("/presenze/").status_code == 200


@pytest.mark.parametrize("changes", [{"email": "giusto@example.org"}, {"phone": "333 1234567"}], ids=["where it went", "something else"])
def test_a_link_that_went_to_a_wrong_address_closes_when_the_address_is_put_right(phone, bakery, worker, signed_in, changes):
    """Whoever got it by mistake sees nobody any more; the office reads that it is closed, and sends another."""
    office, tutor = signed_in(worker), bakery.tutor
    known = {name: getattr(tutor, name) for name in ("first_name", "last_name", "email", "phone", "job_title", "row_version")}
    page = reverse("hosts:edit_tutor", args=[bakery.company.public_id, tutor.public_id])
    assert post(office, page, **{**known, **changes}).status_code == 303
    stays = "email" not in changes
    assert (phone.get("/presenze/").status_code == 200) is stays
    html = office.get(f"/presenze/ufficio/tutor/{tutor.public_id}/collegamento/").content.decode()
    assert ("Chiudi il collegamento" in html) is stays
    with scope(access_for(worker).scope):
        assert (PortalLink.objects.get().ended_at is None) is stays


def test_a_tutor_does_not_send_links(bakery, other_bakery, signed_in):
    for tutor in (bakery.tutor, other_bakery.tutor):
        assert signed_in(bakery.user).get(f"/presenze/ufficio/tutor/{tutor.public_id}/collegamento/").status_code == 403


def test_a_tutor_who_follows_nobody_here_gets_none(worker, bakery, in_sondrio):
    Placement.objects.update(company_tutor=made.make_tutor(bakery.placement.ambito, bakery.company, number=2)[0])
    access = access_for(worker)
    with scope(access.scope), pytest.raises(DomainError, match="non segue nessuno"):
        portal.send_link(tutor=bakery.tutor, channel=Message.Channel.EMAIL, by=access, now=NOW(), today=TODAY)


def test_who_is_signed_in_keeps_the_own_session(send, bakery, worker, signed_in):
    token = send()
    mine, other = signed_in(bakery.user), signed_in(worker)
    assert mine.get(f"/presenze/apri/{token}/")["Location"] == "/presenze/"
    assert other.get(f"/presenze/apri/{token}/").status_code == 409
    assert other.get("/presenze/").status_code == 403


def test_going_away_forgets(phone):
    response = post(phone, "/presenze/esci/")
    assert response["Clear-Site-Data"] == '"storage"'
    assert phone.get("/presenze/")["Location"].startswith("/accesso/")
    assert phone.get(response["Location"]).status_code == 200


def test_the_database_shows_a_holder_no_link_no_card_and_no_message(send, bakery, sondrio):
    door = portal_door(hash_token(send()), now=NOW())
    with scope(door.access.scope):
        assert not PortalLink.objects.exists() and not Message.objects.exists()
        assert set(Placement.objects.values_list("pk", flat=True)) == {bakery.placement.pk}


def test_an_office_that_switched_the_links_off_sends_none(send, bakery, worker, signed_in, sondrio, tirano, in_sondrio):
    """Rule 31, `portal_links`: the page says it, the service refuses, nothing leaves on Fridays; what was sent before is closed by hand."""
    send()
    page = f"/presenze/ufficio/tutor/{bakery.tutor.public_id}/collegamento/"
    switch = {"network": sondrio.network, "valid_from": TODAY, "act": "prova", "by": made.system(sondrio)}
    publish_rulebook(ambito=tirano, changes={"portal_links": False}, **switch)
    assert "Mandane uno nuovo" in signed_in(worker).get(page).content.decode()
    publish_rulebook(ambito=sondrio, changes={"portal_links": False, "portal_link_weekly": True}, **switch)
    client = signed_in(worker)
    html = client.get(page).content.decode()
    assert "ha spento i collegamenti personali" in html and "Chiudi il collegamento" in html and "Mandane uno nuovo" not in html
    refused = post(client, page, channel="email")
    assert refused.status_code == 422
    with pytest.raises(DomainError, match="ha spento"):
        send()
    assert in_every_ambito(portal.send_weekly_links, now=NOW(), today=TODAY) == 0
    assert PortalLink.objects.count() == 1


# --- Every Friday


@pytest.fixture
def weekly(sondrio, in_sondrio):
    """The office switched the weekly link on."""
    publish_rulebook(
        network=sondrio.network,
        valid_from=TODAY,
        changes={"portal_link_weekly": True},
        act="prova",
        by=made.system(sondrio),
        ambito=sondrio,
    )


def test_on_fridays_each_tutor_of_the_week_gets_a_link_where_it_is_switched_on(bakery, other_bakery, weekly, in_sondrio):
    assert in_every_ambito(portal.send_weekly_links, now=NOW(), today=TODAY) == 2
    assert {(m.address, "già compilata" in m.body) for m in Message.objects.filter(kind=portal.LINK)} == {
        (bakery.tutor.email, True),
        (other_bakery.tutor.email, True),
    }
    assert in_every_ambito(portal.send_weekly_links, now=NOW(), today=TODAY) == 0  # the cooldown holds also for a second run


def test_it_is_off_until_somebody_switches_it_on(bakery, in_sondrio):
    assert in_every_ambito(portal.send_weekly_links, now=NOW(), today=TODAY) == 0
    assert not PortalLink.objects.exists()


def test_a_muted_person_s_tutor_is_left_alone(bakery, other_bakery, weekly, worker, in_sondrio):
    Mute.objects.create(
        ambito=bakery.placement.ambito, subject_type="beneficiaries.beneficiary", subject_id=bakery.placement.beneficiary_id,
        reason="prova", until=TODAY + timedelta(days=30), created_by=worker,
    )  # fmt: skip
    assert in_every_ambito(portal.send_weekly_links, now=NOW(), today=TODAY) == 1
    assert PortalLink.objects.get().tutor == other_bakery.tutor


def test_the_link_opens_the_own_training_too(phone, bakery, other_bakery, worker, today):
    """A tutor without a password enrols, and reaches no other tutor's row."""
    access = access_for(worker)
    with scope(access.scope):
        edition = make_edition(access, on=today + timedelta(days=20), seats=1)
    url = f"/presenze/formazione/{edition.public_id}/"
    assert "Tutor in impresa" in phone.get("/presenze/formazione/").content.decode()
    assert post(phone, url + "iscrizione/").status_code == 303
    assert "Hai un posto" in phone.get(url).content.decode()
    with scope(access.scope):
        row = Enrolment.objects.get()
        assert (row.tutor_id, row.state, row.created_by_id) == (bakery.tutor.pk, "enrolled", None)
        fact = Fact.objects.get(code="training.enrolment.added")
        assert fact.data["link"] == PortalLink.objects.get().pk, "who came by a link is known by it"
        waiting = enrol_tutor(edition=edition, tutor=other_bakery.tutor, by=access)
    assert waiting.state == "waiting"
    page = phone.get(url).content.decode()
    assert other_bakery.tutor.last_name not in page
    assert post(phone, url + "ritiro/").status_code == 303
    with scope(access.scope):
        assert dict(Enrolment.objects.values_list("tutor_id", "state")) == {bakery.tutor.pk: "withdrawn", other_bakery.tutor.pk: "enrolled"}
    assert phone.get("/calendario/").status_code == 302, "a link has no calendar: it ends by itself"
