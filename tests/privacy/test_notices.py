"""Texts by version; who works in a company accepts the instructions before the portal opens."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.privacy.copy import person_copy
from impresasolidale.privacy.models import Acceptance, Notice
from impresasolidale.privacy.selectors.notices import given_to
from impresasolidale.privacy.services.notices import accept_instructions, publish_notice
from tests.factories.attendance import make_host, make_running_placement, make_tutor
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
TEXT = {"kind": "instructions", "title": "Istruzioni", "text": "Non parlarne fuori.\n\nChiedi all'ufficio.", "in_force_from": TODAY}
PORTAL, PAGE = "/presenze/", "/presenze/istruzioni/"


@pytest.fixture
def publish(within, dpo):
    return lambda **changes: publish_notice(values={**TEXT, **changes}, by=within(dpo), today=TODAY)


@pytest.fixture
def tutor(sondrio):
    company = make_host(sondrio)
    row, user = make_tutor(sondrio, company)
    make_running_placement(sondrio, row, company)
    return user


def test_without_instructions_the_portal_opens(signed_in, tutor):
    client = signed_in(tutor)
    assert client.get(PORTAL).status_code == 200
    assert client.get(PAGE).status_code == 303


def test_the_portal_opens_after_a_yes_and_the_version_is_kept(signed_in, within, tutor, dpo, publish):
    notice = publish()
    client = signed_in(tutor)
    assert client.get(PORTAL)["Location"] == PAGE
    assert client.post("/presenze/settimana/")["Location"] == PAGE
    assert client.get("/presenze/dati/").status_code == 403
    page = client.get(PAGE)
    assert "Non parlarne fuori." in page.content.decode()
    seen = page.context["form"].initial["seen"]
    assert client.post(PAGE, {"seen": seen}).status_code == 422  # no yes
    assert client.post(PAGE, {"yes": "on", "seen": seen})["Location"] == PORTAL
    assert client.get(PORTAL).status_code == 200
    within(dpo)
    (row,) = Acceptance.objects.all()
    assert (row.notice, row.user) == (notice, tutor) and row.accepted_at
    assert str(tutor) in signed_in(dpo).get(f"/protezione-dei-dati/testi/{notice.public_id}/").content.decode()


def test_a_new_version_is_asked_again_in_a_new_session(signed_in, tutor, publish):
    publish()
    by = access_for(tutor)
    with scope(by.scope):
        (first,) = Notice.objects.filter(kind="instructions")
        assert accept_instructions(seen=[str(first.public_id)], by=by, today=TODAY) == 1
    assert signed_in(tutor).get(PORTAL).status_code == 200
    publish(text="Un'altra cosa.")
    assert signed_in(tutor).get(PORTAL)["Location"] == PAGE


def test_a_text_that_changed_meanwhile_is_read_again(tutor, publish):
    publish()
    by = access_for(tutor)
    with scope(by.scope), pytest.raises(DomainError, match="è cambiato"):
        accept_instructions(seen=["x"], by=by, today=TODAY)


def test_what_never_waits_for_a_yes(signed_in, tutor, publish):
    """What was recorded without a network is taken, an inspection is answered, one may leave."""
    publish()
    client = signed_in(tutor)
    assert client.post("/presenze/invio/", "{}", content_type="application/json").status_code != 303
    for path in ("/presenze/ispezione/", "/presenze/sw.js", "/presenze/app/"):
        assert client.get(path).status_code == 200, path


def test_office_and_strangers_have_nothing_to_accept(signed_in, client, worker, publish):
    publish()
    assert signed_in(worker).get("/presenze/ufficio/").status_code == 200
    assert signed_in(worker).get(PAGE)["Location"].startswith("/accesso/")
    assert client.get(PAGE)["Location"].startswith("/accesso/")


def test_another_ambito_s_instructions_are_not_asked(signed_in, within, tirano, tutor):
    publish_notice(values=TEXT, by=within(make_user(Role.DPO, tirano)), today=TODAY)
    assert signed_in(tutor).get(PORTAL).status_code == 200


def test_versions_follow_each_other_and_never_change(within, dpo, publish):
    publish(in_force_from=TODAY + timedelta(days=10))
    with pytest.raises(DomainError) as refused:
        publish(in_force_from=TODAY + timedelta(days=9))
    assert refused.value.field == "in_force_from"
    with pytest.raises(DomainError, match="già passato"):
        publish(kind="people", in_force_from=TODAY - timedelta(days=1))
    assert publish(in_force_from=TODAY + timedelta(days=10)).version == 2
    within(dpo)
    for statement in ("UPDATE privacy_notice SET text = 'x'", "DELETE FROM privacy_notice"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_which_notice_a_person_was_given(within, dpo, person, publish):
    first = publish(kind="people", title="Informativa")
    second = publish(kind="people", title="Informativa", in_force_from=TODAY + timedelta(days=5))
    within(dpo)
    for day, wanted in ((TODAY - timedelta(days=1), None), (TODAY, first), (TODAY + timedelta(days=6), second), (None, None)):
        person.privacy_notice_on = day
        assert given_to(person) == wanted


def test_texts_are_published_on_their_page_by_who_may(signed_in, worker, dpo):
    client, here = signed_in(dpo), "/protezione-dei-dati/testi/"
    assert client.post(f"{here}nuovo/", {**TEXT, "in_force_from": TODAY - timedelta(days=1)}).status_code == 422
    assert client.post(f"{here}nuovo/", TEXT).status_code == 303
    assert "Istruzioni" in client.get(here).content.decode()
    assert signed_in(worker).post(f"{here}nuovo/", TEXT).status_code == 403


def test_the_copy_says_which_version_the_person_was_given(within, dpo, person, publish, asked):
    publish(kind="people", title="Informativa sui dati")
    context = person_copy(asked(), by=within(dpo), today=TODAY)
    assert person.privacy_notice_on == TODAY
    assert context["about"][0] == [
        "L'informativa che hai avuto",
        ["«Informativa sui dati», versione 1, che ti abbiamo dato il 18/11/2026."],
    ]
