"""Every kind of to-do: the button that opens what it asks for, whose it is by role, and whether a mute leaves it standing.

A contract test wants each kind that the code asks with in here, and none that nobody asks.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.accounts.permissions import Role as R


class TodoKind(NamedTuple):
    button: Any
    roles: tuple[str, ...]  # who is asked while nobody holds the role on the case
    is_mandatory: bool = False
    right: Permission | None = None  # whoever has it is asked too, whatever the role


CHECK = Permission.CHECK_CERTIFICATES
SW, CO, CL, AC = R.SOCIAL_WORKER, R.COORDINATOR, R.CLERK, R.ACCOUNTING
KINDS: Mapping[str, TodoKind] = {
    "monitoring.talk": TodoKind(_("Leggi e chiama"), (SW,), True),
    "monitoring.talk_late": TodoKind(_("Guarda chi aspetta"), (CO,), True),
    "monitoring.talk_next": TodoKind(_("Guarda che cosa si è deciso"), (SW,)),
    "monitoring.visit": TodoKind(_("Apri la visita"), (SW,)),
    "monitoring.decision": TodoKind(_("Fai quello che si è deciso"), (SW, CO, CL)),
    "monitoring.event": TodoKind(_("Leggi e decidi"), (SW,)),
    "monitoring.event_urgent": TodoKind(_("Leggi subito"), (CO,), True),
    "monitoring.event_urgent_case": TodoKind(_("Leggi subito"), (SW,), True),
    "monitoring.event_follow_up": TodoKind(_("Guarda com’è andata"), (SW,)),
    "monitoring.evaluation": TodoKind(_("Rispondi alle domande"), (SW,)),
    "monitoring.told": TodoKind(_("Racconta la valutazione"), (SW,)),
    "monitoring.disagreement": TodoKind(_("Leggi perché non è d’accordo"), (SW,)),
    "monitoring.follow_up": TodoKind(_("Senti come va"), (SW,)),
    "reports.ready_": TodoKind(_("Leggi il rapporto"), (CO,)),
    "monitoring.accident": TodoKind(_("Apri i passi da fare"), (SW,), True),
    "monitoring.notice": TodoKind(_("Fai l’avviso"), (SW, CL), True),
    "attendance.word": TodoKind(_("Guarda che cosa ha detto"), (SW,)),
    "attendance.call": TodoKind(_("Chiama e annota"), (SW,)),
    "attendance.absence": TodoKind(_("Guarda l’assenza"), (SW,)),
    "attendance.confirm": TodoKind(_("Conferma il mese"), (SW,)),
    "attendance.sheet_missing": TodoKind(_("Chiudi il mese"), (SW,)),
    "attendance.sheet_late": TodoKind(_("Guarda il foglio"), (SW,)),
    "attendance.conflict": TodoKind(_("Scegli quale vale"), (SW,)),
    "attendance.recount": TodoKind(_("Guarda le ore"), (CO,)),
    "agreements.to_sign": TodoKind(_("Raccogli le firme"), (SW,)),
    "agreements.to_validate": TodoKind(_("Convalida"), (CO,)),
    "agreements.red_start": TodoKind(_("Guarda il semaforo"), (CO,)),
    "agreements.red_start_case": TodoKind(_("Guarda il semaforo"), (SW,)),
    "agreements.start_near": TodoKind(_("Guarda che cosa manca"), (SW,)),
    "agreements.expiring": TodoKind(_("Riprendilo"), (SW,)),
    "agreements.ends_60": TodoKind(_("Decidi che cosa fare"), (SW,)),
    "agreements.ends_30": TodoKind(_("Decidi che cosa fare"), (SW,)),
    "agreements.bare": TodoKind(_("Guarda la copertura"), (CO,)),
    "agreements.bare_case": TodoKind(_("Guarda la copertura"), (SW,)),
    "agreements.cover_expires": TodoKind(_("Rinnova la copertura"), (CL,)),
    "agreements.power_expires": TodoKind(_("Aggiorna chi firma"), (CO,)),
    "agreements.framework_expires": TodoKind(_("Rinnova la convenzione"), (SW,)),
    "agreements.communication": TodoKind(_("Segna la comunicazione"), (CL,), True),
    "agreements.fitness_expires": TodoKind(_("Aggiorna l’idoneità"), (SW,)),
    "agreements.inherited_": TodoKind(_("Completa il tirocinio"), (SW,)),
    "agreements.hand_over": TodoKind(_("Rispondi al passaggio"), (CO,)),
    "agreements.hand_over_answered": TodoKind(_("Guarda la risposta"), (SW,)),
    "agreements.signature_refused": TodoKind(_("Leggi perché non firma"), (SW,)),
    "agreements.signature_expired": TodoKind(_("Manda un nuovo collegamento"), (SW,)),
    "agreements.extension_asked": TodoKind(_("Decidi la proroga"), (CO,)),
    "agreements.extension_granted": TodoKind(_("Prepara le carte"), (SW,)),
    "agreements.change_to_sign": TodoKind(_("Raccogli le firme"), (SW,)),
    "agreements.slid_end": TodoKind(_("Chiedi la proroga"), (SW,)),
    "matching.tell_visit": TodoKind(_("Racconta com’è andata"), (SW,)),
    "beneficiaries.payment_way": TodoKind(_("Scrivi come si versa"), (CL,)),
    "beneficiaries.evidence_expires": TodoKind(_("Aggiorna il documento"), (SW,)),
    "beneficiaries.assessment_expires": TodoKind(_("Aggiorna la valutazione"), (SW,)),
    "beneficiaries.decree_expires": TodoKind(_("Aggiorna il decreto"), (SW,)),
    "beneficiaries.document_expires": TodoKind(_("Apri i documenti"), (SW,)),
    "hosts.message": TodoKind(_("Leggi e rispondi"), (SW,)),
    "hosts.lead": TodoKind(_("Chiama l’impresa"), (SW,)),
    "hosts.lead_later": TodoKind(_("Risenti l’impresa"), (SW,)),
    "hosts.next_step": TodoKind(_("Apri il diario"), (SW,)),
    "hosts.call_back": TodoKind(_("Risenti l’impresa"), (SW,)),
    "hosts.ready_again": TodoKind(_("Apri i posti"), (SW,)),
    "hosts.block_ends": TodoKind(_("Guarda il blocco"), (CO,)),
    "hosts.data_proposal": TodoKind(_("Rispondi alla correzione"), (SW,)),
    "hosts.company_gone": TodoKind(_("Senti l’impresa"), (SW,)),
    "certification.decide": TodoKind(_("Decidi il riconoscimento"), (CO,)),
    "certification.scheme": TodoKind(_("Leggi e pubblica"), (CO,)),
    "certification.check": TodoKind(_("Verifica la domanda"), (CO,), right=CHECK),
    "certification.interview": TodoKind(_("Scrivi com’è andato"), (CO,), right=CHECK),
    "certification.validated": TodoKind(_("Leggi che cosa dice"), (CO,), right=CHECK),
    "certification.sitting": TodoKind(_("Leggi le domande"), (R.COMMISSION_MEMBER,)),
    "certification.minutes": TodoKind(_("Leggi il verbale"), (R.COMMISSION_MEMBER,)),
    "certification.announce": TodoKind(_("Prepara il preavviso"), (CO,)),
    "certification.deliver": TodoKind(_("Manda la carta"), (CO,), right=CHECK),
    "certification.observations": TodoKind(_("Guarda se l’impresa ha risposto"), (CO,), right=CHECK),
    "certification.appeal": TodoKind(_("Rispondi al ricorso"), (CO,)),
    "certification.look": TodoKind(_("Guarda la risposta"), (CO,), right=CHECK),
    "certification.missed": TodoKind(_("Decidi che cosa fare"), (CO,)),
    "certification.expiry": TodoKind(_("Guarda il riconoscimento"), (CO,)),
    "certification.thanks": TodoKind(_("Prepara il ringraziamento"), (CO,)),
    "solidarity_fund.decide": TodoKind(_("Decidi la richiesta"), (CO,)),
    "solidarity_fund.decide_together": TodoKind(_("Leggi e di’ la tua"), (R.COMMISSION_MEMBER,)),
    "solidarity_fund.pledge": TodoKind(_("Guarda la promessa"), (AC,)),
    "solidarity_fund.pay": TodoKind(_("Segna il versamento"), (AC,)),
    "solidarity_fund.screen": TodoKind(_("Guarda la richiesta"), (CO,)),
    "solidarity_fund.complete": TodoKind(_("Manda quello che manca"), (SW,)),
    "solidarity_fund.term": TodoKind(_("Decidi entro il termine"), (CO,), True),
    "solidarity_fund.announce": TodoKind(_("Prepara il preavviso"), (CO,)),
    "solidarity_fund.deliver": TodoKind(_("Consegna la carta"), (SW,)),
    "solidarity_fund.observations": TodoKind(_("Guarda se ha risposto"), (CO,)),
    "solidarity_fund.ratify": TodoKind(_("Portalo in commissione"), (CO,), True),
    "solidarity_fund.sitting": TodoKind(_("Leggi e di’ la tua"), (R.COMMISSION_MEMBER,)),
    "solidarity_fund.minutes": TodoKind(_("Leggi il verbale"), (R.COMMISSION_MEMBER,)),
    "solidarity_fund.criteria": TodoKind(_("Leggi e decidi"), (CO,)),
    "solidarity_fund.proof_due": TodoKind(_("Carica la prova"), (SW,)),
    "solidarity_fund.proof_check": TodoKind(_("Controlla la prova"), (AC,)),
    "solidarity_fund.recover": TodoKind(_("Segna i soldi tornati"), (AC,)),
    "website.approve": TodoKind(_("Leggi e pubblica"), (CO,)),
    "website.statement": TodoKind(_("Rivedi la dichiarazione"), (CO,), True),
    "territory.proposal.decide": TodoKind(_("Leggi e decidi"), (CO,)),
    "treasury.approve_liquidation": TodoKind(_("Approva la liquidazione"), (CO,), True),
    "treasury.pay_liquidation": TodoKind(_("Segna i versamenti"), (AC,)),
    "treasury.unpaid_months": TodoKind(_("Prepara la liquidazione"), (CO,), True),
    "solidarity_fund.publish": TodoKind(_("Guarda e approva"), (CO, AC)),
    "projects.report_due": TodoKind(_("Prepara il rendiconto"), (CO,)),
    "treasury.difference": TodoKind(_("Guarda il saldo"), (CO,), True),
    "treasury.difference_books": TodoKind(_("Guarda il saldo"), (AC,), True),
    "exchange.hook_off": TodoKind(_("Guarda che cosa non va"), (CO,)),
    "privacy.breach": TodoKind(_("Guarda la violazione"), (CO,), True),
    "privacy.agreement_expires": TodoKind(_("Rinnova l’accordo"), (CO,)),
    "privacy.request_due": TodoKind(_("Rispondi alla richiesta"), (CO,), True),
    "privacy.review": TodoKind(_("Rivedi i registri"), (R.DPO,)),
    "privacy.retention_due": TodoKind(_("Guarda che cosa si può scartare"), (CO,)),
    "treasury.closing": TodoKind(_("Chiudi il periodo"), (AC,)),
}


def kinds_by_right(access: Access) -> list[str]:
    """The kinds that are asked of this user for a right, whatever the role."""
    return [kind for kind, row in KINDS.items() if row.right and access.may(row.right)]


def button_of(kind: str) -> str:
    """What the button of a to-do says. A kind that carries more after its last underscore is found by what comes before."""
    known = KINDS.get(kind) or next((row for prefix, row in KINDS.items() if prefix.endswith("_") and kind.startswith(prefix)), None)
    return str(known.button if known else _("Apri"))
