"""The confirm page of each step of the state table: what it says, what it asks, which service it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, ReasonForm

from . import services
from .forms import ValidationForm


@dataclass(frozen=True)
class StepPage:
    """`call(row, data, by, today)` runs the service; `data` is the form's."""

    title: Any
    text: Any
    call: Callable[[Any, dict[str, Any], Any, Any], Any]
    consequences: tuple[Any, ...] = ()
    form: type[Form] = Form
    danger: bool = False


PLACEMENT_STEPS: dict[str, StepPage] = {
    "proposed": StepPage(
        _("Proponi questo tirocinio"),
        _("La bozza è completa? Da qui si preparano le carte da firmare."),
        lambda row, data, by, today: services.propose_placement(placement=row, by=by, today=today),
        (_("La bozza non si modifica più, finché non la riporti indietro."),),
    ),
    "returned": StepPage(
        _("Riporta in bozza"),
        _("Il tirocinio torna sul tavolo, per correggerlo."),
        lambda row, data, by, today: services.return_to_draft(placement=row, reason=data["reason"], by=by, today=today),
        (
            _("Se le carte erano già preparate restano nell'archivio, ma non valgono più: se ne faranno di nuove."),
            _("Anche le firme già raccolte vanno chieste di nuovo, sulle carte nuove."),
        ),
        ReasonForm,
    ),
    "issued": StepPage(
        _("Prepara le carte da firmare"),
        _("Il progetto personalizzato riceve un numero e non cambia più."),
        lambda row, data, by, today: services.issue_papers(placement=row, by=by, today=today),
        (_("Poi si stampa, si firma e si registrano le firme, una per una, con la scansione."),),
    ),
    "validated": StepPage(
        _("Convalida il tirocinio"),
        _("Con la tua convalida il tirocinio può partire."),
        lambda row, data, by, today: services.validate_placement(
            placement=row,
            by=by,
            today=today,
            act=data["act"],
            act_file=data["act_file"],
        ),
        (
            _("Parte da solo il giorno di inizio, se nessuna voce del semaforo è rossa."),
            _("Se qualcosa è rosso, tu e l'assistente sociale ricevete un avviso."),
        ),
        ValidationForm,
    ),
    "rejected": StepPage(
        _("Respingi il tirocinio"),
        _("Il tirocinio non si fa. Chi lo ha preparato legge il motivo."),
        lambda row, data, by, today: services.reject_placement(placement=row, reason=data["reason"], by=by),
        (_("Non si torna indietro: per correggerlo e basta, chiedi di riportarlo in bozza."),),
        ReasonForm,
        danger=True,
    ),
    "withdrawn": StepPage(
        _("Ritira il tirocinio"),
        _("Il tirocinio non si fa. Resta scritto perché."),
        lambda row, data, by, today: services.withdraw_placement(placement=row, reason=data["reason"], by=by),
        (_("Non si torna indietro: per ricominciare si prepara un tirocinio nuovo."),),
        ReasonForm,
        danger=True,
    ),
    "cancelled": StepPage(
        _("Annulla prima dell'inizio"),
        _("Il tirocinio convalidato non parte. Resta scritto perché."),
        lambda row, data, by, today: services.cancel_placement(placement=row, reason=data["reason"], by=by),
        (_("Non si torna indietro: per ricominciare si prepara un tirocinio nuovo."),),
        ReasonForm,
        danger=True,
    ),
}

AGREEMENT_STEPS: dict[str, StepPage] = {
    "issued": StepPage(
        _("Prepara la convenzione"),
        _("La convenzione riceve un numero e non cambia più."),
        lambda row, data, by, today: services.issue_agreement(agreement=row, by=by, today=today),
        (_("Poi si stampa, si firma da tutte e due le parti e si registrano le firme, con la scansione."),),
    ),
    "withdrawn": StepPage(
        _("Ritira la convenzione"),
        _("La convenzione non si firma più. Resta scritto perché."),
        lambda row, data, by, today: services.withdraw_agreement(agreement=row, reason=data["reason"], by=by, today=today),
        (_("I tirocini che la aspettavano ne cercano un'altra con la stessa impresa."),),
        ReasonForm,
        danger=True,
    ),
}
