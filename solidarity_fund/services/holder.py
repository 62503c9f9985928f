"""Who holds the fund, and what its receipts say: each from a day on, never changed."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import validators
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.territory.models import Body

from ..giving_rules import refuse_tax_promise
from ..models import FundHolder, ReceiptWording


@transaction.atomic
def name_holder(*, body: Body, values: dict[str, Any], by: Access, today: date) -> FundHolder:
    """From `valid_from` on the fund is this body's, by an act. Raises DomainError: a day in the past once somebody holds it, a wrong IBAN.

    The act is the second key: nobody moves the fund's account alone.
    """
    by.require(Permission.PUBLISH_RULES)
    way, valid_from = values["way_in"], values["valid_from"]
    if values["act_on"] > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if valid_from < today and FundHolder.objects.filter(network_id=by.network_id).exists():
        raise DomainError(
            _("Chi tiene il fondo cambia da oggi in poi: quello che è già entrato è entrato da chi lo teneva."), field="valid_from"
        )
    row = FundHolder(network_id=by.network_id, body=body, created_by_id=by.actor_id)
    for name in ("valid_from", "act_number", "act_on", "way_in", "receives_by_act"):
        setattr(row, name, values[name])
    row.act_number = row.act_number.strip()
    if way == FundHolder.Way.BANK:
        try:
            row.iban = validators.iban(values.get("iban", ""))
        except ValidationError as error:
            raise DomainError(error.messages[0], field="iban") from error
    else:
        row.cash_account = values.get("cash_account", "").strip()
        if code := values.get("pagopa_code", "").strip():
            row.pagopa_code, row.pagopa_aux, row.pagopa_url = code, values["pagopa_aux"], values.get("pagopa_url", "")
    row.full_clean(exclude=["created_by", "network", "body"])
    row.save()
    record_fact("solidarity_fund.holder.named", row, by=by, body=body.pk, way=way, valid_from=valid_from.isoformat())
    return row


@transaction.atomic
def word_receipts(*, body: Body, values: dict[str, Any], by: Access, today: date) -> ReceiptWording:
    """What the receipts of this body say from a day on. Raises DomainError: a day gone by, a tax promise without its source."""
    by.require(Permission.PUBLISH_RULES)
    if values["valid_from"] < today:
        raise DomainError(_("Le ricevute già fatte restano come sono: scegli da oggi in poi."), field="valid_from")
    refuse_tax_promise(values["text"])
    if bool(values["tax_text"].strip()) != bool(values["tax_source"].strip()):
        missing = "tax_source" if values["tax_text"].strip() else "tax_text"
        raise DomainError(
            _("Le parole sulle agevolazioni vogliono la loro fonte: la norma, o chi le ha verificate e quando."), field=missing
        )
    row = ReceiptWording.objects.create(
        network_id=by.network_id,
        body=body,
        created_by_id=by.actor_id,
        valid_from=values["valid_from"],
        **{name: values[name].strip() for name in ("text", "tax_text", "tax_source")},
    )
    record_fact("solidarity_fund.receipt_wording.written", row, by=by, valid_from=row.valid_from.isoformat(), taxes=bool(row.tax_text))
    return row
