"""What is certified of a person, who represents them, their consents and the papers of the services, through the pages."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Deadline, Fact, Look, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import remind
from impresasolidale.desk.selectors import inbox
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.rules import Rules
from placements.agreements.enums import PlacementState
from placements.agreements.models import ReadinessItem
from placements.agreements.readiness import refresh_readiness
from placements.beneficiaries import rules, selectors, services
from placements.beneficiaries.enums import Scheme, StatusCategory
from placements.beneficiaries.models import Assessment, Beneficiary, Consent, Referral, Representative, StatusEvidence, TakingInCharge
from tests.factories.agreements import make_placement

PDF = b"%PDF-1.7 prova"
TODAY = timezone.localdate()


def page(name, person, row=None):
    return reverse(f"beneficiaries:{name}", args=[person.public_id, *([row.public_id] if row else [])])


def act(**changes):
    typed = {
        "category": "l68_civil",
        "percent": "67",
        "valid_from": "2025-01-01",
        "act_kind": "invalidity_board",
        "act_number": "123/2025",
        "act_on": "2025-01-01",
        "issued_by": "INPS di Sondrio",
    }
    return {**typed, **changes}


def rows(user, model, **which):
    with scope(access_for(user).scope):
        return list(model.objects.filter(**which).order_by("id"))


def shown(client, person):
    return client.get(page("detail", person)).content.decode()


def paper():
    return SimpleUploadedFile("atto.pdf", PDF, "application/pdf")


@pytest.fixture
def officer(user_of, sondrio):
    """Who sees the people of a comune, without the rights for what is reserved."""
    return lambda person: user_of(Role.COMUNE_OFFICER, sondrio, comune=person.residence)


# --- Rules


def test_every_category_has_its_scheme():
    assert {rules.scheme_of(category) for category in StatusCategory} == set(Scheme)


@pytest.mark.parametrize(
    ("category", "percent", "words"),
    [
        ("l68_civil", 45, "parte da 46"),
        ("l68_civil", 46, ""),
        ("l68_work", 33, "parte da 34"),
        ("l68_work", 34, ""),
        ("civil_allowance", 73, "va da 74 a 99"),
        ("civil_allowance", 99, ""),
        ("civil_allowance", 100, "va da 74 a 99"),
        ("civil_pension", 99, "è 100"),
        ("civil_pension", 100, ""),
        ("civil_partial", 74, "va da 1 a 73"),
        ("l68_civil", None, "serve la percentuale"),
        ("l104_c3", 80, "non serve"),
        ("l104_c3", None, ""),
    ],
)
def test_a_percentage_is_compared_with_the_rule_book(category, percent, words):
    fault = rules.percent_fault(category, percent, Rules())
    assert words in fault
    assert bool(words) == bool(fault)


def test_the_thresholds_are_the_rule_book_s_own():
    assert rules.percent_fault("l68_civil", 46, Rules(civil_invalidity_percent=50))


# --- Status evidence


def test_a_status_is_recorded_with_its_act_and_shown(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    response = client.post(page("new_evidence", person), act(valid_to=(TODAY + timedelta(days=90)).isoformat(), file=paper()))
    assert (response.status_code, response["Location"]) == (303, page("detail", person))
    (row,) = rows(worker, StatusEvidence)
    assert (row.category, row.percent, row.act_number, row.created_by_id) == ("l68_civil", 67, "123/2025", worker.pk)
    text = shown(client, person)
    assert "collocamento mirato" in text
    assert "INPS di Sondrio" in text
    served = client.get(reverse("beneficiaries:paper", args=[person.public_id, "condizione", row.public_id]))
    assert (served.status_code, b"".join(served.streaming_content)) == (200, PDF)
    with scope(access_for(worker).scope):
        assert Look.objects.filter(actor_id=worker.pk, kind=Look.Kind.DOCUMENT, place="beneficiaries.statusevidence").exists()
        assert Fact.objects.filter(code="beneficiaries.evidence.recorded", subject_id=row.pk).exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"percent": "45"}, "percent", "parte da 46"),
        ({"percent": ""}, "percent", "serve la percentuale"),
        ({"percent": "101"}, "percent", ""),
        ({"category": "l104_c3"}, "percent", "lasciala vuota"),
        ({"act_number": ""}, "act_number", "Serve un numero"),
        ({"issued_by": ""}, "issued_by", ""),
        ({"act_on": (TODAY + timedelta(days=1)).isoformat()}, "act_on", "futuro"),
        ({"valid_to": "2024-12-31"}, "valid_to", "prima di quella di inizio"),
        ({"category": "forged"}, "category", ""),
        ({"file": SimpleUploadedFile("atto.pdf", b"GIF89a", "application/pdf")}, "file", "PDF"),
    ],
)
def test_a_wrong_status_is_refused_beside_its_field(worker, signed_in, registered, changes, field, words):
    person = registered(worker)
    response = signed_in(worker).post(page("new_evidence", person), act(**changes))
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert words in response.context["form"].errors[field][0]
    assert 'value="INPS di Sondrio"' in response.content.decode() or field == "issued_by"
    assert rows(worker, StatusEvidence) == []


def test_a_rule_that_only_warns_lets_a_threshold_pass_and_the_page_says_it(worker, signed_in, registered, monkeypatch):
    person, client = registered(worker), signed_in(worker)
    monkeypatch.setattr(Rules, "severity", lambda self, number: Severity.WARN)
    assert client.post(page("new_evidence", person), act(percent="40")).status_code == 303
    assert "parte da 46" in shown(client, person)
    assert client.post(page("new_evidence", person), act(percent="")).status_code == 422


def test_a_status_is_withdrawn_with_a_reason_once(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    client.post(page("new_evidence", person), act())
    (row,) = rows(worker, StatusEvidence)
    assert client.post(page("withdraw_evidence", person, row), {"reason": " "}).status_code == 422
    assert client.post(page("withdraw_evidence", person, row), {"reason": "Registrata per errore"}).status_code == 303
    assert "INPS di Sondrio" not in shown(client, person)
    assert rows(worker, StatusEvidence)[0].withdrawal_reason == "Registrata per errore"
    assert client.post(page("withdraw_evidence", person, row), {"reason": "Ancora"}).status_code == 404


@pytest.mark.parametrize("category", ["l381_convicted", "local_violence"])
def test_a_reserved_category_is_not_there_without_its_permission(worker, officer, signed_in, registered, category):
    person = registered(worker)
    signed_in(worker).post(page("new_evidence", person), act(category=category, percent="", file=paper()))
    (row,) = rows(worker, StatusEvidence)
    assert "INPS di Sondrio" in shown(signed_in(worker), person)
    outsider = signed_in(officer(person))
    assert "INPS di Sondrio" not in shown(outsider, person)
    assert outsider.get(reverse("beneficiaries:paper", args=[person.public_id, "condizione", row.public_id])).status_code == 403


def test_recording_asks_for_the_right(worker, officer, stranger, signed_in, registered):
    person = registered(worker)
    assert signed_in(officer(person)).post(page("new_evidence", person), act()).status_code == 403
    assert signed_in(stranger).post(page("new_evidence", person), act()).status_code == 404
    assert rows(worker, StatusEvidence) == []


@pytest.mark.parametrize(
    "change", [{"percent": None}, {"percent": 101}, {"act_number": ""}, {"category": "l104_c1"}, {"valid_to": date(2020, 1, 1)}]
)
def test_the_database_keeps_a_status_whole(worker, signed_in, registered, change):
    person = registered(worker)
    signed_in(worker).post(page("new_evidence", person), act())
    with scope(access_for(worker).scope), pytest.raises(IntegrityError), transaction.atomic():
        StatusEvidence.objects.update(**change)


def test_the_referent_is_told_sixty_days_before_a_status_expires_and_a_renewal_ends_it(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    expires = TODAY + timedelta(days=60)
    client.post(page("new_evidence", person), act(valid_to=expires.isoformat()))
    with scope(access_for(worker).scope):
        remind(today=TODAY - timedelta(days=1))
        assert not Todo.objects.exists()
        remind(today=TODAY)
        (todo,) = inbox(access_for(worker), TODAY).mine
        assert (todo.due_on, str(person) in todo.title, "invalid" in todo.title) == (expires, True, False)
    client.post(page("new_evidence", person), act(act_number="9/2026", valid_from=TODAY.isoformat()))
    with scope(access_for(worker).scope):
        assert not Todo.objects.filter(done_at=None).exists()
        assert not Deadline.objects.filter(closed_at=None).exists()


# --- Representative


def decree(**changes):
    typed = {
        "kind": "support_administrator",
        "last_name": "Prova",
        "first_name": "Amministratrice",
        "decree": "n. 12/2024, Tribunale di Sondrio",
        "decree_on": "2024-01-01",
        "powers": ["sign", "money"],
        "signs_alone": "on",
        "valid_from": "2024-01-01",
    }
    return {**typed, **changes}


def test_a_decree_that_expires_is_said_does_not_sign_and_is_prolonged(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    yesterday = TODAY - timedelta(days=1)
    client.post(page("new_representative", person), decree(valid_to=yesterday.isoformat()))
    (row,) = rows(worker, Representative)
    text = shown(client, person)
    assert "Il decreto è scaduto" in text
    assert "firmare accordi e progetti" in text
    with scope(access_for(worker).scope):
        assert selectors.signing_representative(person, yesterday) == row
        assert selectors.signing_representative(person, TODAY) is None
    until = TODAY + timedelta(days=50)
    changed = decree(valid_to=until.isoformat(), row_version=row.row_version)
    assert client.post(page("edit_representative", person, row), changed).status_code == 303
    assert client.post(page("edit_representative", person, row), changed).status_code == 409
    text = shown(client, person)
    assert "Il decreto è scaduto" not in text
    assert "scade presto" in text
    with scope(access_for(worker).scope):
        assert selectors.signing_representative(person, TODAY) == row
        remind(today=TODAY)
        (todo,) = inbox(access_for(worker), TODAY).mine
        assert (todo.due_on, "decreto" in todo.title) == (until, True)
    row = rows(worker, Representative)[0]
    client.post(page("edit_representative", person, row), decree(valid_to="", row_version=row.row_version))
    with scope(access_for(worker).scope):
        assert not Todo.objects.filter(done_at=None).exists()


def test_who_may_not_sign_does_not_sign_alone(worker, signed_in, registered):
    person = registered(worker)
    response = signed_in(worker).post(page("new_representative", person), decree(powers=["health"]))
    assert response.status_code == 422
    assert "potere di firmare" in response.context["form"].errors["powers"][0]
    assert rows(worker, Representative) == []


# --- Consents


def test_a_consent_is_given_once_and_revoked(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    assert "Nessun consenso" in shown(client, person)
    given = {"kind": "images", "given_on": TODAY.isoformat()}
    assert client.post(page("new_consent", person), given).status_code == 303
    again = client.post(page("new_consent", person), given)
    assert (again.status_code, again.context["form"].errors["kind"]) == (422, ["Questo consenso c’è già."])
    (row,) = rows(worker, Consent)
    early = client.post(page("revoke_consent", person, row), {"revoked_on": (TODAY - timedelta(days=1)).isoformat()})
    assert (early.status_code, "revoked_on" in early.context["form"].errors) == (422, True)
    assert client.post(page("revoke_consent", person, row), {"revoked_on": TODAY.isoformat()}).status_code == 303
    assert "consenso revocato il" in shown(client, person)
    assert client.post(page("revoke_consent", person, row), {"revoked_on": TODAY.isoformat()}).status_code == 409
    assert client.post(page("new_consent", person), given).status_code == 303, "who revoked may give it again"
    assert rows(worker, Beneficiary)[0].privacy_notice_on == person.privacy_notice_on


def test_a_minor_s_consent_is_the_representative_s_while_in_office(worker, signed_in, registered):
    person = registered(worker, born=date(TODAY.year - 16, 1, 1))
    client = signed_in(worker)
    given = {"kind": "testimony", "given_on": TODAY.isoformat()}
    assert "minorenne" in client.post(page("new_consent", person), given).context["form"].errors["representative"][0]
    client.post(page("new_representative", person), decree(kind="parent", valid_to=(TODAY - timedelta(days=1)).isoformat()))
    (parent,) = rows(worker, Representative)
    refused = client.post(page("new_consent", person), {**given, "representative": parent.pk})
    assert "non la rappresentava" in refused.context["form"].errors["representative"][0]
    client.post(page("edit_representative", person, parent), decree(kind="parent", row_version=parent.row_version))
    assert client.post(page("new_consent", person), {**given, "representative": parent.pk}).status_code == 303


def test_somebody_else_s_representative_is_no_choice(worker, signed_in, registered):
    person, other = registered(worker), registered(worker, number=2)
    client = signed_in(worker)
    client.post(page("new_representative", other), decree())
    (row,) = rows(worker, Representative)
    response = client.post(page("new_consent", person), {"kind": "images", "given_on": TODAY.isoformat(), "representative": row.pk})
    assert (response.status_code, rows(worker, Consent)) == (422, [])


# --- Referral, taking in charge, assessment


def test_a_referral_is_answered_once_and_a_no_has_a_reason(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    typed = {"service": "cps", "operator": "Prova", "received_on": "2025-02-01", "reason": "autonomy", "goals": ["routine", "esteem"]}
    assert client.post(page("new_referral", person), {**typed, "file": paper()}).status_code == 303
    row = rows(worker, Referral)[-1]
    assert (row.goals, row.file_id is not None) == (["esteem", "routine"], True)
    answer = page("answer_referral", person, row)
    silent = client.post(answer, {"outcome": "redirected", "outcome_on": TODAY.isoformat()})
    assert (silent.status_code, "outcome_reason" in silent.context["form"].errors) == (422, True)
    early = client.post(answer, {"outcome": "accepted", "outcome_on": "2025-01-31"})
    assert (early.status_code, "outcome_on" in early.context["form"].errors) == (422, True)
    assert client.post(answer, {"outcome": "accepted", "outcome_on": TODAY.isoformat()}).status_code == 303
    assert client.post(answer, {"outcome": "accepted", "outcome_on": TODAY.isoformat()}).status_code == 409
    text = shown(client, person)
    assert "fiducia in sé, ritmo e impegni della settimana" in text
    assert "accolta" in text
    with scope(access_for(worker).scope), pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(outcome="declined")


def test_a_taking_in_charge_is_closed(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    (row,) = rows(worker, TakingInCharge)
    early = client.post(page("end_charge", person, row), {"valid_to": "2020-01-01"})
    assert (early.status_code, "valid_to" in early.context["form"].errors) == (422, True)
    yesterday = TODAY - timedelta(days=1)
    assert client.post(page("end_charge", person, row), {"valid_to": yesterday.isoformat()}).status_code == 303
    assert rows(worker, TakingInCharge)[0].valid_to == yesterday
    assert client.post(page("end_charge", person, row), {"valid_to": TODAY.isoformat()}).status_code == 409
    assert page("end_charge", person, row) not in shown(client, person)


def test_an_assessment_that_expires_is_asked_again(worker, signed_in):
    """The referent is told sixty days before, the light of a placement that runs turns, and a new assessment puts both right."""
    access, client = access_for(worker), signed_in(worker)
    with scope(access.scope):
        placement = make_placement(access, PlacementState.ACTIVE)
    person = placement.beneficiary
    url = reverse("beneficiaries:new_assessment", args=[person.public_id])
    wrong = client.post(url, {"made_on": "2026-11-18", "author": "Prova", "valid_to": "2026-11-17"})
    assert wrong.status_code == 422 and "prima di quella di inizio" in wrong.content.decode()
    last = TODAY + timedelta(days=90)
    assert client.post(url, {"made_on": TODAY, "author": "Prova Esperta", "valid_to": last}).status_code == 303
    assert "Vale fino al" in client.get(reverse("beneficiaries:detail", args=[person.public_id])).content.decode()

    def told():
        return list(Todo.objects.filter(kind="beneficiaries.assessment_expires", done_at=None).values_list("title", "case_role"))

    def light(on):
        refresh_readiness(placement=placement, by=access, today=on)
        item = ReadinessItem.objects.get(placement=placement, kind="assessment")
        return f"{item.light}: {item.why}"

    with scope(access.scope):
        remind(today=last - timedelta(days=61))
        assert told() == []
        remind(today=last - timedelta(days=60))
        assert told() == [(f"Va rifatta la valutazione di {person}", "referent")]
        assert light(last).startswith("green")
        words = f"La valutazione del {TODAY:%d/%m/%Y} valeva fino al {last:%d/%m/%Y}: ne serve una nuova."
        assert light(last + timedelta(days=1)) == f"amber: {words}"
        services.record_assessment(beneficiary=person, made_on=last, author="Prova Esperta", by=access, today=last)
        assert told() == [] and light(last + timedelta(days=1)).startswith("green")


def test_levels_stand_beside_those_of_the_assessment_before(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)
    client.post(page("new_assessment", person), {"made_on": "2025-01-10", "author": "Prova", "relations": "minimal"})
    client.post(page("new_assessment", person), {"made_on": "2025-09-10", "author": "Prova", "relations": "medium", "context": "high"})
    refused = client.post(page("new_assessment", person), {"made_on": "2025-09-11", "author": "Prova", "relations": "5"})
    assert (refused.status_code, "relations" in refused.context["form"].errors) == (422, True)
    areas = {area["label"]: (area["now"], area["before"]) for area in client.get(page("detail", person)).context["areas"]}
    assert areas["relazioni"] == ("media", "minima")
    assert areas["famiglia e contesto"] == ("elevata", "")
    assert len(rows(worker, Assessment)) == 3


# --- Reach and cost


def test_a_paper_is_served_by_its_own_record_alone(worker, stranger, officer, signed_in, registered):
    person, other = registered(worker), registered(worker, number=2)
    client = signed_in(worker)
    client.post(page("new_evidence", person), act(file=paper()))
    (row,) = rows(worker, StatusEvidence)

    def address(who, kind="condizione", public_id=row.public_id):
        return reverse("beneficiaries:paper", args=[who.public_id, kind, public_id])

    assert b"".join(client.get(address(person)).streaming_content) == PDF
    assert [client.get(url).status_code for url in (address(other), address(person, "consenso"), address(person, "altro"))] == [404] * 3
    assert signed_in(stranger).get(address(person)).status_code == 404
    assert signed_in(officer(person)).get(address(person)).status_code == 403


def test_the_record_costs_the_same_however_much_hangs_on_it(worker, signed_in, registered):
    person, client = registered(worker), signed_in(worker)

    def fill():
        client.post(page("new_evidence", person), act(file=paper()))
        client.post(page("new_representative", person), decree(file=paper()))
        client.post(page("new_referral", person), {"service": "cps", "operator": "Prova", "received_on": "2025-02-01", "file": paper()})
        client.post(page("new_assessment", person), {"made_on": "2025-01-10", "author": "Prova", "relations": "high", "file": paper()})

    fill()
    client.post(page("new_consent", person), {"kind": "images", "given_on": TODAY.isoformat(), "file": paper()})
    client.post(page("enter_waiting", person), {"since": TODAY.isoformat(), "priorities": ["young"]})
    shown(client, person)
    with CaptureQueriesContext(connection) as one:
        shown(client, person)
    for _again in range(3):
        fill()
    client.post(page("new_consent", person), {"kind": "testimony", "given_on": TODAY.isoformat()})
    shown(client, person)
    with CaptureQueriesContext(connection) as many:
        shown(client, person)
    assert len(many) == len(one)
    assert sum('FROM "beneficiaries_' in query["sql"] for query in many) <= 10


def test_a_row_that_changes_is_in_the_history(worker, signed_in, registered):
    person = registered(worker)
    signed_in(worker).post(page("new_evidence", person), act())
    with scope(access_for(worker).scope):
        StatusEvidence.objects.update(percent=F("percent") + 1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_rowchange WHERE table_name = 'beneficiaries_statusevidence' AND operation = 'update'")
            assert cursor.fetchone() == (1,)


def test_a_service_refuses_a_reserved_category_by_itself(worker, user_of, sondrio, registered):
    person = registered(worker)
    access = access_for(worker)
    with scope(access.scope):
        row = services.record_evidence(
            beneficiary=person, category="l381_convicted", act_kind="court", act_number="1", act_on=TODAY, issued_by="Tribunale",
            valid_from=TODAY, by=access, today=TODAY,
        )  # fmt: skip
        educator = access_for(user_of(Role.PROMOTER_TUTOR, sondrio))
        assert row in selectors.evidence_of(access, person)
        assert row not in selectors.evidence_of(educator, person)
