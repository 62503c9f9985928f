"""The state table against one written by hand: every state × step × role, and what the database says of a raw jump."""

import threading
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, FourEyesRequired, NotReady, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Fact, Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.transitions import perform
from impresasolidale.territory.models import Ambito, RuleBookVersion
from placements.agreements import readiness, services
from placements.agreements.enums import AgreementState, CoverKind, ItemKind, PlacementState
from placements.agreements.models import Cover, Placement, ReadinessItem
from placements.agreements.selectors import current_project, papers_of
from placements.agreements.transitions import AGREEMENT, EXTENSION, PLACEMENT, PROJECT
from placements.monitoring.services import closing
from tests.factories.agreements import (
    end_early,
    make_agreement,
    make_covers,
    make_placement,
    make_plan,
    make_ready_to_close,
    second_key,
    suspend,
    walk,
)
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.changes import turned
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db
S = PlacementState

WORKER, COORDINATOR, SYSTEM = "social_worker", "coordinator", "system"
# step: (from, to, who, asks for a reason)
TABLE: dict[str, tuple[set[str], str, str, bool]] = {
    "proposed": ({"draft"}, "proposed", WORKER, False),
    "returned": ({"proposed", "to_sign"}, "draft", WORKER, True),
    "issued": ({"proposed"}, "to_sign", WORKER, False),
    "signed": ({"to_sign"}, "signed", SYSTEM, False),
    "validated": ({"signed"}, "validated", COORDINATOR, False),
    "activated": ({"validated"}, "active", SYSTEM, False),
    "suspended": ({"active"}, "suspended", WORKER, True),
    "resumed": ({"suspended"}, "active", WORKER, False),
    "ended": ({"active", "suspended"}, "ended", SYSTEM, False),
    "ended_early": ({"active", "suspended"}, "ended_early", WORKER, True),
    "evaluated": ({"ended", "ended_early"}, "evaluated", WORKER, False),
    "closed": ({"evaluated"}, "closed", WORKER, False),
    "rejected": ({"proposed", "signed"}, "rejected", COORDINATOR, True),
    "withdrawn": ({"draft", "proposed", "to_sign", "signed"}, "withdrawn", WORKER, True),
    "expired": ({"draft", "proposed", "to_sign", "signed"}, "expired", SYSTEM, False),
    "cancelled": ({"validated"}, "cancelled", COORDINATOR, True),
}
PROJECT_TABLE = {
    "issued": ({"drafted"}, "to_sign", WORKER, False),
    "effective": ({"to_sign"}, "effective", SYSTEM, False),
    "superseded": ({"effective"}, "superseded", SYSTEM, False),
    "rejected": ({"to_sign"}, "rejected", WORKER, True),
    "withdrawn": ({"drafted", "to_sign"}, "withdrawn", WORKER, True),
    "dropped": ({"drafted", "to_sign"}, "withdrawn", SYSTEM, False),
}
EXTENSION_TABLE = {
    "granted": ({"asked"}, "granted", COORDINATOR, False),
    "denied": ({"asked"}, "denied", COORDINATOR, True),
    "lapsed": ({"asked"}, "lapsed", SYSTEM, False),
}
AGREEMENT_TABLE = {
    "issued": ({"draft"}, "issued", WORKER, False),
    "signed": ({"issued"}, "signed", SYSTEM, False),
    "withdrawn": ({"draft", "issued"}, "withdrawn", WORKER, True),
}


TABLES = [(PLACEMENT, TABLE), (PROJECT, PROJECT_TABLE), (AGREEMENT, AGREEMENT_TABLE), (EXTENSION, EXTENSION_TABLE)]


@pytest.mark.parametrize(("machine", "table"), TABLES)
def test_product_of_states_steps_and_roles(machine: Any, table: dict[str, Any]) -> None:
    assert {t.name for t in machine.transitions} == set(table)
    for name, (sources, target, who, reason) in table.items():
        step = machine[name]
        assert (set(step.sources), step.target, step.needs_reason) == (sources, target, reason), name
        for role in Role.values:
            access = Access(actor=None, network_id=1, ambito_id=1, roles=frozenset({role}))
            for state in machine.states:
                allowed = state in sources and role == who
                assert (step in machine.available(state, access)) is allowed, (name, role, state)


def close(placement: Placement, by: Access) -> None:
    if placement.state == S.EVALUATED:
        make_ready_to_close(by, placement)
    closing.close_placement(placement=placement, by=by)


CALLS: dict[str, Callable[[Placement, Access], Any]] = {
    "proposed": lambda p, by: services.propose_placement(placement=p, by=by, today=TODAY),
    "returned": lambda p, by: services.return_to_draft(placement=p, reason="x", by=by, today=TODAY),
    "issued": lambda p, by: services.issue_papers(placement=p, by=by, today=TODAY),
    "validated": lambda p, by: services.validate_placement(placement=p, by=by, today=TODAY),
    "activated": lambda p, by: services.activate_placement(placement=p, by=by, today=p.starts_on),
    "suspended": lambda p, by: suspend(by, p),
    "resumed": lambda p, by: services.resume_placement(placement=p, by=by, today=TODAY),
    "ended": lambda p, by: services.end_placement(placement=p, by=by, today=p.ends_on + timedelta(days=1)),
    "ended_early": lambda p, by: end_early(by, p, p.starts_on, today=p.starts_on),
    "evaluated": lambda p, by: closing.evaluate_placement(placement=p, note="x", by=by),
    "closed": close,
    "rejected": lambda p, by: services.reject_placement(placement=p, reason="x", by=by),
    "expired": lambda p, by: services.expire_placement(placement=p, reason="x", by=by),
    "withdrawn": lambda p, by: services.withdraw_placement(placement=p, reason="x", by=by),
    "cancelled": lambda p, by: services.cancel_placement(placement=p, reason="x", by=by),
}


@pytest.mark.parametrize("state", S.values)
def test_each_service_from_each_state(state: str, worker: User, coordinator: User, within: Any) -> None:
    """Each service walks its step from its own states and refuses the rest with a conflict, leaving the row alone."""
    access = within(worker)
    placement = make_placement(access, state)
    key = {WORKER: access, COORDINATOR: access_for(coordinator)}
    for name, call in CALLS.items():
        sources, target, who, _reason = TABLE[name]
        by = key.get(who, access)
        point = transaction.savepoint()
        if state in sources:
            call(placement, by)
            assert Placement.objects.get(pk=placement.pk).state == target, name
            fact = Fact.objects.filter(code=f"agreements.placement.{name}", subject_id=placement.pk).latest("id")
            assert (fact.from_state, fact.to_state) == (state, target)
        else:
            with pytest.raises(TransitionNotAllowed):
                call(placement, by)
            assert Placement.objects.get(pk=placement.pk).state == state, name
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("state", [s for s in S.values if any(s in row[0] for row in TABLE.values())])
def test_each_service_refuses_other_roles(state: str, worker: User, sondrio: Ambito, within: Any) -> None:
    placement = make_placement(within(worker), state)
    others = {role: access_for(make_user(role, sondrio, number=40)) for role in (Role.CLERK, Role.PROMOTER_TUTOR, Role.ACCOUNTING)}
    for name, (sources, _target, who, _reason) in TABLE.items():
        if state in sources and who != SYSTEM:
            for by in others.values():
                with pytest.raises(PermissionDenied):
                    CALLS[name](placement, by)


def test_system_steps_are_not_for_people(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    with pytest.raises(TransitionNotAllowed):
        perform(PLACEMENT, "signed", placement, by=access)


def test_steps_that_ask_for_a_reason(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE)
    with pytest.raises(ReasonRequired):
        services.call_off_early_end(placement=placement, reason="  ", by=access, today=TODAY)


# --- What the database refuses by itself


def jump(placement: Placement, state: str, **columns: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        sets = "".join(f", {name} = %s" for name in columns)
        cursor.execute(f"UPDATE agreements_placement SET state = %s{sets} WHERE id = %s", [state, *columns.values(), placement.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("state", "target"), [(S.DRAFT, S.ACTIVE), (S.SIGNED, S.ACTIVE), (S.DRAFT, S.VALIDATED), (S.WITHDRAWN, S.DRAFT)])
def test_raw_jump_is_refused(state: str, target: str, worker: User, within: Any) -> None:
    placement = make_placement(within(worker), state)
    with pytest.raises(DatabaseError, match="is not a transition"):
        jump(placement, target)


def test_red_start_is_refused_in_the_service_and_by_the_trigger(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED)
    Cover.objects.filter(kind=CoverKind.LIABILITY).delete()
    with pytest.raises(NotReady) as refusal:
        services.activate_placement(placement=placement, by=access, today=placement.starts_on)
    assert refusal.value.items == ["responsabilità civile per tutto il periodo"]
    readiness.refresh_readiness(placement=placement, by=access, today=TODAY)
    with pytest.raises(IntegrityError, match="is red"):
        jump(placement, S.ACTIVE)
    assert Placement.objects.get(pk=placement.pk).state == S.VALIDATED


def test_a_placement_without_light_cannot_start(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.VALIDATED)
    ReadinessItem.objects.filter(placement=placement).delete()
    with pytest.raises(IntegrityError, match="is red"):
        jump(placement, S.ACTIVE)


def test_a_green_placement_may_start(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.VALIDATED)
    jump(placement, S.ACTIVE)
    assert Placement.objects.get(pk=placement.pk).state == S.ACTIVE


def test_four_eyes_in_the_service_and_in_the_table(worker: User, sondrio: Ambito, within: Any) -> None:
    Membership.objects.create(
        user=worker, role=Role.COORDINATOR, network_id=sondrio.network_id, ambito=sondrio, valid_from=date(2020, 1, 1)
    )
    access = within(worker)
    placement = make_placement(access, S.SIGNED)
    with pytest.raises(FourEyesRequired):
        services.validate_placement(placement=placement, by=access, today=TODAY)
    with pytest.raises(IntegrityError, match="four_eyes"):
        jump(placement, S.VALIDATED, validated_by_id=worker.pk, validated_at=f"{TODAY} 10:00Z")


def test_whoever_had_a_hand_in_it_does_not_validate(worker: User, sondrio: Ambito, within: Any) -> None:
    """A colleague who saves the draft last does not free the one who wrote it."""
    colleague = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    placement = make_placement(within(worker), S.DRAFT)
    services.edit_placement(
        placement=placement,
        plan=make_plan(within(colleague), placement.company, placement.company_tutor),
        row_version=Placement.objects.get(pk=placement.pk).row_version,
        by=within(colleague),
        today=TODAY,
    )
    walk(within(colleague), Placement.objects.get(pk=placement.pk), S.SIGNED, today=TODAY)
    assert Placement.objects.get(pk=placement.pk).prepared_by == colleague
    for user in (worker, colleague):
        Membership.objects.create(
            user=user, role=Role.COORDINATOR, network_id=sondrio.network_id, ambito=sondrio, valid_from=date(2020, 1, 1)
        )
        with pytest.raises(FourEyesRequired):
            services.validate_placement(placement=placement, by=within(user), today=TODAY)
    access = second_key(within(make_user(Role.COORDINATOR, sondrio, number=9)))
    assert services.validate_placement(placement=placement, by=access, today=TODAY).validated_by_id == access.actor_id


def test_one_placement_at_a_time_where_the_rule_book_says_so(worker: User, within: Any) -> None:
    access = within(worker)
    person = make_beneficiary(access, number=1)
    first = make_placement(access, S.VALIDATED, person=person)
    second = make_placement(access, S.VALIDATED, person=person)  # rule 12 ships as a warning
    assert not first.exclusive and not second.exclusive
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_placement SET exclusive = true WHERE id = %s", [first.pk])
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_placement SET exclusive = true WHERE id = %s", [second.pk])


def test_an_exclusive_rule_book_refuses_the_second_in_words(worker: User, within: Any) -> None:
    access = within(worker)
    ambito = Ambito.objects.get(pk=access.ambito_id)
    RuleBookVersion.objects.create(
        network_id=ambito.network_id,
        ambito=ambito,
        valid_from=date(2026, 6, 1),
        values={"severity": {"12": "block"}},
        act="Prova",
        published_by="Prova",
    )
    person = make_beneficiary(access, number=1)
    assert make_placement(access, S.VALIDATED, person=person).exclusive
    second = make_placement(access, S.SIGNED, person=person)
    with pytest.raises(DomainError, match="già un tirocinio"):
        services.validate_placement(placement=second, by=second_key(access), today=TODAY)


# --- The change of day


def test_never_before_the_start_date(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED)
    with pytest.raises(DomainError, match="prima di quel giorno"):
        services.activate_placement(placement=placement, by=access, today=placement.starts_on - timedelta(days=1))
    assert turned(placement.starts_on - timedelta(days=1)) == {}
    assert turned(placement.starts_on) == {"started": 1}
    assert Placement.objects.get(pk=placement.pk).state == S.ACTIVE


def test_a_red_start_asks_coordinator_and_social_worker(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.VALIDATED)
    Cover.objects.all().delete()
    for _twice in range(2):
        assert turned(placement.starts_on) == {"red": 1}
    asked = Todo.objects.filter(subject_id=placement.pk, done_at=None, kind__startswith="agreements.red_start")
    assert sorted(asked.values_list("role", flat=True)) == [Role.COORDINATOR, Role.SOCIAL_WORKER]
    make_covers(access)
    assert turned(placement.starts_on) == {"started": 1}
    assert not asked.all().exists()


def test_the_day_after_the_end(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.ACTIVE)
    assert turned(placement.ends_on) == {}
    assert turned(placement.ends_on + timedelta(days=1)) == {"ended": 1}
    placement.refresh_from_db()
    assert (placement.state, placement.ended_on) == (S.ENDED, placement.ends_on)


def test_validation_on_the_start_date_starts_at_once(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.SIGNED, starts_on=TODAY)
    placement = services.validate_placement(placement=placement, by=second_key(access), today=TODAY)
    assert placement.state == S.ACTIVE
    assert Job.objects.filter(name="attendance.resync", arguments={"placement_id": placement.pk}).count() == 1


def test_validation_of_a_red_placement_waits(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.SIGNED, starts_on=TODAY)
    Cover.objects.all().delete()
    placement = services.validate_placement(placement=placement, by=second_key(access), today=TODAY)
    assert placement.state == S.VALIDATED
    assert Todo.objects.filter(kind="agreements.red_start", subject_id=placement.pk, done_at=None).exists()


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 11, 1), "prima dell'inizio"), (date(2030, 1, 1), "finisce comunque")],
)
def test_early_end_dates(day: date, words: str, worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE)
    with pytest.raises(DomainError, match=words):
        end_early(access, placement, day)


def test_a_return_makes_a_new_version_and_the_old_paper_stays(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    old = current_project(placement)
    placement = services.return_to_draft(placement=placement, reason="Orario sbagliato", by=access, today=TODAY)
    new = current_project(placement)
    assert (new.version, new.document, [g.text for g in new.goals.all()]) == (2, None, [g.text for g in old.goals.all()])
    placement = services.propose_placement(placement=placement, by=access, today=TODAY)
    placement = services.issue_papers(placement=placement, by=access, today=TODAY)
    papers = papers_of(placement)
    assert papers[0].document.supersedes == old.document and len(papers) == 2


def test_withdrawn_agreement_leaves_its_placements_looking_for_another(worker: User, within: Any) -> None:
    access = within(worker)
    company = make_company(access, representative="Olga Prova")
    agreement = make_agreement(access, company, signed=False)
    placement = make_placement(access, S.DRAFT, company=company, green=False)
    assert placement.agreement == agreement
    row = services.withdraw_agreement(agreement=agreement, reason="Non serve", by=access, today=TODAY)
    placement.refresh_from_db()
    assert (row.state, placement.agreement) == (AgreementState.WITHDRAWN, None)
    assert ReadinessItem.objects.get(placement=placement, kind=ItemKind.AGREEMENT).is_open


# --- Versions of the project


def test_versions_follow_the_placement(worker: User, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    placement = services.return_to_draft(placement=placement, reason="Orario sbagliato", by=access, today=TODAY)
    assert list(placement.projects.order_by("version").values_list("version", "state")) == [(1, "withdrawn"), (2, "drafted")]
    services.withdraw_placement(placement=placement, reason="Non si fa", by=access)
    assert set(placement.projects.values_list("state", flat=True)) == {"withdrawn"}


def test_the_last_signature_puts_the_version_in_force(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.SIGNED)
    assert current_project(placement).state == "effective"
    with pytest.raises(DatabaseError, match="is not a transition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_personalproject SET state = 'drafted' WHERE placement_id = %s", [placement.pk])


def test_the_database_wants_the_act(worker: User, within: Any) -> None:
    placement = make_placement(within(worker), S.SIGNED)
    with pytest.raises(IntegrityError, match="four_eyes"):
        jump(placement, S.VALIDATED, validated_by_id=placement.prepared_by_id, validated_at="2026-11-02 10:00+01")


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_validate_at_once(worker: User, coordinator: User, sondrio: Ambito, signed_in: Any) -> None:
    """One of them does it; the other reads who was quicker, and nothing is done twice."""
    access = access_for(worker)
    with scope(access.scope):
        placement = make_placement(access, S.SIGNED)
    chiefs = [signed_in(coordinator), signed_in(make_user(Role.COORDINATOR, sondrio, number=2))]
    url = reverse("agreements:step", args=[placement.public_id, "validated"])
    gate, found = threading.Barrier(2), []

    def press(chief: Any) -> None:
        try:
            gate.wait()
            answer = chief.post(url, {"_submission": uuid.uuid4()})
            found.append((answer.status_code, answer.content.decode()))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(chief,)) for chief in chiefs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first, _words), (second, words) = sorted(found)
    assert (first, second) == (303, 409)
    assert "Che cosa è successo nel frattempo" in words and "Ora è: convalidato" in words and "coordinator" in words
    with scope(access.scope):
        assert Placement.objects.get(pk=placement.pk).state == S.VALIDATED
        assert Fact.objects.filter(code="agreements.placement.validated", subject_id=placement.pk).count() == 1
