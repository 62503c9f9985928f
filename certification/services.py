"""Writes of the recognitions: propose from the data, decide by another person, revoke with a reason."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from . import documents, selectors
from .models import Certificate, SchemeVersion
from .rules import last_valid_day, missing
from .transitions import CERTIFICATE

DECIDE = "certification.decide"
EXPIRY = "certification.expiry"


@transaction.atomic
def propose_certificate(*, company: Company, by: Access, today: date) -> Certificate:
    """Propose the recognition of a company on facts computed now and frozen (rule 79).

    Refuses when one is live, or saying what is missing (placements; the declarations of rule 85 where the rule book blocks).
    """
    by.require(Permission.EDIT_COMPANIES)
    company = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if Certificate.objects.filter(company=company, state__in=selectors.LIVE).exists():
        raise DomainError(_("%(company)s ha già un riconoscimento valido, oppure uno che aspetta la decisione.") % {"company": company})
    scheme = selectors.scheme_in_force(by, today)
    facts = selectors.facts_of(by, [company.pk], today)[company.pk]
    asked = selectors.requirements_of(company, facts, scheme=scheme, rules=selectors.common_rules(company.network_id, today))
    if lacking := missing(asked):
        words = _("Per proporre %(company)s manca ancora: %(missing)s.")
        raise DomainError(words % {"company": company, "missing": "; ".join(lacking)})
    if scheme.pk is None:
        scheme, _made = SchemeVersion.objects.get_or_create(
            network_id=scheme.network_id,
            version=scheme.version,
            defaults={"name": scheme.name, "published_on": scheme.published_on, "validity_months": scheme.validity_months},
        )
    certificate = Certificate.objects.create(
        network_id=company.network_id,
        company=company,
        scheme=scheme,
        level=Certificate.Level.ADERENTE,
        facts=facts.to_json(),
        created_by_id=by.actor_id,
    )
    record_fact("certification.certificate.proposed", certificate, by=by, scheme=scheme.version)
    with translation.override("it"):  # what is stored reads the same whoever caused it
        title = _("Riconoscimento da decidere: %(company)s") % {"company": company}
    todos.ask(
        kind=DECIDE,
        subject=certificate,
        title=title,
        url=reverse("certification:decide", args=[certificate.public_id]),
        role=Role.COORDINATOR,
        by=by,
    )
    return certificate


@transaction.atomic
def grant_certificate(
    *, certificate: Certificate, by: Access, today: date, act: OutsideAct | None = None, act_file: UploadedFile | None = None
) -> Certificate:
    """Recognise the company and issue its certificate. Four eyes: not the proposer, unless an outside act is the second key."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _locked(certificate)
    if row.state != Certificate.State.PROPOSED:
        raise TransitionNotAllowed
    require_second_key(first_id=row.created_by_id, by=by, act=act)
    rules = selectors.common_rules(row.network_id, today)
    valid_to = last_valid_day(today, row.scheme.validity_months)
    with translation.override("it"):  # what is stored reads the same whoever caused it
        label = _("Attestato di riconoscimento")
        reason = _("Atto n. %(number)s del %(day)s") % {"number": act.number.strip(), "day": f"{act.on:%d/%m/%Y}"} if act else ""
        reminder = _("Il riconoscimento di %(company)s sta per scadere") % {"company": row.company}
    paper = issue(
        kind=documents.KIND,
        kind_label=label,
        template=documents.TEMPLATE,
        subject=row,
        context=documents.certificate_context(row, valid_from=today, valid_to=valid_to, threshold=rules.small_number_threshold),
        today=today,
        by=by,
        network_id=row.network_id,
    )
    row = perform(
        CERTIFICATE,
        "granted",
        row,
        by=by,
        reason=reason,
        decided_by_id=by.actor_id,
        decided_at=timezone.now(),
        valid_from=today,
        valid_to=valid_to,
        document=paper,
    )
    if act and act_file:
        store_upload(file=act_file, kind=selectors.ACT, subject=row, by=by)
    todos.done(kind=DECIDE, subject=row, by=by)
    todos.set_deadline(
        kind=EXPIRY,
        subject=row,
        title=reminder,
        url=reverse("certification:detail", args=[row.public_id]),
        role=Role.COORDINATOR,
        due_on=valid_to,
        by=by,
        remind_days=rules.certificate_reminder_days,
    )
    return row


@transaction.atomic
def refuse_certificate(*, certificate: Certificate, by: Access, reason: str) -> Certificate:
    """Close a proposal without recognition; the company may be proposed again later."""
    row = perform(CERTIFICATE, "refused", certificate, by=by, reason=reason, decided_by_id=by.actor_id, decided_at=timezone.now())
    todos.done(kind=DECIDE, subject=row, by=by)
    return row


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, by: Access, reason: str) -> Certificate:
    """Take a recognition back (rule 83): it leaves the register, its page says revoked. Who granted it stays written."""
    row = perform(CERTIFICATE, "revoked", certificate, by=by, reason=reason)
    todos.close_deadline(kind=EXPIRY, subject=row)
    return row


def _locked(certificate: Certificate) -> Certificate:
    rows = Certificate.objects.select_related("company__comune", "scheme", "network")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=certificate.pk)
