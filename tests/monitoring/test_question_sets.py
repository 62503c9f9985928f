"""The office's own questions: written by the coordinator, previewed, versioned, retired; asked only when the rule book names them."""

import re
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import scope
from placements.monitoring.evaluation_enums import EvaluationState, Voice
from placements.monitoring.models import Evaluation, QuestionSet
from placements.monitoring.services import evaluation_asking as asking
from placements.monitoring.services import question_sets as services
from placements.monitoring.services.question_sets import Asked
from tests.factories import attendance as made
from tests.factories.evaluations import inside, placed
from tests.factories.fixtures import make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("monitoring:question_sets"), reverse("monitoring:new_question_set")
TYPED = {
    "name": "Bottega", "source": "Riunione di marzo",
    "text_0": "Serve al banco", "area_0": "tasks", "code_0": "banco",
    "text_1": "Conta il resto", "area_1": "tasks", "code_1": "",
}  # fmt: skip
KEPT = [{"code": "banco", "area": "tasks", "text": "Serve al banco"}, {"code": "conta-il-resto", "area": "tasks", "text": "Conta il resto"}]


@pytest.fixture
def office(coordinator):
    return access_for(coordinator)


def written(office, **more) -> QuestionSet:
    values = {"name": "Bottega", "source": "Riunione", "questions": [Asked("Serve al banco", "tasks", "banco")], **more}
    return inside(office, lambda: services.write_questions(**values, by=office, today=timezone.localdate()))


def test_shown_as_they_will_be_answered_then_written_for_good(coordinator, office, signed_in):
    client = signed_in(coordinator)
    assert "Le dodici domande bastano" in client.get(LIST).content.decode()
    page = client.post(NEW, {**TYPED, "preview": "1"})
    text = page.content.decode()
    assert page.status_code == 200 and "non è ancora salvata" in text
    assert re.search(r"<legend>Serve al banco</legend>", text) and "Senza aiuto" in text
    assert 'value="Conta il resto"' in text  # what was typed stays in the form
    assert inside(office, lambda: not QuestionSet.objects.exists())
    answer = client.post(NEW, TYPED)
    row = inside(office, QuestionSet.objects.get)
    assert answer.status_code == 303 and answer["Location"] == reverse("monitoring:question_set", args=[row.public_id])
    assert (row.name, row.version, row.questions, row.created_by_id) == ("Bottega", 1, KEPT, coordinator.pk)
    assert "Adesso sono spente" in client.get(answer["Location"]).content.decode()


def test_a_new_version_takes_the_place_of_the_one_before_and_keeps_its_name(coordinator, office, signed_in):
    first, client = written(office), signed_in(coordinator)
    url = reverse("monitoring:new_question_version", args=[first.public_id])
    form = client.get(url).content.decode()
    assert 'value="Serve al banco"' in form and 'name="name"' not in form
    assert client.post(url, {**TYPED, "name": "Altro", "text_0": "Serve al banco da sola"}).status_code == 303
    old, new = inside(office, lambda: list(QuestionSet.objects.order_by("version")))
    assert (old.retired_on, old.questions) == (timezone.localdate(), first.questions)
    assert (new.name, new.version, new.retired_on, new.questions[0]["code"]) == ("Bottega", 2, None, "banco")
    assert inside(office, lambda: asking.own_codes(office.ambito_id)) == [f"own-{new.pk}"]
    assert client.get(url).status_code == 303  # the old one is not written on any more
    assert client.post(url, TYPED).status_code == 409
    assert inside(office, lambda: Fact.objects.filter(code="monitoring.questions.written").count()) == 2


def test_out_of_use_once_and_asked_of_nobody_new(coordinator, office, signed_in):
    row, client = written(office), signed_in(coordinator)
    url = reverse("monitoring:retire_questions", args=[row.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 303
    assert client.post(url).status_code == 409
    assert inside(office, lambda: asking.own_codes(office.ambito_id)) == []
    page = client.get(reverse("monitoring:question_set", args=[row.public_id])).content.decode()
    assert "non si usa più" in page and "Scrivi una nuova versione" not in page


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": ""}, "name", "obbligatorio"),
        ({"source": ""}, "source", "obbligatorio"),
        ({"name": "bottega "}, "name", "ci sono già"),
        ({"text_0": "", "code_0": "", "text_1": ""}, "text_0", "almeno una domanda"),
        ({"text_0": ""}, "text_0", "Scrivi la domanda"),
        ({"code_1": "Banco"}, "code_1", "sigla c"),
        ({"text_1": "???"}, "code_1", "lettere o numeri"),
        ({"area_0": "altro"}, "area_0", "altro"),
        ({"text_0": "x" * 201}, "text_0", "200"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_nothing_is_written(typed, field, words, coordinator, office, signed_in):
    written(office)
    fresh = {**TYPED, "name": "Altre"} if "name" not in typed else TYPED
    for button in ("save", "preview") if field.startswith(("text", "code", "area")) else ("save",):
        page = signed_in(coordinator).post(NEW, {**fresh, **typed, button: "1"})
        text = page.content.decode()
        assert page.status_code == 422 and words in text
        assert re.search(rf'id="id_{field}"[^>]*aria-invalid|aria-invalid[^>]*id="id_{field}"', text), field
    assert inside(office, QuestionSet.objects.count) == 1


def test_twelve_at_most(office):
    many = [Asked(f"Domanda {n}", "tasks") for n in range(13)]
    with pytest.raises(DomainError, match="Dodici"):
        written(office, questions=many)
    assert len(written(office, questions=many[:12]).questions) == 12


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR, Role.CLERK, Role.ACCOUNTING, Role.COMUNE_OFFICER])
def test_only_who_runs_the_office_writes_them(role, office, signed_in, sondrio):
    row, client = written(office), signed_in(make_user(role, sondrio, number=8))
    for name, args in (
        ("question_sets", []), ("new_question_set", []), ("question_set", [row.public_id]), ("new_question_version", [row.public_id]),
        ("retire_questions", [row.public_id]),
    ):  # fmt: skip
        assert client.get(reverse(f"monitoring:{name}", args=args)).status_code == 403
    for name, args in (("new_question_set", []), ("new_question_version", [row.public_id]), ("retire_questions", [row.public_id])):
        assert client.post(reverse(f"monitoring:{name}", args=args), {**TYPED, "name": "Altre"}).status_code == 403
    assert inside(office, lambda: QuestionSet.objects.get().retired_on) is None


def test_another_office_s_are_not_there(office, signed_in, stranger):
    row = written(office)
    other = signed_in(make_user(Role.COORDINATOR, access_for(stranger).ambito, number=31))
    assert "Bottega" not in other.get(LIST).content.decode()
    for name in ("question_set", "new_question_version", "retire_questions"):
        assert other.get(reverse(f"monitoring:{name}", args=[row.public_id])).status_code == 404
        assert other.post(reverse(f"monitoring:{name}", args=[row.public_id]), TYPED).status_code in (404, 405)
    assert inside(office, lambda: QuestionSet.objects.get().retired_on) is None


def test_only_the_office_s_voice_is_asked_them_and_only_when_they_are_named(coordinator, office, worker, signed_in):
    row = written(office)
    access = access_for(worker)
    off, on = placed(access, 1), placed(access, 2)
    made.rules_changed(on, evaluation_sets=["own"])
    with scope(access.scope):
        asking.ask_due(by=access, today=timezone.localdate())
        found = set(Evaluation.objects.filter(questions=f"own-{row.pk}").values_list("placement_id", "voice"))
        assert found == {(on.pk, Voice.OFFICE)} and off.pk != on.pk
        asked = Evaluation.objects.get(questions=f"own-{row.pk}")
    # what was asked is answered to the end, also when the set went out of use meanwhile
    inside(office, lambda: services.retire_questions(row=row, by=office, today=timezone.localdate()))
    url = reverse("monitoring:answer_evaluation", args=[asked.public_id])
    assert signed_in(worker).post(url, {"q-own-banco": "3", "comment": ""}).status_code == 303
    assert inside(access, lambda: Evaluation.objects.get(pk=asked.pk).state) == EvaluationState.GIVEN
    page = signed_in(coordinator).get(reverse("monitoring:question_set", args=[row.public_id])).content.decode()
    assert "1 valutazione" in page


def test_the_list_costs_the_same_for_one_and_for_several(coordinator, office, signed_in):
    client = signed_in(coordinator)
    written(office)
    with OwnQueries() as one:
        client.get(LIST)
    for n in range(5):
        written(office, name=f"Altre {n}")
    with OwnQueries() as many:
        client.get(LIST)
    assert len(one) == len(many) <= 8


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_next_version_together_make_one(office):
    first = written(office)
    go, ends = threading.Barrier(2), []

    def press() -> None:
        try:
            with scope(office.scope):
                seen = QuestionSet.objects.get(pk=first.pk)
                go.wait(10)
                values = {"source": "Riunione", "questions": [Asked("Serve al banco", "tasks")], "follows": seen}
                services.write_questions(**values, by=office, today=timezone.localdate())
                ends.append("written")
        except Conflict:
            ends.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["late", "written"]
    assert inside(office, QuestionSet.objects.count) == 2
