"""Files, the questionnaire, the costs of an edition, its lists as files."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from companies.training import services
from companies.training.enums import Question
from companies.training.models import EditionCost, Enrolment, FeedbackSheet, Material
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.treasury.models import Entry, Pot
from impresasolidale.treasury.selectors import balances, free_balance
from tests.factories.fund import make_pot
from tests.factories.hosts import make_company, make_tutor
from tests.factories.training import at, close, make_edition
from tests.factories.treasury import make_budget, make_grant

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def text_of(response):
    return response.content.decode()


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def tutors(access):
    company = make_company(access)
    return [make_tutor(access, company) for _n in range(5)]


@pytest.fixture
def edition(access, tutors):
    on = timezone.localdate()
    found = make_edition(access, on=on, meetings=1, seats=5)
    for tutor in tutors:
        services.enrol_tutor(edition=found, tutor=tutor, by=access, now=at(on, 8))
    return found


# --- Files


def test_files_are_for_who_has_a_seat(signed_in, worker, access, edition, tutors):
    client, url = signed_in(worker), reverse("training:add_material", args=[edition.public_id])
    wrong = client.post(url, {"title": "Guida", "file": SimpleUploadedFile("guida.exe", b"MZ")})
    assert wrong.status_code == 422 and "deve essere un PDF" in text_of(wrong)
    assert client.post(url, {"title": "Guida", "file": SimpleUploadedFile("guida.pdf", PDF)}).status_code == 303
    assert client.post(url, {"title": "Per tutti", "for_course": "on", "file": SimpleUploadedFile("x.pdf", PDF)}).status_code == 303
    guide, everywhere = Material.objects.order_by("pk")
    assert guide.edition_id == edition.pk and everywhere.edition_id is None
    me = signed_in(tutors[0].user)
    mine = [reverse("courses:material", args=[edition.public_id, m.public_id]) for m in (guide, everywhere)]
    page = text_of(me.get(reverse("courses:edition", args=[edition.public_id])))
    assert "Guida" in page and "Per tutti" in page
    answer = me.get(mine[0])
    assert b"".join(answer.streaming_content) == PDF and 'filename="Guida.pdf"' in answer["Content-Disposition"]
    outside = make_tutor(access, make_company(access))
    assert signed_in(outside.user).get(mine[0]).status_code == 404
    assert "Guida" not in text_of(signed_in(outside.user).get(reverse("courses:edition", args=[edition.public_id])))
    sister = make_edition(access, on=timezone.localdate() + timedelta(days=9), meetings=1, course=edition.course)
    services.enrol_tutor(edition=sister, tutor=outside, by=access)
    there = text_of(signed_in(outside.user).get(reverse("courses:edition", args=[sister.public_id])))
    assert "Per tutti" in there and "Guida" not in there
    client.post(reverse("training:remove_material", args=[edition.public_id, guide.public_id]))
    assert me.get(mine[0]).status_code == 404
    left = me.get(mine[1])
    assert left.status_code == 200 and b"".join(left.streaming_content) == PDF


# --- The questionnaire


def answers(value="4"):
    return {q.value: value for q in Question}


def test_the_questionnaire_is_anonymous_and_told_from_five_up(signed_in, worker, access, edition, tutors):
    rows = {e.pk: 480 for e in Enrolment.objects.all()}
    url = reverse("courses:questions", args=[edition.public_id])
    early = signed_in(tutors[0].user).post(url, answers())
    assert early.status_code == 422 and "quando le presenze sono chiuse" in text_of(early)
    close(access, edition, rows, today=timezone.localdate())
    office = reverse("training:detail", args=[edition.public_id])
    for n, tutor in enumerate(tutors):
        me = signed_in(tutor.user)
        assert "Rispondi a cinque domande" in text_of(me.get(reverse("courses:mine")))
        if n == 0:
            missing = me.post(url, {**answers(), "pace": ""})
            assert missing.status_code == 422 and "Scegli una risposta" in text_of(missing)
        assert me.post(url, answers("4" if n else "1")).status_code == 303
        again = me.post(url, answers("1"))
        assert again.status_code == 409 and "Hai già risposto" in text_of(again)
        page = text_of(signed_in(worker).get(office))
        assert ("Hanno risposto in 5" in page) is (n == 4) and ("Le risposte si vedono da 5 in su" in page) is (n < 4)
    assert FeedbackSheet.objects.count() == 5
    asked = signed_in(worker).get(office).context["asked"]
    assert asked[0].counts == (1, 0, 0, 4)
    assert {f.name for f in FeedbackSheet._meta.fields} == {"id", "network", "edition", "answers"}, "nothing says who, or when"
    mine = access_for(tutors[0].user)
    with scope(mine.scope):
        assert not FeedbackSheet.objects.exists(), "a company user reads no answers, not even by the table"


# --- Costs


@pytest.fixture
def grant(coordinator, within):
    return make_grant(within(coordinator), "500")


def propose(access, edition, pot, amount="320.00", **more):
    values = {"words": "Compenso del formatore", "act_number": "118", "act_on": timezone.localdate(), "today": timezone.localdate()}
    return services.propose_cost(edition=edition, pot=pot, amount=Decimal(amount), by=access, **{**values, **more})


def test_a_cost_moves_money_when_a_second_person_confirms_it(signed_in, worker, coordinator, access, edition, grant):
    client, url = signed_in(worker), reverse("training:propose_cost", args=[edition.public_id])
    sent = {"words": "Sala", "amount": "320,00", "pot": grant.pk, "act_number": "118", "act_on": timezone.localdate().isoformat()}
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    refusals = [({"amount": "0"}, "più di zero"), ({"act_on": tomorrow}, "futuro"), ({"amount": "tanto"}, "importo in euro")]
    for wrong, words in refusals:
        answer = client.post(url, {**sent, **wrong})
        assert answer.status_code == 422 and words in text_of(answer)
    assert client.post(url, sent).status_code == 303
    cost = EditionCost.objects.get()
    before = Entry.objects.count()
    confirm = reverse("training:confirm_cost", args=[edition.public_id, cost.public_id])
    assert client.post(confirm).status_code == 403, "the social worker has no key"
    office = signed_in(coordinator)
    assert "da confermare" in text_of(office.get(reverse("training:detail", args=[edition.public_id])))
    assert office.post(confirm).status_code == 303
    cost.refresh_from_db()
    assert (cost.confirmed_by_id, cost.confirmed_on) == (coordinator.pk, timezone.localdate())
    assert Entry.objects.count() == before + 2 and free_balance(grant) == Decimal("180.00")
    found = balances(access, use=Pot.Use.GRANT)[0]
    assert (found.paid, found.committed) == (Decimal("320.00"), Decimal("0.00"))
    again = text_of(office.post(confirm, follow=True))
    assert "già confermato" in again and Entry.objects.count() == before + 2
    with pytest.raises(Conflict):
        services.withdraw_cost(cost=cost, by=access, now=timezone.now())
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        EditionCost.objects.filter(pk=cost.pk).update(amount=1)


def test_nobody_confirms_the_own_cost(signed_in, coordinator, within, edition, grant):
    access = within(coordinator)
    cost = propose(access, edition, grant)
    url = reverse("training:confirm_cost", args=[edition.public_id, cost.public_id])
    assert "seconda persona" in text_of(signed_in(coordinator).post(url, follow=True))
    assert not Entry.objects.filter(source_type="training.editioncost").exists()


def test_more_than_there_is_is_refused(signed_in, coordinator, worker, within, edition, grant):
    cost = propose(within(worker), edition, grant, "500.01")
    url = reverse("training:confirm_cost", args=[edition.public_id, cost.public_id])
    assert "non ci sono abbastanza soldi" in text_of(signed_in(coordinator).post(url, follow=True))
    cost.refresh_from_db()
    assert cost.confirmed_on is None


def test_which_pots_pay_for_training(worker, coordinator, stranger, within, edition, user_of, sondrio, tirano, grant):
    theirs = make_budget(within(user_of(Role.COORDINATOR, tirano))).pot
    fund = make_pot(within(user_of(Role.ACCOUNTING, sondrio)))
    access = within(worker)
    for pot in (theirs, fund):
        with pytest.raises(DomainError, match="non è per la formazione"):
            propose(access, edition, pot)
    ours = make_budget(within(coordinator)).pot
    assert propose(within(worker), edition, ours).pot_id == ours.pk


def test_a_cost_nobody_confirmed_is_taken_back(signed_in, worker, access, edition, grant):
    cost = propose(access, edition, grant)
    signed_in(worker).post(reverse("training:withdraw_cost", args=[edition.public_id, cost.public_id]))
    assert "Ancora nessun costo" in text_of(signed_in(worker).get(reverse("training:detail", args=[edition.public_id])))


# --- Lists


def test_the_editions_as_a_file(signed_in, worker, access, edition):
    client = signed_in(worker)
    table = b"".join(client.get(reverse("training:file", args=["csv"])).streaming_content).decode()
    assert "Tutor in impresa;corso iniziale" in table and ";8:00;5;5;0;0" in table
    assert client.get(reverse("training:past_file", args=["xlsx"])).getvalue()[:2] == b"PK"
    assert client.get(reverse("training:file", args=["pdf"])).status_code == 404
    assert client.get(reverse("training:list")).status_code == 200


def test_who_takes_part_as_a_file(signed_in, user_of, sondrio, worker, access, edition, tutors):
    url = reverse("training:participants_file", args=[edition.public_id, "csv"])
    services.enrol_tutor(edition=edition, tutor=make_tutor(access, make_company(access)), by=access)
    table = b"".join(signed_in(worker).get(url).streaming_content).decode()
    assert table.count("\n") == 7 and f"{tutors[0].last_name};Marta;{tutors[0].email};iscritto;;0:00;" in table
    assert ";in lista d'attesa;1;0:00;" in table
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="training:detail").count() == 1
    xlsx = reverse("training:participants_file", args=[edition.public_id, "xlsx"])
    assert signed_in(worker).get(xlsx).getvalue()[:2] == b"PK"
    assert signed_in(user_of(Role.CLERK, sondrio)).get(url).status_code == 403
