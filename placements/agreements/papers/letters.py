"""Covering letters: to the company, to the person or who represents her, to INAIL with convenzione and project (domain.md §12.6)."""

from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from placements.beneficiaries.selectors import signing_representative

from .. import clauses, documents, selectors
from ..enums import CoverKind
from ..models import Placement


def to_host(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """With the papers that the company keeps. The person is named, nothing else of her is said (rule 58)."""
    company, person = placement.company, placement.beneficiary
    return {
        **_base(placement),
        "to": _lines(company.name, documents._place(company), company.pec or company.email),
        "about": f"Tirocinio di {person.first_name} {person.last_name}: le carte per l'impresa",
        "paragraphs": [
            f"ecco le carte del tirocinio di {person.first_name} {person.last_name}, che va dal {documents._day(placement.starts_on)} "
            f"al {documents._day(placement.last_day)} presso {placement.site.name}, {placement.site.comune.name}.",
            "Vi chiediamo di conservarle e di mostrarle al tutor aziendale: nel progetto ci sono le attività, l'orario e gli adattamenti "
            "concordati.",
            f"Nella comunicazione obbligatoria, quando la inviate voi, scrivete: «{clauses.COMMUNICATION_WORDS}».",
            "Avvisateci subito di un infortunio, di un'assenza che si prolunga, di ogni difficoltà. Il tutor del nostro ente è "
            f"{placement.promoter_tutor}."
            if placement.promoter_tutor
            else "Avvisateci subito di un infortunio o di una difficoltà.",
        ],
        "enclosures": _enclosures(placement),
        "closing": "Grazie per l'accoglienza.",
    }


def to_person(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """In plain words, to the person, or to who represents her. A protected address is never printed: the letter is handed over."""
    person = placement.beneficiary
    name = f"{person.first_name} {person.last_name}"
    representative = signing_representative(person, placement.starts_on)
    if representative:
        to = _lines(str(representative), f"per {name}")
    elif person.is_address_protected:
        to = _lines(name, "consegnata a mano")
    else:
        to = _lines(name, ", ".join(filter(None, [person.address, str(person.residence)])))
    whose = f"del tirocinio di {name}" if representative else "del tirocinio"
    return {
        **_base(placement),
        "to": to,
        "about": f"Le carte {whose}",
        "paragraphs": [
            f"ecco le carte {whose} presso {placement.company.name}.",
            f"Il tirocinio va dal {documents._day(placement.starts_on)} al {documents._day(placement.last_day)}.",
            "Queste copie si possono tenere. Se qualcosa non è chiaro, basta chiedere: lo rileggiamo insieme.",
            f"Per ogni domanda c'è {placement.promoter_tutor}." if placement.promoter_tutor else "Per ogni domanda ci siamo noi.",
        ],
        "enclosures": _enclosures(placement, easy=True),
        "closing": "A presto.",
    }


def to_inail(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """By PEC, with convenzione and project (INAIL, circular 16/2014)."""
    person, company = placement.beneficiary, placement.company
    cover, by_host = documents.insured(placement, placement.rulebook.rules, CoverKind.INAIL)
    if cover is None:
        raise DomainError(_("Prima registra la posizione INAIL che vale il giorno di inizio: la lettera la cita."))
    return {
        **_base(placement),
        "to": _lines("INAIL, sede competente", f"per PEC: {details['pec']}"),
        "about": "Tirocinio di inclusione sociale: trasmissione della convenzione e del progetto",
        "paragraphs": [
            "trasmettiamo la convenzione e il progetto del tirocinio riabilitativo risocializzante indicato qui sotto (Accordo 7/CSR del "
            "22 gennaio 2015; circolare INAIL 16/2014). L'assicurazione contro gli infortuni è a carico "
            f"{'del soggetto ospitante' if by_host else 'di questo ente'}.",
        ],
        "facts": documents._kept(
            ["Posizione assicurativa", f"n. {cover.number}"],
            ["Tirocinante", f"{person.first_name} {person.last_name}, codice fiscale {person.codice_fiscale}"],
            ["Soggetto ospitante", documents._with(company.name, company.tax_code and f"codice fiscale {company.tax_code}")],
            ["Luogo", f"{placement.site.address}, {placement.site.comune}"],
            ["Periodo", f"dal {documents._day(placement.starts_on)} al {documents._day(placement.last_day)}"],
        ),
        "enclosures": _enclosures(placement),
        "closing": "Distinti saluti.",
    }


def _base(placement: Placement) -> dict[str, Any]:
    person = placement.beneficiary
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_last_name": person.last_name,
        "starts_on": placement.starts_on.isoformat(),
        "ends_on": placement.last_day.isoformat(),
        "signers": [],
    }


def _enclosures(placement: Placement, *, easy: bool = False) -> list[str]:
    """The papers that go with it, by name and number. `easy`: those in easy words too. Raises DomainError while there is none to send."""
    agreement = placement.agreement.document if placement.agreement else None
    project = selectors.current_project(placement).document
    if agreement is None or project is None:
        raise DomainError(_("Prima prepara la convenzione e il progetto: la lettera li accompagna."))
    found = [agreement, project]
    if easy:
        found += Document.objects.filter(
            kind__in=("agreements.pact", "agreements.easy_week"),
            subject_type="agreements.placement",
            subject_id=placement.pk,
            superseded_by=None,
        ).order_by("id")
    return [f"{paper.kind_label} n. {paper.number} del {documents._day(paper.issued_on)}" for paper in found]


def _lines(*lines: str) -> list[str]:
    return [line for line in lines if line]
