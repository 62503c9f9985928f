"""Frozen contexts of the papers of changes, and a version in words: what two versions say differently."""

from datetime import date
from typing import Any

from django.utils import translation

from impresasolidale.core.words import euro, hours

from . import documents
from .documents import Row
from .enums import AllowanceModel
from .models import PersonalProject, Placement, TutorChange
from .papers import changes as papers

AMENDMENT, EXTENSION, TUTOR_NOTICE = documents.AMENDMENT, documents.EXTENSION, documents.TUTOR_NOTICE


def in_words(project: PersonalProject) -> dict[str, str]:
    """What a version says, line by line, in Italian: papers freeze it, pages compare it."""
    with translation.override("it"):
        amount = documents._plain(euro(project.allowance_amount))
        is_paid = project.allowance_model != AllowanceModel.NONE
        return {
            "Ultimo giorno": documents._day(project.ends_on),
            "Orario": timetable(project),
            "Ore alla settimana": documents._plain(hours(project.weekly_minutes)),
            "Attività": project.tasks.strip(),
            "Obiettivi": "; ".join(g.text for g in sorted(project.goals.all(), key=lambda g: g.position)),
            "Adattamenti e attenzioni": project.adaptations.strip() or "—",
            "Attività fuori sede": project.outside_activities.strip() or "—",
            "Che cosa non deve fare": project.not_to_do or "—",
            "Dispositivi di protezione": project.protective_equipment or "—",
            "Altre agevolazioni": project.facilities or "—",
            "Come arriva": project.travel or "—",
            "Contributo motivazionale": f"{amount}, {project.get_allowance_model_display()}" if is_paid else "non previsto",
            "Tetto al mese": documents._plain(euro(project.allowance_cap)) if project.allowance_cap is not None else "—",
            "Pasti e trasporto": documents.offered_words(project) or "—",
            "Con i fondi di": documents.sources_words(project) or "—",
        }


def timetable(project: PersonalProject) -> str:
    """The days of a version: «lunedì dalle 09:00 alle 13:00; …», or its dates."""
    dated = [(f"{d.day:%d/%m/%Y}", d) for d in sorted(project.dates.all(), key=lambda d: d.day)]
    weekly = [(documents._weekday(d.weekday), d) for d in sorted(project.week.all(), key=lambda d: d.weekday)]
    lines = [
        f"{name} dalle {documents._at(d.starts_at)} alle {documents._at(documents._later(d.starts_at, d.minutes))}"
        for name, d in dated or weekly
    ]
    return "; ".join(lines)


def change(placement: Placement, project: PersonalProject, before: PersonalProject) -> dict[str, Any]:
    """What an addendum or an extension says: the project it refers to, since when, why, and each line before and after."""
    from .change_rules import differences

    return papers.change(
        placement,
        project,
        lines=[list(line) for line in differences(in_words(before), in_words(project))],
        signers=documents.project_signers(placement, project.effective_from),
        more=[["Perché vale da prima", str(project.get_past_cause_display()) if project.past_cause else ""]],
    )


def tutor_notice(row: TutorChange) -> dict[str, Any]:
    """What the notice of a new tutor says: nobody signs it again (features row 40)."""
    placement = row.placement
    facts: list[Row] = [
        ["Chi cambia", str(row.get_kind_display()).capitalize()],
        ["Prima", row.before],
        [f"Dal {documents._day(row.on)}", row.after],
    ]
    return {
        **_base(placement, row.on),
        "on": row.on.isoformat(),
        "facts": [*documents._kept(*facts), ["Perché", row.reason]],
        "closing": "Il progetto personalizzato resta com'è: non serve firmarlo di nuovo.",
        "signers": [],
    }


def _base(placement: Placement, on: date) -> dict[str, Any]:
    person = placement.beneficiary
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
    }
