"""Tutors, renewals, doubles, what expires, and the table of what may be done when and by whom."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Fact, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, RuleBookVersion
from placements.agreements import change_selectors, selectors, services
from placements.agreements.change_enums import Asker, TutorKind
from placements.agreements.enums import PlacementState, ProjectState
from placements.agreements.models import Placement, TutorChange
from tests.factories.agreements import make_placement, make_plan, suspend
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.changes import fresh, inside, project_data, seen, shorter, turned, url
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company, make_tutor

pytestmark = pytest.mark.django_db
S, V = PlacementState, ProjectState


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


# --- Tutors


def test_a_tutor_follows_another_on_a_day(worker: User, access: Access, signed_in: Any, sondrio: Ambito) -> None:
    placement, client, on = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker), TODAY + timedelta(days=5)
    new = inside(access, lambda: make_tutor(access, placement.company))
    page = url("change_tutor", placement, TutorKind.COMPANY)
    assert "non deve" not in client.get(page).content.decode()
    given = {"to": new.public_id, "on": on, "reason": "Cambia reparto"}
    assert client.post(page, {**seen(placement, access), **given, "reason": ""}).status_code == 422
    assert client.post(page, {**seen(placement, access), **given, "on": TODAY - timedelta(days=1)}).status_code == 422
    assert client.post(page, {**seen(placement, access), **given}).status_code == 303
    assert client.post(page, {**seen(placement, access), **given}).status_code == 409
    change = inside(access, lambda: TutorChange.objects.select_related("document").get())
    assert change.document and change.document.kind == "agreements.tutor_notice"
    assert fresh(placement, access).company_tutor_id == placement.company_tutor_id
    assert turned(on - timedelta(days=1)) == {}
    assert turned(on) == {"tutors": 1}
    assert fresh(placement, access).company_tutor_id == new.pk
    assert inside(access, lambda: selectors.current_project(placement).version) == 1  # nobody signed again
    page = client.get(url("changes", placement)).content.decode()
    assert "Cambia reparto" in page


def test_the_promoter_s_tutor_too_and_never_the_same_person(worker: User, access: Access, signed_in: Any, sondrio: Ambito) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)
    educator = make_user(Role.PROMOTER_TUTOR, sondrio, number=5)
    page = url("change_tutor", placement, TutorKind.PROMOTER)
    given = {"to": educator.public_id, "on": TODAY, "reason": "Passa a un'altra zona"}
    with scope(access.scope):
        tutor = placement.company_tutor
        assert tutor
        tutor.user = educator
        tutor.save(update_fields=["user"])
    same = client.post(page, {**seen(placement, access), **given})
    assert same.status_code == 422 and "due persone diverse" in same.content.decode()
    with scope(access.scope):
        tutor.user = None
        tutor.save(update_fields=["user"])
    assert client.post(page, {**seen(placement, access), **given}).status_code == 303
    assert fresh(placement, access).promoter_tutor_id == educator.pk  # today is at once
    with scope(access.scope):  # what waits for the care team waits for the newcomer
        assert placement.beneficiary.care_team.filter(user=educator, role="educator", valid_from=TODAY).exists()
    assert client.get(url("change_tutor", placement, "altro")).status_code == 404


def test_a_planned_tutor_is_called_off(worker: User, access: Access, signed_in: Any, sondrio: Ambito) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)
    educator = make_user(Role.PROMOTER_TUTOR, sondrio, number=5)
    values = {"to": educator.public_id, "on": TODAY + timedelta(days=3), "reason": "Congedo"}
    client.post(url("change_tutor", placement, "promoter"), {**seen(placement, access), **values})
    page = url("call_off_tutor", placement, inside(access, lambda: TutorChange.objects.get().public_id))
    assert client.get(page).status_code == 200
    assert client.post(page, {**seen(placement, access), "reason": ""}).status_code == 422
    assert client.post(page, {**seen(placement, access), "reason": "Resta"}).status_code == 303
    assert not inside(access, lambda: TutorChange.objects.exists())


# --- Renewal, doubles, several at once, what expires


def test_a_renewal_is_tied_to_its_parent(worker: User, access: Access, signed_in: Any) -> None:
    parent, client = inside(access, lambda: make_placement(access, S.ENDED)), signed_in(worker)
    answer = client.get(url("renew", parent))
    assert answer.status_code == 200 and "Viene dopo il tirocinio" in answer.content.decode()
    with scope(access.scope):
        project = selectors.current_project(parent)
        start = parent.last_day + timedelta(days=1)
        data = {
            **project_data(parent, access),
            "company": parent.company.public_id,
            "site": parent.site.public_id,
            "company_tutor": parent.company_tutor.public_id,  # type: ignore[union-attr]
            "promoter_tutor": parent.promoter_tutor.public_id,  # type: ignore[union-attr]
            "starts_on": start,
            "ends_on": start + timedelta(days=100),
            "payer": project.payer.public_id,
            "tax_treatment": "exempt",
            "tax_motive": "Finalità assistenziale",
            "renewal_reason": "Serve ancora un po'",
        }
    refused = client.post(url("renew", parent), data)
    assert refused.status_code == 422 and "parere favorevole" in refused.content.decode()
    assert (
        client.post(url("renew", parent), {**data, "opinion": "Va bene", "opinion_by": "", "_submission": uuid.uuid4()}).status_code == 422
    )
    early = client.post(
        url("renew", parent), {**data, "starts_on": parent.last_day, "opinion": "Sì", "opinion_by": "Ada", "_submission": uuid.uuid4()}
    )
    assert early.status_code == 422 and "dopo la fine" in early.content.decode()
    given = {**data, "opinion": "Va bene", "opinion_by": "Ada Prova, servizio sociale", "_submission": uuid.uuid4()}
    assert client.post(url("renew", parent), given).status_code == 303
    child = inside(access, lambda: Placement.objects.get(parent=parent))
    assert (child.renewal_reason, child.opinion_by, child.beneficiary_id) == (
        "Serve ancora un po'",
        "Ada Prova, servizio sociale",
        parent.beneficiary_id,
    )
    assert client.get(url("renew", inside(access, lambda: make_placement(access, S.DRAFT, number=3)))).status_code == 404


def test_a_nearly_equal_placement_wants_a_tick(worker: User, within: Any) -> None:
    access = within(worker)
    first = make_placement(access, S.DRAFT)
    assert first.company_tutor
    plan = {"starts_on": first.ends_on + timedelta(days=60), "ends_on": first.ends_on + timedelta(days=120), "double_confirmed": False}
    with pytest.raises(DomainError, match="C'è già un tirocinio di questa persona") as refusal:
        services.create_placement(
            beneficiary=first.beneficiary, plan=make_plan(access, first.company, first.company_tutor, **plan), by=access, today=TODAY
        )
    assert refusal.value.field == "double_confirmed"
    far = {**plan, "starts_on": first.ends_on + timedelta(days=61)}
    other = make_company(access, representative="Olga Prova")
    for company, values in ((first.company, far), (other, plan), (first.company, {**plan, "double_confirmed": True})):
        services.create_placement(beneficiary=first.beneficiary, plan=make_plan(access, company, None, **values), by=access, today=TODAY)


def test_two_at_once_share_their_hours(worker: User, within: Any) -> None:
    access = within(worker)
    ambito = Ambito.objects.get(pk=access.ambito_id)
    RuleBookVersion.objects.create(
        network_id=ambito.network_id,
        ambito=ambito,
        valid_from=date(2026, 6, 1),
        values={"parallel_weekly_hours": 14},
        act="Prova",
        published_by="Prova",
    )
    person = make_beneficiary(access, number=1)
    make_placement(access, S.ACTIVE, person=person)  # 8 hours a week
    with pytest.raises(DomainError, match="insieme possono arrivare a 14 ore"):
        make_placement(access, S.VALIDATED, person=person)  # 8 more are 16


def test_what_nobody_signs_or_touches_expires(worker: User, access: Access) -> None:
    draft, waiting = inside(access, lambda: (make_placement(access, S.DRAFT), make_placement(access, S.TO_SIGN, number=2)))
    term = waiting.starts_on + timedelta(days=30)  # Friday 1 January 2027
    assert turned(term - timedelta(days=9)) == {}  # from 23 December six working days are left: 23, 24, 28, 29, 30, 31
    with scope(access.scope):
        assert not Todo.objects.filter(kind="agreements.expiring").exists()
    assert turned(term - timedelta(days=1)) == {}  # one is left
    with scope(access.scope):
        assert Todo.objects.get(kind="agreements.expiring", done_at=None).subject_id == waiting.pk
    assert turned(term + timedelta(days=1)) == {"expired": 1}
    assert fresh(waiting, access).state == S.EXPIRED
    assert turned(TODAY + timedelta(days=60)) == {}
    assert turned(TODAY + timedelta(days=61)) == {"expired": 1}
    assert fresh(draft, access).state == S.EXPIRED
    with scope(access.scope):
        assert not Todo.objects.filter(kind="agreements.expiring", done_at=None).exists()


# --- The table of what may be done when, and by whom

PAGES = ("amend", "suspend", "resume", "ask_extension", "attest", "end_early", "call_off_end")
OPEN_IN = {
    "amend": {S.VALIDATED, S.ACTIVE, S.SUSPENDED},
    "suspend": {S.ACTIVE, S.SUSPENDED},
    "resume": {S.SUSPENDED},
    "ask_extension": {S.VALIDATED, S.ACTIVE, S.SUSPENDED},
    "attest": {S.DRAFT, S.PROPOSED, S.TO_SIGN, S.SIGNED, S.VALIDATED, S.ACTIVE, S.SUSPENDED},
    "end_early": {S.ACTIVE, S.SUSPENDED},
    "call_off_end": {S.ACTIVE, S.SUSPENDED},
}
MENU = {
    S.VALIDATED: {"amend", "ask_extension", "change_tutor"},
    S.ACTIVE: {"amend", "suspend", "ask_extension", "change_tutor", "end_early", "renew"},
    S.SUSPENDED: {"amend", "suspend", "resume", "ask_extension", "change_tutor", "end_early", "renew"},
    **{state: {"renew"} for state in (S.ENDED, S.ENDED_EARLY, S.EVALUATED, S.CLOSED)},
}


@pytest.mark.parametrize("state", S.values)
def test_product_of_states_pages_and_roles(
    state: str, worker: User, access: Access, sondrio: Ambito, stranger: User, signed_in: Any
) -> None:
    """Each page opens in its own states for who prepares; elsewhere 409, for other roles 403, for another Ambito 404."""
    placement = inside(access, lambda: make_placement(access, state))
    client, clerk, foreign = signed_in(worker), signed_in(make_user(Role.CLERK, sondrio)), signed_in(stranger)
    for name in PAGES:
        page = url(name, placement)
        assert client.get(page).status_code == (200 if state in OPEN_IN[name] else 409), name
        assert (clerk.get(page).status_code, foreign.get(page).status_code) == (403, 404), name
        if state not in OPEN_IN[name]:
            before = fresh(placement, access).row_version
            assert client.post(page, seen(placement, access)).status_code in (409, 422), name
            assert fresh(placement, access).row_version == before
    page = client.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    offered = {name for name in (*PAGES, "renew") if f'href="{url(name, placement)}"' in page}
    offered |= {"change_tutor"} if url("change_tutor", placement, "company") in page else set()
    assert offered == MENU.get(S(state), set())
    person = inside(access, lambda: placement.beneficiary.public_id)
    assert clerk.post(reverse("beneficiaries:reason", args=[person]), {"why": "check"}).status_code == 303
    assert client.get(url("changes", placement)).status_code == clerk.get(url("changes", placement)).status_code == 200
    assert foreign.get(url("changes", placement)).status_code == 404


def test_the_page_of_changes_keeps_its_budget(worker: User, access: Access, signed_in: Any) -> None:
    placement, client = inside(access, lambda: make_placement(access, S.ACTIVE)), signed_in(worker)

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url(name, placement)).status_code == 200
        return len([q for q in caught.captured_queries if "agreements_" in q["sql"] and "entrusted" not in q["sql"]])

    before = [queries("changes"), queries("detail")]
    with scope(access.scope):
        suspend(access, placement, starts_on=date(2027, 1, 7), ends_on=date(2027, 1, 9))
        services.ask_extension(
            placement=placement,
            asked_by=Asker.PERSON,
            asked_on=TODAY,
            until=placement.ends_on + timedelta(days=9),
            motive="x",
            row_version=Placement.objects.get(pk=placement.pk).row_version,
            by=access,
            today=TODAY,
        )
        for _n in range(2):
            services.withdraw_version(project=shorter(access, placement, on=TODAY), reason="x", by=access)
        shorter(access, placement, on=TODAY)
        assert {item.what for item in change_selectors.ahead_of(placement, TODAY)} == {"suspension", "request", "version"}
    assert [queries("changes"), queries("detail")] == before
    assert "In programma" in client.get(url("detail", placement)).content.decode()


def test_the_list_of_what_ends_soon(worker: User, access: Access, signed_in: Any) -> None:
    soon, later = inside(
        access,
        lambda: (
            make_placement(access, S.ACTIVE, ends_on=TODAY + timedelta(days=60)),
            make_placement(access, S.ACTIVE, number=2, ends_on=TODAY + timedelta(days=61)),
        ),
    )
    page = signed_in(worker).get(reverse("agreements:list"), {"finisce": "on"}).content.decode()
    assert str(soon.public_id) in page and str(later.public_id) not in page


def test_facts_and_conflicts_are_told(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE)
    version = shorter(access, placement, on=TODAY)
    with pytest.raises(Conflict):
        services.reject_version(project=placement.projects.get(version=1), reason="x", by=access)
    services.withdraw_version(project=version, reason="Non serve", by=access)
    codes = set(Fact.objects.filter(subject_id=placement.pk, code__startswith="agreements.version").values_list("code", flat=True))
    assert codes == {"agreements.version.drafted", "agreements.version.withdrawn"}
