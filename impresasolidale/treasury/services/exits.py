"""The file for the bank: written once by the worker, whatever dies in between."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import record_fact
from impresasolidale.core.kept import store
from impresasolidale.territory.calendar import move_working_days

from .. import liquidation_files as files
from .. import liquidation_rules as rules
from ..enums import ItemState, Payment, RunState
from ..models import LiquidationItem, LiquidationRun, RunFile
from ..selectors import liquidations as selectors

BY_BANK = (Payment.TRANSFER, Payment.REFUND, Payment.SUPPLIER)


@transaction.atomic
def write_sepa(*, run: LiquidationRun, by: Access) -> RunFile | None:
    """The SEPA order of an approved liquidation whose payer has its own account: file first, then the row. None without one.

    Asked twice it is made once: the liquidation's lock keeps others out, a file left by an attempt that died is taken away first.
    """
    row: LiquidationRun = LiquidationRun.objects.select_for_update(of=("self",), no_key=True).select_related("body").get(pk=run.pk)
    if there := selectors.file_of(row, RunFile.Kind.SEPA):
        return there
    payer = selectors.payer_of(row.ambito_id, row.body_id)
    items = list(
        LiquidationItem.objects.filter(
            run=row, payment__in=BY_BANK, state__in=[ItemState.SENT, ItemState.PAID, ItemState.REFUSED]
        ).order_by("position")
    )
    if row.state not in (RunState.APPROVED, RunState.SETTLED) or not payer.iban or not items or row.approved_at is None:
        return None
    xml = files.sepa_xml(
        message=row.public_id.hex,
        debtor=row.body.name,
        iban=payer.iban,
        on=move_working_days(timezone.localdate(row.approved_at), 1, row.ambito_id),
        payments=[(selectors.reference_of(row, item), item.payee, item.iban, item.amount, item.words) for item in items],
    )
    wanted = f"treasury/sepa/{timezone.localdate(row.approved_at).year}/{row.public_id}.xml"
    made = RunFile.objects.create(
        ambito_id=row.ambito_id,
        run=row,
        kind=RunFile.Kind.SEPA,
        file_name=store(wanted, ContentFile(xml)),
        file_hash=hashlib.sha256(xml).hexdigest(),
        size=len(xml),
        total=rules.totals(items).amount,
        rows=len(items),
        created_by_id=by.actor_id,
    )
    record_fact("treasury.run_file.made", made, by=by, kind=made.kind)
    return made
