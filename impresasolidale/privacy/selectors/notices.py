"""Texts by version: which one holds on a day, who still has to accept the instructions, what a person was given."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from placements.beneficiaries.models import Beneficiary

from ..enums import NoticeKind
from ..models import Acceptance, Notice


def notices(access: Access) -> list[Notice]:
    """Every version of every text of the Ambito, the newest first, each with how many accepted it (`accepted`)."""
    access.require(Permission.KEEP_PRIVACY)
    rows = Notice.objects.filter(ambito_id=access.ambito_id).annotate(accepted=Count("acceptances"))
    return list(rows.select_related("created_by").order_by("kind", "-version"))


def notice_for(access: Access, public_id: UUID) -> Notice:
    access.require(Permission.KEEP_PRIVACY)
    return get_object_or_404(Notice.objects.filter(ambito_id=access.ambito_id).select_related("created_by"), public_id=public_id)


def acceptances_of(access: Access, notice: Notice) -> list[Acceptance]:
    access.require(Permission.KEEP_PRIVACY)
    return list(Acceptance.objects.filter(notice=notice).select_related("user", "tutor").order_by("-accepted_at", "-id"))


def in_force(ambiti: Iterable[int], kind: str, on: date) -> list[Notice]:
    """The version of each Ambito that holds on a day. One query."""
    newer = Notice.objects.filter(ambito=OuterRef("ambito"), kind=kind, in_force_from__lte=on, version__gt=OuterRef("version"))
    rows = Notice.objects.filter(ambito_id__in=list(ambiti), kind=kind, in_force_from__lte=on).exclude(Exists(newer))
    return list(rows.select_related("ambito").order_by("ambito__name", "id"))


def to_accept(access: Access, on: date) -> list[Notice]:
    """The instructions in force of the Ambiti whose people are entrusted to this user, that were not accepted yet."""
    mine = Q(user_id=access.actor_id) if access.actor_id else Q(pk=None)
    if access.tutor_user_id:
        mine |= Q(user_id=access.tutor_user_id)
    if access.tutor_id:
        mine |= Q(tutor_id=access.tutor_id)
    current = in_force(access.ambiti, NoticeKind.INSTRUCTIONS, on)
    if not current:
        return []
    done = set(Acceptance.objects.filter(mine, notice__in=current).values_list("notice_id", flat=True))
    return [row for row in current if row.pk not in done]


def given_to(person: Beneficiary) -> Notice | None:
    """The version of the notice that was in force on the day the person got it; None when none is known."""
    if person.privacy_notice_on is None:
        return None
    return next(iter(in_force([person.ambito_id], NoticeKind.PEOPLE, person.privacy_notice_on)), None)
