"""Everything in easy words on one paper: what the person would find in the own area, for who has no digital identity."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.territory.selectors import OfficeCard, office_of
from placements.agreements.enums import HOSTED, PlacementState
from placements.agreements.models import Placement
from placements.agreements.papers import easy

from .allowance_documents import slip
from .models import MonthAllowance

FOLDER = "attendance.easy_folder"
TEMPLATE = "attendance/pdf/easy_folder_v1.html"
MONTHS = 3  # the last months that gave something
TOLD = (PlacementState.TO_SIGN, PlacementState.SIGNED, PlacementState.VALIDATED, *HOSTED)  # the project is written


def folder(placement: Placement, months: list[MonthAllowance], office: OfficeCard) -> dict[str, Any]:
    """What the paper says: the agreement, the week as a picture, the last months, whom to call."""
    pact, week = easy.pact(placement, {}), easy.week(placement, {})
    return {
        **{name: value for name, value in pact.items() if name != "signers"},
        "parts": [part for part in pact["parts"] if part["picture"] != "pen" and part["lines"]],
        "days": week["days"],
        "total": week["total"],
        "months": [slip(row) for row in months],
        "call": [easy.part("phone", "Chi chiamo", *callers(placement, office))],
        "signers": [],
    }


def callers(placement: Placement, office: OfficeCard) -> list[str]:
    """Whom to call, one a line, in easy words."""
    tutor, promoter = placement.company_tutor, placement.promoter_tutor
    return [
        f"Nell'impresa: {tutor}{f', telefono {tutor.phone}' if tutor.phone else ''}." if tutor else "",
        f"Chi viene a trovarmi: {promoter}, {promoter.email}." if promoter else "",
        f"L'ufficio: {office.name}{f', telefono {office.phone}' if office.phone else ''}.",
    ]


@transaction.atomic
def issue_folder(*, placement: Placement, by: Access, today: date) -> Document:
    """Make the paper, in the place of the one before. DomainError while there is no project to tell of."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = (
        Placement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("ambito", "beneficiary", "company", "site__comune", "company_tutor", "promoter_tutor", "rulebook")
        .get(pk=placement.pk)
    )
    if row.state not in TOLD:
        raise DomainError(_("Il progetto non è ancora pronto: prima si preparano le carte."))
    given = MonthAllowance.objects.filter(placement=row, amount__gt=0).select_related(
        "payer", "timesheet", "placement__beneficiary", "placement__company", "placement__promoter_tutor"
    )
    with translation.override("it"):
        context = folder(row, list(given.order_by("-month")[:MONTHS]), office_of(row.ambito))
    document = issue(
        kind=FOLDER,
        kind_label="Il mio tirocinio in parole semplici",
        template=TEMPLATE,
        subject=row,
        context=context,
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=Document.objects.filter(kind=FOLDER, subject_type=type_of(row), subject_id=row.pk, superseded_by=None).first(),
        funding_source=row.funding_source,
    )
    record_fact("attendance.easy_folder.issued", row, by=by, number=document.number)
    return document
