"""The case diary as one timeline: what people wrote, and what happened in the rooms, newest first and by keyset."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, JSONField, QuerySet, Value
from django.db.models.functions import Cast, JSONObject
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.models import Fact
from placements.agreements.models import Placement
from placements.agreements.transitions import PLACEMENT
from placements.agreements.views import FACT_WORDS, fact_title
from placements.beneficiaries import selectors
from placements.beneficiaries.enums import CareRole, DiaryKind, DocumentCategory, ReferringService, StatusCategory
from placements.beneficiaries.models import Assessment, Beneficiary, DiaryEntry, PersonDocument, Referral, TakingInCharge
from placements.monitoring.models import PlacementEvent, Talk, Visit
from placements.monitoring.talk_enums import TalkSource, TalkState
from placements.monitoring.visit_enums import EventKind, VisitKind, VisitState

SIZE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PERSON, PLACED = Beneficiary._meta.label_lower, Placement._meta.label_lower

# What may be asked for: a kind of entry, or one of the other sources.
KINDS = (
    ("", gettext_lazy("Tutto")),
    ("diary", gettext_lazy("Solo le note")),
    *DiaryKind.choices,
    ("placements", gettext_lazy("Tirocini")),
    ("course", gettext_lazy("Visite ed eventi")),
    ("services", gettext_lazy("Segnalazioni, prese in carico, valutazioni")),
    ("documents", gettext_lazy("Documenti")),
    ("record", gettext_lazy("Scheda ed équipe")),
    ("talks", gettext_lazy("Richieste di parlare")),
)
PERSON_FACTS = {
    "beneficiaries.beneficiary.registered": gettext_lazy("Persona registrata"),
    "beneficiaries.beneficiary.changed": gettext_lazy("Dati della scheda aggiornati"),
    "beneficiaries.privacy_notice.given": gettext_lazy("Informativa sulla privacy consegnata"),
    "beneficiaries.care_team.joined": gettext_lazy("Entra nell’équipe"),
    "beneficiaries.care_team.left": gettext_lazy("Lascia l’équipe"),
    "beneficiaries.care_team.handed_over": gettext_lazy("Passa a un altro referente"),
    "core.record.merged": gettext_lazy("Unita a una scheda doppia"),
    "core.record.merge_undone": gettext_lazy("Unione delle schede annullata"),
}
PLACEMENT_FACTS = [*(f"{PLACEMENT.code}.{step.name}" for step in PLACEMENT.transitions), *FACT_WORDS]


class Row(NamedTuple):
    """One line of the union: `at` orders, `source` and `id` break ties, `data` is what its words need."""

    at: datetime
    source: str
    id: int
    data: dict[str, Any]


@dataclass(frozen=True)
class Timeline:
    """`items` for the component; the keys of the neighbouring pages, "" at an end."""

    items: list[dict[str, Any]]
    before: str = ""
    after: str = ""

    def urls(self, query: QueryDict) -> dict[str, str]:
        def url(**place: str) -> str:
            if not all(place.values()):
                return ""
            wanted = query.copy()
            for name in ("prima", "dopo"):
                wanted.pop(name, None)
            wanted.update(place)
            return f"?{wanted.urlencode()}"

        return {"previous_url": url(prima=self.before), "next_url": url(dopo=self.after)}


def timeline(access: Access, person: Beneficiary, query: QueryDict, *, kind: str = "") -> Timeline:
    """One page of what happened to the person, and to the records merged into hers. A constant number of queries."""
    records = selectors.records_of(person)
    placements = {row.pk: row for row in Placement.objects.filter(ambito_id=access.ambito_id, beneficiary=person).select_related("company")}
    wanted = _Wanted(access, person, records, placements)
    branches = [make(wanted) for name, make in SOURCES.items() if not kind or kind == name or kind == GROUP_OF[name]]
    if kind in DiaryKind.values:
        branches = [_diary(wanted).filter(kind=kind)]
    rows, before, after = _page(branches, query)
    return Timeline(_words(wanted, rows), before, after)


@dataclass
class _Wanted:
    access: Access
    person: Beneficiary
    records: list[int]
    placements: dict[int, Placement]
    users: dict[int, User] = field(default_factory=dict)
    earlier: dict[int, list[DiaryEntry]] = field(default_factory=dict)

    def user(self, pk: int | None) -> str:
        return str(self.users[pk]) if pk in self.users else ""


# --- The sources: each a queryset with the columns moment, source, row, told


def _branch(rows: QuerySet, source: str, at: str, **data: str) -> QuerySet:
    when: Any = F(at) if isinstance(rows.model._meta.get_field(at), DateTimeField) else Cast(at, DateTimeField())
    words = JSONObject(**data) if data else Value({}, JSONField())
    return rows.order_by().annotate(moment=when, source=Value(source, CharField()), row=F("pk"), told=words)


def _diary(wanted: _Wanted) -> QuerySet:
    rows = selectors.diary_of(wanted.access, wanted.person, wanted.records)
    columns = {"kind": "kind", "text": "text", "type": "subject_type", "about": "subject_id", "by": "created_by_id", "key": "public_id"}
    return _branch(rows, "diary", "happened_at", **columns, corrects="supersedes_id")


def _referrals(wanted: _Wanted) -> QuerySet:
    rows = Referral.objects.filter(ambito_id=wanted.access.ambito_id, beneficiary=wanted.person)
    return _branch(rows, "referral", "received_on", service="service", operator="operator", by="created_by_id")


def _charges(wanted: _Wanted) -> QuerySet:
    rows = TakingInCharge.objects.filter(ambito_id=wanted.access.ambito_id, beneficiary=wanted.person)
    return _branch(rows, "charge", "valid_from", service="service", operator="case_manager", end="valid_to", by="created_by_id")


def _assessments(wanted: _Wanted) -> QuerySet:
    rows = Assessment.objects.filter(ambito_id=wanted.access.ambito_id, beneficiary=wanted.person)
    return _branch(rows, "assessment", "made_on", author="author", by="created_by_id")


def _evidence(wanted: _Wanted) -> QuerySet:
    rows = selectors.evidence_of(wanted.access, wanted.person)
    return _branch(rows.select_related(None), "evidence", "act_on", category="category", issued="issued_by", by="created_by_id")


def _documents(wanted: _Wanted) -> QuerySet:
    rows = selectors.documents_of(wanted.access, wanted.person).filter(withdrawn_at=None).select_related(None)
    return _branch(rows, "document", "dated_on", category="category", note="note", by="created_by_id")


def _placement_facts(wanted: _Wanted) -> QuerySet:
    rows = Fact.objects.filter(
        ambito_id=wanted.access.ambito_id, subject_type=PLACED, subject_id__in=list(wanted.placements), code__in=PLACEMENT_FACTS
    )
    return _branch(rows, "placement", "at", code="code", to="to_state", reason="reason", about="subject_id", by="actor_id")


def _visits(wanted: _Wanted) -> QuerySet:
    rows = Visit.objects.filter(placement_id__in=list(wanted.placements), state=VisitState.DONE)
    return _branch(rows, "visit", "held_on", kind="kind", key="public_id", about="placement_id", by="held_by_id")


def _events(wanted: _Wanted) -> QuerySet:
    rows = PlacementEvent.objects.filter(placement_id__in=list(wanted.placements))
    return _branch(rows, "event", "happened_on", kind="kind", key="public_id", about="placement_id", by="created_by_id")


def _person_facts(wanted: _Wanted) -> QuerySet:
    rows = Fact.objects.filter(
        ambito_id=wanted.access.ambito_id, subject_type=PERSON, subject_id__in=wanted.records, code__in=list(PERSON_FACTS)
    )
    return _branch(rows, "person", "at", code="code", reason="reason", more="data", by="actor_id")


def _talks(wanted: _Wanted) -> QuerySet:
    """What she asked to talk about, for the service alone: its words are read on the request's own page."""
    rows = Talk.objects.filter(ambito_id=wanted.access.ambito_id, placement__in=list(wanted.placements))
    if not wanted.access.may(P.FOLLOW_TALKS):
        rows = rows.none()
    return _branch(rows, "talk", "asked_at", state="state", way_in="came_by", key="public_id", by="created_by_id")


SOURCES: dict[str, Callable[[_Wanted], QuerySet]] = {
    "diary": _diary,
    "referral": _referrals,
    "charge": _charges,
    "assessment": _assessments,
    "evidence": _evidence,
    "document": _documents,
    "placement": _placement_facts,
    "visit": _visits,
    "event": _events,
    "person": _person_facts,
    "talk": _talks,
}
GROUP_OF = {
    "diary": "diary", "referral": "services", "charge": "services", "assessment": "services", "evidence": "services",
    "document": "documents", "placement": "placements", "visit": "course", "event": "course", "person": "record", "talk": "talks",
}  # fmt: skip


# --- The page


def _page(branches: list[QuerySet], query: QueryDict) -> tuple[list[Row], str, str]:
    """Rows newest first. A key is a moment and how many rows of that moment come before: no number of a row stands in an address."""
    after, before = (_key(query.get(name, "")) for name in ("dopo", "prima"))
    if before and not after:
        return _page_before(branches, *before)
    at, skip = after or (None, 0)
    until: dict[str, Any] = {"moment__lte": at} if at else {}
    rows = _rows(branches, **until)[skip : skip + SIZE + 1]
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if not rows:
        return [], "", ""
    first, last = rows[0], rows[-1]
    same = sum(row.at == last.at for row in rows) + (skip if last.at == at else 0)
    return rows, _place(first.at, skip if first.at == at else 0) if after else "", _place(last.at, same) if more else ""


def _page_before(branches: list[QuerySet], at: datetime, rank: int) -> tuple[list[Row], str, str]:
    later = reversed(_rows(branches, moment__gt=at, rising=True)[: SIZE + 1])
    rows = [*later, *_rows(branches, moment=at)[:rank]]
    more, rows = len(rows) > SIZE, rows[-SIZE:]
    if not rows:
        return [], "", ""

    def rank_of(row: Row) -> int:
        return [(each.source, each.id) for each in _rows(branches, moment=row.at)[:1000]].index((row.source, row.id))

    return rows, _place(rows[0].at, rank_of(rows[0])) if more else "", _place(rows[-1].at, rank_of(rows[-1]) + 1)


def _place(at: datetime, rank: int) -> str:
    return f"{(at - EPOCH) // timedelta(microseconds=1)}.{rank}"


class _Union:
    """The union of the branches, read by slices."""

    def __init__(self, branches: list[QuerySet], rising: bool, **filters: Any) -> None:
        first, *others = [b.filter(**filters).values_list("moment", "source", "row", "told") for b in branches]
        order = ("moment", "-source", "row") if rising else ("-moment", "source", "-row")
        self.rows = (first.union(*others, all=True) if others else first).order_by(*order)

    def __getitem__(self, part: slice) -> list[Row]:
        return [Row(*values) for values in self.rows[part]] if part.stop else []


def _rows(branches: list[QuerySet], *, rising: bool = False, **filters: Any) -> _Union:
    return _Union(branches, rising, **filters)


def _key(text: str) -> tuple[datetime, int] | None:
    micros, _dot, skip = text.partition(".")
    try:
        return EPOCH + timedelta(microseconds=int(micros)), min(max(int(skip), 0), 1000)
    except (ValueError, OverflowError):
        return None


# --- The words


def _words(wanted: _Wanted, rows: list[Row]) -> list[dict[str, Any]]:
    wanted.earlier = selectors.earlier_wordings([row.id for row in rows if row.data.get("corrects")])
    named = {row.data.get("by") for row in rows} | {entry.created_by_id for each in wanted.earlier.values() for entry in each}
    for row in rows:
        more = row.data.get("more") or {}
        named |= {more.get("user"), more.get("to"), *more.get("before", ())}
    wanted.users = User.objects.only("first_name", "last_name", "email").in_bulk(named - {None})
    return [_item(wanted, row) for row in rows]


def _item(wanted: _Wanted, row: Row) -> dict[str, Any]:
    item = {
        "when": row.at if row.source in {"diary", "placement", "person", "talk"} else row.at.date(),
        "who": wanted.user(row.data.get("by")),
    }
    return item | WORDS[row.source](wanted, row)


def _diary_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    data = row.data
    placement = wanted.placements.get(data["about"]) if data["type"] == PLACED else None
    label = capfirst(DiaryKind(data["kind"]).label)
    address = [wanted.person.public_id, UUID(data["key"])]
    return {
        "title": _("%(kind)s, tirocinio da %(company)s") % {"kind": label, "company": placement.company} if placement else label,
        "text": _plain(DiaryEntry, "text", data["text"]),
        "tone": "info",
        "links": [(_("Correggi"), reverse("desk:correct_entry", args=address))],
        "earlier": [
            {"at": entry.created_at, "who": wanted.user(entry.created_by_id), "text": entry.text}
            for entry in wanted.earlier.get(row.id, ())
        ],
    }


def _service_words(title: Any) -> Callable[[_Wanted, Row], dict[str, Any]]:
    def words(wanted: _Wanted, row: Row) -> dict[str, Any]:
        code, end = row.data["service"], row.data.get("end")
        service = ReferringService(code).label if selectors.may_see_area(wanted.access, code) else _("servizio riservato")
        until = _("fino al %(day)s") % {"day": _day(end)} if end else ""
        return {"title": f"{title}: {service}", "text": ", ".join(filter(None, [row.data["operator"], until]))}

    return words


def _assessment_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    return {"title": _("Valutazione del servizio sociale"), "text": row.data["author"]}


def _evidence_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    category = StatusCategory(row.data["category"]).label
    return {"title": _("Condizione certificata: %(category)s") % {"category": category}, "text": row.data["issued"]}


def _document_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    category = DocumentCategory(row.data["category"]).label
    return {
        "title": _("Documento: %(category)s") % {"category": category},
        "text": _plain(PersonDocument, "note", row.data["note"]),
        "url": reverse("beneficiaries:documents", args=[wanted.person.public_id]),
    }


def _placement_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    placement = wanted.placements[row.data["about"]]
    title = fact_title(PLACEMENT, row.data["code"], row.data["to"])
    return {
        "title": _("Tirocinio da %(company)s. %(what)s") % {"company": placement.company, "what": title},
        "text": row.data["reason"],
        "url": reverse("agreements:detail", args=[placement.public_id]),
        "who": wanted.user(row.data["by"]) or _("il programma"),
        "tone": "ok",
    }


def _course_words(kinds: Any, name: str) -> Callable[[_Wanted, Row], dict[str, Any]]:
    def words(wanted: _Wanted, row: Row) -> dict[str, Any]:
        told = {"what": capfirst(kinds(row.data["kind"]).label), "company": wanted.placements[row.data["about"]].company}
        may = wanted.access.may(P.FOLLOW_VISITS)
        return {
            "title": _("%(what)s. Tirocinio da %(company)s") % told,
            "url": reverse(f"monitoring:{name}", args=[UUID(row.data["key"])]) if may else "",
        }

    return words


def _person_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    more = row.data["more"]
    on = _("dal %(day)s") % {"day": _day(more["on"])} if "to" in more else ""
    former = _(" e ").join(wanted.user(pk) for pk in more.get("before", ()))
    role = str(CareRole(more["role"]).label) if more.get("role") else ""
    passed = _("da %(former)s") % {"former": former} if former else ""
    told = [wanted.user(more.get("user")), role, passed, _("a %(user)s") % {"user": wanted.user(more["to"])} if "to" in more else "", on]
    return {
        "title": PERSON_FACTS[row.data["code"]],
        "text": ". ".join(filter(None, [", ".join(filter(None, told)), row.data["reason"]])),
    }


def _talk_words(wanted: _Wanted, row: Row) -> dict[str, Any]:
    data = row.data
    return {
        "title": _("Chiede di parlare: %(state)s") % {"state": TalkState(data["state"]).label},
        "text": capfirst(TalkSource(data["way_in"]).label),
        "url": reverse("monitoring:talk", args=[UUID(data["key"])]),
        "tone": "ok" if data["state"] == TalkState.ANSWERED else "warn",
    }


WORDS: dict[str, Callable[[_Wanted, Row], dict[str, Any]]] = {
    "diary": _diary_words,
    "referral": _service_words(gettext_lazy("Segnalazione")),
    "charge": _service_words(gettext_lazy("Presa in carico")),
    "assessment": _assessment_words,
    "evidence": _evidence_words,
    "document": _document_words,
    "placement": _placement_words,
    "visit": _course_words(VisitKind, "visit"),
    "event": _course_words(EventKind, "event"),
    "person": _person_words,
    "talk": _talk_words,
}


def _plain(model: Any, column: str, stored: str | None) -> str:
    """The text of an encrypted column that came in a JSON value, as ciphertext."""
    return model._meta.get_field(column).from_db_value(stored, None, None) or ""


def _day(text: str) -> str:
    found: date | None = parse_date(text)
    return date_format(found, "SHORT_DATE_FORMAT") if found else ""


def placements_of(access: Access, person: Beneficiary) -> Collection[Placement]:
    """What an entry may be about: the person's placements, the latest first."""
    rows = Placement.objects.filter(ambito_id=access.ambito_id, beneficiary=person).select_related("company")
    return rows.order_by("-starts_on", "-id")
