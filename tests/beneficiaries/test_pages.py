"""People through the doors users use: registering, opening, editing, refusals."""

from datetime import date, timedelta

import pytest
from codicefiscale import encode
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import ask, done
from impresasolidale.territory.models import Comune
from placements.beneficiaries.models import Assessment, Beneficiary, CareMember, Representative, TakingInCharge
from tests.factories.beneficiaries import identity
from tests.factories.certification import hosted, make_host

NEW = reverse("beneficiaries:new")
LIST = reverse("beneficiaries:list")


def page(name, person, **query):
    return reverse(f"beneficiaries:{name}", args=[person.public_id], query=query or None)


def filled(number=1, **changes):
    """What a social worker types for a person of Sondrio."""
    today = timezone.localdate().isoformat()
    typed = {
        **identity(number),
        "birth_date": "",
        "residence": "Sondrio",
        "target_area": "disadvantage",
        "schooling_completed": "on",
        "referral_service": "sil",
        "referral_operator": "Prova Operatrice",
        "referral_received_on": today,
        "charge_service": "social_service",
        "charge_case_manager": "Prova Responsabile",
        "charge_valid_from": "2024-01-01",
        "privacy_notice_on": today,
    }
    return {**typed, **changes}


def error_of(response, field):
    assert response.context["form"].errors.keys() == {field}, response.context["form"].errors
    bound = response.context["form"][field]
    assert f'id="{bound.auto_id}_error"' in response.content.decode()
    return response.context["form"].errors[field][0]


def rows(user, model):
    with scope(access_for(user).scope):
        return list(model.objects.order_by("id"))


def looks(user, kind):
    with scope(access_for(user).scope):
        return list(Look.objects.filter(actor_id=user.pk, kind=kind).order_by("id"))


@pytest.fixture
def colleague(user_of, sondrio):
    """Another social worker of Sondrio, who follows nobody."""
    return user_of(Role.SOCIAL_WORKER, sondrio, number=2)


# --- Registering


def test_one_page_registers_a_person_and_makes_the_user_referent(worker, signed_in, sondrio):
    client = signed_in(worker)
    blank = client.get(NEW).content.decode()
    assert (blank.count('<details class="group-fold">'), blank.count(" open>"), "---" in blank) == (3, 0, False)
    response = client.post(
        NEW,
        filled(
            assessment_made_on="2024-10-01",
            assessment_author="Prova Assistente",
            representative_kind="support_administrator",
            representative_last_name="Prova",
            representative_first_name="Amministratore",
            representative_valid_from="2024-01-01",
        ),
    )
    (person,) = rows(worker, Beneficiary)
    assert (response.status_code, response["Location"]) == (303, page("detail", person))
    assert (person.birth_date, person.sex, person.birthplace.name) == (identity(1)["birth_date"], "M", "Sondrio")
    assert person.residence_ambito == sondrio
    assert person.search_key == "cattaneo bruno"
    (member,) = rows(worker, CareMember)
    assert (member.user, member.role) == (worker, "referent")
    assert [len(rows(worker, model)) for model in (TakingInCharge, Assessment, Representative)] == [1, 1, 1]
    with scope(access_for(worker).scope):
        assert Fact.objects.filter(code="beneficiaries.beneficiary.registered", subject_id=person.pk).exists()
    with connection.cursor() as cursor, scope(access_for(worker).scope):
        cursor.execute("SELECT codice_fiscale FROM beneficiaries_beneficiary")
        assert person.codice_fiscale not in cursor.fetchone()[0]
    detail = client.get(page("detail", person))
    assert person.codice_fiscale in detail.content.decode()
    assert looks(worker, Look.Kind.DETAIL)[-1].subject_ids == [person.pk]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("RSSMRA80A01", "16 caratteri"),
        ("RSSMRA8!A01I829X", "al posto"),
        (identity(1)["codice_fiscale"][:15] + ("A" if identity(1)["codice_fiscale"][15] != "A" else "B"), "errore di battitura"),
        ("12345678901", "provvisorio"),
    ],
)
def test_a_wrong_codice_fiscale_is_refused_beside_the_field(worker, signed_in, code, words):
    response = signed_in(worker).post(NEW, filled(codice_fiscale=code))
    assert response.status_code == 422
    assert words in error_of(response, "codice_fiscale")
    assert 'value="Prova Operatrice"' in response.content.decode()
    assert rows(worker, Beneficiary) == []


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"birth_date": "1970-01-01"}, "birth_date", "non corrisponde"),
        ({"privacy_notice_on": TOMORROW}, "privacy_notice_on", "futuro"),
        ({"referral_received_on": TOMORROW}, "referral_received_on", "futuro"),
        ({"assessment_made_on": TOMORROW, "assessment_author": "Prova"}, "assessment_made_on", "futuro"),
        ({"assessment_author": "Prova"}, "assessment_made_on", "Completa"),
        ({"residence": "Sondrioo"}, "residence", "Non trovo"),
        ({"residence": "Milano"}, "in_charge_note", "fuori dal tuo Ambito"),
        ({"target_area": "forged"}, "target_area", ""),
        ({"last_name": ""}, "last_name", ""),
    ],
)
def test_a_refusal_stands_beside_its_field_and_nothing_is_written(worker, signed_in, changes, field, words):
    response = signed_in(worker).post(NEW, filled(**changes))
    assert response.status_code == 422
    assert words in error_of(response, field)
    assert "Prova Responsabile" in response.content.decode()
    assert rows(worker, Beneficiary) == []


def test_who_lives_elsewhere_needs_a_reason_to_be_followed_here(worker, signed_in, tirano):
    assert signed_in(worker).post(NEW, filled(residence="tirano", in_charge_note="Lavora a Sondrio")).status_code == 303
    (person,) = rows(worker, Beneficiary)
    assert (person.ambito.name, person.residence_ambito) == ("Sondrio", tirano)


def test_the_same_code_is_refused_with_a_link_and_the_search_is_logged(worker, colleague, signed_in, registered):
    person = registered(colleague)
    response = signed_in(worker).post(NEW, filled())
    assert response.status_code == 422
    assert "già registrata" in error_of(response, "codice_fiscale")
    assert page("detail", person) in response.content.decode()
    assert looks(worker, Look.Kind.SEARCH)[-1].subject_ids == [person.pk]
    assert len(rows(worker, Beneficiary)) == 1


def test_a_code_known_elsewhere_names_the_office_and_asks_for_a_tick(worker, stranger, signed_in, registered):
    registered(stranger)
    client = signed_in(worker)
    response = client.post(NEW, filled())
    assert response.status_code == 422
    assert "Ufficio di Piano di Tirano" in error_of(response, "is_checked_elsewhere")
    assert 'type="checkbox" name="is_checked_elsewhere"' in response.content.decode()
    assert rows(worker, Beneficiary) == []
    assert client.post(NEW, filled(is_checked_elsewhere="on")).status_code == 303


def test_a_similar_name_with_the_same_birth_date_is_shown_first(worker, signed_in, registered):
    person = registered(worker)
    other = encode("Cattanei", "Bruno", "M", identity(1)["birth_date"].isoformat(), "Tirano")
    client = signed_in(worker)
    typed = filled(last_name="Cattanei", codice_fiscale=other)
    response = client.post(NEW, typed)
    assert response.status_code == 422
    assert "Controlla" in error_of(response, "is_other_person")
    assert page("detail", person) in response.content.decode()
    assert client.post(NEW, {**typed, "is_other_person": "on"}).status_code == 303
    assert len(rows(worker, Beneficiary)) == 2


def test_registering_needs_the_right(coordinator, signed_in):
    assert signed_in(coordinator).get(NEW).status_code == 403
    assert signed_in(coordinator).post(NEW, filled()).status_code == 403


# --- Who sees whom


def test_another_ambito_is_404_everywhere(worker, stranger, signed_in, registered):
    person = registered(worker)
    client = signed_in(stranger)
    names = ("detail", "reason", "edit", "new_representative", "new_charge", "new_assessment", "privacy_notice", "care_team")
    assert {client.get(page(name, person)).status_code for name in names} == {404}
    assert str(person) not in client.get(LIST).content.decode()
    assert client.get(reverse("beneficiaries:detail", args=["7f1f6a0e-0000-4000-8000-000000000000"])).status_code == 404
    assert looks(stranger, Look.Kind.DENIED)


def test_a_colleague_gives_a_reason_that_is_logged(worker, colleague, signed_in, registered):
    person = registered(worker)
    client = signed_in(colleague)
    asked = client.get(page("detail", person))
    assert (asked.status_code, asked["Location"]) == (303, page("reason", person, next=page("detail", person)))
    question = client.get(asked["Location"])
    assert question.status_code == 200
    assert person.codice_fiscale not in question.content.decode()
    assert looks(colleague, Look.Kind.DETAIL) == []
    assert client.post(page("reason", person), {"why": "other", "reason": ""}).status_code == 422
    opened = client.post(page("reason", person), {"why": "other", "reason": "Supervisione", "next": page("edit", person)})
    assert (opened.status_code, opened["Location"]) == (303, page("edit", person))
    assert looks(colleague, Look.Kind.DETAIL)[-1].reason == "Un altro motivo: Supervisione"
    assert client.get(page("detail", person)).status_code == 200
    assert signed_in(colleague).get(page("detail", person)).status_code == 303, "a new session asks again"


def test_after_the_reason_nobody_is_sent_outside(worker, colleague, signed_in, registered):
    person = registered(worker)
    opened = signed_in(colleague).post(page("reason", person), {"why": "check", "next": "https://example.org/"})
    assert opened["Location"] == page("detail", person)


def test_an_edit_outside_the_care_team_asks_too_and_writes_nothing(worker, colleague, signed_in, registered):
    person = registered(worker)
    response = signed_in(colleague).post(page("privacy_notice", person), {"given_on": "2024-01-01"})
    assert response.status_code == 303
    assert "motivo" in response["Location"]
    assert rows(worker, Beneficiary)[0].privacy_notice_on == person.privacy_notice_on


def test_an_open_task_opens_the_record_for_its_role(worker, coordinator, signed_in, registered):
    person = registered(worker)
    client = signed_in(coordinator)
    assert client.get(page("detail", person)).status_code == 303
    access = access_for(coordinator)
    with scope(access.scope):
        ask(kind="test.look", subject=person, title="Guarda", url="/", role=Role.COORDINATOR, by=access)
    assert client.get(page("detail", person)).status_code == 200
    with scope(access.scope):
        done(kind="test.look", subject=person, by=access)
    assert client.get(page("detail", person)).status_code == 303


def test_a_task_about_a_placement_opens_the_record_of_its_person_alone(worker, coordinator, signed_in, registered):
    person, other = registered(worker), registered(worker, number=2)
    access = access_for(coordinator)
    with scope(access_for(worker).scope):
        placement = hosted(access_for(worker), make_host(access_for(worker)), person)
    with scope(access.scope):
        ask(kind="test.validate", subject=placement, title="Guarda", url="/", role=Role.COORDINATOR, by=access)
    client = signed_in(coordinator)
    assert [client.get(page("detail", row)).status_code for row in (person, other)] == [200, 303]


def test_a_comune_officer_sees_its_residents_alone(worker, user_of, sondrio, signed_in, registered):
    home, other = Comune.objects.filter(ambito=sondrio).order_by("name")[:2]
    resident, neighbour = registered(worker, residence=home), registered(worker, number=2, residence=other)
    client = signed_in(user_of(Role.COMUNE_OFFICER, sondrio, comune=home))
    assert client.get(page("detail", resident)).status_code == 200
    assert client.get(page("detail", neighbour)).status_code == 404
    assert client.get(page("reason", neighbour)).status_code == 404
    listed = client.get(LIST).content.decode()
    assert str(resident) in listed
    assert str(neighbour) not in listed


def test_the_judicial_area_and_its_service_need_a_permission(worker, user_of, sondrio, signed_in, registered):
    person = registered(
        worker,
        target_area="judicial",
        referral={"service": "uepe", "operator": "Prova", "received_on": date(2024, 1, 1)},
        address="Via Prova 1",
        is_address_protected=True,
    )
    officer = signed_in(user_of(Role.COMUNE_OFFICER, sondrio, comune=person.residence))
    shown = officer.get(page("detail", person)).content.decode()
    assert "area riservata" in shown
    assert "servizio riservato" in shown
    assert "giudiziaria" not in shown
    assert "Via Prova 1" not in shown
    assert "giudiziaria" not in officer.get(LIST).content.decode()
    assert officer.get(LIST, {"area": "judicial"}).status_code == 200
    shown = signed_in(worker).get(page("detail", person)).content.decode()
    assert "area giudiziaria" in shown
    assert "Via Prova 1" in shown


def test_the_list_tells_the_area_of_ones_own_people_only(worker, colleague, signed_in, registered):
    person = registered(worker, target_area="addiction")
    assert '<td data-label="Area">dipendenze</td>' in signed_in(worker).get(LIST).content.decode()
    client = signed_in(colleague)
    assert '<td data-label="Area">dipendenze</td>' not in client.get(LIST).content.decode()
    assert str(person) not in client.get(LIST, {"area": "addiction"}).content.decode()


# --- The list


@pytest.mark.parametrize("typed", ["cattaneo", "Catta", "bruno", "Bruno Cattaneo", "cataneo", "CATTANÈO"])
def test_people_are_found_by_name_with_small_mistakes(worker, signed_in, registered, typed):
    registered(worker)
    registered(worker, number=5)
    found = signed_in(worker).get(LIST, {"q": typed}).content.decode()
    assert "Cattaneo Bruno" in found
    assert "Gusmeroli" not in found


def test_my_people_and_the_empty_state(worker, colleague, signed_in, registered):
    assert "Ancora nessuna persona" in signed_in(worker).get(LIST).content.decode()
    person = registered(worker)
    assert str(person) in signed_in(worker).get(LIST, {"mie": "on"}).content.decode()
    assert "Nessuna persona con questi filtri" in signed_in(colleague).get(LIST, {"mie": "on"}).content.decode()


def test_pages_of_the_list_meet_and_cost_the_same(worker, signed_in, registered):
    client = signed_in(worker)
    registered(worker, number=0)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(1, 30):
        registered(worker, number=number, is_other_person=True)
    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)
    assert len(many) == len(one)
    assert own_queries(many) <= 8
    second = client.get(LIST + first.context["next_url"])
    names = [person.search_key for response in (first, second) for person in response.context["people"]]
    assert len(names) == 30
    assert names == sorted(names)
    assert client.get(LIST + second.context["previous_url"]).context["people"][0] == first.context["people"][0]
    assert looks(worker, Look.Kind.LIST)[-1].subject_ids


def own_queries(captured):
    """The view's own: what concerns people. Session, user, scope, looks and transactions are counted once for all pages."""
    return sum('"beneficiaries_' in query["sql"] for query in captured)


def test_the_detail_costs_the_same_with_more_rows(worker, signed_in, registered):
    person = registered(worker)
    client = signed_in(worker)
    client.get(page("detail", person))
    with CaptureQueriesContext(connection) as one:
        client.get(page("detail", person))
    for day in range(1, 6):
        client.post(page("new_assessment", person), {"made_on": f"2024-10-0{day}", "author": "Prova"})
        client.post(page("new_charge", person), {"service": "sil", "case_manager": "Prova", "valid_from": f"2024-10-0{day}"})
    client.get(page("detail", person))
    with CaptureQueriesContext(connection) as many:
        client.get(page("detail", person))
    assert len(many) == len(one)
    assert own_queries(many) <= 10


# --- Changing


def edited(person, **changes):
    values = {name: getattr(person, name) for name in "first_name last_name codice_fiscale target_area emergency_name".split()}
    return {**values, "residence": str(person.residence), "row_version": person.row_version, **changes}


def test_an_edit_is_saved_and_a_stale_one_is_409_with_what_was_typed(worker, signed_in, registered):
    person = registered(worker)
    client = signed_in(worker)
    assert f'value="{person.codice_fiscale}"' in client.get(page("edit", person)).content.decode()
    assert client.post(page("edit", person), edited(person, phone="0342 111111", first_name="Brunello")).status_code == 303
    (saved,) = rows(worker, Beneficiary)
    assert (saved.phone, saved.search_key, saved.row_version) == ("0342 111111", "cattaneo brunello", 2)
    stale = client.post(page("edit", person), edited(person, phone="0342 222222"))
    assert stale.status_code == 409
    assert 'value="0342 222222"' in stale.content.decode()
    assert rows(worker, Beneficiary)[0].phone == "0342 111111"


def test_a_corrected_code_fills_the_birth_data_again_and_must_be_free(worker, signed_in, registered):
    person, other = registered(worker), registered(worker, number=2)
    client = signed_in(worker)
    refused = client.post(page("edit", person), edited(person, codice_fiscale=other.codice_fiscale))
    assert refused.status_code == 422
    assert "già registrata" in error_of(refused, "codice_fiscale")
    right = encode("Cattaneo", "Bruno", "M", "1971-05-06", "Tirano")
    assert client.post(page("edit", person), edited(person, codice_fiscale=right)).status_code == 303
    assert next(row for row in rows(worker, Beneficiary) if row.pk == person.pk).birth_date == date(1971, 5, 6)


def test_representative_charge_assessment_and_notice_are_added(worker, signed_in, registered):
    person = registered(worker, charge=None, assessment=None, privacy_notice_on=None)
    client = signed_in(worker)
    assert "Manca l’informativa" in client.get(page("detail", person)).content.decode()
    representative = {"kind": "guardian", "first_name": "Prova", "last_name": "Tutore", "valid_from": "2024-01-01"}
    charge = {"service": "cps", "case_manager": "Prova", "valid_from": "2024-01-01"}
    for name, typed in (
        ("new_representative", representative),
        ("new_charge", charge),
        ("new_assessment", {"made_on": "2024-01-01", "author": "Prova"}),
        ("privacy_notice", {"given_on": "2024-01-01"}),
    ):
        assert client.get(page(name, person)).status_code == 200
        response = client.post(page(name, person), typed)
        assert (response.status_code, response["Location"]) == (303, page("detail", person)), name
    assert [len(rows(worker, model)) for model in (TakingInCharge, Assessment, Representative)] == [1, 1, 1]
    assert rows(worker, Beneficiary)[0].privacy_notice_on == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("name", "typed", "field"),
    [
        ("new_charge", {"service": "cps", "case_manager": "Prova", "valid_from": "2024-02-01", "valid_to": "2024-01-01"}, "valid_to"),
        (
            "new_representative",
            {"kind": "parent", "first_name": "Prova", "last_name": "Prova", "valid_from": "2024-02-01", "valid_to": "2024-01-01"},
            "valid_to",
        ),
        ("new_assessment", {"made_on": TOMORROW, "author": "Prova"}, "made_on"),
        ("privacy_notice", {"given_on": TOMORROW}, "given_on"),
        ("privacy_notice", {"given_on": "1900-01-01"}, "given_on"),
        ("privacy_notice", {"given_on": "1925-01-01"}, "given_on"),
        ("new_assessment", {"made_on": "0202-01-01", "author": "Prova"}, "made_on"),
        ("new_assessment", {"made_on": "1925-01-01", "author": "Prova"}, "made_on"),
        ("new_charge", {"service": "cps", "case_manager": "Prova", "valid_from": "1925-01-01"}, "valid_from"),
        (
            "new_representative",
            {"kind": "parent", "first_name": "Prova", "last_name": "Prova", "valid_from": "1925-01-01"},
            "valid_from",
        ),
        (
            "new_representative",
            {"kind": "parent", "first_name": "Prova", "last_name": "Prova", "valid_from": "2024-02-01", "decree_on": "1925-01-01"},
            "decree_on",
        ),
    ],
)
def test_impossible_dates_are_refused(worker, signed_in, registered, name, typed, field):
    person = registered(worker, charge=None, assessment=None, privacy_notice_on=None)
    response = signed_in(worker).post(page(name, person), typed)
    assert response.status_code == 422
    assert error_of(response, field)
    assert rows(worker, TakingInCharge) == rows(worker, Representative) == rows(worker, Assessment) == []


def test_a_new_referent_takes_over_and_the_record_opens(worker, colleague, signed_in, registered):
    person = registered(worker)
    client = signed_in(worker)
    assert client.get(page("care_team", person)).status_code == 200
    assert client.post(page("care_team", person), {"user": colleague.pk, "role": "referent"}).status_code == 303
    assert signed_in(colleague).get(page("detail", person)).status_code == 200
    current = [m.user for m in rows(worker, CareMember) if m.role == "referent" and m.valid_to is None]
    assert current == [colleague]


def test_nobody_of_another_office_joins_the_team(worker, stranger, signed_in, registered):
    person = registered(worker)
    assert signed_in(worker).post(page("care_team", person), {"user": stranger.pk, "role": "member"}).status_code == 422
    assert len(rows(worker, CareMember)) == 1
