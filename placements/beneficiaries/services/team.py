"""Who follows the person: colleagues with a role and dates."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError

from .. import selectors
from ..enums import CareRole
from ..models import Beneficiary, CareMember
from ._steps import locked


@transaction.atomic
def join_care_team(*, beneficiary: Beneficiary, user: User, role: str, by: Access, today: date) -> CareMember:
    """A colleague follows the person from today. A new referent takes over: the old one's period ends, the rows stay as history."""
    by.require(Permission.EDIT_PEOPLE)
    locked(beneficiary, by=by)
    if not selectors.possible_members(by, on=today).filter(pk=user.pk).exists():
        raise DomainError(_("Questa persona non lavora in questo ufficio."), field="user")
    team = CareMember.objects.filter(selectors.in_force(today), beneficiary=beneficiary)
    if team.filter(user=user, role=role).exists():
        raise DomainError(_("Ha già questo ruolo."), field="user")
    if role == CareRole.REFERENT:
        team.filter(role=CareRole.REFERENT).update(valid_to=today)
    row = CareMember.objects.create(ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, user=user, role=role, valid_from=today)
    record_fact("beneficiaries.care_team.joined", beneficiary, by=by, user=user.pk, role=role)
    return row
