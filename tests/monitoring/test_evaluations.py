"""Evaluations in three voices: asked by the calendar, answered on the phone, with faces, on paper; told in the end; refusals."""

import html
import re
import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for, hash_token
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.models import Document, Fact, Job, Message, Todo
from impresasolidale.core.mutes import mute
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from impresasolidale.desk.selectors import inbox
from placements.agreements.models import Goal, Placement
from placements.monitoring import evaluation_documents as papers
from placements.monitoring import evaluation_rules as rules
from placements.monitoring.documents.closing import evaluation_part
from placements.monitoring.evaluation_enums import Area, EvaluationState, Given, Moment, Voice
from placements.monitoring.evaluation_questions import BASE
from placements.monitoring.models import Evaluation, EvaluationAnswer, EvaluationOpinion, GoalRating, QuestionSet
from placements.monitoring.selectors import evaluations as selectors
from placements.monitoring.services import evaluation_asking as asking
from placements.monitoring.services import evaluations as services
from tests.factories import attendance as made
from tests.factories.agreements import GOALS, scan
from tests.factories.evaluations import all_of, give, inside, link_to, open_link, placed, tutor_of
from tests.factories.fixtures import make_user
from tests.factories.jobs import in_every_ambito

pytestmark = pytest.mark.django_db
S = EvaluationState
DATABASE_REFUSES = IntegrityError  # restrict_violation


# --- Asked


def test_the_night_asks_what_is_due_once(access, running, worker):
    today = timezone.localdate()
    assert in_every_ambito(asking.ask_due, today=today)["asked"] == 3
    assert in_every_ambito(asking.ask_due, today=today) == {"asked": 0, "renewed": 0}
    with scope(access.scope):
        rows = list(Evaluation.objects.order_by("id"))
        assert {(r.moment, r.voice, r.questions) for r in rows} == {("initial", v, "base-1") for v in ("person", "tutor", "office")}
        assert all(r.due_on == today + timedelta(days=15) for r in rows)
        assert [r.text for r in selectors.ratings_of(rows[0])] == list(GOALS)
        todos = {t.subject_id: t for t in Todo.objects.filter(kind=asking.TODO)}
        assert set(todos) == {r.pk for r in rows}
        assert todos[next(r.pk for r in rows if r.voice == "tutor")].case_role == "company_tutor"
    promoter = access_for(User.objects.get(pk=running.promoter_tutor_id))
    with scope(promoter.scope):
        mine = [t.kind for t in inbox(promoter, today).mine]
    assert mine.count(asking.TODO) == 2  # the person's and the office's; the tutor's is in her own list
    person = running.beneficiary
    assert all((person.last_name in t.title) == (t.case_role != "company_tutor") for t in todos.values())  # the tutor reads an initial
    tutor = access_for(tutor_of(access, running))
    with scope(tutor.scope):
        assert [t.title for t in inbox(tutor, today).mine] == [t.title for t in todos.values() if t.case_role == "company_tutor"]


def test_a_muted_case_has_no_reminder_and_is_asked_all_the_same(access, running):
    today = timezone.localdate()
    with scope(access.scope):
        mute(subject=running, reason="Ricovero", until=today + timedelta(days=10), by=access, today=today)
    assert in_every_ambito(asking.ask_due, today=today)["asked"] == 3
    promoter = access_for(User.objects.get(pk=running.promoter_tutor_id))
    with scope(promoter.scope):
        assert [t for t in inbox(promoter, today).mine if t.kind == asking.TODO] == []


def test_later_moments_ask_the_same_questions(access, running):
    start = running.starts_on
    in_every_ambito(asking.ask_due, today=start + timedelta(days=31))
    assert in_every_ambito(asking.ask_due, today=rules.middle(rules.Span(start, running.ends_on)))["asked"] == 3
    assert in_every_ambito(asking.ask_due, today=running.ends_on)["asked"] == 6  # three voices, and how it was of person, tutor, host
    with scope(access.scope):
        assert set(Evaluation.objects.exclude(moment="satisfaction").values_list("questions", flat=True)) == {"base-1"}
        assert set(Evaluation.objects.filter(moment="satisfaction").values_list("voice", "questions")) == {
            ("person", "contento-1"), ("tutor", "contento-1"), ("host", "contento-1"),
        }  # fmt: skip


def test_further_questions_are_off_until_the_rule_book_names_them_and_stay_the_same(access, running):
    with scope(access.scope):
        own = QuestionSet.objects.create(
            ambito_id=access.ambito_id, name="Bottega", version=1, source="Equipe di Sondrio",
            questions=[{"code": "banco", "area": "tasks", "text": "Serve al banco"}],
        )  # fmt: skip
        placement = Placement.objects.select_related("rulebook").get(pk=running.pk)
        first = list(asking.wanted_of(placement, [], [], timezone.localdate()))
        assert {w.questions for w in first} == {"base-1"}
        own_codes = asking.own_codes(access.ambito_id)
        made.rules_changed(running, evaluation_sets=["dpcm-2000-1"])
        placement = Placement.objects.select_related("rulebook").get(pk=running.pk)
        shipped = {w.questions for w in asking.wanted_of(placement, [], own_codes, timezone.localdate())}
        assert shipped == {"base-1", "dpcm-2000-1"}  # the office's own wait until they are named too
        made.rules_changed(running, evaluation_sets=["dpcm-2000-1", "own"])
        placement = Placement.objects.select_related("rulebook").get(pk=running.pk)
        with_more = list(asking.wanted_of(placement, [], own_codes, timezone.localdate()))
        assert [(w.voice, w.questions) for w in with_more if w.questions != "base-1"] == [
            ("office", "dpcm-2000-1"), ("office", f"own-{own.pk}"),
        ]  # fmt: skip
        assert [w.questions for w in asking.wanted_of(placement, ["base-1"], ["own-99"], timezone.localdate())] == ["base-1"] * 3
        row = Evaluation(questions=f"own-{own.pk}")
        assert [str(item.office) for item in selectors.questions_of(row).items] == ["Serve al banco"]
        with pytest.raises(DATABASE_REFUSES), transaction.atomic():
            QuestionSet.objects.filter(pk=own.pk).update(questions=[])


def test_goals_that_changed_before_anybody_answered_are_asked_anew(access, running, asked):
    row = asked(Voice.OFFICE)
    with scope(access.scope):
        goal = Goal.objects.filter(project__placement=running).order_by("position").first()
        Goal.objects.filter(pk=goal.pk).update(text="Arrivare in bicicletta")
        assert asking.renew_goals(by=access) == 1
        assert selectors.ratings_of(row)[0].text == "Arrivare in bicicletta"
        services.save_draft(evaluation=row, answers={"time": 2}, goals={}, by=access, today=timezone.localdate())
        Goal.objects.filter(pk=goal.pk).update(text="Arrivare a piedi")
        assert asking.renew_goals(by=access) == 0


# --- The tutor's phone


def test_the_tutor_answers_with_a_tap_a_row_and_half_way_is_kept(access, running, asked, signed_in):
    row = asked(Voice.TUTOR)
    client = signed_in(tutor_of(access, running))
    page = client.get(reverse("my_evaluations:list")).content.decode()
    person = inside(access, lambda: running.beneficiary)
    assert f"{person.first_name} {person.last_name[0]}." in page and person.last_name not in page
    url = reverse("my_evaluations:answer", args=[row.public_id])
    assert "Arriva e torna a casa." in client.get(url).content.decode()
    assert client.post(url, {"q-arrive": "3", "comment": "Bene", "draft": "1"}).status_code == 303
    draft = client.get(url).content.decode()
    assert re.search(r'name="q-arrive" value="3" checked', draft) and "Bene</textarea>" in draft
    half = client.post(url, {"q-arrive": "3", "comment": "Ci tengo"})
    assert half.status_code == 422 and "Manca una risposta" in half.content.decode() and "Ci tengo" in half.content.decode()
    full = {f"q-{item.code}": "4" for item in BASE.items} | {"q-calm": "none", "g-1": "1", "comment": "Bene"}
    assert client.post(url, full).status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        assert (row.state, row.how, row.given_on, row.comment) == (S.GIVEN, Given.ONLINE, timezone.localdate(), "Bene")
        assert selectors.answers_of(row) == {**all_of(4), "calm": None}
        assert [r.value for r in selectors.ratings_of(row)] == [1, None, None]
        assert not Todo.objects.filter(kind=asking.TODO, subject_id=row.pk, done_at=None).exists()
    assert client.get(url).status_code == 303  # given: no form any more


def test_no_number_is_read_by_tutor_or_person(access, running, asked, signed_in):
    """Words and faces alone: the figures of the scale stand in no text of their pages."""
    tutors, persons = asked(Voice.TUTOR), asked(Voice.PERSON)
    page = signed_in(tutor_of(access, running)).get(reverse("my_evaluations:answer", args=[tutors.public_id])).content.decode()
    rows = re.search(r"<form method=\"post\" novalidate>.*</form>", page, re.S)
    assert rows and not re.search(r">[^<>]*\b[-+]?[0-4]\b[^<>]*<", re.sub(r"<textarea.*?</textarea>", "", rows[0], flags=re.S))
    client, _response = open_link(persons, access)
    step = html.unescape(client.get(reverse("my_evaluation:question", args=[persons.public_id, 1])).content.decode())
    faces = re.search(r'<div class="faces".*?</div>', step, re.S)
    assert faces and not re.search(r">[^<>]*\d[^<>]*<", faces[0])


def test_the_tutor_sees_nobody_else_s_voice_and_only_the_people_entrusted(access, running, asked, signed_in, sondrio):
    office, persons, mine = asked(Voice.OFFICE), asked(Voice.PERSON), asked(Voice.TUTOR)
    tutor = tutor_of(access, running)
    client = signed_in(tutor)
    for row in (office, persons):
        assert client.get(reverse("my_evaluations:answer", args=[row.public_id])).status_code == 404
    with scope(access_for(tutor).scope):  # nor does the database show them
        assert list(Evaluation.objects.values_list("pk", flat=True)) == [mine.pk]
        assert not EvaluationAnswer.objects.exclude(evaluation=mine).exists()
    other = placed(access, 2)
    stranger = signed_in(tutor_of(access, other))
    assert stranger.get(reverse("my_evaluations:answer", args=[mine.public_id])).status_code == 404
    assert stranger.post(reverse("my_evaluations:answer", args=[mine.public_id]), {"q-time": "1"}).status_code == 404
    with scope(access.scope), pytest.raises(PermissionDenied):
        services.save_draft(
            evaluation=mine, answers={"time": 1}, goals={}, by=access_for(tutor_of(access, other)), today=timezone.localdate()
        )
    for page in ("monitoring:evaluations", "monitoring:evaluation"):
        args = [mine.public_id] if page.endswith("evaluation") else []
        assert client.get(reverse(page, args=args)).status_code == 403


def test_answers_outside_the_scale_are_refused_everywhere(access, running, asked, signed_in):
    row = asked(Voice.TUTOR)
    client = signed_in(tutor_of(access, running))
    page = client.post(reverse("my_evaluations:answer", args=[row.public_id]), {"q-time": "7", "draft": "1"})
    assert page.status_code == 422 and "non è fra quelle proposte" in page.content.decode()
    with scope(access.scope):
        for answers, goals in (({"time": 5}, {}), ({"nothing": 1}, {}), ({}, {1: 3}), ({}, {9: 0})):
            with pytest.raises(DomainError):
                services.save_draft(evaluation=row, answers=answers, goals=goals, by=access, today=timezone.localdate())
        with pytest.raises(Exception, match="monitoring_answer_scale"), transaction.atomic():
            EvaluationAnswer.objects.create(ambito_id=row.ambito_id, evaluation=row, item="time", value=5)
        assert selectors.answers_of(row) == {}


def test_nobody_evaluates_before_the_start(access):
    waiting = placed(access, starts_on=timezone.localdate() + timedelta(days=3))
    with scope(access.scope):
        with pytest.raises(DomainError, match="non è ancora cominciato"):
            services.ask_by_hand(placement=waiting, moment="initial", voice="tutor", by=access, today=timezone.localdate())
    assert in_every_ambito(asking.ask_due, today=timezone.localdate())["asked"] == 0


# --- Given once


def test_what_was_given_never_changes_not_even_in_the_database(access, asked):
    row = give(access, asked(Voice.OFFICE))
    with scope(access.scope):
        with pytest.raises(Conflict):
            services.save_draft(evaluation=row, answers={"time": 1}, goals={}, by=access, today=timezone.localdate())
        for change in (
            lambda: EvaluationAnswer.objects.filter(evaluation=row).update(value=1),
            lambda: EvaluationAnswer.objects.filter(evaluation=row).delete(),
            lambda: GoalRating.objects.filter(evaluation=row).update(value=2),
            lambda: Evaluation.objects.filter(pk=row.pk).update(comment="altro"),
            lambda: Evaluation.objects.filter(pk=row.pk).update(given_on=date(2026, 1, 1)),
            lambda: Evaluation.objects.filter(pk=row.pk).update(questions="altre"),
        ):
            with pytest.raises(DATABASE_REFUSES, match="never changes|not being answered"), transaction.atomic():
                change()


def test_a_correction_is_another_row_with_its_reason(access, asked, signed_in, worker):
    row = give(access, asked(Voice.OFFICE), comment="Prima")
    client = signed_in(worker)
    url = reverse("monitoring:correct_evaluation", args=[row.public_id])
    refused = client.post(url, {"q-time": "1", "comment": "Dopo", "reason": ""})
    assert refused.status_code == 422 and "Dopo" in refused.content.decode()
    answer = client.post(url, {"q-time": "1", "comment": "Dopo", "reason": "Avevo letto il mese sbagliato"})
    assert answer.status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        new = Evaluation.objects.get(corrects=row)
        assert (row.state, row.comment) == (S.CORRECTED, "Prima")
        assert (new.state, new.comment, new.correction_why) == (S.GIVEN, "Dopo", "Avevo letto il mese sbagliato")
        assert selectors.answers_of(row)["time"] == 3 and selectors.answers_of(new) == {**all_of(3), "time": 1}
        found = selectors.compared(row.placement)
        assert found.items[2].cells["initial", "office"].value == 1
        assert Fact.objects.filter(code="monitoring.evaluation.corrected", reason="Avevo letto il mese sbagliato").exists()
        with pytest.raises(ReasonRequired):
            services.correct(evaluation=new, answers={}, goals={}, comment="", reason=" ", by=access, today=timezone.localdate())


def test_the_same_post_twice_is_one_answer_and_another_one_is_refused(access, running, asked, signed_in):
    row = asked(Voice.TUTOR)
    client = signed_in(tutor_of(access, running))
    url = reverse("my_evaluations:answer", args=[row.public_id])
    full = {f"q-{item.code}": "2" for item in BASE.items} | {"comment": "", "_submission": str(uuid.uuid4())}
    first, second = client.post(url, full), client.post(url, full)
    assert (first.status_code, second.status_code) == (303, 303) and first["Location"] == second["Location"]
    other = client.post(url, {**full, "q-time": "4", "_submission": str(uuid.uuid4())})
    assert other.status_code == 409
    with scope(access.scope):
        assert selectors.answers_of(row) == all_of(2)
        assert Fact.objects.filter(code="monitoring.evaluation.given", subject_id=row.pk).count() == 1


def test_waived_with_a_reason_and_asked_again(access, asked, signed_in, worker):
    row = asked(Voice.PERSON)
    client = signed_in(worker)
    url = reverse("monitoring:waive_evaluation", args=[row.public_id])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "È in ospedale"}).status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        assert (row.state, row.waived_why) == (S.WAIVED, "È in ospedale")
        assert not Todo.objects.filter(kind=asking.TODO, subject_id=row.pk, done_at=None).exists()
        with pytest.raises(Conflict, match="non si fa"):
            services.save_draft(evaluation=row, answers={"time": 1}, goals={}, by=access, today=timezone.localdate())
    assert client.post(reverse("monitoring:ask_evaluation_again", args=[row.public_id])).status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        assert row.state == S.ASKED and Todo.objects.filter(kind=asking.TODO, subject_id=row.pk, done_at=None).exists()


def test_received_on_paper_is_as_good_as_any_other(access, asked, signed_in, worker, running):
    row = asked(Voice.TUTOR)
    client = signed_in(worker)
    url = reverse("monitoring:evaluation_on_paper", args=[row.public_id])
    empty = client.post(url, {"given_on": f"{timezone.localdate():%Y-%m-%d}", "who": "Gino", "comment": "Sul foglio"})
    assert empty.status_code == 422 and "Aggiungi la scansione" in empty.content.decode() and "Sul foglio" in empty.content.decode()
    before = {"given_on": f"{running.starts_on - timedelta(days=1):%Y-%m-%d}", "who": "", "comment": "", "q-time": "2"}
    assert "prima dell" in client.post(url, before).content.decode()
    answer = client.post(url, {"given_on": f"{timezone.localdate():%Y-%m-%d}", "who": "Gino", "comment": "", "file": scan()})
    assert answer.status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        assert (row.state, row.how, row.who) == (S.GIVEN, Given.PAPER, "Gino") and row.scan_id
        assert selectors.answers_of(row) == {}
    file = client.get(reverse("monitoring:evaluation_scan", args=[row.public_id]))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert "Le risposte stanno sul foglio" in client.get(reverse("monitoring:evaluation", args=[row.public_id])).content.decode()


# --- The person


def test_the_person_answers_with_faces_from_a_link(access, asked):
    row = asked(Voice.PERSON)
    client, response = open_link(row, access)
    assert response.status_code == 303 and response["Location"] == reverse("my_evaluation:start", args=[row.public_id])
    start = client.get(response["Location"]).content.decode()
    assert "Sono 15 domande" in start  # twelve questions and three goals
    first = reverse("my_evaluation:question", args=[row.public_id, 1])
    assert "Arrivo al tirocinio e torno a casa." in client.get(first).content.decode()
    assert client.get(reverse("my_evaluation:question", args=[row.public_id, 16])).status_code == 404
    nothing = client.post(first, {})
    assert nothing.status_code == 422 and "Tocca una faccia" in nothing.content.decode()
    for number in range(1, 16):
        answer = client.post(reverse("my_evaluation:question", args=[row.public_id, number]), {"value": "none" if number == 2 else "1"})
        assert answer.status_code == 303
    assert answer["Location"] == reverse("my_evaluation:finish", args=[row.public_id])
    assert "Con molto aiuto" in client.get(answer["Location"]).content.decode()
    assert client.post(answer["Location"], {"comment": "Mi piace il banco"}).status_code == 303
    assert "Grazie!" in client.get(reverse("my_evaluation:start", args=[row.public_id])).content.decode()
    assert client.get(first).status_code == 303  # over
    with scope(access.scope):
        row.refresh_from_db()
        assert (row.state, row.how, row.comment) == (S.GIVEN, Given.ONLINE, "Mi piace il banco")
        assert row.who == str(row.placement.beneficiary)
        assert selectors.answers_of(row) == {**all_of(1), "care": None}
        assert [r.value for r in selectors.ratings_of(row)] == [1, 1, 1]


def test_a_link_opens_only_its_own_and_expires(access, running, asked):
    mine = asked(Voice.PERSON)
    client, _response = open_link(mine, access)
    other = placed(access, 2)
    with scope(access.scope):
        theirs = services.ask_by_hand(placement=other, moment="initial", voice="person", by=access, today=timezone.localdate())
        tutors = services.ask_by_hand(placement=running, moment="initial", voice="tutor", by=access, today=timezone.localdate())
    for row in (theirs, tutors):
        assert client.get(reverse("my_evaluation:start", args=[row.public_id])).status_code == 404
        assert client.post(reverse("my_evaluation:question", args=[row.public_id, 1]), {"value": "1"}).status_code == 404
    with scope(access.scope):
        Evaluation.objects.filter(pk=mine.pk).update(link_expires_at=timezone.now() - timedelta(minutes=1))
    late = client.get(reverse("my_evaluation:start", args=[mine.public_id]))
    assert late.status_code == 404 and "scaduto" in late.content.decode()
    assert client.post(reverse("my_evaluation:question", args=[mine.public_id, 1]), {"value": "1"}).status_code == 404
    assert Client().get(reverse("my_evaluation:door", args=["nessuno"])).status_code == 404
    assert Client().get(reverse("my_evaluation:start", args=[mine.public_id])).status_code == 404


def test_a_new_link_ends_the_one_before_and_its_secret_is_not_kept(access, asked, signed_in, worker):
    row = asked(Voice.PERSON)
    old = link_to(row, access)
    client = signed_in(worker)
    url = reverse("monitoring:send_evaluation_link", args=[row.public_id])
    assert client.post(url, {"channel": "email", "address": ""}).status_code in (303, 422)
    sent = client.post(url, {"channel": "email", "address": "maria@example.org"})
    assert sent.status_code == 303
    with scope(access.scope):
        message = Message.objects.get(kind=services.LINK, address="maria@example.org")
        token = re.search(r"la-mia-valutazione/([\w-]+)/", message.body)
        row.refresh_from_db()
    assert token and row.token_hash == hash_token(token[1]) and token[1] not in row.token_hash
    assert Client().get(reverse("my_evaluation:door", args=[old])).status_code == 404
    assert Client().get(reverse("my_evaluation:door", args=[token[1]])).status_code == 303


def test_on_the_office_s_tablet(access, asked, signed_in, worker):
    row = asked(Voice.PERSON)
    client = signed_in(worker)
    page = client.get(reverse("monitoring:tablet_start", args=[row.public_id])).content.decode()
    assert "Ciao," in page and "Esci" not in page
    assert client.post(reverse("monitoring:tablet_question", args=[row.public_id, 3]), {"value": "4"}).status_code == 303
    assert client.post(reverse("monitoring:tablet_finish", args=[row.public_id]), {"comment": ""}).status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        assert (row.how, selectors.answers_of(row)) == (Given.TABLET, {"time": 4})
    office = asked(Voice.OFFICE)
    assert client.get(reverse("monitoring:tablet_start", args=[office.public_id])).status_code == 404


def test_nothing_answered_is_nothing_given(access, asked):
    row = asked(Voice.PERSON)
    client, _response = open_link(row, access)
    page = client.post(reverse("my_evaluation:finish", args=[row.public_id]), {"comment": "Solo parole"})
    assert page.status_code == 422 and "Solo parole" in page.content.decode()


def test_the_person_says_whether_she_agrees_once(access, asked, running):
    persons = give(access, asked(Voice.PERSON, Moment.FINAL))
    give(access, asked(Voice.TUTOR, Moment.FINAL), 2)
    office = give(access, asked(Voice.OFFICE, Moment.FINAL), 3, comment="Un bel percorso")
    with scope(access.scope):
        assert Todo.objects.filter(kind=services.TELL, subject_id=office.pk, done_at=None).exists()
    client, _response = open_link(persons, access)
    assert "Leggi la valutazione finale" in client.get(reverse("my_evaluation:start", args=[persons.public_id])).content.decode()
    url = reverse("my_evaluation:told", args=[office.public_id])
    page = client.get(url).content.decode()
    assert "L’ufficio dice: quasi senza aiuto" in page and "Il tutor dice: con un po&#x27; di aiuto" in page and "Un bel percorso" in page
    empty = client.post(url, {"comment": "Manca il sabato"})
    assert empty.status_code == 422 and "Manca il sabato" in empty.content.decode()
    assert client.post(url, {"agrees": "no", "comment": "Manca il sabato"}).status_code == 303
    assert client.post(url, {"agrees": "yes", "comment": ""}).status_code == 409
    assert "Hai detto: non sono d’accordo" in client.get(url).content.decode()
    with scope(access.scope):
        said = EvaluationOpinion.objects.get()
        assert (said.agrees, said.comment, said.how) == (False, "Manca il sabato", Given.ONLINE)
        assert not Todo.objects.filter(kind=services.TELL, done_at=None).exists()
        assert Todo.objects.filter(kind=services.DISAGREES, subject_id=office.pk, done_at=None).exists()
        assert selectors.compared(running).opinion == selectors.Opinion(False, "Manca il sabato", timezone.localdate())


def test_nothing_is_told_before_the_office_has_spoken(access, asked):
    persons, office = asked(Voice.PERSON, Moment.FINAL), asked(Voice.OFFICE, Moment.FINAL)
    client, _response = open_link(persons, access)
    assert client.get(reverse("my_evaluation:told", args=[office.public_id])).status_code == 404
    with scope(access.scope), pytest.raises(DomainError, match="non è ancora pronta"):
        services.state_opinion(evaluation=office, agrees=True, comment="", how="tablet", by=access, today=timezone.localdate())


# --- The office


def test_the_voices_side_by_side_with_charts(access, asked, running, signed_in, worker, coordinator):
    give(access, asked(Voice.OFFICE), 2)
    give(access, asked(Voice.PERSON), 4)
    give(access, asked(Voice.OFFICE, Moment.MID), 3, goals={1: -1, 2: 0})
    page = signed_in(worker).get(reverse("monitoring:evaluations_of", args=[running.public_id])).content.decode()
    assert page.count("<svg xmlns") >= 1 + 7 + 3
    assert "Quasi senza aiuto" in page and "Un po&#x27; lontano" in page
    with scope(access.scope):
        found = selectors.compared(running)
    assert (found.moments, found.voices) == (["initial", "mid"], ["person", "office"])
    assert found.mean("initial", "office") == 2 and found.mean("mid", "person") is None
    assert found.areas["tasks", "initial", "person"] == 4
    assert found.goals[0].text == GOALS[0] and found.goals[0].first_and_last == {"office": ("un po' lontano", "un po' lontano")}


def test_a_goal_repeated_by_a_later_version_goes_on(access, asked, running):
    give(access, asked(Voice.OFFICE), 2, goals={1: -1})
    with scope(access.scope):
        goal = Goal.objects.filter(project__placement=running).order_by("position").first()
        Goal.objects.filter(pk=goal.pk).update(text=f"{goal.text.upper()}.")
    give(access, asked(Voice.OFFICE, Moment.MID), 3, goals={1: 1})
    with scope(access.scope):
        first = selectors.compared(running).goals[0]
    assert first.change("office") == rules.Change(-1, 1, "initial", "mid")
    assert len(selectors.Compared.__dataclass_fields__) and first.first_and_last["office"] == ("un po' lontano", "meglio di come speravamo")


def test_values_for_the_study_carry_no_name(access, asked, running):
    """Tasks at the start: 2 and 2, mean 2; at the end 4 and 3, mean 3.5. The goal went from -1 to 1."""
    give(access, asked(Voice.OFFICE), 2, goals={1: -1})
    row = asked(Voice.OFFICE, Moment.FINAL)
    with scope(access.scope):
        services.give(
            evaluation=row, answers={**all_of(4), "finish": 3}, goals={1: 1}, how=Given.OFFICE, by=access, today=timezone.localdate()
        )
        found = selectors.changes(access, first=date(2026, 1, 1), last=date(2027, 1, 1))
    by_key = {each.key: each for each in found}
    assert by_key["tasks"] == selectors.ValueChange(running.pk, "office", "tasks", rules.Change(2, 3.5, "initial", "final"))
    assert by_key["goal"].change == rules.Change(-1, 1, "initial", "final")
    assert {each.key for each in found} == {*Area.values, "goal"}
    with scope(access.scope):
        assert selectors.changes(access, first=date(2026, 1, 1), last=date(2026, 1, 2)) == []


def test_how_it_was_is_counted_by_voice_and_question(access, asked):
    row = asked(Voice.FAMILY, Moment.SATISFACTION)
    with scope(access.scope):
        services.give(
            evaluation=row, answers={"well": 3, "useful": None}, how=Given.PAPER, given_on=timezone.localdate(),
            comment="Grazie", by=access, today=timezone.localdate(),
        )  # fmt: skip
        counts = selectors.satisfaction(access, first=date(2026, 1, 1), last=date(2027, 1, 1))
    assert [(c.voice, c.item, c.words, c.count) for c in counts] == [("family", "useful", "non so", 1), ("family", "well", "sì", 1)]


def test_another_ambito_finds_nothing(access, asked, running, signed_in, stranger):
    row = asked(Voice.OFFICE)
    client = signed_in(stranger)
    for name, args in (
        ("monitoring:evaluation", [row.public_id]),
        ("monitoring:answer_evaluation", [row.public_id]),
        ("monitoring:evaluations_of", [running.public_id]),
        ("monitoring:tablet_start", [row.public_id]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert client.post(reverse("monitoring:waive_evaluation", args=[row.public_id]), {"reason": "x"}).status_code == 404
    assert row.placement.beneficiary.last_name not in client.get(reverse("monitoring:evaluations")).content.decode()


@pytest.mark.parametrize("role", [Role.CLERK, Role.ACCOUNTING, Role.TRAINER, Role.COMUNE_OFFICER])
def test_who_keeps_no_evaluations_is_refused(role, access, asked, running, signed_in, sondrio):
    row = asked(Voice.OFFICE)
    client = signed_in(make_user(role, sondrio, number=8))
    for name, args in (
        ("monitoring:evaluations", []), ("monitoring:evaluation", [row.public_id]), ("monitoring:evaluations_of", [running.public_id]),
        ("monitoring:tablet_start", [row.public_id]),
    ):  # fmt: skip
        assert client.get(reverse(name, args=args)).status_code == 403


def test_the_office_saves_half_way_and_gives_its_own_voice(access, asked, signed_in, worker):
    row = asked(Voice.OFFICE)
    client = signed_in(worker)
    url = reverse("monitoring:answer_evaluation", args=[row.public_id])
    assert client.post(url, {"q-time": "2", "comment": "", "draft": "1"}).status_code == 303
    assert re.search(r'name="q-time" value="2" checked', client.get(url).content.decode())
    assert client.post(url, {f"q-{item.code}": "3" for item in BASE.items} | {"comment": "Bene"}).status_code == 303
    with scope(access.scope):
        row.refresh_from_db()
        assert (row.state, row.how, row.who) == (S.GIVEN, Given.OFFICE, str(worker))
    theirs = asked(Voice.TUTOR)
    url = reverse("monitoring:answer_evaluation", args=[theirs.public_id])
    assert client.get(url).status_code == 404
    assert client.post(url, {"q-time": "0", "comment": "Non sue", "draft": "1"}).status_code == 404
    with scope(access.scope):
        assert not EvaluationAnswer.objects.filter(evaluation=theirs).exists()


def test_the_host_s_contact_says_how_it_was(access, asked, running, signed_in, network):
    row = asked(Voice.HOST, Moment.SATISFACTION)
    with scope(access.scope), pytest.raises(DomainError, match="solo com'è stato"):
        services.ask_by_hand(placement=running, moment="mid", voice="host", by=access, today=timezone.localdate())
    contacts = [make_user(Role.COMPANY_CONTACT, None, number=9, company=running.company)]
    contacts.append(make_user(Role.COMPANY_CONTACT, None, number=10, company=placed(access, 2).company))
    client = signed_in(contacts[0])
    assert "Com’è stato" in client.get(reverse("my_evaluations:list")).content.decode()
    url = reverse("my_evaluations:answer", args=[row.public_id])
    portal = reverse("desk:our_company")
    assert url in client.get(portal).content.decode()
    assert url not in signed_in(contacts[1]).get(portal).content.decode()
    assert "L&#x27;impresa si è trovata bene?" in client.get(url).content.decode()
    assert client.post(url, {"q-well": "3", "q-useful": "2", "q-again": "3", "comment": ""}).status_code == 303
    assert url not in client.get(portal).content.decode()  # answered once
    assert signed_in(contacts[1]).get(url).status_code == 404


def test_the_final_report_lays_the_voices_side_by_side_in_words(access, running, asked):
    assert inside(access, lambda: evaluation_part(running)) == {}
    give(access, asked(Voice.TUTOR), 2)
    give(access, asked(Voice.TUTOR, Moment.FINAL), 4)
    give(access, asked(Voice.PERSON), 3)
    table = inside(access, lambda: evaluation_part(running))
    assert table["head"] == ["", "la persona", "il tutor aziendale"]
    # the tutor went from the second step to the fourth; the person spoke once, at the beginning
    words = {value: BASE.words(value) for value in (2, 3, 4)}
    assert table["rows"] == [[str(item.office), words[3], f"{words[2]} → {words[4]}"] for item in BASE.items]


def test_the_three_papers_and_the_person_s_has_no_number(access, asked, running, signed_in, worker):
    client = signed_in(worker)
    url = reverse("monitoring:make_evaluation_paper", args=[running.public_id])
    assert "carta sarebbe vuota" in client.post(url, {"kind_of": papers.EASY}, follow=True).content.decode()
    give(access, asked(Voice.OFFICE), 2, goals={1: 1})
    give(access, asked(Voice.PERSON), 4)
    for kind in papers.KINDS:
        assert client.post(url, {"kind_of": kind}).status_code == 303
    assert client.post(url, {"kind_of": "altro"}).status_code == 404
    with scope(access.scope):
        pages = {d.kind: html_of(d, "A" * 26) for d in Document.objects.filter(kind__in=papers.KINDS)}
    assert pages[papers.OFFICE].count("data:image/svg+xml") == 1 + 7 + 3
    assert "2 (con un po&#x27; di aiuto)" in pages[papers.OFFICE]
    easy = pages[papers.EASY].partition('<section class="verify">')[0].partition("</header>")[2]
    said = html.unescape(re.sub(r"<[^>]+>", " ", easy))
    assert "L'ufficio dice: con un po' di aiuto" in said and "Io dico: senza aiuto" in said
    assert not re.search(r"\d", said.replace(running.company.name, "")), said
    assert pages[papers.SHEET].count('class="choose"') == 15


@pytest.mark.parametrize("role", [Role.CLERK, Role.COMUNE_OFFICER])
def test_their_papers_have_no_other_door(role, access, asked, running, signed_in, worker, sondrio):
    """The placement's papers are read by more people than its evaluations: scores and comments are not among them."""
    give(access, asked(Voice.OFFICE), 2, goals={1: 1})
    with scope(access.scope):
        paper = papers.issue_paper(kind=papers.OFFICE, placement=running, by=access, today=timezone.localdate())
    job = Job.objects.filter(name="core.render_document").latest("pk")
    jobs.run(job.pk)
    args = [running.public_id, paper.public_id]
    served = signed_in(worker).get(reverse("monitoring:evaluation_paper", args=args))
    assert b"".join(served.streaming_content).startswith(b"%PDF")
    client = signed_in(make_user(role, sondrio, number=8))
    assert client.get(reverse("monitoring:evaluation_paper", args=args)).status_code == 403
    for who in (client, signed_in(worker)):
        assert who.get(reverse("agreements:document", args=[paper.public_id])).status_code == 404
