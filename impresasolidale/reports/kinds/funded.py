"""The money half of what a funder is sent: the plan and what became of it, the supporting documents, instalments, milestones, what was
promised, and the evidence of communication (domain.md §6, blocks 1, 2, 3 and 6). Nobody is named: a person who is paid is a code."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.spreadsheets import Cell
from impresasolidale.projects.evidence import payee_outside
from impresasolidale.projects.models import Project
from impresasolidale.projects.selectors import expenses, matrix_of, projects, results

from ..project_results import progress_of
from ..tables import Column, Content, Figure, Kind, Picture, Table, table
from ..wanted import Wanted

ZERO = Decimal("0.00")
PROJECT = Column("Progetto")


def money_of(access: Access, wanted: Wanted) -> Content:
    """The projects of the source that is asked for. Sums run from each project's first day to the last day asked; documents and actions are
    those of the period."""
    found = list(projects.of_source(access, wanted.source))
    if not found:
        return Content(notes=(_("Di questo finanziatore non è registrato nessun progetto: qui mancano il piano e le spese."),))
    plan = _plan(found, wanted.last)
    sums = plan.totals or ()
    shown = plan.rows if len(plan.rows) <= 1 else _by_item(plan)
    return Content(
        tables=(
            plan,
            _documents(found, wanted),
            _instalments(found, wanted.last),
            _promised(access, found, wanted),
            _milestones(found, wanted.last),
            _actions(found, wanted),
        ),
        figures=(
            Figure(_("Previsto"), sums[4], Kind.EURO),
            Figure(_("Speso"), sums[5], Kind.EURO),
            Figure(_("Provato"), sums[6], Kind.EURO),
        ),
        pictures=(
            Picture(
                "bars",
                _("Previsto, speso e provato per voce di costo"),
                tuple(str(row[0]) for row in shown),
                tuple((name, tuple(row[n] for row in shown)) for n, name in enumerate((_("Previsto"), _("Speso"), _("Provato")), 1)),
                "€",
            ),
        )
        if len(plan.rows) > 1
        else (),
        notes=(
            _("Speso: documenti fino all'ultimo giorno del periodo, controllati da una seconda persona e non respinti dal finanziatore."),
            _("Provato: la parte dello speso che ha una prova di pagamento accettata, con il suo giorno e il suo file."),
            _("Le persone pagate non sono nominate: sono il loro codice, o che cosa sono."),
        ),
    )


def _all(found: Sequence[Project], rows: Callable[[Project], Sequence[Sequence[Cell]]]) -> list[Sequence[Cell]]:
    return [row for project in found for row in rows(project)]


def _plan(found: Sequence[Project], until: date) -> Table:
    """Cost item × partner × source: planned, spent, proved, and what is left."""

    def rows(project: Project) -> list[Sequence[Cell]]:
        return [
            (project.code, f"{code} {item}", partner, source, cell.planned, cell.spent, cell.proved, cell.variance)
            for (code, item, partner, source), cell in matrix_of(project, until=until).cells.items()
        ]

    columns = (
        PROJECT,
        Column(_("Voce di costo")),
        Column(_("Partner")),
        Column(_("Fonte")),
        Column(_("Previsto"), Kind.EURO),
        Column(_("Speso"), Kind.EURO),
        Column(_("Provato"), Kind.EURO),
        Column(_("Scostamento"), Kind.EURO),
    )
    note = _("Scostamento: previsto meno speso; sotto zero, quello che è stato speso in più.")
    return table("piano", _("Piano economico e spesa"), columns, _all(found, rows), total=_("Totale"), note=note)


def _by_item(plan: Table) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Code of the item → planned, spent, proved: of the same rows."""
    sums: dict[str, list[Decimal]] = {}
    for row in plan.rows:
        code = str(row[1]).partition(" ")[0]
        kept = sums.setdefault(code, [ZERO, ZERO, ZERO])
        for n, cell in enumerate(row[4:7]):
            assert isinstance(cell, Decimal)
            kept[n] += cell
    return [(code, *kept) for code, kept in sorted(sums.items())]  # type: ignore[misc]


def _documents(found: Sequence[Project], wanted: Wanted) -> Table:
    """Each document with its day, payee, proof and what each kind of source bears. Numbers of expenses are one series of the network."""

    def rows(project: Project) -> list[Sequence[Cell]]:
        return [
            (
                row.number,
                row.item.code,
                row.participation.partner.name,
                f"{row.get_document_kind_display()} {row.document_number}",
                row.document_on,
                payee_outside(row),
                row.paid_on,
                str(row.get_proof_kind_display()) if row.is_proved else _("da provare"),  # type: ignore[attr-defined]
                row.amount,
                sum((s.amount for s in row.parts if s.source.kind == "grant"), ZERO),  # type: ignore[attr-defined]
                sum((s.amount for s in row.parts if s.source.kind != "grant"), ZERO),  # type: ignore[attr-defined]
                row.admitted,
            )
            for row in expenses.of_period(project, wanted.first, wanted.last)
        ]

    columns = (
        Column(_("Spesa")),
        Column(_("Voce")),
        Column(_("Partner")),
        Column(_("Documento")),
        Column(_("Data"), Kind.DAY),
        Column(_("Chi è pagato")),
        Column(_("Pagata il"), Kind.DAY),
        Column(_("Prova"), Kind.WORD),
        Column(_("Totale"), Kind.EURO),
        Column(_("Contributo"), Kind.EURO),
        Column(_("Partner, in euro"), Kind.EURO),
        Column(_("Riconosciuto"), Kind.EURO),
    )
    note = _(
        "Totale: del documento, che può essere solo in parte del progetto. Contributo e partner: quanto di esso è imputato a ciascuno."
    )
    return table("giustificativi", _("Documenti di spesa del periodo"), columns, _all(found, rows), total=_("Totale"), note=note)


def _instalments(found: Sequence[Project], until: date) -> Table:
    def rows(project: Project) -> list[Sequence[Cell]]:
        return [
            (
                project.code,
                str(row.get_kind_display()),
                row.expected_on,
                row.expected_amount,
                row.received_on if row.state == "received" and row.received_on and row.received_on <= until else None,
                row.received_amount if row.state == "received" and row.received_on and row.received_on <= until else None,
            )
            for row in projects.instalments(project).exclude(state="reversed")
        ]

    columns = (
        PROJECT,
        Column(_("Rata"), Kind.WORD),
        Column(_("Prevista il"), Kind.DAY),
        Column(_("Importo previsto"), Kind.EURO),
        Column(_("Arrivata il"), Kind.DAY),
        Column(_("Importo arrivato"), Kind.EURO),
    )
    return table("rate", _("Le rate del contributo"), columns, _all(found, rows), total=_("Totale"))


def _promised(access: Access, found: Sequence[Project], wanted: Wanted) -> Table:
    def rows(project: Project) -> list[Sequence[Cell]]:
        return [
            (project.code, p.row.name, p.row.baseline if p.row.baseline_source else None, p.actual, p.row.target, None, p.row.definition)
            for p in progress_of(access, project, min(wanted.last, wanted.today))
        ]

    columns = (
        PROJECT,
        Column(_("Indicatore")),
        Column(_("Com'era prima"), Kind.INT, is_summed=False),
        Column(_("Adesso"), Kind.INT, is_summed=False),
        Column(_("Obiettivo"), Kind.INT, is_summed=False),
        Column(_("Raggiunto"), Kind.PERCENT, ratio=(3, 4)),
        Column(_("Che cosa dice")),
    )
    note = _("Un trattino sta al posto dei numeri riservati, o non ancora scritti.")
    return table("promesse", _("Che cosa era stato promesso"), columns, _all(found, rows), note=note)


def _milestones(found: Sequence[Project], until: date) -> Table:
    def rows(project: Project) -> list[Sequence[Cell]]:
        return [
            (project.code, row.name, row.due_on, row.done_on if row.done_on and row.done_on <= until else None, row.evidence)
            for row in results.milestones(project)
        ]

    columns = (PROJECT, Column(_("Tappa")), Column(_("Entro il"), Kind.DAY), Column(_("Raggiunta il"), Kind.DAY), Column(_("Dove si vede")))
    return table("tappe", _("Le tappe"), columns, _all(found, rows))


def _actions(found: Sequence[Project], wanted: Wanted) -> Table:
    """Whether the funder's logo was there was looked at by somebody, or not yet (rule 78)."""

    def rows(project: Project) -> list[Sequence[Cell]]:
        of_period = results.actions(project).filter(on__range=(wanted.first, wanted.last)).order_by("on", "id")
        return [
            (
                project.code,
                row.on,
                str(row.get_kind_display()),
                row.title,
                row.place,
                ", ".join(took.partner.name for took in row.partners.all()),
                row.people_reached,
                _("sì") if row.photo_id else _("no"),
                _("visto") if row.logo_by_id else _("da guardare"),
                row.link,
            )
            for row in of_period
        ]

    columns = (
        PROJECT,
        Column(_("Quando"), Kind.DAY),
        Column(_("Tipo"), Kind.WORD),
        Column(_("Che cosa")),
        Column(_("Dove")),
        Column(_("Partner")),
        Column(_("Persone raggiunte"), Kind.INT),
        Column(_("Fotografia"), Kind.WORD),
        Column(_("Logo del finanziatore"), Kind.WORD),
        Column(_("Collegamento")),
    )
    return table("azioni", _("Azioni di rete e di comunicazione"), columns, _all(found, rows), total=_("Totale"))
