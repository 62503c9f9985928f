"""Papers of the recognitions: many at once, a correction, the past, the logo and its card, the dossier."""

import io
import zipfile
from datetime import date
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from certification import history, logo
from certification.enums import ApplicationState, Level, ReasonClass
from certification.models import Application, AwardItem, AwardRun, Certificate, HistoricalAward
from certification.selectors import papers as selectors
from certification.services import applications, certificates
from certification.services import papers as services
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.models import Document, Fact, Job, Look, Verification
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import granted, hosted, make_host, partita_iva

from .test_impact import contact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def decider(coordinator: Any) -> Any:
    return access_for(coordinator)


def ready(by: Any, number: int) -> Application:
    company = make_host(by, number=number)
    hosted(by, company, make_beneficiary(by, number=number))
    return applications.propose_application(company=company, by=by, today=date(2026, 11, 18))


# --- Many at once


def ordered(decider: Any, rows: list[Application]) -> AwardRun:
    with scope(decider.scope):
        return services.order_awards(applications=[row.public_id for row in rows], by=decider, today=date(2026, 11, 18))


def test_a_run_goes_on_some_at_a_time_and_refuses_one_by_one(by: Any, decider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five applications, two at a time: 2, 2, 1. The third was checked by who decides: it stays out with the reason."""
    monkeypatch.setattr(services, "CHUNK", 2)
    rows = [ready(by, number) for number in range(1, 6)]
    Application.objects.filter(pk=rows[2].pk).update(checked_by_id=decider.actor_id)
    run = ordered(decider, rows)
    seen = []
    for _ in range(3):
        seen.append(services.award_some(run_id=run.pk, by=decider)["done"])
    assert seen == [2, 4, 5] and Certificate.objects.count() == 4
    (out,) = selectors.refused(run)
    assert out.application_id == rows[2].pk and "seconda persona" in out.refused
    assert Application.objects.get(pk=rows[2].pk).state == ApplicationState.READY
    assert services.award_some(run_id=run.pk, by=decider) == {"done": 5}  # asked again: nothing more
    numbers = sorted(Certificate.objects.values_list("document__number", flat=True))
    assert numbers == [f"2026/{n:06d}" for n in range(1, 5)]
    for paper in Document.objects.filter(kind="certification.certificate"):
        render_document(paper.pk)
    services.bundle_awards(run_id=run.pk, by=decider, now=timezone.now())
    done = AwardRun.objects.get(pk=run.pk)
    assert done.finished_at and not done.is_going
    from django.core.files.storage import default_storage

    with default_storage.open(done.zip_name) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert len(names) == 4 and names[0] == "2026-000001 Falegnameria Prova 001.pdf"
        assert archive.read(names[0]).startswith(b"%PDF")
    with default_storage.open(done.print_name) as file, pikepdf.open(file) as whole:
        assert len(whole.pages) == 4
    assert services.bundle_awards(run_id=run.pk, by=decider, now=timezone.now()) == {}


def test_the_bundle_waits_for_the_papers(by: Any, decider: Any) -> None:
    run = ordered(decider, [ready(by, 1)])
    services.award_some(run_id=run.pk, by=decider)
    services.bundle_awards(run_id=run.pk, by=decider, now=timezone.now())
    assert AwardRun.objects.get(pk=run.pk).finished_at is None
    again = Job.objects.filter(name="certification.bundle_awards").order_by("-pk").first()
    assert again and again.run_after > timezone.now()


def test_a_run_is_cancelled_between_two_chunks(by: Any, decider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CHUNK", 1)
    rows = [ready(by, number) for number in (1, 2)]
    run = ordered(decider, rows)
    services.award_some(run_id=run.pk, by=decider)
    services.cancel_run(run=run, by=decider, now=timezone.now())
    assert services.award_some(run_id=run.pk, by=decider) == {"done": 1} and Certificate.objects.count() == 1
    with pytest.raises(Conflict):
        services.cancel_run(run=run, by=decider, now=timezone.now())
    again = ordered(decider, [rows[1]])  # what was left waits as before
    services.award_some(run_id=again.pk, by=decider)
    assert Certificate.objects.count() == 2


def test_an_application_is_in_one_run_at_a_time(by: Any, decider: Any) -> None:
    row = ready(by, 1)
    ordered(decider, [row])
    with pytest.raises(Conflict, match="un altro rilascio"):
        ordered(decider, [row])
    with pytest.raises(DomainError, match="nessuna domanda"):
        ordered(decider, [])


def test_decided_meanwhile_by_hand_it_is_not_awarded_twice(by: Any, decider: Any) -> None:
    row = ready(by, 1)
    run = ordered(decider, [row])
    applications.grant_application(application=row, by=decider, today=date(2026, 11, 18))
    services.award_some(run_id=run.pk, by=decider)
    assert Certificate.objects.count() == 1 and AwardItem.objects.get().refused
    assert Document.objects.filter(kind="certification.certificate").count() == 1


def test_a_run_through_its_pages(by: Any, coordinator: Any, worker: Any, signed_in: Any) -> None:
    rows = [ready(by, number) for number in (1, 2)]
    boss, office, new = signed_in(coordinator), signed_in(worker), reverse("certification:new_run")
    assert office.get(new).status_code == 403
    html = boss.get(new).content.decode()
    assert all(row.company.name in html for row in rows)
    answer = boss.post(new, {"campaign": ""})
    run = AwardRun.objects.get()
    page = reverse("certification:run", args=[run.public_id])
    assert answer.status_code == 303 and answer["Location"] == page
    assert "0 di 2" in boss.get(page).content.decode()
    jobs.run(Job.objects.get(name="certification.award_some").pk)
    for paper in Document.objects.filter(kind="certification.certificate"):
        render_document(paper.pk)
    jobs.run(Job.objects.get(name="certification.bundle_awards").pk)
    html = boss.get(page).content.decode()
    files = {kind: reverse("certification:run_file", args=[run.public_id, kind]) for kind in ("zip", "pdf")}
    assert all(url in html for url in files.values()) and "2026/000002" in html
    assert b"".join(boss.get(files["pdf"]).streaming_content).startswith(b"%PDF")
    assert boss.get(reverse("certification:run_file", args=[run.public_id, "csv"])).status_code == 404
    assert office.get(page).status_code == 403
    boss.post(reverse("certification:cancel_run", args=[run.public_id]))
    assert AwardRun.objects.get().cancelled_at is None  # it is over


# --- A correction


def test_a_correction_supersedes(client: Any, by: Any, decider: Any, signed_in: Any) -> None:
    company = make_host(by, name="Panifcio Sbagliato")
    hosted(by, company, make_beneficiary(by, number=1))
    made = granted(company, proposer=by, decider=decider, today=timezone.localdate())
    before = made.document
    assert before
    type(company).objects.filter(pk=company.pk).update(name="Panificio Giusto", search_key="panificio giusto")
    with pytest.raises(ReasonRequired):
        services.correct_certificate(certificate=made, reason=" ", by=decider, today=timezone.localdate())
    page = reverse("certification:correct", args=[made.public_id])
    boss = signed_in(decider.actor)
    assert "Emetti quello corretto" in boss.get(page).content.decode()
    assert boss.post(page, {"reason": "Una lettera"}).status_code == 303
    made.refresh_from_db()
    paper = made.document
    assert paper and paper.supersedes == before and paper.context["company"] == "Panificio Giusto"
    old, new = (Verification.objects.get(document_id=d.pk).code for d in (before, paper))
    html = client.get(f"/verifica/{old}").content.decode()
    assert "uno più recente" in html and f"/verifica/{new}" in html
    assert "ed è valido" in client.get(f"/verifica/{new}").content.decode()
    certificates.revoke_certificate(certificate=made, by=decider, reason_class=ReasonClass.ON_REQUEST, reason="Lo chiede")
    with pytest.raises(Conflict):
        services.correct_certificate(certificate=made, reason="Altro", by=decider, today=timezone.localdate())


# --- The past


def test_a_table_of_the_past_is_read() -> None:
    found = history.read(
        [
            ["Anno", "Impresa", "Partita IVA", "Zona", "Imprese"],
            ["2015", "Rifugio Uno", "IT 01234567897", "", ""],
            ["2015", "", "", "Tirano", "30"],
            ["2015", "", "", "Tirano", "31"],
            ["2026", "Rifugio Due", "", "", ""],
            ["2015", "", "123", "", ""],
            ["2015", "", "", "Sondrio", "0"],
            [],
        ]
    )
    assert found.named == [history.Named(2, 2015, "Rifugio Uno", "01234567897")] and found.counts == {(2015, "Tirano"): 30}
    assert [line for line, _words in found.wrong] == [4, 5, 6, 7]
    with pytest.raises(ValueError, match="prima riga"):
        history.read([["a", "b"]])


def test_the_past_is_written_once(by: Any, coordinator: Any, signed_in: Any) -> None:
    known, other = make_host(by, number=1), make_host(by, number=2)
    head = "anno;impresa;partita iva;zona;imprese\n"
    table = f"{head}2015;;{partita_iva(1)};;\n2015;{other.name.upper()};;;\n2015;Mai Vista;;;\n2015;;;Sondrio;61\n"
    boss, url = signed_in(coordinator), reverse("certification:history")
    html = boss.post(url, {"file": SimpleUploadedFile("a.csv", table.encode()), "rows": ""}).content.decode()
    assert (
        f"{known.name}, 2015" in html
        and other.name in html
        and "Sondrio, 2015: 61" in html
        and "Riga 4" in html
        and not Certificate.objects.exists()
    )
    for _ in range(2):
        assert boss.post(url, {"rows": table, "write": "1"}).status_code == 303
    rows = Certificate.objects.filter(level=Level.ATTESTATO_2015)
    assert {row.company_id for row in rows} == {known.pk, other.pk} and rows.count() == 2
    assert {(row.application_id, row.valid_to, row.document_id) for row in rows} == {(None, None, None)}
    assert HistoricalAward.objects.get().companies == 61 and "Sondrio, 2015: 61" in boss.get(url).content.decode()
    assert boss.post(url, {"rows": "x;y\n1;2", "write": "1"}).status_code == 422
    assert boss.post(url, {"rows": ""}).status_code == 422
    assert Fact.objects.filter(code="certification.certificate.imported").count() == 2
    # The attestato of 2015 is kept beside today's levels, and shown among what came before.
    hosted(by, known, make_beneficiary(by, number=1))
    granted(known, proposer=by, decider=access_for(coordinator), today=timezone.localdate())
    html = boss.get(reverse("website:register_company", args=[known.public_id])).content.decode()
    assert "Attestato 2015" in html and "Aderente" in html


def test_a_role_without_the_right_writes_no_past(worker: Any, user_of: Any, sondrio: Any, signed_in: Any) -> None:
    assert signed_in(worker).get(reverse("certification:history")).status_code == 403
    assert signed_in(user_of(Role.ACCOUNTING, sondrio)).get(reverse("certification:new_run")).status_code == 403


# --- The logo, the card, the dossier


@pytest.mark.parametrize("variant", [v.code for v in logo.VARIANTS])
def test_the_logo_is_shapes_alone(variant: str) -> None:
    found = logo.svg(Level.AMBASCIATRICE, "2026–2029", logo.BY_CODE[variant])
    assert "<text" not in found and "font" not in found and "<title>Ambasciatrice, Impresasolidale 2026–2029</title>" in found
    picture = Image.open(io.BytesIO(logo.png(Level.ADERENTE, "2026–2029", logo.BY_CODE[variant], width=400)))
    assert picture.mode == "RGBA" and picture.width == 400
    corner, inside = picture.getpixel((0, 0)), picture.getpixel((60, 60))
    assert corner[3] == 0 and inside[3] == 255 and bytes(inside[:3]).hex() == logo.BY_CODE[variant].inks[0][1:]  # type: ignore[index]


@pytest.fixture
def held(by: Any, decider: Any) -> Certificate:
    company = make_host(by, number=1)
    hosted(by, company, make_beneficiary(by, number=1))
    return granted(company, proposer=by, decider=decider, today=timezone.localdate())


def test_the_company_finds_its_own(by: Any, decider: Any, held: Certificate, signed_in: Any) -> None:
    company = held.company
    other = contact_of(make_host(by, number=2))
    type(other).objects.filter(pk=other.pk).update(email="altra@example.org")
    me, stranger = signed_in(contact_of(company)), signed_in(other)
    page = reverse("our_recognition:kit", args=[company.public_id])
    assert page in me.get(reverse("our_recognition:page", args=[company.public_id])).content.decode()
    html = me.get(page).content.decode()
    assert "Aderente" in html and "cartolina/" in html and "<iframe" not in html
    assert stranger.get(page).status_code == 404
    svg = me.get(reverse("our_recognition:kit_logo", args=[company.public_id, "colore.svg"]))
    assert svg["Content-Type"] == "image/svg+xml" and b"Aderente" in svg.content
    assert me.get(reverse("our_recognition:kit_logo", args=[company.public_id, "nero.png"])).content.startswith(b"\x89PNG")
    for wrong in ("rosa.svg", "nero.gif"):
        assert me.get(reverse("our_recognition:kit_logo", args=[company.public_id, wrong])).status_code == 404
    paper = reverse("our_recognition:kit_certificate", args=[company.public_id])
    assert me.get(paper).status_code == 404  # not made yet
    render_document(held.document_id or 0)
    assert b"".join(me.get(paper).streaming_content).startswith(b"%PDF")
    certificates.revoke_certificate(certificate=held, by=decider, reason_class=ReasonClass.ON_REQUEST, reason="Lo chiede")
    assert "Oggi non c" in me.get(page).content.decode()
    assert me.get(paper).status_code == 404
    assert me.get(reverse("our_recognition:kit_logo", args=[company.public_id, "colore.svg"])).status_code == 404


def test_the_dossier_for_the_chamber(by: Any, held: Certificate, worker: Any, signed_in: Any) -> None:
    company = held.company
    render_document(held.document_id or 0)
    me = signed_in(contact_of(company))
    assert me.post(reverse("our_recognition:kit_make_dossier", args=[company.public_id])).status_code == 303
    paper = Document.objects.get(kind="certification.dossier")
    assert me.get(reverse("our_recognition:kit_dossier", args=[company.public_id, "zip"])).status_code == 404
    render_document(paper.pk)
    said = paper.context
    assert ["Partita IVA o codice fiscale", company.partita_iva] in said["who"] and said["areas"][0]["rows"][0]["points"] == 1
    packed = b"".join(me.get(reverse("our_recognition:kit_dossier", args=[company.public_id, "zip"])).streaming_content)
    assert Look.objects.filter(kind=Look.Kind.DOCUMENT, subject_type="core.document", subject_ids=[paper.pk]).count() == 1
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["1 Fascicolo.pdf", f"2 Attestato {held.document.number.replace('/', '-')}.pdf"]  # type: ignore[union-attr]
    office = signed_in(worker)
    page = reverse("certification:kit", args=[company.public_id])
    assert paper.number in office.get(page).content.decode()
    assert office.post(reverse("certification:kit_make_dossier", args=[company.public_id])).status_code == 303
    assert Document.objects.filter(kind="certification.dossier", supersedes=paper).count() == 1
    assert office.get(reverse("certification:kit_dossier", args=[company.public_id, "xml"])).status_code == 404


def test_no_dossier_without_a_recognition(by: Any, worker: Any, signed_in: Any) -> None:
    company = make_host(by, number=4)
    with pytest.raises(DomainError, match="riconoscimento valido"):
        services.issue_dossier(company=company, by=by, today=timezone.localdate())
    office = signed_in(worker)
    office.post(reverse("certification:kit_make_dossier", args=[company.public_id]))
    assert not Document.objects.filter(kind="certification.dossier").exists()
    assert "Oggi non c" in office.get(reverse("certification:kit", args=[company.public_id])).content.decode()


def test_a_kit_costs_the_same(held: Certificate, worker: Any, signed_in: Any) -> None:
    office, page = signed_in(worker), reverse("certification:kit", args=[held.company.public_id])
    office.get(page)
    with CaptureQueriesContext(connection) as queries:
        office.get(page)
    own = [q for q in queries if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]]
    assert len(own) <= 10 + 4  # with session, user, membership and the to-dos of the header
