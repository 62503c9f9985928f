"""How a body pays: the columns its accounting office wants, its own account when it has one."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import validators
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Body

from ..liquidation_rules import COLUMNS, DEFAULT_COLUMNS
from ..models import Payer
from .liquidations import refuse_limited

NEEDED = ("reference", "amount")  # without them what comes back cannot be matched


@transaction.atomic
def set_payer(*, body: Body, columns: Sequence[str], iban: str, seen: int, by: Access) -> Payer:
    """Remember the columns, in their order, and the account of the body. Raises Conflict, DomainError on `columns` or `iban`."""
    by.require(Permission.RECORD_PAYMENTS)
    refuse_limited(by)
    wanted = list(dict.fromkeys(columns))
    if not set(wanted) <= COLUMNS.keys():
        raise DomainError(_("Una di queste colonne non esiste."), field="columns")
    if missing := [name for name in NEEDED if name not in wanted]:
        names = ", ".join(str(COLUMNS[name].label) for name in missing)
        raise DomainError(_("Queste colonne servono sempre: %(names)s.") % {"names": names}, field="columns")
    if iban := iban.strip():
        try:
            iban = validators.iban(iban)
        except ValidationError as error:
            raise DomainError(error.messages[0], field="iban") from error
        if body.is_public:
            words = _("Un ente pubblico versa attraverso il suo tesoriere, con i mandati: qui il conto serve solo a chi ne ha uno suo.")
            raise DomainError(words, field="iban")
    Payer.objects.bulk_create(
        [Payer(ambito_id=by.ambito_id, body=body, columns=list(DEFAULT_COLUMNS), created_by_id=by.actor_id)], ignore_conflicts=True
    )
    row: Payer = Payer.objects.select_for_update(of=("self",), no_key=True).get(ambito_id=by.ambito_id, body=body)
    if seen == 0 and row.row_version > 1:
        raise Conflict
    if seen:
        check_version(row, seen)
    row.columns, row.iban, row.row_version = wanted, iban, row.row_version + 1
    row.save(update_fields=["columns", "iban", "row_version"])
    record_fact("treasury.payer.set", row, by=by, columns=wanted)
    return row
