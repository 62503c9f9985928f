"""Reads of agreements and placements. A look at a detail and at a list is logged here."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access, members_with
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import MOST, Slice, in_pieces, page_of
from impresasolidale.core.lookups import any_of, found
from impresasolidale.core.models import Document, Fact, Look
from impresasolidale.core.names import ids_named
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.selectors import bodies_around, lead_body, name_key
from impresasolidale.treasury.models import Pot
from placements.beneficiaries import selectors as people
from placements.beneficiaries.models import Beneficiary

from . import documents
from .enums import (
    HOSTED,
    IN_WORK,
    LIFE,
    LIVE,
    RUNNING,
    TO_DECIDE,
    TO_START,
    WAIVER_LAPSED,
    WATCHED,
    AgreementState,
    ItemKind,
    PlacementState,
    ProjectState,
)
from .models import Communication, FrameworkAgreement, Goal, PersonalProject, Placement, ReadinessItem, Signature, WeekDay


@dataclass(frozen=True)
class Waiver:
    """What somebody let pass, of which placement, under which rule, why, and until when (None: for the whole placement)."""

    placement: Placement
    kind: str
    rule: int
    reason: str
    who: str
    at: datetime | None
    until: date | None

    @property
    def title(self) -> str:
        return str(ItemKind(self.kind).label).capitalize().replace("inail", "INAIL")


S = PlacementState
AT_RISK = (S.TO_SIGN, S.SIGNED, S.VALIDATED)  # a start somebody counts on
SOON = timedelta(days=14)
ENDING = timedelta(days=60)  # time to think of an extension, a renewal, or what comes after
NEWEST_START = ("-starts_on", "-id")


def _placements(access: Access) -> QuerySet[Placement]:
    """The active Ambito's placements; for a comune-limited membership those of its residents."""
    rows = Placement.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(beneficiary__residence__in=access.comuni)


# What a placement's page names. Every table joined here is planned anew at each look: the users come with the history.
NAMED = {
    "beneficiary": ("public_id", "first_name", "last_name"),
    "company": ("public_id", "name", "risk_class"),
    "site": ("name", "address"),
    "site__comune": ("name", "province", "is_foreign"),
    "company_tutor": ("first_name", "last_name"),
    "agreement": ("public_id", "state", "only_for"),
    "agreement__document": ("number",),
    "rulebook": ("act", "valid_from", "values"),
}
_SHOWN = [field.name for field in Placement._meta.concrete_fields]
_SHOWN += [f"{table}__{column}" for table, columns in NAMED.items() for column in columns]


def _opens(access: Access) -> Q:
    """A placement opens as the record of its person does (house.md §3, adr/0013), to who prepared it, follows it or was its second key,
    and to the role whose task it is."""
    opens = Q(people.opens(access, "beneficiary_id"))
    if access.actor_id:
        opens |= Q(prepared_by=access.actor_id) | Q(promoter_tutor=access.actor_id) | Q(validated_by=access.actor_id)
    versions = PersonalProject.objects.filter(placement=OuterRef("pk"))
    if Role.COORDINATOR in access.roles:
        opens |= Q(state__in=TO_DECIDE) | (Q(state__in=LIVE) & Q(Exists(versions.filter(state__in=IN_WORK))))
    if Role.CLERK in access.roles:
        papers = Document.objects.filter(ambito_id=access.ambito_id, subject_type=Placement._meta.label_lower, subject_id=OuterRef("pk"))
        to_send = Communication.objects.filter(placement=OuterRef("pk"), sent_on=None, annulled_at=None, exempt_motive="")
        opens |= Q(Exists(versions.filter(state=ProjectState.TO_SIGN))) | Q(Exists(papers.filter(protocol_number=""))) | Q(Exists(to_send))
    return opens


def opens(access: Access, column: str, *, key: str = "pk") -> Exists:
    """Whether a placement whose `key` is in `column` opens without a reason: for what is kept on it elsewhere."""
    return Exists(_placements(access).filter(_opens(access), **{key: OuterRef(column)}))


def opens_to(access: Access, row: Placement) -> bool:
    """The same of one placement already read, with its person."""
    own = access.actor_id and access.actor_id in (row.prepared_by_id, row.promoter_tutor_id, row.validated_by_id)
    # In this order: the whole question costs more than the rest of the page.
    return bool(own or people.surely_opens(access, row.beneficiary) or Placement.objects.filter(_opens(access), pk=row.pk).exists())


def _opened(access: Access, rows: QuerySet[Placement], **wanted: Any) -> Placement:
    """The one placement wanted. Raises Http404 where there is none, and ReasonNeeded for a person the user does not follow."""
    row = get_object_or_404(rows, **wanted)
    if not opens_to(access, row):
        raise people.ReasonNeeded(row.beneficiary.public_id)
    return row


def asked_why(row: Any, person: Beneficiary) -> None:
    """Raises ReasonNeeded where something of the person does not open by itself: `is_open`, as read with the row, says so."""
    if not row.is_open:
        raise people.ReasonNeeded(person.public_id)


def placement_for(access: Access, public_id: UUID) -> Placement:
    """One placement with what its page names. Raises as `_opened`. The look is logged."""
    row = _opened(access, _placements(access).select_related(*NAMED).only(*_SHOWN), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="agreements:detail")
    return row


def _open_items(severity: ReadinessItem.Severity) -> Subquery:
    """Whether a placement has such a light open: True or None."""
    return found(ReadinessItem.objects.filter(placement=OuterRef("pk"), satisfied_at=None, waived_by=None, severity=severity))


def placements_found(
    access: Access,
    *,
    today: date,
    states: Collection[str] = (),
    hosts: Collection[int] | None = None,
    ids: Collection[int] | None = None,
    soon: bool = False,
    at_risk: bool = False,
    ending: bool = False,
    between: tuple[str, date, date] | None = None,
) -> QuerySet[Placement]:
    """Placements that the filters want, from their own table alone.

    `ids`: of these alone; `hosts`: in these companies. `soon`: not begun, and due within two weeks. `at_risk`: the same, with the papers
    out already and a red light. `ending`: running, and over within two months. `between`: that "started", "ran" or "ended" from a day to a
    day, as the indicators count them.
    """
    rows = _placements(access)
    if states:
        rows = rows.filter(state__in=states)
    if hosts is not None:
        rows = rows.filter(any_of("company_id", hosts))
    if ids is not None:
        rows = rows.filter(any_of("pk", ids))
    if soon:
        rows = rows.filter(state__in=TO_START, starts_on__lte=today + SOON)
    if at_risk:
        rows = rows.alias(red=_open_items(ReadinessItem.Severity.BLOCK)).filter(state__in=AT_RISK, starts_on__lte=today + SOON, red=True)
    if ending:
        rows = rows.filter(state__in=RUNNING, ended_on=None, ends_on__range=(today, today + ENDING))
    if between:
        what, first, last = between
        rows = rows.filter(state__in=HOSTED, starts_on__lte=last)
        if what == "started":
            rows = rows.filter(starts_on__gte=first)
        elif what == "ended":
            rows = rows.filter(ended_on__range=(first, last))
        else:
            rows = rows.filter(Q(ended_on=None) | Q(ended_on__gte=first))
    return rows


def _shown(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    """With whom and what a line of the list names, and `has_red` and `has_amber` (True or None) of the start light."""
    return rows.select_related("beneficiary", "company", "company_tutor").annotate(
        has_red=_open_items(ReadinessItem.Severity.BLOCK), has_amber=_open_items(ReadinessItem.Severity.WARN)
    )


# What a line of the list shows: the rest of these rows stays where it is.
LISTED = ["public_id", "ambito_id", "state", "starts_on", "ends_on", "ended_on", "entered_on", "company__name"]
LISTED += [f"{person}__{name}" for person in ("beneficiary", "company_tutor") for name in ("first_name", "last_name")]


def _listed(rows: QuerySet[Placement], *, needs: Sequence[str] = ()) -> QuerySet[Placement]:
    """`needs`: what columns that somebody chose read beside the usual ones, fields of joined tables."""
    joined = {name.rpartition("__")[0] for name in needs}
    return _shown(rows).select_related(*sorted(joined)).only(*LISTED, *needs) if joined else _shown(rows).only(*LISTED)


def _begun(rows: QuerySet[Placement], order: str, *, today: date, from_day: date | None, from_letter: str) -> QuerySet[Placement]:
    """From where the list begins in its order; by end, only who has not ended."""
    if from_day and order == "inizio":
        rows = rows.filter(starts_on__lte=from_day)
    if from_letter and order == "nome":
        rows = rows.filter(person_key__gte=name_key(from_letter))
    return rows.filter(ended_on=None, ends_on__gte=today) if order == "fine" else rows


def placements_file(
    access: Access,
    *,
    today: date,
    order: str = "inizio",
    from_day: date | None = None,
    from_letter: str = "",
    company: str = "",
    person: str = "",
    needs: Sequence[str] = (),
    **filters: Any,
) -> Iterator[Placement]:
    """All that `placements_page` turns over, for a file that leaves piece by piece. The look is an export, logged before the first."""
    named: dict[str, Any] = {"hosts": ids_named(Company, name_key(company)), "ids": ids_named(Placement, name_key(person))}
    rows = _begun(placements_found(access, today=today, **named, **filters), order, today=today, from_day=from_day, from_letter=from_letter)
    keys = list(rows.order_by(*ORDERS[order]).values_list("pk", flat=True))
    audit.look(Look.Kind.EXPORT, keys, by=access, place="agreements:file", subject_type=Placement._meta.label_lower)
    return in_pieces(_listed(rows, needs=needs), keys)


def placements_list(access: Access, *, today: date, beneficiary: Beneficiary | None = None, **filters: Any) -> QuerySet[Placement]:
    """What `placements_found` finds as the list shows it; of one person, if one is given."""
    rows = _shown(placements_found(access, today=today, **filters))
    return rows.filter(beneficiary=beneficiary) if beneficiary else rows


# How the list may be sorted; an index carries each.
ORDERS: dict[str, tuple[str, ...]] = {
    "inizio": NEWEST_START,
    "modifica": ("-changed_at", "-id"),
    "nome": ("person_key", "id"),
    "stato": ("life_order", "-starts_on", "-id"),
    "fine": ("ends_on", "id"),  # of who has not ended, from today on
}


def placements_page(
    access: Access,
    query: QueryDict,
    *,
    today: date,
    order: str = "inizio",
    from_day: date | None = None,
    from_letter: str = "",
    company: str = "",
    person: str = "",
    needs: Sequence[str] = (),
    **filters: Any,
) -> Slice:
    """One page of the list in one of `ORDERS`. The look is logged. `needs`: as in `_listed`.

    `from_day`: by start, begin at this day and go back; `from_letter`: by name, begin at these letters. `company` and `person`: words
    of a name, small mistakes forgiven.
    """
    hosts = ids_named(Company, name_key(company))
    ids = ids_named(Placement, name_key(person))
    by_host = hosts is not None and len(hosts) <= MOST and order == "inizio" and ids is None and not any(filters.values())
    rows = placements_found(access, today=today, hosts=None if by_host else hosts, ids=ids, **filters)
    rows = _begun(rows, order, today=today, from_day=from_day, from_letter=from_letter)
    one_state = order == "stato" and len(filters.get("states", ())) == 1  # by state then means by start
    if order == "stato" and filters.get("at_risk"):
        rows = rows.filter(life_order__range=(LIFE.index(AT_RISK[0]), LIFE.index(AT_RISK[-1])))  # where the index has them
    page = page_of(
        rows,
        query,
        order=NEWEST_START if one_state else ORDERS[order],
        shown=partial(_listed, needs=needs),
        under=("company_id", hosts or ()) if by_host else None,
    )
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:list", subject_type=Placement._meta.label_lower)
    return page


def current_project(placement: Placement) -> PersonalProject:
    """The version in force, or the last one while none is, with its goals, week and payer."""
    return (
        PersonalProject.objects.filter(placement=placement)
        .select_related("payer")
        .prefetch_related(
            Prefetch("goals", queryset=Goal.objects.order_by("position")), Prefetch("week", queryset=WeekDay.objects.order_by("weekday"))
        )
        .order_by(Case(When(state=ProjectState.EFFECTIVE, then=0), default=1), "-version")[0]
    )


def readiness_of(placement: Placement) -> list[ReadinessItem]:
    """The start light's items in the order of the rule table."""
    return list(ReadinessItem.objects.filter(placement=placement).select_related("waived_by").order_by("rule", "id"))


def waivers_in_force(access: Access) -> QuerySet[ReadinessItem]:
    """Items of placements that still run, or are prepared, which somebody let pass."""
    return ReadinessItem.objects.filter(ambito_id=access.ambito_id, waived_by__isnull=False, placement__state__in=WATCHED)


def waivers_page(access: Access, query: QueryDict) -> Slice:
    """Waivers in force, the newest item first, as `Waiver`s. The look is logged."""
    rows = waivers_in_force(access).select_related("placement__beneficiary", "placement__company", "waived_by")
    page = page_of(rows, query, order=("-id",), key="id")
    found = [Waiver(i.placement, i.kind, i.rule, i.reason, str(i.waived_by), i.waived_at, i.waived_until) for i in page.rows]
    return _looked(access, replace(page, rows=found))


def waivers_lapsed(access: Access, query: QueryDict) -> Slice:
    """Waivers that came to their day, from the facts they left, the last to end first. The look is logged."""
    page = page_of(Fact.objects.filter(ambito_id=access.ambito_id, code=WAIVER_LAPSED), query, order=("-id",), key="id")
    placements = _placements(access).select_related("beneficiary", "company").in_bulk({f.subject_id for f in page.rows})
    users = User.objects.only("first_name", "last_name", "email").in_bulk({f.data["waived_by"] for f in page.rows})
    found = [
        Waiver(
            placements[f.subject_id], f.data["kind"], f.data["rule"], f.reason, str(users.get(f.data["waived_by"], "")), None,
            date.fromisoformat(f.data["until"]),
        )
        for f in page.rows if f.subject_id in placements
    ]  # fmt: skip
    return _looked(access, replace(page, rows=found))


def _looked(access: Access, page: Slice) -> Slice:
    rows = list({waiver.placement.pk: waiver.placement for waiver in page.rows}.values())
    audit.look(Look.Kind.LIST, rows, by=access, place="agreements:waivers", subject_type=Placement._meta.label_lower)
    return page


def entrusted_to(access: Access) -> QuerySet[Placement]:
    """What is entrusted to the company user who is signed in; nobody's for office users."""
    return (
        Placement.objects.filter(pk__in=access.placements or (), ambito__in=access.ambiti)
        .select_related("beneficiary", "company", "site")
        .order_by("beneficiary__search_key", "id")
    )


# --- Framework agreements


def agreement_for_page(access: Access, public_id: UUID) -> FrameworkAgreement:
    """One framework agreement of the Ambito. The look is logged."""
    row = get_object_or_404(
        FrameworkAgreement.objects.filter(ambito_id=access.ambito_id).select_related(
            "company", "document", "ambito", "only_for__beneficiary"
        ),
        public_id=public_id,
    )
    audit.look(Look.Kind.DETAIL, row, by=access, place="agreements:agreement_detail")
    return row


def agreements_of(access: Access, company: Company) -> QuerySet[FrameworkAgreement]:
    return FrameworkAgreement.objects.filter(ambito_id=access.ambito_id, company=company).order_by("-valid_to", "-id")


def agreements_page(access: Access, query: QueryDict) -> Slice:
    """Framework agreements of the Ambito that are not withdrawn, with how many placements lean on each. The look is logged."""
    page = page_of(
        FrameworkAgreement.objects.filter(ambito_id=access.ambito_id).exclude(state=AgreementState.WITHDRAWN),
        query,
        order=("-valid_to", "-id"),
        shown=lambda rows: rows.select_related("company", "document").annotate(placement_count=Count("placements")),
    )
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:agreements", subject_type=FrameworkAgreement._meta.label_lower)
    return page


def placements_under(access: Access, agreement: FrameworkAgreement) -> QuerySet[Placement]:
    return _placements(access).filter(agreement=agreement).select_related("beneficiary").order_by(*NEWEST_START)[:50]


# --- Papers


@dataclass(frozen=True)
class Paper:
    """A document with the state of its signature round."""

    document: Document
    signatures: list[Signature]
    missing: list[dict[str, str]]  # signers of the frozen context who have not signed

    @property
    def is_pending(self) -> bool:
        return self.document.state == Document.State.PENDING


def documents_of(subject: Placement | FrameworkAgreement) -> list[Document]:
    """All papers issued about a placement or an agreement, newest first, with their signatures."""
    rows = Document.objects.filter(subject_type=audit.type_of(subject), subject_id=subject.pk, ambito_id=subject.ambito_id)
    return list(rows.prefetch_related(Prefetch("signatures", queryset=Signature.objects.order_by("id"))).order_by("-id"))


def papers_of(subject: Placement | FrameworkAgreement, found: list[Document] | None = None) -> list[Paper]:
    """Those of its papers that go round for signatures, newest first; of `found` when they were read already."""
    return [paper_of(row) for row in (documents_of(subject) if found is None else found) if row.kind in documents.KINDS]


def paper_of(document: Document) -> Paper:
    signatures = list(document.signatures.all())
    done = {s.role for s in signatures}
    return Paper(document, signatures, [s for s in documents.signers_of(document) if s["code"] not in done])


def document_for(access: Access, public_id: UUID) -> tuple[Document, Placement | FrameworkAgreement]:
    """One of our papers with what it is about, for who reaches that: Http404 otherwise, and of a placement as `_opened`. What a room
    above writes about a placement for fewer readers (`documents.APART`) is served there, by its own right."""
    ours = [model._meta.label_lower for model in (Placement, FrameworkAgreement)]
    rows = Document.objects.filter(ambito_id=access.ambito_id, subject_type__in=ours)
    document = get_object_or_404(rows.exclude(kind=documents.MINUTES).exclude(kind__startswith=documents.APART), public_id=public_id)
    if document.subject_type == Placement._meta.label_lower:
        return document, _opened(access, _placements(access).select_related("beneficiary", "company"), pk=document.subject_id)
    agreements = FrameworkAgreement.objects.filter(ambito_id=access.ambito_id).select_related("company")
    return document, get_object_or_404(agreements, pk=document.subject_id)


PROTECTED = _("Questo documento contiene un indirizzo protetto: lo apre solo chi può leggerlo. Una versione fatta adesso non lo dice.")


def file_for(access: Access, public_id: UUID) -> Document:
    """A paper whose file opens: as `document_for`, and as `refuse_protected` for who may not read a protected address."""
    document, subject = document_for(access, public_id)
    if isinstance(subject, Placement) and not people.may_see_address(access, subject.beneficiary):
        refuse_protected(document, subject.beneficiary)
    return document


def refuse_protected(document: Document, person: Beneficiary) -> None:
    """Raises PermissionDenied for a paper that `documents.says_protected`: what was issued does not change, so it does not open, except to
    the person and to who may read the address, of whom this is not asked."""
    if documents.says_protected(document, person):
        raise PermissionDenied(PROTECTED)


def saying_protected(papers: Collection[Document]) -> set[int]:
    """Those among some papers, by id, that say an address which was protected since (`refuse_protected`): of a placement, or its signed
    copies. What they say is read of the papers of people with a protected address alone, whatever their number."""
    kind = Placement._meta.label_lower
    copied = {row.subject_id for row in papers if row.kind == documents.SIGNED_COPY}
    behind = dict(Document.objects.filter(pk__in=copied, subject_type=kind).values_list("pk", "subject_id")) if copied else {}
    about = {row.pk: row.subject_id for row in papers if row.subject_type == kind}
    about |= {row.pk: behind[row.subject_id] for row in papers if row.kind == documents.SIGNED_COPY and row.subject_id in behind}
    if not about:
        return set()
    placements = Placement.objects.filter(pk__in=set(about.values()), beneficiary__is_address_protected=True)
    people_of = {row.pk: row.beneficiary for row in placements.select_related("beneficiary")}
    hers = {pk: people_of[of] for pk, of in about.items() if of in people_of}
    return {row.pk for row in Document.objects.filter(pk__in=hers) if documents.says_protected(row, hers[row.pk])} if hers else set()


def signature_for(access: Access, public_id: UUID) -> Signature:
    """A signature whose paper is reachable, with its scan."""
    row = get_object_or_404(Signature.objects.filter(ambito_id=access.ambito_id).select_related("scan", "document"), public_id=public_id)
    file_for(access, row.document.public_id)
    return row


def history_of(subject: Placement | FrameworkAgreement, *people: str) -> list[Fact]:
    """What happened, newest first; each fact with `who`, a name. `people`: columns of `subject` whose users are read along."""
    facts = list(Fact.objects.filter(subject_type=audit.type_of(subject), subject_id=subject.pk).order_by("-at", "-id")[:40])
    ids = {column: getattr(subject, f"{column}_id") for column in people}
    users = User.objects.only("first_name", "last_name", "email").in_bulk({*ids.values(), *(f.actor_id for f in facts)} - {None})
    for column, pk in ids.items():
        setattr(subject, column, users.get(pk))
    for fact in facts:
        fact.who = str(users.get(fact.actor_id, ""))  # type: ignore[attr-defined]
    return facts


# --- Choices of the form


def promoter_tutors(access: Access, on: date) -> QuerySet[User]:
    """Who may be the promoter's tutor: educators and social workers of the Ambito."""
    assert access.ambito_id
    educators, workers = (members_with(ambito_id=access.ambito_id, role=role, on=on) for role in (Role.PROMOTER_TUTOR, Role.SOCIAL_WORKER))
    return educators | workers


def payers(access: Access) -> QuerySet[Body]:
    """Bodies that may pay the allowance: the Ambito's, and those of the whole network."""
    return bodies_around(access.network_id, access.ambito_id)


def paying_pots() -> QuerySet[Pot]:
    """Pots in reach that may pay allowances: the Ambito's budget lines, and the network's grants. Never the solidarity fund's."""
    return Pot.objects.filter(Q(use=Pot.Use.GRANT) | Q(use=Pot.Use.BUDGET, budget__isnull=False)).order_by("name")


def default_payer(access: Access) -> Body | None:
    return lead_body(Ambito.objects.get(pk=access.ambito_id))
