"""Reads about papers: runs that award many, the logo kit, the dossier; for the offices and for the company itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Look
from impresasolidale.core.scope import scope

from .. import documents
from ..enums import ApplicationState
from ..models import Application, AwardItem, AwardRun, Campaign, Certificate, HistoricalAward, Proof
from .certificates import in_force

# --- Runs


def runs(access: Access) -> list[AwardRun]:
    """The last runs of the network."""
    return list(
        AwardRun.objects.filter(network_id=access.network_id).select_related("campaign", "sitting", "created_by").order_by("-id")[:20]
    )


def run_for(access: Access, public_id: UUID) -> AwardRun:
    rows = AwardRun.objects.filter(network_id=access.network_id).select_related("campaign", "sitting", "created_by")
    found = get_object_or_404(rows, public_id=public_id)
    audit.look(Look.Kind.DETAIL, found, by=access, place="certification:run")
    return found


def awarded(run: AwardRun) -> list[AwardItem]:
    """Those with a certificate, by number of the paper."""
    return list(
        run.items.filter(certificate__isnull=False)
        .select_related("certificate__document", "certificate__company")
        .order_by("certificate_id")
    )


def refused(run: AwardRun) -> list[AwardItem]:
    return list(run.items.exclude(refused="").select_related("application__company").order_by("pk"))


def ready_applications(access: Access, campaign: Campaign | None = None) -> QuerySet[Application]:
    """What waits for a decision, by name of the company; of a campaign, or all."""
    rows = Application.objects.filter(network_id=access.network_id, state=ApplicationState.READY)
    if campaign:
        rows = rows.filter(campaign=campaign)
    return rows.select_related("company__comune").order_by("company__search_key", "pk")


def campaigns_with_ready(access: Access) -> list[Campaign]:
    """The campaigns that have applications waiting, each with `ready`."""
    rows = Campaign.objects.filter(network_id=access.network_id)
    count = Count("applications", filter=Q(applications__state=ApplicationState.READY))
    return list(rows.annotate(ready=count).filter(ready__gt=0).order_by("-opens_on", "-pk"))


# --- One company's


def in_force_of(company: Company, today: date) -> Certificate | None:
    """The recognition a company holds today."""
    rows = in_force(today).filter(company=company).select_related("document", "application", "scheme", "company__comune", "network")
    return rows.order_by("-valid_from", "-pk").first()


def past_of(company: Company) -> list[Certificate]:
    return list(Certificate.objects.filter(company=company).select_related("document").order_by("-valid_from", "-pk"))


def _reached(access: Access, company: Company) -> None:
    """A contact reaches the own company's papers: the application reads them. Raises Http404 for another's."""
    if access.companies is not None and company.pk not in access.contact_for:
        raise Http404


@dataclass(frozen=True)
class Kit:
    """What a company with a recognition in force may show, and its papers."""

    certificate: Certificate | None
    past: list[Certificate]
    dossier: Document | None


def kit_of(access: Access, company: Company, today: date) -> Kit:
    """The own recognition with its papers, for the company's contact and for the offices."""
    _reached(access, company)
    system = Access.system(network_id=company.network_id, ambito_id=None, reason="a company's own paper")
    with scope(system.scope):
        held = in_force_of(company, today)
        return Kit(held, [row for row in past_of(company) if held is None or row.pk != held.pk], dossier_of(company))


def proofs_of(certificate: Certificate) -> list[Proof]:
    """What the company handed in with its application, in its order."""
    if certificate.application_id is None:
        return []
    rows = Proof.objects.filter(answer__application_id=certificate.application_id)
    return list(rows.select_related("upload", "answer").order_by("answer__pk", "pk"))


def dossier_of(company: Company) -> Document | None:
    """The last dossier of a company; the caller has entered the network's scope."""
    rows = Document.objects.filter(
        network_id=company.network_id, kind=documents.DOSSIER, subject_type=audit.type_of(company), subject_id=company.pk
    )
    return rows.order_by("-id").first()


def dossier_parts(access: Access, company: Company, *, today: date) -> tuple[Certificate, Document, list[Proof]]:
    """The recognition in force, the last dossier that is ready, the proofs; 404 without."""
    kit = kit_of(access, company, today)
    if kit.certificate is None or kit.dossier is None or kit.dossier.state != Document.State.READY:
        raise Http404
    system = Access.system(network_id=company.network_id, ambito_id=None, reason="a company's own paper")
    with scope(system.scope):
        return kit.certificate, kit.dossier, proofs_of(kit.certificate)


# --- The past


def history(access: Access) -> list[HistoricalAward]:
    return list(HistoricalAward.objects.filter(network_id=access.network_id).order_by("-year", "area"))


def named_in_history(access: Access) -> int:
    """How many companies have the attestato by name."""
    return Certificate.objects.filter(network_id=access.network_id, application=None).count()
