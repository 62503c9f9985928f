"""The figures of a company's facts by name: what each says, and what is behind it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .rules import Facts


@dataclass(frozen=True)
class Figure:
    """`behind`: the kind of rows it is made of. `unit`: "hours" of minutes, "euro" of cents, or empty. `for_office`: never told to the
    company."""

    label: Any
    words: Any
    behind: str = "placements"
    unit: str = ""
    for_office: bool = False


FIGURES: Mapping[str, Figure] = {
    "recent": Figure(_("tirocini che contano"), _("Cominciati o continuati negli ultimi tre anni.")),
    "recent_months": Figure(_("mesi di presenza"), _("Negli ultimi tre anni, con almeno un giorno."), "sheets"),
    "recent_minutes": Figure(_("ore di presenza"), _("Negli ultimi tre anni."), "sheets", "hours"),
    "years": Figure(_("anni con qualcuno"), _("Degli ultimi tre, quelli con almeno un mese di presenza."), "sheets"),
    "returned": Figure(_("persone tornate"), _("Tirocini di chi c'era già stato.")),
    "extended": Figure(_("proroghe"), _("Entrate in vigore negli ultimi tre anni."), "extensions"),
    "completed": Figure(_("portati fino in fondo"), _("Finiti senza che l'impresa li interrompesse.")),
    "adapted": Figure(_("con un adattamento"), _("Qualcosa è cambiato per la persona, nel progetto o nella proposta.")),
    "tutors_trained": Figure(_("tutor formati"), _("In servizio oggi, con il corso di base."), "tutors"),
    "sites_described": Figure(_("sedi con adattamenti possibili"), _("Aperte, con la scheda di compatibilità."), "sites"),
    "visits": Figure(_("visite fatte"), _("Sul posto, negli ultimi tre anni."), "visits"),
    "given_cents": Figure(_("dato al fondo"), _("Denaro e doni in natura degli ultimi tre anni."), "gifts", "euro"),
    "hosted": Figure(_("tirocini in tutto"), _("Cominciati davvero, da sempre.")),
    "running": Figure(_("in corso"), _("Oggi.")),
    "paid_by_others": Figure(_("pagati tutti da altri"), _("C'è un finanziatore, e l'impresa non ci ha messo niente di suo (regola 87).")),
    "in_doubt": Figure(
        _("da chiarire"), _("Qualcuno ha visto una persona al posto di un lavoratore: fino a che non si sa, non contano (regola 27).")
    ),
    "broken_off": Figure(_("interrotti dall'impresa"), _("Chiusi prima perché l'impresa non poteva continuare.")),
    "paused": Figure(_("sospesi per l'impresa"), _("Sospensioni degli ultimi tre anni per un'esigenza dell'impresa."), "suspensions"),
    "blocks": Figure(
        _("Ambiti che hanno fermato nuovi tirocini"), _("Oggi: il motivo lo sa chi ha messo il blocco."), "blocks", for_office=True
    ),
    "complaints": Figure(
        _("segnalazioni aperte"), _("Qualcuno si è comportato male con una persona, e non è ancora chiuso."), "complaints", for_office=True
    ),
}


def value_of(code: str, facts: Facts) -> int:
    """What one of FIGURES says of a company."""
    return int(getattr(facts, code))
