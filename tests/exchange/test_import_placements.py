"""Placements that run on paper come in from a file: through the form and service of the page, without a scan, and go again."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.core import jobs
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Deadline, Document, Fact, Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.exchange.models import ImportRow
from placements.agreements.enums import PlacementState
from placements.agreements.models import DeclaredUse, PaperStart, PersonalProject, Placement, Signature
from placements.attendance.models import PlannedSession
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import scan
from tests.factories.attendance import record, system
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.hosts import make_company, make_partita_iva, make_site, make_tutor

from .test_imports import batch_now, bring, confirm, outcomes, page, undo, work

pytestmark = pytest.mark.django_db
HEAD = [
    "Codice fiscale", "Partita IVA impresa", "Sede", "Tutor", "Dal", "Al", "Settimana", "Attività", "Obiettivo 1", "Obiettivo 2",
    "Obiettivo 3", "Firmato il", "Protocollo", "Mesi già usati", "Ore già fatte", "Contributi già versati", "Fonte",
]  # fmt: skip
PATTERN = "tre mattine di 4 ore: lunedì, mercoledì, venerdì"


@pytest.fixture
def case(within, worker, coordinator):
    """Two people, a company with two sites and a tutor."""
    by, today = within(worker), timezone.localdate()
    people = [make_beneficiary(by, number=n, today=today) for n in (2, 3)]
    for person in people:
        Beneficiary.objects.filter(pk=person.pk).update(codice_fiscale_hash=lookup_hash(person.codice_fiscale))
    company = make_company(by, representative="Olga Prova", partita_iva=make_partita_iva(7))
    make_site(by, company)
    tutor = make_tutor(by, company)
    within(coordinator)
    return people, company, tutor


def a_row(case, n=0, **changes):
    people, company, tutor = case
    row = [
        people[n].codice_fiscale, company.partita_iva, "", tutor.email, "01/09/2026", "28/02/2027", PATTERN, "Montare scatole", "Uno",
        "Due", "Tre", "25/08/2026", f"{n + 1}/2026", "", "", "", "",
    ]  # fmt: skip
    for name, value in changes.items():
        row[HEAD.index(name.replace("_", " "))] = value
    return row


def problems(number):
    return ImportRow.objects.get(batch=batch_now(), number=number).problems


def test_they_come_in_running_marked_and_with_their_papers_asked_for(office, access, case):
    used = {"Mesi_già_usati": "5", "Ore_già_fatte": "210", "Contributi_già_versati": "1.200,00", "Fonte": "Fogli presenze"}
    batch = bring(office, "placements", [HEAD, a_row(case, **used), a_row(case, 1)])
    assert outcomes() == ["good", "good"], [problems(2), problems(3)]
    assert not Placement.objects.exists()
    confirm(office, batch)
    assert batch.counts == {"taken": 2}, [problems(2), problems(3)]
    row = Placement.objects.get(beneficiary=case[0][0])
    today = timezone.localdate()
    assert (row.state, row.entered_on, row.company_tutor_id) == (PlacementState.ACTIVE, today, case[2].pk)
    assert (row.starts_on, row.ends_on) == (date(2026, 9, 1), date(2027, 2, 28))
    project = PersonalProject.objects.get(placement=row)
    assert (project.state, project.awaits_papers, project.document_id, project.weekly_minutes) == ("effective", True, None, 720)
    start = PaperStart.objects.get(placement=row)
    assert (start.scan_id, start.signed_on, start.protocol) == (None, date(2026, 8, 25), "1/2026")
    said = DeclaredUse.objects.get(placement=row)
    assert (said.months, said.minutes, said.amount) == (5, 12600, 1200)
    assert not Document.objects.filter(kind="agreements.inherited").exists() and not Signature.objects.exists()
    todo = Todo.objects.get(kind="agreements.inherited_papers", subject_id=row.pk, done_at=None)
    assert (todo.role, todo.due_on) == ("social_worker", today + timedelta(days=7))
    assert todo.url == reverse("agreements:inherited_papers", args=[row.public_id])
    assert office.get(page("subject", batch, 2))["Location"] == reverse("agreements:detail", args=[row.public_id])
    again = bring(office, "placements", [HEAD, a_row(case, Attività="Altro")])
    assert outcomes(again) == ["known"]


def test_the_papers_are_brought_and_who_signed_is_written(office, access, case, signed_in, worker, within, coordinator):
    confirm(office, bring(office, "placements", [HEAD, a_row(case)]))
    row = Placement.objects.get()
    client = signed_in(worker)
    shown = client.get(reverse("agreements:detail", args=[row.public_id])).content.decode()
    url = reverse("agreements:inherited_papers", args=[row.public_id])
    assert "Mancano le carte firmate" in shown and url in shown
    assert client.get(url).status_code == 200
    refused = client.post(url, {"signed_by": ["host"], "file": scan(content=b"solo testo")})
    assert refused.status_code == 422 and "file" in refused.context["form"].errors
    assert client.post(url, {"signed_by": ["promoter", "host", "person"], "file": scan()}).status_code == 303
    within(worker)
    document = Document.objects.get(kind="agreements.inherited")
    project = PersonalProject.objects.get(placement=row)
    assert (project.document_id, project.awaits_papers, project.state) == (document.pk, False, "effective")
    assert Signature.objects.filter(document=document, method="paper", signed_on=date(2026, 8, 25)).count() == 3
    assert PaperStart.objects.get(placement=row).scan_id
    assert not Todo.objects.filter(kind="agreements.inherited_papers", done_at=None).exists()
    assert Fact.objects.filter(code="agreements.placement.papers_brought", subject_id=row.pk).exists()
    twice = client.post(url, {"signed_by": ["host"], "file": scan()})
    assert twice.status_code == 409 and Signature.objects.count() == 3
    within(coordinator)
    assert signed_in(coordinator).get(url).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"Codice_fiscale": "RSSMRA80A01H501U"}, "codice_fiscale", "porta qui prima le persone"),
        ({"Codice_fiscale": "storto"}, "codice_fiscale", ""),
        ({"Partita_IVA_impresa": "01234567897"}, "company_code", "porta qui prima le imprese"),
        ({"Sede": "Altrove"}, "site_name", "Scrivi quale sede"),
        ({"Tutor": "nessuno@example.org"}, "tutor_email", "porta qui prima i tutor"),
        ({"Dal": "01/12/2099", "Al": "31/12/2099"}, "starts_on", ""),
        ({"Dal": "01/01/2026", "Al": "31/03/2026"}, "ends_on", "già finito"),
        ({"Firmato_il": "19/11/2026"}, "signed_on", "ancora venire"),
        ({"Ore_già_fatte": "10"}, "source", "da dove vengono"),
        ({"Settimana": ""}, "from_0", "almeno un giorno"),
        ({"Obiettivo_3": ""}, "goal_3", ""),
    ],
)
def test_what_the_page_refuses_is_refused_beside_its_column(office, access, case, changes, field, words):
    bring(office, "placements", [HEAD, a_row(case, **changes)])
    assert outcomes() == ["wrong"]
    assert words in problems(2)[field]
    assert not Placement.objects.exists()


def test_which_site_is_asked_where_there_are_two_and_a_row_is_corrected_there(office, access, case, within, worker, coordinator):
    other = make_site(within(worker), case[1], name="Magazzino")
    within(coordinator)
    batch = bring(office, "placements", [HEAD, a_row(case), a_row(case, 1, Sede="magazzino")])
    assert outcomes() == ["wrong", "good"] and "Magazzino" in problems(2)["site_name"]
    wrong = page("row", batch, 2)
    form = office.get(wrong).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert office.post(wrong, {**values, "site_name": "Magazzino"}).status_code == 303
    assert outcomes() == ["good", "good"]
    confirm(office, batch)
    assert set(Placement.objects.values_list("site_id", flat=True)) == {other.pk}


def test_they_go_again_with_all_that_came_by_itself_but_not_what_somebody_touched(office, access, case, within, coordinator):
    batch = bring(office, "placements", [HEAD, a_row(case), a_row(case, 1)])
    confirm(office, batch)
    for pk in Job.objects.filter(name="attendance.resync", state="queued").values_list("pk", flat=True):
        jobs.run(pk)
    first, second = Placement.objects.order_by("id")
    assert PlannedSession.objects.filter(placement=first).exists()
    kept = next(d for d in PlannedSession.objects.filter(placement=second).order_by("day").values_list("day", flat=True))
    if kept > timezone.localdate():
        kept = timezone.localdate()
    record(second, kept, "present", 60)
    within(coordinator)
    undo(office, batch)
    assert batch.counts == {"undone": 1, "kept": 1}, [r.problems for r in ImportRow.objects.filter(batch=batch)]
    assert list(Placement.objects.all()) == [second]
    for model in (PersonalProject, PaperStart, PlannedSession):
        assert not model.objects.exclude(placement=second).exists(), model
    for asked in (Todo, Deadline):
        assert not asked.objects.filter(subject_type="agreements.placement", subject_id=first.pk).exists()
    assert Fact.objects.filter(code="agreements.placement.inherited", subject_id=first.pk).exists(), "what happened stays written"
    work()


def test_only_an_inherited_one_runs_without_its_papers(office, access, case, sondrio):
    confirm(office, bring(office, "placements", [HEAD, a_row(case)]))
    with scope(system(sondrio).scope), pytest.raises(DatabaseError), transaction.atomic():
        PersonalProject.objects.update(awaits_papers=False)
