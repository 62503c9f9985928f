"""Steps around the read log."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core import validators
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from placements.beneficiaries.models import Beneficiary

from ..selectors.looks import person_by_code


def find_person(*, code: str, by: Access, today: date) -> Beneficiary:
    """The person of the Ambito with this codice fiscale. Raises DomainError beside the field."""
    try:
        found = validators.codice_fiscale(code, today=today)
    except ValidationError as error:
        raise DomainError(error.messages[0], field="codice_fiscale") from error
    person = person_by_code(by, lookup_hash(found.plain))
    if person is None:
        raise DomainError(_("In questo Ambito non c'è una persona con questo codice fiscale."), field="codice_fiscale")
    return person
