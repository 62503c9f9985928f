"""Papers of a later version of the project: the addendum and the extension, each line before and after (domain.md §2.5).

Issued by the service that writes the version, which knows what it replaces: the kinds stand here, not among those made by a button.
"""

from typing import Any

from .. import documents
from ..enums import ProjectKind
from ..models import PersonalProject, Placement

# kind of version → kind of paper, its name, its template
CHANGES: dict[ProjectKind, tuple[str, str, str]] = {
    ProjectKind.AMENDMENT: ("agreements.amendment", "Addendum al progetto personalizzato", "agreements/pdf/amendment_v1.html"),
    ProjectKind.EXTENSION: ("agreements.extension", "Proroga del tirocinio", "agreements/pdf/extension_v1.html"),
}


def change(
    placement: Placement,
    project: PersonalProject,
    *,
    lines: list[list[str]],
    signers: list[dict[str, Any]],
    more: list[documents.Row] | None = None,
) -> dict[str, Any]:
    """What an addendum or an extension says. `lines`: [what, before, after] of each line that differs; `more`: further facts."""
    person = placement.beneficiary
    initial = (
        placement.projects.filter(kind=ProjectKind.INITIAL, document__isnull=False).select_related("document").order_by("-version").first()
    )
    paper = initial.document if initial else None
    since = documents._day(project.effective_from)
    return {
        "body_name": documents.promoter_body(placement.ambito).name,
        "person_name": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "host_name": placement.company.name,
        "version": project.version,
        "starts_on": project.effective_from.isoformat(),
        "ends_on": project.ends_on.isoformat(),
        "lead": f"Il tirocinio continua fino al {documents._day(project.ends_on)}."
        if project.kind == ProjectKind.EXTENSION
        else f"Il progetto cambia dal {since}.",
        "facts": documents._kept(
            ["Progetto personalizzato", f"n. {paper.number} del {documents._day(paper.issued_on)}" if paper else ""],
            ["Vale dal", since],
            ["Perché", project.reason],
            *(more or []),
        ),
        "changes": [list(line) for line in lines],
        "closing": "Tutto il resto del progetto personalizzato resta come è stato firmato.",
        "signers": signers,
    }
