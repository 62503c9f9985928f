"""The papers of a procedure and of the commission, as frozen contexts. A company's papers name the company and who is responsible."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document
from impresasolidale.core.words import written
from solidarity_fund.documents.sittings import case_of, minutes_of
from solidarity_fund.enums import Paper

from .enums import CaseOutcome, ProcedureKind
from .models import Procedure, Seat, Sitting
from .selectors import commission as selectors

KINDS = {
    Paper.NOTICE: ("certification.notice", "Preavviso all'impresa", "certification/pdf/notice_v1.html"),
    Paper.FINAL: ("certification.final", "Decisione sul riconoscimento", "certification/pdf/final_v1.html"),
}
MINUTES = ("certification.minutes", "Verbale della commissione dei riconoscimenti", "certification/pdf/minutes_v1.html")
APPEAL = (
    "Contro questa decisione l'impresa può scrivere all'ufficio entro 30 giorni da quando la riceve: la riguarda un'altra persona."
    " Può anche fare ricorso al Tribunale amministrativo regionale della Lombardia entro 60 giorni, con un avvocato, oppure al Presidente"
    " della Repubblica entro 120 giorni."
)


def issue_paper(procedure: Procedure, kind: Paper, context: dict[str, Any], *, by: Access, today: date) -> Document:
    code, label, template = KINDS[kind]
    return issue(
        kind=code,
        kind_label=label,
        template=template,
        subject=procedure,
        context=context,
        today=today,
        by=by,
        network_id=procedure.network_id,
    )


def _base(procedure: Procedure) -> dict[str, Any]:
    company = procedure.company
    with translation.override("it"):
        facts = [[_("Impresa"), f"{company.name}, {company.comune}"]]
        if procedure.application:
            facts += [[_("Domanda"), f"n. {procedure.application.number} del {procedure.application.submitted_on:%d/%m/%Y}"]]
            facts += [[_("Livello chiesto"), str(procedure.application.get_level_display())]]
        else:
            held = procedure.certificate
            assert held
            facts += [[_("Riconoscimento"), f"{held.get_level_display()}, valido dal {held.valid_from:%d/%m/%Y}"]]
            facts += [[_("Motivo"), str(procedure.get_reason_class_display())]]
        facts += [[_("Responsabile del procedimento"), str(procedure.responsible)]]
        step = {
            ProcedureKind.REFUSAL: _("non riconoscere l'impresa"),
            ProcedureKind.SUSPENSION: _("sospendere il riconoscimento"),
            ProcedureKind.REVOCATION: _("revocare il riconoscimento"),
        }[ProcedureKind(procedure.kind)]
    return {"body_name": procedure.network.name, "company": company.name, "facts": facts, "step": step, "kind": procedure.kind}


def notice_context(procedure: Procedure) -> dict[str, Any]:
    return {**_base(procedure), "grounds": procedure.grounds}


def final_context(procedure: Procedure, *, reason: str) -> dict[str, Any]:
    """The reasons, and beside what the company observed what was thought of it; how and where to appeal."""
    return {
        **_base(procedure),
        "reason": reason.strip(),
        "observed_on": written(procedure.observed_on, "j F Y") if procedure.observed_on else "",
        "observations": procedure.observations,
        "answer": procedure.answer,
        "appeal": procedure.appeal or APPEAL,
    }


def minutes_context(sitting: Sitting) -> dict[str, Any]:
    """What the commission did, company by company."""
    with translation.override("it"):
        seats = selectors.seats_of(sitting)
        cases = [_case(view, seats) for view in selectors.agenda_of(sitting, seats=seats)]
        return minutes_of(sitting, seats, cases, body_name=sitting.network.name)


def _case(view: selectors.CaseView, seats: list[Seat]) -> dict[str, Any]:
    application = view.item.application
    return case_of(
        view,
        seats,
        title=f"{application.number}, {application.company.name}",
        outcome=str(CaseOutcome(view.item.outcome).label),
        before=[[_("Livello chiesto"), str(application.get_level_display())], [_("Comune"), str(application.company.comune)]],
    )


def issue_minutes(sitting: Sitting, *, by: Access, today: date) -> Document:
    code, label, template = MINUTES
    row = Sitting.objects.select_related("network", "president", "closed_by", "approved_by").get(pk=sitting.pk)
    return issue(
        kind=code,
        kind_label=label,
        template=template,
        subject=row,
        context=minutes_context(row),
        today=today,
        by=by,
        network_id=row.network_id,
    )
