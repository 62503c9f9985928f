"""Papers and signatures: what is frozen, who signs, what is refused; one real rendering."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Deadline, Document, Job, Todo, Upload
from impresasolidale.core.rendering import html_of, render_document
from impresasolidale.territory.models import Ambito
from placements.agreements import selectors, services
from placements.agreements.enums import AgreementState, PlacementState
from placements.agreements.models import Placement, Signature
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import PDF, make_agreement, make_placement, scan, sign_all
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db
S = PlacementState


def paper(placement: Placement) -> Document:
    document = selectors.current_project(placement).document
    assert document
    return document


def test_the_project_is_frozen_with_what_domain_2_2_asks(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(
        access,
        S.PROPOSED,
        not_to_do="Salire sulle scale",
        protective_equipment="Guanti, li dà l'impresa",
        facilities="Armadietto e abiti da lavoro",
        travel="Corriera delle 8",
    )
    Beneficiary.objects.filter(pk=placement.beneficiary_id).update(emergency_name="Zia Prova", emergency_phone="0342 000000")
    placement = services.issue_papers(placement=Placement.objects.get(pk=placement.pk), by=access, today=TODAY)
    context = paper(placement).context
    rows = ("person", "host", "period", "money", "safeguards", "practical")
    facts = dict(row for part in rows for row in context[part])
    assert facts["Chi avvisare se serve"] == "Zia Prova, 0342 000000"
    assert facts["Dispositivi di protezione"] == "Guanti, li dà l'impresa" and context["not_to_do"] == "Salire sulle scale"
    assert (facts["Altre agevolazioni"], facts["Come arriva"]) == ("Armadietto e abiti da lavoro", "Corriera delle 8")
    assert facts["Codice fiscale"] == placement.beneficiary.codice_fiscale
    assert context["person_last_name"] == placement.beneficiary.last_name  # the public page confirms a typed surname with it
    assert facts["Inizio"] == "2 dicembre 2026" and context["week_title"] == "La settimana: 8 h in tutto"
    assert facts["Convenzione"].startswith("n. 2026/000001")
    assert "400,00 € al mese con almeno 80 %" in facts["Contributo motivazionale"]
    assert "inail-1" in facts["Infortuni (INAIL)"] and "liability-1" in facts["Responsabilità civile"]
    assert len(context["goals"]) == 3 and len(context["week"]) == 2
    assert context["starts_on"] == "2026-12-02"
    words = str(context["clauses"])
    assert "non è un rapporto di lavoro" in words and "50 euro" in words  # rules 27, 28


def test_whom_to_call_stands_on_the_project_once(worker: User, within: Any) -> None:
    access = within(worker)
    known = make_beneficiary(access, number=1, emergency_name="Prova Zia", emergency_phone="333 1234567")
    facts = paper(make_placement(access, S.TO_SIGN, person=known)).context["person"]
    assert [words for what, words in facts if "Prova Zia" in words] == ["Prova Zia, 333 1234567"]
    nobody = make_beneficiary(access, number=2, emergency_name="", emergency_phone="")
    assert "avvisare" not in str(paper(make_placement(access, S.TO_SIGN, person=nobody)).context["person"])


def test_the_agreement_is_frozen_with_what_domain_2_1_asks(worker: User, within: Any) -> None:
    access = within(worker)
    agreement = make_agreement(access, make_company(access, representative="Olga Prova"), signed=False)
    agreement = services.issue_agreement(agreement=agreement, by=access, today=TODAY)
    context = agreement.document.context
    assert [s["code"] for s in context["signers"]] == ["promoter", "host"]
    titles = [clause["title"] for clause in context["clauses"]]
    assert len(titles) == 13 and "Dichiarazioni" in titles
    assert "DPR 445/2000, art. 76" in str(context["clauses"])  # rule 29


def test_a_protected_address_is_not_on_the_paper(worker: User, within: Any) -> None:
    access = within(worker)
    person = make_beneficiary(access, number=1, address="Via Nascosta 3", is_address_protected=True)
    context = paper(make_placement(access, S.TO_SIGN, person=person)).context
    assert dict(context["person"])["Residenza"] == "riservata" and "Nascosta" not in str(context)


def test_the_paper_does_not_move_when_the_records_do(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.TO_SIGN)
    before = paper(placement).context
    company = placement.company
    company.name = "Altro nome"
    company.save()
    assert paper(placement).context == before


@pytest.mark.parametrize("language", ["it", "en"])
def test_papers_render_in_italian_whoever_asks(language: str, worker: User, within: Any) -> None:
    from django.utils import translation

    with translation.override(language):
        document = paper(make_placement(within(worker), S.TO_SIGN))
    html = html_of(document, "A" * 26)
    assert "Progetto personalizzato" in html and "2 dicembre 2026" in html and "Lunedì" in html
    assert "None" not in html and "style=" not in html


def test_a_real_rendering(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    for document in (paper(placement), placement.agreement.document):
        render_document(document.pk)
        document.refresh_from_db()
        assert document.state == Document.State.READY and 2 <= document.pages <= 5


# --- Signatures


def record(document: Document, by: Any, **values: Any) -> Signature:
    data = {"role": "promoter", "signer": "Prova Firma", "signed_on": TODAY, "scan": scan(), "today": TODAY, **values}
    return services.record_signature(document=document, by=by, **data)


def test_the_last_signature_makes_it_signed(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    document = paper(placement)
    for role in ("host", "person"):
        record(document, access, role=role)
        placement.refresh_from_db()
        assert placement.state == S.TO_SIGN
    record(document, access, role="promoter")
    placement.refresh_from_db()
    assert placement.state == S.SIGNED
    assert Todo.objects.filter(kind="agreements.to_validate", subject_id=placement.pk, role=Role.COORDINATOR, done_at=None).exists()
    assert not Todo.objects.filter(kind="agreements.to_sign", subject_id=placement.pk, done_at=None).exists()


def test_an_agreement_is_signed_by_both(worker: User, within: Any) -> None:
    access = within(worker)
    agreement = make_agreement(access, make_company(access, representative="Olga Prova"))
    assert agreement.state == AgreementState.SIGNED and agreement.signed_on == date(2026, 1, 1)
    assert Deadline.objects.get(kind="agreements.framework_expires").due_on == agreement.valid_to


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"role": "representative"}, "role"),
        ({"role": "nobody"}, "role"),
        ({"signer": "  "}, "signer"),
        ({"signed_on": TODAY + timedelta(days=1)}, "signed_on"),
        ({"signed_on": TODAY - timedelta(days=1)}, "signed_on"),
        ({"scan": SimpleUploadedFile("firma.pdf", b"GIF89a not a scan")}, "file"),
        ({"scan": SimpleUploadedFile("firma.pdf", b"")}, "file"),
        ({"scan": SimpleUploadedFile("firma.pdf", PDF + b" " * (10 * 1024 * 1024))}, "file"),
    ],
)
def test_refused_signatures_write_nothing(values: dict[str, Any], field: str, worker: User, within: Any) -> None:
    access = within(worker)
    document = paper(make_placement(access, S.TO_SIGN))
    before = Signature.objects.count(), Upload.objects.count()
    with pytest.raises(DomainError) as refusal:
        record(document, access, **values)
    assert refusal.value.field == field
    assert (Signature.objects.count(), Upload.objects.count()) == before


def test_the_same_party_signs_once(worker: User, within: Any) -> None:
    access = within(worker)
    document = paper(make_placement(access, S.TO_SIGN))
    record(document, access)
    with pytest.raises(DomainError, match="già registrata"):
        record(document, access)


def test_a_superseded_paper_is_not_signed(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    old = paper(placement)
    services.return_to_draft(placement=placement, reason="x", by=access, today=TODAY)
    with pytest.raises(Conflict):
        record(old, access)
    services.propose_placement(placement=placement, by=access, today=TODAY)
    services.issue_papers(placement=placement, by=access, today=TODAY)
    with pytest.raises(Conflict):
        record(old, access)


def test_signatures_never_change(worker: User, within: Any) -> None:
    access = within(worker)
    signature = record(paper(make_placement(access, S.TO_SIGN)), access)
    for statement in ("UPDATE agreements_signature SET signer = 'x' WHERE id = %s", "DELETE FROM agreements_signature WHERE id = %s"):
        with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [signature.pk])


def test_who_may_record_signatures_and_protocol(worker: User, sondrio: Ambito, within: Any) -> None:
    access = within(worker)
    document = paper(make_placement(access, S.TO_SIGN))
    clerk, educator = (access_for(make_user(role, sondrio, number=9)) for role in (Role.CLERK, Role.PROMOTER_TUTOR))
    with pytest.raises(PermissionDenied):
        record(document, educator)
    record(document, clerk)
    number = {"direction": "out", "on": TODAY, "classification": "7.12", "dossier": "2026/4", "today": TODAY}
    with pytest.raises(PermissionDenied):
        services.record_document_protocol(document=document, number="1", by=educator, **number)
    services.record_document_protocol(document=document, number="4512", by=clerk, **number)
    with pytest.raises(DomainError, match="4512"):
        services.record_document_protocol(document=document, number="1", by=clerk, **number)


def test_papers_are_rendered_by_the_worker(worker: User, within: Any) -> None:
    access = within(worker)
    agreement = make_agreement(access, make_company(access, representative="Olga Prova"))
    assert Job.objects.filter(name="core.render_document", arguments={"document_id": agreement.document.pk}).exists()


def test_an_agreement_needs_who_signs_for_the_company(worker: User, within: Any) -> None:
    access = within(worker)
    agreement = make_agreement(access, make_company(access), signed=False)
    with pytest.raises(DomainError, match="legale rappresentante"):
        services.issue_agreement(agreement=agreement, by=access, today=TODAY)


def test_papers_need_an_agreement(worker: User, within: Any) -> None:
    from tests.factories.agreements import make_plan
    from tests.factories.hosts import make_tutor

    access = within(worker)
    company = make_company(access)
    plan = make_plan(access, company, make_tutor(access, company))
    placement = services.create_placement(beneficiary=make_beneficiary(access), plan=plan, by=access, today=TODAY)
    placement = services.propose_placement(placement=placement, by=access, today=TODAY)
    with pytest.raises(DomainError, match="convenzione"):
        services.issue_papers(placement=placement, by=access, today=TODAY)
    make_agreement(access, company, signed=False)
    placement = services.issue_papers(placement=placement, by=access, today=TODAY)
    assert placement.agreement is not None and placement.state == S.TO_SIGN
    sign_all(access, paper(placement), on=TODAY)
