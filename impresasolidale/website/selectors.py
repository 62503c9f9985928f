"""What the public site may read: nothing of persons, and of a paper only what its owning room makes public."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from certification.selectors import public as certification
from certification.selectors.impact import PAPER as IMPACT
from companies.training import badges
from companies.training import selectors as training
from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Document, Verification
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Body, Comune, Network
from placements.agreements import signing_selectors as agreements

from .rules import same_surname


@contextmanager
def visitor() -> Iterator[Access]:
    """A visitor's Access to what is public in every network, with its scope open: the request of a visitor has none."""
    access = Access.public(networks=frozenset(Network.objects.values_list("pk", flat=True)))
    with scope(access.scope):
        yield access


def ambiti() -> list[Ambito]:
    return list(Ambito.objects.order_by("name"))


def comuni_of_the_project() -> int:
    """How many comuni the Ambiti have together."""
    return Comune.objects.filter(ambito__isnull=False).count()


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


def _of_certificate(document: Document, today: date) -> Verified | None:
    found = certification.public_state(document, today)
    if found is None:
        return _plain(document) if document.kind == IMPACT else None
    labels = {
        "valid": _("valido"),
        "expired": _("scaduto"),
        "suspended": _("sospeso"),
        "revoked": _("revocato"),
        "superseded": _("sostituito da uno più recente"),
    }
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
    "projects.": _of_office,
    "reports.": _of_office,
}


@contextmanager
def _paper(code: str) -> Iterator[Document | None]:
    """The paper of a code, read in its owner's scope; None when the code is unknown."""
    row = Verification.objects.filter(code=code).first()
    if row is None:
        yield None
        return
    network_id = row.network_id or Ambito.objects.values_list("network_id", flat=True).get(pk=row.ambito_id or 0)
    access = Access.system(network_id=network_id, ambito_id=row.ambito_id, reason="verification")
    with scope(access.scope):
        yield Document.objects.filter(pk=row.document_id).first()


def verify(code: str, *, today: date) -> Verified | None:
    """What is public of the paper with this code; None when there is nothing to say."""
    with _paper(code) as document:
        if document is None:
            return None
        state = next((of for prefix, of in STATES.items() if document.kind.startswith(prefix)), None)
        return state(document, today) if state else None


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


def is_our_file(code: str, file: UploadedFile) -> bool:
    """Whether the uploaded bytes are exactly the file issued under this code (SHA-256)."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    with _paper(code) as document:
        return document is not None and bool(document.file_hash) and document.file_hash == digest.hexdigest()
