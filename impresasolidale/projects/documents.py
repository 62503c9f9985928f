"""The papers of the room: the note of the share, which goes with the document of expense it speaks of, and the hour sheet to sign."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils import translation

from impresasolidale.accounts.access import Access
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document
from impresasolidale.core.words import day_short, euro, euro_exact, hours, month, weekday

from .models import Expense, ExpenseShare, StaffHours, StaffSheet
from .rules import CostRow

SHARE_NOTE = "projects.share_note"
HOUR_SHEET = "projects.hour_sheet"


def issue_share_note(row: Expense, *, shares: Sequence[ExpenseShare], by: Access, today: date, supersedes: Document | None) -> Document:
    """One page that says how much of the document is charged to the project and to each source, with the funder's words (rule 78)."""
    project = row.project
    with translation.override("it"):
        facts = [
            ["Documento", f"{row.get_document_kind_display()} n. {row.document_number} del {day_short(row.document_on)}"],
            ["Emesso da", row.payee],
            ["Totale del documento", euro(row.amount)],
            ["Progetto", f"{project.title} ({project.code})"],
            ["Finanziatore", f"{project.funder}, lettera n. {project.letter_number} del {day_short(project.letter_on)}"],
            ["CUP", project.cup or "—"],
            ["Partner che spende", str(row.participation.partner)],
            ["Voce di costo", str(row.item)],
            ["Spesa", f"n. {row.number}"],
        ]
        sentence = (
            f"Spesa sostenuta per il progetto «{project.title}», imputata per {euro(row.charged)}"
            f"{f', CUP {project.cup}' if project.cup else ''}."
        )
    return issue(
        kind=SHARE_NOTE,
        kind_label="Nota della quota imputata",
        template="projects/pdf/share_note_v1.html",
        subject=row,
        context={
            "body_name": str(row.participation.partner),
            "facts": facts,
            "sentence": sentence,
            "shares": [[share.source.name, euro(share.amount)] for share in shares],
            "charged": euro(row.charged),
        },
        today=today,
        by=by,
        network_id=row.network_id,
        supersedes=supersedes,
        funding_source=project.funding_source,
    )


def issue_hour_sheet(
    row: StaffSheet, *, worked: Sequence[StaffHours], costs: Sequence[CostRow], by: Access, today: date, supersedes: Document | None
) -> Document:
    """The month of one person on the project, day by day, with what it costs: printed, signed by who worked and by the partner.

    `version` of the sheet says later whether the hours have changed since.
    """
    project, member = row.project, row.member
    tasks: dict[str, int] = {}
    for each in worked:
        tasks[str(each.work_package)] = tasks.get(str(each.work_package), 0) + each.minutes
    with translation.override("it"):
        context = {
            "body_name": member.partner.name,
            "version": row.row_version,
            "facts": [
                ["Persona", f"{member.name} ({member.code})"],
                ["Qualifica", member.qualification],
                ["Mese", month(row.month)],
                ["Progetto", f"{project.title} ({project.code})"],
                ["Finanziatore", f"{project.funder}, lettera n. {project.letter_number} del {day_short(project.letter_on)}"],
                ["CUP", project.cup or "—"],
            ],
            "days": [[weekday(each.day), str(each.work_package), hours(each.minutes)] for each in worked],
            "tasks": [[task, hours(minutes)] for task, minutes in sorted(tasks.items())],
            "hours": hours(sum(tasks.values())),
            "costs": [[hours(cost.minutes), euro_exact(cost.value), euro(cost.amount)] for cost in costs],
            "cost": euro(sum((cost.amount for cost in costs), Decimal(0))),
            "signers": [
                {"role": "Chi ha lavorato", "name": member.name},
                {"role": "Per il partner, chi ne è responsabile", "name": member.partner.name},
            ],
        }
    return issue(
        kind=HOUR_SHEET,
        kind_label="Foglio ore del personale",
        template="projects/pdf/hour_sheet_v1.html",
        subject=row,
        context=context,
        today=today,
        by=by,
        network_id=row.network_id,
        supersedes=supersedes,
        funding_source=project.funding_source,
    )
