"""Papers about how a placement goes: listed for who may open them; the person's copies in her area; nothing of it for a company."""

import html
import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from placements.monitoring import evaluation_documents as papers
from placements.monitoring.documents.closing import REPORT
from placements.monitoring.documents.visits import COPY, MINUTES
from placements.monitoring.evaluation_enums import Voice
from placements.monitoring.models import FinalReport, Visit
from placements.monitoring.selectors.evaluations import in_area
from placements.monitoring.services import visits as services
from placements.monitoring.services.visits import Decided
from tests.factories.evaluations import give, inside, placed
from tests.factories.fixtures import make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
NOTES, HARD, DECIDED = "Nota che resta in ufficio", "Fatica scritta per l'ufficio", "Provare la cassa"


def visited(access: Access, placement, **more) -> Visit:
    """A visit of today with its minutes closed."""
    today = timezone.localdate()
    said = {
        "held_on": today, "place": "In negozio", "present": ["person", "company_tutor"], "others": "", "topics": ["tasks", "wellbeing"],
        "notes": NOTES, "difficulties": HARD, "next_on": None, "decisions": [Decided(DECIDED, "referent", today)], **more,
    }  # fmt: skip

    def make() -> Visit:
        row = services.open_visit(placement=placement, kind="urgent", by=access, today=today)
        return services.close_minutes(visit=row, row_version=row.row_version, by=access, today=today, **said)

    return inside(access, make)


def ready(access: Access, *kinds: str) -> None:
    """As if the worker had made their files."""
    with scope(access.scope):
        for row in Document.objects.filter(kind__in=kinds, state="pending"):
            Document.objects.filter(pk=row.pk).update(state="ready", file_name=f"x/{row.pk}.pdf", file_hash="0" * 64, size=3)


@pytest.fixture
def every(access, running, asked):
    """All the papers of one placement: {kind: document}."""
    visit = visited(access, running)
    give(access, asked(Voice.OFFICE), 2)
    give(access, asked(Voice.PERSON), 4)
    with scope(access.scope):
        today = timezone.localdate()
        services.issue_copy(visit=visit, by=access, today=today)
        for kind in papers.KINDS:
            papers.issue_paper(kind=kind, placement=running, by=access, today=today)
        report = FinalReport.objects.create(ambito_id=access.ambito_id, placement=running, person_words="Non sempre mi trovavo bene")
        report.document = issue(
            kind=REPORT, kind_label="Relazione finale", template="monitoring/pdf/final_report_v1.html", subject=report,
            context={"parts": [["Il giudizio della persona", report.person_words]]}, today=today, by=access, ambito_id=access.ambito_id,
        )  # fmt: skip
        report.save(update_fields=["document"])
    kinds = (MINUTES, COPY, REPORT, *papers.KINDS)
    ready(access, *kinds)
    return inside(access, lambda: {row.kind: row for row in Document.objects.filter(kind__in=kinds)})


def test_the_placement_s_page_lists_them_and_each_opens_at_its_own_address(access, running, every, signed_in, worker, monkeypatch):
    client = signed_in(worker)
    url = reverse("monitoring:course", args=[running.public_id])
    page = client.get(url).content.decode()
    assert len(every) == 6
    for row in every.values():
        assert row.number in page and html.escape(row.label) in page, row.kind
    seen = []

    def serve(paper, by):
        from django.http import HttpResponse

        seen.append(paper.pk)
        return HttpResponse(b"%PDF")

    for room in ("visits", "evaluations", "closing"):
        monkeypatch.setattr(f"placements.monitoring.views.{room}.serve_document", serve)
    section = page.partition('id="course-papers"')[2] or page
    for address in dict.fromkeys(re.findall(r'href="(/monitoraggio/[^"]*cart[^"]*)"', section)):
        assert client.get(address).status_code == 200, address
    assert set(seen) == {row.pk for row in every.values()}


def test_who_keeps_no_evaluations_does_not_find_them_there(access, running, every, signed_in, worker, monkeypatch):
    from impresasolidale.accounts import permissions

    less = permissions.ROLE_PERMISSIONS[Role.SOCIAL_WORKER] - {permissions.Permission.KEEP_EVALUATIONS}
    monkeypatch.setitem(permissions.ROLE_PERMISSIONS, Role.SOCIAL_WORKER, less)
    client = signed_in(worker)
    page = client.get(reverse("monitoring:course", args=[running.public_id])).content.decode()
    assert every[MINUTES].number in page
    for kind in papers.KINDS:
        assert str(every[kind].public_id) not in page
        assert client.get(reverse("monitoring:evaluation_paper", args=[running.public_id, every[kind].public_id])).status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.COMUNE_OFFICER, Role.SOCIAL_WORKER, Role.COORDINATOR])
def test_the_door_of_the_placement_s_own_papers_does_not_open_them(role, every, signed_in, sondrio):
    """Whoever sees placements reaches that door: these ask for rights of their own."""
    client = signed_in(make_user(role, sondrio, number=41))
    for row in every.values():
        assert client.get(reverse("agreements:document", args=[row.public_id])).status_code == 404, row.kind


def test_a_company_reaches_none_of_them(access, running, every, signed_in):
    """Neither through a page nor through the database: the person's voice and the report stay with the office."""
    contact = make_user(Role.COMPANY_CONTACT, None, number=42, company=running.company)
    tutor = inside(access, lambda: type(running).objects.select_related("company_tutor__user").get(pk=running.pk).company_tutor.user)
    visit = inside(access, lambda: Visit.objects.get(placement=running, state="done"))
    for user in (contact, tutor):
        client = signed_in(user)
        for name, args in (
            ("course", [running.public_id]), ("final_report_file", [running.public_id]), ("minutes_file", [visit.public_id]),
            ("visit_copy_file", [visit.public_id]), ("visit", [visit.public_id]), ("evaluations_of", [running.public_id]),
            *(("evaluation_paper", [running.public_id, every[kind].public_id]) for kind in papers.KINDS),
        ):  # fmt: skip
            assert client.get(reverse(f"monitoring:{name}", args=args)).status_code in (403, 404), (user, name)
        for row in every.values():
            assert client.get(reverse("agreements:document", args=[row.public_id])).status_code in (403, 404)
        with scope(access_for(user).scope):
            assert not Document.objects.filter(pk__in=[row.pk for row in every.values()]).exists()
            assert not FinalReport.objects.exists() and not Visit.objects.exists()


def test_the_area_has_the_two_easy_papers_of_oneself_and_never_the_report(access, running, every):
    whose = {"network_id": access.network_id, "ambiti": frozenset([access.ambito_id]), "beneficiaries": frozenset([running.beneficiary_id])}
    with scope(Access.in_area(**whose).scope):
        _asked, found = in_area([running.beneficiary_id])
        assert found == {every[papers.EASY].pk: running.pk, every[COPY].pk: running.pk}
        assert in_area([]) == (frozenset(), {})  # of whom one represents, nothing
        with connection.cursor() as cursor:
            cursor.execute("SELECT document_id FROM attendance_area() WHERE document_id IS NOT NULL")
            assert not {row[0] for row in cursor.fetchall()} & {row.pk for row in every.values()}
    other = placed(access, 2)
    with scope(Access.in_area(**{**whose, "beneficiaries": frozenset([other.beneficiary_id])}).scope):
        assert in_area([other.beneficiary_id, running.beneficiary_id])[1] == {}


def test_the_person_s_copy_says_what_was_decided_and_nothing_of_the_office_s(access, running, signed_in, worker):
    visit = visited(access, running)
    client = signed_in(worker)
    page = reverse("monitoring:visit", args=[visit.public_id])
    assert "Copia per la persona" in client.get(page).content.decode()
    assert client.get(reverse("monitoring:visit_copy_file", args=[visit.public_id])).status_code == 404
    make = reverse("monitoring:make_visit_copy", args=[visit.public_id])
    assert client.post(make).status_code == 303
    copy = inside(access, Document.objects.filter(kind=COPY).get)
    paper = html_of(copy, "A" * 26)
    for words in (
        DECIDED,
        "Che cosa faccio al tirocinio, come mi sento.",
        "Ci pensa l’assistente sociale",
        "C’eravamo: io, chi mi aiuta nell’impresa.",
    ):
        assert words in paper
    for words in (NOTES, HARD, "In negozio", running.beneficiary.codice_fiscale):
        assert words not in html.unescape(paper) and words not in str(copy.context)
    assert client.post(make).status_code == 303  # made again: the first is replaced
    assert inside(access, lambda: [d.supersedes_id for d in Document.objects.filter(kind=COPY).order_by("id")]) == [None, copy.pk]


def test_no_copy_before_the_minutes_are_closed_nor_for_others(access, running, signed_in, stranger, sondrio):
    today = timezone.localdate()
    waiting = inside(access, lambda: services.open_visit(placement=running, kind="phone", by=access, today=today))
    with scope(access.scope), pytest.raises(DomainError, match="non è ancora chiuso"):
        services.issue_copy(visit=waiting, by=access, today=today)
    done = visited(access, placed(access, 2))
    clerk = signed_in(make_user(Role.CLERK, sondrio, number=43))
    for row in (waiting, done):
        make, file = (reverse(f"monitoring:{name}", args=[row.public_id]) for name in ("make_visit_copy", "visit_copy_file"))
        assert signed_in(stranger).post(make).status_code == 404 and signed_in(stranger).get(file).status_code == 404
        assert clerk.post(make).status_code == 403 and clerk.get(file).status_code == 403
    assert not inside(access, lambda: Document.objects.filter(kind=COPY).exists())


def test_the_list_costs_the_same_for_few_and_for_many(access, running, signed_in, worker):
    client, url = signed_in(worker), reverse("monitoring:course", args=[running.public_id])
    visited(access, running)
    with OwnQueries() as one:
        client.get(url)
    for _n in range(4):
        visited(access, running)
    with OwnQueries() as many:
        client.get(url)
    assert len(one) == len(many) <= 10
