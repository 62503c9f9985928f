"""The papers of the fund's requests as frozen contexts: three of the person's procedure, in plain words, and the commission's minutes."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document
from impresasolidale.core.words import euro, written
from impresasolidale.territory.selectors import lead_body

from ..enums import CaseKind, Outcome, Paper
from ..models import BenefitRequest, Procedure, Seat, Sitting
from ..selectors import commission as commission_selectors
from .sittings import case_of, minutes_of

KINDS = {
    Paper.START: ("solidarity_fund.start_notice", "Comunicazione di avvio del procedimento", "solidarity_fund/pdf/start_v1.html"),
    Paper.NOTICE: ("solidarity_fund.refusal_notice", "Preavviso di diniego", "solidarity_fund/pdf/notice_v1.html"),
    Paper.FINAL: ("solidarity_fund.refusal", "Decisione sulla richiesta di aiuto", "solidarity_fund/pdf/refusal_v1.html"),
}
MINUTES = ("solidarity_fund.minutes", "Verbale della commissione del fondo", "solidarity_fund/pdf/minutes_v1.html")
APPEAL = (  # where criteria say nothing of their own
    "Se pensi che questa decisione sia sbagliata puoi fare ricorso: al Tribunale amministrativo regionale della Lombardia, entro 60 giorni"
    " da quando l'hai ricevuta, con un avvocato; oppure al Presidente della Repubblica, entro 120 giorni."
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
        ambito_id=procedure.ambito_id,
    )


def _base(procedure: Procedure) -> dict[str, Any]:
    """What the three papers of a person share."""
    request: BenefitRequest = procedure.request
    person = request.beneficiary
    body = lead_body(request.ambito)
    with translation.override("it"):
        facts = [
            [_("Richiesta"), f"{request.code} del {request.asked_on:%d/%m/%Y}"],
            [_("Aiuto chiesto"), str(request.get_kind_display())],
            [_("Importo chiesto"), euro(request.asked_amount)],
            [_("Responsabile del procedimento"), str(procedure.responsible)],
        ]
    return {
        "body_name": body.name if body else str(request.ambito),
        "office": str(request.ambito),
        "person": f"{person.first_name} {person.last_name}",
        "person_last_name": person.last_name,
        "facts": facts,
    }


def start_context(procedure: Procedure, *, ends_on: date) -> dict[str, Any]:
    return {**_base(procedure), "started_on": written(procedure.started_on, "j F Y"), "ends_on": written(ends_on, "j F Y")}


def notice_context(procedure: Procedure) -> dict[str, Any]:
    return {**_base(procedure), "grounds": procedure.grounds}


def refusal_context(procedure: Procedure, *, reason: str) -> dict[str, Any]:
    """The reasons, and beside what the person observed what was thought of it; how and where to appeal."""
    observed = written(procedure.observed_on, "j F Y") if procedure.observed_on else ""
    return {
        **_base(procedure),
        "reason": reason.strip(),
        "observed_on": observed,
        "observations": procedure.observations,
        "answer": procedure.answer,
        "appeal": procedure.appeal or APPEAL,
    }


def minutes_context(sitting: Sitting) -> dict[str, Any]:
    """What the commission did: members by name, the people by the code of their request (rule 71)."""
    with translation.override("it"):
        seats = commission_selectors.seats_of(sitting)
        body = lead_body(sitting.ambito)
        cases = [_case(view, seats) for view in commission_selectors.agenda_of(sitting, seats=seats)]
        return minutes_of(sitting, seats, cases, body_name=body.name if body else str(sitting.ambito))


def _case(view: commission_selectors.CaseView, seats: list[Seat]) -> dict[str, Any]:
    item, request = view.item, view.request
    outcome = str(Outcome(item.outcome).label)
    if item.outcome == Outcome.GRANTED and item.amount is not None:
        outcome += f": {euro(item.amount)}"
    return case_of(
        view,
        seats,
        title=f"{request.code}, {CaseKind(item.kind).label}",
        outcome=outcome,
        before=[[_("Aiuto"), request.short_kind], [_("Importo chiesto"), euro(request.asked_amount)]],
        after=[[_("Pareri"), "; ".join(f"{o.member}: {o.get_verdict_display()}" for o in view.opinions)]],
    )


def issue_minutes(sitting: Sitting, *, by: Access, today: date) -> Document:
    code, label, template = MINUTES
    row = Sitting.objects.select_related("ambito", "president", "closed_by", "approved_by").get(pk=sitting.pk)
    return issue(
        kind=code,
        kind_label=label,
        template=template,
        subject=row,
        context=minutes_context(row),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
    )
