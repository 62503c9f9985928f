"""The room through its doors: the journey as a social worker walks it, every refusal, who is kept out, the query budget."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Look
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Comune
from impresasolidale.territory.services import write_funding_logo
from placements.agreements import documents, selectors
from placements.agreements.enums import AgreementState, ItemKind, PlacementState
from placements.agreements.models import Cover, FrameworkAgreement, Placement, ReadinessItem
from tests.factories.agreements import make_agreement, make_placement, make_plan, scan
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company, make_site, make_tutor

pytestmark = pytest.mark.django_db
S = PlacementState
FIXED = re.compile(
    r"SAVEPOINT|set_config|accounts_session|accounts_user\" WHERE \"accounts_user\".\"id\" = |accounts_membership"
    r"|core_look|core_submission|entrusted"
)


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, make: Callable[[], Any]) -> Any:
    """What `make` builds, with the scope closed again before the client comes."""
    with scope(access.scope):
        return make()


def count(rows: Any, access: Access) -> int:
    with scope(access.scope):
        return rows.objects.count()


def fresh(row: Any, access: Access) -> Any:
    with scope(access.scope):
        return type(row).objects.get(pk=row.pk)


def own_queries(client: Any, url: str) -> int:
    """The view's own queries, without the fixed ones (house.md §4)."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len([q for q in caught.captured_queries if not FIXED.search(q["sql"])])


def form_data(access: Access, **changes: Any) -> dict[str, Any]:
    """What the page of a plan posts: a company with its site and tutor, thirty days from today."""
    with scope(access.scope):
        company = make_company(access, representative="Olga Prova")
        site, tutor = make_site(access, company), make_tutor(access, company)
        payer = selectors.default_payer(access)
        assert access.actor and payer
        today = timezone.localdate()
        return {
            "company": company.public_id,
            "site": site.public_id,
            "company_tutor": tutor.public_id,
            "promoter_tutor": access.actor.public_id,
            "starts_on": today + timedelta(days=30),
            "ends_on": today + timedelta(days=200),
            "from_0": "09:00",
            "hours_0": "4",
            "from_2": "09:00",
            "hours_2": "3:30",
            "tasks": "Aiuto al banco",
            "goal_1": "Uno",
            "goal_2": "Due",
            "goal_3": "Tre",
            "allowance_model": "monthly",
            "allowance_amount": "350,00",
            "payer": payer.public_id,
            "tax_treatment": "exempt",
            "tax_motive": "Contributo con finalità assistenziale",
            "_submission": uuid.uuid4(),
            **changes,
        }


def test_the_journey(worker: User, coordinator: User, access: Access, signed_in: Any) -> None:
    """From a draft to a running placement, by the pages alone."""
    client, chief = signed_in(worker), signed_in(coordinator)
    person = inside(access, lambda: make_beneficiary(access, number=1, today=timezone.localdate()))
    new = f"{reverse('agreements:new')}?persona={person.public_id}"
    assert client.get(new).status_code == 200
    today = timezone.localdate()
    done = client.post(new, form_data(access, starts_on=today, ends_on=today + timedelta(days=90)))
    assert done.status_code == 303
    with scope(access.scope):
        placement = Placement.objects.select_related("company").get()
    detail = reverse("agreements:detail", args=[placement.public_id])
    assert done["Location"] == detail
    page = client.get(detail).content.decode()
    assert "Non può ancora partire" in page and "regola 19" in page and "prassi da confermare" in page

    # Covers and framework agreement
    for kind in ("inail", "liability"):
        cover = {"kind": kind, "number": "77", "insurer": "Mutua", "valid_from": today, "valid_to": today + timedelta(days=365)}
        assert client.post(reverse("agreements:new_cover"), cover).status_code == 303
    chosen = client.get(reverse("agreements:agreement_choose"), {"impresa": placement.company.public_id})
    assert client.post(chosen["Location"], {"valid_from": today, "valid_to": today + timedelta(days=900)}).status_code == 303
    with scope(access.scope):
        agreement = FrameworkAgreement.objects.get()
    assert client.post(reverse("agreements:agreement_step", args=[agreement.public_id, "issued"]), {}).status_code == 303
    sign(client, access, selectors.papers_of, agreement, ["promoter", "host"])
    assert fresh(agreement, access).state == AgreementState.SIGNED

    # The flow
    for step in ("proposed", "issued"):
        assert client.get(reverse("agreements:step", args=[placement.public_id, step])).status_code == 200
        assert client.post(reverse("agreements:step", args=[placement.public_id, step]), {}).status_code == 303
    sign(client, access, selectors.papers_of, placement, ["promoter", "host", "person"])
    assert fresh(placement, access).state == S.SIGNED
    validate = reverse("agreements:step", args=[placement.public_id, "validated"])
    assert client.post(validate, {}).status_code == 403
    assert "Torna alle cose da fare" in chief.post(validate, {}, follow=True).content.decode()
    assert fresh(placement, access).state == S.ACTIVE
    page = client.get(detail).content.decode()
    assert "Può partire, ma manca qualcosa" in page and "Torna alle cose da fare" not in page and "voci a posto" in page
    assert 'hx-select="#papers"' in page and "Aggiorna" in page  # no worker made the paper yet
    inside(access, lambda: render_document(Document.objects.get(kind=documents.PERSONAL_PROJECT).pk))
    assert 'hx-select="#papers"' not in client.get(detail).content.decode()


def sign(client: Any, access: Access, papers_of: Any, subject: Any, roles: list[str]) -> None:
    with scope(access.scope):
        document = papers_of(subject)[0].document
    url = reverse("agreements:new_signature", args=[document.public_id])
    for role in roles:
        assert client.get(url).status_code == 200
        data = {"role": role, "signer": "Prova Firma", "signed_on": timezone.localdate(), "file": scan()}
        assert client.post(url, data).status_code == 303


# --- Bad input


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2020-01-01"}, "viene prima di quella di inizio"),
        ({"starts_on": "2020-01-01"}, "già passato"),
        ({"starts_on": "domani"}, "data valida"),
        ({"goal_3": ""}, "obbligatorio"),
        ({"from_0": "", "hours_0": "", "from_2": "", "hours_2": ""}, "orario di almeno un giorno"),
        ({"hours_0": ""}, "quante ore"),
        ({"from_0": ""}, "a che ora comincia"),
        ({"hours_0": "tante"}, "per esempio 3:30"),
        ({"hours_0": "11"}, "dieci ore al giorno"),
        ({"ends_on": "2045-12-31"}, "troppo lontano"),
        ({"ends_on": "9999-12-31"}, "Controlla l&#x27;anno"),
        ({"from_0": "22:00"}, "mezzanotte"),
        ({"allowance_amount": ""}, "importo del contributo"),
        ({"allowance_amount": "tanto"}, "per esempio 450,00"),
        ({"allowance_amount": "2000,01"}, "2000"),
        ({"tax_motive": ""}, "regola 41"),
        ({"site": str(uuid.uuid4())}, "valida"),
        ({"company": "nessuna"}, "valida"),
        ({"tasks": ""}, "obbligatorio"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(
    changes: dict[str, Any], words: str, worker: User, access: Access, signed_in: Any
) -> None:
    person = inside(access, lambda: make_beneficiary(access, number=1))
    data = form_data(access, **{"outside_activities": "Consegne in paese", **changes})
    answer = signed_in(worker).post(f"{reverse('agreements:new')}?persona={person.public_id}", data)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert "Consegne in paese" in page  # what was typed is still there
    assert count(Placement, access) == 0


def test_a_site_of_another_company_is_refused(worker: User, access: Access, signed_in: Any) -> None:
    person = inside(access, lambda: make_beneficiary(access, number=1))
    other = inside(access, lambda: make_site(access, make_company(access)))
    answer = signed_in(worker).post(f"{reverse('agreements:new')}?persona={person.public_id}", form_data(access, site=other.public_id))
    assert answer.status_code == 422 and count(Placement, access) == 0


def test_hours_over_the_cap_ask_for_a_tick(worker: User, access: Access, signed_in: Any) -> None:
    client, person = signed_in(worker), inside(access, lambda: make_beneficiary(access, number=1))
    url = f"{reverse('agreements:new')}?persona={person.public_id}"
    week = {f"from_{n}": "09:00" for n in range(5)} | {f"hours_{n}": "6:30" for n in range(5)}  # 32 h 30 min
    first = client.post(url, form_data(access, **week))
    assert first.status_code == 422 and "30 ore alla settimana (regola 13)" in first.content.decode()
    assert client.post(url, form_data(access, **week, hours_confirmed="on")).status_code == 303
    with scope(access.scope):
        project = selectors.current_project(Placement.objects.get())
    assert project.weekly_minutes == 5 * 390


def test_over_forty_hours_the_table_refuses_in_words(worker: User, access: Access, signed_in: Any) -> None:
    person = inside(access, lambda: make_beneficiary(access, number=1))
    week = {f"from_{n}": "08:00" for n in range(5)} | {f"hours_{n}": "9" for n in range(5)}
    answer = signed_in(worker).post(
        f"{reverse('agreements:new')}?persona={person.public_id}", form_data(access, **week, hours_confirmed="on")
    )
    assert answer.status_code == 422 and "tra 1 e 40" in answer.content.decode()
    assert count(Placement, access) == 0


def test_without_javascript_the_company_shows_its_sites(worker: User, access: Access, signed_in: Any) -> None:
    client, person = signed_in(worker), inside(access, lambda: make_beneficiary(access, number=1))
    data = form_data(access, choose="1", site="", company_tutor="", goal_1="Resta scritto")
    answer = client.post(f"{reverse('agreements:new')}?persona={person.public_id}", data)
    page = answer.content.decode()
    assert answer.status_code == 200 and "Laboratorio" in page and "Marta Prova" in page and "Resta scritto" in page
    assert count(Placement, access) == 0
    fragment = client.get(reverse("agreements:company_choices"), {"company": data["company"]}).content.decode()
    assert "Laboratorio" in fragment and "<html" not in fragment


def test_pressed_twice_is_one_draft(worker: User, access: Access, signed_in: Any) -> None:
    client, person = signed_in(worker), inside(access, lambda: make_beneficiary(access, number=1))
    data = form_data(access)
    answers = [client.post(f"{reverse('agreements:new')}?persona={person.public_id}", data) for _twice in range(2)]
    assert [a.status_code for a in answers] == [303, 303] and answers[0]["Location"] == answers[1]["Location"]
    assert count(Placement, access) == 1


def test_a_plan_says_with_which_project_and_what_it_stands_for(worker: User, coordinator: User, access: Access, signed_in: Any) -> None:
    """Which project, whether it is one more than planned, and the day centre's place with the name of who judged so (domain.md §8.3)."""
    client, person = signed_in(worker), inside(access, lambda: make_beneficiary(access, number=1))
    source, words, office = "fse", "Fondo sociale europeo", access_for(coordinator)
    write = {"network_id": access.network_id, "source": source, "valid_from": date(2026, 1, 1), "words": words, "logo": None}
    inside(office, lambda: write_funding_logo(by=office, **write))
    url = f"{reverse('agreements:new')}?persona={person.public_id}"
    assert words in client.get(url).content.decode()
    wrong = client.post(url, form_data(access, funding_source="non-esiste"))
    assert wrong.status_code == 422
    data = form_data(access, funding_source=source, is_additional="on", day_centre_alternative="on")
    page = client.get(client.post(url, data)["Location"]).content.decode()
    assert words in page and "in più rispetto a quelli già previsti" in page and f"secondo {worker}" in page
    placement = inside(access, lambda: Placement.objects.get())
    assert (placement.funding_source, placement.day_centre_by_id) == (source, worker.pk)


def test_a_stale_draft_is_409_and_keeps_what_was_typed(worker: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.DRAFT, starts_on=timezone.localdate() + timedelta(days=20)))
    url = reverse("agreements:edit", args=[placement.public_id])
    assert client.get(url).status_code == 200
    data = form_data(access, row_version=placement.row_version)
    assert client.post(url, data).status_code == 303
    again = client.post(url, {**data, "_submission": uuid.uuid4(), "tasks": "Scritto per secondo"})
    page = again.content.decode()
    assert again.status_code == 409 and "Scritto per secondo" in page
    assert fresh(placement, access).row_version == placement.row_version + 1

    # The other's change stands beside it, with who made it; who has read it saves again, and nothing was lost.
    assert "<strong>Che cosa farà</strong>: Aiuto al banco" in page and "Bozza modificata" in page and "social_worker" in page
    assert "<strong>Inizio</strong>" not in page  # the same in both
    seen = {**data, "_submission": uuid.uuid4(), "tasks": "Scritto per secondo", "row_version": placement.row_version + 1}
    assert f'name="row_version" value="{seen["row_version"]}"' in page
    assert client.post(url, seen).status_code == 303
    assert inside(access, lambda: selectors.current_project(placement).tasks) == "Scritto per secondo"


def test_only_a_draft_is_edited(worker: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)
    placement = inside(access, lambda: make_placement(access, S.PROPOSED))
    url = reverse("agreements:edit", args=[placement.public_id])
    assert client.get(url).status_code == 303
    assert client.post(url, form_data(access, row_version=placement.row_version)).status_code == 409


def test_a_step_from_the_wrong_state_is_409(worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.DRAFT))
    answer = signed_in(worker).post(reverse("agreements:step", args=[placement.public_id, "issued"]), {})
    assert answer.status_code == 409 and "non è possibile dallo stato attuale" in answer.content.decode()


def test_steps_that_do_not_exist_or_are_the_systems(worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.VALIDATED))
    for step in ("activated", "signed", "ended", "volare"):
        assert signed_in(worker).post(reverse("agreements:step", args=[placement.public_id, step]), {}).status_code == 404


def test_a_reason_is_asked(worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.DRAFT))
    url = reverse("agreements:step", args=[placement.public_id, "withdrawn"])
    assert signed_in(worker).post(url, {"reason": " "}).status_code == 422
    assert signed_in(worker).post(url, {"reason": "Ha trovato altro"}).status_code == 303
    assert "Ha trovato altro" in signed_in(worker).get(reverse("agreements:detail", args=[placement.public_id])).content.decode()


def test_the_same_person_does_not_prepare_and_validate(worker: User, access: Access, sondrio: Ambito, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.SIGNED))
    Membership.objects.create(
        user=worker, role=Role.COORDINATOR, network_id=sondrio.network_id, ambito=sondrio, valid_from=date(2020, 1, 1)
    )
    answer = signed_in(worker).post(reverse("agreements:step", args=[placement.public_id, "validated"]), {})
    assert answer.status_code == 422 and "seconda persona" in answer.content.decode()
    assert fresh(placement, access).state == S.SIGNED


def test_resume_while_red_lists_what_is_missing(worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.SUSPENDED))
    inside(access, lambda: Cover.objects.all().delete())
    values = {"on": timezone.localdate(), "row_version": fresh(placement, access).row_version}
    answer = signed_in(worker).post(reverse("agreements:resume", args=[placement.public_id]), values)
    assert answer.status_code == 422 and "Manca: copertura INAIL, responsabilità civile" in answer.content.decode()


@pytest.mark.parametrize(
    ("cover", "words"),
    [
        ({"valid_to": "2020-01-01"}, "viene prima"),
        ({"kind": "furto"}, "valida"),
        ({"number": ""}, "obbligatorio"),
    ],
)
def test_wrong_covers(cover: dict[str, Any], words: str, worker: User, access: Access, signed_in: Any) -> None:
    data = {"kind": "inail", "number": "1", "insurer": "Mutua", "valid_from": "2026-01-01", "valid_to": "2026-12-31", **cover}
    answer = signed_in(worker).post(reverse("agreements:new_cover"), data)
    assert answer.status_code == 422 and words in answer.content.decode() and count(Cover, access) == 0


def test_wrong_agreement_dates(worker: User, access: Access, signed_in: Any) -> None:
    company = inside(access, lambda: make_company(access))
    url = reverse("agreements:agreement_new", args=[company.public_id])
    assert signed_in(worker).get(url).status_code == 200
    for dates, words in (
        ({"valid_from": "2027-02-01", "valid_to": "2027-01-01"}, "viene prima"),
        ({"valid_from": "2019-01-01", "valid_to": "2020-01-01"}, "già scaduta"),
    ):
        answer = signed_in(worker).post(url, dates)
        assert answer.status_code == 422 and words in answer.content.decode()
    assert count(FrameworkAgreement, access) == 0


# --- Facts, waivers, papers


@pytest.mark.parametrize(
    ("page", "data", "wrong"),
    [
        ("communication", {"sent_on": "2026-01-05", "code": "A1"}, {"sent_on": "", "code": "A1"}),
        ("safety_training", {"done_on": "2026-01-05", "general_hours": "4"}, {"done_on": "2026-01-05", "general_hours": "0"}),
        ("fitness", {"needed": "on", "done_on": "2026-01-05"}, {"needed": "on", "done_on": "2999-01-05"}),
        ("outside", {"kind": "yard", "address": "Bosco comunale"}, {"kind": "yard", "address": ""}),
        ("replacement", {"reason": "Era sola al banco"}, {"reason": ""}),
    ],
)
def test_fact_pages(page: str, data: dict[str, str], wrong: dict[str, str], worker: User, access: Access, signed_in: Any) -> None:
    client, placement = signed_in(worker), inside(access, lambda: make_placement(access, S.DRAFT))
    url = reverse(f"agreements:{page}", args=[placement.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {**wrong, "row_version": placement.row_version}).status_code == 422
    assert client.post(url, {**data, "row_version": placement.row_version}).status_code == 303
    if page in {"communication", "fitness"}:  # what was seen is not there any more
        assert client.post(url, {**data, "row_version": placement.row_version}).status_code == 409


def test_waiver_page(worker: User, coordinator: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.SIGNED))
    url = reverse("agreements:waive", args=[placement.public_id, ItemKind.TRAINED_TUTOR])
    assert signed_in(worker).get(url).status_code == 403
    chief = signed_in(coordinator)
    assert chief.get(url).status_code == 200
    assert chief.get(reverse("agreements:waive", args=[placement.public_id, ItemKind.INAIL])).status_code == 404
    assert chief.post(url, {"reason": ""}).status_code == 422
    assert chief.post(url, {"reason": "Corso a gennaio"}).status_code == 303
    assert "derogato" in chief.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    assert inside(access, lambda: ReadinessItem.objects.get(placement=placement, kind=ItemKind.TRAINED_TUTOR).waived_by) == coordinator


def test_papers_and_scans_are_served_to_who_reaches_them(worker: User, stranger: User, access: Access, signed_in: Any) -> None:
    def make() -> tuple[Document, Any]:
        placement = make_placement(access, S.SIGNED)
        document = selectors.current_project(placement).document
        render_document(document.pk)
        return document, document.signatures.first()

    document, signature = inside(access, make)
    for name, row, kind in (("document", document, "application/pdf"), ("scan", signature, "application/pdf")):
        url = reverse(f"agreements:{name}", args=[row.public_id])
        answer = signed_in(worker).get(url)
        assert answer.status_code == 200 and answer["Content-Type"] == kind and b"".join(answer.streaming_content).startswith(b"%PDF")
        assert signed_in(stranger).get(url).status_code == 404
    assert inside(access, lambda: Look.objects.filter(kind=Look.Kind.DOCUMENT).count()) == 2
    assert inside(access_for(stranger), lambda: Look.objects.filter(kind=Look.Kind.DENIED).count()) == 2


def test_protocol_page(worker: User, access: Access, signed_in: Any) -> None:
    client, placement = signed_in(worker), inside(access, lambda: make_placement(access, S.TO_SIGN))
    document = inside(access, lambda: selectors.current_project(placement).document)
    url = reverse("agreements:protocol", args=[document.public_id])
    assert client.get(url).status_code == 200
    data = {"direction": "out", "number": "4512", "on": timezone.localdate(), "classification": "7.12", "dossier": "2026/4"}
    assert client.post(url, {**data, "on": "2999-01-01"}).status_code == 422
    assert client.post(url, data).status_code == 303
    assert client.post(url, data).status_code == 422
    assert "4512" in client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"role": "service"}, "valida"),
        ({"signed_on": "2050-01-01"}, "deve ancora venire"),
        ({"file": scan("a.exe", b"MZ nothing")}, "PDF"),
        ({"file": ""}, "file"),
    ],
)
def test_wrong_signatures(data: dict[str, Any], words: str, worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.TO_SIGN))
    document = inside(access, lambda: selectors.current_project(placement).document)
    post = {"role": "host", "signer": "Olga Prova", "signed_on": document.issued_on, "file": scan(), **data}
    answer = signed_in(worker).post(reverse("agreements:new_signature", args=[document.public_id]), post)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "Olga Prova" in page
    assert inside(access, lambda: document.signatures.count()) == 0


# --- Who is kept out


def addresses(access: Access) -> list[str]:
    """Every page that shows rows of an Ambito."""

    def make() -> list[str]:
        placement = make_placement(access, S.TO_SIGN)
        document = selectors.current_project(placement).document
        p, a, d = placement.public_id, placement.agreement.public_id, document.public_id
        return [
            reverse("agreements:detail", args=[p]),
            reverse("agreements:edit", args=[p]),
            reverse("agreements:step", args=[p, "returned"]),
            reverse("agreements:communication", args=[p]),
            reverse("agreements:safety_training", args=[p]),
            reverse("agreements:fitness", args=[p]),
            reverse("agreements:agreement_detail", args=[a]),
            reverse("agreements:agreement_step", args=[a, "withdrawn"]),
            reverse("agreements:new_signature", args=[d]),
            reverse("agreements:protocol", args=[d]),
            reverse("agreements:document", args=[d]),
        ]

    return inside(access, make)


def test_another_ambito_is_404(access: Access, stranger: User, signed_in: Any) -> None:
    client = signed_in(stranger)
    for url in addresses(access):
        assert client.get(url).status_code == 404, url


def test_roles_without_the_right_are_403(access: Access, sondrio: Ambito, signed_in: Any) -> None:
    client = signed_in(make_user(Role.ACCOUNTING, sondrio))
    lists = [reverse(f"agreements:{name}") for name in ("list", "new", "agreements", "covers", "new_cover", "company_choices")]
    for url in addresses(access) + lists:
        assert client.get(url).status_code == 403, url


def test_visitors_sign_in_first(access: Access, client: Any) -> None:
    for url in addresses(access):
        assert client.get(url).status_code == 302


def test_a_comune_officer_sees_the_residents_alone(access: Access, sondrio: Ambito, signed_in: Any) -> None:
    mine = inside(access, lambda: make_placement(access, S.DRAFT, number=1))
    home = inside(access, lambda: mine.beneficiary.residence_id)
    elsewhere = Comune.objects.filter(ambito=sondrio).exclude(pk=home).first()
    officers = {
        comune: make_user(Role.COMUNE_OFFICER, sondrio, number=n, comune_id=comune) for n, comune in enumerate((home, elsewhere.pk), 1)
    }
    url = reverse("agreements:detail", args=[mine.public_id])
    assert signed_in(officers[home]).get(url).status_code == 200
    assert signed_in(officers[elsewhere.pk]).get(url).status_code == 404


def test_an_agreement_names_the_residents_alone_to_a_comune_officer(access: Access, sondrio: Ambito, signed_in: Any) -> None:
    """The company's agreement is everybody's; the people under it are not."""
    mine = inside(access, lambda: make_placement(access, S.DRAFT))
    home, agreement = inside(access, lambda: (mine.beneficiary.residence_id, mine.agreement))
    elsewhere = Comune.objects.filter(ambito=sondrio).exclude(pk=home).first()
    url = reverse("agreements:agreement_detail", args=[agreement.public_id])
    for n, (comune, named) in enumerate(((home, True), (elsewhere.pk, False)), 1):
        page = signed_in(make_user(Role.COMUNE_OFFICER, sondrio, number=n, comune_id=comune)).get(url).content.decode()
        assert (mine.beneficiary.last_name in page) is named


def test_a_person_one_does_not_follow_asks_for_a_reason(access: Access, sondrio: Ambito, signed_in: Any) -> None:
    person = inside(access, lambda: make_beneficiary(access, number=1))
    colleague = signed_in(make_user(Role.SOCIAL_WORKER, sondrio, number=5))
    answer = colleague.get(f"{reverse('agreements:new')}?persona={person.public_id}")
    assert answer.status_code == 303 and str(person.public_id) in answer["Location"]
    for forged in ("x", str(uuid.uuid4())):
        assert colleague.get(f"{reverse('agreements:new')}?persona={forged}").status_code == 404


# --- Lists and budgets


def test_filters(worker: User, access: Access, signed_in: Any) -> None:
    client = signed_in(worker)

    def make() -> None:
        company = make_company(access, name="Vivaio Stelvio", representative="Olga Prova")
        today = timezone.localdate()
        make_placement(access, S.DRAFT, number=1, company=company, starts_on=today + timedelta(days=10))  # Cattaneo
        make_placement(access, S.PROPOSED, number=2, starts_on=today + timedelta(days=100))  # Della Vedova

    inside(access, make)

    def names(**query: str) -> list[bool]:
        page = client.get(reverse("agreements:list"), query).content.decode()
        return ["Cattaneo" in page, "Della Vedova" in page]

    assert names() == [True, True]
    assert names(q="vedova") == [False, True]
    assert names(impresa="stelvio") == [True, False]
    assert names(stato="proposed") == [False, True]
    assert names(stato="preparing") == [True, True]
    assert names(presto="on") == [True, False]
    assert names(q="nessuno") == [False, False]
    assert names(dopo="x", stato="boh") == [True, True]
    assert names(impresa="stelvio", stato="draft") == [True, False]
    assert names(impresa="stelvio", stato="proposed") == names(impresa="nessuna") == [False, False]


def test_the_usual_order_is_by_start_and_of_who_ends_soon_by_end(worker: User, access: Access, signed_in: Any) -> None:
    client, today = signed_in(worker), timezone.localdate()

    def make() -> None:
        for number, begun, ends in ((1, 200, 50), (2, 100, 20), (3, 300, 30), (4, 50, 200)):
            make_placement(
                access, S.ACTIVE, number=number, starts_on=today - timedelta(days=begun), ends_on=today + timedelta(days=ends)
            )  # fmt: skip
        make_placement(access, S.ENDED, number=5, starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=5))

    inside(access, make)

    def starts(**query: str) -> list[int]:
        return [(today - row.starts_on).days for row in client.get(reverse("agreements:list"), query).context["rows"]]

    assert starts() == [50, 90, 100, 200, 300]
    assert starts(finisce="on") == [100, 300, 200]
    assert starts(finisce="on", ordina="inizio") == [100, 200, 300]
    assert starts(ordina="fine") == [100, 300, 200, 50]


def test_query_budgets(worker: User, access: Access, signed_in: Any) -> None:
    client, company = signed_in(worker), inside(access, lambda: make_company(access, representative="Olga Prova"))
    tutor = inside(access, lambda: make_tutor(access, company))
    first = inside(access, lambda: make_placement(access, S.SIGNED, number=1, company=company, tutor=tutor))
    pages = [reverse("agreements:list"), reverse("agreements:agreements"), reverse("agreements:covers")]
    detail = reverse("agreements:detail", args=[first.public_id])
    pages.append(reverse("agreements:communications"))
    agreement = reverse("agreements:agreement_detail", args=[inside(access, lambda: first.agreement.public_id)])
    client.get(pages[0])
    before = [own_queries(client, url) for url in (*pages, detail, agreement)]
    for number in range(2, 6):
        inside(access, lambda n=number: make_placement(access, S.TO_SIGN, number=n, company=company, tutor=tutor))
    inside(access, lambda: make_agreement(access, make_company(access, representative="Olga Prova")))
    assert [own_queries(client, url) for url in (*pages, detail, agreement)] == before
    assert max(before[:4]) <= 8 and max(before[4:]) <= 10, before


def test_selectors_for_higher_rooms(worker: User, access: Access) -> None:
    def look() -> int:
        company = make_company(access, representative="Olga Prova")
        tutor = make_tutor(access, company)
        make_placement(access, S.ACTIVE, number=1, company=company, tutor=tutor)
        make_placement(access, S.DRAFT, number=2, company=company, tutor=tutor)
        theirs = access_for(tutor.user)
        with scope(theirs.scope):
            return selectors.entrusted_to(theirs).count()

    assert inside(access, look) == 1
    assert inside(access, lambda: make_plan(access, make_company(access), None).weekly_minutes) == 480


def test_the_light_is_looked_at_again(worker: User, access: Access, signed_in: Any) -> None:
    client, placement = signed_in(worker), inside(access, lambda: make_placement(access, S.DRAFT))
    inside(access, lambda: type(placement.beneficiary).objects.filter(pk=placement.beneficiary_id).update(privacy_notice_on=None))
    assert client.post(reverse("agreements:refresh", args=[placement.public_id])).status_code == 303
    assert "manca la data in cui ha ricevuto" in client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
