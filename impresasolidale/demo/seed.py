"""The whole demo in one transaction, as the tables' owner: a function of a number and a day."""

from datetime import date

from django.db import transaction

from certification.models import Answer, Application, Certificate, HistoricalAward, SchemeVersion
from companies.hosts.models import Closure, Company, CompanyTutor, Contact, Engagement, Site
from impresasolidale.accounts.models import ApiToken, Membership, User
from impresasolidale.core.models import Deadline, Document, Fact, Message, Todo, Upload, Verification
from impresasolidale.core.scope import unscoped
from impresasolidale.reports.services import publish_open_data
from impresasolidale.territory.services import load_reference_data
from impresasolidale.treasury.models import Account, Pot
from placements.agreements.models import (
    BenefitCheck,
    Communication,
    Cover,
    DeclaredUse,
    FrameworkAgreement,
    Goal,
    HandOver,
    OutsidePlace,
    PaperStart,
    PersonalProject,
    Placement,
    ProjectTemplate,
    ReadinessItem,
    SafetyEvidence,
    Signature,
    SignatureRequest,
    SigningPower,
    WeekDay,
)
from placements.attendance.models import (
    Adjustment,
    AllowanceShare,
    AttendanceEvent,
    Call,
    CheckIn,
    CheckInCard,
    MonthAllowance,
    PaperScan,
    PlannedSession,
    PortalLink,
    SheetSnapshot,
    SitePoster,
    Timesheet,
)
from placements.beneficiaries.models import (
    Assessment,
    Beneficiary,
    CareMember,
    Consent,
    DiaryEntry,
    PersonDocument,
    Referral,
    Representative,
    StatusEvidence,
    TakingInCharge,
    WaitingEntry,
)
from placements.matching.models import PersonSheet, SiteSheet
from placements.monitoring.models import Accident, AccidentNotice, Talk
from solidarity_fund.models import BenefitRequest, Contribution, Donor

from . import (
    accidents,
    applications,
    attendance,
    budgets,
    case_file,
    changes,
    commission,
    companies,
    contacts,
    evaluations,
    evidence,
    exchange,
    fund,
    fund_in,
    fund_public,
    given,
    hosts,
    liquidations,
    matching,
    monitoring,
    paper,
    papers,
    people,
    placements,
    portal,
    privacy,
    projects,
    proposals,
    readiness,
    recognition,
    register,
    relations,
    reports,
    signing,
    site,
    starts,
    talk,
    tariffs,
    training,
    users,
    waiting,
)
from .world import World

PARENTS_FIRST = (
    User,
    Company,
    Site,
    Contact,
    CompanyTutor,
    Engagement,
    Closure,
    Membership,
    ApiToken,
    *training.FIRST,
    Beneficiary,
    Representative,
    Referral,
    TakingInCharge,
    Assessment,
    CareMember,
    StatusEvidence,
    Consent,
    WaitingEntry,
    PersonSheet,
    SiteSheet,
    FrameworkAgreement,
    Cover,
    Placement,
    PersonalProject,
    Goal,
    WeekDay,
    Communication,
    SafetyEvidence,
    OutsidePlace,
    Accident,
    AccidentNotice,
    Talk,
    *evaluations.MODELS,
    *changes.MODELS,
    *register.MODELS,
    *relations.MODELS,
    *companies.MODELS,
    *contacts.MODELS,
    PlannedSession,
    AttendanceEvent,
    Timesheet,
    SheetSnapshot,
    Call,
    PortalLink,
    SitePoster,
    CheckInCard,
    CheckIn,
    Pot,
    Account,
    *budgets.MODELS,
    *training.THEN,
    MonthAllowance,
    AllowanceShare,
    Adjustment,
    *liquidations.MODELS,
    Donor,
    Contribution,
    BenefitRequest,
    SchemeVersion,
    Application,
    Answer,
    Document,
    Verification,
    Certificate,
    HistoricalAward,
    Upload,
    PaperScan,
    DiaryEntry,
    PersonDocument,
    SigningPower,
    SignatureRequest,
    Signature,
    ReadinessItem,
    BenefitCheck,
    ProjectTemplate,
    PaperStart,
    DeclaredUse,
    HandOver,
    Todo,
    Deadline,
    Message,
    Fact,
)


def is_seeded() -> bool:
    with unscoped("seed"):
        return Company.objects.exists()


def seed(*, number: int, today: date, scale: int = 1) -> users.People:
    """Fill an empty database. `scale` multiplies hosts, people and placements (for measurements)."""
    with unscoped("seed"), transaction.atomic():
        load_reference_data()
        world = World(number, today, scale)
        tariffs.create_tariffs(world)
        staff = users.create_users(world)
        places = hosts.create_hosts(world, staff)
        training.create_training(world, staff, places)
        persons = people.create_people(world, staff)
        evidence.create_evidence(world, persons)
        placed = placements.create_placements(world, staff, places, persons)
        inherited = starts.mark_inherited(world, placed)
        relations.create_relations(world, places, placed)
        register.create_register(world, staff, places, placed)
        companies.create_letterheads(world)
        companies.create_companies(world, staff, places)
        companies.create_thanks(world, staff, places)
        contacts.create_contacts(world, staff, places)
        evidence.create_waits(world, persons)
        matching.create_sheets(world, places, persons)
        case_file.create_case_files(world, staff, persons, placed)
        changes.create_changes(world, placed)
        sheets = attendance.create_attendance(world, placed)
        paper.create_calls(world, placed)
        accidents.create_accidents(world, placed)
        talk.create_talks(world, placed)
        money = fund.create_fund(world, staff, places, placed)
        lines = budgets.create_budgets(world, staff, money)
        budgets.name_sources(world, placed, lines)
        reports.name_funder(world, placed)
        training.create_costs(world, staff, lines)
        liquidations.create_ways(world, placed)
        found = recognition.create_certificates(world, staff, places, placed, sheets)
        world.save(PARENTS_FIRST)
        press = papers.Press(world)
        papers.issue_agreements(world, press, placed)
        signed = papers.issue_projects(world, press, placed)
        signing.create_powers(world)
        signing.create_requests(world, placed)
        changes.create_amendments(world, placed)
        papers.issue_training(world, press, staff)
        paper.create_paper(world, press, sheets)
        recognition.decide(world, press, found)
        recognition.create_past(world, staff, found)
        given.create_given(world, sheets)
        readiness.create_readiness(world, placed, places, signed)
        starts.create_starts(world, inherited, placed)
        money.post()
        budgets.create_parts(world, staff, placed, lines)
        waiting.create_waiting(world, places, placed, sheets, money, found)
        poster = portal.create_portal(world, places, placed)
        told = evaluations.create_evaluations(world, placed)
        world.save(PARENTS_FIRST)
        evaluations.give(world, told)
        liquidations.create_runs(world, staff)
        waiting.date_messages()
        portal.print_poster(world, poster)
        press.close()
        proposals.create_proposals(world, persons)
        commission.create_commission(world, staff, placed)
        monitoring.create_monitoring(world, placed)
        applications.create_applications(world, staff, places)
        projects.create_projects(world, staff)
        fund_in.create_money_in(world, staff)
        fund_public.create_public(world, staff)
        with world.acting("open data", on=today):
            publish_open_data(network_id=world.network.pk, today=today)
        site.create_site(world, staff)
        privacy.create_privacy(world)
        reports.create_reports(world, staff)
        exchange.create_imports(world, staff)
        users.write_logins(staff)  # inside: rows are not kept without the file that opens them
    return staff
