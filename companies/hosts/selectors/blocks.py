"""Where the active Ambito places nobody for now."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission

from ..models import Block, Company


def may_read_reasons(access: Access) -> bool:
    """Why a company is blocked is for who places people, and who blocks; the others read that it is, and until when."""
    return access.may(Permission.BLOCK_COMPANIES) or access.may(Permission.PREPARE_PLACEMENTS)


def blocks_of(access: Access, company: Company) -> QuerySet[Block]:
    """All blocks of a company in the active Ambito, the last first."""
    rows = Block.objects.filter(ambito_id=access.ambito_id, company=company).select_related("created_by", "lifted_by")
    return rows.order_by("-starts_on", "-id")


def block_on(access: Access, company: Company, on: date) -> Block | None:
    """The block that holds in the active Ambito on a day."""
    return blocks_of(access, company).filter(Block.holding(on)).first()


def blocked(access: Access, on: date, *, among: Collection[int] | None = None) -> QuerySet[Block]:
    """The blocks that hold in the active Ambito on a day, by company."""
    rows = Block.objects.filter(Block.holding(on), ambito_id=access.ambito_id, company__merged_into=None)
    rows = rows if among is None else rows.filter(company__in=among)
    return rows.select_related("company").order_by("company__search_key", "id")


def block_for(access: Access, company: Company, public_id: UUID) -> Block:
    return get_object_or_404(blocks_of(access, company), public_id=public_id)
