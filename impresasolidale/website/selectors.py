"""What the public site may read: nothing of persons, and of a paper only what its owning room makes public."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification import credential as badge
from certification.documents import DOSSIER
from certification.documents import KIND as CERTIFICATE
from certification.selectors import public as certification
from certification.words import PUBLIC_WORDS, USUAL, PublicWord, public_word
from companies.training import badges
from companies.training import selectors as training
from impresasolidale.accounts.access import Access
from impresasolidale.core import seals
from impresasolidale.core.credentials import did_web
from impresasolidale.core.models import Document, Verification
from impresasolidale.core.scope import scope
from impresasolidale.core.words import hours
from impresasolidale.territory.models import Ambito, Body, Comune, Network
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import common_rules_of
from placements.agreements import signing_selectors as agreements

from .rules import same_surname


@contextmanager
def visitor() -> Iterator[Access]:
    """A visitor's Access to what is public in every network, with its scope open: the request of a visitor has none."""
    access = Access.public(networks=frozenset(Network.objects.values_list("pk", flat=True)))
    with scope(access.scope):
        yield access


def public_rules(access: Access, today: date) -> tuple[PublicWord, int]:
    """How the networks speak in public (rule 88): their word, the usual one where they differ, and the highest of their small numbers."""
    found = common_rules_of(sorted(access.scope.networks), today) or [Rules()]
    words = {rules.certification_word for rules in found}
    return public_word(words.pop() if len(words) == 1 else USUAL), max(rules.small_number_threshold for rules in found)


def ambiti() -> list[Ambito]:
    return list(Ambito.objects.order_by("name"))


def comuni_of_the_project() -> int:
    """How many comuni the Ambiti have together."""
    return Comune.objects.filter(ambito__isnull=False).count()


def inhabitants_of_the_project() -> int:
    """How many people live in those comuni, by the last census the register of comuni holds."""
    return Comune.objects.filter(ambito__isnull=False).aggregate(sum=Sum("population_2011"))["sum"] or 0


def lead_bodies() -> list[Body]:
    """Whom to write to: the lead body of each Ambito."""
    return list(Body.objects.filter(is_lead=True).select_related("ambito", "comune").order_by("ambito__name"))


# --- Verification


@dataclass(frozen=True)
class Verified:
    """What the page says of a paper. `state` is a code for the tone."""

    kind_label: str
    number: str
    issued_on: date
    state: str
    state_label: str
    about_person: bool = False
    company: str = ""
    level: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    rows: tuple[tuple[str, str], ...] = ()  # what else the paper says
    reason: str = ""  # the class of reason of a certificate that is suspended or taken back
    newer: str = ""  # the code of the one that took its place
    company_id: UUID | None = None  # its page in the register
    is_recognition: bool = False
    word: PublicWord = PUBLIC_WORDS[USUAL]  # what the paper calls it


def _of_certificate(document: Document, today: date) -> Verified | None:
    """A paper of the recognitions that is no certificate's of today: it was corrected, or it is no certificate. A dossier stands while the
    recognition does."""
    newer = Verification.objects.filter(document_id=OuterRef("pk")).values("code")[:1]
    by = Document.objects.filter(supersedes_id=document.pk).annotate(code=Subquery(newer)).first()
    found = _plain(document)
    if document.kind == DOSSIER and found.state == "issued" and not certification.stands(document, today):
        return replace(found, state="over", state_label=_("quello che racconta oggi non vale"))
    return replace(found, newer=by.code) if by and document.kind == CERTIFICATE else found


def _recognition(found: certification.PublicState) -> Verified:
    labels = {
        "valid": _("valido"),
        "expired": _("scaduto"),
        "suspended": _("sospeso"),
        "revoked": _("revocato"),
        "superseded": _("sostituito da uno più recente"),
    }
    document, figures = found.document, found.figures
    rows = [(_("Che cosa riconosce"), found.level_words), (_("Pesato sulla grandezza"), found.band_words), (_("Criteri"), found.scheme)]
    if figures:
        hosted = ngettext("%(count)d tirocinio accolto", "%(count)d tirocini accolti", figures["hosted"]) % {"count": figures["hosted"]}
        rows.append((_("Insieme"), f"{hosted}, {hours(figures['minutes'])}"))
    return Verified(
        document.label,
        document.number,
        document.issued_on,
        found.state,
        labels[found.state],
        company=f"{found.company}, {found.comune}",
        level=found.level,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        rows=tuple(row for row in rows if row[1]),
        reason=found.reason,
        newer=found.newer,
        company_id=found.company_id,
        is_recognition=True,
        word=public_word(cast(dict[str, Any], document.context).get("word", "")),
    )


def _of_person(document: Document, today: date) -> Verified:
    """Kind, number, date, state; a surname is confirmed when typed, never shown."""
    return _plain(document, about_person="person_last_name" in document.context)


def _of_agreement(document: Document, today: date) -> Verified:
    """A paper of the agreements says whether it holds today: one that was withdrawn or replaced is ours, and is no longer valid."""
    labels = {
        "valid": _("valido"),
        "waiting": _("non ancora firmato da tutti"),
        "superseded": _("sostituito da un documento più recente"),
        "expired": _("il suo periodo è finito"),
        "withdrawn": _("ritirato"),
    }
    state = agreements.public_state(document, today)
    if not state:
        return _of_person(document, today)
    about_person = "person_last_name" in document.context
    return Verified(document.label, document.number, document.issued_on, state, labels[state], about_person=about_person)


def _of_office(document: Document, today: date) -> Verified:
    return _plain(document)


def _plain(document: Document, *, about_person: bool = False) -> Verified:
    replaced = Document.objects.filter(supersedes_id=document.pk).exists()
    state, label = ("returned", _("sostituito da un documento più recente")) if replaced else ("issued", _("emesso"))
    return Verified(document.label, document.number, document.issued_on, state, label, about_person=about_person)


# The room that owns a kind of paper supplies its state; a kind that is not here has no public page.
STATES: dict[str, Callable[[Document, date], Verified | None]] = {
    "certification.": _of_certificate,
    "agreements.": _of_agreement,
    "attendance.": _of_person,
    "monitoring.": _of_person,
    "training.": _of_person,
    "solidarity_fund.": _of_person,
    "treasury.": _of_office,
    "privacy.": _of_person,
    "projects.": _of_office,
    "reports.": _of_office,
}


@contextmanager
def _row(code: str) -> Iterator[Verification | None]:
    """Whose paper a code is, in its owner's scope; None when the code is unknown."""
    row = Verification.objects.filter(code=code).first()
    if row is None:
        yield None
        return
    network_id = row.network_id or Ambito.objects.values_list("network_id", flat=True).get(pk=row.ambito_id or 0)
    access = Access.system(network_id=network_id, ambito_id=row.ambito_id, reason="verification")
    with scope(access.scope):
        yield row


@contextmanager
def _paper(code: str) -> Iterator[Document | None]:
    """The paper of a code, read in its owner's scope; None when the code is unknown."""
    with _row(code) as row:
        yield Document.objects.filter(pk=row.document_id).first() if row else None


def verify(code: str, *, today: date) -> Verified | None:
    """What is public of the paper with this code; None when there is nothing to say. A certificate takes two queries."""
    with _row(code) as row:
        if row is None:
            return None
        if row.network_id and (recognition := certification.public_state(row.document_id, today)):
            return _recognition(recognition)
        document = Document.objects.filter(pk=row.document_id).first()
        if document is None:
            return None
        state = next((of for prefix, of in STATES.items() if document.kind.startswith(prefix)), None)
        return state(document, today) if state else None


# --- Files that somebody brings


@dataclass(frozen=True)
class Judged:
    """What is said of a file. `verdict`: same (the very file of this code), ours (another paper's), added (ours, with something behind),
    altered, over (ours, its certificate is over), other (somebody else's seal), none (no seal), unreadable. `code`: whose paper it is, or
    was before it was added to. `until`: the last day of the seal's certificate where that is over."""

    verdict: str
    code: str = ""
    until: date | None = None


SAID = {
    seals.Verdict.WHOLE: "ours",
    seals.Verdict.EXPIRED: "over",
    seals.Verdict.ADDED: "added",
    seals.Verdict.ALTERED: "altered",
    seals.Verdict.OTHER: "other",
    seals.Verdict.NONE: "none",
    seals.Verdict.UNREADABLE: "unreadable",
}


def judge(file: UploadedFile, *, today: date, code: str = "") -> Judged:
    """Whose paper a file is: by all its bytes first, which nobody can forge, then by its seal. `code`: the paper it is held to be."""
    data = b"".join(file.chunks())
    known = _code_of(hashlib.sha256(data).hexdigest())
    seal = seals.examine(data, today=today)
    over = seal.until if seal.verdict == seals.Verdict.EXPIRED else None
    if known:
        return Judged("same" if code in ("", known) else "ours", known, over)
    return Judged(SAID[seal.verdict], _code_of(seal.original), over)


def _code_of(digest: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT certification_code_of_file(%s)", [digest])
        return cursor.fetchone()[0] or ""


# --- Open Badges 3.0


def network_named(code: str) -> Network | None:
    return Network.objects.filter(code=code).first()


def credential(code: str, *, address: Callable[..., str], site: str) -> tuple[dict[str, Any], str, date] | None:
    """(the statement of the certificate with this code, its issuer's DID, the day it was given); None where there is none.

    `address(name, *args)` is where a page of the site is.
    """
    with _row(code) as row:
        found = certification.credential_of(row.document_id) if row and row.network_id else None
        if found is None:
            return None
        document = cast(Document, found.document)
        said = cast(dict[str, Any], document.context)
        network, (year, _place) = found.network, badge.place_of(document.number)
        did = did_of(network, site)
        assert found.valid_to
        made = badge.Said(
            address=address("credential", code, "json"),
            page=address("verified", code),
            company_page=address("register_company", found.company.public_id),
            company=said["company"],
            place=said["place"],
            word=str(public_word(said.get("word", "")).bare),
            level=said["level"],
            level_words=said.get("level_words") or said["level"],
            scheme=said["scheme"],
            scheme_version=said["scheme_version"],
            number=document.number,
            issued_on=document.issued_on,
            valid_from=found.valid_from,
            valid_to=found.valid_to,
            did=did,
            issuer=network.name,
            site=site,
            lists={purpose: address("status_list", network.code, year, purpose) for purpose in badge.PURPOSES},
        )
        return badge.statement(made), did, document.issued_on


def did_of(network: Network, site: str) -> str:
    """Its document is beside the issuer's own page: /verifica/ente/<code>/did.json."""
    return did_web(site, "verifica", "ente", network.code)


def status_of(network: Network, *, year: int, purpose: str) -> list[int]:
    """The places in a list whose bit is set."""
    states = [state for state, kept in badge.LISTS.items() if kept == purpose]
    with scope(Access.public(networks=frozenset({network.pk})).scope):
        numbers = certification.numbers_in(network.pk, states, year=year)
        if purpose == badge.REVOCATION:
            numbers += certification.numbers_replaced(network.pk, year=year)
        return [badge.place_of(number)[1] for number in numbers]


# --- Open Badges


def badge_of(code: str, *, address: str, badge: Callable[[UUID], str], evidence: str) -> dict[str, Any] | None:
    """The badge of the certificate with this code, while its tutor agrees to it being public; None otherwise."""
    with _paper(code) as document:
        enrolment = training.badge_facts(document) if document else None
        if enrolment is None:
            return None
        return badges.assertion(enrolment, address=address, badge=badge(enrolment.edition.course.public_id), evidence=evidence, salt=code)


def badge_class_of(public_id: UUID, *, address: str, issuer: Callable[[str], str], image: str, criteria: str) -> dict[str, Any] | None:
    """What the badge of a course is for; None for a course without a public badge."""
    with visitor():
        course = training.course_with_badges(public_id)
        if course is None:
            return None
        return badges.badge_class(course, address=address, issuer=issuer(course.network.code), image=image, criteria=criteria)


def issuer_of(code: str, *, address: str, site: str) -> dict[str, Any] | None:
    """Who gives the badges of a network."""
    network = Network.objects.filter(code=code).first()
    return badges.issuer_profile(network, address=address, site=site) if network else None


def confirms_surname(code: str, typed: str) -> bool:
    """Whether the typed surname is the one on a person's paper: yes or no, nothing else."""
    with _paper(code) as document:
        return document is not None and same_surname(typed, cast(dict[str, str], document.context).get("person_last_name", ""))
