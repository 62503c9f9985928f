"""What every register stands on."""

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError


def need_ambito(by: Access) -> None:
    """Raises DomainError to who acts in none: a register is of one body."""
    if by.ambito_id is None:
        raise DomainError(_("I registri sono di un Ambito: scegli prima in quale lavori."))
