"""What was done with an application before its decision: meetings, what others say of it."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from ..models import Application, Interview, Validation


def interviews_of(application: Application) -> list[Interview]:
    """Of an application that was reached already, in order of their day."""
    return list(Interview.objects.filter(application=application).select_related("held_by").order_by("planned_on", "id"))


def interview_for(application: Application, public_id: UUID) -> Interview:
    return get_object_or_404(Interview.objects.filter(application=application).select_related("application"), public_id=public_id)


def validations_of(application: Application) -> list[Validation]:
    return list(Validation.objects.filter(application=application).order_by("id"))


def validation_for(application: Application, public_id: UUID) -> Validation:
    """One with a sheet. Raises Http404."""
    rows = Validation.objects.filter(application=application, upload__isnull=False).select_related("upload")
    return get_object_or_404(rows, public_id=public_id)
