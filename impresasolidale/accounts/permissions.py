"""Who may do what. Codes are stored nowhere but in memberships' roles; docs/permissions.md is generated from this table."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    SOCIAL_WORKER = "social_worker", _("assistente sociale")
    PROMOTER_TUTOR = "promoter_tutor", _("educatore")
    CLERK = "clerk", _("personale amministrativo")
    COORDINATOR = "coordinator", _("coordinatore dell'Ufficio di Piano")
    ACCOUNTING = "accounting", _("ragioneria")
    COMUNE_OFFICER = "comune_officer", _("referente del Comune")
    COMMISSION_MEMBER = "commission_member", _("componente della commissione")
    TRAINER = "trainer", _("formatore")
    COMPANY_TUTOR = "company_tutor", _("tutor aziendale")
    COMPANY_CONTACT = "company_contact", _("referente dell'impresa")
    PARTNER = "partner", _("partner")
    DONOR = "donor", _("donatore")
    AUDITOR = "auditor", _("revisore")
    DPO = "dpo", _("responsabile della protezione dei dati")
    TECHNICIAN = "technician", _("tecnico")


class CaseRole(TextChoices):
    """Who is meant on one case, whatever the office's roles: read from its care team or its placement on the day."""

    REFERENT = "referent", _("referente del caso")
    EDUCATOR = "educator", _("educatore del caso")
    PROMOTER_TUTOR = "promoter_tutor", _("tutor dell'ente promotore")
    COMPANY_TUTOR = "company_tutor", _("tutor aziendale")
    COORDINATOR = "coordinator", _("coordinatore")  # of the office: nobody holds it on a case, so the to-do's `role` is asked


COMPANY_ROLES = frozenset({Role.COMPANY_TUTOR, Role.COMPANY_CONTACT})
GIVER_ROLES = frozenset({Role.DONOR, Role.PARTNER})  # who gives, or works at it too: the own part and what everybody reads


class Permission(StrEnum):
    SEE_PEOPLE = "see_people"
    EDIT_PEOPLE = "edit_people"
    KEEP_CASE_FILE = "keep_case_file"  # the diary and the papers of a person, read and written
    HAND_OVER = "hand_over"  # one's own people to a colleague
    ASSIGN_CASES = "assign_cases"  # anybody's people, and who has no referent
    MERGE_PEOPLE = "merge_people"
    SEE_JUDICIAL = "see_judicial"
    SEE_PROTECTED_ADDRESS = "see_protected_address"
    SEE_COMPANIES = "see_companies"
    EDIT_COMPANIES = "edit_companies"
    MERGE_COMPANIES = "merge_companies"  # in the whole network: what the other Ambiti have there moves too
    BLOCK_COMPANIES = "block_companies"
    INVITE_TUTORS = "invite_tutors"
    SEE_MATCHING = "see_matching"  # compatibility sheets of people and sites, and what suits whom
    EDIT_SHEETS = "edit_sheets"
    SEE_PLACEMENTS = "see_placements"
    PREPARE_PLACEMENTS = "prepare_placements"
    RECORD_SIGNATURES = "record_signatures"
    VALIDATE_PLACEMENTS = "validate_placements"
    WAIVE_RULES = "waive_rules"
    RECORD_PROTOCOL = "record_protocol"
    RECORD_ATTENDANCE = "record_attendance"
    FOLLOW_ACCIDENTS = "follow_accidents"
    KEEP_EVALUATIONS = "keep_evaluations"  # read all the voices with their scores, give the office's, waive and correct
    FOLLOW_VISITS = "follow_visits"  # visits and their minutes, what happens beside accidents, what comes after the end
    FOLLOW_TALKS = "follow_talks"  # a person asks to be called: read why, answer, stop the placement
    NOTE_TALKS = "note_talks"  # write that she asked by telephone
    CONFIRM_MONTHS = "confirm_months"
    SEE_ALLOWANCES = "see_allowances"  # what a month gives, row by row
    ADJUST_ALLOWANCES = "adjust_allowances"
    EDIT_PAYMENT_WAYS = "edit_payment_ways"  # how somebody gets the money: IBAN, representative, cash
    SEE_MONEY = "see_money"  # budgets, commitments, movements and liquidations of the office
    EDIT_BUDGETS = "edit_budgets"
    PREPARE_LIQUIDATIONS = "prepare_liquidations"
    APPROVE_LIQUIDATIONS = "approve_liquidations"
    RECORD_PAYMENTS = "record_payments"  # what the treasurer answers
    SEE_PROJECTS = "see_projects"  # what funders pay: plan, expenses, instalments, staff time, results, the register of partners
    KEEP_PROJECTS = "keep_projects"  # projects, partners, plans, indicators
    RECORD_EXPENSES = "record_expenses"  # expenses, hours of the staff, actions
    CHECK_EXPENSES = "check_expenses"  # somebody else's, and what the funder says of them
    RECORD_INSTALMENTS = "record_instalments"  # what the funder pays; another confirms it
    OPEN_AUDIT_ROOMS = "open_audit_rooms"
    SEE_AUDIT_ROOM = "see_audit_room"  # one's own, without names, until its day
    SEE_DASHBOARD = "see_dashboard"
    SEE_REPORTS = "see_reports"  # the page of reports: which kinds, each kind says by its own right
    ORDER_REPORTS = "order_reports"
    ORDER_AGGREGATES = "order_aggregates"  # reports of the whole network: sums alone, small numbers hidden
    ORDER_COMUNE_SHEETS = "order_comune_sheets"
    SEE_TRAINING = "see_training"
    EDIT_TRAINING = "edit_training"
    SEE_FUND = "see_fund"
    RECORD_CONTRIBUTIONS = "record_contributions"
    ASK_BENEFITS = "ask_benefits"
    SCREEN_BENEFITS = "screen_benefits"  # whether a request is whole and may be decided; never one's own
    GRANT_BENEFITS = "grant_benefits"
    GIVE_OPINIONS = "give_opinions"  # sit in the commission: opinions, votes, minutes
    KEEP_SITTINGS = "keep_sittings"  # call the commission, write down what it decides
    PAY_BENEFITS = "pay_benefits"
    PUBLISH_FUND = "publish_fund"  # the yearly account and the list of grants: prepared by one, published by another
    TELL_STORIES = "tell_stories"  # of people the fund helped, with their consent
    PUBLISH_STORIES = "publish_stories"
    EDIT_SITE = "edit_site"  # pages, pictures and consents of the public site
    PUBLISH_SITE = "publish_site"  # somebody else's page; the yearly look at the statement of accessibility
    SEE_CERTIFICATES = "see_certificates"
    CHECK_CERTIFICATES = "check_certificates"  # propose a company, check what it says; another person decides
    DECIDE_CERTIFICATES = "decide_certificates"
    SEE_MESSAGES = "see_messages"
    MUTE_REMINDERS = "mute_reminders"
    EDIT_OFFICE = "edit_office"
    MANAGE_USERS = "manage_users"
    SEE_ACCESS_LOG = "see_access_log"  # who looked at whom, by name; whether a copy says it
    KEEP_PRIVACY = "keep_privacy"  # requests of people on their data, and the registers of data protection
    SEE_HEALTH = "see_health"
    VISIT_AMBITO = "visit_ambito"  # a technician: to read what an office sees, for an hour at most, and its coordinator is told
    SEE_RULES = "see_rules"
    PUBLISH_RULES = "publish_rules"
    USE_TUTOR_PORTAL = "use_tutor_portal"
    USE_COMPANY_PORTAL = "use_company_portal"
    IMPORT_DATA = "import_data"  # people, companies, tutors from the office's own files; undo it
    IMPORT_ATTENDANCE = "import_attendance"  # months of attendance from a file; undo it
    TAKE_OUT_DATA = "take_out_data"  # everything the Ambito owns: asked by one, approved by another
    EXPORT_BENEFITS = "export_benefits"  # what each person was paid, for the national information system, and its codes
    KEEP_HOOKS = "keep_hooks"  # which other programs are told what happens here
    SEE_OWN_PART = "see_own_part"  # the own gifts with their receipts, the own projects and actions


P = Permission
_OFFICE = {P.SEE_PEOPLE, P.SEE_COMPANIES, P.SEE_PLACEMENTS, P.SEE_TRAINING, P.SEE_FUND, P.SEE_CERTIFICATES, P.SEE_MESSAGES, P.SEE_RULES}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.SOCIAL_WORKER: frozenset(
        _OFFICE
        | {P.EDIT_PEOPLE, P.SEE_JUDICIAL, P.SEE_PROTECTED_ADDRESS, P.EDIT_COMPANIES, P.INVITE_TUTORS, P.PREPARE_PLACEMENTS}
        | {P.RECORD_SIGNATURES, P.RECORD_PROTOCOL, P.RECORD_ATTENDANCE, P.CONFIRM_MONTHS, P.EDIT_TRAINING, P.ASK_BENEFITS}
        | {P.MUTE_REMINDERS, P.FOLLOW_ACCIDENTS, P.KEEP_CASE_FILE, P.HAND_OVER, P.MERGE_PEOPLE, P.FOLLOW_VISITS}
        | {P.SEE_ALLOWANCES, P.ADJUST_ALLOWANCES, P.EDIT_PAYMENT_WAYS, P.SEE_MATCHING, P.EDIT_SHEETS, P.KEEP_EVALUATIONS}
        | {P.FOLLOW_TALKS, P.NOTE_TALKS, P.SCREEN_BENEFITS, P.TELL_STORIES, P.CHECK_CERTIFICATES, P.EDIT_SITE}
        | {P.IMPORT_ATTENDANCE}
    ),
    Role.PROMOTER_TUTOR: frozenset(
        {P.SEE_PEOPLE, P.KEEP_CASE_FILE, P.SEE_COMPANIES, P.SEE_PLACEMENTS, P.RECORD_ATTENDANCE, P.SEE_TRAINING, P.SEE_RULES}
        | {P.FOLLOW_ACCIDENTS, P.SEE_MATCHING, P.EDIT_SHEETS, P.KEEP_EVALUATIONS, P.FOLLOW_VISITS}
    ),
    Role.CLERK: frozenset(
        {P.SEE_COMPANIES, P.EDIT_COMPANIES, P.SEE_PLACEMENTS, P.RECORD_PROTOCOL, P.RECORD_SIGNATURES, P.SEE_MESSAGES, P.SEE_RULES}
        | {P.FOLLOW_ACCIDENTS, P.SEE_ALLOWANCES, P.EDIT_PAYMENT_WAYS, P.PREPARE_LIQUIDATIONS, P.NOTE_TALKS}
        | {P.SEE_PROJECTS, P.RECORD_EXPENSES}
    ),
    Role.COORDINATOR: frozenset(
        _OFFICE
        | {P.VALIDATE_PLACEMENTS, P.WAIVE_RULES, P.SEE_DASHBOARD, P.ORDER_REPORTS, P.EDIT_TRAINING, P.RECORD_CONTRIBUTIONS}
        | {P.SEE_REPORTS, P.ORDER_AGGREGATES, P.ORDER_COMUNE_SHEETS}
        | {P.GRANT_BENEFITS, P.DECIDE_CERTIFICATES, P.MANAGE_USERS, P.CONFIRM_MONTHS, P.EDIT_COMPANIES, P.INVITE_TUTORS, P.PUBLISH_RULES}
        | {P.MUTE_REMINDERS, P.FOLLOW_ACCIDENTS, P.FOLLOW_VISITS, P.EDIT_OFFICE, P.KEEP_CASE_FILE, P.HAND_OVER, P.ASSIGN_CASES}
        | {P.MERGE_PEOPLE, P.SCREEN_BENEFITS, P.KEEP_SITTINGS}
        | {P.SEE_ALLOWANCES, P.ADJUST_ALLOWANCES, P.SEE_MONEY, P.EDIT_BUDGETS, P.PREPARE_LIQUIDATIONS, P.APPROVE_LIQUIDATIONS}
        | {P.SEE_MATCHING, P.EDIT_SHEETS, P.MERGE_COMPANIES, P.BLOCK_COMPANIES, P.KEEP_EVALUATIONS, P.FOLLOW_TALKS, P.NOTE_TALKS}
        | {P.PUBLISH_FUND, P.TELL_STORIES, P.PUBLISH_STORIES, P.CHECK_CERTIFICATES, P.EDIT_SITE, P.PUBLISH_SITE}
        | {P.SEE_PROJECTS, P.KEEP_PROJECTS, P.RECORD_EXPENSES, P.CHECK_EXPENSES, P.RECORD_INSTALMENTS, P.OPEN_AUDIT_ROOMS}
        | {P.IMPORT_DATA, P.IMPORT_ATTENDANCE, P.TAKE_OUT_DATA, P.KEEP_PRIVACY, P.EXPORT_BENEFITS, P.KEEP_HOOKS}
    ),
    Role.ACCOUNTING: frozenset(
        {P.SEE_FUND, P.RECORD_CONTRIBUTIONS, P.PAY_BENEFITS, P.SEE_DASHBOARD, P.SEE_RULES, P.SEE_ALLOWANCES, P.SEE_MONEY}
        | {P.EDIT_BUDGETS, P.PREPARE_LIQUIDATIONS, P.APPROVE_LIQUIDATIONS, P.RECORD_PAYMENTS, P.SEE_REPORTS, P.PUBLISH_FUND}
        | {P.SEE_PROJECTS, P.RECORD_EXPENSES, P.CHECK_EXPENSES, P.RECORD_INSTALMENTS}
    ),
    Role.COMUNE_OFFICER: frozenset({P.SEE_PEOPLE, P.SEE_PLACEMENTS, P.SEE_RULES, P.SEE_REPORTS, P.ORDER_COMUNE_SHEETS}),
    Role.COMMISSION_MEMBER: frozenset({P.SEE_FUND, P.GRANT_BENEFITS, P.GIVE_OPINIONS, P.SEE_CERTIFICATES, P.SEE_RULES}),
    Role.TRAINER: frozenset({P.SEE_TRAINING, P.EDIT_TRAINING, P.SEE_RULES}),
    Role.COMPANY_TUTOR: frozenset({P.USE_TUTOR_PORTAL, P.RECORD_ATTENDANCE}),
    Role.COMPANY_CONTACT: frozenset({P.USE_COMPANY_PORTAL}),
    Role.PARTNER: frozenset({P.SEE_OWN_PART}),
    Role.DONOR: frozenset({P.SEE_OWN_PART}),
    Role.AUDITOR: frozenset({P.SEE_DASHBOARD, P.SEE_RULES, P.SEE_REPORTS, P.ORDER_AGGREGATES, P.SEE_AUDIT_ROOM}),
    Role.DPO: frozenset({P.SEE_ACCESS_LOG, P.KEEP_PRIVACY, P.SEE_RULES}),
    Role.TECHNICIAN: frozenset({P.SEE_HEALTH, P.SEE_RULES, P.VISIT_AMBITO}),
}
# What a technician's visit lends: to read, and nothing that is more than an office's own list.
SUPPORT = frozenset({P.SEE_PEOPLE, P.SEE_COMPANIES, P.SEE_PLACEMENTS, P.SEE_TRAINING, P.SEE_FUND, P.SEE_CERTIFICATES})
# Where «sei proprio tu?» is asked of a sign-in that is not of a moment ago: money, rules, accesses, all the data at once. A view may ask
# by `confirmed` too.
CONFIRMED = frozenset(
    {P.APPROVE_LIQUIDATIONS, P.RECORD_PAYMENTS, P.PAY_BENEFITS, P.EDIT_PAYMENT_WAYS, P.PUBLISH_RULES, P.EDIT_OFFICE, P.MANAGE_USERS}
    | {P.OPEN_AUDIT_ROOMS, P.TAKE_OUT_DATA}
)


def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    return frozenset().union(*(ROLE_PERMISSIONS[r] for r in roles)) if roles else frozenset()
