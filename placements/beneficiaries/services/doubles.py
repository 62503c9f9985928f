"""Two records of one person become one, and two again."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import merge
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import MergeLog

from ..enums import CareRole
from ..models import Beneficiary, CareMember


@transaction.atomic
def merge_beneficiaries(*, keep: Beneficiary, drop: Beneficiary, by: Access) -> MergeLog:
    """Two records of one person become one (core.merge logs what moved; `undo_merge` gives it back).

    The dropped record's referent goes on following the person as a member of the team: there is one referent.
    """
    by.require(Permission.EDIT_PEOPLE)
    if keep.pk == drop.pk or keep.ambito_id != drop.ambito_id or keep.ambito_id != by.ambito_id:
        raise DomainError(_("Si possono unire solo due schede diverse dello stesso ufficio."))
    CareMember.objects.filter(beneficiary=drop, role=CareRole.REFERENT, valid_to=None).update(role=CareRole.MEMBER)
    try:
        with transaction.atomic():
            return merge.merge(keep=keep, drop=drop, by=by)
    except IntegrityError as error:  # a constraint of a higher room, such as two exclusive placements on the same days
        raise DomainError(
            _("Le due schede hanno qualcosa che non può stare insieme, come due tirocini negli stessi giorni. Sistemalo prima di unirle.")
        ) from error


@transaction.atomic
def undo_merge(*, log: MergeLog, by: Access) -> None:
    """Part two records again; the dropped one gets back what the merge had moved."""
    by.require(Permission.EDIT_PEOPLE)
    merge.undo_merge(log=log, by=by)
