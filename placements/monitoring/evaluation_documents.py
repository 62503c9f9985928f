"""Papers about evaluations: the office's with its charts, the person's in easy words and without a number, the sheet to fill in by hand."""

import base64
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.charts import Chart
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from placements.agreements import documents as papers
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement
from placements.agreements.selectors import current_project

from . import evaluation_charts
from .evaluation_enums import THREE, Moment, Voice
from .evaluation_questions import BASE, DONT_KNOW, GOAL_STEPS
from .evaluation_rules import ORDER
from .selectors import evaluations as selectors

OFFICE, EASY, SHEET = "monitoring.evaluations", "monitoring.evaluations_easy", "monitoring.evaluation_sheet"
KINDS = {  # kind → its title and template
    OFFICE: ("Valutazioni e obiettivi", "monitoring/pdf/evaluations_v1.html"),
    EASY: ("Come è andata", "monitoring/pdf/evaluations_easy_v1.html"),
    SHEET: ("Le mie domande", "monitoring/pdf/evaluation_sheet_v1.html"),
}
FACES = {  # file in core/pictures → its words
    "face-1": "Faccia triste",
    "face-2": "Faccia incerta",
    "face-3": "Faccia che sorride un po'",
    "face-4": "Faccia contenta",
    "star": "Una stella",
    "dont-know": "Un punto di domanda",
}
OWN_WORDS = {Voice.PERSON: "Io dico", Voice.TUTOR: "Chi mi aiuta nell'impresa dice", Voice.OFFICE: "L'ufficio dice"}


@transaction.atomic
def issue_paper(*, kind: str, placement: Placement, by: Access, today: date) -> Document:
    """Make one of the three papers, in the place of the one before. DomainError before the start, or while nobody has said anything."""
    by.require(Permission.KEEP_EVALUATIONS)
    row = (
        Placement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("ambito", "beneficiary", "company", "company_tutor")
        .get(pk=placement.pk)
    )
    if row.state not in HOSTED:
        raise DomainError(_("Il tirocinio non è ancora cominciato: si valuta quando comincia."))
    title, template = KINDS[kind]
    with translation.override("it"):
        context = {OFFICE: office_paper, EASY: easy_paper, SHEET: blank_sheet}[kind](row)
    document = issue(
        kind=kind,
        kind_label=title,
        template=template,
        subject=row,
        context=context,
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=Document.objects.filter(kind=kind, subject_type=type_of(row), subject_id=row.pk, superseded_by=None).first(),
        funding_source=row.funding_source,
    )
    record_fact("monitoring.evaluations.issued", row, by=by, kind=kind, number=document.number)
    return document


def _issued(placement: Placement) -> QuerySet[Document]:
    return Document.objects.filter(kind__in=KINDS, subject_type=type_of(placement), subject_id=placement.pk)


def papers_of(placement: Placement) -> list[Document]:
    """The papers in force of a placement somebody has opened, newest first, without what they say. One query."""
    return list(_issued(placement).filter(superseded_by=None).defer("context").order_by("-id"))


def paper_for(placement: Placement, public_id: UUID) -> Document:
    """One of them, or 404."""
    return get_object_or_404(_issued(placement), public_id=public_id)


def _base(placement: Placement) -> dict[str, Any]:
    person = placement.beneficiary
    return {
        "body_name": papers.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_first_name": person.first_name,
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
        "starts_on": placement.starts_on.isoformat(),
        "ends_on": placement.last_day.isoformat(),
        "signers": [],
    }


def _said(placement: Placement) -> selectors.Compared:
    found = selectors.compared(placement)
    if not found.given:
        raise DomainError(_("Nessuno ha ancora risposto: la carta sarebbe vuota."))
    return found


def picture(chart: Chart) -> dict[str, Any]:
    """A chart as a paper keeps it: the same drawing, its words, the table behind."""
    drawn = str(chart.svg).encode()
    told = [(row[0], ", ".join(f"{head} {cell}" for head, cell in zip(chart.head[1:], row[1:], strict=True))) for row in chart.rows]
    words = "; ".join(f"{label}: {said}" for label, said in told)
    return {
        "title": chart.title,
        "source": "data:image/svg+xml;base64," + base64.b64encode(drawn).decode(),
        "words": f"Grafico: {chart.title}. {words}",
        "head": chart.head,
        "rows": chart.rows,
    }


def office_paper(placement: Placement) -> dict[str, Any]:
    """Scores and goals over time by voice, with the same charts as the page and their tables; who agreed; what was not had and why."""
    found = _said(placement)
    keys = [(m, str(v)) for m in found.moments for v in THREE if (m, str(v)) in found.given]
    label = {key: f"{Moment(key[0]).label}, {Voice(key[1]).label}" for key in keys}
    return {
        **_base(placement),
        "facts": [
            ["Persona", str(placement.beneficiary)],
            ["Presso", placement.company.name],
            ["Periodo", f"dal {papers._day(placement.starts_on)} al {papers._day(placement.last_day)}"],
            ["Domande", f"{BASE.name}, versione {BASE.code}"],
            ["Scala", ", ".join(f"{step.value} {step.words}" for step in BASE.scale)],
        ],
        "whole": picture(evaluation_charts.whole_chart(found)),
        "areas": [picture(chart) for chart in evaluation_charts.area_charts(found)],
        "goals": [picture(chart) for chart in evaluation_charts.goal_charts(found)],
        "head": ["Domanda", *label.values()],
        "rows": [[row.text, *(_cell(row.cells.get(key)) for key in keys)] for row in found.items],
        "comments": [[f"{Voice(v).label}, {Moment(m).label}".capitalize(), text] for (m, v), text in found.comments.items()],
        "waived": [[f"{Voice(v).label}, {Moment(m).label}".capitalize(), why] for m, v, why in found.waived],
        "opinion": _opinion(found),
    }


def _cell(cell: selectors.Cell | None) -> str:
    return "–" if cell is None else cell.words if cell.value is None else f"{cell.value} ({cell.words})"


def _opinion(found: selectors.Compared) -> list[list[str]]:
    if found.opinion is None:
        return []
    said = "È d'accordo con la valutazione finale." if found.opinion.agrees else "Non è d'accordo con la valutazione finale."
    rows = [["La persona", said], ["Detto il", papers._day(found.opinion.given_on)]]
    return [*rows, ["Con parole sue", found.opinion.comment]] if found.opinion.comment else rows


def easy_paper(placement: Placement) -> dict[str, Any]:
    """For the person: by question the last word of each voice with a face, her goals, no number."""
    found = _said(placement)
    rows = []
    for item in BASE.items:
        row = next(each for each in found.items if each.code == item.code)
        lines = []
        for voice in THREE:
            said = [(ORDER[m], cell) for (m, v), cell in row.cells.items() if v == voice]
            if said and (cell := max(said, key=lambda pair: pair[0])[1]).value is not None:
                face = BASE.face(cell.value)
                lines.append({"who": OWN_WORDS[voice], "words": cell.words, "face": face, "alt": FACES[face]})
        if lines:
            rows.append({"title": str(item.person), "picture": item.picture, "lines": lines})
    faces = {str(step.words): step.face for step in GOAL_STEPS}
    goals = []
    for goal in found.goals:
        lines = [
            {"who": OWN_WORDS[Voice(voice)], "words": last, "face": faces[last], "alt": FACES[faces[last]]}
            for voice, (_first, last) in goal.first_and_last.items()
        ]
        if lines:
            goals.append({"title": goal.text, "picture": "goal", "lines": lines})
    return {**_base(placement), "rows": rows, "goals": goals}


def blank_sheet(placement: Placement) -> dict[str, Any]:
    """The questions with their faces, to fill in with a pen."""
    faces = [{"face": step.face, "alt": FACES[step.face], "words": str(step.words)} for step in BASE.scale]
    goal_faces = [{"face": step.face, "alt": FACES[step.face], "words": str(step.words)} for step in GOAL_STEPS]
    unknown = {"face": "dont-know", "alt": FACES["dont-know"], "words": str(DONT_KNOW)}
    return {
        **_base(placement),
        "rows": [{"title": str(item.person), "picture": item.picture} for item in BASE.items],
        "goals": [goal.text for goal in current_project(placement).goals.all()],
        "faces": [*faces, unknown],
        "goal_faces": [*goal_faces, unknown],
    }
