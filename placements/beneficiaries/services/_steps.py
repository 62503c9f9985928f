"""Steps the services share: the row locked, and the refusals about dates and reserved areas."""

from datetime import date

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError

from .. import selectors
from ..models import Beneficiary


def locked(beneficiary: Beneficiary, *, by: Access) -> Beneficiary:
    return Beneficiary.objects.select_for_update(of=("self",)).get(pk=beneficiary.pk, ambito=by.ambito_id)


def require_area(code: str, *, by: Access) -> None:
    if not selectors.may_see_area(by, code):
        by.require(Permission.SEE_JUDICIAL)


def refuse_before_birth(person: Beneficiary, day: date | None, *, field: str) -> None:
    if day and day < person.birth_date:
        raise DomainError(_("Questa data viene prima della nascita."), field=field)


def refuse_future(day: date | None, today: date, *, field: str) -> None:
    if day and day > today:
        raise DomainError(_("Questa data è nel futuro."), field=field)


def refuse_backwards(start: date, end: date | None) -> None:
    if end and end < start:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")
