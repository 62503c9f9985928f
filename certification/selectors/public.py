"""What everybody reads: the register, a company's page in it, the state of a certificate behind its address."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import BooleanField, Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import Http404, QueryDict

from companies.hosts import ateco
from companies.hosts.enums import HostingAnswer
from companies.hosts.models import Company, HostingInterest, Opening
from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Verification
from impresasolidale.core.names import ids_named
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import common_rules, name_key

from ..documents import KIND
from ..enums import CertificateState, Level
from ..models import Certificate, HistoricalAward
from ..words import PublicWord, public_word
from .certificates import BY_NAME, in_force

# --- The register


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for: letters of a name or a comune, a comune by its ISTAT code, a section of ATECO, a level, an Ambito."""

    text: str = ""
    comune: str = ""
    sector: str = ""
    level: str = ""
    ambito_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.text or self.comune or self.sector or self.level or self.ambito_id)


@dataclass(frozen=True)
class Recognised:
    """One line of the public register: the company's public face, nothing of people.

    `since`: the year of its first recognition. `is_ready`: the company itself said that it would welcome somebody, or offers places
    today; who is there now is told of nobody (rule 88).
    """

    public_id: UUID
    company: str
    kind: str
    sector: str
    comune: str
    ambito: str
    level_code: str
    level: str
    valid_from: date
    valid_to: date
    since: int
    is_ready: bool


def on_register(access: Access, today: date) -> QuerySet[Certificate]:
    """What the register shows: in force, of companies that agreed to appear."""
    networks = access.scope.networks
    return in_force(today).filter(
        network_id__in=networks, company__network_id__in=networks, company__on_register=True, company__merged_into=None
    )


def register(access: Access, query: QueryDict, *, today: date, wanted: Wanted) -> Slice:
    """A page of the register by name; small mistakes in the name are forgiven. Rows of `Recognised`."""
    rows = on_register(access, today)
    if wanted.text:
        ids = _companies_called(name_key(wanted.text))
        if ids is not None:
            rows = rows.filter(_among(ids))
    if wanted.comune:
        rows = rows.filter(company__comune__istat_code=wanted.comune)
    if wanted.ambito_id:
        rows = rows.filter(company__comune__ambito_id=wanted.ambito_id)
    if wanted.sector:
        first, last = ateco.divisions(wanted.sector)
        rows = rows.filter(company__ateco__gte=f"{first:02}", company__ateco__lt=f"{last + 1:02}")
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    page = page_of(rows.select_related("company__comune__ambito"), query, order=BY_NAME)
    return replace(page, rows=_dressed(page.rows, today))


MANY_FOUND = 1000  # companies that a search finds: from so many on, a page is nearer along the names than through what was found


def _among(ids: list[int]) -> Any:
    """Of these companies. As a set, not as an array: with an array of thousands the planner asks the index for all of them again for each
    company. Few are joined to; of many the list is walked by name, each line asked whether it is one of them, until the page is full."""
    if len(ids) < MANY_FOUND:
        return Q(company__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))
    is_one = '("hosts_company"."id" IN (SELECT unnest(%s::bigint[]))) IS TRUE'
    return RawSQL(is_one, [ids], output_field=BooleanField())  # noqa: S611 our own words


def _companies_called(key: str) -> list[int] | None:
    """The companies whose name has nearly `key` in it, or whose comune begins with it; None when it is too short to tell."""
    ids = ids_named(Company, key)
    if ids is None:
        return None
    comuni = list(Comune.objects.filter(name_key__startswith=key).values_list("pk", flat=True))
    return ids + list(Company.objects.filter(comune_id__in=comuni).values_list("pk", flat=True)) if comuni else ids


def _dressed(rows: Iterable[Certificate], today: date) -> list[Recognised]:
    found = list(rows)
    ids = [row.company_id for row in found]
    first = dict(Certificate.objects.filter(company_id__in=ids).order_by().values_list("company_id").annotate(Min("valid_from")))
    said = HostingInterest.objects.filter(company_id__in=ids).order_by("company_id", "-said_on", "-id").distinct("company_id")
    answers = dict(said.values_list("company_id", "answer"))
    offers = (
        Opening.objects.filter(company_id__in=ids, starts_on__lte=today).exclude(ends_on__lt=today).values_list("company_id", flat=True)
    )
    ready = {i for i, answer in answers.items() if answer == HostingAnswer.YES} | {i for i in offers if i not in answers}
    return [_recognised(row, since=first[row.company_id].year, is_ready=row.company_id in ready) for row in found]


def _recognised(certificate: Certificate, *, since: int, is_ready: bool) -> Recognised:
    company = certificate.company
    assert certificate.valid_to
    return Recognised(
        public_id=company.public_id,
        company=company.name,
        kind=str(company.get_kind_display()),
        sector=ateco.section_words(ateco.section(company.ateco)),
        comune=company.comune.name,
        ambito=str(company.comune.ambito or ""),
        level_code=certificate.level,
        level=str(certificate.get_level_display()),
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
        since=since,
        is_ready=is_ready,
    )


def whole_register(access: Access, today: date, *, size: int = 1000) -> Iterator[Recognised]:
    """Every line, by name, some at a time: for the open data."""
    rows = on_register(access, today).select_related("company__comune__ambito").order_by(*BY_NAME)
    waiting: list[Certificate] = []
    for row in rows.iterator(chunk_size=size):
        waiting.append(row)
        if len(waiting) == size:
            yield from _dressed(waiting, today)
            waiting = []
    yield from _dressed(waiting, today)


def by_comune(access: Access, today: date) -> dict[str, int]:
    """ISTAT code → how many companies of the register have their seat there."""
    rows = on_register(access, today).order_by().values_list("company__comune__istat_code").annotate(Count("pk"))
    return {code: count for code, count in rows if code}


def count_on_register(access: Access, today: date) -> int:
    """How many recognitions the public register shows."""
    return on_register(access, today).count()


def historical_awards(access: Access) -> list[tuple[int, int, list[tuple[str, int]]]]:
    """The attestati given before there were levels (rule 86): (year, how many, [(area, how many)]), the last year first.

    Those known by name count in their area as those known by number alone: an area's number is the whole.
    """
    found: dict[int, list[tuple[str, int]]] = {}
    for row in HistoricalAward.objects.filter(network_id__in=access.scope.networks).order_by("-year", "area"):
        found.setdefault(row.year, []).append((row.area, row.companies))
    return [(year, sum(count for _area, count in areas), areas) for year, areas in found.items()]


@dataclass(frozen=True)
class CompanyFace:
    """A company's page of the register. `now` is None where nothing is in force today; `past`: (level, from, to or None), newest first."""

    public_id: UUID
    name: str
    kind: str
    sector: str
    comune: str
    ambito: str
    now: Recognised | None
    code: str  # of the certificate in force, for its page of verification
    past: tuple[tuple[str, date, date | None], ...]
    word: PublicWord  # what its network calls it in public


def company_face(access: Access, public_id: UUID, *, today: date) -> CompanyFace:
    """The page of a company that was recognised once and agreed to appear; 404 else. What was taken back is not told again here."""
    code = Verification.objects.filter(document_id=OuterRef("document_id")).values("code")[:1]
    rows = list(
        Certificate.objects.filter(
            network_id__in=access.scope.networks,
            company__public_id=public_id,
            company__on_register=True,
            company__merged_into=None,
        )
        .select_related("company__comune__ambito")
        .annotate(code=Subquery(code))
        .order_by("-valid_from", "-pk")
    )
    if not rows:
        raise Http404
    company = rows[0].company
    live = next((row for row in rows if row.state == CertificateState.GRANTED and row.valid_to and row.valid_to >= today), None)
    told = [row for row in rows if row is not live and row.state in (CertificateState.GRANTED, CertificateState.SUPERSEDED)]
    return CompanyFace(
        public_id=company.public_id,
        name=company.name,
        kind=str(company.get_kind_display()),
        sector=ateco.section_words(ateco.section(company.ateco)),
        comune=company.comune.name,
        ambito=str(company.comune.ambito or ""),
        now=_dressed([live], today)[0] if live else None,
        code=getattr(live, "code", "") or "",
        past=tuple((str(row.get_level_display()), row.valid_from, row.valid_to) for row in told),
        word=public_word(common_rules(company.network_id, today).certification_word),
    )


# --- Verification


@dataclass(frozen=True)
class PublicState:
    """What the verification page says of a certificate: what the paper says, and how it stands today.

    `state`: valid, expired, suspended, revoked or superseded. `reason`: the class of reason of a suspended or revoked one.
    `newer`: the code of the one that took its place.
    """

    document: Document
    state: str
    company: str
    comune: str
    level: str
    level_words: str
    band_words: str
    scheme: str
    figures: dict[str, Any] | None
    valid_from: date
    valid_to: date | None
    reason: str
    newer: str
    company_id: UUID | None  # where the register has a page of it


def public_state(document_id: int, today: date) -> PublicState | None:
    """The state of the certificate a paper belongs to, in one query; the caller has entered the paper's scope. None when there is none."""
    newer = Verification.objects.filter(document_id=OuterRef("superseded_by__document_id")).values("code")[:1]
    found = (
        Certificate.objects.filter(document_id=document_id)
        .select_related("document", "company")
        .annotate(newer=Subquery(newer), is_on_register=F("company__on_register"))
        .first()
    )
    if found is None:
        return None
    document = cast(Document, found.document)
    said = cast(dict[str, Any], document.context)
    expired = found.valid_to is None or found.valid_to < today
    state = "expired" if found.state == CertificateState.GRANTED and expired else found.state
    return PublicState(
        document=document,
        state="valid" if state == CertificateState.GRANTED else state,
        company=said["company"],
        comune=said["place"],
        level=said["level"],
        level_words=said.get("level_words", ""),
        band_words=said.get("band_words", ""),
        scheme=said["scheme"],
        figures=said["figures"],
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        reason=str(found.get_reason_class_display()) if found.reason_class else "",
        newer=found.newer or "",
        company_id=found.company.public_id if found.is_on_register and not found.company.merged_into_id else None,
    )


# --- Credentials


def credential_of(document_id: int) -> Certificate | None:
    """The certificate of a paper, for its credential; the caller has entered the paper's scope."""
    return Certificate.objects.filter(document_id=document_id).select_related("document", "company", "scheme", "network").first()


def numbers_in(network_id: int, states: Iterable[str], *, year: int) -> list[str]:
    """The numbers of the papers of a year whose certificate is in one of these states."""
    rows = Certificate.objects.filter(network_id=network_id, state__in=states, document__number__startswith=f"{year}/")
    return list(rows.order_by().values_list("document__number", flat=True))


def numbers_replaced(network_id: int, *, year: int) -> list[str]:
    """The numbers of the papers of a year that a correction took the place of: what was said from them is said no more."""
    rows = Document.objects.filter(network_id=network_id, kind=KIND, superseded_by__isnull=False, number__startswith=f"{year}/")
    return list(rows.order_by().values_list("number", flat=True))


# --- The dossier


def stands(dossier: Document, today: date) -> bool:
    """Whether the company of a dossier holds a recognition today; the caller has entered the paper's scope."""
    return in_force(today).filter(company_id=dossier.subject_id).exists()


LEVELS = [(code, label) for code, label in Level.choices if code != Level.ATTESTATO_2015]
