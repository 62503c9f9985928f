"""The case diary: one timeline of notes and of what happened, written, corrected, filtered, paged, and guarded."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import scope
from placements.beneficiaries import services
from placements.beneficiaries.models import DiaryEntry
from tests.factories.agreements import make_placement
from tests.factories.attendance import make_host, make_tutor
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 10, 12, 0, tzinfo=timezone.get_default_timezone())


def page(name, person, *more):
    return reverse(f"desk:{name}", args=[person.public_id, *more])


def typed(text="Sentito il tutor: va bene.", **changes):
    return {"kind": "call", "happened_at": "2026-11-10T12:00", "text": text, "about": "", **changes}


def write(access, person, text="Sentito il tutor", at=NOON, **changes):
    return services.write_diary_entry(
        beneficiary=person, **{"kind": "call", "happened_at": at, "text": text, **changes}, by=access, today=timezone.localdate()
    )


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def person(access, today):
    return make_beneficiary(access)


def titles(response):
    return [str(item["title"]) for item in response.context["items"]]


def test_an_entry_is_written_and_read_with_what_happened(access, worker, signed_in, today):
    placement = make_placement(access, state="active")
    person, client = placement.beneficiary, signed_in(worker)
    form = client.get(page("new_entry", person)).content.decode()
    assert "stanno nella cartella sociale" in form and str(placement.company) in form
    response = client.post(page("new_entry", person), typed(about=placement.public_id))
    assert (response.status_code, response["Location"]) == (303, page("diary", person))
    read = client.get(page("diary", person))
    assert f"Telefonata, tirocinio da {placement.company}" in titles(read)
    assert "Sentito il tutor: va bene." in read.content.decode()
    shown = "\n".join(titles(read))
    for words in ("Segnalazione: servizio inserimento lavorativo", "Presa in carico: servizio sociale", "Valutazione", "Ora è: in corso"):
        assert words in shown
    assert Look.objects.filter(place="desk:diary", actor_id=worker.pk, subject_ids=[person.pk]).exists()
    stored = DiaryEntry.objects.get()
    assert (stored.subject_type, stored.subject_id) == ("agreements.placement", placement.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM beneficiaries_diaryentry")
        assert "Sentito" not in cursor.fetchone()[0]
    assert "Sentito" not in str(Fact.objects.get(code="beneficiaries.diary.written").data)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"kind": "gossip"}, "kind"),
        ({"happened_at": ""}, "happened_at"),
        ({"happened_at": "2126-11-10T12:00"}, "happened_at"),
        ({"happened_at": "1950-11-10T12:00"}, "happened_at"),
        ({"about": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}, "about"),
    ],
)
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(access, worker, signed_in, changes, field):
    placement = make_placement(access)
    response = signed_in(worker).post(page("new_entry", placement.beneficiary), typed(**changes))
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert not DiaryEntry.objects.exists()


def test_a_correction_is_a_new_entry_and_the_first_words_stay(access, person, worker, signed_in):
    entry, client = write(access, person, "Martedì alle nove"), signed_in(worker)
    address = page("correct_entry", person, entry.public_id)
    assert "Martedì alle nove" in client.get(address).content.decode()
    assert client.post(address, typed("Mercoledì alle nove")).status_code == 303
    read = client.get(page("diary", person), {"cosa": "diary"})
    assert [item["text"] for item in read.context["items"]] == ["Mercoledì alle nove"]
    assert [was["text"] for was in read.context["items"][0]["earlier"]] == ["Martedì alle nove"]
    assert "Com’era scritto prima" in read.content.decode()
    again = client.post(address, typed("Giovedì alle nove"))
    assert again.status_code == 404  # a colleague was quicker: the entry of this address no longer holds
    assert DiaryEntry.objects.count() == 2
    assert Fact.objects.filter(code="beneficiaries.diary.corrected").count() == 1


def test_two_corrections_of_the_same_words_meet_in_the_table(access, person):
    entry = write(access, person)
    write(access, person, "Prima", supersedes=entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiaryEntry.objects.create(
            ambito_id=person.ambito_id, beneficiary=person, kind="note", happened_at=NOON, text="Poi", supersedes=entry
        )


def test_the_words_are_for_ever(access, person):
    write(access, person)
    for statement in ("UPDATE beneficiaries_diaryentry SET kind = 'note'", "DELETE FROM beneficiaries_diaryentry"):
        with pytest.raises(Exception, match="permission denied|append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_company_never_sees_it_whatever_the_door(access, worker, sondrio, signed_in):
    placement = make_placement(access, state="active")
    write(access, placement.beneficiary)
    _tutor, user = make_tutor(sondrio, make_host(sondrio))
    for name in ("diary", "new_entry"):
        assert signed_in(user).get(page(name, placement.beneficiary)).status_code == 403
    with scope(access_for(user).scope):
        assert not DiaryEntry._base_manager.exists()


def test_outside_the_care_team_a_reason_is_asked_and_logged(person, sondrio, stranger, signed_in):
    colleague = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    client = signed_in(colleague)
    asked = client.get(page("diary", person))
    assert asked["Location"].startswith(f"/persone/{person.public_id}/motivo/")
    assert client.post(asked["Location"], {"why": "stand_in", "reason": "", "next": page("diary", person)})["Location"] == page(
        "diary", person
    )
    assert client.get(page("diary", person)).status_code == 200
    assert Look._base_manager.filter(actor_id=colleague.pk, place="beneficiaries:reason").count() == 1
    assert signed_in(stranger).get(page("diary", person)).status_code == 404
    for role in (Role.CLERK, Role.COMUNE_OFFICER, Role.ACCOUNTING):
        assert signed_in(make_user(role, sondrio, number=3)).get(page("diary", person)).status_code == 403


def test_the_educator_of_the_team_writes_a_call(access, person, worker, sondrio, signed_in, today):
    educator = make_user(Role.PROMOTER_TUTOR, sondrio)
    services.join_care_team(beneficiary=person, user=educator, role="educator", by=access, today=timezone.localdate())
    assert signed_in(educator).post(page("new_entry", person), typed()).status_code == 303
    assert DiaryEntry.objects.get().created_by == educator


def test_the_kinds_narrow_and_an_empty_one_says_so(access, person, worker, signed_in):
    write(access, person, kind="meeting")
    write(access, person, kind="call")
    client = signed_in(worker)

    def shown(kind):
        return titles(client.get(page("diary", person), {"cosa": kind}))

    assert (shown("call"), sorted(shown("diary"))) == (["Telefonata"], ["Incontro o colloquio", "Telefonata"])
    assert len(shown("services")) == 3
    assert "Persona registrata" in shown("record")
    assert shown("placements") == []
    assert "non è successo niente di questo tipo" in client.get(page("diary", person), {"cosa": "placements"}).content.decode()


def test_the_judicial_service_and_reserved_words_are_not_told_to_who_may_not_read_them(access, worker, sondrio, signed_in):
    person = make_beneficiary(
        access, charge={"service": "uepe", "case_manager": "Prova", "valid_from": NOON.date()}, target_area="judicial"
    )
    educator = make_user(Role.PROMOTER_TUTOR, sondrio)
    services.join_care_team(beneficiary=person, user=educator, role="educator", by=access, today=timezone.localdate())
    assert "Presa in carico: servizio riservato" in titles(signed_in(educator).get(page("diary", person)))
    assert "Presa in carico: ufficio esecuzione penale esterna" in titles(signed_in(worker).get(page("diary", person)))


def test_pages_meet_forward_and_back_even_at_one_same_moment(access, person, worker, signed_in):
    client = signed_in(worker)
    for number in range(60):
        write(access, person, f"{number:02d}", at=NOON + timedelta(minutes=number // 30))
    pages, seen, query = [], [], "?cosa=diary"
    while query:
        last = client.get(page("diary", person) + query)
        pages.append([item["text"] for item in last.context["items"]])
        seen, query = seen + pages[-1], last.context["next_url"]
    assert [len(each) for each in pages] == [25, 25, 10]
    assert seen == [f"{n:02d}" for n in (*range(59, 29, -1), *range(29, -1, -1))]
    back, query = [pages[-1]], last.context["previous_url"]
    while query:
        response = client.get(page("diary", person) + query)
        back.append([item["text"] for item in response.context["items"]])
        query = response.context["previous_url"]
    assert back == pages[::-1]
    assert client.get(page("diary", person), {"dopo": "nonsense", "prima": "9" * 40}).status_code == 200


def test_it_costs_the_same_for_few_and_for_many(access, worker, signed_in):
    placement = make_placement(access, state="active")
    person, client = placement.beneficiary, signed_in(worker)
    first = write(access, person)
    write(access, person, "Corretto", supersedes=first)
    client.get(page("diary", person))
    with CaptureQueriesContext(connection) as few:
        client.get(page("diary", person))
    for number in range(12):
        write(access, person, f"Nota {number}", supersedes=write(access, person, str(number)), about=placement)
    client.get(page("diary", person))
    with CaptureQueriesContext(connection) as many:
        client.get(page("diary", person))
    assert len(many) == len(few)
    own = [q for q in many if any(name in q["sql"] for name in ("beneficiaries_", "agreements_", "core_fact"))]
    assert len(own) <= 8


def test_the_keys_of_what_is_for_ever_are_changed_by_the_owner_alone(access, person):
    write(access, person)
    with pytest.raises(CommandError, match="DATABASE_AS_OWNER"):
        call_command("rotate_field_keys")
    assert DiaryEntry.objects.get().text == "Sentito il tutor"
