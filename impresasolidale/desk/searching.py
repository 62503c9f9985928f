"""One search over all the rooms: by name with small mistakes forgiven, or by a code, exactly. Only what the role may open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from certification.models import Certificate
from companies.hosts.models import Company, CompanyTutor
from companies.training.models import Edition
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Document, Look
from impresasolidale.core.names import SHORTEST, best_named
from impresasolidale.core.validators import codice_fiscale
from impresasolidale.projects.models import Project
from impresasolidale.projects.selectors.projects import projects
from impresasolidale.territory.selectors import name_key
from placements.agreements.models import FrameworkAgreement, Placement
from placements.beneficiaries.models import Beneficiary
from solidarity_fund.selectors.requests import requests_of_people

MOST = 20
CLOSE = 0.5  # of one word to another, from 0 to 1: below it they are different words
PERSON_CODE = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
COMPANY_CODE = re.compile(r"(?:IT)?(\d{11})")
PAPER_NUMBER = re.compile(r"(\d{4})/(\d{1,6})")


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    note: str = ""


@dataclass
class Found:
    people: list[Beneficiary] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    more: list[tuple[str, list[Hit]]] = field(default_factory=list)  # (what they are, in words; the hits), those that have some

    def __bool__(self) -> bool:
        return bool(self.people or self.companies or self.more)


def search(access: Access, text: str, *, today: date) -> Found:
    """At most ten queries. A code is looked for as it is, and the look is logged as such; anything else is a name."""
    code = re.sub(r"\s+", "", text).upper()
    if PERSON_CODE.fullmatch(code):
        return _by_person_code(access, code, today)
    if match := COMPANY_CODE.fullmatch(code):
        return _by_company_code(access, match[1])
    if match := PAPER_NUMBER.fullmatch(code):
        return _by_number(access, f"{match[1]}/{int(match[2]):06d}")
    return _by_name(access, text)


def _by_person_code(access: Access, code: str, today: date) -> Found:
    found = Found()
    if not access.may(P.SEE_PEOPLE):
        return found
    try:
        plain = codice_fiscale(code, today=today).plain
    except ValidationError:  # not a code after all: nobody has it
        return found
    found.people = list(_people(access).filter(codice_fiscale_hash=lookup_hash(plain)))
    audit.look(Look.Kind.SEARCH, found.people, by=access, place="desk:search", subject_type="beneficiaries.beneficiary")
    return found


def _by_company_code(access: Access, digits: str) -> Found:
    found = Found()
    if access.may(P.SEE_COMPANIES):
        rows = _companies(access).filter(Q(partita_iva=digits) | Q(tax_code=digits))
        found.companies = list(rows.order_by("id")[:MOST])
    return found


# What a paper is about → the page of it: (right, model, page).
PAPER_PAGES: dict[str, tuple[P, Any, str]] = {
    "agreements.placement": (P.SEE_PLACEMENTS, Placement, "agreements:detail"),
    "agreements.frameworkagreement": (P.SEE_PLACEMENTS, FrameworkAgreement, "agreements:agreement_detail"),
    "certification.certificate": (P.SEE_CERTIFICATES, Certificate, "certification:detail"),
}


def _by_number(access: Access, number: str) -> Found:
    """The placements, agreements and recognitions that a paper of this number is about. One query for papers, one for each kind."""
    found, hits = Found(), []
    owner = Q(ambito_id=access.ambito_id) if access.ambito_id else Q(pk=None)
    owner |= Q(ambito=None, network_id=access.network_id)
    papers = list(Document.objects.filter(owner, number=number).defer("context").order_by("-id")[:MOST])
    for subject, (needed, model, page) in PAPER_PAGES.items():
        ids = [paper.subject_id for paper in papers if paper.subject_type == subject]
        rows = model._default_manager.in_bulk(ids) if ids and access.may(needed) and access.comuni is None else {}
        hits += [
            Hit(f"{paper.label} {paper.number}", reverse(page, args=[rows[paper.subject_id].public_id]))
            for paper in papers
            if paper.subject_type == subject and paper.subject_id in rows
        ]
    _add(found, _("Carte"), hits)
    return found


def _by_name(access: Access, text: str) -> Found:
    key, found = name_key(text), Found()
    if len(key) < SHORTEST:
        return found
    if access.may(P.SEE_PEOPLE):
        found.people = best_named(_people(access), key, most=MOST)
    if access.may(P.SEE_COMPANIES):
        found.companies = best_named(_companies(access), key, most=MOST)
        _add(found, _("Tutor aziendali"), _tutors(access, key))
    if access.may(P.SEE_PLACEMENTS):
        _add(found, _("Tirocini"), _placements(access, key))
        _add(found, _("Convenzioni"), _agreements(access, found.companies))
    if access.may(P.SEE_FUND) and access.may(P.SEE_PEOPLE) and found.people:
        rows = requests_of_people(access, [person.pk for person in found.people])
        names = {person.pk: str(person) for person in found.people}
        hits = [
            Hit(
                f"{row.get_kind_display()}, {names[row.beneficiary_id]}",
                reverse("solidarity_fund:request", args=[row.public_id]),
                row.get_state_display(),
            )
            for row in rows
        ]
        _add(found, _("Richieste al fondo"), hits)
    if access.may(P.SEE_CERTIFICATES) and found.companies:
        _add(found, _("Riconoscimenti"), _certificates(found.companies))
    if access.may(P.SEE_TRAINING):
        _add(found, _("Corsi"), _editions(access, text))
    if access.may(P.SEE_PROJECTS):
        _add(found, _("Progetti"), _projects(access, text))
    return found


def _add(found: Found, words: str, hits: Iterable[Hit]) -> None:
    if rows := list(hits):
        found.more.append((words, rows))


def _people(access: Access) -> Any:
    rows = Beneficiary.objects.filter(ambito_id=access.ambito_id, merged_into=None, discarded_on=None)
    return rows if access.comuni is None else rows.filter(residence_id__in=access.comuni)


def _companies(access: Access) -> Any:
    return Company.objects.filter(network_id=access.network_id, merged_into=None)


def _tutors(access: Access, key: str) -> list[Hit]:
    """The network has hundreds of tutors, not millions: their names are compared one by one."""
    name = Concat("last_name", Value(" "), "first_name")
    rows = CompanyTutor.objects.filter(network_id=access.network_id).annotate(likeness=TrigramWordSimilarity(key, name))
    rows = rows.filter(likeness__gte=CLOSE).order_by("-likeness", "last_name", "id")[:MOST]
    return [Hit(str(row), f"{reverse('hosts:tutors')}?q={row.last_name}") for row in rows]


def _placements(access: Access, key: str) -> list[Hit]:
    rows = Placement.objects.filter(ambito_id=access.ambito_id).select_related("beneficiary", "company")
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence_id__in=access.comuni)
    return [
        Hit(f"{row.beneficiary}, {row.company}", reverse("agreements:detail", args=[row.public_id]), row.state_label)
        for row in best_named(rows, key, column="person_key", most=MOST)
    ]


def _agreements(access: Access, companies: list[Company]) -> list[Hit]:
    if not companies or access.comuni is not None:
        return []
    rows = FrameworkAgreement.objects.filter(ambito_id=access.ambito_id, company__in=companies).select_related("company")
    return [
        Hit(str(row.company), reverse("agreements:agreement_detail", args=[row.public_id]), row.get_state_display())
        for row in rows.order_by("-id")[:MOST]
    ]


def _certificates(companies: list[Company]) -> list[Hit]:
    rows = Certificate.objects.filter(company__in=companies).select_related("company").order_by("-id")[:MOST]
    return [Hit(str(row.company), reverse("certification:detail", args=[row.public_id]), row.get_state_display()) for row in rows]


def _editions(access: Access, text: str) -> list[Hit]:
    rows = Edition.objects.filter(network_id=access.network_id, course__title__icontains=text).select_related("course").order_by("-id")
    return [Hit(f"{row.course.title}, {row.place}", reverse("training:detail", args=[row.public_id])) for row in rows[:MOST]]


def _projects(access: Access, text: str) -> list[Hit]:
    wanted = Q(title__icontains=text) | Q(code__iexact=text) | Q(cup__iexact=text) | Q(cig__iexact=text)
    rows: list[Project] = list(projects(access).filter(wanted)[:MOST])
    return [Hit(row.title, reverse("projects:detail", args=[row.public_id]), row.code) for row in rows]
