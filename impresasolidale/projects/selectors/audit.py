"""Reads of the audit room: the office's list, and what the one auditor may look at. Every look is written down."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.audit import look
from impresasolidale.core.models import Look
from impresasolidale.core.words import day_short
from impresasolidale.treasury.models import Pot

from ..models import AuditItem, AuditSample, Project, ProjectFile
from .expenses import TYPE, sheet_of


def auditors(access: Access, until: date) -> QuerySet[User]:
    """Who is an auditor of the network up to a day: a membership that ends before does not open a room that long."""
    held = Membership.objects.in_force(until).filter(network_id=access.network_id, role=Role.AUDITOR, user__is_active=True)
    return User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name")


def rooms(project: Project) -> QuerySet[AuditSample]:
    """The office's list, newest first, each with how many expenses were `drawn`."""
    rows = AuditSample.objects.filter(project=project).select_related("auditor", "created_by", "grant")
    return rows.annotate(drawn=Count("items", filter=Q(items__expense__isnull=False))).order_by("-id")


def room_for(project: Project, public_id: object) -> AuditSample:
    room: AuditSample = get_object_or_404(rooms(project), public_id=public_id)
    return room


def my_rooms(access: Access, today: date) -> list[AuditSample]:
    """The rooms of whoever looks, newest first, each saying whether it `is_open`."""
    rows = AuditSample.objects.filter(network_id=access.network_id, auditor_id=access.actor_id).select_related("project").order_by("-id")
    found = list(rows)
    for room in found:
        room.is_open = is_open(room, today)  # type: ignore[attr-defined]
    return found


def is_open(room: AuditSample, today: date) -> bool:
    return room.closed_at is None and room.open_from <= today <= room.open_until


def my_room(access: Access, public_id: object, today: date) -> AuditSample:
    """One's own room while it is open: somebody else's is 404, one whose day has gone by 403 with that day."""
    rows = AuditSample.objects.filter(network_id=access.network_id, auditor_id=access.actor_id).select_related("project", "grant")
    room: AuditSample = get_object_or_404(rows, public_id=public_id)
    if not is_open(room, today):
        raise PermissionDenied(_("Questa stanza si è chiusa il %(day)s.") % {"day": day_short(_closed_on(room))})
    return room


def _closed_on(room: AuditSample) -> date:
    return min(room.open_until, room.closed_at.date()) if room.closed_at else room.open_until


def items_of(room: AuditSample) -> list[AuditItem]:
    """The drawn expenses."""
    return list(AuditItem.objects.filter(sample=room, expense__isnull=False).select_related("expense").order_by("position"))


def paid_rows_of(room: AuditSample) -> list[AuditItem]:
    """The drawn rows of liquidations; no query for a room that has none."""
    if not room.paid_pool:
        return []
    return list(AuditItem.objects.filter(sample=room, expense=None).order_by("position"))


def grants(access: Access) -> QuerySet[Pot]:
    """What funders give the network for allowances."""
    return Pot.objects.filter(network_id=access.network_id, use=Pot.Use.GRANT).order_by("name")


def my_item(room: AuditSample, position: int) -> AuditItem:
    item: AuditItem = get_object_or_404(
        AuditItem.objects.filter(sample=room, expense__isnull=False).select_related("expense"), position=position
    )
    return item


def held_back(room: AuditSample) -> dict[int, int]:
    """Expense → how many of its own files the auditor does not see, because somebody may be named on them. One query."""
    drawn = AuditItem.objects.filter(sample=room).values("expense_id")
    rows = ProjectFile.objects.filter(
        subject_type=TYPE, subject_id__in=drawn, network_id=room.network_id, masks=None, nameless_by=None, masked_copy=None
    )
    counted = rows.values("subject_id").order_by("subject_id").annotate(n=Count("id"))
    return dict(counted.values_list("subject_id", "n"))


def shown_files(item: AuditItem) -> tuple[list[ProjectFile], int]:
    """The files of a drawn expense on which nobody is named (said so by somebody, or copies without names), and how many are held back."""
    where = Q(subject_type=TYPE, subject_id=item.expense_id)
    if item.expense and (sheet := sheet_of(item.expense)):
        where |= Q(pk=sheet.scan_id)
    rows = list(ProjectFile.objects.filter(where, network_id=item.network_id).order_by("id"))
    masked = {row.masks_id for row in rows}
    originals = [row for row in rows if row.masks_id is None]
    held = [row for row in originals if row.pk not in masked and not row.is_safe]
    shown = [row for row in rows if row.is_safe and row.pk not in masked]
    kinds = {row.pk: row.get_kind_display() for row in originals}
    for row in shown:  # a copy is called what it is a copy of
        row.kind_shown = kinds.get(row.masks_id or row.pk, row.get_kind_display())  # type: ignore[attr-defined]
    return shown, len(held)


def kind_of(file: Any) -> str:
    """What a shown file is; a copy is called what it is a copy of."""
    return str(file.kind_shown)


def my_file(item: AuditItem, number: int) -> ProjectFile:
    """By its place in the list, counted from 1: a file has no other address there."""
    shown, _held = shown_files(item)
    if not 1 <= number <= len(shown):
        raise Http404
    return shown[number - 1]


def note_look(access: Access, row: Any, *, place: str) -> None:
    look(Look.Kind.DETAIL, row, by=access, place=place)
