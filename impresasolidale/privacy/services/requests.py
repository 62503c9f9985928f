"""Requests of people about their data: written down, prolonged once, answered within their month."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import audit, todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Look
from impresasolidale.core.transitions import perform
from placements.agreements.documents import promoter_body
from placements.beneficiaries.enums import RepresentativeKind
from placements.beneficiaries.models import Beneficiary, Representative
from placements.beneficiaries.rules import is_minor
from placements.beneficiaries.selectors import representatives_on

from .. import documents, rules
from ..copy import person_copy
from ..enums import Asker, Delivery, Names, RequestKind
from ..models import DataRequest
from ..transitions import REQUEST
from ._common import open_row

DUE = "privacy.request_due"  # kind of deadline, and of the to-do it becomes
REMIND_DAYS = 10  # of the calendar


@transaction.atomic
def register_request(*, person: Beneficiary, values: Mapping[str, Any], by: Access, today: date) -> DataRequest:
    """Write down a request on the day it is known. Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    if values["received_on"] > today:
        raise DomainError(_("Il giorno è nel futuro."), field="received_on")
    if not values["identity_check"].strip():
        raise DomainError(
            _("Scrivi come sapete che è proprio lei, per esempio «carta d'identità vista allo sportello»."), field="identity_check"
        )
    representative = values["representative"] if values["asker"] != Asker.PERSON else None
    if values["asker"] != Asker.PERSON and representative is None:
        raise DomainError(_("Scegli chi la rappresenta."), field="representative")
    _refuse_former(values["asker"], person, representative, today)
    row = DataRequest.objects.create(
        ambito_id=person.ambito_id,
        beneficiary=person,
        representative=representative,
        kind=values["kind"],
        asker=values["asker"],
        channel=values["channel"],
        received_on=values["received_on"],
        identity_check=values["identity_check"].strip(),
        words=values["words"].strip(),
        due_on=rules.due_of(values["received_on"]),
        created_by_id=by.actor_id,
    )
    record_fact("privacy.request.registered", row, by=by, kind=row.kind)
    _remind(row, by=by)
    return row


def _refuse_former(asker: str, person: Beneficiary, representative: Representative | None, today: date) -> None:
    """Who acts for her today asks in her name; who did once, a parent of who is of age too, for the own data alone."""
    if asker != Asker.FOR_PERSON or representative is None:
        return
    acts = representatives_on(person, today).filter(pk=representative.pk).exists()
    if not acts or (representative.kind == RepresentativeKind.PARENT and not is_minor(person.birth_date, today)):
        raise DomainError(_("Oggi non la rappresenta: può chiedere solo i propri dati."), field="representative")


def _remind(row: DataRequest, *, by: Access) -> None:
    todos.set_deadline(
        kind=DUE,
        subject=row,
        title=_("Rispondi a una richiesta sui propri dati entro il suo termine"),
        url=reverse("privacy:request", args=[row.public_id]),
        role=Role.COORDINATOR,
        due_on=row.due_on,
        remind_days=REMIND_DAYS,
        is_mandatory=True,
        by=by,
    )


@transaction.atomic
def extend_request(*, request: DataRequest, reason: str, by: Access, today: date) -> DataRequest:
    """Two months more, once, told within the first month (art. 12.3). Raises DomainError, TransitionNotAllowed."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(request)
    if row.extended_on:
        raise DomainError(_("La proroga c'è già: non se ne può fare un'altra."))
    if today > row.due_on:
        raise DomainError(_("Il mese è passato: la proroga andava detta prima. Rispondi appena puoi, e spiega il ritardo."))
    if not reason.strip():
        raise DomainError(_("Scrivi perché serve più tempo: lo si dice anche a chi ha chiesto."), field="reason")
    row.extended_on, row.extension_reason = today, reason.strip()
    row.due_on = rules.extended_due_of(row.received_on)
    row.row_version += 1
    row.save(update_fields=["extended_on", "extension_reason", "due_on", "row_version"])
    record_fact("privacy.request.extended", row, by=by, reason=row.extension_reason)
    _remind(row, by=by)
    return row


@transaction.atomic
def decide_names(*, request: DataRequest, names: str, reason: str, by: Access) -> DataRequest:
    """Whether the copy says by name who looked: the data protection officer decides, once, with the reasons (CJEU C-579/21)."""
    by.require(Permission.SEE_ACCESS_LOG)
    row = open_row(request)
    if row.kind != RequestKind.ACCESS:
        raise DomainError(_("Solo la copia dei dati parla di chi ha guardato."))
    if row.document_id:
        raise DomainError(_("La copia è già fatta: la decisione viene prima."))
    if not reason.strip():
        raise DomainError(_("Scrivi il motivo: di chi si proteggono i diritti, e perché i nomi servono o non servono."), field="reason")
    row.names, row.names_reason, row.names_by_id, row.names_at = Names(names), reason.strip(), by.actor_id, timezone.now()
    row.row_version += 1
    row.save(update_fields=["names", "names_reason", "names_by", "names_at", "row_version"])
    record_fact("privacy.request.names_decided", row, by=by, reason=row.names_reason, names=row.names)
    return row


@transaction.atomic
def make_copy(*, request: DataRequest, by: Access, today: date) -> Document:
    """The copy of an access request, frozen on the day; made again, the new one replaces the old. Raises DomainError, for who does not
    represent her any more too."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(request)
    if row.kind != RequestKind.ACCESS:
        raise DomainError(_("La copia si fa per chi chiede di avere i propri dati."))
    _refuse_former(row.asker, row.beneficiary, row.representative, today)
    context = {"body_name": promoter_body(row.ambito).name, **person_copy(row, by=by, today=today)}
    paper = issue(
        kind=documents.COPY,
        kind_label=documents.COPY_LABEL,
        template=documents.COPY_TEMPLATE,
        subject=row,
        context=context,
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=row.document,
    )
    row.document = paper
    row.row_version += 1
    row.save(update_fields=["document", "row_version"])
    audit.look(Look.Kind.EXPORT, row.beneficiary, by=by, place="privacy:make_copy")
    record_fact("privacy.request.copied", row, by=by, number=paper.number)
    return paper


@transaction.atomic
def answer_request(*, request: DataRequest, outcome: str, delivery: str, seen: int, by: Access, today: date) -> DataRequest:
    """What was done and how it was told. An access is answered with its copy. Raises DomainError, Conflict."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(request, seen)
    if row.kind == RequestKind.ACCESS and (row.document is None or row.document.state != Document.State.READY):
        raise DomainError(_("Prima serve la copia dei dati, pronta da consegnare."))
    if not outcome.strip():
        raise DomainError(_("Scrivi che cosa si è fatto."), field="outcome")
    if delivery == Delivery.AREA and (row.kind != RequestKind.ACCESS or row.asker == Asker.FOR_SELF):
        raise DomainError(_("Nella sua area si mette solo la copia dei dati della persona."), field="delivery")
    done = perform(REQUEST, "answered", row, by=by, outcome=outcome.strip(), delivery=Delivery(delivery), closed_on=today)
    _over(done, by=by)
    return done


@transaction.atomic
def end_request(*, request: DataRequest, step: str, reason: str, by: Access, today: date) -> DataRequest:
    """Refused or withdrawn, with the reason. Raises ReasonRequired, TransitionNotAllowed."""
    done = perform(REQUEST, step, request, by=by, reason=reason, outcome=reason.strip(), closed_on=today)
    _over(done, by=by)
    return done


def _over(row: DataRequest, *, by: Access) -> None:
    todos.close_deadline(kind=DUE, subject=row)
    todos.done(kind=DUE, subject=row, by=by)
