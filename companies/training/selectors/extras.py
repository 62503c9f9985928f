"""What goes with an edition: files, answers to the questionnaire, costs, certificates."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Document
from impresasolidale.treasury.models import Pot

from ..models import Edition, EditionCost, Enrolment, FeedbackSheet, Material
from ..rules import Asked, aggregates
from .editions import certificates


def certificate_for(access: Access, public_id: UUID) -> Document:
    """The paper of an enrolment that is reachable; 404 otherwise."""
    mine = Enrolment.objects.filter(network_id=access.network_id)
    return get_object_or_404(certificates(access).filter(subject_id__in=mine.values("pk")), public_id=public_id)


def materials_of(edition: Edition) -> QuerySet[Material]:
    """The files of an edition and those of its course, by title."""
    mine = Q(edition=edition) | Q(edition=None, course=edition.course_id)
    return Material.objects.filter(mine, network_id=edition.network_id, withdrawn_at=None).order_by("title", "id")


def material_for(access: Access, edition: Edition, public_id: UUID) -> Material:
    return get_object_or_404(materials_of(edition), public_id=public_id)


def material_file(material: Material) -> str:
    """The name a downloaded file takes."""
    ending = material.file_name.rpartition(".")[2]
    return f"{material.title}.{ending}"


def feedback_of(edition: Edition, *, least: int) -> tuple[int, list[Asked]]:
    """How many answered, and the answers by question: none under `least` (rule 88), nobody's own ever."""
    sheets = list(FeedbackSheet.objects.filter(network_id=edition.network_id, edition=edition).values_list("answers", flat=True))
    return len(sheets), aggregates(sheets, least=least)


def costs_of(access: Access, edition: Edition) -> QuerySet[EditionCost]:
    """The costs of an edition that stand, oldest first."""
    rows = EditionCost.objects.filter(network_id=access.network_id, edition=edition, withdrawn_at=None)
    return rows.select_related("pot", "created_by", "confirmed_by").order_by("id")


def waiting_costs(access: Access) -> QuerySet[EditionCost]:
    return EditionCost.objects.filter(network_id=access.network_id, withdrawn_at=None, confirmed_on=None)


def cost_for(access: Access, edition: Edition, public_id: UUID) -> EditionCost:
    return get_object_or_404(costs_of(access, edition), public_id=public_id)


def pots_for_costs(access: Access) -> QuerySet[Pot]:
    """What may pay for training: the project's pots, the network's grants, the budget lines of the active Ambito. Never the fund."""
    ours = Q(use__in=[Pot.Use.PROJECT, Pot.Use.GRANT]) | Q(use=Pot.Use.BUDGET, budget__ambito_id=access.ambito_id)
    return Pot.objects.filter(ours, network_id=access.network_id).order_by("use", "name", "id")
