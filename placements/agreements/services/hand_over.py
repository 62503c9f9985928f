"""A person passes to another Ambito: offered here with what is frozen, accepted or declined there (house.md §3, Ownership).

Nothing changes owner. Each side writes its own rows in its own scope; the hand-over is the one row that both reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hosts.models import Company, Site
from companies.hosts.selectors import tutors_of
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.territory.models import Ambito, Comune
from placements.beneficiaries.enums import CareRole, ReferringService
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.selectors import same_code
from placements.beneficiaries.services import join_care_team, register_beneficiary

from .. import documents, selectors, start_documents, start_selectors
from ..change_enums import Asker, EndCause, NextStep
from ..enums import RUNNING, HandOverState
from ..models import DeclaredUse, HandOver, Placement
from ..transitions import HAND_OVER
from .changes.endings import end_early
from .placements import Day, Plan, create_placement

TODO = "agreements.hand_over"
ANSWERED = "agreements.hand_over_answered"


@transaction.atomic
def offer_hand_over(
    *, beneficiary: Beneficiary, to: Ambito, reason: str, informed_on: date, last_day: date, by: Access, today: date
) -> HandOver:
    """Freeze what the other Ambito needs and offer it. The person was told and agreed on `informed_on` (features row 11).

    A running placement goes with the person: it ends here on `last_day`, once the other side accepts.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    if to.pk == by.ambito_id or to.network_id != by.network_id:
        raise DomainError(_("Scegli un altro Ambito."), field="to")
    if not reason.strip():
        raise DomainError(_("Scrivi perché passa."), field="reason")
    if informed_on > today:
        raise DomainError(_("Questo giorno deve ancora venire: prima ne parli con la persona, poi scrivi il giorno."), field="informed_on")
    if HandOver.objects.filter(beneficiary=beneficiary, state=HandOverState.OFFERED).exists():
        raise DomainError(_("Per questa persona c'è già un passaggio in attesa di risposta."))
    placement = (
        Placement.objects.filter(ambito_id=by.ambito_id, beneficiary=beneficiary, state__in=RUNNING)
        .select_related("company", "site", "company_tutor", "promoter_tutor", "rulebook")
        .order_by("-starts_on", "-id")
        .first()
    )
    if placement and not placement.starts_on <= last_day <= placement.ends_on:
        words = _("Il tirocinio va dal %(a)s al %(b)s: l'ultimo giorno qui è uno di questi.")
        values = {"a": f"{placement.starts_on:%d/%m/%Y}", "b": f"{placement.ends_on:%d/%m/%Y}"}
        raise DomainError(words % values, field="last_day")
    meter = start_selectors.cap_meter(by, beneficiary, today=today)
    project = selectors.current_project(placement) if placement else None
    content = start_documents.hand_over(
        beneficiary, placement, project, meter, reason=reason.strip(), last_day=last_day, told_on=informed_on
    )
    row = HandOver.objects.create(
        ambito_id=by.ambito_id,
        to_ambito=to,
        beneficiary=beneficiary,
        placement=placement,
        reason=reason.strip(),
        informed_on=informed_on,
        last_day=last_day,
        content=content,
        created_by_id=by.actor_id,
    )
    row.document = issue(
        kind=documents.HAND_OVER,
        kind_label="Scheda di passaggio",
        template="agreements/pdf/hand_over_v1.html",
        subject=row,
        context=start_documents.hand_over_paper(row),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
    )
    row.save(update_fields=["document"])
    record_fact("agreements.hand_over.offered", row, by=by, to=to.pk)
    there = _of(to, "hand-over offered")
    with scope(there.scope):
        ask(kind=TODO, subject=_Seen(row, to.pk), title=_("Un passaggio aspetta la vostra risposta"), **_todo(row, by=there))
    return row


@transaction.atomic
def accept_hand_over(
    *, hand_over: HandOver, referent: User, residence: Comune | None, with_draft: bool, by: Access, today: date
) -> HandOver:
    """The person's record is made here, or found by the codice fiscale; months used come as a declared figure; a draft is prepared.

    A protected address is not handed over, its protection is (`start_selectors.handed_over`). There the placement ends on the agreed day:
    at once when it has passed, else by a job of that night.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    _receiving(hand_over, by)
    if HandOver.objects.select_for_update(of=("self",), no_key=True).get(pk=hand_over.pk).state != HandOverState.OFFERED:
        raise TransitionNotAllowed
    content = start_selectors.handed_over(hand_over)
    person = _person(content, residence, by=by, today=today)
    if not person.care_team.filter(user=referent, role=CareRole.REFERENT, valid_to=None).exists():
        join_care_team(beneficiary=person, user=referent, role=CareRole.REFERENT, by=by, today=today)
    placement = _draft(content, person, hand_over, by=by, today=today) if with_draft and content.get("placement") else None
    used = content["used"]
    if used["months"] or used["minutes"]:
        DeclaredUse.objects.create(
            ambito_id=by.ambito_id,
            beneficiary=person,
            placement=placement,
            months=used["months"],
            minutes=used["minutes"],
            year=today.year,
            source=_("Passaggio da %(ambito)s") % {"ambito": hand_over.ambito.name},
            said_on=today,
            created_by_id=by.actor_id,
        )
    row = _answer("accepted", hand_over, by=by, today=today, new_beneficiary=person, new_placement=placement)
    _close_there(row, today=today)
    return row


@transaction.atomic
def decline_hand_over(*, hand_over: HandOver, reason: str, by: Access, today: date) -> HandOver:
    """The receiving Ambito says no, and why: the person stays where they are."""
    _receiving(hand_over, by)
    return _answer("declined", hand_over, by=by, today=today, reason=reason)


@transaction.atomic
def withdraw_hand_over(*, hand_over: HandOver, reason: str, by: Access, today: date) -> HandOver:
    """The Ambito that offered takes it back, before an answer."""
    if hand_over.ambito_id != by.ambito_id:
        raise DomainError(_("Lo può ritirare solo l'Ambito che l'ha proposto."))
    return _answer("withdrawn", hand_over, by=by, today=today, reason=reason)


@transaction.atomic
def close_transferred(*, hand_over: HandOver, by: Access, today: date) -> bool:
    """End the placement in the Ambito it comes from, once its last day has come; whether it did. Safe to repeat."""
    row = HandOver.objects.select_for_update(of=("self",), no_key=True).get(pk=hand_over.pk)
    placement = Placement.objects.filter(hand_overs=row, state__in=RUNNING).first()
    if row.state != HandOverState.ACCEPTED or row.closed_on or placement is None or row.last_day > today:
        return False
    to = Ambito.objects.get(pk=row.to_ambito_id)
    if row.last_day < placement.ends_on:  # else it ends by itself
        words = _("Passa a %(ambito)s: %(reason)s") % {"ambito": to.name, "reason": row.reason}
        end_early(
            placement=placement,
            last_day=row.last_day,
            cause=EndCause.MOVED,
            asked_by=Asker.OFFICE,
            next_step=NextStep.NEW_PLACEMENT,
            note_text=words,
            by=by,
            today=today,
        )
    row.closed_on = today
    row.save(update_fields=["closed_on"])
    return True


# --- Shared steps


@dataclass(frozen=True)
class _Seen:
    """The hand-over as one of its two Ambiti keeps a to-do about it."""

    row: HandOver
    ambito_id: int

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def _meta(self) -> Any:
        return self.row._meta


def _todo(row: HandOver, *, by: Access) -> dict[str, Any]:
    return {"url": reverse("agreements:hand_over", args=[row.public_id]), "role": Role.SOCIAL_WORKER, "by": by, "due_on": row.last_day}


def _of(ambito: Ambito, reason: str) -> Access:
    return Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason=reason)


def _receiving(hand_over: HandOver, by: Access) -> None:
    if hand_over.to_ambito_id != by.ambito_id:
        raise DomainError(_("Risponde l'Ambito che riceve."))


def _answer(name: str, hand_over: HandOver, *, by: Access, today: date, reason: str = "", **more: Any) -> HandOver:
    """One answer, told to the other side."""
    values: dict[str, Any] = {"answered_on": today, "answered_by_id": by.actor_id, "answer": reason.strip()}
    row = cast("HandOver", perform(HAND_OVER, name, hand_over, by=by, reason=reason, **values, **more))
    there, here = Ambito.objects.get(pk=row.to_ambito_id), Ambito.objects.get(pk=row.ambito_id)
    with scope(_of(there, "hand-over answered").scope):
        done(kind=TODO, subject=row, by=by)
    if by.ambito_id != row.ambito_id:
        system = _of(here, "hand-over answered")
        with scope(system.scope):
            words = _("Il passaggio è stato accettato") if name == "accepted" else _("Il passaggio non è stato accettato")
            ask(kind=ANSWERED, subject=row, title=words, **_todo(row, by=system))
    return row


def _close_there(row: HandOver, *, today: date) -> None:
    if not row.placement_id:
        return
    here = Ambito.objects.get(pk=row.ambito_id)
    system = _of(here, "hand-over accepted")
    with scope(system.scope):
        if not close_transferred(hand_over=row, by=system, today=today):
            enqueue("agreements.close_transferred", by=system, run_after=_night_after(row.last_day), hand_over_id=row.pk)


def _night_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0, 10), tzinfo=timezone.get_current_timezone())


def _person(content: Mapping[str, Any], residence: Comune | None, *, by: Access, today: date) -> Beneficiary:
    """The record here: the one that has the codice fiscale already, or a new one from what was frozen."""
    frozen = content["person"]
    if found := same_code(by, frozen["hash"]):
        return found
    where = residence or Comune.objects.get(cadastral_code=frozen["residence"])
    return register_beneficiary(
        codice_fiscale=frozen["codice_fiscale"],
        first_name=frozen["first_name"],
        last_name=frozen["last_name"],
        residence=where,
        target_area=frozen["target_area"],
        referral={"service": ReferringService.SOCIAL_SERVICE, "operator": content["from"], "received_on": today},
        privacy_notice_on=None,  # this Ambito gives its own
        is_checked_elsewhere=True,
        is_other_person=True,
        in_charge_note=_("Passaggio da %(ambito)s") % {"ambito": content["from"]},
        phone=frozen["phone"],
        email=frozen["email"],
        address=frozen["address"],
        is_address_protected=frozen.get("is_address_protected", False),
        schooling_completed=frozen["schooling_completed"],
        emergency_name=frozen["emergency_name"],
        emergency_phone=frozen["emergency_phone"],
        by=by,
        today=today,
    )


def _draft(content: Mapping[str, Any], person: Beneficiary, hand_over: HandOver, *, by: Access, today: date) -> Placement | None:
    """The same plan from the next day on, with what this Ambito decides left open: its tutor, its payer."""
    frozen = content["placement"]
    payer = selectors.default_payer(by)
    company = Company.objects.filter(public_id=UUID(frozen["company"])).first()
    site = Site.objects.filter(public_id=UUID(frozen["site"]), company=company).first() if company else None
    starts_on = max(hand_over.last_day + timedelta(days=1), today)
    if payer is None or company is None or site is None or date.fromisoformat(frozen["ends_on"]) < starts_on:
        return None
    week = tuple(Day(weekday=n, starts_at=time.fromisoformat(at), minutes=minutes) for n, at, minutes in frozen["week"])
    tutor = frozen["company_tutor"] and tutors_of(by, company, starts_on).filter(public_id=UUID(frozen["company_tutor"])).first()
    return create_placement(
        beneficiary=person,
        plan=Plan(
            company=company,
            site=site,
            company_tutor=tutor or None,
            promoter_tutor=None,
            starts_on=starts_on,
            ends_on=date.fromisoformat(frozen["ends_on"]),
            week=week,
            tasks=frozen["tasks"],
            goals=tuple(frozen["goals"]),
            adaptations=frozen["adaptations"],
            outside_activities=frozen["outside_activities"],
            **frozen.get("details", {}),
            payer=payer,
            allowance_model=frozen["allowance_model"],
            allowance_amount=Decimal(frozen["allowance_amount"]),
            allowance_cap=Decimal(frozen["allowance_cap"]) if frozen.get("allowance_cap") else None,
            meals_provided=frozen.get("meals_provided", False),
            transport_provided=frozen.get("transport_provided", False),
            tax_treatment=frozen["tax_treatment"],
            tax_motive=frozen["tax_motive"],
            hours_confirmed=True,
        ),
        by=by,
        today=today,
    )
