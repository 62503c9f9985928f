"""Reads of people. Who sees whom inside an Ambito is decided here, in `_opens` (house.md §3)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from impresasolidale.accounts.access import Access, members_with
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import audit
from impresasolidale.core.merge import references
from impresasolidale.core.models import Look, MergeLog, Todo, Upload
from impresasolidale.core.names import named
from impresasolidale.core.periods import in_force
from impresasolidale.core.todos import open_for
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import name_key, rules_for

from . import rules
from .enums import CareRole, RepresentativeKind
from .models import (
    Assessment,
    Beneficiary,
    CareMember,
    Consent,
    Referral,
    Representative,
    StatusEvidence,
    TakingInCharge,
    WaitingEntry,
)
from .models.waiting import OPEN

# These roles open the record of whoever they have something to do for.
TASK_ROLES = frozenset({Role.COORDINATOR, Role.CLERK})
CARE_ROLES = (Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR)


class ReasonNeeded(Exception):
    """The person is in the user's Ambito but not among those they follow: the record opens after a logged reason."""

    def __init__(self, public_id: UUID) -> None:
        self.public_id = public_id
        super().__init__(str(public_id))


def _reachable(access: Access) -> QuerySet[Beneficiary]:
    """Everybody of the active Ambito; for a comune-limited membership only the residents of its comuni."""
    rows = Beneficiary.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(residence__in=access.comuni)


def _opens(access: Access, on: date) -> Q:
    """Whose record opens without a reason: care team of the day, residents' comune, open task of the role, opened already."""
    if access.system_reason or access.comuni is not None:
        return Q(pk__isnull=False)
    follows = CareMember.objects.filter(in_force(on), beneficiary=OuterRef("pk"), user=access.actor_id)
    opens = Q(Exists(follows)) | Q(public_id__in=access.opened)
    if roles := sorted(access.roles & TASK_ROLES):
        opens |= _has_task(open_for(access, roles).order_by())
    return opens


def _has_task(todos: QuerySet[Todo]) -> Q:
    """A to-do about the person, or about anything a higher room keeps on the person (a placement, a request)."""
    found = Q(Exists(todos.filter(subject_type=Beneficiary._meta.label_lower, subject_id=OuterRef("pk"))))
    for key in references(Beneficiary):
        model = key.model
        if model._meta.app_label != Beneficiary._meta.app_label:
            subjects = todos.filter(subject_type=model._meta.label_lower).values("subject_id")
            found |= Q(Exists(model._default_manager.filter(**{key.name: OuterRef("pk")}, pk__in=subjects)))
    return found


def beneficiary_for(access: Access, public_id: UUID, *, on: date | None = None) -> Beneficiary:
    """The person's record, for someone who may open it today. A merged record gives the one that was kept.

    Raises Http404 for another Ambito's or another comune's people and ReasonNeeded for a person the user does not follow.
    """
    row = get_object_or_404(
        _reachable(access)
        .select_related("residence", "residence_ambito", "birthplace")
        .annotate(is_open=_opens(access, on or timezone.localdate())),
        public_id=public_id,
    )
    if row.merged_into:
        return beneficiary_for(access, row.merged_into.public_id, on=on)
    if not row.is_open:  # type: ignore[attr-defined]
        raise ReasonNeeded(row.public_id)
    return row


def closed_beneficiary_for(access: Access, public_id: UUID) -> Beneficiary:
    """The row behind the question "why do you open it?": its name alone may be shown. Raises Http404 as above."""
    return get_object_or_404(_reachable(access).filter(merged_into=None), public_id=public_id)


def note_look(access: Access, beneficiary: Beneficiary, *, place: str) -> None:
    audit.look(Look.Kind.DETAIL, beneficiary, by=access, place=place)


def list_people(access: Access, *, text: str = "", area: str = "", mine: bool = False, on: date) -> QuerySet[Beneficiary]:
    """People by name, small mistakes forgiven. `is_open` says whose area the user may read: the area filter keeps to those."""
    current = CareMember.objects.filter(in_force(on), role=CareRole.REFERENT).select_related("user")
    rows = (
        _reachable(access)
        .filter(merged_into=None)
        .annotate(is_open=_opens(access, on))
        .select_related("residence")
        .prefetch_related(Prefetch("care_team", current, to_attr="referents"))
    )
    rows = named(rows, name_key(text))
    if area:
        rows = rows.filter(is_open=True, target_area=area)
    if mine:
        rows = rows.filter(Exists(CareMember.objects.filter(in_force(on), beneficiary=OuterRef("pk"), user=access.actor_id)))
    return rows


def note_list(access: Access, rows: list[Beneficiary]) -> None:
    audit.look(Look.Kind.LIST, rows, by=access, place="beneficiaries:list", subject_type=Beneficiary._meta.label_lower)


def choices_for(access: Access, *, on: date | None = None) -> QuerySet[Beneficiary]:
    """People the user may put in a placement: those whose record opens without a reason, by name."""
    rows = _reachable(access).filter(_opens(access, on or timezone.localdate()), merged_into=None)
    return rows.order_by("search_key", "id")


def may_see_area(access: Access, code: str) -> bool:
    """Whether the user may read this area or service: the judicial ones need a permission of their own."""
    return not rules.is_judicial(code) or access.may(Permission.SEE_JUDICIAL)


def may_see_address(access: Access, beneficiary: Beneficiary) -> bool:
    return not beneficiary.is_address_protected or access.may(Permission.SEE_PROTECTED_ADDRESS)


# --- What hangs on a person


def representatives_of(beneficiary: Beneficiary) -> QuerySet[Representative]:
    rows = Representative.objects.filter(beneficiary=beneficiary, ambito=beneficiary.ambito_id).select_related("file")
    return rows.order_by("-valid_from", "-id")


def signing_representative(beneficiary: Beneficiary, on: date) -> Representative | None:
    """Who signs for the person on a day (rule 6): for a minor or under guardianship, or by a decree that says so; else None."""
    signs = Q(signs_alone=True) | Q(kind=RepresentativeKind.GUARDIAN)
    if rules.is_minor(beneficiary.birth_date, on):
        signs |= Q(kind=RepresentativeKind.PARENT)
    return representatives_of(beneficiary).filter(in_force(on), signs).order_by("-signs_alone", "-valid_from", "-id").first()


def referrals_of(access: Access, beneficiary: Beneficiary) -> QuerySet[Referral]:
    rows = Referral.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).select_related("file")
    return rows.order_by("-received_on", "-id")


def charges_of(access: Access, beneficiary: Beneficiary) -> QuerySet[TakingInCharge]:
    return TakingInCharge.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).order_by("-valid_from", "-id")


def assessments_of(access: Access, beneficiary: Beneficiary) -> QuerySet[Assessment]:
    """References to the social service's assessments (rule 3), newest first."""
    rows = Assessment.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).select_related("file")
    return rows.order_by("-made_on", "-id")


def evidence_of(access: Access, beneficiary: Beneficiary) -> QuerySet[StatusEvidence]:
    """What is certified of the person, newest first; a reserved category is not there at all for who may not read it."""
    hidden = [category for category, permission in rules.RESERVED.items() if not access.may(permission)]
    rows = StatusEvidence.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary, withdrawn_on=None).exclude(category__in=hidden)
    return rows.select_related("file").order_by("-valid_from", "-id")


def rule_book(access: Access, on: date) -> Rules:
    """The rule book of the active Ambito on a day."""
    return rules_for(access.ambito, on)[1]


def consents_of(access: Access, beneficiary: Beneficiary) -> QuerySet[Consent]:
    """Consents given and revoked, those that hold first."""
    rows = Consent.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).select_related("representative", "file")
    return rows.order_by(F("revoked_on").desc(nulls_first=True), "kind", "-id")


def waits_of(access: Access, beneficiary: Beneficiary) -> QuerySet[WaitingEntry]:
    """The person's waits, the open one first."""
    rows = WaitingEntry.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).select_related("priorities_by")
    return rows.order_by(F("left_on").desc(nulls_first=True), "-id")


def one_of(rows: QuerySet, public_id: UUID) -> Any:
    """One of the rows above; Http404 when it is not among them."""
    return get_object_or_404(rows, public_id=public_id)


def paper_of(access: Access, beneficiary: Beneficiary, kind: str, public_id: UUID) -> Upload:
    """The file kept with one record of the person. Raises Http404 where there is none, or the user may not read the record."""
    rows: dict[str, QuerySet] = {
        "condizione": evidence_of(access, beneficiary),
        "segnalazione": referrals_of(access, beneficiary),
        "valutazione": assessments_of(access, beneficiary),
        "rappresentante": representatives_of(beneficiary),
        "consenso": consents_of(access, beneficiary),
    }
    row = get_object_or_404(rows.get(kind, StatusEvidence.objects.none()), public_id=public_id)
    if row.file is None or (kind == "segnalazione" and not may_see_area(access, row.service)):
        raise Http404
    return row.file


# --- The waiting list


def may_see_why(access: Access, entry: Any) -> bool:
    """Whether the user may read why somebody is urgent: who opens the record, and who orders the list."""
    return entry.is_open or access.may(Permission.VALIDATE_PLACEMENTS)


def waiting_list(
    access: Access, *, text: str = "", state: str = "", priority: str = "", mine: bool = False, on: date
) -> QuerySet[WaitingEntry]:
    """Who waits in the Ambito (longest first by `WAITING_ORDER`); `state` asks for one state, else those still waiting."""
    current = CareMember.objects.filter(in_force(on), role=CareRole.REFERENT).select_related("user")
    readable = _reachable(access).filter(_opens(access, on), pk=OuterRef("beneficiary_id"))
    rows = (
        WaitingEntry.objects.filter(ambito_id=access.ambito_id, beneficiary__merged_into=None)
        .annotate(is_open=Exists(readable))
        .select_related("beneficiary__residence", "priorities_by")
        .prefetch_related(Prefetch("beneficiary__care_team", current, to_attr="referents"))
    )
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence__in=access.comuni)
    rows = rows.filter(state=state) if state else rows.filter(state__in=OPEN)
    if key := name_key(text):
        rows = rows.filter(beneficiary__in=named(Beneficiary.objects.filter(ambito_id=access.ambito_id), key))
    if priority:
        rows = rows.filter(priorities__contains=[priority])
        if not access.may(Permission.VALIDATE_PLACEMENTS):
            rows = rows.filter(is_open=True)
    if mine:
        mine_too = CareMember.objects.filter(in_force(on), beneficiary=OuterRef("beneficiary_id"), user=access.actor_id)
        rows = rows.filter(Exists(mine_too))
    return rows


WAITING_ORDER = ["since", "id"]


def note_waiting(access: Access, rows: list[WaitingEntry], *, exported: bool = False) -> None:
    kind = Look.Kind.EXPORT if exported else Look.Kind.LIST
    place = "beneficiaries:waiting_file" if exported else "beneficiaries:waiting"
    people = [row.beneficiary for row in rows]
    audit.look(kind, people, by=access, place=place, subject_type=Beneficiary._meta.label_lower)


def care_team_of(access: Access, beneficiary: Beneficiary) -> QuerySet[CareMember]:
    """Who follows and followed the person, those of today first."""
    rows = CareMember.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).select_related("user")
    return rows.order_by("-valid_from", "-id")


def possible_members(access: Access, *, on: date) -> QuerySet[User]:
    """Colleagues of the Ambito who may join a care team."""
    assert access.ambito_id
    workers, educators = (members_with(ambito_id=access.ambito_id, role=role, on=on) for role in CARE_ROLES)
    return workers | educators


# --- Duplicates


def same_code(access: Access, code_hash: str) -> Beneficiary | None:
    """The person of this Ambito with this code. The search is logged."""
    found = Beneficiary.objects.filter(ambito=access.ambito_id, codice_fiscale_hash=code_hash, merged_into=None).first()
    audit.look(Look.Kind.SEARCH, [found] if found else [], by=access, place="beneficiaries:new", subject_type=Beneficiary._meta.label_lower)
    return found


def known_elsewhere(access: Access, code_hash: str) -> list[str]:
    """Names of the other Ambiti that have a person with exactly this code; nothing else crosses the border."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT beneficiaries_known_elsewhere(%s, %s)", [code_hash, access.ambito_id])
        return [name for (name,) in cursor.fetchall()]


def look_alikes(access: Access, *, search_key: str, birth_date: date) -> list[Beneficiary]:
    """People of this Ambito born on the same day with a similar name."""
    rows = Beneficiary.objects.filter(ambito=access.ambito_id, birth_date=birth_date, merged_into=None)
    return list(rows.filter(search_key__trigram_similar=search_key).order_by("search_key", "id")[:5])


def possible_doubles(access: Access, beneficiary: Beneficiary, *, on: date) -> QuerySet[Beneficiary]:
    """Records with a similar name or the same birth date among those the user opens: what may be merged into this one."""
    alike = Q(search_key__trigram_similar=beneficiary.search_key) | Q(birth_date=beneficiary.birth_date)
    return choices_for(access, on=on).filter(alike).exclude(pk=beneficiary.pk)


def merges_of(access: Access, beneficiary: Beneficiary) -> QuerySet[MergeLog]:
    """Merges into this record that can still be undone, newest first."""
    rows = MergeLog.objects.filter(ambito=access.ambito_id, model=audit.type_of(beneficiary), kept_id=beneficiary.pk, undone_at=None)
    return rows.order_by("-id")


def merge_of(access: Access, beneficiary: Beneficiary, public_id: UUID) -> MergeLog:
    return get_object_or_404(merges_of(access, beneficiary), public_id=public_id)
