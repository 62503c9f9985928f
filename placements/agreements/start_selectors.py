"""Reads of what comes before a start: the cap meter, templates, the placement to begin from, hand-overs."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import rules_for
from placements.beneficiaries.models import Beneficiary

from . import caps
from .enums import HOSTED, LIVE
from .models import DeclaredUse, HandOver, PaperStart, Placement, ProjectTemplate
from .rules import Period
from .selectors import NEWEST_START

COUNTS = {*HOSTED, *LIVE}


def cap_meter(
    access: Access,
    person: Beneficiary,
    *,
    today: date,
    planned: Period | None = None,
    but: Placement | None = None,
    placements: Collection[Placement] | None = None,
) -> caps.CapMeter:
    """The meter of one person under the rule book of the first planned day, or of today. `but`: the draft that is being written.

    `placements`: the person's, when the caller has them already.
    """
    if placements is None:
        placements = Placement.objects.filter(beneficiary=person, state__in=COUNTS)
    counted = [p for p in placements if p.state in COUNTS and (but is None or p.pk != but.pk)]
    presence = import_string(settings.PRESENCE)(access, counted) if counted else {"days": 0, "minutes": 0}
    _version, book = rules_for(access.ambito or Ambito.objects.get(pk=access.ambito_id), planned.start if planned else today)
    return caps.measure(
        [caps.Use(start=p.starts_on, to=p.last_day, company_id=p.company_id) for p in counted],
        [caps.Declared(months=d.months, minutes=d.minutes) for d in declared_uses(person)],
        book,
        **presence,
        planned=planned,
    )


def declared_uses(person: Beneficiary) -> QuerySet[DeclaredUse]:
    return DeclaredUse.objects.filter(beneficiary=person).order_by("-said_on", "-id")


def inherited_of(placement: Placement) -> dict[str, Any] | None:
    """How an inherited placement came in, and what was declared with it; None for one that began here."""
    if not placement.entered_on:
        return None
    papers = PaperStart.objects.filter(placement=placement).first()
    return {"papers": papers, "used": DeclaredUse.objects.filter(placement=placement).order_by("id").first()}


def latest_of(access: Access, person: Beneficiary) -> Placement | None:
    """The person's last placement in this Ambito: what a new one is likely to be like."""
    rows = Placement.objects.filter(ambito_id=access.ambito_id, beneficiary=person)
    return rows.select_related("beneficiary", "company", "site", "company_tutor", "promoter_tutor").order_by(*NEWEST_START).first()


def templates_of(access: Access) -> QuerySet[ProjectTemplate]:
    """The Ambito's templates, those in use first."""
    return ProjectTemplate.objects.filter(ambito_id=access.ambito_id).order_by("is_retired", "name", "id")


def template_for(access: Access, public_id: UUID) -> ProjectTemplate:
    return get_object_or_404(templates_of(access), public_id=public_id)


def hand_overs_page(access: Access, query: QueryDict, *, arriving: bool) -> Slice:
    """Hand-overs to this Ambito, or from it, the newest first. The look is logged."""
    side = {"to_ambito_id": access.ambito_id} if arriving else {"ambito_id": access.ambito_id}
    rows = HandOver.objects.filter(**side).select_related("ambito", "to_ambito").defer("document")
    page = page_of(rows, query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:hand_overs", subject_type=HandOver._meta.label_lower)
    return page


def hand_over_for(access: Access, public_id: UUID) -> HandOver:
    """One hand-over of one of its two Ambiti; Http404 for a third. The look is logged."""
    rows = HandOver.objects.filter(ambito_id=access.ambito_id) | HandOver.objects.filter(to_ambito_id=access.ambito_id)
    row = get_object_or_404(rows.select_related("ambito", "to_ambito", "answered_by", "created_by"), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="agreements:hand_over")
    return row


def handed_over(row: HandOver) -> dict[str, Any]:
    """What was handed over, as it may be read today: of who has had the address protected since, the two offices tell it to each other.
    Empty once it was discarded."""
    content: dict[str, Any] = dict(row.content or {})
    there = Access.system(network_id=row.ambito.network_id, ambito_id=row.ambito_id, reason="hand-over read")
    with scope(there.scope):  # the person's own record is out of reach of who receives
        hidden = Beneficiary.objects.filter(pk=row.beneficiary_id, is_address_protected=True).exists()
    if content and hidden:
        content["person"] = {**content["person"], "address": "", "phone": "", "is_address_protected": True}
    return content


def own_side(row: HandOver, *, arrives: bool) -> dict[str, Any]:
    """The person and the placement on the side of who looks: the other's rows are out of reach."""
    people, placements = (row.new_beneficiary_id, row.new_placement_id) if arrives else (row.beneficiary_id, row.placement_id)
    return {
        "person": Beneficiary.objects.filter(pk__in=[people] if people else []).first(),
        "placement": Placement.objects.select_related("company").filter(pk__in=[placements] if placements else []).first(),
        "document": None if arrives else row.document,
    }
