"""What was done with an application before its decision: meetings, what others say of it."""

from dataclasses import dataclass
from uuid import UUID

from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Network

from ..models import Application, Interview, Validation, ValidatorAsk


def interviews_of(application: Application) -> list[Interview]:
    """Of an application that was reached already, in order of their day."""
    return list(Interview.objects.filter(application=application).select_related("held_by").order_by("planned_on", "id"))


def interview_for(application: Application, public_id: UUID) -> Interview:
    return get_object_or_404(Interview.objects.filter(application=application).select_related("application"), public_id=public_id)


def validations_of(application: Application) -> list[Validation]:
    return list(Validation.objects.filter(application=application).order_by("id"))


@dataclass(frozen=True)
class ValidatorDoor:
    """Where a validator's link leads: its request, and the application's own Access there. Its holder has no right of their own."""

    ask_id: int
    access: Access


def validator_door(token_hash: str) -> ValidatorDoor | None:
    """The request of a link, found before any scope exists; None when there is none."""
    visitor = Access.public(networks=frozenset(Network.objects.values_list("pk", flat=True)))
    with scope(visitor.scope):
        row = ValidatorAsk.objects.filter(token_hash=token_hash).values_list("pk", "network_id").first()
    if row is None:
        return None
    return ValidatorDoor(row[0], Access.system(network_id=row[1], ambito_id=None, reason="a validator's link"))


def ask_behind(door: ValidatorDoor) -> ValidatorAsk:
    """The request with its application, read in the scope of its door."""
    found = ValidatorAsk.objects.select_related("application__company__comune", "application__scheme", "network", "validation")
    return found.get(pk=door.ask_id)


def asks_of(application: Application) -> list[ValidatorAsk]:
    """Who was asked and has not answered, the last first."""
    return list(ValidatorAsk.objects.filter(application=application, validation=None).order_by("-id"))


def ask_for(application: Application, public_id: UUID) -> ValidatorAsk:
    return get_object_or_404(ValidatorAsk.objects.filter(application=application), public_id=public_id)


def validation_for(application: Application, public_id: UUID) -> Validation:
    """One with a sheet. Raises Http404."""
    rows = Validation.objects.filter(application=application, upload__isnull=False).select_related("upload")
    return get_object_or_404(rows, public_id=public_id)
