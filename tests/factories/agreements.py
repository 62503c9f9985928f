"""Placements in any state, walked there through the real services: real papers, signatures with a scan, a second key."""

from contextlib import AbstractContextManager, nullcontext
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile

from companies.hosts.enums import RiskClass
from companies.hosts.models import Company, CompanyTutor
from impresasolidale.accounts.access import Access, access_for, members_with
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.models import Budget, Pot
from placements.agreements import readiness, selectors, services
from placements.agreements.change_enums import Asker, EndCause, NextStep, SuspensionCause
from placements.agreements.enums import AgreementState, AllowanceModel, CoverKind, PlacementState
from placements.agreements.models import Communication, Cover, FrameworkAgreement, Placement, SafetyEvidence
from placements.agreements.services import Day, Plan
from placements.beneficiaries.models import Beneficiary
from placements.monitoring.services import closing, outcomes
from placements.monitoring.visit_enums import AttestationKind, OutcomeKind

from .beneficiaries import make_beneficiary
from .fixtures import TODAY, make_user
from .hosts import make_company, make_site, make_tutor
from .training import train

S = PlacementState
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GOALS = ("Arrivare da sola con il pullman", "Preparare il banco insieme agli altri", "Chiedere aiuto quando serve")
WEEK = (Day(weekday=0, starts_at=time(9), minutes=240), Day(weekday=2, starts_at=time(9), minutes=240))
BEFORE_START = (S.DRAFT, S.PROPOSED, S.TO_SIGN, S.SIGNED, S.VALIDATED, S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.CANCELLED)


def scan(name: str = "firma.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A tiny page that was signed."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def second_key(access: Access) -> Access:
    """A coordinator of the same Ambito."""
    assert access.ambito_id
    found = members_with(ambito_id=access.ambito_id, role=Role.COORDINATOR, on=TODAY).first()
    return access_for(found or make_user(Role.COORDINATOR, Ambito.objects.get(pk=access.ambito_id), number=70))


def make_covers(access: Access, *, valid_from: date = date(2026, 1, 1), valid_to: date = date(2028, 12, 31)) -> None:
    """INAIL and liability of the Ambito, once."""
    for kind in CoverKind.values:
        if not Cover.objects.filter(ambito_id=access.ambito_id, kind=kind).exists():
            services.add_cover(
                kind=kind, number=f"{kind}-1", insurer="Mutua di Prova", valid_from=valid_from, valid_to=valid_to, by=access, today=TODAY
            )


def judging(now: bool) -> AbstractContextManager[Any]:
    """Without `now` the light is not judged again: the next step does it, from the same facts, before anybody reads it."""
    return nullcontext() if now else patch.object(readiness, "refresh_readiness")


def sign_all(access: Access, document: Document, *, on: date, but: str = "") -> None:
    """Record every signature that is missing, `but` that of one party."""
    signers = [signer for signer in selectors.paper_of(Document.objects.get(pk=document.pk)).missing if signer["code"] != but]
    for signer in signers:
        who = {"role": signer["code"], "signer": signer["name"] or "Prova Firma"}
        with judging(signer == signers[-1]):
            services.record_signature(document=document, **who, signed_on=on, scan=scan(), by=access, today=on)


def make_agreement(
    access: Access,
    company: Company,
    *,
    signed: bool = True,
    valid_from: date = date(2026, 1, 1),
    valid_to: date = date(2028, 12, 31),
    today: date | None = None,
) -> FrameworkAgreement:
    """A framework agreement; signed on the day it begins to be valid unless told otherwise."""
    today = today or valid_from
    agreement = services.create_agreement(company=company, valid_from=valid_from, valid_to=valid_to, by=access, today=today)
    if signed:
        agreement = services.issue_agreement(agreement=agreement, by=access, today=today)
        assert agreement.document
        sign_all(access, agreement.document, on=today)
        agreement.refresh_from_db()
        assert agreement.state == AgreementState.SIGNED
    return agreement


def make_plan(access: Access, company: Company, tutor: CompanyTutor | None, *, promoter_tutor: User | None = None, **changes: Any) -> Plan:
    """A plan the services accept."""
    payer = lead_body(Ambito.objects.get(pk=access.ambito_id))
    assert payer
    values: dict[str, Any] = {
        "company": company,
        "site": company.sites.first() or make_site(access, company),
        "company_tutor": tutor,
        "promoter_tutor": promoter_tutor or access.actor,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=180),
        "week": WEEK,
        "tasks": "Aiuto in laboratorio e al banco",
        "goals": GOALS,
        "payer": payer,
        "allowance_model": AllowanceModel.MONTHLY_THRESHOLD,
        "allowance_amount": Decimal("400.00"),
        "tax_motive": "Contributo con finalità assistenziale",
        "double_confirmed": True,
    }
    return Plan(**{**values, **changes})


def make_placement(
    access: Access,
    state: str = S.DRAFT,
    *,
    number: int = 1,
    person: Beneficiary | None = None,
    company: Company | None = None,
    tutor: CompanyTutor | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    green: bool = True,
    trained: bool = False,
    **plan: Any,
) -> Placement:
    """A placement of the access's Ambito (a social worker) in the wished state.

    `green` records what the start light asks of covers and agreement; without it the light is red, and no state after
    `validated` can be reached. States before the start begin in two weeks unless told otherwise, others on 2 November 2026.
    """
    starts_on = starts_on or (TODAY + timedelta(days=14) if state in BEFORE_START else date(2026, 11, 2))
    ends_on = ends_on or (starts_on + timedelta(days=180))
    desk = starts_on if state not in BEFORE_START else TODAY  # the day on which the office works
    company = company or make_company(access, representative="Olga Prova", safety_declared_on=date(2025, 5, 5))
    tutor = tutor or make_tutor(access, company)
    person = person or make_beneficiary(access, number=number, today=min(desk, starts_on))
    if green:
        make_covers(access)
        make_budget(access, starts_on.year)
    if not company.agreements.filter(valid_from__lte=starts_on, valid_to__gte=starts_on).exists():
        make_agreement(access, company, signed=green)
    if trained:
        train(access, tutor, min(desk, starts_on))
    laid_out = make_plan(access, company, tutor, starts_on=starts_on, ends_on=ends_on, **plan)
    with judging(state in (S.DRAFT, S.WITHDRAWN, S.EXPIRED)):
        placement = services.create_placement(beneficiary=person, plan=laid_out, by=access, today=desk)
    return walk(access, placement, state, today=desk)


def make_budget(access: Access, year: int) -> Pot:
    """The budget line of the Ambito's lead body for a year: the pot that pays when a project names none."""
    ambito = Ambito.objects.get(pk=access.ambito_id)
    name = f"Bilancio {year}, {ambito.name}"
    pot, is_new = Pot.objects.get_or_create(network_id=access.network_id, name=name, defaults={"use": Pot.Use.BUDGET})
    if is_new:
        Budget.objects.create(ambito=ambito, body=lead_body(ambito), pot=pot, year=year, chapter="1204")
    return pot


def walk(access: Access, placement: Placement, state: str, *, today: date) -> Placement:
    """From draft to `state`, step by step."""
    if state == S.DRAFT:
        return placement
    if state == S.WITHDRAWN:
        return services.withdraw_placement(placement=placement, reason="Ha cambiato idea", by=access)
    system = Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="test")  # type: ignore[arg-type]
    if state == S.EXPIRED:
        return services.expire_placement(placement=placement, by=system, reason="Nessuno l'ha toccata")
    with judging(state in (S.PROPOSED, S.REJECTED)):
        placement = services.propose_placement(placement=placement, by=access, today=today)
    if state == S.REJECTED:
        return services.reject_placement(placement=placement, reason="Troppo lontano", by=second_key(access))
    if state == S.PROPOSED:
        return placement
    with judging(state == S.TO_SIGN):
        placement = services.issue_papers(placement=placement, by=access, today=today)
    if state == S.TO_SIGN:
        return placement
    document = selectors.current_project(placement).document
    assert document
    with judging(state == S.SIGNED):
        sign_all(access, document, on=today)
    placement = Placement.objects.get(pk=placement.pk)
    if state == S.SIGNED:
        return placement
    coordinator = second_key(access)
    placement = services.validate_placement(placement=placement, by=coordinator, today=today)
    if state == S.CANCELLED:
        return services.cancel_placement(placement=placement, reason="Non si fa più", by=coordinator)
    if state in (S.VALIDATED, S.ACTIVE):
        return placement
    if state == S.SUSPENDED:
        return suspend(access, placement)
    if state == S.ENDED_EARLY:
        return end_early(access, placement, placement.starts_on + timedelta(days=7))
    placement = services.end_placement(placement=placement, by=system, today=placement.ends_on + timedelta(days=1))
    if state == S.ENDED:
        return placement
    placement = closing.evaluate_placement(placement=placement, note="Foglio nel fascicolo", by=access)
    if state == S.EVALUATED:
        return placement
    make_ready_to_close(access, placement)
    return closing.close_placement(placement=placement, by=access)


def make_ready_to_close(access: Access, placement: Placement, *, today: date | None = None) -> None:
    """All that rule 50 and the office ask before a placement is filed: outcome, final report, attestation."""
    today = today or placement.last_day + timedelta(days=1)
    outcomes.record_outcome(placement=placement, kind=OutcomeKind.SERVICE, note="", by=access, today=today)
    said = {"host_words": "È cresciuta molto", "person_words": "Mi sono trovata bene", "helped": "", "hard": "", "proposals": ""}
    closing.write_final_report(placement=placement, row_version=0, goals={}, by=access, **said)
    closing.issue_final_report(placement=placement, by=access, today=today)
    words = {"activities": "Ha curato le piante.", "shown": "Ha lavorato bene con tutti.", "skills": ""}
    closing.issue_attestation(placement=placement, kind=AttestationKind.RELATIONAL, by=access, today=today, **words)


def suspend(access: Access, placement: Placement, *, today: date = TODAY, **changes: Any) -> Placement:
    """A pause from today without an end, unless told otherwise; the placement as it stands then."""
    values: dict[str, Any] = {"starts_on": today, "cause": SuspensionCause.HOST, "note_text": "Pausa concordata"}
    services.suspend_placement(placement=placement, by=access, today=today, **{**values, **changes})
    return Placement.objects.get(pk=placement.pk)


def end_early(access: Access, placement: Placement, last_day: date, *, today: date = TODAY) -> Placement:
    """An early end with all that it asks for."""
    return services.end_early(
        placement=placement,
        last_day=last_day,
        cause=EndCause.OTHER_PATH,
        asked_by=Asker.PERSON,
        next_step=NextStep.SERVICES,
        note_text="Ha trovato altro",
        by=access,
        today=today,
    )


def record_all_facts(access: Access, placement: Placement, *, today: date = TODAY) -> Placement:
    """What turns the amber items green: communication, safety training."""
    send_start(access, placement, on=min(today, placement.starts_on - timedelta(days=1)), today=today)
    train_in_safety(access, placement, today=today)
    return Placement.objects.get(pk=placement.pk)


def send_start(access: Access, placement: Placement, *, on: date, today: date = TODAY) -> Communication:
    """The communication of the start has gone."""
    row = services.start_communication(placement=placement, by=access)
    return services.record_sent(communication=row, sent_on=on, code="C-1", by=access, today=today)


def train_in_safety(access: Access, placement: Placement, *, today: date = TODAY, **more: Any) -> list[SafetyEvidence]:
    """General training and the specific one for the highest class of risk."""
    values: dict[str, Any] = {"done_on": today, "general_hours": 4, "specific_hours": 12, "risk_class": RiskClass.HIGH}
    rest = {"provider": "Ente di prova", "certificate": None}
    return services.record_training(beneficiary=placement.beneficiary, by=access, today=today, **{**values, **rest, **more})
