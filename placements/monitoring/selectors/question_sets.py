"""Reads of the office's own questions, and whether the rules of today use them."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.territory.selectors import rules_for

from ..evaluation_questions import OWN_ONES, Questions, own_code, own_questions
from ..models.evaluations import Evaluation, QuestionSet

MOST = 100  # versions on the page


def _sets(access: Access) -> QuerySet[QuestionSet]:
    return QuestionSet.objects.filter(ambito_id=access.ambito_id)


def question_sets(access: Access) -> list[QuestionSet]:
    """All versions, by name, the newest first. One query; the look is logged."""
    rows = list(_sets(access).order_by("name", "-version")[:MOST])
    audit.look(Look.Kind.LIST, rows, by=access, place="monitoring:question_sets", subject_type=QuestionSet._meta.label_lower)
    return rows


def question_set_for(access: Access, public_id: UUID) -> QuestionSet:
    """One version, or 404. The look is logged."""
    row = get_object_or_404(_sets(access).select_related("created_by"), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:question_set")
    return row


def as_questions(row: QuestionSet) -> Questions:
    """The version as the office's voice reads it."""
    return own_questions(row.pk, row.name, row.version, row.source, row.questions)


def asked_with(row: QuestionSet) -> int:
    """How many evaluations it was asked in."""
    return Evaluation.objects.filter(ambito_id=row.ambito_id, questions=own_code(row.pk)).count()


def are_named(access: Access, on: date) -> bool:
    """Whether the rules of that day name the office's own questions: otherwise nobody is asked them."""
    return access.ambito is not None and OWN_ONES in rules_for(access.ambito, on)[1].evaluation_sets
