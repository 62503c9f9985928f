"""An edit while the papers wait for signatures: said before, and asked again of those it touches alone."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.core.errors import Conflict, DomainError
from placements.agreements import selectors, services
from placements.agreements.enums import PlacementState
from placements.agreements.forms import written
from placements.agreements.models import Placement, Signature, SignatureRequest
from placements.agreements.services import Plan
from tests.factories.agreements import make_placement, make_plan, scan
from tests.factories.fixtures import TODAY
from tests.factories.signing import ask, paper_of

pytestmark = pytest.mark.django_db
S = PlacementState


@pytest.fixture
def access(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def placement(access: Any) -> Placement:
    """Signed by host and person; the promoter is missing."""
    found = make_placement(access, S.TO_SIGN)
    for role in ("host", "person"):
        services.record_signature(
            document=paper_of(found, rendered=False), role=role, signer="Prova Firma", signed_on=TODAY, scan=scan(), by=access, today=TODAY
        )
    found.refresh_from_db()
    return found


def plan_of(access: Any, placement: Placement, **changes: Any) -> Plan:
    same = {"starts_on": placement.starts_on, "ends_on": placement.ends_on, "site": placement.site}
    return make_plan(access, placement.company, placement.company_tutor, promoter_tutor=placement.promoter_tutor, **{**same, **changes})


def revise(access: Any, placement: Placement, **changes: Any) -> Any:
    version = placement.row_version
    return services.revise_placement(
        placement=placement, plan=plan_of(access, placement, **changes), row_version=version, by=access, today=TODAY
    )


def test_a_cosmetic_edit_keeps_paper_and_signatures(access: Any, placement: Placement) -> None:
    document = paper_of(placement, rendered=False)
    assert revise(access, placement, tasks="Aiuto, in laboratorio, e al banco.", is_additional=True).kind == "cosmetic"
    placement.refresh_from_db()
    assert paper_of(placement, rendered=False) == document and placement.is_additional
    assert Signature.objects.filter(document=document).count() == 2


def test_money_asks_again_who_it_touches_and_the_host_s_signature_stays(access: Any, placement: Placement) -> None:
    old = paper_of(placement, rendered=False)
    change = revise(access, placement, allowance_amount=Decimal("450.00"))
    assert (change.kind, change.again) == ("substantial", ("promoter", "person"))
    placement.refresh_from_db()
    new = paper_of(placement, rendered=False)
    assert new.supersedes_id == old.pk and placement.state == S.TO_SIGN
    kept = Signature.objects.get(document=new)
    assert (kept.role, kept.kept_from.document_id, kept.context_hash) == ("host", old.pk, old.context_hash)
    assert Signature.objects.filter(document=old).count() == 2  # what was signed stays signed
    for role in ("person", "promoter"):
        services.record_signature(document=new, role=role, signer="Prova Firma", signed_on=TODAY, scan=scan(), by=access, today=TODAY)
    placement.refresh_from_db()
    assert placement.state == S.SIGNED
    copy = services.issue_signed_copy(document_id=new.pk, by=access, today=TODAY)
    assert any(
        f"n. {old.number}" in value
        for s in copy.context["signed"]["signatures"]
        for label, value in s["rows"]
        if label == "Versione firmata"
    )


def test_the_week_asks_everybody_again_and_old_links_close(access: Any) -> None:
    placement = make_placement(access, S.TO_SIGN)
    before = ask(access, paper_of(placement, rendered=False))
    placement.refresh_from_db()
    assert revise(access, placement, tasks="Tutt'altro lavoro").again == ("promoter", "host", "person")
    before.refresh_from_db()
    later = SignatureRequest.objects.exclude(pk=before.pk).get()
    assert before.state == "cancelled" and (later.role, later.address, later.state) == ("person", before.address, "asked")


def test_looking_writes_nothing(access: Any, placement: Placement) -> None:
    change = services.preview_revision(placement=placement, plan=plan_of(access, placement, tasks="Altro"), by=access)
    assert change.asks_again and change.reasons == ("Cambia: le attività.",)
    assert selectors.current_project(placement).tasks == "Aiuto in laboratorio e al banco" and placement.projects.count() == 1


def test_refused_revisions(access: Any, placement: Placement) -> None:
    with pytest.raises(Conflict):
        services.revise_placement(placement=placement, plan=plan_of(access, placement), row_version=99, by=access, today=TODAY)
    with pytest.raises(DomainError) as error:
        revise(access, placement, goals=("Uno",))
    assert error.value.field == "goal_1" and placement.projects.count() == 1
    signed = make_placement(access, S.SIGNED, number=2)
    with pytest.raises(Conflict):
        services.preview_revision(placement=signed, plan=plan_of(access, signed), by=access)


def test_the_page_says_who_signs_again_before_saving(worker: Any, signed_in: Any, access: Any, placement: Placement) -> None:
    desk, url = signed_in(worker), reverse("agreements:edit", args=[placement.public_id])
    assert "prima di salvare ti diciamo chi" in desk.get(url).content.decode()
    data = {k: v for k, v in written(placement, selectors.current_project(placement)).items() if v not in (None, False, [])}
    data = {k: f"{v // 60}:{v % 60:02d}" if k.startswith("hours_") else str(v) for k, v in data.items()}
    days = selectors.current_project(placement).week.all()
    data |= {f"hours_{d.weekday}": f"{d.minutes // 60}:{d.minutes % 60:02d}" for d in days}
    data |= {"row_version": str(placement.row_version), "tasks": "Tutt'altro lavoro"}
    answer = desk.post(url, data)
    html = answer.content.decode()
    assert answer.status_code == 200 and "Con questa modifica si firma di nuovo" in html and "soggetto ospitante" in html
    assert placement.projects.count() == 1
    assert desk.post(url, {**data, "confirmed": "cosmetic"}).status_code == 200  # it asks again: that is not what was said
    assert desk.post(url, {**data, "confirmed": "substantial promoter host person"}).status_code == 303
    assert placement.projects.count() == 2 and selectors.current_project(placement).tasks == "Tutt'altro lavoro"
    assert access_for(worker).ambito_id == placement.ambito_id
