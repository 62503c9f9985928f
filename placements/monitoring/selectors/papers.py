"""The papers about how a placement goes: minutes and their copies, evaluations, the final report. None of them is a company's."""

from collections.abc import Collection

from django.db.models import Q
from django.urls import reverse

from impresasolidale.core.audit import type_of
from impresasolidale.core.models import Document
from placements.agreements.models import Placement

from ..documents.closing import REPORT
from ..documents.visits import COPY, MINUTES
from ..evaluation_documents import KINDS as EVALUATIONS
from ..models.closing import FinalReport
from ..models.visits import Visit


def copy_of(visit: Visit) -> Document | None:
    """The person's copy in force of a visit's minutes. One query."""
    return Document.objects.filter(kind=COPY, subject_type=type_of(visit), subject_id=visit.pk, superseded_by=None).defer("context").first()


def papers_of(placement: Placement, visits: Collection[Visit], *, with_evaluations: bool) -> list[tuple[Document, str]]:
    """Those in force of a placement somebody has opened, with where each is read, the newest first. One query.

    `visits`: the placement's. `with_evaluations`: for who reads all the voices. The report is the office's and the person's on paper.
    """
    reports = FinalReport.objects.filter(placement=placement)
    wanted = Q(kind__in=(MINUTES, COPY), subject_type=Visit._meta.label_lower, subject_id__in=[v.pk for v in visits])
    wanted |= Q(kind=REPORT, subject_type=FinalReport._meta.label_lower, subject_id__in=reports.values("pk"))
    if with_evaluations:
        wanted |= Q(kind__in=EVALUATIONS, subject_type=type_of(placement), subject_id=placement.pk)
    rows = Document.objects.filter(wanted, ambito_id=placement.ambito_id, superseded_by=None).defer("context").order_by("-id")
    visit_ids = {visit.pk: visit.public_id for visit in visits}
    found = []
    for row in rows:
        if row.kind in EVALUATIONS:
            url = reverse("monitoring:evaluation_paper", args=[placement.public_id, row.public_id])
        elif row.kind == REPORT:
            url = reverse("monitoring:final_report_file", args=[placement.public_id])
        else:
            name = "monitoring:visit_copy_file" if row.kind == COPY else "monitoring:minutes_file"
            url = reverse(name, args=[visit_ids[row.subject_id]])
        found.append((row, url))
    return found
