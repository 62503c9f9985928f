"""Writes of the recognitions: made when an application is granted, suspended, given back, taken back with a reason."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.territory.selectors import common_rules

from .. import documents
from ..enums import CertificateState, Level
from ..models import Application, Certificate
from ..rules import last_valid_day
from ..transitions import CERTIFICATE
from ..words import public_word

EXPIRY = "certification.expiry"


def award(*, application: Application, by: Access, today: date, reason: str = "") -> Certificate:
    """The recognition that a granted application gives, with its paper: part of the decision's transaction.

    It takes the place of the one that is held. At the same level its months begin where those end, so that who renews early loses no
    day (rule 83). Raises DomainError while the former one is suspended.
    """
    former = (
        Certificate.objects.filter(company_id=application.company_id, state__in=[CertificateState.GRANTED, CertificateState.SUSPENDED])
        .exclude(level=Level.ATTESTATO_2015)
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    first = today
    if former:
        if former.state == CertificateState.SUSPENDED:
            raise DomainError(_("Il riconoscimento di %(company)s è sospeso: prima decidi di quello.") % {"company": application.company})
        if former.valid_to and former.valid_to >= today and former.level == application.level:
            first = former.valid_to + timedelta(days=1)
        perform(CERTIFICATE, "superseded", former, by=by, as_system=True)
        todos.close_deadline(kind=EXPIRY, subject=former)
    rules = common_rules(application.network_id, today)
    row = Certificate(
        network_id=application.network_id,
        company=application.company,
        application=application,
        scheme=application.scheme,
        level=application.level,
        facts=application.facts,
        decided_by_id=application.decided_by_id,
        decided_at=application.decided_at,
        valid_from=today,
        valid_to=last_valid_day(first, application.scheme.validity_months),
        supersedes=former,
        created_by_id=by.actor_id,
    )
    with translation.override("it"):  # what is stored reads the same whoever caused it
        label = str(public_word(rules.certification_word).paper)
        reminder = _("Il riconoscimento di %(company)s sta per scadere") % {"company": row.company}
    row.document = issue(
        kind=documents.KIND,
        kind_label=label,
        template=documents.TEMPLATE,
        subject=application,
        context=documents.certificate_context(row, threshold=rules.small_number_threshold, word=rules.certification_word),
        today=today,
        by=by,
        network_id=row.network_id,
    )
    row.save()
    record_fact("certification.certificate.awarded", row, by=by, reason=reason, level=row.level)
    assert row.valid_to
    todos.set_deadline(
        kind=EXPIRY,
        subject=row,
        title=reminder,
        url=reverse("certification:detail", args=[row.public_id]),
        role=Role.COORDINATOR,
        due_on=row.valid_to,
        by=by,
        remind_days=rules.certificate_reminder_days,
    )
    return row


@transaction.atomic
def suspend_certificate(*, certificate: Certificate, by: Access, reason_class: str, reason: str) -> Certificate:
    """Take a recognition off the register until it is known more (rule 83)."""
    row: Certificate = perform(CERTIFICATE, "suspended", certificate, by=by, reason=reason, reason_class=reason_class)
    return row


@transaction.atomic
def resume_certificate(*, certificate: Certificate, by: Access, reason: str) -> Certificate:
    """Give a suspended recognition back: it is valid to the day it was."""
    row: Certificate = perform(CERTIFICATE, "resumed", certificate, by=by, reason=reason, reason_class="")
    return row


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, by: Access, reason_class: str, reason: str) -> Certificate:
    """Take a recognition back (rule 83): it leaves the register, its page says revoked. Who granted it stays written."""
    row: Certificate = perform(CERTIFICATE, "revoked", certificate, by=by, reason=reason, reason_class=reason_class)
    todos.close_deadline(kind=EXPIRY, subject=row)
    return row
