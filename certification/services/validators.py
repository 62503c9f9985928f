"""Somebody from outside is asked by a personal link: reads the application without an account, says valid or not, in words (rule 82)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.models import new_token
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.messages import send
from impresasolidale.core.words import in_italian

from ..enums import ApplicationState
from ..models import Application, Validation, ValidatorAsk
from .checks import VALIDATED, code_of, in_check, refuse_insider
from .words import ask_office

ASKED = "certification.validator_asked"  # kind of the message that carries the link
ASKED_SUBJECT = gettext_lazy("Vi chiediamo una parola, da fuori")
OPEN_DAYS = 21  # that a link is good for


@transaction.atomic
def ask_validator(
    *, application: Application, person: str, body: str, partita_iva: str, email: str, by: Access, now: datetime
) -> ValidatorAsk:
    """Write to somebody from outside, with a link that opens this application alone. Raises DomainError for an insider, a wrong
    partita IVA, a body that was asked or has answered already."""
    row, today = in_check(application, by), timezone.localdate(now)
    code = code_of(partita_iva)
    refuse_insider(row, code=code, email=email, by=by, today=today)
    asks = ValidatorAsk.objects.filter(application=row, partita_iva=code)
    asks.filter(closed_at=None, expires_at__lte=now).update(closed_at=now)
    if asks.filter(closed_at=None).exists():
        raise DomainError(_("A questo ente lo avete già chiesto: aspetta la risposta, oppure ritira la richiesta."), field="partita_iva")
    if Validation.objects.filter(application=row, partita_iva=code).exists():
        raise DomainError(_("Di questo ente c'è già una conferma."), field="partita_iva")
    token = new_token()
    made = ValidatorAsk.objects.create(
        network_id=row.network_id,
        application=row,
        person=person.strip(),
        body=body.strip(),
        partita_iva=code,
        email=email.strip(),
        token_hash=hash_token(token),
        sent_at=now,
        expires_at=now + timedelta(days=OPEN_DAYS),
        created_by_id=by.actor_id,
    )
    record_fact("certification.validator.asked", row, by=by)
    send(
        kind=ASKED,
        address=made.email,
        language=settings.LANGUAGE_CODE,
        subject=ASKED_SUBJECT,
        template="certification/email/validator.txt",
        context={
            "person": made.person,
            "url": settings.BASE_URL + reverse("website:validator_door", args=[token]),
            "expires_at": made.expires_at,
            "body_name": row.network.name,
        },
        by=by,
        about=row,
        is_personal=True,
        cooldown=timedelta(0),  # one link at a time is the row's own rule
    )
    return made


@transaction.atomic
def take_back(*, asked: ValidatorAsk, by: Access, now: datetime) -> ValidatorAsk:
    """The link opens nothing any more. Raises Conflict for one that is closed."""
    by.require(Permission.CHECK_CERTIFICATES)
    row: ValidatorAsk = ValidatorAsk.objects.select_for_update(of=("self",), no_key=True).select_related("application").get(pk=asked.pk)
    if row.closed_at:
        raise Conflict(_("Questa richiesta è già chiusa."))
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    record_fact("certification.validator.taken_back", row.application, by=by)
    return row


@transaction.atomic
def answer_by_link(*, asked: ValidatorAsk, is_favourable: bool, words: str, no_ties: bool, by: Access, now: datetime) -> Validation:
    """The word of who holds the link, once; the office is told. `no_ties`: they declare to be of neither the company, its group or its
    bodies, nor the office or its commission.

    Raises Conflict for a link that was used or taken back, or when the check is over; DomainError after its time, without words or the
    declaration, or for somebody whom the records now know as an insider.
    """
    row: ValidatorAsk = (
        ValidatorAsk.objects.select_for_update(of=("self",), no_key=True).select_related("application__company").get(pk=asked.pk)
    )
    today = timezone.localdate(now)
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("company")
    application: Application = rows.get(pk=row.application_id)
    if row.closed_at or application.state != ApplicationState.SUBMITTED:
        raise Conflict(_("Questa richiesta è chiusa: non serve più fare niente. Grazie."))
    if row.expires_at <= now:
        raise DomainError(_("Il tempo per rispondere da qui è finito. Scrivete all'ufficio, se volete ancora farlo."))
    if not words.strip():
        raise DomainError(_("Scrivete in due parole perché."), field="words")
    if not no_ties:
        raise DomainError(_("Senza questa dichiarazione la vostra parola non può valere."), field="no_ties")
    refuse_insider(application, code=row.partita_iva, email=row.email, by=by, today=today)
    made = Validation.objects.create(
        network_id=row.network_id,
        application=application,
        person=row.person,
        body=row.body,
        partita_iva=row.partita_iva,
        email=row.email,
        is_favourable=is_favourable,
        words=words.strip(),
        given_on=today,
    )
    row.validation, row.closed_at = made, now
    row.save(update_fields=["validation", "closed_at"])
    record_fact("certification.validation.recorded", application, by=by, is_favourable=is_favourable)
    ask_office(
        VALIDATED,
        in_italian("Chi è di fuori ha risposto su %(company)s", company=application.company),
        application,
        reverse("certification:application", args=[application.public_id]),
        by=by,
    )
    return made
