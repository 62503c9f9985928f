"""The person's copy holds everything: a person is planted in every table that hangs on her record, and each value is looked for."""

from datetime import date

import pytest
from django.apps import apps

from impresasolidale.accounts.access import access_for
from impresasolidale.core.models import Document, Message, Upload
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from impresasolidale.privacy import documents
from impresasolidale.privacy.copy import HIDDEN, STAFF, _plain, is_told, person_copy
from impresasolidale.privacy.kin import NOT_HERS, closure
from impresasolidale.privacy.services import requests as services
from placements.agreements.enums import PlacementState
from placements.agreements.models import PersonalProject, Placement
from placements.beneficiaries.models import Beneficiary, Representative
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY
from tests.factories.signing import paper_of
from tests.privacy.conftest import VALUES
from tests.privacy.planted import plant_everywhere
from tests.support.sources import WINGS

pytestmark = pytest.mark.django_db


def test_every_table_with_a_key_to_the_person_is_told_or_says_why_not():
    ours = [m for m in apps.get_models() if m.__module__.partition(".")[0] in WINGS and m._meta.managed]
    pointing = {m._meta.label for m in ours for f in m._meta.local_fields if f.is_relation and f.related_model is Beneficiary}
    told = {model._meta.label for model, _keys in closure()}
    assert len(told) > 70
    assert pointing - told == NOT_HERS.keys() & pointing
    assert told & NOT_HERS.keys() == set()


def test_an_exemption_names_a_table_that_is_there():
    assert {label for label in NOT_HERS if apps.get_model(label) is None} == set()


@pytest.mark.django_db(transaction=True)
def test_whatever_is_planted_is_found(dpo, worker):
    by = access_for(worker)
    with scope(by.scope):
        person = make_beneficiary(by)
    by = access_for(dpo)
    with scope(by.scope):
        request = services.register_request(person=person, values=VALUES, by=by, today=TODAY)
    planted = plant_everywhere(person)
    with scope(by.scope):
        context = person_copy(request, by=by, today=TODAY)
    tables = documents.machine_file(context)["tables"]
    missing = []
    for model, keys in closure():
        label, parents = model._meta.label, [name for name, _parent in keys]
        if label == "beneficiaries.Beneficiary":
            continue
        rows = tables.get(label, [])
        row = next((r for r in rows if _is_planted(r, planted[label], model)), None)
        for field in model._meta.local_fields:
            if is_told(field, parents) and (row is None or field.name not in row):
                missing.append(f"{label}.{field.name}")
    assert missing == []


@pytest.fixture
def represented(within, worker, person):
    by = within(worker)
    return Representative.objects.create(
        ambito=person.ambito, beneficiary=person, kind="support_administrator", first_name="Prova", last_name="Tutrice",
        phone="0342 111111", valid_from=date(2020, 1, 1), created_by_id=by.actor_id,
    )  # fmt: skip


def told(context, label):
    return documents.machine_file(context)["tables"].get(label, [])


def test_colleagues_are_not_named_and_a_person_reads_words(within, dpo, worker, asked):
    context = person_copy(asked(), by=within(dpo), today=TODAY)
    (row,) = told(context, "beneficiaries.Beneficiary")
    assert row["created_by"] == STAFF and str(worker) not in str(context)
    (table,) = (t for t in context["tables"] if t["name"] == "beneficiaries.Beneficiary")
    words = dict(table["rows"][0]["words"])
    assert words["ha concluso l'obbligo scolastico"] == "sì" and words["data di nascita"] == f"{asked().beneficiary.birth_date:%d/%m/%Y}"


def test_a_protected_address_is_not_told_to_who_represents(within, dpo, person, represented, asked):
    person.address, person.is_address_protected = "Via del Segreto 1", True
    person.save(update_fields=["address", "is_address_protected"])
    request = asked(asker="for_person", representative=represented)
    request.beneficiary.refresh_from_db()
    context = person_copy(request, by=within(dpo), today=TODAY)
    assert told(context, "beneficiaries.Beneficiary")[0]["address"] == HIDDEN and "Via del Segreto" not in str(context)
    own = asked()
    own.beneficiary.refresh_from_db()
    assert "Via del Segreto 1" in str(person_copy(own, by=within(dpo), today=TODAY))


def test_who_represents_gets_the_own_data_and_nothing_of_the_person(within, dpo, person, represented, asked):
    context = person_copy(asked(asker="for_self", representative=represented), by=within(dpo), today=TODAY)
    assert context["person_name"] == "Prova Tutrice" and "0342 111111" in str(context)
    assert "beneficiaries.Beneficiary" not in {table["name"] for table in context["tables"]}
    for secret in (person.codice_fiscale, person.last_name, person.first_name):
        assert secret not in str(context)


def test_papers_files_and_messages_about_the_person_are_listed(within, dpo, worker, person, asked):
    request = asked()
    services.make_copy(request=request, by=within(dpo), today=TODAY)  # a paper of the request, not yet of the person
    by = within(worker)
    common = {"ambito": person.ambito, "created_by_id": by.actor_id}
    about = {"subject_type": "beneficiaries.beneficiary", "subject_id": person.pk}
    Upload.objects.create(
        kind="x",
        original_name="certificato.pdf",
        content_type="application/pdf",
        file_name="x",
        file_hash="0" * 64,
        size=1,
        **about,
        **common,
    )
    Message.objects.create(
        kind="x", address="a@example.org", subject="Una visita", body="Ciao", about_type=about["subject_type"], about_id=person.pk, **common
    )
    context = person_copy(request, by=within(dpo), today=TODAY)
    assert [name for name, _day in context["files"]] == ["certificato.pdf"]
    assert [subject for subject, _how, _day in context["messages"]] == ["Una visita"]


@pytest.fixture
def project(within, worker):
    """The paper of a minor's placement, with all its signatures."""
    by = within(worker)
    person = make_beneficiary(by, number=1, born=date(2010, 1, 5))
    Representative.objects.create(
        ambito=person.ambito, beneficiary=person, kind="parent", first_name="Rosa", last_name="Prova", valid_from=date(2020, 1, 1),
        created_by_id=by.actor_id,
    )  # fmt: skip
    return paper_of(make_placement(by, PlacementState.SIGNED, person=person), rendered=False)


def copy_of(document, *, by, **changes):
    person = Placement.objects.get(pk=document.subject_id).beneficiary
    values = {**VALUES, "representative": person.representatives.get(), **changes}
    request = services.register_request(person=person, values=values, by=by, today=TODAY)
    return services.make_copy(request=request, by=by, today=TODAY)


def test_the_copy_says_who_signed_her_papers_and_names_nobody_else(within, dpo, project):
    given = {s.role: s for s in project.signatures.all()}
    paper = copy_of(project, by=within(dpo), asker="for_person")
    about = f"Progetto personalizzato n. {project.number}"
    how, day = "su carta, con scansione", f"{given['host'].signed_on:%d/%m/%Y}"
    assert sorted(documents.machine_file(paper.context)["signatures"]) == [
        [about, "ente promotore", "", how, day],
        [about, "rappresentante della persona", "Rosa Prova", how, day],
        [about, "soggetto ospitante", "", how, day],
        [about, "tirocinante", given["person"].signer, how, day],
    ]
    html = html_of(paper, "A" * 26)
    assert "<caption>Firme</caption>" in html and "Rosa Prova" in html and given["host"].signer not in html


def test_sums_are_written_as_one_writes_them_and_left_as_they_are_for_programs(within, dpo, project):
    by = within(dpo)
    PersonalProject.objects.filter(placement=project.subject_id).update(allowance_model="monthly", allowance_amount="1250.50")
    context = copy_of(project, by=by, asker="for_person").context
    (table,) = (t for t in context["tables"] if t["name"] == "agreements.PersonalProject")
    assert dict(table["rows"][0]["words"])["importo in euro"] == "1.250,50"
    assert documents.machine_file(context)["tables"]["agreements.PersonalProject"][0]["allowance_amount"] == "1250.50"


def test_who_represents_gets_the_own_signatures_and_no_other(within, dpo, worker, project):
    context = copy_of(project, by=within(dpo), asker="for_self").context
    assert [line[1:3] for line in context["signatures"]] == [["rappresentante della persona", "Rosa Prova"]]
    Representative.objects.update(first_name="Rita")  # another parent: that signature is not hers
    assert copy_of(project, by=within(dpo), asker="for_self").context["signatures"] == []


def test_the_paper_says_everything_in_words(within, dpo, asked):
    paper = services.make_copy(request=asked(), by=within(dpo), today=TODAY)
    html = html_of(paper, "A" * 26)
    for words in ("In breve", "Perché usiamo questi dati", "Chi li riceve", "Per quanto tempo li teniamo", "reclamo al Garante"):
        assert words in html
    assert Document.objects.get(pk=paper.pk).kind_label == documents.COPY_LABEL


def _is_planted(row, planted, model):
    """Every word that went in came out."""
    words = {
        field.name: planted[field.column]
        for field in model._meta.local_fields
        if isinstance(planted.get(field.column), str) and planted[field.column].startswith("seme") and field.name in row
    }
    return all(row[name] == value for name, value in words.items())


@pytest.mark.parametrize(
    ("value", "words"),
    [({"ore": 3, "giorni": ["lun", "mar"]}, "ore: 3; giorni: lun, mar"), ([{"a": True}, {"a": None}], "a: sì, a: "), ("x", "x"), (7, "7")],
)
def test_a_value_of_a_program_is_read_on_a_line(value, words):
    assert _plain(value) == words
