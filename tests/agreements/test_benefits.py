"""Other benefits of the person: what the allowance may touch, who is told, which words are used (rules 42, 43 and 44; idea B7)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.territory.enums import BodyKind
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.rules import Rules
from placements.agreements import readiness, services
from placements.agreements.enums import ItemKind, PlacementState, TaxTreatment
from placements.agreements.models import BenefitCheck, Placement, ReadinessItem
from placements.agreements.papers import letters
from placements.agreements.rules import Benefits, benefits_of
from placements.beneficiaries.enums import ActKind, StatusCategory
from placements.beneficiaries.services import record_evidence, withdraw_evidence
from tests.factories.agreements import make_placement, make_plan
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company, make_tutor

S, C = PlacementState, StatusCategory
RULES = Rules()


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, work: Any) -> Any:
    with scope(access.scope):
        return work()


def certify(access: Access, placement: Placement, category: str = C.TIS_ADI, **more: Any) -> Any:
    given = {
        "act_kind": ActKind.OTHER,
        "act_on": date(2026, 1, 10),
        "issued_by": "INPS",
        "act_number": "1/2026",
        "valid_from": date(2026, 1, 10),
    }
    return record_evidence(beneficiary=placement.beneficiary, category=category, by=access, today=TODAY, **{**given, **more})


def item(access: Access, placement: Placement) -> ReadinessItem:
    readiness.refresh_readiness(placement=placement, by=access, today=TODAY)
    return ReadinessItem.objects.get(placement=placement, kind=ItemKind.BENEFITS)


@pytest.mark.parametrize(
    ("certified", "taxed", "found"),
    [
        ([], True, Benefits()),
        ([(C.TIS_ADI, None)], False, Benefits(inclusion_income=True)),
        ([(C.TIS_ISEE, None), (C.L104_C3, None)], True, Benefits()),  # neither is money that a little income takes away
        ([(C.CIVIL_ALLOWANCE, 80)], True, Benefits(at_risk=True)),
        ([(C.CIVIL_ALLOWANCE, 80)], False, Benefits()),  # an exempt allowance is no income
        ([(C.CIVIL_PENSION, 100)], True, Benefits(at_risk=True)),
        ([(C.CIVIL_PARTIAL, 73)], True, Benefits()),
        ([(C.L68_CIVIL, 73)], True, Benefits()),  # a benefit begins at 74 %
        ([(C.L68_CIVIL, 74)], True, Benefits(at_risk=True)),
        ([(C.TIS_ADI, None), (C.CIVIL_PENSION, 100)], True, Benefits(inclusion_income=True, at_risk=True)),
    ],
)
def test_what_the_allowance_may_touch(certified: Any, taxed: bool, found: Benefits) -> None:
    assert benefits_of(certified, taxed=taxed, rules=RULES) == found


def test_the_light_names_no_benefit_and_turns_when_the_person_is_told(access: Access, worker: User, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.PROPOSED))
    row = inside(access, lambda: certify(access, placement))
    light = inside(access, lambda: item(access, placement))
    assert (light.light, light.rule) == ("amber", 43)
    for told in ("ADI", "inclusione", "invalid"):
        assert told not in light.why  # who reads the light may not be who reads the certificates

    client, url = signed_in(worker), reverse("agreements:benefits", args=[placement.public_id])
    detail = client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    assert url in detail and "Guarda gli altri aiuti" in detail
    page = client.get(url).content.decode()
    assert "assegno di inclusione (ADI)" in page and "16631/2024" in page and "GePI" in page and "3.000,00" in page
    assert "Accordo 7/CSR del 22 gennaio 2015" in page  # what the company writes in its communication

    today = timezone.localdate()
    wrong = client.post(url, {"told_on": today + timedelta(days=1)})
    assert wrong.status_code == 422 and "deve ancora venire" in wrong.content.decode()
    assert client.post(url, {"told_on": today}).status_code == 303
    assert "Manca il giorno" in inside(access, lambda: item(access, placement)).why
    assert client.post(url, {"told_on": today, "noted_on": today}).status_code == 303
    assert inside(access, lambda: item(access, placement)).light == "green"
    assert inside(access, lambda: BenefitCheck.objects.filter(placement=placement).count()) == 1
    assert (
        "Controllati gli altri aiuti della persona" in client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    )

    inside(access, lambda: withdraw_evidence(evidence=row, reason="Revocato", by=access, today=TODAY))
    assert "non risultano" in inside(access, lambda: item(access, placement)).why


def test_an_invalidity_benefit_beside_a_taxed_allowance(access: Access, worker: User, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.DRAFT, tax_treatment=TaxTreatment.TAXED))
    inside(access, lambda: certify(access, placement, C.CIVIL_ALLOWANCE, percent=80, act_kind=ActKind.INVALIDITY_BOARD))
    light = inside(access, lambda: item(access, placement))
    assert (light.light, light.rule) == ("amber", 44)
    page = signed_in(worker).get(reverse("agreements:benefits", args=[placement.public_id])).content.decode()
    assert "patronato" in page and "GePI" not in page.replace("piattaforma", "")


def test_who_does_not_follow_the_person_says_why_first(access: Access, sondrio: Ambito, stranger: User, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.DRAFT))
    url = reverse("agreements:benefits", args=[placement.public_id])
    other = signed_in(make_user(Role.SOCIAL_WORKER, sondrio, number=9)).get(url)
    assert other.status_code == 303 and str(placement.beneficiary.public_id) in other["Location"]
    assert signed_in(stranger).get(url).status_code == 404
    assert signed_in(make_user(Role.ACCOUNTING, sondrio, number=8)).get(url).status_code == 403


def test_the_page_is_a_look_at_the_person(access: Access, worker: User, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.DRAFT))
    signed_in(worker).get(reverse("agreements:benefits", args=[placement.public_id]))
    looks = inside(access, lambda: Look.objects.filter(place="agreements:benefits").count())
    assert looks == 1


def test_the_letter_to_the_company_gives_the_words_of_the_communication(access: Access) -> None:
    def letter() -> str:
        return " ".join(letters.to_host(make_placement(access, S.TO_SIGN), {})["paragraphs"])

    assert "«Tirocinio finalizzato all'inclusione sociale" in inside(access, letter)


def test_an_exempt_allowance_wants_a_public_payer(access: Access) -> None:
    """Rule 42 (Agenzia delle Entrate, risposta 51/2020): a co-operative pays: not exempt."""

    def make() -> tuple[Any, Any]:
        company = make_company(access)
        body = Body.objects.create(name="Cooperativa di Prova", kind=BodyKind.COOPERATIVE, is_public=False, network_id=access.network_id)
        plan = make_plan(access, company, make_tutor(access, company), payer=body, starts_on=TODAY + timedelta(days=9))
        return make_beneficiary(access, number=3), plan

    person, plan = inside(access, make)
    with pytest.raises(DomainError, match="regola 42") as refused:
        inside(access, lambda: services.create_placement(beneficiary=person, plan=plan, by=access, today=TODAY))
    assert refused.value.field == "tax_treatment"
    taxed = replace(plan, tax_treatment=TaxTreatment.TAXED)
    assert inside(access, lambda: services.create_placement(beneficiary=person, plan=taxed, by=access, today=TODAY)).pk
