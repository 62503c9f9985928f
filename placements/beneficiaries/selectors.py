"""Reads of people. Who sees whom inside an Ambito is decided here, in `_opens` (house.md §3)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access, members_with
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, in_pieces, page_of
from impresasolidale.core.lookups import found
from impresasolidale.core.merge import UNDO_DAYS, Difference, references, undo_until
from impresasolidale.core.models import Look, MergeLog, Todo, Upload
from impresasolidale.core.names import named
from impresasolidale.core.periods import in_force, not_over
from impresasolidale.core.todos import open_for
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import name_key, rules_for

from . import rules
from .enums import CareRole, DocumentCategory, RepresentativeKind
from .models import (
    Assessment,
    Beneficiary,
    CareMember,
    Consent,
    DiaryEntry,
    DistinctPair,
    PaymentWay,
    PersonDocument,
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
    """The person is in the user's Ambito but not among those they follow: the record opens after a logged reason.

    A page asks for it; the API, which has nowhere to ask, answers with these `words`.
    """

    status = 403
    words = gettext_lazy("Questa persona non è fra quelle che segui: la sua scheda si apre dalla pagina, con un motivo.")

    def __init__(self, public_id: UUID) -> None:
        self.public_id = public_id
        super().__init__(str(public_id))


def _reachable(access: Access) -> QuerySet[Beneficiary]:
    """Everybody of the active Ambito whose records are there; for a comune-limited membership only the residents of its comuni."""
    rows = Beneficiary.objects.filter(ambito_id=access.ambito_id, discarded_on=None)
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


def surely_opens(access: Access, person: Beneficiary, on: date | None = None) -> bool:
    """The usual reasons for which a record opens, asked at little cost: yes means yes, no means that `_opens` must be asked."""
    if access.system_reason or access.comuni is not None or str(person.public_id) in access.opened:
        return True
    mine = CareMember.objects.filter(in_force(on or timezone.localdate()), beneficiary=person.pk, user=access.actor_id)
    return mine.exists()


def opens(access: Access, column: str, on: date | None = None) -> Exists:
    """Whether the record of the person in `column` opens without a reason: for what higher rooms keep on a person."""
    return Exists(Beneficiary.objects.filter(_opens(access, on or timezone.localdate()), pk=OuterRef(column)))


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
    """People by name, small mistakes forgiven. The area filter keeps to those whose area the user may read."""
    rows = named(_reachable(access).filter(merged_into=None), name_key(text))
    if area:
        rows = rows.filter(_opens(access, on), target_area=area)
    if mine:
        rows = rows.filter(Exists(CareMember.objects.filter(in_force(on), beneficiary=OuterRef("pk"), user=access.actor_id)))
    return rows


def as_listed(access: Access, rows: QuerySet[Beneficiary], *, on: date) -> QuerySet[Beneficiary]:
    """With the residence, today's referents, and `is_open`, which says whose area the user may read."""
    current = CareMember.objects.filter(in_force(on), role=CareRole.REFERENT).select_related("user")
    team = Prefetch("care_team", current, to_attr="referents")
    return rows.annotate(is_open=_opens(access, on)).select_related("residence").prefetch_related(team)


def note_list(access: Access, rows: list[Beneficiary], *, place: str = "beneficiaries:list") -> None:
    audit.look(Look.Kind.LIST, rows, by=access, place=place, subject_type=Beneficiary._meta.label_lower)


def people_file(access: Access, rows: QuerySet[Beneficiary], *, on: date) -> Iterator[Beneficiary]:
    """These people by name, as listed, for a file that leaves piece by piece. The look is an export, logged before the first."""
    keys = list(rows.order_by("search_key", "id").values_list("pk", flat=True))
    note_export(access, keys, place="beneficiaries:file")
    return in_pieces(as_listed(access, rows, on=on), keys)


def note_export(access: Access, rows: Sequence[Beneficiary | int], *, place: str) -> None:
    """Write who took these people's data away in a file."""
    audit.look(Look.Kind.EXPORT, rows, by=access, place=place, subject_type=Beneficiary._meta.label_lower)


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


def representatives_on(beneficiary: Beneficiary, on: date) -> QuerySet[Representative]:
    """Who acts for the person on a day."""
    return representatives_of(beneficiary).filter(in_force(on))


def signing_representative(beneficiary: Beneficiary, on: date) -> Representative | None:
    """Who signs for the person on a day (rule 6): for a minor or under guardianship, or by a decree that says so; else None."""
    signs = Q(signs_alone=True) | Q(kind=RepresentativeKind.GUARDIAN)
    if rules.is_minor(beneficiary.birth_date, on):
        signs |= Q(kind=RepresentativeKind.PARENT)
    return representatives_on(beneficiary, on).filter(signs).order_by("-signs_alone", "-valid_from", "-id").first()


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


def ways_of(access: Access, beneficiary: Beneficiary) -> QuerySet[PaymentWay]:
    """How the person gets her money, the newest first; those taken off too."""
    rows = PaymentWay.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary)
    return rows.order_by("-valid_from", "-id")


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
    rows = named(rows, name_key(text), column="beneficiary_id", of=Beneficiary)
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


def leaving_members(access: Access, beneficiary: Beneficiary, *, on: date) -> QuerySet[CareMember]:
    """Who follows the person today or will, and may leave: everybody but the referent."""
    rows = CareMember.objects.filter(not_over(on), ambito=access.ambito_id, beneficiary=beneficiary)
    return rows.exclude(role=CareRole.REFERENT).select_related("user").order_by("id")


def cases_of(access: Access, user: User | None, *, on: date) -> QuerySet[Beneficiary]:
    """People whose referent is the user; None: people without a referent who works here on the day."""
    referent = CareMember.objects.filter(in_force(on), beneficiary=OuterRef("pk"), role=CareRole.REFERENT)
    rows = _reachable(access).filter(merged_into=None).select_related("residence").order_by("search_key", "id")
    if user:
        return rows.filter(Exists(referent.filter(user=user)))
    return rows.exclude(Exists(referent.filter(user__in=possible_members(access, on=on).order_by().values("pk"))))


def referent_for(access: Access, public_id: str, *, on: date) -> User:
    """A colleague who is somebody's referent here today. Raises Http404."""
    try:
        wanted = UUID(public_id)
    except ValueError as error:
        raise Http404 from error
    rows = CareMember.objects.filter(in_force(on), ambito=access.ambito_id, role=CareRole.REFERENT)
    return get_object_or_404(User, public_id=wanted, pk__in=rows.values("user"))


@dataclass(frozen=True)
class Load:
    """How many people a referent follows. `works_here`: false for one who has left and still stands as referent."""

    user: User
    people: int
    works_here: bool


def loads(access: Access, *, on: date) -> list[Load]:
    """The referents of today with the number of their people, by name."""
    rows = CareMember.objects.filter(in_force(on), ambito=access.ambito_id, role=CareRole.REFERENT, beneficiary__merged_into=None)
    counts = dict(rows.values_list("user").annotate(people=Count("beneficiary", distinct=True)))
    here = set(possible_members(access, on=on).values_list("pk", flat=True))
    users = User.objects.filter(pk__in=counts).order_by("last_name", "first_name")
    return [Load(user, counts[user.pk], user.pk in here) for user in users]


# --- The case file


def records_of(beneficiary: Beneficiary) -> list[int]:
    """The record and those merged into it: what was written for ever stays on the record it was written on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE r(id) AS (SELECT %s::bigint UNION"
            " SELECT b.id FROM beneficiaries_beneficiary b JOIN r ON b.merged_into_id = r.id) SELECT id FROM r ORDER BY id",
            [beneficiary.pk],
        )
        return [pk for (pk,) in cursor.fetchall()]


def diary_of(access: Access, beneficiary: Beneficiary, records: Collection[int] | None = None) -> QuerySet[DiaryEntry]:
    """The entries that hold: those nobody has corrected. `records`: what records_of has said, where it was asked already."""
    wanted = records_of(beneficiary) if records is None else records
    return DiaryEntry.objects.filter(ambito=access.ambito_id, beneficiary__in=wanted, superseded_by=None)


def diary_entry_for(access: Access, beneficiary: Beneficiary, public_id: UUID) -> DiaryEntry:
    return get_object_or_404(diary_of(access, beneficiary), public_id=public_id)


def earlier_wordings(entries: Collection[int]) -> dict[int, list[DiaryEntry]]:
    """Entry → the wordings it corrects, the latest first."""
    rows = DiaryEntry.objects.raw(
        "WITH RECURSIVE w(current, id, depth) AS ("
        " SELECT id, supersedes_id, 1 FROM beneficiaries_diaryentry WHERE id = ANY(%s) AND supersedes_id IS NOT NULL UNION ALL"
        " SELECT w.current, e.supersedes_id, w.depth + 1 FROM w JOIN beneficiaries_diaryentry e ON e.id = w.id"
        " WHERE e.supersedes_id IS NOT NULL)"
        " SELECT e.*, w.current FROM w JOIN beneficiaries_diaryentry e ON e.id = w.id ORDER BY w.current, w.depth",
        [list(entries)],
    )
    found: dict[int, list[DiaryEntry]] = {}
    for row in rows:
        found.setdefault(row.current, []).append(row)  # type: ignore[attr-defined]
    return found


def documents_of(access: Access, beneficiary: Beneficiary) -> QuerySet[PersonDocument]:
    """The person's papers, newest first in each category, those withdrawn too. An act of the judicial area needs its permission."""
    rows = PersonDocument.objects.filter(ambito=access.ambito_id, beneficiary=beneficiary).select_related("upload", "created_by")
    if not may_see_area(access, beneficiary.target_area):
        rows = rows.exclude(category=DocumentCategory.STATUS_ACT)
    return rows.order_by("category", "-dated_on", "-id")


def document_for(access: Access, beneficiary: Beneficiary, public_id: UUID) -> PersonDocument:
    return get_object_or_404(documents_of(access, beneficiary).filter(withdrawn_at=None), public_id=public_id)


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
    rows = Beneficiary.objects.filter(ambito=access.ambito_id, birth_date=birth_date, merged_into=None, discarded_on=None)
    return list(rows.filter(search_key__trigram_similar=search_key).order_by("search_key", "id")[:5])


def possible_doubles(access: Access, beneficiary: Beneficiary, *, on: date) -> QuerySet[Beneficiary]:
    """Records with a similar name or the same birth date among those the user opens: what may be merged into this one."""
    alike = Q(search_key__trigram_similar=beneficiary.search_key) | Q(birth_date=beneficiary.birth_date)
    return choices_for(access, on=on).filter(alike).exclude(pk=beneficiary.pk)


def merges_of(access: Access, beneficiary: Beneficiary, *, on: date) -> list[MergeLog]:
    """Merges into this record that can still be undone, newest first; each says `until` when."""
    rows = MergeLog.objects.filter(ambito=access.ambito_id, model=audit.type_of(beneficiary), kept_id=beneficiary.pk, undone_at=None)
    found = list(rows.filter(created_at__date__gte=on - timedelta(days=UNDO_DAYS)).order_by("-id"))
    for log in found:
        log.until = undo_until(log)  # type: ignore[attr-defined]
    return found


def merge_of(access: Access, beneficiary: Beneficiary, public_id: UUID) -> MergeLog:
    """A merge into this record, whatever its age: the service says when it is too late."""
    rows = MergeLog.objects.filter(ambito=access.ambito_id, model=audit.type_of(beneficiary), kept_id=beneficiary.pk, undone_at=None)
    return get_object_or_404(rows, public_id=public_id)


def pairs_page(access: Access, query: QueryDict, *, mine: bool = False, on: date) -> tuple[Slice, list[tuple[Beneficiary, Beneficiary]]]:
    """Pairs that may be one person: same birth date, similar name, nobody has told them apart; the latest registered first.

    A page is of those registered later; each with the older records it resembles. `mine`: at least the later one in my care team.
    """
    told = DistinctPair.objects.filter(first=OuterRef("pk"), second=OuterRef(OuterRef("pk")))
    older = Beneficiary.objects.filter(
        ~Exists(told),
        ambito=OuterRef("ambito"),
        birth_date=OuterRef("birth_date"),
        pk__lt=OuterRef("pk"),
        search_key__trigram_similar=OuterRef("search_key"),
        merged_into=None,
        discarded_on=None,
    )
    rows = _reachable(access).alias(has_older=found(older)).filter(has_older=True, merged_into=None)
    if mine:
        rows = rows.filter(Exists(CareMember.objects.filter(in_force(on), beneficiary=OuterRef("pk"), user=access.actor_id)))
    page = page_of(rows, query, order=["-id"], shown=lambda people: people.select_related("residence"))
    return page, _with_older(access, page.rows)


def _with_older(access: Access, later: list[Beneficiary]) -> list[tuple[Beneficiary, Beneficiary]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM beneficiaries_beneficiary b JOIN beneficiaries_beneficiary a ON a.ambito_id = b.ambito_id"
            " AND a.birth_date = b.birth_date AND a.id < b.id AND a.search_key %% b.search_key AND a.merged_into_id IS NULL"
            " AND a.discarded_on IS NULL"
            " WHERE b.id = ANY(%s) AND NOT EXISTS"
            " (SELECT FROM beneficiaries_distinctpair d WHERE d.first_id = a.id AND d.second_id = b.id) ORDER BY b.id DESC, a.id LIMIT 100",
            [[row.pk for row in later]],
        )
        pairs = cursor.fetchall()
    people = {row.pk: row for row in later}
    missing = {first for first, _second in pairs} - people.keys()
    people |= {row.pk: row for row in _reachable(access).filter(pk__in=missing).select_related("residence")}
    return [(people[first], people[second]) for first, second in pairs if first in people]


def told_apart_page(access: Access, query: QueryDict) -> Slice:
    """The pairs that somebody has told apart, the latest first."""
    rows = DistinctPair.objects.filter(ambito=access.ambito_id, first__in=_reachable(access), second__in=_reachable(access))
    return page_of(rows.select_related("first__residence", "second__residence", "created_by"), query, order=["-id"])


def second_referent(keep: Beneficiary, drop: Beneficiary) -> User | None:
    """The referent of `drop` who no longer follows the person after a merge, because `keep` has another one."""
    rows = CareMember.objects.filter(beneficiary__in=[keep, drop], role=CareRole.REFERENT, valid_to=None).select_related("user")
    found = {member.beneficiary_id: member.user for member in rows}
    return found.get(drop.pk) if keep.pk in found and found[keep.pk] != found.get(drop.pk) else None


PART_LABELS = {
    "name": gettext_lazy("Cognome e nome"),
    "identity": gettext_lazy("Codice fiscale e nascita"),
    "residence": gettext_lazy("Comune di residenza"),
    "address": gettext_lazy("Indirizzo"),
    "phone": gettext_lazy("Telefono"),
    "email": gettext_lazy("Posta elettronica"),
    "target_area": gettext_lazy("Area"),
    "schooling_completed": gettext_lazy("Obbligo scolastico"),
    "emergency": gettext_lazy("Chi avvisare"),
    "privacy_notice_on": gettext_lazy("Informativa sulla privacy"),
}


def differences(access: Access, keep: Beneficiary, drop: Beneficiary) -> list[Difference]:
    """Where two records differ, part by part; a part the user may not read is left out, and stays as it is on the record kept."""
    hidden = set()
    if not all(may_see_area(access, person.target_area) for person in (keep, drop)):
        hidden.add("target_area")
    if not all(may_see_address(access, person) for person in (keep, drop)):
        hidden.add("address")
    found = []
    for part, names in rules.MERGED_PARTS.items():
        compared = [name for name in names if name != "codice_fiscale"]  # its hash says whether it is the same
        if part not in hidden and any(getattr(keep, name) != getattr(drop, name) for name in compared):
            found.append(Difference(part, PART_LABELS[part], _part_words(part, keep), _part_words(part, drop)))
    return found


def _part_words(part: str, person: Beneficiary) -> str:
    words = {
        "name": [str(person)],
        "identity": [person.codice_fiscale, f"{person.birth_date:%d/%m/%Y}", str(person.birthplace)],
        "residence": [str(person.residence), person.in_charge_note],
        "address": [person.address, _("protetto") if person.is_address_protected else ""],
        "target_area": [person.get_target_area_display()],
        "schooling_completed": [_("concluso") if person.schooling_completed else _("non concluso")],
        "emergency": [person.emergency_name, person.emergency_phone],
        "privacy_notice_on": [f"{person.privacy_notice_on:%d/%m/%Y}" if person.privacy_notice_on else ""],
    }
    return ", ".join(filter(None, words[part] if part in words else [getattr(person, part)]))
