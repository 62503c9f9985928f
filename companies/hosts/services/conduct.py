"""The rules of welcoming are accepted before a company offers places by itself."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError

from ..conduct import CURRENT, fingerprint
from ..models import Company, ConductAcceptance


@transaction.atomic
def accept_conduct(*, company: Company, said_by: str, on: date, by: Access, today: date) -> ConductAcceptance:
    """Somebody says yes for the company: its contact on the portal, or by word or paper to the office. Once for each edition."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    if not said_by.strip():
        raise DomainError(_("Scrivi chi ha detto di sì per l’impresa."), field="said_by")
    if on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="accepted_on")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if known := ConductAcceptance.objects.filter(company=company, edition=CURRENT).order_by("id").first():
        raise DomainError(_("Le regole sono già accettate dal %(day)s.") % {"day": f"{known.accepted_on:%d/%m/%Y}"})
    row = ConductAcceptance.objects.create(
        network_id=company.network_id,
        company=company,
        edition=CURRENT,
        fingerprint=fingerprint(CURRENT),
        accepted_on=on,
        said_by=said_by.strip(),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.conduct.accepted", company, by=by, edition=CURRENT)
    return row


def refuse_before_conduct(company: Company, *, by: Access) -> None:
    """Raises DomainError when the company's own contact goes ahead without the rules; the office may write what it was told."""
    if company.pk in by.contact_for and not ConductAcceptance.objects.filter(company=company, edition=CURRENT).exists():
        raise DomainError(_("Prima leggete le regole dell’accoglienza e dite se siete d’accordo."))
