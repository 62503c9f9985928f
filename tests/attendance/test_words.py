"""What the person says of her own day: poster, telephone, call; who hears it, and what nobody learns."""

import io
import re
import uuid
from datetime import timedelta

import pikepdf
import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Job, Message, Todo
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.enums import Picture, Word, WordSource
from placements.attendance.models import AttendanceEvent, CheckIn, CheckInCard, SitePoster
from placements.attendance.selectors import portal as selectors
from placements.attendance.services import checkins
from tests.conftest import ReadingClient
from tests.factories.fixtures import TODAY

pytestmark = pytest.mark.django_db
NOW = timezone.now


def post(client, path, **values):
    return client.post(path, {**values, "_submission": str(uuid.uuid4())})


@pytest.fixture
def poster(bakery, worker):
    access = access_for(worker)
    with scope(access.scope):
        return checkins.make_poster(site=bakery.placement.site, by=access, now=NOW())


@pytest.fixture
def card(bakery, worker):
    access = access_for(worker)
    with scope(access.scope):
        return checkins.give_card(placement=bakery.placement, by=access, now=NOW())


def at_poster(poster, card, word="here", **more):
    return post(ReadingClient(), f"/qui/{poster.code}/", picture=card.picture, number=card.number, word=word, **more)


def run_jobs():
    for row in Job.objects.filter(state="queued", name="attendance.tell_word").order_by("id"):
        jobs.run(row.pk)


# --- At the poster


def test_the_poster_s_page_names_nobody(poster, bakery, client):
    html = client.get(f"/qui/{poster.code}/").content.decode()
    person = bakery.placement.beneficiary
    for secret in (
        person.first_name,
        person.last_name,
        bakery.company.name,
        bakery.tutor.last_name,
        "tirocin",
        "disabil",
        "serviz",
        "social",
    ):
        assert secret.lower() not in html.lower(), secret
    assert html.count('name="picture"') == len(Picture) and html.count('name="word"') == len(Word)


def test_a_drawing_and_four_digits_say_i_am_here(poster, card, bakery, in_sondrio):
    client = ReadingClient()
    response = post(client, f"/qui/{poster.code}/", picture=card.picture, number=card.number, word="here")
    assert response.status_code == 303
    thanks = client.get(response["Location"]).content.decode()
    assert "sono qui" in thanks and bakery.placement.beneficiary.first_name not in thanks
    said = CheckIn.objects.get()
    assert (said.placement, said.word, said.source, said.day, said.recorded_by) == (bakery.placement, "here", "poster", TODAY, None)
    assert not AttendanceEvent.objects.exists()  # it is the tutor's to say


def test_said_twice_it_is_one_row(poster, card, in_sondrio):
    for _ in range(2):
        assert at_poster(poster, card).status_code == 303
    assert CheckIn.objects.count() == 1


def test_the_tutor_sees_it_and_confirms_with_one_tap(poster, card, bakery, signed_in, in_sondrio):
    at_poster(poster, card)
    phone = signed_in(bakery.user)
    html = phone.get("/presenze/").content.decode()
    assert "Sono qui" in html and 'value="present"' in html
    assert "«sono qui»" in phone.get("/presenze/settimana/").content.decode()
    post(phone, f"/presenze/{bakery.placement.public_id}/registra/", day=TODAY.isoformat(), outcome="present", back="today")
    assert AttendanceEvent.objects.get().outcome == "present"


@pytest.mark.parametrize(
    ("picture", "number", "word", "words"),
    [
        ("", "1234", "here", "Tocca il tuo disegno"),
        ("drago", "1234", "here", "Tocca il tuo disegno"),
        ("sun", "12", "here", "quattro cifre"),
        ("sun", "1234", "", "Tocca uno dei pulsanti"),
        ("sun", "1234", "malata", "Tocca uno dei pulsanti"),
    ],
)
def test_what_is_missing_is_said(poster, client, picture, number, word, words, in_sondrio):
    response = post(client, f"/qui/{poster.code}/", picture=picture, number=number, word=word)
    assert response.status_code == 422 and words in response.content.decode()
    assert not CheckIn.objects.exists()


def wrong(card):
    return next(n for n in ("1234", "5678") if n != card.number)


def test_a_wrong_number_says_nothing_of_anybody_and_ten_of_them_wait(poster, card, client, in_sondrio):
    address = f"/qui/{poster.code}/"
    for _ in range(10):
        response = post(client, address, picture=card.picture, number=wrong(card), word="here")
        assert response.status_code == 422 and "non vanno insieme" in response.content.decode()
    assert post(client, address, picture=card.picture, number=wrong(card), word="here").status_code == 429
    assert post(client, address, picture=card.picture, number=card.number, word="here").status_code == 429
    assert not CheckIn.objects.exists()


def test_the_right_number_does_not_use_up_the_guesses(poster, card, in_sondrio):
    for n in range(14):
        assert at_poster(poster, card, word=["here", "later"][n % 2]).status_code == 303


def test_a_card_works_at_the_own_place_only(card, other_bakery, worker, in_sondrio):
    access = access_for(worker)
    with scope(access.scope):
        elsewhere = checkins.make_poster(site=other_bakery.placement.site, by=access, now=NOW())
    assert at_poster(elsewhere, card).status_code == 422
    assert not CheckIn.objects.exists()


def test_a_poster_that_came_down_and_a_card_that_was_lost(poster, card, bakery, worker, client, in_sondrio):
    access = access_for(worker)
    fresh = checkins.give_card(placement=bakery.placement, by=access, now=NOW())
    assert at_poster(poster, card).status_code == 422
    assert at_poster(poster, fresh).status_code == 303
    checkins.make_poster(site=bakery.placement.site, by=access, now=NOW(), anew=True)
    for address in (f"/qui/{poster.code}/", "/qui/NESSUNO/"):
        gone = client.get(address)
        assert gone.status_code == 404 and "Questo cartello non funziona più" in gone.content.decode()
        assert (gone["Cache-Control"], gone["X-Robots-Tag"]) == ("no-store", "noindex") and "<form" not in gone.content.decode().partition(
            "<footer"
        )[0]


def test_no_two_cards_are_alike(bakery, other_bakery, worker, monkeypatch, in_sondrio):
    picks = iter(["sun", "sun", "tree"])
    monkeypatch.setattr("placements.attendance.services.checkins.secrets.choice", lambda values: next(picks))
    monkeypatch.setattr("placements.attendance.services.checkins.secrets.randbelow", lambda n: 4711)
    access = access_for(worker)
    first = checkins.give_card(placement=bakery.placement, by=access, now=NOW())
    second = checkins.give_card(placement=other_bakery.placement, by=access, now=NOW())
    assert ((first.picture, first.number), (second.picture, second.number)) == (("sun", "4711"), ("tree", "4711"))


def test_in_a_pause_and_after_the_end_nobody_is_waited_for(poster, card, bakery, in_sondrio):
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.SUSPENDED)
    response = at_poster(poster, card)
    assert response.status_code == 422 and "in pausa" in response.content.decode()
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.ENDED, ended_on=TODAY - timedelta(days=1))
    assert at_poster(poster, card).status_code == 422
    assert not CheckIn.objects.exists()


def test_words_are_for_ever(poster, card, in_sondrio):
    at_poster(poster, card)
    with pytest.raises(DatabaseError) as refused:
        CheckIn.objects.update(word="later")
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


# --- Not today


@pytest.mark.parametrize("word", ["not_today", "later", "call_me"])
def test_tutor_and_educator_hear_it_without_a_reason(poster, card, bakery, word, in_sondrio):
    at_poster(poster, card, word=word)
    run_jobs()
    person = bakery.placement.beneficiary
    message = Message.objects.get(about_id=bakery.placement.pk)
    assert message.address == bakery.tutor.email
    assert f"{person.first_name} {person.last_name[0]}." in message.body and str(Word(word).label) in message.body
    assert person.last_name not in message.body and person.first_name not in message.subject
    todo = Todo.objects.get(kind=checkins.WORD_TODO)
    assert (todo.case_role, todo.done_at) == ("educator", None) and str(Word(word).label) in todo.title
    assert not re.search("malat|salut[ei]|medic", message.body + todo.title, re.I)


def test_here_disturbs_nobody(poster, card, in_sondrio):
    at_poster(poster, card)
    assert not Job.objects.filter(name="attendance.tell_word").exists()


def test_a_second_mail_of_the_same_day_is_not_sent(poster, card, in_sondrio):
    for word in ("not_today", "here", "not_today"):
        at_poster(poster, card, word=word)
    run_jobs()
    assert Message.objects.count() == 1 and CheckIn.objects.count() == 3


def test_a_call_is_noted_and_seen_to(bakery, worker, signed_in, in_sondrio):
    office, placement = signed_in(worker), bakery.placement
    assert post(office, f"/presenze/{placement.public_id}/telefonata/", word="not_today").status_code == 303
    said = CheckIn.objects.get()
    assert (said.word, said.source, said.recorded_by) == ("not_today", "office", worker)
    run_jobs()
    html = office.get(f"/presenze/{placement.public_id}/").content.decode()
    assert "Che cosa ha detto oggi" in html and "Visto, ci ho pensato io" in html
    assert post(office, f"/presenze/{placement.public_id}/telefonata/fatto/").status_code == 303
    assert Todo.objects.get(kind=checkins.WORD_TODO).done_by == worker.pk
    assert "Visto, ci ho pensato io" not in office.get(f"/presenze/{placement.public_id}/").content.decode()


def test_the_office_notes_no_i_am_here(bakery, worker, signed_in, in_sondrio):
    assert post(signed_in(worker), f"/presenze/{bakery.placement.public_id}/telefonata/", word="here").status_code == 422
    assert not CheckIn.objects.exists()


# --- On the telephone the tutor hands over


def test_the_tutor_hands_over_the_telephone(bakery, signed_in, in_sondrio):
    phone, placement = signed_in(bakery.user), bakery.placement
    html = phone.get("/presenze/sono-qui/").content.decode()
    assert (
        f"{placement.beneficiary.first_name} {placement.beneficiary.last_name[0]}." in html and placement.beneficiary.last_name not in html
    )
    assert "Che cosa vuoi dire" in phone.get(f"/presenze/sono-qui/?chi={placement.public_id}").content.decode()
    assert post(phone, f"/presenze/{placement.public_id}/parola/", word="here")["Location"] == "/presenze/sono-qui/"
    said = CheckIn.objects.get()
    assert (said.source, said.recorded_by) == ("phone", bakery.user)
    post(phone, f"/presenze/{placement.public_id}/parola/", word="call_me")
    names = phone.get("/presenze/sono-qui/").content.decode().partition("<main")[2]
    assert "chiamami" not in names and "sono qui" not in names  # the next who holds the telephone reads nobody's word
    run_jobs()
    assert not Message.objects.exists() and Todo.objects.filter(kind=checkins.WORD_TODO).exists()  # the tutor was there


def test_nobody_says_a_word_for_who_is_not_theirs(bakery, other_bakery, signed_in, stranger, in_sondrio):
    placement = other_bakery.placement
    assert post(signed_in(bakery.user), f"/presenze/{placement.public_id}/parola/", word="here").status_code == 404
    assert post(signed_in(bakery.user), f"/presenze/{bakery.placement.public_id}/parola/", word="boh").status_code == 404
    assert post(signed_in(bakery.user), f"/presenze/{bakery.placement.public_id}/telefonata/", word="later").status_code == 404
    for path in ("telefonata/", "telefonata/fatto/", "tessera/nuova/"):
        assert post(signed_in(stranger), f"/presenze/{placement.public_id}/{path}", word="later").status_code == 404
    assert signed_in(stranger).get(f"/presenze/{placement.public_id}/tessera/").status_code == 404
    assert not CheckIn.objects.exists() and not CheckInCard.objects.exists()


def test_the_database_lets_who_stands_at_the_poster_reach_one_placement(bakery, other_bakery, sondrio, card, poster):
    secret = checkins.card_hash(network_id=sondrio.network_id, picture=card.picture, number=card.number)
    here = selectors.poster_door(poster.code, secret, TODAY)
    with scope(here.access.scope):
        assert list(Placement.objects.all()) == [bakery.placement]
        assert not CheckInCard.objects.exists() and not SitePoster.objects.exists() and not Message.objects.exists()
        with pytest.raises(PermissionDenied):
            checkins.say(placement_id=other_bakery.placement.pk, word=Word.HERE, source=WordSource.POSTER, by=here.access, now=NOW())
    assert not here.access.permissions


# --- Card and poster, the office


def test_the_office_gives_and_prints_a_card(bakery, worker, signed_in, in_sondrio):
    office, address = signed_in(worker), f"/presenze/{bakery.placement.public_id}/tessera/"
    assert "Ancora nessuna tessera" in office.get(address).content.decode()
    assert post(office, f"{address}nuova/").status_code == 303
    card = CheckInCard.objects.get()
    html = office.get(address).content.decode()
    assert card.number in html and f"pictures/{card.picture}.svg" in html


def test_the_poster_is_one_page_that_names_the_place_and_nothing_else(poster, bakery, worker, signed_in, in_sondrio):
    office, address = signed_in(worker), f"/presenze/ufficio/sedi/{bakery.placement.site.public_id}/cartello/"
    assert "si sta preparando" in office.get(address).content.decode()
    jobs.run(Job.objects.get(name="attendance.print_poster").pk)
    assert poster.code in office.get(address).content.decode()
    response = office.get(f"{address}file/")
    data = b"".join(response.streaming_content)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1 and [round(float(x)) for x in pdf.pages[0].mediabox] == [0, 0, 595, 842]
    words = render_to_string("attendance/pdf/poster_v1.html", {"place": "Forno", "site": "Laboratorio", "url": "x/qui/A/", "qr": ""})
    assert not re.search(
        "tirocin|disab|serviz|social|ufficio|inclus", re.sub("<style>.*?</style>|<meta[^>]*>", "", words, flags=re.S), re.I
    )


def test_posters_and_cards_are_for_the_office(bakery, signed_in, user_of):
    site = bakery.placement.site.public_id
    assert signed_in(bakery.user).get(f"/presenze/ufficio/sedi/{site}/cartello/").status_code == 403
    assert (
        post(signed_in(user_of(Role.AUDITOR, bakery.placement.ambito)), f"/presenze/ufficio/sedi/{site}/cartello/nuovo/").status_code == 403
    )
    assert signed_in(bakery.user).get(f"/presenze/{bakery.placement.public_id}/tessera/").status_code == 404
