"""The papers of the room: the note of the share, which goes with the document of expense it speaks of."""

from collections.abc import Sequence
from datetime import date

from django.utils import translation

from impresasolidale.accounts.access import Access
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document
from impresasolidale.core.words import day_short, euro

from .models import Expense, ExpenseShare

SHARE_NOTE = "projects.share_note"


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
