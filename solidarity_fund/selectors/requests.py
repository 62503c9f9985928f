"""Requests of the active Ambito, and of the comuni a limited membership opens."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look, Upload
from impresasolidale.core.periods import in_force
from impresasolidale.core.words import euro
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import NoRuleBook, rules_for
from impresasolidale.treasury.models import Entry
from placements.agreements.enums import HOSTED, PlacementState
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary, PaymentWay

from ..enums import STANDING, UNSETTLED, Advance, Conflict, RequestState
from ..models import AgendaItem, BenefitPayee, BenefitRequest
from ..rules import in_window, is_over_ceiling, is_over_isee
from .conflicts import reasons_aside

RUNNING = (PlacementState.ACTIVE, PlacementState.SUSPENDED)
ACT = "solidarity_fund.outside_act"  # the copy of the act that was the second key
QUOTE = "solidarity_fund.quote"  # the quote or receipt the request rests on
REQUEST_TYPE = audit.type_of(BenefitRequest)  # type: ignore[arg-type]


def _requests(access: Access) -> QuerySet[BenefitRequest]:
    rows = BenefitRequest.objects.filter(ambito_id=access.ambito_id).select_related("beneficiary", "ambito", "pot", "rulebook")
    if sits_only(access):
        rows = rows.filter(_before_the_commission(access))
    return rows if access.comuni is None else rows.filter(beneficiary__residence_id__in=access.comuni)


WORKS_ON = (Permission.ASK_BENEFITS, Permission.SCREEN_BENEFITS, Permission.PAY_BENEFITS, Permission.KEEP_SITTINGS)


def sits_only(access: Access) -> bool:
    """Somebody who is in the commission and does no other work on requests: they see what they decide, and nothing else."""
    return access.may(Permission.GIVE_OPINIONS) and not any(access.may(code) for code in WORKS_ON)


def _before_the_commission(access: Access) -> Q:
    on_agenda = Exists(AgendaItem.objects.filter(request=OuterRef("pk")))
    waiting = Q(state__in=[RequestState.SUBMITTED, RequestState.READY]) | Q(advance=Advance.OPEN)
    return waiting | Q(on_agenda) | Q(decided_by=access.actor_id)


THEIR_WORK = (Conflict.AUTHOR, Conflict.CARE_TEAM)


def stands_aside(access: Access, request: BenefitRequest, *, today: date) -> bool:
    """Whether the papers are closed to this person: a member of the commission who declared a conflict, or has one in the records. What
    somebody asked, or of whom they follow, stays open to who also works on requests: it is their work."""
    if not access.may(Permission.GIVE_OPINIONS):
        return False
    reasons = reasons_aside(request, access.actor_id, on=today)
    return any(sits_only(access) or reason not in THEIR_WORK for reason in reasons)


def payee_of(request: BenefitRequest) -> BenefitPayee | None:
    return BenefitPayee.objects.filter(request=request).first()


def request_for(access: Access, public_id: object) -> BenefitRequest:
    row: BenefitRequest = get_object_or_404(
        _requests(access).select_related("placement__company", "created_by", "decided_by", "screened_by", "criteria"), public_id=public_id
    )
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:request")
    return row


def quote_of(request: BenefitRequest) -> Upload | None:
    """The quote that was uploaded last."""
    return Upload.objects.filter(kind=QUOTE, subject_type=REQUEST_TYPE, subject_id=request.pk).order_by("-id").first()


def quote_for(access: Access, public_id: object, *, today: date) -> Upload:
    """The same, for who reaches the request and does not stand aside from it. Raises Http404."""
    row = request_for(access, public_id)
    found = None if stands_aside(access, row, today=today) else quote_of(row)
    if found is None:
        raise Http404
    return found


def act_of(request: BenefitRequest) -> Upload | None:
    """The copy of the outside act with which one person asked and decided; None when two did."""
    return Upload.objects.filter(kind=ACT, subject_type=REQUEST_TYPE, subject_id=request.pk).order_by("-id").first()


def act_for(access: Access, public_id: object, *, today: date) -> Upload:
    """The same, for who reaches the request and does not stand aside from it. Raises Http404."""
    row = request_for(access, public_id)
    found = None if stands_aside(access, row, today=today) else act_of(row)
    if found is None:
        raise Http404
    return found


MOST_ROWS = 5000  # of a file


def _asked(access: Access, *, state: str, kind: str, only: str) -> QuerySet[BenefitRequest]:
    rows = _requests(access).filter(**({"state": state} if state else {}), **({"kind": kind} if kind else {}))
    narrow = {
        "urgent": Q(is_urgent=True),
        "proof": Q(state=RequestState.PAID, closed_on=None, proof_due_on__isnull=False),
        "ratify": Q(advance=Advance.OPEN),
    }
    return rows.filter(narrow[only]) if only in narrow else rows


def requests_page(access: Access, query: QueryDict, *, state: str = "", kind: str = "", only: str = "") -> Slice:
    """Requests, newest first; `state` and `kind` narrow, `only` to the urgent, to those that owe a proof, or to advances to ratify."""
    page = page_of(_asked(access, state=state, kind=kind, only=only), query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:requests", subject_type=REQUEST_TYPE)
    return page


def requests_file(access: Access, *, state: str = "", kind: str = "", only: str = "") -> list[BenefitRequest]:
    """The whole list for a file, as it is filtered. The look is an export."""
    rows = list(_asked(access, state=state, kind=kind, only=only).order_by("-id")[:MOST_ROWS])
    audit.look(Look.Kind.EXPORT, rows, by=access, place="solidarity_fund:requests", subject_type=REQUEST_TYPE)
    return rows


def requests_of_kind(access: Access, kind: str) -> list[BenefitRequest]:
    """The requests of one kind of help that wait or were granted, the oldest first: whom goods may serve."""
    rows = list(_requests(access).filter(kind=kind, state__in=UNSETTLED).order_by("id")[:50])
    audit.look(Look.Kind.LIST, rows, by=access, place="solidarity_fund:gift", subject_type=REQUEST_TYPE)
    return rows


def requests_of(access: Access, beneficiary: Beneficiary) -> list[BenefitRequest]:
    """A person's requests, newest first; the caller logs the look."""
    return list(_requests(access).filter(beneficiary=beneficiary).order_by("-id")[:50])


def requests_of_people(access: Access, people: Collection[int]) -> list[BenefitRequest]:
    """Requests of these people (their ids), newest first; the caller logs the look."""
    return list(_requests(access).filter(beneficiary__in=people).order_by("-id")[:20])


def _entries_by_request(entries: list[Entry]) -> dict[int, list[int]]:
    wanted: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        if entry.source_type == REQUEST_TYPE:
            wanted[entry.source_id].append(entry.pk)
    return wanted


def requests_behind(access: Access, entries: list[Entry]) -> dict[int, BenefitRequest]:
    """Entry id → its request, for the entries whose request this access reaches. One query."""
    wanted = _entries_by_request(entries)
    found = _requests(access).filter(pk__in=wanted).select_related(None)
    return {entry_id: row for row in found for entry_id in wanted[row.pk]}


def waiting_and_behind(access: Access, entries: list[Entry], *, limit: int = 5) -> tuple[list[BenefitRequest], dict[int, BenefitRequest]]:
    """The requests that wait longest for a decision, and entry id → its request for those this access reaches. One query."""
    wanted = _entries_by_request(entries)
    states = (RequestState.SUBMITTED, RequestState.READY)
    first = _requests(access).filter(state__in=states).order_by("-is_urgent", "id").values("pk")[:limit]
    found = list(_requests(access).filter(Q(pk__in=first) | Q(pk__in=wanted)).order_by("-is_urgent", "id"))
    waiting = [row for row in found if row.state in states][:limit]
    audit.look(Look.Kind.LIST, waiting, by=access, place="solidarity_fund:home", subject_type=REQUEST_TYPE)
    return waiting, {entry_id: row for row in found for entry_id in wanted.get(row.pk, ())}


def granted_in_year(request: BenefitRequest, year: int) -> Decimal:
    """Euro granted to the person in the calendar year, this request apart (rule 66)."""
    rows = BenefitRequest.objects.filter(beneficiary_id=request.beneficiary_id, state__in=STANDING, decided_at__year=year).exclude(
        pk=request.pk
    )
    return rows.aggregate(total=Sum("amount", default=Decimal(0)))["total"]


@dataclass(frozen=True)
class Ceiling:
    """Where a request stands against the yearly ceiling of its rule book (rule 66). `ceiling` None: not set."""

    ceiling: Decimal | None
    granted: Decimal
    is_over: bool
    blocks: bool


def ceiling_of(request: BenefitRequest, *, today: date, amount: Decimal | None = None) -> Ceiling:
    """`amount`: what would be granted, where it is less than what was asked."""
    rules = request.rulebook.rules
    granted = granted_in_year(request, today.year)
    wanted = request.amount if amount is None else amount
    over = is_over_ceiling(granted=granted, amount=wanted, ceiling=rules.fund_yearly_ceiling)
    severity = rules.severity(66)
    return Ceiling(rules.fund_yearly_ceiling, granted, over and severity != Severity.OFF, severity == Severity.BLOCK)


@dataclass(frozen=True)
class IseeCheck:
    """Where a request stands against rule 65, in words a page may show: never the value to who only sits in the commission."""

    ceiling: Decimal | None
    is_over: bool
    is_missing: bool
    blocks: bool


def isee_of(request: BenefitRequest) -> IseeCheck:
    rules = request.rulebook.rules
    severity = rules.severity(65)
    over = severity != Severity.OFF and is_over_isee(isee=request.isee, ceiling=rules.fund_isee_ceiling)
    return IseeCheck(rules.fund_isee_ceiling, over, over and request.isee is None, severity == Severity.BLOCK)


def placements_for_benefit(access: Access, *, today: date) -> list[Placement]:
    """Placements whose person may be helped: running, or ended within the months of the rule book of today (rule 67, adr/0025). By name."""
    rows = (
        Placement.objects.filter(Q(state__in=RUNNING) | Q(ended_on__isnull=False), ambito_id=access.ambito_id, state__in=HOSTED)
        .select_related("beneficiary", "company")
        .order_by("beneficiary__search_key", "-starts_on", "id")
    )
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence_id__in=access.comuni)
    if access.ambito is None:
        return []
    try:
        rules = rules_for(access.ambito, today)[1]
    except NoRuleBook:
        return []
    found = [row for row in rows if may_be_helped(row, rules, today=today)]
    audit.look(Look.Kind.LIST, found, by=access, place="solidarity_fund:new_request", subject_type=audit.type_of(Placement))  # type: ignore[arg-type]
    return found


def may_be_helped(placement: Placement, rules: Any, *, today: date) -> bool:
    if rules.severity(67) != Severity.BLOCK:
        return placement.state in HOSTED
    running = placement.state in RUNNING
    return in_window(running=running, ended_on=placement.ended_on, months=rules.fund_window_months, today=today)


# --- What the office looks at


@dataclass(frozen=True)
class Check:
    """One thing the office looks at, in words: `tone` ok, warn or bad."""

    words: str
    tone: str


def checks_of(request: BenefitRequest, offer: Any, *, today: date) -> list[Check]:
    """Window, kind and its ceiling, yearly ceiling, ISEE, quote (rules 64–67): what the program finds before anybody has to."""
    rules = request.rulebook.rules
    found = [
        Check(_("Il tirocinio è in corso, o finito da poco."), "ok")
        if may_be_helped(request.placement, rules, today=today)
        else Check(_("Il tirocinio è finito da troppo tempo."), "warn")
    ]
    if offer.criteria is None:
        found.append(Check(_("Non ci sono ancora criteri pubblicati: prima di concedere servono."), "bad"))
    elif not offer.is_offered:
        found.append(Check(_("I criteri non prevedono questo tipo di aiuto."), "bad"))
    elif offer.ceiling is not None and request.amount > offer.ceiling:
        found.append(Check(_("Per questo aiuto i criteri arrivano a %(top)s.") % {"top": euro(offer.ceiling)}, "bad"))
    else:
        found.append(Check(_("I criteri prevedono questo aiuto, per questo importo."), "ok"))
    ceiling = ceiling_of(request, today=today)
    values = {"granted": euro(ceiling.granted), "top": euro(ceiling.ceiling)}
    if ceiling.is_over:
        found.append(Check(_("Si supera il tetto dell'anno: già avuti %(granted)s, al massimo %(top)s.") % values, "warn"))
    elif ceiling.ceiling is not None:
        found.append(Check(_("Si resta sotto il tetto dell'anno: già avuti %(granted)s, al massimo %(top)s.") % values, "ok"))
    isee = isee_of(request)
    if isee.is_missing:
        found.append(Check(_("Manca l'ISEE: il regolamento arriva a %(top)s.") % {"top": euro(isee.ceiling)}, "warn"))
    elif isee.is_over:
        found.append(Check(_("L'ISEE è sopra %(top)s.") % {"top": euro(isee.ceiling)}, "warn"))
    elif isee.ceiling is not None:
        found.append(Check(_("L'ISEE è sotto il limite."), "ok"))
    has_quote = bool(request.quote) or quote_of(request) is not None
    found.append(Check(_("C'è un preventivo."), "ok") if has_quote else Check(_("Manca il preventivo."), "warn"))
    return found


def responsible_people(access: Access, *, on: date) -> list[User]:
    """Who may be responsible for a procedure: those of the office who look at requests."""
    roles = [role for role, codes in ROLE_PERMISSIONS.items() if Permission.SCREEN_BENEFITS in codes]
    held = Membership.objects.filter(in_force(on), role__in=roles, ambito_id=access.ambito_id)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("last_name", "first_name", "id"))


def person_way(request: BenefitRequest, *, on: date) -> PaymentWay | None:
    """How the person receives money on a day."""
    rows = PaymentWay.objects.filter(in_force(on), beneficiary_id=request.beneficiary_id, withdrawn_at=None)
    return rows.select_related("representative").first()
