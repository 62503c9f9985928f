"""A site is proposed to a person, they go and see it, it is decided with minutes, and the placement is drafted."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.hosts.models import CompanyTutor, Site
from companies.hosts.services import refuse_blocked
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.todos import close_deadline, set_deadline
from impresasolidale.core.transitions import perform
from placements.agreements.enums import TO_START
from placements.agreements.models import Placement
from placements.agreements.services import Plan, check_minutes, create_placement
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import note_fallen, note_proposed

from ..documents import MINUTES, minutes
from ..enums import Outcome, ProposalState, VisitState
from ..models import RUNNING, Decision, Proposal, TrialVisit
from ..rules import Finding
from ..selectors.proposals import fit_of
from ..selectors.rankings import pair_of
from ..transitions import PROPOSAL, VISIT

TELL = "matching.tell_visit"


@transaction.atomic
def propose_site(
    *,
    beneficiary: Beneficiary,
    site: Site,
    tasks: str,
    adaptations: Mapping[str, str],
    agreed_on: date,
    by: Access,
    today: date,
    company_tutor: CompanyTutor | None = None,
    despite: str = "",
) -> Proposal:
    """Propose a site to a person who wants to try it (`agreed_on`: the day they said so).

    `adaptations`: by code of what was compared, what was agreed with the company. Raises DomainError where a sheet is missing, where
    something fits only if adapted and nobody said how, where something is a stop and nobody said why to try all the same (`despite`),
    and while the same site is being proposed already.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    person = Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=beneficiary.pk, ambito=by.ambito_id)
    if agreed_on > today:
        raise DomainError(_("Questo giorno deve ancora venire: scrivi quando l’ha detto."), field="agreed_on")
    refuse_blocked(company=site.company, starts_on=today, by=by)
    if not site.is_open(today):
        raise DomainError(_("Questa sede ha chiuso: scegline un’altra."))
    pair = pair_of(by, person, site, on=today)
    if pair is None:
        raise DomainError(_("Manca una delle due schede di compatibilità: scrivila, poi proponi la sede."))
    told = {code: how.strip() for code, how in adaptations.items() if how.strip()}
    _refuse_untold(pair.fit.adapted, told)
    if pair.fit.stops and not despite.strip():
        what = ", ".join(finding.label for finding in pair.fit.stops)
        raise DomainError(_("C’è un ostacolo (%(what)s): scrivi perché si prova lo stesso.") % {"what": what}, field="despite")
    if Proposal.objects.filter(beneficiary=person, site=site, state__in=RUNNING).exists():
        raise DomainError(_("Questa sede le è già stata proposta: la proposta è ancora in corso."))
    row = Proposal.objects.create(
        ambito_id=person.ambito_id,
        beneficiary=person,
        site=site,
        company_tutor=company_tutor,
        person_sheet_id=pair.pair.person_sheet_id,
        site_sheet_id=pair.pair.site_sheet_id,
        travel_minutes=pair.pair.minutes,
        tasks=tasks.strip(),
        adaptations={f.code: told[f.code] for f in (*pair.fit.stops, *pair.fit.adapted) if f.code in told},
        despite=despite.strip() if pair.fit.stops else "",
        agreed_on=agreed_on,
        created_by_id=by.actor_id,
    )
    record_fact("matching.proposal.made", row, by=by, site=site.pk)
    note_proposed(beneficiary=person, by=by)
    return row


def _refuse_untold(adapted: tuple[Finding, ...], told: Mapping[str, str]) -> None:
    for finding in adapted:
        if finding.code not in told:
            raise DomainError(_("Scrivi come si fa: senza adattamento non va bene."), field=f"adapt_{finding.code}")


@transaction.atomic
def plan_visit(*, proposal: Proposal, on: date, starts_at: time, companions: str, by: Access) -> TrialVisit:
    """A day to go and see the place. Whoever follows the person is reminded of it, and to tell how it went. One at a time."""
    by.require(Permission.EDIT_SHEETS)
    row = _locked(proposal)
    _refuse_over(row)
    if TrialVisit.objects.filter(proposal=row, state=VisitState.PLANNED).exists():
        raise DomainError(_("C’è già una visita in programma: raccontala o annullala prima."))
    if on < row.agreed_on:
        raise DomainError(_("La visita viene dopo il giorno in cui la persona ha detto che vuole provare."), field="on")
    visit = TrialVisit.objects.create(
        ambito_id=row.ambito_id, proposal=row, on=on, starts_at=starts_at, companions=companions.strip(), created_by_id=by.actor_id
    )
    record_fact("matching.trial_visit.planned", visit, by=by)
    set_deadline(
        kind=TELL,
        subject=visit,
        title=str(_("Visita di prova a %(place)s: raccontare com’è andata") % {"place": row.site.company}),
        url=reverse("matching:proposal", args=[row.public_id]),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.REFERENT,
        due_on=on,
        by=by,
        remind_days=1,
    )
    return visit


@transaction.atomic
def tell_visit(*, visit: TrialVisit, impression: str, person_words: str, company_words: str, by: Access, today: date) -> TrialVisit:
    """How it went, in the words of the person and of the company. Refuses a visit that is still to come."""

    def guard(row: TrialVisit) -> None:
        if row.on > today:
            raise DomainError(_("La visita è il %(day)s: si racconta dopo.") % {"day": f"{row.on:%d/%m/%Y}"})

    if not person_words.strip():
        raise DomainError(_("Scrivi che cosa ne dice la persona, con le sue parole."), field="person_words")
    words: dict[str, Any] = {"impression": impression, "person_words": person_words.strip(), "company_words": company_words.strip()}
    row: TrialVisit = perform(VISIT, "told", visit, by=by, guard=guard, **words)
    close_deadline(kind=TELL, subject=row)
    return row


@transaction.atomic
def call_off_visit(*, visit: TrialVisit, reason: str, by: Access) -> TrialVisit:
    """It does not take place; another may be planned."""
    row: TrialVisit = perform(VISIT, "called_off", visit, by=by, reason=reason)
    close_deadline(kind=TELL, subject=row)
    return row


@transaction.atomic
def decide_proposal(
    *,
    proposal: Proposal,
    outcome: str,
    held_on: date,
    place: str,
    participants: list[tuple[str, str]],
    person_words: str,
    reasons: str,
    by: Access,
    today: date,
) -> Decision:
    """Write down what was decided and issue the minutes. With a no the person waits on, unless something else is proposed to them.

    Refuses a day to come, fewer than two people, no reasons, no words of the person, and while a visit is planned.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    present = check_minutes(held_on=held_on, participants=participants, reasons=reasons, today=today)
    if not person_words.strip():
        raise DomainError(_("Scrivi che cosa ne dice la persona: la scelta è prima di tutto sua."), field="person_words")

    def guard(row: Proposal) -> None:
        if TrialVisit.objects.filter(proposal=row, state=VisitState.PLANNED).exists():
            raise DomainError(_("C’è una visita in programma: prima raccontala o annullala."))
        if held_on < row.agreed_on:
            raise DomainError(_("La decisione viene dopo la proposta: controlla il giorno."), field="held_on")

    row: Proposal = perform(PROPOSAL, "accepted" if outcome == Outcome.YES else "refused", proposal, by=by, guard=guard)
    decision = Decision(
        ambito_id=row.ambito_id,
        proposal=row,
        held_on=held_on,
        place=place.strip(),
        participants=present,
        outcome=outcome,
        person_words=person_words.strip(),
        reasons=reasons.strip(),
        created_by_id=by.actor_id,
    )
    decision.document = issue(
        kind=MINUTES,
        kind_label="Verbale di abbinamento",
        template="matching/pdf/minutes_v1.html",
        subject=row,
        context=minutes(decision, fit_of(row)),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
    )
    decision.save()
    if outcome == Outcome.NO:
        _wait_on(row, _("%(site)s: deciso di no.") % {"site": row}, by=by)
    return decision


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, reason: str, by: Access) -> Proposal:
    """It comes to nothing, before or after the decision; a planned visit does not take place. The person waits on."""
    for visit in TrialVisit.objects.filter(proposal=proposal, state=VisitState.PLANNED):
        call_off_visit(visit=visit, reason=reason, by=by)
    row: Proposal = perform(PROPOSAL, "withdrawn", proposal, by=by, reason=reason)
    _wait_on(row, _("%(site)s: %(reason)s") % {"site": row, "reason": reason.strip()}, by=by)
    return row


@transaction.atomic
def draft_placement(*, proposal: Proposal, plan: Plan, by: Access, today: date) -> Placement:
    """The draft of what was decided, tied to its proposal. Refuses another site: that would want a decision of its own."""
    row = _locked(proposal)
    if plan.site.pk != row.site_id:
        raise DomainError(_("È stato deciso per %(site)s: per un’altra sede serve un’altra proposta.") % {"site": row}, field="site")
    placement = create_placement(beneficiary=row.beneficiary, plan=plan, by=by, today=today)
    perform(PROPOSAL, "drafted", row, by=by, placement=placement)
    return placement


def _locked(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related("beneficiary", "site__company")
    return rows.get(pk=proposal.pk)


def _refuse_over(row: Proposal) -> None:
    if row.state != ProposalState.OPEN:
        raise DomainError(_("Questa proposta non è più in corso: %(state)s.") % {"state": row.get_state_display()})


def _wait_on(row: Proposal, reason: str, *, by: Access) -> None:
    """Unless something else is being proposed or prepared."""
    proposed = Proposal.objects.filter(beneficiary_id=row.beneficiary_id, state__in=RUNNING)
    prepared = Placement.objects.filter(beneficiary_id=row.beneficiary_id, state__in=TO_START)
    if not (proposed.exists() or prepared.exists()):
        note_fallen(beneficiary=row.beneficiary, reason=reason, by=by)
