"""What a tutor brings from elsewhere, and the passport that goes along to the next employer."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import documents
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document

from ..documents import PASSPORT_LABEL, PASSPORT_TEMPLATE, passport_context
from ..models import Recognition
from ..selectors.people import PASSPORT, passport_of
from ..selectors.portal import network_scope
from ._common import judge_again
from .enrolments import _own


@transaction.atomic
def recognise_course(
    *, tutor: CompanyTutor, kind: str, title: str, issuer: str, minutes: int, completed_on: date, by: Access, today: date
) -> Recognition:
    """A course followed elsewhere counts as one of ours from its last day (rule 91). Raises DomainError on a day to come, or said twice."""
    by.require(Permission.EDIT_TRAINING)
    if completed_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="completed_on")
    try:
        with transaction.atomic():
            row = Recognition.objects.create(
                network_id=tutor.network_id,
                tutor=tutor,
                kind=kind,
                title=title.strip(),
                issuer=issuer.strip(),
                minutes=minutes,
                completed_on=completed_on,
                created_by_id=by.actor_id,
            )
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != "training_recognition_once":
            raise
        raise DomainError(_("Questo corso è già riconosciuto."), field="title") from error
    record_fact("training.recognition.added", row, by=by, kind=kind)
    judge_again([row.tutor_id], by=by)
    return row


@transaction.atomic
def withdraw_recognition(*, recognition: Recognition, by: Access, now: datetime) -> Recognition:
    """It was written by mistake: from now on it does not count."""
    by.require(Permission.EDIT_TRAINING)
    row = Recognition.objects.select_for_update(of=("self",), no_key=True).get(pk=recognition.pk)
    if row.withdrawn_at:
        raise Conflict(_("Questo riconoscimento è già annullato."))
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    record_fact("training.recognition.withdrawn", row, by=by)
    judge_again([row.tutor_id], by=by)
    return row


@transaction.atomic
def issue_passport(*, tutor: CompanyTutor, by: Access, today: date) -> Document:
    """The passport of a tutor as a paper of today; it supersedes the one before."""
    by.require(Permission.SEE_TRAINING)
    return _issue(tutor, by=by, today=today)


@transaction.atomic
def issue_passport_for_me(*, by: Access, today: date) -> Document:
    """The same, asked by the tutor."""
    tutor = _own(by)
    with network_scope(by):
        return _issue(tutor, by=by, today=today)


def _issue(tutor: CompanyTutor, *, by: Access, today: date) -> Document:
    row = CompanyTutor.objects.select_for_update(of=("self",), no_key=True).select_related("network").get(pk=tutor.pk)
    passport = passport_of(by, row, today)
    context = passport_context(passport)
    before = passport.document
    said = Document.objects.get(pk=before.pk).context if before else {}
    if before and all(said.get(name) == value for name, value in context.items()):
        return before  # nothing new since: the same paper
    with override("it"):
        label = str(PASSPORT_LABEL)
    return documents.issue(
        kind=PASSPORT,
        kind_label=label,
        template=PASSPORT_TEMPLATE,
        subject=row,
        context=context,
        network_id=row.network_id,
        today=today,
        by=by,
        supersedes=before,
    )
