"""Papers of a pause and of the end: suspension, early end, final attestation (domain.md §2.5). The company reads them: no area, no
service, no free words about the person's state (rule 58)."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError

from .. import documents, selectors
from ..change_enums import EndCause, SuspensionCause
from ..enums import SignerRole
from ..models import EarlyEnd, Placement, Suspension

# Causes that the company may read; of the others, which tell of health or of a court, the paper gives the days alone (rule 58).
TOLD = {SuspensionCause.CLOSURE, SuspensionCause.HOST, EndCause.HIRED, EndCause.OTHER_PATH, EndCause.HOST, EndCause.MOVED}


def suspension(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """The notice of the pause that began last, and what holds meanwhile. Raises DomainError when there is none."""
    pause = placement.suspensions.order_by("-starts_on").first()
    if pause is None:
        raise DomainError(_("Questo tirocinio non è sospeso."))
    since, until = pause.starts_on, pause.ends_on
    lead = f"Il tirocinio si ferma dal {documents._day(since)}"
    return {
        **_base(placement),
        "lead": f"{lead} al {documents._day(until)}." if until else f"{lead}.",
        "facts": documents._kept(
            *_placed(placement),
            ["Sospeso dal", documents._day(since)],
            ["Fino al", documents._day(until) if until else ""],
            ["Motivo", _told(pause)],
        ),
        "notes_title": "Che cosa vale in questi giorni",
        "notes": [
            "La persona non viene nell'impresa: non ci sono ore da segnare e il contributo non matura.",
            "Il progetto resta valido. Quando il tirocinio riprende, le attività e l'orario sono quelli di prima.",
            "La ripresa si concorda fra i due tutor e la persona. Se serve più tempo per arrivare agli obiettivi, si firma una proroga.",
        ],
        "signers": _office_and_host(placement),
    }


def _told(row: Suspension | EarlyEnd) -> str:
    with translation.override("it"):
        return str(row.get_cause_display()) if row.cause in TOLD else ""


def early_end(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """The paper of an end before its day (rule 51)."""
    if placement.ended_on is None or placement.ended_on >= placement.ends_on:
        raise DomainError(_("Questo tirocinio non si è chiuso in anticipo."))
    last = documents._day(placement.ended_on)
    return {
        **_base(placement),
        "lead": f"Il tirocinio si chiude il {last}, prima del giorno previsto.",
        "facts": documents._kept(
            *_placed(placement),
            ["Fine prevista", documents._day(placement.ends_on)],
            ["Ultimo giorno", last],
            ["Motivo", _told(placement.early_end) if hasattr(placement, "early_end") else ""],
        ),
        "notes_title": "Che cosa succede adesso",
        "notes": [
            f"Le ore si segnano fino al {last} compreso; anche il contributo si conta fino a quel giorno.",
            "La comunicazione obbligatoria della chiusura si invia quando è dovuta (legge 234/2021, art. 1, comma 724).",
            "I due tutor e la persona si incontrano per dirsi com'è andata. L'ente promotore prepara l'attestazione finale.",
        ],
        "signers": [*_office_and_host(placement), _person(placement)],
    }


def attestation(placement: Placement, details: dict[str, Any]) -> dict[str, Any]:
    """What was done and what the person showed, for her to keep. Never a diagnosis, never the area. `details`: `activities` and `shown`
    (the relations) in words; `skills`, for the wider kind alone; `minutes` and `days` of presence."""
    project = selectors.current_project(placement)
    person = placement.beneficiary
    return {
        **_base(placement),
        "lead": f"Si attesta che {person.first_name} {person.last_name} ha svolto un tirocinio finalizzato all’inclusione sociale e "
        "all’autonomia.",
        "person": documents._kept(
            ["Nome e cognome", f"{person.first_name} {person.last_name}"],
            ["Nascita", f"{documents._day(person.birth_date)}, {person.birthplace}"],
            ["Codice fiscale", person.codice_fiscale],
        ),
        "facts": documents._kept(
            *_placed(placement)[1:],  # who it is stands above
            ["Attività dell'impresa", placement.company.sector],
            ["Periodo", f"dal {documents._day(placement.starts_on)} al {documents._day(placement.last_day)}"],
            ["Orario settimanale", documents._plain(documents.hours(project.weekly_minutes))],
            ["Ore fatte", documents._plain(documents.hours(details["minutes"])) if details.get("minutes") else ""],
            ["Giorni di presenza", str(details.get("days") or "")],
            ["Tutor aziendale", str(placement.company_tutor or "")],
            ["Tutor dell'ente promotore", str(placement.promoter_tutor or "")],
        ),
        "activities": _paragraphs(details["activities"]),
        "shown": _paragraphs(details["shown"]),
        "skills": _paragraphs(details.get("skills", "")),
        "goals": [goal.text for goal in project.goals.all()],
        "closing": "Il tirocinio non è un rapporto di lavoro (Accordo 7/CSR del 22 gennaio 2015). Questa attestazione dice quello che la "
        "persona ha fatto e le relazioni che ha costruito; non contiene notizie sulla salute.",
        "signers": [*_office_and_host(placement), _person(placement)],
    }


def _base(placement: Placement) -> dict[str, Any]:
    person = placement.beneficiary
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
        "starts_on": placement.starts_on.isoformat(),
        "ends_on": placement.last_day.isoformat(),
    }


def _placed(placement: Placement) -> list[documents.Row]:
    """Who, where, under which project."""
    paper = selectors.current_project(placement).document
    return documents._kept(
        ["Persona", f"{placement.beneficiary.first_name} {placement.beneficiary.last_name}"],
        ["Impresa", placement.company.name],
        ["Luogo", f"{placement.site.name}, {placement.site.address}, {placement.site.comune}"],
        ["Progetto personalizzato", f"n. {paper.number} del {documents._day(paper.issued_on)}" if paper else ""],
    )


def _office_and_host(placement: Placement) -> list[dict[str, str]]:
    body, company = documents.promoter_body(placement.ambito), placement.company
    host = f"{company.representative}, per {company.name}" if company.representative else company.name
    return [documents._signer(SignerRole.PROMOTER, body.name), documents._signer(SignerRole.HOST, host)]


def _person(placement: Placement) -> dict[str, str]:
    person = placement.beneficiary
    return documents._signer(SignerRole.PERSON, f"{person.first_name} {person.last_name}")


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
