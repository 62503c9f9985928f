"""What the database itself must refuse, compared with the models: a table that is added without its guards turns this red."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from certification.transitions import APPLICATION, CERTIFICATE, SCHEME, THANKS
from certification.transitions import SITTING as RECOGNITION_SITTING
from companies.hosts.models import Company
from companies.hosts.transitions import LEAD
from companies.hosts.transitions import PROPOSAL as DATA_PROPOSAL
from companies.training.transitions import ENROLMENT
from impresasolidale.core import merge, sql
from impresasolidale.core.transitions import Machine
from impresasolidale.exchange.transitions import IMPORT, TAKE_OUT
from impresasolidale.privacy.transitions import BREACH, DISCARD
from impresasolidale.privacy.transitions import REQUEST as DATA_REQUEST
from impresasolidale.projects.transitions import EXPENSE, INSTALMENT, PLAN, SHEET
from impresasolidale.projects.transitions import PROJECT as FUNDED
from impresasolidale.territory.transitions import PROPOSAL
from impresasolidale.treasury.transitions import CLOSING, COMMITMENT, ITEM, RECOVERY, RUN, SAMPLE
from impresasolidale.website.transitions import ARTICLE
from placements.agreements.transitions import AGREEMENT, EXTENSION, HAND_OVER, PLACEMENT, PROJECT
from placements.agreements.transitions import REQUEST as SIGNATURE_REQUEST
from placements.attendance.transitions import TIMESHEET
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.transitions import WAITING
from placements.matching.transitions import PROPOSAL as MATCH
from placements.matching.transitions import VISIT
from placements.monitoring.transitions import ACCIDENT, EVALUATION, FOLLOW_UP, TALK
from placements.monitoring.transitions import VISIT as FIELD_VISIT
from solidarity_fund.transitions import BANK_LINE, CRITERIA, PLEDGE, PROOF, PUBLICATION, REQUEST, SITTING, STATEMENT_FILE, STORY
from tests.support import database
from tests.support.machines import machines
from tests.support.sources import WINGS

pytestmark = pytest.mark.django_db
OURS = [m for m in apps.get_models() if m.__module__.partition(".")[0] in WINGS]
TABLES = {m._meta.db_table: m for m in OURS if m._meta.managed}
OWNERS = ("ambito_id", "network_id")

# Owned tables without a policy, each with its reason.
OPEN = {
    "accounts_membership": "read before any scope exists: it is what the scope is made of",
    "accounts_apitoken": "read before any scope exists, by the hash of its secret",
    "accounts_supportvisit": "read before any scope exists: it is what a technician's scope is made of",
    "territory_ambito": "public reference data",
    "territory_comune": "public reference data",
    "territory_body": "public reference data: the bodies named on papers",
    "territory_rulebookversion": "published regulation; append-only",
    "territory_tariff": "public reference data: amounts with their date and source",
    "core_job": "the worker claims jobs of every owner; arguments are ids; pages filter by the actor",
    "core_verification": "found by a secret code before any scope exists; holds ids only",
}
# Foreign keys between two tables of one owner without a composite pin.
_STORED = "set by core.uploads.store_upload in the same call; the upload's own policy hides a foreign one"
_ISSUED = "set by core.documents.issue for the same owner in the same call; the paper's own policy hides a foreign one"
_ARRIVED = "pinned to the Ambito that receives, by a key of its own (to_ambito_id)"
UNPINNED = {
    "reports_reportrun.document_id": _ISSUED,
    "solidarity_fund_publication.document_id": _ISSUED,
    "certification_certificate.document_id": _ISSUED,
    "certification_proof.upload_id": _STORED,
    "certification_validation.upload_id": _STORED,
    "certification_sitting.document_id": _ISSUED,
    "certification_procedure.observations_file_id": _STORED,
    "certification_procedurepaper.document_id": _ISSUED,
    "certification_procedurepaper.proof_id": _STORED,
    "certification_appeal.upload_id": _STORED,
    "agreements_frameworkagreement.document_id": _ISSUED,
    "agreements_personalproject.document_id": _ISSUED,
    "agreements_meeting.document_id": _ISSUED,
    "matching_decision.document_id": _ISSUED,
    "agreements_meeting.corrects_id": "the service reads it through the caller's scope; the row's placement is pinned",
    "agreements_signature.document_id": _ISSUED,
    "agreements_copyhanded.document_id": _ISSUED,
    "agreements_safetyevidence.certificate_id": _STORED,
    "monitoring_accidentnotice.file_id": _STORED,
    "monitoring_evaluation.scan_id": _STORED,
    "monitoring_visit.document_id": _ISSUED,
    "monitoring_finalreport.document_id": _ISSUED,
    "agreements_signaturerequest.document_id": _ISSUED,
    "agreements_signature.scan_id": _STORED,
    "agreements_paperstart.scan_id": _STORED,
    "agreements_handover.document_id": _ISSUED,
    "agreements_handover.new_beneficiary_id": _ARRIVED,
    "agreements_handover.new_placement_id": _ARRIVED,
    "agreements_placement.validation_act_file_id": _STORED,
    "attendance_timesheet.act_file_id": _STORED,
    "attendance_paperscan.file_id": _STORED,
    "attendance_paperscan.document_id": _ISSUED,
    "treasury_liquidationrun.act_file_id": _STORED,
    "treasury_liquidationrun.act_document_id": _ISSUED,
    "treasury_liquidationrun.public_document_id": _ISSUED,
    "treasury_liquidationrun.slip_document_id": _ISSUED,
    "solidarity_fund_sitting.document_id": _ISSUED,
    "solidarity_fund_procedurepaper.document_id": _ISSUED,
    "solidarity_fund_procedurepaper.proof_id": _STORED,
    "solidarity_fund_procedure.observations_file_id": _STORED,
    "solidarity_fund_spendingproof.file_id": _STORED,
    "agreements_attestation.file_id": _STORED,
    "agreements_tutorchange.document_id": _ISSUED,
    "core_document.supersedes_id": "both owners may be null: found through the caller's scope",
    "hosts_company.merged_into_id": "core.merge locks both rows through the caller's scope",
    "beneficiaries_beneficiary.merged_into_id": "core.merge locks both rows through the caller's scope",
    "privacy_datarequest.document_id": _ISSUED,
    "privacy_discardlist.document_id": _ISSUED,
    "projects_expense.note_document_id": _ISSUED,
    "exchange_takeout.act_file_id": _STORED,
    "treasury_entry.reverses_id": "written by treasury_post_entry alone, which looks at the scope",
}
APPEND_ONLY = {
    "core_fact", "core_look", "core_mailclosing", "core_rowchange", "core_verification", "treasury_entry", "treasury_leg",
    "territory_rulebookversion",
    "territory_logo", "agreements_attestation", "agreements_meeting", "agreements_signature", "attendance_attendanceevent",
    "attendance_call", "attendance_checkin", "attendance_sheetsnapshot", "reports_splitkey",
    "treasury_recoverystep", "treasury_runfile", "attendance_takeoff",
    "solidarity_fund_contribution", "solidarity_fund_instalment", "solidarity_fund_fundholder", "solidarity_fund_receiptwording",
    "solidarity_fund_goodsmove", "solidarity_fund_bankstatement",
    "beneficiaries_diaryentry", "beneficiaries_distinctpair", "matching_sitesheet", "matching_decision",
    "monitoring_evaluationopinion",
    "monitoring_visitnote", "monitoring_placementoutcome",
    "privacy_acceptance", "privacy_discarditem", "privacy_discardoutcome", "privacy_notice", "privacy_processingnote",
    "privacy_retentionterm",
    "reports_opendatarelease", "projects_audititem", "projects_hourlyrate",
    "solidarity_fund_criteriakind", "solidarity_fund_opinion", "solidarity_fund_abstention", "solidarity_fund_vote",
    "solidarity_fund_moneyback",
    "certification_abstention", "certification_vote", "certification_validation",
}  # fmt: skip
GUARDED = {
    "agreements_placement": PLACEMENT,
    "agreements_personalproject": PROJECT,
    "agreements_frameworkagreement": AGREEMENT,
    "agreements_handover": HAND_OVER,
    "agreements_signaturerequest": SIGNATURE_REQUEST,
    "agreements_extensionrequest": EXTENSION,
    "attendance_timesheet": TIMESHEET,
    "beneficiaries_waitingentry": WAITING,
    "matching_proposal": MATCH,
    "matching_trialvisit": VISIT,
    "hosts_lead": LEAD,
    "monitoring_accident": ACCIDENT,
    "monitoring_evaluation": EVALUATION,
    "monitoring_visit": FIELD_VISIT,
    "monitoring_followup": FOLLOW_UP,
    "monitoring_talk": TALK,
    "certification_schemeversion": SCHEME,
    "certification_application": APPLICATION,
    "certification_certificate": CERTIFICATE,
    "certification_sitting": RECOGNITION_SITTING,
    "certification_thanks": THANKS,
    "hosts_dataproposal": DATA_PROPOSAL,
    "solidarity_fund_benefitrequest": REQUEST,
    "solidarity_fund_fundcriteria": CRITERIA,
    "solidarity_fund_sitting": SITTING,
    "solidarity_fund_spendingproof": PROOF,
    "solidarity_fund_publication": PUBLICATION,
    "solidarity_fund_story": STORY,
    "solidarity_fund_pledge": PLEDGE,
    "solidarity_fund_statementfile": STATEMENT_FILE,
    "solidarity_fund_bankline": BANK_LINE,
    "territory_rulebookproposal": PROPOSAL,
    "training_enrolment": ENROLMENT,
    "privacy_breach": BREACH,
    "privacy_datarequest": DATA_REQUEST,
    "privacy_discardlist": DISCARD,
    "projects_project": FUNDED,
    "projects_budgetplan": PLAN,
    "projects_expense": EXPENSE,
    "projects_instalment": INSTALMENT,
    "projects_staffsheet": SHEET,
    "treasury_liquidationrun": RUN,
    "treasury_liquidationitem": ITEM,
    "treasury_recovery": RECOVERY,
    "treasury_sample": SAMPLE,
    "treasury_closedperiod": CLOSING,
    "treasury_commitment": COMMITMENT,
    "website_article": ARTICLE,
    "exchange_importbatch": IMPORT,
    "exchange_takeout": TAKE_OUT,
}


Ask = Callable[..., list[tuple]]


def ask(statement: str, *values: object) -> list[tuple]:
    """As the application role."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


@pytest.fixture
def broken() -> Iterator[Callable[[str], Ask]]:
    """broken(statement) → `ask` in a database where the owner did that; nothing stays."""
    with database.owner(connection.settings_dict["NAME"]) as db, db.transaction(force_rollback=True):

        def break_it(statement: str) -> Ask:
            db.execute(statement)
            return lambda question, *values: db.execute(question, values or None).fetchall()

        yield break_it


def columns(model: type[models.Model]) -> set[str]:
    return {f.column for f in model._meta.local_fields}


def protected(ask: Ask = ask) -> set[str]:
    """Tables with row-level security and its one policy."""
    policies = {table for (table,) in ask("SELECT tablename FROM pg_policies WHERE policyname = 'reach' AND cmd = 'ALL'")}
    return policies & {table for (table,) in ask("SELECT relname FROM pg_class WHERE relrowsecurity")}


def test_every_owned_table_is_behind_row_level_security():
    owned = {table for table, model in TABLES.items() if columns(model) & {*OWNERS}}
    assert len(owned) > 35
    assert owned - protected() == OPEN.keys()


@pytest.mark.parametrize("harm", ["ALTER TABLE hosts_company DISABLE ROW LEVEL SECURITY", "DROP POLICY reach ON hosts_company"])
def test_a_table_that_lost_its_policy_is_noticed(broken, harm):
    assert "hosts_company" in protected()
    assert "hosts_company" not in protected(broken(harm))


def test_there_is_no_policy_but_reach():
    assert ask("SELECT tablename, policyname FROM pg_policies WHERE policyname <> 'reach' OR permissive <> 'PERMISSIVE'") == []


def test_a_policy_names_each_owner_column_of_its_table():
    for table, condition in ask("SELECT tablename, qual FROM pg_policies"):
        missing = [column for column in columns(TABLES[table]) & {*OWNERS} if column not in condition]
        assert missing == [], table


def test_the_application_role_owns_nothing_and_cannot_bypass():
    rights = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    assert ask(f"SELECT current_user, {rights} FROM pg_roles WHERE rolname = current_user") == [(settings.APPLICATION_ROLE, False)]
    assert ask("SELECT relname FROM pg_class WHERE relowner = current_user::regrole") == []
    assert ask("SELECT proname FROM pg_proc WHERE proowner = current_user::regrole") == []
    assert ask("SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = current_user::regrole") == []
    assert ask("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]
    granted = "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = current_user ORDER BY 1"
    assert [privilege for (privilege,) in ask(granted)] == ["DELETE", "INSERT", "SELECT", "UPDATE"]


# Functions that run past row-level security, and the words in each that keep them within bounds.
_NAMED = (
    "AND (({owner} = ANY ($2)) AND ($3 IS NULL OR id = ANY ($3)))$q$ USING key, app_ids('{ids}')::bigint[], app_only('{only}')::bigint[];"
)
DEFINERS = {
    "treasury_post_entry": "p_network = ANY (app_ids('networks'))",
    "certification_code_of_file": "WHERE d.file_hash = hash",  # the code of the one paper whose very file is in one's hands
    "treasury_waiting_elsewhere": "SELECT count(*)",  # one number of the network's other offices, that a closing waits for
    "treasury_open_differences": "SELECT count(*)",  # one number of the network's offices, for the technician
    "solidarity_fund_paid_between": "p_network = ANY (app_ids('networks'))",
    "solidarity_fund_public_stories": "c.revoked_on IS NULL",  # words that a person agreed to, while the consent holds
    "solidarity_fund_donor_door": "WHERE l.token_hash = secret",  # the ids of the one donor a secret belongs to, and of the own receipts
    # Ids of the donors that are companies of the scope, or its own.
    "solidarity_fund_own_donors": "(d.company_id = ANY (app_only('company')) OR d.id = ANY (app_only('donor')))",
    "solidarity_fund_receivers": "p_network = ANY (app_ids('networks'))",  # one number
    "attendance_portal_door": "WHERE l.token_hash = secret",  # ids of the people behind one secret
    "attendance_keep_frozen_month": "count(*), sum(planned_minutes), sum(done_minutes) FROM written",  # it adds up and shows nothing
    "attendance_end_moved_links": "WHERE tutor_id = NEW.id AND ended_at IS NULL",  # it closes and shows nothing
    "attendance_poster_door": "WHERE s.code = poster",  # ids of the one placement a drawing and its digits belong to
    "agreements_signing_link": "WHERE r.token_hash = secret",  # ids of the one request a secret belongs to
    "beneficiaries_known_elsewhere": "SELECT a.name::text",  # names of Ambiti, nothing of the person
    "beneficiaries_beneficiary_named": _NAMED.format(owner="ambito_id", ids="ambiti", only="beneficiary"),
    "agreements_placement_named": _NAMED.format(owner="ambito_id", ids="ambiti", only="placement"),
    "agreements_inspection": "p.id = ANY (app_only('placement'))",  # what a company shows of the placements entrusted to it
    "agreements_host_papers": "s.company_id = ANY (app_only('company'))",  # which papers wait for it, no word of them
    "beneficiaries_area_door": "b.codice_fiscale_hash = code_hash",  # ids of the records a codice fiscale opens
    "monitoring_evaluation_door": "WHERE e.token_hash = secret",  # ids of the one evaluation a secret belongs to
    "monitoring_area": "p.beneficiary_id = ANY (app_only('beneficiary'))",  # ids of what their people are asked
    "monitoring_talk_door": "WHERE p.id = wanted",  # ids of the one placement that a code on its papers names
    "attendance_area": "p.beneficiary_id = ANY (app_only('beneficiary'))",  # ids of their placements and papers
    "privacy_area": "r.beneficiary_id = ANY (app_only('beneficiary'))",  # ids of the copies delivered to their people
    "privacy_discard": "i.ambito_id = ANY (app_ids('ambiti'))",  # what goes of a person of an approved list that is being carried out
    "privacy_looks_about": "ambito_id = ANY ((SELECT app_ids('ambiti'))",
    "exchange_note_facts": "h.ambito_id = f.ambito_id",  # it notes for the programs of the fact's own Ambito, and shows nothing
    "hosts_company_named": _NAMED.format(owner="network_id", ids="networks", only="company"),
}


def test_functions_with_their_owner_s_rights_keep_within_bounds():
    found = ask("SELECT proname, prosrc, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
    assert {name for name, _source, _settings in found} == DEFINERS.keys()
    for name, source, fixed in found:
        assert DEFINERS[name] in source, name
        assert [one for one in fixed if not one.startswith("enable_")] == ["search_path=public, pg_temp"], name  # or how it is planned


def pins(ask: Ask = ask) -> set[str]:
    """`table.column` of every two-column foreign key whose second column is an owner."""
    composite = "FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 2"
    found = ask(f"SELECT conrelid::regclass::text, pg_get_constraintdef(oid) {composite}")
    pairs = [(table, re.match(r"FOREIGN KEY \((\w+), (\w+)\) REFERENCES \w+\(id, (\w+)\)", words)) for table, words in found]
    return {f"{table}.{match[1]}" for table, match in pairs if match and match[2] == match[3] and match[2] in OWNERS}


def test_a_child_has_its_parent_s_owner():
    inside = protected()
    wanted = {
        f"{table}.{field.column}"
        for table, model in TABLES.items()
        for field in model._meta.local_fields
        if table in inside and field.is_relation and (parent := field.related_model)._meta.db_table in inside
        and columns(model) & columns(parent) & {*OWNERS}
    }  # fmt: skip
    assert wanted - pins() == UNPINNED.keys()


def test_a_lost_pin_is_noticed(broken):
    assert "hosts_site.company_id" in pins()
    assert "hosts_site.company_id" not in pins(broken("ALTER TABLE hosts_site DROP CONSTRAINT hosts_site_company_id_owner"))


def body(definition: str) -> str:
    return " ".join(definition.partition("$$")[2].rpartition("$$")[0].split())


def in_database(table: str) -> str:
    return " ".join(ask("SELECT prosrc FROM pg_proc WHERE proname = %s", f"{table}_guard_state")[0][0].split())


@pytest.mark.parametrize("table", GUARDED)
def test_the_trigger_is_the_state_table_of_the_code(table):
    assert in_database(table) == body(sql.guard_sql(table, GUARDED[table]))
    trigger = "SELECT tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass"
    ((enabled, words),) = ask(trigger, f"{table}_guard_state", table)
    assert enabled == "O" and "BEFORE UPDATE ON" in words and "FOR EACH ROW" in words


def test_every_state_table_has_its_trigger():
    assert {id(m) for m in GUARDED.values()} == {id(m) for m in machines()}
    found = ask("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%\\_guard\\_state'")
    assert {table for (table,) in found} == GUARDED.keys()
    for table, machine in GUARDED.items():
        assert {value for value, _label in TABLES[table]._meta.get_field("state").choices} == set(machine.states), table


def test_a_state_table_that_differs_is_noticed():
    changed = Machine(PLACEMENT.code, PLACEMENT.states, PLACEMENT.transitions[:-1])
    assert in_database("agreements_placement") != body(sql.guard_sql("agreements_placement", changed))


def test_a_step_that_asks_for_a_reason_is_not_stored_without_one():
    """Refusals, withdrawals, reopenings: whoever writes the fact, past every service (features.md §5.4, invariant 17)."""
    wanted = {f"{m.code}.{t.name}" for m in machines() for t in m.transitions if t.needs_reason}
    found = ask("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE 'core\\_fact\\_why\\_%%'")
    assert {code for _name, words in found for code in re.findall(r"'([a-z_]+\.[a-z_]+\.[a-z_]+)'", words)} == wanted
    write = (
        "INSERT INTO core_fact (at, code, subject_type, subject_id, from_state, to_state, reason, data)"
        " VALUES (now(), %s, 'x', 1, '', '', %s, '{}')"
    )
    with database.owner(connection.settings_dict["NAME"]) as db:
        for code in sorted(wanted):
            for reason in ("", "   "):
                with pytest.raises(psycopg.errors.CheckViolation, match="core_fact_why_"):
                    db.execute(write, (code, reason))


def test_the_list_of_append_only_tables_is_the_database_s():
    found = ask("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%\\_append\\_only' AND tgenabled = 'O'")
    assert {table for (table,) in found} == APPEND_ONLY


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_rows_are_for_ever(table):
    """The application role has no right to change them, and a trigger refuses even the owner of the tables."""
    for privilege in ("UPDATE", "DELETE", "TRUNCATE"):
        assert ask("SELECT has_table_privilege(%s, %s)", table, privilege) == [(False,)]
    ((words,),) = ask("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s", f"{table}_append_only")
    assert re.search(r"BEFORE (DELETE OR UPDATE|UPDATE OR DELETE) ON .* FOR EACH ROW EXECUTE FUNCTION core_refuse_change\(\)", words)


def test_not_even_the_owner_of_the_tables_changes_a_published_rule_book():
    with database.owner(connection.settings_dict["NAME"]) as db:
        assert db.execute("SELECT count(*) FROM territory_rulebookversion").fetchone() != (0,)
        for statement in ("UPDATE territory_rulebookversion SET act = 'falso'", "DELETE FROM territory_rulebookversion"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                db.execute(statement)


@pytest.mark.parametrize("model", [Company, Beneficiary])
def test_a_merge_moves_every_reference(model):
    fields = [f for m in OURS if m._meta.managed for f in m._meta.local_fields]
    pointing = {f"{f.model._meta.label}.{f.name}" for f in fields if f.is_relation and f.related_model is model}
    moved = {f"{f.model._meta.label}.{f.name}" for f in merge.references(model)}
    assert moved | model.merge_exempt == pointing
    assert not moved & model.merge_exempt


@pytest.mark.parametrize("model", [Company, Beneficiary])
def test_what_a_merge_moves_may_be_changed(model):
    assert {field.model._meta.db_table for field in merge.references(model)} & APPEND_ONLY == set()


def test_a_reference_without_a_reverse_name_is_moved_too():
    assert "accounts.Membership.company" in {f"{f.model._meta.label}.{f.name}" for f in merge.references(Company)}
