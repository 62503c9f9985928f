"""Files for those enrolled, the questionnaire at the end, the public badge."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.uploads import check_upload, hash_of, keep_file

from ..enums import Answer, EnrolmentState, Question
from ..models import Edition, Enrolment, FeedbackSheet, Material
from ..selectors.portal import network_scope
from .enrolments import _own

KIND = "training.material"


@transaction.atomic
def add_material(*, edition: Edition, title: str, file: UploadedFile, for_course: bool, by: Access) -> Material:
    """A file for who has a seat in the edition, or in every edition of its course. Raises DomainError on `file`."""
    by.require(Permission.EDIT_TRAINING)
    content_type = check_upload(file)
    row = Material(
        network_id=edition.network_id,
        course_id=edition.course_id,
        edition=None if for_course else edition,
        title=title.strip(),
        content_type=content_type,
        file_hash=hash_of(file),
        size=file.size or 0,
        created_by_id=by.actor_id,
    )
    row.file_name = keep_file(file, kind=KIND, public_id=row.public_id, content_type=content_type)
    row.save()
    record_fact("training.material.added", row, by=by)
    return row


@transaction.atomic
def remove_material(*, material: Material, by: Access, now: datetime) -> Material:
    """The file is no longer offered; the row keeps that it was."""
    by.require(Permission.EDIT_TRAINING)
    row = Material.objects.select_for_update(of=("self",), no_key=True).get(pk=material.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        record_fact("training.material.removed", row, by=by)
    return row


def _mine(enrolment: Enrolment, by: Access) -> Enrolment:
    if enrolment.tutor_id != _own(by).pk:
        raise PermissionDenied
    return Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)


@transaction.atomic
def answer_questions(*, enrolment: Enrolment, answers: Mapping[str, int], by: Access, today: date) -> None:
    """Keep a participant's answers apart from who gave them; that they were given is kept here, so that they are given once.

    Raises DomainError for who was not there, and on a question without an answer; Conflict the second time.
    """
    with network_scope(by):
        row = _mine(enrolment, by)
        if row.state != EnrolmentState.ATTENDED:
            raise DomainError(_("Il questionario è per chi ha seguito il corso, quando le presenze sono chiuse."))
        if row.feedback_on:
            raise Conflict(_("Hai già risposto: grazie."))
        given = {q.value: int(answers.get(q.value, 0)) for q in Question}
        if missing := next((name for name, value in given.items() if value not in Answer.values), None):
            raise DomainError(_("Scegli una risposta."), field=missing)
        FeedbackSheet.objects.create(network_id=row.network_id, edition_id=row.edition_id, answers=given)
        row.feedback_on = today
        row.save(update_fields=["feedback_on"])


@transaction.atomic
def agree_badge(*, enrolment: Enrolment, agrees: bool, by: Access, now: datetime) -> Enrolment:
    """The tutor makes the badge of a certificate public, or takes it back: it is at its address only while this stands."""
    with network_scope(by):
        row = _mine(enrolment, by)
        if row.certified_on is None:
            raise DomainError(_("Il distintivo si pubblica quando c'è l'attestato."))
        if (row.badge_agreed_at is not None) != agrees:
            row.badge_agreed_at = now if agrees else None
            row.save(update_fields=["badge_agreed_at"])
            record_fact("training.badge.published" if agrees else "training.badge.taken_back", row, by=by)
        return row
