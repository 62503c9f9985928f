"""Writes of the end: the final evaluation is in, the final report, the attestation, and the placement is filed (rule 50)."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from placements.agreements.enums import OVER
from placements.agreements.models import Goal, Placement
from placements.agreements.selectors import current_project
from placements.agreements.services import issue_paper
from placements.agreements.transitions import PLACEMENT
from placements.attendance.selectors.closing import totals_of

from ..documents import closing as documents
from ..documents.closing import REPORT
from ..models.closing import FinalReport, GoalResult
from ..selectors.closing import missing_to_close
from ..visit_enums import AttestationKind, GoalWord

WORDS = ("host_words", "person_words", "helped", "hard", "proposals")


@transaction.atomic
def evaluate_placement(*, placement: Placement, by: Access, note: str) -> Placement:
    """The final evaluation is in, on paper, or could not be had: `note` says which and where it is kept."""
    if not note.strip():
        raise DomainError(_("Scrivi com'è andata, o perché la valutazione non c'è."), field="note")
    return cast("Placement", perform(PLACEMENT, "evaluated", placement, by=by, reason=note))


@transaction.atomic
def write_final_report(*, placement: Placement, row_version: int, goals: Mapping[int, str], by: Access, **words: str) -> FinalReport:
    """Keep the office's words and a word for each goal (id → GoalWord). The paper that was issued stays until the next one is."""
    row = _over(placement, by=by)
    report, _is_new = FinalReport.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        placement=row, defaults={"ambito_id": row.ambito_id, "created_by_id": by.actor_id, "row_version": 0}
    )
    check_version(report, row_version)
    for name in WORDS:
        setattr(report, name, words[name].strip())
    report.row_version += 1
    report.save()
    GoalResult.objects.filter(report=report).delete()
    known = {"ambito_id": row.ambito_id, "report": report}
    GoalResult.objects.bulk_create(GoalResult(goal=g, word=goals.get(g.pk, GoalWord.NOT_ASSESSED), **known) for g in _goals(row))
    record_fact("monitoring.final_report.written", row, by=by)
    return report


@transaction.atomic
def issue_final_report(*, placement: Placement, by: Access, today: date) -> FinalReport:
    """The final report as a numbered paper, with the figures of today; a corrected one takes the place of the one before."""
    row = _over(placement, by=by)
    report = FinalReport.objects.select_for_update(of=("self",), no_key=True).filter(placement=row).first()
    if report is None or not (report.host_words and report.person_words):
        raise DomainError(_("Prima scrivi la relazione: almeno il giudizio dell'impresa e quello della persona."))
    results = list(GoalResult.objects.filter(report=report).select_related("goal").order_by("goal__position"))
    report.document = issue(
        kind=REPORT,
        kind_label="Relazione finale",
        template="monitoring/pdf/final_report_v1.html",
        subject=report,
        context=documents.final_report(row, report, results, totals_of(row)),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=report.document,
        funding_source=row.funding_source,
    )
    report.row_version += 1
    report.save(update_fields=["document", "row_version"])
    record_fact("monitoring.final_report.issued", row, by=by, number=report.document.number)
    return report


@transaction.atomic
def issue_attestation(*, placement: Placement, kind: str, activities: str, shown: str, skills: str, by: Access, today: date) -> Document:
    """The paper for the person: what was done, the relations and, of the wider kind, what she has learned to do; hours and days.

    The narrower kind, for projects with goals of relation alone, refuses words about skills (practice of Emilia-Romagna, domain.md §1.8).
    """
    row = _over(placement, by=by)
    if kind == AttestationKind.SKILLS and not skills.strip():
        raise DomainError(_("Scrivi che cosa ha imparato a fare."), field="skills")
    if kind == AttestationKind.RELATIONAL and skills.strip():
        raise DomainError(_("Con soli obiettivi di relazione l'attestazione non parla di capacità: togli queste righe."), field="skills")
    totals = totals_of(row)
    details = {"activities": activities, "shown": shown, "skills": skills, "minutes": totals.done, "days": totals.days}
    return issue_paper(placement=row, kind="final_attestation", details=details, by=by, today=today)


@transaction.atomic
def close_placement(*, placement: Placement, by: Access) -> Placement:
    """File it. Refuses while a month, an accident, a paper or the outcome is missing, in words; the database refuses without the two
    papers, whoever writes (rule 50)."""

    def guard(row: Placement) -> None:
        if missing := missing_to_close(row):
            raise DomainError(_("Non si può ancora archiviare. Manca: %(what)s.") % {"what": ", ".join(map(str, missing))})

    return cast("Placement", perform(PLACEMENT, "closed", placement, by=by, guard=guard))


def _over(placement: Placement, *, by: Access) -> Placement:
    """The placement that has ended, locked, for who prepares."""
    by.require(Permission.PREPARE_PLACEMENTS)
    rows = Placement.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("ambito", "beneficiary", "company", "site__comune", "company_tutor", "promoter_tutor").get(pk=placement.pk)
    if row.state not in OVER:
        raise Conflict(_("Il tirocinio non è ancora finito."))
    return row


def _goals(placement: Placement) -> list[Goal]:
    return list(current_project(placement).goals.all())
