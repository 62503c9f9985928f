"""Take one guard away, and a test turns red: else nobody would notice that it is gone."""

import os
import re
import subprocess
import sys
from collections.abc import Collection
from itertools import chain

import pytest

from tests.support.sources import ROOT
from tests.support.without import GUARDS, NAME

pytestmark = pytest.mark.deep

# Guard → the tests that stand behind it: each of them must turn red without it.
BEHIND = {
    "scope filter": [
        "contracts/test_sweep.py::test_each_wall_holds_alone[filters]",
    ],
    "row-level security": [
        "contracts/test_sweep.py::test_each_wall_holds_alone[policies]",
        "contracts/test_database.py::test_every_owned_table_is_behind_row_level_security",
        "core/test_scope.py::test_a_narrowed_scope_sees_only_its_rows",
        "core/test_scope.py::test_raw_sql_in_the_wrong_scope_gives_no_rows",
        "core/test_scope.py::test_a_row_of_another_owner_cannot_be_written",
    ],
    "lock of a step": [
        "agreements/test_transitions.py::test_two_coordinators_validate_at_once",
    ],
    "locks of money": [
        "attendance/test_liquidation_races.py::test_a_commitment_is_not_ended_between_check_and_posting",
        "treasury/test_together.py::test_sixteen_payments_of_one_commitment",
    ],
    "form submission": [
        "core/test_requests.py::test_a_repeated_post_counts_once_and_leads_to_the_same_place",
        "agreements/test_pages.py::test_pressed_twice_is_one_draft",
    ],
    "tap submission": [
        "attendance/test_record.py::test_two_taps_at_once_are_one_row",
        "attendance/test_offline.py::test_forty_taps_sent_twice_count_once_each_and_in_order",
    ],
    "ledger key": [
        "treasury/test_ledger.py::test_a_key_posts_once",
        "treasury/test_budgets.py::test_a_grant_is_varied_once_for_the_same_key",
    ],
    "transition trigger": [
        "agreements/test_transitions.py::test_raw_jump_is_refused",
        "certification/test_certification.py::test_the_database_guards_states_and_uniqueness",
        "contracts/test_database.py::test_every_state_table_has_its_trigger",
    ],
    "start light": [
        "agreements/test_inherited.py::test_the_database_lets_no_other_placement_start_red",
    ],
    "writer of the ledger": [
        "treasury/test_ledger.py::test_the_application_cannot_write_the_ledger_by_hand",
    ],
    "frozen report": [
        "reports/test_reports.py::test_a_report_that_is_made_never_changes",
    ],
    "append-only trigger": [
        "contracts/test_database.py::test_rows_are_for_ever",
        "contracts/test_database.py::test_not_even_the_owner_of_the_tables_changes_a_published_rule_book",
    ],
    "frozen rows": [
        "monitoring/test_visits.py::test_typed_as_a_draft_then_closed_for_ever",
        "solidarity_fund/test_statements.py::test_what_the_bank_said_never_changes",
    ],
    "rows of a funded project": [
        "projects/test_audit.py::test_what_was_drawn_stays_as_it_was",
        "projects/test_expenses.py::test_the_database_keeps_four_eyes_and_the_shares",
        "projects/test_plan.py::test_a_plan_in_force_never_changes",
    ],
    "papers of a closing": [
        "monitoring/test_closing.py::test_the_database_asks_for_the_papers_too",
    ],
    "four eyes in the services": [
        "attendance/test_liquidations.py::test_whoever_prepared_needs_an_act_to_approve",
        "certification/test_certification.py::test_four_eyes",
        "projects/test_expenses.py::test_whoever_wrote_it_does_not_check_it",
        "solidarity_fund/test_journey.py::test_the_decider_does_not_record_the_payment",
        "solidarity_fund/test_journey.py::test_who_asked_does_not_decide_without_an_act",
        "treasury/test_closing.py::test_who_asks_does_not_confirm",
    ],
    "four eyes in the tables": [
        "agreements/test_transitions.py::test_the_database_wants_the_act",
        "attendance/test_liquidations.py::test_the_database_refuses_one_person_with_both_keys",
        "attendance/test_office.py::test_the_database_wants_two_keys_or_a_whole_act",
        "projects/test_money.py::test_the_database_keeps_two_people",
        "territory/test_rule_pages.py::test_the_database_keeps_four_eyes_and_the_states",
    ],
    "permission": [
        "agreements/test_pages.py::test_roles_without_the_right_are_403",
        "agreements/test_transitions.py::test_each_service_refuses_other_roles",
        "attendance/test_liquidations.py::test_approving_is_for_who_may",
        "attendance/test_record.py::test_a_role_without_the_right_is_refused",
        "projects/test_audit.py::test_only_who_may_opens_one",
        "treasury/test_budgets.py::test_others_write_no_budget",
    ],
}
BYSTANDER = "agreements/test_transitions.py::test_a_green_placement_may_start"  # nobody hinders it, with any guard or without


def outcomes(tests: Collection[str], *, without: str = "") -> dict[str, set[str]]:
    """Test, without its parameters → how it ended, on a database of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.without", "-p", "no:randomly", "-rpfE", "--no-header", "--tb=no"]
    done = subprocess.run(
        [*command, *(f"tests/{test}" for test in tests)],
        cwd=ROOT,
        env={**os.environ, NAME: without},
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, set[str]] = {}
    for ending, test, param in re.findall(r"^(PASSED|FAILED|ERROR) tests/(\S+?::\w+)(\[.*?\])?(?: - .*)?$", done.stdout, re.M):
        found.setdefault(test + param if test + param in tests else test, set()).add(ending)
    assert found, done.stdout + done.stderr
    return found


def test_every_guard_has_tests_behind_it() -> None:
    assert BEHIND.keys() == GUARDS.keys()


def test_with_every_guard_in_place_they_are_green() -> None:
    found = outcomes({BYSTANDER, *chain(*BEHIND.values())})
    assert {test: ends for test, ends in found.items() if ends != {"PASSED"}} == {}
    assert found.keys() == {BYSTANDER, *chain(*BEHIND.values())}


@pytest.mark.parametrize("guard", BEHIND)
def test_without_it_they_turn_red(guard: str) -> None:
    found = outcomes([BYSTANDER, *BEHIND[guard]], without=guard)
    assert found.pop(BYSTANDER) == {"PASSED"}
    assert [test for test in BEHIND[guard] if "FAILED" not in found.get(test, ())] == []
