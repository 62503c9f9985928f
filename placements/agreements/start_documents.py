"""Frozen contexts of the papers before a start: the record of an inherited placement, the hand-over to another Ambito."""

from datetime import date
from typing import Any

from django.utils import translation

from impresasolidale.core.errors import DomainError
from impresasolidale.core.words import euro, hours
from placements.beneficiaries.models import Beneficiary

from . import rules
from .caps import CapMeter
from .documents import _charge, _day, _kept, _person_rows, _plain, _project_signers, _signer, promoter_body
from .enums import SignerRole
from .models import DETAILS, DeclaredUse, HandOver, PaperStart, PersonalProject, Placement

Row = list[str]


def inherited(placement: Placement, project: PersonalProject, papers: PaperStart, used: DeclaredUse | None) -> dict[str, Any]:
    """What the record of an inherited placement says: from which signed papers it comes, and what was used before."""
    person, body = placement.beneficiary, promoter_body(placement.ambito)
    with translation.override("it"):
        return {
            "body_name": body.name,
            "starts_on": placement.starts_on.isoformat(),
            "ends_on": placement.ends_on.isoformat(),
            "person_name": f"{person.first_name} {person.last_name}",
            "person_last_name": person.last_name,
            "person": _person_rows(person),
            "placement": _kept(
                ["Impresa", placement.company.name],
                ["Sede", str(placement.site)],
                ["Tutor aziendale", str(placement.company_tutor or "")],
                ["Tutor dell'ente promotore", str(placement.promoter_tutor or "")],
                ["Periodo", f"dal {_day(placement.starts_on)} al {_day(placement.ends_on)}"],
                ["Ore alla settimana", _plain(hours(project.weekly_minutes))],
                ["Attività", project.tasks],
            ),
            "papers": _kept(
                ["Carte firmate il", _day(papers.signed_on)],
                ["Protocollo", papers.protocol],
                ["Entrato nel programma il", _day(placement.entered_on or papers.signed_on)],
                ["Nota", papers.note],
            ),
            "used": used_rows(used) if used else [],
            "signers": signers(placement),
        }


def signers(placement: Placement) -> list[dict[str, str]]:
    """Who should have signed; a representative who is not in the record is named by the role alone."""
    book, charge = placement.rulebook.rules, _charge(placement.beneficiary, placement.starts_on)
    try:
        return _project_signers(placement, promoter_body(placement.ambito), book, charge, on=placement.starts_on)
    except DomainError:
        wanted = rules.required_signers(signers=book.project_signers, representative=True, signs_alone=False, service_is_a_party=False)
        return [_signer(SignerRole(role), "") for role in wanted]


def used_rows(used: DeclaredUse) -> list[Row]:
    return _kept(
        ["Mesi già usati in altri tirocini", str(used.months or "")],
        ["Ore già fatte", _plain(hours(used.minutes)) if used.minutes else ""],
        [f"Contributi già versati nel {used.year}", _plain(euro(used.amount)) if used.amount else ""],
        ["Da dove lo sappiamo", used.source],
        ["Dichiarato il", _day(used.said_on)],
    )


def hand_over(
    person: Beneficiary,
    placement: Placement | None,
    project: PersonalProject | None,
    meter: CapMeter,
    *,
    reason: str,
    last_day: date,
    told_on: date,
) -> dict[str, Any]:
    """All that the other Ambito receives, and nothing else: who the person is, the plan that runs, what was used. No diary, no status.

    A protected address is not handed over: the two offices tell it to each other.
    """
    hidden = person.is_address_protected
    return {
        "from": person.ambito.name,
        "reason": reason,
        "last_day": last_day.isoformat(),
        "told_on": told_on.isoformat(),
        "person": {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "codice_fiscale": person.codice_fiscale,
            "hash": person.codice_fiscale_hash,
            "birth_date": person.birth_date.isoformat(),
            "residence": person.residence.cadastral_code,
            "residence_name": str(person.residence),
            "address": "" if hidden else person.address,
            "is_address_protected": hidden,
            "phone": "" if hidden else person.phone,
            "email": person.email,
            "target_area": person.target_area,
            "schooling_completed": person.schooling_completed,
            "emergency_name": person.emergency_name,
            "emergency_phone": person.emergency_phone,
        },
        "used": {"months": meter.months, "minutes": meter.minutes, "hosts": meter.hosts},
        "placement": _plan(placement, project) if placement and project else None,
    }


def _plan(placement: Placement, project: PersonalProject) -> dict[str, Any]:
    return {
        "company": str(placement.company.public_id),
        "company_name": placement.company.name,
        "site": str(placement.site.public_id),
        "company_tutor": str(placement.company_tutor.public_id) if placement.company_tutor else "",
        "starts_on": placement.starts_on.isoformat(),
        "ends_on": placement.ends_on.isoformat(),
        "tasks": project.tasks,
        "goals": list(project.goals.order_by("position").values_list("text", flat=True)),
        "adaptations": project.adaptations,
        "outside_activities": project.outside_activities,
        "details": {name: getattr(project, name) for name in DETAILS},
        "week": [[d.weekday, f"{d.starts_at:%H:%M}", d.minutes] for d in project.week.order_by("weekday")],
        "weekly_minutes": project.weekly_minutes,
        "allowance_model": project.allowance_model,
        "allowance_amount": str(project.allowance_amount),
        "allowance_cap": None if project.allowance_cap is None else str(project.allowance_cap),
        "meals_provided": project.meals_provided,
        "transport_provided": project.transport_provided,
        "tax_treatment": project.tax_treatment,
        "tax_motive": project.tax_motive,
    }


def hand_over_paper(row: HandOver) -> dict[str, Any]:
    """What the sheet of a hand-over says, from what was frozen."""
    content: Any = row.content
    person, plan, used = content["person"], content["placement"], content["used"]
    with translation.override("it"):
        return {
            "body_name": promoter_body(row.ambito).name,
            "person_name": f"{person['first_name']} {person['last_name']}",
            "person_last_name": person["last_name"],
            "to": row.to_ambito.name,
            "rows": _kept(
                ["Da", content["from"]],
                ["A", row.to_ambito.name],
                ["Perché", content["reason"]],
                ["La persona lo sa ed è d'accordo dal", _day(row.informed_on)],
                ["Ultimo giorno", _day(row.last_day)],
            ),
            "person": _kept(
                ["Nome e cognome", f"{person['first_name']} {person['last_name']}"],
                ["Codice fiscale", person["codice_fiscale"]],
                ["Residenza", person["residence_name"]],
            ),
            "placement": _kept(
                ["Impresa", plan["company_name"]],
                ["Periodo", f"dal {_day(date.fromisoformat(plan['starts_on']))} al {_day(date.fromisoformat(plan['ends_on']))}"],
                ["Attività", plan["tasks"]],
                ["Ore alla settimana", _plain(hours(plan["weekly_minutes"]))],
            )
            if plan
            else [],
            "used": [["Mesi già usati", str(used["months"])], ["Ore già fatte", _plain(hours(used["minutes"]))]],
        }
