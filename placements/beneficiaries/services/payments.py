"""How a person gets her money: from a day on, with what was before kept."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos, validators
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.territory.models import Body

from .. import rules, selectors
from ..enums import PaymentKind
from ..models import Beneficiary, PaymentWay, Representative
from ._steps import locked, refuse_before_birth

MISSING_WAY = "beneficiaries.payment_way"


@transaction.atomic
def set_payment_way(
    *,
    beneficiary: Beneficiary,
    kind: str,
    valid_from: date,
    by: Access,
    today: date,
    iban: str = "",
    holder: str = "",
    holder_code: str = "",
    representative: Representative | None = None,
    body: Body | None = None,
) -> PaymentWay:
    """From a day on the money goes this way; the way before ends the day before. What is not of the kind is left out.

    Raises DomainError beside its field: a wrong IBAN, a receiver without a name, a representative who may not take money, a later
    way that is there already.
    """
    by.require(Permission.EDIT_PAYMENT_WAYS)
    person = locked(beneficiary, by=by)
    refuse_before_birth(person, valid_from, field="valid_from")
    row = PaymentWay(ambito_id=person.ambito_id, beneficiary=person, kind=kind, valid_from=valid_from, created_by_id=by.actor_id)
    _fill(row, person, iban=iban, holder=holder, holder_code=holder_code, representative=representative, body=body)
    ways = PaymentWay.objects.filter(beneficiary=person, withdrawn_at=None)
    if later := ways.filter(valid_from__gte=valid_from).order_by("valid_from").first():
        words = _("C’è già un modo che vale dal %(day)s: se è sbagliato toglilo, altrimenti scegli un giorno dopo.")
        raise DomainError(words % {"day": f"{later.valid_from:%d/%m/%Y}"}, field="valid_from")
    for before in ways.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from)):
        before.valid_to, before.row_version = valid_from - timedelta(days=1), before.row_version + 1
        before.save(update_fields=["valid_to", "row_version"])
    row.save()
    record_fact("beneficiaries.payment_way.set", row, by=by, kind=kind)
    todos.done(kind=MISSING_WAY, subject=person, by=by)
    return row


@transaction.atomic
def withdraw_payment_way(*, way: PaymentWay, reason: str, by: Access, today: date) -> PaymentWay:
    """A way recorded by mistake counts no more; it stays in the history with who took it off and why. The way before is not prolonged."""
    by.require(Permission.EDIT_PAYMENT_WAYS)
    row = PaymentWay.objects.select_for_update(of=("self",), no_key=True).get(pk=way.pk)
    if not reason.strip():
        raise ReasonRequired
    if row.withdrawn_at:
        raise DomainError(_("Questo modo di pagamento è già stato tolto."))
    row.withdrawn_at, row.withdrawn_reason, row.row_version = timezone.now(), reason.strip(), row.row_version + 1
    row.save(update_fields=["withdrawn_at", "withdrawn_reason", "row_version"])
    record_fact("beneficiaries.payment_way.withdrawn", row, by=by, reason=row.withdrawn_reason)
    return row


def _fill(
    row: PaymentWay,
    person: Beneficiary,
    *,
    iban: str,
    holder: str,
    holder_code: str,
    representative: Representative | None,
    body: Body | None,
) -> None:
    """The columns that belong to the kind, checked."""
    if row.kind != PaymentKind.CASH:
        if not iban.strip():
            raise DomainError(_("Scrivi l’IBAN."), field="iban")
        row.iban = _checked(validators.iban, iban, field="iban")
    row.holder, row.holder_code = holder.strip(), ""
    if row.kind == PaymentKind.OWN_IBAN:
        row.holder, row.holder_code = row.holder or f"{person.first_name} {person.last_name}", person.codice_fiscale
    elif row.kind == PaymentKind.REPRESENTATIVE_IBAN:
        row.representative = _who_keeps_the_account(person, representative, row.valid_from)
        row.holder = row.holder or str(row.representative)
    elif row.kind == PaymentKind.BODY:
        if body is None:
            raise DomainError(_("Scegli chi anticipa i soldi."), field="body")
        row.body, row.holder, row.holder_code = body, body.name, body.tax_code
        return
    if not row.holder:
        raise DomainError(_("Scrivi il nome di chi riceve."), field="holder")
    if code := holder_code.strip():
        row.holder_code = _checked(validators.tax_code, code, field="holder_code")
    elif row.kind in (PaymentKind.CASH, PaymentKind.SUPPLIER):
        raise DomainError(_("Scrivi il codice fiscale, o la partita IVA, di chi riceve."), field="holder_code")


def _who_keeps_the_account(person: Beneficiary, chosen: Representative | None, on: date) -> Representative:
    if chosen is None or chosen.beneficiary_id != person.pk:
        raise DomainError(_("Scegli il rappresentante che tiene il conto."), field="representative")
    if chosen not in selectors.representatives_on(person, on):
        raise DomainError(_("In quel giorno il suo decreto non vale."), field="representative")
    if not rules.lets_take_money(chosen.powers):
        raise DomainError(_("Il suo decreto non dice che può ricevere e amministrare il denaro."), field="representative")
    return chosen


def _checked(check: Any, value: str, *, field: str) -> str:
    try:
        return str(check(value))
    except ValidationError as error:
        raise DomainError(error.messages[0], field=field) from error
