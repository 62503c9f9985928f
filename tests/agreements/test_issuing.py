"""Papers made one by one and for many, agreements for one placement, the meeting that decides: what is frozen, who may, what is refused."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document, Job
from impresasolidale.core.rendering import html_of, render_document
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Letterhead
from impresasolidale.territory.services import write_funding_logo, write_stamp_duty
from placements.agreements import services
from placements.agreements.change_enums import EndCause, SuspensionCause
from placements.agreements.enums import AgreementState, AllowanceModel, MeetingDecision, PlacementState, ProjectKind
from placements.agreements.models import EarlyEnd, FrameworkAgreement, Meeting, PersonalProject, Placement
from placements.agreements.papers import KINDS
from placements.agreements.papers.changes import CHANGES, change
from placements.beneficiaries.enums import ReferringService, TargetArea
from tests.factories.agreements import make_placement, sign_all
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
S = PlacementState
DETAILS = {
    "activities": "Ha preparato il banco.\nHa servito i clienti.",
    "shown": "Arriva puntuale e chiede aiuto quando serve.",
    "pec": "sede@postacert.example.org",
}
STATE = {"suspension": S.SUSPENDED, "early_end": S.ENDED_EARLY, "final_attestation": S.ENDED}
PEOPLE = [("Anna Prova", "assistente sociale"), ("Luca Prova", "educatore")]


def paper(placement: Placement, kind: str, by: Any, **details: str) -> Document:
    return services.issue_paper(placement=placement, kind=kind, by=by, today=TODAY, details={**DETAILS, **details})


def words(context: Any) -> str:
    return " ".join(str(context).split())


def inside(access: Any, work: Any) -> Any:
    with scope(access.scope):
        return work()


def meeting(placement: Placement, by: Any, **changes: Any) -> Meeting:
    data: dict[str, Any] = {
        "held_on": TODAY,
        "place": "Ufficio di Piano",
        "participants": PEOPLE,
        "decision": MeetingDecision.ACCEPTED,
        "reasons": "Vicino a casa.",
    }
    return services.record_meeting(placement=placement, by=by, today=TODAY, **{**data, **changes})


# --- What the papers say


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_frozen_printed_in_italian_and_replaced_by_the_next(kind: str, worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, STATE.get(kind, S.TO_SIGN))
    first = paper(placement, kind, access)
    html = html_of(first, "A" * 26)
    assert escape(KINDS[kind].label) in html
    assert "None" not in html and "style=" not in html
    if kind != "letter_inail":
        assert placement.beneficiary.last_name in html
    again = paper(placement, kind, access)
    assert again.supersedes_id == first.pk and again.number != first.number
    assert Job.objects.filter(name="core.render_document", arguments={"document_id": again.pk}).exists()


def test_the_pact_is_in_easy_words(worker: User, within: Any) -> None:
    access = within(worker)
    context = paper(make_placement(access, S.PROPOSED), "pact", access).context
    parts = {part["title"]: part["lines"] for part in context["parts"]}
    assert parts["I miei giorni e le mie ore"] == [
        "Lunedì: dalle 9:00 alle 13:00.", "Mercoledì: dalle 9:00 alle 13:00.", "In una settimana sono 8 ore."
    ]  # fmt: skip
    assert parts["Che cosa ricevo"][0] == "Ricevo un contributo di 400 euro al mese."
    assert {"Posso smettere quando voglio.", "Lo dico a uno dei due tutor."} <= set(parts["I miei diritti"])
    assert "Il tirocinio non è un rapporto di lavoro." in parts["I miei diritti"]  # rule 28
    lines = [line for part in context["parts"] for line in part["lines"]]
    assert max(len(line) for line in lines) < 90
    assert [signer["role"] for signer in context["signers"]] == ["Io", "Chi mi aiuta nell'impresa", "Chi viene a trovarmi"]
    html = render_to_string("pdf/components/parts.html", {"parts": context["parts"]})
    assert html.count("asset:core/pictures/") == len(parts) and 'alt=""' not in html


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({"allowance_model": AllowanceModel.NONE, "allowance_amount": 0}, "Per questo tirocinio non c'è un contributo in denaro."),
        (
            {"allowance_model": AllowanceModel.HOURLY, "allowance_amount": Decimal("3.50")},
            "Ricevo un contributo di 3,50 euro per ogni ora.",
        ),
        ({"allowance_model": AllowanceModel.MONTHLY}, "Ricevo un contributo di 400 euro al mese."),
    ],
)
def test_the_pact_says_each_way_of_the_contribution(plan: dict[str, Any], expected: str, worker: User, within: Any) -> None:
    access = within(worker)
    context = paper(make_placement(access, S.PROPOSED, **plan), "pact", access).context
    assert {part["title"]: part["lines"] for part in context["parts"]}["Che cosa ricevo"][0] == expected


def test_the_week_is_a_picture(worker: User, within: Any) -> None:
    access = within(worker)
    context = paper(make_placement(access, S.PROPOSED), "easy_week", access).context
    assert [day["start"] for day in context["days"]] == ["9:00", "", "9:00", "", "", "", ""]
    assert context["days"][0]["long"] == "4 ore" and context["total"] == "8 ore"


def test_the_final_attestation_holds_what_domain_2_5_asks_and_no_area(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ENDED)
    context = paper(placement, "final_attestation", access).context
    facts = dict(context["facts"])
    assert facts["Periodo"].startswith("dal 2 novembre 2026") and facts["Progetto personalizzato"].startswith("n. ")
    assert context["activities"] == ["Ha preparato il banco.", "Ha servito i clienti."]
    assert [signer["code"] for signer in context["signers"]] == ["promoter", "host", "person"]
    assert "notizie sulla salute" in context["closing"] and "non è un rapporto di lavoro" in context["closing"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "letter_person"])
def test_no_paper_tells_area_service_or_a_protected_address(kind: str, worker: User, within: Any) -> None:
    access = within(worker)
    person = make_beneficiary(access, number=1, address="Via Nascosta 3", is_address_protected=True)
    said = words(paper(make_placement(access, STATE.get(kind, S.TO_SIGN), person=person), kind, access).context)
    assert "Nascosta" not in said
    assert not [label for _code, label in (*ReferringService.choices, *TargetArea.choices) if str(label).lower() in said.lower()]


def test_a_pause_and_an_early_end_say_days_and_causes(worker: User, within: Any) -> None:
    access = within(worker)
    paused = make_placement(access, S.SUSPENDED)
    pause = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=30), "cause": SuspensionCause.CLOSURE}
    paused.suspensions.update(**pause)
    facts = dict(paper(paused, "suspension", access).context["facts"])
    assert (facts["Sospeso dal"], facts["Fino al"]) == ("18 novembre 2026", "18 dicembre 2026")
    assert facts["Motivo"] == str(SuspensionCause.CLOSURE.label)
    paused.suspensions.update(cause=SuspensionCause.JUDICIAL)  # not for the company to read
    assert "Motivo" not in dict(paper(paused, "suspension", access).context["facts"])
    ended = make_placement(access, S.ENDED_EARLY, number=2)
    EarlyEnd.objects.filter(placement=ended).update(cause=EndCause.HIRED)
    facts = dict(paper(ended, "early_end", access).context["facts"])
    assert facts["Ultimo giorno"] == "9 novembre 2026" and facts["Fine prevista"] == "1 maggio 2027"
    assert facts["Motivo"] == str(EndCause.HIRED.label)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_printed_before_and_after(kind: ProjectKind, worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE)
    version = PersonalProject(
        placement=placement, version=2, kind=kind, effective_from=TODAY, ends_on=TODAY + timedelta(days=400), reason="Riesce bene"
    )
    context = change(
        placement, version, lines=[["Orario", "lunedì", "lunedì e martedì"]], signers=[{"role": "Tirocinante", "name": "Prova"}]
    )
    code, label, template = CHANGES[kind]
    document = issue(
        kind=code,
        kind_label=label,
        template=template,
        subject=placement,
        context=context,
        today=TODAY,
        by=access,
        ambito_id=access.ambito_id,
    )
    html = html_of(document, "A" * 26)
    assert "<td>lunedì</td><td><strong>lunedì e martedì</strong></td>" in html and "Riesce bene" in html and "n. 2026/000001" in html
    assert "non è un rapporto di lavoro" in html  # rule 28
    assert ("continua fino al" in html) == (kind == ProjectKind.EXTENSION)


def test_letters_name_who_they_go_to_and_what_goes_with_them(worker: User, within: Any) -> None:
    access = within(worker)
    person = make_beneficiary(access, number=1, address="Via Nascosta 3", is_address_protected=True)
    placement = make_placement(access, S.TO_SIGN, person=person)
    paper(placement, "pact", access)
    host, to_person, inail = (paper(placement, kind, access).context for kind in ("letter_host", "letter_person", "letter_inail"))
    assert host["to"][0] == placement.company.name and [line.partition(" n.")[0] for line in host["enclosures"]] == [
        "Convenzione quadro", "Progetto personalizzato"
    ]  # fmt: skip
    assert to_person["to"][1] == "consegnata a mano" and to_person["enclosures"][-1].startswith("Il mio patto n.")
    assert inail["to"][1] == "per PEC: sede@postacert.example.org" and dict(inail["facts"])["Posizione assicurativa"] == "n. inail-1"
    assert "16/2014" in words(inail["paragraphs"])


def test_a_letter_to_inail_needs_the_position(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN, green=False)
    with pytest.raises(DomainError, match="INAIL"):
        paper(placement, "letter_inail", access)


def test_stamp_duty_and_the_funders_words_stand_on_each_paper(worker: User, coordinator: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.PROPOSED)
    ambito = Ambito.objects.get(pk=access.ambito_id)
    office = access_for(coordinator)
    write_stamp_duty(
        ambito=ambito,
        kind="agreements.pact",
        valid_from=TODAY,
        is_exempt=True,
        text="Esente (art. 8 legge 266/1991)",
        paid_by="",
        by=office,
    )
    write_funding_logo(
        network_id=ambito.network_id, source="cariplo", valid_from=TODAY, words="Con il contributo della fondazione", logo=None, by=office
    )
    plain = paper(placement, "pact", access)
    services.set_funding_source(placement=placement, source="cariplo", by=access)
    funded = paper(placement, "pact", access)
    assert "art. 8 legge 266/1991" in html_of(plain, "A" * 26) and "fondazione" not in html_of(plain, "A" * 26)
    assert "Con il contributo della fondazione" in html_of(funded, "A" * 26)  # rule 78
    issued = services.issue_papers(placement=placement, by=access, today=TODAY)
    assert issued.projects.get().document.context["funding"]["words"] == "Con il contributo della fondazione"


@pytest.mark.parametrize("kind", ["pact", "easy_week", "letter_inail"])
def test_the_files_are_archival_accessible_and_say_what_was_frozen(kind: str, worker: User, within: Any) -> None:
    access = within(worker)
    document = paper(make_placement(access, S.TO_SIGN), kind, access)
    render_document(document.pk)
    document.refresh_from_db()
    with default_storage.open(document.file_name) as file, pikepdf.open(io.BytesIO(file.read())) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "it" and pdf.Root.OutputIntents
        metadata = bytes(pdf.Root.Metadata.read_bytes())
        assert b'pdfuaid:part="1"' in metadata
        tags = [str(node.get("/Alt", "")) for node in pdf.objects if isinstance(node, pikepdf.Dictionary) and node.get("/S") == "/Figure"]
        assert tags and all(tags)  # every picture has its words
    assert 1 <= document.pages <= 5


# --- Who may, when


def test_who_may_make_which_paper(worker: User, sondrio: Ambito, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    clerk, educator = (access_for(make_user(role, sondrio, number=9)) for role in (Role.CLERK, Role.PROMOTER_TUTOR))
    paper(placement, "letter_host", clerk)
    for kind, by in (("pact", clerk), ("letter_host", educator), ("pact", educator)):
        with pytest.raises(PermissionDenied):
            paper(placement, kind, by)
    for refused in (
        lambda: services.set_funding_source(placement=placement, source="", by=educator),
        lambda: services.create_single_agreement(placement=placement, by=clerk, today=TODAY),
        lambda: meeting(placement, clerk),
        lambda: services.order_papers(public_ids=[placement.public_id], kind="pact", by=clerk),
    ):
        with pytest.raises(PermissionDenied):
            refused()


@pytest.mark.parametrize(
    ("kind", "state"), [("pact", S.DRAFT), ("suspension", S.ACTIVE), ("final_attestation", S.ACTIVE), ("letter_host", S.PROPOSED)]
)
def test_a_paper_that_says_nothing_in_this_state_is_refused(kind: str, state: str, worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, state)
    before = Document.objects.count()
    with pytest.raises(Conflict, match="questa carta non si può fare"):
        paper(placement, kind, access)
    assert Document.objects.count() == before


def test_an_end_on_its_day_is_not_early(worker: User, within: Any) -> None:
    access = within(worker)
    with pytest.raises(DomainError, match="in anticipo"):
        paper(make_placement(access, S.ENDED), "early_end", access)


# --- An agreement for one placement


def test_a_single_agreement_is_signed_and_counts_for_its_placement_alone(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.PROPOSED)
    agreement = services.create_single_agreement(placement=placement, by=access, today=TODAY)
    agreement = services.issue_agreement(agreement=agreement, by=access, today=TODAY)
    context = agreement.document.context
    titles = [clause["title"] for clause in context["clauses"]]
    assert len(titles) == 13 and "per nessun altro" in words(context["clauses"]) and "Dichiarazioni" in titles  # rule 29
    assert dict(context["placement"])["Persona"] == f"{placement.beneficiary.first_name} {placement.beneficiary.last_name}"
    assert agreement.document.kind_label == "Convenzione" and "quadro" not in html_of(agreement.document, "A" * 26)
    sign_all(access, agreement.document, on=TODAY)
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SIGNED
    placement.refresh_from_db()
    assert placement.agreement_id == agreement.pk
    other = make_placement(access, S.TO_SIGN, number=2, company=placement.company, tutor=placement.company_tutor)
    assert other.agreement_id != agreement.pk
    with pytest.raises(Conflict, match="già una convenzione"):
        services.create_single_agreement(placement=placement, by=access, today=TODAY)


def test_a_withdrawn_single_agreement_gives_its_place_back(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.PROPOSED)
    framework = placement.company.agreements.get()
    agreement = services.create_single_agreement(placement=placement, by=access, today=TODAY)
    services.withdraw_agreement(agreement=agreement, reason="Basta la quadro", by=access, today=TODAY)
    placement.refresh_from_db()
    assert placement.agreement_id == framework.pk
    services.create_single_agreement(placement=placement, by=access, today=TODAY)


def test_a_single_agreement_comes_before_the_papers_to_sign(worker: User, within: Any) -> None:
    access = within(worker)
    with pytest.raises(Conflict, match="prima di preparare"):
        services.create_single_agreement(placement=make_placement(access, S.TO_SIGN), by=access, today=TODAY)


# --- The meeting


def test_a_meeting_is_kept_with_its_minutes_and_corrected_by_a_new_one(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT)
    first = meeting(placement, access)
    context = first.document.context
    assert context["decision"] == "Accettato" and context["people"] == [list(pair) for pair in PEOPLE]
    assert [signer["name"] for signer in context["signers"]] == ["Anna Prova", "Luca Prova"]
    second = meeting(placement, access, decision=MeetingDecision.CHANGED, reasons="Due mattine.", corrects=first)
    assert second.document.supersedes_id == first.document_id and "corregge e sostituisce" in html_of(second.document, "A" * 26)
    with pytest.raises(Conflict, match="già stato corretto"):
        meeting(placement, access, corrects=first)
    with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_meeting SET decision = 'rejected' WHERE id = %s", [first.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT reasons FROM agreements_meeting WHERE id = %s", [first.pk])
        assert "Vicino" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, "held_on"),
        ({"participants": PEOPLE[:1]}, "participants"),
        ({"reasons": "  "}, "reasons"),
        ({"decision": MeetingDecision.POSTPONED}, "next_on"),
        ({"next_on": TODAY}, "next_on"),
    ],
)
def test_refused_meetings_write_nothing(values: dict[str, Any], field: str, worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.DRAFT)
    before = Document.objects.count()
    with pytest.raises(DomainError) as refusal:
        meeting(placement, access, **values)
    assert refusal.value.field == field
    assert (Meeting.objects.count(), Document.objects.count()) == (0, before)


# --- Many at once


def run_batch(access: Any, placements: list[Placement], kind: str) -> Job:
    job = services.order_papers(public_ids=[p.public_id for p in placements], kind=kind, by=access)

    class Quiet:
        def progress(self, *_: Any) -> None: ...

    job.result = services.make_papers(run=Quiet(), by=access, today=TODAY, **job.arguments)  # type: ignore[arg-type]
    job.save()
    return job


def test_many_papers_each_by_itself(worker: User, within: Any) -> None:
    access = within(worker)
    first = make_placement(access, S.PROPOSED, number=1)
    rows = [first, *(make_placement(access, S.PROPOSED, number=n, company=first.company, tutor=first.company_tutor) for n in (2, 3))]
    services.withdraw_placement(placement=rows[1], reason="Non viene", by=access)
    job = run_batch(access, rows, "pact")
    assert len(job.result["made"]) == 2 and [pk for pk, _words in job.result["refused"]] == [rows[1].pk]
    assert run_batch(access, [rows[0]], "project").result["made"]
    rows[0].refresh_from_db()
    assert rows[0].state == S.TO_SIGN


def test_an_order_reads_its_office_once_and_the_next_order_anew(worker: User, within: Any) -> None:
    access = within(worker)
    first = make_placement(access, S.PROPOSED, number=1)
    rows = [first, *(make_placement(access, S.PROPOSED, number=n, company=first.company, tutor=first.company_tutor) for n in (2, 3))]
    asked = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            made = run_batch(access, rows[:number], "pact").result["made"]
        asked.append(sum("territory_" in query["sql"].partition("FROM")[2][:40] for query in queries))
    assert asked[0] == asked[1] > 0 and len(made) == 3
    Letterhead.objects.filter(ambito=first.ambito).delete()
    Letterhead.objects.create(ambito=first.ambito, heading="Ufficio nuovo")
    paper = Document.objects.get(pk=run_batch(access, rows[:1], "pact").result["made"][0])
    assert paper.context["letterhead"]["heading"] == "Ufficio nuovo"


def test_an_order_is_refused_without_placements_or_with_a_kind_made_one_by_one(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.PROPOSED)
    for ids, kind, field in (([], "pact", "placements"), ([placement.public_id], "final_attestation", "kind"), ([], "x", "kind")):
        with pytest.raises(DomainError) as refusal:
            services.order_papers(public_ids=ids, kind=kind, by=access)
        assert refusal.value.field == field
    assert not Job.objects.filter(name="agreements.make_papers").exists()


def test_queries_grow_by_the_same_for_each_paper(worker: User, within: Any) -> None:
    access = within(worker)
    first = make_placement(access, S.PROPOSED, number=1)
    rows = [first, *(make_placement(access, S.PROPOSED, number=n, company=first.company, tutor=first.company_tutor) for n in range(2, 8))]

    def cost(some: list[Placement]) -> int:
        with CaptureQueriesContext(connection) as seen:
            run_batch(access, some, "pact")
        return len(seen)

    cost(rows[:1])
    one, two, four = cost(rows[1:2]), cost(rows[1:3]), cost(rows[3:7])
    assert four - two == 2 * (two - one)


# --- Through the pages


def test_a_paper_is_made_from_the_page_of_the_placement(worker: User, signed_in: Any) -> None:
    access, client = access_for(worker), signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.TO_SIGN))
    detail = reverse("agreements:detail", args=[placement.public_id])
    url = reverse("agreements:issue_paper", args=[placement.public_id, "pact"])
    assert "Prepara: Il mio patto" in client.get(detail).content.decode()
    assert "non cambia più" in client.get(url).content.decode()
    assert client.post(url).status_code == 303
    page = client.get(detail).content.decode()
    assert "Rifai: Il mio patto" in page and "2026/000001" in page
    asks = reverse("agreements:issue_paper", args=[placement.public_id, "letter_inail"])
    assert client.post(asks, {"pec": ""}).status_code == 422
    assert client.post(asks, {"pec": "sede@postacert.example.org"}).status_code == 303
    assert client.post(reverse("agreements:issue_paper", args=[placement.public_id, "suspension"])).status_code == 409
    assert client.get(reverse("agreements:issue_paper", args=[placement.public_id, "altro"])).status_code == 404


def test_pages_of_others_are_not_reached(worker: User, stranger: User, sondrio: Ambito, signed_in: Any) -> None:
    access = access_for(worker)
    placement = inside(access, lambda: make_placement(access, S.PROPOSED))
    held = inside(access, lambda: meeting(placement, access))
    job = inside(access, lambda: run_batch(access, [placement], "pact"))
    addresses = [
        *(reverse(f"agreements:{name}", args=[placement.public_id]) for name in ("set_funding", "new_meeting")),
        reverse("agreements:issue_paper", args=[placement.public_id, "pact"]),
        *(reverse(f"agreements:{name}", args=[held.public_id]) for name in ("meeting", "correct_meeting", "minutes")),
        reverse("agreements:papers_made", args=[job.public_id]),
    ]
    outsider = signed_in(stranger)
    assert {outsider.get(url).status_code for url in addresses} == {404}
    assert outsider.post(reverse("agreements:own_agreement", args=[placement.public_id])).status_code == 404
    clerk = signed_in(make_user(Role.CLERK, sondrio, number=9))
    assert clerk.get(reverse("agreements:meeting", args=[held.public_id])).status_code == 403
    assert clerk.get(reverse("agreements:document", args=[inside(access, lambda: held.document.public_id)])).status_code == 404
    assert "Verbale della riunione" not in clerk.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    assert clerk.post(reverse("agreements:issue_paper", args=[placement.public_id, "pact"])).status_code == 403


def test_a_meeting_is_written_read_and_corrected(worker: User, signed_in: Any) -> None:
    access, client = access_for(worker), signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.DRAFT))
    url = reverse("agreements:new_meeting", args=[placement.public_id])
    assert client.get(url).status_code == 200
    data = {
        "held_on": "2026-11-16",
        "place": "Sondrio",
        "participants": "Anna Prova, assistente sociale\nLuca Prova",
        "decision": "accepted",
    }
    refused = client.post(url, {**data, "reasons": "Vicino a casa"})
    assert refused.status_code == 422 and "manca il ruolo" in refused.content.decode() and "Vicino a casa" in refused.content.decode()
    data["participants"] += ", educatore"
    assert client.post(url, {**data, "reasons": "Vicino a casa"}).status_code == 303
    held = inside(access, lambda: Meeting.objects.get())
    page = client.get(reverse("agreements:meeting", args=[held.public_id])).content.decode()
    assert "Vicino a casa" in page and "Luca Prova, educatore" in page
    assert "Verbale della riunione" in client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    correct = reverse("agreements:correct_meeting", args=[held.public_id])
    assert "Luca Prova, educatore" in client.get(correct).content.decode()
    assert client.post(correct, {**data, "decision": "rejected", "reasons": "Troppo lontano"}).status_code == 303
    assert "è stato corretto" in client.get(reverse("agreements:meeting", args=[held.public_id])).content.decode()
    assert client.post(correct, {**data, "reasons": "x"}).status_code == 409
    listed = reverse("agreements:meetings")
    assert client.get(listed).content.decode().count("agreements-meeting") == 0
    assert "non accettato" in client.get(listed).content.decode()
    assert "Nessuna riunione con questa decisione" in client.get(listed, {"decisione": "accepted"}).content.decode()


def test_who_funds_is_chosen_from_the_network_s_sources(worker: User, coordinator: User, signed_in: Any) -> None:
    access, client = access_for(worker), signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.DRAFT))
    office = access_for(coordinator)
    write = {"network_id": access.network_id, "source": "fse", "valid_from": TODAY, "words": "Fondo sociale europeo", "logo": None}
    inside(office, lambda: write_funding_logo(by=office, **write))
    url = reverse("agreements:set_funding", args=[placement.public_id])
    assert "Fondo sociale europeo" in client.get(url).content.decode()
    assert client.post(url, {"source": "altro"}).status_code == 422
    assert client.post(url, {"source": "fse"}).status_code == 303
    assert inside(access, lambda: Placement.objects.get().funding_source) == "fse"


def test_the_bulk_page_answers_at_once_and_the_job_says_what_became_of_each(worker: User, signed_in: Any) -> None:
    access, client = access_for(worker), signed_in(worker)
    first = inside(access, lambda: make_placement(access, S.PROPOSED, number=1))
    second = inside(access, lambda: make_placement(access, S.PROPOSED, number=2, company=first.company, tutor=first.company_tutor))
    url = f"{reverse('agreements:issue_many')}?carta=pact"
    assert client.get(url).content.decode().count('name="placements"') == 2
    assert client.post(url, {}).status_code == 422
    before = inside(access, Document.objects.count)
    response = client.post(url, {"placements": [first.public_id, second.public_id]})
    assert response.status_code == 303 and inside(access, Document.objects.count) == before
    job = Job.objects.get(name="agreements.make_papers")
    assert response["Location"] == reverse("core:job", args=[job.public_id])
    with connection.cursor() as cursor:  # the heart beats on another connection, which does not see this test's rows
        cursor.execute("SELECT 1")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE and job.result_url == reverse("agreements:papers_made", args=[job.public_id])
    page = client.get(job.result_url).content.decode()
    assert "Carte pronte" in page and page.count("Il mio patto: ") == 2
    assert "Nessun tirocinio aspetta questa carta" in client.get(url).content.decode()
    assert client.get(f"{url}&anche=on").content.decode().count('name="placements"') == 2


def test_an_agreement_of_its_own_from_the_page(worker: User, signed_in: Any) -> None:
    access, client = access_for(worker), signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.PROPOSED))
    response = client.post(reverse("agreements:own_agreement", args=[placement.public_id]))
    agreement = inside(access, lambda: FrameworkAgreement.objects.get(only_for=placement))
    assert response["Location"] == reverse("agreements:agreement_detail", args=[agreement.public_id])
    assert "solo per il tirocinio di" in client.get(response["Location"]).content.decode()
